/** An embedding in which a clustering was scored. */
export interface ScoredSpace {
  /** What it is called in the sentence: a file, a run, a method. */
  readonly name: string;
  /** Numbers of a point, if known. */
  readonly width?: number;
  /** What made the embedding, if known: a model and its run. */
  readonly model?: string;
  /** Distance of the score (default `euclidean`). */
  readonly metric?: "euclidean" | "cosine";
}

/**
 * A sentence of warning if scores by distances (silhouette, Davies-Bouldin, Calinski-Harabasz) of
 * different embeddings are about to be compared; undefined if all are of the same space.
 *
 * Such scores are in the units of their own space: one that draws clusters together, or has fewer
 * dimensions, scores better whatever becomes of the data. Within one embedding they compare
 * clusterings; between embeddings they say nothing.
 *
 * Spaces count as different if they have another width, another metric or another model; of spaces
 * without a model the names tell.
 */
export function comparisonWarning(spaces: readonly ScoredSpace[]): string | undefined {
  const [first, ...others] = spaces;
  const other = others.find((space) => !same(first, space));
  if (!other) return undefined;
  return `the scores of ${describe(first)} and ${
    describe(other)
  } cannot be compared: each is in the ` +
    `units of its own space, and one that draws points together scores better whatever becomes of ` +
    `the data; compare by classes (accuracy, NMI, ARI) or by one space that all share`;
}

function same(a: ScoredSpace, b: ScoredSpace): boolean {
  const sameWidth = (a.width ?? b.width) === (b.width ?? a.width);
  return sameWidth && (a.metric ?? "euclidean") === (b.metric ?? "euclidean") &&
    (a.model ?? a.name) === (b.model ?? b.name);
}

function describe({ name, width, model, metric = "euclidean" }: ScoredSpace): string {
  const about = [...width === undefined ? [] : [`${width} wide`], metric, ...model ? [model] : []];
  return `${name} (${about.join(", ")})`;
}
