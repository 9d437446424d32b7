"""The course that each option would take: hair over two years, with what is not known about it."""

from typing import Literal

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.facts import Facts
from anagen.facts.base import Record, Sex, Slug
from anagen.follicle import (
    AMPLITUDE,
    WEEKS_PER_YEAR,
    Cohort,
    Layout,
    Regimen,
    Seen,
    follow_recovery,
    follow_regimens,
    is_assumed,
    pattern_cohort,
)
from anagen.follicle.cycle import Array

MONTHS = tuple(float(month) for month in range(25))
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
DRAWS = 128
INTERVAL = (2.5, 97.5)
"""Percentiles that bound an interval."""
NET_MONTHS = (6, 12, 24)
OUTCOME_MONTH = 12

CourseStatus = Literal["fitted", "assumed", "not_modelled"]


class OptionCourse(Record):
    """What an option gives: its components, doses and sessions.

    `components` are ids of treatments, none for no treatment; `doses` are mg of finasteride or
    percent of minoxidil lotion; without `session_weeks` the facts schedule the sessions.
    """

    option: Slug
    components: list[Slug]
    doses: dict[Slug, float] = msgspec.field(default_factory=dict)
    session_weeks: list[float] | None = None
    course_status: Literal["fitted", "assumed"] = "fitted"


class ForecastRequest(Record):
    """For whom, and which options.

    `doubt` says in one sentence why nobody can forecast for this person, such as a diagnosis that
    is in doubt; where it is given no course is modelled, and it is the reason.
    """

    sex: Sex
    condition: Slug
    age_years: float
    options: list[OptionCourse]
    scale: Slug | None = None
    grade: str | None = None
    density_per_cm2: float | None = None
    doubt: str | None = None


class Noticeable(Record):
    """Changes of density that count as worse and as better, percent of the value at the start."""

    loss_percent: float
    gain_percent: float


class Band(Record):
    """A course by month: the average, the interval of the average, the interval of one person."""

    mean: list[float]
    average_low: list[float]
    average_high: list[float]
    person_low: list[float]
    person_high: list[float]


class Net(Record):
    """Difference from no treatment at a month, percent of the density at the start."""

    month: int
    mean_percent: float
    average_low_percent: float
    average_high_percent: float
    person_low_percent: float
    person_high_percent: float


class Outcome(Record):
    """Of 100 people like this at 12 months, by the true change of their density."""

    better: int
    cannot_notice: int
    worse: int


class Course(Record):
    """The modelled course of one option, or why there is none."""

    option: Slug
    status: CourseStatus
    months: list[float]
    reason: str | None = None
    density_per_cm2: Band | None = None
    change_percent: Band | None = None
    shaft_diameter_um: Band | None = None
    anagen_percent: Band | None = None
    shed_hairs_per_day: Band | None = None
    net: list[Net] = msgspec.field(default_factory=list)
    outcome: Outcome | None = None
    notes: list[str] = msgspec.field(default_factory=list)


def forecast(
    request: ForecastRequest,
    facts: Facts,
    seed: int,
    *,
    noticeable: Noticeable,
    draws: int = DRAWS,
) -> list[Course]:
    """Forecast every option of a request, in its order.

    All options share the draws of one seed, so they differ by treatment alone. The average is the
    model's average person; its interval holds the parameters' uncertainty, drawn independently of
    each other from the ranges of the facts. The interval of one person adds how people differ and,
    for the density, the error of one count.

    Raises
    ------
    InputError
        If a dose is given where no dose-response is known, or a number is out of bounds.
    """
    if request.density_per_cm2 is not None and not request.density_per_cm2 > 0:
        raise InputError(
            f"a density of {request.density_per_cm2} hairs per cm2 cannot be; give one above 0"
        )
    if request.doubt is not None:
        return [_no_course(option, request.doubt) for option in request.options]
    model = facts.model
    if request.condition == "telogen_effluvium":
        return _effluvium_courses(request, facts, seed, draws, noticeable)
    reason = _why_no_person(request, facts)
    chosen = [(option, reason or _why_no_course(option, facts)) for option in request.options]
    wanted = [option for option, why in chosen if why is None]
    if not wanted:
        return [_no_course(option, why or "") for option, why in chosen]
    layout = Layout.from_facts(model)
    rng = np.random.default_rng(seed)
    cohort = pattern_cohort(model, layout, rng, draws, request.density_per_cm2)
    count_error = model["count_error_percent"].number() / 100 * rng.standard_normal(draws)
    regimens = [_regimen(option) for option in wanted]
    untreated = Regimen(())
    weeks = [month * WEEKS_PER_MONTH for month in MONTHS]
    every = list(dict.fromkeys([untreated, *regimens]))
    seen = follow_regimens(model, layout, cohort, every, weeks)
    notes = _notes(request, cohort)
    courses: list[Course] = []
    for option, why in chosen:
        if why is not None:
            courses.append(_no_course(option, why))
            continue
        regimen = _regimen(option)
        assumed = (
            option.course_status == "assumed"
            or request.sex == "female"
            or is_assumed(regimen, model)
        )
        courses.append(
            _course(
                option.option,
                "assumed" if assumed else "fitted",
                seen[regimen],
                seen[untreated],
                count_error,
                noticeable,
                notes,
            )
        )
    return courses


