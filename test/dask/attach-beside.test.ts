import path from "node:path";
import { expect, test } from "vitest";
import { leave, startAttach, waitFor } from "../support/attach.js";
import { type Program, startProgram, startSession } from "../support/dask-cluster.js";
import { describeWith, peer } from "../support/peers.js";
import { lineageOf, readRaw, sectionOf, statusesOf } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

const dask = await peer("dask");

describeWith("taskprov attach beside another tracker of the same cluster", dask, ({ python }) => {
  const main = path.join(projectFolder, "dist/cli/main.js");
  const run = [process.execPath, main, "run", "--metrics-port", "0", "--strict", "--"];

  test.each([
    ["taskprov run", [...run, python, daskProgram("beside.py")], {}],
    [
      "the Python package",
      [python, daskProgram("beside.py"), "tracker"],
      { PYTHONPATH: path.join(projectFolder, "python") },
    ],
  ] as const)("with metrics, beside %s: both records are whole", async (name, command, env) => {
    const folder = temporaryFolder();
    const program = startProgram(command, { cwd: folder, env });
    const address = await wordOf(program, /Scheduler at: (\S+)/);
    const session = await startSession(python, folder, address);
    await session.ask("before");
    const tables = await session.ask("tables");
    const options = ["--destination", "attached", "--metrics-port", "0", "--strict"];
    const attach = await startAttach(folder, [address, ...options]);
    await session.ask("many both 30");
    for (const offering of name === "taskprov run" ? [attach, program] : [attach]) {
      const metrics = await wordOf(offering, /metrics are at (\S+)/);
      await waitFor(async () => tasksDone(await (await fetch(metrics)).text()) >= 30);
    }
    const left = await leave(attach);
    expect(left.told).toMatch(
      /left the cluster; wrote .*attached\/yprov4wfs\.json: 38 tasks .*\.$/,
    );
    expect(left.status).toBe(0);
    // The other one's hooks, handlers and thread are there as before.
    expect(await session.ask("tables")).toEqual(tables);
    await session.ask("after");
    const truth = (await session.ask("truth")) as Record<string, string[]>;
    program.process.stdin.end();
    expect(await program.exit).toBe(0);

    const documents = ["attached", "output"].map((destination) =>
      readRaw(path.join(folder, destination, "yprov4wfs.json")),
    );
    for (const document of documents) {
      expect(JSON.stringify(document["activity"]?.["run:workflow"])).not.toContain("incomplete");
      expect(statusesOf(document, "boom")).toEqual(["error"]);
      expect(statusesOf(document, "blocked")).toEqual(["blocked"]);
      for (let i = 0; i < 30; i++) expect(statusesOf(document, `both-${i}`)).toEqual(["ok"]);
      const lineage = lineageOf(document);
      for (const [key, needed] of Object.entries(truth)) {
        const sources = lineage.get(JSON.stringify(JSON.parse(key)));
        if (sources !== undefined) expect(new Set(sources), key).toEqual(new Set(needed));
      }
    }
    const [attached, whole] = documents.map((document) => statusesOf(document, "grown"));
    expect([attached, whole]).toEqual([[], ["ok"]]);
    // Each has workers and clients once, whoever else listens.
    const agents = documents.map(
      (document) => sectionOf(document, "agent").filter(([id]) => id.includes("worker")).length,
    );
    expect(agents).toEqual([2, 2]);
  });
});

/** What a line of standard error says, once it is there. */
async function wordOf(program: Program, pattern: RegExp): Promise<string> {
  await program.says(pattern);
  return pattern.exec(program.stderr())?.[1] ?? "";
}

/** Attempts that worked, by the text of the metrics. */
function tasksDone(metrics: string): number {
  const lines = metrics.match(/^taskprov_attempts_total\{.*state="ok".*\} \d+$/gm) ?? [];
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
