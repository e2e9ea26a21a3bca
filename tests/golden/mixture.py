"""Golden values of Gaussian mixtures (scikit-learn), from given parameters."""

import numpy as np
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

NAMES = {"full": "full", "diag": "diagonal"}


def groups(random, n):
    """Three groups of different size and shape, not axis-parallel."""
    turn = np.array([[1, 0.8, 0], [0, 0.6, -0.3], [0.2, 0, 1.5]])
    centres = np.array([[0, 0, 0], [5, 1, -2], [1, -5, 3]])
    rows = random.choice(3, n, p=[0.5, 0.3, 0.2])
    x = random.standard_normal((n, 3)) * np.array([0.5, 1, 1.5])[rows, None]
    return dyadic(x @ turn + centres[rows])


def fit(x, kind, means, iterations, tol=1e-3):
    k, dim = means.shape
    precisions = np.ones((k, dim)) if kind == "diag" else np.tile(np.eye(dim), (k, 1, 1))
    weights = np.arange(1, k + 1) / (k * (k + 1) / 2)
    start = dict(weights_init=weights, means_init=means, precisions_init=precisions)
    model = GaussianMixture(k, covariance_type=kind, max_iter=iterations, tol=tol, **start).fit(x)
    shares = np.sort(model.predict_proba(x), axis=1)
    assert k == 1 or (shares[:, -1] - shares[:, -2]).min() > 1e-3, "a label may go either way"
    return {
        "covariance": NAMES[kind],
        "components": k,
        "start": {"weights": weights.tolist(), "means": tensor(means), "precisions": tensor(precisions)},
        "maxIterations": iterations,
        "tolerance": tol,
        "weights": model.weights_.tolist(),
        "means": tensor(model.means_),
        "covariances": tensor(model.covariances_),
        "labels": "".join(map(str, model.predict(x))),
        "lowerBound": float(model.lower_bound_),
        "score": float(model.score(x)),
        "bic": float(model.bic(x)),
        "aic": float(model.aic(x)),
        "iterations": int(model.n_iter_),
        "converged": bool(model.converged_),
        "probabilities": tensor(model.predict_proba(x[:10]).round(9)),
    }


def mixture():
    random = RandomState(5)
    x, iris = groups(random, 300), dyadic(load_iris().data)
    far = dyadic(x[:120] * [1, 1 / 64, 16] + [2048, -1, 512])
    cases = [
        ("groups", x, x[[3, 50, 200]], (1, 12)),
        ("iris", iris, iris[[0, 60, 120]], (12,)),
        ("far and of unequal widths", far, far[[3, 50, 100]], (8,)),
        ("one component", x[:50], x[[0]], (10,)),
    ]
    content = [
        {
            "name": name,
            "x": tensor(data),
            "fits": [fit(data, kind, means, most) for kind in NAMES for most in lengths],
        }
        for name, data, means, lengths in cases
    ]
    write("mixture", {"note": "labels: a digit for each point", "cases": content})
