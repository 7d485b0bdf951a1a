import type {
  AssignEvent,
  DoneEvent,
  FailedEvent,
  LostEvent,
  MessagesEvent,
  OutputEvent,
} from "./attempt-event.js";
import type {
  ForgetEvent,
  FunctionEvent,
  GraphEvent,
  KnownEvent,
  ReleaseEvent,
  ScatterEvent,
} from "./graph-event.js";
import type { CellEndEvent, CellEvent, SiteEvent, SourceEvent } from "./place-event.js";
import type {
  ClientAddedEvent,
  ClientRemovedEvent,
  ClosingEvent,
  DroppedEvent,
  EndEvent,
  ErrorEvent,
  OtherEvent,
  RunEvent,
  WorkerAddedEvent,
  WorkerRemovedEvent,
} from "./run-event.js";
import type { BandwidthEvent, LogEvent, ProfileEvent, SampleEvent } from "./telemetry-event.js";

/** One fact from an engine. */
export type TaskEvent =
  | RunEvent
  | EndEvent
  | ClientAddedEvent
  | ClientRemovedEvent
  | WorkerAddedEvent
  | WorkerRemovedEvent
  | FunctionEvent
  | SourceEvent
  | CellEvent
  | CellEndEvent
  | SiteEvent
  | GraphEvent
  | KnownEvent
  | AssignEvent
  | DoneEvent
  | FailedEvent
  | OutputEvent
  | MessagesEvent
  | LostEvent
  | ReleaseEvent
  | ForgetEvent
  | ScatterEvent
  | SampleEvent
  | LogEvent
  | ProfileEvent
  | BandwidthEvent
  | DroppedEvent
  | ErrorEvent
  | ClosingEvent
  | OtherEvent;
