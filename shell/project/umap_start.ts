/** Where a layout begins: the spectrum of the graph, component by component. */

import { Philox } from "../random.ts";
import { components, type SparseRows } from "./umap_graph.ts";
import { leadingVectors, type Operator } from "./umap_spectrum.ts";

/** What the start is made with. */
export interface StartOptions {
  readonly dimensions: number;
  readonly random: Philox;
  readonly pause: () => Promise<void>;
  /** The mean of the points of each component, [count, dim]; asked for if there are several. */
  readonly means: (of: Uint32Array, count: number) => Promise<Float64Array>;
}

/** A first layout is so wide. */
const WIDTH = 10;
/** Noise on a first layout, which parts points at one place. */
const NOISE = 1e-4;

/**
 * A first layout, [n, dimensions], from the eigenvectors of the normalised Laplacian
 * `I - D^-1/2 W D^-1/2` with the smallest eigenvalues after 0, scaled to 10. A graph in several
 * parts is laid out part by part: each around the place of its mean among the means of the others
 * (their principal components), as wide as its share of the points; parts of a few points, which
 * have too few eigenvectors, are scattered at random.
 *
 * @see McInnes, Healy, Melville (2018), UMAP, algorithm 4
 */
export async function spectralStart(graph: SparseRows, options: StartOptions) {
  const { dimensions, random, pause } = options;
  const n = graph.start.length - 1;
  const { of, count } = components(graph);
  const out = new Float64Array(n * dimensions);
  const middles = count > 1
    ? await places(await options.means(of, count), count, options)
    : new Float64Array(dimensions);
  for (const [part, rows] of rowsOf(of, count).entries()) {
    const local = rows.length > dimensions + 1
      ? await leadingVectors(laplacian(graph, rows), {
        ...{ count: dimensions, random, pause },
        known: rootsOfDegrees(graph, rows),
      })
      : Float64Array.from({ length: rows.length * dimensions }, () => random.uniform() - 0.5);
    scaleTo(local, WIDTH * Math.sqrt(rows.length / n) * (count > 1 ? 0.5 : 1));
    local.forEach((v, at) => {
      const t = at % dimensions;
      out[rows[(at - t) / dimensions] * dimensions + t] = middles[part * dimensions + t] + v;
    });
  }
  return out.map((v) => v + NOISE * random.normal());
}

/** A first layout at random, uniform in [-10, 10]. */
export function randomStart(n: number, dimensions: number, random: Philox): Float64Array {
  return Float64Array.from(
    { length: n * dimensions },
    () => WIDTH * (2 * random.uniform() - 1),
  );
}

/** Each dimension shifted and stretched to [0, 10]; one without extent is left at 0. */
export function spread(layout: Float64Array, dimensions: number): Float32Array {
  const low = new Float64Array(dimensions).fill(Infinity), high = low.map((v) => -v);
  layout.forEach((v, at) => {
    const t = at % dimensions;
    if (v < low[t]) low[t] = v;
    if (v > high[t]) high[t] = v;
  });
  return Float32Array.from(layout, (v, at) => {
    const t = at % dimensions;
    return high[t] > low[t] ? WIDTH * (v - low[t]) / (high[t] - low[t]) : 0;
  });
}

function scaleTo(values: Float64Array, size: number): void {
  let most = 0;
  for (const v of values) most = Math.max(most, Math.abs(v));
  if (most > 0) { for (let i = 0; i < values.length; i++) values[i] *= size / most; }
}

function rowsOf(of: Uint32Array, count: number): Uint32Array[] {
  const sizes = new Uint32Array(count);
  for (const part of of) sizes[part]++;
  const rows = Array.from(sizes, (size) => new Uint32Array(size));
  const next = new Uint32Array(count);
  of.forEach((part, i) => rows[part][next[part]++] = i);
  return rows;
}

