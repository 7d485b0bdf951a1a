import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { TaskprovError } from "../../src/base/errors.js";
import { readJournalSync } from "../../src/events/read-journal.js";
import type { TaskEvent } from "../../src/events/task-event.js";

/** A guard against waiting for ever. */
const patience = 100_000;

/**
 * Waits until a journal in a folder's `output` says that an attempt of a task is under way.
 *
 * @throws Error when none does in 100 s.
 */
export async function awaitRunning(folder: string, key: string): Promise<void> {
  const output = join(folder, "output");
  for (const until = Date.now() + patience; Date.now() < until; await setTimeout(50)) {
    if (isRunning(eventsIn(output), key)) return;
  }
  throw new Error(`No journal in ${output} says within ${patience} ms that ${key} is running.`);
}

function isRunning(events: readonly TaskEvent[], key: string): boolean {
  const numbers = events.flatMap((event) => (event.type === "graph" ? event.tasks : []));
  const task = numbers.find((each) => each.key === key)?.task;
  return events.some((event) => event.type === "assign" && event.task === task);
}

function eventsIn(output: string): readonly TaskEvent[] {
  if (!existsSync(output)) return [];
  return readdirSync(output)
    .filter((name) => name.endsWith(".journal"))
    .flatMap((name) => {
      try {
        return [...readJournalSync(join(output, name))];
      } catch (error) {
        // Its first bytes are not there yet.
        if (error instanceof TaskprovError) return [];
        throw error;
      }
    });
}
