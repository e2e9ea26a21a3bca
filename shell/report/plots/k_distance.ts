import { curves } from "./curves.ts";
import { short } from "../svg.ts";

/** Sorted distances to a near neighbour, and the eps read from them. */
export interface KDistances {
  /** Distance of each point to its (minPoints - 1)-th other point, ascending. */
  readonly distances: ArrayLike<number>;
  /** Place of the suggested eps among them. */
  readonly knee: number;
  readonly eps: number;
  readonly minPoints: number;
  readonly title?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Points of the curve: more would not be seen. */
const SHOWN = 800;

/**
 * The k-distance curve of DBSCAN: the flat part are points in dense places, the steep part at the end
 * is noise; the suggested eps is marked, with the share of core points that it makes.
 */
export function kDistance(
  { distances, knee, eps, minPoints, title, ...size }: KDistances,
): string {
  const n = distances.length, count = Math.min(n, SHOWN);
  const places = new Set(
    Array.from({ length: count }, (_, i) => Math.round(i * (n - 1) / Math.max(1, count - 1))),
  ).add(knee);
  const at = [...places].sort((a, b) => a - b);
  const above = Array.prototype.findIndex.call(distances, (d: number) => d > eps);
  const core = `${(100 * (above < 0 ? n : above) / n).toFixed(1)}% core points`;
  return curves({
    curves: [{
      name: "sorted distances",
      values: at.map((i) => distances[i]),
      at: at.map((i) => i + 1),
    }],
    title: title ?? `sorted distances of ${n.toLocaleString("en")} points, eps ${short(eps)}`,
    description: `The curve rises from ${short(distances[0])} to ${short(distances[n - 1])}; ` +
      `the suggested eps, ${short(eps)}, makes ${core}.`,
    ...{ xLabel: "points, by distance", yLabel: `distance to neighbour ${minPoints - 1}` },
    mark: { at: knee + 1, text: `eps ${short(eps)}: ${core}` },
    ...size,
  });
}
