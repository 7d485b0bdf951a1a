import { isDateTime, nameText, type ProvRecord } from "../../prov/index.js";
import { quoted } from "../quoted.js";
import type { FillUnknown } from "../unknown-argument.js";
import type { GraphStatement, TextSpot } from "./graph.js";
import type { IriNames } from "./iri-names.js";

/** What reading a graph needs besides the graph. */
export interface GraphContext {
  readonly names: IriNames;
  /** Fills in the unknown arguments of all graphs of the document. */
  readonly fillUnknown: FillUnknown;
  /** Takes what is wrong with the graph or doubtful about it. */
  readonly report: (
    severity: "error" | "warning",
    rule: string,
    message: string,
    at: TextSpot | undefined,
  ) => void;
  /** Whether a node names a graph, which makes it a bundle. */
  readonly isBundle: (id: string) => boolean;
}

/** A record and where the statement stands that it begins with. */
export interface StatedRecord extends TextSpot {
  readonly record: ProvRecord;
}

/** A node as messages show it. */
export function nodeText(id: string, { names }: GraphContext): string {
  return quoted(nameText(names.name(id)));
}

const xsdDateTime = "http://www.w3.org/2001/XMLSchema#dateTime";

/** Whether the object of a statement is an xsd:dateTime; says so when it should be and is not. */
export function isTime(statement: GraphStatement, context: GraphContext): boolean {
  const { object, predicate } = statement;
  if (object.termType !== "Literal") {
    return false;
  }
  const fits = isDateTime(object.value);
  if (fits && object.datatype === xsdDateTime) {
    return true;
  }
  const property = nodeText(predicate, context);
  const value = quoted(object.value);
  if (fits) {
    const message = `The value ${value} of ${property} is not typed xsd:dateTime; read as if it were.`;
    context.report("warning", "time-type", message, statement);
    return true;
  }
  const expected = `Expected an xsd:dateTime such as "2026-11-20T10:00:00.5Z" as ${property}, got ${value}`;
  if (object.datatype === xsdDateTime) {
    context.report("error", "time", `${expected}.`, statement);
  } else {
    context.report("warning", "time-type", `${expected}; kept as an attribute.`, statement);
  }
  return false;
}
