/**
 * Finds points by their place: cells of a grid with the points in each, in one array.
 */
export class Grid {
  readonly #side: number;
  readonly #starts: Uint32Array;
  readonly #order: Uint32Array;
  readonly #box: readonly [number, number, number, number];

  /** @param positions [n, 2]; what is not finite is in no cell */
  constructor(readonly positions: Float32Array) {
    const n = positions.length / 2;
    this.#box = boxOf(positions);
    this.#side = Math.max(1, Math.ceil(Math.sqrt(n / 4)));
    const cells = Int32Array.from({ length: n }, (_, i) => this.#cellOf(i));
    this.#starts = new Uint32Array(this.#side ** 2 + 1);
    for (const cell of cells) if (cell >= 0) this.#starts[cell + 1]++;
    for (let c = 0; c < this.#side ** 2; c++) this.#starts[c + 1] += this.#starts[c];
    const next = this.#starts.slice();
    this.#order = new Uint32Array(this.#starts[this.#side ** 2]);
    cells.forEach((cell, i) => cell >= 0 && (this.#order[next[cell]++] = i));
  }

  #column(value: number, axis: 0 | 1): number {
    const low = this.#box[axis], high = this.#box[axis + 2];
    return Math.max(
      0,
      Math.min(this.#side - 1, Math.floor((value - low) / (high - low) * this.#side)),
    );
  }

  #cellOf(i: number): number {
    const x = this.positions[2 * i], y = this.positions[2 * i + 1];
    return Number.isFinite(x + y) ? this.#column(y, 1) * this.#side + this.#column(x, 0) : -1;
  }

  /** Calls back each point in the cells that a box touches. */
  #each(box: readonly [number, number, number, number], found: (row: number) => void): void {
    for (let y = this.#column(box[1], 1); y <= this.#column(box[3], 1); y++) {
      const from = y * this.#side;
      const begin = this.#starts[from + this.#column(box[0], 0)];
      const end = this.#starts[from + this.#column(box[2], 0) + 1];
      for (let at = begin; at < end; at++) found(this.#order[at]);
    }
  }

  /**
   * The point nearest to a place, no farther than `rx` and `ry` along the axes (an ellipse), the
   * lowest row of equal ones; null if there is none.
   */
  nearest(
    [x, y]: readonly [number, number],
    [rx, ry]: readonly [number, number],
    shown: (row: number) => boolean = () => true,
  ): number | null {
    let best: number | null = null, least = 1;
    this.#each([x - rx, y - ry, x + rx, y + ry], (row) => {
      const dx = (this.positions[2 * row] - x) / rx, dy = (this.positions[2 * row + 1] - y) / ry;
      const square = dx * dx + dy * dy;
      if (square > least || square === least && best !== null && row > best || !shown(row)) return;
      best = row, least = square;
    });
    return best;
  }

  /** The points inside a polygon, even and odd, ascending. @param polygon corners x, y */
  inside(polygon: readonly (readonly [number, number])[]): Uint32Array {
    const box = boxOf(Float32Array.from(polygon.flat()));
    const rows: number[] = [];
    this.#each(box, (row) => {
      if (contains(polygon, this.positions[2 * row], this.positions[2 * row + 1])) rows.push(row);
    });
    return Uint32Array.from(rows.sort((a, b) => a - b));
  }
}

/** Whether a ray to the right crosses an odd number of sides. */
function contains(polygon: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let odd = false;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length];
    if (y1 > y !== y2 > y && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) odd = !odd;
  });
  return odd;
}

/** The box of all places, never without width: left, bottom, right, top. */
export function boxOf(positions: Float32Array): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    const x = positions[i], y = positions[i + 1];
    if (!Number.isFinite(x + y)) continue;
    box[0] = Math.min(box[0], x), box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x), box[3] = Math.max(box[3], y);
  }
  if (!(box[0] <= box[2])) return [-1, -1, 1, 1];
  for (const axis of [0, 1]) {
    if (box[axis] === box[axis + 2]) box[axis] -= 1, box[axis + 2] += 1;
  }
  return box;
}
