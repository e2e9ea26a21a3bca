/** `<asterism-map>`: points of a map in a page, to look at, zoom, search and choose from. */

import { select } from "d3-selection";
import { zoom, type ZoomBehavior, zoomIdentity, zoomTransform } from "d3-zoom";
import { flatPoints } from "./flat_points.ts";
import { glPoints, type Points } from "./gl_points.ts";
import { Grid } from "./grid.ts";
import { Groups } from "./groups.ts";
import { make } from "../dom.ts";
import { Gestures, type Place } from "./gestures.ts";
import { writeAxes, writeLegend, writeMarks, writeTip } from "./layers.ts";
import { Motion } from "./motion.ts";
import { palette } from "./palette.ts";
import { buildParts, type Parts, showError } from "./parts.ts";
import type { ColourBy, MapData, MapEvents } from "./types.ts";
import { View } from "./view.ts";

export type { ColourBy, MapData, MapEvents, Tip } from "./types.ts";

/** Pixels around the pointer in which a point is found; width below which the legend goes below. */
const REACH = 14, NARROW = 520;

const EMPTY: MapData = { positions: new Float32Array(0), clusters: new Int32Array(0) };

/** Mouse and keyboard: see `<asterism-map>` in the README. */
const KEYS =
  "arrows move, plus and minus zoom, 0 shows all, n and p step through points, Enter picks";

/**
 * The element. Set `data`; `move` places points anew, `recolour` gives them other clusters,
 * `highlight` stresses some rows, `fit` shows all. It sends {@link MapEvents}. With the attribute
 * `src` it reads the `assignments.parquet` of a run by itself.
 */
export class AsterismMap extends HTMLElement {
  /** `src`, the address of a run. */
  static readonly observedAttributes = ["src"];
  #data: MapData = EMPTY;
  #motion = new Motion(EMPTY.positions);
  #groups = new Groups(EMPTY);
  #grid: Grid | null = null;
  #points: Points | null = null;
  #view = new View(1, 1, EMPTY.positions);
  #frame = 0;
  #here: number | null = null;
  #lasso: readonly Place[] | null = null;
  readonly #zoom: ZoomBehavior<HTMLElement, unknown>;
  readonly #watch = new ResizeObserver(() => this.#resize());
  readonly #parts: Parts;
  readonly #gestures: Gestures;

  constructor() {
    super();
    const { frame } = this.#parts = buildParts(this.attachShadow({ mode: "open" }));
    this.#zoom = zoom<HTMLElement, unknown>().scaleExtent([0.5, 200])
      .filter((event) => !this.#gestures.lassoing && !event.shiftKey && !event.button)
      .on("zoom", () => this.#wake());
    select<HTMLElement, unknown>(frame).call(this.#zoom).on("dblclick.zoom", null);
    this.#gestures = new Gestures(this.#parts, this.#zoom, {
      placeOf: (event) => this.#placeOf(event),
      hover: (at) => this.#hoverAt(at),
      lasso: (path) => this.#drawLasso(path),
      choose: (polygon) => this.#choose(polygon),
      pick: () => this.#here !== null && this.#send("asterism-pick", { row: this.#here }),
      step: (by) => this.#step(by),
      fit: () => this.fit(),
      leave: () => this.#hover(null),
    });
  }

  /** The browser has put it into a page: it draws from now on. */
  connectedCallback(): void {
    this.#watch.observe(this.#parts.frame);
    this.#open();
  }

  /** The browser has taken it out: it gives the graphics memory back. */
  disconnectedCallback(): void {
    this.#watch.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#points?.free();
    this.#points = null;
    this.#parts.frame.querySelector("canvas")!.replaceWith(make("canvas"));
  }

  /** `src` has changed: reads the run. */
  attributeChangedCallback(_name: string, _before: string | null, src: string | null): void {
    if (src === null) return;
    import("./read_run.ts").then(({ readRun }) => readRun(new URL(src, document.baseURI)))
      .then((data) => this.data = data, (error: Error) => showError(this.#parts, error.message));
  }

  /** What is shown. */
  get data(): MapData {
    return this.#data;
  }

  set data(data: MapData) {
    const n = data.clusters.length;
    if (data.positions.length !== 2 * n || data.labels && data.labels.length !== n) {
      throw new RangeError(
        `asterism-map: ${n} clusters need ${2 * n} positions and as many labels, got ` +
          `${data.positions.length}${data.labels ? ` and ${data.labels.length}` : ""}`,
      );
    }
    this.#data = data;
    this.#motion = new Motion(data.positions);
    this.#groups = new Groups(data, this.#groups.by);
    this.#here = null;
    this.#parts.frame.setAttribute(
      "aria-label",
      `map of ${n.toLocaleString("en")} points; ${KEYS}`,
    );
    this.#placed();
    this.#grouped();
    this.fit();
  }

  /** What colours stand for. */
  get colourBy(): ColourBy {
    return this.#groups.by;
  }

  set colourBy(by: ColourBy) {
    this.#groups.by = by;
    this.#grouped();
  }

  /** Moves the points to other places, [n, 2], within so many milliseconds. */
  move(positions: Float32Array, ms = 300): void {
    if (positions.length !== this.#data.positions.length) {
      throw new RangeError(
        `asterism-map: move wants ${this.#data.positions.length} numbers, got ${positions.length}`,
      );
    }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#motion.start(positions, performance.now(), still ? 0 : ms);
    this.#data = { ...this.#data, positions };
    // Who has not zoomed sees all points, however far they go.
    if (zoomTransform(this.#parts.frame).k === 1) {
      this.#view = new View(this.#view.width, this.#view.height, positions);
    }
    this.#placed();
  }

  /** Gives the rows other clusters. */
  recolour(clusters: Int32Array): void {
    this.#data = { ...this.#data, clusters };
    this.#groups.recluster(clusters);
    this.#grouped();
  }

  /** Stresses some rows and dims the others; null ends that. */
  highlight(rows: Uint32Array | null): void {
    this.#groups.stress(rows);
    this.#weigh();
  }

  /** Shows all points. */
  fit(): void {
    const { width, height } = this.#view;
    this.#view = new View(width, height, this.#data.positions);
    select<HTMLElement, unknown>(this.#parts.frame).call(this.#zoom.transform, zoomIdentity);
    this.#wake();
  }

  /** Gets a canvas to draw on; WebGL may be taken away and given back. */
  #open(): void {
    const canvas = this.#parts.frame.querySelector("canvas")!;
    this.#points = glPoints(canvas);
    if (!this.#points) {
      const flat = make("canvas");
      canvas.replaceWith(flat);
      this.#points = flatPoints(flat);
    }
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => this.#open(), { once: true });
    this.#points?.paint(palette());
    this.#resize();
    this.#placed();
    this.#grouped();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#parts.frame;
    this.classList.toggle("narrow", this.clientWidth < NARROW);
    if (width === 0 || height === 0) return;
    const canvas = this.#parts.frame.querySelector("canvas")!;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    this.#parts.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#view = new View(width, height, this.#data.positions);
    this.#wake();
  }

  #placed(): void {
    this.#grid = null;
    this.#points?.place(this.#motion.before, this.#motion.after);
    this.#wake();
  }

  #grouped(): void {
    const entries = this.#groups.legend;
    this.#points?.group(Float32Array.from(this.#groups.rows));
    writeLegend(this.#parts.legend, entries, (group) => {
      this.#groups.toggle(group);
      this.#grouped();
      this.#parts.legend.querySelectorAll("button")[entries.findIndex((e) => e.group === group)]
        ?.focus();
    });
    this.#weigh();
  }

