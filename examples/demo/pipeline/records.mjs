// From text to clean tables. A table is an object of columns; all columns are equally long.

const columns = ["location", "date", "precipitation", "temp_max", "temp_min", "wind", "weather"];
const numeric = new Set(["precipitation", "temp_max", "temp_min", "wind"]);

/** A file that does not say what it should, with the place. Reading it again does not help. */
export class DamagedFileError extends Error {
  name = "DamagedFileError";
}

/** Reads daily records from CSV text; an empty field is a missing value. */
export function parseRecords(text, file) {
  const [header, ...lines] = text.trimEnd().split("\n");
  if (header !== columns.join(",")) {
    throw new DamagedFileError(`${file}, line 1: expected the columns ${columns.join(",")}`);
  }
  return lines.map((line, i) => parseRecord(line, `${file}, line ${i + 2}`));
}

function parseRecord(line, where) {
  const fields = line.split(",");
  if (fields.length !== columns.length) {
    throw new DamagedFileError(
      `${where}: expected ${columns.length} fields, found ${fields.length}`,
    );
  }
  const record = {};
  let position = 1;
  for (const [i, name] of columns.entries()) {
    const field = fields[i];
    const value = numeric.has(name) && field !== "" ? Number(field) : field;
    if (Number.isNaN(value)) {
      throw new DamagedFileError(
        `${where}, column ${position}: ${name} "${field}" is not a number`,
      );
    }
    record[name] = value;
    position += field.length + 1;
  }
  return record;
}

/** The days of one station in one year, as a table. */
export function selectYear(records, station, year) {
  const days = records.filter(
    ({ location, date }) => location === station && date.startsWith(`${year}-`),
  );
  return tableOf(days);
}

/**
 * Drops days that cannot be used, and tells a trace of rain (labelled rain or snow, too little to
 * measure) from rain that was measured.
 */
export function cleanDays(table) {
  const days = rowsOf(table);
  const usable = days.filter(isUsable).map((day) => {
    const isTrace = (day.weather === "rain" || day.weather === "snow") && day.precipitation === 0;
    return isTrace ? { ...day, weather: "trace" } : day;
  });
  return { ...tableOf(usable), dropped: days.length - usable.length };
}

function isUsable(day) {
  const isComplete = [day.precipitation, day.temp_max, day.temp_min].every(Number.isFinite);
  return isComplete && day.precipitation >= 0 && day.temp_max >= day.temp_min;
}

/** The days of a year with those that were sent again in place of the old ones. */
export function correctDays(table, records) {
  const sentAgain = new Map(records.map((record) => [record.date, record]));
  const days = rowsOf(table).map((day) => sentAgain.get(day.date) ?? day);
  return { ...tableOf(days), dropped: table.dropped };
}

function tableOf(days) {
  const numbers = (name) => Float64Array.from(days, (day) => toNumber(day[name]));
  return {
    columns: ["date", "precipitation", "temp_max", "temp_min", "weather"],
    shape: [days.length, 5],
    date: days.map((day) => day.date),
    precipitation: numbers("precipitation"),
    temp_max: numbers("temp_max"),
    temp_min: numbers("temp_min"),
    weather: days.map((day) => day.weather),
  };
}

function toNumber(field) {
  return field === "" ? Number.NaN : field;
}

function rowsOf(table) {
  return table.date.map((date, i) => ({
    date,
    precipitation: table.precipitation[i],
    temp_max: table.temp_max[i],
    temp_min: table.temp_min[i],
    weather: table.weather[i],
  }));
}
