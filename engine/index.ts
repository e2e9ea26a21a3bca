// Every function that the plan loop or the host calls. Kernels are found here by name.
export { probe_madd, run } from "./plan";
export { accumulate } from "./accumulate";
export { scale } from "./scale";
export { self_test } from "./self_test";
