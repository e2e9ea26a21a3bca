/** Damages files in the ways in which files get damaged, and in the ways in which people attack. */

import { Philox } from "../../shell/random.ts";

/** Draws integers from 0 to below a bound. */
export type Draw = (below: number) => number;

/** Numbers that a mutation draws: the same for the same file, in every runtime. */
export function drawer(file: number): Draw {
  const random = new Philox(20_251, 0, file);
  return (below) => random.next() % Math.max(1, below);
}

type Mutation = (bytes: Uint8Array, draw: Draw, others: readonly Uint8Array[]) => Uint8Array;

/** Bytes at the borders of what a length, a type or a varint can say. */
const EDGES = [0, 1, 2, 0x0f, 0x15, 0x7f, 0x80, 0x81, 0xfe, 0xff];
/** Numbers that overflow something. */
const LENGTHS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 28, 2 ** 24, 0x10000, 0xfffffff0];
const DIGITS = ["0", "-1", "4294967295", "99999999999999999999", "1e308", "NaN", "2147483648"];

function splice(bytes: Uint8Array, at: number, drop: number, put: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(bytes.length, at + drop));
  const out = new Uint8Array(at + put.length + tail.length);
  out.set(bytes.subarray(0, at));
  out.set(put, at);
  out.set(tail, at + put.length);
  return out;
}

const randomBytes = (n: number, draw: Draw) => Uint8Array.from({ length: n }, () => draw(256));

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, draw) {
    const out = bytes.slice();
    for (let i = draw(4); i >= 0; i--) out[draw(out.length)] ^= 1 << draw(8);
    return out;
  },
  function setBytes(bytes, draw) {
    const out = bytes.slice();
    for (let i = draw(4); i >= 0; i--) out[draw(out.length)] = EDGES[draw(EDGES.length)];
    return out;
  },
  function truncate(bytes, draw) {
    return bytes.slice(0, draw(bytes.length));
  },
  function insert(bytes, draw) {
    return splice(bytes, draw(bytes.length), 0, randomBytes(1 + draw(16), draw));
  },
  function remove(bytes, draw) {
    return splice(bytes, draw(bytes.length), 1 + draw(16), new Uint8Array(0));
  },
  function repeat(bytes, draw) {
    const at = draw(bytes.length);
    return splice(bytes, at, 0, bytes.subarray(at, at + 1 + draw(64)));
  },
  function writeLength(bytes, draw) {
    const out = bytes.slice();
    if (out.length < 8) return out;
    const view = new DataView(out.buffer);
    view.setInt32(draw(out.length - 3), LENGTHS[draw(LENGTHS.length)], draw(2) === 0);
    return out;
  },
  function writeVarint(bytes, draw) {
    const long = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f]);
    return splice(bytes, draw(bytes.length), draw(6), long.subarray(draw(4)));
  },
  function writeDigits(bytes, draw) {
    const at = bytes.findIndex((byte, i) => byte >= 48 && byte < 58 && draw(8) === i % 8);
    const digits = new TextEncoder().encode(DIGITS[draw(DIGITS.length)]);
    return at < 0 ? bytes.slice() : splice(bytes, at, 1, digits);
  },
  function cross(bytes, draw, others) {
    const other = others[draw(others.length)];
    const at = draw(Math.min(bytes.length, other.length));
    return splice(
      bytes,
      at,
      draw(2) ? bytes.length : 32,
      other.subarray(at, draw(2) ? undefined : at + 32),
    );
  },
];

/** Mutations that leave every byte where it is. */
const IN_PLACE = MUTATIONS.filter(({ name }) => /^(flipBits|setBytes|writeLength)$/.test(name));

/**
 * One damaged file: a seed with one to three mutations.
 *
 * @param bodyOf where the part of a file ends that is damaged alone half of the time, byte by byte
 */
export function mutate(
  seeds: readonly Uint8Array[],
  draw: Draw,
  bodyOf?: (seed: Uint8Array) => number,
): Uint8Array {
  let bytes = seeds[draw(seeds.length)];
  const body = bodyOf && draw(2) === 0 ? bytes.subarray(0, bodyOf(bytes)) : undefined;
  const tail = bytes.subarray(body?.length);
  const mutations = body ? IN_PLACE : MUTATIONS;
  bytes = body ?? bytes;
  for (let i = [0, 0, 0, 1, 2][draw(5)]; i >= 0; i--) {
    if (bytes.length > 0) bytes = mutations[draw(mutations.length)](bytes, draw, seeds);
  }
  return body ? splice(bytes, bytes.length, 0, tail) : bytes;
}
