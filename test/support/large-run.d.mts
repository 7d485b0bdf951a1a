export function largeRun(tasks: number): Generator<string>;
