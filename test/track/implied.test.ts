import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { keyText } from "../../src/describe/key-text.js";
import { nameText, type QualifiedName } from "../../src/prov/names.js";
import type { Activity, Attribute, Entity, ProvRecord } from "../../src/prov/records.js";
import { isQualifiedName } from "../../src/prov/values.js";
import { keyOfName } from "../../src/track/ids.js";
import {
  taskprovAttributes as attr,
  prov,
  yprovAttributes as yprov,
} from "../../src/track/vocabulary.js";
import { documentOf, randomRuns } from "../lineage/random-runs.js";
import { EventRun } from "../support/event-run.js";
import { recordText } from "../support/record-text.js";
import { tracked } from "../support/tracked.js";

/** Adds, by the rules of docs/documents.md, what a record does not say. */
function spellOut(records: readonly ProvRecord[]): ProvRecord[] {
  const ends = new Map<string, string | undefined>();
  const types = new Map<string, string>();
  for (const record of records) {
    if (record.kind === "activity") ends.set(nameText(record.id), record.endTime);
    if (record.kind === "entity") types.set(nameText(record.id), typeOf(record));
  }
  return records.map((record) => {
    if (record.kind === "activity" || record.kind === "entity") return withAttributes(record);
    if (record.kind !== "wasGeneratedBy" || record.time !== undefined) return record;
    const time = ends.get(record.activity === undefined ? "" : nameText(record.activity));
    const type = types.get(nameText(record.entity)) ?? "";
    const isMade = type === "taskprov:Data" || type === "taskprov:Exception";
    return isMade && time !== undefined ? { ...record, time } : record;
  });
}

function withAttributes<Element extends Activity | Entity>(record: Element): Element {
  const type = typeOf(record);
  const attributes: Attribute[] = [...record.attributes];
  const first = (name: QualifiedName): string | undefined => {
    const value = attributes.find(([one]) => one === name)?.[1];
    return typeof value === "string" ? value : undefined;
  };
  const add = (name: QualifiedName, value: string | undefined): void => {
    if (first(name) === undefined && value !== undefined) attributes.push([name, value]);
  };
  if (type === "taskprov:Data" || type === "taskprov:TaskAttempt") {
    add(prov.label, first(attr.key) ?? keyText(keyOfName(record.id.local)));
  }
  if (type === "taskprov:TaskAttempt") {
    if (first(yprov.status) === "success") add(attr.status, "ok");
    add(yprov.level, "1");
  }
  return { ...record, attributes };
}

function typeOf(record: Entity | Activity): string {
  const type = record.attributes.find(([name]) => name === prov.type)?.[1];
  return typeof type === "object" && isQualifiedName(type) ? nameText(type) : "";
}

/** Records without the order of their attributes, and without the options, which differ. */
function told(records: readonly ProvRecord[]): string[] {
  return records.map((record) => {
    const attributes = record.attributes.filter(([name]) => name !== attr.options);
    const texts = attributes.map((one) => recordText({ ...record, attributes: [one] }));
    return [recordText({ ...record, attributes: [] }), ...texts.toSorted()].join("\n");
  });
}

test("a document says everything, once: with what is understood it is the one spelt out", () => {
  fc.assert(
    fc.property(randomRuns, ({ events }) => {
      const { records } = documentOf(events);
      expect(told(spellOut(records))).toEqual(
        told(documentOf(events, { dialect: "yprov" }).records),
      );
    }),
  );
});

test("methods, other groups, keys that are escaped and later attempts are written as they are", () => {
  const { events } = new EventRun()
    .task("plain")
    .task(["x", 0], [], { fn: "Model.fit", group: "x" })
    .task("again", [], { group: "other" })
    .runs("plain")
    .runs(["x", 0])
    .assign("again")
    .fails("again", "flaky", 1)
    .runs("again")
    .end();
  const { records } = documentOf(events);
  expect(told(spellOut(records))).toEqual(told(documentOf(events, { dialect: "yprov" }).records));
  const texts = records.map(recordText);
  const about = (id: string): string => texts.find((text) => text.includes(`(${id},`)) ?? "";
  expect(about("task:plain")).not.toMatch(/prov:label|level|taskprov:status/);
  expect(about("task:_xt_x_xc_0")).toContain(`prov:label="('x', 0)"`);
  expect(about("task:_xt_x_xc_0")).toContain('yprov4wfs:nice_name="fit"');
  expect(about("task:again")).toContain('taskprov:status="error"');
  expect(about("task:again.2")).toContain('prov:label="again #2"');
  expect(about("task:again.2")).toContain('yprov4wfs:group="other"');
});

test("a small task takes at most 1,200 bytes, and 120 compressed", async () => {
  const count = 1000;
  const { text } = await tracked(async (client) => {
    const inc = (x: number): number => x + 1;
    const futures = client.map(
      inc,
      Array.from({ length: count }, (_, i) => 1_000_000 + i),
    );
    await client.gather(futures);
    for (const future of futures) future.release();
  });
  expect(text.length / count).toBeLessThan(1200);
  expect(gzipSync(text, { level: 6 }).length / count).toBeLessThan(120);
});
