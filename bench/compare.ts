/** Ours beside a peer's. */

import { type Measurement, median } from "./suites/measure.ts";

/** Adds ratios to a peer's time: how many times faster ours is. */
export function against(ours: Measurement[], peers: Measurement[], pairs: Record<string, string>) {
  for (const one of ours) {
    for (const [label, key] of Object.entries(pairs)) {
      const short = one.name.split(" ")[0];
      const peer = peers.find((p) => p.name === `${key}/${short}`);
      if (peer?.ms) Object.assign(one, { [`times ${label}`]: peer.ms / one.ms! });
    }
  }
  return [...ours, ...peers];
}

/** Two readings of ours, one before and one after the peers: the host is noisy for seconds. */
export function merge(before: Measurement[], after: Measurement[]): Measurement[] {
  return before.map((one, i) => {
    const ms = median([one.ms!, after[i].ms!]);
    return { ...one, ms, ...one.perSecond !== undefined && { perSecond: 1000 / ms } };
  });
}
