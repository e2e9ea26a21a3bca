/** Runs to predict with: a folder, small data, `train` and `predict` in it. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { encodeGrayPng } from "../../shell/data/png.ts";
import { deflate } from "../../shell/data/zlib.ts";
import { imageFile } from "../data/fixtures.ts";
import { randoms } from "../harness.ts";
import { asterism, type Outcome } from "./asterism.ts";

/** Options of small networks that cluster. */
export const SMALL = ["--embedding", "3", "--batch", "32", "--starts", "2"];

/** Images of 8 x 8 pixels with a bright bar, of three kinds. */
export function images(count: number, size = 8): Uint8Array {
  const noise = randoms(count * size * size, 8, 0, 60);
  const pngs = Array.from({ length: count }, (_, i) => {
    const pixels = Uint8Array.from(
      { length: size * size },
      (_, at) => noise[i * size * size + at] + (Math.floor(at / size / 3) === i % 3 ? 190 : 0),
    );
    return encodeGrayPng(pixels, size, size, deflate);
  });
  return imageFile(pngs, pngs.map((_, i) => i % 3));
}

/** A folder with runs in it. */
export class Runs {
  path = "";

  async make(): Promise<void> {
    this.path = await mkdtemp(join(tmpdir(), "asterism-predict-"));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  /** Path of a file. */
  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Trains a method for some epochs. */
  async train(data: string, name: string, ...args: string[]): Promise<void> {
    const [method, epochs, ...more] = args;
    const where = ["--data", data, "--out", this.at("runs"), "--name", name, "--device", "wasm"];
    const small = ["--epochs", epochs, "--quiet", ...method === "classifier" ? [] : SMALL];
    const { code, err } = await asterism(["train", method, ...where, ...small, ...more]);
    assert.is(code, 0, err);
  }

  /** Asks a run, or a model file. */
  predict(model: string, input: string, ...more: string[]): Promise<Outcome> {
    const args = ["--model", model, "--input", input, "--device", "wasm", "--quiet", ...more];
    return asterism(["predict", ...args]);
  }
}
