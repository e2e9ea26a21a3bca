import { FRAGMENT, PALETTE, VERTEX } from "./shaders.ts";

/** What a frame shows. */
export interface Frame {
  /** Clip coordinates of a place are `place * [sx, sy] + [tx, ty]`: `[sx, sy, tx, ty]`. */
  readonly view: readonly [number, number, number, number];
  /** 0 shows the places before the last move, 1 those after it. */
  readonly mixing: number;
  /** Pixels of the device across a point. */
  readonly size: number;
}

/** Draws points. */
export interface Points {
  /** Places [n, 2] before and after a move. */
  place(before: Float32Array, after: Float32Array): void;
  /** Group of each point, below 0 for noise. */
  group(groups: Float32Array): void;
  /** How much a point counts: 0 hidden, 0.15 faint, 1 as it is, 2 stressed. */
  weigh(weights: Float32Array): void;
  /** Colours by group, red, green, blue, opacity from 0 to 1; the last is that of noise. */
  paint(palette: Float32Array): void;
  draw(frame: Frame): void;
  free(): void;
}

const SIZES = [2, 2, 1, 1];

/**
 * Points by WebGL 2, in one draw call a frame: moving them uploads nothing but the new places.
 * @returns null if the browser has no WebGL 2
 */
export function glPoints(canvas: HTMLCanvasElement): Points | null {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  const buffers = SIZES.map((size, location) => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, gl.FLOAT, false, 0, 0);
    return buffer;
  });
  const uniform = (name: string) => gl.getUniformLocation(program, name);
  const [view, mixing, size, palette] = ["view", "mixing", "size", "palette"].map(uniform);
  let count = 0;
  const fill = (location: number, values: Float32Array) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[location]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
  };
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  return {
    place(before, after) {
      count = after.length / 2;
      fill(0, before);
      fill(1, after);
    },
    group: (groups) => fill(2, groups),
    weigh: (weights) => fill(3, weights),
    paint: (colours) => gl.uniform4fv(palette, colours.subarray(0, 4 * (PALETTE + 1))),
    draw(frame) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform4fv(view, frame.view);
      gl.uniform1f(mixing, frame.mixing);
      gl.uniform1f(size, frame.size);
      gl.drawArrays(gl.POINTS, 0, count);
    },
    free: () => gl.getExtension("WEBGL_lose_context")?.loseContext(),
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (
    const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const
  ) {
    const shader = gl.createShader(type);
    if (!program || !shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program!);
  // A lost context links nothing, and says so by its event.
  return gl.getProgramParameter(program!, gl.LINK_STATUS) || gl.isContextLost() ? program : null;
}
