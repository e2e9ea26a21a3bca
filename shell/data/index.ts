/** Data in and results out: data sets from Parquet files, npy, safetensors, atomic files. */

export {
  type Assignments,
  encodeAssignments,
  encodeProjection,
  type Projection,
} from "./assignments.ts";
export type {
  DataFile,
  Dataset,
  Inflate,
  Progress,
  ReadOptions,
  Shards,
  Skipped,
  Source,
  Split,
  TextShards,
} from "./dataset.ts";
export { type ImageEncoderOptions, openImageEncoder } from "./encoders/image_encoder.ts";
export { findPeer, INSTALL_PEER, requirePeer } from "./encoders/peer.ts";
export {
  checkTextPreprocessing,
  type SentenceEncoder,
  type TextPreprocessing,
  type TfidfEncoder,
} from "./encoders/preprocessing.ts";
export {
  DEFAULT_SENTENCE_MODEL,
  encodeSentenceParts,
  encodeSentences,
  type SentenceOptions,
  type SentenceParts,
  type Sentences,
  type SentenceSettings,
} from "./encoders/sentences.ts";
export type {
  BadRows,
  Dropped,
  Frame,
  FrameColumn,
  ListColumn,
  NumberColumn,
  Roles,
  StringColumn,
} from "./frame.ts";
export { type Format, FORMATS, READABLE } from "./formats.ts";
export { openBlobs } from "./blob_source.ts";
export type { FeatureSettings, ImageEncoder } from "./images/features.ts";
export { type ImageSettings, parseSize, settingsLike } from "./images/settings.ts";
export { checkWritable, type Content, fileError, writeAtomic } from "./files.ts";
export { type HubOptions, hubSplits, openHub } from "./hub/hub.ts";
export { type Labels, loadLabels } from "./labels.ts";
export { loadMatrix, type Matrix, type MatrixOptions } from "./matrix.ts";
export { ensureMnist } from "./mnist.ts";
export { decodeModel, describeModel, encodeModel, type ModelFile } from "./model_file.ts";
export { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
export { openUrl, type UrlOptions } from "./open_url.ts";
export { readDataset } from "./parquet.ts";
export { prepareFrame, textsOf } from "./prepare.ts";
export { type LikeOptions, loadLike, prepareLike } from "./prepare_like.ts";
export { type FrameOptions, readFrame } from "./read_frame.ts";
export { readSource } from "./read_source.ts";
export { checkOverrides, findRoles, type Overrides } from "./roles.ts";
export {
  RESULT_FORMATS,
  type ResultFile,
  resultFiles,
  type ResultFormat,
} from "./results/files.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type Tensors,
} from "./safetensors.ts";
export { loadDataset, openSource, type SourceOptions } from "./source.ts";
export { applyPreprocessing, type Numbers } from "./table/apply.ts";
export {
  MISSING,
  SCALES,
  type TablePreprocessing,
  type TableSettings,
} from "./table/preprocessing.ts";
export { loadWeights, type Weights } from "./weights.ts";
