import { type FormalType, type RecordKind, recordFormals } from "../prov/index.js";
import { dateTimePattern } from "./prov-json-schema.js";

// Every part tells by its first characters what it is, so that matching takes linear time.
const space = "[ \\t\\n\\r]*";
const comma = `${space},${space}`;
const colon = `${space}:${space}`;
const text = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
const name = '"[^":\\\\][^"\\\\]*"';
const bare = "(?:true|false|-?\\d{1,15}(?:\\.\\d{1,15})?(?![\\d.eE]))";
const scalar = `(?:${text}|${bare})`;
const literal = `\\{${space}"\\$"${colon}(?:${scalar}(?:${comma}"type"${colon}${name})?|${text}${comma}"lang"${colon}${text})${space}\\}`;
const value = `(?:${scalar}|${literal})`;
const values = `(?:${value}|${arrayOf(value)})`;

/** Longer members are left to the schema, as matching keeps track of every step it took. */
const maxChars = 20_000;

const patterns = new Map<RecordKind, RegExp>();

/**
 * Whether a member of a section has a form that certainly fulfils the schema, which is what nearly
 * all members have; the others may fulfil it too. Spares parsing them into objects once more.
 *
 * @param kind - the section it belongs to.
 * @param member - its JSON text from the key on, which must be well-formed and without double keys.
 */
export function isPlainMember(kind: RecordKind, member: string): boolean {
  if (member.length > maxChars) {
    return false;
  }
  let pattern = patterns.get(kind);
  if (pattern === undefined) {
    pattern = patternOf(kind);
    patterns.set(kind, pattern);
  }
  return pattern.test(member);
}

function patternOf(kind: RecordKind): RegExp {
  const formals = recordFormals[kind];
  const keys = formals.map(({ property }) => property).join("|");
  const properties = [
    ...formals.map(({ property, type }) => `"prov:${property}"${colon}${formalPattern(type)}`),
    `(?!"prov:(?:${keys})")${name}${colon}${values}`,
  ];
  const property = `(?:${properties.join("|")})`;
  const record = `\\{${space}(?:${property}(?:${comma}${property})*${space})?\\}`;
  return new RegExp(`^${name}${colon}(?:${record}|${arrayOf(record)})${space}$`);
}

function arrayOf(item: string): string {
  return `\\[${space}${item}(?:${comma}${item})*${space}\\]`;
}

function formalPattern(type: FormalType): string {
  return type === "time" ? `"${dateTimePattern.slice(1, -1)}"` : name;
}