const degree = ({ start, weight }: SparseRows, i: number) => {
  let sum = 0;
  for (let at = start[i]; at < start[i + 1]; at++) sum += weight[at];
  return sum;
};

/** The eigenvector of the eigenvalue 0, of length 1. */
function rootsOfDegrees(graph: SparseRows, rows: Uint32Array): Float64Array {
  const roots = Float64Array.from(rows, (i) => Math.sqrt(degree(graph, i)));
  const length = Math.sqrt(roots.reduce((sum, v) => sum + v * v, 0));
  return roots.map((v) => v / length);
}

/** `D^-1/2 W D^-1/2` of one component: 1 less the Laplacian, with eigenvalues in [-1, 1]. */
function laplacian({ start, column, weight }: SparseRows, rows: Uint32Array): Operator {
  const n = rows.length;
  const place = new Map<number, number>();
  if (n < start.length - 1) rows.forEach((row, i) => place.set(row, i));
  const roots = Float64Array.from(
    rows,
    (row) => 1 / Math.sqrt(degree({ start, column, weight }, row)),
  );
  const first = new Uint32Array(n + 1);
  rows.forEach((row, i) => first[i + 1] = first[i] + start[row + 1] - start[row]);
  const other = new Uint32Array(first[n]), value = new Float64Array(first[n]);
  rows.forEach((row, i) => {
    for (let at = start[row], to = first[i]; at < start[row + 1]; at++, to++) {
      other[to] = place.get(column[at]) ?? column[at];
      value[to] = weight[at] * roots[i] * roots[other[to]];
    }
  });
  return {
    n,
    apply(x, out, p, { alpha, beta, gamma }) {
      const sum = new Float64Array(p);
      for (let i = 0; i < n; i++) {
        sum.fill(0);
        for (let at = first[i]; at < first[i + 1]; at++) {
          const v = value[at], row = other[at] * p;
          for (let t = 0; t < p; t++) sum[t] += v * x[row + t];
        }
        const row = i * p;
        for (let t = 0; t < p; t++) {
          out[row + t] = alpha * sum[t] + beta * x[row + t] + (gamma && gamma * out[row + t]);
        }
      }
    },
  };
}

/** Where the means of the components lie in their first principal components, up to 10 wide. */
async function places(means: Float64Array, count: number, options: StartOptions) {
  const { dimensions, random, pause } = options;
  const dim = means.length / count;
  const centred = means.slice();
  for (let t = 0; t < dim; t++) {
    let sum = 0;
    for (let c = 0; c < count; c++) sum += means[c * dim + t];
    for (let c = 0; c < count; c++) centred[c * dim + t] -= sum / count;
  }
  const found = Math.min(dimensions, count - 1);
  const vectors = await leadingVectors(gram(centred, count, dim), { count: found, random, pause });
  const out = new Float64Array(count * dimensions);
  vectors.forEach((v, at) => out[Math.floor(at / found) * dimensions + at % found] = v);
  scaleTo(out, WIDTH);
  return out;
}

/** `X X^T` by its trace, [count, count], of centred rows X. */
function gram(x: Float64Array, count: number, dim: number): Operator {
  const trace = x.reduce((sum, v) => sum + v * v, 0) || 1;
  return {
    n: count,
    apply(v, out, p, { alpha, beta, gamma }) {
      const axes = new Float64Array(dim * p);
      for (let c = 0; c < count; c++) {
        for (let t = 0; t < dim; t++) {
          for (let j = 0; j < p; j++) axes[t * p + j] += x[c * dim + t] * v[c * p + j];
        }
      }
      for (let c = 0; c < count; c++) {
        for (let j = 0; j < p; j++) {
          let sum = 0;
          for (let t = 0; t < dim; t++) sum += x[c * dim + t] * axes[t * p + j];
          const at = c * p + j;
          out[at] = alpha * sum / trace + beta * v[at] + (gamma && gamma * out[at]);
        }
      }
    },
  };
}
