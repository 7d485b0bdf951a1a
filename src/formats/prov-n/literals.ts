import { isWellFormed } from "../../base/well-formed.js";
import {
  datatypes,
  isLangString,
  isQualifiedName,
  type TypedLiteral,
  uriOf,
  type Value,
} from "../../prov/index.js";
import type { ProvNSpeller } from "./names.js";

const needsEscape = /["\\\n\r]/;
const languageTag = /^[A-Za-z]+(?:-[A-Za-z0-9]+)*$/;
const shortInteger = /^-?\d{1,9}$/;
const intUri = uriOf(datatypes.int);
const stringUri = uriOf(datatypes.string);

/**
 * A value as a PROV-N literal.
 *
 * @param onLoss - told what PROV-N cannot carry.
 */
export function literalText(
  value: Value,
  speller: ProvNSpeller,
  onLoss: (what: string) => void,
): string {
  if (typeof value === "string") {
    return stringText(value, onLoss);
  }
  if (isQualifiedName(value)) {
    return `'${speller.spell(value)}'`;
  }
  if (!isLangString(value)) {
    return typedText(value, speller, onLoss);
  }
  const text = stringText(value.text, onLoss);
  if (languageTag.test(value.lang)) {
    return `${text}@${value.lang}`;
  }
  onLoss(`the language tag ${JSON.stringify(value.lang)}; the string is written without it`);
  return text;
}

function typedText(
  { text, datatype }: TypedLiteral,
  speller: ProvNSpeller,
  onLoss: (what: string) => void,
): string {
  const uri = uriOf(datatype);
  if (uri === intUri && shortInteger.test(text)) {
    return text;
  }
  const string = stringText(text, onLoss);
  return uri === stringUri ? string : `${string} %% ${speller.spell(datatype)}`;
}

function stringText(text: string, onLoss: (what: string) => void): string {
  if (!isWellFormed(text)) {
    onLoss(`lone surrogates in ${JSON.stringify(text)}; they are written as U+FFFD`);
    return stringText(text.replace(/\p{Surrogate}/gu, "\uFFFD"), onLoss);
  }
  if (!needsEscape.test(text)) {
    return `"${text}"`;
  }
  const escaped = text.replace(/["\\]/g, "\\$&").replaceAll("\r", "\\r");
  return text.includes("\n") ? `"""${escaped}"""` : `"${escaped}"`;
}
