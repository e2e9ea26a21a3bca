// log[slot] = x[0], unless slot >= n.
struct Params {
  n: u32,
  slot: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> log: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

@compute @workgroup_size(1)
fn main() {
  if (p.slot < p.n) {
    log[p.slot] = x[0];
  }
}
