/** Prints measurements as a table. */

import type { Measurement } from "./suites/measure.ts";

const percent = (v: number) => `${(100 * v).toFixed(0)}%`;

/** Columns in order: key and how it is written. */
const COLUMNS: Record<string, (v: number) => string> = {
  ms: (v) => v < 1 ? v.toFixed(4) : v.toFixed(2),
  us: (v) => v.toFixed(2),
  spread: (v) => `±${percent(v)}`,
  gflops: (v) => v.toFixed(1),
  gbs: (v) => v.toFixed(1),
  share: percent,
  "not spared": percent,
  megabytes: (v) => `${v.toFixed(v < 1 ? 3 : 1)} MB`,
  twoBest: (v) => `${v.toFixed(2)}x`,
  twoWorkers: (v) => `${v.toFixed(2)}x`,
  perSecond: (v) => v.toFixed(1),
  accuracy: (v) => v.toFixed(4),
  nmi: (v) => v.toFixed(4),
  ari: (v) => v.toFixed(4),
  "accuracy before": (v) => v.toFixed(4),
  "test accuracy": (v) => v.toFixed(4),
  "test nmi": (v) => v.toFixed(4),
  iterations: String,
  inertia: (v) => v.toFixed(0),
  "memory / pixels": (v) => `${v.toFixed(2)}x`,
  "from the Hub": (v) => `${v.toFixed(2)}x`,
  "from its cache": (v) => `${v.toFixed(2)}x`,
  agreement: (v) => `${(100 * v).toFixed(2)}%`,
  "height error": (v) => v.toExponential(1),
  kl: (v) => v.toFixed(4),
  trustworthiness: (v) => v.toFixed(4),
  seconds: (v) => `${v.toFixed(0)} s`,
};

/** One line per measurement; empty columns are left out. */
export function printTable(title: string, rows: readonly Measurement[]): void {
  const ratios = [...new Set(rows.flatMap(Object.keys).filter((key) => key.startsWith("times ")))];
  const shown = rows.filter((row) =>
    [row.ms, row.us, row.seconds, row.note].some((v) => v !== undefined)
  );
  const keys = Object.keys(COLUMNS).filter((key) =>
    shown.some((row) => typeof row[key] === "number")
  );
  const texts = (["name", "runtime", "device"] as const).filter((key) => shown.some((r) => r[key]));
  // Why there is no time, at the end of a line.
  const notes = (["note"] as const).filter((key) => shown.some((row) => row[key]));
  const cells = [
    [...texts, ...keys, ...ratios, ...notes],
    ...shown.map((row) => [
      ...texts.map((key) => row[key] ?? ""),
      ...keys.map((key) => typeof row[key] === "number" ? COLUMNS[key](row[key] as number) : ""),
      ...ratios.map((key) =>
        typeof row[key] === "number" ? `${(row[key] as number).toFixed(2)}x` : ""
      ),
      ...notes.map((key) => row[key] ?? ""),
    ]),
  ];
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  console.log(`\n${title}`);
  for (const row of cells) {
    console.log(
      row.map((c, i) => {
        const isText = i < texts.length || i >= row.length - notes.length;
        return isText ? c.padEnd(widths[i]) : c.padStart(widths[i]);
      }).join("  ").trimEnd(),
    );
  }
}
