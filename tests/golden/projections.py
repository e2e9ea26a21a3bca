"""Golden values of projections: PCA and t-SNE (scikit-learn)."""

import numpy as np
from golden import dyadic, normal, tensor, write
from numpy.random import RandomState
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

DIGITS = 500  # rows


def digits():
    return load_digits().data[:DIGITS]


def lcg(n, seed, levels):
    """Integers from 0 to levels - 1: the tests draw the same ones."""
    s, out = seed * 2654435761 % 2**32, np.empty(n)
    for i in range(n):
        s = (s * 1664525 + 1013904223) % 2**32
        out[i] = s * levels // 2**32
    return out


def wide():
    """40 points of rank 6 in 1,300 dimensions, all integers, and constant columns among them."""
    left = lcg(40 * 6, 3, 9).reshape(40, 6) * [12, 8, 5, 3, 2, 1]
    return left @ (lcg(6 * 1300, 4, 7).reshape(6, 1300) - 3)


def short(values):
    return [float(f"{v:.9g}") for v in values]


def principal(x, inputs, keep=6):
    """Components whose variance stands apart from the neighbours': others are not determined."""
    model = PCA(svd_solver="full").fit(x)
    variance = model.explained_variance_
    next_ = np.append(variance[1:], 0)
    apart = (variance - next_ > 0.01 * variance) & (variance > 1e-9 * variance[0])
    apart &= np.append(True, apart[:-1])
    which = np.flatnonzero(apart)[:keep]
    return {
        **inputs,
        "variance": short(variance),
        "ratio": short(model.explained_variance_ratio_),
        "singular": short(model.singular_values_),
        "mean": short(model.mean_) if x.shape[1] < 100 else [],
        "which": which.tolist(),
        "components": [c.round(9).tolist() for c in model.components_[which]]
        if x.shape[1] < 100
        else [c[:60].round(9).tolist() for c in model.components_[which]],
    }


def pca():
    random = RandomState(5)
    iris, wine = dyadic(load_iris().data), dyadic(load_wine().data[::2])
    constant = normal(random, 30, 5)
    constant[:, 1], constant[:, 3] = 7, 0
    duplicates = np.repeat(normal(random, 6, 4), 5, axis=0)
    pair = normal(random, 2, 7)
    broad = normal(random, 12, 30)
    far = normal(random, 50, 3) * [4, 2, 1] + 1000
    given = {
        "wine": wine,
        "constant columns": constant,
        "duplicates": duplicates,
        "two points": pair,
        "more columns than points": broad,
        "far from the origin": far,
    }
    cases = {name: principal(x, {"x": tensor(x)}) for name, x in given.items()}
    cases["iris"] = principal(iris, {"x": "iris"})
    cases["digits"] = principal(digits(), {"x": "digits"}, 10)
    cases["wide"] = principal(wide(), {"x": "wide"}, 6)
    scores = PCA(2).fit(iris)
    white = PCA(2, whiten=True).fit(wine)
    more = {
        "iris scores": tensor(scores.transform(iris[:10]).round(9)),
        "iris back": tensor(scores.inverse_transform(scores.transform(iris[:10])).round(9)),
        "wine white": tensor(white.transform(wine[:10]).round(9)),
    }
    write("pca", {"note": "rows of the components that are determined", "cases": cases, **more})


def joint(x, perplexity):
    """scikit-learn's sparse P, and the number of neighbours that it takes."""
    k = min(len(x) - 1, int(3 * perplexity + 1))
    graph = NearestNeighbors(n_neighbors=k).fit(x).kneighbors_graph(mode="distance")
    graph.data **= 2
    return k, _joint_probabilities_nn(graph, perplexity, 0).toarray()


def clear(x, perplexity):
    """No two points compete for being the last neighbour of another."""
    k = int(3 * perplexity + 1)
    distances, _ = NearestNeighbors(n_neighbors=k + 1).fit(x).kneighbors()
    return np.diff(distances[:, -2:]).min() > 1e-5


def divergence(p, y):
    """KL(P || Q) of a map, from all pairs."""
    q = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1))
    np.fill_diagonal(q, 0)
    q /= q.sum()
    there = p > 0
    return float((p[there] * np.log(p[there] / q[there])).sum())


def run(x, perplexity, components=2):
    model = TSNE(components, perplexity=perplexity, init="pca", learning_rate="auto", random_state=0)
    y = model.fit_transform(x.astype(np.float32)).astype(np.float64)
    return {
        "perplexity": perplexity,
        "components": components,
        "kl": divergence(joint(x, perplexity)[1], y),
        "kl_reported": float(model.kl_divergence_),
    }


def tsne():
    random = RandomState(9)
    x = normal(random, 40, 3)
    x[20] = x[21] = x[22]  # duplicates
    perplexity = next(v for v in (5, 4, 6, 3, 7, 8) if clear(x, v))
    k, p = joint(x, perplexity)
    rows, columns = np.nonzero(np.triu(p))  # it is symmetric
    iris = dyadic(load_iris().data)
    letters = "".join(chr(97 + int(v)) for v in digits().ravel())
    write(
        "tsne",
        {
            "note": "digits: values 0 to 16 as letters a to q; kl is of all pairs",
            "digits": letters,
            "iris": tensor(iris),
            "joint": {
                "x": tensor(x),
                "perplexity": perplexity,
                "k": k,
                "rows": rows.tolist(),
                "columns": columns.tolist(),
                "p": [float(f"{v:.8g}") for v in p[rows, columns]],
            },
            "runs": {
                "iris": run(iris, 30),
                "iris, 3 dimensions": run(iris, 30, 3),
                "digits": run(digits(), 30),
            },
        },
    )
