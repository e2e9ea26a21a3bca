#!/usr/bin/env python3
"""scikit-learn as a peer: DBSCAN by each of its algorithms.

    /usr/bin/python3 bench/peers/sklearn_dbscan.py --threads 2 [--only auto kd_tree ball_tree brute]
        [--rows 20000] [--eps 2] [--min-points 10] [--embedding .cache/bench/mnist_pca10.f32]

Prints one JSON line per algorithm. Data: the first rows of MNIST's first 10 principal components
(see sklearn_kmeans.py), as float32. Each algorithm runs in a process of its own, so that the peak of
that process is its memory: megabytes is how much the first fit adds to what Python, the libraries and
the data take. n_jobs is the number of threads.
"""

import argparse
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # leave no files behind

import peer

EMBEDDING = peer.ROOT / ".cache" / "bench" / "mnist_pca10.f32"
ALGORITHMS = ("auto", "kd_tree", "ball_tree", "brute")


def measure(algorithm, given):
    import numpy as np
    from sklearn.cluster import DBSCAN

    x = np.fromfile(given.embedding, np.float32).reshape(-1, 10)[: given.rows].copy()
    model = DBSCAN(
        eps=given.eps,
        min_samples=given.min_points,
        algorithm=algorithm,
        n_jobs=given.threads,
    )
    model.fit(x[:100])  # loads what is loaded late
    megabytes = peer.watch_memory()
    times = []
    for run in range(given.rounds):
        start = time.perf_counter()
        model.fit(x)
        times.append([(time.perf_counter() - start) * 1e3])
        if run == 0:
            extra = megabytes()
    labels = model.labels_
    peer.emit(
        f"sklearn-{algorithm}/dbscan",
        times,
        shape=list(x.shape),
        clusters=int(labels.max()) + 1,
        noise=int((labels < 0).sum()),
        megabytes=round(extra, 1),
    )


def main():
    options = argparse.ArgumentParser(description="scikit-learn's time and memory for DBSCAN")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--rows", type=int, default=20000)
    options.add_argument("--eps", type=float, default=2)
    options.add_argument("--min-points", type=int, default=10)
    options.add_argument("--embedding", type=pathlib.Path, default=EMBEDDING)
    options.add_argument("--only", nargs="+", choices=ALGORITHMS, default=ALGORITHMS)
    given = options.parse_args()
    peer.restart_with(given.threads)
    if len(given.only) == 1:
        measure(given.only[0], given)
        return
    for algorithm in given.only:
        subprocess.run([sys.executable, *sys.argv, "--only", algorithm], check=True)

    import sklearn

    about = {"peer": "sklearn", "version": sklearn.__version__, "threads": given.threads}
    print(peer.json.dumps(about), flush=True)


if __name__ == "__main__":
    main()
