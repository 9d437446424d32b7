"""The picture of what options cost: a bar for one year and one for five, open ends as arrows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from anagen.report import svg
from anagen.report.figures import ACCENT, GRID, HALO, INK, SOFT

LOG_FROM = 30
"""Amounts that span more than so many times their least are drawn on a logarithmic axis."""
WIDTH = 360.0
LEFT, RIGHT, TOP, STEP = 8.0, 16.0, 34.0, 50.0
BAR = 7.0


@dataclass(frozen=True, slots=True)
class CostBar:
    """What an option costs over some years; no upper end where `high` is absent."""

    low: float
    high: float | None
    words: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """One option: its bar for one year and for five."""

    label: str
    one_year: CostBar
    five_years: CostBar | None


def is_logarithmic(values: Sequence[float]) -> bool:
    """Say whether amounts are drawn on a logarithmic axis.

    Examples
    --------
    >>> is_logarithmic([100, 200, 3000]), is_logarithmic([100, 3001]), is_logarithmic([0, 9])
    (False, True, False)
    """
    least = min(values)
    return least > 0 and max(values) / least > LOG_FROM


def _axis(values: Sequence[float]) -> tuple[Callable[[float], float], list[float]]:
    """Return the place of an amount in the picture, and the amounts to mark."""
    inner = WIDTH - LEFT - RIGHT - 12  # room for an arrow
    if is_logarithmic(values):
        low, high = 10.0 ** floor(log10(min(values))), 10.0 ** ceil(log10(max(values)))
        marks = [10.0**k for k in range(round(log10(low)), round(log10(high)) + 1)]
        return (lambda v: LEFT + inner * log10(v / low) / log10(high / low)), marks
    high = max(values) or 1.0
    marks = svg.ticks(0.0, high, 5)
    return (lambda v: LEFT + inner * v / high), marks


def cost_bars(name: str, title: str, currency: str, rows: Sequence[CostRow]) -> str:
    """Draw what options cost in one currency, the first year above and five years below.

    One year is a full bar, five years a hatched one with an outline, so that both can be told apart
    in grey. A bar that ends in an arrow has no upper end. The numbers stand under each label.

    Raises
    ------
    ValueError
        If there is no row.
    """
    if not rows:
        message = "a picture of costs needs at least one option"
        raise ValueError(message)
    bars = [bar for row in rows for bar in (row.one_year, row.five_years) if bar is not None]
    values = [v for bar in bars for v in (bar.low, bar.high) if v is not None]
    x, marks = _axis(values)
    base = TOP + STEP * len(rows)
    hatch = f"{name}-hatch"
    stripe = svg.line(0, 0, 0, 5, stroke=INK, stroke_width=1.4)
    pattern = svg.element(
        "pattern",
        {"id": hatch, "patternUnits": "userSpaceOnUse", "width": 5, "height": 5,
         "patternTransform": "rotate(45)"},
        stripe,
    )  # fmt: skip
    parts = [svg.element("defs", None, pattern)]
    parts += [svg.line(x(mark), TOP - 4, x(mark), base + 2, stroke=GRID) for mark in marks]
    parts += [
        svg.text(x(mark), base + 14, f"{mark:,.0f}", font_size=10.5,
                 text_anchor="start" if k == 0 else "middle", fill=SOFT)
        for k, mark in enumerate(marks)
    ]  # fmt: skip
    kind = ", each mark ten times the last" if is_logarithmic(values) else ""
    parts.append(
        svg.text(WIDTH / 2, base + 29, f"{currency}{kind}", font_size=10.5, text_anchor="middle",
                 fill=SOFT)
    )  # fmt: skip
    parts += _key(hatch)
    for k, row in enumerate(rows):
        parts += _row(row, TOP + STEP * k, x, hatch)
    told = "; ".join(f"{row.label}: {_said(row)}" for row in rows)
    return svg.document(WIDTH, base + 36, title, told, name, *parts)


def _key(hatch: str) -> list[str]:
    style: dict[str, object] = {"font_size": 10.5, "fill": SOFT}
    return [
        _box(LEFT, 26, 6, {"fill": ACCENT}),
        svg.text(LEFT + 31, 13, "first year", **style),
        _box(LEFT + 100, 26, 6, {"fill": f"url(#{hatch})", "stroke": INK, "stroke_width": 0.9}),
        svg.text(LEFT + 131, 13, "5 years", **style),
        svg.element("path", {"d": svg.path(_tip(LEFT + 210, 9.5, 4.5), closed=True), "fill": INK}),
        svg.text(LEFT + 223, 13, "no upper end", **style),
    ]


def _box(x: float, width: float, y: float, style: dict[str, object]) -> str:
    return svg.element("rect", {"x": x, "y": y, "width": width, "height": BAR, **style})


def _tip(x: float, y: float, half: float) -> list[tuple[float, float]]:
    return [(x, y - half), (x + 9, y), (x, y + half)]


def _said(row: CostRow) -> str:
    five = "" if row.five_years is None else f"; 5 years {row.five_years.words}"
    return f"first year {row.one_year.words}{five}"


def _row(row: CostRow, top: float, x: Callable[[float], float], hatch: str) -> list[str]:
    parts = [
        svg.text(LEFT, top + 11, row.label, font_size=12, font_weight="bold", fill=INK, **HALO),
        svg.text(LEFT, top + 24, _said(row), font_size=10.5, fill=INK, **HALO),
    ]
    parts += _bar(row.one_year, top + 28, x, {"fill": ACCENT}, ACCENT)
    if row.five_years is not None:
        style: dict[str, object] = {"fill": f"url(#{hatch})", "stroke": INK, "stroke_width": 0.9}
        parts += _bar(row.five_years, top + 37, x, style, INK)
    return parts


def _bar(
    bar: CostBar, y: float, x: Callable[[float], float], style: dict[str, object], colour: str
) -> list[str]:
    """Draw one bar; one without an upper end runs to the edge and ends in an arrow."""
    start = x(bar.low)
    edge = WIDTH - RIGHT - 6
    end = edge if bar.high is None else max(x(bar.high), start + 2.5)
    parts = [_box(start, end - start, y, style)]
    if bar.high is None:
        tip = svg.path(_tip(end, y + BAR / 2, 6), closed=True)
        parts.append(svg.element("path", {"d": tip, "fill": colour}))
    return parts
