import { kernel, linear, reads, writes } from "./kernel.ts";
import wgsl from "../../shaders/mine_triplets.wgsl" with { type: "text" };

/** How triplets are chosen, with the codes that kernels know them by. */
export const MINING = { random: 0, hard: 1, semi_hard: 2 } as const;

/** Name of a way to choose triplets. */
export type Mining = keyof typeof MINING;

/**
 * A positive (same label) and a negative (another label) for each row as anchor: d, [m, m], holds
 * the squared distances; label, positive, negative and valid are u32 [m]. An anchor that lacks one
 * of them gets valid 0 and itself as both.
 *
 * - random: each drawn uniformly, from Philox counter (anchor, step) under the key (seed, stream);
 * - hard: the farthest positive and the nearest negative;
 * - semi_hard: a random positive and the nearest negative that is farther than it; where no
 *   negative is, the farthest negative. FaceNet names those semi-hard that lie beyond the positive
 *   within the margin: if any does, the nearest beyond does.
 *
 * Of equal distances the lowest row is taken; NaN counts as farther than every number.
 *
 * @see Schroff, Kalenichenko, Philbin (2015), FaceNet, section 3.2
 */
export const mineTriplets = kernel({
  name: "mine_triplets",
  buffers: {
    d: reads("f32"),
    label: reads("u32"),
    positive: writes("u32"),
    negative: writes("u32"),
    valid: writes("u32"),
  },
  params: { m: "u32", mining: "u32", seed: "u32", stream: "u32", step: "u32" },
  wgsl,
  grid: ({ m }) => linear(Math.ceil(m / 64)),
  items: ({ m }) => m,
  grain: ({ m }) => Math.max(1, Math.round(8192 / m)),
  bytes: ({ m }) => 4 * m * m,
});
