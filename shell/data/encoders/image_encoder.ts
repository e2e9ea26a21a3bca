/** Features of images by a pre-trained model, such as a ResNet or a ViT, through the optional peer. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../errors.ts";
import type { FeatureSettings, ImageEncoder } from "../images/features.ts";
import { AS_THEY_ARE, type ImageSettings } from "../images/settings.ts";
import { EmbeddingCache } from "./embedding_cache.ts";
import {
  isFolder,
  type ModelOptions,
  openModel,
  type Peer,
  type PeerTensor,
  requirePeer,
  shortly,
} from "./peer.ts";

/** What {@link openImageEncoder} may be told. */
export interface ImageEncoderOptions extends ModelOptions {
  /** `[height, width]`; by default what the model was trained on. */
  readonly size?: readonly [number, number];
  /** How an image is brought to the size of the model. */
  readonly fit?: ImageSettings["fit"];
  /** What shows through transparency. */
  readonly background?: ImageSettings["background"];
  /** Images that go through the model together (default 16). */
  readonly batch?: number;
  /** The module `@huggingface/transformers`, where it is loaded already. */
  readonly peer?: Peer;
}

/** What a model's preprocessor_config.json says of pixels. */
interface Pixels {
  readonly size?: Size;
  readonly crop_size?: Size;
  readonly do_center_crop?: boolean;
  readonly do_rescale?: boolean;
  readonly rescale_factor?: number;
  readonly do_normalize?: boolean;
  readonly image_mean?: readonly number[];
  readonly image_std?: readonly number[];
}

type Size = number | { height?: number; width?: number; shortest_edge?: number };
type Outputs = Readonly<Record<string, PeerTensor | undefined>>;

/** What is used of a pipeline for images: its parts, because the peer's own resizing is not. */
interface ImagePipeline {
  readonly processor: Pixels & { readonly image_processor?: Pixels };
  readonly model: (inputs: { pixel_values: unknown }) => Promise<Outputs>;
}

type TensorClass = new (type: string, data: Float32Array, dims: number[]) => unknown;

/** What a model gives, the best first: made for comparing, pooled, by place, or only of classes. */
const OUTPUTS = ["image_embeds", "pooler_output", "last_hidden_state", "logits"];

/**
 * Loads a model that finds features in images. Pixels are brought to its size here and not by the
 * peer, so that they have the same bits in every runtime. What it found before is kept by the hash
 * of an image's file.
 *
 * @throws {DataError} if the peer is missing (with the command that installs it), or the model
 *   cannot be loaded
 * @throws {Cancelled} if the signal is set
 */
export async function openImageEncoder(options: ImageEncoderOptions): Promise<ImageEncoder> {
  const { model, revision = "main", dtype = "fp32", batch = 16, cache: dir = ".cache" } = options;
  const { fit = "crop", background = AS_THEY_ARE.background } = options;
  const peer = options.peer ?? await requirePeer(`--features ${model}`);
  if (isFolder(model) && !existsSync(join(model, "preprocessor_config.json"))) {
    throw new DataError(
      `cannot load the model ${model}: the folder must hold config.json, ` +
        "preprocessor_config.json and onnx/model.onnx",
    );
  }
  const found: unknown = await openModel(peer, "image-feature-extraction", options);
  const pipeline = found as ImagePipeline;
  const pixels = pipeline.processor.image_processor ?? pipeline.processor;
  const size = options.size ?? sizeOf(pixels, model);
  const settings: FeatureSettings = { model, revision, dtype, size, fit, background };
  const key = { ...settings, ...await identityOf(model) };
  const known = await EmbeddingCache.open(join(dir, "features"), key);
  await known.readAll();
  const Tensor = (peer as unknown as { Tensor: TensorClass }).Tensor;
  return {
    ...{ settings, batch },
    known: (hash) => known.get(hash),
    keep: (hashes, features) => known.add(hashes, features),
    async encode(bytes, n) {
      const values = new Tensor("float32", normalised(bytes, n, pixels), [n, 3, ...size]);
      const outputs = await pipeline.model({ pixel_values: values }).catch((error) => {
        throw new DataError(`the model ${model} failed on images: ${shortly(error)}`, {
          cause: error,
        });
      });
      return pooled(outputs, n, model);
    },
  };
}

/** The size that a model was trained on. */
function sizeOf({ size, crop_size, do_center_crop }: Pixels, model: string) {
  const wanted = do_center_crop && crop_size ? crop_size : size ?? crop_size;
  const edge = typeof wanted === "number" ? wanted : wanted?.shortest_edge;
  const sides = typeof wanted === "object" && wanted.height && wanted.width
    ? [wanted.height, wanted.width] as const
    : edge
    ? [edge, edge] as const
    : undefined;
  if (sides) return sides;
  throw new DataError(`the model ${model} does not say the size of its images: add --image-size`);
}

/** Bytes `[n, height, width, 3]` as numbers `[n, 3, height, width]` on the model's scale. */
function normalised(bytes: Uint8Array, n: number, pixels: Pixels): Float32Array {
  const { do_rescale = true, rescale_factor = 1 / 255, do_normalize = true } = pixels;
  const { image_mean = [0, 0, 0], image_std = [1, 1, 1] } = do_normalize ? pixels : {};
  const factor = do_rescale ? rescale_factor : 1;
  const area = bytes.length / n / 3;
  const out = new Float32Array(bytes.length);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) {
      const [from, to] = [3 * i * area + c, (3 * i + c) * area];
      for (let j = 0; j < area; j++) {
        out[to + j] = (bytes[from + 3 * j] * factor - image_mean[c]) / image_std[c];
      }
    }
  }
  return out;
}

/** One row of numbers for each image. */
function pooled(outputs: Outputs, n: number, model: string): Float32Array {
  const name = OUTPUTS.find((one) => outputs[one]);
  const { data, dims } = outputs[name ?? ""] ?? { data: [], dims: [] };
  const width = dims.length === 3 ? dims[2] : dims[1];
  if (!name || dims[0] !== n || !(width >= 1) || data.length < n * width) {
    throw new DataError(
      `the model ${model} gives no features of images (${Object.keys(outputs).join(", ")} of ` +
        `shape [${dims}]): take a ResNet, a ViT or another vision model`,
    );
  }
  const each = data.length / n;
  const out = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < width; c++) {
      // Of tokens the first stands for the image; of places the mean does.
      out[i * width + c] = dims.length === 3
        ? data[i * each + c]
        : mean(data, i * each + c * (each / width), each / width);
    }
  }
  if (out.every(Number.isFinite)) return out;
  throw new DataError(`the model ${model} gives numbers that are not finite: take another dtype`);
}

function mean(values: ArrayLike<number>, begin: number, count: number): number {
  let sum = 0;
  for (let i = begin; i < begin + count; i++) sum += values[i];
  return sum / count;
}

/** What tells one model in a folder from another: its files have no revision. */
async function identityOf(model: string): Promise<object> {
  if (!isFolder(model)) return {};
  const hash = createHash("sha256");
  for (const name of ["config.json", "preprocessor_config.json"]) {
    hash.update(await readFile(join(model, name)).catch(() => "none"));
  }
  for (const name of ["model", "model_fp16", "model_quantized", "model_q4"]) {
    const info = await stat(join(model, "onnx", `${name}.onnx`)).catch(() => undefined);
    hash.update(info ? `${info.size} ${info.mtimeMs}` : "none");
  }
  return { model: "folder", files: hash.digest("hex") };
}
