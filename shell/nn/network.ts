import { activate, dropout, unitRows } from "../ops/elementwise.ts";
import { conv2d, convTranspose2d } from "../ops/conv.ts";
import type { ImageShape } from "../ops/images.ts";
import { linear } from "../ops/linear.ts";
import { averagePool, maxPool } from "../ops/pool.ts";
import type { Graph, Scalar } from "../plan/graph.ts";
import type { Tensor } from "../plan/tensor.ts";
import { batchNormalisation } from "./batch_norm.ts";
import { both, type Conv, type ConvTranspose, type Layer, type Shape, sizeOf } from "./layers.ts";
import { type Initialiser, INITIALISERS, type Parameters } from "./parameters.ts";
import { shapesThrough } from "./shapes.ts";

/** How a network is applied. */
export interface Mode {
  /** While training, dropout and batch normalisation act differently. Default false. */
  readonly training?: boolean;
  /** Seed of the random numbers that layers draw; default 0. */
  readonly seed?: number;
  /** Counter of those numbers: changes with every step. */
  readonly step?: Scalar | number;
}

/** Layers with parameters. */
export interface Network {
  /** As they were given. */
  readonly layers: readonly Layer[];
  /** Shape of a sample. */
  readonly input: Shape;
  /** Shape of what comes out. */
  readonly output: Shape;
  /** Records the forward pass of x, m samples of `input`; the result is m samples of `output`. */
  apply(g: Graph, x: Tensor, mode?: Mode): Tensor;
}

/** One layer with its parameters. */
type Applied = (g: Graph, x: Tensor, mode: Mode) => Tensor;

/** Streams of the seed for the random numbers that layers draw. */
const LAYER_STREAM = 0x4c0000;

/**
 * Layers one after the other.
 *
 * @param name prefix of the parameters' names: `NAME.0.weight`, `NAME.0.bias`, ...; the number
 * counts the layers that have parameters
 * @throws RangeError if a layer cannot take what the one before makes
 */
export function network(
  parameters: Parameters,
  name: string,
  input: Shape,
  layers: readonly Layer[],
  initialiser: Initialiser = INITIALISERS.glorot,
): Network {
  const shapes = shapesThrough(input, layers, name);
  let weighted = 0;
  const applied = layers.map((layer, i): Applied => {
    const context = { parameters, initialiser, stream: LAYER_STREAM + i };
    const named = hasParameters(layer) ? `${name}.${weighted++}` : name;
    return build(layer, shapes[i], shapes[i + 1], { ...context, name: named });
  });
  return {
    layers,
    input,
    output: shapes.at(-1)!,
    apply: (g, x, mode = {}) => applied.reduce((h, layer) => layer(g, h, mode), x),
  };
}

function hasParameters(layer: Layer): boolean {
  return ["dense", "conv", "conv_transpose", "batch_norm"].includes(layer.type);
}

interface Context {
  readonly parameters: Parameters;
  readonly initialiser: Initialiser;
  readonly name: string;
  readonly stream: number;
}

function build(layer: Layer, from: Shape, to: Shape, c: Context): Applied {
  switch (layer.type) {
    case "dense": {
      const [w, b] = weights(c, [sizeOf(from), sizeOf(to)], sizeOf(from), sizeOf(to));
      return (g, x) => linear(g, x, w, b, layer.activation);
    }
    case "conv":
    case "conv_transpose":
      return convolution(layer, from as ImageShape, to, c);
    case "max_pool":
    case "average_pool": {
      const pool = layer.type === "max_pool" ? maxPool : averagePool;
      const { window, stride } = layer;
      return (g, x) => pool(g, x, { window, stride, image: from as ImageShape });
    }
    case "batch_norm": {
      const norm = batchNormalisation(c.parameters, c.name, from.at(-1)!);
      return (g, x, { training = false }) => norm.apply(g, x, training);
    }
    case "activation":
      return (g, x) => activate(g, x, layer.activation);
    case "unit":
      return (g, x) => unitRows(g, x);
    case "dropout":
      return (g, x, { training, seed = 0, step = 0 }) =>
        training && layer.rate > 0
          ? dropout(g, x, 1 - layer.rate, { seed, stream: c.stream, step })
          : x;
    case "reshape":
      return (_, x) => x;
    default:
      throw new TypeError(`${c.name}: there is no layer of the type ${(layer as Layer).type}`);
  }
}

/** A convolution, or its transpose, whose weights are those of the convolution that it undoes. */
function convolution(
  layer: Conv | ConvTranspose,
  from: ImageShape,
  to: Shape,
  c: Context,
): Applied {
  const { stride, activation } = layer;
  const [kh, kw] = both(layer.kernel);
  const [co, ci] = [to[2], from[2]];
  const { weight, bias } = c.initialiser;
  // A window meets one in so many pixels of the larger image.
  const rare = both(stride).reduce((a, b) => a * b);
  const forward = layer.type === "conv";
  const shape = forward ? [kh, kw, ci, co] : [kh, kw, co, ci];
  const fanIn = kh * kw * ci / (forward ? 1 : rare);
  const fanOut = kh * kw * co / (forward ? rare : 1);
  const w = c.parameters.add(`${c.name}.weight`, shape, weight(fanIn, fanOut));
  const b = c.parameters.add(`${c.name}.bias`, [co], bias(fanIn, fanOut));
  const options = { stride, padding: both(layer.padding), activation, image: from };
  if (forward) return (g, x) => conv2d(g, x, w, b, options);
  return (g, x) => convTranspose2d(g, x, w, b, { ...options, size: layer.size });
}

/** A layer's weights and its bias, one number for each of the last dimension. */
function weights(c: Context, shape: Shape, fanIn: number, fanOut: number): [Tensor, Tensor] {
  const { weight, bias } = c.initialiser;
  return [
    c.parameters.add(`${c.name}.weight`, shape, weight(fanIn, fanOut)),
    c.parameters.add(`${c.name}.bias`, [shape.at(-1)!], bias(fanIn, fanOut)),
  ];
}
