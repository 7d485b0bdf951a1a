import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { Json, RunEvent } from "../../events/task-event.js";

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
  readonly run: Pick<RunEvent, "host" | "user" | "argv" | "git" | "executionSource">;
}

const settingsVariable = "TASKPROV_BRIDGE";
const preloadVariable = "DASK_DISTRIBUTED__SCHEDULER__PRELOAD";

/** Path of the Python file that Dask loads into the scheduler; the bridge lies beside it. */
function bridgeFile(): string {
  // Both src/engines/dask and dist/engines/dask lie three folders below package.json.
  return fileURLToPath(new URL("../../../python/taskprov/_taskprov_preload.py", import.meta.url));
}

/** Folder of the `sitecustomize` that listens to Dask's local schedulers. */
function autoloadFolder(): string {
  return fileURLToPath(new URL("../../../python/taskprov/_autoload", import.meta.url));
}

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
  return {
    ...environment,
    [settingsVariable]: JSON.stringify({ ...settings, ...(preload !== undefined && { preload }) }),
    [preloadVariable]: bridgeFile(),
    // An empty entry would mean the working directory.
    PYTHONPATH: path ? `${autoloadFolder()}${delimiter}${path}` : autoloadFolder(),
  };
}
