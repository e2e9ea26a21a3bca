/** The golden values of texts, typed. */

import golden from "../golden/text.json" with { type: "json" };

/** What scikit-learn makes of the golden texts. */
export interface GoldenCase {
  readonly options: {
    readonly min_df: number;
    readonly max_df: number;
    readonly max_features?: number;
  };
  readonly terms: readonly string[];
  readonly idf: readonly number[];
  readonly start: readonly number[];
  readonly column: readonly number[];
  readonly value: readonly number[];
}

export const CASES: Readonly<Record<string, GoldenCase>> = golden.cases;
