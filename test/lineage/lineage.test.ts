import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/index.js";
import { catJournal } from "../../src/events/read-journal.js";
import { parseProvJson, writeProvJson } from "../../src/formats/index.js";
import { type Lineage, openLineage } from "../../src/lineage/lineage.js";
import type { ProvRecord } from "../../src/prov/records.js";
import { buildDocument } from "../../src/track/build-document.js";
import { taskprovAttributes } from "../../src/track/vocabulary.js";
import { provDocuments } from "../arbitraries-prov.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { documentOf, randomRuns } from "./random-runs.js";
import { keyOfRecord } from "./reference.js";

/** load → clean → mean, with a literal; clean fails once; report blocked by a broken plot. */
function story(): EventRun {
  const run = new EventRun().task("load", [], { args: [["path", "weather.csv"]] });
  run.task("clean", ["load"]).task("mean", ["clean"]).task("plot", ["mean"]);
  run.task("report", ["plot", "mean"]).runs("load");
  run.assign("clean").fails("clean", "flaky disk", 1).runs("clean").runs("mean");
  return run.assign("plot").fails("plot", "no screen").blocked("report", "plot").end();
}

const ids = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);

/** Every answer that does not name its source. */
async function answers(lineage: Lineage, keys: readonly string[]): Promise<unknown> {
  const { source, ...run } = lineage.run;
  return {
    run,
    why: keys.map((key) => lineage.why(key)),
    impact: keys.map((key) => lineage.impact(key)),
    show: keys.map((key) => lineage.show(key)),
    blame: lineage.blame(),
    list: lineage.list(),
    critical: lineage.critical(),
    slices: await Promise.all(keys.map((key) => lineage.slice([key]).then(written))),
  };
}

function written(document: Parameters<typeof writeProvJson>[0]): string {
  return [...writeProvJson(document)].join("");
}

test("a document of an earlier version, with the key on every attempt and all data, says the same", async () => {
  await fc.assert(
    fc.asyncProperty(randomRuns, async (run) => {
      const document = documentOf(run.events);
      const keyed = (record: ProvRecord): ProvRecord => {
        const key = keyOfRecord(record);
        if (key === undefined) return record;
        return { ...record, attributes: [...record.attributes, [taskprovAttributes.key, key]] };
      };
      const keys = document.records.flatMap((record) => keyOfRecord(record) ?? []);
      expect(keys).not.toEqual([]);
      using now = await openLineage(document);
      using then = await openLineage({ ...document, records: document.records.map(keyed) });
      const questions = [...new Set(keys)].slice(0, 5);
      for (const key of questions) {
        expect(now.why(key)).toEqual(then.why(key));
        expect(now.impact(key)).toEqual(then.impact(key));
      }
      expect(now.list()).toEqual(then.list());
      expect(now.blame()).toEqual(then.blame());
    }),
  );
});

test("what a document leaves to be understood is there for whoever asks", async () => {
  await fc.assert(
    fc.asyncProperty(randomRuns, async (run) => {
      const document = documentOf(run.events);
      const inFull = documentOf(run.events, { dialect: "yprov" });
      expect(inFull.records).toHaveLength(document.records.length);
      using brief = await openLineage(document);
      using full = await openLineage(inFull);
      const keys = [...new Set(document.records.flatMap((each) => keyOfRecord(each) ?? []))];
      for (const key of keys.slice(0, 5)) {
        expect(brief.why(key)).toEqual(full.why(key));
        expect(brief.impact(key)).toEqual(full.impact(key));
      }
      expect(brief.list()).toEqual(full.list());
      expect(brief.blame()).toEqual(full.blame());
      expect(brief.critical()).toEqual(full.critical());
    }),
  );
});

