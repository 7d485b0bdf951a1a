import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTaskprovError } from "../../src/base/errors.js";
import {
  defaultOptions,
  embeddedNotices,
  optionsAsJson,
  type ProvTrackerOptions,
  replayOptions,
  settleOptions,
} from "../../src/track/options.js";

const schema: { properties: Record<string, { default: unknown }> } = JSON.parse(
  readFileSync(new URL("../../schemas/options.schema.json", import.meta.url), "utf8"),
);
const matches = new Ajv2020({ allowUnionTypes: true }).compile(schema);

function settle(given: unknown): ReturnType<typeof settleOptions> {
  // The tests pass what a JavaScript user could.
  return settleOptions(given as ProvTrackerOptions);
}

function rejection(given: unknown): string {
  try {
    settle(given);
  } catch (error) {
    if (isTaskprovError(error, "ERR_OPTION")) return error.message;
    throw error;
  }
  return "";
}

describe("options", () => {
  test("left out have yProv4DASK's defaults where it has the option", () => {
    expect(settle({}).resolved).toMatchObject({
      destination: "./output",
      fileName: "yprov4wfs.json",
      keepTraceback: false,
      richTypes: false,
      errorTracking: false,
      executionSource: null,
      jupyterTracking: false,
      jupyterTimeout: 1,
    });
    expect(settle(undefined).resolved).toEqual(defaultOptions);
  });

  test("given as undefined count as left out", () => {
    expect(settle({ name: undefined, values: undefined }).resolved).toEqual(defaultOptions);
  });

  test.each<[unknown, string]>([
    [
      { keepTracback: true },
      "Unknown option `keepTracback` of ProvTracker. Did you mean `keepTraceback`?",
    ],
    [
      { keep_traceback: true },
      "Unknown option `keep_traceback` of ProvTracker. Did you mean `keepTraceback`?",
    ],
    [{ keepTraceback: "yes" }, 'Expected `keepTraceback` to be true or false, got "yes" (string).'],
    [
      { dialect: "prov" },
      'Expected `dialect` to be one of "shared", "portable", "yprov", got "prov" (string).',
    ],
    [
      { maxValueBytes: -1 },
      "Expected `maxValueBytes` to be an integer from 0 to 1073741824, got -1 (number).",
    ],
    [
      { jupyterTimeout: -0.5 },
      "Expected `jupyterTimeout` to be a number of seconds from 0 up, or null, got -0.5 (number).",
    ],
    [
      { includeGroups: "load*" },
      'Expected `includeGroups` to be an array of non-empty strings, got "load*" (string).',
    ],
    [{ formats: [] }, "Expected `formats` to be an array with at least one of"],
    [{ runId: "7" }, "Expected `runId` to be a UUID in lower case"],
    [{ clock: {} }, "Expected `clock` to be an object with a method `now()`"],
    [
      { fileName: "a/b.json" },
      '(at most 200 bytes; the folder goes into `destination`), got "a/b.json"',
    ],
    [{ fileName: ".json" }, "to have a name before its ending"],
    [[], "Expected the options of ProvTracker to be an object, got []."],
    [null, "Expected the options of ProvTracker to be an object, got null."],
  ])("like %j are refused, with what was expected", (given, message) => {
    expect(rejection(given)).toContain(message);
  });

  test("like __proto__ are no way around the check", () => {
    expect(rejection(JSON.parse('{"__proto__": {"name": 7}}'))).toContain(
      "Unknown option `__proto__`",
    );
  });

  test("that only Dask can fulfil are accepted, and said in one line on the embedded engine", () => {
    const { resolved, notices } = settle({ captureOutput: true, fileTracking: true, digest: true });
    expect(notices).toEqual([]);
    expect(embeddedNotices(resolved)).toEqual([expect.stringContaining("`captureOutput`")]);
    expect(embeddedNotices(settle({}).resolved)).toEqual([]);
  });

  test("are read back from a journal, the ones given now winning", () => {
    const { resolved } = settle({ name: "nightly", values: "none", excludeGroups: ["x*"] });
    const recorded = optionsAsJson(resolved);
    expect(replayOptions(recorded)).toEqual(resolved);
    expect(replayOptions({ ...recorded, fromTheFuture: 1 }, { name: "b" }).name).toBe("b");
  });

  test("have a schema with the same names and defaults", () => {
    const defaults = Object.entries(schema.properties).map(([name, about]) => [
      name,
      about.default,
    ]);
    expect(Object.fromEntries(defaults)).toEqual(defaultOptions);
  });

  test("fit the schema exactly when they are accepted", () => {
    const value = fc.oneof(
      fc.boolean(),
      fc.constantFrom(
        null,
        "",
        "shared",
        "none",
        "strict",
        "prov-json",
        "..",
        "a/b",
        "x.json",
        "\0",
      ),
      fc.integer({ min: -2 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.constantFrom("svg", "", "a*", "+foo", "-get", "-svg", 7), { maxLength: 3 }),
      fc.object({ maxDepth: 1 }),
    );
    const name = fc.constantFrom(...Object.keys(schema.properties), "unknown");
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 3 }), (given) => {
        // `null` means "no source" only in what a journal records.
        fc.pre(given["executionSource"] !== null);
        expect(rejection(given) === "", JSON.stringify(given)).toBe(matches(given));
      }),
      { numRuns: 2000 },
    );
  });
});
