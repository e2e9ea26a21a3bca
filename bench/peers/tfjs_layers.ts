/** Layers of the networks that tfjs_page.ts trains, each in several ways; images are NHWC. */

import * as tf from "@tensorflow/tfjs-core";

/** A layer, with the shapes of a sample before and after it. */
export interface Layer {
  readonly type: "dense" | "conv" | "conv_transpose";
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly relu: boolean;
  /** Of convolutions: side of the kernel, stride, zeros around the larger image. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** How a layer is written: see {@link dense} and {@link convolution}. */
export type Variant = "plain" | "fused" | "transposed";

/** One layer of a batch. */
export type Applied = (x: tf.Tensor, w: tf.Variable, b: tf.Variable, first: boolean) => tf.Tensor;

type Save = (tensors: tf.Tensor[]) => void;

/** Numbers of a sample. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Ways of a dense layer. */
const dense: Record<Variant, Applied> = {
  /** Two ops. The gradient of the data is never computed: matMul's gradients are lazy. */
  plain: (x, w, b) => tf.add(tf.matMul(x, w as unknown as tf.Tensor), b),

  /** One op, whose backward pass always computes dx too, so not for the first layer. */
  fused: (x, w, b, first) =>
    first
      ? dense.plain(x, w, b, first)
      : tf.fused.matMul({ a: x, b: w as unknown as tf.Tensor, bias: b }),

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
    })(x, w, b),
};

type Sizes = [number, number, number, number];

/** Sizes of a whole batch. */
const sizes = (x: tf.Tensor, shape: readonly number[]) => [x.shape[0], ...shape] as Sizes;

/** Ways of a convolution and of its transpose, plain or fused with its bias like a dense layer. */
function convolution(layer: Layer, variant: Variant): Applied {
  const { type, from, to, stride, padding } = layer as Required<Layer>;
  const images = (x: tf.Tensor) => tf.reshape<tf.Rank.R4>(x, sizes(x, from));
  if (variant === "transposed") return ownGradients(layer as Required<Layer>, images);
  if (type === "conv_transpose") {
    return (x, w, b) => {
      const filter = w as unknown as tf.Tensor4D;
      return tf.add(tf.conv2dTranspose(images(x), filter, sizes(x, to), stride, padding), b);
    };
  }
  return (x, w, b, first) => {
    const filter = w as unknown as tf.Tensor4D;
    return variant === "fused" && !first
      ? tf.fused.conv2d({ x: images(x), filter, strides: stride, pad: padding, bias: b })
      : tf.add(tf.conv2d(images(x), filter, stride, padding), b);
  };
}

/** A convolution whose backward pass needs nothing but convolutions and their transposes. */
function ownGradients(
  { type, from, to, kernel, stride, padding }: Required<Layer>,
  images: (x: tf.Tensor) => tf.Tensor4D,
): Applied {
  const forward = type === "conv";
  const shrink = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, stride, padding);
  const enlarge = (x: tf.Tensor4D, w: tf.Tensor4D) =>
    tf.conv2dTranspose(x, w, sizes(x, forward ? from : to), stride, padding);
  const [there, back] = forward ? [shrink, enlarge] : [enlarge, shrink];
  return (x, w, b, first) =>
    tf.customGrad((...args) => {
      const [x, w, b, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, Save];
      save([x, w]);
      return {
        value: tf.add(there(x, w), b),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
          const [x, w] = saved as [tf.Tensor4D, tf.Tensor4D];
          const [large, small] = (forward ? [x, dy] : [dy, x]) as [tf.Tensor4D, tf.Tensor4D];
          return [
            first ? tf.zeros([1]) : back(dy as tf.Tensor4D, w),
            filterGradient(large, small, kernel, stride, padding),
            tf.sum(dy, [0, 1, 2]),
          ];
        },
      };
    })(images(x), w, b);
}

/** The gradient of the weights as a convolution over the batch, whose kernel is the smaller image. */
function filterGradient(
  large: tf.Tensor4D,
  small: tf.Tensor4D,
  kernel: number,
  stride: number,
  padding: number,
): tf.Tensor {
  const x = tf.transpose(large, [3, 1, 2, 0]);
  const w = tf.transpose(small, [1, 2, 0, 3]);
  const all = tf.conv2d(x, w, 1, padding, "NHWC", stride);
  const some = tf.slice(all, [0, 0, 0, 0], [-1, kernel, kernel, -1]);
  return tf.transpose(some, [1, 2, 0, 3]);
}

/** A layer written one way; relu is an op of its own. */
export function apply(layer: Layer, variant: Variant): Applied {
  const sums = layer.type === "dense" ? flat(dense[variant]) : convolution(layer, variant);
  return layer.relu ? (...args) => tf.relu(sums(...args)) : sums;
}

/** The samples as rows of numbers. */
function flat(layer: Applied): Applied {
  return (x, ...more) => layer(x.rank === 2 ? x : tf.reshape(x, [x.shape[0], -1]), ...more);
}

/**
 * Trainable weights and a bias, as ours start: uniform with Glorot's bound, a transposed convolution
 * with the fans of the one that it undoes; and zeros.
 */
export function variables(layer: Layer, seed: number): readonly [tf.Variable, tf.Variable] {
  const { type, from, to, kernel = 1, stride = 1 } = layer;
  const [large, small] = type === "conv_transpose" ? [to, from] : [from, to];
  const channels = (shape: readonly number[]) => type === "dense" ? sizeOf(shape) : shape[2];
  const [outer, inner] = [channels(large), channels(small)];
  const bound = Math.sqrt(6 / (kernel ** 2 * (outer + inner / stride ** 2)));
  const shape = type === "dense" ? [outer, inner] : [kernel, kernel, outer, inner];
  const bias = type === "dense" ? sizeOf(to) : to[2];
  return [
    tf.variable(tf.randomUniform(shape, -bound, bound, "float32", seed)),
    tf.variable(tf.zeros([bias])),
  ];
}