describe("why", () => {
  test("gives the data, the attempts that made it, their inputs with values, back to literals", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const { items, relations, starts } = lineage.why("mean");
    expect(starts).toEqual(["data:mean"]);
    expect(ids(items)).toEqual([
      "data:mean",
      "task:mean",
      "data:clean",
      "task:clean.2",
      "data:load",
      "task:load",
      "data:load.apath",
    ]);
    expect(items[1]).toMatchObject({ function: "mean", worker: "inproc-0", status: "ok" });
    expect(items[6]).toMatchObject({ type: "literal", value: "weather.csv", dataType: "string" });
    expect(relations).toContainEqual({
      effect: "task:load",
      cause: "data:load.apath",
      kind: "used",
      role: "path",
    });
  });

  test("of a task that failed gives what it was given", async () => {
    using lineage = await openLineage(documentOf(story().events));
    expect(ids(lineage.why("plot").items).slice(0, 2)).toEqual(["task:plot", "data:mean"]);
  });

  test("goes as far as depth and stopAt allow, and says that it stopped", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const near = lineage.why("mean", { depth: 1 });
    expect(ids(near.items)).toEqual(["data:mean", "task:mean", "data:clean"]);
    expect(near.cut).toBe(true);
    const stopped = lineage.why("mean", { stopAt: ["cl*"] });
    expect(ids(stopped.items)).toEqual(["data:mean", "task:mean", "data:clean"]);
    expect(lineage.why("mean").cut).toBe(false);
  });

  test("lists at most limit items, and counts all by group", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const { items, total, groups, links } = lineage.why("mean", { limit: 2 });
    expect(items).toHaveLength(2);
    expect(total).toEqual({ activities: 3, entities: 4 });
    expect(groups.map(({ group, count }) => [group, count])).toEqual([
      ["mean", 1],
      ["clean", 1],
      ["load", 1],
    ]);
    expect(links).toEqual([
      { effect: "mean", cause: "clean", count: 1 },
      { effect: "clean", cause: "load", count: 1 },
    ]);
  });
});

describe("impact", () => {
  test("reaches what used it, and what never ran because it failed", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const reached = ids(lineage.impact("clean").items);
    expect(reached).toContain("data:mean");
    expect(reached).toContain("task:report");
    expect(ids(lineage.impact("plot").items)).toContain("task:report");
    expect(ids(lineage.impact("report").items)).toEqual(["task:report"]);
  });
});

describe("blame", () => {
  test("names each root failure with its exception, inputs, attempts and what it blocked", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const { failures, recovered, statuses } = lineage.blame();
    expect(failures).toHaveLength(1);
    const [failure] = failures;
    expect(failure?.task).toBe("plot");
    expect(failure?.attempts[0]?.exception).toMatchObject({
      exceptionType: "RangeError",
      message: "no screen",
    });
    expect(failure?.inputs).toMatchObject([{ role: "0", item: { id: "data:mean" } }]);
    expect(failure?.blocked).toEqual({
      count: 1,
      tasks: ["report"],
      groups: [{ group: "report", count: 1 }],
    });
    expect(recovered.map(({ task, attempts }) => [task, attempts.length])).toEqual([["clean", 2]]);
    expect(statuses).toEqual({ ok: 3, error: 2, blocked: 1 });
  });
});

describe("blame of other ends", () => {
  test("a worker's death is a failure when no attempt follows, a cancellation is none", async () => {
    const run = new EventRun().task("a").task("b").assign("a").lost("a", "worker-died");
    run.assign("b").lost("b", "cancelled").forget("a").forget("b");
    using lineage = await openLineage(documentOf(run.end().events));
    const { failures, statuses } = lineage.blame();
    expect(failures.map(({ task }) => task)).toEqual(["a"]);
    expect(statuses).toEqual({ lost: 1, cancelled: 1 });
  });
});

describe("path, show and list", () => {
  test("a path leads from one to the other through data and activities", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const path = lineage.path("load", "mean");
    expect(path?.direction).toBe("down");
    expect(ids(path?.items ?? [])).toEqual([
      "data:load",
      "task:clean.2",
      "data:clean",
      "task:mean",
    ]);
    expect(lineage.path("mean", "load")?.direction).toBe("up");
    expect(lineage.path("report", "data:load.apath")?.direction).toBe("up");
    expect(lineage.path("data:clean.e1", "mean")).toBeUndefined();
  });

  test("show has attempts, arguments, effects and every attribute", async () => {
    using lineage = await openLineage(documentOf(story().events));
    const shown = lineage.show("clean");
    expect(shown.attempts.map(({ attempt }) => attempt.id)).toEqual(["task:clean", "task:clean.2"]);
    expect(shown.attempts[0]?.exception?.message).toBe("flaky disk");
    expect(shown.effects).toMatchObject([
      { kind: "wasGeneratedBy", item: { id: "data:clean.e1" } },
      { kind: "used", role: "0", item: { id: "task:mean" } },
    ]);
    expect(shown.attributes["task:clean"]?.["taskprov:retriesLeft"]).toEqual(["1"]);
  });

  test.each([
    [{ status: ["error" as const] }, ["task:clean", "task:plot"]],
    [{ group: "me*" }, ["task:mean"]],
    [{ function: "load" }, ["task:load"]],
    [{ worker: "inproc-?", key: "mean" }, ["task:mean"]],
    [{ worker: "tcp://*" }, []],
    [{ until: "2026-11-20T00:00:00Z" }, []],
    [{ since: "2026-11-20T00:00:00Z", key: "load" }, ["task:load"]],
  ])("list with %j", async (filter, expected) => {
    using lineage = await openLineage(documentOf(story().events));
    expect(ids(lineage.list(filter).attempts)).toEqual(expected);
  });
});

