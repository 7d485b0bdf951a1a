import type { ActionFields, ActionMessage } from "./message.js";

/**
 * Adds fields to a message that nobody else has yet; none takes the place of what it says already.
 * One by one, since spreading objects of many shapes into a new one takes microseconds.
 */
export function withFields(message: ActionMessage, fields: ActionFields): ActionMessage {
  const all: Record<string, unknown> = message;
  for (const name of Object.keys(fields)) {
    if (name === "__proto__") define(all, name, fields[name]);
    else if (!Object.hasOwn(all, name)) all[name] = fields[name];
  }
  return message;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
