"""Golden values of learning: optimizers, losses, small networks (PyTorch)."""

import numpy as np
import torch
from golden import dyadic, normal, tensor, write
from numpy.random import RandomState
from torch.nn import functional as F

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.1}),
    "sgd_decay": (torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.01}),
    "sgd_momentum": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "sgd_nesterov": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd_nesterov_decay": (
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.02},
    ),
    "adam": (torch.optim.Adam, {"lr": 0.001}),
    "adam_options": (torch.optim.Adam, {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-4}),
    "adam_decay": (torch.optim.Adam, {"lr": 0.01, "weight_decay": 0.1}),
    "adamw": (torch.optim.AdamW, {"lr": 0.01}),
    "adamw_decay": (torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.1}),
}


def optimize(kind, options, start, gradients):
    w = torch.tensor(start, requires_grad=True)
    optimizer = kind([w], **options)
    rows = []
    for gradient in gradients:
        w.grad = torch.tensor(gradient)
        optimizer.step()
        rows.append(w.detach().numpy().copy())
    # torch's defaults spelt out: AdamW decays by 0.01 unless told.
    keep = ("lr", "momentum", "nesterov", "betas", "eps", "weight_decay")
    used = {key: value for key, value in optimizer.defaults.items() if key in keep}
    return {"options": used, "after_each_step": tensor(np.stack(rows))}


def clip(gradients, largest):
    tensors = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in gradients]
    for t, g in zip(tensors, gradients):
        t.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(tensors, largest)
    return {
        "max_norm": largest,
        "norm_before": float(norm),
        "clipped": [tensor(t.grad) for t in tensors],
    }


def optimizers():
    random = RandomState(4)
    start = normal(random, 7)
    gradients = normal(random, 10, 7)
    gradients[:, 5] = 0  # a weight without gradient: a pixel that is always black
    gradients[:, 6] /= 1024  # a small gradient, where eps matters
    parts = [normal(random, 3, 4), normal(random, 5)]
    cases = {
        name: optimize(kind, options, start, gradients)
        for name, (kind, options) in OPTIMIZERS.items()
    }
    write(
        "optimizers",
        {
            "note": "clip: g <- g min(1, max_norm / (norm + 1e-6)), norm over all tensors",
            "start": tensor(start),
            "gradients": tensor(gradients),
            **cases,
            "clip_gradients": [tensor(part) for part in parts],
            "clip": [clip(parts, largest) for largest in (0.5, 1.0, 100.0)],
        },
    )


def loss_case(f, x, y):
    x = torch.tensor(x, requires_grad=True)
    y = torch.tensor(y)
    value = f(x, y)
    value.backward()
    return {"x": tensor(x), "y": tensor(y), "loss": float(value), "dx": tensor(x.grad)}


def losses():
    random = RandomState(5)
    logits = normal(random, 6, 5, scale=3.0)
    logits[4] = [90, -90, 0, 89, 1]  # exp overflows float32 unless the maximum is taken off
    logits[5] = 0
    classes = np.array([0, 4, 2, 1, 3, 2])
    bits = normal(random, 6, 5, scale=3.0)
    bits[5] = [100, -100, 100, -100, 0]
    truth = dyadic(random.uniform(size=(6, 5)))
    truth[3:] = random.randint(0, 2, (3, 5))
    shares = dyadic(random.uniform(0.02, 0.98, (6, 5)))
    # torch takes max(ln p, -100), and divides by p (1 - p) of at least 1e-12.
    edges = np.array([[0, 0, 1, 1, 0.5]]), np.array([[0, 1, 0, 1, 1]], dtype=np.float64)
    write(
        "losses",
        {
            "note": "mean over rows for cross_entropy, over elements for the others",
            "cross_entropy": loss_case(F.cross_entropy, logits, classes),
            "mse": loss_case(F.mse_loss, normal(random, 6, 5), normal(random, 6, 5)),
            "bce_with_logits": loss_case(F.binary_cross_entropy_with_logits, bits, truth),
            "bce": loss_case(F.binary_cross_entropy, shares, truth),
            "bce_edges": loss_case(F.binary_cross_entropy, *edges),
        },
    )


def train(x, y, weights, biases, activations, loss, steps=3, rate=0.01):
    """Forward values, loss and gradients of the first step, then the weights after Adam steps."""
    w = [torch.tensor(v, requires_grad=True) for v in weights]
    b = [torch.tensor(v, requires_grad=True) for v in biases]
    optimizer = torch.optim.Adam([*w, *b], lr=rate)
    out = {"losses": []}
    for step in range(steps):
        layers = [torch.tensor(x)]
        for i, activation in enumerate(activations):
            layers.append(activation(layers[-1] @ w[i] + b[i]))
        value = loss(layers[-1], torch.tensor(y))
        optimizer.zero_grad()
        value.backward()
        out["losses"].append(float(value))
        if step == 0:
            out["layers"] = [tensor(layer) for layer in layers[1:]]
            out["dw"] = [tensor(v.grad) for v in w]
            out["db"] = [tensor(v.grad) for v in b]
        optimizer.step()
    out["w_after"] = [tensor(v) for v in w]
    out["b_after"] = [tensor(v) for v in b]
    return out


def network():
    random = RandomState(6)
    identity = torch.nn.Identity()
    activations = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "leaky_relu": lambda v: F.leaky_relu(v, 0.01),
        "identity": identity,
    }
    x = normal(random, 5, 8)
    classes = np.array([0, 3, 1, 2, 3])
    weights = [normal(random, 8, 6, scale=0.4), normal(random, 6, 4, scale=0.4)]
    biases = [normal(random, 6, scale=0.2), normal(random, 4, scale=0.2)]
    mlp = {
        name: train(x, classes, weights, biases, [f, identity], F.cross_entropy)
        for name, f in activations.items()
    }
    sizes = [12, 8, 3, 8, 12]
    pairs = list(zip(sizes, sizes[1:]))
    points = dyadic(random.uniform(size=(7, 12)))
    ae_weights = [normal(random, m, n, scale=m**-0.5) for m, n in pairs]
    ae_biases = [normal(random, n, scale=0.1) for _, n in pairs]
    layers = [torch.relu, identity, torch.relu, identity]
    write(
        "network",
        {
            "note": "Adam 0.01, 3 steps on the same batch; layers, dw, db are those of the first",
            "mlp_inputs": {
                "x": tensor(x),
                "classes": classes.tolist(),
                "w": [tensor(v) for v in weights],
                "b": [tensor(v) for v in biases],
            },
            "mlp": mlp,
            "autoencoder_inputs": {
                "x": tensor(points),
                "w": [tensor(v) for v in ae_weights],
                "b": [tensor(v) for v in ae_biases],
            },
            "autoencoder": train(points, points, ae_weights, ae_biases, layers, F.mse_loss),
        },
    )