describe("critical", () => {
  test("splits the way to the end into computing, transfer and waiting", async () => {
    const run = new EventRun().task("a").task("b", ["a"]).task("c");
    const at = (key: string, start: number, stop: number, fetch: number = 0): void => {
      run.assign(key);
      const spans = [
        ...(fetch > 0 ? [{ action: "transfer" as const, start: start - fetch, stop: start }] : []),
        { action: "compute" as const, start, stop },
      ];
      run.add({ type: "done", task: run.number(key), worker: 0, spans, nbytes: 8 });
    };
    at("a", 100, 102);
    at("c", 100, 101);
    at("b", 105, 109, 1);
    using lineage = await openLineage(documentOf(run.end().events));
    const answer = lineage.critical();
    expect(answer?.steps.map(({ attempt }) => attempt.key)).toEqual(["a", "b"]);
    expect(answer).toMatchObject({
      seconds: 9,
      computeSeconds: 6,
      transferSeconds: 1,
      waitSeconds: 2,
      leastSeconds: 6,
      totalComputeSeconds: 7,
      threads: 1,
    });
    const slack = new Map(answer?.groups.map((group) => [group.group, group.leastSlackSeconds]));
    // `a` could have ended three seconds later, `c` eight.
    expect([slack.get("a"), slack.get("b"), slack.get("c")]).toEqual([3, 0, 8]);
  });

  test("is nothing for a document without times", async () => {
    using lineage = await openLineage(
      parseProvJson('{"prefix":{"ex":"http://e.org/"},"activity":{"ex:a":{}}}'),
    );
    expect(lineage.critical()).toBeUndefined();
  });
});

describe("names", () => {
  test("are found by key, id, label, pattern and beginning", async () => {
    using lineage = await openLineage(documentOf(story().events));
    expect(lineage.find("clean")).toEqual(["clean"]);
    expect(lineage.find("task:clean.2")).toEqual(["task:clean.2"]);
    expect(lineage.find("clean #2")).toEqual(["task:clean.2"]);
    expect(lineage.find("*ea*")).toEqual(["clean", "mean"]);
    expect(lineage.find("rep")).toEqual(["report"]);
    expect(lineage.find("urn:uuid:11111111-2222-4333-8444-555555555555#task/load")).toEqual([
      "task:load",
    ]);
  });

  test("that are unknown are answered with the nearest, that are ambiguous with candidates", async () => {
    using lineage = await openLineage(documentOf(story().events));
    expect(() => lineage.why("claen")).toThrow(
      /Nothing here is called "claen".*nearest name is "clean"/,
    );
    expect(() => lineage.why("*ea*")).toThrow(/may mean 2 items: clean, mean/);
  });

  test("a tuple and a text that looks like it are two keys", async () => {
    const run = new EventRun().task("('x', 0)", [], { fn: "f" }).task(["x", 0], [], { fn: "f" });
    run.runs("('x', 0)").runs(["x", 0]);
    using lineage = await openLineage(documentOf(run.end().events));
    expect(lineage.find("('x', 0)")).toHaveLength(2);
    expect(ids(lineage.why("task:_xt_x_xc_0").items)).toEqual(["task:_xt_x_xc_0"]);
  });
});

