import { isClassifier, type ReportInput, sizesOf } from "./input.ts";

/** A cluster with more of all rows, noise of more, and silhouettes below, are told of. */
const COLLAPSED = 0.9, NOISY = 0.5, FLAT = 0.05, CHANCE = 0.05;

const percent = (share: number) => `${(100 * share).toFixed(0)}%`;

/** Reasons to doubt a clustering, each with the number that gave it; none if nothing looks poor. */
export function doubtsOf({ run, rows }: ReportInput): string[] {
  const n = Math.max(1, rows.clusters.length), sizes = sizesOf(rows.clusters);
  const used = sizes.filter((size) => size > 0).length;
  const largest = Math.max(0, ...sizes) / n;
  const noise = rows.clusters.reduce((sum, c) => sum + Number(c < 0), 0) / n;
  const { silhouette, accuracy } = run.metrics ?? {};
  const out = [...run.warnings ?? []];
  if (run.status === "stopped") {
    out.push("The run was stopped before its end: all below is of an unfinished model.");
  }
  if (noise > NOISY) {
    out.push(
      `${
        percent(noise)
      } of the rows are noise: a larger eps or fewer neighbours would take more in.`,
    );
  } else if (!isClassifier(run) && (used < 2 || largest > COLLAPSED)) {
    out.push(
      `${
        percent(largest)
      } of the rows are in one cluster: the clustering has collapsed, or the data are one group.`,
    );
  }
  if (typeof silhouette === "number" && silhouette < FLAT) {
    out.push(
      `The silhouette is ${
        silhouette.toFixed(3)
      }, near 0: clusters lie next to or upon one another.`,
    );
  }
  const chance = largestClass(rows);
  if (typeof accuracy === "number" && chance !== null && accuracy < chance + CHANCE) {
    out.push(
      `The accuracy, ${accuracy.toFixed(3)}, is hardly above the share of the largest class, ` +
        `${chance.toFixed(3)}: the clusters do not follow the classes.`,
    );
  }
  for (const [phase, losses] of Object.entries(run.losses ?? {})) {
    const [first] = losses, last = losses.at(-1);
    if (losses.length > 1 && last !== undefined && !(last < first)) {
      out.push(
        `The loss of ${phase} did not fall: ${first.toPrecision(3)} at first, ${
          last.toPrecision(3)
        } at the end.`,
      );
    }
  }
  return out;
}

/** The share of the largest class; null without classes. */
function largestClass({ labels }: ReportInput["rows"]): number | null {
  if (!labels) return null;
  const counts = sizesOf(labels);
  const known = counts.reduce((sum, count) => sum + count, 0);
  return known === 0 ? null : Math.max(...counts) / known;
}
