/** Packages of npm beside our own fits, each in a process of its own, all judged alike. */

import { openWasm } from "../shell/device/wasm.ts";
import { tryPeer } from "./peers.ts";
import { type Found, judge, ourFits, PAIRS, titleOf, type Work } from "./suites/js_peers.ts";
import type { Measurement } from "./suites/measure.ts";

/** Seconds after which a peer has to be done. */
const PATIENCE = 60;

/** The packages by name. */
export const PACKAGES = [...new Set(PAIRS.map((pair) => pair.split("/")[0]))];

/** Two readings of ours, one before and one after the peers, with what all of them found judged. */
export async function npmPeers(runs: number) {
  const device = await openWasm({ workers: 2 });
  try {
    const { measurements, found } = await ourFits(device, runs);
    const before: Measurement[] = [];
    for (const one of measurements) {
      const work = one.name.split(" ")[0] as Work, ours = found.get(work)!;
      before.push({ ...one, ...await judge(device, work, ours, ours) });
    }
    const peers: Measurement[] = [];
    for (const name of PAIRS) {
      const work = name.split("/")[1] as Work;
      const { lines, note } = await tryPeer("js.ts", ["--pair", name], PATIENCE);
      if (note) peers.push({ name, note });
      for (const { found: theirs, ...line } of lines) {
        const quality = await judge(device, work, theirs as Found, found.get(work)!);
        peers.push({ ...line, ...quality });
      }
    }
    return { before, peers, after: (await ourFits(device, runs)).measurements };
  } finally {
    await device.close();
  }
}

/** The same line, with the number of points in the name of a peer. */
export function withSize(one: Measurement): Measurement {
  const [peer, work] = one.name.split("/");
  return work ? { ...one, name: `${peer}/${titleOf(work as Work)}` } : one;
}
