import { decode, ExtData, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEvent } from "../../src/events/decode-event.js";
import { encodeEvent } from "../../src/events/encode-event.js";
import { EventError } from "../../src/events/event-error.js";
import type { GraphEvent } from "../../src/events/graph-event.js";
import { WireReader } from "../../src/events/wire-reader.js";
import { WireWriter } from "../../src/events/wire-writer.js";
import { anyEvent, anyJson, eventsByType } from "../arbitraries-events.js";

function throughMsgpack(wire: unknown): ReturnType<WireReader["read"]> {
  const writer = new WireWriter(16);
  writer.write(wire as never);
  return new WireReader(writer.view()).read();
}

describe("encodeEvent and decodeEvent", () => {
  test.each(Object.keys(eventsByType))("%s events come back from msgpack and from JSON", (type) => {
    const arbitrary = eventsByType[type] ?? anyEvent;
    fc.assert(
      fc.property(arbitrary, (event) => {
        const wire = encodeEvent(event);
        expect(decodeEvent(throughMsgpack(wire))).toEqual(event);
        expect(decodeEvent(JSON.parse(JSON.stringify(wire)))).toEqual(event);
      }),
      { numRuns: 60 },
    );
  });

  test("a single task travels in short arrays without what is absent", () => {
    const graph: GraphEvent = {
      type: "graph",
      time: 10.5,
      graph: 1,
      client: 0,
      tasks: [
        {
          task: 7,
          key: "inc-1-7",
          group: "inc-1-7",
          function: 2,
          arguments: [[0, 41]],
          dependencies: [],
        },
      ],
    };
    expect(encodeEvent(graph)).toEqual([
      ...["graph", 10.5, 1, 0, null, null, null, null],
      [[7, "inc-1-7", null, 2, [[0, 41]], []]],
    ]);
    const span = { action: "compute", start: 11, stop: 12 };
    expect(
      encodeEvent({ type: "done", time: 12, task: 7, worker: 0, spans: [span], nbytes: 8 }),
    ).toEqual(["done", 12, 7, null, 0, null, [["c", 11, 12]], 8]);
    expect(encodeEvent({ type: "forget", time: 13, task: 7 })).toEqual(["forget", 13, 7]);
  });

  test("extra positions of a known kind are ignored", () => {
    expect(decodeEvent(["forget", 1, 7, "from a newer version", { a: 1 }])).toEqual({
      type: "forget",
      time: 1,
      task: 7,
    });
  });

  test("what only other programs send is refused, or read when asked for", () => {
    const map = new Map<unknown, unknown>([
      [1, "a"],
      [["x", 2], "b"],
      ["name", "c"],
    ]);
    const bytes = Buffer.concat([
      Buffer.of(0x92, 0x83),
      ...[...map].flatMap(([name, value]) => [encode(name), encode(value)]),
      encode(new ExtData(7, Uint8Array.of(1, 2, 3))),
    ]);
    expect(() => new WireReader(bytes).read()).toThrow("a name in a map is no string");
    expect(() => new WireReader(Buffer.of(0xd4, 0, 0)).read()).toThrow("begins nothing");
    expect(new WireReader(bytes, { lenient: true }).read()).toEqual([
      { 1: "a", '["x",2]': "b", name: "c" },
      Buffer.of(1, 2, 3),
    ]);
    expect(() => new WireReader(Buffer.of(0xc1), { lenient: true }).read()).toThrow(SyntaxError);
  });

  test("an unknown kind is kept whole", () => {
    const wire = ["zoom", 2, [1, null], { a: "b" }, null];
    const event = decodeEvent(wire);
    expect(event).toEqual({
      type: "other",
      kind: "zoom",
      time: 2,
      fields: [[1, null], { a: "b" }, null],
    });
    expect(encodeEvent(event)).toEqual(wire);
  });

  test("big integers and bytes that a producer did not tag are put right in arguments", () => {
    const wire = ["known", 1, 2, 2n ** 60n];
    expect(decodeEvent(wire)).toMatchObject({ key: ["i", String(2n ** 60n)] });
    expect(decodeEvent(["known", 1, 2, Buffer.from([1, 2])])).toMatchObject({ key: ["b", "AQI="] });
    expect(decodeEvent(["known", 1, 2, "a\ud800"])).toMatchObject({ key: ["s", "a\\ud800"] });
  });

  test.each([
    ["no array", "nothing here", "$", "expected an array"],
    ["no time", ["forget"], "$[1]", "expected a finite number, found nothing"],
    ["NaN as time", ["forget", Number.NaN, 1], "$[1]", "expected a finite number, found NaN"],
    ["a negative task", ["forget", 1, -1], "$[2]", "whole number from 0 up, found -1"],
    ["a fractional worker", ["assign", 1, 1, 0.5], "$[3]", "whole number from 0 up, found 0.5"],
    ["a key that is an object", ["known", 1, 1, { a: 1 }], "$[3]", "an array, found an object"],
    ["an unknown tag", ["known", 1, 1, ["?", 1]], "$[3][0]", "one of the tags"],
    ["a missing key", ["graph", 1, 0, 0, null, null, null, null, [[1]]], "$[8][0][1]", "a key"],
    [
      "a group that is missing",
      ["graph", 1, 0, 0, null, null, null, null, [[1, ["t", []]]]],
      "$[8][0][2]",
      "a group",
    ],
    [
      "an unknown engine",
      ["run", 1, { runId: "a", engine: "spark" }],
      "$[2].engine",
      '"local", "dask" or "dask-local", found "spark"',
    ],
    ["a span without stop", ["done", 1, 1, 0, 0, 0, [["c", 1]]], "$[6][0][2]", "a finite number"],
    ["text that is a number", ["source", 1, "h", 5], "$[3]", "a string, found 5"],
  ])("%s is refused with its place", (_, wire, path, problem) => {
    const attempt = (): unknown => decodeEvent(wire as never, { sequence: 3, index: 12 });
    expect(attempt).toThrow(EventError);
    expect(attempt).toThrow(
      expect.objectContaining({
        code: "ERR_EVENT_INVALID",
        path,
        position: { sequence: 3, index: 12 },
        message: expect.stringContaining("frame 3, event 12"),
      }),
    );
    expect(attempt).toThrow(problem);
  });
});

