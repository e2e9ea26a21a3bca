import { suite } from "uvu";
import { clip } from "../../shell/kernels/clip.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/optimizers.json" with { type: "json" };
import { kernelTest, LENGTHS, near, randoms, runCase } from "../harness.ts";

const EXTREMES = [0, 1e-38, 3e38, Infinity, NaN];

kernelTest(clip, {
  cases: [
    ...LENGTHS.flatMap((n) =>
      [0.5, 100].map((limit) => ({
        params: { n, limit },
        buffers: { norm_sq: Float32Array.of(7), dw: randoms(n) },
      }))
    ),
    ...EXTREMES.map((norm) => ({
      name: `norm_sq ${norm}`,
      params: { n: 5, limit: 1 },
      buffers: { norm_sq: Float32Array.of(norm), dw: Float32Array.of(0, 1, -1, NaN, 1e10) },
    })),
  ],
  reference({ norm_sq, dw }, { limit }) {
    const norm = Math.sqrt(norm_sq[0]);
    const factor = Number.isFinite(norm) ? Math.min(1, Math.fround(limit) / (norm + 1e-6)) : NaN;
    return { dw: Array.from(dw, (d) => d * factor) };
  },
  tolerance: { dw: { rel: 5e-7 } },
});

const test = suite("clip golden values");
retain();
for (const device of devices()) {
  for (const one of golden.clip) {
    test(`${device.name} limit ${one.max_norm} agrees with PyTorch`, async () => {
      const dw = Float32Array.from(golden.clip_gradients.flatMap((part) => part.data));
      const got = await runCase(clip, await device.open(), {
        params: { n: dw.length, limit: one.max_norm },
        buffers: { norm_sq: Float32Array.of(one.norm_before ** 2), dw },
      });
      near(got.dw, one.clipped.flatMap((part) => part.data), { rel: 5e-7 }, "dw");
    });
  }
}
test.after(release);
test.run();
