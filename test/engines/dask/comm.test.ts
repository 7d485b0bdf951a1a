import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { decode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  CommFrames,
  FrameError,
  frameMessage,
} from "../../../src/engines/dask/comm/comm-frames.js";
import {
  formatDaskAddress,
  parseDaskAddress,
} from "../../../src/engines/dask/comm/dask-address.js";
import { connectDask } from "../../../src/engines/dask/comm/dask-connection.js";
import { encodeMessage } from "../../../src/engines/dask/comm/message.js";
import { pickleSource } from "../../../src/engines/dask/comm/pickle-source.js";
import { readSchedulerFile } from "../../../src/engines/dask/comm/scheduler-file.js";
import { DaskClient } from "../../../src/engines/dask/dask-client.js";
import { temporaryFolder } from "../../support/temporary.js";

/** What Dask writes for several frames, of which the last ones come after the block. */
function daskMessage(frames: readonly Uint8Array[], inBlock: number): Buffer {
  const lengths = frames.map((frame) => frame.length);
  const block = lengths.slice(0, inBlock).reduce((sum, n) => sum + n, 0);
  const head = [8 * (frames.length + 1) + block, frames.length, ...lengths];
  const bytes = Buffer.alloc(8 * head.length);
  for (const [i, value] of head.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * i);
  return Buffer.concat([bytes, ...frames]);
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...sorted].map((start, i) => bytes.subarray(start, sorted[i] ?? bytes.length));
}

