import { TaskprovError } from "../../../base/errors.js";
import { shown } from "../../../base/options.js";

/** Where a Dask scheduler listens. */
export interface DaskAddress {
  /** `tcp`: in the clear. `tls`: encrypted, both sides show certificates. */
  readonly protocol: "tcp" | "tls";
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Dask's own default. */
const defaultPort = 8786;

/**
 * Reads an address as Dask writes it: `tcp://host:8786`, `tls://[::1]:8786`, `host:8786`, `host`.
 *
 * @param text - without a protocol it is `tcp`, without a port 8786.
 * @throws {@link TaskprovError} `ERR_USAGE` when it is none, or has a protocol that is not spoken.
 */
export function parseDaskAddress(text: string): DaskAddress {
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  const protocol = scheme?.toLowerCase() ?? "tcp";
  if (protocol !== "tcp" && protocol !== "tls") throw unspoken(text, protocol);
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-f:.%]+)\]|([^\s:/@?#[\]]+))(?::(\d+))?\/?$/i.exec(rest) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) throw malformed(text);
  return { protocol, host, port };
}

/** The address as Dask writes it. */
export function formatDaskAddress({ protocol, host, port }: DaskAddress): string {
  return `${protocol}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function unspoken(text: string, protocol: string): TaskprovError {
  const hint =
    protocol === "http" || protocol === "https"
      ? "That is the dashboard's kind of address; give the scheduler's, tcp://HOST:8786 by default."
      : "Only tcp:// and tls:// can be reached from here.";
  return new TaskprovError("ERR_USAGE", `Cannot attach to ${shown(text)}. ${hint}`);
}

function malformed(text: string): TaskprovError {
  return new TaskprovError(
    "ERR_USAGE",
    `Expected the address of a Dask scheduler like tcp://host:8786, got ${shown(text)}.`,
  );
}
