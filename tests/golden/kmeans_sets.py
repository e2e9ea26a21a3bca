"""Golden values of K-Means on known data, weighted, spherical, by mini-batches (scikit-learn)."""

import numpy as np
from golden import dyadic, write
from numpy.random import RandomState
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.cluster._kmeans import _mini_batch_step
from sklearn.datasets import load_digits, load_iris, load_wine, make_moons
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, pairwise_distances

DIGITS = 500  # rows, of which one character stands for a pixel


def short(values):
    """Nine significant digits are more than float32 holds."""
    return [float(f"{v:.9g}") for v in np.ravel(values)]


def result(labels, centres, inertia):
    return {"labels": "".join(map(str, labels)), "centres": short(centres), "inertia": inertia}


def refuse_ties(x, centres, least=1e-5):
    """Refuses points that float32 might assign elsewhere."""
    if len(centres) == 1:
        return
    squares = np.sort(pairwise_distances(x, centres, metric="sqeuclidean"), axis=1)
    gap = squares[:, 1] - squares[:, 0]
    assert (gap > least * squares[:, 1]).all(), "a point is too close to two centres"


def lloyd(x, start, weights=None, iterations=300):
    model = KMeans(len(start), init=start, n_init=1, tol=0, max_iter=iterations, algorithm="lloyd")
    model.fit(x, sample_weight=weights)
    refuse_ties(x, model.cluster_centers_)
    return {
        **result(model.labels_, model.cluster_centers_, float(model.inertia_)),
        "iterations": int(model.n_iter_),
    }


def spherical(x, start, iterations=300):
    """Spherical K-Means from the formula: assign to the largest cosine, means at length 1."""
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    centres = start / np.linalg.norm(start, axis=1, keepdims=True)
    labels = np.full(len(x), -1)
    for _ in range(iterations):
        refuse_ties(unit, centres)
        now = (unit @ centres.T).argmax(axis=1)
        if (now == labels).all():
            break
        labels = now
        means = np.array([unit[labels == j].mean(axis=0) for j in range(len(centres))])
        centres = means / np.linalg.norm(means, axis=1, keepdims=True)
    inertia = float((1 - (unit * centres[labels]).sum(axis=1)).sum())
    return result(labels, centres, inertia)


def blobs(random, sizes, dimensions, spread):
    centres = random.uniform(-8, 8, (len(sizes), dimensions))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    x = dyadic(centres[rows] + random.standard_normal((len(rows), dimensions)) * spread)
    return x[random.permutation(len(rows))]


def sets():
    """Name, points, rows to start from."""
    random = RandomState(4)
    yield "iris", dyadic(load_iris().data), [0, 60, 120]
    yield "wine", dyadic(load_wine().data), [3, 70, 150]
    yield "two moons", dyadic(make_moons(120, noise=0.08, random_state=5)[0]), [0, 1]
    yield "blobs", blobs(random, [40, 50, 30, 30], 3, 1.2), [0, 1, 2, 3]
    few = dyadic(random.uniform(-4, 4, (5, 3)))
    yield "duplicates", few[np.arange(60) % 5], [0, 1, 2]
    line = np.sort(random.choice(4000, 60, replace=False)).reshape(-1, 1) * np.array([[1, 2, -3]])
    yield "collinear", line / 1024, [0, 30, 59]
    yield "one cluster", dyadic(random.standard_normal((40, 4)) + 20), [7]
    yield "n = k", dyadic(random.standard_normal((6, 2))), [5, 4, 3, 2, 1, 0]
    yield "n = 2", np.array([[1.0, 2.0], [3.0, -1.0]]), [0, 1]


