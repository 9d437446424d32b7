"""The JSON documents of `anagen evidence course`: time courses of facts and of tables."""

from typing import Literal

import msgspec

from anagen.evidence.arm_visits import ArmVisit
from anagen.evidence.documents import TableRead
from anagen.evidence.trial_network import NotInNetwork
from anagen.facts.base import Sex, Slug
from anagen.frozen import Record


class CoursePoint(Record):
    """The difference from the reference at a time; the second interval is that of a new trial."""

    week: float
    estimate: float
    se: float
    low: float
    high: float
    new_low: float | None = None
    new_high: float | None = None


class ObservedDifference(Record):
    """What one trial showed at one visit: a treatment less the reference."""

    study: str
    week: float
    difference: float
    se: float
    n: int | None = None


class CourseArea(Record):
    """The area between a course and the reference's up to its last visit, in the unit × weeks."""

    to_week: float
    estimate: float
    se: float
    low: float
    high: float


class Reached(Record):
    """When the meaningful difference is first reached: by the estimate, and by its bounds.

    `earliest` is when the farther bound reaches it, `latest` when the nearer one does; `reason`
    says what is not reached by the last visit.
    """

    difference: float
    estimate: float | None = None
    earliest: float | None = None
    latest: float | None = None
    reason: str = ""


class TreatmentCourse(Record):
    """One treatment against the reference over time.

    `is_told` is false where the visits do not tell how fast it acts; `words` say why. `curve` ends
    with the treatment's last visit, and is empty where it was seen at one time alone.
    """

    treatment: str
    trials: int
    weeks: list[float]
    people: int | None
    is_told: bool
    words: str
    at_last_visit: CoursePoint
    curve: list[CoursePoint]
    observed: list[ObservedDifference]
    area: CourseArea | None = None
    reached: Reached | None = None


class Kinetics(Record):
    """A kinetic parameter of a class of treatments, in weeks, with its interval.

    `from_prior` is true where the visits hardly narrow what was assumed of it.
    """

    group: str
    parameter: str
    median: float
    low: float
    high: float
    from_prior: bool


class StudyDeviance(Record):
    """How far one trial's visits lie from the model: about 1 per point where the shape fits."""

    study: str
    points: int
    deviance: float
    per_point: float


class BinnedDifference(Record):
    """A network of one span of visits alone, which assumes no shape, beside the curve."""

    treatment: str
    versus: str
    week: float
    trials: int
    binned: float
    binned_se: float
    curve: float
    curve_se: float


class AtCorrelation(Record):
    """The differences at each treatment's last visit under one assumed correlation of visits."""

    rho: float
    tau: float
    differences: dict[str, CoursePoint]


class CourseAnalysis(Record):
    """A time-course network with what shows how far to trust it.

    `not_evaluable` says why there is no course at all. `apart` are treatments that no trial joins
    to the reference.
    """

    shape: str
    rho: float
    reference: str
    unit: str
    level: float
    studies: int
    arms: int
    points: int
    words: list[str]
    treatments: list[TreatmentCourse] = msgspec.field(default_factory=list)
    kinetics: list[Kinetics] = msgspec.field(default_factory=list)
    tau: float | None = None
    omega: float | None = None
    deviances: list[StudyDeviance] = msgspec.field(default_factory=list)
    two_stage: list[BinnedDifference] = msgspec.field(default_factory=list)
    two_stage_not_evaluable: list[str] = msgspec.field(default_factory=list)
    correlations: list[AtCorrelation] = msgspec.field(default_factory=list)
    flips: list[str] = msgspec.field(default_factory=list)
    apart: list[str] = msgspec.field(default_factory=list)
    not_evaluable: str | None = None


class TableCourse(Record):
    """The time courses of a table of arms."""

    schema: Literal["anagen/evidence-table-course/1"]
    table: TableRead
    means: Literal["change", "level"]
    analysis: CourseAnalysis
    notes: list[str] = msgspec.field(default_factory=list)


class FactsCourse(Record):
    """The time courses of the randomised trials of one condition.

    `option` is the treatment that was asked of; null for all.
    """

    schema: Literal["anagen/evidence-course/1"]
    condition: Slug
    sex: Sex | None
    option: Slug | None
    analysis: CourseAnalysis
    visits: list[ArmVisit]
    left_out: list[NotInNetwork]
    notes: list[str] = msgspec.field(default_factory=list)
