"""Golden values of DBSCAN (scikit-learn)."""

import numpy as np
from clustering import blobs
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_digits, load_iris, load_wine, make_moons
from sklearn.preprocessing import StandardScaler


def fit(name, x, eps, min_samples, metric="euclidean", unit=2.0**-10):
    """A case; scikit-learn computes in float64 from the same numbers that float32 holds.

    They are written as integers, in units.
    """
    x = np.asarray(x, dtype=np.float64)
    assert (x.astype(np.float32) == x).all(), name
    units = np.rint(x / unit).astype(int)
    assert (units * unit == x).all(), name
    algorithm = "brute" if metric == "cosine" else "kd_tree"  # direct differences
    model = DBSCAN(eps=eps, min_samples=min_samples, metric=metric, algorithm=algorithm).fit(x)
    return {
        "name": name,
        "eps": eps,
        "min_points": min_samples,
        "metric": metric,
        "unit": unit,
        "x": tensor(units),
        "labels": model.labels_.tolist(),
        "core": model.core_sample_indices_.tolist(),
    }


def scaled(x):
    return dyadic(StandardScaler().fit_transform(x))


def toys(random):
    """Small, odd and borderline data."""
    steps = np.arange(7)
    grid = np.stack(np.meshgrid(steps, steps), -1).reshape(-1, 2)
    right = np.array([1, 1.5, 1.75, 2])  # with 0 and the mirror image: 0 borders on both
    tenths = np.float32(0.1) * np.arange(30, dtype=np.float32)
    yield fit("one point", [[1, 2]], 0.5, 1)
    yield fit("one point that is noise", [[1, 2]], 0.5, 2)
    yield fit("two points together", [[0, 0], [0.25, 0]], 0.5, 2)
    yield fit("two points exactly at eps", [[0, 0], [0.5, 0]], 0.5, 2)
    yield fit("two points apart", [[0, 0], [0.75, 0]], 0.5, 2)
    yield fit("every point a cluster", [[0], [3], [6]], 0.5, 1)
    yield fit("as many points as a core point needs", [[0], [1], [2]], 2, 3)
    yield fit("duplicates", np.repeat([[1, 1], [5, 5], [9, 1]], [6, 4, 2], axis=0), 1e-6, 4)
    yield fit("all the same", np.full((40, 3), 0.5), 0.25, 5)
    yield fit("grid, eps 1", grid, 1, 4)
    yield fit("grid, eps 1, the edge is noise", grid, 1, 5)
    yield fit("grid, eps the square root of 2", grid, float(np.sqrt(2)), 9)
    yield fit("grid, eps the square root of 5", grid, float(np.sqrt(5)), 21)
    for name, parts in ("first", [[0], right, -right]), ("last", [-right, right, [0]]):
        yield fit(f"a border of two clusters, {name}", np.concatenate(parts)[:, None], 1, 4)
    yield fit("collinear", dyadic(np.outer(random.permutation(60), [0.5, -1, 2])), 2.5, 3)
    yield fit("tenths, eps 0.1", tenths[:, None], 0.1, 2, unit=2.0**-30)
    yield fit("tenths, eps 0.3", tenths[:, None], 0.3, 6, unit=2.0**-30)
    yield fit("everything noise", dyadic(random.uniform(-9, 9, (40, 3))), 0.1, 3)
    yield fit("cosine", dyadic(random.standard_normal((60, 3))), 0.06, 4, "cosine")
    axes = np.repeat(np.eye(4), 3, axis=0) * np.tile([1, 2, 3], 4)[:, None]
    yield fit("cosine, axes", axes, 0.5, 3, "cosine")


def data(random):
    x, _ = blobs(random, [60, 50, 40], 3, 0.5)
    noise = dyadic(random.uniform(-10, 10, (30, 3)))
    moons = dyadic(make_moons(200, noise=0.06, random_state=3)[0])
    wine = scaled(load_wine().data)
    yield fit("iris", dyadic(load_iris().data), 0.5, 5)
    yield fit("iris, more noise", dyadic(load_iris().data), 0.4, 10)
    yield fit("wine", wine, 2.3, 6)
    yield fit("wine, cosine", wine, 0.22, 6, "cosine")
    yield fit("two moons", moons, 0.2, 5)
    yield fit("blobs and noise", random.permutation(np.concatenate([x, noise])), 1, 5)
    yield fit("one cluster", x[:60] - x[:60].mean(0).round(), 30, 5)


def dbscan():
    random = RandomState(11)
    write("dbscan", {"cases": [*toys(random)]})
    write("dbscan_data", {"cases": [*data(random)]})
    digits = load_digits().data[:200]  # integers
    cases = [
        fit("digits", digits, 22, 4, unit=1),
        fit("digits, cosine", digits, 0.11, 4, "cosine", 1),
    ]
    cases[1]["x"] = None  # that of the first
    write("dbscan_digits", {"cases": cases})
