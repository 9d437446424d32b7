"""Do small studies say otherwise? Egger, Begg, PET-PEESE and the contour funnel.

With fewer than ten studies none of these can tell chance from bias: they answer with a reason
instead of a number, unless `any_k` asks for the number all the same.
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.pairwise import Interval, t_interval
from anagen.synthesis.regression import Regression, fit_regression
from anagen.synthesis.weighted import (
    Array,
    Effects,
    check_level,
    checked,
    normal_p,
    normal_quantile,
    t_quantile,
)

LEAST = 10
EXACT = 200  # up to it and without ties, Kendall's p is counted exactly, as metafor does
TIES = 1e-12


class NotEvaluable(Record):
    """Why a question has no answer here."""

    reason: str


class Egger(Record):
    """Egger's test: how effects change with their standard error, and the effect at error 0."""

    model: str
    slope: Interval
    slope_estimate: float
    limit: Interval
    limit_estimate: float
    tau2: float | None = None


class Begg(Record):
    """Begg and Mazumdar's rank test: Kendall's tau of standardised effects and variances.

    `p` is exact up to 200 studies without ties, else `p_asymptotic`.
    """

    kendall_tau: float
    p: float
    p_asymptotic: float
    exact: bool


class PrecisionEffect(Record):
    """PET and PEESE: the effect at a standard error (PET) or variance (PEESE) of 0.

    `estimate` follows the usual rule: PEESE's if PET's intercept differs from 0 at p < 0.1
    (two-sided), else PET's. Exploratory.
    """

    pet: Regression
    peese: Regression
    estimate: float
    rule: str


class ContourFunnel(Record):
    """Points of a funnel plot and, for each p, the half-width about 0 at the largest error.

    Contours are straight lines from (0, 0) to ± `half_width` at `largest_se`.
    """

    effects: tuple[float, ...]
    se: tuple[float, ...]
    p: tuple[float, ...]
    contours: tuple[tuple[float, float], ...]
    largest_se: float
    centre: float


def ready(
    effects: ArrayLike, variances: ArrayLike, *, any_k: bool, least: int = 3
) -> Effects | NotEvaluable:
    """Return checked effects, or why there are too few of them.

    Raises
    ------
    InputError
        If numbers cannot be used.
    """
    data = checked(effects, variances)
    k = int(data.y.size)
    if k < (least if any_k else LEAST):
        wanted = least if any_k else LEAST
        return NotEvaluable(reason=f"not evaluable: fewer than {wanted} studies ({k})")
    return data


def unequal(data: Effects) -> Effects | NotEvaluable:
    """Return the data, or why no trend over precision can be seen."""
    se = np.sqrt(data.v)
    if np.ptp(se) <= 1e-9 * se.max():
        return NotEvaluable(reason="not evaluable: all studies have the same standard error")
    return data


def egger(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    model: Literal["classical", "mixed"] = "classical",
    level: float = 0.95,
    any_k: bool = False,
) -> Egger | NotEvaluable:
    """Test whether effects change with their standard error.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    model:
        classical (weighted regression with a dispersion factor, t) or mixed (REML, normal).
    level:
        Of the intervals.
    any_k:
        Answer with fewer than ten studies too.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Egger et al. (1997), BMJ 315:629-634; Sterne & Egger (2005).
    """
    check_level(level)
    data = ready(effects, variances, any_k=any_k)
    data = data if isinstance(data, NotEvaluable) else unequal(data)
    if isinstance(data, NotEvaluable):
        return data
    se = np.sqrt(data.v)
    if model not in ("classical", "mixed"):
        raise InputError(f"unknown model of Egger's test '{model}'; choose classical or mixed")
    if model == "mixed":
        fit = fit_regression(data.y, data.v, se, ("standard_error",), level=level)
        limit, slope = fit.wald_z
        at = fit.estimate
        return Egger(
            model=model, slope=slope, slope_estimate=at[1], limit=limit, limit_estimate=at[0],
            tau2=fit.residual.tau2,
        )  # fmt: skip
    q, r = np.linalg.qr(np.column_stack([np.ones_like(se), se]))
    whole = Effects(data.y, data.v, q)
    terms, back = whole.terms(0.0), np.linalg.inv(r)
    b = (back @ terms.coefficients).tolist()
    spread = np.diag(back @ terms.covariance @ back.T) * terms.q / whole.df
    errors, t = np.sqrt(spread).tolist(), t_quantile(level, whole.df)
    limit, slope = (t_interval(b[i], errors[i], t, whole.df) for i in (0, 1))
    return Egger(model=model, slope=slope, slope_estimate=b[1], limit=limit, limit_estimate=b[0])