def one_set(name, x, rows):
    start = x[rows]
    whole = np.round(x * 1024).astype(int)
    assert (whole / 1024 == x).all()
    weights = RandomState(6).randint(0, 4, len(x))
    weights[rows] = 1
    two = len(set(map(tuple, x[rows]))) == len(rows) < len(x) and len(rows) > 1
    plain = lloyd(x, start)
    labels = np.array(list(plain["labels"]))
    return {
        "name": name,
        "shape": list(x.shape),
        "x": whole.ravel().tolist(),
        "start": rows,
        "plain": plain,
        "weights": "".join(map(str, weights)),
        "weighted": lloyd(x, start, weights.astype(float)),
        "cosine": spherical(x, start) if name in ("iris", "wine", "blobs") else None,
        "calinski_harabasz": float(calinski_harabasz_score(x, labels)) if two else None,
        "davies_bouldin": float(davies_bouldin_score(x, labels)) if two else None,
    }


def mini_batches(x, start, size, steps):
    """Centres after steps over consecutive batches, without reassignment."""
    centres, counts = start.copy(), np.zeros(len(start))
    random, weights = RandomState(0), np.ones(size)
    inertias = []
    for step in range(steps):
        rows = (step * size + np.arange(size)) % len(x)
        after = np.empty_like(centres)
        refuse_ties(x[rows], centres)
        inertias.append(
            float(_mini_batch_step(x[rows], weights, centres, after, counts, random)) / size
        )
        centres = after
    return {
        "batch": size,
        "steps": steps,
        "centres": short(centres),
        "counts": counts.astype(int).tolist(),
        "inertias": short(inertias),
    }


def weighted_mini_batches(x, weights, start, size, steps):
    """The same with weights, by partial_fit."""
    model = MiniBatchKMeans(len(start), init=start, n_init=1, reassignment_ratio=0)
    inertias = []
    for step in range(steps):
        rows = (step * size + np.arange(size)) % len(x)
        centres = model.cluster_centers_ if step else start
        refuse_ties(x[rows], centres)
        squares = ((x[rows][:, None] - centres) ** 2).sum(axis=2).min(axis=1)
        inertias.append(float((weights[rows] * squares).sum()) / size)
        model.partial_fit(x[rows], sample_weight=weights[rows])
    return {
        "batch": size,
        "steps": steps,
        "weights": weights.tolist(),
        "centres": short(model.cluster_centers_),
        "inertias": short(inertias),
    }


def gaps(random, most, references):
    """The gap statistic of Tibshirani, Walther and Hastie from made-up inertias."""
    inertia = dyadic(900 / np.arange(1, most + 1) ** 1.3 + random.uniform(0, 9, most))
    # Falls less where there are four clusters or more.
    inertia[3:] *= 0.5
    others = dyadic(950 / np.arange(1, most + 1) + random.uniform(0, 40, (references, most)))
    logs = np.log(others)
    gap = logs.mean(axis=0) - np.log(inertia)
    error = logs.std(axis=0) * np.sqrt(1 + 1 / references)
    chosen = next(k for k in range(1, most) if gap[k - 1] >= gap[k] - error[k])
    return {
        "inertia": inertia.tolist(),
        "references": others.T.tolist(),
        "gap": gap.tolist(),
        "error": error.tolist(),
        "chosen": chosen,
    }


def kmeans_sets():
    write(
        "kmeans_sets",
        {
            "note": "numbers are x / 1024; start: rows of x; labels: one character for each point",
            "sets": [one_set(*one) for one in sets()],
            "gaps": [gaps(RandomState(seed), 7, 5) for seed in (8, 9)],
        },
    )
    digits = load_digits().data[:DIGITS]
    start = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    random = RandomState(3)
    # Every seventh row counts for nothing.
    weights = np.where(np.arange(DIGITS) % 7 == 0, 0, random.randint(1, 9, DIGITS) / 4)
    write(
        "kmeans_digits",
        {
            "note": "the first rows of sklearn's digits; a pixel is a character, 0 is 'a'",
            "shape": list(digits.shape),
            "x": "".join(chr(97 + int(v)) for v in digits.ravel()),
            "start": start,
            "plain": lloyd(digits, digits[start]),
            "mini_batch": mini_batches(digits, digits[start], 150, 10),
            "weighted_mini_batch": weighted_mini_batches(digits, weights, digits[start], 150, 10),
        },
    )
