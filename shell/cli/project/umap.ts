import { DataError, UsageError } from "../../errors.ts";
import { MOST_NEIGHBOURS } from "../../neighbours/neighbours.ts";
import { umap, usualNeighbours } from "../../project/umap.ts";
import { integer, METRIC, SEED } from "../common_options.ts";
import { projectMethod } from "./method.ts";

/** UMAP. */
export const umapMethod = projectMethod({
  about: "a map of the graph of neighbours, also of more dimensions: UMAP",
  options: {
    neighbours: {
      kind: "integer",
      min: 2,
      help: "rows around each, itself among them",
      otherwise: "15, or all if there are fewer",
    },
    "min-dist": {
      kind: "number",
      min: 0,
      max: 1e6,
      default: 0.1,
      help: "distance on the map below which rows are together",
    },
    spread: { kind: "number", min: 1e-6, max: 1e6, default: 1, help: "scale of the map" },
    epochs: integer(1, 1_000_000, {
      help: "passes over the graph",
      otherwise: "500, from 10,000 rows on 200",
    }),
    rate: { kind: "number", min: 1e-9, max: 1e6, default: 1, help: "learning rate at first" },
    repulsion: { kind: "number", min: 0, max: 1e6, default: 1, help: "weight of the push" },
    negatives: integer(1, 1000, {
      default: 5,
      help: "rows that are pushed for one that is pulled",
    }),
    init: {
      kind: "choice",
      choices: ["spectral", "random"],
      default: "spectral",
      help: "where the rows start",
    },
    ...METRIC,
    ...SEED,
  },
  async run({ device, points, dimensions, signal, bar, warn }, values) {
    const { "min-dist": minDist, spread, epochs, repulsion, negatives, seed } = values;
    if (minDist > spread) {
      throw new UsageError(`--min-dist must be at most --spread, ${spread}, got ${minDist}`);
    }
    const [n] = points.shape;
    if (n < 3) throw new DataError(`umap needs at least 3 rows, got ${n}: take pca`);
    const neighbours = neighboursOf(values.neighbours, n, warn);
    const map = await umap(device, points, {
      ...{ dimensions, neighbours, minDist, spread, epochs, repulsion, negatives, seed, signal },
      learningRate: values.rate,
      metric: values.metric as "cosine",
      init: values.init as "random",
      onProgress({ stage, done, total }) {
        const what = stage === "layout" ? `epoch ${done}/${total}` : "nearest neighbours";
        bar.update(done / total, what);
      },
    });
    return { coordinates: map.positions, figures: { neighbours: map.neighbours } };
  },
});

/** The number that was asked for, or the usual one. @throws UsageError if it is too large */
function neighboursOf(asked: number | undefined, n: number, warn: (text: string) => void): number {
  if (asked === undefined) {
    const usual = usualNeighbours(n);
    if (usual < 15) warn(`--neighbours is ${usual}, all rows, instead of 15: there are no more`);
    return usual;
  }
  const most = Math.min(MOST_NEIGHBOURS, n);
  if (asked <= most) return asked;
  throw new UsageError(`--neighbours must be from 2 to ${most} for ${n} rows, got ${asked}`);
}
