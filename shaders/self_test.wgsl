// y[i] = the state of a linear congruential generator after p.turns steps from seed i: more turns
// than the 65,535 at which some drivers silently leave a loop.
struct Params {
  turns: u32,
}

@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var s = id.x;
  for (var turn = 0u; turn < p.turns; turn++) {
    s = s * 1664525u + 1013904223u;
  }
  y[id.x] = s;
}
