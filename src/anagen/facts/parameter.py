"""Biological parameters of hair, and the numbers that the follicle model runs on, as facts."""

from typing import Literal

from anagen.errors import FactError
from anagen.facts.base import Number, Quantity


class Parameter(Quantity, kw_only=True):
    """One published or recalled number of hair biology, as it was read.

    A count on a recorded area keeps its raw value; `value_per_cm2` is that value divided by
    `area_cm2` once, with its bounds. `citation` is the name under which the page was read.
    """

    citation: str
    area_cm2: Number | None = None
    value_per_cm2: Number | None = None
    low_per_cm2: Number | None = None
    high_per_cm2: Number | None = None


Draw = Literal["fixed", "triangular", "lognormal", "normal"]
"""How a model parameter varies between draws: not at all; triangular over low, value (the mode)
and high; log-normal with the value as median, or normal with the value as mean, and low to high as
the central 95 %."""

Role = Literal[
    "default",
    "structure",
    "response",
    "schedule",
    "disease",
    "person",
    "observation",
    "range",
    "agreement",
]
"""What a model parameter is for; `default` marks the parameters of the core cycle model, `range`
for whom it was fitted, `agreement` what the model gives beside what a trial found."""


class ModelParameter(Quantity, kw_only=True):
    """One number of the follicle model: value, range, how it is drawn, and what it rests on.

    `draw_log_sd` is the standard deviation of the log of a log-normal draw where the joint fit
    determines the parameter better than its plausible range does. `is_drawn_apart` gives a fact a
    stream of random numbers of its own, by its name: adding it left the draws of all others as they
    were.
    """

    role: Role
    drawn: Draw = "fixed"
    draw_log_sd: Number | None = None
    is_drawn_apart: bool = False
    basis: str

    def numbers(self) -> list[float]:
        """Return the value as a list of numbers; one number gives a list of one.

        Raises
        ------
        FactError
            If the fact is a word.
        """
        if isinstance(self.value, str):
            raise FactError(f"the model parameter '{self.basis}' is a word, not a number")
        values = self.value if isinstance(self.value, list) else [self.value]
        return [float(value) for value in values]

    def words(self) -> list[str]:
        """Return a value that is a list of words separated by commas.

        Raises
        ------
        FactError
            If the fact is a number.
        """
        if not isinstance(self.value, str):
            raise FactError(f"the model parameter '{self.basis}' is a number, not words")
        return [word.strip() for word in self.value.split(",")]
