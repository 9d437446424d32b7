"""A scenario run with one of the engines: the course of every measure in every arm."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import reduce

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.blend import Transplant, blended
from anagen.follicle.counts import count_follicles, transitions
from anagen.follicle.cycle import Controls, CycleParameters, rates
from anagen.follicle.disease import Acting
from anagen.follicle.field import Field, follicle_field
from anagen.follicle.follicles import Hairs, Whole, live
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment, follow, sheddings_per_year
from anagen.follicle.observe import Observation, growth_mm_per_day, observe
from anagen.follicle.scenario import Arm, Engine, Scenario, end_week, report_weeks
from anagen.follicle.scenario_arms import (
    assumed_of,
    drive_of,
    events_of,
    given_words,
    transplant_of,
)
from anagen.follicle.scenario_people import People
from anagen.follicle.simulation import ArmCourse, Course, Simulation, series
from anagen.follicle.units import DAYS_PER_WEEK, Array

TWO_SIDED_95 = (2.5, 97.5)
NEEDS_HAIR = ("_um", "mm_per_day", "anagen_percent", "to_telogen")
"""How measures end that mean nothing where no hair is seen."""
SAME_W = 1e-6
Tick = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""


def unheard(share: float) -> None:
    """Tell nobody."""


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
class _Population:
    """Follicles that begin together: week, start, drive, density relative to that of the scalp."""

    from_week: float
    start: Array
    drive: Acting
    weight: Array

    def later(self, week: float, begun: float) -> Controls:
        """Return the controls on a clock that starts with the population."""
        return self.drive(week + self.from_week, begun + self.from_week)

    @property
    def events(self) -> tuple[float, ...]:
        """Weeks at which a control jumps, on that clock."""
        return tuple(w - self.from_week for w in self.drive.events if w > self.from_week)


def run_scenario(
    scenario: Scenario,
    model: Mapping[str, ModelParameter],
    engine: Engine,
    seed: int,
    labels: Mapping[str, str],
    intended_use: str,
    *,
    sinks: Sinks | None = None,
    tick: Tick = unheard,
) -> Simulation:
    """Run a scenario and return the course of every measure.

    Parameters
    ----------
    engine:
        The mean field gives the expectation with intervals; counts those of the follicles in the
        area, replicated for as many people; follicles the life of each in the area of one person.
    seed:
        The same seed gives the same draws and follicles in every arm.
    labels:
        Names of treatments in words.
    sinks:
        Where the engine of follicles sends fields and hairs.
    tick:
        Told how far the work is.
    """
    layout = Layout.from_facts(model, scenario.memory)
    count = scenario.people if engine == "mean_field" else 0
    people = People.of(scenario, model, layout, seed, count)
    follicles = None
    if engine != "mean_field":
        follicles = max(1, round(float(people.parameters.F0[0]) * scenario.area_cm2))
        density = np.array([follicles / scenario.area_cm2])
        people = replace(people, parameters=replace(people.parameters, F0=density))
    arms = []
    for k, arm in enumerate(scenario.arms):

        def told(share: float, done: int = k) -> None:
            tick((done + share) / len(scenario.arms))

        run = _Run(scenario, arm, model, layout, people, seed, sinks, told)
        measures = RUNS[engine](run)
        arms.append(
            ArmCourse(
                name=arm.name,
                given=given_words(arm, labels),
                events=events_of(scenario, arm, model, labels),
                measures=measures,
                assumed=assumed_of(arm, model),
            )
        )
    return Simulation(
        schema="anagen/simulation/1",
        engine=engine,
        seed=seed,
        people=1 if engine == "follicles" else scenario.people,
        scenario=scenario,
        weeks=list(report_weeks(scenario)),
        arms=arms,
        intended_use=intended_use,
        follicles=follicles,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """One arm of a scenario, ready to be run."""

    scenario: Scenario
    arm: Arm
    model: Mapping[str, ModelParameter]
    layout: Layout
    people: People
    seed: int
    sinks: Sinks | None
    tick: Tick

    @property
    def parameters(self) -> CycleParameters:
        """The parameters of the people."""
        return self.people.parameters

    @property
    def weeks(self) -> tuple[float, ...]:
        """Weeks of the reports."""
        return report_weeks(self.scenario)

    def populations(self) -> list[_Population]:
        """Return the follicles of the scalp, and those transplanted."""
        people, n = self.people, self.people.u.size
        own = drive_of(self.scenario, self.arm, self.model, people, people.u)
        found = [_Population(0.0, people.start, own, np.ones(n))]
        transplant: Transplant | None = transplant_of(self.arm)
        if transplant is not None:
            drive = drive_of(self.scenario, self.arm, self.model, people, people.donor_u)
            set_ = transplant.follicles_per_cm2(people.values) / people.parameters.F0
            if not people.count:  # follicles are counted: there are no parts of one
                whole = people.parameters.F0 * self.scenario.area_cm2
                set_ = np.maximum(np.rint(set_ * whole), 1.0) / whole
            start = transplant.start(self.layout, n)
            found.append(_Population(transplant.week, start, drive, np.broadcast_to(set_, n)))
        return found

    def measured(self, moments: Iterator[Moment]) -> Iterator[dict[str, Array]]:
        """Yield every measure at every moment: a name, and a number for each column."""
        for k, moment in enumerate(moments):
            seen = observe(self.layout, self.parameters, moment)
            hairless = seen.total_per_cm2 == 0
            yield {
                f.name: np.where(hairless, np.nan, getattr(seen, f.name))
                if f.name.endswith(NEEDS_HAIR)
                else getattr(seen, f.name)
                for f in fields(Observation)
            }
            self.tick((k + 1) / len(self.weeks))

    def together(self, courses: list[tuple[_Population, Iterator[Moment]]]) -> Iterator[Moment]:
        """Yield populations as one; one that has not begun is not there."""
        for week in self.weeks:
            parts: list[tuple[Moment, Array | float]] = [
                (replace(next(moments), week=week), one.weight)
                for one, moments in courses
                if week >= one.from_week - SAME_W
            ]
            yield parts[0][0] if len(parts) == 1 else blended(parts)

    def own_weeks(self, one: _Population) -> list[float]:
        """Return the weeks of the reports on the clock of a population."""
        return [max(0.0, w - one.from_week) for w in self.weeks if w >= one.from_week - SAME_W]


def _mean_field(run: _Run) -> dict[str, Course]:
    """Return the expectation, the interval of draws and that of persons."""
    courses = [
        (
            one,
            follow(
                run.layout, run.parameters, one.start, one.later, run.own_weeks(one), one.events
            ),
        )
        for one in run.populations()
    ]
    count = run.people.count
    rows: dict[str, list[list[float]]] = {}
    for seen in run.measured(run.together(courses)):
        for name, value in seen.items():
            every = np.broadcast_to(value, run.people.u.shape)
            average = np.percentile(every[1 : 1 + count], TWO_SIDED_95)
            person = np.percentile(every[1 + count :], TWO_SIDED_95)
            rows.setdefault(name, []).append([every[0], *average, *person])
    return {
        name: Course(**dict(zip(_MEAN_FIELD, map(series, zip(*found, strict=True)), strict=True)))
        for name, found in rows.items()
    }


_MEAN_FIELD = ("value", "average_low", "average_high", "person_low", "person_high")


def _counts(run: _Run) -> dict[str, Course]:
    """Return the mean of the replicates and the interval of chance."""
    courses = [(one, _counted(run, one, k)) for k, one in enumerate(run.populations())]
    rows: dict[str, list[list[float]]] = {}
    for seen in run.measured(run.together(courses)):
        for name, value in seen.items():
            rows.setdefault(name, []).append(_spread(value))
    names = ("value", "chance_low", "chance_high")
    return {
        name: Course(**dict(zip(names, map(series, zip(*found, strict=True)), strict=True)))
        for name, found in rows.items()
    }


def _spread(value: Array) -> list[float]:
    """Return the mean and the interval of replicates, of those that have a number."""
    there = value[np.isfinite(value)]
    if not there.size:
        return [np.nan] * 3
    return [float(np.mean(there)), *np.percentile(there, TWO_SIDED_95)]


def _number(run: _Run, one: _Population) -> int:
    """Return how many follicles a population has in the area."""
    density = float(run.parameters.F0[0]) * float(one.weight[0])
    return max(1, round(density * run.scenario.area_cm2))


def _counted(run: _Run, one: _Population, number: int) -> Iterator[Moment]:
    """Yield the shares of counted follicles, one column a replicate."""
    weeks = run.own_weeks(one)
    follicles = _number(run, one)
    days = [week * DAYS_PER_WEEK for week in weeks]
    steps = transitions(run.layout, run.parameters, one.later, days, one.events)
    counts = count_follicles(
        steps, one.start[:, 0], follicles, run.seed + number, run.scenario.people
    )
    for k, week in enumerate(weeks):
        state = counts[:, k].T / follicles
        controls = one.later(week, week)
        table = rates(run.layout, run.parameters, controls, 1)
        shed = sheddings_per_year(run.layout, table, state)
        yield Moment(week, state, shed, np.broadcast_to(controls.S, (1,)))


def _follicles(run: _Run) -> dict[str, Course]:
    """Return what the follicles of one person did; hand on their places and hairs."""
    courses, first = [], 0
    for one in run.populations():
        courses.append((one, _lived(run, one, first)))
        first += _number(run, one)
    _tell_field(run)
    rows: dict[str, list[float]] = {}
    for seen in run.measured(run.together(courses)):
        for name, value in seen.items():
            rows.setdefault(name, []).append(float(value[0]))
    rows["shed_hairs_per_day"][0] = np.nan  # hairs are counted from report to report
    return {name: Course(value=series(found)) for name, found in rows.items()}


def _tell_field(run: _Run) -> None:
    """Hand on where the follicles stand; those transplanted stand between the others."""
    if run.sinks is None:
        return
    fields_ = [
        follicle_field(run.model, _number(run, one), run.scenario.area_cm2, run.seed + k)
        for k, one in enumerate(run.populations())
    ]
    run.sinks.field(run.arm.name, reduce(Field.followed_by, fields_))


def _lived(run: _Run, one: _Population, first: int) -> Iterator[Moment]:
    """Yield the shares of single follicles that live until the end of the scenario."""
    follicles = _number(run, one)
    span_w = end_week(run.scenario) - one.from_week
    start_day = one.from_week * DAYS_PER_WEEK
    course = live(
        run.layout,
        run.parameters,
        one.start[:, 0],
        one.later,
        span_w,
        one.events,
        follicles=follicles,
        seed=run.seed,
        report_w=run.scenario.report_weeks,
        first=first,
        on_hairs=None if run.sinks is None else _hair_sink(run, start_day, first + follicles),
    )
    stimulus = np.array([float(np.max(one.later(w, w).S)) for w in course.weeks])
    yield from course.moments(stimulus)


def _hair_sink(run: _Run, start_day: float, last: int) -> Callable[[Hairs], None]:
    """Return what hands on hairs with their diameters and growth."""
    spread_cv = run.model["diameter_cv"].number()
    sinks = run.sinks

    def tell(hairs: Hairs) -> None:
        if sinks is None:
            return
        new = np.append(True, np.diff(hairs.follicle) != 0)
        starts = np.flatnonzero(new)
        lengths = np.diff(np.append(starts, new.size))
        number = np.arange(new.size) - np.repeat(starts, lengths)
        diameter_um = hairs.diameter_um(run.parameters, spread_cv)
        growth = growth_mm_per_day(run.parameters, diameter_um)
        shifted = replace(
            hairs,
            begun_day=hairs.begun_day + start_day,
            grown_day=hairs.grown_day + start_day,
            shed_day=hairs.shed_day + start_day,
        )
        run.tick(float(hairs.follicle[-1] + 1) / last)
        sinks.hairs(HairTable(run.arm.name, shifted, number, diameter_um, growth))

    return tell


RUNS: dict[Engine, Callable[[_Run], dict[str, Course]]] = {
    "mean_field": _mean_field,
    "counts": _counts,
    "follicles": _follicles,
}
