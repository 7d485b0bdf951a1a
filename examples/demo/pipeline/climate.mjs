// From clean days to what a reader wants to know.

/** A day counts as wet from 1 mm of precipitation on, the usual convention. */
const wetDay = 1;

/** Mean temperature of each month of a year, in °C: the mean of the days' middles. */
export function monthlyMeans(table) {
  const sums = new Float64Array(12);
  const days = new Float64Array(12);
  for (const [i, date] of table.date.entries()) {
    const month = Number(date.slice(5, 7)) - 1;
    sums[month] += (table.temp_max[i] + table.temp_min[i]) / 2;
    days[month] += 1;
  }
  return sums.map((sum, month) => sum / days[month]);
}

/** Rain of a year: wet days, days with a trace, millimetres, and the wettest day. */
export function countRain(table) {
  const mm = table.precipitation;
  const wettest = mm.reduce((best, value, i) => (value > mm[best] ? i : best), 0);
  return {
    wetDays: mm.filter((value) => value >= wetDay).length,
    traceDays: table.weather.filter((label) => label === "trace").length,
    mm: mm.reduce((sum, value) => sum + value, 0),
    wettest: { date: table.date[wettest], mm: mm[wettest] },
  };
}

/** The months of several years one after the other. */
export function joinYears(years) {
  return Float64Array.from(years.flatMap((months) => [...months]));
}

/** Rain of several years together: means a year, and the wettest day of all. */
export function joinRain(years) {
  const mean = (name) => years.reduce((sum, year) => sum + year[name], 0) / years.length;
  const wettest = years.map((year) => year.wettest).sort((a, b) => b.mm - a.mm)[0];
  return { wetDays: mean("wetDays"), traceDays: mean("traceDays"), mm: mean("mm"), wettest };
}

/** How far the months of a corrected year lie from those before, in °C. */
export function correctionEffect(before, after) {
  return after.map((value, month) => value - before[month]);
}

/** What sets the stations apart. */
export function compareStations(stations) {
  const most = (measure) => [...stations].sort((a, b) => measure(b) - measure(a))[0].station;
  return {
    stations,
    warmest: most(({ season }) => season.mean),
    mostWetDays: most(({ rain }) => rain.wetDays),
    mostRain: most(({ rain }) => rain.mm),
    strongestSeasons: most(({ season }) => season.amplitude),
  };
}
