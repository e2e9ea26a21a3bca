/** Asterism: clusters data with neural networks, anywhere WebGPU or WebAssembly runs. */

export * from "./errors.ts";

// Devices.
export type { Device, DeviceInfo, Numbers, Scalars } from "./device/device.ts";
export { open, type OpenOptions } from "./device/open.ts";
export { openWasm, WasmDevice, type WasmOptions } from "./device/wasm.ts";
export { GpuDevice, type GpuOptions, openGpu } from "./device/gpu.ts";

// Methods, clustering, metrics.
export { Autoencoder, type AutoencoderOptions } from "./methods/autoencoder.ts";
export { Classifier, type ClassifierOptions } from "./methods/classifier.ts";
export type { Weights } from "./methods/model.ts";
export { type Rows, upload, type UploadOptions } from "./methods/rows.ts";
export type { Schedule } from "./methods/schedule.ts";
export {
  type History,
  type Progress,
  train,
  type TrainHooks,
  type Training,
} from "./methods/train.ts";
export { mapRows } from "./methods/infer.ts";
export { kmeans, type KmeansOptions, type KmeansResult } from "./cluster/kmeans.ts";
export { type Normalisation, normalise, standardise, unitRows } from "./cluster/normalise.ts";
export { accuracy } from "./metrics/accuracy.ts";
export { ari } from "./metrics/ari.ts";
export { nmi } from "./metrics/nmi.ts";
export { silhouette } from "./metrics/silhouette.ts";

// To compose networks and programs of one's own.
export { type Mlp, mlp, type MlpOptions } from "./nn/mlp.ts";
export * from "./nn/optimizers.ts";
export { type Initialiser, INITIALISERS, Parameters } from "./nn/parameters.ts";
export { activate, add, type Draw, dropout, scale } from "./ops/elementwise.ts";
export { gatherRows, putRows, type Scaling, UNIT } from "./ops/gather.ts";
export { linear } from "./ops/linear.ts";
export { binaryCrossEntropy, crossEntropy, meanSquaredError } from "./ops/losses.ts";
export { reduceSum, reduceSumSquares } from "./ops/reduce.ts";
export { Graph, Scalar } from "./plan/graph.ts";
export { compile, type Plan } from "./plan/plan.ts";
export { data, type Role, Slab, state, Storage, Tensor } from "./plan/tensor.ts";
export { type Activation, ACTIVATIONS } from "./kernels/activation.ts";
export * from "./kernels/kernel.ts";
export { Philox } from "./random.ts";
