// dx = (dz w^T) * act'(x): dz is m x n, w is k x n, x and dx are m x k.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> dz: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// An invocation computes 16 x 16 elements in 4 x 4 blocks, 4 terms of the sums at a time, as
// products of transposes, (dz w^T)^T = w dz^T: the columns of a WGSL
// matrix are rows in memory. The tile is this large for adapters that are CPUs: a load there costs
// as much as ten multiply-adds. Reads past an edge give some value of the buffer, which ends in an
// element that is not stored.
const TILE = 16u;
const LANES = 4u;

fn dz4(i: u32, j: u32) -> vec4f {
  let at = i * p.n + j;
  return vec4f(dz[at], dz[at + 1u], dz[at + 2u], dz[at + 3u]);
}

fn dz_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(dz4(i, j), dz4(i + 1u, j), dz4(i + 2u, j), dz4(i + 3u, j));
}

fn w4(i: u32, j: u32) -> vec4f {
  let at = i * p.n + j;
  return vec4f(w[at], w[at + 1u], w[at + 2u], w[at + 3u]);
}

fn w_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(w4(i, j), w4(i + 1u, j), w4(i + 2u, j), w4(i + 3u, j));
}

fn w_column(j: u32, q: u32) -> vec4f {
  let at = j * p.n + q;
  return vec4f(w[at], w[at + p.n], w[at + 2u * p.n], w[at + 3u * p.n]);
}

const SLOPE = 0.01;

// Stores an element of dx, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i >= p.m || j >= p.k) {
    return;
  }
  let at = i * p.k + j;
  var d = sum;
  if (p.activation != 0u) {
    let v = x[at];
    switch p.activation {
      case 1u: { d = select(0.0, d, v > 0.0); }
      case 2u: { d = select(SLOPE * d, d, v > 0.0); }
      case 3u: { d = d * (v * (1.0 - v)); }
      default: { d = d * (1.0 - v * v); }
    }
  }
  dx[at] = d;
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = (group.y * groups.x + group.x) * LANES + lane;
  let across = (p.k + TILE - 1u) / TILE;
  let i = tile / across * TILE;
  let j = tile % across * TILE;
  if (i >= p.m) {
    return;
  }
  var c: array<mat4x4f, 16>;
  let whole = p.n & ~3u;
  for (var q = 0u; q < whole; q += 4u) {
    let b0 = transpose(w_block(j, q));
    let b1 = transpose(w_block(j + 4u, q));
    let b2 = transpose(w_block(j + 8u, q));
    let b3 = transpose(w_block(j + 12u, q));
    let a0 = dz_block(i, q);
    c[0] += b0 * a0;
    c[1] += b1 * a0;
    c[2] += b2 * a0;
    c[3] += b3 * a0;
    let a1 = dz_block(i + 4u, q);
    c[4] += b0 * a1;
    c[5] += b1 * a1;
    c[6] += b2 * a1;
    c[7] += b3 * a1;
    let a2 = dz_block(i + 8u, q);
    c[8] += b0 * a2;
    c[9] += b1 * a2;
    c[10] += b2 * a2;
    c[11] += b3 * a2;
    let a3 = dz_block(i + 12u, q);
    c[12] += b0 * a3;
    c[13] += b1 * a3;
    c[14] += b2 * a3;
    c[15] += b3 * a3;
  }
  for (var t = 0u; t < 64u; t++) {
    let row = i + t / 16u * 4u + t % 4u;
    let column = j + t / 4u % 4u * 4u;
    var sums = c[t / 4u][t % 4u];
    for (var q = whole; q < p.n; q++) {
      sums += dz[row * p.n + q] * w_column(column, q);
    }
    put(row, column, sums.x);
    put(row, column + 1u, sums.y);
    put(row, column + 2u, sums.z);
    put(row, column + 3u, sums.w);
  }
}
