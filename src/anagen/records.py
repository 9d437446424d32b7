"""Records that sciences hand each other, so that they need not meet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FollicleTable:
    """F follicles on a square patch of skin on one day: where each stands, and its hair.

    A follicle without a visible hair has length, diameter and growth 0. `unit` numbers the
    follicular units, whose follicles stand together.
    """

    side_mm: float
    x_mm: Array
    y_mm: Array
    unit: NDArray[np.int64]
    has_hair: NDArray[np.bool_]
    is_growing: NDArray[np.bool_]
    length_mm: Array
    diameter_um: Array
    growth_mm_per_day: Array

    def __post_init__(self) -> None:
        """Refuse a table whose columns differ in length, or with a number that cannot be."""
        columns = {name: getattr(self, name) for name in self.__slots__ if name != "side_mm"}
        for name, values in columns.items():
            if values.shape != self.unit.shape or values.ndim != 1:
                raise InputError(
                    f"the column {name} of a follicle table has the shape {values.shape}, the "
                    f"others {self.unit.shape}; give one number for each follicle"
                )
            if not np.isfinite(values).all() or values.min(initial=0) < 0:
                raise InputError(
                    f"the column {name} of a follicle table holds a negative number or none"
                )
        if not 0 < self.side_mm < np.inf:
            raise InputError(f"a patch of {self.side_mm:g} mm has no follicles on it")

    @property
    def area_cm2(self) -> float:
        """The area of the patch."""
        return self.side_mm**2 / 100
