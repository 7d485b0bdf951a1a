import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** JSON object of a message. */
export type MessagePart = Readonly<Record<string, unknown>>;

/** A message of Jupyter's protocol. */
export interface KernelMessage {
  readonly type: string;
  readonly header: MessagePart;
  readonly parent: MessagePart;
  readonly content: MessagePart;
}

const delimiter = "<IDS|MSG>";
const largestMessage = 64 << 20;

/** Makes the frames of a message, signed. */
export function encodeKernelMessage(
  type: string,
  content: MessagePart,
  key: string,
  session: string,
  date: string,
): { readonly id: string; readonly frames: readonly Buffer[] } {
  const id = randomUUID();
  const header = {
    msg_id: id,
    username: "taskprov",
    session,
    date,
    msg_type: type,
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  return { id, frames: [Buffer.from(delimiter), Buffer.from(sign(parts, key)), ...parts] };
}

/**
 * Reads the frames of a message.
 *
 * @returns `forged` for a wrong signature; undefined for what is no message.
 */
export function decodeKernelMessage(
  frames: readonly Uint8Array[],
  key: string,
): KernelMessage | "forged" | undefined {
  const buffers = frames.map((frame) => Buffer.from(frame));
  // What stands before the delimiter is routing: one topic, several, or none.
  const at = buffers.findIndex((frame) => frame.toString() === delimiter);
  const [signature, ...parts] = buffers.slice(at + 1, at + 6);
  if (at < 0 || signature === undefined || parts.length < 4) return undefined;
  if (parts.reduce((sum, part) => sum + part.length, 0) > largestMessage) return undefined;
  if (key !== "" && !isSame(signature, Buffer.from(sign(parts, key)))) return "forged";
  const [header, parent, , content] = parts.map(parsePart);
  if (header === undefined || parent === undefined || content === undefined) return undefined;
  const type = header["msg_type"];
  return typeof type === "string" ? { type, header, parent, content } : undefined;
}

function sign(parts: readonly Buffer[], key: string): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function isSame(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function parsePart(part: Buffer): MessagePart | undefined {
  try {
    const json: unknown = JSON.parse(part.toString("utf8"));
    if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
    return Object.fromEntries(Object.entries(json));
  } catch {
    return undefined;
  }
}
