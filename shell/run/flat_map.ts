/** The two columns x and y of the results: rows of numbers on a flat map. */

import type { Device } from "../device/device.ts";
import { DataError } from "../errors.ts";
import { Pca, pca } from "../project/pca.ts";
import { tsne } from "../project/tsne.ts";
import { umap } from "../project/umap.ts";
import { data, type Tensor } from "../plan/tensor.ts";
import type { Bar } from "./bar.ts";

/** Tensors of a model file, by name. */
type Tensors = Readonly<Record<string, { shape: number[]; data: Float32Array }>>;

/** Rows of numbers, as the clusters were found in them. */
export interface Points {
  readonly values: Float32Array;
  readonly width: number;
}

/** What a map is made with. */
export interface MapTask {
  readonly device: Device;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly bar: Bar;
  warn(text: string): void;
}

/** A map, [n, 2], and what a model file keeps of it to place other rows. */
export interface FlatMap {
  readonly map?: Float32Array;
  readonly tensors: Tensors;
}

const MEAN = "map.mean", COMPONENTS = "map.components";
/** t-SNE's usual perplexity, and UMAP's usual number of neighbours. */
const PERPLEXITY = 30, NEIGHBOURS = 15;

/** Makes a map of rows. @param how pca, tsne, umap or none */
export async function makeMap(how: string, points: Points, task: MapTask): Promise<FlatMap> {
  const least = { pca: 1, tsne: 5, umap: 3 }[how];
  const n = points.values.length / points.width;
  if (least === undefined) return { tensors: {} };
  if (n < least) {
    task.warn(
      `a ${how} map needs at least ${least} rows, and there are ${n}: x and y are left out`,
    );
    return { tensors: {} };
  }
  return await withPoints(points, task.device, async (x) => {
    task.bar.update(0, how);
    const made = await MAKERS[how](x, task);
    task.bar.done(`${how} of ${n.toLocaleString("en")} rows`);
    return made;
  });
}

const MAKERS: Record<string, (x: Tensor, task: MapTask) => Promise<FlatMap>> = {
  async pca(x, { device, seed, signal }) {
    const [n, width] = x.shape;
    const components = Math.min(2, n, width);
    // One row has no variance, but a place.
    const found = n < 2 ? null : await pca(device, x, { components, seed, signal });
    const shapes = { mean: [width], components: [found ? components : 0, width] };
    const tensors = {
      [MEAN]: { shape: shapes.mean, data: Float32Array.from(found?.mean ?? []) },
      [COMPONENTS]: { shape: shapes.components, data: Float32Array.from(found?.components ?? []) },
    };
    if (!found) return { map: new Float32Array(2 * n), tensors: {} };
    return { map: await project(x, tensors, { device, signal }), tensors };
  },
  async tsne(x, { device, seed, signal, bar }) {
    const perplexity = Math.min(PERPLEXITY, 0.3 * (x.shape[0] - 1));
    const iterations = 1000;
    const { positions } = await tsne(device, x, {
      ...{ perplexity, iterations, seed, signal },
      progressEvery: 5,
      onProgress: ({ iteration }) =>
        bar.update(iteration / iterations, `t-SNE, iteration ${iteration}/${iterations}`),
    });
    return { map: positions, tensors: {} };
  },
  async umap(x, { device, seed, signal, bar }) {
    const neighbours = Math.min(NEIGHBOURS, x.shape[0]);
    const { positions } = await umap(device, x, {
      ...{ neighbours, seed, signal },
      onProgress: ({ stage, done, total }) => bar.update(done / total, `UMAP, ${stage}`),
    });
    return { map: positions, tensors: {} };
  },
};

/**
 * Places rows on the map of a model file, if it has one.
 * @throws DataError if the map does not suit the rows
 */
export async function placeOnMapOf(
  tensors: Tensors,
  points: Points,
  { device, signal }: Pick<MapTask, "device" | "signal">,
): Promise<Float32Array | undefined> {
  const { [MEAN]: mean, [COMPONENTS]: components } = tensors;
  if (!mean || !components) return undefined;
  const { width } = points;
  const suits = mean.data.length === width && components.shape[1] === width &&
    [1, 2].includes(components.shape[0]) &&
    [mean, components].every(({ data }) => data.every(Number.isFinite));
  if (!suits) throw new DataError("the model's map does not suit its codes: save it again");
  return await withPoints(points, device, (x) => project(x, tensors, { device, signal }));
}

/** The scores of two components; where there is one only, y is 0. */
async function project(
  x: Tensor,
  { [MEAN]: mean, [COMPONENTS]: components }: Tensors,
  { device, signal }: Pick<MapTask, "device" | "signal">,
): Promise<Float32Array> {
  const [count] = components.shape;
  const unknown = new Float64Array(count);
  const scores = await new Pca({
    // What a file holds, so that rows come to lie where a loaded model places them.
    mean: Float64Array.from(mean.data),
    components: Float64Array.from(components.data),
    ...{ explainedVariance: unknown, explainedVarianceRatio: unknown, singularValues: unknown },
    whiten: false,
  }).transform(device, x, { signal });
  if (count === 2) return scores;
  return Float32Array.from({ length: 2 * scores.length }, (_, at) => at % 2 ? 0 : scores[at / 2]);
}

async function withPoints<T>(
  { values, width }: Points,
  device: Device,
  work: (x: Tensor) => Promise<T>,
): Promise<T> {
  const x = data("points", [values.length / width, width]);
  device.write(x, values);
  try {
    return await work(x);
  } finally {
    device.free(x);
  }
}
