// By row of n logits: p = e^(x - max) / sum, loss = ln(sum) - (x[label] - max). A workgroup takes
// 8 rows, 8 invocations to a row.
struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> label: array<u32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> p: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

