/**
 * The border between the engine, where results are `unknown`, and the user's types.
 *
 * A key means the same task wherever it is used, so a future's type is as true as the type of the
 * function that was submitted; the compiler cannot see that through the scheduler.
 */
export function trusted<T>(value: unknown): T {
  return value as T;
}
