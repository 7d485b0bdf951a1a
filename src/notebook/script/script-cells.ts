import type { CellEndEvent, CellEvent, SourceEvent } from "../../events/place-event.js";

/** What our own runner tells of the cells it executes. */
export type ScriptCellEvent = SourceEvent | CellEvent | CellEndEvent;

const told: ScriptCellEvent[] = [];
const listeners = new Set<(event: ScriptCellEvent) => void>();

/** Tells of a cell of this process. */
export function tellScriptCell(event: ScriptCellEvent): void {
  told.push(event);
  for (const listener of listeners) listener(event);
}

/**
 * Hears of the cells of this process, those before included.
 *
 * @returns a function that ends it.
 */
export function hearScriptCells(listener: (event: ScriptCellEvent) => void): () => void {
  for (const event of told) listener(event);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
