/**
 * A part of a text as a string of its own.
 *
 * V8 lets a slice of 13 or more characters point into the string it was cut from, so that keeping
 * one id would keep a whole chunk of the file. Joining two parts makes V8 copy them into a new one,
 * where a slice of a concatenation would leave an object between it and its characters.
 */
export function ownText(text: string, start: number, end: number): string {
  return end - start < shortest
    ? text.slice(start, end)
    : [text.slice(start, start + 1), text.slice(start + 1, end)].join("");
}

const shortest = 13;
