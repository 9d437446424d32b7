"""How curves, their bands and the points of studies are drawn, told apart also in grey."""

from collections.abc import Sequence
from itertools import groupby

from anagen.report import svg
from anagen.report.evidence.course_records import Curve, StudyPoint
from anagen.report.evidence.numerals import number, short_number
from anagen.report.evidence.palette import (
    BAND,
    BAND_LOOK,
    GRID,
    INK,
    PAPER,
    SERIES,
    SERIES_DASHES,
    SOFT,
    hatch,
)
from anagen.report.evidence.plate import SMALL, box, trace
from anagen.report.evidence.scale import Scale

LEAST, MOST = 2.8, 7.5
ASSUMED_FIRST = "14 3 5 3"
"""The dashes of a first curve that is assumed: a full line is never one that is."""


def colour_of(k: int) -> str:
    """Return the colour of a curve by its place."""
    return SERIES[k % len(SERIES)]


def dashes_of(curve: Curve, k: int, *, is_only: bool = False) -> str | None:
    """Return the dashes of a curve, none where it is full; an only one is dashed if assumed."""
    if is_only:
        return ASSUMED_FIRST if curve.is_assumed else None
    dashes = SERIES_DASHES[k % len(SERIES_DASHES)]
    return ASSUMED_FIRST if curve.is_assumed and dashes is None else dashes


def patterns(name: str, curves: Sequence[Curve]) -> list[str]:
    """Return the hatches of the bands of curves that are assumed."""
    if not any(curve.is_assumed for curve in curves):
        return []
    found = [
        hatch(f"{name}-assumed-{k}", colour_of(k), step=7.0, angle=45 + 90 * (k % 2), width=0.9)
        for k in range(min(len(curves), len(SERIES)))
    ]
    return [svg.element("defs", None, *found)]


def band(
    name: str, across: Scale, down: Scale, curve: Curve, k: int, *, dark: float,
    is_only: bool = False,
) -> list[str]:  # fmt: skip
    """Return the interval of a curve: an area with edges, hatched where assumed."""
    if not curve.at:
        return []
    top = [(across.at(a), down.inside(v)) for a, v in zip(curve.at, curve.high, strict=True)]
    base = [(across.at(a), down.inside(v)) for a, v in zip(curve.at, curve.low, strict=True)]
    outline = svg.path(top + base[::-1], closed=True)
    parts = [svg.element("path", {"d": outline, "fill": colour_of(k), "fill_opacity": dark})]
    if curve.is_assumed:
        look = {"d": outline, "fill": f"url(#{name}-assumed-{k})", "fill_opacity": 0.5}
        parts.append(svg.element("path", look))
    edge = {"stroke": colour_of(k), "stroke_width": 0.9, "stroke_opacity": 0.6,
            "stroke_dasharray": dashes_of(curve, k, is_only=is_only)}  # fmt: skip
    return [*parts, trace(top, **edge), trace(base, **edge)]


def centre(across: Scale, down: Scale, curve: Curve, k: int, *, is_only: bool = False) -> list[str]:
    """Return the line of a curve over a white one, so that crossings stay clear."""
    if not curve.at:
        return []
    spots = [(across.at(a), down.inside(v)) for a, v in zip(curve.at, curve.value, strict=True)]
    return [
        trace(spots, stroke=PAPER, stroke_width=4.2),
        trace(
            spots,
            stroke=colour_of(k),
            stroke_width=2.3,
            stroke_dasharray=dashes_of(curve, k, is_only=is_only),
        ),
    ]


def study_points(
    across: Scale, down: Scale, points: Sequence[StudyPoint], k: int, most: int,
    *, size: float = 1.0,
) -> list[str]:  # fmt: skip
    """Return the points of studies, those of one study joined by a thin line."""
    parts = []
    ordered = sorted(points, key=lambda p: (p.study, p.at))
    for _, group in groupby(ordered, key=lambda p: p.study):
        spots = [(across.at(p.at), down.inside(p.value)) for p in group]
        if len(spots) > 1:
            parts.append(trace(spots, stroke=colour_of(k), stroke_width=0.8, stroke_opacity=0.45))
    for point in sorted(ordered, key=lambda p: -(p.participants or 0)):
        x = across.at(point.at)
        if point.low is not None and point.high is not None:
            ends = down.inside(point.low), down.inside(point.high)
            parts.append(
                svg.line(x, ends[0], x, ends[1], stroke=colour_of(k), stroke_width=1.0,
                         stroke_opacity=0.8)
            )  # fmt: skip
        parts.append(_point(x, down.inside(point.value), point, k, most, size))
    return parts


def _point(x: float, y: float, point: StudyPoint, k: int, most: int, size: float) -> str:
    share = 0.3 if point.participants is None or most <= 0 else point.participants / most
    told = f"{point.study}, {point.at:g}: {number(point.value, 2)}"
    if point.low is not None and point.high is not None:
        told += f" ({number(point.low, 2)} to {number(point.high, 2)})"
    told += "" if point.participants is None else f", {point.participants:,} people"
    look = {"d": outline(x, y, size * max(LEAST, MOST * share**0.5), k), "fill": colour_of(k),
            "fill_opacity": 0.8, "stroke": PAPER, "stroke_width": 0.9}  # fmt: skip
    return svg.element("path", look, svg.element("title", None, svg.escape(told)))


def outline(x: float, y: float, r: float, k: int) -> str:
    """Return the outline of a mark: circle, square, triangle, diamond or the triangle turned."""
    kind = k % len(SERIES)
    if kind == 0:
        return (
            f"M{x - r:.2f} {y:.2f}a{r:.2f} {r:.2f} 0 1 0 {2 * r:.2f} 0"
            f"a{r:.2f} {r:.2f} 0 1 0 {-2 * r:.2f} 0Z"
        )
    if kind == 1:
        s = r * 0.88
        return svg.path([(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)],
                        closed=True)  # fmt: skip
    if kind == 3:
        s = r * 1.2
        return svg.path([(x, y - s), (x + s, y), (x, y + s), (x - s, y)], closed=True)
    way = 1 if kind == 2 else -1
    s = r * 1.15
    return svg.path([(x, y - way * s), (x + s, y + way * s * 0.75), (x - s, y + way * s * 0.75)],
                    closed=True)  # fmt: skip


def ground(across: Scale, down: Scale, mid: float | None) -> list[str]:
    """Return the grid over the band of what cannot be noticed, and the line of no effect."""
    parts = []
    if mid is not None:
        top, base = down.inside(mid), down.inside(-mid)
        parts.append(
            box(across.start, top, across.end - across.start, base - top, fill=BAND, **BAND_LOOK)
        )
    for value in down.marks(SMALL, gap=4.0):
        y = down.at(value)
        parts.append(svg.line(across.start, y, across.end, y, stroke=GRID, stroke_width=0.8))
        parts.append(
            svg.text(across.start - 6, y + 3.5, short_number(value), font_size=SMALL,
                     text_anchor="end", fill=SOFT)
        )  # fmt: skip
    if down.holds(0.0):
        y = down.at(0.0)
        parts.append(svg.line(across.start, y, across.end, y, stroke=INK, stroke_width=1.1))
    return parts
