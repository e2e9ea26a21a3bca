/**
 * From the inflated bytes of a PNG to 8-bit pixels: filters, interlacing, depths, transparency.
 *
 * @see https://www.w3.org/TR/png-3/
 */

/** What the header of a PNG says, and its palette and transparent colour. */
export interface PngLayout {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** Samples of a pixel as they are stored: 1 for a palette's indices. */
  readonly samples: number;
  readonly interlaced: boolean;
  /** RGB triples. */
  readonly palette?: Uint8Array;
  /** The content of tRNS: opacities of the palette's entries, or one colour in 16-bit samples. */
  readonly transparent?: Uint8Array;
}

/** The lines of one pass: every `dx`-th pixel of every `dy`-th line, from `x`, `y` on. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a line, without the byte that names its filter. */
  readonly stride: number;
}

/** Adam7: x, y, dx, dy of the seven passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

function passes({ width, height, depth, samples, interlaced }: PngLayout): Pass[] {
  return (interlaced ? ADAM7 : [[0, 0, 1, 1]])
    .map(([x, y, dx, dy]) => {
      const [w, h] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
      return { x, y, dx, dy, width: w, height: h, stride: Math.ceil(w * samples * depth / 8) };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes that the zlib stream of an image holds. */
export function rawSize(layout: PngLayout): number {
  const { width, height, depth, samples, interlaced } = layout;
  // Of the common kind there are many, and each object is garbage soon.
  if (!interlaced) return height * (Math.ceil(width * samples * depth / 8) + 1);
  return passes(layout).reduce((sum, { height, stride }) => sum + height * (stride + 1), 0);
}

/** Channels of the pixels that {@link readPixels} makes: transparency is one more. */
export function channelsOf({ samples, palette, transparent }: PngLayout): number {
  return (palette ? 3 : samples) + (transparent ? 1 : 0);
}

/**
 * Makes `[height, width, channels]` bytes of the inflated ones.
 *
 * @param into where they are put if they are of its length and need no unpacking
 * @throws {Error} if a line has an unknown filter or a pixel no colour in the palette
 */
export function readPixels(raw: Uint8Array, layout: PngLayout, into?: Uint8Array): Uint8Array {
  const { width, height, depth, samples, palette, transparent } = layout;
  const step = Math.max(1, samples * depth >> 3);
  if (depth === 8 && !layout.interlaced && !palette && !transparent) {
    const stride = width * samples;
    const length = height * stride;
    const out = into?.length === length ? into : new Uint8Array(length);
    unfilter(raw, 0, height, stride, step, out);
    return out;
  }
  const channels = channelsOf(layout);
  const out = new Uint8Array(width * height * channels);
  let at = 0;
  for (const pass of passes(layout)) {
    const lines = new Uint8Array(pass.height * pass.stride);
    unfilter(raw, at, pass.height, pass.stride, step, lines);
    at += pass.height * (pass.stride + 1);
    const line = new Uint16Array(pass.width * samples);
    for (let y = 0; y < pass.height; y++) {
      unpack(lines.subarray(y * pass.stride, (y + 1) * pass.stride), depth, line);
      const begin = ((pass.y + y * pass.dy) * width + pass.x) * channels;
      place(line, layout, out, begin, pass.dx * channels);
    }
  }
  return out;
}

/** One line's samples as numbers. */
function unpack(bytes: Uint8Array, depth: number, line: Uint16Array): void {
  if (depth === 8) line.set(bytes);
  else if (depth === 16) {
    for (let i = 0; i < line.length; i++) line[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
  } else {
    const most = (1 << depth) - 1;
    for (let i = 0; i < line.length; i++) {
      line[i] = bytes[i * depth >> 3] >> (8 - depth - i * depth % 8) & most;
    }
  }
}

/** Writes one line's pixels, `step` bytes from one to the next. */
function place(
  line: Uint16Array,
  { depth, samples, palette, transparent }: PngLayout,
  out: Uint8Array,
  at: number,
  step: number,
): void {
  if (palette) return placeColours(line, palette, transparent, out, at, step);
  // 16 bits keep their upper half; 1 to 4 bits are spread over 0 to 255.
  const factor = 255 / ((1 << Math.min(depth, 8)) - 1);
  const shift = depth === 16 ? 8 : 0;
  for (let i = 0; i < line.length; i += samples, at += step) {
    for (let c = 0; c < samples; c++) out[at + c] = (line[i + c] >> shift) * factor;
    if (transparent) out[at + samples] = isColour(line, i, samples, transparent) ? 0 : 255;
  }
}

function placeColours(
  line: Uint16Array,
  palette: Uint8Array,
  opacities: Uint8Array | undefined,
  out: Uint8Array,
  at: number,
  step: number,
): void {
  for (let i = 0; i < line.length; i++, at += step) {
    const from = 3 * line[i];
    if (from >= palette.length) throw new Error("it uses a colour that its palette has not");
    out[at] = palette[from];
    out[at + 1] = palette[from + 1];
    out[at + 2] = palette[from + 2];
    if (opacities) out[at + 3] = opacities[line[i]] ?? 255;
  }
}

/** Whether a pixel has the one colour that is transparent. */
function isColour(line: Uint16Array, i: number, samples: number, colour: Uint8Array): boolean {
  for (let c = 0; c < samples; c++) {
    if (line[i + c] !== (colour[2 * c] << 8 | colour[2 * c + 1])) return false;
  }
  return true;
}

/**
 * Undoes the filter of each line.
 *
 * @param raw from `begin` on one filter byte before each of its lines
 * @param step bytes from one pixel to the next, at least 1
 */
function unfilter(
  raw: Uint8Array,
  begin: number,
  height: number,
  stride: number,
  step: number,
  out: Uint8Array,
): void {
  for (let y = 0; y < height; y++) {
    const from = begin + y * (stride + 1) + 1;
    const to = y * stride;
    // No views of lines: of 60,000 images they would be gigabytes of garbage.
    for (let x = 0; x < stride; x++) out[to + x] = raw[from + x];
    unfilterLine(raw[from - 1], out, to, stride, step);
  }
}

/**
 * Undoes one line's filter in place; bytes left of the line and above the image count as 0.
 *
 * @param to where the line begins: the one above lies before it
 */
function unfilterLine(type: number, out: Uint8Array, to: number, n: number, step: number): void {
  const top = to === 0;
  if (type === 0) return;
  if (type === 1) {
    for (let x = step; x < n; x++) out[to + x] += out[to + x - step];
  } else if (type === 2) {
    for (let x = 0; x < n && !top; x++) out[to + x] += out[to + x - n];
  } else if (type === 3) {
    for (let x = 0; x < n; x++) {
      const a = x < step ? 0 : out[to + x - step];
      out[to + x] += (a + (top ? 0 : out[to + x - n])) >> 1;
    }
  } else if (type === 4) {
    for (let x = 0; x < n; x++) {
      const a = x < step ? 0 : out[to + x - step];
      const b = top ? 0 : out[to + x - n];
      const c = top || x < step ? 0 : out[to + x - n - step];
      out[to + x] += paeth(a, b, c);
    }
  } else {
    throw new Error(`it uses the unknown filter ${type}`);
  }
}

/** Of left, above and above left, the one nearest to `left + above - above left`. */
function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}
