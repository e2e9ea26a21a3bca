// Every function that the plan loop or the host calls. Kernels are found here by name.
export { probe_madd, run } from "./plan";
export { accumulate } from "./accumulate";
export { scale } from "./scale";
export { self_test } from "./self_test";
export { dense, dense_pack } from "./dense";
export { dense_grad_w, dense_grad_w_pack } from "./dense_grad_w";
export { dense_grad_x, dense_grad_x_pack } from "./dense_grad_x";
export { probe_tile, set_tile } from "./gemm";
export { adam } from "./adam";
export { bce, bce_grad } from "./bce";
export { clip } from "./clip";
export { dropout } from "./dropout";
export { mse, mse_grad } from "./mse";
export { normal } from "./normal";
export { sgd } from "./sgd";
export { softmax_cross_entropy, softmax_cross_entropy_grad } from "./softmax_cross_entropy";
export { uniform } from "./uniform";
