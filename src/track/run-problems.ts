import { log } from "../base/log.js";

/** What went wrong in a run, each told once on standard error. */
export class RunProblems {
  readonly texts: string[] = [];
  /** Takes a problem; not bound to its object. */
  readonly tell = (text: string): void => {
    if (this.texts.includes(text)) return;
    this.texts.push(text);
    log("warning", text);
  };
}
