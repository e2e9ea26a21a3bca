/** Progress on a terminal: one line that is written over; elsewhere a line now and then. */

import process from "node:process";
import type { Bar } from "../run/bar.ts";

export type { Bar } from "../run/bar.ts";

const WIDTH = 24;
/** Milliseconds between two redraws. */
const EVERY = 100;
/** Milliseconds between two lines where there is no terminal. */
const EVERY_LINE = 10_000;

/** A progress line on standard error. `quiet` says nothing at all. */
export function progressBar(label: string, quiet = false): Bar {
  const out = process.stderr;
  const live = out.isTTY === true;
  let drawn = -Infinity;
  const draw = (text: string, end: string) => {
    out.write(live ? `\r\x1b[2K${text.slice(0, (out.columns ?? 100) - 1)}${end}` : `${text}\n`);
  };
  return {
    update(share, note) {
      const now = performance.now();
      if (quiet || now - drawn < (live ? EVERY : EVERY_LINE)) return;
      drawn = now;
      const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
      const bar = `${"█".repeat(full)}${"░".repeat(WIDTH - full)}`;
      const percent = `${Math.floor(share * 100)}%`.padStart(4);
      draw(live ? `${label} ${bar}${percent}  ${note}` : `${label}${percent}  ${note}`, "");
    },
    done(note) {
      if (!quiet) draw(`${label}  ${note}`, live ? "\n" : "");
    },
  };
}

/** Seconds as people say them: "8 s", "2 min 05 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
