"""Do the sources of evidence agree: within designs, between designs, direct against indirect."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from anagen.frozen import Record
from anagen.synthesis.network.build import Array, Index, Network, inverse_covariance
from anagen.synthesis.network.fit import require_connected

ESTIMABLE = 1e-8  # eigenvalues of a residual covariance, in units of the design's own


NO_LOOP = "no two designs inform the same comparison, so they cannot disagree"


class ChiSquared(Record):
    """A sum of squares with its degrees of freedom and p-value; no p where there is no freedom."""

    q: float
    df: int
    p: float | None = None


class DesignQ(Record):
    """One design: its studies, Q within it, and what is left between designs once it is detached.

    `detached` is None where the other designs say nothing about it, so that detaching it changes
    nothing.
    """

    design: tuple[str, ...]
    studies: int
    within: ChiSquared
    detached: ChiSquared | None = None


class Decomposition(Record):
    """Cochran's Q of a network, split; the last part allows for heterogeneity within designs.

    `not_evaluable` says why designs cannot disagree; `tau_within` is None where no design has a
    second study.
    """

    total: ChiSquared
    within: ChiSquared
    between: ChiSquared
    designs: tuple[DesignQ, ...]
    between_random: ChiSquared | None = None
    tau_within: float | None = None
    not_evaluable: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DesignGroup:
    """All designs with a arms: D designs with their own estimates.

    `arms` (D, a), `studies` (D,), `estimate` (D, q), `precision` (D, q, q), `q` (D,) within and the
    trace (D,) that the moment estimate needs.
    """

    arms: Index
    studies: Index
    estimate: Array
    precision: Array
    q: Array
    trace: Array


def _summed(at: Index, values: Array) -> Array:
    return np.asarray(np.bincount(at, values), dtype=np.float64)


def designs_of(network: Network, tau2: float) -> tuple[DesignGroup, ...]:
    """Pool the studies of each design by themselves, at heterogeneity tau2."""
    groups = []
    for block in network.blocks:
        q = block.y.shape[1]
        w = inverse_covariance(block, tau2)
        _, first, at, count = np.unique(
            block.arms, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        at = at.reshape(-1)
        precision = np.zeros((first.size, q, q))
        weighted = np.zeros((first.size, q))
        np.add.at(precision, at, w)
        np.add.at(weighted, at, np.einsum("sij,sj->si", w, block.y))
        covariance = np.linalg.inv(precision)
        estimate = np.einsum("dij,dj->di", covariance, weighted)
        residual = block.y - estimate[at]
        spread = _summed(at, np.einsum("si,sij,sj->s", residual, w, residual))
        half = (np.eye(q) + 1) / 2
        curved = np.zeros((first.size, q, q))
        np.add.at(curved, at, w @ half @ w)
        trace = _summed(at, np.einsum("sij,ji->s", w, half))
        trace -= np.einsum("dij,dji->d", covariance, curved)
        groups.append(DesignGroup(block.arms[first], count, estimate, precision, spread, trace))
    return tuple(groups)


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """The consistency model fitted to the designs' own estimates.

    `grounded` (n, n) inverts the Laplacian with the first treatment as origin; `residual` holds
    (D, q) for each group.
    """

    grounded: Array
    residual: tuple[Array, ...]
    q: float
    df: int


def incidence(arms: Index, n: int) -> Array:
    """Return (D, q, n): each later arm minus the first."""
    d, a = arms.shape
    x = np.zeros((d, a - 1, n))
    at, row = np.arange(d)[:, None], np.arange(a - 1)[None, :]
    x[at, row, arms[:, 1:]] = 1
    x[at, row, arms[:, :1]] = -1
    return x


def between_designs(groups: tuple[DesignGroup, ...], n: int) -> Between:
    """Fit the designs' estimates by one set of treatments."""
    laplacian, weighted = np.zeros((n, n)), np.zeros(n)
    for group in groups:
        x = incidence(group.arms, n)
        xa = np.swapaxes(x, 1, 2) @ group.precision
        laplacian += (xa @ x).sum(axis=0)
        weighted += np.einsum("dij,dj->i", xa, group.estimate)
    ground = np.zeros((n, n))
    ground[1:, 1:] = np.linalg.inv(laplacian[1:, 1:])
    theta = ground @ weighted
    residuals, q, contrasts = [], 0.0, 0
    for group in groups:
        residual = group.estimate - incidence(group.arms, n) @ theta
        q += float(np.einsum("di,dij,dj->", residual, group.precision, residual))
        contrasts += residual.size
        residuals.append(residual)
    return Between(ground, tuple(residuals), q, contrasts - (n - 1))


