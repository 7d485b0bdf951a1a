/**
 * What stands for the result of a task inside arguments: a future, a delayed value or a `ref`.
 *
 * Recognised by a private member, so that looking at a user's object never runs its code.
 */
export abstract class Reference {
  readonly #isReference = true;

  /** Tells whether a value is a reference. */
  static is(this: void, value: unknown): value is Reference {
    return typeof value === "object" && value !== null && #isReference in value;
  }
}