def _regimen(option: OptionCourse) -> Regimen:
    weeks = None if option.session_weeks is None else tuple(sorted(option.session_weeks))
    names = tuple(name for name in sorted(set(option.components)) if name != "none")
    return Regimen(names, tuple(sorted(option.doses.items())), weeks)


_NO_MODEL_OF_CONDITION = {
    "alopecia_areata": "alopecia areata comes and goes in attacks; the model's numbers for it are "
    "guesses, not fits, so a course for one person would be invented",
    "traction_alopecia": "how fast hair returns after pulling ends, or scars, has no measured rate",
    "scarring_alopecia": "the speed of scarring differs between diseases and has no measured rate",
}
_NO_MODEL_OF_COMPONENT = {
    "hair_transplant": "surgery moves follicles; the model follows follicles that stay in place",
    "jak_inhibitor": "JAK inhibitors act on the immune attack, which is not modelled",
    "spironolactone": "no course of scalp androgen under spironolactone was found to fit",
    "clascoterone_topical": "no course of scalp androgen drive under clascoterone was found to fit",
}


def _why_no_person(request: ForecastRequest, facts: Facts) -> str | None:
    """Return why nobody like this can be forecast, or nothing."""
    if request.condition != "androgenetic_alopecia":
        fallback = "the model knows pattern hair loss and telogen effluvium only"
        return _NO_MODEL_OF_CONDITION.get(request.condition, fallback)
    if request.sex == "male" and request.scale == "norwood_hamilton":
        grades = facts.model["calibrated_norwood_grades"].words()
        if request.grade is not None and request.grade not in grades:
            return (
                f"the model was fitted to men of Norwood-Hamilton grades {', '.join(grades)}; "
                f"grade {request.grade} lies outside"
            )
    return None


def _why_no_course(option: OptionCourse, facts: Facts) -> str | None:
    """Return why an option has no course, or nothing."""
    for name in option.components:
        if name == "none" or name in AMPLITUDE:
            continue
        broader = facts.vocabulary.treatments.get(name)
        family = broader.broader if broader and broader.broader else name
        fallback = f"the model has no term for '{name}'"
        return _NO_MODEL_OF_COMPONENT.get(family, fallback)
    return None


def _no_course(option: OptionCourse, reason: str) -> Course:
    return Course(option=option.option, status="not_modelled", months=list(MONTHS), reason=reason)


def _band(values: Array, person: Array | None = None) -> Band:
    """Summarise months x 2N; `person` replaces the second half where a count adds its error."""
    half = values.shape[1] // 2
    average, single = values[:, :half], values[:, half:] if person is None else person
    low, high = np.percentile(average, INTERVAL, axis=1)
    one_low, one_high = np.percentile(single, INTERVAL, axis=1)
    return Band(
        mean=average.mean(axis=1).tolist(),
        average_low=low.tolist(),
        average_high=high.tolist(),
        person_low=one_low.tolist(),
        person_high=one_high.tolist(),
    )


