import type { Nondeterminism, NondeterminismAnswer } from "../nondeterminism.js";
import { shortText } from "./item-text.js";
import { countText, plural } from "./quantities.js";
import { printable, type Style } from "./style.js";

/** What {@link nondeterminism} found, the first `limit` in full. */
export function nondeterminismText(
  answer: NondeterminismAnswer,
  limit: number,
  style: Style,
): string {
  const { runs, compared, findings } = answer;
  const lines = findings
    .slice(0, limit)
    .flatMap((finding) => [...findingLines(finding, style), ""]);
  if (findings.length > limit) lines.push(`… and ${countText(findings.length - limit)} more`, "");
  const count = findings.length === 0 ? "nothing" : plural(findings.length, "computation");
  lines.push(
    `Of ${plural(compared, "result")} in ${plural(runs, "run")} ${count} had other results from the same code and inputs.`,
  );
  lines.push(...leftOutLines(answer).map(style.dim));
  return `${lines.join("\n")}\n`;
}

function findingLines(finding: Nondeterminism, style: Style): string[] {
  const inputs = Object.entries(finding.inputs).map(
    ([role, value]) => `${printable(role)}: ${shortText(value, 40)}`,
  );
  const where = finding.withinRun ? "also within one run" : "from run to run";
  return [
    `${style.strong(printable(finding.function))}(${inputs.join(", ")})  ${style.warn(where)}`,
    ...finding.results.map(
      ({ digest, count, source, key }) =>
        `  ${digest.slice(0, 16)}  ${plural(count, "time")}, first as ${printable(key)} in ${printable(source)}`,
    ),
  ];
}

function leftOutLines({ compared, leftOut }: NondeterminismAnswer): string[] {
  const { noDigest, unknownCode, unknownInputs } = leftOut;
  const all = noDigest + unknownCode + unknownInputs;
  if (all === 0) return [];
  const hint = compared === 0 && noDigest === all ? " Record with `digest: true` (--digest)." : "";
  return [
    `Left out: ${countText(noDigest)} without a digest, ${countText(unknownCode)} of unknown code, ${countText(unknownInputs)} with inputs not known whole.${hint}`,
  ];
}
