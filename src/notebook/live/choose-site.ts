import { isGenerating } from "../call-site.js";
import type { NotebookMode } from "../notebook-analysis.js";
import type { PlacedSite } from "./place-site.js";

/**
 * Says which of the places on a stack is the call that generated the tasks.
 *
 * A hint decides first: the innermost call that is to be tracked. Calls that are to be ignored
 * leave the word to the others. Of those, semantic mode takes the outermost, because a call of a
 * function that starts work is the one to look at; strict mode takes the innermost whose name is in
 * the list. Frames are facts: where all calls are ignored, the outermost is named all the same.
 *
 * @param placed - innermost first, at least one.
 */
export function chooseSite(
  placed: readonly PlacedSite[],
  mode: NotebookMode,
): PlacedSite | undefined {
  const tracked = placed.find(({ site }) => site?.status === "tracked");
  if (tracked !== undefined) return tracked;
  const heard = placed.filter(({ site }) => site?.status !== "ignored");
  if (mode === "strict") {
    const generating = heard.find(({ site }) => site !== undefined && isGenerating(site));
    if (generating !== undefined) return generating;
  }
  return heard.at(-1) ?? placed.at(-1);
}
