/** A judge of clusterings that needs no labels and sees the data, not the codes. */

import type { Device } from "../device/device.ts";
import { nearestNeighbours } from "../neighbours/neighbours.ts";
import { mapRows } from "./infer.ts";
import type { Rows } from "./rows.ts";

/** Rows that the graph has at most, and neighbours of each. */
const NODES = 5000;
const NEIGHBOURS = 10;

/** Some rows and the nearest others of each. */
export interface NeighbourGraph {
  /** Row numbers. */
  readonly ids: Uint32Array;
  /** Positions in `ids` of the neighbours of each, `k` for each. */
  readonly neighbours: Uint32Array;
  readonly k: number;
}

/** Joins each of at most 5,000 rows, evenly spread, to its 10 nearest among them. */
export async function neighbourGraph(device: Device, rows: Rows): Promise<NeighbourGraph> {
  const nodes = Math.min(NODES, rows.n);
  const k = Math.min(NEIGHBOURS, nodes - 1);
  const ids = Uint32Array.from({ length: nodes }, (_, i) => Math.floor(i * rows.n / nodes));
  const x = await mapRows(device, rows, rows.width, (_, batch) => batch, ids);
  try {
    const { indices } = await nearestNeighbours(device, x, { k });
    return { ids, neighbours: indices, k };
  } finally {
    device.free(x);
  }
}

/**
 * Modularity of a clustering of the graph: the share of edges inside clusters, less what it would be
 * if edges were drawn at random between nodes of the same degrees:
 * `Q = sum_c (inside_c - (ends_c / 2)^2)`, from -1/2 to 1; one cluster for all has 0. Unlike a
 * silhouette in the space of the codes it is the same scale for every network.
 *
 * @param labels of the nodes
 * @see Newman & Girvan 2004, eq. 5
 */
export function modularity({ neighbours, k }: NeighbourGraph, labels: ArrayLike<number>): number {
  const inside = new Map<number, number>(), ends = new Map<number, number>();
  const add = (to: Map<number, number>, c: number) => to.set(c, (to.get(c) ?? 0) + 1);
  neighbours.forEach((j, e) => {
    const a = labels[Math.floor(e / k)], b = labels[j];
    if (a === b) add(inside, a);
    add(ends, a);
    add(ends, b);
  });
  const edges = neighbours.length;
  let q = 0;
  for (const [c, count] of ends) {
    q += (inside.get(c) ?? 0) / edges - (count / (2 * edges)) ** 2;
  }
  return q;
}