describe("a slice", () => {
  test("of any run, either way, is a valid document with what belongs to it", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomRuns,
        fc.constantFrom("up", "down", "both"),
        async (run, direction) => {
          const document = documentOf(run.events);
          using lineage = await openLineage(document);
          for (const key of lineage.find("k*")) {
            const slice = await lineage.slice([key], { direction: direction as "up" });
            const result = await checkDocument([Buffer.from(written(slice))]);
            expect(result.findings).toEqual([]);
            const kinds = new Set(slice.records.map(({ kind }) => kind));
            expect(kinds.has("agent") && kinds.has("activity")).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("keeps bundles and their prefixes, and holds no record that the document has not", async () => {
    const text = JSON.stringify({
      prefix: { ex: "http://e.org/" },
      bundle: {
        "ex:b": {
          prefix: { in: "http://in.org/" },
          entity: { "in:e": {}, "in:other": {} },
          activity: { "in:a": {} },
          wasGeneratedBy: { "_:g": { "prov:entity": "in:e", "prov:activity": "in:a" } },
        },
      },
    });
    using lineage = await openLineage(parseProvJson(text));
    const slice = await lineage.slice(["in:e"]);
    expect(slice.records).toEqual([]);
    expect(slice.bundles.map(({ records }) => records.map(({ kind }) => kind))).toEqual([
      ["entity", "activity", "wasGeneratedBy"],
    ]);
    expect(slice.bundles[0]?.namespaces).toEqual([{ prefix: "in", uri: "http://in.org/" }]);
  });
});

describe("a document, its journal and its index file", () => {
  const keys = ["load", "clean", "mean", "plot", "report"];

  test("give the same answers", async () => {
    const folder = temporaryFolder();
    const journal = writeJournal(folder, story().events, "run.journal");
    const { document = "" } = await buildDocument(journal);
    using fromDocument = await openLineage(document);
    using fromJournal = await openLineage(journal);
    using fromBytes = await openLineage([readFileSync(document)]);
    const file = join(folder, "run.tpindex");
    for (const source of [document, journal]) {
      using built = await openLineage(source, { index: { file } });
      const before = statSync(file).mtimeMs;
      using stored = await openLineage(source, { index: { file } });
      expect(await answers(stored, keys)).toEqual(await answers(built, keys));
      expect(statSync(file).mtimeMs).toBeGreaterThanOrEqual(before);
    }
    const expected = await answers(fromDocument, keys);
    expect(await answers(fromJournal, keys)).toEqual(expected);
    expect(await answers(fromBytes, keys)).toEqual(expected);
  });

  test("an index is not used for another content, nor when it is damaged", async () => {
    const folder = temporaryFolder();
    const journal = writeJournal(folder, story().events, "run.journal");
    const { document = "" } = await buildDocument(journal);
    const file = join(folder, "run.tpindex");
    (await openLineage(document, { index: { file } })).close();
    const text = readFileSync(document, "utf8");
    writeFileSync(document, text.replaceAll("task:mean", "task:maen"));
    using other = await openLineage(document, { index: { file } });
    expect(other.find("task:maen")).toEqual(["task:maen"]);
    for (const cut of [5, 100, statSync(file).size - 40]) {
      truncateSync(file, cut);
      using again = await openLineage(document, { index: { file } });
      expect(again.find("task:maen")).toEqual(["task:maen"]);
    }
    writeFileSync(file, "no index");
    using still = await openLineage(document, { index: { file } });
    expect(still.find("task:maen")).toEqual(["task:maen"]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("a journal that grows is read again as far as it goes", async () => {
    const folder = temporaryFolder();
    const whole: string[] = [];
    for await (const line of catJournal(writeJournal(folder, story().events, "whole.journal"))) {
      whole.push(line);
    }
    const path = join(folder, "growing.ndjson");
    const file = join(folder, "growing.tpindex");
    const half = Math.floor(whole.length * 0.6);
    writeFileSync(path, whole.slice(0, half).join(""));
    using early = await openLineage(path, { index: { file } });
    expect(early.run.incomplete).toBe(true);
    appendFileSync(path, whole.slice(half).join(""));
    using late = await openLineage(path, { index: { file } });
    expect(late.run.incomplete).toBe(false);
    expect(late.blame().failures.map(({ task }) => task)).toEqual(["plot"]);
  });
});

describe("documents of others", () => {
  const open = async (document: object): Promise<Lineage> =>
    await openLineage(
      parseProvJson(JSON.stringify({ prefix: { ex: "http://e.org/" }, ...document })),
    );

  test("with circles end", async () => {
    using lineage = await open({
      entity: { "ex:a": {}, "ex:b": {} },
      wasDerivedFrom: {
        "_:1": { "prov:generatedEntity": "ex:a", "prov:usedEntity": "ex:b" },
        "_:2": { "prov:generatedEntity": "ex:b", "prov:usedEntity": "ex:a" },
      },
    });
    expect(ids(lineage.why("a").items)).toEqual(["ex:a", "ex:b"]);
    expect(ids(lineage.impact("a").items)).toEqual(["ex:a", "ex:b"]);
  });

  test("that name what they do not declare are answered as far as they go", async () => {
    using lineage = await open({
      entity: { "ex:e": {} },
      wasGeneratedBy: { "_:1": { "prov:entity": "ex:e", "prov:activity": "ex:gone" } },
    });
    expect(lineage.why("e").items).toEqual([
      { id: "ex:e", type: "entity" },
      { id: "ex:gone", type: "unknown" },
    ]);
  });

  test("without tasks have nothing to blame, list or schedule", async () => {
    using lineage = await open({ entity: { "ex:e": {} } });
    expect(lineage.blame().failures).toEqual([]);
    expect(lineage.list()).toEqual({ attempts: [], total: 0 });
    expect(lineage.cells()).toEqual([]);
  });

  test("one URI is one element, wherever prefixes cut it", async () => {
    using lineage = await open({
      prefix: { ex: "http://e.org/", deep: "http://e.org/x/" },
      entity: { "ex:x/e": {}, "ex:f": {} },
      wasDerivedFrom: { "_:1": { "prov:generatedEntity": "ex:f", "prov:usedEntity": "deep:e" } },
    });
    expect(ids(lineage.why("f").items)).toEqual(["ex:f", "deep:e"]);
    expect(lineage.why("f").items[1]?.type).toBe("entity");
  });

  test("what is agent and activity is an activity, whichever comes first", async () => {
    const both = (first: string, second: string): object => ({
      prefix: { ex: "http://e.org/" },
      [first]: { "ex:a": { "ex:of": first } },
      [second]: { "ex:a": { "ex:of": second } },
    });
    for (const document of [both("agent", "activity"), both("activity", "agent")]) {
      using lineage = await open(document);
      expect(lineage.run.attempts).toBe(1);
      expect(JSON.stringify(lineage.show("ex:a"))).toMatch(/activity.*agent|agent.*activity/);
    }
  });

  test("open from a file as from memory, with any prefixes, bundles and repeated elements", async () => {
    const folder = temporaryFolder();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(provDocuments(), async (document) => {
        const path = join(folder, `${count++}.json`);
        writeFileSync(path, written(document));
        using fromFile = await openLineage(path);
        using fromMemory = await openLineage(document);
        expect(fromFile.run.attempts).toBe(fromMemory.run.attempts);
        expect(fromFile.list().total).toBe(fromMemory.list().total);
        for (const name of fromFile.find("*").slice(0, 5)) {
          if (fromFile.find(name).length === 1) fromFile.show(name);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("cells", () => {
  test("are tied to their attempts and the data these made", async () => {
    const document = parseProvJson(
      JSON.stringify({
        prefix: { ex: "http://e.org/", yprov4wfs: "https://github.com/HPCI-Lab/yProv4WFs#" },
        entity: { "ex:e": { "yprov4wfs:value": "1" } },
        activity: {
          "ex:a": { "yprov4wfs:jupyter_cell_index": "3", "yprov4wfs:group": "load" },
          "ex:b": { "yprov4wfs:jupyter_cell_index": "10", "yprov4wfs:group": "load" },
        },
        wasGeneratedBy: { "_:1": { "prov:entity": "ex:e", "prov:activity": "ex:a" } },
      }),
    );
    using lineage = await openLineage(document);
    expect(lineage.cells().map(({ cell, attempts }) => [cell, attempts])).toEqual([
      ["3", 1],
      ["10", 1],
    ]);
    expect(ids(lineage.list({ cell: "3" }).attempts)).toEqual(["ex:a"]);
  });
});
