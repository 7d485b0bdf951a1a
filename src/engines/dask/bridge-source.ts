import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pythonPath } from "./python-folder.js";

/** The bridge as text, to be sent to a scheduler that has no file of ours. */
export interface BridgeSource {
  /**
   * Python text that stands alone and defines `make(cfg)`, the scheduler's plugin; `cfg` is the
   * JSON text of `{sources, settings}`.
   */
  readonly loader: string;
  /** The text of each module of the bridge by its name. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Reads the bridge from the package. */
export function bridgeSource(): BridgeSource {
  const folder = pythonPath("_bridge");
  const sources: Record<string, string> = {};
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".py")) continue;
    sources[file.slice(0, -".py".length)] = readFileSync(join(folder, file), "utf8");
  }
  return { loader: sources["loader"] ?? "", sources };
}
