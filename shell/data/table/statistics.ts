/** Figures of one column, in float64 and in the order of its rows: the same bits everywhere. */

import type { TableSettings } from "./preprocessing.ts";

/** `(value - offset) * factor` brings a column to a scale; the factor of a constant one is 0. */
export interface Scale {
  readonly offset: number;
  readonly factor: number;
}

/** Measures finite numbers: see {@link TableSettings.scale}. */
export function measure(
  values: Float64Array,
  scale: TableSettings["scale"] = "standard",
): Scale {
  if (scale === "none") return { offset: 0, factor: 1 };
  if (scale === "minmax") {
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return { offset: low, factor: inverse(high - low) };
  }
  const standard = standardScale(values);
  if (scale === "standard") return standard;
  const sorted = values.slice().sort();
  const range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  // Where half of the values are equal, the quartiles tell nothing of the others.
  return { offset: quantile(sorted, 0.5), factor: range > 0 ? 1 / range : standard.factor };
}

function standardScale(values: Float64Array): Scale {
  const n = values.length;
  let sum = 0, squares = 0;
  for (const value of values) sum += value;
  const mean = sum / n;
  for (const value of values) squares += (value - mean) ** 2;
  return { offset: mean, factor: inverse(Math.sqrt(squares / n)) };
}

const inverse = (width: number) => width > 0 ? 1 / width : 0;

/** The middle value, or the mean of the two in the middle. */
export function median(values: Float64Array): number {
  return quantile(values.slice().sort(), 0.5);
}

/** Linear interpolation between the two nearest ranks of sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1), low = Math.floor(at);
  const rest = at - low;
  return rest === 0 ? sorted[low] : sorted[low] + rest * (sorted[low + 1] - sorted[low]);
}

/** The value that is there most often; of several the smallest. */
export function mostFrequent(values: Float64Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, other) =>
    other[1] > best[1] || other[1] === best[1] && other[0] < best[0] ? other : best
  )[0];
}
