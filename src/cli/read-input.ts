import type { Io } from "./io.js";

/** All of standard input; for inputs that must be whole before they can be read. */
export async function readAllInput(io: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.input) chunks.push(chunk);
  return Buffer.concat(chunks);
}
