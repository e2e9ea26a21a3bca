"""Golden values of clustering and metric-learning losses (PyTorch's autograd on the formulas)."""

import torch
from golden import normal, tensor, write
from numpy.random import RandomState
from torch.nn import functional as F


def soft_assignment(z, mu, alpha):
    """Equation 1 of Xie, Girshick and Farhadi (2016)."""
    w = (1 + torch.cdist(z, mu, compute_mode="donot_use_mm_for_euclid_dist") ** 2 / alpha) ** (
        -(alpha + 1) / 2
    )
    return w / w.sum(1, keepdim=True)


def target(q):
    """Equation 3."""
    w = q**2 / q.sum(0)
    return w / w.sum(1, keepdim=True)


def dec(z, mu, alpha):
    z, mu = (torch.tensor(v, requires_grad=True) for v in (z, mu))
    q = soft_assignment(z, mu, alpha)
    p = target(q).detach().float().double()  # float32 holds it exactly
    loss = F.kl_div(q.log(), p, reduction="batchmean")
    loss.backward()
    return {
        "alpha": alpha,
        "q": tensor(q),
        "p": tensor(p),
        "loss": float(loss),
        "dz": tensor(z.grad),
        "dmu": tensor(mu.grad),
    }


def contrastive(za, zb, same, margin):
    """Mean over the pairs of 1/2 D^2 and 1/2 max(0, margin - D)^2."""
    za, zb = (torch.tensor(v, requires_grad=True) for v in (za, zb))
    d = (za - zb).norm(dim=1)
    y = torch.tensor(same, dtype=torch.float64)
    loss = (y * d**2 + (1 - y) * F.relu(margin - d) ** 2).mean() / 2
    loss.backward()
    return {"margin": margin, "loss": float(loss), "dza": tensor(za.grad), "dzb": tensor(zb.grad)}


def triplet(f, rows):
    anchors, positives, negatives = (torch.tensor(v, requires_grad=True) for v in rows)
    loss = f(anchors, positives, negatives)
    loss.backward()
    return {
        "loss": float(loss),
        "dza": tensor(anchors.grad),
        "dzp": tensor(positives.grad),
        "dzn": tensor(negatives.grad),
    }


def squares(margin):
    def f(a, p, n):
        return F.relu(((a - p) ** 2).sum(1) - ((a - n) ** 2).sum(1) + margin).mean()

    return f


def losses():
    random = RandomState(8)
    z, mu = normal(random, 7, 5), normal(random, 4, 5)
    za, zb = normal(random, 6, 3), normal(random, 6, 3)
    same = [1, 0, 0, 1, 0, 0]
    zb[2] = za[2] + 1 / 16  # a dissimilar pair that is close
    rows = [normal(random, 6, 3) for _ in range(3)]
    write(
        "clustering_losses",
        {
            "note": "means over rows; triplets with eps 0, which PyTorch adds to each difference",
            "z": tensor(z),
            "mu": tensor(mu),
            "dec": [dec(z, mu, alpha) for alpha in (1.0, 2.5)],
            "za": tensor(za),
            "zb": tensor(zb),
            "same": same,
            "contrastive": contrastive(za, zb, same, 2.0),
            "triplets": [tensor(v) for v in rows],
            "triplet": {"margin": 1.0, **triplet(torch.nn.TripletMarginLoss(eps=0), rows)},
            "triplet_squared": {"margin": 0.5, **triplet(squares(0.5), rows)},
        },
    )
