/**
 * Cuts a text to a number of UTF-8 bytes, never inside a character.
 *
 * @param text - without lone surrogates.
 * @param maxBytes - of the result, at least 0.
 */
export function cutText(text: string, maxBytes: number): string {
  // A UTF-16 unit takes one to three bytes.
  if (text.length * 3 <= maxBytes) return text;
  const short = text.length > maxBytes ? text.slice(0, maxBytes) : text;
  if (Buffer.byteLength(short) <= maxBytes) return endsWhole(short, text);
  let bytes = 0;
  let end = 0;
  while (end < short.length) {
    const point = short.codePointAt(end) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) break;
    end += point > 0xffff ? 2 : 1;
  }
  return short.slice(0, end);
}

/** Drops half a surrogate pair at the end of what was cut off a longer text. */
function endsWhole(short: string, text: string): string {
  if (short.length === text.length) return short;
  const last = short.charCodeAt(short.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? short.slice(0, -1) : short;
}

/**
 * Cuts a text like {@link cutText} and says so at its end, within the limit:
 * `… [cut: 1048576 characters in all]`.
 *
 * @param text - without lone surrogates.
 * @param maxBytes - of the result; below 64 there is no room for the statement.
 * @param totalChars - length to state when the text is itself only a beginning.
 */
export function cutTextStated(
  text: string,
  maxBytes: number,
  totalChars: number = text.length,
): string {
  const whole = totalChars <= text.length;
  if (whole && (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes)) return text;
  const note = ` … [cut: ${totalChars} characters in all]`;
  const room = maxBytes - Buffer.byteLength(note);
  return room > 0 ? cutText(text, room) + note : cutText(text, maxBytes);
}
