"""The pictures of a plan: courses with intervals, icon arrays, a forest of what trials found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anagen.report import svg

INK = "#1d2733"
SOFT = "#5b6875"
GRID = "#d9dee3"
PLAIN = "#6b7681"
"""The colour of going on as now."""
ACCENT = "#00588a"
ASSUMED = "#8a4b00"


HALO: dict[str, object] = {"stroke": "#fff", "stroke_width": 3, "paint_order": "stroke"}


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course of one quantity by month, with the interval for one person and for the average."""

    months: Sequence[float]
    mean: Sequence[float]
    person_low: Sequence[float]
    person_high: Sequence[float]
    average_low: Sequence[float]
    average_high: Sequence[float]


@dataclass(frozen=True, slots=True)
class Panel:
    """A small chart: one option over going on as now."""

    name: str
    title: str
    course: CourseLine | None
    reference: CourseLine | None
    is_assumed: bool


def _hatch(name: str, colour: str) -> str:
    stripe = svg.line(0, 0, 0, 7, stroke=colour, stroke_width=1.6)
    return svg.element(
        "pattern",
        {
            "id": name, "patternUnits": "userSpaceOnUse", "width": 7, "height": 7,
            "patternTransform": "rotate(45)",
        },
        stripe,
    )  # fmt: skip


def _span(low: float, high: float, floor: float) -> tuple[float, float]:
    pad = (high - low) * 0.06 or 1.0
    return max(floor, low - pad), high + pad


def value_range(courses: Sequence[CourseLine | None], floor: float = 0.0) -> tuple[float, float]:
    """Return the range that holds every interval of `courses`, padded but not below `floor`.

    It is (0, 1) if there is no course.
    """
    lows = [min(c.person_low) for c in courses if c is not None]
    highs = [max(c.person_high) for c in courses if c is not None]
    return _span(min(lows), max(highs), floor) if lows else (0.0, 1.0)


