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
export { Dcn } from "./methods/dcn.ts";
export { Dec } from "./methods/dec.ts";
export { DeepClustering } from "./methods/deep_clustering.ts";
export type { DeepOptions } from "./methods/refinement.ts";
export { Idec } from "./methods/idec.ts";
export { Siamese } from "./methods/siamese.ts";
export { Triplet, type TripletNetworkOptions } from "./methods/triplet.ts";
export type { MetricOptions } from "./methods/metric_learning.ts";
export type { Relations } from "./methods/pairs.ts";
export { loadModel, type MethodName, METHODS } from "./methods/methods.ts";
export {
  type ClusterFit,
  type Fit,
  Model,
  type Prediction,
  type SavedModel,
  type Weights,
} from "./methods/model.ts";
export { type Checkpoint } from "./methods/checkpoint.ts";
export { type Rows, upload, type UploadOptions } from "./methods/rows.ts";
export { type Schedule, schedules } from "./methods/settings.ts";
export {
  type History,
  type Progress,
  range,
  shuffled,
  train,
  type TrainHooks,
  type Training,
} from "./methods/train.ts";
export { decodeModel, encodeModel, type ModelFile } from "./data/model_file.ts";
export { mapRows } from "./methods/infer.ts";
export { kmeans, type KmeansOptions, type KmeansResult } from "./cluster/kmeans.ts";
export { type Normalisation, normalise, standardise, unitRows } from "./cluster/normalise.ts";
export { accuracy } from "./metrics/accuracy.ts";
export { ari } from "./metrics/ari.ts";
export { nmi } from "./metrics/nmi.ts";
export { silhouette } from "./metrics/silhouette.ts";
export {
  umap,
  type UmapHooks,
  type UmapMap,
  type UmapOptions,
  type UmapProgress,
} from "./project/umap.ts";
export type { Metric as UmapMetric } from "./project/umap_neighbours.ts";
export { umapTransform, type UmapTransformOptions } from "./project/umap_transform.ts";

// To compose networks and programs of one's own.
export * from "./nn/layers.ts";
export { type Mode, type Network, network } from "./nn/network.ts";
export { mirror } from "./nn/shapes.ts";
export * from "./nn/optimizers.ts";
export { type Initialiser, INITIALISERS, Parameters } from "./nn/parameters.ts";
export {
  conv2d,
  type ConvOptions as Conv2dOptions,
  convTranspose2d,
  type ConvTransposeOptions as ConvTranspose2dOptions,
  type Padding,
} from "./ops/conv.ts";
export {
  activate,
  add,
  type Draw,
  dropout,
  scale,
  unitRows as recordUnitRows,
} from "./ops/elementwise.ts";
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