describe("WireWriter", () => {
  test("writes what @msgpack/msgpack reads, in the bytes that it writes", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const writer = new WireWriter(16);
        writer.write(value);
        expect(decode(writer.view())).toEqual(value);
        // Its integers beyond 32 bits and ours are the same form; strings and headers too.
        expect(Buffer.from(writer.view())).toEqual(Buffer.from(encode(value)));
      }),
    );
  });

  test.each([
    ...[0, 127, 128, 255, 256, 65535, 65536, 4294967295, 4294967296, Number.MAX_SAFE_INTEGER],
    ...[-1, -32, -33, -128, -129, -32768, -32769, -2147483648, -2147483649],
    ...[Number.MIN_SAFE_INTEGER, 0.1, -0, 2 ** 53, 1e308, 5e-324, 1795189246.4897552],
  ])("the number %d comes back exactly", (value) => {
    expect(throughMsgpack(value)).toBe(value);
    expect(decode(bytesOf(value))).toBe(value);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("the number %d is refused", (value) => {
    const writer = new WireWriter();
    writer.write("before");
    const length = writer.length;
    expect(() => {
      writer.write(["a", value]);
    }).toThrow(expect.objectContaining({ code: "ERR_EVENT_INVALID" }));
    expect(writer.length).toBe(length);
  });

  test("lone surrogates and the name __proto__ are written in a form every reader takes", () => {
    const value = JSON.parse('{"__proto__": "a\\ud800b", "b": "\\udc00"}');
    expect(decode(bytesOf(value))).toEqual({ "(__proto__)": "a\\ud800b", b: "\\udc00" });
  });

  test("what is nested too deeply is refused", () => {
    let value: unknown = [];
    for (let i = 0; i < 200; i++) value = [value];
    expect(() => bytesOf(value)).toThrow("deeper than 100 levels");
  });
});

describe("WireReader", () => {
  test("reads what @msgpack/msgpack writes", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(new WireReader(encode(value)).read()).toEqual(value);
      }),
    );
  });

  test("random bytes give a value or an ordinary error, never more than they fill", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        try {
          new WireReader(bytes).read();
        } catch (error) {
          const kinds = [RangeError, SyntaxError, TypeError];
          expect(kinds.some((kind) => error instanceof kind)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a list that claims four billion items is refused at once", () => {
    const bytes = Buffer.from("dd".concat("ffffffff", "00"), "hex");
    expect(() => new WireReader(bytes).read()).toThrow("end too early");
  });

  test("__proto__ is a name like any other", () => {
    const value = new WireReader(Buffer.from("81a95f5f70726f746f5f5f01", "hex")).read();
    expect(Object.getOwnPropertyNames(value)).toEqual(["__proto__"]);
  });
});

function bytesOf(value: unknown): Buffer {
  const writer = new WireWriter();
  writer.write(value as never);
  return writer.view();
}
