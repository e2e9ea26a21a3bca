"""Writes others.json: small files by other programs, as base64, with what they hold.

Run: python3 -m pip install numpy pillow pyarrow safetensors; python3 others.py > others.json
"""

import base64
import io
import json
from decimal import Decimal

import numpy as np
import PIL
import pyarrow as pa
import pyarrow.parquet as pq
import safetensors
import safetensors.numpy
from PIL import Image

random = np.random.default_rng(1)


def base64_of(content):
    return base64.b64encode(content).decode()


def png(mode):
    """A picture of 7 x 6 pixels: smooth, so that Pillow uses every line filter, and a bit noisy."""
    y, x = np.mgrid[0:6, 0:7]
    gray = (20 * x + 9 * y + random.integers(0, 8, (6, 7))).astype(np.uint8)
    rgba = np.stack([gray, gray[::-1], gray[:, ::-1], 255 - gray], axis=-1)
    image = {
        "L": lambda: Image.fromarray(gray),
        "LA": lambda: Image.fromarray(rgba).convert("LA"),
        "RGB": lambda: Image.fromarray(rgba[..., :3].copy()),
        "RGBA": lambda: Image.fromarray(rgba),
        "1": lambda: Image.fromarray(gray).convert("1"),
        "P": lambda: Image.fromarray(rgba[..., :3].copy()).quantize(5),
        "I;16": lambda: Image.fromarray(gray.astype(np.uint16) * 257),
    }[mode]()
    out = io.BytesIO()
    image.save(out, "png")
    if mode == "P":
        pixels = np.asarray(image.convert("RGB"))
    elif mode == "I;16":
        pixels = gray
    elif mode == "1":
        pixels = np.asarray(image).astype(np.uint8) * 255
    else:
        pixels = np.asarray(image)
    return {"file": base64_of(out.getvalue()), "values": base64_of(pixels.tobytes())}


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=3, store_schema=False, **options)
    return base64_of(out.getvalue())


table = pa.table({
    "f64": pa.array([0.5, 1.5, 2.5, 3.5, 4.5], pa.float64()),
    "f16": pa.array(np.array([1, 2, 3, 4, 5], np.float16)),
    "i64": pa.array([10, 20, 30, 40, -(2**40)], pa.int64()),
    "u8": pa.array([255, 0, 1, 2, 3], pa.uint8()),
    "bool": pa.array([True, False, True, False, True]),
    "money": pa.array([Decimal(v) for v in ["1.25", "2.50", "3.75", "5.00", "-6.25"]]),
    "name": pa.array(["a", "b", "c", "d", "e"]),
    "day": pa.array([1, 2, 3, 4, 5], pa.date32()),
    "list": pa.array([[1.0], [2.0], [], None, [3.0, 4.0]], pa.list_(pa.float32())),
    "hole": pa.array([1.0, 2.0, None, 4.0, 5.0]),
    "nan": pa.array([1.0, 2.0, 3.0, float("nan"), 5.0]),
    "huge": pa.array([1.0, 2.0, 3.0, 4.0, 1e300]),
    "label": pa.array(["cat", "dog", None, "cat", "ape"]),
})

golden = {
    "versions": {
        "pillow": PIL.__version__,
        "pyarrow": pa.__version__,
        "safetensors": safetensors.__version__,
    },
    "png": {mode: png(mode) for mode in ["L", "LA", "RGB", "RGBA", "1", "P", "I;16"]},
    "parquet": {
        codec: parquet(table, compression=codec, write_statistics=False)
        for codec in ["snappy", "zstd", "gzip"]
    },
    "safetensors": base64_of(safetensors.numpy.save(
        {
            "w": np.arange(6, dtype=np.float32).reshape(2, 3),
            "b": np.array([-1.5], np.float32),
        },
        metadata={"format": "asterism"},
    )),
    "safetensors_f64": base64_of(safetensors.numpy.save({"x": np.zeros(2)})),
}
print(json.dumps(golden))
