"""Between-study variance tau2: eight estimators, its standard error, I², H² and an interval."""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.weighted import (
    Array,
    Effects,
    Terms,
    check_level,
    checked,
    chi2_p,
    climb,
)

Method = Literal["DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
METHODS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
GRID = 16


class Heterogeneity(Record):
    """How far effects scatter beyond sampling error: tau2 with its standard error, and Cochran's Q.

    I² and H² follow from tau2 and the typical sampling variance of Higgins and Thompson.
    """

    method: str
    tau2: float
    tau2_se: float
    i2_percent: float
    h2: float
    q: float
    q_df: int
    q_p: float

    @property
    def tau(self) -> float:
        """Return the between-study standard deviation."""
        return math.sqrt(self.tau2)


class HeterogeneityInterval(Record):
    """Q-profile bounds of tau2, and of I² and H² with it; `empty` says that no tau2 fits."""

    level: float
    tau2: tuple[float, float]
    i2_percent: tuple[float, float]
    h2: tuple[float, float]
    empty: bool = False

    @property
    def tau(self) -> tuple[float, float]:
        """Return the bounds of the between-study standard deviation."""
        return math.sqrt(self.tau2[0]), math.sqrt(self.tau2[1])


class Variance(NamedTuple):
    """tau2 with its standard error and the sums at 0 and at tau2."""

    tau2: float
    se: float
    zero: Terms
    at: Terms


def _spread(data: Effects) -> float:
    """Return Hedges' unweighted estimate, which may be below 0."""
    y, v, q = data
    if q is None:
        centred = y - y.mean()
        return float(centred @ centred) / data.df - float(v.mean())
    residual = y - q @ (q.T @ y)
    return (float(residual @ residual) - float(v.sum() - ((q * q).T @ v).sum())) / data.df


def _dersimonian_laird(data: Effects, zero: Terms) -> tuple[float, float]:
    return max(0.0, (zero.q - data.df) / zero.trace_p), zero.trace_p


def _hunter_schmidt(data: Effects, zero: Terms) -> tuple[float, float]:
    return max(0.0, (zero.q - data.y.size) / zero.w_sum), zero.w_sum


def _moment_se(data: Effects, zero: Terms, tau2: float, divisor: float) -> float:
    variance = 2 * data.df + 4 * tau2 * zero.trace_p + 2 * tau2**2 * zero.trace_pp
    return math.sqrt(variance) / divisor


def _sandwich(data: Effects, inverse: Array, weights: Array) -> Array:
    """Return (X'WX)^-1 X' diag(weights) X."""
    x = np.ones((data.y.size, 1)) if data.q is None else data.q
    result: Array = inverse @ (x.T @ (x * weights[:, None]))
    return result


def _quadratic_variance(data: Effects, at: Terms, tau2: float) -> float:
    """Return the variance of y'Py, P at other weights than those of tau2 (HE, SJ)."""
    w, v, inverse = at.w, data.v, at.covariance
    s21 = _sandwich(data, inverse, w**2 * v)
    s2 = _sandwich(data, inverse, w**2)
    pvpv = ((w * v) ** 2).sum() - 2 * np.trace(_sandwich(data, inverse, w**3 * v**2))
    ppv = (w**2 * v).sum() - 2 * np.trace(_sandwich(data, inverse, w**3 * v))
    pvpv += (s21 * s21.T).sum()
    ppv += (s21 * s2.T).sum()
    return float(2 * pvpv + 4 * tau2 * ppv + 2 * tau2**2 * at.trace_pp)


def _hedges(data: Effects) -> tuple[float, float]:
    tau2 = max(0.0, _spread(data))
    flat = Effects(data.y, np.ones_like(data.v), data.q).terms(0.0)
    return tau2, math.sqrt(_quadratic_variance(data, flat, tau2)) / data.df


def _sidik_jonkman(data: Effects) -> tuple[float, float]:
    """Return Sidik and Jonkman's tau2, started at the variance of the effects about their mean."""
    first = float(np.var(data.y))
    if first == 0:
        return 0.0, 0.0
    at = data.terms(first)
    tau2 = first * at.q / data.df
    return tau2, first / data.df * math.sqrt(_quadratic_variance(data, at, tau2))


def generalised_q_root(data: Effects, target: float, zero: Terms) -> float:
    """Return the tau2 at which the generalised Q falls to a target; 0 if it starts below.

    1/Q rises and is concave, so Newton's steps on it approach the root from one side.

    References
    ----------
    Paule & Mandel (1982), Journal of Research of the National Bureau of Standards 87:377-385.
    """
    terms, tau2 = zero, 0.0
    for _ in range(200):
        if terms.q <= target:
            break
        step = terms.q * (terms.q - target) / (target * terms.qq)
        tau2 += step
        if step <= 1e-9 * tau2:
            break
        terms = data.terms(tau2)
    return tau2


def log_likelihood(data: Effects, terms: Terms, *, restricted: bool) -> float:
    """Return the normal log-likelihood at the sums' tau2, full or restricted."""
    count = data.df if restricted else int(data.y.size)
    value = float(np.log(terms.w).sum()) - terms.q - count * math.log(2 * math.pi)
    if restricted:
        value -= data.log_determinant(terms)
    return value / 2


def _slope(data: Effects, *, restricted: bool) -> Callable[[float], tuple[float, float, float]]:
    def slope(tau2: float) -> tuple[float, float, float]:
        t = data.terms(tau2)
        trace, square = (t.trace_p, t.trace_pp) if restricted else (t.w_sum, t.ww_sum)
        return t.qq - trace, square, 2 * t.qqq - square

    return slope


def _likelihood(data: Effects, zero: Terms, *, restricted: bool) -> float:
    """Return the tau2 of the highest (restricted) likelihood.

    Where the likelihood falls at 0 it can still have a maximum further out: a grid looks for one,
    and the higher of the two is taken.
    """
    slope = _slope(data, restricted=restricted)
    scale = float(data.v.min())
    if zero.qq > (zero.trace_p if restricted else zero.w_sum):
        start = max(_spread(data), _dersimonian_laird(data, zero)[0], scale * 1e-3)
        return climb(slope, start, scale)
    top = float(np.ptp(data.y)) ** 2
    if top <= scale * 1e-2:  # score is below 0 wherever tau2 > range²
        return 0.0
    for tau2 in np.geomspace(top, scale * 1e-2, GRID):
        if slope(float(tau2))[0] > 0:
            other = climb(slope, float(tau2), scale)
            here, there = zero, data.terms(other)
            gain = log_likelihood(data, there, restricted=restricted)
            return other if gain > log_likelihood(data, here, restricted=restricted) else 0.0
    return 0.0


def _likelihood_se(terms: Terms, *, restricted: bool) -> float:
    return math.sqrt(2 / (terms.trace_pp if restricted else terms.ww_sum))


def check_method(method: str) -> None:
    """Refuse an estimator of tau2 that does not exist.

    Raises
    ------
    InputError
        If it does not.
    """
    if method not in METHODS:
        raise InputError(
            f"unknown estimator of tau2 '{method}'; "
            f"choose {', '.join(METHODS[:-1])} or {METHODS[-1]}"
        )


def variance(data: Effects, method: Method) -> Variance:
    """Return tau2 by a named method, with its standard error and the sums at 0 and at tau2.

    Raises
    ------
    InputError
        If the method is unknown, or there are no more studies than coefficients.
    """
    check_method(method)
    if data.df < 1:
        raise InputError(
            f"the between-study variance needs more studies than coefficients, got {data.y.size} "
            f"and {data.y.size - data.df}; add studies or drop moderators"
        )
    zero = data.terms(0.0)
    if method in ("ML", "REML"):
        restricted = method == "REML"
        tau2 = _likelihood(data, zero, restricted=restricted)
        at = data.terms(tau2) if tau2 else zero
        return Variance(tau2, _likelihood_se(at, restricted=restricted), zero, at)
    if method in ("PM", "EB"):
        tau2 = generalised_q_root(data, data.df, zero)
        at = data.terms(tau2) if tau2 else zero
        se = math.sqrt(2 / data.df) * data.y.size / at.w_sum
    elif method in ("DL", "HS"):
        rule = _dersimonian_laird if method == "DL" else _hunter_schmidt
        tau2, divisor = rule(data, zero)
        se = _moment_se(data, zero, tau2, divisor)
    else:
        tau2, se = (_hedges if method == "HE" else _sidik_jonkman)(data)
    return Variance(tau2, se, zero, data.terms(tau2))


def typical_variance(data: Effects, zero: Terms) -> float:
    """Return the typical sampling variance behind I² (Higgins and Thompson 2002)."""
    return data.df / zero.trace_p


def describe(data: Effects, method: str, found: Variance) -> Heterogeneity:
    """Return the record of an estimated between-study variance."""
    typical = typical_variance(data, found.zero)
    return Heterogeneity(
        method=method,
        tau2=found.tau2,
        tau2_se=found.se,
        i2_percent=100 * found.tau2 / (found.tau2 + typical),
        h2=1 + found.tau2 / typical,
        q=found.zero.q,
        q_df=data.df,
        q_p=chi2_p(found.zero.q, data.df),
    )


def heterogeneity(
    effects: ArrayLike, variances: ArrayLike, *, method: Method = "REML"
) -> Heterogeneity:
    """Estimate how far k ≥ 2 effects scatter around their mean beyond sampling error.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    method:
        DL (DerSimonian-Laird), HE (Hedges), HS (Hunter-Schmidt), SJ (Sidik-Jonkman), ML, REML, EB
        (empirical Bayes) or PM (Paule-Mandel).

    Raises
    ------
    InputError
        If there are fewer than two effects, or numbers cannot be used.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293.
    """
    data = checked(effects, variances, least=2)
    return describe(data, method, variance(data, method))


def q_profile_of(data: Effects, *, level: float = 0.95) -> HeterogeneityInterval:
    """Return the Q-profile interval of checked effects; see `q_profile`."""
    from scipy.special import chdtri

    check_level(level)
    zero = data.terms(0.0)
    typical = typical_variance(data, zero)
    upper, lower = (float(chdtri(data.df, (1 + side * level) / 2)) for side in (1, -1))
    low, high = generalised_q_root(data, lower, zero), generalised_q_root(data, upper, zero)
    return HeterogeneityInterval(
        level=level,
        tau2=(low, high),
        i2_percent=(100 * low / (low + typical), 100 * high / (high + typical)),
        h2=(1 + low / typical, 1 + high / typical),
        empty=zero.q < upper,
    )


def q_profile(
    effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95
) -> HeterogeneityInterval:
    """Return the interval of tau2 whose generalised Q lies between two chi-squared quantiles.

    Parameters
    ----------
    effects:
        Shape (k,), k ≥ 2.
    variances:
        Sampling variances, shape (k,); above 0.
    level:
        Of the interval.

    Raises
    ------
    InputError
        If there are fewer than two effects, or numbers cannot be used.

    References
    ----------
    Viechtbauer (2007), Statistics in Medicine 26:37-52.
    """
    return q_profile_of(checked(effects, variances, least=2), level=level)
