"""Meta-regression: effects against moderators, with tau2 as the scatter that they leave."""

import math

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.heterogeneity import (
    Heterogeneity,
    HeterogeneityInterval,
    Method,
    Variance,
    describe,
    log_likelihood,
    q_profile_of,
    variance,
)
from anagen.synthesis.pairwise import Interval, normal_interval, t_interval
from anagen.synthesis.weighted import (
    Array,
    Effects,
    check_level,
    checked,
    chi2_p,
    normal_quantile,
    t_quantile,
)

UNEQUAL = 1e6  # ratio of variances beyond which one study hides the others from rounding
COLLINEAR = 1e-10  # share of a moderator's spread that the others leave unexplained
Matrix = tuple[tuple[float, ...], ...]


class Regression(Record):
    """Coefficients with every usual interval, tests of all moderators, and what they leave.

    `vcov` is that of the Wald model; Hartung and Knapp's is `s2w` times it, the guarded one
    max(1, s2w) times. R² compares tau2 with that of the model without moderators.
    """

    names: tuple[str, ...]
    method: str
    level: float
    studies: int
    estimate: tuple[float, ...]
    vcov: Matrix
    s2w: float
    wald_z: tuple[Interval, ...]
    wald_t: tuple[Interval, ...]
    hartung_knapp: tuple[Interval, ...]
    hartung_knapp_guarded: tuple[Interval, ...]
    residual: Heterogeneity
    log_likelihood_ml: float
    log_likelihood_reml: float
    r2_percent: float | None
    qm: float
    qm_df: int
    qm_p: float
    f: float
    f_df: tuple[int, int]
    f_p: float


class Predicted(Record):
    """The mean effect at given moderator values, with bounds for it and for a new study."""

    estimate: float
    se: float
    low: float
    high: float
    prediction: tuple[float, float]


def _design(x: ArrayLike, names: tuple[str, ...], k: int, *, intercept: bool) -> Array:
    """Return the design matrix, or say which moderators cannot be used."""
    try:
        columns = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("the moderators are not all numbers; code categories as 0 and 1") from None
    if columns.ndim == 1:
        columns = columns[:, None]
    if columns.shape != (k, len(names)):
        raise InputError(
            f"{k} studies and {len(names)} moderators need a table of {k} x {len(names)} values, "
            f"got shape {columns.shape}"
        )
    if len(set(names)) < len(names) or "intercept" in names:
        raise InputError(f"moderators {', '.join(names)} need names of their own; rename one")
    for i, name in enumerate(names):
        if not np.isfinite(columns[:, i]).all():
            raise InputError(f"moderator '{name}' lacks values; leave those studies out")
        if intercept and np.ptp(columns[:, i]) <= 1e-12 * np.abs(columns[:, i]).max():
            raise InputError(f"moderator '{name}' is the same in all studies; drop it")
    return np.column_stack([np.ones(k), columns]) if intercept else columns


def check_ratio(data: Effects) -> None:
    """Refuse variances so unequal that coefficients would be rounding errors.

    Raises
    ------
    InputError
        If the largest is more than a million times the smallest.
    """
    if data.v.max() > UNEQUAL * data.v.min():
        raise InputError(
            f"variance {int(data.v.argmax()) + 1} is over a million times variance "
            f"{int(data.v.argmin()) + 1}; check both"
        )


def _refuse_collinear(x: Array, names: tuple[str, ...]) -> None:
    """Refuse columns that others add up to, by name."""
    norm = np.sqrt((x * x).sum(axis=0))
    if (norm == 0).any():
        raise InputError(f"moderator '{names[int(np.argmin(norm))]}' is 0 in all studies; drop it")
    unit = x / norm
    if names[0] == "intercept":  # judged by the spread about the mean, not by the size
        centred = x[:, 1:] - x[:, 1:].mean(axis=0)
        unit = np.column_stack([unit[:, 0], centred / np.sqrt((centred**2).sum(axis=0))])
    _, size, rows = np.linalg.svd(unit, full_matrices=False)
    if size[-1] ** 2 > COLLINEAR:
        return
    involved = [n for n, part in zip(names, rows[-1], strict=True) if abs(part) > 1e-4]
    raise InputError(
        f"moderators {' and '.join(n for n in involved if n != 'intercept')} say the same in these "
        "studies (one is a sum of the others); drop one"
    )


