import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { checkDocument } from "../../src/check/check-document.js";
import type { RunEvent } from "../../src/events/run-event.js";
import type { TaskEvent } from "../../src/events/task-event.js";
import { parseProvJson } from "../../src/formats/index.js";
import { analyseNotebook } from "../../src/notebook/analyse-notebook.js";
import { buildDocument } from "../../src/track/build-document.js";
import { ProvTracker } from "../../src/track/prov-tracker.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { tracked } from "../support/tracked.js";
import { writeJournal } from "../support/written-journal.js";

afterEach(() => {
  // Whatever a test fed in, nothing may have reached what all objects inherit from.
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototypeNames);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

const prototypeNames = Reflect.ownKeys(Object.prototype);

const hostileNames = [
  "../../escape",
  "/etc/passwd",
  "..",
  ".",
  "C:\\windows\\x",
  "a\0b",
  "new\nline",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "<script>alert(1)</script>",
  "task:x, data:y)",
  "\u202Ereversed",
  "\uD800",
];

describe("names that mean mischief", () => {
  test("as keys, annotations and arguments make no file and lose no task", async () => {
    const outside = temporaryFolder();
    const destination = join(outside, "output");
    const { text, summary } = await tracked(
      async (client) => {
        for (const name of hostileNames) {
          const argument = JSON.parse(
            `{ "__proto__": { "polluted": 1 }, "name": ${JSON.stringify(name)} }`,
          );
          const annotations = JSON.parse(`{ "__proto__": { "polluted": 1 }, "a": 1 }`);
          await client
            .with({ key: name, annotations })
            .submit((given: { name: string }) => given.name, argument)
            .result();
        }
      },
      { destination, fileTracking: true, values: "full" },
    );
    expect(summary).toMatchObject({ problems: [], counts: { ok: hostileNames.length } });
    expect(readdirSync(outside)).toEqual(["output"]);
    expect(new Set(readdirSync(destination))).toEqual(
      new Set(["yprov4wfs.json", "yprov4wfs.journal"]),
    );
    const activities = parseProvJson(text).records.filter(({ kind }) => kind === "activity");
    expect(activities).toHaveLength(hostileNames.length + 1);
    expect((await checkDocument(text)).valid).toBe(true);
  });

  test.each(["../escape.json", "/tmp/escape.json", "a/b.json", "..", "", ".json", "a\0b.json"])(
    "as fileName are refused: %j",
    (fileName) => {
      expect(() => new ProvTracker({ fileName })).toThrow(/`fileName`/);
    },
  );

  test("in a journal choose no place outside its folder", async () => {
    for (const fileName of ["../escape.json", "/tmp/taskprov-escape.json", "sub/escape.json"]) {
      const outside = temporaryFolder();
      const folder = join(outside, "journal");
      mkdirSync(folder);
      mkdirSync(join(folder, "sub"));
      const [first, ...rest] = new EventRun().task("a").runs("a").end().events;
      const event = runEvent(first);
      const options = { ...event.options, fileName, destination: outside };
      const forged = { ...event, runId: "../../escape", options };
      const journal = writeJournal(folder, [forged, ...rest], "x.journal");
      await buildDocument(journal).catch((error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
      });
      expect(readdirSync(outside), fileName).toEqual(["journal"]);
      expect(readdirSync(join(folder, "sub")), fileName).toEqual([]);
      expect(readdirSync("/tmp")).not.toContain("taskprov-escape.json");
    }
  });
});

describe("links in the destination", () => {
  test("under the names of document and journal are replaced, what they lead to is left alone", async () => {
    const elsewhere = temporaryFolder();
    const destination = temporaryFolder();
    for (const name of ["yprov4wfs.json", "yprov4wfs.journal"]) {
      writeFileSync(join(elsewhere, name), "mine");
      symlinkSync(join(elsewhere, name), join(destination, name));
    }
    const { summary } = await tracked((client) => client.submit(() => 1).result(), { destination });
    expect(summary.problems).toEqual([]);
    for (const name of ["yprov4wfs.json", "yprov4wfs.journal"]) {
      expect(readFileSync(join(elsewhere, name), "utf8")).toBe("mine");
    }
  });
});

describe("prototype pollution", () => {
  const poison = `"__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } }`;

  test("by a document is not possible", () => {
    const text = `{ "prefix": { "ex": "http://example.org/", "__proto__": "http://example.org/p" },
      "entity": { "ex:e": { "ex:p": { "$": "1", "type": "xsd:int", "__proto__": { "polluted": 1 } } },
      "ex:__proto__": { "ex:__proto__": "x" } }, "__proto__": { "polluted": 1 } }`;
    try {
      parseProvJson(text);
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_/) });
    }
  });

  test("by a notebook is not possible", async () => {
    const notebook = `{ ${poison}, "nbformat": 4, "nbformat_minor": 5,
      "metadata": { ${poison}, "kernelspec": { ${poison}, "language": "python", "name": "python3" } },
      "cells": [{ ${poison}, "cell_type": "code", "metadata": { ${poison} }, "source": "__proto__ = x.compute()", "outputs": [] }] }`;
    const { cells } = await analyseNotebook(notebook);
    expect(cells).toHaveLength(1);
  });

  test("by a journal is not possible", async () => {
    const folder = temporaryFolder();
    const [first, ...rest] = new EventRun().task("__proto__").runs("__proto__").end().events;
    const event = runEvent(first);
    const path = join(folder, "x.journal");
    const written = writeJournal(folder, [event, ...rest], "plain.journal");
    const { catJournal } = await import("../../src/events/read-journal.js");
    let text = "";
    for await (const line of catJournal(written)) text += line;
    writeFileSync(path, text.replace('"options":{', `"options":{${poison},`));
    expect(readFileSync(path, "utf8")).toContain("polluted");
    const summary = await buildDocument(path, { output: join(folder, "out.json") });
    expect(summary.counts).toMatchObject({ ok: 1 });
  });
});

function runEvent(event: TaskEvent | undefined): RunEvent {
  if (event?.type !== "run") throw new Error("the first event is not `run`");
  return event;
}
