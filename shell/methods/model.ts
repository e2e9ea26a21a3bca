import type { Device } from "../device/device.ts";
import type { Parameters } from "../nn/parameters.ts";
import { compile } from "../plan/plan.ts";

/** Tensors by name, as a file holds them. */
export type Weights = Record<string, { shape: number[]; data: Float32Array }>;

/** Sets the parameters of a model to the starting values of a seed. */
export async function initialise(
  device: Device,
  parameters: Parameters,
  seed: number,
): Promise<void> {
  const plan = compile(parameters.initialise(seed));
  await device.load(plan);
  device.run(plan);
  await device.sync();
  device.unload(plan);
}

/** Reads the parameters of a model. */
export async function readWeights(device: Device, parameters: Parameters): Promise<Weights> {
  const weights: Weights = {};
  for (const t of parameters.tensors) {
    weights[t.name] = { shape: [...t.shape], data: await device.read(t) as Float32Array };
  }
  return weights;
}
