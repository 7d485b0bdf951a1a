import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { catJournal } from "../../src/events/read-journal.js";
import { formats, parseProvJson } from "../../src/formats/index.js";
import type { ProvTrackerOptions } from "../../src/track/options.js";
import { type TrackedRun, tracked } from "../support/tracked.js";

/** Planted where secrets are: each must be nowhere in what tracking leaves. */
const planted = {
  property: "pl4nted-property",
  nested: "pl4nted-nested",
  literal: "pl4nted-literal",
  argv: "pl4nted-argv",
  environment: "pl4nted-environment",
  exception: "pl4nted-exception",
  cause: "pl4nted-cause",
  annotation: "pl4nted-annotation",
  result: "pl4nted-result",
};
const harmless = "pl4in-value";
const inTraceback = "functionInTheTraceback";

const { argv } = process;
beforeEach(() => {
  process.argv = [...argv, "--token", planted.argv, `--api-key=${planted.argv}`];
  process.env["TASKPROV_TEST_SECRET"] = planted.environment;
});
afterEach(() => {
  process.argv = argv;
  Reflect.deleteProperty(process.env, "TASKPROV_TEST_SECRET");
});

async function runWithSecrets(options: ProvTrackerOptions): Promise<TrackedRun> {
  return await tracked(
    async (client) => {
      const login = { password: planted.property, deep: [{ API_KEY: planted.nested }] };
      const task = client
        .with({ annotations: { my_secret: planted.annotation, step: "login" } })
        .submit(
          (_login: object, text: string, _plain: string) => text.length > 0 && planted.result,
          login,
          `x ${planted.literal} y`,
          harmless,
        );
      await task.result();
      await client
        .submit(function functionInTheTraceback() {
          const cause = new Error(`{"token": "${planted.cause}"}`);
          throw new Error(`login failed: password=${planted.exception}`, { cause });
        })
        .exception();
    },
    { redact: ["*password*", "*secret*", "*token*", "*api_key*", planted.literal], ...options },
  );
}

/** Everything that tracking left, by name: the journal's bytes and lines, and every export. */
async function leftBehind({ summary, text }: TrackedRun): Promise<Map<string, string>> {
  const left = new Map([["document", text]]);
  const journal = summary.journal ?? "no journal";
  left.set("journal", readFileSync(journal, "latin1"));
  let lines = "";
  for await (const line of catJournal(journal)) lines += line;
  left.set("journal cat", lines);
  const document = parseProvJson(text);
  for (const format of formats)
    left.set(format.name, [...(format.write?.(document, {}) ?? [])].join(""));
  return left;
}

const settings = (["summary", "none", "full"] as const).flatMap((values) =>
  [false, true].map((keepTraceback) => ({ values, keepTraceback })),
);

describe("a secret in arguments, annotations, argv, environment or exceptions", () => {
  test.each(settings)(
    "is nowhere with values $values and keepTraceback $keepTraceback",
    async (options) => {
      const left = await leftBehind(await runWithSecrets(options));
      expect(left.size).toBeGreaterThan(9);
      for (const [where, text] of left) {
        for (const [what, secret] of Object.entries(planted)) {
          expect(text.includes(secret), `${what} in ${where}`).toBe(false);
        }
      }
      // What is searched is what was written: the harmless is there as the settings say.
      const { values, keepTraceback } = options;
      const lines = left.get("journal cat") ?? "";
      expect(lines.includes(harmless)).toBe(values !== "none");
      expect(lines.includes(`at ${inTraceback}`)).toBe(keepTraceback);
      expect(lines).toContain("login failed");
    },
  );
});
