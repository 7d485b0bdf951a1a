/** Rectangles in lanes over time, one for each task. All arrays have the same length. */
export interface LanePanel {
  readonly kind: "lanes";
  readonly title: string;
  readonly lanes: readonly string[];
  readonly groups: readonly string[];
  /** Index in `lanes`. */
  readonly lane: readonly number[];
  /** Index in `groups`: what has a colour of its own. */
  readonly group: readonly number[];
  /** Seconds since the epoch. */
  readonly start: readonly number[];
  /** Seconds. */
  readonly length: readonly number[];
  readonly labels: readonly string[];
}

/** A line of a {@link LinePanel}. */
export interface PlotLine {
  /** Of the same name as a group in a {@link LanePanel}: drawn in its colour. */
  readonly name: string;
  readonly unit: string;
  /** Which axis it belongs to. */
  readonly side: "left" | "right";
  /** The value stays until the next point. */
  readonly step: boolean;
  /** Seconds since the epoch, ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Values over time. */
export interface LinePanel {
  readonly kind: "lines";
  readonly title: string;
  readonly lines: readonly PlotLine[];
}

/** A plot in a page of plots with a common time axis. */
export type PlotPanel = LanePanel | LinePanel;
