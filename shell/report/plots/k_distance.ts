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
 * is noise; the suggested eps is marked.
 */
export function kDistance(
  { distances, knee, eps, minPoints, title, ...size }: KDistances,
): string {
  const n = distances.length, count = Math.min(n, SHOWN);
  const places = new Set(
    Array.from({ length: count }, (_, i) => Math.round(i * (n - 1) / Math.max(1, count - 1))),
  ).add(knee);
  const at = [...places].sort((a, b) => a - b);
  return curves({
    curves: [{
      name: `distance to point ${minPoints - 1}`,
      values: at.map((i) => distances[i]),
      at: at.map((i) => i + 1),
    }],
    title: title ?? `sorted distances of ${n.toLocaleString("en")} points, eps ${short(eps)}`,
    ...{ xLabel: "points, by distance", yLabel: "distance" },
    mark: { at: knee + 1, text: `eps ${short(eps)}` },
    ...size,
  });
}
