/** What mouse, touch and keyboard do on a map. */

import { select, type Selection } from "d3-selection";
import { type ZoomBehavior, zoomTransform } from "d3-zoom";
import { make } from "../dom.ts";
import type { Parts } from "./parts.ts";

/** A place on the map, in its own units. */
export type Place = readonly [number, number];

/** What a map does when it is asked to. */
export interface Acts {
  placeOf(event: MouseEvent): Place;
  hover(at: Place): void;
  /** The lasso as it is drawn; null when there is none any more. */
  lasso(path: readonly Place[] | null): void;
  choose(polygon: readonly Place[]): void;
  pick(): void;
  step(by: 1 | -1): void;
  fit(): void;
  leave(): void;
}

/** Pixels of one press of an arrow key, and how much one zooms. */
const STEP = 60, ZOOM = 1.5;

/** Listens on the frame of a map. */
export class Gestures {
  /** A drag draws a lasso instead of moving the map. */
  lassoing = false;
  #path: Place[] | null = null;
  readonly #frame: Selection<HTMLElement, unknown, null, undefined>;

  constructor(
    readonly parts: Parts,
    readonly zoom: ZoomBehavior<HTMLElement, unknown>,
    readonly acts: Acts,
  ) {
    const { frame } = parts;
    this.#frame = select<HTMLElement, unknown>(frame);
    this.#addTools();
    frame.addEventListener("pointerdown", (event) => this.#down(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    frame.addEventListener("pointerup", () => this.#path && this.#end(this.#path));
    frame.addEventListener("pointercancel", () => this.#end(null));
    frame.addEventListener("pointerleave", () => acts.leave());
    frame.addEventListener("click", (event) => onPoints(event) && acts.pick());
    frame.addEventListener("keydown", (event) => this.#key(event));
  }

  #addTools(): void {
    const button = (text: string, name: string, act: () => void) => {
      const made = make("button", { type: "button", textContent: text, title: name, onclick: act });
      made.setAttribute("aria-label", name);
      this.parts.tools.append(made);
      return made;
    };
    button("+", "zoom in", () => this.#scale(ZOOM));
    button("−", "zoom out", () => this.#scale(1 / ZOOM));
    button("fit", "fit: show all points", () => this.acts.fit());
    const lasso = button("lasso", "lasso: choose points by drawing around them", () => {
      this.lassoing = !this.lassoing;
      lasso.setAttribute("aria-pressed", String(this.lassoing));
      this.parts.frame.classList.toggle("lassoing", this.lassoing);
      if (!this.lassoing) this.acts.choose([]);
    });
    lasso.setAttribute("aria-pressed", "false");
  }

  #scale(by: number): void {
    this.#frame.call(this.zoom.scaleBy, by);
  }

  #pan(x: number, y: number): void {
    const { k } = zoomTransform(this.parts.frame);
    this.#frame.call(this.zoom.translateBy, x * STEP / k, y * STEP / k);
  }

  #down(event: PointerEvent): void {
    if (!onPoints(event) || event.button || !(this.lassoing || event.shiftKey)) return;
    this.#path = [this.acts.placeOf(event)];
    this.parts.frame.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const at = this.acts.placeOf(event);
    if (this.#path) {
      this.#path.push(at);
      this.acts.lasso(this.#path);
    } else if (event.buttons || !onPoints(event)) this.acts.leave();
    else this.acts.hover(at);
  }

  #end(polygon: readonly Place[] | null): void {
    this.#path = null;
    this.acts.lasso(null);
    if (polygon) this.acts.choose(polygon);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.parts.frame) return;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#pan(1, 0),
      ArrowRight: () => this.#pan(-1, 0),
      ArrowUp: () => this.#pan(0, 1),
      ArrowDown: () => this.#pan(0, -1),
      "+": () => this.#scale(ZOOM),
      "=": () => this.#scale(ZOOM),
      "-": () => this.#scale(1 / ZOOM),
      0: () => this.acts.fit(),
      n: () => this.acts.step(1),
      p: () => this.acts.step(-1),
      Enter: () => this.acts.pick(),
      Escape: () => (this.acts.leave(), this.acts.choose([])),
    };
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  }
}

/** Whether an event is not one of the buttons'. */
function onPoints(event: Event): boolean {
  return !(event.target as Element).closest(".tools");
}
