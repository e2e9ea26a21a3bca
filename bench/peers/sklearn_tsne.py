#!/usr/bin/env python3
"""scikit-learn as a peer: t-SNE, and how good its map and another one are.

    /usr/bin/python3 bench/peers/sklearn_tsne.py --threads 2 [--rows 10000] [--iterations 300]
        [--data .cache/bench/mnist_pca50.f32] [--map OURS.f32] [--only data]

Data: rows of MNIST, drawn at random, by their first 50 principal components, as float32; --only data
writes them to the --data file (raw, row-major). Prints one JSON line per measurement: the time of a
whole map (Barnes and Hut, start by PCA, perplexity 30, learning rate "auto"), and that of one
iteration, from the time that gradient descent takes. The divergence (of all pairs, in float64) and the
trustworthiness (12 neighbours) are those of scikit-learn's map and of the one in the --map file.
"""

import argparse
import pathlib
import sys
import time

sys.dont_write_bytecode = True  # leave no files behind

import peer

DATA = peer.ROOT / ".cache" / "bench" / "mnist_pca50.f32"
DIM = 50
PERPLEXITY = 30
NEIGHBOURS = 12
CHUNK = 500


def make_data(path, rows):
    import numpy as np

    x, _ = peer.pixels()
    x -= x.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, vectors = np.linalg.eigh(x.T.astype(np.float64) @ x)
    chosen = np.random.RandomState(0).permutation(len(x))[:rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    (x[chosen] @ vectors[:, ::-1][:, :DIM]).astype(np.float32).tofile(path)


def squares(x, begin):
    """Squared distances of some rows to all."""
    import numpy as np

    rows = x[begin : begin + CHUNK]
    norms = (x * x).sum(1)
    return np.maximum(norms[begin : begin + CHUNK, None] + norms - 2 * rows @ x.T, 0)


def divergence(p, y):
    """KL(P || Q) of a map; P is sparse."""
    import numpy as np

    total = sum((1 / (1 + squares(y, begin))).sum() for begin in range(0, len(y), CHUNK)) - len(y)
    p = p.tocoo()
    w = 1 / (1 + ((y[p.row] - y[p.col]) ** 2).sum(1))
    there = p.data > 0
    return float((p.data[there] * np.log(p.data[there] * total / w[there])).sum())


def trustworthiness(x, y):
    """As sklearn.manifold.trustworthiness, without its n x n matrices."""
    import numpy as np

    n, penalty = len(x), 0.0
    for begin in range(0, n, CHUNK):
        rows = np.arange(begin, min(begin + CHUNK, n))
        here = np.arange(len(rows))
        far, near = squares(x, begin), squares(y, begin)
        far[here, rows] = near[here, rows] = np.inf
        ranks = np.empty(far.shape, np.int64)
        np.put_along_axis(ranks, far.argsort(1), np.arange(1, n + 1)[None], 1)
        nearest = np.argpartition(near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        penalty += np.maximum(np.take_along_axis(ranks, nearest, 1) - NEIGHBOURS, 0).sum()
    return 1 - penalty * 2 / (n * NEIGHBOURS * (2 * n - 3 * NEIGHBOURS - 1))


def fit(x, iterations, threads):
    """The map, the seconds it took, and those of gradient descent alone."""
    from sklearn.manifold import TSNE, _t_sne

    spent, descend = [], _t_sne._gradient_descent

    def timed(*given, **more):
        start = time.perf_counter()
        try:
            return descend(*given, **more)
        finally:
            spent.append(time.perf_counter() - start)

    _t_sne._gradient_descent = timed
    model = TSNE(
        perplexity=PERPLEXITY,
        init="pca",
        learning_rate="auto",
        n_iter=iterations,
        n_jobs=threads,
        random_state=0,
    )
    start = time.perf_counter()
    y = model.fit_transform(x)
    return y, time.perf_counter() - start, sum(spent) / (model.n_iter_ + 1)


def main():
    options = argparse.ArgumentParser(description="scikit-learn's time for t-SNE")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rows", type=int, default=10000)
    options.add_argument("--iterations", type=int, default=300)
    options.add_argument("--data", type=pathlib.Path, default=DATA)
    options.add_argument("--map", type=pathlib.Path)
    options.add_argument("--only", choices=["data"])
    given = options.parse_args()
    peer.restart_with(given.threads)
    if given.only == "data":
        make_data(given.data, given.rows)
        return

    import numpy as np
    import sklearn
    from sklearn.manifold._t_sne import _joint_probabilities_nn
    from sklearn.neighbors import NearestNeighbors

    x = np.fromfile(given.data, np.float32).reshape(-1, DIM)
    graph = NearestNeighbors(n_neighbors=3 * PERPLEXITY + 1).fit(x)
    graph = graph.kneighbors_graph(mode="distance")
    graph.data **= 2
    p = _joint_probabilities_nn(graph, PERPLEXITY, 0)
    x64 = x.astype(np.float64)

    def judge(y):
        y = y.astype(np.float64)
        return {"kl": divergence(p, y), "trustworthiness": trustworthiness(x64, y)}

    y, seconds, iteration = fit(x, given.iterations, given.threads)
    peer.emit("sklearn/tsne", [[seconds * 1e3]], iterations=given.iterations, **judge(y))
    peer.emit("sklearn/tsne_iteration", [[iteration * 1e3]])
    if given.map:
        ours = np.fromfile(given.map, np.float32).reshape(-1, 2)
        print(peer.json.dumps({"name": "judged", **judge(ours)}))
    about = {"peer": "sklearn", "version": sklearn.__version__, "threads": given.threads}
    print(peer.json.dumps({**about, "blas": peer.loaded_blas()}), flush=True)


if __name__ == "__main__":
    main()
