/** What is seen while a run goes on: the stage, the loss, the map. */

import { curves } from "../../report/plots/curves.ts";
import type { AsterismMap, Tip } from "../map/element.ts";
import { byId, make, pictureOf } from "../dom.ts";
import type { SessionEvent, SessionResult } from "../session/types.ts";

/** Milliseconds between two drawings of the loss, and points of a curve. */
const EVERY = 500, POINTS = 300;
const MOST = 100;

const MOVING =
  "Of some rows. A silhouette is that of the embedding of its moment: a higher one later does not " +
  "say that the clusters are better.";

type Lines = Map<string, { at: number[]; values: number[] }>;

/** Adds a point to a curve; a long one keeps every other point. */
function add(lines: Lines, name: string, at: number, value: number): void {
  const curve = lines.get(name) ?? { at: [], values: [] };
  lines.set(name, curve);
  curve.at.push(at);
  curve.values.push(value);
  if (curve.at.length > POINTS) {
    curve.at = curve.at.filter((_v, i) => i % 2 === 1);
    curve.values = curve.values.filter((_v, i) => i % 2 === 1);
  }
}

/** Shows the events of a run. */
export class LivePanel {
  readonly map = byId<AsterismMap>("map");
  #losses: Lines = new Map();
  /** Scores of the snapshots by name; epochs of the phases before this one, and of the whole run. */
  #scores: Lines = new Map();
  #phase = "";
  #before = 0;
  #now = 0;
  #drawn = 0;
  #shown = "";

  constructor() {
    byId("colours").addEventListener("change", (event) => {
      this.map.colourBy = (event.target as HTMLSelectElement).value as "cluster" | "label";
    });
    byId("search").addEventListener(
      "input",
      (event) => this.#search((event.target as HTMLInputElement).value),
    );
    this.map.addEventListener(
      "asterism-select",
      (event) => this.#list((event as CustomEvent<{ rows: Uint32Array }>).detail.rows, "chosen"),
    );
  }

  /** Before a run. */
  clear(): void {
    this.#losses.clear();
    this.#scores.clear();
    this.#before = this.#now = 0;
    this.#shown = this.#phase = "";
    for (const id of ["losses", "live-scores", "scores", "warnings", "chosen"]) {
      byId(id).replaceChildren();
    }
    for (const id of ["error", "map-tools"]) byId(id).hidden = true;
    byId("chosen-said").textContent = "";
    this.map.data = { positions: new Float32Array(0), clusters: new Int32Array(0) };
    this.say("starting ...", 0);
  }

  say(text: string, share: number): void {
    byId("status").textContent = text;
    byId<HTMLProgressElement>("bar").value = share;
  }

  fail(text: string): void {
    byId("error").textContent = text;
    byId("error").hidden = false;
    this.say("", 0);
  }

  /** What a run says. */
  tell(event: SessionEvent): void {
    switch (event.type) {
      case "device":
        byId("device").textContent = `${event.description}: ${event.why}.`;
        break;
      case "warning":
        byId("warnings").append(make("li", { textContent: event.text }));
        break;
      case "stage":
        this.say(`${event.stage}: ${event.text}`, event.share);
        break;
      case "progress":
        this.#progress(event);
        break;
      case "snapshot":
        this.#snapshot(event);
    }
  }

