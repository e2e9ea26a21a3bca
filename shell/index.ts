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
export { type Rows, stream, upload, type UploadOptions } from "./methods/rows.ts";
export { type ShardSource } from "./methods/shards.ts";
export { type Schedule, schedules } from "./methods/settings.ts";
export {
  type History,
  type Progress,
  range,
  shuffled,
  shuffledRows,
  train,
  type TrainHooks,
  type Training,
} from "./methods/train.ts";
export { decodeModel, describeModel, encodeModel, type ModelFile } from "./data/model_file.ts";
export { type InferHooks, mapRows } from "./methods/infer.ts";
export { predict, type Predicted, type PreparedModel } from "./methods/predict.ts";
export { prepareRows } from "./methods/prepare.ts";
export { chooseK, type ChooseKOptions, type KChoice } from "./cluster/choose_k.ts";
export {
  dbscan,
  type DbscanMetric,
  type DbscanOptions,
  type DbscanResult,
  type DbscanStage,
  dbscanWarning,
} from "./cluster/dbscan.ts";
export { dbscanPredict, type PredictOptions } from "./cluster/dbscan_predict.ts";
export { linkage, type LinkageMethod, type LinkageOptions } from "./cluster/hierarchical.ts";
export { kmeans, type KmeansOptions, type KmeansResult, type Metric } from "./cluster/kmeans.ts";
export {
  type Centres,
  kmeansConfidence,
  kmeansPredict,
  kmeansTransform,
  type Placement,
  type PlaceOptions,
} from "./cluster/kmeans_predict.ts";
export {
  cutByCount,
  cutByHeight,
  type Dendrogram,
  dendrogram,
  linkageMatrix,
  type MergeTree,
} from "./cluster/merge_tree.ts";
export {
  type BatchSource,
  miniBatchKmeans,
  type MiniBatchOptions,
  type MiniBatchResult,
} from "./cluster/mini_batch.ts";
export {
  gaussianMixture,
  type Mixture,
  type MixtureOptions,
  mixturePredict,
  type MixturePrediction,
  type MixtureResult,
} from "./cluster/mixture.ts";
export { type Normalisation, normalise, standardise, unitRows } from "./cluster/normalise.ts";
export {
  CRITERIA,
  type Criterion,
  type KScores,
  recommend,
  type Recommendation,
} from "./cluster/recommend.ts";
export { type ReferenceBox } from "./cluster/reference_box.ts";
export { type EpsSuggestion, suggestEps, type SuggestOptions } from "./cluster/suggest_eps.ts";
export { accuracy, matchClusters } from "./metrics/accuracy.ts";
export { ari } from "./metrics/ari.ts";
export { comparisonWarning, type ScoredSpace } from "./metrics/compare.ts";
export {
  type ContingencyTable,
  contingencyTable,
  type TableOptions,
} from "./metrics/contingency.ts";
export {
  calinskiHarabasz,
  calinskiHarabaszOf,
  daviesBouldin,
  daviesBouldinOf,
} from "./metrics/dispersion.ts";
export { ami, nmi } from "./metrics/nmi.ts";
export type { Noise, NoiseOptions } from "./metrics/noise.ts";
export { type Silhouette, silhouette, type SilhouetteOptions } from "./metrics/silhouette.ts";
export {
  type SampleOptions,
  type SilhouetteSample,
  silhouetteSample,
} from "./metrics/silhouette_sample.ts";
export { type ClusterSpread, clusterSpread, type SpreadOptions } from "./metrics/spread.ts";
export { continuity, type ProjectionOptions, trustworthiness } from "./metrics/trustworthiness.ts";
export { type VMeasure, vMeasure, type VMeasureOptions } from "./metrics/v_measure.ts";
export { Pca, pca, type PcaOptions, type PcaParts, type PcaSolver } from "./project/pca.ts";
export { placeOnMap, type PlaceOptions as MapPlaceOptions } from "./project/place.ts";
export {
  type Repulsion,
  tsne,
  type TsneOptions,
  type TsneProgress,
  type TsneResult,
} from "./project/tsne.ts";
export {
  umap,
  type UmapHooks,
  type UmapMap,
  type UmapOptions,
  type UmapProgress,
} from "./project/umap.ts";
export type { Metric as UmapMetric } from "./project/umap_neighbours.ts";
export { umapTransform, type UmapTransformOptions } from "./project/umap_transform.ts";
export { clusterTerms, type Term, type TermOptions } from "./text/cluster_terms.ts";
export {
  type ClusterOfTexts,
  type Example,
  explainClusters,
  type ExplainOptions,
} from "./text/explain.ts";
export {
  embedLsa,
  fitLsa,
  type Lsa,
  type LsaFit,
  lsaFromJson,
  type LsaJson,
  type LsaOptions,
  lsaToJson,
} from "./text/lsa.ts";
export type { Sparse } from "./text/sparse.ts";
export { type Svd, type SvdOptions, truncatedSvd } from "./text/svd.ts";
export { fitTfidf, type Tfidf, tfidfRows, type VocabularyOptions } from "./text/tfidf.ts";
export { tokenise } from "./text/tokenise.ts";
export type { TextHooks } from "./text/walk.ts";

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
