// The rate of multiply-adds, the bench's peak of a GPU: four chains of four lanes an invocation.
struct Params {
  turns: u32,
}

@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // Near 1 and 0, so that the chains neither grow nor die out; not known before the run.
  let factor = vec4f(0.999f + f32(p.turns & 1u) * 0.0001f);
  let summand = vec4f(0.0005f);
  var a = vec4f(f32(id.x & 15u));
  var b = a + 1f;
  var c = a + 2f;
  var d = a + 3f;
  for (var i = 0u; i < p.turns; i++) {
    a = fma(a, factor, summand);
    b = fma(b, factor, summand);
    c = fma(c, factor, summand);
    d = fma(d, factor, summand);
  }
  let all = a + b + c + d;
  y[id.x] = all.x + all.y + all.z + all.w;
}
