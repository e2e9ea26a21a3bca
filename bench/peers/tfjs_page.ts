/**
 * What tfjs.ts runs inside a page: whole training steps and matrix products with TensorFlow.js.
 *
 * The step is written as tfjs does it best: the data set is resident and a batch is one gather,
 * everything is inside one tidy, gradients come from variableGrads and go to tf.train.adam, and
 * nothing is read back but one number at the end of a timed group of steps, which waits for all.
 */

import "@tensorflow/tfjs-backend-cpu";
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { apply, type Layer, variables, type Variant } from "./tfjs_layers.ts";

/** One network to train. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly batch: number;
  readonly classifies: boolean;
}

/** Milliseconds of one step (or product), one value per timed group. */
export interface Timing {
  readonly ms: number[];
  /** A number of the first and the last result: the losses of a step, for the network to learn. */
  readonly first: number;
  readonly last: number;
}

/** What really runs. */
export interface About {
  readonly version: string;
  readonly threads?: number;
  readonly adapter?: string;
}

let x: tf.Tensor2D;
let y: tf.Tensor2D;

/** Chooses the backend and uploads the first `rows` images; says what was really chosen. */
async function open(backend: string, threads: number, rows: number): Promise<About> {
  tf.enableProdMode();
  setWasmPaths("/tfjs-wasm/");
  setThreadsCount(threads);
  await tf.setBackend(backend);
  await tf.ready();
  const load = async (name: string, header: number) =>
    new Uint8Array(await (await fetch(`/mnist/${name}`)).arrayBuffer()).subarray(header);
  const pixels = (await load("train-images-idx3-ubyte", 16)).subarray(0, rows * 784);
  const labels = (await load("train-labels-idx1-ubyte", 8)).subarray(0, rows);
  x = tf.tensor2d(Float32Array.from(pixels, (pixel) => pixel / 255), [rows, 784]);
  y = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), 10), "float32") as tf.Tensor2D;
  const version = tf.version_core;
  if (backend === "cpu") return { version, threads: 1 };
  if (backend === "wasm") return { version, threads: getThreadsCount() };
  const { vendor, architecture, description } = (await navigator.gpu.requestAdapter())!.info;
  return { version, adapter: [vendor, architecture, description].filter(Boolean).join(" ") };
}

/** The whole training step of a network; the caller disposes of the loss. */
function makeStep(network: Network, variant: Variant): () => tf.Scalar {
  const { batch, classifies } = network;
  const layers = network.layers.map((layer) => apply(layer, variant));
  const trained = network.layers.map(variables);
  const adam = tf.train.adam(1e-3);
  const order = tf.util.createShuffledIndices(x.shape[0]);
  let at = 0;
  return () =>
    tf.tidy(() => {
      if (at + batch > order.length) at = 0;
      const rows = tf.tensor1d(Int32Array.from(order.subarray(at, at += batch)), "int32");
      const inputs = tf.gather(x, rows);
      const wanted = classifies ? tf.gather(y, rows) : inputs;
      const { value, grads } = tf.variableGrads(() => {
        const made = layers.reduce<tf.Tensor>(
          (h, layer, i) => layer(h, ...trained[i], i === 0),
          inputs,
        );
        const out = tf.reshape(made, wanted.shape);
        return classifies
          ? tf.losses.softmaxCrossEntropy(wanted, out) as tf.Scalar
          : tf.mean(tf.squaredDifference(out, wanted)) as tf.Scalar;
      });
      adam.applyGradients(grads as Parameters<typeof adam.applyGradients>[0]);
      return value;
    });
}

/**
 * Times groups of calls, each closed by reading one number of the last result. The first call
 * compiles and is not counted. At least `least` groups, then until the seconds are over.
 */
async function time(call: () => tf.Tensor, seconds: number, least: number): Promise<Timing> {
  const group = async (count: number) => {
    const start = performance.now();
    for (let i = 1; i < count; i++) call().dispose();
    const last = call();
    const one = tf.tidy(() => tf.slice(tf.reshape(last, [-1]), [0], [1]));
    const [value] = await one.data();
    const elapsed = (performance.now() - start) / count;
    tf.dispose([last, one]);
    return { value, elapsed };
  };
  const end = performance.now() + seconds * 1e3;
  const { value: first } = await group(1);
  const pilot = await group(1);
  // Groups so long that the reading at the end hardly counts.
  const count = Math.max(1, Math.round(Math.min(seconds * 100, 400) / pilot.elapsed));
  const ms = count === 1 ? [pilot.elapsed] : [];
  let last = pilot.value;
  while (ms.length < least || performance.now() < end) {
    const { value, elapsed } = await group(count);
    ms.push(elapsed);
    last = value;
  }
  return { ms, first, last };
}

/** Times the training step of one network. */
function train(network: Network, variant: Variant, seconds: number, least: number) {
  return time(makeStep(network, variant), seconds, least);
}

/** Times one form of product: "nn" x w, "nt" dy w^T, "tn" x^T dy. */
async function multiply(form: string, [m, k, n]: readonly number[], seconds: number) {
  const [a, w, dy] = [tf.randomNormal([m, k]), tf.randomNormal([k, n]), tf.randomNormal([m, n])];
  const products: Record<string, () => tf.Tensor> = {
    nn: () => tf.matMul(a, w),
    nt: () => tf.matMul(dy, w, false, true),
    tn: () => tf.matMul(a, dy, true, false),
  };
  const timing = await time(products[form], seconds, 3);
  tf.dispose([a, w, dy]);
  return timing;
}

/** What the driver calls. */
export const page = { open, train, multiply };
Object.assign(globalThis, { peer: page });
