/** Placeholder: the embedded engine's scheduler (written next). */
export interface Scheduler {
  readonly id: string;
}
