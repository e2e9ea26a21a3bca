import type { Dataset } from "../data/dataset.ts";
import type { TextPreprocessing } from "../data/encoders/preprocessing.ts";
import type { Device } from "../device/device.ts";
import { fitLsa, lsaToJson } from "../text/lsa.ts";

/**
 * A data set of texts with numbers for them, by TF-IDF and a truncated SVD.
 * @throws DataError if no word is left
 * @throws Cancelled if the signal is aborted
 */
export async function withTfidf(
  dataset: Dataset,
  device: Device,
  hooks: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<Dataset> {
  const { lsa, embedding } = await fitLsa(device, dataset.texts!, hooks);
  // The mean square becomes 1 where rows have length 1: what networks start best from.
  const { dim } = lsa, factor = Math.sqrt(dim);
  const preprocessing: TextPreprocessing = {
    kind: "text",
    ...{ columns: dataset.columns, dim, factor, encoder: { kind: "tfidf", ...lsaToJson(lsa) } },
    ...dataset.id !== undefined && { id: dataset.id },
  };
  return { ...dataset, shape: [dim], data: embedding.map((v) => v * factor), preprocessing };
}
