/** What a layer makes of the shape of a sample, and the decoder that undoes an encoder. */

import { ACTIVATIONS } from "../kernels/activation.ts";
import { both, type ConvTranspose, type Layer, type Shape, sizeOf } from "./layers.ts";

/**
 * The shape that leaves a layer.
 * @param where names the layer in messages: "layer 2 (conv)"
 * @throws RangeError if the layer cannot take such samples
 */
export function shapeAfter(layer: Layer, shape: Shape, where: string): Shape {
  if ("activation" in layer && !Object.hasOwn(ACTIVATIONS, layer.activation)) {
    throw new RangeError(
      `${where}: activation must be one of ${Object.keys(ACTIVATIONS).join(", ")}, got ` +
        layer.activation,
    );
  }
  switch (layer.type) {
    case "dense":
      return [positive(layer.units, `${where}: units`)];
    case "conv":
      positive(layer.channels, `${where}: channels`);
      return [
        ...windows(shape, both(layer.kernel), both(layer.stride), both(layer.padding), where),
        layer.channels,
      ];
    case "conv_transpose":
      return enlarged(layer, shape, where);
    case "max_pool":
    case "average_pool":
      return [
        ...windows(shape, both(layer.window), both(layer.stride), [0, 0], where),
        shape[2],
      ];
    case "dropout":
      if (layer.rate >= 0 && layer.rate < 1) return shape;
      throw new RangeError(`${where}: rate must be from 0 to below 1, got ${layer.rate}`);
    case "reshape":
      layer.shape.forEach((side) => positive(side, `${where}: shape`));
      if (sizeOf(layer.shape) === sizeOf(shape)) return layer.shape;
      throw new RangeError(
        `${where}: [${shape.join(", ")}] cannot be read as [${layer.shape.join(", ")}]`,
      );
    case "batch_norm":
    case "activation":
    case "unit":
      return shape;
    default:
      throw new RangeError(`${where}: there is no such layer`);
  }
}

/** A transposed convolution makes the images that the convolution would make its input from. */
function enlarged(layer: ConvTranspose, shape: Shape, where: string): Shape {
  image(shape, where);
  const { kernel, stride, padding, size, channels } = layer;
  const made: Shape = [...size, positive(channels, `${where}: channels`)];
  const back = windows(made, both(kernel), both(stride), both(padding), where);
  if (back[0] === shape[0] && back[1] === shape[1]) return made;
  throw new RangeError(
    `${where}: images of ${size.join(" x ")} would come from ${back.join(" x ")}, got ` +
      `${shape[0]} x ${shape[1]}`,
  );
}

function positive(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${what} must be a positive integer, got ${value}`);
}

function image(shape: Shape, where: string): void {
  if (shape.length === 3) return;
  throw new RangeError(
    `${where}: needs images [height, width, channels], got samples of ${shape.join(" x ")} numbers`,
  );
}

/** How many windows fit in each direction. */
function windows(
  shape: Shape,
  kernel: readonly [number, number],
  stride: readonly [number, number],
  padding: readonly [number, number],
  where: string,
): [number, number] {
  image(shape, where);
  return [0, 1].map((d) => {
    positive(kernel[d], `${where}: kernel`);
    positive(stride[d], `${where}: stride`);
    if (!(Number.isSafeInteger(padding[d]) && padding[d] >= 0)) {
      throw new RangeError(`${where}: padding must be an integer of at least 0, got ${padding[d]}`);
    }
    const room = shape[d] + 2 * padding[d] - kernel[d];
    if (room >= 0) return Math.floor(room / stride[d]) + 1;
    throw new RangeError(
      `${where}: an image of ${shape[0]} x ${shape[1]} is smaller than the window of ` +
        `${kernel.join(" x ")}: use larger images, smaller kernels or fewer layers`,
    );
  }) as [number, number];
}

/** The shapes before the first layer, after the first, ..., after the last. */
export function shapesThrough(input: Shape, layers: readonly Layer[], name: string): Shape[] {
  input.forEach((side) => positive(side, `${name}: every side of the input`));
  if (input.length === 0) throw new RangeError(`${name}: the input has no numbers`);
  const shapes: Shape[] = [input];
  layers.forEach((layer, i) => {
    shapes.push(shapeAfter(layer, shapes[i], `${name}, layer ${i + 1} (${layer.type})`));
  });
  return shapes;
}

/**
 * The decoder of an encoder: its layers in reverse, convolutions transposed, each with the
 * activation, normalisation and dropout of the layer that made what it makes; the last is linear.
 * Layers of the type `unit` are left out: what the decoder makes has lengths of its own.
 *
 * @throws RangeError for pooling, which cannot be undone
 */
export function mirror(input: Shape, layers: readonly Layer[]): Layer[] {
  const shapes = shapesThrough(input, layers, "encoder");
  const weighted = layers.flatMap((layer, i) =>
    layer.type === "dense" || layer.type === "conv" ? [i] : []
  );
  const pool = layers.find((layer) => layer.type.endsWith("pool"));
  if (pool) {
    throw new RangeError(`an encoder with ${pool.type} has no mirror: use strides instead`);
  }
  return weighted.toReversed().flatMap((i): Layer[] => {
    const made = shapes[i];
    const before = weighted.findLast((j) => j < i);
    const tail = before === undefined
      ? []
      : layers.slice(before + 1, i).filter(({ type }) => type !== "reshape" && type !== "unit");
    const source = before === undefined ? undefined : layers[before];
    const activation = source && "activation" in source ? source.activation : "identity";
    return [...inverse(layers[i], made, activation), ...tail];
  });
}

/** The layer that makes samples of shape `made` from what `layer` made of them. */
function inverse(layer: Layer, made: Shape, activation: "identity" | Activation): Layer[] {
  if (layer.type === "conv") {
    const { kernel, stride, padding } = layer;
    const size = [made[0], made[1]] as const;
    const channels = made[2];
    return [{ type: "conv_transpose", channels, size, kernel, stride, padding, activation }];
  }
  const dense: Layer = { type: "dense", units: sizeOf(made), activation };
  return made.length === 1 ? [dense] : [dense, { type: "reshape", shape: made }];
}

type Activation = Extract<Layer, { activation: unknown }>["activation"];
