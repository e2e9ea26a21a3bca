import { hueOf } from "../../report/theme.ts";
import { PALETTE } from "./shaders.ts";

/** Colours by group for the points: red, green, blue, opacity; the last is that of noise. */
export function palette(): Float32Array {
  const colours = new Float32Array(4 * (PALETTE + 1));
  for (let group = 0; group <= PALETTE; group++) {
    const hue = hueOf(group === PALETTE ? -1 : group);
    const part = (at: number) => parseInt(hue.slice(at, at + 2), 16) / 255;
    colours.set([part(1), part(3), part(5), 0.85], 4 * group);
  }
  return colours;
}
