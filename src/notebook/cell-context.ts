import type { CellLanguage } from "./cell-analysis.js";
import type { GeneratingNames } from "./generating-names.js";
import { createJudge, type Judge } from "./semantic/judge.js";
import type { CellJudgement } from "./semantic/judgement.js";
import type { SourceCell } from "./source-call.js";

/**
 * What the cells analysed so far defined: names, what they hold, what functions do. Made by
 * {@link createCellContext}, given to every `analyseCell` of a notebook in the order of execution.
 */
export interface CellContext {
  /** How many cells it has followed. */
  readonly cells: number;
}

/** A cell as far as following it goes. */
interface FollowedCell {
  readonly index: number;
  readonly source: string;
  readonly language: CellLanguage;
  readonly mode: "semantic" | "strict";
  readonly found?: SourceCell;
}

/** Judges of the languages of a notebook, made when they are needed. */
export interface Judges {
  /** Follows a cell; the function returned gives what is known of it by then. */
  readonly follow: (cell: FollowedCell, names: GeneratingNames) => () => CellJudgement | undefined;
  /** Looks into functions that were not called. */
  readonly finish: () => void;
}

const judgesByContext = new WeakMap<CellContext, Judges>();

/**
 * Makes the context of a new kernel, for analysing cells one by one as they are executed.
 *
 * @example
 * ```ts
 * const context = createCellContext();
 * await analyseCell("import dask.array as da", { language: "python", context });
 * await analyseCell("da.ones(9).sum().compute()", { language: "python", index: 1, context });
 * ```
 */
export function createCellContext(): CellContext {
  let cells = 0;
  const context: CellContext = {
    get cells() {
      return cells;
    },
  };
  judgesByContext.set(
    context,
    createJudges(() => {
      cells += 1;
    }),
  );
  return context;
}

/** Whether a value was made by {@link createCellContext}. */
export function isCellContext(value: unknown): boolean {
  return typeof value === "object" && value !== null && judgesByContext.has(value as CellContext);
}

/** The judges behind a context. */
export function judgesOf(context: CellContext | undefined): Judges | undefined {
  return context === undefined ? undefined : judgesByContext.get(context);
}

/** Makes judges; strict cells are not followed. */
export function createJudges(followed: () => void = () => {}): Judges {
  const judges = new Map<string, Judge>();
  const judgeFor = (language: CellLanguage, names: GeneratingNames): Judge => {
    // TypeScript and JavaScript cells of a notebook share their names.
    const family = language === "python" ? "python" : "script";
    const judge = judges.get(family) ?? createJudge(language, names);
    judges.set(family, judge);
    return judge;
  };
  return {
    follow: ({ index, source, language, mode, found }, names) => {
      if (mode === "strict") return () => undefined;
      followed();
      const judge = judgeFor(language, names);
      judge.follow(index, found?.statements ?? [], source);
      return () => judge.judgementOf(index);
    },
    finish: () => {
      for (const judge of judges.values()) judge.finish();
    },
  };
}
