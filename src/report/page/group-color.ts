/** Colours that people with any colour vision tell apart best; each reads on light and dark. */
const palette = [
  "#4e79a7",
  "#e1812c",
  "#3a923a",
  "#b35fa6",
  "#857aab",
  "#c08a2b",
  "#2f9e9a",
  "#8c6d5b",
  "#d1738b",
  "#6b8e23",
  "#5d8fd3",
  "#7f7f7f",
] as const;

/** The colour of a group, by number. */
export function groupColor(group: number): string {
  return palette[group % palette.length] ?? "#7f7f7f";
}
