/** Two runs side by side. */

import type { AsterismMap } from "../map/element.ts";
import { byId, make, tableOf } from "../dom.ts";
import type { SessionResult } from "../session/types.ts";
import { figure } from "./result_panel.ts";

/** A run that is kept for comparing. */
export interface Kept {
  readonly title: string;
  readonly result: SessionResult;
  readonly names: readonly string[];
}

const kept: Kept[] = [];

/** Keeps a run; from the second on they can be compared. */
export function keep(one: Kept): void {
  kept.push(one);
  const selects = [byId<HTMLSelectElement>("left"), byId<HTMLSelectElement>("right")];
  selects.forEach((select, i) => {
    select.replaceChildren(
      ...kept.map(({ title }, at) => make("option", { value: `${at}`, textContent: title })),
    );
    select.value = `${Math.max(0, kept.length - 2 + i)}`;
    select.onchange = show;
  });
  byId("compare").hidden = kept.length < 2;
  if (kept.length >= 2) show();
}

function show(): void {
  const [a, b] = ["left", "right"].map((id) => kept[Number(byId<HTMLSelectElement>(id).value)]);
  const scores = [...new Set([a, b].flatMap(({ result }) => Object.keys(result.metrics)))];
  const settings = (one: Kept) => one.result.run.settings as Record<string, unknown>;
  const differing = [...new Set([a, b].flatMap((one) => Object.keys(settings(one))))]
    .filter((name) => JSON.stringify(settings(a)[name]) !== JSON.stringify(settings(b)[name]));
  byId("versus").replaceChildren(tableOf(["", a.title, b.title], [
    ...scores.map((name) => [name, figure(a.result.metrics[name]), figure(b.result.metrics[name])]),
    ...differing.map((name) => [name, ...[a, b].map((one) => String(settings(one)[name] ?? "–"))]),
  ]));
  const maps = [a, b].map(mapOf);
  byId("pair").replaceChildren(...maps);
  // Rows that are chosen in one map are shown in the other, where both are of the same rows.
  const same = a.result.ids.length === b.result.ids.length && a.result.name === b.result.name;
  maps.forEach((map, i) =>
    map.addEventListener("asterism-select", (event) => {
      const { rows } = (event as CustomEvent<{ rows: Uint32Array }>).detail;
      if (same) maps[1 - i].highlight(rows.length > 0 ? rows : null);
    })
  );
}

function mapOf({ result, names }: Kept): AsterismMap {
  const map = make("asterism-map"), { positions, clusters, labels, labelNames } = result;
  if (positions) map.data = { positions, clusters, clusterNames: names, labels, labelNames };
  return map;
}
