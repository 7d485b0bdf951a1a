import { assertNever } from "../base/errors.js";
import type { QualifiedName } from "./names.js";
import type { ProvRecord } from "./records.js";
import type { DateTimeText } from "./values.js";

/** The names in a record's formal positions, in PROV-N order; absent ones are `undefined`. */
export function formalNames(record: ProvRecord): readonly (QualifiedName | undefined)[] {
  switch (record.kind) {
    case "entity":
    case "activity":
    case "agent":
      return [];
    case "wasGeneratedBy":
    case "wasInvalidatedBy":
      return [record.entity, record.activity];
    case "used":
      return [record.activity, record.entity];
    case "wasInformedBy":
      return [record.informed, record.informant];
    case "wasStartedBy":
      return [record.activity, record.trigger, record.starter];
    case "wasEndedBy":
      return [record.activity, record.trigger, record.ender];
    case "wasDerivedFrom":
      return [
        record.generatedEntity,
        record.usedEntity,
        record.activity,
        record.generation,
        record.usage,
      ];
    case "wasAttributedTo":
      return [record.entity, record.agent];
    case "wasAssociatedWith":
      return [record.activity, record.agent, record.plan];
    case "actedOnBehalfOf":
      return [record.delegate, record.responsible, record.activity];
    case "wasInfluencedBy":
      return [record.influencee, record.influencer];
    case "specializationOf":
      return [record.specificEntity, record.generalEntity];
    case "alternateOf":
      return [record.alternate1, record.alternate2];
    case "hadMember":
      return [record.collection, record.entity];
    case "mentionOf":
      return [record.specificEntity, record.generalEntity, record.bundle];
    default:
      return assertNever(record);
  }
}

/** The times in a record's formal positions, in PROV-N order; absent ones are `undefined`. */
export function formalTimes(record: ProvRecord): readonly (DateTimeText | undefined)[] {
  switch (record.kind) {
    case "activity":
      return [record.startTime, record.endTime];
    case "wasGeneratedBy":
    case "used":
    case "wasStartedBy":
    case "wasEndedBy":
    case "wasInvalidatedBy":
      return [record.time];
    default:
      return [];
  }
}
