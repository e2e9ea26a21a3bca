#!/usr/bin/env python3
"""Writes umap_quality.json: 500 digits and how well umap-learn's maps of them keep neighbours.

    python3 -m venv /tmp/umap && /tmp/umap/bin/pip install umap-learn
    /tmp/umap/bin/python tests/golden/umap_quality.py

Not part of make.py, since Debian has no umap-learn. Pixels are letters, a for 0 to q for 16.
"""

import json
import pathlib

import numpy as np
import sklearn
import umap
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

COUNT, NEAREST, SEEDS = 500, 12, range(5)


def accuracy(y, labels):
    """Leave one out: the class of most of the five nearest others, the lowest of equals."""
    indices = NearestNeighbors(n_neighbors=5).fit(y).kneighbors(return_distance=False)
    votes = np.apply_along_axis(np.bincount, 1, labels[indices], minlength=10)
    return float((votes.argmax(axis=1) == labels).mean())


def entropy(y, graph, a, b):
    """Cross entropy of the graph and the map, by the number of points."""
    q = np.clip(1 / (1 + a * cdist(y, y) ** (2 * b)), 1e-4, 1 - 1e-4)
    terms = -(graph * np.log(q) + (1 - graph) * np.log(1 - q))
    np.fill_diagonal(terms, 0)
    return float(terms.sum() / len(y))


def quality():
    x, labels = load_digits(return_X_y=True)
    x, labels = x[:COUNT], labels[:COUNT]
    maps = []
    for seed in SEEDS:
        model = umap.UMAP(random_state=seed, n_epochs=500)
        y = model.fit_transform(x.astype(np.float32))
        maps.append(
            {
                "trustworthiness": float(trustworthiness(x, y, n_neighbors=NEAREST)),
                "accuracy": accuracy(y, labels),
                "cross_entropy": entropy(y, model.graph_.toarray(), model._a, model._b),
            }
        )
    return x, labels, maps


def placed(x, labels):
    """Accuracy of the map of one half with the other half placed on it, 200 epochs."""
    half = COUNT // 2
    for seed in SEEDS:
        model = umap.UMAP(random_state=seed, n_epochs=200).fit(x[:half].astype(np.float32))
        y = model.transform(x[half:].astype(np.float32))
        yield accuracy(np.vstack([model.embedding_, y]), labels)


if __name__ == "__main__":
    x, labels, maps = quality()
    content = {
        "made_by": "tests/golden/umap_quality.py",
        "versions": {"umap-learn": umap.__version__, "sklearn": sklearn.__version__},
        "note": "neighbours 15, min_dist 0.1, 500 epochs, Euclidean; trustworthiness of 12",
        "pixels": "".join(chr(ord("a") + int(v)) for v in x.ravel()),
        "labels": "".join(str(v) for v in labels),
        "maps": maps,
        "placed_accuracy": list(placed(x, labels)),
    }
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    path = pathlib.Path(__file__).parent / "umap_quality.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{path.name} {path.stat().st_size} bytes", maps)
