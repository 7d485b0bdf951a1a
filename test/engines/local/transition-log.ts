import type { Key, SchedulerPlugin } from "../../../src/engines/local/scheduler-plugin.js";

/** A plugin that writes down every hook call as one line. */
export interface TransitionLog extends SchedulerPlugin {
  readonly lines: string[];
  /** The states that a key went through, as `released>waiting>…`. */
  path(key: Key): string;
}

export function transitionLog(options: { readonly callSites?: boolean } = {}): TransitionLog {
  const lines: string[] = [];
  const paths = new Map<string, string>();
  const shown = (key: Key): string => (typeof key === "string" ? key : JSON.stringify(key));
  return {
    name: "transition-log",
    callSites: options.callSites ?? false,
    lines,
    path: (key) => paths.get(shown(key)) ?? "",
    start: (scheduler) => {
      lines.push(`start ${scheduler.id}`);
    },
    addClient: (_, client) => {
      lines.push(`client+ ${client.id}`);
    },
    removeClient: (_, client) => {
      lines.push(`client- ${client.id}`);
    },
    addWorker: (_, worker) => {
      lines.push(`worker+ ${worker.address}`);
    },
    removeWorker: (_, worker, reason) => {
      lines.push(`worker- ${worker.address} ${reason}`);
    },
    updateGraph: (_, update) => {
      const tasks = update.tasks.map(
        (task) => `${shown(task.key)}(${task.dependencies.map(shown).join(",")})`,
      );
      const parent = update.parent === undefined ? "" : ` from ${shown(update.parent)}`;
      lines.push(`graph ${update.client?.id ?? "-"} ${tasks.join(" ")}${parent}`);
    },
    scatter: (_, info) => {
      lines.push(`scatter ${info.client?.id ?? "-"} ${shown(info.key)}`);
    },
    transition: (key, start, finish, info) => {
      const known = paths.get(shown(key));
      paths.set(shown(key), `${known ?? start}>${finish}`);
      const facts = [
        info.runId === undefined ? "" : ` run=${info.runId}`,
        info.worker === undefined ? "" : ` on=${info.worker.address}`,
        info.result === undefined ? "" : ` result=${String(info.result.value)}`,
        info.error === undefined ? "" : ` error=${String(info.error.thrown)}`,
        info.retriesLeft === undefined ? "" : ` retriesLeft=${info.retriesLeft}`,
        info.blamed === undefined ? "" : ` blamed=${shown(info.blamed)}`,
        info.reason === undefined ? "" : ` reason=${info.reason}`,
      ];
      lines.push(`${shown(key)} ${start}>${finish}${facts.join("")} {${info.stimulusId}}`);
    },
    beforeClose: () => {
      lines.push("beforeClose");
    },
    close: () => {
      lines.push("close");
    },
  };
}

/** A promise with its handles outside (Node 20 has no `Promise.withResolvers`). */
export interface Gate<T> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (reason: unknown) => void;
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => {};
  let fail: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** Lets everything that is due run: the loop of the scheduler included. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
