// y = act(x w + b): x is m x k, w is k x n, y is m x n.
struct Params {
  m: u32,
  k: u32,
  n: u32,
  bias: u32,
  activation: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

// One invocation computes 16 x 16 elements of y in 4 x 4 blocks, 4 of k at a time, as products of
// transposes: (x w)^T = w^T x^T, because the columns of a WGSL matrix are the rows in memory. The
// tile is this large for adapters that are CPUs: there a load costs as much as ten multiply-adds.
// Reads past an edge give some value of the buffer; it ends in an element that is not stored.
const TILE = 16u;
const LANES = 4u;

fn x4(i: u32, q: u32) -> vec4f {
  let at = i * p.k + q;
  return vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
}

fn w4(q: u32, j: u32) -> vec4f {
  let at = q * p.n + j;
  return vec4f(w[at], w[at + 1u], w[at + 2u], w[at + 3u]);
}

fn x_block(i: u32, q: u32) -> mat4x4f {
  return mat4x4f(x4(i, q), x4(i + 1u, q), x4(i + 2u, q), x4(i + 3u, q));
}

fn w_block(q: u32, j: u32) -> mat4x4f {
  return mat4x4f(w4(q, j), w4(q + 1u, j), w4(q + 2u, j), w4(q + 3u, j));
}

// Column q of x, four rows.
fn x_column(i: u32, q: u32) -> vec4f {
  let at = i * p.k + q;
  return vec4f(x[at], x[at + p.k], x[at + 2u * p.k], x[at + 3u * p.k]);
}

fn outer(u: vec4f, v: vec4f) -> mat4x4f {
  return mat4x4f(u * v.x, u * v.y, u * v.z, u * v.w);
}

fn is_nan(z: f32) -> bool {
  return (bitcast<u32>(z) & 0x7fffffffu) > 0x7f800000u;
}

fn act(z: f32) -> f32 {
  if (is_nan(z)) {
    return z;
  }
  switch (p.activation) {
    case 1u: {
      return max(z, 0.0);
    }
    case 2u: {
      return max(z, 0.01 * z);
    }
    case 3u: {
      let e = exp(-abs(z));
      return select(e, 1.0, z >= 0.0) / (1.0 + e);
    }
    case 4u: {
      return tanh(z);
    }
    default: {
      return z;
    }
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.y * TILE;
  let j = (group.x * LANES + lane) * TILE;
  if (j >= p.n) {
    return;
  }
  var c: array<mat4x4f, 16>;
  let whole = p.k & ~3u;
  for (var q = 0u; q < whole; q += 4u) {
    let w0 = w_block(q, j);
    let w1 = w_block(q, j + 4u);
    let w2 = w_block(q, j + 8u);
    let w3 = w_block(q, j + 12u);
    let x0 = x_block(i, q);
    c[0] += w0 * x0;
    c[1] += w1 * x0;
    c[2] += w2 * x0;
    c[3] += w3 * x0;
    let x1 = x_block(i + 4u, q);
    c[4] += w0 * x1;
    c[5] += w1 * x1;
    c[6] += w2 * x1;
    c[7] += w3 * x1;
    let x2 = x_block(i + 8u, q);
    c[8] += w0 * x2;
    c[9] += w1 * x2;
    c[10] += w2 * x2;
    c[11] += w3 * x2;
    let x3 = x_block(i + 12u, q);
    c[12] += w0 * x3;
    c[13] += w1 * x3;
    c[14] += w2 * x3;
    c[15] += w3 * x3;
  }
  for (var t = 0u; t < 16u; t++) {
    let row = i + 4u * (t / 4u);
    let column = j + 4u * (t % 4u);
    var block = c[t];
    for (var q = whole; q < p.k; q++) {
      block += outer(w4(q, column), x_column(row, q));
    }
    for (var e = 0u; e < 16u; e++) {
      let to = vec2u(column + e % 4u, row + e / 4u);
      if (to.x < p.n && to.y < p.m) {
        var z = block[e / 4u][e % 4u];
        if (p.bias != 0u) {
          z += b[to.x];
        }
        y[to.y * p.n + to.x] = act(z);
      }
    }
  }
}
