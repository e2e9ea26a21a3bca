import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Device } from "../../shell/device/device.ts";
import { tsneRepulsion } from "../../shell/kernels/tsne_repulsion.ts";
import { state, type Tensor } from "../../shell/plan/tensor.ts";
import { plan } from "../../shell/project/centred.ts";
import { Descent } from "../../shell/project/descent.ts";
import { Tree } from "../../shell/project/tree.ts";
import { devices, release, retain } from "../devices.ts";
import golden from "../golden/tsne.json" with { type: "json" };
import { near, randoms } from "../harness.ts";
import { mapOf } from "../kernels/maps.ts";
import { divergence, full, gradient, joint } from "./divergence.ts";

const test = suite("gradient of t-SNE");
retain();

const forty = golden.joint.x;

for (const { name: machine, open } of devices()) {
  const on = (name: string, run: (device: Device) => Promise<void>) =>
    test(`${machine} ${name}`, async () => await run(await open()));

  on("joint probabilities are scikit-learn's", async (device) => {
    const { perplexity, rows, columns, p } = golden.joint;
    const n = forty.shape[0];
    const got = full(await joint(device, forty, perplexity));
    const want = new Float64Array(n * n);
    p.forEach((v, t) => want[rows[t] * n + columns[t]] = want[columns[t] * n + rows[t]] = v);
    near(got, want, { rel: 1e-4, abs: 1e-9 }, "P");
    near([got.reduce((a, b) => a + b, 0)], [1], { abs: 1e-6 }, "sum");
  });

  on("a step follows the gradient of the divergence", async (device) => {
    const affinities = await joint(device, forty, 5);
    const p = full(affinities), n = forty.shape[0];
    for (const dims of [2, 3]) {
      const y = randoms(n * dims, 8, -3, 3);
      const exact = Float64Array.from(y);
      // The reference itself, against central differences.
      const slopes = gradient(p, exact, dims);
      for (const at of [0, 7, n * dims - 1]) {
        const moved = (h: number) => divergence(p, exact.with(at, exact[at] + h), dims);
        const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        near([slope], [slopes[at]], { abs: 1e-8, rel: 1e-6 }, "central difference");
      }
      for (const theta of [undefined, 0]) {
        const descent = new Descent(device, { affinities, dims, theta, what: "test" });
        try {
          await descent.load(y);
          const kl = await descent.divergence();
          near([kl], [divergence(p, exact, dims)], { rel: 1e-5 }, "divergence");
          await descent.run(0, 1, { exaggeration: 1, rate: 10, momentum: 0.5 });
          // From rest a gain is .8.
          const step = (await descent.positions()).map((v, at) => (v - y[at]) / -8);
          near(step, slopes, { abs: 3e-7, rel: 1e-4 }, `gradient, theta ${theta}`);
        } finally {
          descent.free();
        }
      }
    }
  });

  on("the tree is near the exact sums", async (device) => {
    const n = 1500;
    for (const dims of [2, 3]) {
      const values = mapOf(n, dims, 5, 30);
      const t = {
        y: state("y", [n, 4]),
        force: state("force", [n, 4]),
        mass: state("mass", [n]),
        near: state("force of the tree", [n, 4]),
        nearMass: state("mass of the tree", [n]),
      };
      const tree = new Tree(t.y, n, dims);
      const both = plan("both", (g) => {
        g.call(tsneRepulsion, { ...t, map: t.y }, { m: n, n, own: 1 });
        tree.record(g, t.near, t.nearMass, 0.5);
      });
      await device.load(both);
      device.write(t.y, values);
      tree.start(device);
      tree.sort(device, values);
      device.run(both);
      const distance = async (a: Tensor, b: Tensor) => {
        const want = await device.read(a), got = await device.read(b);
        const square = (list: number[]) => list.reduce((sum, v) => sum + v * v, 0);
        const off = square(Array.from(want, (v, at) => v - got[at]));
        return Math.sqrt(off / square(Array.from(want)));
      };
      const force = await distance(t.force, t.near), mass = await distance(t.mass, t.nearMass);
      assert.ok(force < 0.02 && mass < 0.005, `${dims} dimensions: ${force}, ${mass}`);
      assert.ok(force > 1e-5, "nothing was approximated");
      device.unload(both);
      tree.free(device);
      device.free(...Object.values(t));
    }
  });
}

test.after(release);
test.run();
