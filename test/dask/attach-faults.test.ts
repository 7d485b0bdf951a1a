import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { ended, journalsIn, leave, overviewIn, startAttach, waitFor } from "../support/attach.js";
import { cli } from "../support/cli.js";
import {
  type DaskSession,
  type Program,
  startCluster,
  startSession,
} from "../support/dask-cluster.js";
import { canMount, smallDisk } from "../support/mounted.js";
import { describeWith, peer } from "../support/peers.js";
import { readRaw, statusesOf } from "../support/raw-document.js";
import { temporaryFolder } from "../support/temporary.js";

const dask = await peer("dask");
/** Options with which `wide` makes a long journal. */
const long = ["--max-value-bytes", "200000"];

describeWith("what goes wrong around taskprov attach", dask, ({ python }) => {
  test("a long recording is recorded while it goes on, byte for byte as `build` does", async () => {
    const folder = temporaryFolder();
    const { attach, session } = await recording(folder, [...long, "--log-level", "debug"]);
    // More than the 8 MiB at which a thread of its own begins to read.
    await session.ask("wide wide 60 150000");
    await waitFor(() => sizeIn(folder) > 8 << 20);
    await session.ask("many on 50");
    expect(await leave(attach)).toMatchObject({ status: 0 });
    if (availableParallelism() > 1)
      expect(attach.stderr()).toContain("a thread records the run while it goes on");
    const document = readFileSync(path.join(folder, "output/yprov4wfs.json"));
    expect(readdirSync(path.join(folder, "output")).sort()).toEqual([
      "yprov4wfs.journal",
      "yprov4wfs.json",
    ]);
    const again = path.join(folder, "again.json");
    await cli(["build", path.join(folder, "output/yprov4wfs.journal"), "-o", again]);
    expect(readFileSync(again).equals(document)).toBe(true);
  });

  test("a destination that is removed costs nothing: the record is written elsewhere", async () => {
    const folder = temporaryFolder();
    const { attach, session } = await recording(folder);
    await session.ask("before");
    rmSync(path.join(folder, "output"), { recursive: true });
    await session.ask("after");
    const { status, told } = await leave(attach);
    expect(status).toBe(0);
    const refuge = refugeIn(attach);
    expect(told).toContain(`wrote ${path.join(refuge, "yprov4wfs.json")}: 10 tasks`);
    await expectWhole(refuge, ["grown"]);
    expect(existsSync(path.join(folder, "output"))).toBe(false);
  });

  test("a long recording whose journal is removed is saved whole as well", async () => {
    const folder = temporaryFolder();
    const { attach, session } = await recording(folder, long);
    await session.ask("before");
    await session.ask("wide wide 60 150000");
    await waitFor(() => sizeIn(folder) > 8 << 20);
    const [journal = ""] = journalsIn(path.join(folder, "output"));
    rmSync(journal);
    await session.ask("after");
    expect(await leave(attach)).toMatchObject({ status: 0 });
    await expectWhole(refugeIn(attach), ["grown", "wide-59"]);
  });

  test.runIf(canMount)("a disk that is full for a while costs nothing", async () => {
    const { attach, session, disk, filler } = await recordingOnFullDisk();
    rmSync(filler);
    await waitFor(async () => (await overviewIn(disk))?.tasks.done === 400 + 6);
    await session.ask("after");
    const { status, told } = await leave(attach);
    expect(told).toMatch(/: 410 tasks \(attempts: .*\)\.$/);
    expect(status).toBe(0);
    await expectWhole(disk, ["meanwhile-399", "grown"]);
  });

  test.runIf(canMount)(
    "a disk that stays full costs nothing: the record is elsewhere",
    async () => {
      const { attach, session, disk } = await recordingOnFullDisk();
      await session.ask("after");
      const { status } = await leave(attach);
      expect(status).toBe(0);
      await expectWhole(refugeIn(attach), ["meanwhile-399", "grown"]);
      // Nothing torn, nothing unnamed.
      expect(readdirSync(disk).filter((name) => !/^filler$|\.journal$/.test(name))).toEqual([]);
    },
  );

  test.runIf(canMount)("also when the cluster ends while the disk is full", async () => {
    const { attach, session } = await recordingOnFullDisk();
    await session.ask("shutdown");
    const { status, told } = await ended(attach);
    expect(told).toContain("the cluster ended; wrote");
    expect(status).toBe(0);
    await expectWhole(refugeIn(attach), ["meanwhile-399"]);
  });

  test("taskprov that is killed and started again records from what is there", async () => {
    const folder = temporaryFolder();
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    const killed = await startAttach(folder, [cluster.address, "--destination", "killed"]);
    await session.ask("before");
    await session.ask("hold held");
    // Not just any task that runs: what `before` did may be on its way still.
    await waitFor(async () => {
      const overview = await overviewIn(path.join(folder, "killed"));
      return overview?.longest.some(({ key }) => key === "held") === true;
    });
    killed.process.kill("SIGKILL");
    await killed.exit;
    await session.ask("many alone 20");
    const attach = await startAttach(folder, [cluster.address, "--strict"]);
    await session.ask("release held");
    await session.ask("after");
    expect(await leave(attach)).toMatchObject({ status: 0 });
    await expectWhole(path.join(folder, "output"), ["held", "grown"]);
    const again = readRaw(path.join(folder, "output/yprov4wfs.json"));
    // Made while nobody recorded: the result is there, of the attempt nothing is known.
    expect(again["entity"]).toHaveProperty("data:alone-19");
    const [journal = ""] = journalsIn(path.join(folder, "killed"));
    expect((await cli(["build", journal])).status).toBe(1);
    const before = readRaw(path.join(folder, "killed/yprov4wfs.json"));
    expect(statusesOf(before, "held")).toEqual(["running"]);
    expect(statusesOf(before, "boom")).toEqual(["error"]);
  });

  async function recording(
    folder: string,
    args: readonly string[] = [],
  ): Promise<{ attach: Program; session: DaskSession }> {
    const cluster = await startCluster(python, folder);
    const session = await startSession(python, folder, cluster.address);
    return { session, attach: await startAttach(folder, [cluster.address, ...args]) };
  }

  /** What `before` did is recorded, and 400 tasks wait for room on the disk. */
  async function recordingOnFullDisk(): Promise<
    Awaited<ReturnType<typeof recording>> & { disk: string; filler: string }
  > {
    const disk = smallDisk("2m");
    const args = ["--destination", disk, "--strict"];
    const { attach, session } = await recording(temporaryFolder(), args);
    await session.ask("before");
    const filler = fill(disk);
    await session.ask("many meanwhile 400");
    await attach.says(/Events wait in memory until it works again/);
    return { attach, session, disk, filler };
  }
});

