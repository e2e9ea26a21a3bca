/** Places on their way from one map to the next. */
export class Motion {
  before: Float32Array;
  #from = 0;
  #ms = 0;

  constructor(public after: Float32Array) {
    this.before = after;
  }

  /** How much of the way is done at a time, 0 to 1, slow at both ends. */
  mixing(now: number): number {
    const share = this.#ms > 0 ? Math.min(1, Math.max(0, (now - this.#from) / this.#ms)) : 1;
    return share * share * (3 - 2 * share);
  }

  /** Whether places still move. */
  running(now: number): boolean {
    return this.mixing(now) < 1;
  }

  /** Sets out from wherever the points are now. */
  start(to: Float32Array, now: number, ms: number): void {
    const share = this.mixing(now), { before, after } = this;
    this.before = share === 1 ? after : before.map((v, i) => v * (1 - share) + after[i] * share);
    this.after = to;
    this.#from = now;
    this.#ms = ms;
  }
}
