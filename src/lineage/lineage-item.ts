import type { NodeType, Status } from "./index/kinds.js";

/** An element of the document, as answers show it; what the document does not say is absent. */
export interface LineageItem {
  /** Its id as the document spells it: `task:load-1-1.2`. */
  readonly id: string;
  readonly type: NodeType;
  /** The key of the task, of attempts and data. */
  readonly key?: string;
  readonly label?: string;
  /** Of attempts. */
  readonly status?: Status;
  /** Of attempts, from 1. */
  readonly attempt?: number;
  readonly group?: string;
  /** The function's name, with its module where it is known. */
  readonly function?: string;
  /** SHA-256 of the function's source. */
  readonly functionHash?: string;
  /** Where the task was submitted: `demo.mjs:12:24`. */
  readonly place?: string;
  /** The name of the worker. */
  readonly worker?: string;
  /** The notebook cell. */
  readonly cell?: string;
  /** Start and end of activities, as xsd:dateTime in UTC. */
  readonly start?: string;
  readonly end?: string;
  readonly seconds?: number;
  /** Spent on fetching inputs. */
  readonly transferSeconds?: number;
  /** Of data and literals: the value, where it was recorded; possibly cut. */
  readonly value?: string;
  /** Of data and literals: type, size in bytes, shape, digest. */
  readonly dataType?: string;
  readonly nbytes?: number;
  readonly shape?: string;
  readonly digest?: string;
  /** Of exceptions. */
  readonly exceptionType?: string;
  readonly message?: string;
  readonly traceback?: string;
}

/** One relation between two items of an answer. */
export interface LineageRelation {
  /** Id of what came to be, or was influenced. */
  readonly effect: string;
  /** Id of what it came from. */
  readonly cause: string;
  /** The PROV relation. */
  readonly kind: string;
  /** The argument, of `used`. */
  readonly role?: string;
}
