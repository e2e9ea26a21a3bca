#!/usr/bin/env python3
"""scikit-learn as a peer: time per iteration of Lloyd's K-Means, the silhouette, scores by centres.

    /usr/bin/python3 bench/peers/sklearn_kmeans.py --threads 2
        [--only kmeans784 kmeans10 silhouette dispersion] [--rows 70000] [--embedding .cache/bench/mnist_pca10.f32]

Prints one JSON line per measurement. Data: all of MNIST as float32, pixels / 255 [70000, 784], and
its first 10 principal components [70000, 10], which are written to the --embedding file (raw
float32, row-major) so that others can measure on the same numbers. Starting centres are the rows
0, n/10, 2 n/10, ... of the data.

Why this is scikit-learn at its best: Lloyd in float32 on C-ordered data (no conversion), given
centres (no k-means++), one start, tol 0. Set-up (checks, a copy, centring, norms)
does not count: an iteration is the difference of two runs of different length, divided by the
difference of the iterations that they report. Threads are OpenMP's; BLAS inside is limited to one.
"""

import argparse
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # leave no files behind

import peer

CLUSTERS = 10
EMBEDDING = peer.ROOT / ".cache" / "bench" / "mnist_pca10.f32"
# Iterations of the short and the long run. Neither may end before: the labels must still change.
LENGTHS = {"kmeans784": (2, 22), "kmeans10": (5, 45)}


def make_embedding(path):
    """The first 10 principal components of the pixels; signs so that each largest weight is > 0."""
    import numpy as np

    x, _ = peer.pixels()
    x -= x.mean(axis=0, dtype=np.float64).astype(np.float32)
    _, vectors = np.linalg.eigh(x.T.astype(np.float64) @ x)
    vectors = vectors[:, ::-1][:, :10]
    vectors *= np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(10)])
    path.parent.mkdir(parents=True, exist_ok=True)
    (x @ vectors).astype(np.float32).tofile(path)


def embedding(path):
    """Read from the file; made in another process, whose memory does not count here."""
    import numpy as np

    if not path.exists():
        command = [sys.executable, __file__, "--only", "embedding", "--embedding", str(path)]
        subprocess.run(command, check=True)
    return np.fromfile(path, np.float32).reshape(-1, 10)


def fit(x, iterations):
    """Seconds and the model of a run of exactly this many iterations."""
    from sklearn.cluster import KMeans

    model = KMeans(
        CLUSTERS,
        init=x[:: len(x) // CLUSTERS][:CLUSTERS].copy(),
        n_init=1,
        max_iter=iterations,
        tol=0,
        algorithm="lloyd",
    )
    start = time.perf_counter()
    model.fit(x)
    seconds = time.perf_counter() - start
    if model.n_iter_ != iterations:
        raise SystemExit(f"stable after {model.n_iter_} of {iterations} iterations: choose fewer")
    return seconds, model


def kmeans(name, x, rounds):
    short, long = LENGTHS[name]
    fit(x, short)
    per_iteration, set_up = [], []
    for _ in range(rounds):
        few, _ = fit(x, short)
        many, model = fit(x, long)
        ms = (many - few) * 1e3 / (long - short)
        per_iteration.append([ms])
        set_up.append(few * 1e3 - short * ms)
    peer.emit(
        f"sklearn/{name}",
        per_iteration,
        shape=list(x.shape),
        clusters=CLUSTERS,
        iterations=[short, long],
        set_up_ms=round(min(set_up), 3),
        inertia=float(model.inertia_),
    )


def silhouette(x, rows, megabytes):
    """One reading: it takes long. Memory is what the process needed beyond what it had before.

    scikit-learn computes this many megabytes of distances at a time. Its default of 1024 leaves the
    caches and takes half as long again; n_jobs=2 only adds copies.
    """
    import sklearn
    from sklearn.metrics import silhouette_score

    labels = fit(x, 20)[1].labels_  # 20 iterations from the same starting centres
    x, labels = x[:: len(x) // rows][:rows], labels[:: len(x) // rows][:rows]
    grown = peer.watch_memory()
    start = time.perf_counter()
    with sklearn.config_context(working_memory=megabytes):
        value = silhouette_score(x, labels)
    ms = (time.perf_counter() - start) * 1e3
    peer.emit(
        "sklearn/silhouette",
        [[ms]],
        shape=list(x.shape),
        value=float(value),
        working_memory_mb=megabytes,
        megabytes=round(grown(), 1),
        scaled_to_70000_ms=round(ms * (70000 / len(x)) ** 2, 1),
    )


def dispersion(x, rounds):
    """Davies-Bouldin and Calinski-Harabasz, of float32 as it lies."""
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    labels = fit(x, 20)[1].labels_
    scores = {"daviesBouldin": davies_bouldin_score, "calinskiHarabasz": calinski_harabasz_score}
    for name, score in scores.items():
        times = [peer.sample(lambda: score(x, labels), 0.3) for _ in range(rounds)]
        peer.emit(f"sklearn/{name}", times, shape=list(x.shape), value=float(score(x, labels)))


def main():
    names = (*LENGTHS, "silhouette", "dispersion", "embedding")
    options = argparse.ArgumentParser(description="scikit-learn's time for K-Means and silhouette")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--rows", type=int, default=70000, help="of the silhouette; fewer: quicker")
    options.add_argument("--working-memory", type=int, default=64, help="MB, of the silhouette")
    options.add_argument("--blas", choices=("openmp", "pthread"), default="openmp")
    options.add_argument("--core", help="OpenBLAS kernels to use, such as Haswell or Cooperlake")
    options.add_argument("--embedding", type=pathlib.Path, default=EMBEDDING)
    options.add_argument("--only", nargs="+", choices=names, default=names[:4])
    given = options.parse_args()
    peer.restart_with(given.threads, given.blas, given.core)
    if "embedding" in given.only:
        make_embedding(given.embedding)
        return

    import sklearn

    about = {"peer": "sklearn", "version": sklearn.__version__, "threads": given.threads}
    if "silhouette" in given.only:  # first: its memory is read as a peak of the whole process
        silhouette(embedding(given.embedding), given.rows, given.working_memory)
    if "dispersion" in given.only:
        dispersion(embedding(given.embedding), given.rounds)
    if "kmeans10" in given.only:
        kmeans("kmeans10", embedding(given.embedding), given.rounds)
    if "kmeans784" in given.only:
        kmeans("kmeans784", peer.pixels()[0], given.rounds)
    print(peer.json.dumps({**about, "blas": peer.loaded_blas()}), flush=True)


if __name__ == "__main__":
    main()
