import { failuresView } from "./failures-view.js";
import { graphView } from "./graph-view.js";
import { graveLogs, logsView } from "./logs-view.js";
import { notebookView } from "./notebook-view.js";
import { overviewView } from "./overview-view.js";
import { performanceView } from "./performance-view.js";
import { profileView } from "./profile-view.js";
import type { ReportHead } from "./report-format.js";
import { hasResources, resourcesView } from "./resources-view.js";
import { taskView } from "./task-view.js";
import { tasksView } from "./tasks-view.js";
import { timelineView } from "./timeline-view.js";
import type { View } from "./view.js";

/** One view with its place in the address and in the navigation. */
export interface Page {
  /** Stands in the address: `#/tasks`. */
  readonly name: string;
  readonly title: string;
  readonly view: View;
  /** Whether it stands in the navigation; without this it does. */
  readonly isListed?: (head: ReportHead) => boolean;
  /** A number beside its title; none for 0. */
  readonly badge?: (head: ReportHead) => number;
  /** Whether it shows one item, whose name is then its title. */
  readonly isOfItem?: boolean;
}

const overview: Page = { name: "overview", title: "Overview", view: overviewView };

/** Every view, in the order of the navigation. A new one is a file of its own and a line here. */
export const pages: readonly Page[] = [
  overview,
  { name: "graph", title: "Graph", view: graphView },
  { name: "timeline", title: "Timeline", view: timelineView },
  { name: "tasks", title: "Tasks", view: tasksView },
  { name: "task", title: "Task", view: taskView, isListed: () => false, isOfItem: true },
  {
    name: "failures",
    title: "Failures",
    view: failuresView,
    badge: ({ failures, moreFailures }) => failures.length + moreFailures,
  },
  {
    name: "notebook",
    title: "Notebook",
    view: notebookView,
    isListed: ({ cells }) => cells.length > 0,
  },
  { name: "performance", title: "Performance", view: performanceView },
  {
    name: "resources",
    title: "Resources",
    view: resourcesView,
    isListed: ({ telemetry }) => telemetry !== undefined && hasResources(telemetry),
  },
  {
    name: "profile",
    title: "Profile",
    view: profileView,
    isListed: ({ telemetry }) => (telemetry?.profiles.length ?? 0) > 0,
  },
  {
    name: "logs",
    title: "Logs",
    view: logsView,
    isListed: ({ telemetry }) => (telemetry?.logs.length ?? 0) > 0,
    badge: ({ telemetry }) => graveLogs(telemetry?.logs ?? []),
  },
];

/** The page of an address; the overview for one that is not known. */
export function pageNamed(name: string): Page {
  return pages.find((page) => page.name === name) ?? overview;
}
