/**
 * Runs a kernel on every device against a float64 reference. Every buffer lies between guard words,
 * outputs start as NaN, and all WASM worker counts must give the same bits.
 */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device, Numbers } from "../shell/device/device.ts";
import { type BufferSpec, bytesOf, type Kernel, type ParamType } from "../shell/kernels/kernel.ts";
import { Graph } from "../shell/plan/graph.ts";
import { compile } from "../shell/plan/plan.ts";
import { Storage, Tensor } from "../shell/plan/tensor.ts";
import { devices, release, retain, type TestDevice } from "./devices.ts";

/** Numbers that a reference may answer with. */
export type Reference = ArrayLike<number>;

/** Allowed difference of element i: `abs + rel * |expected|`; 0 and 0 ask for equality. */
export interface Tolerance {
  readonly abs?: number;
  readonly rel?: number;
}

/** One set of arguments. */
export interface Case<B, P> {
  readonly name?: string;
  readonly params: { readonly [K in keyof P]: number };
  /** Contents of the buffers that are read or updated; lengths of those that are written. */
  readonly buffers: { readonly [K in keyof B]: Numbers | number };
}

/** What a kernel test gives. */
export interface KernelTest<B, P> {
  readonly cases: readonly Case<B, P>[];
  /** Expected contents of the written and updated buffers, in float64, from the formula. */
  reference(
    buffers: { readonly [K in keyof B]: Numbers },
    params: { readonly [K in keyof P]: number },
  ): { readonly [K in keyof B]?: Reference };
  /** By buffer; missing ones must be equal. */
  readonly tolerance?: { readonly [K in keyof B]?: Tolerance };
}

const GUARD_BYTES = 256;
const GUARD_WORD = 0xa5a5a5a5;
const NAN_WORD = 0x7fc00bad;

/** Registers and runs the tests of a kernel on every device. */
export function kernelTest<
  B extends Record<string, BufferSpec>,
  P extends Record<string, ParamType>,
>(kernel: Kernel<B, P>, spec: KernelTest<B, P>): void {
  const test = suite(kernel.name);
  retain();
  const first = new Map<string, Record<string, Numbers>>();
  for (const device of devices(kernel)) {
    for (const one of spec.cases) {
      const label = one.name ?? JSON.stringify(one.params).replaceAll('"', "");
      test(`${device.name} ${label}`, async () => {
        const got = await runCase(kernel, await device.open(), one);
        compareToReference(kernel, spec, one, got);
        sameBits(first, device, label, got);
      });
    }
  }
  test.after(release);
  test.run();
}

/** Allocates the buffers with guards, runs the kernel once and reads back what it wrote. */
export async function runCase<
  B extends Record<string, BufferSpec>,
  P extends Record<string, ParamType>,
>(kernel: Kernel<B, P>, device: Device, one: Case<B, P>): Promise<Record<string, Numbers>> {
  const guarded = Object.entries(kernel.buffers).map(([name, spec]) =>
    guard(device, name, spec, one.buffers[name])
  );
  const graph = new Graph(`test ${kernel.name}`);
  const tensors = Object.fromEntries(guarded.map((g) => [g.name, g.tensor]));
  graph.call(kernel, tensors as { [K in keyof B]: Tensor }, one.params);
  const plan = compile(graph);
  await device.load(plan);
  device.run(plan);
  const got: Record<string, Numbers> = {};
  for (const g of guarded) {
    await checkGuards(device, g);
    const values = await device.read(g.tensor);
    if (g.spec.access === "read") {
      assert.ok(equalBits(values, one.buffers[g.name] as Numbers), `${g.name} was changed`);
    } else got[g.name] = values;
  }
  device.unload(plan);
  device.free(...guarded.map((g) => g.tensor));
  return got;
}

interface Guarded {
  readonly name: string;
  readonly spec: BufferSpec;
  readonly tensor: Tensor;
  /** The storage as words, guards included. */
  readonly words: Tensor;
}

