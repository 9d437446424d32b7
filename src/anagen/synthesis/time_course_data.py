"""Visits of trial arms over time, checked and laid out for fitting.

S studies, A arms, T visits of the arm that has most, N treatments; a missing visit is masked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.orders import refuse_far_apart
from anagen.synthesis.time_course_shapes import Sessions

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Means of arms at visits: changes from baseline, or levels where `absolute`.

    `weeks`, `means`, `ses` and `seen` have shape (A, T); `study`, `treatment` (A,) are places in
    `studies` and `treatments`, whose first is the reference. `gap` is the typical time between
    neighbouring visits of an arm, the first counted from the start.
    """

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: Ints
    treatment: Ints
    weeks: Floats
    means: Floats
    ses: Floats
    seen: NDArray[np.bool_]
    absolute: bool
    gap: float
    median_week: float
    sessions: tuple[Sessions, ...]

    @property
    def network_df(self) -> int:
        """Contrasts beyond those that the network needs: what heterogeneity is learnt from."""
        return self.study.size - len(self.studies) - (len(self.treatments) - 1)


def _labels(values: Sequence[object] | NDArray[np.generic], name: str, n: int) -> list[str]:
    found = [str(value).strip() for value in values]
    if len(found) != n:
        raise InputError(f"every visit needs a {name}: got {len(found)} for {n} visits")
    if not all(found):
        raise InputError(f"the {name} of visit {found.index('') + 1} is blank; name it")
    return found


def _numbers(values: ArrayLike, name: str, n: int) -> Floats:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"the {name} of visits must be numbers") from error
    if found.shape != (n,):
        raise InputError(f"every visit needs one {name}: got shape {found.shape} for {n} visits")
    wrong = np.flatnonzero(~(np.abs(found) < 1e100))
    if wrong.size:
        raise InputError(
            f"the {name} of visit {wrong[0] + 1} is {found[wrong[0]]}; give a finite number"
        )
    return found


def components(study: Ints, treatment: Ints, n: int) -> list[list[int]]:
    """Return the treatments that trials join, directly or through others, part by part."""
    part = np.arange(n)
    for s in np.unique(study):
        members = np.isin(part, part[treatment[study == s]])
        part[members] = part[members].min()
    return [[int(i) for i in np.flatnonzero(part == p)] for p in np.unique(part)]


def _schedule(
    sessions: Mapping[str, Sequence[float | tuple[float, float]]] | None, treatment: str
) -> Sessions:
    if sessions is None:
        return ()
    if treatment not in sessions:
        raise InputError(
            f"the sessions of {treatment!r} are not given; give their weeks, or [] for none"
        )
    found = []
    for entry in sessions[treatment]:
        week, dose = entry if isinstance(entry, tuple) else (entry, 1.0)
        if not (np.isfinite(week) and np.isfinite(dose)) or week < 0 or dose < 0:
            raise InputError(
                f"a session of {treatment!r} needs a week and a dose of 0 or more, "
                f"got {week} and {dose}"
            )
        found.append((float(week), float(dose)))
    return tuple(sorted(found))


def _check_arms(arms: Mapping[tuple[str, str], list[int]], week: Floats) -> None:
    per_study: dict[str, int] = {}
    for (study, treatment), rows in arms.items():
        per_study[study] = per_study.get(study, 0) + 1
        if len({float(week[r]) for r in rows}) < len(rows):
            raise InputError(
                f"treatment {treatment!r} of study {study!r} has two means at one visit; "
                "join arms of the same treatment first"
            )
    for study, n in per_study.items():
        if n < 2:
            raise InputError(
                f"study {study!r} has one arm and tells nothing of a difference; leave it out"
            )


def _typical_gap(weeks: Floats, seen: NDArray[np.bool_]) -> tuple[float, float]:
    gaps: list[float] = []
    for row, there in zip(weeks, seen, strict=True):
        steps = np.diff(np.concatenate([[0.0], row[there]]))
        gaps.extend(steps[steps > 0])
    later = weeks[seen & (weeks > 0)]
    return (float(np.median(gaps)), float(np.median(later))) if later.size else (1.0, 1.0)


def read_visits(
    study: Sequence[object] | NDArray[np.generic],
    treatment: Sequence[object] | NDArray[np.generic],
    week: ArrayLike,
    mean: ArrayLike,
    se: ArrayLike,
    *,
    reference: str | None = None,
    absolute: bool = False,
    sessions: Mapping[str, Sequence[float | tuple[float, float]]] | None = None,
) -> Visits:
    """Check V visits of randomised arms and lay them out by arm.

    Parameters
    ----------
    study:
        Label of the trial of each visit, shape (V,).
    treatment:
        Label of the treatment of each visit's arm, shape (V,); one arm per treatment and trial.
    week:
        Time since the start, shape (V,): above 0 for changes, 0 or above for levels.
    mean:
        Mean change from baseline, or level, shape (V,), in one unit.
    se:
        Standard error of each mean, shape (V,), above 0.
    reference:
        The treatment whose own course is the trial's natural one; the one in most trials if not
        given.
    absolute:
        True where means are levels, so that every trial gets an intercept.
    sessions:
        Weeks, or (week, dose) pairs, of each treatment's sessions; `rise_and_loss` needs them.

    Raises
    ------
    InputError
        If a column is short, blank or not finite, an error is not above 0, a trial has one arm, a
        visit stands twice, or trials do not join all treatments.
    """
    n = len(study)
    if n == 0:
        raise InputError("a time course needs visits, got none")
    studies, treatments = _labels(study, "study", n), _labels(treatment, "treatment", n)
    t, y, s = _numbers(week, "week", n), _numbers(mean, "mean", n), _numbers(se, "se", n)
    _check_ranges(t, s, absolute=absolute)
    refuse_far_apart(y - y[0], s)
    arms: dict[tuple[str, str], list[int]] = {}
    for i, key in enumerate(zip(studies, treatments, strict=True)):
        arms.setdefault(key, []).append(i)
    _check_arms(arms, t)
    names = _ordered(arms, reference)
    return _laid_out(arms, names, (t, y, s), absolute=absolute, sessions=sessions)


