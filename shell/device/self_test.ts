import { DeviceError } from "../errors.ts";
import { SELF_TEST_SIZE, selfTestKernel } from "../kernels/self_test.ts";
import { Graph } from "../plan/graph.ts";
import { compile } from "../plan/plan.ts";
import { state } from "../plan/tensor.ts";
import type { Device } from "./device.ts";

/** Past 65,535, where Mesa 22's llvmpipe leaves a loop and says nothing. */
const TURNS = 70_001;

/**
 * Runs a loop long enough to expose a driver that cuts loops short.
 * @throws DeviceError if the device computes wrongly
 */
export async function selfTest(device: Device, name: string): Promise<void> {
  const y = state("self_test", [SELF_TEST_SIZE], "u32");
  const graph = new Graph("self-test");
  graph.call(selfTestKernel, { y }, { turns: TURNS });
  const plan = compile(graph);
  await device.load(plan);
  device.run(plan);
  const got = await device.read(y);
  device.unload(plan);
  device.free(y);
  for (let i = 0; i < SELF_TEST_SIZE; i++) {
    let s = i;
    for (let turn = 0; turn < TURNS; turn++) s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    if (got[i] !== s) {
      throw new DeviceError(
        `"${name}" computes wrongly (a loop of ${TURNS} turns gave ${got[i]} instead of ${s}): ` +
          "update its driver, or use device wasm",
      );
    }
  }
}
