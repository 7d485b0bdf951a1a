import { type Redactor, redactedText } from "./redact.js";

/**
 * Removes secrets from a JSON text: the values of members whose name is to be redacted, and what is
 * secret inside strings. A text without secrets stays as it is, to the letter.
 */
export function redactedJson(text: string, redactor: Redactor): string {
  let found = false;
  const clean: unknown = JSON.parse(text, (name, value: unknown) => {
    const isSecret = name !== "" && redactor.redactsName(name);
    const safe = isSecret ? redactedText : redactedString(value, redactor);
    if (safe !== value) found = true;
    return safe;
  });
  return found ? JSON.stringify(clean) : text;
}

function redactedString(value: unknown, redactor: Redactor): unknown {
  return typeof value === "string" ? redactor.redactText(value) : value;
}
