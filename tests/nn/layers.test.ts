/** Layers as data: their shapes, their decoders, and what does not fit. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { conv, type Layer, mlp, type Shape, sizeOf } from "../../shell/nn/layers.ts";
import { mirror, shapesThrough } from "../../shell/nn/shapes.ts";

const test = suite("layers");

/** Input and layers of the convolutional autoencoder of DEC-DA. */
const IMAGE: Shape = [28, 28, 1];
const CONV: Layer[] = [
  ...conv([
    { channels: 32, kernel: 5, stride: 2, padding: 2 },
    { channels: 64, kernel: 5, stride: 2, padding: 2 },
    { channels: 128, kernel: 3, stride: 2, padding: 0 },
  ]),
  ...mlp([10]),
];

const pool = (type: "max_pool" | "average_pool", window = 2): Layer => ({
  type,
  window,
  stride: window,
});

/** The last shape. */
const after = (input: Shape, layers: Layer[]) => shapesThrough(input, layers, "net").at(-1);

test("mlp: activations, dropout and normalisation of the hidden layers only", () => {
  assert.equal(mlp([5, 3]), [
    { type: "dense", units: 5, activation: "relu" },
    { type: "dense", units: 3, activation: "identity" },
  ]);
  const options = { activation: "tanh", output: "sigmoid", dropout: 0.2, normalise: true } as const;
  assert.equal(mlp([5, 3], options), [
    { type: "dense", units: 5, activation: "identity" },
    { type: "batch_norm" },
    { type: "activation", activation: "tanh" },
    { type: "dropout", rate: 0.2 },
    { type: "dense", units: 3, activation: "sigmoid" },
  ]);
  assert.equal(mlp([]), []);
});

test("mlp: codes of length 1 come last, keep their shape, and leave no trace in the mirror", () => {
  const layers = mlp([5, 3], { unit: true });
  assert.equal(layers, [...mlp([5, 3]), { type: "unit" }]);
  assert.equal(shapesThrough([7], layers, "net"), [[7], [5], [3], [3]]);
  assert.equal(after([4, 3, 2], [{ type: "unit" }]), [4, 3, 2]);
  assert.equal(mirror([7], layers), mirror([7], mlp([5, 3])));
  const hidden: Layer[] = [...mlp([6, 5], { unit: true }), { type: "dropout", rate: 0.1 }];
  assert.equal(mirror([7], [...hidden, ...mlp([3])]).map(({ type }) => type), [
    "dense",
    "dropout",
    "dense",
    "dense",
  ]);
});

test("shapes of dense layers, of convolutions and of pools", () => {
  assert.equal(shapesThrough([784], mlp([500, 10]), "net"), [[784], [500], [10]]);
  assert.equal(shapesThrough(IMAGE, CONV, "net"), [
    IMAGE,
    [14, 14, 32],
    [7, 7, 64],
    [3, 3, 128],
    [10],
  ]);
  assert.equal(after([9, 12, 3], [pool("max_pool"), pool("average_pool", 3)]), [1, 2, 3]);
  const tall = conv([{ channels: 2, kernel: [3, 1], stride: [2, 1], padding: [1, 0] }]);
  assert.equal(after([5, 4, 1], tall), [3, 4, 2]);
  // By default the padding keeps the size.
  assert.equal(after([6, 7, 1], conv([{ channels: 4, kernel: 5 }])), [6, 7, 4]);
  assert.equal(after([12], [{ type: "reshape", shape: [2, 2, 3] }, { type: "batch_norm" }]), [
    2,
    2,
    3,
  ]);
});

test("the mirror of dense layers: sizes in reverse, activation of the layer before", () => {
  assert.equal(mirror([784], mlp([500, 200, 10], { activation: "tanh" })), [
    { type: "dense", units: 200, activation: "tanh" },
    { type: "dense", units: 500, activation: "tanh" },
    { type: "dense", units: 784, activation: "identity" },
  ]);
});

test("the mirror takes normalisation and dropout along, but not to its end", () => {
  const layers = mlp([8, 6, 2], { normalise: true, dropout: 0.5 });
  const tail = [
    { type: "batch_norm" },
    { type: "activation", activation: "relu" },
    { type: "dropout", rate: 0.5 },
  ];
  assert.equal(mirror([20], layers), [
    { type: "dense", units: 6, activation: "identity" },
    ...tail,
    { type: "dense", units: 8, activation: "identity" },
    ...tail,
    { type: "dense", units: 20, activation: "identity" },
  ]);
});

