import { readFile } from "node:fs/promises";
import { TaskprovError } from "../../base/errors.js";

/** How a Jupyter kernel is reached; what its connection file says. */
export interface KernelAddress {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly shellPort: number;
  readonly iopubPort: number;
  /** Signs the messages; empty: they are not signed. */
  readonly key: string;
}

const remedy = "Jupyter names it at the kernel's start; in a notebook, %connect_info shows it.";

/**
 * Reads a kernel's connection file.
 *
 * @throws {@link TaskprovError} `ERR_FILE` when there is no such file, `ERR_CONNECT` when it is
 *   no connection file, or one that cannot be used.
 */
export async function readConnectionFile(path: string): Promise<KernelAddress> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new TaskprovError("ERR_FILE", `There is no readable kernel file ${path}. ${remedy}`, {
      cause,
    });
  });
  return decodeConnectionFile(text, path);
}

/** Decodes the text of a connection file; see {@link readConnectionFile}. */
function decodeConnectionFile(text: string, path: string): KernelAddress {
  const wrong = (what: string): TaskprovError =>
    new TaskprovError("ERR_CONNECT", `${path} is no kernel connection file: ${what}. ${remedy}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong("it is not JSON");
  }
  if (typeof json !== "object" || json === null) throw wrong("it is no JSON object");
  const fields = new Map<string, unknown>(Object.entries(json));
  const port = (name: string): number => {
    const value = fields.get(name);
    if (Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 65_536) {
      return Number(value);
    }
    throw wrong(`\`${name}\` is no port`);
  };
  const { transport, ip, key } = Object.fromEntries(fields);
  if (transport !== "tcp" && transport !== "ipc") {
    throw wrong("`transport` is neither tcp nor ipc");
  }
  if (typeof ip !== "string" || ip === "") throw wrong("`ip` is missing");
  if (typeof key !== "string") throw wrong("`key` is missing");
  const scheme = fields.get("signature_scheme") ?? "hmac-sha256";
  if (scheme !== "hmac-sha256") throw wrong(`the signature scheme ${String(scheme)} is not known`);
  return { transport, ip, key, shellPort: port("shell_port"), iopubPort: port("iopub_port") };
}

/** The address of a port, as ZeroMQ has it. */
export function endpoint({ transport, ip }: KernelAddress, port: number): string {
  return transport === "ipc" ? `ipc://${ip}-${port}` : `tcp://${ip}:${port}`;
}
