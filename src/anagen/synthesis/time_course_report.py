"""What a fitted time course says: differences over time, areas, times to a threshold, its check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.time_course import TimeCourse, fit_time_course
from anagen.synthesis.time_course_data import Floats, Visits, components
from anagen.synthesis.time_course_shapes import curve, slopes

GRID = 400  # steps to the horizon on which a crossing is bracketed
NODES = 24  # of Gauss-Legendre between two bends of a curve


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Differences of treatments, row minus column, at W times: arrays (W, N, N).

    `low` to `high` bound the mean difference; the prediction bounds that of a new trial, with
    heterogeneity and misfit, and is None where a t quantile has no degrees of freedom.
    """

    weeks: tuple[float, ...]
    treatments: tuple[str, ...]
    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    prediction_low: Floats | None
    prediction_high: Floats | None


class Area(Record):
    """The area between two treatments' curves up to a horizon, in the unit times time."""

    treatment: str
    versus: str
    horizon: float
    estimate: float
    se: float
    low: float
    high: float


class TimeToThreshold(Record):
    """When a difference first reaches a threshold, and when the bounds of its interval do.

    `earliest` is where the farther bound reaches it, `latest` where the nearer one does; each is
    None, with `reason`, where that does not happen by the horizon.
    """

    treatment: str
    versus: str
    threshold: float
    horizon: float
    estimate: float | None = None
    earliest: float | None = None
    latest: float | None = None
    reason: str = ""


class BinCheck(Record):
    """One pair in one time bin: a network of the bin's visits alone beside the curve."""

    treatment: str
    versus: str
    week: float
    trials: int
    binned: float
    binned_se: float
    curve: float
    curve_se: float


class NotEvaluable(Record):
    """A time bin that gives no network, and why."""

    from_week: float
    to_week: float
    reason: str


def _rows(fit: TimeCourse, t: float) -> tuple[Floats, Floats, Floats]:
    """Return each treatment's curve (N,), its slopes (N, P) and g (N,) at a time."""
    model = fit.model
    n, k = len(model.visits.treatments), model.centre.shape[1]
    kinetics = model.log_kinetics(fit.beta)
    value, g, row = np.zeros(n), np.zeros(n), np.zeros((n, model.size))
    at = np.array([t])
    for i in range(n):
        c = int(model.class_of[i])
        g[i] = curve(model.shape, at, kinetics[c], model.visits.sessions[i])[0]
        if i == 0:
            continue
        d = model.size_of(fit.beta, i)
        value[i] = d * g[i]
        row[i, model.effects + i - 1] = g[i]
        place = model.kinetics + c * k
        row[i, place : place + k] = (
            d * slopes(model.shape, at, kinetics[c], model.visits.sessions[i])[0]
        )
    return value, row, g


def _pairs(value: Floats, spread: Floats) -> tuple[Floats, Floats]:
    own = np.diag(spread)
    variance = own[:, None] + own[None, :] - 2 * spread
    return value[:, None] - value[None, :], np.sqrt(np.maximum(variance, 0.0))


def _z(level: float) -> float:
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise InputError(f"the level of an interval lies between 0 and 1, got {level}")
    return float(ndtri((1 + level) / 2))


def _checked_weeks(weeks: ArrayLike) -> Floats:
    found = np.atleast_1d(np.asarray(weeks, dtype=np.float64))
    if found.ndim != 1 or not found.size or not np.isfinite(found).all() or (found < 0).any():
        raise InputError("differences need weeks that are finite and 0 or above")
    return found


def differences(fit: TimeCourse, weeks: ArrayLike, *, level: float = 0.95) -> Differences:
    """Return the difference of every pair of treatments at every week.

    Parameters
    ----------
    fit:
        From `fit_time_course`.
    weeks:
        Times, shape (W,), 0 or above.
    level:
        Of all intervals: normal for the mean, t with the network's degrees of freedom for a new
        trial.

    Raises
    ------
    InputError
        If a week or the level is out of range.
    """
    from scipy.special import stdtrit

    times, z = _checked_weeks(weeks), _z(level)
    n = len(fit.model.visits.treatments)
    shape = (times.size, n, n)
    estimate, se, extra = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    apart = ~np.eye(n, dtype=np.bool_)
    for w, t in enumerate(times):
        value, row, g = _rows(fit, float(t))
        estimate[w], se[w] = _pairs(value, row @ fit.covariance @ row.T)
        between = fit.tau2 / 2 * (g[:, None] ** 2 + g[None, :] ** 2) + 2 * fit.omega2
        extra[w] = np.where(apart, between, 0.0)
    df = fit.model.visits.network_df
    half = None if df < 1 else stdtrit(df, (1 + level) / 2) * np.sqrt(se**2 + extra)
    return Differences(
        weeks=tuple(float(t) for t in times), treatments=fit.model.visits.treatments,
        estimate=estimate, se=se, low=estimate - z * se, high=estimate + z * se,
        prediction_low=None if half is None else estimate - half,
        prediction_high=None if half is None else estimate + half,
    )  # fmt: skip