def _check_ranges(t: Floats, s: Floats, *, absolute: bool) -> None:
    for i in np.flatnonzero(s <= 0):
        raise InputError(f"the standard error of visit {i + 1} is {s[i]}; it must be above 0")
    for i in np.flatnonzero((t < 0) | ((t == 0) & (not absolute))):
        raise InputError(
            f"visit {i + 1} is at week {t[i]}; a change from baseline needs a week above 0"
            if not absolute
            else f"visit {i + 1} is at week {t[i]}; a week is 0 or above"
        )


def _ordered(arms: Mapping[tuple[str, str], list[int]], reference: str | None) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for _, treatment in arms:
        counts[treatment] = counts.get(treatment, 0) + 1
    first = min(counts, key=lambda t: (-counts[t], t)) if reference is None else reference
    if first not in counts:
        raise InputError(f"the reference {first!r} is in no trial; choose one of the treatments")
    return (first, *sorted(t for t in counts if t != first))


def _laid_out(
    arms: Mapping[tuple[str, str], list[int]],
    names: tuple[str, ...],
    columns: tuple[Floats, Floats, Floats],
    *,
    absolute: bool,
    sessions: Mapping[str, Sequence[float | tuple[float, float]]] | None,
) -> Visits:
    studies = tuple(dict.fromkeys(s for s, _ in arms))
    width = max(len(rows) for rows in arms.values())
    weeks, means, ses = (np.zeros((len(arms), width)) for _ in range(3))
    ses += 1.0
    seen = np.zeros((len(arms), width), dtype=np.bool_)
    for a, rows in enumerate(arms.values()):
        order = sorted(rows, key=lambda r: columns[0][r])
        seen[a, : len(rows)] = True
        for target, column in zip((weeks, means, ses), columns, strict=True):
            target[a, : len(rows)] = column[order]
    study_at = np.array([studies.index(s) for s, _ in arms], dtype=np.intp)
    treatment_at = np.array([names.index(t) for _, t in arms], dtype=np.intp)
    parts = components(study_at, treatment_at, len(names))
    if len(parts) > 1:
        told = " | ".join(", ".join(names[i] for i in part) for part in parts)
        raise InputError(f"no trial joins these parts of the network: {told}; fit each by itself")
    gap, median = _typical_gap(weeks, seen)
    return Visits(
        studies=studies, treatments=names, study=study_at, treatment=treatment_at, weeks=weeks,
        means=means, ses=ses, seen=seen, absolute=absolute, gap=gap, median_week=median,
        sessions=tuple(_schedule(sessions, t) for t in names),
    )  # fmt: skip


def within_arm(visits: Visits, rho: float) -> Floats:
    """Return the covariance of each arm's visits, shape (A, T, T); 1 on the diagonal where missing.

    Levels correlate as rho^(gap between them, in typical gaps). Changes also share the baseline:
    the correlation of two is (rho_tu - rho_t0 - rho_u0 + 1)/(2 sqrt((1 - rho_t0)(1 - rho_u0))), so
    that of late visits nears 1/2 however far apart they are, and none is 0.

    Parameters
    ----------
    visits:
        The arms.
    rho:
        Correlation of two levels one typical gap apart, 0 or above and below 1.

    Raises
    ------
    InputError
        If rho is out of range.
    """
    if not 0 <= rho < 1:
        raise InputError(f"the correlation between visits lies from 0 to below 1, got {rho}")
    t = visits.weeks / visits.gap
    between = rho ** np.abs(t[:, :, None] - t[:, None, :])
    if visits.absolute:
        r = between
    else:
        first = rho**t
        spread = np.sqrt(np.where(visits.seen, 2 * (1 - first), 1.0))
        shared = between - first[:, :, None] - first[:, None, :] + 1
        r = shared / (spread[:, :, None] * spread[:, None, :])
    both = visits.seen[:, :, None] & visits.seen[:, None, :]
    covariance = np.where(both, r * visits.ses[:, :, None] * visits.ses[:, None, :], 0.0)
    places = np.arange(t.shape[1])
    covariance[:, places, places] = np.where(visits.seen, visits.ses**2, 1.0)
    return np.asarray(covariance)
