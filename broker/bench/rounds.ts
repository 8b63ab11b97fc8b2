/** The middle value; of an even number, the lower one of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Field by field the median of what several rounds measured. */
export function medians<Measured extends Record<keyof Measured, number>>(rounds: readonly Measured[]): Measured {
  const [first] = rounds;
  if (!first) throw new Error('nothing was measured');
  const names = Object.keys(first) as (keyof Measured)[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))])) as Measured;
}

/** Three significant digits: more would only be noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
