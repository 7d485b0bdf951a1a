// The demo of taskprov: a pipeline over real weather records, its provenance written down.
//
//   demo.mjs     this file: client, tracker, pipeline, report
//   pipeline/    what is computed; knows nothing of provenance
//   data/        the records, and where they come from (README.md)
//   follow.mjs   a plugin that follows the tasks, and the progress line
//   report.mjs   what is printed
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Client, isTaskprovError, ProvTracker } from "taskprov";
import { Follower, progressLine } from "./follow.mjs";
import { submitSteps } from "./pipeline/steps.mjs";
import { helpText, nextText, recordText, resultText, whatHappenedText } from "./report.mjs";

const folder = path.relative(process.cwd(), path.dirname(fileURLToPath(import.meta.url)));

/** Runs the demo. Answers the exit status: 0, or 130 after Ctrl-C. */
async function runDemo(destination) {
  const client = new Client({ workers: 4 });

  // These lines are all that provenance takes.
  const tracker = new ProvTracker({
    destination,
    name: "Weather of Seattle and New York, 2012 to 2015",
    keepTraceback: true, // stack traces of what fails
    richTypes: true, // "Float64Array(48)", and columns and shape of tables
    executionSource: path.join(folder, "pipeline"), // copied beside the document, with hashes
  });
  tracker.start(client.scheduler); // throws when the destination cannot be used
  client.registerPlugin(tracker);

  const progress = progressLine(process.stderr);
  const follower = new Follower(progress.show);
  client.registerPlugin(follower);

  console.log("Weather of Seattle and New York, 2012 to 2015, from daily NOAA records\n");
  const steps = submitSteps(client, path.join(folder, "data"));

  // Ctrl-C cancels what has not run yet; the document says what that was. A second one kills.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    client.cancel(steps);
  };
  process.once("SIGINT", interrupt);
  await client.wait([steps.comparison, steps.correction.effect]);
  process.off("SIGINT", interrupt);
  progress.clear();

  const finished = steps.comparison.status === "finished";
  if (finished) console.log(resultText(await steps.comparison.result()));
  else console.log("Interrupted: there is no result, but a record of how far it came.\n");

  await client.close(); // writes the document
  const summary = await tracker.done;
  console.log(whatHappenedText(summary, follower));
  console.log(recordText(summary));
  console.log(nextText(summary));
  return interrupted ? 130 : 0;
}

/** Reads the command line; a mistake in it is told in one line. */
async function main() {
  try {
    const { values } = parseArgs({
      options: {
        destination: { type: "string", default: "./output" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help === true) console.log(helpText);
    else process.exitCode = await runDemo(values.destination);
  } catch (error) {
    if (!isTaskprovError(error) && !String(error.code).startsWith("ERR_PARSE_ARGS")) throw error;
    console.error(`demo: ${error.message}`);
    process.exitCode = 2;
  }
}

await main();
