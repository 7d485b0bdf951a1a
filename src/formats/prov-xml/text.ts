/** Told what XML cannot carry, to complete "PROV-XML cannot carry …". */
export type OnLoss = (what: string) => void;

const special = /[&<>\r]/;
const specialInAttribute = /[&<>"\r\n\t]/;
// What XML 1.0 has no form for, not even as a character reference.
const illegal = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** A text as the content of an element. */
export function elementText(text: string, onLoss: OnLoss): string {
  const legal = illegal.test(text) ? withoutIllegal(text, onLoss) : text;
  return special.test(legal) ? legal.replace(/[&<>\r]/g, reference) : legal;
}

/** A text as the value of an attribute in double quotes. */
export function attributeText(text: string, onLoss: OnLoss): string {
  const legal = illegal.test(text) ? withoutIllegal(text, onLoss) : text;
  return specialInAttribute.test(legal) ? legal.replace(/[&<>"\r\n\t]/g, reference) : legal;
}

function reference(char: string): string {
  return references[char] ?? char;
}

function withoutIllegal(text: string, onLoss: OnLoss): string {
  const found = illegal.exec(text)?.[0] ?? "";
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  onLoss(`the character U+${code} in ${shown}; it is written as U+FFFD`);
  return text.replace(new RegExp(illegal, "gu"), "\uFFFD");
}
