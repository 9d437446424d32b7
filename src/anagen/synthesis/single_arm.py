"""Single-arm changes beside randomised contrasts: bias stated, shared error kept, tipping told.

A change y in one arm, less the change m that untreated people show, is a pseudo-contrast d. Its
variance is se² + tau_m² + sigma_b², and since m is estimated once for all, its error V_m is shared:
ten weak studies do not make one strong trial. Randomised contrasts stand as tier 0; with bias of
mean b0 and spread sigma_b allowed for, single arms join in tier 1; tier 2 pools them as if
randomised and is shown as a warning only. k randomised contrasts, s single arms, c comparisons.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.multivariate import fit
from anagen.synthesis.random_terms import random_intercept
from anagen.synthesis.sampling_covariance import Array, codes, from_matrix

MAX_STEPS = 100
SETTLED = 1e-13  # relative change of tau² at which scoring stops
LEAST_OVERLAP = 3  # randomised trials of one comparison that also has single arms
BiasStatus = Literal["none", "fixed", "estimated"]


@dataclass(frozen=True, slots=True, eq=False)
class Randomised:
    """k randomised contrasts with their covariance, and the comparison that each belongs to."""

    y: Array
    covariance: Array
    comparison: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PseudoContrasts:
    """s single-arm changes less the natural course: d, with what adds to its variance.

    `sampling` is se² by study; `natural` is tau_m² on its diagonal plus the shared V_m everywhere.
    """

    d: Array
    sampling: Array
    natural: Array
    comparison: tuple[Hashable, ...]


class Bias(Record):
    """Bias of single arms: b ~ N(mean, spread²), in favour of treatment where positive.

    Where `is_estimated`, the mean is estimated from comparisons that have trials and single arms.
    `power` is the weight a0 of single arms: se² is divided by it, and 0 leaves them out.
    """

    mean: float
    spread: float
    is_estimated: bool = False
    power: float = 1.0


class Estimate(Record):
    """The pooled effect of one comparison in one tier, with its Wald interval."""

    mean: float
    se: float
    low: float
    high: float


class Pooling(Record):
    """The pooled effects of all comparisons under one treatment of single arms.

    `estimates` follow the order of the comparisons; one is none where nothing informs it. `b0` is
    the bias taken off, with its standard error where it was estimated.
    """

    estimates: list[Estimate | None]
    tau2: float
    b0: float
    b0_se: float | None
    b0_status: BiasStatus
    randomised: int
    single_arms: int
    power: float


def _row(name: str, values: ArrayLike) -> Array:
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"{name} must be a row of 1 number or more")
    if not np.isfinite(array).all():
        i = int(np.flatnonzero(~np.isfinite(array))[0])
        raise InputError(f"{name}[{i}] is {array[i]}, not a finite number; correct it")
    return array


def _labels(labels: Sequence[Hashable] | None, size: int) -> tuple[Hashable, ...]:
    if labels is None:
        return ("all",) * size
    if len(labels) != size:
        raise InputError(f"{size} studies need a comparison each, got {len(labels)} labels")
    return tuple(labels)


def _spread_matrix(name: str, values: ArrayLike, size: int) -> Array:
    """Return a covariance from a full matrix, or from the one variance that all share."""
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim == 0:
        matrix = np.full((size, size), float(matrix))
    if matrix.shape != (size, size) or not np.isfinite(matrix).all():
        raise InputError(f"{name} must be one variance or a matrix of {size} by {size}")
    if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] < -1e-9 * np.trace(
        matrix
    ):
        raise InputError(f"{name} is no covariance: it must be symmetric with no negative variance")
    return matrix


def randomised_contrasts(
    y: ArrayLike, variance: ArrayLike, comparison: Sequence[Hashable] | None = None
) -> Randomised:
    """Return randomised contrasts ready to pool.

    Parameters
    ----------
    y:
        Contrasts, treated minus control, shape (k,).
    variance:
        Sampling variances, shape (k,), or their covariance, shape (k, k).
    comparison:
        What each contrast compares, shape (k,); all the same by default.

    Raises
    ------
    InputError
        If shapes differ, a number is not finite or a variance is not above 0.
    """
    values, spread = _row("y", y), np.asarray(variance, dtype=np.float64)
    if spread.ndim < 2:
        spread = np.diag(np.broadcast_to(spread, values.shape))
    full = _spread_matrix("the variance", spread, values.size)
    if (np.diagonal(full) <= 0).any():
        i = int(np.flatnonzero(np.diagonal(full) <= 0)[0])
        raise InputError(f"variance[{i}] is {full[i, i]:g}, but must be above 0; correct it")
    return Randomised(y=values, covariance=full, comparison=_labels(comparison, values.size))


def pseudo_contrasts(
    change: ArrayLike,
    se: ArrayLike,
    natural_change: ArrayLike,
    natural_covariance: ArrayLike,
    *,
    tau_m: float = 0.0,
    comparison: Sequence[Hashable] | None = None,
) -> PseudoContrasts:
    """Return single-arm changes less the change of untreated people, with their shared error.

    Parameters
    ----------
    change, se:
        Mean change of each single arm and its standard error, shape (s,).
    natural_change:
        m, the change of randomised untreated arms by the same time, shape (s,) or one number. It is
        never 0 by default: regression to the mean and natural course are in every change.
    natural_covariance:
        V_m, the error of m: one variance shared by all, or a covariance of shape (s, s).
    tau_m:
        Standard deviation between studies of the natural change.
    comparison:
        What the arm would compare with in a trial, shape (s,); all the same by default.

    Raises
    ------
    InputError
        If shapes differ, a standard error is not above 0 or V_m is no covariance.
    """
    y, errors = _row("change", change), _row("se", se)
    m = _row("natural_change", natural_change)
    if errors.size != y.size or m.size not in {1, y.size}:
        raise InputError(
            f"{y.size} changes need as many standard errors ({errors.size}) and one natural change "
            f"or as many ({m.size})"
        )
    if (errors <= 0).any():
        i = int(np.flatnonzero(errors <= 0)[0])
        raise InputError(f"se[{i}] is {errors[i]:g}, but a standard error is above 0; correct it")
    if not (np.isfinite(tau_m) and tau_m >= 0):
        raise InputError(f"tau_m is {tau_m:g}, but must be 0 or above")
    shared = _spread_matrix("natural_covariance", natural_covariance, y.size)
    return PseudoContrasts(
        d=y - m, sampling=errors**2, natural=shared + tau_m**2 * np.eye(y.size),
        comparison=_labels(comparison, y.size),
    )  # fmt: skip


def _checked_bias(bias: Bias) -> None:
    if not (np.isfinite(bias.mean) and np.isfinite(bias.spread) and bias.spread >= 0):
        raise InputError("the bias needs a finite mean and a spread of 0 or above")
    if not 0 <= bias.power <= 1:
        raise InputError(f"the weight of single arms is {bias.power:g}; give one from 0 to 1")


def comparisons(randomised: Randomised | None, single: PseudoContrasts | None) -> list[Hashable]:
    """Return the comparisons in the order in which they appear, the randomised ones first."""
    first = () if randomised is None else randomised.comparison
    return list(dict.fromkeys((*first, *(() if single is None else single.comparison))))


def overlap(randomised: Randomised | None, single: PseudoContrasts | None) -> int:
    """Return the most randomised trials that any one comparison with single arms has."""
    if randomised is None or single is None:
        return 0
    return max(randomised.comparison.count(label) for label in set(single.comparison))


def _stack(
    randomised: Randomised | None, single: PseudoContrasts | None, bias: Bias
) -> tuple[Array, Array, tuple[Hashable, ...], NDArray[np.bool_]]:
    """Return y, V, comparison and which rows are single arms, bias of fixed mean taken off."""
    uses = single is not None and bias.power > 0
    k = 0 if randomised is None else randomised.y.size
    s = single.d.size if single is not None and uses else 0
    y, v = np.zeros(k + s), np.zeros((k + s, k + s))
    labels: tuple[Hashable, ...] = ()
    if randomised is not None:
        y[:k], v[:k, :k], labels = randomised.y, randomised.covariance, randomised.comparison
    if single is not None and uses:
        y[k:] = single.d - (0.0 if bias.is_estimated else bias.mean)
        own = single.sampling / bias.power + bias.spread**2
        v[k:, k:] = single.natural + np.diag(own)
        labels = (*labels, *single.comparison)
    return y, v, labels, np.arange(k + s) >= k


def _reml(y: Array, v: Array, x: Array) -> float | None:
    """Return tau² of y ~ N(Xb, V + tau² I) by scoring; none where steps do not settle.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293.
    """
    tau2, scale = 0.0, float(np.diagonal(v).min())
    for _ in range(MAX_STEPS):
        w = np.linalg.inv(v + tau2 * np.eye(y.size))
        wx = w @ x
        p = w - wx @ np.linalg.solve(x.T @ wx, wx.T)
        py = p @ y
        new = max(0.0, tau2 + float((py @ py - np.trace(p)) / (p * p).sum()))
        if abs(new - tau2) <= SETTLED * (new + scale):
            return new
        tau2 = new
    return None


def _fitted(y: Array, v: Array, x: Array) -> tuple[Array, Array, float]:
    """Return coefficients and their covariance: by REML where rows suffice, else with tau² = 0."""
    tau2 = _reml(y, v, x) if y.size > x.shape[1] else 0.0
    if tau2 is None:
        model = fit(y, x, from_matrix(v), [random_intercept(list(range(y.size)))])
        tau2 = model.components[0].variances[0]
    w = np.linalg.inv(v + tau2 * np.eye(y.size))
    vcov: Array = np.asarray(np.linalg.inv(x.T @ w @ x), dtype=np.float64)
    return vcov @ x.T @ w @ y, vcov, tau2


def pool(
    randomised: Randomised | None,
    single: PseudoContrasts | None,
    bias: Bias,
    *,
    level: float = 0.95,
) -> Pooling | None:
    """Pool randomised contrasts with single arms whose bias is allowed for; none where no study is.

    The variance between true effects is estimated by REML from all rows; with as many comparisons
    as rows it is taken as 0.

    Parameters
    ----------
    randomised:
        May be none.
    single:
        May be none.
    bias:
        Mean and spread of the bias, whether its mean is to be estimated, and the weight.
    level:
        Of intervals.

    Raises
    ------
    InputError
        If the bias is to be estimated from fewer than 3 randomised trials of a comparison that also
        has single arms, or a number cannot be.

    References
    ----------
    Welton et al. (2009), Journal of the Royal Statistical Society A 172:119-136 (bias); Ibrahim &
    Chen (2000), Statistical Science 15:46-60 (power prior).
    """
    from scipy.special import ndtri

    _checked_bias(bias)
    estimates = bias.is_estimated and single is not None and bias.power > 0
    if estimates and overlap(randomised, single) < LEAST_OVERLAP:
        raise InputError(
            f"the bias of single arms can be estimated only where a comparison has {LEAST_OVERLAP} "
            f"randomised trials beside them, got {overlap(randomised, single)}; state it instead"
        )
    y, v, labels, is_single = _stack(randomised, single, bias)
    if y.size == 0:
        return None
    order = comparisons(randomised, single)
    present = [label for label in order if label in labels]
    group = codes([*present, *labels])[len(present) :]
    x = np.eye(len(present))[group]
    if estimates:
        x = np.column_stack([x, is_single.astype(np.float64)])
    b, vcov, tau2 = _fitted(y, v, x)
    half = float(ndtri((1 + level) / 2)) * np.sqrt(np.diagonal(vcov))
    found: dict[Hashable, Estimate] = {
        label: Estimate(
            mean=float(b[i]), se=float(np.sqrt(vcov[i, i])),
            low=float(b[i] - half[i]), high=float(b[i] + half[i]),
        )
        for i, label in enumerate(present)
    }  # fmt: skip
    status: BiasStatus = "none" if not is_single.any() else "estimated" if estimates else "fixed"
    return Pooling(
        estimates=[found.get(label) for label in order], tau2=tau2,
        b0=float(b[-1]) if estimates else bias.mean if is_single.any() else 0.0,
        b0_se=float(np.sqrt(vcov[-1, -1])) if estimates else None, b0_status=status,
        randomised=int((~is_single).sum()), single_arms=int(is_single.sum()), power=bias.power,
    )  # fmt: skip
