import type { RunSummary } from "../track/build-document.js";

/** What a run came to, in short: `12 tasks (attempts: 10 ok, 1 error, 1 blocked)`. */
export function countsText({ counts }: RunSummary): string {
  const { tasks = 0 } = counts;
  const statuses = ["ok", "error", "lost", "cancelled", "blocked", "running", "pending", "unknown"]
    .filter((status) => (counts[status] ?? 0) > 0)
    .map((status) => `${counts[status]} ${status}`);
  const detail = statuses.length > 0 ? ` (attempts: ${statuses.join(", ")})` : "";
  return `${tasks} ${tasks === 1 ? "task" : "tasks"}${detail}`;
}

/** What came of the document in other formats, each in a few words. */
export function otherTexts({ others = [] }: RunSummary): readonly string[] {
  return others.flatMap(({ path, problem }) => [
    ...(path === undefined ? [] : [path]),
    ...(problem === undefined ? [] : [problem.replace(/\.$/, "")]),
  ]);
}
