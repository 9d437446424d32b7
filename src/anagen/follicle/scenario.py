"""A scenario: whose scalp, what befalls it, and the arms that differ by what each is given."""

from typing import Annotated, Literal

import msgspec

from anagen.facts import Record
from anagen.follicle.layout import Memory
from anagen.follicle.units import WEEKS_PER_YEAR

MOST_YEARS = 60
MOST_WEEKS = 3132.0
MOST_AREA_CM2 = 1000.0
LEAST_AREA_CM2 = 0.05
LEAST_TREATED_CM2 = 1.0
LEAST_PUSH_WEEKS = 0.1
LEAST_GRAFTS_PER_CM2 = 1.0
MOST_PEOPLE = 5000
MOST_ARMS = 6
MOST_DRIVE = 2.0
MOST_HAZARD_PER_Y = 50.0
MOST_GRAFTS_PER_CM2 = 200.0
"""Guards for the arithmetic, far beyond what any scalp shows; none of them is a finding."""

Week = Annotated[float, msgspec.Meta(ge=0, le=MOST_WEEKS)]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Hazard = Annotated[float, msgspec.Meta(ge=0, le=MOST_HAZARD_PER_Y)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+\Z")]

WHOLE_SCALP = "whole_scalp"
BY_CHANCE = "by_chance"
Region = Literal["vertex", "frontal", "mid", "temporal", "occipital", "whole_scalp"]
ByChance = Literal["by_chance"]
Engine = Literal["mean_field", "counts", "follicles"]
Steady = Literal[
    "finasteride_oral",
    "finasteride_topical",
    "dutasteride",
    "minoxidil_topical",
    "minoxidil_oral",
    "lllt",
]
Sessioned = Literal["exosome", "prp", "microneedling"]
What = Literal[Steady, Sessioned, "hair_transplant"]


class Start(Record):
    """The scalp on week 0.

    `androgen_drive` is relative to the average man of a trial; left out it is 1 with pattern loss
    and 0 in health. A stated density scales the follicles so that everybody starts at it.
    """

    state: Literal["healthy", "pattern"] = "pattern"
    androgen_drive: Annotated[float, msgspec.Meta(ge=0, le=MOST_DRIVE)] | None = None
    disease_years: Annotated[float, msgspec.Meta(ge=0, le=MOST_YEARS)] | None = None
    density_per_cm2: Annotated[float, msgspec.Meta(gt=0)] | None = None


class AcuteEffluvium(Record, tag_field="what", tag="acute_effluvium"):
    """A share of growing hairs is pushed out of anagen; numbers left out are the facts'."""

    week: Week
    share_percent: Annotated[float, msgspec.Meta(gt=0, lt=100)] | None = None
    push_weeks: Annotated[float, msgspec.Meta(ge=LEAST_PUSH_WEEKS, le=MOST_WEEKS)] | None = None


class ChronicEffluvium(Record, tag_field="what", tag="chronic_effluvium"):
    """Growing hairs are pushed out of anagen at a steady rate, without one at that of the facts."""

    per_year: Hazard | None = None
    from_week: Week = 0.0
    to_week: Week | None = None


class Spell(Record):
    """From a week to a week."""

    from_week: Week
    to_week: Week


class Areata(Record, tag_field="what", tag="alopecia_areata"):
    """Attacks that empty growing follicles and keep them empty; relief weakens them from a week.

    Patches attack `scalp_percent` of the follicles and spare the rest. Episodes by chance begin in
    week 0 and then end and begin at the rates of the facts; they and a relief by chance differ from
    person to person, and are the same in every arm.
    """

    episodes: list[Spell] | ByChance
    scalp_percent: Annotated[float, msgspec.Meta(gt=0, le=100)] = 100.0
    attack_percent: Percent = 100.0
    relief_percent: Percent | ByChance = 0.0
    relief_from_week: Week = 0.0


class Traction(Record, tag_field="what", tag="traction"):
    """Growing hairs are pulled out; past a limit of years of tension follicles scar."""

    pulls_per_year: Hazard
    from_week: Week = 0.0
    to_week: Week | None = None
    years_before: Annotated[float, msgspec.Meta(ge=0, le=MOST_YEARS)] = 0.0


class Scarring(Record, tag_field="what", tag="scarring"):
    """Follicles are lost for good, without a rate at that of the facts; treatment lowers it."""

    per_year: Hazard | None = None
    from_week: Week = 0.0
    to_week: Week | None = None
    relief_percent: Percent = 0.0
    relief_from_week: Week = 0.0


class Season(Record, tag_field="what", tag="season"):
    """Anagen ends more often at one time of the year; numbers left out are the facts'.

    `starts_in_week` is the week of the year in which week 0 lies.
    """

    amplitude_percent: Percent | None = None
    peak_week: Annotated[float, msgspec.Meta(ge=0, le=53)] | None = None
    starts_in_week: Annotated[float, msgspec.Meta(ge=0, le=53)] = 0.0


class Ageing(Record, tag_field="what", tag="ageing"):
    """Shafts get thinner year by year, all sizes by the same share; without a rate as in the facts.

    `diameter_um_per_year` is the change of a terminal hair, below 0 where it thins.
    """

    diameter_um_per_year: Annotated[float, msgspec.Meta(ge=-10, le=0)] | None = None


Condition = AcuteEffluvium | ChronicEffluvium | Areata | Traction | Scarring | Season | Ageing


class Treatment(Record):
    """One component of an arm: what, how strong, when, and how regularly it is taken.

    Without `to_week` it goes on to the end. Sessions without `session_weeks` follow the schedule of
    the facts from `from_week` on. A transplant is done in `from_week`.
    """

    what: What
    mg: Annotated[float, msgspec.Meta(gt=0)] | None = None
    percent: Annotated[float, msgspec.Meta(gt=0)] | None = None
    from_week: Week = 0.0
    to_week: Week | None = None
    session_weeks: list[Week] | None = None
    billion_particles: Annotated[float, msgspec.Meta(gt=0, le=1e6)] | None = None
    treated_area_cm2: (
        Annotated[float, msgspec.Meta(ge=LEAST_TREATED_CM2, le=MOST_AREA_CM2)] | None
    ) = None
    adherence_percent: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    grafts_per_cm2: (
        Annotated[float, msgspec.Meta(ge=LEAST_GRAFTS_PER_CM2, le=MOST_GRAFTS_PER_CM2)] | None
    ) = None


class Arm(Record):
    """What is given to one copy of the scalp, and what befalls that copy alone."""

    name: Label
    treatments: list[Treatment] = msgspec.field(default_factory=list)
    conditions: list[Condition] = msgspec.field(default_factory=list)


class Scenario(Record):
    """One scalp, what befalls it, and arms that differ by what each is given.

    All arms share the draws of parameters and persons and the random numbers of every follicle. A
    whole scalp is its five regions, each with its own follicles and androgen drive.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
    arms: list[Arm]
    years: Annotated[float, msgspec.Meta(gt=0, le=MOST_YEARS)] = 2.0
    report_weeks: Annotated[float, msgspec.Meta(gt=0, le=520)] = 4.0
    people: Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE)] = 200
    area_cm2: Annotated[float, msgspec.Meta(ge=LEAST_AREA_CM2, le=MOST_AREA_CM2)] = 1.0
    region: Region = "vertex"
    memory: Memory = "kept"
    start: Start = msgspec.field(default_factory=Start)
    conditions: list[Condition] = msgspec.field(default_factory=list)


def end_week(scenario: Scenario) -> float:
    """Return the last week of a scenario."""
    return scenario.years * WEEKS_PER_YEAR


def report_weeks(scenario: Scenario) -> tuple[float, ...]:
    """Return the weeks at which is reported, from 0 on."""
    count = int(end_week(scenario) / scenario.report_weeks + 1e-9) + 1
    return tuple(k * scenario.report_weeks for k in range(count))


def areata_of(scenario: Scenario, arm: Arm) -> list[Areata]:
    """Return the attacks of alopecia areata of an arm, those that befall every arm first."""
    both = (*scenario.conditions, *arm.conditions)
    return [one for one in both if isinstance(one, Areata)]


def is_by_chance(scenario: Scenario) -> bool:
    """Return whether persons differ by chance in their attacks or in the relief of them."""
    return any(
        BY_CHANCE in (one.episodes, one.relief_percent)
        for arm in scenario.arms
        for one in areata_of(scenario, arm)
    )
