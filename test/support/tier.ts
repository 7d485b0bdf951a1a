import { configureGlobal } from "fast-check";

/** Whether this is `npm run test:full`. */
export const fullTier: boolean = process.env["TASKPROV_FULL"] === "1";

/**
 * Runs of a property: as many as given in `npm test`, 20 times as many in `npm run test:full`.
 * Properties that name no number get fast-check's 100, or 2,000.
 */
export function runs(normal: number): number {
  return fullTier ? normal * 20 : normal;
}

// Loaded by vitest before every test file (`setupFiles`).
configureGlobal({ numRuns: runs(100) });
