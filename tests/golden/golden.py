"""What the makers of golden values share: exact inputs, tensors, files with versions."""

import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
import torch

LARGEST = 60_000  # bytes of one file
VERSIONS = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "sklearn": sklearn.__version__,
    "torch": torch.__version__,
}


def write(name, content):
    """One line per top-level key: small files that still show what changed."""
    content = {"made_by": "tests/golden/make.py", "versions": VERSIONS, **content}
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    assert len(text) < LARGEST, f"{name} has {len(text)} bytes"
    path = pathlib.Path(__file__).parent / f"{name}.json"
    path.write_text(text)
    print(f"{path.name} {len(text)} bytes")


def tensor(values):
    """{"shape", "data"} of a numpy array or a torch tensor; ints stay ints."""
    array = values.detach().numpy() if isinstance(values, torch.Tensor) else np.asarray(values)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def dyadic(values):
    """Rounded to multiples of 1/1024, which float32 holds exactly."""
    return np.round(np.asarray(values, dtype=np.float64) * 1024) / 1024


def normal(random, *shape, scale=1.0):
    return dyadic(random.standard_normal(shape) * scale)
