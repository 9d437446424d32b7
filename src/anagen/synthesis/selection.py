"""Step selection model: studies published with a chance that depends on their one-sided p."""

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.heterogeneity import log_likelihood, variance
from anagen.synthesis.pairwise import Interval, normal_interval
from anagen.synthesis.small_study import LEAST, NotEvaluable
from anagen.synthesis.weighted import (
    Array,
    Effects,
    check_level,
    checked,
    chi2_p,
    normal_quantile,
)

FAINTEST = 1e-6  # a relative chance beyond this is a likelihood that runs away


class SelectionModel(Record):
    """The mean effect behind step selection, by maximum likelihood.

    `chances` are relative to that of the first interval of p. A tau2 of 0 lies on its boundary:
    `tau2_se` is then None and the other errors hold it there. The likelihood-ratio test asks
    whether all chances are 1.
    """

    steps: tuple[float, ...]
    alternative: str
    studies_by_interval: tuple[int, ...]
    estimate: float
    wald_z: Interval
    tau2: float
    tau2_se: float | None
    chances: tuple[float, ...]
    chances_se: tuple[float | None, ...]
    log_likelihood: float
    ratio: float
    ratio_df: int
    ratio_p: float


class _Setting(NamedTuple):
    y: Array
    v: Array
    cuts: Array  # effects at the inner steps, shape (J-1, k)
    counts: Array  # studies in each of J intervals


class _Point(NamedTuple):
    """The log-likelihood with its slope and curvature in (mu, tau2, chances after the first)."""

    value: float
    slope: Array
    curvature: Array


def _normal_part(s: _Setting, mu: float, tau2: float) -> tuple[float, Array, Array]:
    variance = s.v + tau2
    w, e = 1 / variance, s.y - mu
    value = -0.5 * float((np.log(2 * math.pi * variance) + w * e * e).sum())
    cross = -float((w**2 * e).sum())
    slope = np.array([(w * e).sum(), 0.5 * ((w * e) ** 2 - w).sum()])
    bend = 0.5 * float((w**2).sum()) - float((w**3 * e * e).sum())
    return value, slope, np.array([[-float(w.sum()), cross], [cross, bend]])


def _tails(s: _Setting, mu: float, tau2: float) -> tuple[Array, Array, Array]:
    """Return F, the chance of an effect above each cut, with its two slopes and three curvatures.

    Shapes (J-1, k), (2, J-1, k) and (3, J-1, k), the last for mu², mu x tau2 and tau2².
    """
    from scipy.special import ndtr

    variance = s.v + tau2
    sigma = np.sqrt(variance)
    b = (s.cuts - mu) / sigma
    density = np.exp(-0.5 * b * b) / math.sqrt(2 * math.pi)
    first = np.stack([density / sigma, 0.5 * b * density / variance])
    second = np.stack(
        [
            b * density / variance,
            0.5 * (b * b - 1) * density / (sigma * variance),
            0.25 * b * (b * b - 3) * density / variance**2,
        ]
    )
    return ndtr(-b), first, second


def _point(s: _Setting, mu: float, tau2: float, chances: Array) -> _Point:
    value, slope2, bend2 = _normal_part(s, mu, tau2)
    tail, first, second = _tails(s, mu, tau2)
    k, j = s.y.size, chances.size  # `chances` without the first, which is 1
    steps = np.diff(np.concatenate([[1.0], chances]))
    ends = np.concatenate([tail, np.ones((1, k))])
    share = ends[1:] - ends[:-1]  # of each interval after the first
    published = np.maximum(tail[0] + chances @ share, 1e-200)
    grow = np.empty((2 + j, k))  # slopes of `published`
    grow[:2] = -np.einsum("m,amk->ak", steps, first)
    grow[2:] = share
    bend = np.zeros((2 + j, 2 + j, k))
    mm, mt, tt = -np.einsum("m,amk->ak", steps, second)
    bend[0, 0], bend[1, 1], bend[0, 1], bend[1, 0] = mm, tt, mt, mt
    moved = np.concatenate([first, np.zeros((2, 1, k))], axis=1)
    bend[:2, 2:] = moved[:, 1:] - moved[:, :-1]
    bend[2:, :2] = bend[:2, 2:].transpose(1, 0, 2)
    ratio = grow / published
    slope = -ratio.sum(axis=1)
    curvature = ratio @ ratio.T - (bend / published).sum(axis=2)
    slope[:2] += slope2
    slope[2:] += s.counts[1:] / chances
    curvature[:2, :2] += bend2
    curvature[2:, 2:] -= np.diag(s.counts[1:] / chances**2)
    value += float(s.counts[1:] @ np.log(chances)) - float(np.log(published).sum())
    return _Point(value, slope, curvature)