def course_panel(
    panel: Panel,
    limits: tuple[float, float],
    unit: str,
    *,
    bands: Sequence[tuple[float, str]] = (),
    width: float = 300,
    height: float = 210,
) -> str:
    """Draw one course with its intervals over the course without treatment.

    The wide band is this person, the narrow one the average of people like this; a course whose
    size is assumed is hatched and dashed.

    Parameters
    ----------
    panel:
        What to draw; without a course of its own the reference is drawn with its intervals.
    limits:
        The range of the vertical axis, the same for all panels of a row.
    unit:
        The unit of the vertical axis.
    bands:
        Horizontal marks as (value, words).
    """
    left, right, top, bottom = 42.0, 8.0, 20.0, 34.0
    inner_w, inner_h = width - left - right, height - top - bottom
    low, high = limits
    months = panel.reference or panel.course
    last = max(months.months) if months is not None else 24.0

    def x(month: float) -> float:
        return left + inner_w * month / last

    def y(value: float) -> float:
        return top + inner_h * (1 - (value - low) / (high - low))

    parts: list[str] = []
    labels: list[str] = []
    for value in svg.ticks(low, high, 4):
        parts.append(svg.line(left, y(value), width - right, y(value), stroke=GRID))
        parts.append(
            svg.text(
                left - 5, y(value) + 3.5, f"{value:g}", font_size=10.5, text_anchor="end", fill=SOFT
            )
        )
    parts += [
        svg.text(
            x(month), height - bottom + 14, f"{month}", font_size=10.5, text_anchor="middle",
            fill=SOFT,
        )
        for month in range(0, int(last) + 1, 6)
    ]  # fmt: skip
    parts.append(
        svg.text(
            left + inner_w / 2, height - 6, "months from now", font_size=10.5, text_anchor="middle",
            fill=SOFT,
        )
    )  # fmt: skip
    parts.append(
        svg.text(
            11, top + inner_h / 2, unit, font_size=10.5, text_anchor="middle", fill=SOFT,
            transform=f"rotate(-90 11 {top + inner_h / 2:.0f})",
        )
    )  # fmt: skip
    for value, words in bands:
        if low < value < high:
            parts.append(
                svg.line(
                    left, y(value), width - right, y(value), stroke=SOFT, stroke_dasharray="2 3"
                )
            )
            is_below = words.startswith("−") or y(value) < top + 14  # the heading stands above
            labels.append(
                svg.text(
                    width - right - 3, y(value) + (11 if is_below else -3), words,
                    font_size=10.5, text_anchor="end", fill=INK, **HALO,
                )
            )  # fmt: skip
    hatch = f"{panel.name}-hatch"
    parts.append(svg.element("defs", None, _hatch(hatch, ASSUMED)))

    def area(c: CourseLine, lows: Sequence[float], highs: Sequence[float]) -> str:
        there = [(x(m), y(v)) for m, v in zip(c.months, highs, strict=True)]
        back = [(x(m), y(v)) for m, v in zip(c.months, lows, strict=True)]
        return svg.path(there + back[::-1], closed=True)

    def centre(c: CourseLine) -> str:
        return svg.path([(x(m), y(v)) for m, v in zip(c.months, c.mean, strict=True)])

    c = panel.course
    if c is not None:
        colour = ASSUMED if panel.is_assumed else ACCENT
        if panel.is_assumed:
            parts.append(
                svg.element(
                    "path",
                    {"d": area(c, c.person_low, c.person_high), "fill": f"url(#{hatch})",
                     "fill_opacity": 0.7, "stroke": ASSUMED, "stroke_width": 0.8},
                )
            )  # fmt: skip
        else:
            parts.append(
                svg.element(
                    "path",
                    {"d": area(c, c.person_low, c.person_high), "fill": colour,
                     "fill_opacity": 0.13},
                )
            )  # fmt: skip
            parts.append(
                svg.element(
                    "path",
                    {"d": area(c, c.average_low, c.average_high), "fill": colour,
                     "fill_opacity": 0.3},
                )
            )  # fmt: skip
    if panel.reference is not None:
        own = panel.course is None
        if own:
            r = panel.reference
            parts.append(
                svg.element(
                    "path",
                    {"d": area(r, r.person_low, r.person_high), "fill": PLAIN, "fill_opacity": 0.2},
                )
            )
            parts.append(
                svg.element(
                    "path",
                    {"d": area(r, r.average_low, r.average_high), "fill": PLAIN,
                     "fill_opacity": 0.35},
                )
            )  # fmt: skip
        parts.append(
            svg.element(
                "path",
                {"d": centre(panel.reference), "fill": "none", "stroke": PLAIN,
                 "stroke_width": 2.4 if own else 1.6},
            )
        )  # fmt: skip
    if c is not None:
        parts.append(
            svg.element(
                "path",
                {"d": centre(c), "fill": "none", "stroke": ASSUMED if panel.is_assumed else ACCENT,
                 "stroke_width": 2.4, "stroke_dasharray": "9 4" if panel.is_assumed else None},
            )
        )  # fmt: skip
        if panel.is_assumed:
            parts.append(
                svg.text(
                    width - right, 13, "assumed, not measured", font_size=11,
                    text_anchor="end", fill=ASSUMED, font_weight="bold",
                )
            )  # fmt: skip
    parts += labels
    parts.append(
        svg.line(left, height - bottom, width - right, height - bottom, stroke=INK, stroke_width=1)
    )
    return svg.document(width, height, panel.title, _describe(panel, unit), panel.name, *parts)


def _describe(panel: Panel, unit: str) -> str:
    shown = panel.course or panel.reference
    if shown is None:
        return "no course"
    kind = "assumed, not measured; " if panel.is_assumed else ""
    return (
        f"{kind}starts at {shown.mean[0]:.0f} {unit}, after {shown.months[-1]:.0f} months "
        f"{shown.mean[-1]:.0f}, for one person {shown.person_low[-1]:.0f} to "
        f"{shown.person_high[-1]:.0f}"
    )


