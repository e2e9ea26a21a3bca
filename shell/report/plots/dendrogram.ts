import { scaleLinear } from "d3-scale";
import { dendrogram as brackets, type MergeTree } from "../../cluster/merge_tree.ts";
import { element } from "../markup.ts";
import { label, legend, line, px, sheet, short, yAxis } from "../svg.ts";
import { colour, hueOf, symbolOf } from "../theme.ts";

/** A tree of merges. */
export interface Tree {
  readonly tree: MergeTree;
  /** Cluster of each point where the tree is cut; its branches get their colours and shapes. */
  readonly labels?: ArrayLike<number>;
  /** Number of each point in its source (default 0, 1, 2, ...). */
  readonly ids?: ArrayLike<number>;
  readonly title?: string;
  readonly yLabel?: string;
  /** Branches at the bottom, at most (default 40): of a larger tree the last merges are shown. */
  readonly leaves?: number;
  readonly width?: number;
  readonly height?: number;
}

/** The last merges of a tree as a tree of its own. */
interface Top extends MergeTree {
  readonly below: readonly Leaf[];
}

/** What stands for a point or for many. */
interface Leaf {
  /** Its number in the whole tree. */
  readonly cluster: number;
  /** Points below it, and the number of one of them. */
  readonly size: number;
  readonly point: number;
}

/** Pixels between the leaves and their names, with shapes of clusters in between. */
const GAP = 14;

/**
 * The dendrogram of a hierarchical clustering: a bracket for each merge, as high as the distance of
 * the two groups. A leaf is a point (its number) or a group (how many points, in brackets); of a tree
 * with more than `leaves` leaves the last merges are drawn, as scipy's `truncate_mode="lastp"` does.
 */
export function dendrogram(
  { tree, labels, ids, title, yLabel = "distance", leaves: most = 40, ...size }: Tree,
): string {
  const { width = 720, height = 400 } = size;
  const top = lastMerges(tree, Math.max(2, most)), { leaves, x, y } = brackets(top);
  const names = leaves.length === 0
    ? []
    : Array.from(leaves, (leaf) => nameOf(top.below[leaf], ids));
  const long = Math.max(1, ...names.map((name) => name.length));
  const groups = labels ? [...new Set(Array.from(labels))].sort((a, b) => a - b) : [];
  const box = {
    ...{ left: 64, right: width - (labels ? 112 : 12), top: 14 },
    bottom: height - 24 - GAP - 7 * long,
  };
  const highest = top.heights.at(-1) ?? 1;
  const across = scaleLinear([0, 10 * Math.max(1, leaves.length)], [box.left, box.right]);
  const up = scaleLinear([0, highest > 0 ? highest : 1], [box.bottom, box.top + 6]);
  const step = (box.right - box.left) / Math.max(1, leaves.length);
  const kept = tree.points - groups.length;
  const hue = (m: number) => {
    if (!labels || tree.heights.length - top.heights.length + m >= kept) return colour("soft");
    return hueOf(labels[pointBelow(top, m)]);
  };
  const cut = labels ? cutOf(tree, kept) : null;
  return sheet(
    {
      ...{ width, height },
      title: title ??
        `tree of ${tree.points.toLocaleString("en")} points, the last ${
          top.heights.length.toLocaleString("en")
        } merges`,
      description: `The highest merge is at ${short(highest)}${
        cut === null ? "" : `; the tree is cut at ${short(cut)} into ${groups.length} clusters`
      }.`,
    },
    yAxis(up, {
      ...{ x: box.left, from: box.bottom, to: box.top, name: yLabel },
      grid: box.right - box.left,
    }),
    Array.from(top.heights, (_height, m) => {
      const [a, b, c, d] = [0, 1, 2, 3].map((i) =>
        `${px(across(x[4 * m + i]))} ${px(up(y[4 * m + i]))}`
      );
      return element("path", {
        ...{ d: `M${a}L${b}L${c}L${d}`, fill: "none", stroke: hue(m), "stroke-width": 1.5 },
      });
    }),
    cut !== null && cut <= highest && [
      line(box.left, up(cut), box.right, up(cut), "accent", true),
      label(box.right, up(cut) - 4, `cut at ${short(cut)}`, {
        ...{ "text-anchor": "end", fill: colour("accent") },
        ...{ stroke: colour("paper"), "stroke-width": 3, "paint-order": "stroke" },
      }),
    ],
    names.map((name, i) => {
      const at = across(10 * i + 5), leaf = top.below[leaves[i]];
      // A leaf above the cut holds points of several clusters.
      const within = labels && leaf.cluster - tree.points < kept;
      return step > 9 && [
        within && element("path", {
          ...{ d: symbolOf(labels[leaf.point], 36), fill: hueOf(labels[leaf.point]) },
          transform: `translate(${px(at)} ${px(box.bottom + 6)})`,
        }),
        element(
          "text",
          {
            transform: `translate(${px(at + 4)} ${px(box.bottom + GAP)}) rotate(-90)`,
            ...{ "text-anchor": "end", fill: colour("soft"), "font-size": Math.min(11, step) },
          },
          name,
        ),
      ];
    }),
    legend(groups.map((group) => ({ group, name: `cluster ${group}` })), {
      ...{ x: box.right + 14, y: box.top + 10, height: box.bottom - box.top, width: 98 },
    }),
    label((box.left + box.right) / 2, height - 4, "rows by their numbers, or groups of (so many)", {
      "text-anchor": "middle",
    }),
  );
}

function nameOf({ size, point }: Leaf, ids?: ArrayLike<number>): string {
  return size === 1 ? String(ids?.[point] ?? point) : `(${size})`;
}

/** Between the last merge within a cluster and the first between two. */
function cutOf({ heights }: MergeTree, kept: number): number | null {
  if (kept >= heights.length) return null;
  return (heights[kept] + (kept > 0 ? heights[kept - 1] : 0)) / 2;
}

function lastMerges(tree: MergeTree, most: number): Top {
  const { points, heights, children, sizes } = tree;
  const first = Math.max(0, points - most), kept = heights.length - first;
  const sizeOf = (cluster: number) => cluster < points ? 1 : sizes[cluster - points];
  // What the first merges made, and points that they left alone, are the leaves.
  const leaves = new Map<number, number>();
  for (let m = first; m < heights.length; m++) {
    for (const child of [children[2 * m], children[2 * m + 1]]) {
      if (child < points + first) leaves.set(child, 0);
    }
  }
  const order = [...leaves.keys()].sort((a, b) => a - b);
  order.forEach((cluster, i) => leaves.set(cluster, i));
  const renamed = (cluster: number) =>
    leaves.get(cluster) ?? cluster - points - first + order.length;
  return {
    points: order.length,
    heights: heights.slice(first),
    children: Uint32Array.from({ length: 2 * kept }, (_, i) => renamed(children[2 * first + i])),
    sizes: sizes.slice(first),
    below: order.map((cluster) => ({
      ...{ cluster, size: sizeOf(cluster) },
      point: firstPoint(tree, cluster),
    })),
  };
}

function firstPoint({ points, children }: MergeTree, cluster: number): number {
  let at = cluster;
  while (at >= points) at = children[2 * (at - points)];
  return at;
}

function pointBelow(top: Top, m: number): number {
  return top.below[firstPoint(top, top.points + m)].point;
}