describe("comm frames", () => {
  test("a message has Dask's bytes", () => {
    const message = frameMessage(encodeMessage({ op: "identity", reply: true }));
    expect(message.toString("hex")).toBe(
      "240000000000000001000000000000001400000000000000" +
        "82a26f70a86964656e74697479a57265706c79c3",
    );
  });

  test("messages come out whole however the bytes were cut and split into blocks", () => {
    const anyFrames = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 });
    const anyMessage = fc.tuple(anyFrames, fc.nat(4));
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 5 }),
        fc.array(fc.nat(2000), { maxLength: 30 }),
        (messages, places) => {
          const bytes = Buffer.concat(messages.map(([frames, n]) => daskMessage(frames, n)));
          const reader = new CommFrames();
          const got = cut(bytes, places).flatMap((chunk) => reader.push(chunk));
          expect(got.map((frame) => [...frame])).toEqual(
            messages.map(([[first = new Uint8Array()]]) => [...first]),
          );
          expect(reader.waitingBytes).toBe(0);
        },
      ),
    );
  });

  test.each([
    ["HTTP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["a block without room for a length", Buffer.from("0400000000000000aaaaaaaa", "hex")],
    ["no frames", daskMessage([], 0)],
    ["a claim of a terabyte", Buffer.from("0000000000010000aaaaaaaaaaaaaaaa", "hex")],
    ["a million frames", Buffer.from("ffffff00000000000000100000000000", "hex")],
  ])("%s is refused", (_what, bytes) => {
    expect(() => new CommFrames().push(Buffer.concat([bytes, Buffer.alloc(32)]))).toThrow(
      FrameError,
    );
  });

  test("random bytes are refused or waited for, never more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const frame of new CommFrames().push(bytes)) {
            expect(frame.length).toBeLessThanOrEqual(bytes.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  test("bytes travel as msgpack's binary", () => {
    const message = encodeMessage({ op: "x", plugin: Uint8Array.of(1, 2, 255), after: 7 });
    expect(decode(message)).toEqual({ op: "x", plugin: Buffer.of(1, 2, 255), after: 7 });
  });
});

test("the pickle has the bytes that every Python 3 reads", () => {
  expect(pickleSource("SRC", "CFG").toString("hex")).toBe(
    "8002636275696c74696e730a6576616c0a58800000006c616d626461207372632c6366673a286c616d626461206e733a286578656328636f6d70696c65287372632c273c7461736b70726f762d6272696467653e272c276578656327292c6e73292c6e735b276d616b65275d2863666729295b315d29287b275f5f6e616d655f5f273a277461736b70726f765f627269646765277d2985525803000000535243580300000043464786522e",
  );
});

describe("addresses", () => {
  test.each([
    ["tcp://host:8786", "tcp://host:8786"],
    ["tls://host", "tls://host:8786"],
    ["host", "tcp://host:8786"],
    [" 127.0.0.1:1 ", "tcp://127.0.0.1:1"],
    ["TCP://Host:65535/", "tcp://Host:65535"],
    ["tls://[::1]:9", "tls://[::1]:9"],
  ])("%s is %s", (text, address) => {
    expect(formatDaskAddress(parseDaskAddress(text))).toBe(address);
  });

  test.each([
    ["", /Expected the address of a Dask scheduler/],
    ["tcp://", /Expected the address/],
    ["host:0", /Expected the address/],
    ["host:70000", /Expected the address/],
    ["::1", /Expected the address/],
    ["user:pw@host:1", /Expected the address/],
    ["http://host:8787/status", /dashboard/],
    ["inproc://1/2", /Only tcp:\/\/ and tls:\/\//],
    ["ucx://host:1", /Only tcp:\/\/ and tls:\/\//],
  ])("%j is refused", (text, problem) => {
    expect(() => parseDaskAddress(text)).toThrow(problem);
  });
});

describe("where the scheduler is", () => {
  function fileWith(content: string): string {
    const path = join(temporaryFolder(), "scheduler.json");
    writeFileSync(path, content);
    return path;
  }

  test("a scheduler file says it", () => {
    expect(readSchedulerFile(fileWith('{"type":"Scheduler","address":"tcp://h:1"}'))).toBe(
      "tcp://h:1",
    );
  });

  test.each([
    ["no JSON", /it is no JSON/],
    ["[1]", /it has no `address`/],
    ['{"address": 5}', /it has no `address`/],
  ])("a file with %s is none", (content, problem) => {
    expect(() => readSchedulerFile(fileWith(content))).toThrow(problem);
  });

  test("a file that is not there is said", () => {
    expect(() => readSchedulerFile("/nowhere/scheduler.json")).toThrow(/Cannot read .* no such/);
  });

  test("without any address the error names the three ways", async () => {
    await expect(DaskClient.connect(undefined, { environment: {} })).rejects.toThrow(
      /Which scheduler\? .*scheduler file.*DASK_SCHEDULER_ADDRESS/,
    );
  });

  test("two of them are one too many", async () => {
    await expect(DaskClient.connect("h:1", { schedulerFile: "f" })).rejects.toThrow(/Both/);
  });

  test("the environment's is taken last", async () => {
    await expect(
      DaskClient.connect(undefined, { environment: { DASK_SCHEDULER_ADDRESS: "http://h" } }),
    ).rejects.toThrow(/dashboard/);
  });
});

describe("servers that are no scheduler", () => {
  async function serve(answer: (socket: net.Socket) => void): Promise<number> {
    const server = net.createServer(answer);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async function problemOf(answer: (socket: net.Socket) => void): Promise<string> {
    const port = await serve(answer);
    const address = { protocol: "tcp", host: "127.0.0.1", port } as const;
    const error: unknown = await connectDask(address, { timeoutMs: 300 }).catch((e) => e);
    return error instanceof Error ? error.message : "connected";
  }

  test.each<[string, (socket: net.Socket) => void, RegExp]>([
    ["a web server", (s) => s.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /answers in HTTP/],
    ["one that hangs up", (s) => s.destroy(), /hung up|ECONNRESET/],
    ["one that says nothing", (s) => s.on("error", () => {}), /said nothing in time/],
    ["an SSH server", (s) => s.write("SSH-2.0-OpenSSH_9.2\r\n"), /is not a Dask scheduler/],
    [
      "one that talks nonsense",
      (s) => s.write(frameMessage(Buffer.from("c1", "hex"))),
      /another protocol/,
    ],
  ])("%s is told apart", async (_what, answer, problem) => {
    expect(await problemOf(answer)).toMatch(problem);
  });
});
