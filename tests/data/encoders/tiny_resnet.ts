/**
 * A network for images in 2 KB with the files of a real one: a convolution, ReLU, the mean over all
 * places, random weights. What it computes is written out below in plain numbers.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randoms } from "../../harness.ts";
import { type Field, message } from "./protobuf.ts";

/** Numbers of an image. */
export const WIDTH = 8;
/** Side of the images that it wants. */
export const SIDE = 8;
const MEAN = [0.5, 0.4, 0.3];
const DEVIATION = [0.2, 0.25, 0.5];
const KERNEL = 3;

/** ONNX's float32. */
const FLOAT = 1;

const weightsOf = (seed: number) => ({
  w: randoms(WIDTH * 3 * KERNEL * KERNEL, seed, -0.5, 0.5),
  b: randoms(WIDTH, seed + 1, -0.5, 0.5),
});

function constant(name: string, dims: number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(...dims.map((d): Field => [1, d]), [2, FLOAT], [8, name], [9, raw]);
}

const node = (type: string, inputs: string[], output: string) =>
  message(...inputs.map((name): Field => [1, name]), [2, output], [3, output], [4, type]);

function value(name: string, dims: (string | number)[]): Uint8Array {
  const shape = message(
    ...dims.map((d): Field => [1, message([typeof d === "string" ? 2 : 1, d])]),
  );
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
}

function onnx(seed: number): Uint8Array {
  const { w, b } = weightsOf(seed);
  const graph = message(
    [1, node("Conv", ["pixel_values", "w", "b"], "sums")],
    [1, node("Relu", ["sums"], "last_hidden_state")],
    [1, node("GlobalAveragePool", ["last_hidden_state"], "pooler_output")],
    [2, "tiny"],
    [5, constant("w", [WIDTH, 3, KERNEL, KERNEL], w)],
    [5, constant("b", [WIDTH], b)],
    [11, value("pixel_values", ["batch", 3, "height", "width"])],
    [12, value("last_hidden_state", ["batch", WIDTH, "h", "w"])],
    [12, value("pooler_output", ["batch", WIDTH, 1, 1])],
  );
  return message([1, 8], [8, message([1, ""], [2, 13])], [7, graph]);
}

/** Writes the model's files to a folder. */
export async function writeTinyResnet(dir: string, seed = 1): Promise<void> {
  await mkdir(join(dir, "onnx"), { recursive: true });
  const files: Record<string, string | Uint8Array> = {
    "config.json": JSON.stringify({ model_type: "resnet", architectures: ["ResNetModel"] }),
    "preprocessor_config.json": JSON.stringify({
      ...{ image_processor_type: "ViTImageProcessor", do_resize: true, do_normalize: true },
      ...{ do_rescale: true, rescale_factor: 1 / 255, size: { height: SIDE, width: SIDE } },
      ...{ image_mean: MEAN, image_std: DEVIATION },
    }),
    "onnx/model.onnx": onnx(seed),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}

/** What the model makes of RGB pixels, `[SIDE, SIDE, 3]` of u8, in float64. */
export function tinyResnet(pixels: ArrayLike<number>, seed = 1): number[] {
  const { w, b } = weightsOf(seed);
  const places = SIDE - KERNEL + 1;
  const at = (y: number, x: number, c: number) =>
    (pixels[(y * SIDE + x) * 3 + c] / 255 - MEAN[c]) / DEVIATION[c];
  return Array.from({ length: WIDTH }, (_, k) => {
    let total = 0;
    for (let y = 0; y < places; y++) {
      for (let x = 0; x < places; x++) {
        let sum = b[k];
        for (let c = 0; c < 3; c++) {
          for (let i = 0; i < KERNEL * KERNEL; i++) {
            const [dy, dx] = [Math.floor(i / KERNEL), i % KERNEL];
            sum += w[(k * 3 + c) * KERNEL * KERNEL + i] * at(y + dy, x + dx, c);
          }
        }
        total += Math.max(0, sum);
      }
    }
    return total / places ** 2;
  });
}
