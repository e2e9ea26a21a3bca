import { suite } from "uvu";
import * as assert from "uvu/assert";
import { accuracy } from "../../shell/metrics/accuracy.ts";
import { ari } from "../../shell/metrics/ari.ts";
import { ami, nmi } from "../../shell/metrics/nmi.ts";
import { vMeasure } from "../../shell/metrics/v_measure.ts";
import golden from "../golden/metrics.json" with { type: "json" };
import { labellings, rangeError } from "./reference.ts";

const test = suite("homogeneity, completeness, AMI");

const close = (got: number, want: number, what: string) =>
  assert.ok(Math.abs(got - want) <= 1e-12, `${what}: got ${got}, want ${want}`);

for (const { name, labels, clusters, hcv, ami: expected } of golden.cases) {
  test(`equals scikit-learn: ${name}`, () => {
    const { homogeneity, completeness, vMeasure: v } = vMeasure(labels, clusters);
    [homogeneity, completeness, v].forEach((value, i) => close(value, hcv[i], `measure ${i}`));
    close(ami(labels, clusters), expected, "AMI");
  });
}

test("without noise every score is that of the other points", () => {
  const find = (name: string) => golden.cases.find((one) => one.name === name)!;
  const { labels, clusters } = find("noise"), rest = find("the same without noise");
  const exclude = { noise: "exclude" } as const;
  close(accuracy(labels, clusters, exclude), rest.accuracy, "accuracy");
  close(ari(labels, clusters, exclude), rest.ari, "ARI");
  close(nmi(labels, clusters, exclude), rest.nmi, "NMI");
  close(ami(labels, clusters, exclude), rest.ami, "AMI");
  close(vMeasure(labels, clusters, exclude).homogeneity, rest.hcv[0], "homogeneity");
});

test("swapping the sides swaps homogeneity and completeness, and V is the NMI", () => {
  for (const [labels, clusters] of labellings()) {
    const one = vMeasure(labels, clusters), other = vMeasure(clusters, labels);
    close(one.homogeneity, other.completeness, "homogeneity");
    close(one.vMeasure, nmi(labels, clusters), "V");
  }
});

test("beta weighs completeness", () => {
  // Homogeneity is 1/2, completeness 1.
  const value = vMeasure([0, 1, 2, 3], [0, 0, 1, 1], { beta: 0.5 }).vMeasure;
  close(value, 1.5 * 0.5 * 1 / (0.5 * 0.5 + 1), "V");
  assert.match(rangeError(() => vMeasure([0], [0], { beta: 0 })), "beta must be a number above 0");
});

test("AMI of random clusterings is about 0 on average where the NMI is not", () => {
  // All 3^6 clusterings of 6 points into groups of the sizes that occur average to 0 by size.
  const labels = [0, 0, 1, 1, 2, 2];
  let sum = 0, count = 0, chance = 0;
  for (let code = 0; code < 3 ** 6; code++) {
    const clusters = labels.map((_, p) => Math.floor(code / 3 ** p) % 3);
    const sizes = [0, 1, 2].map((c) => clusters.filter((id) => id === c).length);
    if (!sizes.every((size) => size === 2)) continue;
    sum += ami(labels, clusters);
    chance += nmi(labels, clusters);
    count++;
  }
  close(sum / count, 0, "mean AMI");
  assert.ok(chance / count > 0.3);
});

test.run();
