import { mixtureResponsibilities } from "../../shell/kernels/mixture_responsibilities.ts";
import { kernelTest, randoms } from "../harness.ts";

const one = (m: number, k: number, dim: number, width = 3, rows = m, first = 0) => ({
  name: `${m} x ${k} x ${dim}, up to ${width}, rows ${rows} from ${first}`,
  params: { m, k, dim, rows, first },
  buffers: {
    y: randoms(k * m * dim, 1, -width, width),
    constant: randoms(k, 2, -9, 0),
    responsibility: m * k,
    score: m,
  },
});

kernelTest(mixtureResponsibilities, {
  cases: [
    ...[one(1, 1, 1), one(3, 2, 1), one(64, 3, 2), one(65, 4, 3), one(63, 5, 10)],
    ...[one(7, 9, 67), one(2000, 10, 11), one(5, 300, 4)],
    // Every density underflows.
    one(20, 3, 10, 400),
    one(64, 3, 2, 3, 100, 64),
    one(64, 3, 2, 3, 100, 128),
  ],
  reference({ y, constant }, { m, k, dim, rows, first }) {
    const responsibility = new Array(m * k).fill(0), score = new Array(m).fill(0);
    for (let i = 0; i < Math.min(m, rows - first); i++) {
      const logs = Array.from({ length: k }, (_, c) => {
        let square = 0;
        for (let j = 0; j < dim; j++) square += y[(c * m + i) * dim + j] ** 2;
        return constant[c] - square / 2;
      });
      const high = Math.max(...logs);
      score[i] = high + Math.log(logs.reduce((sum, l) => sum + Math.exp(l - high), 0));
      logs.forEach((l, c) => responsibility[i * k + c] = Math.exp(l - score[i]));
    }
    return { responsibility, score };
  },
  // The logarithms are rounded to float32, which weighs by their size.
  tolerance: { responsibility: { abs: 1e-6, rel: 2e-4 }, score: { abs: 1e-5, rel: 1e-6 } },
});
