"""Pool many sets of effects at once: resamples of studies, and sets with studies left out.

Arrays are B sets x k studies. A study with infinite variance has no weight: it is left out.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.weighted import Array, check_level, checked

GRID = 16
CELLS = 1 << 15  # of a block of sets, whose twenty or so arrays then stay in the cache
ManyMethod = Literal["REML", "DL", "common"]


class _Sums(NamedTuple):
    """The sums of `weighted.Terms`, one of each for every set."""

    mean: Array
    w_sum: Array
    trace_p: Array
    trace_pp: Array
    q: Array
    qq: Array
    qqq: Array
    w: Array


@dataclass(frozen=True, slots=True, eq=False)
class PooledSets:
    """Pooled effects of B sets: estimate, standard error, tau2 and heterogeneity, each shape (B,).

    `typical` is the typical sampling variance behind I²; `studies` counts those with weight.
    """

    estimate: Array
    se: Array
    tau2: Array
    q: Array
    studies: NDArray[np.int64]
    typical: Array


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapPool:
    """Pooled effects and tau2 of resampled studies, with percentile bounds at `level`."""

    estimates: Array
    tau2: Array
    level: float
    interval: tuple[float, float]
    tau2_interval: tuple[float, float]
    se: float
    seed: int


def _row(a: Array, b: Array) -> Array:
    result: Array = np.einsum("bk,bk->b", a, b)
    return result


def _sums(y: Array, v: Array, tau2: Array) -> _Sums:
    """Return the sums about each mean, taken from the heaviest study as in `weighted`."""
    rows, heavy = np.arange(tau2.size), v.argmin(axis=1)
    w = 1 / (v + tau2[:, None])
    ww = w * w
    total, w2 = w.sum(axis=1), ww.sum(axis=1)
    others, others2 = total[:, None] - w, w2[:, None] - ww
    others[rows, heavy] = _but(w, rows, heavy)
    others2[rows, heavy] = _but(ww, rows, heavy)
    first = y[rows, heavy]
    from_heavy = y - first[:, None]
    shift = _row(w, from_heavy) / total
    residual = from_heavy - shift[:, None]
    u = w * residual
    bend = u - u[rows, heavy][:, None]
    bend -= (_row(w, bend) / total)[:, None]
    diagonal = w * others / total[:, None]
    return _Sums(
        mean=first + shift,
        w_sum=total,
        trace_p=diagonal.sum(axis=1),
        trace_pp=_row(diagonal, diagonal) + _row(ww, others2) / total**2,
        q=_row(u, residual),
        qq=_row(u, u),
        qqq=_row(w * bend, bend),
        w=w,
    )


def _but(a: Array, rows: NDArray[np.int64], left_out: NDArray[np.intp]) -> Array:
    """Return the sum of each row without one entry."""
    rest = a.copy()
    rest[rows, left_out] = 0
    result: Array = rest.sum(axis=1)
    return result


def _restricted(sums: _Sums) -> Array:
    """Return twice the restricted log-likelihood, but for a constant."""
    weights = np.where(sums.w > 0, sums.w, 1.0)
    result: Array = np.log(weights).sum(axis=1) - np.log(sums.w_sum) - sums.q
    return result


def _unweighted(y: Array, v: Array, included: NDArray[np.bool_]) -> Array:
    count = included.sum(axis=1)
    mean = np.where(included, y, 0.0).sum(axis=1) / count
    square = np.where(included, y - mean[:, None], 0.0) ** 2
    average = np.where(included, v, 0.0).sum(axis=1) / count
    result: Array = square.sum(axis=1) / np.maximum(count - 1, 1) - average
    return result


def _climb(y: Array, v: Array, start: Array, scale: Array) -> Array:
    """Return the maximum of each restricted likelihood by the steps of `weighted.climb`."""
    tau2 = start.copy()
    low, high = np.zeros_like(tau2), np.full_like(tau2, np.inf)
    rows = np.arange(tau2.size)
    for step in range(200):
        t, s = tau2[rows], scale[rows]
        sums = _sums(y[rows], v[rows], t)
        score, expected = sums.qq - sums.trace_p, sums.trace_pp
        observed = 2 * sums.qqq - expected
        low[rows] = np.where(score > 0, t, low[rows])
        high[rows] = np.where(score > 0, high[rows], t)
        below, above = low[rows], high[rows]
        newton = (observed > 0) & (step < 40)
        new = t + score / np.where(newton, observed, expected)
        outside = (new < below) | (new > above)
        newton &= ~outside
        new = np.where(outside, t + score / expected, new)
        outside = (new < below) | (new > above) | (step >= 40)
        middle = np.where(np.isfinite(above), (below + above) / 2, 2 * t + s)
        newton &= ~outside
        new = np.where(outside, middle, new)
        tau2[rows] = new
        limit = np.where(newton, 1e-9, 1e-14) * (new + s * 1e-3)
        rows = rows[np.abs(new - t) > limit]
        if rows.size == 0:
            break
    return tau2


def _far_maxima(y: Array, v: Array, zero: _Sums, scale: Array) -> Array:
    """Return tau2 where the likelihood falls at 0: mostly 0, or a higher maximum further out."""
    result = np.zeros(scale.size)
    top = np.ptp(np.where(np.isfinite(v), y, zero.mean[:, None]), axis=1) ** 2
    start = np.zeros(scale.size)
    wide = np.flatnonzero(top > scale * 1e-2)
    for share in np.linspace(0, 1, GRID):
        left = wide[start[wide] == 0]
        if left.size == 0:
            break
        t = top[left] ** (1 - share) * (scale[left] * 1e-2) ** share
        sums = _sums(y[left], v[left], t)
        rising = sums.qq > sums.trace_p
        start[left[rising]] = t[rising]
    some = np.flatnonzero(start)
    if some.size:
        there = _climb(y[some], v[some], start[some], scale[some])
        gain = _restricted(_sums(y[some], v[some], there)) > _restricted(
            _sums(y[some], v[some], np.zeros(some.size))
        )
        result[some] = np.where(gain, there, 0.0)
    return result


def _reml(y: Array, v: Array, zero: _Sums, studies: NDArray[np.int64]) -> Array:
    scale = v.min(axis=1)
    tau2 = np.zeros(scale.size)
    several = studies > 1
    rising = np.flatnonzero(several & (zero.qq > zero.trace_p))
    if rising.size:
        first = np.maximum(_unweighted(y, v, np.isfinite(v)), _dl(zero, studies))
        start = np.maximum(first, scale * 1e-3)[rising]
        tau2[rising] = _climb(y[rising], v[rising], start, scale[rising])
    falling = np.flatnonzero(several & ~(zero.qq > zero.trace_p))
    if falling.size:
        part = _Sums(*(field[falling] for field in zero))
        tau2[falling] = _far_maxima(y[falling], v[falling], part, scale[falling])
    return tau2


def _dl(zero: _Sums, studies: NDArray[np.int64]) -> Array:
    several = studies > 1
    excess = np.where(several, zero.q - (studies - 1), 0.0)
    result: Array = np.maximum(excess / np.where(several, zero.trace_p, 1.0), 0.0)
    return result


def _tau2(y: Array, v: Array, zero: _Sums, studies: NDArray[np.int64], method: str) -> Array:
    if method == "REML":
        return _reml(y, v, zero, studies)
    if method == "DL":
        return _dl(zero, studies)
    if method == "common":
        return np.zeros(studies.size)
    raise InputError(f"unknown estimator for many sets '{method}'; choose REML, DL or common")


def pool_sets(y: Array, v: Array, *, method: ManyMethod = "REML") -> PooledSets:
    """Pool every row of effects y with variances v.

    Parameters
    ----------
    y:
        Shape (B, k), finite.
    v:
        Shape (B, k), above 0; infinite leaves the study out.
    method:
        REML, DL or common (tau2 = 0).

    Raises
    ------
    InputError
        If the method is unknown.
    """
    height = max(1, CELLS // y.shape[1])
    blocks = [
        _pool_block(y[begin : begin + height], v[begin : begin + height], method)
        for begin in range(0, y.shape[0], height)
    ]
    return PooledSets(
        **{
            name: np.concatenate([getattr(b, name) for b in blocks])
            for name in PooledSets.__slots__
        }
    )


def _pool_block(y: Array, v: Array, method: ManyMethod) -> PooledSets:
    studies = np.isfinite(v).sum(axis=1)
    zero = _sums(y, v, np.zeros(y.shape[0]))
    tau2 = _tau2(y, v, zero, studies, method)
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    several = studies > 1
    return PooledSets(
        estimate=_row(w, y) / total,
        se=1 / np.sqrt(total),
        tau2=tau2,
        q=zero.q,
        studies=studies,
        typical=np.where(several, (studies - 1) / np.where(several, zero.trace_p, 1.0), 1.0),
    )


def bootstrap_pool(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    draws: int = 1000,
    seed: int,
    method: ManyMethod = "REML",
    level: float = 0.95,
) -> BootstrapPool:
    """Pool resamples of k ≥ 2 studies, drawn with replacement.

    Parameters
    ----------
    effects:
        Shape (k,), in one unit.
    variances:
        Sampling variances, shape (k,); above 0.
    draws:
        Number of resamples.
    seed:
        Of the draws; the same seed gives the same numbers.
    method:
        REML or DL.
    level:
        Of the percentile intervals.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    check_level(level)
    data = checked(effects, variances, least=2)
    if draws < 2:
        raise InputError(f"a bootstrap needs 2 draws or more, got {draws}; 1000 is usual")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"the seed is {seed!r}; give a whole number of 0 or more")
    picks = resamples(data.y.size, draws, seed)
    pooled = pool_sets(data.y[picks], data.v[picks], method=method)
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    low, high = np.quantile(pooled.estimate, ends).tolist()
    tau2_low, tau2_high = np.quantile(pooled.tau2, ends).tolist()
    return BootstrapPool(
        estimates=pooled.estimate,
        tau2=pooled.tau2,
        level=level,
        interval=(low, high),
        tau2_interval=(tau2_low, tau2_high),
        se=float(np.std(pooled.estimate, ddof=1)),
        seed=seed,
    )


def resamples(k: int, draws: int, seed: int) -> NDArray[np.int64]:
    """Return which study stands where in each resample, shape (draws, k)."""
    return np.random.default_rng(seed).integers(0, k, size=(draws, k))
