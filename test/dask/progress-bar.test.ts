import { describe, expect, test } from "vitest";
import { daskPeers } from "../support/dask-versions.js";
import { runKernel, type ShownOutput } from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";
import { runPython } from "../support/python-package.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

/** What each bar wrote, and whether what was asked beside it holds. */
async function bars(python: string, mode: string): Promise<Record<string, [string, boolean]>> {
  const args = [daskProgram("progress_bars.py"), mode];
  const env = { PYTHONPATH: `${projectFolder}/python` };
  const { status, stdout, stderr } = await runPython(python, args, temporaryFolder(), env);
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** A bar as Dask draws it; times are whatever they are. */
const drawn = (width: number, marks: number, percent: number, more = ""): RegExp =>
  new RegExp(
    `\\r\\[${"#".repeat(marks).padEnd(width)}\\] \\| ${percent}% Completed \\| [\\d.]+ (us|ms|s)${more} *\\n$`,
  );

describe.each(daskPeers)("$title", (dask) => {
  describeWith("progress bars in Python", dask, ({ python }) => {
    test("of local schedulers are those of dask.diagnostics", async () => {
      const told = await bars(python, "local");
      expect(told["sync"]).toEqual([expect.stringMatching(drawn(40, 40, 100)), true]);
      expect(told["threads"]).toEqual([expect.stringMatching(drawn(10, 10, 100)), true]);
      expect(told["minimum"]).toEqual(["", true]);
      expect(told["failed"]).toEqual([expect.stringMatching(drawn(40, 0, 0)), true]);
      expect(told["registered"]).toEqual([expect.stringMatching(drawn(40, 40, 100)), true]);
      expect(told["registered"]?.[0].match(/100% Completed/g)).toHaveLength(2);
    });

    test("of clusters follow the client's tasks, or futures", async () => {
      const told = await bars(python, "cluster");
      expect(told["block"]).toEqual([expect.stringMatching(drawn(40, 40, 100)), true]);
      expect(told["block"]?.[0]).toMatch(/\| 9[01]% Completed/);
      const failed = drawn(40, 40, 100, " \\| 2 failed");
      expect(told["failed"]).toEqual([expect.stringMatching(failed), true]);
      expect(told["nothing"]).toEqual(["", true]);
      expect(told["futures"]).toEqual([expect.stringMatching(drawn(40, 40, 100)), true]);
      expect(told["done before"]).toEqual([expect.stringMatching(drawn(40, 40, 100)), true]);
      expect(told["left"]).toEqual(["[]", true]);
    });
  });
});

const setUp = `
import pathlib, threading, time
from dask import delayed
from dask.distributed import Client
from taskprov import ProgressBar, progress

def until(condition):
    while not condition():
        time.sleep(0.01)

def gated(n, path):
    until(lambda: pathlib.Path(path).exists())
    return n

def inc(n):
    return n + 1

def total(gate, parts):
    return sum(parts)

def opens(path):
    "Opens a gate when something has been displayed."
    import IPython
    publisher = IPython.get_ipython().display_pub
    publish, seen = publisher.publish, []
    def watched(*args, **kwargs):
        publish(*args, **kwargs)
        seen.append(1)
        if len(seen) > 1:
            pathlib.Path(path).touch()
    publisher.publish = watched

def graph(path):
    parts = [delayed(inc)(n, dask_key_name=("<b>inc", n)) for n in range(9)]
    return delayed(total)(delayed(gated)(0, path), parts)
`;

describeWith("in a notebook", await peer("jupyter"), ({ python }) => {
  test("one display is updated in place", async () => {
    const { cells } = await runKernel(python, [
      setUp,
      `opens("local")
with ProgressBar(dt=0.01):
    print(graph("local").compute(scheduler="threads"))`,
      "client = Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None)",
      `opens("cluster")
with ProgressBar(dt=0.01):
    print(graph(str(pathlib.Path("cluster").resolve())).compute())`,
      `future = client.submit(inc, 1)
future.result()
progress(future, dt=0.01)
until(lambda: not any("progress" in each.name for each in threading.enumerate()))`,
      "client.close()",
    ]);
    for (const at of [1, 3]) {
      const { shown, text } = cells[at] ?? { shown: [], text: "" };
      expect(text).toBe("45\n");
      expectOnePlace(shown);
      const last = shown.at(-1)?.data ?? {};
      expect(last["text/plain"]).toMatch(/^\[#{40}\] \| 100% Completed \| /);
      expect(last["text/html"]).toMatch(/all tasks<.*11 of 11<.*9 of 9<.* · done</s);
      expect(last["text/html"]).not.toMatch(/<b>/);
    }
    expectOnePlace(cells[4]?.shown ?? []);
    expect(cells[4]?.shown.at(-1)?.data["text/html"]).toContain("1 of 1");
  });
});

/** The first output is a display with an id, the others are updates of it. */
function expectOnePlace(shown: readonly ShownOutput[]): void {
  const [first, ...updates] = shown;
  expect(first).toMatchObject({ kind: "display_data", place: expect.stringMatching(/./) });
  expect(updates.map(({ kind, place }) => [kind, place])).toEqual(
    updates.map(() => ["update_display_data", first?.place]),
  );
}
