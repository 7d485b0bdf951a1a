import type { ReportData } from "./report-data.js";
import type { ReportHead } from "./report-format.js";

/** What a view needs to show itself. */
export interface ViewContext {
  readonly head: ReportHead;
  /** The attempts, when they are unpacked. */
  readonly data: Promise<ReportData>;
  /** What stands behind the name of the view in the address: a key. */
  readonly item: string;
  readonly query: URLSearchParams;
  /** Called when the view is left. */
  readonly onLeave: (action: () => void) => void;
}

/** Shows one part of a report. */
export type View = (context: ViewContext) => HTMLElement | Promise<HTMLElement>;
