import { type MissingPeer, type PythonPeer, peer } from "./peers.js";
import { fullTier } from "./tier.js";

/** Names of {@link daskPeers}. */
export const daskVersions: readonly ("dask" | "dasknew" | "dask2025" | "dask2024")[] = fullTier
  ? ["dasknew", "dask2025", "dask2024"]
  : ["dask"];

/** The versions of Dask that tests run on: the full tier runs the whole matrix (docs/dask.md). */
export const daskPeers: readonly (PythonPeer | MissingPeer)[] = await Promise.all(
  daskVersions.map((name) => peer(name)),
);