  #weigh(): void {
    this.#points?.weigh(this.#groups.weights);
    this.#wake();
  }

  #wake(): void {
    if (this.#frame === 0 && this.isConnected) {
      this.#frame = requestAnimationFrame((now) => this.#draw(now));
    }
  }

  #draw(now: number): void {
    this.#frame = 0;
    const transform = zoomTransform(this.#parts.frame), n = this.#data.clusters.length;
    const size = (n < 500 ? 10 : n < 5000 ? 7 : n < 20_000 ? 5 : 3.5) *
      Math.min(2.5, transform.k ** 0.4);
    this.#points?.draw({
      view: this.#view.clip(transform),
      mixing: this.#motion.mixing(now),
      size: size * devicePixelRatio,
    });
    const { xLabel = "", yLabel = "" } = this.#data;
    writeAxes(this.#parts.over, this.#view, transform, [xLabel, yLabel]);
    const lasso = this.#lasso?.map((at) => this.#view.pixel(at, transform));
    const here = this.#here === null ? undefined : this.#pixelOf(this.#here);
    writeMarks(this.#parts.over, lasso, here);
    if (this.#motion.running(now)) this.#wake();
  }

  #pixelOf(row: number): [number, number] {
    const { positions } = this.#data;
    return this.#view.pixel(
      [positions[2 * row], positions[2 * row + 1]],
      zoomTransform(this.#parts.frame),
    );
  }

  #gridNow(): Grid {
    return this.#grid ??= new Grid(this.#data.positions);
  }

  #hover(row: number | null, aloud = false): void {
    if (row === this.#here) return;
    this.#here = row;
    if (row === null) this.#parts.tip.hidden = true;
    else {
      const group = this.#groups.nameOf(this.#groups.rows[row]);
      const tip = this.#data.tooltip?.(row) ?? { title: `row ${row}`, lines: [group] };
      writeTip(this.#parts.tip, tip, this.#pixelOf(row), this.#view);
      if (aloud) this.#parts.told.textContent = [tip.title, ...tip.lines].join(", ");
    }
    this.#send("asterism-hover", { row });
    this.#wake();
  }

  #select(rows: Uint32Array): void {
    this.highlight(rows.length > 0 ? rows : null);
    this.#parts.told.textContent = rows.length > 0
      ? `${rows.length} points chosen`
      : "no points chosen";
    this.#send("asterism-select", { rows });
  }

  #send<K extends keyof MapEvents>(name: K, detail: MapEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #placeOf(event: MouseEvent): Place {
    const { frame } = this.#parts, box = frame.getBoundingClientRect();
    return this.#view.place(
      [event.clientX - box.left - frame.clientLeft, event.clientY - box.top - frame.clientTop],
      zoomTransform(frame),
    );
  }

  #hoverAt(at: Place): void {
    if (this.#motion.running(performance.now())) return this.#hover(null);
    const reach = this.#view.units(REACH, zoomTransform(this.#parts.frame));
    this.#hover(this.#gridNow().nearest(at, [reach, reach], this.#groups.shows));
  }

  #drawLasso(path: readonly Place[] | null): void {
    this.#lasso = path;
    this.#wake();
  }

  #choose(polygon: readonly Place[]): void {
    const rows = polygon.length < 3 ? new Uint32Array(0) : this.#gridNow().inside(polygon);
    this.#select(rows.filter(this.#groups.shows));
  }

  /** To the next point that is shown. */
  #step(by: 1 | -1): void {
    const row = this.#groups.next(this.#here, by);
    if (row !== null) this.#hover(row, true);
  }
}

if (!customElements.get("asterism-map")) customElements.define("asterism-map", AsterismMap);

declare global {
  interface HTMLElementTagNameMap {
    "asterism-map": AsterismMap;
  }
}
