#!/usr/bin/env python3
"""scikit-learn and scipy as peers: hierarchical clustering, and EM of a Gaussian mixture.

    /usr/bin/python3 bench/peers/sklearn_trees.py --threads 2 --only ward_sklearn
        [--rows 10000] [--embedding .cache/bench/mnist_pca10.f32]

Prints one JSON line. Data: the embedding that sklearn_kmeans.py writes [70000, 10]; trees take every
(70000 / rows)-th of its rows. One measurement for each process: memory is read as a peak of the
whole process, without what it had before.

scikit-learn's Ward without connectivity is scipy's, in float64; both keep the distances of all pairs.
An iteration of EM is the difference of two runs of different length from given parameters; float32
input is what scikit-learn is quickest with.
"""

import argparse
import pathlib
import sys
import time
import warnings

sys.dont_write_bytecode = True  # leave no files behind

import peer
from sklearn_kmeans import EMBEDDING, embedding

COMPONENTS = 10
LINKAGES = ("single", "complete", "average")


def tree(x, name):
    """The last height, where there is one."""
    if name == "ward_sklearn":
        from sklearn.cluster import AgglomerativeClustering

        model = AgglomerativeClustering(n_clusters=10, linkage="ward", compute_distances=True)
        return float(model.fit(x).distances_[-1])
    from scipy.cluster.hierarchy import linkage

    return float(linkage(x, name.split("_")[0])[-1, 2])


def trees(x, name, runs):
    tree(x[:50], name)  # loads what it needs
    megabytes, times = peer.watch_memory(), []
    for _ in range(runs):
        start = time.perf_counter()
        height = tree(x, name)
        times.append((time.perf_counter() - start) * 1e3)
    peer.emit(name, [times], shape=list(x.shape), height=height, megabytes=round(megabytes(), 1))


def mixture(x, runs):
    import numpy as np
    from sklearn.mixture import GaussianMixture

    warnings.simplefilter("ignore")  # it does not converge in so few iterations
    start = dict(
        weights_init=np.full(COMPONENTS, 1 / COMPONENTS),
        means_init=x[:: len(x) // COMPONENTS][:COMPONENTS],
        precisions_init=np.tile(np.eye(x.shape[1]), (COMPONENTS, 1, 1)),
        # Random responsibilities, which are not used, take the least time.
        init_params="random",
    )

    def fit(iterations):
        model = GaussianMixture(COMPONENTS, max_iter=iterations, tol=0, **start)
        begin = time.perf_counter()
        model.fit(x)
        return (time.perf_counter() - begin) * 1e3, float(model.lower_bound_)

    fit(2)
    times = []
    for _ in range(runs):
        few, _ = fit(2)
        many, score = fit(12)
        times.append((many - few) / 10)
    peer.emit("sklearn/mixture", [times], shape=list(x.shape), score=score)


def main():
    names = ("ward_sklearn", "ward_scipy", *(f"{name}_scipy" for name in LINKAGES), "mixture")
    options = argparse.ArgumentParser(description="trees and mixtures of scikit-learn and scipy")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--rows", type=int, default=10000, help="of the trees")
    options.add_argument("--embedding", type=pathlib.Path, default=EMBEDDING)
    options.add_argument("--only", choices=names, required=True)
    given = options.parse_args()
    peer.restart_with(given.threads)
    x = embedding(given.embedding)
    if given.only == "mixture":
        mixture(x, given.runs)
    else:
        trees(x[:: len(x) // given.rows][: given.rows], given.only, given.runs)


if __name__ == "__main__":
    main()
