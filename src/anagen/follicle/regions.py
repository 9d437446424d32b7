"""The regions of a scalp: area, follicles and androgen drive of each, and sums over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.disease import REGIONS, region_drive
from anagen.follicle.units import DAYS_PER_YEAR, Array

SALT_REGIONS = {
    "top": ("vertex", "frontal", "mid"),
    "back": ("occipital",),
    "left": ("temporal",),
    "right": ("temporal",),
}
"""The regions of the model in each region of SALT; the sides share one."""


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of one scalp by name: area, follicle density, drive relative to the vertex."""

    area_cm2: Mapping[str, float]
    follicles_per_cm2: Mapping[str, float]
    drive: Mapping[str, float]

    def __post_init__(self) -> None:
        """Refuse regions that do not match, and areas or densities that cannot be.

        Raises
        ------
        InputError
            If the three do not name the same regions, or a number is negative or no number.
        """
        if not set(self.area_cm2) == set(self.follicles_per_cm2) == set(self.drive):
            raise InputError("areas, follicle densities and drives must name the same regions")
        for name in self.area_cm2:
            values = (self.area_cm2[name], self.follicles_per_cm2[name], self.drive[name])
            if not all(0 <= value < np.inf for value in values):
                raise InputError(f"the {name} region has a number below 0 or none; give 0 or more")

    @classmethod
    def from_facts(cls, model: Mapping[str, ModelParameter]) -> Self:
        """Take the regions of the facts."""
        return cls(
            {name: model[f"area_{name}_cm2"].number() for name in REGIONS},
            {name: model[f"follicles_{name}_per_cm2"].number() for name in REGIONS},
            {name: region_drive(model, name) for name in REGIONS},
        )

    @property
    def follicles(self) -> dict[str, float]:
        """Follicles of each region."""
        return {name: self.area_cm2[name] * self.follicles_per_cm2[name] for name in self.area_cm2}

    @property
    def follicles_of_scalp(self) -> float:
        """Follicles of the whole scalp."""
        return sum(self.follicles.values())

    @property
    def area_of_scalp_cm2(self) -> float:
        """Area of the whole scalp."""
        return sum(self.area_cm2.values())

    @property
    def salt_weights(self) -> dict[str, float]:
        """The share of the area of each region of SALT; the sides share theirs."""
        every = list(SALT_REGIONS.values())
        return {
            name: sum(self.area_cm2[one] for one in own) / every.count(own) / self.area_of_scalp_cm2
            for name, own in SALT_REGIONS.items()
        }


def whole_scalp_shed_hairs_per_day(
    shed_per_follicle_year_by_region: Mapping[str, Array | float], regions: Regions
) -> Array:
    """Return the hairs that the whole scalp sheds in a day (O1).

    Parameters
    ----------
    shed_per_follicle_year_by_region:
        Hairs shed per follicle and year in every region; each a number or B of them.

    Raises
    ------
    InputError
        If the regions are not those of the scalp.
    """
    shed = shed_per_follicle_year_by_region
    _check_same(shed, regions)
    parts = [np.asarray(shed[name]) * count for name, count in regions.follicles.items()]
    return np.asarray(sum(parts) / DAYS_PER_YEAR)


def whole_scalp_salt(
    lost_percent_by_region: Mapping[str, Array | float],
    regions: Regions,
    weights: Mapping[str, float],
) -> Array:
    """Return the SALT score of a scalp: the share of its hair that is missing, percent (O2).

    Parameters
    ----------
    lost_percent_by_region:
        Missing hair of every region, percent (`salt`); what lies above healthy counts as 0.
    weights:
        The share of the scalp of each region of SALT.

    Raises
    ------
    InputError
        If the regions or the weights are not those that are known.
    """
    lost = lost_percent_by_region
    _check_same(lost, regions)
    if set(weights) != set(SALT_REGIONS):
        raise InputError(f"SALT has the regions {', '.join(SALT_REGIONS)}; give a weight for each")
    total = np.zeros(())
    for name, weight in weights.items():
        parts = SALT_REGIONS[name]
        area = sum(regions.area_cm2[part] for part in parts)
        missing = [np.clip(lost[part], 0.0, 100.0) * regions.area_cm2[part] for part in parts]
        total = total + weight * np.asarray(sum(missing)) / area
    return total


def _check_same(values: Mapping[str, Array | float], regions: Regions) -> None:
    if set(values) != set(regions.area_cm2):
        raise InputError(
            f"got values for {', '.join(sorted(values)) or 'no region'}; give one for each of "
            f"{', '.join(regions.area_cm2)}"
        )