def _in_logs(point: _Point, chances: Array) -> _Point:
    """Return the point with the chances by their logarithms."""
    scale = np.concatenate([[1.0, 1.0], chances])
    curvature = point.curvature * np.outer(scale, scale)
    curvature[2:, 2:] += np.diag(point.slope[2:] * chances)
    return _Point(point.value, point.slope * scale, curvature)


def _maximise(s: _Setting, mu: float, tau2: float, chances: Array) -> tuple[float, float, Array]:
    """Climb by Newton's steps, damped until each rises; tau2 stays at 0 where it would fall."""
    damping = 1e-3
    here = _in_logs(_point(s, mu, tau2, chances), chances)
    for _ in range(300):
        free = np.ones(here.slope.size, dtype=bool)
        free[1] = tau2 > 0 or here.slope[1] > 0
        size = np.diag(np.maximum(np.abs(np.diag(here.curvature)), 1e-12))
        matrix = (damping * size - here.curvature)[np.ix_(free, free)]
        step = np.zeros(free.size)
        if np.linalg.eigvalsh(matrix)[0] > 0:
            step[free] = np.linalg.solve(matrix, here.slope[free])
            step[2:] = np.clip(step[2:], -2, 2)
            moved = np.clip(np.log(chances) + step[2:], -30, 30)
            trial = float(mu + step[0]), max(0.0, float(tau2 + step[1])), np.exp(moved)
            there = _in_logs(_point(s, *trial), trial[2])
            if there.value >= here.value:
                gain = there.value - here.value
                (mu, tau2, chances), here = trial, there
                damping = max(damping / 10, 1e-14)
                small = np.abs(step) <= 1e-11 * (np.abs([mu, tau2, *([1.0] * chances.size)]) + 1e-9)
                if gain <= 1e-13 * (1 + abs(here.value)) and (small.all() or damping <= 1e-13):
                    break
                continue
        damping *= 10
        if damping > 1e12:
            break
    return float(mu), float(tau2), chances


def _best(s: _Setting, mu: float, tau2: float) -> tuple[float, float, Array]:
    """Return the highest of the maxima that several starts reach."""
    j = s.counts.size - 1
    starts = [(mu, tau2, np.full(j, c)) for c in (1.0, 0.2)]
    starts.append((0.5 * mu, 0.5 * tau2, np.full(j, 0.5)))
    found = [_maximise(s, *start) for start in starts]
    return max(found, key=lambda at: _point(s, *at).value)


def _peaked(point: _Point, chances: Array, *, at_zero: bool) -> bool:
    """Return whether the likelihood bends down in every direction, chances within reason."""
    free = [i for i in range(point.slope.size) if not (at_zero and i == 1)]
    if not (chances.min() > FAINTEST and chances.max() < 1 / FAINTEST):
        return False
    scale = np.concatenate([[1.0, 1.0], chances])
    matrix = -(point.curvature * np.outer(scale, scale))[np.ix_(free, free)]
    size = np.diag(matrix)
    if (size <= 0).any():
        return False
    unit = matrix / np.sqrt(np.outer(size, size))
    return bool(np.linalg.eigvalsh(unit)[0] > 1e-9)


