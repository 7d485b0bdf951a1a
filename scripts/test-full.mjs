// The second tier: everything of `npm test`, with more runs of every property and the long cases
// that tests keep for TASKPROV_FULL=1 (see test/support/tier.ts).
process.env["TASKPROV_FULL"] = "1";
await import("./test.mjs");
