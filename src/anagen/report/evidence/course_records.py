"""What pictures over time and over dose are drawn from."""

from dataclasses import dataclass
from itertools import pairwise

from anagen.errors import InputError
from anagen.report.evidence.numerals import check_numbers, check_order


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPoint:
    """What one arm or study showed at one place of the horizontal axis."""

    study: str
    at: float
    value: float
    low: float | None = None
    high: float | None = None
    participants: int | None = None
    """Larger points for more people; all alike where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A fitted curve with its band, and the points it was fitted to."""

    label: str
    at: tuple[float, ...]
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    points: tuple[StudyPoint, ...] = ()
    is_assumed: bool = False
    """Whether the curve rests on numbers that were not measured: hatched and dashed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCourses:
    """The courses of treatments; more than five are drawn in a chart each."""

    title: str
    quantity: str
    """What is measured, with its unit."""
    curves: tuple[Curve, ...]
    time: str = "weeks after the start"
    mid: float | None = None
    digits: int = 1
    level_percent: int = 95
    subtitle: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseResponse:
    """An effect over dose."""

    title: str
    quantity: str
    dose: str
    """What the dose is, with its unit."""
    curve: Curve
    is_log_dose: bool = False
    """A dose of 0 then stands apart, left of a break in the axis."""
    mid: float | None = None
    digits: int = 1
    level_percent: int = 95
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def check_curve(picture: str, curve: Curve) -> None:
    """Refuse a curve that cannot be drawn.

    Raises
    ------
    InputError
        If it has no point and no course, lengths differ, the axis does not grow, or an interval has
        one end only or exchanged ends.
    """
    check_numbers(picture, curve)
    lengths = {len(curve.at), len(curve.value), len(curve.low), len(curve.high)}
    if len(lengths) > 1:
        raise InputError(
            f"{picture}: the curve of {curve.label} has columns of {sorted(lengths)} values; "
            f"give as many of each"
        )
    if len(curve.at) == 1 or not (curve.at or curve.points):
        raise InputError(
            f"{picture}: {curve.label} has nothing to draw; give points, or a curve of two values "
            f"or more"
        )
    if any(b <= a for a, b in pairwise(curve.at)):
        raise InputError(
            f"{picture}: the curve of {curve.label} does not go from left to right; sort its values"
        )
    for at, low, high in zip(curve.at, curve.low, curve.high, strict=True):
        check_order(picture, f"{curve.label} at {at:g}", low, high)
    for point in curve.points:
        check_order(picture, f"{point.study} at {point.at:g}", point.low, point.high)
        if point.participants is not None and point.participants < 0:
            raise InputError(
                f"{picture}: {point.study} has {point.participants} people; give 0 or more"
            )


def values_of(curve: Curve) -> list[float]:
    """Return all values that the vertical axis of a curve must hold."""
    found = [*curve.low, *curve.high, *curve.value]
    for point in curve.points:
        found += [v for v in (point.value, point.low, point.high) if v is not None]
    return found
