/** The smallest part that trains and clusters: devices, the autoencoder, K-Means. For pages that load one file. */

export * from "./errors.ts";
export { open, type OpenOptions } from "./device/open.ts";
export type { Device } from "./device/device.ts";
export { Autoencoder, type AutoencoderOptions } from "./methods/autoencoder.ts";
export { type Rows, upload, type UploadOptions } from "./methods/rows.ts";
export { kmeans, type KmeansOptions, type KmeansResult } from "./cluster/kmeans.ts";
export { data } from "./plan/tensor.ts";
