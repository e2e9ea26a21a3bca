"""Golden values of trustworthiness and continuity (scikit-learn)."""

import numpy as np
from clustering import blobs
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as score


def case(name, x, y, neighbours):
    """scikit-learn's metric is that of its first argument: the high space, or the map if swapped."""
    x, y = dyadic(x), dyadic(y)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    out = {"name": name, "x": tensor(x), "y": tensor(y), "scores": []}
    for k in neighbours:
        out["scores"].append(
            {
                "k": k,
                "trustworthiness": score(x, y, n_neighbors=k),
                "continuity": score(y, x, n_neighbors=k),
                "cosine": score(x, y, n_neighbors=k, metric="cosine"),
                # Cosine distances order as Euclidean ones between rows of length 1.
                "cosine_continuity": score(y, unit, n_neighbors=k),
            }
        )
    return out


def trustworthiness():
    random = RandomState(13)
    x, _ = blobs(random, [50, 40, 30], 6, 2.0)
    wine = load_wine().data[::2, :6] + 0.01 * random.standard_normal((89, 6))
    line = random.uniform(-5, 5, (7, 1))
    write(
        "trustworthiness",
        {
            "cases": [
                case("blobs, two components", x, PCA(2).fit_transform(x), [1, 5, 25, 59]),
                case("blobs, shuffled", x, random.permutation(x)[:, :2], [5]),
                case("wine, two components", wine, PCA(2).fit_transform(wine), [5, 12]),
                case("seven points", line * [1, 0.5] + random.uniform(0, 1, (7, 2)), line, [1, 3]),
            ]
        },
    )
