/** Options that would be read and then forgotten: a person who gives one expects something of it. */

import { UsageError } from "../errors.ts";
import type { MethodName } from "../methods/methods.ts";

/** Settings of the first phase alone. */
const FIRST = ["epochs", "rate", "batch", "schedule", "patience", "corruption", "layerwise"];

/** When options have no effect, and the reason as the end of a sentence. */
interface Idle {
  readonly options: readonly string[];
  readonly reason: string;
  when(values: Readonly<Record<string, unknown>>, method?: MethodName): boolean;
}

/** Of every command. */
const DEVICE: readonly Idle[] = [
  {
    options: ["adapter"],
    reason: "is for --device webgpu",
    when: ({ device }) => device === "wasm",
  },
  {
    options: ["workers"],
    reason: "is for --device wasm",
    when: ({ device }) => device === "webgpu",
  },
];

const IDLE: readonly Idle[] = [
  {
    options: ["hidden"],
    reason: "is for --network dense; the sizes of a convolutional network are --channels",
    when: ({ network }) => network === "conv",
  },
  {
    options: ["channels"],
    reason: "is for --network conv; the sizes of a dense network are --hidden",
    when: ({ network }) => network === "dense",
  },
  {
    options: ["mining"],
    reason: "is for --pairs labels: only labels leave a choice of triplets",
    when: ({ pairs }) => pairs !== "labels",
  },
  {
    options: ["neighbours"],
    reason: "is for --pairs neighbours",
    when: ({ pairs }) => pairs !== "neighbours",
  },
  {
    options: ["reconstruct"],
    reason: "is for --augment: without it, what is seen is clean",
    when: ({ augment }) => !augment,
  },
  {
    options: FIRST,
    reason: "is of the first phase, which --pretrained leaves out",
    when: ({ pretrained }) => pretrained !== undefined,
  },
];

/**
 * Looks for options that have no effect beside the others.
 *
 * @param given names of the options that were given
 * @throws UsageError that names the first one
 */
export function refuseIdle(
  method: MethodName,
  values: Readonly<Record<string, unknown>>,
  given: readonly string[],
): void {
  for (const { options, reason, when } of [...IDLE, ...DEVICE]) {
    const idle = options.find((name) => given.includes(name));
    if (idle && when(values, method)) throw new UsageError(`--${idle} ${reason}: leave it out`);
  }
}

/**
 * The same for the options of the device alone.
 *
 * @throws UsageError that names the first one
 */
export function refuseIdleDevice(
  values: Readonly<Record<string, unknown>>,
  given: (option: string) => boolean,
): void {
  for (const { options: [idle], reason, when } of DEVICE) {
    if (given(idle) && when(values)) throw new UsageError(`--${idle} ${reason}: leave it out`);
  }
}

/** Options of the silhouette and its sample. */
interface SampleValues {
  readonly metric?: unknown;
  readonly silhouette?: string;
  readonly sample?: number;
}

/**
 * The same for a sample of the silhouette.
 *
 * @throws UsageError that names the first one
 */
export function refuseIdleSample({ metric, silhouette, sample }: SampleValues): void {
  if (sample !== undefined && silhouette !== undefined && silhouette !== "sample") {
    throw new UsageError(`--sample has no effect with --silhouette ${silhouette}: leave one out`);
  }
  if (metric !== "cosine" || (sample === undefined && silhouette !== "sample")) return;
  throw new UsageError(
    `--${sample === undefined ? "silhouette " : ""}sample is for --metric euclidean: with cosine ` +
      "all rows cost little",
  );
}

/**
 * The same for the seed where only a sample is random.
 *
 * @throws UsageError if there is none
 */
export function refuseIdleSeed(
  { silhouette, sample }: SampleValues,
  given: (option: string) => boolean,
): void {
  if (!given("seed") || sample !== undefined || silhouette === "sample") return;
  throw new UsageError(
    "--seed is for --silhouette sample, nothing else is random here: leave it out",
  );
}
