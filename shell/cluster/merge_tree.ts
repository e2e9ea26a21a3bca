/**
 * The tree of a hierarchical clustering, and what is read off it: labels and a drawing. Host only.
 */

/**
 * Merges of n points in the order of their heights. Cluster i < n is point i, cluster n + m is what
 * merge m made. The layout is that of scipy's linkage matrix and of scikit-learn's `children_`.
 */
export interface MergeTree {
  /** Number of points. */
  readonly points: number;
  /** [n - 1, 2]: the clusters that each merge joins, the lower number first. */
  readonly children: Uint32Array;
  /** [n - 1]: the distance of the two, never falling. */
  readonly heights: Float64Array;
  /** [n - 1]: points below each merge. */
  readonly sizes: Uint32Array;
}

/** Merges in any order in which a cluster is made before it is joined. */
export interface Merges {
  /** [n - 1, 2]: any point of either cluster. */
  readonly pairs: Uint32Array;
  readonly heights: Float64Array;
}

/** Number of the set that holds i, with its path made shorter. */
function find(parent: Uint32Array, i: number): number {
  while (parent[i] !== i) i = parent[i] = parent[parent[i]];
  return i;
}

const identity = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

/**
 * Puts merges in the order of their heights; of equals the earlier stays first.
 * @see Muellner (2011), Modern hierarchical, agglomerative clustering algorithms, figure 5
 */
export function treeOf({ pairs, heights }: Merges): MergeTree {
  const merges = heights.length, points = merges + 1;
  const order = identity(merges).sort((a, b) => heights[a] - heights[b] || a - b);
  const parent = identity(points), cluster = identity(points);
  const children = new Uint32Array(2 * merges), sizes = new Uint32Array(merges);
  order.forEach((at, m) => {
    const a = find(parent, pairs[2 * at]), b = find(parent, pairs[2 * at + 1]);
    const both = [cluster[a], cluster[b]].sort((p, q) => p - q);
    children.set(both, 2 * m);
    sizes[m] = both.reduce((sum, c) => sum + (c < points ? 1 : sizes[c - points]), 0);
    parent[a] = b;
    cluster[b] = points + m;
  });
  return { points, children, sizes, heights: Float64Array.from(order, (at) => heights[at]) };
}

/**
 * The tree as scipy's linkage matrix: [n - 1, 4], row by row the two clusters, their distance and
 * the number of points.
 */
export function linkageMatrix({ children, heights, sizes }: MergeTree): Float64Array {
  const out = new Float64Array(4 * heights.length);
  heights.forEach((height, m) => {
    out.set([children[2 * m], children[2 * m + 1], height, sizes[m]], 4 * m);
  });
  return out;
}

/**
 * Labels after the first n - k merges: k clusters, numbered by their first point.
 * @throws RangeError if k is not an integer from 1 to n
 */
export function cutByCount(tree: MergeTree, k: number): Uint32Array {
  const { points } = tree;
  if (!(Number.isInteger(k) && k >= 1 && k <= points)) {
    throw new RangeError(`cut: clusters must be an integer from 1 to ${points}, got ${k}`);
  }
  return labelsAfter(tree, points - k);
}

/**
 * Labels after all merges of at most this height, as scipy's `fcluster` by distance: clusters
 * numbered by their first point.
 * @throws RangeError if the height is NaN or below 0
 */
export function cutByHeight(tree: MergeTree, height: number): Uint32Array {
  if (!(height >= 0)) throw new RangeError(`cut: height must be at least 0, got ${height}`);
  const above = tree.heights.findIndex((h) => h > height);
  return labelsAfter(tree, above < 0 ? tree.heights.length : above);
}

function labelsAfter({ points, children }: MergeTree, merges: number): Uint32Array {
  const parent = identity(points + merges);
  for (let m = 0; m < merges; m++) {
    parent[children[2 * m]] = parent[children[2 * m + 1]] = points + m;
  }
  const label = new Uint32Array(points + merges);
  let labels = 0;
  return Uint32Array.from({ length: points }, (_, i) => {
    const root = find(parent, i);
    return (label[root] ||= ++labels) - 1;
  });
}

/** A drawing of a tree, without the drawing. */
export interface Dendrogram {
  /** Points from left to right; the i-th stands at x = 10 i + 5. */
  readonly leaves: Uint32Array;
  /** [n - 1, 4]: x of each merge's bracket: left foot, left corner, right corner, right foot. */
  readonly x: Float64Array;
  /** [n - 1, 4]: y of the same: the left cluster's height, twice the merge's, the right one's. */
  readonly y: Float64Array;
}

/**
 * Where to draw the brackets of a tree, as scipy's `dendrogram`: at each merge the cluster of the
 * lower number goes left, and a cluster stands in the middle of its two.
 */
export function dendrogram({ points, children, heights }: MergeTree): Dendrogram {
  const leaves: number[] = [];
  const middle = new Float64Array(points + heights.length);
  // Not recursive: the tree of a chain of points is as deep as there are points.
  for (const stack = [points + heights.length - 1]; stack.length > 0;) {
    const cluster = stack.pop()!;
    if (cluster < points) {
      middle[cluster] = 10 * leaves.length + 5;
      leaves.push(cluster);
    } else {
      const m = cluster - points;
      stack.push(children[2 * m + 1], children[2 * m]);
    }
  }
  const x = new Float64Array(4 * heights.length), y = new Float64Array(4 * heights.length);
  heights.forEach((height, m) => {
    const [left, right] = [children[2 * m], children[2 * m + 1]];
    const foot = (cluster: number) => cluster < points ? 0 : heights[cluster - points];
    middle[points + m] = (middle[left] + middle[right]) / 2;
    x.set([middle[left], middle[left], middle[right], middle[right]], 4 * m);
    y.set([foot(left), height, height, foot(right)], 4 * m);
  });
  return { leaves: Uint32Array.from(leaves), x, y };
}
