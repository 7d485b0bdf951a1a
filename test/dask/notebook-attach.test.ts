import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConnectionFile } from "../../src/notebook/kernel/connection-file.js";
import { KernelConnection } from "../../src/notebook/kernel/kernel-connection.js";
import { attachNotebook } from "../../src/track/attach-notebook.js";
import { type Program, startCluster, startProgram } from "../support/dask-cluster.js";
import { placesOf } from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";
import { readRaw } from "../support/raw-document.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

const jupyter = await peer("jupyter");

const setup = `from dask.distributed import Client, LocalCluster
import dask.array as da
cluster = LocalCluster(processes=True, n_workers=1, threads_per_worker=1, dashboard_address=":0")
client = Client(cluster)
x = da.ones(8, chunks=4)`;

describeWith("attaching to a running kernel", jupyter, ({ python }) => {
  /** A kernel, and what executes cells in it without our connection. */
  async function startKernel(folder = temporaryFolder()): Promise<{
    readonly file: string;
    readonly folder: string;
    readonly kernel: Program;
    readonly execute: (source: string) => Promise<string>;
  }> {
    const file = join(folder, "kernel.json");
    const kernel = startProgram([python, "-m", "ipykernel_launcher", "-f", file], {
      cwd: folder,
      env: { PYTHONPATH: join(projectFolder, "python") },
    });
    await kernel.says(/connection-file|existing|Kernel|encrypt/i).catch(() => undefined);
    let connection: KernelConnection | undefined;
    for (let i = 0; connection === undefined && i < 40; i++) {
      connection = await readConnectionFile(file)
        .then((address) => KernelConnection.open(address, () => 1e9))
        .catch(() => undefined);
      if (connection === undefined) await new Promise((resolve) => setTimeout(resolve, 250));
    }
    if (connection === undefined) throw new Error(kernel.stderr());
    const open = connection;
    onTestFinished(() => open.close());
    return {
      file,
      folder,
      kernel,
      execute: async (source) => {
        const request = { code: source, silent: false, store_history: true, allow_stdin: false };
        const expressions = { address: "client.scheduler.address" };
        const { content } = await open.ask(
          "execute_request",
          { ...request, user_expressions: expressions },
          60_000,
        );
        expect(content["evalue"] ?? "").toBe("");
        return JSON.stringify(content["user_expressions"]);
      },
    };
  }

  test.each([
    ["read-only: tasks are placed by the cell that ran", false, "cell"],
    ["with the hook: by the calling frame", true, "frame"],
  ])("%s", async (_, inject, match) => {
    const { file, folder, execute } = await startKernel();
    const [address = ""] = /tcp:\/\/[\d.:]+/.exec(await execute(setup)) ?? [];
    expect(address).not.toBe("");
    const leave = new AbortController();
    let attached: () => void = () => {};
    const isAttached = new Promise<void>((resolve) => {
      attached = resolve;
    });
    const recording = attachNotebook(
      inject ? undefined : address,
      { destination: join(folder, "output") },
      { kernel: file, inject, signal: leave.signal, onAttached: () => attached() },
    );
    await Promise.race([isAttached, recording]);
    await execute("a = 1\n(x + 1).sum().compute()");
    await execute("(x + 2).sum().compute()");
    leave.abort();
    const run = await recording;
    expect(run.problems).toEqual([]);
    const places = placesOf(readRaw(run.document ?? ""));
    expect(places.map((place) => [place.cell, place.line, place.text, place.match])).toEqual([
      [2, 2, "compute()", match],
      [3, 1, "compute()", match],
    ]);
    await execute("client.close(); cluster.close()");
  });

  test("a kernel that is restarted under the same file is followed further", async () => {
    const first = await startKernel();
    const { file, folder } = first;
    const { address } = await startCluster(python, folder);
    const work = (term: number): string =>
      `from dask.distributed import Client; import dask.array as da; client = Client("${address}")
(da.ones(8, chunks=4) + ${term}).sum().compute()`;
    const leave = new AbortController();
    let attached: () => void = () => {};
    const isAttached = new Promise<void>((resolve) => {
      attached = resolve;
    });
    const recording = attachNotebook(
      address,
      { destination: join(folder, "output") },
      { kernel: file, inject: false, signal: leave.signal, onAttached: () => attached() },
    );
    await Promise.race([isAttached, recording]);
    await first.execute("a = 1");
    await first.execute(work(1));
    first.kernel.process.kill("SIGKILL");
    await first.kernel.exit;
    const second = await startKernel(folder);
    // ZeroMQ connects again within a moment.
    for (let i = 0; i < 8; i++) {
      await second.execute(work(2 + i));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    leave.abort();
    const run = await recording;
    const places = placesOf(readRaw(run.document ?? ""));
    const said = places.filter(({ match }) => match === "cell");
    expect(new Set(said.map(({ line, text }) => `${line} ${text}`))).toEqual(
      new Set(["2 compute()"]),
    );
    // The first kernel's work was in its second cell, the last of the other's in its eighth.
    expect(said.map(({ cell }) => cell)).toEqual(expect.arrayContaining([2, 8]));
  });

  test("a file with another key, of no kernel, or that is none is told", async () => {
    const { file, folder } = await startKernel();
    const { key, ...rest } = JSON.parse(await readText(file));
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, JSON.stringify({ ...rest, key: `${key}x` }));
    const open = async (path: string): Promise<unknown> =>
      KernelConnection.open(await readConnectionFile(path), () => 1e9);
    await expect(open(wrong)).rejects.toMatchObject({ code: "ERR_CONNECT" });
    const stale = join(folder, "stale.json");
    writeFileSync(stale, JSON.stringify({ ...rest, key, shell_port: 9, iopub_port: 9 }));
    await expect(open(stale)).rejects.toMatchObject({ code: "ERR_CONNECT" });
    await expect(open(join(folder, "none.json"))).rejects.toMatchObject({ code: "ERR_FILE" });
    writeFileSync(wrong, "{}");
    await expect(open(wrong)).rejects.toThrow("is no kernel connection file");
  });
});

async function readText(path: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return await readFile(path, "utf8");
}
