/** Exceptions that the machine is to blame for, by the last part of their type's name. */
const ofTheMachine: ReadonlySet<string> = new Set([
  "CommClosedError",
  "KilledWorker",
  "MemoryError",
  "NannyTimeoutError",
  "WorkerTerminated",
]);

/** Texts of the operating system for want of memory, space, or files that may be open. */
const ofTheSystem =
  /\b(?:ENOSPC|EDQUOT|ENOMEM|EMFILE|ENFILE)\b|No space left on device|Disk quota exceeded|Cannot allocate memory|Too many open files|\[Errno (?:12|23|24|28|122)\]/;

/**
 * yProv's word for where an exception comes from: `resource` when the machine or the cluster
 * lacked something, else `task`.
 *
 * @param type - name of the exception's type, with or without module.
 * @param text - its text.
 */
export function failureSeverity(
  type: string | undefined,
  text: string | undefined,
): "task" | "resource" {
  const name = type?.slice(type.lastIndexOf(".") + 1) ?? "";
  return ofTheMachine.has(name) || ofTheSystem.test(text ?? "") ? "resource" : "task";
}
