"""Priors as data: what is stated can be read, and is stated in the result."""

import math
from typing import Any, Literal

from anagen.errors import InputError
from anagen.frozen import Record

Kind = Literal["normal", "half_normal", "half_cauchy", "uniform", "log_normal", "flat"]
POSITIVE = frozenset({"half_normal", "half_cauchy", "uniform", "log_normal"})


class Prior(Record):
    """A prior distribution.

    `normal`: mean `location`, SD `scale`. `half_normal`: SD `scale` before the fold at 0, the same
    as a normal cut off at its mean 0. `half_cauchy`: from 0, scale `scale`. `uniform`: from
    `location` to `scale`. `log_normal`: median `location`, log SD `scale`. `flat`: everywhere the
    same, for a location alone.
    """

    kind: Kind
    location: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        if not (math.isfinite(self.location) and math.isfinite(self.scale)):
            raise InputError(f"a {self.kind} prior needs finite numbers, got {self.in_words()}")
        wrong = {
            "uniform": self.scale <= self.location or self.location < 0,
            "log_normal": self.location <= 0 or self.scale <= 0,
            "half_normal": self.location != 0 or self.scale <= 0,
            "half_cauchy": self.location != 0 or self.scale <= 0,
        }.get(self.kind, self.scale <= 0)
        if wrong:
            raise InputError(
                f"there is no prior {self.in_words()}; a scale is above 0, a uniform runs from 0 "
                "or more upwards, half-normal and half-Cauchy start at 0"
            )

    def in_words(self) -> str:
        """Return the prior as one writes it."""
        return f"{self.kind}({self.location:g}, {self.scale:g})"

    def require_positive(self, what: str) -> None:
        """Refuse a prior that allows values below 0.

        Raises
        ------
        InputError
            If it does.
        """
        if self.kind not in POSITIVE:
            raise InputError(
                f"{what} is above 0, and its prior {self.in_words()} is not; "
                f"choose one of {', '.join(sorted(POSITIVE))}"
            )

    def require_anywhere(self, what: str) -> None:
        """Refuse a prior that allows no values below 0.

        Raises
        ------
        InputError
            If it does not.
        """
        if self.kind in POSITIVE:
            raise InputError(
                f"{what} may be below 0, and its prior {self.in_words()} forbids that; "
                "choose normal or flat"
            )


def distribution(prior: Prior, shape: tuple[int, ...] = ()) -> Any:
    """Return the NumPyro distribution of a prior."""
    from numpyro import distributions as dist

    made: Any
    if prior.kind == "normal":
        made = dist.Normal(prior.location, prior.scale)
    elif prior.kind == "half_normal":
        made = dist.HalfNormal(prior.scale)
    elif prior.kind == "half_cauchy":
        made = dist.HalfCauchy(prior.scale)
    elif prior.kind == "uniform":
        made = dist.Uniform(prior.location, prior.scale)
    elif prior.kind == "log_normal":
        made = dist.LogNormal(math.log(prior.location), prior.scale)
    else:
        return dist.ImproperUniform(dist.constraints.real, shape, ())
    return made.expand(list(shape)) if shape else made
