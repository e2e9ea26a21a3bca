import { sizeOf } from "../nn/layers.ts";
import type { Network } from "../nn/network.ts";
import type { History } from "./train.ts";

/** What a person should know of a training that ended, without labels. */
export function warningsOf(
  { encoder }: { readonly encoder: Network },
  history: Readonly<Record<string, History>>,
  embedding: Float32Array,
): string[] {
  const warnings = divergences(history);
  const [width, input] = [encoder.output, encoder.input].map(sizeOf);
  if (width > input) {
    warnings.push(
      `the code has ${width} numbers and a row has ${input}: a code that is larger than its input ` +
        "need not learn anything, use a smaller embedding",
    );
  }
  const dead = deadUnits(embedding, width);
  if (dead > 0) {
    warnings.push(
      `${dead} of the ${width} numbers of the code are the same for every row: use a smaller ` +
        "embedding or another seed",
    );
  }
  return warnings;
}

/** What a person should know of the ends of training runs. */
export function divergences(history: Readonly<Record<string, History>>): string[] {
  return Object.entries(history).filter(([, { stopReason }]) => stopReason === "diverged").map((
    [phase, { losses }],
  ) =>
    `${phase} diverged after epoch ${losses.length}: the state of that epoch was kept; lower the ` +
    "learning rate"
  );
}

/** Columns that are constant. */
function deadUnits(embedding: Float32Array, width: number): number {
  let dead = 0;
  for (let j = 0; j < width; j++) {
    let same = true;
    for (let i = j; same && i < embedding.length; i += width) same = embedding[i] === embedding[j];
    if (same) dead++;
  }
  return dead;
}
