import path from "node:path";
import * as climate from "./climate.mjs";
import { createReader } from "./files.mjs";
import { cleanDays, correctDays, parseRecords, selectYear } from "./records.mjs";
import { changeInterval, fitSeason, resampleChange } from "./season.mjs";

const stations = ["Seattle", "New York"];
const years = [2012, 2013, 2014, 2015];
/** Changes per year drawn for each station, and in how many tasks. */
const draws = 20_000;
const batches = 4;

/**
 * Submits the whole pipeline and returns its futures at once: nothing has run yet. A future given
 * as an argument makes a task wait for the one before.
 */
export function submitSteps(client, folder) {
  const readText = createReader();
  // A lost connection is worth another try, a damaged file is not.
  const patient = client.with({ retries: 2 });
  const parse = (name) => {
    const text = patient.submit(readText, path.join(folder, name));
    return { text, records: client.submit(parseRecords, text, name) };
  };

  const published = parse("weather.csv");
  const perStation = stations.map((station) => submitStation(client, published.records, station));
  const comparison = client.submit(
    climate.compareStations,
    perStation.map(({ station, season, interval, rain }) => ({ station, season, interval, rain })),
  );

  // A correction for one month arrived. What it changes is worked out beside the rest.
  const correction = parse("new-york-2015-12.csv");
  const year = perStation[1].years[3];
  const corrected = client.submit(correctDays, year.clean, correction.records);
  const months = client.submit(climate.monthlyMeans, corrected);
  const effect = client.submit(climate.correctionEffect, year.months, months);

  return {
    published,
    perStation,
    comparison,
    correction: { ...correction, corrected, months, effect },
  };
}

/** Every year by itself, then the years together. */
function submitStation(client, records, station) {
  const perYear = years.map((year) => {
    const selected = client.submit(selectYear, records, station, year);
    const clean = client.submit(cleanDays, selected);
    const months = client.submit(climate.monthlyMeans, clean);
    const rain = client.submit(climate.countRain, clean);
    return { selected, clean, months, rain };
  });
  const months = client.submit(
    climate.joinYears,
    perYear.map((year) => year.months),
  );
  const rain = client.submit(
    climate.joinRain,
    perYear.map((year) => year.rain),
  );
  const season = client.submit(fitSeason, months);
  const resampled = Array.from({ length: batches }, (_, batch) =>
    client.submit(resampleChange, season, draws / batches, batch),
  );
  const interval = client.submit(changeInterval, resampled);
  return { station, years: perYear, months, rain, season, resampled, interval };
}
