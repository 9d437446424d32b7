"""Weighted least squares of k effects: checks, and the sums that every estimator is made of.

The model is y ~ N(X b, diag(v + tau2)) with w = 1/(v + tau2) and P = W - WX(X'WX)^-1 X'W. No matrix
larger than p x p is built, so that the cost is O(k p²).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError

Array = NDArray[np.float64]
LARGEST = 1e50  # beyond it, powers of the weights leave the range of double precision


class Terms(NamedTuple):
    """The sums at one tau2: those of w, the traces of P and PP, and y'Py, y'PPy, y'PPPy."""

    w: Array
    residual: Array
    coefficients: Array
    covariance: Array
    w_sum: float
    ww_sum: float
    trace_p: float
    trace_pp: float
    q: float
    qq: float
    qqq: float


class Effects(NamedTuple):
    """Checked effects: k values y with variances v, and the orthonormal design q (None: a mean)."""

    y: Array
    v: Array
    q: Array | None = None

    @property
    def df(self) -> int:
        """Return k - p."""
        return int(self.y.size) - (1 if self.q is None else int(self.q.shape[1]))

    def terms(self, tau2: float) -> Terms:
        """Return the sums at a between-study variance."""
        if self.q is None:
            return _mean_terms(self.y, self.v, tau2)
        return _design_terms(self.y, self.v, self.q, tau2)

    def log_determinant(self, terms: Terms) -> float:
        """Return log det X'WX - log det X'X."""
        if self.q is None:
            return math.log(terms.w_sum / self.y.size)
        return -float(np.linalg.slogdet(terms.covariance)[1])


def checked(effects: ArrayLike, variances: ArrayLike, *, least: int = 1) -> Effects:
    """Return effects and variances as arrays, or say what is wrong with them.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    least:
        The fewest studies that will do.

    Raises
    ------
    InputError
        If shapes differ, a number is not finite, a variance is not above 0 or studies are too few.
    """
    y, v = _numbers(effects, "effects"), _numbers(variances, "variances")
    if y.ndim != 1 or y.shape != v.shape:
        raise InputError(
            "pooling needs a list of effects and one variance for each, "
            f"got shapes {y.shape} and {v.shape}; give lists of one length"
        )
    if y.size < least:
        raise InputError(f"this needs {least} {_studies(least)} or more, got {y.size}; add studies")
    for i in np.flatnonzero(~np.isfinite(y))[:1]:
        raise InputError(f"effect {i + 1} is {y[i]}; leave the study out or give a finite number")
    for i in np.flatnonzero(~(np.isfinite(v) & (v > 0)))[:1]:
        raise InputError(f"variance {i + 1} is {v[i]}; give a finite number above 0")
    if np.abs(y).max() > LARGEST or v.max() > LARGEST or v.min() < 1 / LARGEST:
        raise InputError(
            "effects or variances leave the range of computation (1e-50 to 1e50); change their unit"
        )
    return Effects(y, v)


def _studies(count: int) -> str:
    return "study" if count == 1 else "studies"


def _numbers(values: ArrayLike, name: str) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"the {name} are not all numbers; give one for each study") from None


def check_level(level: float) -> None:
    """Refuse the level of an interval that does not lie between 0 and 1.

    Raises
    ------
    InputError
        If it does not.
    """
    if not 0 < level < 1:
        raise InputError(f"the level of an interval lies between 0 and 1, got {level}; give 0.95")


def _mean_terms(y: Array, v: Array, tau2: float) -> Terms:
    """Return the sums about a mean.

    Effects are taken from the heaviest study, and its own differences from the others' sums: one
    study that outweighs all others then leaves no rounding error larger than their weight.
    """
    heavy = int(v.argmin())
    w = 1 / (v + tau2)
    ww = w * w
    total, w2 = float(w.sum()), float(ww.sum())
    others, others2 = total - w, w2 - ww
    others[heavy] = w[:heavy].sum() + w[heavy + 1 :].sum()
    others2[heavy] = ww[:heavy].sum() + ww[heavy + 1 :].sum()
    from_heavy = y - y[heavy]
    shift = float(w @ from_heavy) / total
    residual = from_heavy - shift
    u = w * residual
    bend = u - u[heavy]
    bend -= float(w @ bend) / total
    diagonal = w * others / total
    return Terms(
        w=w,
        residual=residual,
        coefficients=np.array([y[heavy] + shift]),
        covariance=np.array([[1 / total]]),
        w_sum=total,
        ww_sum=w2,
        trace_p=float(diagonal.sum()),
        trace_pp=float(diagonal @ diagonal) + float(ww @ others2) / total**2,
        q=float(u @ residual),
        qq=float(u @ u),
        qqq=float((w * bend) @ bend),
    )


def _design_terms(y: Array, v: Array, x: Array, tau2: float) -> Terms:
    w = 1 / (v + tau2)
    wx = x * w[:, None]
    inverse: Array = np.linalg.inv(x.T @ wx).astype(np.float64, copy=False)
    coefficients = inverse @ (wx.T @ y)
    residual = y - x @ coefficients
    u = w * residual
    second = inverse @ (wx.T @ wx)
    third = inverse @ ((wx * w[:, None]).T @ wx)
    bend = wx.T @ u
    total, w2 = float(w.sum()), float(w @ w)
    return Terms(
        w=w,
        residual=residual,
        coefficients=coefficients,
        covariance=inverse,
        w_sum=total,
        ww_sum=w2,
        trace_p=total - float(np.trace(second)),
        trace_pp=w2 - 2 * float(np.trace(third)) + float((second * second.T).sum()),
        q=float(u @ residual),
        qq=float(u @ u),
        qqq=float((w * u) @ u - bend @ inverse @ bend),
    )


def normal_quantile(level: float) -> float:
    """Return the two-sided normal quantile of a level."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def t_quantile(level: float, df: float) -> float:
    """Return the two-sided quantile of t with df degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


def normal_p(z: float) -> float:
    """Return the two-sided p of a normal statistic."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def t_p(t: float, df: float) -> float:
    """Return the two-sided p of a t statistic."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def chi2_p(q: float, df: float) -> float:
    """Return the upper tail of chi-squared; 1 without degrees of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(df, q)) if df > 0 else 1.0


def climb(
    slope: Callable[[float], tuple[float, float, float]], start: float, scale: float
) -> float:
    """Return a maximum above 0 of a function of tau2 that rises at 0 and falls in the end.

    Newton's step where the curve bends down, Fisher's elsewhere; a step that leaves the bracket of
    the score's sign halves it instead, so that a maximum is always reached.

    Parameters
    ----------
    slope:
        tau2 to (score, expected information, observed information).
    start:
        Where to begin, above 0.
    scale:
        A variance of the problem's size, for the stopping rule.
    """
    low, high, tau2 = 0.0, math.inf, start
    for step in range(200):
        score, expected, observed = slope(tau2)
        low, high = (tau2, high) if score > 0 else (low, tau2)
        newton = observed > 0 and step < 40
        new = tau2 + score / (observed if newton else expected)
        if not low <= new <= high and newton:
            newton, new = False, tau2 + score / expected
        if not low <= new <= high or step >= 40:
            newton, new = False, (low + high) / 2 if high < math.inf else 2 * tau2 + scale
        if abs(new - tau2) <= (1e-9 if newton else 1e-14) * (new + scale * 1e-3):
            return new
        tau2 = new
    return tau2
