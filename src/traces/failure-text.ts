/** Tasks that have no result because a task failed. */
export interface FailedTasks {
  /** Tasks whose last attempt failed. */
  readonly failed: number;
  /** Tasks that never ran because one that they need failed. */
  readonly blocked: number;
}

/** What failed, in the words of the report; `undefined` when nothing did. */
export function failureText({ failed, blocked }: FailedTasks): string | undefined {
  if (failed === 0) {
    return blocked === 0 ? undefined : `${tasks(blocked)} never ran because others failed`;
  }
  const rest = blocked === 0 ? "" : `; ${tasks(blocked)} never ran because of that`;
  return `${tasks(failed)} failed${rest}`;
}

function tasks(count: number): string {
  return `${count} task${count === 1 ? "" : "s"}`;
}
