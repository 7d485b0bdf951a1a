import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const full = process.env["TASKPROV_FULL"] === "1";
const setupFiles = ["test/support/tier.ts"];
// The second tier runs every property 20 times as often.
const patience = full ? 20 : 1;
// Real clusters and kernels on a busy machine: in CI a failed test has one more try, and
// scripts/test.mjs names every test that needed it.
const retry = process.env["CI"] === "true" ? 1 : 0;

const config: ViteUserConfig = defineConfig({
  test: {
    // Much of the time is waiting for Dask, kernels and browsers.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/referees/**", "test/package/**", "test/dask/**"],
          setupFiles,
          retry,
          testTimeout: 60_000 * patience,
        },
      },
      {
        // Python `prov`, ProvToolbox and the W3C schema judge our documents; what is not
        // installed is prepared once by scripts/peers.mjs or skipped with a line.
        test: {
          name: "referees",
          include: ["test/referees/**/*.test.ts"],
          globalSetup: ["test/support/prepare-referees.ts"],
          setupFiles,
          retry,
          testTimeout: 120_000 * patience,
          hookTimeout: 600_000,
        },
      },
      {
        // Real Dask clusters, started by `taskprov run` from dist: needs `npm run build` first.
        test: {
          name: "dask",
          include: ["test/dask/**/*.test.ts"],
          setupFiles,
          retry,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        // The packed package, installed elsewhere: needs `npm run build` first.
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          setupFiles,
          retry,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

export default config;
