"""Golden values of a convolutional autoencoder in training (PyTorch), with batch normalisation."""

import torch
from golden import dyadic, normal, tensor, write
from numpy.random import RandomState
from torch.nn import functional as F

# [7, 6, 2] to [4, 3, 3] to [2, 2, 4] to 2 numbers, and back. Kernels are square, strides are 2.
# Name, kind, shape of the weights as they are stored, padding, rows and columns more than the
# smallest result has; the last of the decoder is linear and not normalised.
ENCODER = (
    ("conv", (3, 3, 2, 3), (1, 1), None),
    ("conv", (2, 2, 3, 4), (0, 1), None),
    ("dense", (16, 2), None, None),
)
DECODER = (
    ("dense", (2, 16), None, None),
    ("conv_transpose", (2, 2, 3, 4), (0, 1), (0, 1)),
    ("conv_transpose", (3, 3, 2, 3), (1, 1), (0, 1)),
)
STEPS = 3
ADAM = {"lr": 0.01, "eps": 1e-3}


def short(values):
    """Nine digits: a hundred times more than float32 needs."""
    out = tensor(values)
    return {**out, "data": [float(f"{v:.9g}") for v in out["data"]]}


class Net:
    """Tensors by the names that they have in a model file; images are [n, h, w, c]."""

    def __init__(self, normalise):
        self.normalise = normalise
        self.random = RandomState(9)
        self.weights = {}
        self.buffers = {}
        self.layers = [
            *self.part("encoder", ENCODER),
            *self.part("decoder", DECODER),
        ]

    def add(self, name, *shape, scale, centre=0.0):
        values = centre + normal(self.random, *shape, scale=scale)
        self.weights[name] = torch.tensor(values, requires_grad=True)
        return self.weights[name]

    def part(self, part, layers):
        """Functions of (x, training)."""
        count = 0
        for i, (kind, shape, padding, more) in enumerate(layers):
            outputs = shape[2] if kind == "conv_transpose" else shape[-1]
            scale = (torch.Size(shape).numel() / outputs) ** -0.5
            w = self.add(f"{part}.{count}.weight", *shape, scale=scale)
            b = self.add(f"{part}.{count}.bias", outputs, scale=0.1)
            count += 1
            yield apply(kind, w, b, padding, more)
            if i == len(layers) - 1:
                return
            if self.normalise:
                yield self.norm(f"{part}.{count}", 4 if kind == "dense" else outputs)
                count += 1
            yield lambda x, training: torch.relu(x)

    def norm(self, name, c):
        gamma = self.add(f"{name}.weight", c, scale=0.2, centre=1.0)
        beta = self.add(f"{name}.bias", c, scale=0.2)
        mean = self.buffers[f"{name}.running_mean"] = torch.zeros(c, dtype=torch.float64)
        var = self.buffers[f"{name}.running_var"] = torch.ones(c, dtype=torch.float64)

        def normed(x, training):
            rows = x.reshape(-1, c)
            return F.batch_norm(rows, mean, var, gamma, beta, training).reshape(x.shape)

        return normed

    def forward(self, x, training=True):
        y = x
        for layer in self.layers:
            y = layer(y, training)
        return y


def apply(kind, w, b, padding, more):
    def nchw(t):
        return t.permute(0, 3, 1, 2)

    def nhwc(t):
        return t.permute(0, 2, 3, 1)

    if kind == "dense":
        return lambda x, training: x.reshape(len(x), -1) @ w + b
    if kind == "conv":
        return lambda x, training: nhwc(F.conv2d(nchw(x), w.permute(3, 2, 0, 1), b, 2, padding))

    def transposed(x, training):
        images = nchw(x.reshape(len(x), 2, 2, 4) if x.dim() == 2 else x)
        return nhwc(F.conv_transpose2d(images, w.permute(3, 2, 0, 1), b, 2, padding, more))

    return transposed


def train(x, normalise):
    """Loss of each step, gradients of the first, weights after the last, the loss in evaluation."""
    net = Net(normalise)
    before = {name: tensor(w) for name, w in net.weights.items()}
    optimizer = torch.optim.Adam(net.weights.values(), **ADAM)
    losses, grads = [], {}
    for step in range(STEPS):
        loss = F.mse_loss(net.forward(x), x)
        optimizer.zero_grad()
        loss.backward()
        losses.append(float(loss))
        if step == 0:
            grads = {name: short(w.grad) for name, w in net.weights.items()}
        optimizer.step()
    return {
        "losses": losses,
        "tensors": [
            {"name": name, "before": before[name], "grad": grads[name], "after": short(w)}
            for name, w in net.weights.items()
        ],
        "buffers": [{"name": name, "after": short(v)} for name, v in net.buffers.items()],
        "evaluation": float(F.mse_loss(net.forward(x, training=False), x)),
    }


def conv_network():
    x = torch.tensor(dyadic(RandomState(8).uniform(size=(5, 7, 6, 2))))
    write(
        "conv_network",
        {
            "note": "Adam, 3 steps on the same batch; grad is that of the first",
            "adam": {"rate": ADAM["lr"], "epsilon": ADAM["eps"]},
            "x": tensor(x),
            "plain": train(x, False),
            "normalised": train(x, True),
        },
    )
