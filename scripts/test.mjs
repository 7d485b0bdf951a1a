// Runs the tests (arguments as for `vitest run`) and ends with one plain line that anybody can
// read or parse: "N passed, M failed", with ", K skipped" when something was skipped.
//
//   npm test                         everything that fits in about 15 minutes
//   npm test -- --project unit       one project: unit, referees, dask, package
//   npm run test:full                the same with TASKPROV_FULL=1 (scripts/test-full.mjs)
import { parseCLI, startVitest } from "vitest/node";

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);

const vitest = await start();
await vitest.close();

const unsteady = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const module of vitest.state.getTestModules()) {
  const tests = [...module.children.allTests()];
  for (const test of tests) {
    const { state } = test.result();
    counts[state === "pending" ? "failed" : state] += 1;
    if (test.diagnostic()?.flaky) unsteady.push(`${module.relativeModuleId}: ${test.fullName}`);
  }
  // A file that cannot be loaded has no tests of its own, a failed hook none that failed.
  if (module.state() === "failed" && !tests.some((test) => test.result().state === "failed")) {
    counts.failed += 1;
  }
}
counts.failed += vitest.state.getUnhandledErrors().length;

for (const name of unsteady) process.stdout.write(`Passed only at the second try: ${name}\n`);

// No test at all is a mistake in the arguments or the set-up, never a success.
if (counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exit(counts.failed > 0 ? 1 : (process.exitCode ?? 0));

async function start() {
  try {
    return await startVitest("test", filter, { ...options, run: true, watch: false });
  } catch (error) {
    // A wrong --project, a configuration that does not load: the line comes last all the same.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stdout.write("0 passed, 1 failed\n");
    process.exit(1);
  }
}
