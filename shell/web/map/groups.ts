/** Which group each row of a map is in, and which rows are hidden, dimmed or stressed. */

import type { LegendEntry } from "./layers.ts";
import type { ColourBy, MapData } from "./types.ts";

/** How much points count that are hidden, beside what is searched for, as they are, and found. */
const WEIGHTS = { hidden: 0, faint: 0.15, plain: 1, found: 2 };

/** The groups of a map's rows: clusters or classes. */
export class Groups {
  #by: ColourBy = "cluster";
  readonly #hidden = new Set<number>();
  #found: Uint8Array | null = null;

  constructor(private data: MapData, by: ColourBy = "cluster") {
    this.by = by;
  }

  /** What groups are: clusters where there are no classes. A change shows all of them. */
  get by(): ColourBy {
    return this.#by;
  }

  set by(by: ColourBy) {
    this.#by = by === "label" && this.data.labels ? "label" : "cluster";
    this.#hidden.clear();
  }

  /** The rows have other clusters. */
  recluster(clusters: Int32Array): void {
    this.data = { ...this.data, clusters };
  }

  /** The group of each row, below 0 for none. */
  get rows(): Int32Array {
    return this.#by === "label" ? this.data.labels! : this.data.clusters;
  }

  /** What a group is called. */
  nameOf(group: number): string {
    const { clusterNames, labelNames } = this.data;
    if (this.#by === "label") {
      return group < 0 ? "no class" : labelNames?.[group] ?? `class ${group}`;
    }
    return group < 0 ? "noise" : clusterNames?.[group] ?? `cluster ${group}`;
  }

  /** The groups that have rows, in order. */
  get legend(): LegendEntry[] {
    const counts = new Map<number, number>();
    this.rows.forEach((group) => counts.set(group, (counts.get(group) ?? 0) + 1));
    return [...counts].sort(([a], [b]) => a - b).map(([group, count]) => ({
      ...{ group, count, name: this.nameOf(group), shown: !this.#hidden.has(group) },
    }));
  }

  /** Hides a group, or shows it again. */
  toggle(group: number): void {
    if (!this.#hidden.delete(group)) this.#hidden.add(group);
  }

  /** Stresses some rows and dims the others; null ends that. */
  stress(rows: Uint32Array | null): void {
    this.#found = rows && new Uint8Array(this.data.clusters.length);
    rows?.forEach((row) => this.#found![row] = 1);
  }

  /** How much each row counts on the map, from 0. */
  get weights(): Float32Array {
    const found = this.#found;
    return Float32Array.from(this.rows, (group, row) => {
      if (this.#hidden.has(group)) return WEIGHTS.hidden;
      return !found ? WEIGHTS.plain : found[row] ? WEIGHTS.found : WEIGHTS.faint;
    });
  }

  /** Whether a row is not hidden. */
  readonly shows = (row: number): boolean => !this.#hidden.has(this.rows[row]);

  /** The next row that is shown, and stressed if some are, in the order of the rows. */
  next(here: number | null, by: 1 | -1): number | null {
    const n = this.data.clusters.length;
    for (let tried = 1, row = here ?? (by > 0 ? -1 : n); tried <= n; tried++) {
      row = (row + by + n) % n;
      if (this.shows(row) && (!this.#found || this.#found[row])) return row;
    }
    return null;
  }
}
