import type { Dataset } from "../data/dataset.ts";
import type { TablePreprocessing } from "../data/table/preprocessing.ts";
import { pickTexts } from "../data/stream/text_reader.ts";
import { type Gallery, galleryOf, membersOf, rowsOnMap } from "../report/index.ts";

/** What was found of each row of a data set. */
export interface Found {
  readonly labels: Uint32Array;
  readonly distances: ArrayLike<number>;
  readonly silhouettes?: ArrayLike<number>;
  readonly clusters: number;
}

/** Texts by their rows. */
type Texts = { readonly [row: number]: string };

/** Characters that a report shows of a text at most, and as many again for what it leaves out. */
const LETTERS = 2 * 240 + 2;

/**
 * The texts that a report shows: all, or, where they are not in memory, those on the map and of typical
 * members.
 *
 * @throws {DataError} if they cannot be read
 */
export async function shownTexts(
  { texts, textShards, n }: Dataset,
  found?: Found,
): Promise<Texts | undefined> {
  if (!textShards) return texts;
  const members = found
    ? membersOf({ ...found, n, clusters: found.labels, count: found.clusters })
    : [];
  const rows = members.flatMap(({ typical, atypical }) => [...typical, ...atypical]);
  return await pickTexts(textShards, [...rowsOnMap(n), ...rows], LETTERS);
}

/** The gallery of a run's clusters. @param texts those of {@link shownTexts} */
export function explainRun(
  dataset: Dataset,
  found: Found,
  texts: Texts | undefined = dataset.texts,
): Gallery {
  const { labels: classes, preprocessing } = dataset;
  return galleryOf({
    ...{ ...dataset, texts },
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
