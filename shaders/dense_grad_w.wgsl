// dw = x^T dz, db = column sums of dz: x is m x k, dz is m x n, dw is k x n.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  bias: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dz: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<storage, read_write> db: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// An invocation computes 16 x 16 elements in 4 x 4 blocks, 4 terms of the sums at a time, as
// products of transposes, (x^T dz)^T = dz^T x: the columns of a WGSL
// matrix are rows in memory. The tile is this large for adapters that are CPUs: a load there costs
// as much as ten multiply-adds. Reads past an edge give some value of the buffer, which ends in an
// element that is not stored.
const TILE = 16u;
const LANES = 4u;

// Rows of dz that are summed before they join a total, so that no sum is long.
const CHUNK = 64u;

fn x4(i: u32, j: u32) -> vec4f {
  let at = i * p.k + j;
  return vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
}

fn x_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(x4(i, j), x4(i + 1u, j), x4(i + 2u, j), x4(i + 3u, j));
}

fn dz4(i: u32, j: u32) -> vec4f {
  let at = i * p.n + j;
  return vec4f(dz[at], dz[at + 1u], dz[at + 2u], dz[at + 3u]);
}

fn dz_block(i: u32, j: u32) -> mat4x4f {
  return mat4x4f(dz4(i, j), dz4(i + 1u, j), dz4(i + 2u, j), dz4(i + 3u, j));
}

// Stores an element of dw, if there is one.
fn put(i: u32, j: u32, sum: f32) {
  if (i < p.k && j < p.n) {
    dw[i * p.n + j] = sum;
  }
}

fn sum_columns(j: u32) -> vec4f {
  var total = vec4f();
  for (var start = 0u; start < p.m; start += CHUNK) {
    var part = vec4f();
    let end = min(start + CHUNK, p.m);
    for (var q = start; q < end; q++) {
      part += dz4(q, j);
    }
    total += part;
  }
  return total;
}

fn put_bias(j: u32, sum: f32) {
  if (j < p.n) {
    db[j] = sum;
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = (group.y * groups.x + group.x) * LANES + lane;
  let across = (p.n + TILE - 1u) / TILE;
  let i = tile / across * TILE;
  let j = tile % across * TILE;
  if (i >= p.k) {
    return;
  }
  var c: array<mat4x4f, 16>;
  let whole = p.m & ~3u;
  for (var q = 0u; q < whole; q += 4u) {
    let b0 = dz_block(q, j);
    let b1 = dz_block(q, j + 4u);
    let b2 = dz_block(q, j + 8u);
    let b3 = dz_block(q, j + 12u);
    let a0 = transpose(x_block(q, i));
    c[0] += b0 * a0;
    c[1] += b1 * a0;
    c[2] += b2 * a0;
    c[3] += b3 * a0;
    let a1 = transpose(x_block(q, i + 4u));
    c[4] += b0 * a1;
    c[5] += b1 * a1;
    c[6] += b2 * a1;
    c[7] += b3 * a1;
    let a2 = transpose(x_block(q, i + 8u));
    c[8] += b0 * a2;
    c[9] += b1 * a2;
    c[10] += b2 * a2;
    c[11] += b3 * a2;
    let a3 = transpose(x_block(q, i + 12u));
    c[12] += b0 * a3;
    c[13] += b1 * a3;
    c[14] += b2 * a3;
    c[15] += b3 * a3;
  }
  for (var t = 0u; t < 64u; t++) {
    let row = i + t / 16u * 4u + t % 4u;
    let column = j + t / 4u % 4u * 4u;
    var sums = c[t / 4u][t % 4u];
    for (var q = whole; q < p.m; q++) {
      sums += x[q * p.k + row] * dz4(q, column);
    }
    put(row, column, sums.x);
    put(row, column + 1u, sums.y);
    put(row, column + 2u, sums.z);
    put(row, column + 3u, sums.w);
  }
  if (p.bias != 0u && i == 0u) {
    for (var column = j; column < j + TILE; column += 4u) {
      let sums = sum_columns(column);
      put_bias(column, sums.x);
      put_bias(column + 1u, sums.y);
      put_bias(column + 2u, sums.z);
      put_bias(column + 3u, sums.w);
    }
  }
}