def _place(fit: TimeCourse, name: str) -> int:
    names = fit.model.visits.treatments
    if name not in names:
        raise InputError(f"{name!r} is not in the network; choose one of {', '.join(names)}")
    return names.index(name)


def _horizon(fit: TimeCourse, horizon: float | None) -> float:
    found = float(fit.model.visits.weeks.max()) if horizon is None else float(horizon)
    if not 0 < found < np.inf:
        raise InputError(f"a horizon is a finite time above 0, got {found}")
    return found


def area_between(
    fit: TimeCourse, treatment: str, versus: str, *, horizon: float | None = None,
    level: float = 0.95,
) -> Area:  # fmt: skip
    """Return the area between two treatments' curves from 0 to a horizon.

    Parameters
    ----------
    fit:
        From `fit_time_course`.
    treatment, versus:
        The pair.
    horizon:
        End of the area; the last visit if not given.
    level:
        Of the normal interval.

    Raises
    ------
    InputError
        If a treatment is not in the network, or the horizon is not above 0.
    """
    a, b, end = _place(fit, treatment), _place(fit, versus), _horizon(fit, horizon)
    total, row = 0.0, np.zeros(fit.model.size)
    for t, weight in _quadrature(fit, end):
        value, slope, _ = _rows(fit, t)
        total += weight * float(value[a] - value[b])
        row += weight * (slope[a] - slope[b])
    se = float(np.sqrt(row @ fit.covariance @ row))
    z = _z(level)
    return Area(
        treatment=treatment, versus=versus, horizon=end, estimate=total, se=se,
        low=total - z * se, high=total + z * se,
    )  # fmt: skip


def _quadrature(fit: TimeCourse, end: float) -> list[tuple[float, float]]:
    bends = {week for sessions in fit.model.visits.sessions for week, _ in sessions}
    if fit.model.shape == "lagged_plateau":
        bends |= {float(x) for x in np.exp(fit.model.log_kinetics(fit.beta)[:, 1])}
    edges = [0.0, *sorted(x for x in bends if 0 < x < end), end]
    x, w = np.polynomial.legendre.leggauss(NODES)
    return [
        (float(low + (high - low) * (1 + xi) / 2), float(wi * (high - low) / 2))
        for low, high in pairwise(edges)
        for xi, wi in zip(x, w, strict=True)
    ]


def time_to_threshold(
    fit: TimeCourse, treatment: str, versus: str, threshold: float, *,
    horizon: float | None = None, level: float = 0.95,
) -> TimeToThreshold:  # fmt: skip
    """Return when a difference first reaches a threshold, a smallest difference that matters, say.

    Parameters
    ----------
    fit:
        From `fit_time_course`.
    treatment, versus:
        The pair.
    threshold:
        The difference to reach, not 0; below 0 where less is better.
    horizon:
        Where to stop looking; the last visit if not given.
    level:
        Of the pointwise interval whose bounds are followed.

    Raises
    ------
    InputError
        If a treatment is not in the network, or threshold or horizon is not usable.
    """
    a, b, end, z = _place(fit, treatment), _place(fit, versus), _horizon(fit, horizon), _z(level)
    if not np.isfinite(threshold) or threshold == 0:
        raise InputError(f"a threshold is a finite difference other than 0, got {threshold}")
    sign = 1.0 if threshold > 0 else -1.0

    def distance(t: float, shift: float) -> float:
        value, slope, _ = _rows(fit, t)
        row = slope[a] - slope[b]
        se = float(np.sqrt(max(0.0, row @ fit.covariance @ row)))
        return sign * (float(value[a] - value[b]) - threshold) + shift * se

    found = [_first(distance, shift, end) for shift in (0.0, z, -z)]
    named = ("the difference", "the farther bound", "the nearer bound")
    late = [name for name, t in zip(named, found, strict=True) if t is None]
    reason = f"{' and '.join(late)} not reached by the horizon" if late else ""
    return TimeToThreshold(
        treatment=treatment, versus=versus, threshold=threshold, horizon=end, estimate=found[0],
        earliest=found[1], latest=found[2], reason=reason,
    )  # fmt: skip


