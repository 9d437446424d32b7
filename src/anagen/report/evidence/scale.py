"""Where a value stands on paper, along a plain or a logarithmic axis, and which values to mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, floor, log, log10

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import width_of
from anagen.report.evidence.numerals import short_number


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` at `start` to `high` at `end`."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Return the place of a value, which may lie outside."""
        if self.is_log:
            share = log(value / self.low) / log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * share

    def inside(self, value: float) -> float:
        """Return the place of a value, held at the end of the axis where it leaves it."""
        return self.at(min(max(value, self.low), self.high))

    def holds(self, value: float) -> bool:
        """Say whether the axis reaches a value."""
        return self.low <= value <= self.high

    def marks(self, size: float = 10.5, *, gap: float = 12.0) -> list[float]:
        """Return round values to mark, as many as their words have room along the axis."""
        for about in (7, 6, 5, 4, 3, 2):
            found = self._round(about)
            wide = max((width_of(short_number(v), size) for v in found), default=0.0)
            places = [self.at(v) for v in found]
            steps = [abs(b - a) for a, b in pairwise(places)]
            if all(step >= wide + gap for step in steps):
                return found
        return self._round(1)[:2]

    def _round(self, about: int) -> list[float]:
        if not self.is_log:
            return svg.ticks(self.low, self.high, about)
        first, last = floor(log10(self.low)), ceil(log10(self.high))
        for multiples in ((1, 2, 5), (1, 3), (1,)):
            found = [
                v
                for power in range(first, last + 1)
                for v in (float(f"{m}e{power}") for m in multiples)
                if self.low * 0.9999 <= v <= self.high * 1.0001
            ]
            if len(found) <= about:
                break
        step = max(1, ceil(len(found) / about))
        if len(found) < 2:
            return [float(f"{v:.2g}") for v in (self.low, (self.low * self.high) ** 0.5, self.high)]
        return [v for v in found if round(log10(v)) % step == 0] if step > 1 else found


def spread(values: Sequence[float], *, is_log: bool, pad: float = 0.05) -> tuple[float, float]:
    """Return a range that holds all values with some room at both ends.

    Raises
    ------
    InputError
        If a logarithmic axis gets a value that is not above 0.
    """
    if is_log:
        if min(values) <= 0:
            raise InputError(
                f"a picture of ratios got {min(values):g}; ratios and their limits are above 0, "
                f"so give the ratio and not its logarithm"
            )
        values = [log(v) for v in values]
    low, high = min(values), max(values)
    room = (high - low) * pad or abs(high) * 0.1 or 1.0
    low, high = low - room, high + room
    return (exp(low), exp(high)) if is_log else (low, high)
