"""A number with its standard error: what one science hands to another."""

import math
from statistics import NormalDist

import msgspec

from anagen.errors import InputError


class Estimate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value with its standard error, both in `unit`."""

    value: float
    se: float
    unit: str

    def __post_init__(self) -> None:
        """Refuse what is not a number, and a negative standard error."""
        if not (math.isfinite(self.value) and math.isfinite(self.se)) or self.se < 0:
            raise InputError(
                f"an estimate needs a finite value and a standard error of 0 or more, "
                f"got {self.value} and {self.se}"
            )

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the normal interval of a level between 0 and 1, in `unit`.

        Raises
        ------
        InputError
            If the level is not between 0 and 1.

        Examples
        --------
        >>> low, high = Estimate(value=14.7, se=3.2, unit="hairs/cm2").interval()
        >>> round(low, 1), round(high, 1)
        (8.4, 21.0)
        """
        if not 0 < level < 1:
            raise InputError(f"the level of an interval lies between 0 and 1, got {level}")
        half = NormalDist().inv_cdf((1 + level) / 2) * self.se
        return self.value - half, self.value + half
