import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseProvJson } from "../../src/formats/index.js";
import type { RunSummary } from "../../src/track/build-document.js";
import { canMount, makeReadOnly, smallDisk, unmount } from "../support/mounted.js";
import { temporaryFolder } from "../support/temporary.js";

// Real programs whose destination goes wrong while they run. The results must be right, the program
// must end by itself, and the record must be complete somewhere, or say that it is not.

interface Outcome {
  readonly sum: number;
  readonly status: number | null;
  readonly summary: RunSummary;
  readonly stderr: string;
}

/** Runs 4,000 tasks in two halves; between them the destination is disturbed. */
async function runDisturbed(destination: string, disturb: () => void): Promise<Outcome> {
  const script = `
    import { once } from "node:events";
    import { Client, ProvTracker } from "taskprov";
    const client = new Client({ workers: 1 });
    const tracker = new ProvTracker({ destination: ${JSON.stringify(destination)} });
    client.registerPlugin(tracker);
    const inc = (x) => x + 1;
    const half = async () => (await client.gather(client.map(inc, Array.from({ length: 2000 }, (_, n) => n)))).reduce((a, b) => a + b, 0);
    let sum = await half();
    await new Promise((resolve) => setTimeout(resolve, 150));
    console.log("half");
    await once(process.stdin, "data");
    sum += await half();
    await client.close();
    console.log(JSON.stringify({ sum, summary: await tracker.done }));
    process.stdin.destroy();
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
    if (stdout !== "half\n") return;
    disturb();
    child.stdin.write("go\n");
  });
  const [status] = await once(child, "close");
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const told = last.startsWith("{") ? JSON.parse(last) : {};
  const folder = told.summary?.document?.replace(/[^/]*$/, "") ?? "";
  if (folder.includes("taskprov-")) {
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  }
  return { sum: told.sum, summary: told.summary, status, stderr };
}

function expectRightAndTold({ sum, status, summary, stderr }: Outcome): void {
  expect(stderr).not.toContain("    at ");
  expect([sum, status]).toEqual([2 * 2_001_000, 0]);
  expect(summary.problems.length).toBeGreaterThan(0);
  for (const problem of summary.problems) expect(stderr).toContain(problem);
}

function tasksIn(document: string | undefined): number {
  const { records } = parseProvJson(readFileSync(document ?? "none"));
  return records.filter(({ kind }) => kind === "wasGeneratedBy").length;
}

describe.skipIf(!canMount)("a destination", () => {
  test("that becomes read-only costs nothing: the document is written elsewhere, and that is told", async () => {
    const folder = smallDisk("64m");
    const outcome = await runDisturbed(folder, () => makeReadOnly(folder));
    expectRightAndTold(outcome);
    const { document, counts, problems } = outcome.summary;
    expect(counts).toMatchObject({ ok: 4000 });
    expect(problems.join("\n")).toMatch(/read-only.*was written to/s);
    expect(document?.startsWith(folder)).toBe(false);
    expect(tasksIn(document)).toBe(4000);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.journal$/)]);
  });

  test("whose disk is taken away costs nothing: the record is written elsewhere, and that is told", async () => {
    const folder = smallDisk("64m");
    const outcome = await runDisturbed(folder, () => unmount(folder));
    expectRightAndTold(outcome);
    const { document, counts, journal } = outcome.summary;
    expect(counts).toMatchObject({ ok: 4000 });
    expect(tasksIn(document)).toBe(4000);
    expect(existsSync(journal ?? "none")).toBe(true);
  });

  test("whose disk is full costs nothing: the record is written elsewhere, and that is told", async () => {
    const folder = smallDisk("400k");
    const outcome = await runDisturbed(folder, () => {});
    expectRightAndTold(outcome);
    const { incomplete, dropped, problems, document, counts } = outcome.summary;
    expect(problems.join("\n")).toMatch(/no space left.*was written to/s);
    expect([incomplete, dropped]).toEqual([false, 0]);
    expect(counts).toMatchObject({ ok: 4000 });
    expect(tasksIn(document)).toBe(4000);
    // No document of half the bytes, no temporary file.
    expect(readdirSync(folder).filter((name) => !name.endsWith(".journal"))).toEqual([]);
  });

  test("whose disk is full for a while only has everything", async () => {
    const folder = smallDisk("3m");
    const filler = join(folder, "filler");
    const script = ["if=/dev/zero", `of=${filler}`, "bs=1k"];
    const outcome = await runDisturbed(folder, () => {
      spawn("dd", script).on("close", () => setTimeout(() => rmSync(filler, { force: true }), 0));
    });
    expect([outcome.sum, outcome.status]).toEqual([2 * 2_001_000, 0]);
    // The document needs more room than there is: it is elsewhere, and whole.
    expect(outcome.summary.counts).toMatchObject({ ok: 4000 });
    expect(tasksIn(outcome.summary.document)).toBe(4000);
  });
});

describe("a destination", () => {
  test.each<[string, (folder: string) => void]>([
    ["removed", (folder) => rmSync(folder, { recursive: true })],
    ["renamed", (folder) => renameSync(folder, `${folder}-old`)],
  ])(
    "that is %s costs nothing: the record is written elsewhere, and that is told",
    async (_, disturb) => {
      const folder = join(temporaryFolder(), "output");
      const outcome = await runDisturbed(folder, () => disturb(folder));
      expectRightAndTold(outcome);
      expect(outcome.summary.counts).toMatchObject({ ok: 4000 });
      expect(tasksIn(outcome.summary.document)).toBe(4000);
    },
  );
});
