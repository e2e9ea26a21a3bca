#!/usr/bin/env python3
"""PyTorch as a peer: whole training steps, and the matrix products of dense layers.

    /usr/bin/python3 bench/peers/torch_steps.py --threads 2 [--core Cooperlake] [--only matmul ...]

Prints one JSON line per measurement. Why this is PyTorch at its best on a CPU: the data set is a
resident tensor and a batch is one index_select (no DataLoader), gradients are set to None instead of
zeroed, denormals are flushed, BLAS shares OpenMP's threads (see peer.py), and of several ways to
write the same step (VARIANTS) each is measured and the quickest counts; all are printed. Weights
start as ours do, uniform with the bound of Glorot & Bengio (2010), and biases as zeros.
"""

import argparse
import sys

sys.dont_write_bytecode = True  # leave no files behind

import peer

LAYERS = {
    # name: sizes (none: see convolutional()), layers without relu, batch, is it a classifier
    "classifier": ((784, 128, 10), (1,), 64, True),
    "autoencoder": ((784, 500, 500, 2000, 10, 2000, 500, 500, 784), (3, 7), 256, False),
    "convolutional": (None, None, 256, False),
}
PRODUCTS = ((256, 784, 500), (256, 500, 2000))


def network(torch, sizes, linear):
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layers.append(torch.nn.Linear(inputs, outputs))
        if i not in linear:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def convolutional(torch):
    """28x28x1 to 14x14x32, 7x7x64, 3x3x128, 10 numbers, and back; images are NCHW here."""
    nn = torch.nn
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),
        *(nn.Conv2d(1, 32, 5, 2, 2), nn.ReLU()),
        *(nn.Conv2d(32, 64, 5, 2, 2), nn.ReLU()),
        *(nn.Conv2d(64, 128, 3, 2), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(1152, 10)),
        *(nn.Linear(10, 1152), nn.ReLU(), nn.Unflatten(1, (128, 3, 3))),
        *(nn.ConvTranspose2d(128, 64, 3, 2), nn.ReLU()),
        *(nn.ConvTranspose2d(64, 32, 5, 2, 2, output_padding=1), nn.ReLU()),
        nn.ConvTranspose2d(32, 1, 5, 2, 2, output_padding=1),
        nn.Flatten(),
    )


def start(torch, model):
    """Glorot's bound, where a transposed convolution has the fans of the one that it undoes."""
    for layer in model:
        if not hasattr(layer, "weight"):
            continue
        # [smaller image's channels, larger image's, height, width], or [outputs, inputs].
        small, large, *kernel = layer.weight.shape
        area, rare = (kernel[0] * kernel[1], layer.stride[0] ** 2) if kernel else (1, 1)
        bound = (6 / (area * (large + small / rare))) ** 0.5
        torch.nn.init.uniform_(layer.weight, -bound, bound)
        torch.nn.init.zeros_(layer.bias)


def slab(torch, model):
    """One parameter that holds all of the model's, with one gradient: Adam is then one call."""
    parameters = list(model.parameters())
    flat = torch.nn.Parameter(torch.cat([p.detach().reshape(-1) for p in parameters]))
    flat.grad = torch.zeros_like(flat)
    at = 0
    for p in parameters:
        size = p.numel()
        p.data = flat.data[at : at + size].view_as(p)
        p.grad = flat.grad[at : at + size].view_as(p)
        at += size
    return flat


def make_step(torch, variant, name, x, y):
    """The whole training step (gather, forward, backward, Adam) of one network, one way."""
    sizes, linear, batch, classifies = LAYERS[name]
    torch.manual_seed(1)
    model = network(torch, sizes, linear) if sizes else convolutional(torch)
    start(torch, model)
    if variant == "channels_last":
        model = model.to(memory_format=torch.channels_last)
    loss_of = torch.nn.CrossEntropyLoss() if classifies else torch.nn.MSELoss()
    flat = slab(torch, model) if variant == "slab" else None
    parameters = [flat] if variant == "slab" else list(model.parameters())
    adam = torch.optim.Adam(parameters, lr=1e-3, foreach=variant == "foreach")
    forward = torch.jit.script(model) if variant == "jit" else model
    order = torch.randperm(len(x))
    batches = len(x) // batch
    state = {"step": 0}

    def step():
        at = state["step"] % batches * batch
        state["step"] += 1
        rows = order[at : at + batch]
        inputs = x.index_select(0, rows)
        targets = y.index_select(0, rows) if classifies else inputs
        if flat is None:
            adam.zero_grad(set_to_none=True)
        else:
            flat.grad.zero_()
        loss_of(forward(inputs), targets).backward()
        adam.step()

    return step


VARIANTS = ("plain", "foreach", "jit", "slab")


def steps(torch, name, rounds, seconds):
    x, y = (torch.from_numpy(array) for array in peer.pixels())
    variants = (*VARIANTS, "channels_last") if name == "convolutional" else VARIANTS
    ways = {variant: make_step(torch, variant, name, x, y) for variant in variants}
    times = {variant: [] for variant in variants}
    for _ in range(rounds):  # in turn, so that a slow second of the host hits all alike
        for variant, step in ways.items():
            times[variant].append(peer.sample(step, seconds))
    medians = {way: sorted(sum(rows, []))[sum(map(len, rows)) // 2] for way, rows in times.items()}
    best = min(medians, key=medians.get)
    peer.emit(
        f"torch/{name}",
        times[best],
        batch=LAYERS[name][2],
        variant=best,
        variants={way: round(ms, 4) for way, ms in medians.items()},
    )


def products(torch, rounds, seconds):
    """x w, dy w^T and x^T dy, into memory that is there already."""
    for m, k, n in PRODUCTS:
        x, w, dy = torch.randn(m, k), torch.randn(k, n), torch.randn(m, n)
        y, dx, dw = torch.empty(m, n), torch.empty(m, k), torch.empty(k, n)
        forms = {
            "nn": lambda: torch.mm(x, w, out=y),
            "nt": lambda: torch.mm(dy, w.t(), out=dx),
            "tn": lambda: torch.mm(x.t(), dy, out=dw),
        }
        times = {form: [] for form in forms}
        for _ in range(rounds):
            for form, product in forms.items():
                times[form].append(peer.sample(product, seconds))
        for form, rows in times.items():
            peer.emit(f"torch/matmul_{form}/{m}x{k}x{n}", rows, flop=2 * m * k * n)


def main():
    names = (*LAYERS, "matmul")
    options = argparse.ArgumentParser(description="PyTorch's time for steps and products")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--seconds", type=float, default=1.0, help="of each variant and round")
    options.add_argument("--core", help="OpenBLAS kernels to use, such as Haswell or Cooperlake")
    options.add_argument("--only", nargs="+", choices=names, default=names)
    given = options.parse_args()
    peer.restart_with(given.threads, core=given.core)

    import torch

    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    about = {"peer": "torch", "version": torch.__version__, "threads": torch.get_num_threads()}
    print(peer.json.dumps({**about, "blas": peer.loaded_blas()}), flush=True)
    for name in LAYERS:
        if name in given.only:
            steps(torch, name, given.rounds, given.seconds)
    if "matmul" in given.only:
        products(torch, given.rounds, given.seconds / 4)


if __name__ == "__main__":
    main()
