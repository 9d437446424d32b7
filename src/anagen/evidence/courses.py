"""Time courses of a network of arms: fitted, and what may be said of each treatment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from anagen.errors import ConvergenceError, InputError
from anagen.evidence.course_checks import deviances, two_stage
from anagen.evidence.course_documents import (
    AtCorrelation,
    CourseAnalysis,
    CourseArea,
    CoursePoint,
    Kinetics,
    ObservedDifference,
    Reached,
    TreatmentCourse,
)
from anagen.synthesis.time_course import TimeCourse, fit_time_course
from anagen.synthesis.time_course_data import Visits, components, read_visits
from anagen.synthesis.time_course_report import (
    Differences,
    area_between,
    differences,
    time_to_threshold,
)
from anagen.synthesis.time_course_shapes import SHAPES

SHAPE_NAMES = tuple(name for name in SHAPES if name != "level")
STEPS = 40
FROM_PRIOR = 0.8  # of the prior's variance: visits that leave more tell nothing of the speed


@dataclass(frozen=True)
class CourseRow:
    """One visit of one arm: a change from the baseline, or a level."""

    trial: str
    treatment: str
    week: float
    mean: float
    se: float
    n: int | None = None


@dataclass(frozen=True)
class CourseSettings:
    """The shape, the correlations of visits that are tried (the first is shown), and the rest."""

    shape: str = "plateau"
    rhos: tuple[float, ...] = (0.5, 0.8)
    level: float = 0.95
    reference: str | None = None
    meaningful: float | None = None
    own_speeds: bool = False
    bins: tuple[float, ...] = ()
    sessions: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Joined:
    rows: list[CourseRow]
    reference: str
    apart: list[str]


def _joined(rows: Sequence[CourseRow], reference: str | None) -> _Joined:
    """Return the visits of trials with two arms that are joined to the reference."""
    arms: dict[str, dict[str, None]] = {}
    for row in rows:
        arms.setdefault(row.trial, {})[row.treatment] = None
    kept = [row for row in rows if len(arms[row.trial]) > 1]
    if not kept:
        raise InputError("no trial has two arms with visits, so no difference over time is told")
    _refuse_starts(kept)
    names = sorted({row.treatment for row in kept})
    often = {n: sum(n in a for a in arms.values() if len(a) > 1) for n in names}
    chosen = reference or min(names, key=lambda n: (-often[n], n))
    if chosen not in names:
        raise InputError(
            f"there is no treatment {chosen[:60]!r} in a comparison; there are "
            f"{', '.join(names[:12])}"
        )
    trials = list(dict.fromkeys(row.trial for row in kept))
    pairs = sorted({(trials.index(r.trial), names.index(r.treatment)) for r in kept})
    parts = components(
        np.array([s for s, _ in pairs], dtype=np.intp),
        np.array([t for _, t in pairs], dtype=np.intp), len(names),
    )  # fmt: skip
    own = next(part for part in parts if names.index(chosen) in part)
    inside = {names[i] for i in own}
    return _Joined(
        rows=[row for row in kept if row.treatment in inside], reference=chosen,
        apart=[name for name in names if name not in inside],
    )  # fmt: skip


def _refuse_starts(rows: Sequence[CourseRow]) -> None:
    """Refuse an arm that was seen at week 0 alone: it joins a trial and tells nothing in it."""
    later = {(row.trial, row.treatment) for row in rows if row.week > 0}
    alone = next((row for row in rows if (row.trial, row.treatment) not in later), None)
    if alone is not None:
        raise InputError(
            f"{alone.trial[:60]!r}: the arm {alone.treatment[:60]!r} was seen at week 0 only, "
            "which is no course; give a later visit, or leave its rows out"
        )


def _visits(joined: _Joined, settings: CourseSettings, *, absolute: bool) -> Visits:
    rows = joined.rows
    return read_visits(
        [r.trial for r in rows], [r.treatment for r in rows], [r.week for r in rows],
        [r.mean for r in rows], [r.se for r in rows], reference=joined.reference,
        absolute=absolute, sessions=_sessions(joined, settings),
    )  # fmt: skip


def _sessions(
    joined: _Joined, settings: CourseSettings
) -> dict[str, list[float | tuple[float, float]]] | None:
    names = {row.treatment for row in joined.rows}
    unknown = [name for name in settings.sessions if name not in names]
    if unknown:
        raise InputError(
            f"--sessions names {unknown[0][:60]!r}, which no trial joins to {joined.reference}; "
            f"there are {', '.join(sorted(names)[:12])}"
        )
    if settings.shape != "rise_and_loss":
        if settings.sessions:
            raise InputError("--sessions says nothing to this shape; add --shape rise_and_loss")
        return None
    missing = sorted(names - set(settings.sessions) - {joined.reference})
    if missing:
        raise InputError(
            f"the shape rise_and_loss needs the weeks of the sessions of {missing[0]!r}; add "
            f"--sessions '{missing[0][:40]}=0,4,8'"
        )
    return {name: list(settings.sessions.get(name, [])) for name in names}


def course_analysis(
    rows: Sequence[CourseRow],
    settings: CourseSettings,
    *,
    unit: str = "",
    absolute: bool = False,
    classes: Mapping[str, str] | None = None,
) -> CourseAnalysis:
    """Fit the time courses of a network of arms.

    Parameters
    ----------
    rows:
        Visits of arms, one for each arm and week.
    settings:
        How to fit and what to tell.
    unit:
        Of the means.
    absolute:
        Whether means are levels, so that every trial has a level of its own.
    classes:
        The class of each treatment, whose members share their speed; used with `own_speeds`.

    Raises
    ------
    InputError
        If the visits cannot be laid out, or a choice does not fit them.
    """
    joined = _joined(rows, settings.reference)
    visits = _visits(joined, settings, absolute=absolute)
    shared = {t: t for t in visits.treatments} if classes is None else dict(classes)
    groups = shared if settings.own_speeds else None
    told = CourseAnalysis(
        shape=settings.shape, rho=settings.rhos[0], reference=joined.reference, unit=unit,
        level=settings.level, studies=len(visits.studies), arms=int(visits.study.size),
        points=int(visits.seen.sum()), words=_little(visits), apart=joined.apart,
    )  # fmt: skip
    try:
        fits = [
            fit_time_course(visits, settings.shape, rho=rho, classes=groups)
            for rho in settings.rhos
        ]
    except ConvergenceError as error:
        return _with(told, not_evaluable=str(error))
    return _filled(told, fits, joined, settings, groups)


def _with(told: CourseAnalysis, **changes: object) -> CourseAnalysis:
    import msgspec

    return msgspec.structs.replace(told, **changes)


def _little(visits: Visits) -> list[str]:
    """Return in words how much the visits can tell of a course."""
    often = visits.seen.sum(axis=1)
    several = len({int(s) for s, n in zip(visits.study, often, strict=True) if n > 1})
    trials = len(visits.studies)
    if several == 0:
        return [
            f"None of the {trials} trials shows an arm at two visits or more: how fast anything "
            "acts rests on differences between trials and on what was assumed."
        ]
    return [
        f"Trials that show an arm at two visits or more: {several} of {trials}; only these follow "
        "a course within the same people."
    ]


def _filled(
    told: CourseAnalysis, fits: list[TimeCourse], joined: _Joined, settings: CourseSettings,
    groups: Mapping[str, str] | None,
) -> CourseAnalysis:  # fmt: skip
    fit = fits[0]
    kinetics = _kinetics(fit, settings.level)
    loose = {k.group for k in kinetics if k.from_prior}
    treatments = [
        _treatment(fit, joined, name, settings, groups, loose)
        for name in fit.model.visits.treatments[1:]
    ]
    at = [_at_correlation(f, treatments, settings.level) for f in fits]
    binned, reasons = two_stage(fit, settings.bins)
    return _with(
        told, treatments=treatments, kinetics=kinetics, tau=fit.tau2**0.5, omega=fit.omega2**0.5,
        deviances=deviances(fit), two_stage=binned, two_stage_not_evaluable=reasons,
        correlations=at, flips=_flips(at),
    )  # fmt: skip


def _kinetics(fit: TimeCourse, level: float) -> list[Kinetics]:
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    summary, found = fit.summary(), []
    precision = fit.model.precision
    for c, group in enumerate(fit.model.class_names):
        for j, (name, median) in enumerate(summary.kinetics[group].items()):
            se = summary.kinetics_log_se[group][name]
            found.append(
                Kinetics(
                    group=group, parameter=name, median=median,
                    low=float(median * np.exp(-z * se)), high=float(median * np.exp(z * se)),
                    from_prior=bool(se**2 * precision[c, j] > FROM_PRIOR),
                )
            )  # fmt: skip
    return found


def _points(made: Differences, i: int) -> list[CoursePoint]:
    def ends(bound: np.ndarray | None, w: int) -> float | None:
        return None if bound is None else float(bound[w, i, 0])

    return [
        CoursePoint(
            week=week, estimate=float(made.estimate[w, i, 0]), se=float(made.se[w, i, 0]),
            low=float(made.low[w, i, 0]), high=float(made.high[w, i, 0]),
            new_low=ends(made.prediction_low, w), new_high=ends(made.prediction_high, w),
        )
        for w, week in enumerate(made.weeks)
    ]  # fmt: skip


def _treatment(
    fit: TimeCourse, joined: _Joined, name: str, settings: CourseSettings,
    groups: Mapping[str, str] | None, loose: set[str],
) -> TreatmentCourse:  # fmt: skip
    own = [row for row in joined.rows if row.treatment == name]
    weeks = sorted({row.week for row in own if row.week > 0})
    trials = list(dict.fromkeys(row.trial for row in own))
    last, place = weeks[-1], fit.model.visits.treatments.index(name)
    group = "all" if groups is None else groups[name]
    has_course, is_loose = len(weeks) > 1, group in loose
    grid = np.unique([*np.linspace(0, last, STEPS + 1), *weeks])
    curve = _points(differences(fit, grid, level=settings.level), place) if has_course else []
    area = area_between(fit, name, joined.reference, horizon=last, level=settings.level)
    return TreatmentCourse(
        treatment=name, trials=len(trials), weeks=weeks, people=_people(own),
        is_told=has_course and not is_loose, words=_words(weeks, is_loose=is_loose),
        at_last_visit=_points(differences(fit, [last], level=settings.level), place)[0],
        curve=curve, observed=_observed(joined, name),
        area=None if not has_course else CourseArea(
            to_week=last, estimate=area.estimate, se=area.se, low=area.low, high=area.high
        ),
        reached=_reached(fit, name, joined.reference, settings, last) if has_course else None,
    )  # fmt: skip


def _words(weeks: Sequence[float], *, is_loose: bool) -> str:
    if len(weeks) == 1:
        return (
            f"not evaluable: seen at week {weeks[0]:g} alone, so what comes before and after is "
            "not known"
        )
    if is_loose:
        return (
            f"how fast it acts is not evaluable: {len(weeks)} visit times hardly narrow what was "
            "assumed, so the curve between them is an assumption"
        )
    return f"{len(weeks)} visit times, from week {weeks[0]:g} to {weeks[-1]:g}"


def _people(rows: Sequence[CourseRow]) -> int | None:
    most: dict[str, int] = {}
    for row in rows:
        if row.n is None:
            return None
        most[row.trial] = max(most.get(row.trial, 0), row.n)
    return sum(most.values())


def _observed(joined: _Joined, name: str) -> list[ObservedDifference]:
    base = {(r.trial, r.week): r for r in joined.rows if r.treatment == joined.reference}
    found = []
    for row in joined.rows:
        other = base.get((row.trial, row.week))
        if row.treatment == name and other is not None:
            n = None if row.n is None or other.n is None else row.n + other.n
            found.append(
                ObservedDifference(
                    study=row.trial, week=row.week, difference=row.mean - other.mean,
                    se=float(np.hypot(row.se, other.se)), n=n,
                )
            )  # fmt: skip
    return found


def _reached(
    fit: TimeCourse, name: str, reference: str, settings: CourseSettings, last: float
) -> Reached | None:
    if settings.meaningful is None:
        return None
    found = time_to_threshold(
        fit, name, reference, settings.meaningful, horizon=last, level=settings.level
    )
    return Reached(
        difference=settings.meaningful, estimate=found.estimate, earliest=found.earliest,
        latest=found.latest, reason=found.reason,
    )  # fmt: skip


def _at_correlation(
    fit: TimeCourse, treatments: Sequence[TreatmentCourse], level: float
) -> AtCorrelation:
    names = fit.model.visits.treatments
    return AtCorrelation(
        rho=fit.rho, tau=fit.tau2**0.5,
        differences={
            t.treatment: _points(
                differences(fit, [t.weeks[-1]], level=level), names.index(t.treatment)
            )[0]
            for t in treatments
        },
    )  # fmt: skip


def _flips(at: Sequence[AtCorrelation]) -> list[str]:
    """Return the treatments whose interval includes 0 under one correlation and not another."""

    def sign(p: CoursePoint) -> int:
        return (p.low > 0) - (p.high < 0)

    return [name for name in at[0].differences if len({sign(a.differences[name]) for a in at}) > 1]