  #progress(event: Extract<SessionEvent, { type: "progress" }>): void {
    const { phase, epoch, epochs, share, loss, rate, left } = event;
    const done = (epoch - 1 + share) / epochs;
    this.say(
      `${phase}, epoch ${epoch} of ${epochs}, loss ${loss.toPrecision(4)}, ` +
        `${Math.round(rate).toLocaleString("en")} rows a second, ${Math.ceil(left)} s left`,
      done,
    );
    if (phase !== this.#phase) this.#before = this.#now;
    this.#phase = phase;
    this.#now = this.#before + epoch - 1 + share;
    add(this.#losses, phase, epoch - 1 + share, loss);
    if (performance.now() - this.#drawn > EVERY) this.drawLosses();
  }

  drawLosses(): void {
    this.#drawn = performance.now();
    byId("losses").replaceChildren(
      ...[...this.#losses].map(([name, { at, values }]) =>
        pictureOf(curves({
          ...{ curves: [{ name, at, values }], title: `loss of ${name}`, width: 420, height: 240 },
          ...{ xLabel: "epochs", yLabel: "loss", log: true },
        }))
      ),
    );
  }

  #drawScores(rows: number): void {
    if (this.#scores.size === 0) return;
    const all = [...this.#scores].map(([name, { at, values }]) => ({ name, at, values }));
    const title = `scores of ${rows.toLocaleString("en")} rows while training`;
    const size = { width: 420, height: 240 };
    byId("live-scores").replaceChildren(
      pictureOf(curves({ curves: all, title, ...size, xLabel: "epochs", yLabel: "score" })),
      make("p", { className: "small", textContent: MOVING }),
    );
  }

  #snapshot(event: Extract<SessionEvent, { type: "snapshot" }>): void {
    const { rows, positions, clusters, labels, labelNames, scores } = event;
    for (const [name, value] of Object.entries(scores)) {
      add(this.#scores, name, this.#now, value);
    }
    this.#drawScores(rows.length);
    const key = `${rows.length} ${rows.at(-1)}`;
    if (key === this.#shown) {
      this.map.recolour(clusters);
      this.map.move(positions, 400);
      return;
    }
    this.#shown = key;
    this.map.data = {
      ...{
        positions,
        clusters,
        labels,
        labelNames,
        xLabel: "codes, PCA 1",
        yLabel: "codes, PCA 2",
      },
      tooltip: (i) => ({ title: `row ${rows[i]}`, lines: ["while training"] }),
    };
  }

  #result: SessionResult | null = null;
  #names: readonly string[] = [];

  /** The end of a run. */
  finish(result: SessionResult, names: readonly string[]): void {
    this.#result = result;
    this.#names = names;
    this.drawLosses();
    const { positions, clusters, labels, labelNames, run } = result;
    byId("map-tools").hidden = !positions;
    if (!positions) return;
    const how = String((run.settings as { map: string }).map).toUpperCase();
    this.map.data = {
      ...{ positions, clusters, clusterNames: names, labels, labelNames },
      ...{ xLabel: `${how} 1`, yLabel: `${how} 2` },
      tooltip: (row) => this.#tip(row),
    };
    byId<HTMLSelectElement>("colours").disabled = !labels;
    byId<HTMLSelectElement>("colours").value = "cluster";
  }

  #tip(row: number): Tip {
    const { ids, names, texts, clusters, labels, labelNames, gallery } = this.#result!;
    return {
      title: names?.[row] ?? `row ${ids[row]}`,
      lines: [
        this.#names[clusters[row]] ?? "noise",
        ...labels && labels[row] >= 0 ? [`class ${labelNames![labels[row]]}`] : [],
        ...texts ? [texts[row].slice(0, 200)] : [],
      ],
      image: gallery.thumbnails?.[ids[row]],
    };
  }

  #search(text: string): void {
    const wanted = text.trim().toLowerCase();
    if (wanted === "" || !this.#result) return this.map.highlight(null), this.#list([], "found");
    const has = (row: number) => {
      const { title, lines } = this.#tip(row);
      return [title, ...lines].join("\n").toLowerCase().includes(wanted);
    };
    const rows = Uint32Array.from(this.#result.clusters.keys()).filter(has);
    this.map.highlight(rows);
    this.#list(rows, "found");
  }

  #list(rows: ArrayLike<number>, what: string): void {
    const shown = this.#result ? Array.from(rows).slice(0, MOST) : [];
    byId("chosen-said").textContent = rows.length === 0
      ? ""
      : `${rows.length.toLocaleString("en")} rows ${what}${
        rows.length > MOST ? `, the first ${MOST}:` : ":"
      }`;
    byId("chosen").replaceChildren(...shown.map((row) => {
      const { title, lines } = this.#tip(row);
      return make("li", { textContent: [title, ...lines].join(" · ") });
    }));
  }
}
