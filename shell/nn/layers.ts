/** Layers as data: what a user composes, what a model file stores, what a decoder mirrors. */

import type { Activation } from "../kernels/activation.ts";

/** Shape of one sample: [numbers], or [height, width, channels] of an image. */
export type Shape = readonly number[];

/** A pair for the two directions of an image, or one number for both. */
export type Pair = number | readonly [vertical: number, horizontal: number];

/** `y = act(x w + b)`; an image is read as its numbers in a row. */
export interface Dense {
  /** Tells the layers apart. */
  readonly type: "dense";
  /** Numbers that come out, 1 or more. */
  readonly units: number;
  /** What is applied to each number that comes out. */
  readonly activation: Activation;
}

/** A convolution over images, weights [kernel, kernel, channels in, channels out]. */
export interface Conv {
  /** Tells the layers apart. */
  readonly type: "conv";
  /** Channels that come out, 1 or more. */
  readonly channels: number;
  /** Height and width of the kernel. */
  readonly kernel: Pair;
  /** Pixels from one place of the kernel to the next, down and across. */
  readonly stride: Pair;
  /** Rows and columns of zeros at each side. */
  readonly padding: Pair;
  /** What is applied to each number that comes out. */
  readonly activation: Activation;
}

/** The transpose of a convolution, which makes images of `size`. */
export interface ConvTranspose {
  /** Tells the layers apart. */
  readonly type: "conv_transpose";
  /** Channels that come out, 1 or more. */
  readonly channels: number;
  /** Height and width of what comes out: a stride alone leaves it open. */
  readonly size: readonly [height: number, width: number];
  /** Height and width of the kernel. */
  readonly kernel: Pair;
  /** Pixels from one place of the kernel to the next, down and across. */
  readonly stride: Pair;
  /** Rows and columns of zeros at each side. */
  readonly padding: Pair;
  /** What is applied to each number that comes out. */
  readonly activation: Activation;
}

/** The largest or the mean number of each window. */
export interface Pool {
  /** Tells the layers apart. */
  readonly type: "max_pool" | "average_pool";
  /** Height and width of the window. */
  readonly window: Pair;
  /** Pixels from one place of the kernel to the next, down and across. */
  readonly stride: Pair;
}

/** Batch normalisation over the last dimension. */
export interface BatchNorm {
  /** Tells the layers apart. */
  readonly type: "batch_norm";
}

/** An activation on its own, after a normalisation. */
export interface Activate {
  /** Tells the layers apart. */
  readonly type: "activation";
  /** What is applied to each number that comes out. */
  readonly activation: Activation;
}

/** Divides each sample by its Euclidean length: all codes lie on the unit sphere. */
export interface Unit {
  /** Tells the layers apart. */
  readonly type: "unit";
}

/** Zeroes a share `rate` of the numbers while training. */
export interface Dropout {
  /** Tells the layers apart. */
  readonly type: "dropout";
  /** Share of the numbers that training zeroes, 0 to below 1; the others grow by 1 / (1 - rate). */
  readonly rate: number;
}

/** Reads the same numbers as samples of another shape. */
export interface Reshape {
  /** Tells the layers apart. */
  readonly type: "reshape";
  /** Shape that comes out, of as many numbers as go in. */
  readonly shape: Shape;
}

/** One layer of a network. */
export type Layer =
  | Dense
  | Conv
  | ConvTranspose
  | Pool
  | BatchNorm
  | Activate
  | Unit
  | Dropout
  | Reshape;

/** Settings of {@link mlp}. */
export interface MlpOptions {
  /** Of the hidden layers; default relu. */
  readonly activation?: Activation;
  /** Of the last layer; default identity. */
  readonly output?: Activation;
  /** Share of the hidden numbers that training zeroes; default 0. */
  readonly dropout?: number;
  /** Normalises the hidden layers' sums over the batch before their activation; default false. */
  readonly normalise?: boolean;
  /** Divides what the last layer makes by its length; default false. */
  readonly unit?: boolean;
}

/** Dense layers of these sizes: `mlp([500, 500, 2000, 10])`. */
export function mlp(sizes: readonly number[], options: MlpOptions = {}): Layer[] {
  const { activation = "relu", output = "identity", dropout = 0, normalise = false } = options;
  return sizes.flatMap((units, i): Layer[] => {
    if (i === sizes.length - 1) {
      return [
        { type: "dense", units, activation: output },
        ...options.unit ? [{ type: "unit" } as const] : [],
      ];
    }
    return [
      { type: "dense", units, activation: normalise ? "identity" : activation },
      ...after(activation, normalise, dropout),
    ];
  });
}

/** What follows the sums of a hidden layer. */
function after(activation: Activation, normalise: boolean, dropout: number): Layer[] {
  return [
    ...normalise
      ? [{ type: "batch_norm" } as const, { type: "activation", activation } as const]
      : [],
    ...dropout > 0 ? [{ type: "dropout", rate: dropout } as const] : [],
  ];
}

/** One convolution of {@link conv}. */
export interface ConvOptions {
  /** Channels that come out, 1 or more. */
  readonly channels: number;
  /** Side of the kernel; default 3. */
  readonly kernel?: Pair;
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros around the image; default half of the kernel, so that stride 1 keeps the size. */
  readonly padding?: Pair;
}

/** Convolutions: `conv([{ channels: 32, kernel: 5, stride: 2 }, ...])`. */
export function conv(
  layers: readonly ConvOptions[],
  options: Pick<MlpOptions, "activation" | "normalise" | "dropout"> = {},
): Layer[] {
  const { activation = "relu", normalise = false, dropout = 0 } = options;
  return layers.flatMap(({ channels, kernel = 3, stride = 1, padding }): Layer[] => [
    {
      type: "conv",
      channels,
      kernel,
      stride,
      padding: padding ?? halfOf(kernel),
      activation: normalise ? "identity" : activation,
    },
    ...after(activation, normalise, dropout),
  ]);
}

function halfOf(kernel: Pair): Pair {
  return typeof kernel === "number"
    ? kernel >> 1
    : kernel.map((side) => side >> 1) as [number, number];
}

/** Both numbers of a pair. */
export function both(pair: Pair): readonly [number, number] {
  return typeof pair === "number" ? [pair, pair] : pair;
}

/** Numbers in a sample. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}
