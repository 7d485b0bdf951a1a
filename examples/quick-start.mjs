// Which of four years was the wettest in Seattle? Run it with: node examples/quick-start.mjs
import { readFile } from "node:fs/promises";
import { Client, ProvTracker } from "taskprov";

async function load(file) {
  return await readFile(new URL(file, import.meta.url), "utf8");
}

function rainIn(text, year) {
  const days = text.split("\n").map((line) => line.split(","));
  const wanted = days.filter(([place, date]) => place === "Seattle" && date.startsWith(year));
  return wanted.reduce((sum, [, , rain]) => sum + Number(rain), 0);
}

function wettest(rainByYear) {
  return Object.entries(rainByYear).sort(([, a], [, b]) => b - a)[0];
}

const client = new Client({ workers: 4 });
const tracker = new ProvTracker({ destination: "./output", name: "quick start" });
client.registerPlugin(tracker);

const text = client.submit(load, "demo/data/weather.csv");
const years = ["2012", "2013", "2014", "2015"];
const rain = years.map((year) => [year, client.submit(rainIn, text, year)]);
const best = client.submit(wettest, Object.fromEntries(rain)); // nothing has run yet

const [year, millimetres] = await best.result();
console.log(`${year} was the wettest year: ${millimetres.toFixed(0)} mm of rain.`);

await client.close(); // writes the document
console.log(`How we know: ${(await tracker.done).document}`);
