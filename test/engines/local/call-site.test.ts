import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { describe, expect, onTestFinished, test } from "vitest";
import { Client } from "../../../src/engines/local/client.js";
import type { CallSiteInfo } from "../../../src/engines/local/scheduler-plugin.js";
import { Callback } from "../../../src/observe/callback.js";
import { withCallbacks } from "../../../src/observe/with-callbacks.js";
import { temporaryFolder } from "../../support/temporary.js";

type Program = (client: Client, inc: (x: number) => number) => unknown;

const inc = (x: number): number => x + 1;

/** Code at known positions: the unit tests themselves are transformed before they run. */
function program(source: string): Program {
  return new Script(source, { filename: "/somewhere/cell.js" }).runInThisContext();
}

/** Where a program submits. */
async function sitesOf(run: Program): Promise<(CallSiteInfo | undefined)[]> {
  await using client = new Client();
  const sites: (CallSiteInfo | undefined)[] = [];
  client.registerPlugin({
    callSites: true,
    updateGraph: (_, update) => {
      sites.push(update.site);
    },
  });
  await run(client, inc);
  return sites;
}

/** Sets a property of Error until the test is over. */
function setOfError(name: "stackTraceLimit" | "prepareStackTrace", property: PropertyDescriptor) {
  const before = Object.getOwnPropertyDescriptor(Error, name);
  onTestFinished(() => {
    Reflect.deleteProperty(Error, name);
    if (before !== undefined) Object.defineProperty(Error, name, before);
  });
  Object.defineProperty(Error, name, { configurable: true, ...property });
}

const submitInSecondLine = program(`(client, inc) => {
  client.submit(inc, 1);
}`);

describe("the place that submits", () => {
  test("is known in a program that wants no stacks", async () => {
    setOfError("stackTraceLimit", { value: 0, writable: true });
    const [site] = await sitesOf(submitInSecondLine);
    expect([site?.line, site?.column]).toEqual([2, 10]);
    expect(Error.stackTraceLimit).toBe(0);
  });

  test("is known in a program that prints stacks its own way, and goes on doing so", async () => {
    setOfError("prepareStackTrace", { value: () => "its own way", writable: true });
    const [site] = await sitesOf(submitInSecondLine);
    expect(site?.line).toBe(2);
    expect(new Error("x").stack).toBe("its own way");
  });

  test("is left out where Error cannot be changed; the task runs", async () => {
    setOfError("stackTraceLimit", { value: 7, writable: false });
    setOfError("prepareStackTrace", { value: undefined, writable: false });
    expect(await sitesOf(submitInSecondLine)).toEqual([undefined]);
    expect(Error.stackTraceLimit).toBe(7);
  });

  test("is never in this package: what has no file of its own, as a notebook's cell, has none", async () => {
    const source = "(client, inc, within) => within(() => client.submit(inc, 1))";
    const within = withCallbacks.bind(undefined, [new Callback({})]);
    for (const [filename, file] of [
      ["", undefined],
      ["cell.js", "cell.js"],
    ] as const) {
      const cell = new Script(source, { filename }).runInThisContext();
      const [site] = await sitesOf((client) => cell(client, inc, within));
      expect(site?.file).toBe(file);
      expect(site?.stack.filter((frame) => frame.file.includes("with-callbacks")) ?? []).toEqual(
        [],
      );
    }
  });

  test("is that of the code after an await", async () => {
    const [site] = await sitesOf(
      program(`async (client, inc) => {
  await null;
  const later = async () => {
    await null;
    return client.submit(inc, 1);
  };
  await later();
}`),
    );
    expect(site).toMatchObject({ line: 5, column: 19, function: "later" });
  });

  test("is the helper's line, and its callers' lines tell submissions apart", async () => {
    const [first, second, mapped] = await sitesOf(
      program(`(client, inc) => {
  const helper = (x) => client.submit(inc, x);
  helper(1);
  [2].forEach((x) => helper(x));
  Array.from([3], (x) => client.map(inc, [x]));
}`),
    );
    expect([first?.line, first?.stack[0]?.line]).toEqual([2, 3]);
    expect([second?.line, second?.stack[0]?.line]).toEqual([2, 4]);
    expect([mapped?.line, mapped?.stack[0]?.line]).toEqual([5, 5]);
  });

  test("is not mistaken for one in other code of the same name, as in a cell that is run again", async () => {
    const lineOf = async (source: string) => (await sitesOf(program(source)))[0]?.line;
    expect(await lineOf("(client, inc) => {\n\n client.submit(inc, 1); }")).toBe(3);
    expect(await lineOf("(client, inc) => { \n client.submit(inc, 1); }")).toBe(2);
  });

  test("is the original one where source maps are on", async () => {
    const folder = temporaryFolder();
    const map = { version: 3, sources: ["pipeline.ts"], names: [], mappings: ";AAME;" };
    const source = `module.exports = (client, inc) => {
  client.submit(inc, 1);
};
//# ${"sourceMappingURL"}=data:application/json;base64,${btoa(JSON.stringify(map))}
`;
    const file = join(folder, "pipeline.cjs");
    writeFileSync(file, source);
    process.setSourceMapsEnabled(true);
    onTestFinished(() => process.setSourceMapsEnabled(false));
    const run: Program = createRequire(import.meta.url)(file);
    const [site] = await sitesOf(run);
    expect(site).toMatchObject({ file: join(folder, "pipeline.ts"), line: 7, column: 3 });
  });
});