test("the mirror of convolutions: transposed, each to the size that it came from", () => {
  const decoder = mirror(IMAGE, CONV);
  assert.equal(decoder.map((layer) => layer.type), [
    "dense",
    "reshape",
    "conv_transpose",
    "conv_transpose",
    "conv_transpose",
  ]);
  assert.equal(shapesThrough([10], decoder, "decoder"), [
    [10],
    [1152],
    [3, 3, 128],
    [7, 7, 64],
    [14, 14, 32],
    IMAGE,
  ]);
  const activations = decoder.map((layer) => "activation" in layer ? layer.activation : "");
  assert.equal(activations, ["relu", "", "relu", "relu", "identity"]);
});

test("every mirror leads back to the input", () => {
  const cases: [Shape, Layer[]][] = [
    [[13], mlp([7])],
    [[13], mlp([7, 5, 3], { normalise: true, dropout: 0.1 })],
    [[5, 4, 3], mlp([7, 2])],
    [[9, 6, 2], conv([{ channels: 3, stride: 2 }, { channels: 4, kernel: 2, padding: 0 }])],
    [[9, 6, 2], [...conv([{ channels: 3, stride: [3, 2] }], { normalise: true }), ...mlp([5, 2])]],
    [[12], [{ type: "reshape", shape: [2, 2, 3] }, ...conv([{ channels: 5 }]), ...mlp([2])]],
  ];
  for (const [input, layers] of cases) {
    const code = shapesThrough(input, layers, "encoder").at(-1)!;
    const back = shapesThrough(code, mirror(input, layers), "decoder").at(-1)!;
    assert.is(sizeOf(back), sizeOf(input), JSON.stringify(layers));
  }
});

/** Layers that do not fit, and what must be said of them. */
const WRONG: [Shape, unknown[], RegExp][] = [
  [
    [4, 4, 1],
    conv([{ channels: 1 }, { channels: 1, kernel: 7, padding: 0 }]),
    /^net, layer 2 \(conv\): an image of 4 x 4 is smaller than the window of 7 x 7: use larger images/,
  ],
  [[2, 9, 1], [pool("max_pool", 3)], /layer 1 \(max_pool\): an image of 2 x 9 is smaller/],
  [[784], conv([{ channels: 2 }]), /needs images \[height, width, channels\], got samples of 784/],
  [[784], [pool("average_pool")], /needs images/],
  [[3], mlp([0]), /layer 1 \(dense\): units must be a positive integer, got 0/],
  [[3], mlp([2.5]), /units must be a positive integer, got 2.5/],
  [[4, 4, 1], conv([{ channels: -1 }]), /channels must be a positive integer, got -1/],
  [[4, 4, 1], conv([{ channels: 1, kernel: 0 }]), /kernel must be a positive integer, got 0/],
  [[4, 4, 1], conv([{ channels: 1, stride: 0 }]), /stride must be a positive integer, got 0/],
  [[4, 4, 1], conv([{ channels: 1, padding: -1 }]), /padding must be an integer of at least 0/],
  [[3], [{ type: "dropout", rate: 1 }], /rate must be from 0 to below 1, got 1/],
  [[3], [{ type: "reshape", shape: [2, 2] }], /\[3\] cannot be read as \[2, 2\]/],
  [[4], [{ type: "reshape", shape: [-2, -2] }], /shape must be a positive integer, got -2/],
  [
    [3],
    [{ type: "dense", units: 2, activation: "relu6" }],
    /activation must be one of identity,.* got relu6/,
  ],
  [[3], [{ type: "activation", activation: "toString" }], /activation must be one of/],
  [[3], [{ type: "attention" }], /layer 1 \(attention\): there is no such layer/],
  [[0], mlp([2]), /every side of the input must be a positive integer, got 0/],
  [[], mlp([2]), /the input has no numbers/],
  [
    [3, 3, 8],
    [{
      ...{ type: "conv_transpose", channels: 1, size: [8, 6], kernel: 3, stride: 2, padding: 1 },
      activation: "relu",
    }],
    /images of 8 x 6 would come from 4 x 3, got 3 x 3/,
  ],
];

test("what does not fit is named, with its place", () => {
  for (const [input, layers, sentence] of WRONG) {
    const act = () => shapesThrough(input, layers as Layer[], "net");
    assert.throws(
      act,
      (error: unknown) => error instanceof RangeError && sentence.test(error.message),
      `${sentence}`,
    );
  }
  assert.throws(
    () => mirror([4, 4, 1], [pool("max_pool"), ...mlp([2])]),
    /an encoder with max_pool has no mirror: use strides instead/,
  );
});

test.run();
