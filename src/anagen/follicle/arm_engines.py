"""The engines on one arm of a scenario: each gives the course of every measure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np

from anagen.follicle.arm_measures import Measures
from anagen.follicle.arm_run import ArmRun, HairTable, Population
from anagen.follicle.counts import count_follicles, transitions
from anagen.follicle.cycle import rates
from anagen.follicle.field import Field, follicle_field
from anagen.follicle.follicles import Hairs, Whole, live
from anagen.follicle.mean_field import Moment, follow, sheddings_per_year
from anagen.follicle.observe import growth_mm_per_day
from anagen.follicle.scenario import Engine, areata_of, end_week, is_by_chance
from anagen.follicle.simulation import Course, band, series
from anagen.follicle.units import DAYS_PER_WEEK, Array

TWO_SIDED_95 = (2.5, 97.5)
SEED_BITS = 32
"""A seed given by a person has no more."""
RESPONDERS = "responders_salt20_percent"


def mean_field(run: ArmRun) -> dict[str, Course]:
    """Return the expectation, the interval of draws and that of persons.

    Where chance makes persons differ beyond their parameters, the average person has no course of
    their own: the line is then the mean over persons.
    """
    courses = [
        (
            one,
            follow(
                run.layout, run.parameters, one.start, one.later, run.own_weeks(one), one.events
            ),
        )
        for one in run.populations()
    ]
    count, measures, chance = run.people.count, Measures.of(run), is_by_chance(run.scenario)
    rows: dict[str, list[list[float]]] = {}
    responders = []
    limit = run.model["salt_response_at_most_percent"].number()
    for k, parts in enumerate(run.reports(courses)):
        run.tick((k + 1) / len(run.weeks))
        for name, value in measures.seen(parts).items():
            every = np.broadcast_to(value, run.people.size)
            persons = every[1 + count :]
            average = [np.nan] * 2 if chance else np.percentile(every[1 : 1 + count], TWO_SIDED_95)
            middle = _spread(persons)[0] if chance else float(every[0])
            rows.setdefault(name, []).append(
                [middle, *average, *np.percentile(persons, TWO_SIDED_95)]
            )
            if name == "salt_percent":
                responders.append(100 * float(np.mean(persons <= limit)))
    found = {name: _mean_field_course(own, count) for name, own in rows.items()}
    if count > 1 and any(areata_of(run.scenario, arm) for arm in run.scenario.arms):
        found[RESPONDERS] = Course(value=series(responders))
    return found


def _mean_field_course(rows: list[list[float]], count: int) -> Course:
    value, *ends = zip(*rows, strict=True)
    names = ("average_low", "average_high", "person_low", "person_high")
    found = (*band(ends[0], ends[1], count), *band(ends[2], ends[3], count))
    return Course(value=series(value), **dict(zip(names, found, strict=True)))


def counts(run: ArmRun) -> dict[str, Course]:
    """Return the mean of the replicates and the interval of chance."""
    courses = [(one, _counted(run, one, k)) for k, one in enumerate(run.populations())]
    measures, rows = Measures.of(run), dict[str, list[list[float]]]()
    for k, parts in enumerate(run.reports(courses)):
        run.tick((k + 1) / len(run.weeks))
        for name, value in measures.seen(parts).items():
            rows.setdefault(name, []).append(_spread(value))
    return {name: _counted_course(found, run.scenario.people) for name, found in rows.items()}


def _counted_course(rows: list[list[float]], count: int) -> Course:
    value, low, high = zip(*rows, strict=True)
    chance_low, chance_high = band(low, high, count)
    return Course(value=series(value), chance_low=chance_low, chance_high=chance_high)


def _spread(value: Array) -> list[float]:
    """Return the mean and the interval of replicates, of those that have a number."""
    there = value[np.isfinite(value)]
    if not there.size:
        return [np.nan] * 3
    return [float(np.mean(there)), *np.percentile(there, TWO_SIDED_95)]


def _counted(run: ArmRun, one: Population, number: int) -> Iterator[Moment]:
    """Yield the shares of counted follicles, one column a replicate."""
    weeks = run.own_weeks(one)
    follicles = run.number(one)
    days = [week * DAYS_PER_WEEK for week in weeks]
    steps = transitions(run.layout, run.parameters, one.later, days, one.events)
    # populations draw apart, and apart from those of the next seed
    seed = run.seed + (number << SEED_BITS)
    found = count_follicles(steps, one.start[:, 0], follicles, seed, run.scenario.people)
    for k, week in enumerate(weeks):
        state = found[:, k].T / follicles
        controls = one.later(week, week)
        table = rates(run.layout, run.parameters, controls, 1)
        shed = sheddings_per_year(run.layout, table, state)
        yield Moment(week, state, shed, np.broadcast_to(controls.S, (1,)))


def follicles(run: ArmRun) -> dict[str, Course]:
    """Return what the follicles of one person did; hand on their places and hairs."""
    populations = run.populations()
    lengths = _Lengths(np.array(run.weeks) * DAYS_PER_WEEK)
    ends = np.cumsum([run.number(one) for one in populations])

    def told(follicle: int) -> None:
        run.tick(follicle / int(ends[-1]))

    courses = [
        (one, _lived(run, one, int(end) - run.number(one), lengths, told))
        for one, end in zip(populations, ends, strict=True)
    ]
    _tell_field(run, populations)
    measures, rows = Measures.of(run), dict[str, list[float]]()
    for k, parts in enumerate(run.reports(courses)):
        seen = measures.seen(parts)
        hairs = float(seen["total_per_cm2"][0]) * run.scenario.area_cm2
        seen["uncut_length_mm"] = (
            lengths.sums_mm[k : k + 1] / hairs if hairs else np.array([np.nan])
        )
        for name, value in seen.items():
            rows.setdefault(name, []).append(float(value[0]))
    told(int(ends[-1]))
    rows["shed_hairs_per_day"][0] = np.nan  # hairs are counted from report to report
    return {name: Course(value=series(found)) for name, found in rows.items()}


def _tell_field(run: ArmRun, populations: list[Population]) -> None:
    """Hand on where the follicles stand; those transplanted stand between the others.

    The native ones are numbered from the middle of the patch outwards, as attacks take them.
    """
    if run.sinks is None:
        return
    area, seed = run.scenario.area_cm2, run.seed
    native = follicle_field(run.model, run.follicles, area, seed).from_the_middle()
    grafts = [
        follicle_field(run.model, run.number(one), area, seed + 1)
        for one in populations
        if one.is_grafted
    ]
    run.sinks.field(run.arm.name, reduce(Field.followed_by, grafts, native))


@dataclass(frozen=True, slots=True, eq=False)
class _Lengths:
    """The lengths of all hairs on the days of the reports, added up, mm (T)."""

    days: Array
    sums_mm: Array = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no hair."""
        object.__setattr__(self, "sums_mm", np.zeros(self.days.size))

    def add(self, hairs: Hairs, growth_mm_per_day: Array) -> None:
        """Add hairs: each grows from a day on until it is grown, and is there until it is shed."""
        g = growth_mm_per_day
        self.sums_mm[:] += self._since(hairs.begun_day, g) - self._since(hairs.grown_day, g)
        fallen = np.isfinite(hairs.shed_day)
        length = g[fallen] * (hairs.grown_day - hairs.begun_day)[fallen]
        self.sums_mm[:] -= self._from(hairs.shed_day[fallen], length)

    def _from(self, day: Array, weight: Array) -> Array:
        """Return the sum of the weights of all days that have come by each report."""
        report = np.searchsorted(self.days, day, side="left")
        each = np.bincount(report, weight, self.days.size + 1)
        return np.asarray(np.cumsum(each)[:-1], dtype=np.float64)

    def _since(self, day: Array, weight: Array) -> Array:
        """Return the sum over all days that have come of weight x days since."""
        there = np.isfinite(day)
        day, weight = day[there], weight[there]
        return self.days * self._from(day, weight) - self._from(day, weight * day)


