"""Cluster-robust standard errors of a multivariate fit: what holds if V was guessed wrongly."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.multivariate import MultivariateFit
from anagen.synthesis.restricted_likelihood import marginal
from anagen.synthesis.sampling_covariance import Array, Rows, codes, rows_by_group

Correction = Literal["CR1", "CR2"]


@dataclass(frozen=True, slots=True, eq=False)
class RobustFit:
    """Robust inference on the coefficients of a fit: t with `df`, one for each coefficient."""

    correction: Correction
    clusters: int
    coefficients: Array
    se: Array
    statistic: Array
    df: Array
    p: Array
    low: Array
    high: Array
    vcov: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Cluster:
    x: Array
    e: Array
    m: Array
    wx: Array


def _clusters(model: MultivariateFit, group: NDArray[np.intp]) -> list[_Cluster]:
    """Return the rows of each cluster with its marginal covariance; blocks must not straddle."""
    place: dict[int, list[tuple[Rows, Array, Array, Array]]] = {}
    for b, m, _ in marginal(model.problem, model.point):
        for rows, block, y, x in zip(b.rows, m, b.y, b.x, strict=True):
            labels = group[rows]
            if (labels != labels[0]).any():
                raise InputError(
                    "effects that covary are in different clusters; cluster by the outermost "
                    "group of the model, or above it"
                )
            place.setdefault(int(labels[0]), []).append((rows, block, y, x))
    found = []
    for parts in place.values():
        size = sum(rows.size for rows, *_ in parts)
        m, at = np.zeros((size, size)), 0
        for rows, block, _, _ in parts:
            m[at : at + rows.size, at : at + rows.size] = block
            at += rows.size
        x = np.concatenate([p[3] for p in parts])
        e = np.concatenate([p[2] for p in parts]) - x @ model.coefficients
        found.append(_Cluster(x=x, e=e, m=m, wx=np.linalg.solve(m, x)))
    return found


def _adjusted(c: _Cluster, vcov: Array) -> Array:
    """Return A'WX of a cluster: CR2 makes the robust variance unbiased if the model holds.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181; Pustejovsky & Tipton (2018), Journal of
    Business & Economic Statistics 36:672-683.
    """
    upper = np.linalg.cholesky(c.m).T
    inner = upper @ (c.m - c.x @ vcov @ c.x.T) @ upper.T
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    keep = values > 1e-10 * max(float(values.max()), 1e-300)  # a generalised inverse
    root = np.where(keep, 1 / np.sqrt(np.where(keep, values, 1.0)), 0.0)
    adjust = upper.T @ (vectors * root) @ vectors.T @ upper
    return np.asarray(adjust.T @ c.wx)


def _satterthwaite(clusters: list[_Cluster], awx: list[Array], vcov: Array) -> Array:
    """Return the degrees of freedom of each coefficient's robust variance, if the model holds."""
    p = vcov.shape[0]
    df = np.empty(p)
    for j in range(p):
        a = [g @ vcov[:, j] for g in awx]
        xa = np.stack([c.x.T @ g for c, g in zip(clusters, a, strict=True)])
        omega = -(xa @ vcov @ xa.T)
        own = np.array([g @ c.m @ g for c, g in zip(clusters, a, strict=True)])
        omega[np.diag_indices_from(omega)] += own
        df[j] = np.trace(omega) ** 2 / (omega**2).sum()
    return df


def robust(
    model: MultivariateFit,
    cluster: ArrayLike | Sequence[Hashable],
    *,
    correction: Correction = "CR2",
    level: float = 0.95,
) -> RobustFit:
    """Return cluster-robust standard errors, t tests and intervals of the coefficients.

    Parameters
    ----------
    model:
        A fit, such as of correlated and hierarchical effects with a guessed V.
    cluster:
        Label of the cluster of each effect, shape (k,): the study, as a rule.
    correction:
        `CR2` with Satterthwaite's degrees of freedom, right also for few clusters; `CR1` multiplies
        by m / (m - p) and uses m - p.
    level:
        Of intervals.

    Raises
    ------
    InputError
        If labels do not match the effects, effects of different clusters covary, or there are not
        more clusters than coefficients.

    References
    ----------
    Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36:672-683; (2022),
    Prevention Science 23:425-438.
    """
    from scipy.special import stdtr, stdtrit

    group = codes(cluster)
    p, vcov = model.coefficients.size, model.vcov
    if group.size != model.k:
        raise InputError(f"{model.k} effects need a cluster each, got {group.size} labels")
    if correction not in {"CR1", "CR2"} or not 0 < level < 1:
        raise InputError("choose CR1 or CR2, and a level between 0 and 1")
    m = len(rows_by_group(group))
    if m <= p:
        raise InputError(f"{p} coefficients need more than {p} clusters, got {m}; fit without")
    clusters = _clusters(model, group)
    awx = [c.wx if correction == "CR1" else _adjusted(c, vcov) for c in clusters]
    scores = np.stack([g.T @ c.e for c, g in zip(clusters, awx, strict=True)])
    sandwich = vcov @ (scores.T @ scores) @ vcov
    df = np.full(p, float(m - p))
    if correction == "CR1":
        sandwich = sandwich * m / (m - p)
    else:
        df = _satterthwaite(clusters, awx, vcov)
    se = np.sqrt(np.diagonal(sandwich))
    half = stdtrit(df, (1 + level) / 2) * se
    statistic = model.coefficients / se
    return RobustFit(
        correction=correction, clusters=m, coefficients=model.coefficients, se=se,
        statistic=statistic, df=df, p=np.asarray(2 * stdtr(df, -np.abs(statistic))),
        low=model.coefficients - half, high=model.coefficients + half, vcov=sandwich,
    )  # fmt: skip
