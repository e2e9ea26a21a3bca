/**
 * The same bits with 1, 2 and 3 workers, of what has no such test of its own: density, what is said
 * of other points, scores, and maps with new points. K-Means, mini-batches, trees, mixtures, the
 * number of clusters, neighbours and projections have theirs.
 */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dbscan } from "../../shell/cluster/dbscan.ts";
import { dbscanPredict } from "../../shell/cluster/dbscan_predict.ts";
import { kmeansPredict, kmeansTransform } from "../../shell/cluster/kmeans_predict.ts";
import { mixturePredict } from "../../shell/cluster/mixture.ts";
import { suggestEps } from "../../shell/cluster/suggest_eps.ts";
import type { Device } from "../../shell/device/device.ts";
import { calinskiHarabasz, daviesBouldin } from "../../shell/metrics/dispersion.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import { silhouetteSample } from "../../shell/metrics/silhouette_sample.ts";
import { continuity, trustworthiness } from "../../shell/metrics/trustworthiness.ts";
import type { Tensor } from "../../shell/plan/tensor.ts";
import { pca } from "../../shell/project/pca.ts";
import { placeOnMap } from "../../shell/project/place.ts";
import { devices, release, retain } from "../devices.ts";
import { randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";
import { onDevice } from "./points.ts";

const test = suite("workers");
retain();

/** Enough for several tiles, strips and items of every kernel, and no multiple of any. */
const N = 2741, DIM = 5;
const x = groups(N, DIM, 6);
const others = randoms(900 * DIM, 12, -4, 20);
const map = randoms(N * 2, 13);

const labels = Int32Array.from({ length: N }, (_, i) => (i * 7) % 6);
/** More clusters than for which sums by point and cluster are kept. */
const many = labels.map((label, i) => label + 6 * (i % 7));

const centres = others.slice(0, 4 * DIM);
const mixture = {
  covariance: "full" as const,
  weights: Float64Array.of(0.1, 0.2, 0.3, 0.4),
  means: Float64Array.from(centres),
  covariances: Float64Array.from(
    { length: 4 * DIM * DIM },
    (_, at) => at % (DIM * DIM) % (DIM + 1) === 0 ? 9 : 0.5,
  ),
};

type Work = (device: Device, points: Tensor) => Promise<unknown>;

const WORKS: Record<string, Work> = {
  dbscan: (device, points) => dbscan(device, points, { eps: 0.6, minPoints: 5 }),
  "dbscan, cosine": (device, points) =>
    dbscan(device, points, { eps: 0.002, minPoints: 5, metric: "cosine" }),
  async dbscanPredict(device, points) {
    const found = await dbscan(device, points, { eps: 0.6, minPoints: 5 });
    return await onDevice(
      device,
      others,
      DIM,
      (device, queries) => dbscanPredict(device, points, found, queries),
    );
  },
  suggestEps: (device, points) => suggestEps(device, points, { minPoints: 5 }),
  kmeansPredict: (device, points) =>
    kmeansPredict(device, points, { centres, metric: "euclidean" }),
  kmeansTransform: (device, points) =>
    kmeansTransform(device, points, { centres, metric: "cosine" }),
  mixturePredict: (device, points) => mixturePredict(device, points, mixture),
  silhouette: (device, points) => silhouette(device, points, labels),
  "silhouette of many clusters": (device, points) => silhouette(device, points, many),
  "silhouette, cosine": (device, points) =>
    silhouette(device, points, labels, { metric: "cosine" }),
  silhouetteSample: (device, points) => silhouetteSample(device, points, labels, { size: 700 }),
  daviesBouldin: (device, points) => daviesBouldin(device, points, labels),
  calinskiHarabasz: (device, points) => calinskiHarabasz(device, points, labels),
  trustworthiness: (device, points) =>
    onDevice(device, map, 2, (device, projection) => trustworthiness(device, points, projection)),
  continuity: (device, points) =>
    onDevice(device, map, 2, (device, projection) => continuity(device, points, projection)),
  placeOnMap: (device, points) =>
    onDevice(
      device,
      others,
      DIM,
      (device, queries) => placeOnMap(device, queries, { points, map, iterations: 20 }),
    ),
  async "pca, scores of other points"(device, points) {
    const found = await pca(device, points, { components: 3 });
    return await onDevice(
      device,
      others,
      DIM,
      (device, queries) => found.transform(device, queries),
    );
  },
};

for (const [name, work] of Object.entries(WORKS)) {
  test(`${name}: any number of workers gives the same bits`, async () => {
    const first = new Map<string, unknown>();
    for (const one of devices().filter(({ family }) => family.startsWith("wasm"))) {
      const got = await onDevice(await one.open(), x, DIM, work);
      assert.equal(got, first.get(one.family) ?? got, one.name);
      first.set(one.family, got);
    }
  });
}

test.after(release);
test.run();
