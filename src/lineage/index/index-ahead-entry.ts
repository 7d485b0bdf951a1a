import { workerData } from "node:worker_threads";
import { openIndex } from "./open-index.js";
import { sourceForm } from "./read-source.js";

// The worker thread of indexAhead. What it throws ends it, and the other side makes the index.
if (typeof workerData === "string") {
  const { details } = await openIndex(workerData, sourceForm(workerData), "auto");
  details.close();
}
