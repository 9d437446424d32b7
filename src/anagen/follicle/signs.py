"""What is known of one person beside the density, and how far it speaks for each modelled one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import CycleParameters
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment
from anagen.follicle.observe import observe
from anagen.follicle.units import Array

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Signs:
    """What was measured, told and graded today; each may be absent.

    `shaft_diameter_um` is the mean of all hairs seen, `anagen_percent` that of a phototrichogram
    (catagen counts with telogen), `months_of_loss` how long ago the person noticed the loss.
    `grade_rank` is the rank of a grade on `scale`, which names a fact of its ranks.
    """

    shaft_diameter_um: float | None = None
    anagen_percent: float | None = None
    months_of_loss: float | None = None
    scale: str | None = None
    grade_rank: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            If a measurement, the months or a grade lie outside what is possible.
        """
        checks = (
            (self.shaft_diameter_um, "a mean shaft diameter", "um above 0", 0.0, np.inf),
            (self.anagen_percent, "an anagen share", "percent between 0 and 100", 0.0, 100.0),
        )
        for value, name, wanted, low, high in checks:
            if value is not None and not low < value < high:
                raise InputError(f"{name} of {value:g} cannot be; give {wanted}")
        months = self.months_of_loss
        if months is not None and not 0 <= months < np.inf:
            raise InputError(f"{months:g} months of loss cannot be; give 0 or more")
        if self.grade_rank is not None and self.scale is None:
            raise InputError("a rank without its scale says nothing; name the scale")

    @property
    def weighing(self) -> int:
        """How many of them weigh persons; a grade moves all persons instead."""
        given = (self.shaft_diameter_um, self.anagen_percent, self.months_of_loss)
        return sum(one is not None for one in given)

    def years_factor(self, model: Mapping[str, ModelParameter], weight: Array) -> Array:
        """Return the factor of the grade on the years of disease (P15); 1 without a grade.

        Parameters
        ----------
        weight:
            How far the grade speaks for the spot that is followed, 0 to 1.

        Raises
        ------
        InputError
            If no rank of an average trial patient is known on the scale.
        """
        if self.scale is None or self.grade_rank is None:
            return np.ones(())
        ranks = model.get(f"grade_ranks_{self.scale}")
        if ranks is None:
            raise InputError(f"no rule turns a grade of '{self.scale}' into years; leave it out")
        none, average = ranks.numbers()
        share = (self.grade_rank - none) / (average - none)
        return np.maximum(1 + weight * (share - 1), 0.0)

    def log_weight(
        self,
        model: Mapping[str, ModelParameter],
        layout: Layout,
        parameters: CycleParameters,
        disease_years: Array,
        state: Array,
    ) -> Array:
        """Return the log of how likely each person is to show all of this (P16, P17), B.

        Parameters
        ----------
        disease_years:
            Years from the first androgen drive until today, B.
        state:
            The shares today, states x B.
        """
        total = np.zeros(state.shape[1])
        none = np.zeros(state.shape[1])
        seen = observe(layout, parameters, Moment(0.0, state, none, none))
        if self.shaft_diameter_um is not None:
            sd = np.hypot(
                model["diameter_person_sd_um"].number(), model["diameter_error_um"].number()
            )
            total -= 0.5 * ((self.shaft_diameter_um - seen.shaft_diameter_um) / sd) ** 2
        if self.anagen_percent is not None:
            sd = model["anagen_error_percentage_points"].number()
            total -= 0.5 * ((self.anagen_percent - seen.anagen_percent) / sd) ** 2
        if self.months_of_loss is not None:
            told = self.months_of_loss / MONTHS_PER_YEAR + model["unnoticed_loss_years"].number()
            gap = np.log(told / disease_years) / model["onset_recall_log_sd"].number()
            total -= 0.5 * gap**2
        return total


NOTHING_MORE = Signs()
