import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { Cancelled, TrainingError } from "../../shell/errors.ts";
import { placeOnMap } from "../../shell/project/place.ts";
import { tsne, type TsneOptions, type TsneProgress } from "../../shell/project/tsne.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/tsne.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { groups } from "../kernels/clustering.ts";
import { divergence, full, joint, placed, type Values } from "./divergence.ts";
import { type Matrix, SETS } from "./golden.ts";

const test = suite("t-SNE");
retain();

const map = (device: Device, x: Values, options: TsneOptions = {}) =>
  placed(device, [x], (points) => tsne(device, points, options));

const first = new Map<string, Float32Array>();
const tried = new Set<string>();
const forty: Matrix = golden.joint.x;
const blobs: Values = { shape: [300, 6], data: groups(300, 6, 5) };

for (const { name: machine, family, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));
  const wasm = family.startsWith("wasm");
  /** Long runs: once for each build of the engine. */
  const once = !tried.has(family);
  tried.add(family);

  for (const [name, want] of Object.entries(golden.runs)) {
    const set = name.split(",")[0];
    // A CPU that plays a GPU takes too long.
    if (!once || !wasm) continue;
    on(`${name}: diverges no more than scikit-learn's map`, async (device) => {
      const { perplexity, components: dims, kl } = want;
      const x = SETS[set];
      const p = full(await joint(device, x, perplexity));
      for (const repulsion of ["exact", "tree"] as const) {
        const found = await map(device, x, { dimensions: dims, perplexity, repulsion });
        const exact = divergence(p, found.positions, dims);
        assert.ok(exact < 1.03 * kl, `${repulsion}: ${exact}, scikit-learn ${kl}`);
        near([found.kl], [exact], { rel: repulsion === "exact" ? 1e-4 : 0.01 }, "divergence");
        const { history } = found;
        assert.equal(history.map((one) => one.iteration), history.map((_, i) => 50 * (i + 1)));
        assert.is(history[19].kl, found.kl);
        assert.ok(history[19].kl < history[4].kl);
      }
    });
  }

  on("has the same bits with any number of workers, however it is watched", async (device) => {
    const p = full(await joint(device, blobs, 12));
    const ways = [["tree", 3], ["exact", 2], ["tree", 2]] as const;
    // A CPU that plays a GPU takes long.
    for (const [repulsion, dims] of ways.slice(0, wasm ? 3 : 2)) {
      const options = { perplexity: 12, iterations: 45, exaggerationIterations: 30 };
      const { positions, kl } = await map(device, blobs, {
        ...options,
        repulsion,
        dimensions: dims,
      });
      near([kl], [divergence(p, positions, dims)], { rel: 5e-3 }, "divergence");
      assert.ok(kl < 1.5, `${kl}`);
      if (!wasm) continue;
      const key = `${family} ${repulsion} ${dims}`;
      const before = first.get(key);
      if (before) {
        assert.equal(positions, before, `${key}: other bits with another worker count`);
      } else {
        first.set(key, positions);
        const watched = {
          repulsion,
          dimensions: dims,
          klEvery: 7,
          progressEvery: 4,
          onProgress: () => {},
        };
        const other = await map(device, blobs, { ...options, ...watched });
        assert.equal(other.positions, positions, `${key}: other bits when watched`);
      }
    }
  });

  on("small and degenerate points have a map", async (device) => {
    const few = { iterations: wasm ? 60 : 12, exaggerationIterations: wasm ? 20 : 4 };
    const cases: Record<string, [Values, number]> = {
      "five points": [{ shape: [5, 3], data: randoms(15, 2) }, 1],
      "one column": [{ shape: [12, 1], data: randoms(12, 2) }, 3],
      "all at one place": [{ shape: [20, 3], data: new Float32Array(60).fill(2) }, 4],
      "two places": [
        { shape: [40, 2], data: Float32Array.from({ length: 80 }, (_, i) => i % 4) },
        5,
      ],
      "half of them duplicates": [
        { shape: [40, 2], data: randoms(80, 3).map((v, i) => i < 40 ? 0.5 : v) },
        5,
      ],
    };
    for (const [name, [x, perplexity]] of Object.entries(cases)) {
      for (const repulsion of wasm ? ["exact", "tree"] as const : ["tree"] as const) {
        const { positions, kl } = await map(device, x, { ...few, perplexity, repulsion });
        assert.ok(positions.every(Number.isFinite) && Number.isFinite(kl), name);
        assert.is(positions.length, 2 * x.shape[0]);
        assert.ok(new Set(positions).size > 2, `${name}: nothing moved`);
      }
    }
    const usual = await map(device, forty, few);
    const third = await map(device, forty, { ...few, perplexity: 13 });
    assert.equal(usual.positions, third.positions, "the usual perplexity of 40 points");
  });

  on("tells how far it is, shows the map, stops on request", async (device) => {
    const told: TsneProgress[] = [];
    const maps: Float32Array[] = [];
    const options = { perplexity: 5, iterations: 25, exaggerationIterations: 10, klEvery: 10 };
    const found = await map(device, forty, {
      ...options,
      progressEvery: 2,
      onProgress: async (progress) => {
        told.push(progress);
        maps.push(await progress.positions());
      },
    });
    const iterations = told.map(({ iteration }) => iteration);
    assert.equal(iterations, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 25]);
    assert.equal(told.map(({ early }) => early).lastIndexOf(true), 3);
    assert.equal(told.filter(({ kl }) => kl !== undefined).map((p) => p.iteration), [10, 20, 25]);
    assert.equal(maps[12], found.positions);
    assert.not.equal(maps[11], found.positions);
    const stop = new AbortController();
    let last = 0;
    try {
      await map(device, forty, {
        ...options,
        signal: stop.signal,
        onProgress: ({ iteration }) => {
          last = iteration;
          if (iteration === 3) stop.abort();
        },
      });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Cancelled);
      assert.is(last, 3);
    }
  });

  on("starts at random or where it is told", async (device) => {
    const options = { perplexity: 5, iterations: 1, learningRate: 1e-6 };
    const at = async (more: TsneOptions) =>
      (await map(device, forty, { ...options, ...more })).positions;
    const one = await at({ init: "random", seed: 1 });
    assert.equal(await at({ init: "random", seed: 1 }), one);
    assert.not.equal(await at({ init: "random", seed: 2 }), one);
    const init = randoms(80, 3);
    near(await at({ init }), init, { abs: 1e-5 }, "given");
    const pca = await at({});
    const column = pca.filter((_, i) => i % 2 === 0);
    const mean = column.reduce((a, b) => a + b, 0) / 40;
    const deviation = Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40);
    near([deviation], [1e-4], { rel: 1e-3 }, "deviation");
  });

  on("new points come to lie by their likes, one by one", async (device) => {
    const n = 300, dim = 6;
    const x = groups(n, dim, 5);
    const old = await map(device, { shape: [n, dim], data: x }, {
      perplexity: 15,
      iterations: wasm ? 150 : 60,
      exaggerationIterations: wasm ? 100 : 40,
    });
    const news = Float32Array.from(x.subarray(0, 20 * dim), (v, at) => v + 0.01 * (at % 3));
    const place = (from: number, to: number, more = {}) =>
      placed(
        device,
        [{ shape: [n, dim], data: x }, {
          shape: [to - from, dim],
          data: news.subarray(from * dim, to * dim),
        }],
        (points, queries) =>
          placeOnMap(device, queries, { points, map: old.positions, iterations: 60, ...more }),
      );
    const all = await place(0, 20);
    const span = Math.max(...old.positions) - Math.min(...old.positions);
    for (let i = 0; i < 20; i++) {
      const away = Math.hypot(
        all[2 * i] - old.positions[2 * i],
        all[2 * i + 1] - old.positions[2 * i + 1],
      );
      assert.ok(away < 0.1 * span, `point ${i}: ${away} of ${span}`);
    }
    near(await place(7, 9), all.subarray(14, 18), { abs: 1e-3 * span }, "alone");
    assert.not.equal(await place(0, 20, { iterations: 1 }), all);
    const before = old.positions;
    const fails = async (more: object, pattern: RegExp) => {
      try {
        await place(0, 1, more);
      } catch (error) {
        return assert.match((error as Error).message, pattern);
      }
      assert.unreachable(`${pattern}`);
    };
    await fails({ map: before.subarray(1) }, /a map of 300 points must have 2 or 3 numbers/);
    await fails({ map: before.with(3, NaN) }, /every number of a map must be finite/);
    await fails(
      { perplexity: 0 },
      /perplexity must be from 1 to 100 where 300 points can be neighbours, got 0/,
    );
    await fails({ iterations: 0 }, /iterations must be a positive integer, got 0/);
  });

  on("refuses what has no answer", async (device) => {
    const fails = async (options: TsneOptions, pattern: RegExp, x: Values = forty) => {
      try {
        await map(device, x, options);
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TrainingError, `${error}`);
        return assert.match((error as Error).message, pattern);
      }
      assert.unreachable(`${pattern}`);
    };
    const four = { shape: [4, 2], data: randoms(8, 1) };
    await fails({ perplexity: 1 }, /t-SNE: a map needs at least 5 points, got 4/, four);
    await fails(
      { perplexity: 13.01 },
      /perplexity must be from 1 to 13 where 39 .*, got 13.01: take/,
    );
    await fails({ perplexity: 0.5 }, /perplexity must be from 1/);
    await fails({ perplexity: NaN }, /got NaN/);
    await fails({ perplexity: 5, dimensions: 4 }, /dimensions must be 2 or 3, got 4/);
    await fails({ perplexity: 5, iterations: 0 }, /iterations must be a positive integer, got 0/);
    await fails({ perplexity: 5, learningRate: -1 }, /learningRate must be .* got -1/);
    await fails({ perplexity: 5, exaggeration: 0.5 }, /exaggeration must be .* got 0.5/);
    await fails({ perplexity: 5, theta: -1 }, /theta must be .* got -1/);
    await fails({ perplexity: 5, init: new Float32Array(3) }, /40 x 2 positions, got 3 numbers/);
    const bad = { shape: [5, 2], data: randoms(10, 1).with(3, NaN) };
    await fails({ perplexity: 1 }, /finite, got NaN or infinity in row 1, column 1/, bad);
    const wild = { perplexity: 5, learningRate: 1e38, iterations: 20 };
    await fails(wild, /a position is no longer finite: take a lower learning rate/);
  });
}

test.after(release);
test.run();
