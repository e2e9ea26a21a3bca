/** How long to wait before a request is made again. */

/** Time and chance, which tests replace. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Waits; ends early, without an error, when the signal is set. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1): only when a request is made again depends on it, never a result. */
  random(): number;
}

/** The real time. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (signal?.aborted) done();
      else signal?.addEventListener("abort", done);
    });
  },
};

/** Milliseconds before the second try, and the most between two. */
const FIRST = 500;
const LONGEST = 30_000;

/**
 * Milliseconds to wait after a failed try: doubled each time, and shortened at random by up to a
 * half, so that many who failed together do not come back together.
 *
 * @param attempt how many tries have failed, at least 1
 */
export function backOff(attempt: number, clock: Clock): number {
  return Math.min(LONGEST, FIRST * 2 ** (attempt - 1)) * (1 - clock.random() / 2);
}

/**
 * Milliseconds that a server asks to wait: `Retry-After` in seconds or as a date, or `RateLimit`
 * with nothing remaining (`"api";r=0;t=55`); undefined where it asks nothing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function askedDelay(headers: Headers): number | undefined {
  const after = headers.get("retry-after")?.trim();
  if (after && /^\d+(\.\d+)?$/.test(after)) return Number(after) * 1000;
  const date = after ? Date.parse(after) : NaN;
  if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  // Each limit is an item of a list; only an exhausted one asks to wait.
  const waits = (headers.get("ratelimit") ?? "").split(",").flatMap((item) => {
    const number = (name: string) =>
      new RegExp(`[;\\s]${name}\\s*=\\s*(\\d+)`, "i").exec(`;${item}`)?.[1];
    const [remaining, seconds] = [number("r"), number("t")];
    return remaining === "0" && seconds !== undefined ? [Number(seconds) * 1000] : [];
  });
  return waits.length ? Math.max(...waits) : undefined;
}
