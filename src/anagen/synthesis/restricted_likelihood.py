"""The likelihood of y ~ N(Xb, V + sum of random terms), its slope and its information.

Blocks of one size are stacked and handled by one call, so that cost grows with the number of
studies and not with its square.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anagen.synthesis.random_terms import RandomTerm, correlation_of, covariance_of
from anagen.synthesis.sampling_covariance import (
    Array,
    Rows,
    SamplingCovariance,
    connected,
    rows_by_group,
)

Method = Literal["REML", "ML"]


@dataclass(frozen=True, slots=True, eq=False)
class Bin:
    """B blocks of n rows each: their rows, data and known covariance; per term who shares a group.

    `together` and `level` have one entry per random term.
    """

    rows: Rows
    y: Array
    x: Array
    v: Array
    together: tuple[NDArray[np.bool_], ...]
    level: tuple[NDArray[np.intp], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The data of a model, cut into blocks, with its random terms."""

    k: int
    p: int
    log_det_xx: float
    bins: tuple[Bin, ...]
    terms: tuple[RandomTerm, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Natural parameters per term: variances, correlations and the slope of each by its z."""

    variances: tuple[Array, ...]
    correlations: tuple[Array, ...]
    steps: tuple[Array, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What generalised least squares gives at one point: b, its covariance and likelihoods."""

    b: Array
    vcov: Array
    loglik_reml: float
    loglik_ml: float
    rss: float


def cut(y: Array, x: Array, v: SamplingCovariance, terms: tuple[RandomTerm, ...]) -> Problem:
    """Return the problem as bins of blocks; rows that covary by V or by a term share a block."""
    edges = [(int(rows[0]), int(r)) for rows, _ in v.blocks for r in rows[1:]]
    for term in terms:
        for rows in rows_by_group(term.group):
            edges += [(int(rows[0]), int(r)) for r in rows[1:]]
    label = connected(v.k, edges)
    inside: list[list[tuple[Rows, Array]]] = [[] for _ in range(int(label.max()) + 1)]
    for rows, block in v.blocks:
        inside[label[rows[0]]].append((rows, block))
    by_size: dict[int, list[tuple[Rows, Array]]] = {}
    for rows, parts in zip(rows_by_group(label), inside, strict=True):
        full = np.zeros((rows.size, rows.size))
        for part, block in parts:
            at = np.searchsorted(rows, part)
            full[np.ix_(at, at)] = block
        by_size.setdefault(rows.size, []).append((rows, full))
    log_det = np.linalg.slogdet(x.T @ x)[1]
    bins = tuple(_bin(y, x, by_size[size], terms) for size in sorted(by_size))
    return Problem(k=v.k, p=x.shape[1], log_det_xx=float(log_det), bins=bins, terms=terms)


def _bin(
    y: Array, x: Array, blocks: list[tuple[Rows, Array]], terms: tuple[RandomTerm, ...]
) -> Bin:
    rows = np.stack([r for r, _ in blocks])
    groups = [term.group[rows] for term in terms]
    return Bin(
        rows=rows, y=y[rows], x=x[rows], v=np.stack([v for _, v in blocks]),
        together=tuple(g[:, :, None] == g[:, None, :] for g in groups),
        level=tuple(term.level[rows] for term in terms),
    )  # fmt: skip


def point(terms: tuple[RandomTerm, ...], theta: Array, held: dict[int, float]) -> Point:
    """Return the natural parameters at theta; `held` are natural values that replace some."""
    variances, correlations, steps, at = [], [], [], 0
    for term in terms:
        v = np.exp(np.clip(theta[at : at + term.variances], -600, 600))
        for j in range(term.variances):
            v[j] = held.get(at + j, v[j])
        at += term.variances
        r, d = np.zeros(term.correlations), np.zeros(term.correlations)
        for j in range(term.correlations):
            r[j], d[j] = correlation_of(term, theta[at + j])
            if at + j in held:
                r[j], d[j] = held[at + j], 0.0
        at += term.correlations
        variances.append(v)
        correlations.append(r)
        steps.append(d)
    return Point(tuple(variances), tuple(correlations), tuple(steps))


def marginal(problem: Problem, at: Point) -> Iterator[tuple[Bin, Array, list[Array]]]:
    """Yield each bin with V + random terms and the derivatives by all parameters, in order."""
    parts = [
        covariance_of(term, v, r, d)
        for term, v, r, d in zip(
            problem.terms, at.variances, at.correlations, at.steps, strict=True
        )
    ]
    for b in problem.bins:
        m, slopes = b.v.copy(), []
        for (g, dg), together, level in zip(parts, b.together, b.level, strict=True):
            i, j = level[:, :, None], level[:, None, :]
            m += together * g[i, j]
            slopes += [together * d[i, j] for d in dg]
        yield b, m, slopes


def least_squares(problem: Problem, at: Point) -> tuple[Fitted, list[tuple[Array, ...]]] | None:
    """Return the fit at a point with W, WX and the derivatives per bin; none where M is singular.

    References
    ----------
    Harville (1977), Journal of the American Statistical Association 72:320-338.
    """
    a, c = np.zeros((problem.p, problem.p)), np.zeros(problem.p)
    log_det = 0.0
    work: list[tuple[Array, ...]] = []
    for b, m, slopes in marginal(problem, at):
        try:
            factor = np.linalg.cholesky(m)
            w: Array = np.asarray(np.linalg.inv(m), dtype=np.float64)
        except np.linalg.LinAlgError:
            return None
        log_det += 2 * float(np.log(np.diagonal(factor, axis1=1, axis2=2)).sum())
        wx = w @ b.x
        wy = (w @ b.y[:, :, None])[:, :, 0]
        a += np.einsum("bnp,bnq->pq", b.x, wx)
        c += np.einsum("bnp,bn->p", b.x, wy)
        work.append((w, wx, *slopes))
    sign, log_det_a = np.linalg.slogdet(a)
    if sign <= 0:
        return None
    vcov: Array = np.asarray(np.linalg.inv(a), dtype=np.float64)
    coefficients = vcov @ c
    rss = _residual_squares(problem, work, coefficients)
    ml = -0.5 * (problem.k * math.log(2 * math.pi) + log_det + rss)
    reml = -0.5 * (
        (problem.k - problem.p) * math.log(2 * math.pi)
        + log_det + float(log_det_a) - problem.log_det_xx + rss
    )  # fmt: skip
    fitted = Fitted(b=coefficients, vcov=vcov, loglik_reml=reml, loglik_ml=ml, rss=rss)
    return fitted, work


def _residual_squares(problem: Problem, work: list[tuple[Array, ...]], b: Array) -> float:
    total = 0.0
    for part, (w, *_) in zip(problem.bins, work, strict=True):
        e = part.y - part.x @ b
        total += float(np.einsum("bi,bij,bj->", e, w, e))
    return total


def slope(
    problem: Problem, fitted: Fitted, work: list[tuple[Array, ...]], method: Method
) -> tuple[Array, Array]:
    """Return the slope of the log likelihood by each parameter, and the expected information."""
    count = len(work[0]) - 2
    p = problem.p
    gradient, traces = np.zeros(count), np.zeros((count, count))
    bs, cs = np.zeros((count, p, p)), np.zeros((count, count, p, p))
    for part, (w, wx, *slopes) in zip(problem.bins, work, strict=True):
        u = (w @ (part.y - part.x @ fitted.b)[:, :, None])[:, :, 0]
        wd = [w @ d for d in slopes]
        dwx = [d @ wx for d in slopes]
        for j in range(count):
            gradient[j] += float(np.einsum("bi,bij,bj->", u, slopes[j], u))
            gradient[j] -= float(np.trace(wd[j], axis1=1, axis2=2).sum())
            bs[j] += np.einsum("bnp,bnq->pq", wx, dwx[j])
            for i in range(j + 1):
                traces[i, j] += float((wd[i] * wd[j].transpose(0, 2, 1)).sum())
                if method == "REML":
                    cs[i, j] += np.einsum("bnp,bnq->pq", dwx[i], w @ dwx[j])
    if method == "REML":
        ab = fitted.vcov @ bs
        gradient += np.trace(ab, axis1=1, axis2=2)
        for j in range(count):
            for i in range(j + 1):
                traces[i, j] += float(
                    (ab[i] * ab[j].T).sum() - 2 * (fitted.vcov * cs[i, j].T).sum()
                )
    information = np.triu(traces) + np.triu(traces, 1).T
    return gradient / 2, information / 2
