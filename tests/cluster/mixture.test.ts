import { suite } from "uvu";
import * as assert from "uvu/assert";
import { cholesky, fromCovariance, fromPrecision } from "../../shell/cluster/gaussian.ts";
import {
  gaussianMixture,
  type MixtureOptions,
  mixturePredict,
  type MixtureResult,
} from "../../shell/cluster/mixture.ts";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled, DataError } from "../../shell/errors.ts";
import { data } from "../../shell/plan/tensor.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/mixture.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";

const test = suite("mixture");
retain();

/** Fits rows of `dim` numbers, and checks that a prediction for them says the same. */
async function fit(
  device: Device,
  x: ArrayLike<number>,
  dim: number,
  options: MixtureOptions,
): Promise<MixtureResult> {
  const points = data("points", [x.length / dim, dim]);
  device.write(points, Float32Array.from(x));
  try {
    const got = await gaussianMixture(device, points, options);
    const again = await mixturePredict(device, points, got);
    near(again.logLikelihoods, got.logLikelihoods, { abs: 2e-4, rel: 1e-5 }, "log-likelihoods");
    near(again.probabilities, got.probabilities, { abs: 1e-3 }, "probabilities");
    return got;
  } finally {
    device.free(points);
  }
}

/** Density of a mixture in float64, from its definition. */
function logDensity(
  x: ArrayLike<number>,
  { weights, means, covariances }: MixtureResult,
): number[] {
  const k = weights.length, dim = means.length / k, full = covariances.length > means.length;
  return Array.from({ length: x.length / dim }, (_, i) => {
    let density = 0;
    for (let c = 0; c < k; c++) {
      const z = Array.from({ length: dim }, (_, j) => x[i * dim + j] - means[c * dim + j]);
      const matrix = covariances.slice(
        c * covariances.length / k,
        (c + 1) * covariances.length / k,
      );
      const l = full ? cholesky(matrix, dim)! : undefined;
      let log = -dim / 2 * Math.log(2 * Math.PI);
      const y: number[] = [];
      for (let j = 0; j < dim; j++) {
        const scale = l ? l[j * dim + j] : Math.sqrt(matrix[j]);
        y[j] = (z[j] - (l ? y.reduce((s, v, t) => s + v * l[j * dim + t], 0) : 0)) / scale;
        log -= y[j] ** 2 / 2 + Math.log(scale);
      }
      density += weights[c] * Math.exp(log);
    }
    return Math.log(density);
  });
}

/** Checks what a result says of itself. */
function verify(x: ArrayLike<number>, r: MixtureResult): void {
  const k = r.weights.length, n = r.labels.length;
  near([r.weights.reduce((a, b) => a + b)], [1], { abs: 1e-12 }, "weights");
  near(r.logLikelihoods, logDensity(x, r), { abs: 1e-4, rel: 1e-5 }, "log-likelihoods");
  for (let i = 0; i < n; i++) {
    const row = r.probabilities.slice(i * k, (i + 1) * k);
    near([row.reduce((a, b) => a + b)], [1], { abs: 1e-5 }, "probabilities");
    assert.is(row[r.labels[i]], Math.max(...row));
  }
  assert.is(r.history.length, r.iterations);
  r.history.forEach((score, t) => assert.ok(t === 0 || score > r.history[t - 1] - 1e-5));
}

