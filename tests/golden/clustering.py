"""Golden values of clustering: metrics, K-Means, silhouette (scikit-learn, scipy)."""

import numpy as np
from golden import dyadic, tensor, write
from numpy.random import RandomState
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    homogeneity_completeness_v_measure,
    normalized_mutual_info_score,
    pairwise_distances,
    silhouette_samples,
    silhouette_score,
)
from sklearn.metrics.cluster import contingency_matrix


def accuracy(labels, clusters):
    table = contingency_matrix(labels, clusters)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum() / len(labels))


def metric_cases():
    random = RandomState(1)
    truth = random.randint(0, 10, 300)
    noisy = np.where(random.uniform(size=300) < 0.3, random.randint(0, 10, 300), (truth * 7) % 10)
    yield "permuted", [0, 0, 1, 1, 2, 2, 2], [5, 5, 0, 0, 3, 3, 3]
    yield "one point", [3], [0]
    yield "two points together", [0, 0], [1, 1]
    yield "two points apart on one side", [0, 0], [0, 1]
    yield "one class, one cluster", [2] * 9, [0] * 9
    yield "one class, many clusters", [0] * 8, [0, 0, 1, 1, 2, 2, 3, 3]
    yield "many classes, one cluster", [0, 0, 1, 1, 2, 2, 3, 3], [0] * 8
    yield "each point its own cluster", [0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5]
    yield "each point its own class and cluster", [0, 1, 2, 3], [3, 1, 0, 2]
    yield "independent", [0, 0, 1, 1], [0, 1, 0, 1]
    yield "worse than chance", [0, 0, 1, 1, 2, 2], [0, 1, 0, 2, 1, 2]
    yield "ids with gaps", [7, 7, 1000000, 1000000, 7], [40, 40, 2, 2, 2]
    yield "noisy", truth, noisy
    yield "random", random.randint(0, 4, 120), random.randint(0, 5, 120)
    yield "more clusters", truth, truth + 10 * random.randint(0, 2, 300)
    yield "fewer clusters", truth, truth // 3
    greedy = np.array([[10, 9, 0], [9, 0, 0], [0, 1, 5]])  # the largest cells first are not best
    rows, columns = np.nonzero(greedy)
    counts = greedy[rows, columns]
    yield "greedy is wrong", np.repeat(rows, counts), np.repeat(columns, counts)
    sizes = random.multinomial(70000, random.dirichlet(np.ones(12))) // 100
    yield "unequal sizes", np.repeat(np.arange(12), sizes), random.randint(0, 6, sizes.sum()) ** 2
    noise = np.where(random.uniform(size=300) < 0.2, -1, noisy)
    yield "noise", truth, noise
    yield "the same without noise", truth[noise >= 0], noise[noise >= 0]


def metrics():
    cases = [
        {
            "name": name,
            "labels": np.asarray(labels).tolist(),
            "clusters": np.asarray(clusters).tolist(),
            "accuracy": accuracy(labels, clusters),
            "nmi": float(normalized_mutual_info_score(labels, clusters)),
            "ari": float(adjusted_rand_score(labels, clusters)),
            "ami": float(adjusted_mutual_info_score(labels, clusters)),
            "hcv": [float(v) for v in homogeneity_completeness_v_measure(labels, clusters)],
        }
        for name, labels, clusters in metric_cases()
    ]
    write("metrics", {"cases": cases})


def blobs(random, sizes, dimensions, spread):
    centres = random.uniform(-8, 8, (len(sizes), dimensions))
    rows = np.repeat(np.arange(len(sizes)), sizes)
    x = dyadic(centres[rows] + random.standard_normal((len(rows), dimensions)) * spread)
    order = random.permutation(len(rows))
    return x[order], rows[order]


def lloyd(x, start, iterations):
    """After at most this many iterations; labels and inertia belong to the returned centres."""
    model = KMeans(
        len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd"
    ).fit(x)
    return {
        "iterations": int(model.n_iter_),
        "centres": tensor(model.cluster_centers_),
        "labels": model.labels_.tolist(),
        "inertia": float(model.inertia_),
    }


def assign(x, centres):
    """Nearest centres and the inertia; refuses a point that float32 might assign elsewhere."""
    squares = pairwise_distances(x, centres, metric="sqeuclidean")
    ordered = np.sort(squares, axis=1)
    assert (ordered[:, 1] - ordered[:, 0]).min() > 1e-3, "a point is too close to two centres"
    return {"labels": squares.argmin(axis=1).tolist(), "inertia": float(ordered[:, 0].sum())}


def kmeans():
    random = RandomState(2)
    x, _ = blobs(random, [90, 80, 70, 60], 5, 4.5)
    start = x[[3, 17, 30, 111, 208]]
    converged = lloyd(x, start, 300)
    for iterations in range(1, converged["iterations"]):
        assign(x, np.reshape(lloyd(x, start, iterations)["centres"]["data"], start.shape))
    # No point is nearest to the last centre here: scikit-learn moves it to the worst-served point.
    far = np.vstack([start[:3], np.full((1, 5), 512.0)])
    write(
        "kmeans",
        {
            "note": "Lloyd's algorithm until no label changes (tol 0), or for max_iter iterations",
            "x": tensor(x),
            "start": tensor(start),
            "assigned_to_start": assign(x, start),
            "after_1": lloyd(x, start, 1),
            "after_2": lloyd(x, start, 2),
            "converged": converged,
            "empty_start": tensor(far),
            "empty_after_1": lloyd(x, far, 1),
        },
    )


def silhouette():
    random = RandomState(3)
    x, labels = blobs(random, [80, 60, 1, 59], 4, 3.0)
    two = (labels == 0).astype(int)
    write(
        "silhouette",
        {
            "note": "Euclidean; in labels, cluster 2 is a single point, whose value is 0",
            "x": tensor(x),
            "labels": labels.tolist(),
            "values": silhouette_samples(x, labels).tolist(),
            "mean": float(silhouette_score(x, labels)),
            "two_labels": two.tolist(),
            "two_values": silhouette_samples(x, two).tolist(),
            "two_mean": float(silhouette_score(x, two)),
        },
    )
