import type { EpochSeconds } from "../base/clock.js";
import type { FileUse } from "../events/attempt-event.js";
import type { QualifiedName } from "../prov/names.js";
import { escapeName } from "./ids.js";
import type { RunNames } from "./run-names.js";

/** A file, or a store of many, between two changes. */
export interface FileVersion {
  readonly entity: QualifiedName;
  readonly use: FileUse;
  /** The attempt that wrote it; absent for what was there before. */
  readonly writer: QualifiedName | undefined;
  /** When that attempt began. */
  readonly began: EpochSeconds | undefined;
}

/** What reading or writing a file came upon. */
interface Found {
  readonly version: FileVersion;
  /** Whether it has to be declared. */
  readonly isNew: boolean;
  /** The version before it, where it was known. */
  readonly before: FileVersion | undefined;
}

/**
 * The files of a run as they change: by path the version that is there now. A file that is read has
 * the version that the record saw written, unless its size or time says that somebody else has
 * written it since.
 */
export class FileVersions {
  readonly #names: RunNames;
  readonly #latest = new Map<string, FileVersion>();
  readonly #counts = new Map<string, number>();

  /** @param names - the names of the run. */
  constructor(names: RunNames) {
    this.#names = names;
  }

  /** The version that an attempt read which ended at that time. */
  read(use: FileUse, end: EpochSeconds | undefined): Found {
    const latest = this.#latest.get(use.path);
    if (latest !== undefined && wasThere(latest, end) && isSame(latest.use, use)) {
      return { version: latest, isNew: false, before: undefined };
    }
    const version = this.#add(use, undefined, undefined);
    // What an attempt wrote that began later is still what comes next.
    if (latest !== undefined && !wasThere(latest, end)) this.#latest.set(use.path, latest);
    return { version, isNew: true, before: undefined };
  }

  /** The version that an attempt made. */
  write(use: FileUse, writer: QualifiedName, began: EpochSeconds | undefined): Found {
    const before = this.#latest.get(use.path);
    return { version: this.#add(use, writer, began), isNew: true, before };
  }

  #add(
    use: FileUse,
    writer: QualifiedName | undefined,
    began: EpochSeconds | undefined,
  ): FileVersion {
    const number = (this.#counts.get(use.path) ?? 0) + 1;
    this.#counts.set(use.path, number);
    const suffix = number === 1 ? "" : `.v${number}`;
    const entity = this.#names.run(`file.${escapeName(use.path)}${suffix}`);
    const version = { entity, use, writer, began };
    this.#latest.set(use.path, version);
    return version;
  }
}

/**
 * Whether the times leave room for it. When in an attempt a file is written nobody knows, and the
 * clocks of two workers can disagree: it is enough that the writer had begun.
 */
export function wasThere(version: FileVersion, end: EpochSeconds | undefined): boolean {
  return version.began === undefined || end === undefined || version.began <= end;
}

/** What is not known is no difference. */
function isSame(known: FileUse, seen: FileUse): boolean {
  const differ = <T>(a: T | undefined, b: T | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  return !(
    differ(known.size, seen.size) ||
    differ(known.mtime, seen.mtime) ||
    differ(known.sha256, seen.sha256)
  );
}
