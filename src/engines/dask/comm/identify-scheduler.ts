import { TaskprovError } from "../../../base/errors.js";
import { isRecord } from "../../../events/fields.js";
import type { RawWire } from "../../../events/wire-reader.js";
import { type DaskConnection, nameOf } from "./dask-connection.js";
import { callScheduler } from "./scheduler-call.js";

/** The oldest version of distributed that the bridge records. */
const oldest = [2024, 8] as const;

/** What a scheduler says of itself. */
export interface SchedulerIdentity {
  /** Its own name, `Scheduler-UUID`: another one at the same address is another cluster. */
  readonly id: string;
  /** The address its workers and clients use. */
  readonly address: string;
  /** Versions by package: `python`, `dask`, `distributed`, … */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Asks a server who it is.
 *
 * @throws {@link TaskprovError} `ERR_CONNECT` when it is no scheduler, or one that is too old.
 */
export async function identifyScheduler(
  connection: DaskConnection,
  timeoutMs: number,
): Promise<SchedulerIdentity> {
  const identity = await callScheduler(connection, "identity", {}, timeoutMs);
  const name = nameOf(connection);
  const { type, id, address } = textsIn(identity);
  if (type !== "Scheduler" || id === undefined) throw otherServer(name, type, identity);
  const packages = await callScheduler(connection, "versions", {}, timeoutMs);
  const versions = textsIn(isRecord(packages) ? (packages["packages"] ?? null) : null);
  requireVersion(name, versions["distributed"]);
  return { id, address: address ?? name, versions };
}

function textsIn(wire: RawWire): Readonly<Record<string, string>> {
  if (!isRecord(wire)) return {};
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(wire)) {
    if (typeof value === "string") texts[name] = value;
  }
  return texts;
}

function otherServer(name: string, type: string | undefined, identity: RawWire): TaskprovError {
  const scheduler = textsIn(identity)["scheduler"];
  const hint = scheduler === undefined ? "Check the address." : `Its scheduler is at ${scheduler}.`;
  const what = type === undefined ? "another server" : `a Dask ${type}`;
  return new TaskprovError("ERR_CONNECT", `${name} is not a scheduler but ${what}. ${hint}`);
}

function requireVersion(name: string, version: string | undefined): void {
  const [year = 0, month = 0] = (version ?? "").split(".").map(Number);
  if (year > oldest[0] || (year === oldest[0] && month >= oldest[1])) return;
  throw new TaskprovError(
    "ERR_CONNECT",
    `${name} runs distributed ${version ?? "of an unknown version"}; ${oldest.join(".")}.0 is the first that can be recorded. Update the cluster.`,
  );
}
