// y[p / 8, d, p mod 8] = x[order[p], d] for p < m. An invocation for each number of y.
struct Params {
  m: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

const SIZE = 64u;
const PANEL = 8u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = (group.y * groups.x + group.x) * SIZE + lane;
  let panels = (p.m + PANEL - 1u) / PANEL;
  if (item >= panels * p.dim * PANEL) {
    return;
  }
  let row = min(item / (p.dim * PANEL) * PANEL + item % PANEL, p.m - 1u);
  y[item] = x[order[row] * p.dim + item / PANEL % p.dim];
}
