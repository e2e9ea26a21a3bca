/** A real embedding, 2,000 images of MNIST: scikit-learn's results, the same on all devices. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { chooseK } from "../../shell/cluster/choose_k.ts";
import { dbscan } from "../../shell/cluster/dbscan.ts";
import type { Covariance } from "../../shell/cluster/gaussian.ts";
import { linkage, type LinkageMethod } from "../../shell/cluster/hierarchical.ts";
import { kmeans } from "../../shell/cluster/kmeans.ts";
import { cutByCount } from "../../shell/cluster/merge_tree.ts";
import { gaussianMixture } from "../../shell/cluster/mixture.ts";
import type { Device } from "../../shell/device/device.ts";
import { calinskiHarabasz, daviesBouldin } from "../../shell/metrics/dispersion.ts";
import { silhouette } from "../../shell/metrics/silhouette.ts";
import type { Tensor } from "../../shell/plan/tensor.ts";
import { pca } from "../../shell/project/pca.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/mnist_embedding_clusters.json" with { type: "json" };
import points from "../golden/mnist_embedding.json" with { type: "json" };
import { near } from "../harness.ts";
import { onDevice } from "./points.ts";

const test = suite("embedding");
retain();

const [n, dim] = points.shape;
const bytes = Uint8Array.from(atob(points.x), (letter) => letter.charCodeAt(0));
const x = Float32Array.from(new Int16Array(bytes.buffer), (v) => v / 1024);

const rowsOf = (ids: readonly number[]) =>
  Float32Array.from(ids.flatMap((i) => [...x.subarray(i * dim, (i + 1) * dim)]));

/** Numbers of clusters as the golden values write them. */
const labelsOf = (text: string) =>
  Int32Array.from(text, (letter) => letter === "-" ? -1 : parseInt(letter, 36));

/** Rows whose labels may differ: where float32 rounds to the other side of a border. */
const FEW = n / 1000;

/** Labels of the first device, by what they are labels of. */
const first = new Map<string, ArrayLike<number>>();

/** Labels are the golden ones, and those of all other devices. */
function same(what: string, got: ArrayLike<number>, want?: ArrayLike<number>): void {
  for (const other of [want ?? got, first.get(what) ?? got]) {
    assert.is(got.length, other.length, what);
    const differ = Array.from(got).filter((label, i) => label !== other[i]).length;
    assert.ok(differ <= FEW, `${what}: ${differ} of ${n} labels differ`);
  }
  if (!first.has(what)) first.set(what, got);
}

/**
 * One device of each family, because the number of workers makes no difference; of the GPUs the one
 * outside of browsers, because a CPU that plays a GPU takes long.
 */
const families = new Map(
  devices().filter(({ name }) => name !== "webgpu-builtin").map((one) => [one.family, one]),
);

for (const one of families.values()) {
  const gpu = one.family.startsWith("webgpu");
  const on = (name: string, run: (device: Device, rows: Tensor) => Promise<void>) =>
    test(`${one.name} ${name}`, async () => {
      const device = await one.open();
      await onDevice(device, x, dim, run);
    });

  on("K-Means from the same centres, and scores of its clusters", async (device, rows) => {
    const want = golden.kmeans;
    const centres = rowsOf(want.start);
    const found = await kmeans(device, rows, { clusters: 10, centres, tolerance: 0 });
    const labels = labelsOf(want.labels);
    same("kmeans", found.labels, labels);
    near([found.inertia], [want.inertia], { rel: 1e-5 }, "inertia");
    const { mean, samples } = await silhouette(device, rows, labels);
    near([mean], [want.silhouette], { rel: 1e-5 }, "silhouette");
    const some = Array.from(samples).filter((_, i) => i % 40 === 0);
    near(some, want.silhouettes, { abs: 1e-6, rel: 1e-5 }, "silhouettes");
    near([await daviesBouldin(device, rows, labels)], [want.davies_bouldin], { rel: 1e-5 }, "db");
    const score = await calinskiHarabasz(device, rows, labels);
    near([score], [want.calinski_harabasz], { rel: 1e-5 }, "Calinski-Harabasz");
  });

  on("DBSCAN", async (device, rows) => {
    for (const { eps, minPoints, labels } of golden.dbscan.slice(0, gpu ? 1 : 2)) {
      const found = await dbscan(device, rows, { eps, minPoints });
      same(`dbscan ${eps}`, found.labels, labelsOf(labels));
    }
  });

  on("trees, cut at ten clusters", async (device, rows) => {
    for (const { method, labels, heights } of golden.trees) {
      const tree = await linkage(device, rows, { method: method as LinkageMethod });
      same(method, cutByCount(tree, 10), labelsOf(labels));
      const some = Array.from(tree.heights).filter((_, i) => i % 20 === 0);
      near(some, heights, { rel: 1e-4 }, `heights, ${method}`);
    }
  });

  on("mixtures from the same parameters", async (device, rows) => {
    for (const want of golden.mixtures.slice(0, gpu ? 1 : 2)) {
      const covariance = want.covariance as Covariance, size = covariance === "full" ? dim : 1;
      const on = (at: number) => size === 1 || at % (dim * dim) % (dim + 1) === 0;
      const found = await gaussianMixture(device, rows, {
        components: 10,
        covariance,
        maxIterations: want.iterations,
        tolerance: 0,
        weights: new Array<number>(10).fill(0.1),
        means: rowsOf(golden.kmeans.start),
        precisions: Array.from({ length: 10 * dim * size }, (_, at) => on(at) ? want.precision : 0),
      });
      same(`mixture, ${covariance}`, found.labels, labelsOf(want.labels));
      near(found.weights, want.weights, { rel: 1e-3 }, "weights");
      const score = found.logLikelihoods.reduce((sum, one) => sum + one, 0) / n;
      near([score], [want.score], { rel: 1e-5 }, "log-likelihood");
    }
  });

  on("principal components", async (device, rows) => {
    const found = await pca(device, rows), want = golden.pca;
    near(found.mean, want.mean, { abs: 1e-6, rel: 1e-5 }, "mean");
    near(found.explainedVariance, want.explained_variance, { rel: 1e-5 }, "variances");
    for (let c = 0; c < dim; c++) {
      const [a, b] = [found.components, want.components.data].map((all) =>
        Array.from(all.slice(c * dim, (c + 1) * dim))
      );
      const sign = Math.sign(a.reduce((sum, v, j) => sum + v * b[j], 0));
      near(a.map((v) => v * sign), b, { abs: 1e-4 }, `component ${c}`);
    }
  });

  on("the number of clusters", async (device, rows) => {
    const few = { from: 2, to: 3, starts: 1, references: 1, bootstraps: 1, sample: 500 };
    const { rows: scores, recommended, clustering } = await chooseK(device, rows, few);
    assert.equal(scores.map(({ k }) => k), [2, 3]);
    assert.is(recommended, first.get("k")?.[0] ?? recommended);
    first.set("k", [recommended]);
    same("the recommended clustering", clustering.labels);
  });
}

test.after(release);
test.run();
