import type { Dense, Layer } from "../nn/layers.ts";
import { type Network, network } from "../nn/network.ts";
import { Parameters } from "../nn/parameters.ts";
import { dropout } from "../ops/elementwise.ts";
import { gatherRows } from "../ops/gather.ts";
import { meanSquaredError } from "../ops/losses.ts";
import type { Tensor } from "../plan/tensor.ts";
import type { Autoencoder } from "./autoencoder.ts";
import { writeTensors } from "./checkpoint.ts";
import { mapRows } from "./infer.ts";
import { trainingOf } from "./model.ts";
import type { Rows } from "./rows.ts";
import { type History, shuffledRows, train, type TrainHooks } from "./train.ts";

/** Share of the numbers that each layer must do without, as in the DEC paper. */
const CORRUPTION = 0.2;

/** Streams of the seed for the corruption of layer i: this plus 2 i, and the one after it. */
const STREAM = 0x4e0000;

/** Rows that lie on the device already. */
function rowsOf(samples: Tensor, free: () => void): Rows {
  const [n, width] = samples.shape;
  return {
    n,
    width,
    window: Infinity,
    batch: (g, index, m) => gatherRows(g, samples, index, m, g.scalar("at", "u32")),
    stage: () => {},
    free,
  };
}

/**
 * Trains the layers of an autoencoder one after the other, each with its mirror image as a small
 * denoising autoencoder of what the layers before it make of the rows.
 *
 * @throws RangeError unless all layers are dense
 * @see Vincent et al. 2010, Stacked denoising autoencoders; Xie et al. 2016, section 3.2
 */
export async function pretrainLayers(
  model: Autoencoder,
  rows: Rows,
  hooks: TrainHooks,
  earlier: Readonly<Record<string, History>>,
): Promise<Record<string, History>> {
  const { device, encoder: { layers } } = model;
  const other = layers.find((layer) => layer.type !== "dense");
  if (other) {
    throw new RangeError(
      `pretraining layer by layer needs dense layers only, got ${other.type}: leave it out`,
    );
  }
  const history: Record<string, History> = {};
  if (hooks.resume) writeTensors(model.device, networkState(model), hooks.resume.tensors);
  let input = rows;
  for (let i = 0; i < layers.length; i++) {
    const pair = smallAutoencoder(model, i);
    const phase = `layer ${i + 1}`;
    for (const [mine, its] of pair.tensors) device.write(mine, await device.read(its));
    if (!(phase in earlier)) {
      history[phase] = await trainPair(model, pair, input, i, {
        ...hooks,
        earlier: { ...earlier, ...history },
      });
    }
    const made = await mapRows(
      device,
      input,
      pair.encoder.output[0],
      (g, x) => pair.encoder.apply(g, x),
    );
    device.free(pair.part.weights.whole(), pair.part.grads.whole());
    if (input !== rows) input.free();
    input = rowsOf(made, () => device.free(made));
  }
  if (input !== rows) input.free();
  return history;
}

/** The tensors of both networks, as a checkpoint names them. */
function networkState({ encoderPart, decoderPart }: Autoencoder): Record<string, Tensor> {
  return { ...encoderPart.state, ...decoderPart.state };
}

interface Pair {
  readonly encoder: Network;
  readonly decoder: Network;
  readonly part: Parameters;
  /** The pair's tensors beside those of the model that they become. */
  readonly tensors: readonly (readonly [mine: Tensor, model: Tensor])[];
}

/** Layer i and its mirror image. */
function smallAutoencoder(model: Autoencoder, i: number): Pair {
  const part = new Parameters(`layer ${i + 1}`);
  const { encoder, decoder, encoderPart, decoderPart } = model;
  const count = encoder.layers.length;
  const size = (layer: Layer) => [(layer as Dense).units];
  const input = i === 0 ? encoder.input : size(encoder.layers[i - 1]);
  const up = network(part, "up", input, [encoder.layers[i]]);
  const down = network(part, "down", up.output, [decoder.layers[count - 1 - i]]);
  const j = 2 * (count - 1 - i);
  const theirs = [
    ...encoderPart.tensors.slice(2 * i, 2 * i + 2),
    ...decoderPart.tensors.slice(j, j + 2),
  ];
  return { encoder: up, decoder: down, part, tensors: part.tensors.map((t, l) => [t, theirs[l]]) };
}

async function trainPair(
  model: Autoencoder,
  { encoder, decoder, part, tensors }: Pair,
  rows: Rows,
  i: number,
  hooks: TrainHooks,
): Promise<History> {
  const { device, options } = model;
  const settings = { ...options, epochs: options.layerwise };
  const history = await train({
    ...trainingOf(settings, [part], hooks),
    device,
    phase: `layer ${i + 1}`,
    rows,
    order: shuffledRows(rows, options.seed),
    beside: [model.encoderPart, model.decoderPart],
    record: (g, x) => {
      const draw = { seed: options.seed, step: g.scalar("step", "u32") };
      const stream = STREAM + 2 * i;
      const seen = dropout(g, x, 1 - CORRUPTION, { ...draw, stream });
      const h = encoder.apply(g, seen);
      const kept = dropout(g, h, 1 - CORRUPTION, { ...draw, stream: stream + 1 });
      return meanSquaredError(g, decoder.apply(g, kept), x);
    },
  });
  for (const [mine, its] of tensors) device.write(its, await device.read(mine));
  return history;
}
