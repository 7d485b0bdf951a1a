import { join } from "node:path";
import { expect, test } from "vitest";
import { runKernel } from "../support/kernel.js";
import { describeWith, peer } from "../support/peers.js";

const work = `
from dask.distributed import Client, wait
from taskprov import ProvTracker
def bad():
    raise ValueError("no <script>alert(1)</script> " + "x" * 1000)
client = Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None)
tracker = ProvTracker(name="<i>mine</i>")
`;

describeWith("a tracker shown in a notebook", await peer("jupyter"), ({ python }) => {
  test("says how its run stands, with nothing taken for HTML", async () => {
    const { cells, folder } = await runKernel(python, [
      work,
      "tracker",
      `client.register_plugin(tracker)
futures = [client.submit(abs, 1, key="<b>one"), client.submit(bad, key="<b>bad")]
futures.append(client.submit(abs, futures[1], key="after"))
wait(futures)
import time
while "1 blocked" not in tracker._repr_html_():
    time.sleep(0.1)`,
      "tracker",
      "client.close()",
      "tracker",
      "print(tracker._repr_html_() == tracker._repr_mimebundle_()['text/html'])",
    ]);
    const [, fresh, , growing, , over, same] = cells.map((cell) => cell.shown[0]?.data ?? {});
    expect(fresh?.["text/plain"]).toBe("ProvTracker: nothing is recorded yet");
    expect(growing?.["text/plain"]).toMatch(/^ProvTracker: 3 tasks: 1 done, 1 failed, 1 blocked; /);
    const tasks = "<td[^>]*>3 tasks: 1 done, 1 failed, 1 blocked</td>";
    expect(growing?.["text/html"]).toMatch(new RegExp(`being recorded.*${tasks}`, "s"));
    const html = over?.["text/html"] ?? "";
    expect(html).toMatch(new RegExp(`>over<.*${tasks}`, "s"));
    expect(html).toContain("&lt;i&gt;mine&lt;/i&gt; · ");
    expect(html).toContain("<code>&lt;b&gt;bad</code>: ValueError");
    expect(html).not.toMatch(/<(script|b|i)>|x{300}/);
    const document = join(folder, "output/yprov4wfs.json");
    expect(html).toContain(`<a href="output/yprov4wfs.json">${document}</a>`);
    expect(over?.["text/plain"]).toMatch(new RegExp(`; ${document}$`));
    expect([same, cells.at(-1)?.text]).toEqual([{}, "True\n"]);
  });

  test("of local schedulers, of other runs in its folder, and without a command", async () => {
    const { cells } = await runKernel(python, [
      `from dask import delayed
from taskprov import ProvTracker
first, second = ProvTracker(), ProvTracker()
for tracker in (first, second):
    with tracker.register():
        delayed(abs)(1).compute(scheduler="sync")`,
      "second",
      "first",
      `import os
os.environ["TASKPROV_COMMAND"] = "/nowhere/taskprov"
lost = ProvTracker(destination="elsewhere")
with lost.register():
    delayed(abs)(1).compute(scheduler="sync")`,
      "lost",
    ]);
    const [, second, first, , lost] = cells.map((cell) => cell.shown[0]?.data["text/plain"]);
    expect(second).toMatch(/^ProvTracker: 1 task: 1 done; .*output\/yprov4wfs.json$/);
    expect(first).toBe("ProvTracker: nothing of this record is on this machine");
    expect(lost).toMatch(/^ProvTracker: TASKPROV_COMMAND names '\/nowhere\/taskprov'/);
  });
});
