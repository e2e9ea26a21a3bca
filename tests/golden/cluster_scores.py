"""Golden values of scores without classes: silhouette, Davies-Bouldin, Calinski-Harabasz."""

import numpy as np
from clustering import blobs
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_iris, load_wine, make_moons
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples


def short(values):
    return [float(f"{value:.9g}") for value in values]


def scores(x, labels, cosine):
    out = {
        "davies_bouldin": float(davies_bouldin_score(x, labels)),
        "calinski_harabasz": float(calinski_harabasz_score(x, labels)),
        "silhouette": short(silhouette_samples(x, labels)),
    }
    if cosine:
        out["cosine"] = short(silhouette_samples(x, labels, metric="cosine"))
    return out


def case(name, x, labels, cosine=True):
    """Scores with -1 as a cluster, and without those points if there are any."""
    x, labels = dyadic(x), np.asarray(labels)
    out = {"name": name, "x": tensor(x), "labels": labels.tolist(), **scores(x, labels, cosine)}
    if (labels < 0).any():
        kept = labels >= 0
        out["without_noise"] = scores(x[kept], labels[kept], cosine)
    return out


def found(x, k):
    return KMeans(k, n_init=1, random_state=0).fit(x).labels_


def cases():
    random = RandomState(11)
    iris, wine = load_iris(), load_wine()
    yield case("iris, its species", iris.data, iris.target)
    yield case("wine, k-means", wine.data[::2], found(wine.data[::2], 3))
    moons, halves = make_moons(80, noise=0.05, random_state=0)
    yield case("two moons", moons, halves)
    x, labels = blobs(random, [40, 25, 15], 3, 1.0)
    noise = np.where(random.uniform(size=80) < 0.2, -1, labels)
    yield case("blobs with noise", x, noise)
    # Angles there are below what rows of length 1 in float32 can tell apart.
    yield case("blobs around 10,000", x + 10_000, labels, False)
    points = random.randint(-8, 8, (9, 3)) + 0.5
    yield case("duplicates", np.repeat(points, 4, axis=0), np.repeat(np.arange(9), 4) // 2)
    yield case("only duplicates", np.repeat(points[:4], 3, axis=0), np.repeat(np.arange(4), 3), False)
    line = random.uniform(-4, 4, (30, 1))
    yield case("collinear", line * [1, 2, -0.5] + [0, 8, 0], (line[:, 0] > 0).astype(int))
    yield case("three points", [[1, 2], [3, 5], [-4, 8]], [0, 0, 1])
    yield case("one coordinate", random.uniform(1, 9, (12, 1)), np.arange(12) % 3, False)
    # Clusters a hundred thousand times smaller than their distance.
    tight, labels = blobs(random, [12, 9, 11], 4, 0.004)
    yield case("tight and far apart", tight * 64, labels)


def digits():
    data = load_digits()
    x, labels = data.data[:200].astype(int), data.target[:200]
    out = case("digits", x, labels)
    out["x"]["data"] = [int(value) for value in out["x"]["data"]]
    return out


def cluster_scores():
    write("cluster_scores", {"cases": list(cases())})
    write("cluster_scores_digits", digits())
