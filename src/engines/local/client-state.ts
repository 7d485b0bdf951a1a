import type { ClientLoad } from "./client-load.js";
import type { ReferenceScope } from "./reference-scope.js";
import type { ClientInfo } from "./scheduler-plugin.js";

/** A client as the scheduler knows it. */
export interface ClientState {
  /** What plugins see. */
  readonly info: ClientInfo;
  /** 1 for the first client of the scheduler, and so on. */
  readonly number: number;
  readonly scope: ReferenceScope;
  /** The client object, for `getClient()` inside its tasks. */
  readonly owner: object;
  readonly load: ClientLoad;
}
