import { TaskprovError } from "../../base/errors.js";
import { attachNotebook } from "../../track/attach-notebook.js";
import type { Command } from "../command.js";
import { runOptions, runOptionsOf } from "../tracker-options.js";
import { attachOptionsOf, clusterOptions, reportAttached } from "./attach.js";

/** `taskprov notebook attach --kernel FILE [ADDRESS]`. */
export const notebookAttachCommand: Command = {
  name: "notebook attach",
  summary: "record a Dask cluster with the cells of a running notebook",
  arguments: "--kernel FILE [ADDRESS]",
  count: [0, 1],
  about: [
    "Records a running Dask cluster, as `taskprov attach` does, and the cells that a running Jupyter",
    "kernel executes meanwhile, until the cluster ends or you press Ctrl-C. FILE is the kernel's",
    "connection file (`%connect_info` in a notebook shows it). The kernel is only listened to, and",
    "tasks are placed by the cell that ran; --inject loads the hook of the Python package into it,",
    "which names the exact line, and finds ADDRESS when it is not given. Needs the optional package",
    "`zeromq`.",
  ].join("\n"),
  options: {
    kernel: { type: "string", value: "FILE", help: "the kernel's connection file" },
    inject: { type: "boolean", help: "run code in the kernel that loads the hook" },
    ...clusterOptions,
    ...runOptions,
  },
  examples: [
    "taskprov notebook attach --kernel kernel-1234.json tcp://127.0.0.1:8786",
    "taskprov notebook attach --kernel kernel-1234.json --inject",
  ],
  run: async (parsed, io) => {
    const [address] = parsed.positionals;
    const kernel = parsed.text("kernel");
    const inject = parsed.flag("inject") === true;
    if (kernel === undefined) {
      throw new TaskprovError(
        "ERR_USAGE",
        "Expected --kernel FILE, the connection file of the kernel. In a notebook %connect_info shows it.",
      );
    }
    const run = await attachNotebook(address, runOptionsOf(parsed), {
      ...attachOptionsOf(parsed, io),
      kernel,
      inject,
    });
    reportAttached(run, io);
    return run.incomplete && parsed.flag("strict") === true ? 1 : 0;
  },
};
