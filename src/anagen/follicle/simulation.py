"""What a simulation found: courses of every measure, by arm, as one document."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Literal

import msgspec

from anagen.facts import Record
from anagen.facts.base import Status
from anagen.follicle.scenario import Engine, Scenario

DIGITS = 6
"""Significant digits of every number written."""

FEWEST_FOR_INTERVAL = 20
"""Of fewer persons or replicates no interval is given: its ends would be the extremes."""
SAME_SHARE = 1e-5
"""Ends of an interval that differ by less, relative to their size, differ by rounding alone."""

Series = list[float | None]
"""One number a report; none where there is nothing to measure it on."""


class Course(Record):
    """One measure by report.

    `value` is the expectation at the values of the facts (mean field; the mean over persons where
    chance makes them differ), the mean of the replicates (counts) or what the follicles did.
    `average_low` and `average_high` hold the average person in 95 % of the draws of the parameters,
    `person_low` and `person_high` 95 % of single persons, `chance_low` and `chance_high` 95 % of
    the replicates of one person. There is no interval of fewer than 20 persons or replicates, nor
    one that has no width at any report.
    """

    value: Series
    average_low: Series | None = None
    average_high: Series | None = None
    person_low: Series | None = None
    person_high: Series | None = None
    chance_low: Series | None = None
    chance_high: Series | None = None


BANDS = tuple(name for name in Course.__struct_fields__ if name != "value")


class Event(Record):
    """Something that happens in an arm: from a week, to a week where it lasts.

    `is_condition` tells what befalls the scalp from what is given.
    """

    what: str
    label: str
    kind: Literal["session", "span"]
    from_week: float
    to_week: float | None = None
    is_condition: bool = False


class Assumption(Record):
    """A number that courses rest on and that nobody measured, as the facts have it.

    `name` is that of the fact, `low` and `high` its range, where one is known.
    """

    name: str
    meaning: str
    value: float
    unit: str
    status: Status
    low: float | None = None
    high: float | None = None


class ArmCourse(Record):
    """The course of one arm: what was given, what happened, each measure.

    `assumed` are the facts that it rests on and that were not measured; `Simulation.assumptions`
    tells more of each.
    """

    name: str
    given: list[str]
    events: list[Event]
    measures: dict[str, Course]
    assumed: list[str] = msgspec.field(default_factory=list)


class Simulation(Record):
    """What one run of a scenario gave; `weeks` are those of the reports.

    `follicles` is how many were followed or counted in the area (not with the mean field).
    `is_mean_of_persons` says that every `value` is the mean over single persons, who differ by
    chance in their attacks of a disease or in its relief; the average person then has no interval.
    """

    schema: Literal["anagen/simulation/1"]
    engine: Engine
    seed: int
    people: int
    scenario: Scenario
    weeks: list[float]
    arms: list[ArmCourse]
    intended_use: str
    follicles: int | None = None
    is_mean_of_persons: bool = False
    assumptions: list[Assumption] = msgspec.field(default_factory=list)


def rounded(value: float) -> float | None:
    """Return a number with `DIGITS` significant digits, none if it is no finite number.

    Examples
    --------
    >>> rounded(1234.56789), rounded(float("nan"))
    (1234.57, None)
    """
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None


def band(low: Sequence[float], high: Sequence[float], count: int) -> Iterator[Series | None]:
    """Yield the two ends of an interval, none of few or of one that has no width at any report."""
    ends = series(low), series(high)
    is_wide = any(
        a is not None and b is not None and b - a > SAME_SHARE * max(abs(a), abs(b))
        for a, b in zip(*ends, strict=True)
    )
    is_given = is_wide and count >= FEWEST_FOR_INTERVAL
    yield from ends if is_given else (None, None)


def series(values: Any) -> Series:
    """Return an array of reports as numbers that are written."""
    return [rounded(float(value)) for value in values]
