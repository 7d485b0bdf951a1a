import { createHash } from "node:crypto";
import { escapeHtml } from "../base/html.js";
import type { ReportContent } from "./report-content.js";
import { reportStyle } from "./report-style.js";

/**
 * The page: one file that loads nothing, neither from the network nor from the disk.
 *
 * @param script - the page's program, joined into one.
 * @param refreshSeconds - after so many seconds the page loads itself again; for served ones.
 * @returns the file in pieces.
 */
export function* reportPage(
  { head, packed }: ReportContent,
  script: string,
  refreshSeconds?: number,
): Generator<string> {
  const title = head.run.name ?? "run";
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(reportStyle)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  yield [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    ...(refreshSeconds === undefined
      ? []
      : [`<meta name="taskprov-refresh" content="${refreshSeconds}">`]),
    `<meta name="generator" content="taskprov ${escapeHtml(head.version)}">`,
    `<title>${escapeHtml(title)} – taskprov report</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${reportStyle}</style></head><body>`,
    '<div id="app"><main class="plain">',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${summaryLine(head.run.tasks, head.run.start)}</p>`,
    "<p>This report needs JavaScript and a browser from July 2023 or later (Chrome or Edge 110, Firefox 115, Safari 16.4). The same answers come from <code>taskprov open</code>, <code>taskprov blame</code> and <code>taskprov why KEY</code>.</p>",
    "</main></div>",
    `<script type="application/json" id="head">${scriptJson(head)}</script>`,
    `<script>${script}</script>`,
    '<script type="text/plain" id="columns">',
  ].join("\n");
  yield* base64Pieces(packed);
  yield "</script>\n</body></html>\n";
}

function summaryLine(tasks: number, start: string | undefined): string {
  return escapeHtml(`${tasks} tasks${start === undefined ? "" : `, started ${start}`}.`);
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** JSON that nothing in it can end: no `<`, and no line separators that old parsers trip over. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** A multiple of 3, so that pieces join into one base64 text. */
const pieceBytes = 3 << 18;

function* base64Pieces(bytes: Uint8Array): Generator<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < buffer.length; at += pieceBytes) {
    yield buffer.toString("base64", at, Math.min(buffer.length, at + pieceBytes));
  }
}
