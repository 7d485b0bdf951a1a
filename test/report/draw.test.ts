import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { drawGraph } from "../../src/report/draw/draw-graph.js";
import { documentOf } from "../lineage/random-runs.js";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";

const golden = join(import.meta.dirname, "../golden");
const quickStart = join(golden, "quick-start.json");
const demo = join(golden, "demo.json");
const hostile = 'a"b<c>&\\n]|{}#`;\u0007';

function hostileRun(): ReturnType<typeof documentOf> {
  return documentOf(
    new EventRun().task(hostile).runs(hostile).task("b", [hostile]).runs("b").end().events,
  );
}

describe("drawGraph", () => {
  test("draws few tasks one by one and many as groups", async () => {
    const few = await drawGraph(quickStart, { format: "mermaid" });
    expect(few).toContain('n0["load-1-1<br/>1.00 ms"]');
    expect(few).toContain("n0 --> n1");
    const many = await drawGraph(demo, { format: "mermaid" });
    expect(many).toContain('n2["selectYear<br/>× 8 · 8.00 ms"]');
    expect(many).toMatch(/n\d+ -->\|8\| n\d+/);
  });

  test("draws what one item came from, as far as asked", async () => {
    const text = String(
      await drawGraph(demo, { key: "changeInterval-1-26", depth: 1, format: "dot" }),
    );
    expect(text.match(/->/g)?.length).toBe(4);
    expect(text).toContain("resampleChange-1-22");
    expect(text).not.toContain("fitSeason");
  });

  test("marks what failed and what never ran", async () => {
    const text = await drawGraph(demo, {
      key: "parseRecords-1-53",
      direction: "both",
      format: "mermaid",
    });
    expect(text).toMatch(/class n\d failed/);
    expect(text).toMatch(/class n\d blocked/);
  });

  test("draws from left to right or downwards", async () => {
    const positions = async (flow: "right" | "down"): Promise<[number, number][]> => {
      const svg = String(await drawGraph(quickStart, { flow }));
      return [...svg.matchAll(/<g transform="translate\(([\d.]+) ([\d.]+)\)">/g)].map(
        ([, x, y]) => [Number(x), Number(y)],
      );
    };
    const [first, second] = await positions("right");
    expect((second?.[0] ?? 0) - (first?.[0] ?? 0)).toBeGreaterThan(70);
    const [above, below] = await positions("down");
    expect((below?.[1] ?? 0) - (above?.[1] ?? 0)).toBeGreaterThan(40);
    const mermaid = await drawGraph(quickStart, { flow: "down", format: "mermaid" });
    expect(mermaid).toMatch(/^flowchart TD\n/);
    const dot = await drawGraph(quickStart, { flow: "down", format: "dot" });
    expect(dot).toContain("rankdir=TB");
  });

  test("refuses what nobody can read, with advice", async () => {
    await expect(drawGraph(demo, { by: "task", limit: 20 })).rejects.toMatchObject({
      code: "ERR_BUDGET",
      message: expect.stringContaining("57 boxes"),
    });
  });

  test("writes SVG that is well-formed and DOT that Graphviz takes, whatever the keys are", async () => {
    const svg = String(await drawGraph(hostileRun()));
    const texts: string[] = [];
    const parser = new SaxesParser();
    parser.on("text", (text) => texts.push(text));
    parser.write(svg).close();
    expect(texts).toContain(hostile.replace("\u0007", "\uFFFD"));
    const dot = String(await drawGraph(hostileRun(), { format: "dot" }));
    const graphviz = await Graphviz.load();
    expect(graphviz.dot(dot, "svg")).toContain("<svg");
  });

  test("leaves Mermaid no character of its own", async () => {
    const text = String(await drawGraph(hostileRun(), { format: "mermaid" }));
    const label = /n0\["(.*)"\]/.exec(text)?.[1] ?? "";
    expect(label.replaceAll("<br/>", "").replaceAll(/#\d+;/g, "")).not.toMatch(
      /["#&<>`[\](){}|;\\]/,
    );
  });
});

describe("taskprov draw", () => {
  test("chooses the format by the name of the output", async () => {
    const folder = temporaryFolder();
    expect((await cli(["draw", quickStart, "-o", join(folder, "g.png")])).status).toBe(0);
    expect(readFileSync(join(folder, "g.png")).subarray(1, 4).toString()).toBe("PNG");
    await cli(["draw", quickStart, "-o", join(folder, "g.svg")]);
    expect(readFileSync(join(folder, "g.svg"), "utf8")).toMatch(/^<svg /);
    expect((await cli(["draw", quickStart, "--to", "dot"])).stdout).toMatch(/^digraph tasks/);
  });

  test("says what is wrong with an option", async () => {
    const format = await cli(["draw", quickStart, "--to", "gif"]);
    expect(format).toMatchObject({ status: 2, stderr: expect.stringContaining("svg, png, dot") });
    const way = await cli(["draw", quickStart, "--direction", "left"]);
    expect(way).toMatchObject({ status: 2, stderr: expect.stringContaining("up, down, both") });
    const png = await cli(["draw", quickStart, "--to", "png"]);
    expect(png).toMatchObject({ status: 2, stderr: expect.stringContaining("-o graph.png") });
  });
});
