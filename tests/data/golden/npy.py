"""Writes npy.json: arrays saved by NumPy, as base64, with what they hold.

Run: python3 npy.py > npy.json
"""

import base64
import io
import json

import numpy as np

ARRAYS = {
    "f4_2x3": np.array([[0, 1.5, -2], [3e-39, 1e30, 0.1]], dtype="<f4"),
    "f4_5": np.arange(5, dtype="<f4"),
    "f4_scalar": np.array(7.25, dtype="<f4"),
    "f4_0x4": np.zeros((0, 4), dtype="<f4"),
    "f8_2": np.array([0.1, -1e300], dtype="<f8"),
    "i4_2x1x2": np.array([[[1, -2]], [[2**31 - 1, -(2**31)]]], dtype="<i4"),
    "u1_3": np.array([0, 128, 255], dtype="|u1"),
}
REFUSED = {
    "fortran": np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)),
    "big_endian": np.arange(3, dtype=">f4"),
    "strings": np.array(["a", "b"]),
}
# Two rows of three numbers in every type, order of axes and order of bytes.
GRID = [[0, 1, 2], [3, 100, 127]]
MATRICES = {
    f"{order}{kind}_{layout}": np.array(GRID, dtype=f"{order}{kind}", order=layout)
    for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
    for order in ("<>" if kind[1] != "1" else "|")
    for layout in "CF"
} | {"halves": np.array([[-1.5, 6.1e-5], [5.96e-8, -65504]], dtype="<f2")}
LABELS = {
    "words": np.array(["setosa", "\u00e9t\u00e9", "\U0001f431", "setosa"]),
    "big_words": np.array(["b", "a"], dtype=">U3"),
    "integers": np.array([3, -1, 10, 3], dtype="<i8"),
    "column": np.array([[2.0], [1.0]]),
    "booleans": np.array([True, False]),
}


def saved(array):
    out = io.BytesIO()
    np.save(out, array)
    return base64.b64encode(out.getvalue()).decode()


def entry(array):
    values = [float(v) for v in array.reshape(-1)]
    return {"file": saved(array), "shape": list(array.shape), "values": values}


golden = {
    "numpy": np.__version__,
    "arrays": {name: entry(array) for name, array in ARRAYS.items()},
    "matrices": {name: entry(array) for name, array in MATRICES.items()},
    "labels": {name: saved(array) for name, array in LABELS.items()},
    "refused": {name: saved(array) for name, array in REFUSED.items()},
}
print(json.dumps(golden, indent=2))
