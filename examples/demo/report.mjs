// What the demo prints.
import { statSync } from "node:fs";
import path from "node:path";

export const helpText = `Usage: node examples/demo/demo.mjs [--destination DIR]

Fits the seasons of two cities from four years of weather records and writes the provenance of
every number as W3C PROV. One file on the way is read twice, one is damaged: both are made up, to
show what the record says about such things.

Options
  --destination DIR  where document and journal go (default: ./output); older ones are kept
  -h, --help         show this text`;

/** The result as a table, a column for each station. */
export function resultText({ stations, ...most }) {
  const row = (label, cell) =>
    `  ${label.padEnd(30)}${stations.map((each) => cell(each).padStart(22)).join("")}`;
  return [
    row("", ({ station }) => station),
    row("mean temperature", ({ season }) => `${season.mean.toFixed(1)} °C`),
    row("swing of the seasons", ({ season }) => `±${season.amplitude.toFixed(1)} °C`),
    row("warmest around", ({ season }) => dayText(season.warmestDay)),
    row("change per year", ({ season }) => `${signed(season.changePerYear)} °C`),
    row("  95 % interval", ({ interval: { low, high } }) => `${signed(low)} to ${signed(high)} °C`),
    row("wet days a year, 1 mm or more", ({ rain }) => rain.wetDays.toFixed(0)),
    row("precipitation a year", ({ rain }) => `${rain.mm.toFixed(0)} mm`),
    row("wettest day", ({ rain: { wettest } }) => `${wettest.mm} mm, ${wettest.date}`),
    "",
    `  It rains more often in ${most.mostWetDays}; ${most.strongestSeasons} has the stronger seasons.`,
    `  ${trendText(stations)}`,
    "",
  ].join("\n");
}

/** A change stands out when chance alone seldom gives as much. */
function trendText(stations) {
  const changed = stations.filter(({ interval: { low, high } }) => low > 0 || high < 0);
  const names = changed.map(({ station }) => station).join(" and ");
  const result = names === "" ? "No change stands out" : `The change of ${names} stands out`;
  return `${result} from chance; four years are weather, not climate.`;
}

function dayText(dayOfYear) {
  const date = new Date(Date.UTC(2015, 0, dayOfYear));
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

/** Tasks by what became of them, with names and reasons. */
export function whatHappenedText({ counts }, { failures, blocked }) {
  const again = failures.filter(({ retriesLeft }) => retriesLeft > 0);
  const failed = failures.filter(({ retriesLeft }) => retriesLeft === 0);
  const line = (count, text) => `  ${String(count).padStart(3)} ${text}`;
  const lines = [`What happened to ${counts.tasks} tasks`, line(counts.ok ?? 0, "succeeded")];
  for (const { key, thrown } of again) {
    lines.push(line(1, `of them at the second attempt: ${key}`), reason(thrown));
  }
  for (const { key, thrown } of failed) {
    lines.push(line(1, `failed: ${key}`), reason(thrown));
  }
  if (blocked.length > 0) {
    const culprits = [...new Set(blocked.map(({ blamed }) => blamed))].join(", ");
    lines.push(line(blocked.length, `never ran because of ${culprits}:`));
    lines.push(`      ${blocked.map(({ key }) => key).join(", ")}`);
  }
  if (counts.cancelled > 0) lines.push(line(counts.cancelled, "cancelled"));
  if (failures.length > 0) {
    lines.push("  (The lost connection and the damaged file are made up, to show such things.)");
  }
  return `${lines.join("\n")}\n`;
}

function reason(thrown) {
  return `      ${thrown.name}: ${thrown.message}`;
}

/** Where the record of the run is. */
export function recordText({ document, journal, older, problems }) {
  const lines = ["The record"];
  if (document !== undefined) lines.push(`  document  ${shown(document)} (${sizeText(document)})`);
  if (journal !== undefined) lines.push(`  journal   ${shown(journal)} (${sizeText(journal)})`);
  if (older !== undefined)
    lines.push(`  before    ${shown(older)} is the document of an older run`);
  for (const problem of problems) lines.push(`  problem   ${problem}`);
  return `${lines.join("\n")}\n`;
}

/** What can be done with the record now. */
export function nextText({ document, journal }) {
  if (document === undefined || journal === undefined) return "";
  const portable = path.join(path.dirname(document), "portable.json");
  return [
    "Go on with",
    `  npx taskprov check ${quoted(document)}`,
    `  npx taskprov journal verify ${quoted(journal)}`,
    `  npx taskprov build ${quoted(journal)} --dialect portable -o ${quoted(portable)}`,
  ].join("\n");
}

function shown(file) {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

/** For a shell; only names with unusual characters need it. */
function quoted(file) {
  const name = shown(file);
  return /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

function sizeText(file) {
  return `${(statSync(file).size / 1000).toFixed(0)} kB`;
}
