"""From hair density back to a grade: the inverse of the rule that turns a grade into years."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import CycleParameters
from anagen.follicle.disease import pattern_baseline
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment
from anagen.follicle.observe import observe
from anagen.follicle.units import Array

POINTS = 61
MOST_TIMES = 4.0
"""Years of loss that are looked at, in those of the average trial patient."""


@dataclass(frozen=True, slots=True, eq=False)
class Grading:
    """A scale of pattern loss as densities: those after some times of the average years of loss.

    `none` and `average` are the ranks without loss and of the average trial patient.
    """

    none: float
    average: float
    times: Array
    nonvellus_per_cm2: Array

    @classmethod
    def of(cls, model: Mapping[str, ModelParameter], layout: Layout, scale: str) -> Self:
        """Return the grading of a scale.

        Raises
        ------
        InputError
            If no rule is known for the scale.
        """
        ranks = model.get(f"grade_ranks_{scale}")
        if ranks is None:
            raise InputError(f"no rule turns a density into a grade of '{scale}'")
        none, average = ranks.numbers()
        p = CycleParameters.from_facts(model)
        times = np.linspace(0.0, MOST_TIMES, POINTS)
        years = times * model["t_dis"].number()
        nothing = np.zeros(POINTS)
        state = pattern_baseline(layout, p, np.ones(POINTS), years)
        seen = observe(layout, p, Moment(0.0, state, nothing, nothing))
        return cls(none, average, times, seen.nonvellus_per_cm2)

    def rank(self, nonvellus_per_cm2: Array | float) -> Array:
        """Return where on the scale a density stands (O3)."""
        density = np.asarray(nonvellus_per_cm2, dtype=np.float64)
        time = np.interp(-density, -self.nonvellus_per_cm2, self.times)
        return np.asarray(self.none + (self.average - self.none) * time)


def severity_rank(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    scale: str,
    nonvellus_per_cm2: Array | float,
) -> Array:
    """Return where on a scale a density of pattern hair loss stands, as a rank with parts (O3).

    By the rule of (P15) with its full weight: ranks lie in equal steps of years of loss. Nobody
    measured that rule; it says which grade the model's density looks like, not what a doctor would
    grade.

    Raises
    ------
    InputError
        If no rule is known for the scale.
    """
    return Grading.of(model, layout, scale).rank(nonvellus_per_cm2)
