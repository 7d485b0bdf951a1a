import { TaskprovError } from "../base/errors.js";
import { type Finding, findingText } from "./finding.js";

/** A document that cannot be read or written as it is; says everything that is wrong with it. */
export class DocumentError extends TaskprovError {
  override readonly name: string = "DocumentError";
  /** Every error found, and the warnings met on the way, in the order of the text. */
  readonly findings: readonly Finding[];

  /**
   * @param findings - at least one error.
   * @param options - `cause`: the error that led to this one.
   */
  constructor(findings: readonly Finding[], options?: ErrorOptions) {
    super("ERR_DOCUMENT", summary(findings), options);
    this.findings = findings;
  }
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  const text = first === undefined ? "The document is invalid." : findingText(first);
  return errors.length > 1 ? `${text} (and ${errors.length - 1} more)` : text;
}
