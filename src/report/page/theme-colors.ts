/** Colours of the page as the theme has them now, for canvases. */
export interface ThemeColors {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly surface: string;
  readonly band: string;
  readonly accent: string;
  readonly bad: string;
}

/** Reads the theme. */
export function themeColors(): ThemeColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read("text"),
    dim: read("dim"),
    line: read("line"),
    surface: read("surface"),
    band: read("band"),
    accent: read("accent"),
    bad: read("bad"),
  };
}
