// Every function that the plan loop or the host calls. Kernels are found here by name.
export { probe_madd, run } from "./plan";
export { accumulate } from "./accumulate";
export { scale } from "./scale";
export { self_test } from "./self_test";
export { dense, dense_pack } from "./dense";
export { dense_grad_w, dense_grad_w_pack } from "./dense_grad_w";
export { dense_grad_x, dense_grad_x_pack } from "./dense_grad_x";
export { probe_tile, set_tile } from "./gemm";
