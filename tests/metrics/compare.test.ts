import { suite } from "uvu";
import * as assert from "uvu/assert";
import { comparisonWarning } from "../../shell/metrics/compare.ts";

const test = suite("comparison of scores");

test("says nothing about one space", () => {
  assert.is(comparisonWarning([]), undefined);
  assert.is(comparisonWarning([{ name: "a", width: 10 }]), undefined);
  const model = "autoencoder, seed 1";
  const same = [{ name: "k 5", width: 10, model }, { name: "k 6", width: 10, model }];
  assert.is(comparisonWarning(same), undefined);
  assert.is(comparisonWarning([same[0], { ...same[1], metric: "euclidean" }]), undefined);
  assert.is(comparisonWarning([same[0], { ...same[1], width: undefined }]), undefined);
});

test("names two spaces that differ in width, metric, model or name", () => {
  const a = { name: "a.npy", width: 10 };
  assert.is(
    comparisonWarning([a, a, { ...a, width: 64 }]),
    "the scores of a.npy (10 wide, euclidean) and a.npy (64 wide, euclidean) cannot be compared: " +
      "each is in the units of its own space, and one that draws points together scores better " +
      "whatever becomes of the data; compare by classes (accuracy, NMI, ARI) or by one space that " +
      "all share",
  );
  assert.match(comparisonWarning([a, { ...a, metric: "cosine" }])!, "a.npy (10 wide, cosine)");
  assert.match(comparisonWarning([{ ...a, model: "dec" }, { ...a, model: "idec" }])!, "dec) and");
  assert.match(comparisonWarning([a, { name: "b.npy" }])!, "b.npy (euclidean) cannot");
});

test.run();
