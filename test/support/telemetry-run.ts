import { EventRun } from "./event-run.js";

/** A run with samples, profiles, transfers and log records of two workers and the program. */
export function telemetryRun(moments = 5): EventRun {
  const run = new EventRun();
  run.add({ type: "worker+", worker: 1, address: "tcp://w:1", name: "beta", threads: 1 });
  run.task("load").task("sum", ["load"]).runs("load").runs("sum");
  for (let i = 0; i < moments; i++) {
    for (const worker of [null, 0, 1]) {
      run.add({
        type: "sample",
        worker,
        cpu: 10 * i + (worker ?? 0),
        memory: { process: 1e8 + 1e6 * i, ...(worker === 1 && { spilled: 5e6 * i }) },
      });
    }
  }
  run.add({
    type: "bandwidth",
    worker: 1,
    from: [
      { source: 0, bytes: 4e6, seconds: 0.5, count: 3 },
      { source: "tcp://gone:1", bytes: 1e3, seconds: 0, count: 1 },
    ],
    types: [{ typeName: "numpy.ndarray", bytes: 4e6, seconds: 0.5, count: 3 }],
  });
  for (const worker of [0, 1]) {
    run.add({
      type: "profile",
      worker,
      start: 1_795_169_700,
      stop: 1_795_169_701,
      of: "tasks",
      frames: [
        { function: "load", file: "/home/ada/project/tasks.py", line: 12 },
        { function: "parse" },
        { function: "</script><b>" },
      ],
      nodes: [
        [null, 0, 90],
        [0, 1, 70],
        [null, 2, 10],
      ],
    });
  }
  run.add({
    type: "log",
    worker: null,
    level: "info",
    logger: "distributed.scheduler",
    text: "Register worker",
  });
  run.add({
    type: "log",
    worker: 1,
    level: "warning",
    logger: "distributed.worker.memory",
    text: "Worker is at 80% memory usage",
    omitted: 2,
  });
  return run.end();
}
