/**
 * A part of a text as a string of its own.
 *
 * V8 lets a slice of 13 or more characters point into the string it was cut from, so that keeping
 * one id would keep a whole chunk of the file. Slicing a concatenation makes V8 copy it first.
 */
export function ownText(text: string, start: number, end: number): string {
  const slice = text.slice(start, end);
  return slice.length < 13 ? slice : ` ${slice}`.slice(1);
}
