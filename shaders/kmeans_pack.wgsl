// panels[i / 8][d][i % 8] = x[i][d]: 8 points side by side. The last row fills up the last panel.
struct Params {
  n: u32,
  dim: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> panels: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

const SIZE = 64u;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (group.y * groups.x + group.x) * SIZE + lane;
  let panel = at / (8u * p.dim);
  if (panel >= (p.n + 7u) / 8u) {
    return;
  }
  let i = min(panel * 8u + at % 8u, p.n - 1u);
  panels[at] = x[i * p.dim + at / 8u % p.dim];
}
