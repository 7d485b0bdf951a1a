import { describe, expect, test } from "vitest";
import type { ActionMessage } from "../../src/index.js";
import { gapsOf } from "../actions/support.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";
import { exported, recordTroubledRun, tornJournal } from "./recorded.js";

async function messagesOf(journal: string | Iterable<Uint8Array>): Promise<ActionMessage[]> {
  const text = await exported(journal, "eliot");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("an Eliot log of a journal", () => {
  test("is one whole tree: run, graphs, tasks with key and dependencies, attempts", async () => {
    const { journal, summary } = await recordTroubledRun();
    const messages = await messagesOf(journal);
    expect(gapsOf(messages)).toEqual([]);
    expect(new Set(messages.map((message) => message.task_uuid))).toEqual(new Set([summary.runId]));
    const tasks = messages.filter((message) => message["message_type"] === "dask:task");
    const keys = tasks.map((message) => message["key"]);
    expect(new Set(keys).size).toBe(10);
    const sum = tasks.find((message) => message["key"] === "sum");
    expect(sum?.["dependencies"]).toHaveLength(7);
    const blocked = tasks.find((message) => message["key"] === "blocked");
    expect(blocked?.["dependencies"]).toEqual(['boom "quoted"\n\\']);
  });

  test("has retries as attempts in one task, in time", async () => {
    const { journal } = await recordTroubledRun();
    const messages = await messagesOf(journal);
    const attempts = messages.filter((message) => message["action_type"] === "taskprov:attempt");
    expect(attempts.map((each) => each["attempt"] ?? each["exception"] ?? "ok")).toEqual([
      1,
      "RangeError",
      2,
      "RangeError",
      3,
      "ok",
    ]);
    const times = attempts.map((each) => each.timestamp);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(attempts.map((each) => each.task_level.slice(0, -2).join("/"))).size).toBe(1);
  });

  test("says of graphs and the run what failed and what only never ran, as the report does", async () => {
    const run = new EventRun().task("bad").task("b", ["bad"]).task("c", ["b"]).task("d", ["bad"]);
    run.assign("bad").fails("bad").blocked("b", "bad").blocked("c", "bad").blocked("d", "bad");
    run.task("later", ["bad"]).blocked("later", "bad").end();
    const messages = await messagesOf(writeJournal(temporaryFolder(), run.events));
    const reasons = messages
      .filter(({ exception }) => exception === "taskprov.Failed")
      .map((message) => [message["action_type"], message["reason"]]);
    const graphs = ["1 task failed", ...Array(4).fill("1 task never ran because others failed")];
    expect(reasons).toEqual([
      ...graphs.map((reason) => ["taskprov:compute", reason]),
      ["taskprov:run", "1 task failed; 4 tasks never ran because of that"],
    ]);
  });

  test("of a run that a crash cut off has no end, and no place twice", async () => {
    const { journal } = await recordTroubledRun();
    for (const part of [0.5, 0.7, 0.9]) {
      const messages = await messagesOf(tornJournal(journal, part));
      const problems = gapsOf(messages);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.filter((problem) => !/has no end$|nothing at/.test(problem))).toEqual([]);
      const run = messages.filter((message) => message["action_type"] === "taskprov:run");
      expect(run.map((message) => message["action_status"])).toEqual(["started"]);
    }
  });
});
