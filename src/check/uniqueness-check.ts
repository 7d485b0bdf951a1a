import { quoted } from "../formats/quoted.js";
import type { Conflict } from "../prov/unify/conflict.js";
import type { CheckFinding } from "./check-finding.js";
import type { Scope } from "./scope.js";

/** The finding of two records that PROV-CONSTRAINTS 22 to 29 make one and that disagree. */
export function uniquenessFinding(scope: Scope, conflict: Conflict): CheckFinding {
  const { constraint, records, because } = conflict;
  const unique = [...new Set(records)];
  const message = messageOf(conflict);
  if (constraint === "unique-mention") {
    return scope.finding("error", constraint, message, unique);
  }
  return scope.violation(constraint, message, unique, because === undefined ? [] : [because]);
}

function messageOf({ constraint, kind, property, values, because }: Conflict): string {
  const [first, second] = values.map((value) => (value === "-" ? "none" : quoted(value)));
  const differ = `prov:${property} ${first} and ${second}`;
  switch (constraint) {
    case 22:
      return `One activity cannot have ${differ}: two records of one id describe one thing.`;
    case 23:
      return because === undefined
        ? `One ${kind} cannot have ${differ}: two relations of one id are one relation.`
        : `One ${kind} cannot have ${differ}: ${onceMessage[because]}, so both records are one.`;
    case 24:
    case 25:
    case 26:
    case 27:
      return `${capital(onceMessage[constraint])}, but there are two with the ids ${first} and ${second}.`;
    case 28:
    case 29: {
      const word = constraint === 28 ? "start" : "end";
      return `One activity cannot ${word} at ${first} and ${second}: prov:${word}Time and the time of ${constraint === 28 ? "wasStartedBy" : "wasEndedBy"} must be the same.`;
    }
    default:
      return `One entity cannot be a mention of two things: ${differ}.`;
  }
}

const onceMessage: Readonly<Record<24 | 25 | 26 | 27, string>> = {
  24: "an activity generates an entity once",
  25: "an activity invalidates an entity once",
  26: "an activity is started by another activity once",
  27: "an activity is ended by another activity once",
};

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