def _orthonormal(x: Array) -> tuple[Array, Array]:
    """Return q with orthonormal columns and r^-1, where x = q r."""
    q, r = np.linalg.qr(x)
    return q, np.linalg.inv(r)


def _tests(
    estimate: Array, vcov: Array, s2w: float, df: int, first: int
) -> tuple[float, int, float, float, float]:
    """Return QM, its df and p, and F with its p, of the coefficients from `first` on."""
    from scipy.special import fdtrc

    b, c = estimate[first:], vcov[first:, first:]
    qm = float(b @ np.linalg.solve(c, b))
    f = qm / b.size / s2w if s2w > 0 else math.inf
    return qm, b.size, chi2_p(qm, b.size), f, float(fdtrc(b.size, df, f))


def _r2(data: Effects, method: Method, tau2: float, *, intercept: bool) -> float | None:
    if not intercept:
        return None
    whole = variance(Effects(data.y, data.v), method).tau2
    return max(0.0, 100 * (whole - tau2) / whole) if whole > 0 else None


def _record(
    data: Effects,
    found: Variance,
    back: Array,
    names: tuple[str, ...],
    method: Method,
    level: float,
) -> Regression:
    at, df, p = found.at, data.df, len(names)
    estimate, vcov = back @ at.coefficients, back @ at.covariance @ back.T
    se, s2w = np.sqrt(np.diag(vcov)), at.q / df
    z, t = normal_quantile(level), t_quantile(level, df)
    intercept = names[0] == "intercept"
    qm, qm_df, qm_p, f, f_p = _tests(estimate, vcov, s2w, df, 1 if intercept else 0)
    pairs = list(zip(estimate.tolist(), se.tolist(), strict=True))
    hk, guarded = math.sqrt(s2w), math.sqrt(max(1.0, s2w))
    return Regression(
        names=names,
        method=method,
        level=level,
        studies=df + p,
        estimate=tuple(estimate.tolist()),
        vcov=tuple(tuple(row) for row in vcov.tolist()),
        s2w=s2w,
        wald_z=tuple(normal_interval(b, s, z) for b, s in pairs),
        wald_t=tuple(t_interval(b, s, t, df) for b, s in pairs),
        hartung_knapp=tuple(t_interval(b, s * hk, t, df) for b, s in pairs),
        hartung_knapp_guarded=tuple(t_interval(b, s * guarded, t, df) for b, s in pairs),
        residual=describe(data, method, found),
        log_likelihood_ml=log_likelihood(data, at, restricted=False),
        log_likelihood_reml=log_likelihood(data, at, restricted=True),
        r2_percent=_r2(data, method, found.tau2, intercept=intercept),
        qm=qm,
        qm_df=qm_df,
        qm_p=qm_p,
        f=f,
        f_df=(qm_df, df),
        f_p=f_p,
    )


def _prepared(
    effects: ArrayLike,
    variances: ArrayLike,
    x: ArrayLike,
    names: tuple[str, ...],
    *,
    intercept: bool,
) -> tuple[Effects, Array, tuple[str, ...]]:
    if not names:
        raise InputError("a meta-regression needs a moderator; name one or pool without")
    data = checked(effects, variances)
    check_ratio(data)
    k = int(data.y.size)
    design = _design(x, names, k, intercept=intercept)
    full = ("intercept", *names) if intercept else names
    if k <= len(full):
        raise InputError(
            f"{k} studies cannot carry {len(full)} coefficients; drop moderators or add studies"
        )
    _refuse_collinear(design, full)
    q, back = _orthonormal(design)
    return Effects(data.y, data.v, q), back, full


