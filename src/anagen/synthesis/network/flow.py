"""Evidence as a flow through the network: hat matrix, contributions, path measures.

For a comparison a : b the row of the hat matrix is a flow of one unit from a to b. P comparisons
are all pairs (i < j) of n treatments; E edges are the pairs that studies compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anagen.synthesis.network.build import Array, Index, Network, edge_weights, inverse_covariance
from anagen.synthesis.network.consistency import between_designs, designs_of, incidence
from anagen.synthesis.network.fit import NetworkFit, require_same
from anagen.synthesis.network.split import study_laplacians

NO_FLOW = 1e-11  # of a unit flow: rounding
WALKED_AT_ONCE = 1_000_000  # entries of one array of flows: 8 MB

CYCLE = (
    "correlated arms give some comparison a negative weight and its evidence flows in a circle, so "
    "that no share of it is defined"
)


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """Shares (P, E) of direct comparisons in every comparison, and (P, S) of studies.

    Rows sum to 1. Percentages of contribution have no unique definition: `method` says which was
    used. `reason` says why there are none (then both are None).
    """

    treatments: tuple[str, ...]
    studies: tuple[str, ...]
    method: str
    first: Index
    second: Index
    edge_first: Index
    edge_second: Index
    comparison: Array | None
    study: Array | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PathMeasures:
    """Of every comparison: mean path length and minimal parallelism.

    References
    ----------
    König, Krahn & Binder (2013), Statistics in Medicine 32:5414-5429.
    """

    first: Index
    second: Index
    mean_path_length: Array
    minimal_parallelism: Array


def weights_of(network: Network, tau2: float) -> Array:
    """Return the adjusted weight (n, n) of every edge, summed over studies."""
    n = len(network.treatments)
    total = np.zeros(n * n)
    for block in network.blocks:
        cell = block.arms[:, :, None] * n + block.arms[:, None, :]
        weight = edge_weights(inverse_covariance(block, tau2))
        total += np.bincount(cell.ravel(), weight.ravel(), minlength=n * n)
    return total.reshape(n, n)


def adjusted_se(network: Network, tau2: float) -> dict[tuple[str, str, str], float | None]:
    """Return the adjusted standard error of every pair of arms: (study, treatment, treatment).

    It is 1/√weight of the edge in the study's Laplacian; None where correlated arms make the weight
    0 or negative, so that none exists.

    References
    ----------
    Rücker & Schwarzer (2014), Statistics in Medicine 33:4353-4369.
    """
    found: dict[tuple[str, str, str], float | None] = {}
    for block in network.blocks:
        weight = edge_weights(inverse_covariance(block, tau2))
        i, j = np.triu_indices(block.arms.shape[1], 1)
        for s, study in enumerate(block.study):
            for a, b in zip(i, j, strict=True):
                names = (network.treatments[block.arms[s, a]], network.treatments[block.arms[s, b]])
                w = float(weight[s, a, b])
                found[network.studies[study], *names] = w**-0.5 if w > 0 else None
    return found


def hat_matrix(network: Network, fit: NetworkFit) -> Array:
    """Return the aggregate hat matrix (P, P): flow of each comparison through each edge.

    References
    ----------
    Davies, Papakonstantinou, Nikolakopoulou, Rücker & Galla (2022), Statistics in Medicine
    41:2091-2114.
    """
    weight = weights_of(network, fit.tau2)
    i, j = np.triu_indices(weight.shape[0], 1)
    potential = fit.covariance[:, i] - fit.covariance[:, j]
    return np.asarray(((potential[i] - potential[j]) * weight[i, j][:, None]).T)


def _flows(weight: Array, covariance: Array, first: Index, second: Index) -> Array:
    """Return the flow (P, n, n) from row to column, 0 or above."""
    potential = covariance[first] - covariance[second]
    flow = weight * (potential[:, :, None] - potential[:, None, :])
    return np.where(flow > NO_FLOW, flow, 0.0)


def random_walk(network: Network, fit: NetworkFit) -> Contributions:
    """Return the shares of evidence by a random walk along the flow of every comparison.

    A walker leaves a and follows the flow to b; a path of length L gives each of its edges 1/L of
    its probability. The sum over paths is taken by length: f[u, l] is the chance to be at u after l
    steps, g[v, m] that to arrive m steps after v, and the edge u → v with share P[u, v] of the
    outflow of u gets P[u, v] Σ f[u, l] g[v, m] / (l + 1 + m). No path is enumerated.

    References
    ----------
    Davies, Papakonstantinou, Nikolakopoulou, Rücker & Galla (2022), Statistics in Medicine
    41:2091-2114.
    """
    weight = weights_of(network, fit.tau2)
    n = weight.shape[0]
    first, second = np.triu_indices(n, 1)
    used = np.flatnonzero(np.triu((weight != 0) | (weight.T != 0), 1).ravel())
    edge_first, edge_second = used // n, used % n
    comparison = np.empty((first.size, used.size))
    # walks of different comparisons know nothing of each other: a block of them bounds the memory
    size = max(1, WALKED_AT_ONCE // n**2)
    for begin in range(0, first.size, size):
        block = slice(begin, begin + size)
        gain = _walked(weight, fit.covariance, first[block], second[block])
        if gain is None:
            return Contributions(
                network.treatments, network.studies, "random walk", first, second, edge_first,
                edge_second, None, None, CYCLE,
            )  # fmt: skip
        comparison[block] = gain[:, edge_first, edge_second] + gain[:, edge_second, edge_first]
    return _with_studies(
        network, fit, "random walk", (first, second), (edge_first, edge_second), comparison
    )


def _walked(weight: Array, covariance: Array, first: Index, second: Index) -> Array | None:
    """Return what each directed edge (P, n, n) gets; None where the flow goes in a circle."""
    n = weight.shape[0]
    flow = _flows(weight, covariance, first, second)
    out = flow.sum(axis=2)
    at = np.arange(first.size)
    out[at, second] = 0
    share = np.divide(flow, out[:, :, None], out=np.zeros_like(flow), where=out[:, :, None] > 0)
    ahead, behind = np.zeros((2, first.size, n, n))
    ahead[at, 0, first] = behind[at, 0, second] = 1
    for step in range(1, n):
        ahead[:, step] = (ahead[:, step - 1, None, :] @ share)[:, 0]
        behind[:, step] = (share @ behind[:, step - 1, :, None])[:, :, 0]
    if np.abs(behind[at, :, first].sum(axis=1) - 1).max() > 1e-6:
        return None
    length = np.arange(n)
    kernel = 1 / (length[:, None] + length[None, :] + 1.0)
    return np.asarray(share * (np.swapaxes(ahead, 1, 2) @ (kernel @ behind)))


def _with_studies(
    network: Network,
    fit: NetworkFit,
    method: str,
    pairs: tuple[Index, Index],
    edges: tuple[Index, Index],
    comparison: Array,
) -> Contributions:
    """Share what each edge contributes among its studies, by their weights in it."""
    weights = study_laplacians(network, fit.tau2)[0][:, edges[0], edges[1]]
    total = weights.sum(axis=0)
    share = np.divide(weights, total, out=np.zeros_like(weights), where=total != 0)
    return Contributions(
        network.treatments, network.studies, method, *pairs, *edges, comparison,
        comparison @ share.T,
    )  # fmt: skip


def shortest_paths(network: Network, fit: NetworkFit) -> Contributions:
    """Return the shares of evidence by taking the shortest path out of the flow until none is left.

    Each path takes as much flow as its narrowest edge has, and each of its edges gets an equal part
    of that. Among paths of one length the alphabetical order of the edges decides, so that another
    order of names can give other shares; `random_walk` knows no order.

    References
    ----------
    Papakonstantinou, Nikolakopoulou, Rücker et al. (2018), F1000Research 7:610.
    """
    weight = weights_of(network, fit.tau2)
    n = weight.shape[0]
    first, second = np.triu_indices(n, 1)
    used = np.flatnonzero(np.triu(weight != 0, 1).ravel())
    edge_first, edge_second = used // n, used % n
    flow = _flows(weight, fit.covariance, first, second)
    gain = np.zeros_like(flow)
    for p in range(first.size):
        order = _met(flow[p], edge_first, edge_second)
        for path, share in _paths(flow[p], order, int(first[p]), int(second[p])):
            gain[p, path[:-1], path[1:]] += share
    comparison = gain[:, edge_first, edge_second] + gain[:, edge_second, edge_first]
    return _with_studies(
        network, fit, "shortest path", (first, second), (edge_first, edge_second), comparison
    )


def _met(flow: Array, edge_first: Index, edge_second: Index) -> list[int]:
    """Return the treatments as the edges name them, each edge from where its flow comes."""
    along = flow[edge_first, edge_second] > 0
    named = np.where(along, [edge_first, edge_second], [edge_second, edge_first])
    return list(dict.fromkeys(named.T.ravel().tolist()))


def _paths(
    flow: Array, order: list[int], start: int, end: int
) -> Iterator[tuple[list[int], float]]:
    """Yield every path that is taken, with what each of its edges gets."""
    left: list[list[float]] = flow.tolist()
    after = [[v for v in order if row[v] > 0] for row in left]
    while path := _shortest(after, start, end):
        narrow = min(left[u][v] for u, v in pairwise(path))
        for u, v in pairwise(path):
            left[u][v] -= narrow
            if left[u][v] <= NO_FLOW:
                after[u].remove(v)
        yield path, narrow / (len(path) - 1)


def _shortest(after: list[list[int]], start: int, end: int) -> list[int]:
    """Return the first of the shortest paths, or nothing where none is left."""
    came = {start: -1}
    front = [start]
    while front and end not in came:
        ahead = []
        for u in front:
            for v in after[u]:
                if v not in came:
                    came[v] = u
                    ahead.append(v)
        front = ahead
    if end not in came:
        return []
    path = [end]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]


def path_measures(network: Network, fit: NetworkFit) -> PathMeasures:
    """Return mean path length and minimal parallelism of every comparison.

    The flow is that through designs; through one of three and more arms goes the sum of what
    enters it.
    """
    require_same(network, fit)
    n = len(network.treatments)
    first, second = np.triu_indices(n, 1)
    groups = designs_of(network, fit.tau2)
    between = between_designs(groups, n)
    potential = between.grounded[first] - between.grounded[second]
    through = []
    for group in groups:
        x = incidence(group.arms, n)
        flow = np.einsum("pn,dqn,dqr->pdr", potential, x, group.precision)
        whole = np.concatenate([flow, -flow.sum(axis=2, keepdims=True)], axis=2)
        through.append(np.abs(whole).sum(axis=2) / 2)
    flows = np.concatenate(through, axis=1)
    return PathMeasures(first, second, flows.sum(axis=1), 1 / flows.max(axis=1))