for (const device of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${device.name} ${name}`, async () => await run(await device.open()));

  for (const { name, x, fits } of golden.cases) {
    on(`equals scikit-learn: ${name}`, async (device) => {
      for (const want of fits) {
        const { covariance, components, start, maxIterations, tolerance } = want;
        const got = await fit(device, x.data, x.shape[1], {
          covariance: covariance as "full",
          ...{ components, maxIterations, tolerance, weights: start.weights },
          ...{ means: start.means.data, precisions: start.precisions.data },
        });
        verify(x.data, got);
        const what = `${covariance} ${maxIterations}`;
        assert.is(got.labels.join(""), want.labels, what);
        assert.is(got.iterations, want.iterations, what);
        assert.is(got.converged, want.converged, what);
        const mean = got.logLikelihoods.reduce((a, b) => a + b) / got.labels.length;
        near([got.history.at(-1)!, mean], [want.lowerBound, want.score], { rel: 1e-5 }, what);
        near([got.bic, got.aic], [want.bic, want.aic], { rel: 1e-5 }, what);
        near(got.weights, want.weights, { abs: 1e-5 }, what);
        near(got.means, want.means.data, { rel: 1e-4, abs: 1e-4 }, what);
        const largest = Math.max(...want.covariances.data);
        near(got.covariances, want.covariances.data, { rel: 1e-4, abs: 1e-5 * largest }, what);
        const some = want.probabilities.data;
        near(got.probabilities.slice(0, some.length), some, { abs: 1e-4 }, what);
      }
    });
  }

  for (const covariance of ["full", "diagonal"] as const) {
    on(`finds groups from k-means, ${covariance}`, async (device) => {
      for (const [n, dim, k] of [[150, 17, 3], [90, 1, 2]]) {
        const x = groups(n, dim, k, 50);
        const got = await fit(device, x, dim, { components: k, covariance, seed: 1, starts: 2 });
        verify(x, got);
        // A group is every k-th point, in some order.
        const name = Array.from({ length: k }, (_, c) => got.labels[c]);
        assert.is(new Set(name).size, k);
        got.labels.forEach((label, i) => assert.is(label, name[i % k]));
      }
    });
  }

  on("tells of each iteration; starts from some given parameters", async (device) => {
    const x = groups(200, 2, 3), told: number[] = [];
    const got = await fit(device, x, 2, {
      components: 3,
      weights: [2, 1, 1],
      tolerance: 0,
      maxIterations: 5,
      onIteration: ({ start, iteration, score }) => told.push(start, iteration, score),
    });
    verify(x, got);
    assert.not(got.converged);
    assert.equal(told, got.history.flatMap((score, t) => [0, t + 1, score]));
  });

  on("takes constant columns and repeated points, but not without regCovar", async (device) => {
    const line = groups(90, 1, 3);
    const flat = Float32Array.from({ length: 180 }, (_, i) => i % 2 ? 7 : line[i >> 1]);
    for (const covariance of ["full", "diagonal"] as const) {
      const got = await fit(device, flat, 2, { components: 3, covariance });
      verify(flat, got);
      near([got.covariances[covariance === "full" ? 3 : 1]], [1e-6], { rel: 1e-6 }, covariance);
      try {
        await fit(device, flat, 2, { components: 3, covariance, regCovar: 0 });
        assert.unreachable();
      } catch (error) {
        assert.instance(error, DataError);
        assert.match((error as Error).message, /not positive definite: raise regCovar/);
      }
    }
    const same = await fit(device, new Float32Array(40).fill(3), 2, { components: 2 });
    assert.equal(Array.from(same.labels), new Array(20).fill(same.labels[0]));
  });

  on("refuses bad input in one sentence, stops on request", async (device) => {
    const x = randoms(40, 1);
    const message = async (options: MixtureOptions, values = x) => {
      try {
        await fit(device, values, 2, options);
      } catch (error) {
        if (error instanceof RangeError || error instanceof DataError) return error.message;
        throw error;
      }
      return "";
    };
    const two = { components: 2 };
    assert.match(await message({ components: 0 }), /components must be an integer of at least 1/);
    assert.match(await message({ components: 21 }), /21 components need at least as many points/);
    assert.match(await message({ ...two, covariance: "tied" as "full" }), /must be full or diag/);
    assert.match(await message({ ...two, tolerance: -1 }), /tolerance must be a finite number/);
    assert.match(await message({ ...two, regCovar: NaN }), /regCovar must be a finite number/);
    assert.match(
      await message({ ...two, weights: [1] }),
      /weights must be 2 finite numbers, got 1/,
    );
    assert.match(await message({ ...two, weights: [1, -1] }), /weights must be positive, got -1/);
    assert.match(await message({ ...two, means: [1, 2, 3, NaN] }), /means must be 4 finite/);
    const precisions = [1, 0, 0, -1, 1, 0, 0, 1];
    assert.match(
      await message({ ...two, precisions }),
      /given component 0 is not positive definite/,
    );
    const bad = x.map((v, i) => i === 5 ? Infinity : v);
    assert.match(await message(two, bad), /mixture: every number must be finite.* row 2, column 1/);
    try {
      await fit(device, x, 2, { ...two, signal: AbortSignal.abort() });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
    }
  });
}

test("covariance and precision give the same component", () => {
  const dim = 5, a = randoms(dim * dim, 3);
  const covariance = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < dim; j++) {
      covariance[i * dim + j] = i === j ? 0.1 : 0;
      for (let t = 0; t < dim; t++) covariance[i * dim + j] += a[i * dim + t] * a[j * dim + t];
    }
  }
  const one = fromCovariance(1, new Float64Array(dim), covariance, "it");
  // W W^T is the precision.
  const precision = new Float64Array(dim * dim).map((_, at) => {
    const i = Math.floor(at / dim), j = at % dim;
    let sum = 0;
    for (let t = 0; t < dim; t++) sum += one.whiten[i * dim + t] * one.whiten[j * dim + t];
    return sum;
  });
  const other = fromPrecision(1, one.mean, precision, "full", "it");
  near(other.covariance, covariance, { rel: 1e-9, abs: 1e-12 }, "covariance");
  // y = z W and z = y S^T undo each other.
  for (const { whiten, spread } of [one, other]) {
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j < dim; j++) {
        let sum = 0;
        for (let t = 0; t < dim; t++) sum += whiten[i * dim + t] * spread[j * dim + t];
        near([sum], [i === j ? 1 : 0], { abs: 1e-9 }, "W S^T");
      }
    }
  }
});

test("any number of workers gives the same bits, and all devices the same labels", async () => {
  const x = groups(600, 30, 15);
  const first = new Map<string, MixtureResult>();
  let labels: Uint32Array | undefined;
  for (const device of devices()) {
    const got = await fit(await device.open(), x, 30, {
      components: 15,
      seed: 4,
      starts: 1,
      maxIterations: 5,
    });
    if (device.family.startsWith("wasm")) {
      assert.equal(got, first.get(device.family) ?? got);
      first.set(device.family, got);
    }
    assert.equal(got.labels, labels ?? got.labels);
    labels = got.labels;
  }
});

test.after(release);
test.run();
