import { createHash } from "node:crypto";
import type { KernelConnection } from "./kernel-connection.js";
import type { KernelMessage } from "./kernel-message.js";

/** What a kernel tells of its cells, in the form of the hook in Python. */
export type CellMessage = Readonly<Record<string, string | number>>;

/**
 * Follows the cells that a kernel executes, as it publishes them: begin, text, count and end. Which
 * line submits what cannot be seen from outside. A restart is another kernel: its counts begin again.
 *
 * @param path - of the connection file; together with the kernel's session it names the kernel.
 * @param tell - takes the messages.
 */
export async function watchCells(
  connection: KernelConnection,
  path: string,
  tell: (message: CellMessage) => void,
): Promise<void> {
  let next = 0;
  const open = new Map<string, { readonly hook: string; readonly n: number; status: string }>();
  for await (const message of connection.published()) {
    const request = String(message.parent["msg_id"] ?? "");
    const cell = open.get(request);
    if (message.type === "execute_input" && cell === undefined) {
      const hook = hookOf(path, message);
      const n = next++;
      open.set(request, { hook, n, status: "ok" });
      tell({ ...begun(message), op: "cell", hook, n, time: timeOf(message) });
    } else if (cell !== undefined && message.type === "error") {
      cell.status = "error";
    } else if (cell !== undefined && message.content["execution_state"] === "idle") {
      open.delete(request);
      tell({ ...cell, op: "cell-end", time: timeOf(message) });
    }
  }
}

/** Kernels have sessions of their own, also after a restart under the same file. */
function hookOf(path: string, message: KernelMessage): string {
  const session = String(message.header["session"] ?? "");
  return createHash("sha256").update(`${path}\n${session}`).digest("hex").slice(0, 12);
}

function begun({ content }: KernelMessage): CellMessage {
  const { code, execution_count: count } = content;
  return {
    ...(typeof code === "string" && { source: code }),
    ...(typeof count === "number" && { count }),
  };
}

/** Of the kernel's own clock. */
function timeOf({ header }: KernelMessage): number {
  const time = Date.parse(String(header["date"])) / 1000;
  // A whole number would travel as an integer.
  return Number.isFinite(time) ? time + 1e-6 : 1e-6;
}
