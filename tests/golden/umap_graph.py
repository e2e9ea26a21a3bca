"""Golden values of UMAP's fuzzy graph and curve, in float64, written from the paper (scipy)."""

import numpy as np
from clustering import blobs
from golden import tensor, write
from numpy.random import RandomState
from scipy.optimize import curve_fit
from sklearn.metrics import pairwise_distances


def nearest(x, size):
    """The size - 1 nearest others of each point; of equal distances the lower index."""
    distances = pairwise_distances(x)
    np.fill_diagonal(distances, -1)
    order = np.argsort(distances, axis=1, kind="stable")[:, 1:size]
    return order, np.take_along_axis(distances, order, axis=1)


def scales(distances, size):
    """Algorithm 3: sum_j exp(-max(0, d_j - rho) / sigma) = log2(size), by bisection."""
    rhos, sigmas = [], []
    for row in distances:
        above = row[row > 0]
        rho = above.min() if len(above) else 0.0
        low, high = 0.0, 1.0
        total = lambda sigma: np.exp(-np.maximum(0, row - rho) / sigma).sum()
        while total(high) < np.log2(size) and high < 1e6:
            high *= 2
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if total(middle) < np.log2(size) else (low, middle)
        # The mean counts the point itself, at distance 0.
        mean = row.sum() / size if rho > 0 else distances.sum() / (len(distances) * size)
        rhos.append(rho)
        sigmas.append(max(high, 1e-3 * mean))
    return np.array(rhos), np.array(sigmas)


def union(indices, distances, rhos, sigmas):
    weights = np.zeros((len(indices),) * 2)
    rows = np.repeat(np.arange(len(indices)), indices.shape[1])
    excess = np.maximum(0, distances - rhos[:, None])
    weights[rows, indices.ravel()] = np.exp(-excess / sigmas[:, None]).ravel()
    return weights + weights.T - weights * weights.T


def curve(min_dist, spread):
    d = np.linspace(0, 3 * spread, 300)
    psi = np.where(d < min_dist, 1.0, np.exp(-(d - min_dist) / spread))
    (a, b), _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), d, psi)
    return {"min_dist": min_dist, "spread": spread, "a": a, "b": b}


def umap_graph():
    x, _ = blobs(RandomState(11), [40, 30, 20], 4, 1.0)
    x[5] = x[6]  # two at one place
    x[10:26] = x[10]  # more than there are neighbours at one place
    size = 8
    indices, distances = nearest(x, size)
    rhos, sigmas = scales(distances, size)
    graph = union(indices, distances, rhos, sigmas)
    rows, columns = np.nonzero(graph)
    write(
        "umap_graph",
        {
            "note": "neighbours count the point itself; graph: rows, columns, weights",
            "x": tensor(x),
            "neighbours": size,
            "rhos": tensor(rhos),
            "sigmas": tensor(sigmas),
            "rows": rows.tolist(),
            "columns": columns.tolist(),
            "weights": graph[rows, columns].round(9).tolist(),
            "curves": [curve(m, s) for m, s in [(0.1, 1), (0, 1), (0.5, 1), (0.99, 1), (0.3, 2)]],
        },
    )
