"""Golden values of the k nearest neighbours (scikit-learn)."""

import numpy as np
from clustering import blobs
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.neighbors import NearestNeighbors


def search(model, queries, k):
    """Refuses neighbours that float32 might put in another order."""
    further, _ = model.kneighbors(queries, n_neighbors=k + 1)
    assert np.diff(further, axis=1).min() > 1e-5, "two distances are too close"
    distances, indices = model.kneighbors(queries, n_neighbors=k)
    return {"k": k, "indices": tensor(indices), "distances": tensor(distances.round(12))}


def neighbours():
    random = RandomState(7)
    x, _ = blobs(random, [70, 50, 30], 3, 1.5)
    queries = dyadic(random.uniform(-9, 9, (20, 3)))
    model = NearestNeighbors(algorithm="brute").fit(x)
    write(
        "neighbours",
        {
            "note": "Euclidean; among points, none is a neighbour of itself",
            "x": tensor(x),
            "of_points": search(model, None, 6),
            "queries": tensor(queries),
            "of_queries": search(model, queries, 9),
        },
    )
