/**
 * What tfjs.ts runs inside a page: whole training steps and matrix products with TensorFlow.js.
 *
 * The step is written as tfjs does it best: the data set is resident and a batch is one gather,
 * everything is inside one tidy, gradients come from variableGrads and go to tf.train.adam, and
 * nothing is read back but one number at the end of a timed group of steps, which waits for all.
 */

import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";

/** One network to train. */
export interface Network {
  readonly sizes: readonly number[];
  /** Layers without relu, counted from 0. */
  readonly linear: readonly number[];
  readonly batch: number;
  readonly classifies: boolean;
}

/** How a dense layer is written; see {@link layers}. */
export type Variant = "plain" | "fused" | "transposed";

/** Milliseconds of one step (or product), one value per timed group. */
export interface Timing {
  readonly ms: number[];
  /** The loss of the first and the last step: the network does learn. */
  readonly losses?: [number, number];
}

type Layer = (x: tf.Tensor2D, w: tf.Variable, b: tf.Variable, first: boolean) => tf.Tensor2D;

const layers: Record<Variant, Layer> = {
  /** Two ops. The gradient of the data is never computed: matMul's gradients are lazy. */
  plain: (x, w, b) => tf.add(tf.matMul(x, w as unknown as tf.Tensor2D), b),

  /** One op, whose backward pass always computes dx too, so not for the first layer. */
  fused: (x, w, b, first) =>
    first
      ? layers.plain(x, w, b, first)
      : tf.fused.matMul({ a: x, b: w as unknown as tf.Tensor2D, bias: b }) as tf.Tensor2D,

  /** Backward products of tensors transposed beforehand: the WASM backend's own are slow. */
  transposed: (x, w, b, first) =>
    tf.customGrad((...args) => {
      const [x, w, b, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, Save];
      save([x, w]);
      return {
        value: tf.fused.matMul({ a: x, b: w, bias: b }) as tf.Tensor2D,
        gradFunc: (dy: tf.Tensor2D, saved: tf.Tensor[]) => {
          const [x, w] = saved as [tf.Tensor2D, tf.Tensor2D];
          return [
            first ? tf.zeros([1]) : tf.matMul(dy, tf.transpose(w)),
            tf.matMul(tf.transpose(x), dy),
            tf.sum(dy, 0),
          ];
        },
      };
    })(x, w, b) as tf.Tensor2D,
};

type Save = (tensors: tf.Tensor[]) => void;

let x: tf.Tensor2D;
let y: tf.Tensor2D;

/** Chooses the backend and uploads the first `rows` images; says what was really chosen. */
async function open(backend: string, threads: number, rows: number): Promise<string> {
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
  if (backend !== "webgpu") return `${getThreadsCount()} threads`;
  const { vendor, architecture, description } = (await navigator.gpu.requestAdapter())!.info;
  return [vendor, architecture, description].filter(Boolean).join(" ");
}

/** The whole training step of a network; the caller disposes of the loss. */
function makeStep(network: Network, variant: Variant): () => tf.Scalar {
  const { sizes, linear, batch, classifies } = network;
  const weights = sizes.slice(1).map((outputs, i) => {
    const bound = Math.sqrt(1 / sizes[i]);
    return tf.variable(tf.randomUniform([sizes[i], outputs], -bound, bound, "float32", i));
  });
  const biases = sizes.slice(1).map((outputs) => tf.variable(tf.zeros([outputs])));
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
        let out = inputs;
        weights.forEach((w, i) => {
          out = layers[variant](out, w, biases[i], i === 0);
          if (!linear.includes(i)) out = tf.relu(out);
        });
        return classifies
          ? tf.losses.softmaxCrossEntropy(wanted, out) as tf.Scalar
          : tf.mean(tf.squaredDifference(out, wanted)) as tf.Scalar;
      });
      adam.applyGradients(grads as Parameters<typeof adam.applyGradients>[0]);
      return value;
    });
}

/** Times groups of calls, each closed by reading one number of the last result. */
async function time(call: () => tf.Tensor, seconds: number): Promise<Timing["ms"]> {
  const group = async (count: number) => {
    const start = performance.now();
    for (let i = 1; i < count; i++) call().dispose();
    const last = call();
    const one = tf.tidy(() => tf.slice(tf.reshape(last, [-1]), [0], [1]));
    await one.data();
    const ms = (performance.now() - start) / count;
    tf.dispose([last, one]);
    return ms;
  };
  await group(1); // compiles
  const pilot = await group(1);
  // Long enough that the reading at the end hardly counts.
  const count = Math.max(1, Math.round(Math.min(seconds * 100, 400) / pilot));
  const ms: number[] = [];
  const end = performance.now() + seconds * 1e3;
  while (ms.length < 3 || performance.now() < end) ms.push(await group(count));
  return ms;
}

/** Times the training step of one network. */
async function train(network: Network, variant: Variant, seconds: number): Promise<Timing> {
  const step = makeStep(network, variant);
  const loss = async () => {
    const value = step();
    const [number] = await value.data();
    value.dispose();
    return number;
  };
  const before = await loss();
  const ms = await time(step, seconds);
  return { ms, losses: [before, await loss()] };
}

/** Times one form of product: "nn" x w, "nt" dy w^T, "tn" x^T dy. */
async function multiply(form: string, m: number, k: number, n: number, seconds: number) {
  const [a, w, dy] = [tf.randomNormal([m, k]), tf.randomNormal([k, n]), tf.randomNormal([m, n])];
  const products: Record<string, () => tf.Tensor> = {
    nn: () => tf.matMul(a, w),
    nt: () => tf.matMul(dy, w, false, true),
    tn: () => tf.matMul(a, dy, true, false),
  };
  const ms = await time(products[form], seconds);
  tf.dispose([a, w, dy]);
  return { ms };
}

/** What the driver calls. */
export const page = { open, train, multiply };
Object.assign(globalThis, { peer: page });
