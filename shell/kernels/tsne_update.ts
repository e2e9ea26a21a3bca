import { kernel, linear, reads, updates } from "./kernel.ts";
import wgsl from "../../shaders/tsne_update.wgsl" with { type: "text" };

/** Points of a WASM item: a claim worth while. */
const ITEM = 256;

/**
 * A step of gradient descent with momentum and a gain for each coordinate. With the gradient
 * `g = 4 (exaggeration attraction_i - repulsion_i / z)`: a gain grows by .2 where velocity and g
 * differ in sign and shrinks to .8 where they do not, down to .01; then
 * `velocity = momentum velocity - rate gain g` and `y += velocity`.
 *
 * z is `total[0]` if `each` is 0, else `total[i]`. All but total are [n, 4].
 *
 * @see van der Maaten, Hinton (2008), Visualizing data using t-SNE, equations 5 and 8; Jacobs
 * (1988), Increased rates of convergence through learning rate adaptation
 */
export const tsneUpdate = kernel({
  name: "tsne_update",
  buffers: {
    attraction: reads("f32"),
    repulsion: reads("f32"),
    total: reads("f32"),
    velocity: updates("f32"),
    gain: updates("f32"),
    y: updates("f32"),
  },
  params: { n: "u32", each: "u32", exaggeration: "f32", rate: "f32", momentum: "f32" },
  wgsl,
  grid: ({ n }) => linear(Math.ceil(n / 64)),
  items: ({ n }) => Math.ceil(n / ITEM),
  grain: () => 4,
});
