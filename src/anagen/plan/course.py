"""What a forecast is asked and what it answers: options, courses, bands and counts of people."""

from typing import Literal

import msgspec

from anagen.candidacy import UsedTreatment
from anagen.facts.base import Sex, Slug
from anagen.frozen import Record

CourseStatus = Literal["fitted", "assumed", "not_modelled"]

LEAST_START = 1 / 2
"""A single person's change is in percent of the own start, but of no less than this share of the
average start: some draws begin nearly bald, and a few hairs are any percentage of almost none."""


class OptionCourse(Record):
    """What an option gives on top of what is used now: its components, doses and sessions.

    `components` are ids of treatments, none for going on as now; `doses` are mg of finasteride or
    percent of minoxidil lotion; without `session_weeks` the facts schedule the sessions. `stopped`
    names treatments in use that end today.
    """

    option: Slug
    components: list[Slug]
    doses: dict[Slug, float] = msgspec.field(default_factory=dict)
    session_weeks: list[float] | None = None
    course_status: Literal["fitted", "assumed"] = "fitted"
    stopped: list[Slug] = msgspec.field(default_factory=list)


class ForecastRequest(Record):
    """For whom, and which options.

    `doubt` says in one sentence why nobody can forecast for this person, such as a diagnosis that
    is in doubt; where it is given no course is modelled, and it is the reason.
    `history` is what the person uses and has used: a course starts from the state that it left.
    `months_since_onset` is how long ago an effluvium began to shed; `density_not_used` says why a
    measured density is left aside. `shaft_diameter_um` and `anagen_percent` were measured, and
    `months_of_loss` is how long ago a person with pattern hair loss noticed it.
    """

    sex: Sex
    condition: Slug
    age_years: float
    options: list[OptionCourse]
    scale: Slug | None = None
    grade: str | None = None
    density_per_cm2: float | None = None
    doubt: str | None = None
    months_since_onset: float | None = None
    density_not_used: str | None = None
    shaft_diameter_um: float | None = None
    anagen_percent: float | None = None
    months_of_loss: float | None = None
    history: list[UsedTreatment] = msgspec.field(default_factory=list)


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
    """Difference from going on as now at a month, percent of the density at the start."""

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
    """The modelled course of one option, or why there is none.

    `is_wearing_off` says that something that was stopped, or is stopped in it, may still show: how
    much of its gain is left is not settled, so a page gives the ends of the average, never its
    middle.
    """

    option: Slug
    status: CourseStatus
    months: list[float]
    reason: str | None = None
    is_wearing_off: bool = False
    density_per_cm2: Band | None = None
    change_percent: Band | None = None
    shaft_diameter_um: Band | None = None
    anagen_percent: Band | None = None
    shed_hairs_per_day: Band | None = None
    net: list[Net] = msgspec.field(default_factory=list)
    outcome: Outcome | None = None
    notes: list[str] = msgspec.field(default_factory=list)