def icon_array(name: str, title: str, better: int, same: int, worse: int) -> str:
    """Draw 100 people: better, cannot notice, worse; by shape as well as by colour.

    Raises
    ------
    ValueError
        If the three do not add up to 100.
    """
    if better + same + worse != 100:
        message = f"an icon array shows 100 people, got {better + same + worse}"
        raise ValueError(message)
    size, gap = 13.0, 3.0
    parts = []
    for k in range(100):
        cx = 8 + (k % 20) * (size + gap)
        cy = 9 + (k // 20) * (size + gap)
        if k < better:
            parts.append(svg.element("circle", {"cx": cx, "cy": cy, "r": 6.2, "fill": ACCENT}))
        elif k < better + same:
            parts.append(
                svg.element(
                    "circle",
                    {"cx": cx, "cy": cy, "r": 5.4, "fill": "#fff", "stroke": SOFT,
                     "stroke_width": 1.4},
                )
            )  # fmt: skip
        else:
            d = svg.path([(cx - 6, cy - 5), (cx + 6, cy - 5), (cx, cy + 6)], closed=True)
            parts.append(svg.element("path", {"d": d, "fill": "#b3541e"}))
    words = f"{better} of 100 noticeably better, {same} cannot notice a change, {worse} worse"
    return svg.document(20 * (size + gap), 5 * (size + gap) + 2, title, words, name, *parts)


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One option in the forest: an estimate with its confidence and prediction interval."""

    label: str
    estimate: float
    low: float | None = None
    high: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None
    note: str = ""


def forest(name: str, title: str, unit: str, rows: Sequence[ForestRow]) -> str:
    """Draw what controlled trials found for each option, with confidence and prediction interval.

    The thick bar is the confidence interval of the mean, the thin dashed one the range in which the
    mean of a new trial is predicted. An interval that leaves the picture ends in an arrow. Numbers
    stand under each label, so that the picture fits a phone.
    """
    low, high = FOREST_RANGE
    numbers = [v for r in rows for v in (r.estimate, r.low, r.high) if v is not None]
    low, high = max(low, min([0.0, *numbers]) - 3), min(high, max([10.0, *numbers]) + 3)
    left, right, top, step = 8.0, 14.0, 24.0, 46.0
    width = 360.0
    base = top + step * len(rows)
    inner = width - left - right

    def x(value: float) -> float:
        return left + inner * (min(max(value, low), high) - low) / (high - low)

    parts = []
    for value in svg.ticks(low, high, 6):
        parts.append(svg.line(x(value), top - 6, x(value), base, stroke=GRID))
        parts.append(
            svg.text(
                x(value), base + 14, _number(value), font_size=10.5, text_anchor="middle",
                fill=SOFT,
            )
        )  # fmt: skip
    parts.append(svg.line(x(0), top - 6, x(0), base, stroke=INK, stroke_width=1.4))
    parts.append(
        svg.text(x(0) + 4, top - 10, "better than the control →", font_size=10.5, fill=SOFT)
    )
    parts.append(
        svg.text(left + inner / 2, base + 30, unit, font_size=10.5, text_anchor="middle", fill=SOFT)
    )
    for k, row in enumerate(rows):
        parts += _forest_row(row, top + step * k, left, x, (low, high))
    told = "; ".join(f"{r.label}: {_estimate(r)} {unit}, {r.note}" for r in rows)
    return svg.document(width, base + 38, title, told, name, *parts)


FOREST_RANGE = (-45.0, 75.0)
"""Intervals beyond this range of hairs/cm² end in an arrow; it is a matter of the paper's width."""


def _number(value: float) -> str:
    return f"{value:+g}".replace("-", "−") if value else "0"


def _estimate(row: ForestRow) -> str:
    if row.low is None or row.high is None:
        return f"{row.estimate:+.1f}".replace("-", "−")
    return f"{row.estimate:+.1f} ({row.low:+.0f} to {row.high:+.0f})".replace("-", "−")


def _forest_row(
    row: ForestRow,
    top: float,
    left: float,
    x: Callable[[float], float],
    limits: tuple[float, float],
) -> list[str]:
    """Draw one row: label and numbers above, intervals below."""
    cy = top + 34
    low, high = limits
    parts = [
        svg.text(left, top + 12, row.label, font_size=12, font_weight="bold", fill=INK, **HALO),
        svg.text(left, top + 25, f"{_estimate(row)}; {row.note}", font_size=10.5, fill=INK, **HALO),
    ]
    if row.prediction_low is not None and row.prediction_high is not None:
        parts.append(
            svg.line(
                x(row.prediction_low), cy, x(row.prediction_high), cy, stroke=SOFT,
                stroke_width=1.4, stroke_dasharray="3 2",
            )
        )  # fmt: skip
    if row.low is not None and row.high is not None:
        parts.append(svg.line(x(row.low), cy, x(row.high), cy, stroke=ACCENT, stroke_width=4.5))
        for is_cut, d in (
            (row.low < low, [(x(low) - 6, cy), (x(low) + 4, cy - 6), (x(low) + 4, cy + 6)]),
            (row.high > high,
             [(x(high) + 6, cy), (x(high) - 4, cy - 6), (x(high) - 4, cy + 6)]),
        ):  # fmt: skip
            if is_cut:
                parts.append(svg.element("path", {"d": svg.path(d, closed=True), "fill": ACCENT}))
    parts.append(
        svg.element(
            "rect",
            {"x": x(row.estimate) - 4.5, "y": cy - 4.5, "width": 9, "height": 9, "fill": INK,
             "transform": f"rotate(45 {x(row.estimate):.1f} {cy:.1f})"},
        )
    )  # fmt: skip
    return parts
