"""How much the change of a hair count differs between people, and what that is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cohort import nonvellus_share, pattern_cohort
from anagen.follicle.courses import follow_regimens
from anagen.follicle.layout import Layout
from anagen.follicle.treatment import Regimen
from anagen.follicle.units import Array


@dataclass(frozen=True, slots=True)
class ChangeSpread:
    """Standard deviations of the change of non-vellus density of one person by `week`.

    `follicle_chance_per_cm2` is what stays where persons are the same and counts exact,
    `between_people_per_cm2` how the expected changes of persons differ, `count_per_cm2` the error
    of the reader at both visits, `visit_per_cm2` what else differs between two visits. `total` is
    the root of the sum of their squares.
    """

    week: float
    mean_per_cm2: float
    follicle_chance_per_cm2: float
    between_people_per_cm2: float
    count_per_cm2: float
    visit_per_cm2: float

    @property
    def total_per_cm2(self) -> float:
        """The standard deviation that a trial would report."""
        parts = (
            self.follicle_chance_per_cm2,
            self.between_people_per_cm2,
            self.count_per_cm2,
            self.visit_per_cm2,
        )
        return float(np.sqrt(np.sum(np.square(parts))))


def change_sd_per_cm2(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    rng: np.random.Generator,
    people: int,
    regimen: Regimen,
    weeks: Sequence[float],
    area_cm2: float = 1.0,
) -> tuple[ChangeSpread, ...]:
    """Return how the change from today to each of `weeks` varies among trial patients (P18, P19).

    Every parameter keeps the value of its fact: a trial has one truth, and only persons differ. The
    chance of follicles is exact for independent follicles: how often one that shows a hair today
    shows one later is followed from the shares of those that do.

    Parameters
    ----------
    people:
        Persons drawn, at least 2.
    weeks:
        Ascending, after week 0.
    area_cm2:
        The area that is counted.

    Raises
    ------
    InputError
        If the area is not above 0, or there are fewer than 2 people.
    """
    if not 0 < area_cm2 < np.inf or people < 2:
        raise InputError(
            f"a spread needs an area above 0 and 2 people or more, got {area_cm2:g} cm2 and "
            f"{people}"
        )
    held = {name: msgspec.structs.replace(fact, drawn="fixed") for name, fact in model.items()}
    cohort = pattern_cohort(held, layout, rng, people, None, slices=people)
    index = np.arange(cohort.averages, cohort.averages + people)
    start, follicles = cohort.start[:, index], cohort.values["F0"][index]
    shows = nonvellus_share(layout, np.eye(layout.states))[:, None] * start
    showing = shows / shows.sum(axis=0)
    wanted, every = {regimen: index}, (0.0, *weeks)
    density, still = (
        follow_regimens(held, layout, cohort, wanted, every, {regimen: x})[regimen].density_per_cm2
        for x in (start, showing)
    )
    seen = density / follicles
    both = seen[0] * still / follicles
    moved = density - density[0]
    chance = follicles * (seen[0] + seen - 2 * both - (seen - seen[0]) ** 2) / area_cm2
    squares = density[0] ** 2 + density**2
    share = {name: model[f"{name}_error_percent"].number() / 100 for name in ("count", "visit")}
    return tuple(
        ChangeSpread(
            week=float(week),
            mean_per_cm2=float(moved[k].mean()),
            follicle_chance_per_cm2=_root_mean(chance[k]),
            between_people_per_cm2=float(moved[k].std(ddof=1)),
            count_per_cm2=share["count"] * _root_mean(squares[k]),
            visit_per_cm2=share["visit"] * _root_mean(squares[k]),
        )
        for k, week in enumerate(weeks, start=1)
    )


def _root_mean(variance: Array) -> float:
    return float(np.sqrt(np.maximum(variance, 0.0).mean()))
