import { delimiter } from "node:path";
import type { Json } from "../../events/event-parts.js";
import type { RunEvent } from "../../events/run-event.js";
import { pythonPath } from "./python-folder.js";

/** What the bridge inside Dask's scheduler needs to know; it travels in one environment variable. */
export interface BridgeSettings {
  /** The first four groups of a UUID; the run ids of all schedulers of the program begin with it. */
  readonly launch: string;
  /** This package's version. */
  readonly version: string;
  /** Absolute path of an existing folder: each scheduler opens its own journal there. */
  readonly folder: string;
  /** Journals are named `STEM.RUNID.journal`. */
  readonly stem: string;
  /** The tracker's options as the `run` event carries them. */
  readonly options: Readonly<Record<string, Json>>;
  /** Patterns and texts to hide, as given. */
  readonly redact: readonly string[];
  /** What the launcher knows of the run. */
  readonly run: Pick<
    RunEvent,
    "host" | "user" | "argv" | "git" | "traceContext" | "executionSource"
  >;
}

const settingsVariable = "TASKPROV_BRIDGE";
const preloadVariable = "DASK_DISTRIBUTED__SCHEDULER__PRELOAD";

/**
 * The environment in which every Dask scheduler of a program loads the bridge, and every Python
 * records its local schedulers. A preload that the user has configured is handed on: Dask takes
 * the variable instead of the configuration files, so that the bridge has to load it.
 */
export function bridgeEnvironment(
  settings: BridgeSettings,
  environment: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const preload = environment[preloadVariable];
  const path = environment["PYTHONPATH"];
  // The folder of the `sitecustomize` that listens to Dask's local schedulers.
  const autoload = pythonPath("_autoload");
  return {
    ...environment,
    [settingsVariable]: JSON.stringify({ ...settings, ...(preload !== undefined && { preload }) }),
    // The file that Dask loads into the scheduler; the bridge lies beside it.
    [preloadVariable]: pythonPath("_taskprov_preload.py"),
    // An empty entry would mean the working directory.
    PYTHONPATH: path ? `${autoload}${delimiter}${path}` : autoload,
  };
}
