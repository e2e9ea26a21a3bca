/** How an embedding is prepared for K-Means. */
export type Normalisation = "none" | "whiten";

/**
 * Whitens points and puts them on the unit sphere: `y = L^-1 (x - mean)` with `L L^T` the
 * covariance, then `y / ||y||`. The axes of a learnt code have units and correlations that mean
 * nothing, and the length of a code says how faint a sample is rather than what it is; K-Means takes
 * both at face value.
 *
 * The Cholesky factor differs from a PCA whitening by a rotation, which distances do not see. In
 * float64, on the host: the same bits on every device.
 *
 * @param points n rows of `dim` numbers; not changed
 * @param ridge added to the covariance's diagonal, relative to its mean: a constant column stays
 * finite
 * @returns n rows of `dim` numbers of length 1 (a point at the mean stays 0)
 * @see Caron et al. 2018 (DeepCluster), section 4.1: whitened and l2-normalised before K-Means
 */
export function whiten(points: Float32Array, dim: number, ridge = 1e-6): Float32Array {
  const n = points.length / dim;
  const mean = columnMeans(points, dim);
  const factor = cholesky(covariance(points, mean), dim, ridge);
  const out = new Float32Array(points.length);
  const y = new Float64Array(dim);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let j = 0; j < dim; j++) {
      let s = points[i * dim + j] - mean[j];
      for (let k = 0; k < j; k++) s -= factor[j * dim + k] * y[k];
      y[j] = s / factor[j * dim + j];
      square += y[j] * y[j];
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let j = 0; j < dim; j++) out[i * dim + j] = y[j] * scale;
  }
  return out;
}

function columnMeans(points: Float32Array, dim: number): Float64Array {
  const mean = new Float64Array(dim);
  for (let i = 0; i < points.length; i += dim) {
    for (let j = 0; j < dim; j++) mean[j] += points[i + j];
  }
  return mean.map((s) => s * dim / points.length);
}

/** Lower half of the covariance, [dim, dim]. */
function covariance(points: Float32Array, mean: Float64Array): Float64Array {
  const dim = mean.length;
  const sums = new Float64Array(dim * dim);
  const x = new Float64Array(dim);
  for (let i = 0; i < points.length; i += dim) {
    for (let j = 0; j < dim; j++) x[j] = points[i + j] - mean[j];
    for (let j = 0; j < dim; j++) {
      for (let k = 0; k <= j; k++) sums[j * dim + k] += x[j] * x[k];
    }
  }
  return sums.map((s) => s * dim / points.length);
}

/** Lower triangular L with `L L^T = a + ridge`, from the lower half of a. */
function cholesky(a: Float64Array, dim: number, ridge: number): Float64Array {
  let trace = 0;
  for (let j = 0; j < dim; j++) trace += a[j * dim + j];
  const extra = trace > 0 ? ridge * trace / dim : 1;
  const l = new Float64Array(dim * dim);
  for (let j = 0; j < dim; j++) {
    for (let k = 0; k <= j; k++) {
      let s = a[j * dim + k] + (j === k ? extra : 0);
      for (let p = 0; p < k; p++) s -= l[j * dim + p] * l[k * dim + p];
      // Rounding may leave a direction without variance just below zero.
      l[j * dim + k] = j === k ? Math.sqrt(Math.max(s, extra)) : s / l[k * dim + k];
    }
  }
  return l;
}
