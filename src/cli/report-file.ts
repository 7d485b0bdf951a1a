import { basename, dirname, join } from "node:path";

/** The report of a file lies beside it; that of standard input in the working directory. */
export function reportFileOf(file: string): string {
  if (file === "-") return "report.html";
  const stem = basename(file).replace(/\.(json|journal|ndjson|provn|xml|ttl|trig|jsonld|nq)$/i, "");
  return join(dirname(file), `${stem}.html`);
}
