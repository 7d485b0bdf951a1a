import { describe, expect, test } from "vitest";
import {
  createRecord,
  formalNames,
  formalTimes,
  isElementKind,
  qualifiedName,
  recordFormals,
  recordKinds,
} from "../../src/prov/index.js";

const ex = { prefix: "ex", uri: "http://example.org/" };

describe.each(recordKinds)("%s", (kind) => {
  const formals = recordFormals[kind];
  const nameFormals = formals.filter(({ type }) => type !== "time");
  const timeFormals = formals.filter(({ type }) => type === "time");
  const names = nameFormals.map(({ property }) => qualifiedName(ex, property));
  const times = timeFormals.map(({ property }) => `time of ${property}`);
  const id = qualifiedName(ex, "id");

  test("times come after names", () => {
    expect([...nameFormals, ...timeFormals]).toEqual(formals);
  });

  test("a record made of its formals has each under its own name, in PROV-N order", () => {
    const record = createRecord(kind, id, names, times, []);
    expect(record).toEqual({
      kind,
      id,
      attributes: [],
      ...Object.fromEntries(nameFormals.map(({ property }, i) => [property, names[i]])),
      ...Object.fromEntries(timeFormals.map(({ property }, i) => [property, times[i]])),
    });
    expect(record && formalNames(record)).toEqual(names);
    expect(record && formalTimes(record)).toEqual(times);
  });

  test("without one of its required formals there is no record, without the others there is", () => {
    nameFormals.forEach(({ required }, at) => {
      const others = names.map((name, i) => (i === at ? undefined : name));
      expect(createRecord(kind, id, others, times, []) === undefined).toBe(required);
    });
    expect(createRecord(kind, undefined, names, [], []) === undefined).toBe(isElementKind(kind));
  });
});