def _nets(seen: Seen, untreated: Seen) -> list[Net]:
    nets = []
    for month in NET_MONTHS:
        gap = seen.density_per_cm2[month] - untreated.density_per_cm2[month]
        band = _band((100 * gap / seen.density_per_cm2[0])[None, :])
        nets.append(
            Net(
                month=month,
                mean_percent=band.mean[0],
                average_low_percent=band.average_low[0],
                average_high_percent=band.average_high[0],
                person_low_percent=band.person_low[0],
                person_high_percent=band.person_high[0],
            )
        )
    return nets


def _outcome(change_percent: Array, noticeable: Noticeable) -> Outcome:
    """Count persons out of 100 by their true change; rounding goes to the middle."""
    better = round(100 * float(np.mean(change_percent >= noticeable.gain_percent)))
    worse = round(100 * float(np.mean(change_percent <= -noticeable.loss_percent)))
    return Outcome(better=better, cannot_notice=100 - better - worse, worse=worse)


def _course(
    option: str,
    status: CourseStatus,
    seen: Seen,
    untreated: Seen | None,
    count_error: Array,
    noticeable: Noticeable,
    notes: list[str],
) -> Course:
    """Summarise the draws of one option."""
    density = seen.density_per_cm2
    half = density.shape[1] // 2
    change = 100 * (density / density[0] - 1)
    is_fitted = status == "fitted"
    return Course(
        option=option,
        status=status,
        months=list(MONTHS),
        density_per_cm2=_band(density, density[:, half:] * (1 + count_error)),
        change_percent=_band(change),
        shaft_diameter_um=_band(seen.shaft_diameter_um),
        anagen_percent=_band(seen.anagen_percent),
        shed_hairs_per_day=_band(seen.shed_hairs_per_day),
        net=[] if untreated is None else _nets(seen, untreated),
        outcome=_outcome(change[OUTCOME_MONTH, half:], noticeable) if is_fitted else None,
        notes=notes,
    )


def _notes(request: ForecastRequest, cohort: Cohort) -> list[str]:
    """Say what the forecast took from the person and what its intervals hold."""
    notes = [
        "Density counts hairs that are not vellus, at the vertex, as the trials count them; "
        "shedding is per 100,000 follicles like these.",
        "Parameters were drawn independently from their ranges; a joint fit would narrow the "
        "intervals.",
        "Shares of people are by the true change of density; the error of a count widens the "
        "interval of one person's density only.",
        "Age did not change the forecast.",
    ]
    if request.density_per_cm2 is None:
        notes.append(
            "No density was measured: the start is that of the average trial patient. The grade "
            "only decided whether the model applies; no rule turns a grade into a density."
        )
    else:
        notes.append(
            f"The measured {request.density_per_cm2:g} hairs per cm2 chose and scaled the draws, "
            "with the error of one count; the grade only decided whether the model applies."
        )
        if cohort.effective_draws < cohort.draws / 4:
            notes.append(
                "Few of the model's people have such a density, so the course rests on few of them."
            )
    if request.sex == "female":
        notes.append(
            "The model was fitted to men; for women every course is assumed, not measured."
        )
    elif request.scale != "norwood_hamilton":
        notes.append("Without a Norwood-Hamilton grade it is not known whether the model applies.")
    return notes


def _effluvium_courses(
    request: ForecastRequest, facts: Facts, seed: int, draws: int, noticeable: Noticeable
) -> list[Course]:
    """Forecast recovery from an acute effluvium: only what happens without treatment."""
    reason = "how a treatment changes the recovery from telogen effluvium has not been fitted"
    if not any(not _regimen_names(option) for option in request.options):
        return [_no_course(option, reason) for option in request.options]
    rng = np.random.default_rng(seed)
    weeks = [month * WEEKS_PER_MONTH for month in MONTHS]
    seen = follow_recovery(facts.model, rng, draws, weeks, request.density_per_cm2)
    error = facts.model["count_error_percent"].number() / 100 * rng.standard_normal(draws)
    notes = [
        "Recovery is modelled for one trigger that is over, from the peak of shedding on; a "
        "trigger that goes on, or pattern hair loss beneath, would change it.",
        "The share of hairs pushed into rest is assumed, not measured.",
        "Age and grade did not change the forecast.",
    ]
    return [
        _no_course(option, reason)
        if _regimen_names(option)
        else _course(option.option, "assumed", seen, None, error, noticeable, notes)
        for option in request.options
    ]


def _regimen_names(option: OptionCourse) -> list[str]:
    return [name for name in option.components if name != "none"]
