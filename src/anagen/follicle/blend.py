"""Several populations of follicles on one scalp: those spared by a disease, those transplanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.disease import region_drive
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment
from anagen.follicle.units import Array


def blended(parts: Sequence[tuple[Moment, Array | float]]) -> Moment:
    """Return populations as one: shares, sheddings and stimulus weighed (F25).

    Weights are follicles relative to those that the scalp had at first; where transplanted ones
    come on top they add up to more than 1, and so do the shares.
    """
    first = parts[0][0]
    total = sum((np.asarray(weight) for _, weight in parts), start=np.zeros(1))

    def weighed(name: str) -> Array:
        each = (np.asarray(getattr(at, name) * weight) for at, weight in parts)
        return sum(each, start=np.zeros(1))

    return Moment(
        first.week, weighed("state"), weighed("shed_per_year"), weighed("stimulus") / total
    )


@dataclass(frozen=True, slots=True)
class Transplant:
    """Follicles moved from the back of the head at a week, per cm2 of the area they are put into.

    The survivors drop their hair with the operation and wait, empty, for the next one: growth that
    is first seen after three to four months is the model's kenogen, not a number of its own.
    """

    week: float
    grafts_per_cm2: float

    def __post_init__(self) -> None:
        """Refuse what cannot be put into a cm2."""
        if not 0 < self.grafts_per_cm2 < np.inf or not 0 <= self.week < np.inf:
            raise InputError(
                f"a transplant of {self.grafts_per_cm2:g} grafts per cm2 in week {self.week:g} "
                "cannot be followed; give more than 0 grafts, in week 0 or later"
            )

    def follicles_per_cm2(self, values: Mapping[str, Array]) -> Array:
        """Return the follicles that grow, per cm2, B (F25)."""
        survival = values["graft_survival_percent"] / 100
        return np.asarray(self.grafts_per_cm2 * values["follicles_per_graft"] * survival)

    def start(self, layout: Layout, batch: int) -> Array:
        """Return the shares of the transplanted on the day: all terminal and empty."""
        state = np.zeros((layout.states, batch))
        layout.live(state)[layout.kenogen, 0] = 1
        return state


def donor_drive(model: Mapping[str, ModelParameter]) -> float:
    """Return the androgen drive of transplanted follicles: that of where they come from."""
    return region_drive(model, "occipital")
