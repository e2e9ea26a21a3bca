/** What a metric is to the command line: one file each, listed in metrics.ts. */

import type { Device } from "../../device/device.ts";
import type { Tensor } from "../../plan/tensor.ts";

/** How far points are apart, and how many of them a metric looks at whose cost is n^2. */
export interface Distance {
  readonly metric: "euclidean" | "cosine";
  /** "exact", or "sample"; by default exact where that does not take long. */
  readonly silhouette?: string;
  /** Points of the sample. */
  readonly sample?: number;
  /** Of the sample. */
  readonly seed: number;
}

/** A clustering to be judged by where its points are. */
export interface Clustered {
  readonly device: Device;
  /** [n, dim], on the device. */
  readonly points: Tensor;
  /** Cluster of each point, from 0: 2 to n - 1 distinct ones. */
  readonly labels: Int32Array;
  readonly distance: Distance;
  readonly signal: AbortSignal;
  /** How far the work is, 0 to 1. */
  progress(share: number): void;
}

/** A metric, or a few that come together; results by the name under which they are printed. */
export type Metric =
  & { readonly about: string }
  & ({
    /** Judges by the points, which no class is needed for. */
    readonly of: "points";
    /** Whether it knows Euclidean distances only. */
    readonly euclidean?: boolean;
    run(one: Clustered): Promise<Record<string, number>>;
  } | {
    /** Judges by known classes; both arrays are as long and have no negative number. */
    readonly of: "classes";
    run(classes: Int32Array, labels: Int32Array): Record<string, number>;
  });
