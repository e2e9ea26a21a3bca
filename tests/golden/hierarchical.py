"""Golden values of hierarchical clustering (scipy), on data of scikit-learn."""

import numpy as np
from clustering import blobs
from golden import dyadic, tensor, write
from numpy.random import RandomState
from scipy.cluster.hierarchy import cut_tree, dendrogram, fcluster, linkage
from sklearn.datasets import load_digits, load_iris, load_wine, make_moons

KINDS = (
    ("ward", "euclidean"),
    ("single", "euclidean"),
    ("complete", "euclidean"),
    ("average", "euclidean"),
    ("single", "cosine"),
    ("complete", "cosine"),
    ("average", "cosine"),
)
CUTS = (2, 3, 5, 10)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def by_first(labels):
    """Labels as one character each, numbered by the first point."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return "".join(DIGITS[i] for i in np.argsort(np.argsort(first))[inverse])


def cuts(z):
    """Labels by the number of clusters, where float32 cannot put the last merge elsewhere."""
    heights = z[:, 2]
    n = len(heights) + 1
    sharp = [k for k in CUTS if k < n and heights[n - k] > heights[n - k - 1] * (1 + 1e-5)]
    return {str(k): by_first(cut_tree(z, k).ravel()) for k in sharp}


def tree(x, method, metric):
    z = linkage(x, method, metric)
    heights = [float(f"{h:.9g}") for h in z[:, 2]]
    return {"method": method, "metric": metric, "heights": heights, "cuts": cuts(z)}


def case(name, x, kinds=KINDS):
    x = dyadic(x)
    return {"name": name, "x": tensor(x), "trees": [tree(x, *kind) for kind in kinds]}


def apart(random, x):
    """Moved a little, so that no distances are equal: else several trees are right."""
    return x + random.uniform(-0.02, 0.02, x.shape)


def shapes(random):
    moons, _ = make_moons(90, noise=0.05, random_state=1)
    yield case("two moons", moons)
    groups, _ = blobs(random, [30, 20, 15], 3, 0.7)
    noise = random.uniform(-12, 12, (15, 3))
    yield case("blobs with noise", np.vstack([groups, noise]))
    yield case("three times the same points", np.repeat(random.uniform(-4, 4, (12, 2)), 3, axis=0))
    line = np.cumsum(random.uniform(0.1, 3, 25))
    yield case("collinear", np.outer(line, [1, 2]), KINDS[:4])
    yield case("far from the origin", apart(random, random.uniform(-3, 3, (40, 2))) + 4096, KINDS[:4])
    yield case("two points", [[1, 2], [4, 6]])


def structure(x):
    """Everything that is read off one tree."""
    z = linkage(x, "average")
    drawn = dendrogram(z, no_plot=True)
    top = dendrogram(z, 6, "lastp", no_plot=True)
    height = float(z[-8, 2])
    return {
        "x": tensor(x),
        "linkage": tensor(z),
        "leaves": drawn["leaves"],
        "icoord": drawn["icoord"],
        "dcoord": drawn["dcoord"],
        "top": {name: top[name] for name in ("ivl", "icoord", "dcoord")},
        "height": height,
        "labels": by_first(fcluster(z, height, "distance")),
    }


def hierarchical():
    random = RandomState(11)
    note = "labels: a character for each point, clusters numbered by their first point"
    digits = load_digits().data[:120] * 1.0
    files = {
        "iris": [case("iris", apart(random, load_iris().data))],
        "wine": [case("wine", apart(random, load_wine().data))],
        "digits": [case("digits", digits, KINDS[:4])],
        "shapes": list(shapes(random)),
    }
    for name, cases in files.items():
        write(f"hierarchical_{name}", {"note": note, "cases": cases})
    write("hierarchical_tree", structure(dyadic(random.standard_normal((30, 2)))))
