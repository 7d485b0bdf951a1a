import { uriOf } from "../../src/prov/names.js";
import type { ProvRecord } from "../../src/prov/records.js";
import { isQualifiedName } from "../../src/prov/values.js";

/** One step from effect to cause, as the plain reading of the records has it. */
interface Step {
  readonly effect: string;
  readonly cause: string;
  /** Whether going up, or down, reaches another activity or stands for one. */
  readonly up: boolean;
  readonly down: boolean;
}

/** Attribute of a record by local name. */
function attribute(record: ProvRecord, local: string): string | undefined {
  const found = record.attributes.find(([name]) => name.local === local);
  if (found === undefined) return undefined;
  const [, value] = found;
  if (typeof value === "string") return value;
  return isQualifiedName(value) ? value.local : value.text;
}

/** The key of an attempt or of data; the id says it where the attribute does not. */
export function keyOfRecord(record: ProvRecord): string | undefined {
  const { id } = record;
  const isKeyed = record.attributes.some(
    ([, value]) =>
      typeof value === "object" &&
      isQualifiedName(value) &&
      ["TaskAttempt", "Data"].includes(value.local),
  );
  const local = isKeyed ? /^([^.]+)(?:\.g?\d+)?$/.exec(id?.local ?? "")?.[1] : undefined;
  return attribute(record, "key") ?? local;
}

/** Every step there is, with no short cut taken and none left out. */
function stepsOf(records: readonly ProvRecord[]): Step[] {
  const elements = new Map<string, ProvRecord>();
  for (const record of records) {
    const isElement = ["entity", "activity", "agent"].includes(record.kind);
    if (isElement && record.id !== undefined && !elements.has(uriOf(record.id))) {
      elements.set(uriOf(record.id), record);
    }
  }
  const keyOf = (uri: string): string | undefined => {
    const element = elements.get(uri);
    return element === undefined ? undefined : keyOfRecord(element);
  };
  const isRun = (uri: string): boolean => {
    const element = elements.get(uri);
    return (
      element?.kind === "activity" &&
      element.attributes.some(
        ([, value]) => typeof value === "object" && isQualifiedName(value) && value.local === "Run",
      )
    );
  };
  const hasOrigin = new Set<string>();
  for (const record of records) {
    if (record.kind === "wasGeneratedBy" && record.activity !== undefined) {
      hasOrigin.add(uriOf(record.entity));
    }
    if (record.kind === "wasDerivedFrom") hasOrigin.add(uriOf(record.generatedEntity));
  }
  const steps: Step[] = [];
  const add = (effect: string, cause: string, up: boolean, down: boolean): void => {
    if (!isRun(effect) && !isRun(cause)) steps.push({ effect, cause, up, down });
  };
  for (const record of records) {
    if (record.kind === "used" && record.entity !== undefined) {
      add(uriOf(record.activity), uriOf(record.entity), false, true);
    } else if (record.kind === "wasGeneratedBy" && record.activity !== undefined) {
      add(uriOf(record.entity), uriOf(record.activity), true, false);
    } else if (record.kind === "wasInformedBy") {
      add(uriOf(record.informed), uriOf(record.informant), true, true);
    } else if (record.kind === "wasDerivedFrom") {
      add(uriOf(record.generatedEntity), uriOf(record.usedEntity), true, true);
    } else if (record.kind === "hadMember") {
      add(uriOf(record.collection), uriOf(record.entity), false, false);
    } else if (record.kind === "wasInfluencedBy") {
      const influencer = uriOf(record.influencer);
      if (elements.get(influencer)?.kind !== "agent") {
        add(uriOf(record.influencee), influencer, true, true);
      }
    } else if (record.kind === "alternateOf") {
      const alias = uriOf(record.alternate1);
      if (!hasOrigin.has(alias)) add(alias, uriOf(record.alternate2), false, false);
    } else if (record.kind === "specializationOf" || record.kind === "mentionOf") {
      const specific = uriOf(record.specificEntity);
      if (!hasOrigin.has(specific)) add(specific, uriOf(record.generalEntity), false, false);
    } else if (record.kind === "wasStartedBy") {
      const activity = uriOf(record.activity);
      for (const other of [record.trigger, record.starter]) {
        if (other === undefined) continue;
        const key = keyOf(activity);
        // A retry: the attempt before it, or what that one threw.
        const thrower = records.find(
          (each) =>
            each.kind === "wasGeneratedBy" &&
            uriOf(each.entity) === uriOf(other) &&
            each.activity !== undefined &&
            keyOf(uriOf(each.activity)) === key,
        );
        const isRetry = key !== undefined && (key === keyOf(uriOf(other)) || thrower !== undefined);
        if (!isRetry) add(activity, uriOf(other), true, true);
      }
    }
  }
  return steps;
}

/**
 * Everything that some elements came from (`up`) or led to (`down`), by repeating the rules until
 * nothing changes: slow and plain, to compare with.
 *
 * @returns the smallest number of steps by full URI.
 */
export function referenceClosure(
  records: readonly ProvRecord[],
  starts: readonly string[],
  direction: "up" | "down",
  depth: number = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, number> {
  const steps = stepsOf(records);
  const reached = new Map(starts.map((start) => [start, 0]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const step of steps) {
      const [from, to] = direction === "up" ? [step.effect, step.cause] : [step.cause, step.effect];
      const before = reached.get(from);
      if (before === undefined) continue;
      const after = before + (step[direction] ? 1 : 0);
      if (after > depth || after >= (reached.get(to) ?? Number.POSITIVE_INFINITY)) continue;
      reached.set(to, after);
      changed = true;
    }
  }
  return reached;
}

/** The full URIs of the elements with a key, in the order of the document. */
export function urisOfKey(records: readonly ProvRecord[], key: string): string[] {
  return records
    .filter((record) => ["entity", "activity"].includes(record.kind))
    .filter((record) => keyOfRecord(record) === key)
    .flatMap(({ id }) => (id === undefined ? [] : [uriOf(id)]));
}
