import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJournal } from "../../src/events/read-journal.js";
import { traceContextOf } from "../../src/traces/trace-context.js";
import { describeWith, peer } from "../support/peers.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram, runTracked } from "../support/tracked-program.js";

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const environments = [
  { TRACEPARENT: `00-${trace}-${span}-01` },
  { TRACEPARENT: `00-${trace}-${span}-01`, TRACESTATE: "rojo=1,congo=2" },
  { TRACEPARENT: `00-${trace}-${span}-01`, TRACESTATE: "bad\u0007" },
  { TRACEPARENT: `00-${trace}-${span}-01`, TRACESTATE: "x".repeat(513) },
  { TRACEPARENT: ` 01-${trace}-${span}-00-later\n` },
  { TRACEPARENT: `00-${trace}-${span}-01-later` },
  { TRACEPARENT: `ff-${trace}-${span}-01` },
  { TRACEPARENT: `00-${"0".repeat(32)}-${span}-01` },
  { TRACEPARENT: `00-${trace}-${"0".repeat(16)}-01` },
  { TRACEPARENT: `00-${trace}-${span}` },
  { TRACEPARENT: "" },
  { TRACESTATE: "rojo=1" },
  {},
];

const script = `
import json, sys
from taskprov._bridge.facts import trace_context
print(json.dumps([trace_context(one) for one in json.loads(sys.argv[1])]))
`;

describeWith("the trace context of a Python program", await peer("dask"), ({ python }) => {
  test("is understood as in TypeScript", () => {
    const env = { ...process.env, PYTHONPATH: join(projectFolder, "python") };
    const told = execFileSync(python, ["-c", script, JSON.stringify(environments)], { env });
    const expected = environments.map((one) => traceContextOf(one) ?? null);
    expect(JSON.parse(told.toString())).toEqual(expected);
  });

  test("is in the record of its run", async () => {
    const cwd = temporaryFolder();
    await runTracked({
      cwd,
      command: [python, daskProgram("local_work.py"), "sync"],
      env: { TRACEPARENT: `00-${trace}-${span}-01` },
    });
    const folder = join(cwd, "output");
    const journal = readdirSync(folder).find((name) => name.endsWith(".journal")) ?? "none";
    for await (const event of readJournal(join(folder, journal))) {
      if (event.type !== "run") continue;
      expect(event.traceContext).toEqual({ traceparent: `00-${trace}-${span}-01` });
      return;
    }
    throw new Error("no run event");
  });
});
