"""Fit of a connected network: all contrasts with intervals, heterogeneity and predictions."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc, chdtri, ndtr, ndtri, stdtr, stdtrit

from anagen.errors import InputError
from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.connection import components
from anagen.synthesis.network.rows import (
    Rows,
    grounded,
    likelihood_tau2,
    log_likelihood,
    moment_tau2,
    rows_of,
    solve,
)

Method = Literal["REML", "ML", "DL", "common"]
METHODS = ("REML", "ML", "DL", "common")


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFit:
    """Every contrast of a network; matrices are (n, n), [row, col] = row minus column.

    `method` says how `tau2` was found (`given` where it was told). `covariance` is that of the
    treatments against the first one. `lower`, `upper`, `z` and `p` are normal, or those of t with
    `df` degrees of freedom where `interval` is `t`; the diagonal holds 0 (p: 1). The prediction
    interval of a new study uses t with `df`; it is None without heterogeneity or with df < 1. `q`
    is Cochran's with its p-value, and I² (0 to 1, with its interval) follows from it; None where
    df = 0. `log_likelihood` is the restricted one under REML, without ½ log|X'X|.
    """

    treatments: tuple[str, ...]
    method: str
    interval: str
    level: float
    tau2: float
    estimate: Array
    se: Array
    lower: Array
    upper: Array
    z: Array
    p: Array
    prediction_lower: Array | None
    prediction_upper: Array | None
    covariance: Array
    q: float
    df: int
    q_p: float | None
    i2: float | None
    i2_lower: float | None
    i2_upper: float | None
    log_likelihood: float
    studies: int
    contrasts: int
    flags: tuple[str, ...] = ()


def require_connected(network: Network) -> None:
    """Refuse a network whose treatments are not all linked.

    Raises
    ------
    InputError
        If it has more than one part; all parts are named.
    """
    parts = components(network)
    if len(parts) > 1:
        named = "; ".join(", ".join(part) for part in parts)
        raise InputError(
            f"the network falls into {len(parts)} parts that no study links ({named}); fit each "
            "part (split_components) or let components join them (fit_components)"
        )


def require_same(network: Network, fit: NetworkFit) -> None:
    """Refuse a fit of other treatments than those of the network."""
    if fit.treatments != network.treatments:
        raise InputError("the fit is of other treatments than the network; fit this network")


def check_level(level: float) -> None:
    """Refuse a level that is not between 0 and 1."""
    if not 0 < level < 1:
        raise InputError(f"the level of an interval lies between 0 and 1, got {level}")


def tau2_of(rows: Rows, method: str, tau2: float | None) -> float:
    """Return the between-study variance that a method finds, or the one that was given."""
    if method not in METHODS:
        raise InputError(f"the method of a network is one of {', '.join(METHODS)}, got {method!r}")
    if tau2 is not None:
        if not (math.isfinite(tau2) and tau2 >= 0):
            raise InputError(f"tau2 is a finite number of 0 or more, got {tau2}")
        return float(tau2)
    if method == "common":
        return 0.0
    if method == "DL":
        return moment_tau2(rows)
    return likelihood_tau2(rows, restricted=method == "REML")


def differences(coefficient: Array, covariance: Array) -> tuple[Array, Array]:
    """Return all contrasts (n, n) of n treatments and their standard errors."""
    estimate = coefficient[:, None] - coefficient[None, :]
    own = np.diagonal(covariance)
    variance = own[:, None] + own[None, :] - 2 * covariance
    np.fill_diagonal(variance, 0)
    return estimate, np.sqrt(np.maximum(variance, 0))


def tests(estimate: Array, se: Array, df: int | None) -> tuple[Array, Array]:
    """Return z (or t) and its two-sided p; where the standard error is 0 they are 0 and 1."""
    z = np.divide(estimate, se, out=np.zeros_like(estimate), where=se > 0)
    tail = ndtr(-np.abs(z)) if df is None else stdtr(df, -np.abs(z))
    return z, 2 * tail


def fit_network(
    network: Network,
    *,
    method: Method = "REML",
    tau2: float | None = None,
    level: float = 0.95,
    interval: Literal["normal", "t"] = "normal",
) -> NetworkFit:
    """Fit a connected network by generalised least squares with full covariances.

    Parameters
    ----------
    network:
        Of one part.
    method:
        Of the between-study variance: `REML`, `ML`, `DL` (generalised moments) or `common` (none).
    tau2:
        A between-study variance to use instead.
    level:
        Of all intervals.
    interval:
        Of the contrasts: `normal`, or `t` with the degrees of freedom of Q.

    Raises
    ------
    InputError
        If the network has more than one part, or an option is wrong.
    ConvergenceError
        If tau2 cannot be found.

    References
    ----------
    White, Barrett, Jackson & Higgins (2012), Research Synthesis Methods 3:111-125; Rücker (2012),
    Research Synthesis Methods 3:312-324.
    """
    check_level(level)
    if interval not in ("normal", "t"):
        raise InputError(f"the interval of a network is 'normal' or 't', got {interval!r}")
    require_connected(network)
    return fit_rows(network, grounded(rows_of(network)), method, tau2, level, interval)


def fit_rows(
    network: Network, rows: Rows, method: str, tau2: float | None, level: float, interval: str
) -> NetworkFit:
    """Fit a network whose rows are at hand; see `fit_network`."""
    used = tau2_of(rows, method, tau2)
    fit, common = solve(rows, used), solve(rows, 0.0)
    n, df = len(network.treatments), rows.y.size - rows.x.shape[1]
    covariance = np.zeros((n, n))
    covariance[1:, 1:] = fit.covariance
    estimate, se = differences(np.concatenate([[0.0], fit.coefficient]), covariance)
    if interval == "t" and df < 1:
        raise InputError("an interval by t needs more contrasts than treatments; use 'normal'")
    z, p = tests(estimate, se, df if interval == "t" else None)
    tail = (1 + level) / 2
    half = float(stdtrit(df, tail) if interval == "t" else ndtri(tail)) * se
    low, high = predictions(estimate, se, used, df, level) if method != "common" else (None, None)
    i2 = inconsistency_share(common.q, df, level)
    return NetworkFit(
        treatments=network.treatments, method=method if tau2 is None else "given",
        interval=interval, level=level, tau2=used, estimate=estimate, se=se,
        lower=estimate - half, upper=estimate + half, z=z, p=p,
        prediction_lower=low, prediction_upper=high, covariance=covariance, q=common.q, df=df,
        q_p=float(chdtrc(df, common.q)) if df > 0 else None,
        i2=i2[0], i2_lower=i2[1], i2_upper=i2[2],
        log_likelihood=log_likelihood(rows, used, restricted=method == "REML"),
        studies=len(network.studies), contrasts=rows.y.size, flags=network.flags,
    )  # fmt: skip


def predictions(
    estimate: Array, se: Array, tau2: float, df: int, level: float
) -> tuple[Array | None, Array | None]:
    """Return the bounds of every contrast in a new study: t with the degrees of freedom of Q."""
    if df < 1:
        return None, None
    spread = float(stdtrit(df, (1 + level) / 2)) * np.sqrt(se**2 + tau2)
    np.fill_diagonal(spread, 0)
    return estimate - spread, estimate + spread


def inconsistency_share(
    q: float, df: int, level: float
) -> tuple[float | None, float | None, float | None]:
    """Return I² and its test-based interval.

    References
    ----------
    Higgins & Thompson (2002), Statistics in Medicine 21:1539-1558.
    """
    if df < 1:
        return None, None, None
    share = max(0.0, 1 - df / q) if q > 0 else 0.0
    if df < 2 and q <= df + 1:
        return share, None, None
    if q > df + 1:
        error = (math.log(q) - math.log(df)) / (2 * (math.sqrt(2 * q) - math.sqrt(2 * df - 1)))
    else:
        error = math.sqrt(1 / (2 * (df - 1)) * (1 - 1 / (3 * (df - 1) ** 2)))
    centre = math.log(max(1.0, math.sqrt(q / df)))
    half = float(ndtri((1 + level) / 2)) * error
    low, high = (1 - math.exp(-2 * max(0.0, centre + sign * half)) for sign in (-1, 1))
    return share, low, high


FARTHEST_TAU2 = 1e24
"""Times the largest variance: far beyond any pair of an effect and an error that is let in."""


def tau2_interval(network: Network, *, level: float = 0.95) -> tuple[float, float] | None:
    """Return the bounds of tau2 where the generalised Q meets its quantiles; None with df < 1.

    A bound beyond 1e24 times the largest variance is not searched: the data put none.

    References
    ----------
    Viechtbauer (2007), Statistics in Medicine 26:37-52; Jackson & White (2018) for networks.
    """
    from scipy.optimize import brentq

    check_level(level)
    require_connected(network)
    rows = grounded(rows_of(network))
    df = rows.y.size - rows.x.shape[1]
    if df < 1:
        return None
    bounds = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        target = float(chdtri(df, tail))

        def above(tau2: float, target: float = target) -> float:
            return solve(rows, tau2).q - target

        high = float(rows.d.max())
        while above(high) > 0 and high < FARTHEST_TAU2 * float(rows.d.max()):
            high *= 4
        if above(high) > 0:
            return None
        found = above(0.0) > 0
        bounds.append(float(brentq(above, 0.0, high, xtol=1e-300, rtol=1e-12)) if found else 0.0)
    return bounds[0], bounds[1]
