"""Trim-and-fill: the studies that symmetry would ask for, and the pooled effect with them."""

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.bootstrap import ManyMethod, pool_sets
from anagen.synthesis.pairwise import Interval, normal_interval
from anagen.synthesis.regression import fit_regression
from anagen.synthesis.small_study import NotEvaluable, ready, unequal
from anagen.synthesis.weighted import Array, Effects, check_level, normal_quantile


class TrimAndFill(Record):
    """The studies that symmetry would ask for on one side, and the pooled effect with them."""

    estimator: str
    method: str
    side: str
    missing: int
    missing_se: float
    filled: tuple[float, ...]
    filled_variances: tuple[float, ...]
    estimate: float
    wald_z: Interval
    tau2: float
    studies: int


def _pooled(y: Array, v: Array, method: ManyMethod) -> tuple[float, float, float]:
    one = pool_sets(y[None, :], v[None, :], method=method)
    return float(one.estimate[0]), float(one.se[0]), float(one.tau2[0])


def _missing(y: Array, centre: float, estimator: str) -> tuple[int, float]:
    """Return how many studies lack on the left of a centre, with the standard error."""
    k = y.size
    centred = y - centre
    rank = np.empty(k)
    rank[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        count = float(k - rank[centred < 0].max(initial=0.0) - 1)
        error = math.sqrt(2 * max(0.0, count) + 2)
    else:
        count = (4 * float(rank[centred > 0].sum()) - k * (k + 1)) / (2 * k - 1)
        own = 10 * count**3 + 27 * count**2 + 17 * count
        cross = -18 * k * count**2 - 18 * k * count + 6 * k**2 * count
        spread = (k * (k + 1) * (2 * k + 1) + own + cross) / 24
        error = 4 * math.sqrt(max(0.0, spread)) / (2 * k - 1)
    return max(0, round(count)), error


def _side(data: Effects, method: ManyMethod) -> str:
    """Return where studies seem to lack: against the trend of effects with standard errors."""
    se = np.sqrt(data.v)
    if method == "common":
        q, r = np.linalg.qr(np.column_stack([np.ones_like(se), se]))
        slope = np.linalg.solve(r, Effects(data.y, data.v, q).terms(0.0).coefficients)[1]
    else:
        slope = fit_regression(data.y, data.v, se, ("se",), method=method).estimate[1]
    return "right" if slope < 0 else "left"


def _trim(y: Array, v: Array, method: ManyMethod, estimator: str) -> tuple[int, float, float]:
    """Trim the sorted right tail until the count settles; return count, its error and centre."""
    count, seen = 0, -1
    error = centre = 0.0
    for _ in range(100):
        if count == seen:
            break
        seen = count
        kept = y.size - count
        centre = _pooled(y[:kept], v[:kept], method)[0]
        count, error = _missing(y, centre, estimator)
        count = min(count, y.size - 1)
    return count, error, centre


def trim_and_fill(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    estimator: Literal["L0", "R0"] = "L0",
    method: ManyMethod = "REML",
    side: Literal["left", "right"] | None = None,
    level: float = 0.95,
    any_k: bool = False,
) -> TrimAndFill | NotEvaluable:
    """Add the mirror images that a symmetric funnel would have, and pool again.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    estimator:
        Of the number missing: L0 or R0.
    method:
        REML, DL or common.
    side:
        Where studies lack; by default against the trend of effects with standard errors.
    level:
        Of the normal interval.
    any_k:
        Answer with fewer than ten studies too.

    Raises
    ------
    InputError
        If numbers cannot be used.

    References
    ----------
    Duval & Tweedie (2000), Biometrics 56:455-463.
    """
    check_level(level)
    if estimator not in ("L0", "R0"):
        raise InputError(f"unknown estimator of missing studies '{estimator}'; choose L0 or R0")
    data = ready(effects, variances, any_k=any_k)
    data = data if isinstance(data, NotEvaluable) or side else unequal(data)
    if isinstance(data, NotEvaluable):
        return data
    side = side or ("right" if _side(data, method) == "right" else "left")
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * data.y, kind="stable")
    y, v = sign * data.y[order], data.v[order]
    count, error, centre = _trim(y, v, method, estimator)
    mirrored, same = 2 * centre - y[y.size - count :], v[y.size - count :]
    all_y = np.concatenate([data.y, sign * mirrored])
    estimate, se, tau2 = _pooled(all_y, np.concatenate([data.v, same]), method)
    return TrimAndFill(
        estimator=estimator, method=method, side=side, missing=count, missing_se=error,
        filled=tuple((sign * mirrored).tolist()), filled_variances=tuple(same.tolist()),
        estimate=estimate, wald_z=normal_interval(estimate, se, normal_quantile(level)), tau2=tau2,
        studies=int(all_y.size),
    )  # fmt: skip
