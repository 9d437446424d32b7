"""Direct against indirect evidence of every comparison."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from anagen.frozen import Record
from anagen.synthesis.network.build import Array, Index, Network, edge_weights, inverse_covariance
from anagen.synthesis.network.fit import NetworkFit

ALL_DIRECT = 1 - 1e-8  # share of direct evidence above which nothing indirect is left


@dataclass(frozen=True, slots=True, eq=False)
class Direct:
    """Direct evidence of every pair (i < j); `estimate` is i minus j, and `studies` may be 0.

    Where no study compares a pair, `estimate` is 0 and `variance` infinite. `network_variance` is
    that of the whole network and `proportion` the share of direct evidence.
    """

    first: Index
    second: Index
    studies: Index
    estimate: Array
    variance: Array
    network_estimate: Array
    network_variance: Array
    proportion: Array


class Split(Record):
    """Direct and indirect evidence of one comparison, first minus second, and their difference.

    `studies` of direct evidence; what is not evaluable is left out and `reason` says why.
    """

    first: str
    second: str
    studies: int
    network: float
    network_se: float
    proportion_direct: float
    direct: float | None = None
    direct_se: float | None = None
    indirect: float | None = None
    indirect_se: float | None = None
    difference: float | None = None
    difference_se: float | None = None
    z: float | None = None
    p: float | None = None
    reason: str | None = None


def pair_rows(network: Network) -> tuple[Index, Index, Index, Array, Array]:
    """Return study, first and second treatment, effect and variance of every pair of arms."""
    places: tuple[list[Index], ...] = ([], [], [])
    values: tuple[list[Array], ...] = ([], [])
    for block in network.blocks:
        i, j = np.triu_indices(block.arms.shape[1], 1)
        places[0].append(np.repeat(block.study, i.size))
        places[1].append(block.arms[:, i].ravel())
        places[2].append(block.arms[:, j].ravel())
        values[0].append(block.pair_effect[:, i, j].ravel())
        values[1].append(block.pair_variance[:, i, j].ravel())
    study, first, second = (np.concatenate(part) for part in places)
    effect, variance = (np.concatenate(part) for part in values)
    return study, first, second, effect, variance


def direct_evidence(network: Network, fit: NetworkFit) -> Direct:
    """Pool the studies of every pair at the heterogeneity of the fit."""
    n = len(network.treatments)
    _, i, j, effect, variance = pair_rows(network)
    w = 1 / (variance + fit.tau2)
    first, second = np.triu_indices(n, 1)
    cell = i * n + j
    at = first * n + second
    total = np.bincount(cell, w, minlength=n * n)[at]
    weighted = np.bincount(cell, w * effect, minlength=n * n)[at]
    known = total > 0
    safe = np.where(known, total, 1.0)
    own = fit.se[first, second] ** 2
    return Direct(
        first=first,
        second=second,
        studies=np.bincount(cell, minlength=n * n)[at],
        estimate=np.where(known, weighted / safe, 0.0),
        variance=np.where(known, 1 / safe, np.inf),
        network_estimate=fit.estimate[first, second],
        network_variance=own,
        proportion=np.minimum(own * total, 1.0),
    )


NO_DIRECT = "no study compares the two directly"
NO_INDIRECT = "all evidence is direct"


def split_record(
    names: tuple[str, str], direct: Direct, k: int, indirect: tuple[float, float] | None, why: str
) -> Split:
    """Return the record of one comparison, with the difference where both kinds are there."""
    base = Split(
        first=names[0], second=names[1], studies=int(direct.studies[k]),
        network=float(direct.network_estimate[k]),
        network_se=float(np.sqrt(direct.network_variance[k])),
        proportion_direct=float(direct.proportion[k]),
        direct=float(direct.estimate[k]) if direct.studies[k] else None,
        direct_se=float(np.sqrt(direct.variance[k])) if direct.studies[k] else None,
        indirect=indirect[0] if indirect else None, indirect_se=indirect[1] if indirect else None,
        reason=why or None,
    )  # fmt: skip
    if base.direct is None or base.direct_se is None or indirect is None:
        return base
    difference = base.direct - indirect[0]
    se = float(np.hypot(base.direct_se, indirect[1]))
    z = difference / se
    return Split(
        first=base.first, second=base.second, studies=base.studies, network=base.network,
        network_se=base.network_se, proportion_direct=base.proportion_direct, direct=base.direct,
        direct_se=base.direct_se, indirect=base.indirect, indirect_se=base.indirect_se,
        difference=difference, difference_se=se, z=z, p=2 * float(ndtr(-abs(z))),
    )  # fmt: skip


def node_split(
    network: Network, fit: NetworkFit, direct: Direct | None = None
) -> tuple[Split, ...]:
    """Split every comparison by back-calculation: what is not direct must be indirect.

    In a study of three and more arms the other arms count as indirect evidence here; see
    `design_split` for the other way.

    References
    ----------
    König, Krahn & Binder (2013), Statistics in Medicine 32:5414-5429.
    """
    d = direct or direct_evidence(network, fit)
    left = 1 - d.proportion
    safe = np.where(d.proportion < ALL_DIRECT, left, 1.0)
    estimate = (d.network_estimate - d.proportion * d.estimate) / safe
    se = np.sqrt(d.network_variance / safe)
    splits = []
    for k in range(d.first.size):
        names = (fit.treatments[d.first[k]], fit.treatments[d.second[k]])
        indirect = (float(estimate[k]), float(se[k])) if d.proportion[k] < ALL_DIRECT else None
        why = "" if d.studies[k] and indirect else NO_INDIRECT if d.studies[k] else NO_DIRECT
        splits.append(split_record(names, d, k, indirect, why))
    return tuple(splits)


def study_laplacians(network: Network, tau2: float) -> tuple[Array, Array, Array]:
    """Return of each study its edge weights (S, n, n), weighted effects (S, n), and arms (S, n)."""
    size, n = len(network.studies), len(network.treatments)
    weights, weighted, arms = np.zeros((size, n, n)), np.zeros((size, n)), np.zeros((size, n))
    for block in network.blocks:
        inverse = inverse_covariance(block, tau2)
        rows, columns = block.arms[:, :, None], block.arms[:, None, :]
        weights[block.study[:, None, None], rows, columns] = edge_weights(inverse)
        later = np.einsum("sij,sj->si", inverse, block.y)
        weighted[block.study[:, None], block.arms[:, 1:]] = later
        weighted[block.study, block.arms[:, 0]] = -later.sum(axis=1)
        arms[block.study[:, None], block.arms] = 1
    return weights, weighted, arms
