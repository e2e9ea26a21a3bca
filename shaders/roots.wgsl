// parent_i = the root of i, the r with parent_r = r; 2^32 - 1 stays. An invocation for each row.
struct Params {
  n: u32,
}

@group(0) @binding(0) var<storage, read_write> parent: array<atomic<u32>>;
@group(0) @binding(1) var<uniform> p: Params;

const SIZE = 64u;
const NO_ROW = 0xffffffffu;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * SIZE + lane;
  if (i >= p.n) {
    return;
  }
  var root = atomicLoad(&parent[i]);
  if (root == NO_ROW) {
    return;
  }
  loop {
    // Others may write meanwhile: always a row nearer to the same root.
    let up = atomicLoad(&parent[root]);
    if (up == root) {
      break;
    }
    root = up;
  }
  atomicStore(&parent[i], root);
}
