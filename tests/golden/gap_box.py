"""Golden values of the gap statistic's box along principal components, choice (b) of the paper."""

import numpy as np
from golden import dyadic, tensor, write
from numpy.random import RandomState
from sklearn.cluster import KMeans

SETS = 300


def gap_box():
    """Points along a diagonal; sides of the box, and log W of uniform points turned back."""
    random = RandomState(5)
    mix = np.array([[4, 4, 4], [0.5, -0.5, 0], [0.2, 0.2, -0.4]])
    x = dyadic(random.standard_normal((60, 3)) @ mix + [10, -3, 0])
    mean = x.mean(axis=0)
    _, _, vt = np.linalg.svd(x - mean, full_matrices=False)
    turned = (x - mean) @ vt.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    logs = []
    for _ in range(SETS):
        z = random.uniform(low, high, x.shape) @ vt + mean
        logs.append([np.log(KMeans(k, n_init=4, random_state=0).fit(z).inertia_) for k in (1, 2, 3)])
    write(
        "gap_box",
        {
            "x": tensor(x),
            "sides": (high - low).tolist(),
            "log_inertia": np.mean(logs, axis=0).tolist(),
            "deviation": np.std(logs, axis=0).tolist(),
        },
    )
