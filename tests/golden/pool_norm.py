"""Golden values of pooling and batch normalisation (PyTorch). Images are [n, h, w, c]."""

import numpy as np
import torch
from golden import normal, tensor, write
from numpy.random import RandomState
from torch.nn import functional as F

POOLS = {
    "plain": {"window": [2, 2], "stride": [2, 2], "padding": [0, 0]},
    "overlapping": {"window": [3, 3], "stride": [2, 2], "padding": [1, 1]},
    "oblong": {"window": [3, 2], "stride": [1, 3], "padding": [1, 0]},
}


def to_nchw(x):
    return x.permute(0, 3, 1, 2)


def to_nhwc(y):
    return y.permute(0, 2, 3, 1).contiguous()


def pool(f, x, weights):
    """Result and gradient of sum(weights * result)."""
    x = torch.tensor(x, requires_grad=True)
    y = to_nhwc(f(to_nchw(x)))
    dy = torch.tensor(weights.ravel()[: y.numel()]).reshape(y.shape)
    (y * dy).sum().backward()
    return {"y": tensor(y), "dy": tensor(dy), "dx": tensor(x.grad)}


def pools(random):
    x = normal(random, 2, 5, 4, 2)
    x[0, :3, :3, 0] = 0.5  # equal maxima
    weights = normal(random, x.size)
    cases = {}
    for name, s in POOLS.items():
        window, stride, padding = s["window"], s["stride"], s["padding"]

        def average(v, count):
            return F.avg_pool2d(v, window, stride, padding, count_include_pad=count)

        cases[name] = {
            "options": s,
            "max": pool(lambda v: F.max_pool2d(v, window, stride, padding), x, weights),
            "average": pool(lambda v: average(v, True), x, weights),
            "average_without_padding": pool(lambda v: average(v, False), x, weights),
        }
    return {"pool_x": tensor(x), "pools": cases}


def norm(x, weights, steps, momentum=0.1, epsilon=1e-5):
    """Two batches in training, then one in eval; gradients of sum(weights * result)."""
    c = x.shape[-1]
    layer = torch.nn.BatchNorm1d(c, eps=epsilon, momentum=momentum).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(steps["gamma"]))
        layer.bias.copy_(torch.tensor(steps["beta"]))
    rows = []
    for i, training in enumerate((True, True, False)):
        layer.train(training)
        layer.zero_grad()
        batch = torch.tensor(x[i], requires_grad=True)
        y = layer(batch.reshape(-1, c)).reshape(batch.shape)
        (y * torch.tensor(weights[i])).sum().backward()
        rows.append(
            {
                "training": training,
                "x": tensor(batch),
                "dy": tensor(weights[i]),
                "y": tensor(y),
                "dx": tensor(batch.grad),
                "dgamma": tensor(layer.weight.grad),
                "dbeta": tensor(layer.bias.grad),
                "running_mean": tensor(layer.running_mean),
                "running_variance": tensor(layer.running_var),
            }
        )
    values = {key: tensor(np.asarray(value)) for key, value in steps.items()}
    return {"momentum": momentum, "epsilon": epsilon, **values, "steps": rows}


def norms(random):
    def one(shape, momentum, epsilon, offset):
        weights = {"gamma": normal(random, shape[-1]), "beta": normal(random, shape[-1])}
        x = normal(random, 3, *shape) + offset
        return norm(x, normal(random, 3, *shape), weights, momentum, epsilon)

    return {
        "dense": one([6, 5], 0.1, 1e-5, 0),
        "images": one([2, 3, 4, 3], 0.3, 1e-3, 2),
        "far_from_zero": one([8, 2], 0.1, 1e-5, 1000),
    }


def pool_norm():
    random = RandomState(7)
    write(
        "pool_norm",
        {
            "note": "dx etc. are gradients of sum(dy * y); batch norm steps follow each other",
            **pools(random),
            "norms": norms(random),
        },
    )
