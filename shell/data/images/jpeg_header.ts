/**
 * What a JPEG says of itself before its pixels.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */

/** Size, components, and how they are to be read. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** 1 gray, 3 colours, 4 inks. */
  readonly components: number;
  /** Whether three components are red, green and blue themselves, rather than YCbCr. */
  readonly rgb: boolean;
  /** How the camera was held, 1 (upright) to 8, by the Exif block. */
  readonly orientation: number;
}

const SOI = 0xffd8;
/** Start of scan: pixels follow. */
const SOS = 0xda;
const APP1 = 0xe1;
const APP14 = 0xee;
/** Baseline, extended and progressive, all with Huffman's codes. */
const READABLE = [0xc0, 0xc1, 0xc2];
/** Frames of any kind; c4, c8 and cc mean something else. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && marker % 4 !== 0;
const ORIENTATION = 0x0112;

/** Whether bytes begin like a JPEG file. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** @throws {Error} if the bytes are no JPEG, or one of a kind that is not read */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== SOI) throw new Error("it is no JPEG");
  let orientation = 1;
  let transform: number | undefined;
  let frame: Omit<JpegHeader, "orientation" | "rgb"> & { readonly letters: string } | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) throw new Error("it has no marker where one must be");
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SOS) break;
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) throw new Error("it is cut short");
    const content = bytes.subarray(at + 4, at + 2 + length);
    if (isFrame(marker) || marker === 0xc0) frame = readFrame(marker, content);
    else if (marker === APP1) orientation = readOrientation(content) ?? orientation;
    else if (marker === APP14 && text(content, 0, 5) === "Adobe") transform = content[11];
    at += 2 + length;
  }
  if (!frame) throw new Error("it is cut short");
  const { letters, ...size } = frame;
  const rgb = size.components === 3 &&
    (transform === undefined ? letters === "RGB" : transform === 0);
  if (size.components === 4 && transform === undefined) {
    throw new Error("it has four inks and does not say which");
  }
  return { ...size, rgb, orientation };
}

function readFrame(marker: number, content: Uint8Array) {
  if (!READABLE.includes(marker)) {
    throw new Error("it is a lossless, arithmetic or hierarchical JPEG");
  }
  const [precision, h1, h0, w1, w0, components] = content;
  const [height, width] = [h1 << 8 | h0, w1 << 8 | w0];
  if (precision !== 8) throw new Error(`it has ${precision} bits a sample, not 8`);
  if (!width || !height) throw new Error("it has no pixels");
  if (![1, 3, 4].includes(components) || content.length < 6 + 3 * components) {
    throw new Error(`it has ${components} components`);
  }
  const letters = String.fromCharCode(content[6], content[9], content[12]);
  return { width, height, components, letters };
}

/** The orientation in an Exif block, if it is one and has it. */
function readOrientation(content: Uint8Array): number | undefined {
  if (text(content, 0, 6) !== "Exif\0\0" || content.length < 14) return undefined;
  const tiff = content.subarray(6);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = text(tiff, 0, 2) === "II";
  const at = view.getUint32(4, little);
  if (at + 2 > tiff.length) return undefined;
  const entries = view.getUint16(at, little);
  for (let i = 0; i < entries && at + 14 + 12 * i <= tiff.length; i++) {
    const entry = at + 2 + 12 * i;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

const text = (bytes: Uint8Array, begin: number, end: number) =>
  String.fromCharCode(...bytes.subarray(begin, end));
