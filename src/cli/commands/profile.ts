import { TaskprovError } from "../../base/errors.js";
import { profileJournal } from "../../observe/journal-profile.js";
import { profilePlots } from "../../observe/profile-plots.js";
import { profileText, slowestAttempts, slowestText } from "../../observe/profile-text.js";
import { visualize } from "../../observe/visualize.js";
import type { Command, Parsed } from "../command.js";
import { fileArgument } from "../tracker-options.js";

/** `taskprov profile JOURNAL`. */
export const profileCommand: Command = {
  name: "profile",
  summary: "show where the time of a run went, by group, function and worker",
  arguments: "JOURNAL",
  count: [1, 1],
  about: [
    "Prints how often each group and function ran and how long it took, what each worker did, how",
    "many attempts ran at once, and the processor and memory of each worker that was sampled. With",
    "--slowest: single attempts, with what went into them.",
    "JOURNAL is the journal of a run on either engine, also of one that goes on, or - for standard",
    "input.",
  ].join("\n"),
  options: {
    slowest: {
      type: "string",
      value: "N",
      help: "the N attempts that took longest, with their inputs",
    },
    function: {
      type: "string",
      value: "NAME",
      help: "with --slowest: only this function or group",
    },
    html: { type: "string", value: "FILE", help: "draw the attempts into this HTML file" },
    json: { type: "boolean", help: "the answer as JSON" },
  },
  examples: [
    "taskprov profile output/yprov4wfs.journal",
    "taskprov profile output/yprov4wfs.journal --html profile.html",
    "taskprov profile output/yprov4wfs.journal --slowest 5 --function load",
  ],
  run: async (parsed, io) => {
    const slowest = slowestOf(parsed);
    const file = fileArgument(parsed);
    const profile =
      file === "-" ? await profileJournal(io.input, "standard input") : await profileJournal(file);
    const json = parsed.flag("json") === true;
    if (slowest !== undefined) {
      const attempts = slowestAttempts(profile, slowest, parsed.text("function"));
      await io.out(json ? `${JSON.stringify(attempts, null, 2)}\n` : slowestText(attempts));
      return 0;
    }
    const html = parsed.text("html");
    if (html !== undefined) {
      const path = visualize(profilePlots(profile), {
        filename: html,
        title: `Run ${profile.runId}`,
      });
      io.note(`taskprov: wrote ${path}`);
      return 0;
    }
    const { attempts, usage: _, ...tables } = profile;
    const answer = { ...tables, attempts: attempts.length };
    await io.out(json ? `${JSON.stringify(answer, null, 2)}\n` : profileText(profile));
    return 0;
  },
};

function slowestOf(parsed: Parsed): number | undefined {
  const text = parsed.text("slowest");
  if (text === undefined) {
    if (parsed.text("function") === undefined) return undefined;
    throw new TaskprovError(
      "ERR_USAGE",
      "--function needs --slowest N. See `taskprov profile --help`.",
    );
  }
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new TaskprovError(
    "ERR_USAGE",
    `Expected --slowest to be a number from 1 on, got "${text}".`,
  );
}
