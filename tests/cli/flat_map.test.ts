/** The map in the columns x and y: few rows, narrow rows, and rows placed on a saved one. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeMap, type MapTask, placeOnMapOf } from "../../shell/run/flat_map.ts";
import { openWasm } from "../../shell/device/wasm.ts";
import { rejects } from "../data/fixtures.ts";
import { randoms } from "../harness.ts";

const test = suite("flat map");

/** Runs with what a map is made with, and the notes that are told. */
async function withTask(act: (task: MapTask, notes: string[]) => Promise<void>): Promise<void> {
  const device = await openWasm({ workers: 0 });
  const notes: string[] = [];
  const bar = { update: () => {}, done: () => {} };
  const { signal } = new AbortController();
  try {
    await act({ device, seed: 1, signal, bar, warn: (text) => notes.push(text) }, notes);
  } finally {
    await device.close();
  }
}

test("pca: other rows are placed where the map has their like", () =>
  withTask(async (task) => {
    const values = randoms(60 * 5, 3, -2, 2);
    const { map, tensors } = await makeMap("pca", { values, width: 5 }, task);
    assert.equal(await placeOnMapOf(tensors, { values, width: 5 }, task), map);
    const some = { values: values.slice(25, 50), width: 5 };
    assert.equal(await placeOnMapOf(tensors, some, task), map!.slice(10, 20));
    // The first axis has the larger variance.
    const variance = [0, 1].map((j) =>
      map!.reduce((sum, v, at) => at % 2 === j ? sum + v * v : sum)
    );
    assert.ok(variance[0] > variance[1]);
  }));

test("pca: rows of one number lie on a line, one row and equal rows at the middle", () =>
  withTask(async (task) => {
    const line = await makeMap("pca", { values: Float32Array.of(1, 2, 6), width: 1 }, task);
    assert.equal(Array.from(line.map!), [-2, 0, -1, 0, 3, 0]);
    const one = { values: Float32Array.of(7, 8, 9), width: 3 };
    assert.equal(Array.from((await makeMap("pca", one, task)).map!), [0, 0]);
    const same = { values: new Float32Array(12).fill(3), width: 3 };
    assert.ok((await makeMap("pca", same, task)).map!.every((v) => v === 0));
  }));

test("tsne, umap: places for few rows, and a note where they are too few", () =>
  withTask(async (task, notes) => {
    for (const [how, least] of [["tsne", 5], ["umap", 3]] as const) {
      for (const n of [least, 12]) {
        const points = { values: randoms(n * 3, n, -1, 1), width: 3 };
        const { map, tensors } = await makeMap(how, points, task);
        assert.is(map!.length, 2 * n, how);
        assert.ok(map!.every(Number.isFinite), how);
        assert.equal(tensors, {});
      }
      const few = { values: new Float32Array(3 * (least - 1)), width: 3 };
      assert.is((await makeMap(how, few, task)).map, undefined);
      assert.match(notes.pop()!, new RegExp(`a ${how} map needs at least ${least} rows`));
    }
    assert.equal(await makeMap("none", { values: new Float32Array(3), width: 3 }, task), {
      tensors: {},
    });
    assert.equal(notes, []);
  }));

test("a map of a file is not trusted", () =>
  withTask(async (task) => {
    const points = { values: randoms(20, 3), width: 2 };
    const { tensors } = await makeMap("pca", points, task);
    assert.is(await placeOnMapOf({}, points, task), undefined);
    const tensor = (shape: number[], value = 0) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
    });
    const wrong: [name: string, tensor: ReturnType<typeof tensor>][] = [
      ["map.mean", tensor([3])],
      ["map.components", tensor([2, 3])],
      ["map.components", tensor([3, 2])],
      ["map.components", tensor([0, 2])],
      ["map.mean", tensor([2], NaN)],
    ];
    for (const [name, one] of wrong) {
      await rejects(
        () => placeOnMapOf({ ...tensors, [name]: one }, points, task),
        /the model's map does not suit its codes: save it again/,
      );
    }
  }));

test.run();
