import type {
  BandwidthEvent,
  LogEvent,
  MemoryFigures,
  ProfileEvent,
  ProfileFrame,
  SampleEvent,
  TransferFigures,
} from "./telemetry-event.js";
import type { Wire } from "./wire.js";

/** What is told of workers and scheduler beside the tasks. */
type TelemetryEvent = SampleEvent | LogEvent | ProfileEvent | BandwidthEvent;

/** The fields after kind and time, in the order of docs/contracts.md. */
export function telemetryFields(event: TelemetryEvent): (Wire | undefined)[] {
  switch (event.type) {
    case "sample": {
      const { worker, cpu, memory, received, sent, delay, busy, tasks } = event;
      return [worker, cpu, memory && memoryWire(memory), received, sent, delay, busy, tasks];
    }
    case "log":
      return [event.worker, event.level, event.logger, event.text, event.task, event.omitted];
    case "profile": {
      const { worker, start, stop, of, frames, nodes, interval } = event;
      return [worker, start, stop, of, frames.map(frameWire), nodes, interval];
    }
    case "bandwidth":
      return [
        event.worker,
        event.from.map((entry) => [entry.source, ...figures(entry)]),
        event.types.map((entry) => [entry.typeName, ...figures(entry)]),
      ];
  }
}

function memoryWire({ process, managed, spilled, unmanagedOld }: MemoryFigures): Wire {
  return [process, managed ?? null, spilled ?? null, unmanagedOld ?? null];
}

function frameWire({ function: name, file, line }: ProfileFrame): Wire {
  if (line !== undefined) return [name, file ?? null, line];
  return file === undefined ? [name] : [name, file];
}

function figures({ bytes, seconds, count }: TransferFigures): number[] {
  return [bytes, seconds, count];
}
