import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cli } from "../support/cli.js";
import { EventRun } from "../support/event-run.js";
import { temporaryFolder } from "../support/temporary.js";
import { writeJournal } from "../support/written-journal.js";

/** Every question, about `a` and `b`. */
const questions: readonly (readonly string[])[] = [
  ["why", "b", "FILE"],
  ["impact", "a", "FILE"],
  ["blame", "FILE"],
  ["slice", "b", "FILE"],
  ["path", "a", "b", "FILE"],
  ["show", "a", "FILE"],
  ["list", "FILE"],
  ["critical", "FILE"],
  ["cells", "FILE"],
  ["diff", "FILE", "FILE"],
  ["nondeterminism", "FILE"],
  ["runs", "FOLDER"],
  ["open", "FOLDER"],
];

async function ask(question: readonly string[], folder: string, file: string): Promise<string> {
  const args = question.map((arg) => (arg === "FILE" ? file : arg === "FOLDER" ? folder : arg));
  const { status, stdout, stderr } = await cli(args);
  expect(status, stderr).toBeLessThanOrEqual(1);
  expect(stdout).not.toBe("");
  expect(stderr).not.toContain("    at ");
  return stdout;
}

const foreign = `document
  prefix ex <http://example.org/>
  entity(ex:a)
  entity(ex:b)
  wasDerivedFrom(ex:b, ex:a)
  wasDerivedFrom(ex:a, ex:b)
  wasDerivedFrom(ex:b, ex:nowhere)
endDocument
`;

describe.each(questions)("taskprov %s", (...question) => {
  test("answers on the journal of a run that still goes on", async () => {
    const folder = temporaryFolder();
    const run = new EventRun().task("a").task("b", ["a"]).runs("a").assign("b");
    await ask(question, folder, writeJournal(folder, run.events, "run.journal"));
  });

  test("answers on a document of others, without tasks, with a circle and a dangling name", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "foreign.provn");
    writeFileSync(file, foreign);
    await ask(
      question.map((arg) => (arg === "a" || arg === "b" ? `ex:${arg}` : arg)),
      folder,
      file,
    );
  });
});
