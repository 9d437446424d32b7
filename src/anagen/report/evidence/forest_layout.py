"""Where the columns of a forest stand, how tall its rows are, and what its axis spans."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from anagen.report.evidence.forest_records import Forest, ForestPool, ForestStudy
from anagen.report.evidence.lettering import width_of, wrap
from anagen.report.evidence.numerals import interval, number
from anagen.report.evidence.plate import BODY, MARGIN
from anagen.report.evidence.scale import Scale, spread

PLOT = 290.0
WIDEST_LABEL = 232.0
LIGHT = 20.0
ROW, SECOND_LINE = 19.0, 13.0
FENCES = 5.0
"""Points further out than so many quartile ranges are told in numbers and by an arrow."""
REACH = 0.6
"""How far an interval may stretch the axis on either side, in parts of what the points span."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Left or right ends of the columns; a column that is not shown has no width."""

    label_room: float
    treated: float | None
    control: float | None
    scale: Scale
    estimate: float
    weight: float | None
    status: float | None
    lights: tuple[float, ...]
    width: float


def estimate_words(forest: Forest, row: ForestStudy | ForestPool) -> str:
    """Return estimate and interval as they stand in their column."""
    if row.estimate is None:
        return "not estimable"
    shown = number(row.estimate, forest.digits)
    if row.low is None or row.high is None:
        return f"{shown} (no interval)"
    return f"{shown} ({interval(row.low, row.high, forest.digits)})"


def prediction_words(forest: Forest, pool: ForestPool) -> str:
    """Return the prediction interval as it stands in the column of estimates."""
    if pool.prediction_low is None or pool.prediction_high is None:
        return ""
    return f"({interval(pool.prediction_low, pool.prediction_high, forest.digits)})"


def columns(forest: Forest) -> Columns:
    """Return the places of all columns; those without any entry are left out."""
    rows = [*forest.pooled, *forest.uncontrolled]
    widest = max(width_of(row.label, BODY) for row in rows)
    widest = max([widest, *(width_of(pool.label, BODY, bold=True) for pool in forest.pools)])
    room = min(max(widest, 120.0), WIDEST_LABEL)
    x = MARGIN + 8 + room
    treated = control = None
    if any(row.n_treated is not None for row in rows):
        x = treated = x + 58
    if any(row.n_control is not None for row in rows):
        x = control = x + 50
    start = x + 22
    scale = Scale(*limits(forest), start, start + PLOT, forest.is_ratio)
    shown: list[ForestStudy | ForestPool] = [*rows, *forest.pools]
    words = [estimate_words(forest, row) for row in shown]
    words += [prediction_words(forest, pool) for pool in forest.pools]
    x = estimate = start + PLOT + 20 + max(width_of(w, BODY, bold=True) for w in words)
    weight = status = None
    if any(row.weight_percent is not None for row in rows):
        x = weight = x + 54
    if any(row.sd_status is not None for row in rows):
        status = x + 24
        x += 34
    lights = tuple(x + 18 + LIGHT * k for k in range(len(forest.bias_domains)))
    x = lights[-1] + LIGHT / 2 if lights else x
    return Columns(room, treated, control, scale, estimate, weight, status, lights, x + MARGIN)


def row_height(words: str, room: float, *, bold: bool = False) -> float:
    """Return how tall a row with these words is: one line or two."""
    return ROW + SECOND_LINE * (len(wrap(words, BODY, room, 2, bold=bold)) - 1)


def limits(forest: Forest) -> tuple[float, float]:
    """Return the range of the axis: all that was pooled, and intervals as far as they help.

    One study with an endless interval, or far from all others, does not press the rest together:
    it ends in an arrow, and its numbers stand in their column.
    """
    rows = [*forest.pooled, *forest.uncontrolled]
    points = _without_far_ones([r.estimate for r in rows if r.estimate is not None], forest)
    core = [forest.no_effect, *points]
    for pool in forest.pools:
        core += [pool.estimate, pool.low, pool.high]
        core += [v for v in (pool.prediction_low, pool.prediction_high) if v is not None]
    if forest.mid is not None:
        core += [forest.mid, 1 / forest.mid if forest.is_ratio else -forest.mid]
    low, high = spread(core, is_log=forest.is_ratio, pad=REACH)
    ends = [v for r in rows for v in (r.low, r.high) if v is not None]
    kept = [min(max(v, low), high) for v in ends]
    return spread([*core, *kept], is_log=forest.is_ratio, pad=0.03)


def _without_far_ones(points: Sequence[float], forest: Forest) -> list[float]:
    if len(points) < 4:
        return list(points)
    places = sorted(log(v) if forest.is_ratio and v > 0 else v for v in points)
    first, third = places[len(places) // 4], places[(3 * len(places)) // 4]
    room = FENCES * (third - first) or float("inf")
    return [
        v
        for v in points
        if first - room <= (log(v) if forest.is_ratio and v > 0 else v) <= third + room
    ]
