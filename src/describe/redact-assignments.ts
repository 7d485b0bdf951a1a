/**
 * Replaces the value of every assignment in a text whose name is one to redact, by `[redacted]`:
 * `name=value`, `name: value`, `--name value`, `"name": "value"`, `d["name"] = 'value'`, also with
 * the quotes escaped. One pass, linear: names are runs of name characters, tested once each; a
 * quoted value reaches to its closing quote, a bracketed one to its bracket, another one to the next
 * space or `&`. In doubt too much goes rather than too little.
 *
 * @param text - any text.
 * @param redactsName - tells whether the value of a name goes.
 */
export function redactAssignments(text: string, redactsName: (name: string) => boolean): string {
  if (!mayAssign(text)) return text;
  const scan: Scan = { text, at: 0 };
  let result = "";
  let copied = 0;
  while (scan.at < text.length) {
    if (!isNameUnit(text.charCodeAt(scan.at))) {
      scan.at++;
      continue;
    }
    const start = scan.at;
    while (isNameUnit(text.charCodeAt(scan.at))) scan.at++;
    const name = text.slice(start, scan.at);
    const isFlag = name.startsWith("-");
    const assigns = reachesValue(scan, isFlag);
    if (!assigns || !namesSecret(name, redactsName)) continue;
    const from = scan.at;
    passValue(scan);
    if (scan.at === from) continue;
    result += `${text.slice(copied, from)}${keptQuotes(text, from, scan.at)}`;
    copied = scan.at;
  }
  return copied === 0 ? text : result + text.slice(copied);
}

interface Scan {
  readonly text: string;
  at: number;
}

/** Quick answer for the many texts that assign nothing. */
function mayAssign(text: string): boolean {
  return text.includes("=") || text.includes(":") || text.includes("-");
}

/** Letters, digits, `_`, `-`, `.` and everything beyond ASCII. */
function isNameUnit(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x5f ||
    unit === 0x2d ||
    unit === 0x2e ||
    unit >= 0x80
  );
}

/** The name as a whole, without the dashes of a flag, and its last part after a dot. */
function namesSecret(run: string, redactsName: (name: string) => boolean): boolean {
  let start = 0;
  while (run[start] === "-") start++;
  const name = run.slice(start);
  if (name === "") return false;
  if (redactsName(name)) return true;
  const dot = name.lastIndexOf(".");
  return dot >= 0 && redactsName(name.slice(dot + 1));
}

/** Passes what stands between a name and its value; puts the scan back if nothing is assigned. */
function reachesValue(scan: Scan, isFlag: boolean): boolean {
  const { text } = scan;
  const start = scan.at;
  let at = start;
  while (text[at] === "\\") at++;
  if (isQuote(text[at])) at++;
  else at = start;
  if (text[at] === "]") at++;
  const afterName = at;
  at = passBlanks(text, at);
  if (text[at] === "=" || text[at] === ":") {
    at++;
    // `==`, `=>` and `:=` end in the value's place too.
    if (text[at] === "=" || text[at] === ">") at++;
    const onLine = passBlanks(text, at);
    const anywhere = passWhite(text, onLine);
    // On the next line only a quoted value belongs to the name.
    scan.at = anywhere > onLine && !opensQuote(text, anywhere) ? onLine : anywhere;
    return true;
  }
  if (isFlag && afterName === start && at > start && text[at] !== "-") {
    scan.at = at;
    return true;
  }
  return false;
}

/** Brackets, or words and quoted parts that touch, as in `b'abc'` or `Secret(value='abc')`. */
function passValue(scan: Scan): void {
  const { text } = scan;
  const start = scan.at;
  if (opensBracket(text[start])) {
    scan.at = endOfBracket(text, start);
    return;
  }
  let at = start;
  for (let before = -1; before !== at; ) {
    before = at;
    at = opensQuote(text, at) ? endOfQuoted(text, at) : endOfWord(text, at);
    // `Authorization: Bearer abc`: the scheme is no secret, the next word is.
    const word = text.slice(start, Math.min(at, start + 10));
    if (before === start && /^(?:bearer|basic|token|digest)$/i.test(word)) {
      at = passBlanks(text, at);
    }
  }
  scan.at = withoutPunctuation(text, start, at);
}

/** The closing bracket that belongs to an opening one; brackets in quotes do not count. */
function endOfBracket(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    if (isQuote(text[at])) {
      at = endOfQuoted(text, at);
      continue;
    }
    if (opensBracket(text[at])) depth++;
    else if (closesBracket(text[at]) && --depth === 0) return at + 1;
    at++;
  }
  return at;
}

/** A quote, tripled or escaped, ends at the next one that is written the same way. */
function endOfQuoted(text: string, start: number): number {
  let quoteAt = start;
  while (text[quoteAt] === "\\") quoteAt++;
  const quote = text[quoteAt] ?? "";
  const isTriple = text.startsWith(quote.repeat(3), quoteAt);
  const closing = text.slice(start, quoteAt) + (isTriple ? quote.repeat(3) : quote);
  const isEscaped = quoteAt > start;
  let at = start + closing.length;
  for (;;) {
    const found = text.indexOf(closing, at);
    if (found < 0) return text.length;
    let backslashes = 0;
    while (found - backslashes > at && text[found - 1 - backslashes] === "\\") backslashes++;
    if (isEscaped ? backslashes === 0 : backslashes % 2 === 0) return found + closing.length;
    at = found + 1;
  }
}

/** The run up to a space, `&`, or a quote with the backslashes before it. */
function endOfWord(text: string, start: number): number {
  let end = start;
  while (end < text.length) {
    const char = text[end];
    if (char === "&" || isWhite(char) || isQuote(char)) return end;
    // A run of backslashes is read once, or a long one would cost the square of its length.
    let after = end;
    while (text[after] === "\\") after++;
    if (after > end && isQuote(text[after])) return end;
    end = after > end ? after : end + 1;
  }
  return end;
}

/** A value less the punctuation of the sentence or call around it. */
function withoutPunctuation(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && ",;)]}".includes(text[last - 1] ?? "")) last--;
  return last;
}

function keptQuotes(text: string, start: number, end: number): string {
  let at = start;
  while (text[at] === "\\") at++;
  if (!isQuote(text[at])) return "[redacted]";
  const opening = text.slice(start, at + 1);
  return text.slice(start, end).endsWith(opening) && end - start > opening.length
    ? `${opening}[redacted]${opening}`
    : `${opening}[redacted]`;
}

function opensQuote(text: string, start: number): boolean {
  let at = start;
  while (text[at] === "\\") at++;
  return isQuote(text[at]);
}

function opensBracket(char: string | undefined): boolean {
  return char === "{" || char === "[" || char === "(";
}

function closesBracket(char: string | undefined): boolean {
  return char === "}" || char === "]" || char === ")";
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === "`";
}

function isWhite(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

function passBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

function passWhite(text: string, start: number): number {
  let at = start;
  while (isWhite(text[at])) at++;
  return at;
}
