import {
  type MissingPeer,
  type PeerName,
  type Peers,
  type ProvToolboxPeer,
  type PythonPeer,
  preparePeer,
  skipLine,
  // biome-ignore lint/correctness/useImportExtensions: JavaScript with its declarations beside it.
} from "../../scripts/peers.mjs";

export type { MissingPeer, ProvToolboxPeer, PythonPeer };

const told = new Set<PeerName>();

/**
 * An optional real-world peer for a test file, prepared on first use.
 *
 * A missing one is said in one line with the remedy, so that `describe.skipIf(!peer.available)`
 * is never silent.
 *
 * @throws Error when `CI=true`: there every peer must be installed, a skip would hide a failure.
 */
export async function peer<N extends PeerName>(name: N): Promise<Peers[N] | MissingPeer> {
  const found = await preparePeer(name);
  if ("why" in found) reportMissing(found);
  return found;
}

function reportMissing(found: MissingPeer): void {
  if (process.env["CI"] === "true") {
    throw new Error(`With CI=true nothing may be skipped. ${skipLine(found)}`);
  }
  if (told.has(found.name)) return;
  told.add(found.name);
  process.stderr.write(`${skipLine(found)}\n`);
}
