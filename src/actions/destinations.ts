import { describeFailure } from "./exception-fields.js";
import { type ActionFields, type ActionMessage, destinationFailureType } from "./message.js";
import { withFields } from "./with-fields.js";

/** Takes every message. What it throws reaches nobody: the others are told of it. */
export type Destination = (message: ActionMessage) => void;

/** Kept until there is a destination, so that what was logged before is not lost. */
const mostBuffered = 1000;

const destinations = new Set<Destination>();
let buffered: ActionMessage[] | undefined = [];
let globalFields: ActionFields | undefined;

/**
 * Has a function take every message from now on. The first destination also gets what was logged
 * before it, the last 1,000 messages.
 *
 * @example
 * ```ts
 * addDestination((message) => console.log(message.task_level, message));
 * ```
 */
export function addDestination(destination: Destination): void {
  destinations.add(destination);
  const early = buffered;
  buffered = undefined;
  for (const message of early ?? []) deliver(message);
}

/** Ends {@link addDestination}; false when it was none. */
export function removeDestination(destination: Destination): boolean {
  return destinations.delete(destination);
}

/**
 * Adds fields to every message of this process from now on: a host, a version. What a message says
 * itself wins.
 */
export function addGlobalFields(fields: ActionFields): void {
  globalFields = { ...globalFields, ...fields };
}

/** Whether messages of this process or thread go anywhere. */
export function hasDestinations(): boolean {
  return destinations.size > 0;
}

/** Gives a message to every destination. Never throws. */
export function deliver(plain: ActionMessage): void {
  const message = globalFields === undefined ? plain : withFields({ ...plain }, globalFields);
  if (buffered !== undefined) {
    buffered.push(message);
    if (buffered.length > mostBuffered) buffered.shift();
    return;
  }
  for (const destination of destinations) {
    try {
      destination(message);
    } catch (thrown) {
      tellOthers(destination, message, thrown);
    }
  }
}

/** The same place in the log twice would break the tree, so the failure is a tree of its own. */
function tellOthers(failed: Destination, message: ActionMessage, thrown: unknown): void {
  const failure: ActionMessage = {
    ...describeFailure(thrown),
    message: `${message.task_uuid}@/${message.task_level.join("/")}`,
    timestamp: message.timestamp,
    task_uuid: crypto.randomUUID(),
    task_level: [1],
    message_type: destinationFailureType,
  };
  for (const destination of destinations) {
    if (destination === failed) continue;
    try {
      destination(failure);
    } catch {
      // It fails for this one, too: there is nobody left to tell.
    }
  }
}
