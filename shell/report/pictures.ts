/** The pictures of a run, by name. */

import { bars } from "./plots/bars.ts";
import { contingency } from "./plots/contingency.ts";
import { curves } from "./plots/curves.ts";
import { scatter } from "./plots/scatter.ts";
import { silhouettes } from "./plots/silhouettes.ts";
import {
  countMapped,
  groupName,
  isClassifier,
  mappedRows,
  type ReportInput,
  sizesOf,
} from "./input.ts";

/** A picture: the name of its file, what is said of it, and the SVG. */
export interface Picture {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** All pictures that a run's files allow. */
export function picturesOf(input: ReportInput): Picture[] {
  return [...maps(input), sizes(input), ...classes(input), ...silhouette(input), ...losses(input)];
}

function maps({ run, rows }: ReportInput): Picture[] {
  if (rows.positions?.length !== 2 * rows.clusters.length) return [];
  const { positions = new Float32Array(0), clusters, labels, labelNames } = mappedRows(rows);
  const how = String(run.settings.map ?? "map").toUpperCase();
  const axes = { positions, xLabel: `${how} 1`, yLabel: `${how} 2` };
  const of = `${countMapped(rows)} of ${run.data.name}`;
  const by = isClassifier(run) ? "predicted class" : "cluster";
  const names = Array.from(sizesOf(rows.clusters).keys(), (group) => groupName(run, group));
  const made = [{
    name: "map_clusters",
    caption: `${how} map of the codes, coloured by ${by}`,
    svg: scatter({ ...axes, groups: clusters, names, title: `${how} map of ${of} by ${by}` }),
  }];
  if (labels) {
    made.push({
      name: "map_classes",
      caption: `${how} map of the codes, coloured by class`,
      svg: scatter({
        ...axes,
        groups: labels,
        names: labelNames,
        title: `${how} map of ${of} by class`,
      }),
    });
  }
  return made;
}

function sizes({ run, rows }: ReportInput): Picture {
  const noise = rows.clusters.reduce((sum, c) => sum + Number(c < 0), 0);
  const all = sizesOf(rows.clusters).map((value, group) => ({
    group,
    name: groupName(run, group),
    value,
  }));
  if (noise > 0) all.push({ group: -1, name: "noise", value: noise });
  return {
    name: "sizes",
    caption: isClassifier(run) ? "Rows of each predicted class" : "Rows in each cluster",
    svg: bars({
      ...{ bars: all, xLabel: "rows" },
      title: isClassifier(run) ? "rows of each predicted class" : "rows in each cluster",
    }),
  };
}

function classes({ run, rows: { clusters, labels, labelNames = [] } }: ReportInput): Picture[] {
  if (!labels || labelNames.length === 0) return [];
  const used = [...new Set(clusters)].sort((a, b) => a - b);
  const at = new Map(used.map((cluster, i) => [cluster, i]));
  const counts = used.map(() => labelNames.map(() => 0));
  clusters.forEach((cluster, row) => labels[row] >= 0 && counts[at.get(cluster)!][labels[row]]++);
  return [{
    name: "contingency",
    caption: `${isClassifier(run) ? "Predicted classes" : "Clusters"} against the known classes`,
    svg: contingency({
      ...{ counts, rows: used.map((group) => groupName(run, group)), columns: labelNames },
      title: isClassifier(run)
        ? "table of predicted by known classes"
        : "table of clusters by classes",
    }),
  }];
}

function silhouette({ run, gallery }: ReportInput): Picture[] {
  const mean = run.metrics?.silhouette;
  const known = gallery?.clusters.filter(({ silhouettes = [] }) => silhouettes.length > 0) ?? [];
  if (typeof mean !== "number" || known.length === 0) return [];
  return [{
    name: "silhouettes",
    caption: "Silhouettes: rows left of 0 are nearer to another cluster",
    svg: silhouettes({
      ...{ mean, title: `silhouette of each row, mean ${mean.toFixed(3)}` },
      clusters: known.map(({ cluster, size, silhouettes = [] }) => ({
        ...{ cluster, size, name: groupName(run, cluster), values: silhouettes },
      })),
    }),
  }];
}

function losses({ run }: ReportInput): Picture[] {
  return Object.entries(run.losses ?? {}).filter(([, values]) => values.length > 0).map((
    [phase, values],
  ) => ({
    name: `loss_${phase.replace(/\W+/g, "_")}`,
    caption: `Loss of each epoch, ${phase}`,
    svg: curves({
      ...{ curves: [{ name: phase, values }], title: `loss by epoch, ${phase}` },
      ...{ xLabel: "epoch", yLabel: "loss", log: true },
    }),
  }));
}
