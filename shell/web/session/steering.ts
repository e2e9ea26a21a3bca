import type { SessionEvent } from "./types.ts";

/** How a run is watched and steered. */
export interface Steering {
  readonly signal: AbortSignal;
  readonly tell: (event: SessionEvent) => void;
  /** Resolves when the run may go on: at once, unless somebody has paused it. */
  readonly going: () => Promise<void>;
  /** Folder of the built files. */
  readonly assets: string;
}
