/** From a table of scores by the number of clusters to one recommendation. */

import { chooseByGap } from "./gap.ts";

/** Scores of one number of clusters; null where one is not defined or was not asked for. */
export interface KScores {
  /** Number of clusters. */
  readonly k: number;
  /** Sum of the squared distances to the means of the clusters. */
  readonly inertia: number;
  /** Mean silhouette, from -1 to 1; the higher the better. */
  readonly silhouette: number | null;
  /** The higher the better. */
  readonly calinskiHarabasz: number | null;
  /** The lower the better. */
  readonly daviesBouldin: number | null;
  /** Gap statistic, and its standard error. */
  readonly gap: number | null;
  /** Standard error of the gap statistic, spread of the references included. */
  readonly gapError: number | null;
  /** Mean adjusted Rand index between clusterings of bootstrap samples; 1 is the most stable. */
  readonly stability: number | null;
}

/** What speaks for a number of clusters, in the order in which ties are broken. */
export const CRITERIA = [
  "silhouette",
  "gap",
  "stability",
  "calinskiHarabasz",
  "daviesBouldin",
] as const;

/** One of {@link CRITERIA}. */
export type Criterion = typeof CRITERIA[number];

/** A number of clusters and why. */
export interface Recommendation {
  /** The number of clusters that each criterion prefers; null if it has none to prefer. */
  readonly choices: Readonly<Record<Criterion, number | null>>;
  /** The number of clusters to take. */
  readonly recommended: number;
  /** The criteria that chose the recommended number. */
  readonly agree: readonly Criterion[];
  /** One or two sentences for people. */
  readonly reason: string;
}

/** A mean silhouette below this may be artificial: Kaufman and Rousseeuw (1990), table 4. */
const WEAK = 0.5;

/** Differences of the stability that do not count. */
const SAME = 0.01;

const NAMES: Readonly<Record<Criterion, string>> = {
  silhouette: "the silhouette",
  gap: "the gap statistic",
  stability: "the stability",
  calinskiHarabasz: "Calinski-Harabasz",
  daviesBouldin: "Davies-Bouldin",
};

/**
 * The number of clusters that most criteria choose; of equals the one of the criterion that comes
 * first in {@link CRITERIA}. Only the gap statistic can see one cluster: it is believed if no
 * silhouette reaches 0.5, since K-Means cuts anything into pieces and the other criteria compare
 * only the cuts.
 *
 * @param rows one or more, of consecutive numbers of clusters
 */
export function recommend(rows: readonly KScores[]): Recommendation {
  const choices = choicesOf(rows);
  const highest = rows.find((row) => row.k === choices.silhouette)?.silhouette ?? null;
  const one = rows.length === 1 || (choices.gap === 1 && (highest === null || highest < WEAK));
  const recommended = one ? rows[0].k : mostChosen(choices) ?? rows[0].k;
  const agree = CRITERIA.filter((name) => choices[name] === recommended);
  const reason = reasonOf(rows, choices, recommended, agree, highest);
  return { choices, recommended, agree, reason };
}

function choicesOf(rows: readonly KScores[]): Record<Criterion, number | null> {
  const best = (score: (row: KScores) => number | null, sign: 1 | -1) => {
    let found: number | null = null, highest = -Infinity;
    for (const row of rows) {
      const value = score(row);
      if (value !== null && sign * value > highest) [found, highest] = [row.k, sign * value];
    }
    return found;
  };
  const stable = rows.filter((row) => row.stability !== null);
  const most = Math.max(...stable.map((row) => row.stability!));
  const gaps = rows.filter((row) => row.gap !== null)
    .map((row) => ({ gap: row.gap!, error: row.gapError! }));
  return {
    silhouette: best((row) => row.silhouette, 1),
    gap: chooseByGap(rows[0].k, gaps),
    // Fewer clusters than there are can be as stable: the largest number is the one that tells.
    stability: stable.findLast((row) => row.stability! >= most - SAME)?.k ?? null,
    calinskiHarabasz: best((row) => row.calinskiHarabasz, 1),
    daviesBouldin: best((row) => row.daviesBouldin, -1),
  };
}

/** The number of two or more that most criteria choose. */
function mostChosen(choices: Readonly<Record<Criterion, number | null>>): number | null {
  let best: number | null = null, most = 0;
  for (const name of CRITERIA) {
    const k = choices[name];
    const votes = CRITERIA.filter((other) => choices[other] === k).length;
    if (k !== null && k > 1 && votes > most) [best, most] = [k, votes];
  }
  return best;
}

function reasonOf(
  rows: readonly KScores[],
  choices: Readonly<Record<Criterion, number | null>>,
  recommended: number,
  agree: readonly Criterion[],
  highest: number | null,
): string {
  if (rows.length === 1) return "Only one number of clusters can be told apart.";
  const voices = CRITERIA.filter((name) => choices[name] !== null);
  if (recommended === 1) {
    return "The gap statistic finds no more structure than in points without clusters, and no " +
      `silhouette reaches ${WEAK} (the highest is ${text(highest)} for ${choices.silhouette} ` +
      "clusters): one cluster fits.";
  }
  const others = voices.filter((name) => !agree.includes(name))
    .map((name) => `${NAMES[name]} ${choices[name]}`);
  const last = rows.at(-1)!;
  const doubts = [
    ...choices.gap === null && last.gap !== null ? ["the gap goes on rising to the last"] : [],
    ...highest !== null && highest < WEAK
      ? [`no silhouette reaches ${WEAK}, so the clusters may be artificial`]
      : [],
    // Without inertia every point has a cluster of its own kind: there is no larger number.
    ...recommended === last.k && last.inertia > 0
      ? ["it is the largest number tried, so try more"]
      : [],
  ];
  const chosen = `${agree.length} of ${voices.length} criteria choose ${recommended} clusters`;
  const names = ` (${agree.map((name) => NAMES[name]).join(", ")})`;
  const rest = others.length > 0 ? `; they disagree: ${others.join(", ")}` : "";
  return `${chosen}${names}${rest}${doubts.map((one) => `; ${one}`).join("")}.`;
}

const text = (value: number | null) => value === null ? "none" : value.toFixed(2);
