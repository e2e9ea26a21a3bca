/** Asterism: clusters data with neural networks, anywhere WebGPU or WebAssembly runs. */

export * from "./errors.ts";
export type { Device, DeviceInfo, Numbers, Scalars } from "./device/device.ts";
export { openWasm, WasmDevice, type WasmOptions } from "./device/wasm.ts";
export { data, Slab, state, Storage, Tensor } from "./plan/tensor.ts";
export { Graph, Scalar } from "./plan/graph.ts";
export { compile, type Plan } from "./plan/plan.ts";
export * from "./kernels/kernel.ts";
export { scale } from "./kernels/scale.ts";
export { accumulate } from "./kernels/accumulate.ts";
