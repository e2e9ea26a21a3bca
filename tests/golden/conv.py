"""Golden values of convolutions and transposed convolutions with their gradients (PyTorch)."""

import torch
from golden import normal, tensor, write
from numpy.random import RandomState
from torch.nn import functional as F

ACTIVATIONS = {"identity": lambda v: v, "relu": torch.relu, "tanh": torch.tanh}

# Images [n, h, w, c], kernel [h, w], channels of the result, stride, padding of top, bottom, left
# and right; for transposed ones, rows and columns more than the smallest result has.
CONV = {
    "plain": ([2, 4, 3, 2], [3, 2], 3, [1, 1], [0, 0, 0, 0], "identity"),
    "stride": ([1, 6, 7, 2], [3, 3], 3, [2, 3], [1, 1, 1, 1], "relu"),
    "uneven": ([1, 4, 5, 1], [4, 3], 3, [2, 1], [1, 2, 0, 1], "tanh"),
}
TRANSPOSED = {
    "plain": ([2, 2, 3, 2], [3, 2], 3, [1, 1], [0, 0, 0, 0], [0, 0], "identity"),
    "stride": ([1, 3, 3, 3], [3, 3], 2, [2, 2], [1, 1, 1, 1], [1, 1], "relu"),
    "one_channel": ([1, 3, 2, 3], [5, 4], 1, [3, 2], [2, 2, 1, 1], [2, 0], "tanh"),
}


def nchw(t):
    return t.permute(0, 3, 1, 2)


def case(f, x, w, b, random, activation):
    """Loss and gradients of y = act(f(x) + b), in NHWC."""
    x, w, b = (torch.tensor(v, requires_grad=True) for v in (x, w, b))
    y = ACTIVATIONS[activation](f(nchw(x), w.permute(3, 2, 0, 1)).permute(0, 2, 3, 1) + b)
    target = torch.tensor(normal(random, *y.shape))
    loss = F.mse_loss(y, target)
    loss.backward()
    values = {"x": x, "w": w, "b": b, "y": y, "target": target}
    gradients = {"dx": x.grad, "dw": w.grad, "db": b.grad}
    named = {name: tensor(v) for name, v in {**values, **gradients}.items()}
    return {"activation": activation, "loss": float(loss), **named}


def convolution(random, image, kernel, co, stride, padding, activation):
    top, bottom, left, right = padding

    def f(x, w):
        return F.conv2d(F.pad(x, (left, right, top, bottom)), w, stride=stride)

    x, w, b = normal(random, *image), normal(random, *kernel, image[3], co), normal(random, co)
    options = {"stride": stride, "padding": padding}
    return {**options, **case(f, x, w, b, random, activation)}


def transposed(random, image, kernel, co, stride, padding, more, activation):
    pad = [padding[0], padding[2]]

    def f(x, w):
        return F.conv_transpose2d(x, w, stride=stride, padding=pad, output_padding=more)

    x, w, b = normal(random, *image), normal(random, *kernel, co, image[3]), normal(random, co)
    result = case(f, x, w, b, random, activation)
    size = result["y"]["shape"][1:3]
    return {"stride": stride, "padding": padding, "size": size, **result}


def convolutions():
    random = RandomState(7)
    write(
        "conv",
        {
            "note": "loss: mean squared error of y = act(x * w + b) against target; NHWC",
            "conv2d": {name: convolution(random, *one) for name, one in CONV.items()},
            "conv_transpose2d": {name: transposed(random, *one) for name, one in TRANSPOSED.items()},
        },
    )
