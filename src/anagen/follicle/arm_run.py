"""One arm of a scenario, ready to be run: its populations of follicles, and when to report."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, CycleParameters
from anagen.follicle.disease import Acting
from anagen.follicle.field import Field
from anagen.follicle.follicles import Hairs, Whole
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment
from anagen.follicle.scenario import Arm, Scenario, report_weeks
from anagen.follicle.scenario_arms import attacked_share, drive_of, thinned_um, transplant_of
from anagen.follicle.scenario_people import People
from anagen.follicle.units import Array

SAME_W = 1e-6
Tick = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class HairTable:
    """Hairs of some follicles of one arm; days are infinite where something has not ended."""

    arm: str
    hairs: Hairs
    number: Whole
    diameter_um: Array
    growth_mm_per_day: Array


@dataclass(frozen=True, slots=True, eq=False)
class Sinks:
    """Who is told of what does not fit into a summary; only the engine of follicles tells it."""

    field: Callable[[str, Field], None]
    hairs: Callable[[HairTable], None]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Follicles that begin together: week, start, drive, density relative to that of the scalp.

    `region` is where they stand, or where they were put by a transplant. `jumps` are the weeks at
    which a control jumps in any arm: cells of time end there, so that arms are the same to the
    last follicle until their controls part.
    """

    from_week: float
    start: Array
    drive: Acting
    weight: Array
    region: str
    is_grafted: bool = False
    jumps: tuple[float, ...] = ()

    def later(self, week: float, begun: float) -> Controls:
        """Return the controls on a clock that starts with the population."""
        return self.drive(week + self.from_week, begun + self.from_week)

    @property
    def events(self) -> tuple[float, ...]:
        """Weeks at which a control jumps, on that clock."""
        weeks = sorted({*self.drive.events, *self.jumps})
        return tuple(w - self.from_week for w in weeks if w > self.from_week)


Parts = list[tuple[Population, Moment]]
"""The populations that are there at a report, with their shares; the week is the scenario's."""


@dataclass(frozen=True, slots=True, eq=False)
class ArmRun:
    """One arm of a scenario, ready to be run."""

    scenario: Scenario
    arm: Arm
    model: Mapping[str, ModelParameter]
    layout: Layout
    people: People
    seed: int
    sinks: Sinks | None
    tick: Tick
    jumps: tuple[float, ...] = ()

    @property
    def parameters(self) -> CycleParameters:
        """The parameters of the people."""
        return self.people.parameters

    @property
    def weeks(self) -> tuple[float, ...]:
        """Weeks of the reports."""
        return report_weeks(self.scenario)

    def thinned_um(self, week: float) -> float:
        """Return by how much age has thinned a terminal hair by a week."""
        return thinned_um(self.scenario, self.arm, self.model, week)

    def populations(self) -> list[Population]:
        """Return the follicles of the scalp, and after them those transplanted."""
        people, n = self.people, self.people.size
        found = self._native()
        transplant = transplant_of(self.arm)
        if transplant is not None:
            drive = drive_of(self.scenario, self.arm, self.model, people, people.donor_u)
            set_ = transplant.follicles_per_cm2(people.values) / people.parameters.F0
            if not people.count:  # follicles are counted: there are no parts of one
                whole = people.parameters.F0 * self.scenario.area_cm2
                set_ = np.maximum(np.rint(set_ * whole), 1.0) / whole
            start, weight = transplant.start(self.layout, n), np.broadcast_to(set_, n)
            region = self.scenario.region
            found.append(Population(transplant.week, start, drive, weight, region, True))
        return [replace(one, jumps=self.jumps) for one in found]

    def _native(self) -> list[Population]:
        """Return the follicles of every region, those within a patch before those beside it."""
        attacked, found = attacked_share(self.scenario, self.arm), []
        for place in self.people.places:
            for last, weight in self._patches(place.share):
                drive = drive_of(
                    self.scenario, self.arm, self.model, self.people, place.u,
                    is_attacked=last <= attacked,
                )  # fmt: skip
                every = np.full(self.people.size, weight)
                found.append(Population(0.0, place.start, drive, every, place.region))
        return self._whole_numbers(found)

    def _patches(self, share: float) -> list[tuple[float, float]]:
        """Return the parts of a region that patches cut: where each ends, and its weight.

        Counted follicles are cut alike in every arm, so that arms share their random numbers.
        """
        arms = [self.arm] if self.people.count else self.scenario.arms
        ends = sorted({attacked_share(self.scenario, arm) for arm in arms} | {1.0})
        sizes = np.diff([0.0, *ends])
        return [(end, share * float(size)) for end, size in zip(ends, sizes, strict=True)]

    def _whole_numbers(self, found: list[Population]) -> list[Population]:
        """Return counted populations with whole numbers of follicles that add up to all of them."""
        if self.people.count:
            return found
        whole = self.follicles
        ends = np.rint(np.cumsum([one.weight[0] for one in found]) * whole)
        numbers = np.diff([0.0, *ends])
        return [
            replace(one, weight=np.full(self.people.size, number / whole))
            for one, number in zip(found, numbers, strict=True)
            if number
        ]

    @property
    def follicles(self) -> int:
        """Native follicles in the area, of the person with the values of the facts."""
        return max(1, round(float(self.parameters.F0[0]) * self.scenario.area_cm2))

    def number(self, one: Population) -> int:
        """Return how many follicles a population has in the area."""
        return round(float(one.weight[0]) * float(self.parameters.F0[0]) * self.scenario.area_cm2)

    def own_weeks(self, one: Population) -> list[float]:
        """Return the weeks of the reports on the clock of a population."""
        return [max(0.0, w - one.from_week) for w in self.weeks if w >= one.from_week - SAME_W]

    def reports(self, courses: list[tuple[Population, Iterator[Moment]]]) -> Iterator[Parts]:
        """Yield the populations at every report; one that has not begun is not there."""
        for week in self.weeks:
            yield [
                (one, replace(next(moments), week=week))
                for one, moments in courses
                if week >= one.from_week - SAME_W
            ]
