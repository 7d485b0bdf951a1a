import type { Io } from "./io.js";

/** All of standard input; for inputs that must be whole before they can be read. */
export async function readAllInput(io: Io): Promise<Uint8Array> {
  return await allBytes(io.input);
}

/** Bytes that come in chunks, as one piece. */
export async function allBytes(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