def fit_regression(
    effects: ArrayLike,
    variances: ArrayLike,
    x: ArrayLike,
    names: tuple[str, ...],
    *,
    method: Method = "REML",
    level: float = 0.95,
    intercept: bool = True,
) -> Regression:
    """Regress k effects on moderators, with scatter tau2 between studies left over.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    x:
        Moderators, shape (k, number of names), without a column of ones; categories as 0 and 1.
    names:
        Of the moderators, in the order of the columns.
    method:
        Estimator of tau2; see `heterogeneity`.
    level:
        Of all intervals.
    intercept:
        Whether the mean at moderators of 0 is a coefficient, the first.

    Raises
    ------
    InputError
        If a moderator is constant, missing or a sum of others, if coefficients outnumber studies,
        or numbers cannot be used.

    References
    ----------
    Viechtbauer (2010), Journal of Statistical Software 36(3):1-48; Knapp & Hartung (2003),
    Statistics in Medicine 22:2693-2710.
    """
    check_level(level)
    data, back, full = _prepared(effects, variances, x, tuple(names), intercept=intercept)
    return _record(data, variance(data, method), back, full, method, level)


def regression_q_profile(
    effects: ArrayLike,
    variances: ArrayLike,
    x: ArrayLike,
    names: tuple[str, ...],
    *,
    level: float = 0.95,
    intercept: bool = True,
) -> HeterogeneityInterval:
    """Return the Q-profile interval of what moderators leave; parameters as `fit_regression`.

    Raises
    ------
    InputError
        If a moderator or a number cannot be used.
    """
    data, _, _ = _prepared(effects, variances, x, tuple(names), intercept=intercept)
    return q_profile_of(data, level=level)


def predict(
    fit: Regression, values: ArrayLike, *, interval: str = "wald_z"
) -> tuple[Predicted, ...]:
    """Return the mean effect at new moderator values, with both kinds of interval.

    Parameters
    ----------
    fit:
        From `fit_regression`.
    values:
        Moderators, shape (n, number of moderators), or (n,) for one moderator.
    interval:
        wald_z, wald_t, hartung_knapp or hartung_knapp_guarded; a new study's interval adds tau2.

    Raises
    ------
    InputError
        If shapes do not fit or the interval is unknown.
    """
    factors = {
        "wald_z": 1.0,
        "wald_t": 1.0,
        "hartung_knapp": fit.s2w,
        "hartung_knapp_guarded": max(1.0, fit.s2w),
    }
    if interval not in factors:
        raise InputError(f"unknown interval '{interval}'; choose one of {', '.join(factors)}")
    intercept = fit.names[0] == "intercept"
    width = len(fit.names) - intercept
    new = np.asarray(values, dtype=np.float64)
    new = new.reshape(-1, 1) if new.ndim <= 1 and width == 1 else np.atleast_2d(new)
    if new.ndim != 2 or new.shape[1] != width or not np.isfinite(new).all():
        raise InputError(f"a prediction needs {width} finite moderator values for each row")
    rows = np.column_stack([np.ones(len(new)), new]) if intercept else new
    df = fit.residual.q_df
    quantile = normal_quantile(fit.level) if interval == "wald_z" else t_quantile(fit.level, df)
    mean = rows @ np.array(fit.estimate)
    se = np.sqrt(((rows @ np.array(fit.vcov)) * rows).sum(axis=1) * factors[interval])
    half, wide = quantile * se, quantile * np.sqrt(se**2 + fit.residual.tau2)
    return tuple(
        Predicted(estimate=m, se=s, low=m - h, high=m + h, prediction=(m - w, m + w))
        for m, s, h, w in zip(*(a.tolist() for a in (mean, se, half, wide)), strict=True)
    )
