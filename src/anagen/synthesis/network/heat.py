"""Net heat: which design disagrees, and which others stop disagreeing without it."""

from dataclasses import dataclass

import numpy as np

from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.consistency import (
    NO_LOOP,
    between_designs,
    designs_of,
    incidence,
    residual_inverse,
)
from anagen.synthesis.network.fit import NetworkFit, require_same


@dataclass(frozen=True, slots=True, eq=False)
class NetHeat:
    """Q between designs, seen by D designs.

    `q` (D,) is each design's part of it. `heat` [row, col] (D, D) is how much less the row's part
    is once the column's design is detached: above 0, the column explains it; below 0, it hid it.
    `share` [row, col] is the weight of the column's evidence in the row's estimate. `reason` says
    why designs cannot disagree.
    """

    designs: tuple[tuple[str, ...], ...]
    q: Array
    heat: Array
    share: Array
    reason: str | None = None


def net_heat(network: Network, fit: NetworkFit) -> NetHeat:
    """Detach each design in turn and look at what is left of every other.

    A design of three and more arms is detached as a whole.

    References
    ----------
    Krahn, Binder & König (2013), BMC Medical Research Methodology 13:35.
    """
    require_same(network, fit)
    n = len(network.treatments)
    groups = designs_of(network, fit.tau2)
    between = between_designs(groups, n)
    names: list[tuple[str, ...]] = []
    own, xs, roots, effects, hats = [], [], [], [], []
    for group, residual in zip(groups, between.residual, strict=True):
        names += [tuple(network.treatments[t] for t in arms) for arms in group.arms]
        x = incidence(group.arms, n)
        inverse, _ = residual_inverse(group, between.grounded)
        # detaching a design moves the treatments by its generalised residual
        pull = np.einsum("dij,dj->di", inverse, residual)
        effects.append(np.einsum("dqn,dq->dn", x, pull) @ between.grounded)
        own.append(np.einsum("di,dij,dj->d", residual, group.precision, residual))
        xs.append(x)
        roots.append(np.linalg.cholesky(group.precision))
        hats.append(np.swapaxes(x, 1, 2) @ roots[-1])
    q, moved = np.concatenate(own), np.concatenate(effects)
    heat, share = np.zeros((2, q.size, q.size))
    begin = 0
    for x, root, residual in zip(xs, roots, between.residual, strict=True):
        rows = slice(begin, begin + x.shape[0])
        shifted = residual[:, None, :] + np.einsum("dqn,cn->dcq", x, moved)
        turned = shifted @ root
        heat[rows] = q[rows, None] - (turned**2).sum(axis=2)
        column = 0
        seen = np.swapaxes(root, 1, 2) @ (x @ between.grounded)
        for other in hats:
            size = other.shape[0]
            weight = seen[:, None] @ other
            share[rows, column : column + size] = (weight**2).sum(axis=(2, 3))
            column += size
        begin += x.shape[0]
    np.fill_diagonal(heat, q)
    share /= share.sum(axis=1, keepdims=True)
    return NetHeat(tuple(names), q, heat, share, None if between.df > 0 else NO_LOOP)