def _first(distance: Callable[[float, float], float], shift: float, end: float) -> float | None:
    from scipy.optimize import brentq

    before = 0.0
    for t in np.linspace(end / GRID, end, GRID):
        if distance(float(t), shift) >= 0:
            if distance(before, shift) >= 0:
                return before
            return float(brentq(lambda x: distance(x, shift), before, float(t)))
        before = float(t)
    return None


def check_by_bins(fit: TimeCourse, edges: Sequence[float]) -> list[BinCheck | NotEvaluable]:
    """Set a network of each time bin's visits, which assumes no shape, beside the curve.

    Parameters
    ----------
    fit:
        From `fit_time_course`, of changes.
    edges:
        Bounds of the bins, ascending; a visit belongs to the bin that ends with its week or later.

    Raises
    ------
    InputError
        If the edges do not ascend, or the means are levels.
    """
    if fit.model.visits.absolute:
        raise InputError("bins are checked on changes from baseline; give changes, not levels")
    steps = np.diff(np.asarray(edges, dtype=np.float64))
    if steps.size < 1 or not (steps > 0).all():
        raise InputError("the edges of time bins ascend and are two or more")
    found: list[BinCheck | NotEvaluable] = []
    for low, high in pairwise(edges):
        found.extend(_one_bin(fit, float(low), float(high)))
    return found


def _one_bin(fit: TimeCourse, low: float, high: float) -> list[BinCheck | NotEvaluable]:
    visits = _in_bin(fit.model.visits, low, high)
    if visits is None:
        reason = "the bin's visits do not join all of its treatments by two-armed trials"
        return [NotEvaluable(from_week=low, to_week=high, reason=reason)]
    binned = fit_time_course(visits, "level", rho=fit.rho)
    week = float(visits.weeks.mean())
    ours, theirs = differences(binned, [week]), differences(fit, [week])
    places = [_place(fit, t) for t in visits.treatments]
    found: list[BinCheck | NotEvaluable] = []
    for i in range(1, len(places)):
        at = (0, i, 0), (0, places[i], places[0])
        found.append(
            BinCheck(
                treatment=visits.treatments[i],
                versus=visits.treatments[0],
                week=week,
                trials=len(visits.studies),
                binned=float(ours.estimate[at[0]]),
                binned_se=float(ours.se[at[0]]),
                curve=float(theirs.estimate[at[1]]),
                curve_se=float(theirs.se[at[1]]),
            )
        )
    return found


def _in_bin(visits: Visits, low: float, high: float) -> Visits | None:
    """Return the last visit of each arm within a bin, where these form one network."""
    inside = visits.seen & (visits.weeks > low) & (visits.weeks <= high)
    arms = np.flatnonzero(inside.any(axis=1))
    counts = np.bincount(visits.study[arms], minlength=len(visits.studies))
    arms = arms[counts[visits.study[arms]] >= 2]
    if not arms.size:
        return None
    last = np.array([int(np.flatnonzero(inside[a])[-1]) for a in arms])
    kept, treatment = np.unique(visits.treatment[arms], return_inverse=True)
    trials, study = np.unique(visits.study[arms], return_inverse=True)
    if len(components(study, treatment, kept.size)) > 1:
        return None

    def pick(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values[arms, last][:, None])

    return replace(
        visits, studies=tuple(visits.studies[int(s)] for s in trials),
        treatments=tuple(visits.treatments[int(t)] for t in kept), study=study,
        treatment=treatment, weeks=pick(visits.weeks), means=pick(visits.means),
        ses=pick(visits.ses), seen=np.ones((arms.size, 1), dtype=np.bool_),
        sessions=tuple(visits.sessions[int(t)] for t in kept),
    )  # fmt: skip