function guard(device: Device, name: string, spec: BufferSpec, content: Numbers | number): Guarded {
  const n = typeof content === "number" ? content : content.length;
  const bytes = Math.ceil(n * bytesOf[spec.dtype] / 4) * 4;
  const storage = new Storage(name, "state", 2 * GUARD_BYTES + Math.ceil(bytes / 256) * 256);
  const words = new Tensor(name, [storage.bytes / 4], "u32", storage);
  const tensor = new Tensor(name, [n], spec.dtype, storage, GUARD_BYTES);
  const fill = new Uint32Array(words.size).fill(GUARD_WORD);
  const from = GUARD_BYTES / 4;
  if (typeof content === "number") fill.fill(NAN_WORD, from, from + bytes / 4);
  else new Uint8Array(fill.buffer, GUARD_BYTES).set(bytesAsView(content));
  device.write(words, fill);
  return { name, spec, tensor, words };
}

function bytesAsView(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

async function checkGuards(device: Device, g: Guarded): Promise<void> {
  const words = await device.read(g.words);
  const end = (GUARD_BYTES + Math.ceil(g.tensor.bytes / 4) * 4) / 4;
  words.forEach((word, i) => {
    if ((i < GUARD_BYTES / 4 || i >= end) && word !== GUARD_WORD) {
      assert.unreachable(`${g.name}: wrote outside, at word ${i - GUARD_BYTES / 4}`);
    }
  });
}

function equalBits(a: Numbers, b: Numbers): boolean {
  const x = bytesAsView(a), y = bytesAsView(b);
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

function compareToReference<
  B extends Record<string, BufferSpec>,
  P extends Record<string, ParamType>,
>(kernel: Kernel<B, P>, spec: KernelTest<B, P>, one: Case<B, P>, got: Record<string, Numbers>) {
  const inputs = Object.fromEntries(
    Object.entries(one.buffers).map((
      [name, v],
    ) => [name, typeof v === "number" ? new Float32Array(v) : v]),
  ) as { [K in keyof B]: Numbers };
  const want = spec.reference(inputs, one.params);
  for (const name of Object.keys(got)) {
    const expected = want[name];
    assert.ok(expected, `${kernel.name}: the reference gives no ${name}`);
    near(got[name], expected!, spec.tolerance?.[name] ?? {}, name);
  }
}

/** Asserts that two lists agree element by element within a tolerance; NaN equals NaN. */
export function near(got: Reference, want: Reference, t: Tolerance, what: string): void {
  assert.is(got.length, want.length, `${what}: length`);
  let worst = -1, at = -1;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i]) || got[i] === want[i]) continue;
    if (Number.isNaN(got[i]) && Number.isNaN(want[i])) continue;
    const excess = Math.abs(got[i] - want[i]) - (t.abs ?? 0) - (t.rel ?? 0) * Math.abs(want[i]);
    if (!(excess <= 0) && !(excess <= worst)) [worst, at] = [excess, i];
  }
  assert.ok(
    at < 0,
    `${what}[${at}]: got ${got[at]}, want ${want[at]} (tolerance ${JSON.stringify(t)})`,
  );
}

function sameBits(
  first: Map<string, Record<string, Numbers>>,
  device: TestDevice,
  label: string,
  got: Record<string, Numbers>,
): void {
  if (!device.family.startsWith("wasm")) return;
  const key = `${device.family} ${label}`;
  const earlier = first.get(key);
  if (!earlier) return void first.set(key, got);
  for (const name of Object.keys(got)) {
    assert.ok(equalBits(got[name], earlier[name]), `${name}: other bits with another worker count`);
  }
}

/** Repeatable numbers for tests: a linear congruential generator, uniform in [low, high). */
export function randoms(n: number, seed = 1, low = -1, high = 1): Float32Array {
  let s = (seed * 2654435761) >>> 0;
  return Float32Array.from({ length: n }, () => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return low + (high - low) * (s / 2 ** 32);
  });
}

/** Sizes below, at and above a workgroup, a vector and a block, odd tails, and one large. */
export const LENGTHS = [1, 3, 4, 5, 63, 64, 65, 1023, 1024, 1025, 4099, 200_003];
