// A year as a wave on a straight line: level, change per year, and one oscillation a year.

const yearly = 2 * Math.PI;

/** What each month contributes to the fit, the first month being the middle of January. */
function termsOf(month) {
  const years = (month + 0.5) / 12;
  return [1, years, Math.cos(yearly * years), Math.sin(yearly * years)];
}

/** Fits monthly temperatures by least squares. */
export function fitSeason(months) {
  const [level, change, cosine, sine] = leastSquares(months);
  const fitted = months.map((_, i) => {
    const [one, years, c, s] = termsOf(i);
    return level * one + change * years + cosine * c + sine * s;
  });
  const residuals = months.map((value, i) => value - fitted[i]);
  return {
    mean: level + (change * months.length) / 24,
    changePerYear: change,
    amplitude: Math.hypot(cosine, sine),
    warmestDay: dayOfPeak(cosine, sine),
    fitted,
    residuals,
    typicalError: Math.sqrt(sumOfSquares(residuals) / (months.length - 4)),
  };
}

/** Day of the year, 1 to 365, on which the wave is highest. */
function dayOfPeak(cosine, sine) {
  const years = Math.atan2(sine, cosine) / yearly;
  return Math.floor((((years % 1) + 1) % 1) * 365) + 1;
}

/**
 * Changes per year that chance alone gives: fits series in which blocks of half a year of what the
 * fit left over are drawn anew. Neighbouring months are alike, so single ones will not do.
 */
export function resampleChange(season, draws, seed) {
  const { fitted, residuals } = season;
  const random = randomNumbers(seed);
  const block = 6;
  return Float64Array.from({ length: draws }, () => {
    const drawn = new Float64Array(fitted.length);
    for (let month = 0; month < drawn.length; month += block) {
      const from = Math.floor(random() * (residuals.length - block + 1));
      for (let i = 0; i < block; i++) drawn[month + i] = fitted[month + i] + residuals[from + i];
    }
    return leastSquares(drawn)[1];
  });
}

/** The interval that holds 95 % of all draws. */
export function changeInterval(batches) {
  const changes = Float64Array.from(batches.flatMap((batch) => [...batch])).sort();
  const quantile = (share) => changes[Math.round(share * (changes.length - 1))];
  return { low: quantile(0.025), high: quantile(0.975), draws: changes.length };
}

/** Solves the normal equations by Gaussian elimination; they are small and well conditioned. */
function leastSquares(values) {
  const size = 4;
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (const [month, value] of values.entries()) {
    const terms = termsOf(month);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) rows[i][j] += terms[i] * terms[j];
      rows[i][size] += terms[i] * value;
    }
  }
  for (let pivot = 0; pivot < size; pivot++) {
    for (let i = 0; i < size; i++) {
      if (i === pivot) continue;
      const factor = rows[i][pivot] / rows[pivot][pivot];
      for (let j = pivot; j <= size; j++) rows[i][j] -= factor * rows[pivot][j];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}

function sumOfSquares(values) {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** Mulberry32: small, and the same numbers for the same seed on every machine. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