def residual_inverse(group: DesignGroup, ground: Array) -> tuple[Array, Index]:
    """Return a generalised inverse (D, q, q) of the covariance of residuals, and its rank (D,)."""
    x = incidence(group.arms, ground.shape[0])
    root = np.linalg.cholesky(group.precision)
    turned = np.swapaxes(root, 1, 2) @ x
    q = x.shape[1]
    values, vectors = np.linalg.eigh(np.eye(q) - turned @ ground @ np.swapaxes(turned, 1, 2))
    kept = values > ESTIMABLE
    inverse = np.where(kept, 1 / np.where(kept, values, 1.0), 0.0)
    side = root @ vectors
    return (side * inverse[:, None, :]) @ np.swapaxes(side, 1, 2), kept.sum(axis=1)


def _chi(q: float, df: int) -> ChiSquared:
    q = max(0.0, q) if df > 0 else 0.0
    return ChiSquared(q=q, df=df, p=float(chdtrc(df, q)) if df > 0 else None)


def _design_rows(
    network: Network, groups: tuple[DesignGroup, ...], between: Between
) -> list[DesignQ]:
    rows = []
    for group, residual in zip(groups, between.residual, strict=True):
        inverse, rank = residual_inverse(group, between.grounded)
        drop = np.einsum("di,dij,dj->d", residual, inverse, residual)
        q = residual.shape[1]
        for k, arms in enumerate(group.arms):
            detached = (
                _chi(between.q - float(drop[k]), between.df - int(rank[k])) if rank[k] else None
            )
            rows.append(
                DesignQ(
                    design=tuple(network.treatments[t] for t in arms),
                    studies=int(group.studies[k]),
                    within=_chi(float(group.q[k]), q * (int(group.studies[k]) - 1)),
                    detached=detached,
                )
            )
    return rows


def decompose(network: Network) -> Decomposition:
    """Split Cochran's Q of a connected network into its parts within and between designs.

    References
    ----------
    Krahn, Binder & König (2013), BMC Medical Research Methodology 13:35; Higgins et al. (2012),
    Research Synthesis Methods 3:98-110; Jackson et al. (2012) for the variance within designs.
    """
    require_connected(network)
    n = len(network.treatments)
    groups = designs_of(network, 0.0)
    between = between_designs(groups, n)
    rows = _design_rows(network, groups, between)
    within_q, within_df = sum(r.within.q for r in rows), sum(r.within.df for r in rows)
    tau2 = _tau2_within(groups, within_q, within_df)
    random = None
    if between.df > 0:
        again = between_designs(designs_of(network, tau2), n) if tau2 else between
        random = _chi(again.q, again.df)
    return Decomposition(
        total=_chi(within_q + between.q, within_df + between.df),
        within=_chi(within_q, within_df),
        between=_chi(between.q, between.df),
        designs=tuple(rows),
        between_random=random,
        tau_within=None if tau2 is None else float(np.sqrt(tau2)),
        not_evaluable=None if between.df > 0 else NO_LOOP,
    )


def _tau2_within(groups: tuple[DesignGroup, ...], q: float, df: int) -> float | None:
    if df < 1:
        return None
    trace = float(sum(group.trace.sum() for group in groups))
    return max(0.0, (q - df) / trace)