def _signs(a: Array) -> NDArray[np.int64]:
    """Return the sign of each pair's difference; values that rounding parts count as tied."""
    difference = a[:, None] - a[None, :]
    near = np.abs(difference) <= TIES * np.abs(a).max()
    upper = np.triu_indices(a.size, 1)
    return np.where(near, 0, np.sign(difference)).astype(np.int64)[upper]


def _tie_sizes(a: Array) -> Array:
    ordered = np.sort(a)
    new = np.concatenate([[True], np.diff(ordered) > TIES * np.abs(a).max()])
    return np.bincount(np.cumsum(new) - 1).astype(np.float64)


def _kendall_exact_p(concordant: int, k: int) -> float:
    """Return the two-sided p of Kendall's count by the distribution of inversions."""
    share = np.ones(1)
    for i in range(2, k + 1):
        share = np.convolve(share, np.full(i, 1 / i))
    pairs = k * (k - 1) // 2
    tail = share[concordant:] if 2 * concordant > pairs else share[: concordant + 1]
    return min(1.0, 2 * float(tail.sum()))


def _kendall(x: Array, z: Array) -> Begg:
    k = x.size
    sx, sz = _signs(x), _signs(z)
    score = int((sx * sz).sum())
    untied = math.sqrt(float((sx != 0).sum()) * float((sz != 0).sum()))
    if untied == 0:
        return Begg(kendall_tau=0.0, p=1.0, p_asymptotic=1.0, exact=False)
    tx, tz = _tie_sizes(x), _tie_sizes(z)
    v0, vt, vu = (float((n * (n - 1) * (2 * n + 5)).sum()) for n in (np.array([k]), tx, tz))
    one = float((tx * (tx - 1)).sum() * (tz * (tz - 1)).sum()) / (2 * k * (k - 1))
    two = float((tx * (tx - 1) * (tx - 2)).sum() * (tz * (tz - 1) * (tz - 2)).sum())
    spread = (v0 - vt - vu) / 18 + one + two / (9 * k * (k - 1) * (k - 2))
    p = normal_p(score / math.sqrt(spread))
    exact = k <= EXACT and bool((sx != 0).all() and (sz != 0).all())
    pairs = k * (k - 1) // 2
    return Begg(
        kendall_tau=score / untied,
        p=_kendall_exact_p((pairs + score) // 2, k) if exact else p,
        p_asymptotic=p,
        exact=exact,
    )


def begg(effects: ArrayLike, variances: ArrayLike, *, any_k: bool = False) -> Begg | NotEvaluable:
    """Test whether standardised effects and their variances are ranked alike.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    any_k:
        Answer with fewer than ten studies too.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Begg & Mazumdar (1994), Biometrics 50:1088-1101.
    """
    data = ready(effects, variances, any_k=any_k)
    data = data if isinstance(data, NotEvaluable) else unequal(data)
    if isinstance(data, NotEvaluable):
        return data
    zero = data.terms(0.0)
    return _kendall(zero.residual / np.sqrt(data.v - 1 / zero.w_sum), data.v)


def precision_effect(
    effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95, any_k: bool = False
) -> PrecisionEffect | NotEvaluable:
    """Extrapolate effects to a study without sampling error (PET-PEESE, exploratory).

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    level:
        Of the intervals.
    any_k:
        Answer with fewer than ten studies too.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Stanley & Doucouliagos (2014), Research Synthesis Methods 5:60-78.
    """
    data = ready(effects, variances, any_k=any_k)
    data = data if isinstance(data, NotEvaluable) else unequal(data)
    if isinstance(data, NotEvaluable):
        return data
    pet = fit_regression(data.y, data.v, np.sqrt(data.v), ("standard_error",), level=level)
    peese = fit_regression(data.y, data.v, data.v, ("variance",), level=level)
    first = pet.wald_z[0].p >= 0.1
    return PrecisionEffect(
        pet=pet,
        peese=peese,
        estimate=(pet if first else peese).estimate[0],
        rule="PET" if first else "PEESE",
    )


def contour_funnel(
    effects: ArrayLike, variances: ArrayLike, *, levels: tuple[float, ...] = (0.1, 0.05, 0.01)
) -> ContourFunnel:
    """Return what a contour-enhanced funnel plot shows; it judges nothing and needs no least k.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    levels:
        Two-sided p whose contours are wanted.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Peters et al. (2008), Journal of Clinical Epidemiology 61:991-996.
    """
    from scipy.special import ndtr

    for level in levels:
        check_level(level)
    data = checked(effects, variances)
    se = np.sqrt(data.v)
    largest = float(se.max())
    return ContourFunnel(
        effects=tuple(data.y.tolist()),
        se=tuple(se.tolist()),
        p=tuple((2 * ndtr(-np.abs(data.y) / se)).tolist()),
        contours=tuple((p, normal_quantile(1 - p) * largest) for p in levels),
        largest_se=largest,
        centre=float(data.terms(0.0).coefficients[0]),
    )
