import type { Reference } from "./reference.js";
import type { Key } from "./scheduler-plugin.js";
import type { TaskState } from "./task-state.js";

/** How the references of a client's arguments are understood: which key and task they mean. */
export interface ReferenceScope {
  keyOf(reference: Reference): Key | undefined;
  taskOf(reference: Reference): TaskState | undefined;
}
