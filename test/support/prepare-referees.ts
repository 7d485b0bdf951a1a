import { preparePeer, refereeNames, skipLine } from "./peers.js";

/** Prepares the referees once, before the test files ask for them in parallel. */
export default async function setup(): Promise<void> {
  for (const name of refereeNames) {
    const found = await preparePeer(name);
    if ("why" in found) process.stderr.write(`${skipLine(found)}\n`);
  }
}