def _errors(point: _Point, *, at_zero: bool) -> Array:
    """Return standard errors; NaN where tau2 is held at 0."""
    free = [i for i in range(point.slope.size) if not (at_zero and i == 1)]
    errors = np.full(point.slope.size, math.nan)
    errors[free] = np.sqrt(np.diag(np.linalg.inv(-point.curvature[np.ix_(free, free)])))
    return errors


def _setting(data: Effects, inner: tuple[float, ...]) -> tuple[_Setting, NDArray[np.int64]]:
    from scipy.special import ndtr, ndtri

    se = np.sqrt(data.v)
    p = ndtr(-data.y / se)
    place = np.searchsorted(np.array(inner), p, side="left")
    counts = np.bincount(place, minlength=len(inner) + 1)
    cuts = -ndtri(np.array(inner))[:, None] * se
    return _Setting(data.y, data.v, cuts, counts.astype(np.float64)), counts


def _reason(k: int, counts: NDArray[np.int64], *, any_k: bool) -> str:
    least = counts.size + 2 if any_k else LEAST
    if k < least:
        return f"not evaluable: fewer than {least} studies ({k})"
    empty = [str(i + 1) for i in np.flatnonzero(counts == 0)]
    if empty:
        return f"not evaluable: no study has its p in interval {' or '.join(empty)} of the steps"
    return ""


def selection_model(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    steps: tuple[float, ...] = (0.025,),
    alternative: Literal["greater", "less"] = "greater",
    level: float = 0.95,
    any_k: bool = False,
) -> SelectionModel | NotEvaluable:
    """Estimate the mean effect behind publication that depends on one-sided p (sensitivity).

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    steps:
        Where the chance changes, rising between 0 and 1.
    alternative:
        The direction that publication favours.
    level:
        Of the interval.
    any_k:
        Answer with fewer than ten studies too.

    Raises
    ------
    InputError
        If steps or numbers cannot be used.

    References
    ----------
    Vevea & Hedges (1995), Psychometrika 60:419-435.
    """
    check_level(level)
    inner = tuple(s for s in steps if s != 1)
    if not inner or list(inner) != sorted(set(inner)) or not (inner[0] > 0 and inner[-1] < 1):
        raise InputError(f"steps of p rise between 0 and 1, got {steps}; give for example 0.025")
    if alternative not in ("greater", "less"):
        raise InputError(f"the alternative is '{alternative}'; choose greater or less")
    given = checked(effects, variances)
    sign = -1.0 if alternative == "less" else 1.0
    data = Effects(sign * given.y, given.v)
    setting, counts = _setting(data, inner)
    reason = _reason(data.y.size, counts, any_k=any_k)
    if reason:
        return NotEvaluable(reason=reason)
    ml = variance(data, "ML")
    mu, tau2, chances = _best(setting, float(ml.at.coefficients[0]), ml.tau2)
    point = _point(setting, mu, tau2, chances)
    if not _peaked(point, chances, at_zero=tau2 == 0):
        return NotEvaluable(reason="not evaluable: the likelihood has no peak for these studies")
    errors = _errors(point, at_zero=tau2 == 0).tolist()
    ratio = max(0.0, 2 * (point.value - log_likelihood(data, ml.at, restricted=False)))
    return SelectionModel(
        steps=(*inner, 1.0), alternative=alternative,
        studies_by_interval=tuple(counts.tolist()), estimate=sign * mu,
        wald_z=normal_interval(sign * mu, errors[0], normal_quantile(level)), tau2=tau2,
        tau2_se=None if tau2 == 0 else errors[1], chances=(1.0, *chances.tolist()),
        chances_se=(None, *errors[2:]), log_likelihood=point.value, ratio=ratio,
        ratio_df=len(inner), ratio_p=chi2_p(ratio, len(inner)),
    )  # fmt: skip
