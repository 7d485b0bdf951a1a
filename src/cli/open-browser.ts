import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { TaskprovError } from "../base/errors.js";

/**
 * Opens a file in the browser that `BROWSER` names, or in what the system opens pages with.
 *
 * @throws {@link TaskprovError} `ERR_DEPENDENCY` when there is none.
 */
export async function openInBrowser(file: string): Promise<void> {
  const [command, ...args] = opener();
  const child = spawn(command, [...args, resolve(file)], { detached: true, stdio: "ignore" });
  try {
    await once(child, "spawn");
  } catch (cause) {
    throw new TaskprovError(
      "ERR_DEPENDENCY",
      `The browser could not be started (${JSON.stringify(command)}). Open ${file} yourself, or name a program in the environment variable BROWSER.`,
      { cause },
    );
  }
  child.unref();
}

function opener(): readonly [string, ...string[]] {
  const chosen = process.env["BROWSER"];
  if (chosen !== undefined && chosen !== "") return [chosen];
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["cmd", "/c", "start", ""];
  return ["xdg-open"];
}
