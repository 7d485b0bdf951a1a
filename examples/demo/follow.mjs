/**
 * A plugin that follows what the scheduler does: counts for the progress line, and what went wrong
 * for the report. Its hooks are called for every task; they only take notes.
 */
export class Follower {
  name = "demo-follower";
  tasks = 0;
  over = 0;
  /** Failed attempts: key, what was thrown, how many more attempts the task had. */
  failures = [];
  /** Tasks that never ran because of another one: key, and the key to blame. */
  blocked = [];
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  updateGraph(_scheduler, { tasks }) {
    this.tasks += tasks.length;
  }

  transition(key, _start, finish, { error, retriesLeft = 0, blamed }) {
    if (error !== undefined) this.failures.push({ key, thrown: error.thrown, retriesLeft });
    else if (finish === "erred") this.blocked.push({ key, blamed });
    if (finish === "memory" || finish === "erred") {
      this.over += 1;
      this.#onChange(this, key);
    }
  }
}

/** Draws a line over and over in the same place; on anything but a terminal it draws nothing. */
export function progressLine(stream) {
  if (!stream.isTTY) return { show() {}, clear() {} };
  const draw = (text) => stream.write(`\r\x1b[2K${text}`);
  return {
    show({ over, tasks }, key) {
      const width = 24;
      const filled = Math.round((width * over) / tasks);
      const bar = "━".repeat(filled) + "─".repeat(width - filled);
      draw(`  ${bar} ${over} of ${tasks} tasks  ${key}`);
    },
    clear() {
      draw("");
    },
  };
}
