"""Writes golden.json: images by Pillow as base64, and what Pillow makes of them.

Run: python3 -m pip install numpy pillow; python3 golden.py > golden.json
"""

import base64
import io
import json

import numpy as np
import PIL
from PIL import Image, ImageOps

random = np.random.default_rng(5)


def base64_of(content):
    return base64.b64encode(content).decode()


def pixels(image):
    array = np.asarray(image)
    return {
        "shape": [*array.shape, 1][:3],
        "values": base64_of(array.astype(np.uint8).tobytes()),
    }


def scene(height, width):
    """Smooth colours with an edge and some noise, [height, width, 3]."""
    y, x = np.mgrid[0:height, 0:width]
    rgb = np.stack([200 * x / width, 200 * y / height, 120 + 60 * np.sin(x / 5 + y / 7)], axis=-1)
    rgb[(x - width / 2) ** 2 + (y - height / 2) ** 2 < height**2 / 16] += 50
    return (rgb + random.integers(0, 5, rgb.shape)).astype(np.uint8)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(image, mode, **options):
    content = saved(image, "jpeg", **options)
    read = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert(mode)
    return {"file": base64_of(content), **pixels(read)}


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return {"exif": block.tobytes()}


photo = Image.fromarray(scene(27, 35))
noise = Image.fromarray(random.integers(0, 256, (12, 20, 3), dtype=np.uint8))
opacity = Image.fromarray(random.integers(0, 256, (12, 20, 4), dtype=np.uint8))


def on(colour):
    ground = Image.new("RGBA", opacity.size, colour)
    return Image.alpha_composite(ground, opacity).convert("RGB")


SIZES = [[5, 3], [12, 20], [7, 40], [31, 9], [1, 1], [24, 40]]
golden = {
    "version": PIL.__version__,
    "jpeg": {
        "gray": jpeg(photo.convert("L"), "L", quality=95),
        "full": jpeg(photo, "RGB", quality=95, subsampling=0),
        "halved": jpeg(photo, "RGB", quality=90, subsampling=2),
        "progressive": jpeg(photo, "RGB", quality=95, subsampling=0, progressive=True),
        "optimized": jpeg(photo, "RGB", quality=80, subsampling=1, optimize=True),
        "inks": jpeg(photo.convert("CMYK"), "RGB", quality=95),
        **{f"turned {o}": jpeg(photo, "RGB", quality=95, subsampling=0, **exif(o))
           for o in range(2, 9)},
    },
    "noise": pixels(noise),
    "gray": pixels(noise.convert("L")),
    "resize": [
        pixels(noise.resize((w, h), Image.BILINEAR)) for h, w in SIZES
    ],
    "crop": [
        pixels(ImageOps.fit(noise, (w, h), Image.BILINEAR)) for h, w in SIZES
    ],
    "opacity": pixels(opacity),
    "white": pixels(on("white")),
    "black": pixels(on("black")),
}
print(json.dumps(golden))
