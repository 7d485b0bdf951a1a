import { describe, test } from "vitest";
import {
  type MissingPeer,
  type PeerName,
  type Peers,
  type PrometheusPeer,
  type ProvToolboxPeer,
  type PythonPeer,
  preparePeer,
  refereeNames,
  skipLine,
  // biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
} from "../../scripts/peers.mjs";

export type { MissingPeer, PrometheusPeer, ProvToolboxPeer, PythonPeer };
export { preparePeer, refereeNames, skipLine };

const told = new Set<PeerName>();

/**
 * An optional real-world peer for a test file, prepared on first use; a missing one is said in
 * one line with the remedy. Use it with {@link describeWith}.
 *
 * @throws Error when `CI=true`: there every peer must be installed, a skip would hide a failure.
 * `TASKPROV_MAY_SKIP=1` allows it on machines where nothing can be installed.
 */
export async function peer<N extends PeerName>(name: N): Promise<Peers[N] | MissingPeer> {
  const found = await preparePeer(name);
  if ("why" in found) reportMissing(found);
  return found;
}

/** A suite that needs a peer; without it one skipped test stands for the suite and says why. */
export function describeWith<P extends { readonly available: true }>(
  title: string,
  found: P | MissingPeer,
  suite: (peer: P) => void,
): void {
  describe(title, () => {
    if ("why" in found) test.skip(`needs ${found.title}: ${found.why}; ${found.how}`);
    else suite(found);
  });
}

function reportMissing(found: MissingPeer): void {
  if (process.env["CI"] === "true" && process.env["TASKPROV_MAY_SKIP"] !== "1") {
    throw new Error(`With CI=true nothing may be skipped. ${skipLine(found)}`);
  }
  // The referees are announced once for the whole run, by prepare-referees.ts.
  if (told.has(found.name) || refereeNames.includes(found.name)) return;
  told.add(found.name);
  process.stderr.write(`${skipLine(found)}\n`);
}
