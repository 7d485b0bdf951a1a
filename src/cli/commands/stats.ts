import { type DocumentStats, stats } from "../../prov/index.js";
import { type Command, columns } from "../command.js";
import { formatOption, givenFormat, readArgument } from "../document-input.js";
import { fileArgument } from "../tracker-options.js";

const maxRows = 20;

/** `taskprov stats FILE`. */
export const statsCommand: Command = {
  name: "stats",
  summary: "count what is in a PROV document",
  arguments: "FILE",
  count: [1, 1],
  about: [
    "Counts the records, things, types, attributes and bundles of a PROV document of any format, and",
    "tells its first and last time. FILE is a document, or - for standard input.",
  ].join("\n"),
  options: {
    json: { type: "boolean", help: "the numbers as JSON" },
    format: formatOption,
  },
  examples: ["taskprov stats output/yprov4wfs.json", "taskprov stats --json run.trig | jq .kinds"],
  run: async (parsed, io) => {
    const document = await readArgument(fileArgument(parsed), givenFormat(parsed), io);
    const found = stats(document);
    await io.out(
      parsed.flag("json") === true ? `${JSON.stringify(found, null, 2)}\n` : shown(found),
    );
    return 0;
  },
};

function shown(found: DocumentStats): string {
  const { records, things, undescribed, firstTime, lastTime } = found;
  const rows: [string, string][] = [
    ["records", String(records)],
    ["things", `${things}${undescribed === 0 ? "" : ` (${undescribed} not described)`}`],
  ];
  if (firstTime !== undefined && lastTime !== undefined) {
    rows.push(["first time", firstTime], ["last time", lastTime]);
  }
  const lines = columns(rows);
  for (const [title, counts] of [
    ["Kinds", found.kinds],
    ["Types", found.types],
    ["Attributes", found.attributes],
    ["Bundles", found.bundles],
  ] as const) {
    lines.push(...table(title, Object.entries(counts)));
  }
  return `${lines.join("\n")}\n`;
}

function table(title: string, counts: readonly (readonly [string, number])[]): string[] {
  if (counts.length === 0) return [];
  const rows = counts.slice(0, maxRows).map(([name, count]) => [name, String(count)] as const);
  const more = counts.length > maxRows ? [`  and ${counts.length - maxRows} more`] : [];
  return ["", title, ...columns(rows), ...more];
}