def _lived(
    run: ArmRun, one: Population, first: int, lengths: _Lengths, told: Callable[[int], None]
) -> Iterator[Moment]:
    """Yield the shares of single follicles that live until the end of the scenario."""
    course = live(
        run.layout,
        run.parameters,
        one.start[:, 0],
        one.later,
        end_week(run.scenario) - one.from_week,
        one.events,
        follicles=run.number(one),
        seed=run.seed,
        report_w=run.scenario.report_weeks,
        first=first,
        on_hairs=_hair_sink(run, one.from_week * DAYS_PER_WEEK, lengths, told),
    )
    stimulus = np.array([float(np.max(one.later(w, w).S)) for w in course.weeks])
    yield from course.moments(stimulus)


def _hair_sink(
    run: ArmRun, start_day: float, lengths: _Lengths, told: Callable[[int], None]
) -> Callable[[Hairs], None]:
    """Return what takes hairs, with their diameters and growth, and hands them on."""
    spread_cv = run.model["diameter_cv"].number()
    thickest_um = float(run.parameters.diam[0, 0])
    thinned_um_per_day = run.thinned_um(1.0) / DAYS_PER_WEEK

    def tell(hairs: Hairs) -> None:
        shifted = replace(
            hairs,
            begun_day=hairs.begun_day + start_day,
            grown_day=hairs.grown_day + start_day,
            shed_day=hairs.shed_day + start_day,
        )
        # a shaft keeps the calibre of the follicle of the day on which it began
        thinned = thinned_um_per_day * np.maximum(shifted.begun_day, 0.0) / thickest_um
        diameter_um = hairs.diameter_um(run.parameters, spread_cv) * (1 - thinned)
        growth = growth_mm_per_day(run.parameters, diameter_um)
        lengths.add(shifted, growth)
        told(int(hairs.follicle[-1]) + 1)
        if run.sinks is not None:
            table = HairTable(run.arm.name, shifted, _numbers(hairs), diameter_um, growth)
            run.sinks.hairs(table)

    return tell


def _numbers(hairs: Hairs) -> Whole:
    """Return which hair of its follicle each is, from 0 on."""
    new = np.append(True, np.diff(hairs.follicle) != 0)
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, new.size))
    return np.asarray(np.arange(new.size) - np.repeat(starts, lengths), dtype=np.int64)


ENGINES: dict[Engine, Callable[[ArmRun], dict[str, Course]]] = {
    "mean_field": mean_field,
    "counts": counts,
    "follicles": follicles,
}
