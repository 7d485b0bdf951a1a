import { assertNever } from "../base/errors.js";
import type { QualifiedName } from "./names.js";
import type { Attribute, ProvRecord, RecordKind } from "./records.js";
import type { DateTimeText } from "./values.js";

type Draft<K extends RecordKind> = {
  -readonly [P in keyof Extract<ProvRecord, { kind: K }>]: Extract<ProvRecord, { kind: K }>[P];
};

/**
 * Makes a record of a kind known only at run time, as readers need it.
 *
 * @param kind - the record kind.
 * @param id - required for entity, activity and agent.
 * @param names - the names in formal positions, in PROV-N order (see `recordFormals`).
 * @param times - the times in formal positions, in PROV-N order.
 * @param attributes - kept as given, not copied.
 * @returns `undefined` when the id of an element or a required formal is missing.
 */
export function createRecord(
  kind: RecordKind,
  id: QualifiedName | undefined,
  names: readonly (QualifiedName | undefined)[],
  times: readonly (DateTimeText | undefined)[],
  attributes: readonly Attribute[],
): ProvRecord | undefined {
  const [a, b, c, d, e] = names;
  const [time, endTime] = times;
  switch (kind) {
    case "entity":
    case "agent":
      return id === undefined ? undefined : { kind, id, attributes };
    case "activity": {
      if (id === undefined) {
        return undefined;
      }
      const record: Draft<"activity"> = { kind, id, attributes };
      if (time !== undefined) {
        record.startTime = time;
      }
      if (endTime !== undefined) {
        record.endTime = endTime;
      }
      return record;
    }
    case "wasGeneratedBy": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"wasGeneratedBy"> = { kind, entity: a, attributes };
      if (b !== undefined) {
        record.activity = b;
      }
      if (time !== undefined) {
        record.time = time;
      }
      return identified(record, id);
    }
    case "used": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"used"> = { kind, activity: a, attributes };
      if (b !== undefined) {
        record.entity = b;
      }
      if (time !== undefined) {
        record.time = time;
      }
      return identified(record, id);
    }
    case "wasInformedBy": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"wasInformedBy"> = { kind, informed: a, informant: b, attributes };
      return identified(record, id);
    }
    case "wasStartedBy": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"wasStartedBy"> = { kind, activity: a, attributes };
      if (b !== undefined) {
        record.trigger = b;
      }
      if (c !== undefined) {
        record.starter = c;
      }
      if (time !== undefined) {
        record.time = time;
      }
      return identified(record, id);
    }
    case "wasEndedBy": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"wasEndedBy"> = { kind, activity: a, attributes };
      if (b !== undefined) {
        record.trigger = b;
      }
      if (c !== undefined) {
        record.ender = c;
      }
      if (time !== undefined) {
        record.time = time;
      }
      return identified(record, id);
    }
    case "wasInvalidatedBy": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"wasInvalidatedBy"> = { kind, entity: a, attributes };
      if (b !== undefined) {
        record.activity = b;
      }
      if (time !== undefined) {
        record.time = time;
      }
      return identified(record, id);
    }
    case "wasDerivedFrom": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"wasDerivedFrom"> = {
        kind,
        generatedEntity: a,
        usedEntity: b,
        attributes,
      };
      if (c !== undefined) {
        record.activity = c;
      }
      if (d !== undefined) {
        record.generation = d;
      }
      if (e !== undefined) {
        record.usage = e;
      }
      return identified(record, id);
    }
    case "wasAttributedTo": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"wasAttributedTo"> = { kind, entity: a, agent: b, attributes };
      return identified(record, id);
    }
    case "wasAssociatedWith": {
      if (a === undefined) {
        return undefined;
      }
      const record: Draft<"wasAssociatedWith"> = { kind, activity: a, attributes };
      if (b !== undefined) {
        record.agent = b;
      }
      if (c !== undefined) {
        record.plan = c;
      }
      return identified(record, id);
    }
    case "actedOnBehalfOf": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"actedOnBehalfOf"> = { kind, delegate: a, responsible: b, attributes };
      if (c !== undefined) {
        record.activity = c;
      }
      return identified(record, id);
    }
    case "wasInfluencedBy": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"wasInfluencedBy"> = { kind, influencee: a, influencer: b, attributes };
      return identified(record, id);
    }
    case "specializationOf": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"specializationOf"> = {
        kind,
        specificEntity: a,
        generalEntity: b,
        attributes,
      };
      return identified(record, id);
    }
    case "alternateOf": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"alternateOf"> = { kind, alternate1: a, alternate2: b, attributes };
      return identified(record, id);
    }
    case "hadMember": {
      if (a === undefined || b === undefined) {
        return undefined;
      }
      const record: Draft<"hadMember"> = { kind, collection: a, entity: b, attributes };
      return identified(record, id);
    }
    case "mentionOf": {
      if (a === undefined || b === undefined || c === undefined) {
        return undefined;
      }
      const record: Draft<"mentionOf"> = {
        kind,
        specificEntity: a,
        generalEntity: b,
        bundle: c,
        attributes,
      };
      return identified(record, id);
    }
    default:
      return assertNever(kind);
  }
}

function identified<T extends { id?: QualifiedName }>(record: T, id: QualifiedName | undefined): T {
  if (id !== undefined) {
    record.id = id;
  }
  return record;
}
