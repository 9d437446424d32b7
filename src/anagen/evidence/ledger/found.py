"""What every recomputation gives: an outcome, a sentence, and numbers as they are printed."""

from typing import Literal

import msgspec

from anagen.frozen import Record

Outcome = Literal["fits", "does_not_fit", "for_scale", "not_recomputable"]
"""`fits`: the numbers agree; `does_not_fit`: they cannot all be right, or one is beyond the bound;
`for_scale`: a size was computed that no number contradicts."""


class Found(Record):
    """An outcome in words, before it is tied to its facts."""

    outcome: Outcome
    text: str
    numbers: dict[str, float] = msgspec.field(default_factory=dict)


def shown(value: float, digits: int = 4) -> str:
    """Return a number with few digits, thousands parted, and a true minus."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"
    return text.replace("-", "−")


def signed(value: float) -> str:
    """Return a change with its sign."""
    return ("+" if value >= 0 else "") + shown(value)


def either(fits: bool) -> Outcome:
    """Return whether numbers agree, as an outcome."""
    return "fits" if fits else "does_not_fit"
