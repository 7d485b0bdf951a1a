import { createLineTable } from "./line-table.js";

const styles = [
  { first: /^>>>(?: |$)/, any: /^(?:>>>|\.\.\.)(?: |$)/ },
  {
    first: /^(?:\[(?:nav|ins)\] )?In \[\d+\]: /,
    any: /^(?:(?:\[(?:nav|ins)\] )?In \[\d+\]: |\s*\.{3,}: ?)/,
  },
] as const;

/**
 * Blanks the prompts of a pasted session (`>>> `, `... `, `In [1]: `, `   ...: `), as IPython
 * removes them: only when the first line begins with one, or the second continues one.
 *
 * @returns a text with the same lines of the same lengths.
 */
export function maskPrompts(text: string): string {
  const indent = /^(?:[ \t\f]*(?:\r\n|\r|\n))*([ \t]*)/.exec(text);
  const begin = (indent?.[0].length ?? 0) - (indent?.[1]?.length ?? 0);
  const margin = indent?.[1] ?? "";
  const { starts } = createLineTable(text);
  const lines = starts.flatMap((start, at) => {
    if (start < begin) return [];
    const line = text.slice(start, starts[at + 1] ?? text.length).replace(/[\r\n]+$/, "");
    const skipped = line.startsWith(margin) ? margin.length : 0;
    return [{ start: start + skipped, content: line.slice(skipped) }];
  });

  const style = styles.find(
    ({ first, any }) => first.test(lines[0]?.content ?? "") || any.test(lines[1]?.content ?? ""),
  );
  if (style === undefined) return text;
  const pieces: string[] = [];
  let done = 0;
  for (const { start, content } of lines) {
    const length = style.any.exec(content)?.[0].length ?? 0;
    pieces.push(text.slice(done, start), " ".repeat(length));
    done = start + length;
  }
  return pieces.join("") + text.slice(done);
}
