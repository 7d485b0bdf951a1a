import { assertNever, TaskprovError } from "../../../base/errors.js";
import { errorCode } from "../../../base/file-problem.js";
import { FrameError } from "./comm-frames.js";
import { type DaskAddress, formatDaskAddress } from "./dask-address.js";

/** Ways in which a server is reached and yet does not serve. */
export type ProtocolProblem =
  | "needs-tls-files"
  | "garbled"
  | "mute"
  | "mute-open"
  | "lost"
  | "silent"
  | "closed";

/**
 * What a socket's error means.
 *
 * @param spoke - whether the other side had said something sensible before.
 */
export function connectionProblem(
  address: DaskAddress,
  error: Error,
  spoke: boolean,
): TaskprovError {
  const name = formatDaskAddress(address);
  const code = errorCode(error) ?? "";
  if (!spoke && address.protocol === "tcp" && (code === "ECONNRESET" || code === "EPIPE")) {
    return protocolProblem(address, "mute", error);
  }
  const text = socketProblem(address, code, error, spoke);
  return new TaskprovError("ERR_CONNECT", `Cannot reach a Dask scheduler at ${name}: ${text}`, {
    cause: error,
  });
}

function socketProblem(
  { protocol, host, port }: DaskAddress,
  code: string,
  error: Error,
  spoke: boolean,
): string {
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens on port ${port} of ${host}. Check the address, and that the scheduler runs.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host "${host}". Check the name.`;
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `${host} does not answer. Check the address and the network.`;
    default:
  }
  if (protocol === "tls" && !spoke) return tlsProblem(code, error);
  return `${error.message}.`;
}

function tlsProblem(code: string, error: Error): string {
  if (/WRONG_VERSION|PACKET_LENGTH|UNKNOWN_PROTOCOL|ECONNRESET|EPIPE/.test(code)) {
    return "there is no TLS at that port. Use tcp:// if the scheduler runs without it.";
  }
  if (/ALERT/.test(code)) {
    return `it refused our certificate (${code.replace(/^ERR_SSL_/, "")}). Give the certificate and key that the cluster's authority signed.`;
  }
  return `its certificate is not accepted (${code === "" ? error.message : code}). Give the CA file that signed it.`;
}

/** What a conversation that goes wrong means. */
export function protocolProblem(
  address: DaskAddress,
  problem: ProtocolProblem,
  cause?: unknown,
): TaskprovError {
  const name = formatDaskAddress(address);
  return new TaskprovError("ERR_CONNECT", protocolText(name, address, problem, cause), { cause });
}

function protocolText(
  name: string,
  { protocol }: DaskAddress,
  problem: ProtocolProblem,
  cause: unknown,
): string {
  const notOne = `${name} is not a Dask scheduler`;
  switch (problem) {
    case "needs-tls-files":
      return `${name} needs a CA file, a certificate and a key: give --tls-ca-file, --tls-cert and --tls-key (or \`tls\`).`;
    case "garbled":
      return `${notOne}: ${garbled(cause)}`;
    case "mute":
      return protocol === "tcp"
        ? `${notOne}, or one that expects TLS: it hung up at once. Check the address, or use tls:// with --tls-ca-file, --tls-cert and --tls-key.`
        : `${name} hung up at once: it may refuse our certificate. Give the certificate and key that the cluster's authority signed.`;
    case "mute-open":
      return `${notOne}, or is too busy to answer: it said nothing in time. Check the address.`;
    case "silent":
      return `${name} does not answer any more.`;
    case "lost":
      return `The connection to ${name} was lost.`;
    case "closed":
      return `The connection to ${name} is closed.`;
    default:
      return assertNever(problem);
  }
}

function garbled(cause: unknown): string {
  if (!(cause instanceof FrameError)) return "it speaks another protocol. Check the address.";
  if (cause.head.toString("latin1").startsWith("HTTP/")) {
    return "it answers in HTTP. The dashboard's address is not the scheduler's; that is tcp://HOST:8786 by default.";
  }
  return `it answers with ${cause.message}. Check the address.`;
}
