/** Points that a clustering leaves out: what DBSCAN and its kin label -1. */

/** The cluster id of a point that belongs to no cluster. */
export const NOISE = -1;

/**
 * What a metric does with points labelled -1:
 *
 * - `cluster` (the default, and what scikit-learn does): -1 is a cluster like the others, so that
 *   all points count and the noise is judged as if it were one group;
 * - `exclude`: those points are left out, also as neighbours and in centres, and the result speaks
 *   of the others only. Look at the share of noise beside it: a clustering that keeps ten easy
 *   points and calls the rest noise scores well.
 */
export type Noise = "cluster" | "exclude";

/** The option that every metric of a clustering has. */
export interface NoiseOptions {
  /** What points labelled -1 are (default `cluster`). */
  readonly noise?: Noise;
}

/** @throws TypeError unless it is one of the two ways */
export function checkNoise(what: string, noise: Noise): void {
  if (noise !== "cluster" && noise !== "exclude") {
    throw new TypeError(`${what}: noise must be "cluster" or "exclude", got ${noise}`);
  }
}
