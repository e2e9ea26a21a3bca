import { scaleLinear } from "d3-scale";
import type { ZoomTransform } from "d3-zoom";
import { boxOf } from "./grid.ts";

/** Pixels of the frame's sides that axes take. */
const EDGE = { left: 44, bottom: 34, top: 10, right: 10 };

/** Where places lie on the frame: one unit is as long across as up, so that a map keeps its form. */
export class View {
  /** Pixels a unit, and the pixel of 0, 0, before zooming. */
  #scale = 1;
  #x = 0;
  #y = 0;

  constructor(readonly width: number, readonly height: number, positions: Float32Array) {
    const [left, bottom, right, top] = boxOf(positions);
    const wide = Math.max(1, width - EDGE.left - EDGE.right - 16);
    const tall = Math.max(1, height - EDGE.top - EDGE.bottom - 16);
    this.#scale = Math.min(wide / (right - left), tall / (top - bottom));
    this.#x = EDGE.left + 8 + wide / 2 - (left + right) / 2 * this.#scale;
    this.#y = EDGE.top + 8 + tall / 2 + (bottom + top) / 2 * this.#scale;
  }

  /** The pixel of a place. */
  pixel(place: readonly [number, number], { k, x, y }: ZoomTransform): [number, number] {
    return [
      k * (this.#x + place[0] * this.#scale) + x,
      k * (this.#y - place[1] * this.#scale) + y,
    ];
  }

  /** The place of a pixel. */
  place([px, py]: readonly [number, number], { k, x, y }: ZoomTransform): [number, number] {
    return [((px - x) / k - this.#x) / this.#scale, (this.#y - (py - y) / k) / this.#scale];
  }

  /** Units that so many pixels are long. */
  units(pixels: number, { k }: ZoomTransform): number {
    return pixels / (k * this.#scale);
  }

  /** From places to clip coordinates, as the points' `view` wants it. */
  clip(transform: ZoomTransform): [number, number, number, number] {
    const [x0, y0] = this.pixel([0, 0], transform), scale = transform.k * this.#scale;
    return [
      2 * scale / this.width,
      2 * scale / this.height,
      2 * x0 / this.width - 1,
      1 - 2 * y0 / this.height,
    ];
  }

  /** The scales of the axes, and the pixels where they stand. */
  axes(transform: ZoomTransform) {
    const range = {
      x: [EDGE.left, this.width - EDGE.right],
      y: [this.height - EDGE.bottom, EDGE.top],
    };
    const [left, bottom] = this.place([range.x[0], range.y[0]], transform);
    const [right, top] = this.place([range.x[1], range.y[1]], transform);
    return {
      x: scaleLinear([left, right], range.x),
      y: scaleLinear([bottom, top], range.y),
      left: range.x[0],
      bottom: range.y[0],
    };
  }
}
