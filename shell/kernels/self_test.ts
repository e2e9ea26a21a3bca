import { kernel, writes } from "./kernel.ts";
import wgsl from "../../shaders/self_test.wgsl" with { type: "text" };

/** Invocations of the self-test. */
export const SELF_TEST_SIZE = 64;

/**
 * `y[i]` = state of the generator `s <- 1664525 s + 1013904223 mod 2^32` after `turns` steps from
 * `s = i`, for 64 values of `i`. A device that gets it wrong is refused at open.
 */
export const selfTestKernel = kernel({
  name: "self_test",
  buffers: { y: writes("u32") },
  params: { turns: "u32" },
  wgsl,
  grid: () => [1],
  items: () => SELF_TEST_SIZE,
});
