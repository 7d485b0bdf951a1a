import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { parseProvJson } from "../../src/formats/index.js";
import { buildDocument } from "../../src/track/build-document.js";
import { temporaryFolder } from "../support/temporary.js";
import { fullTier } from "../support/tier.js";

// Real programs that end in the middle of their work: nothing here is in the same process.

/** Runs tasks in windows, says how many are done by its own clock, and closes after so many. */
function program(folder: string, windows: number): string[] {
  const script = `
    import { writeSync } from "node:fs";
    import { Client, ProvTracker } from "taskprov";
    const client = new Client({ workers: 1 });
    client.registerPlugin(new ProvTracker({ destination: ${JSON.stringify(folder)} }));
    let done = 0;
    for (let window = 0; window < ${windows}; window++) {
      const futures = client.map(function inc(x) { return x + 1; }, Array.from({ length: 200 }, (_, n) => n));
      await client.gather(futures);
      done += futures.length;
      for (const future of futures) future.release();
      writeSync(1, done + " " + performance.now() + "\\n");
    }
    writeSync(1, "closing\\n");
    await client.close();
    writeSync(1, "closed\\n");
    setInterval(() => {}, 1000);
  `;
  return ["--input-type=module", "--eval", script];
}

/** Flushed after 100 ms at the latest; what the program said so long before it last spoke. */
function safelyDone(output: string): number {
  const told = [...output.matchAll(/^(\d+) ([\d.]+)$/gm)].map(([, done, at]) => ({
    done: Number(done),
    at: Number(at),
  }));
  const last = told.at(-1)?.at ?? 0;
  return told.findLast(({ at }) => at <= last - 150)?.done ?? 0;
}

const kills = fullTier ? 120 : 5;
const signals = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
/** Spread over start, work, closing and after; the golden ratio leaves no corner out. */
const moments = Array.from({ length: kills }, (_, i) => ({
  signal: signals[i % signals.length] ?? "SIGKILL",
  milliseconds: Math.round(60 + 1400 * ((i * 0.618034) % 1)),
}));

describe("a program that is killed", () => {
  test.each(moments)(
    "by $signal after $milliseconds ms loses no more than a flush interval",
    async ({ signal, milliseconds }) => {
      const folder = temporaryFolder();
      const child = spawn(process.execPath, program(folder, 40), {
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      child.stdout.on("data", (chunk) => {
        output += String(chunk);
      });
      const ended = once(child, "close");
      let complaints = "";
      child.stderr.on("data", (chunk) => {
        complaints += String(chunk);
      });
      // A program that could not even begin is told at once, not waited for.
      await Promise.race([once(child.stdout, "data"), ended]);
      expect(child.exitCode, complaints).toBeNull();
      await setTimeout(milliseconds);
      child.kill(signal);
      await ended;
      const document = join(folder, "yprov4wfs.json");
      if (existsSync(document)) {
        // Never torn: a document that has its name is whole.
        expect(parseProvJson(readFileSync(document)).records.length).toBeGreaterThan(8000);
        return;
      }
      const journal = readdirSync(folder).find((name) => name.endsWith(".journal")) ?? "none";
      const summary = await buildDocument(join(folder, journal), {
        output: join(temporaryFolder(), "built.json"),
      });
      expect(summary.counts["ok"] ?? 0).toBeGreaterThanOrEqual(safelyDone(output));
      if (!output.includes("closing")) expect(summary.incomplete).toBe(true);
    },
  );
});

describe("a disk that is full", () => {
  /** The kernel refuses to let any file grow beyond so many KiB. */
  function runLimited(
    kibibytes: number,
    body: string,
  ): { folder: string; stdout: string; stderr: string; status: number | null } {
    const folder = temporaryFolder();
    const script = `
      import { Client, ProvTracker } from "taskprov";
      // Heard, the signal does no harm, and the write fails as on a full disk.
      process.on("SIGXFSZ", () => {});
      const client = new Client({ workers: 1 });
      const tracker = new ProvTracker({ destination: ${JSON.stringify(folder)} });
      client.registerPlugin(tracker);
      ${body}
      await client.close();
      console.log(JSON.stringify({ sum, summary: await tracker.done }));
    `;
    const limited = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
    const args = ["-c", limited, process.execPath, "--input-type=module", "--eval", script];
    return { folder, ...spawnSync("bash", args, { encoding: "utf8" }) };
  }

  test.skipIf(process.platform === "win32")(
    "costs no result and leaves no torn document; what is missing is told",
    () => {
      const { folder, status, stdout, stderr } = runLimited(
        600,
        `const futures = client.map(function inc(x) { return x + 1; }, Array.from({ length: 10_000 }, (_, n) => n));
         const sum = (await client.gather(futures)).reduce((a, b) => a + b, 0);`,
      );
      expect(stderr).not.toContain("    at ");
      expect(status).toBe(0);
      const told = JSON.parse(stdout);
      expect(told.sum).toBe(50_005_000);
      expect(told.summary.incomplete).toBe(true);
      expect(told.summary.problems.join("\n")).toContain("Cannot write");
      // No document of half the bytes, no temporary file.
      expect(readdirSync(folder).filter((name) => !name.endsWith(".journal"))).toEqual([]);
    },
  );
});