function sizeIn(folder: string): number {
  const [journal] = journalsIn(path.join(folder, "output"));
  return journal === undefined ? 0 : statSync(journal).size;
}

/** Takes what room there is left on a disk. */
function fill(disk: string): string {
  const filler = path.join(disk, "filler");
  try {
    for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
  } catch {
    return filler;
  }
}

/** The folder that `attach` says it has written to instead. */
function refugeIn(attach: Program): string {
  const [, refuge = ""] = /The record was written to (\S+) instead/.exec(attach.stderr()) ?? [];
  onTestFinished(() => rmSync(refuge, { recursive: true, force: true }));
  expect(path.basename(refuge)).toMatch(/^taskprov-/);
  return refuge;
}

/** Document and journal are there, whole, and say what `before` did and these tasks that worked. */
async function expectWhole(folder: string, keys: readonly string[]): Promise<void> {
  const file = path.join(folder, "yprov4wfs.json");
  expect((await checkDocument([readFileSync(file)])).findings).toEqual([]);
  const document = readRaw(file);
  expect(JSON.stringify(document["activity"]?.["run:workflow"])).not.toContain("incomplete");
  expect(statusesOf(document, "boom")).toEqual(["error"]);
  for (const key of keys) expect(statusesOf(document, key), key).toEqual(["ok"]);
  const verified = await cli(["journal", "verify", path.join(folder, "yprov4wfs.journal")]);
  expect(verified.stdout).toContain("No problems.");
}
