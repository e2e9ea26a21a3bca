import type { Dataset } from "../data/dataset.ts";
import type { TablePreprocessing } from "../data/table/preprocessing.ts";
import { type Gallery, galleryOf } from "../report/index.ts";

/** What was found of each row of a data set. */
export interface Found {
  readonly labels: Uint32Array;
  readonly distances: ArrayLike<number>;
  readonly silhouettes?: ArrayLike<number>;
  readonly clusters: number;
}

/** The gallery of a run's clusters. */
export function explainRun(dataset: Dataset, found: Found): Gallery {
  const { labels: classes, preprocessing } = dataset;
  return galleryOf({
    ...dataset,
    // A text's numbers are no features that anybody knows.
    ...dataset.kind === "text" && { data: new Float32Array(0) },
    labels: classes,
    clusters: found.labels,
    count: found.clusters,
    distances: found.distances,
    silhouettes: found.silhouettes,
    ...preprocessing?.kind === "table" && {
      columns: [...preprocessing.names],
      original: unscaled(preprocessing),
    },
  });
}

/** From a row's number back to its column's own unit. */
export function unscaled(
  { inputs }: TablePreprocessing,
): (column: number, value: number) => number {
  const scales = inputs.flatMap((input) => {
    if (input.as === "list") {
      return input.offset.map((offset, j) => ({ offset, factor: input.factor[j] }));
    }
    if (input.as !== "category") return [input];
    const count = input.values.length + Number(input.other);
    return Array.from({ length: count }, () => ({ offset: 0, factor: 1 }));
  });
  return (column, value) => {
    const { offset, factor } = scales[column] ?? { offset: 0, factor: 1 };
    return factor === 0 ? offset : value / factor + offset;
  };
}
