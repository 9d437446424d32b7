"""The marks of a forest: squares, intervals, arrows, diamonds, and where an SD comes from."""

from math import sqrt

from anagen.report import svg
from anagen.report.evidence.forest_records import ForestPool, ForestStudy
from anagen.report.evidence.palette import ACCENT, ASSUMED, INK, PALE, PAPER, SOFT
from anagen.report.evidence.plate import box, disc, shape
from anagen.report.evidence.scale import Scale

ARROW = 6.0
LEAST_SIDE, MOST_SIDE = 4.0, 13.0
SD_WORDS = {
    "reported": "SD reported",
    "algebraic": "SD worked out from SE, CI or p",
    "borrowed": "SD borrowed from other trials",
    "assumed": "SD assumed (open square, dashed)",
}


def whisker(
    scale: Scale, y: float, low: float, high: float, *, colour: str, width: float = 1.5,
    dashes: str | None = None,
) -> list[str]:  # fmt: skip
    """Return an interval, with an arrow at each end of the axis that it leaves."""
    parts = []
    if high > scale.low and low < scale.high:
        ends = scale.inside(low), scale.inside(high)
        parts.append(
            svg.line(ends[0], y, ends[1], y, stroke=colour, stroke_width=width,
                     stroke_dasharray=dashes)
        )  # fmt: skip
    if low < scale.low:
        parts.append(_arrow(scale.start, y, -1, colour))
    if high > scale.high:
        parts.append(_arrow(scale.end, y, 1, colour))
    return parts


def _arrow(x: float, y: float, way: int, colour: str) -> str:
    return shape([(x + way * ARROW, y), (x - way * 2, y - 4), (x - way * 2, y + 4)], fill=colour)


def study_mark(
    scale: Scale, y: float, study: ForestStudy, most: float, *, is_pooled: bool
) -> list[str]:
    """Return the square and the interval of a study; open and dashed where its SD is assumed."""
    if study.estimate is None:
        return []
    is_assumed = study.sd_status == "assumed"
    colour = (ASSUMED if is_assumed else ACCENT) if is_pooled else SOFT
    parts = []
    if study.low is not None and study.high is not None:
        dashes = "5 3" if is_assumed or not is_pooled else None
        parts += whisker(scale, y, study.low, study.high, colour=colour, dashes=dashes)
    if not scale.holds(study.estimate):
        way = 1 if study.estimate > scale.high else -1
        end = scale.end if way > 0 else scale.start
        return [*parts, _arrow(end, y, way, colour), _arrow(end - way * 8, y, way, colour)]
    side = _side(study.weight_percent, most) if is_pooled else 7.0
    look = {"fill": PAPER if is_assumed or not is_pooled else colour, "stroke": colour,
            "stroke_width": 1.4}  # fmt: skip
    x = scale.at(study.estimate)
    return [*parts, box(x - side / 2, y - side / 2, side, side, **look)]


def _side(weight: float | None, most: float) -> float:
    """Return the side of a square whose area goes with the weight."""
    if weight is None or most <= 0:
        return 7.0
    return max(LEAST_SIDE, MOST_SIDE * sqrt(weight / most))


def diamond(scale: Scale, y: float, pool: ForestPool, *, is_overall: bool) -> str:
    """Return the diamond of a pooled effect: full for all studies, light for a group."""
    half = 7.0 if is_overall else 5.5
    left, middle, right = (scale.at(v) for v in (pool.low, pool.estimate, pool.high))
    return shape(
        [(left, y), (middle, y - half), (right, y), (middle, y + half)],
        fill=INK if is_overall else "#9db9cc", stroke=INK, stroke_width=1.1,
    )  # fmt: skip


def prediction_bar(scale: Scale, y: float, low: float, high: float) -> list[str]:
    """Return the bar within which the effect of a new study is predicted."""
    left, right = scale.inside(low), scale.inside(high)
    return [box(left, y - 3.2, right - left, 6.4, fill=PALE, stroke=INK, stroke_width=1.1)]


def status_mark(x: float, y: float, status: str) -> list[str]:
    """Return where an SD comes from: a full, half, open disc, or a triangle where assumed."""
    told = svg.element("title", None, SD_WORDS[status])
    if status == "assumed":
        marks = [shape([(x, y - 6), (x + 6, y + 4.5), (x - 6, y + 4.5)], fill=PAPER,
                       stroke=ASSUMED, stroke_width=1.6),
                 disc(x, y + 1.3, 1.3, fill=ASSUMED)]  # fmt: skip
    else:
        fill = SOFT if status == "reported" else PAPER
        marks = [disc(x, y, 4.6, fill=fill, stroke=SOFT, stroke_width=1.4)]
        if status == "algebraic":
            half = f"M{x:.1f} {y - 4.6:.1f}A4.6 4.6 0 0 0 {x:.1f} {y + 4.6:.1f}Z"
            marks.append(svg.element("path", {"d": half, "fill": SOFT}))
    return [svg.element("g", None, told, *marks)]
