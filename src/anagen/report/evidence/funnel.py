"""The funnel: how precise each study is beside what it found, with contours of significance."""

from dataclasses import dataclass
from math import exp, log

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import label
from anagen.report.evidence.numerals import Z_95, check_numbers, number, short_number
from anagen.report.evidence.palette import ACCENT, ASSUMED, INK, PAPER, SOFT
from anagen.report.evidence.plate import (
    MARGIN,
    SMALL,
    Key,
    box,
    disc,
    heading,
    legend,
    notes,
    plate,
    shape,
    trace,
)
from anagen.report.evidence.scale import Scale

WIDTH, PLOT_HEIGHT = 640.0, 380.0
LEFT, RIGHT = 62.0, 20.0
CONTOURS = ((2.575829, "#dfe4e8"), (Z_95, "#bfc8d0"), (1.644854, "#ffffff"))
"""Normal quantiles of p = 0.01, 0.05 and 0.10, with the ground inside each."""
BEYOND = "#f3f5f7"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPoint:
    """A study on the analysis scale (the logarithm of a ratio), and its standard error."""

    label: str
    estimate: float
    se: float
    is_imputed: bool = False
    """Filled in by trim-and-fill: drawn hollow, it is no study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EggerLine:
    """A regression on the standard error: what a study with none would find, and the slope."""

    limit: float
    slope: float
    words: str
    """What the test says, with its p value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """A whole funnel, on the analysis scale."""

    title: str
    effect: str
    points: tuple[FunnelPoint, ...]
    pooled: float
    filled: float | None = None
    """The pooled effect with the imputed studies."""
    egger: EggerLine | None = None
    is_ratio: bool = False
    """Whether the scale is the logarithm of a ratio, and the axis is marked in ratios."""
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def funnel_figure(name: str, funnel: Funnel) -> str:
    """Draw a contour-enhanced funnel.

    Grounds say how far from no effect a result of a given standard error is significant: white
    where p > 0.10, darkest from 0.10 to 0.05, and lighter the smaller p is.

    Raises
    ------
    InputError
        If there is no study, or a number that cannot be drawn.

    References
    ----------
    Peters et al. (2008), Journal of Clinical Epidemiology 61:991-996.
    """
    _check(funnel)
    head, top = heading(funnel.title, WIDTH, funnel.subtitle)
    across, down = _scales(funnel, top + 6)
    parts = [*head, *_contours(across, down), *_axes(funnel, across, down)]
    parts += _lines(funnel, across, down)
    parts += [_point(p, across, down) for p in funnel.points]
    key, bottom = legend(_keys(funnel), down.end + 50, WIDTH)
    words = [funnel.egger.words] if funnel.egger else []
    told, bottom = notes((*words, *funnel.notes), bottom, WIDTH)
    parts += [*key, *told]
    return plate(name, funnel.title, _told(funnel), WIDTH, bottom + MARGIN, parts)


def _check(funnel: Funnel) -> None:
    if not funnel.points:
        raise InputError("funnel: there is no study to draw; give at least one")
    check_numbers("funnel", funnel)
    for point in funnel.points:
        if point.se <= 0:
            raise InputError(
                f"funnel: the standard error of {point.label} is {point.se:g}; give one above 0"
            )


def _scales(funnel: Funnel, top: float) -> tuple[Scale, Scale]:
    """Return the axis of effects and that of standard errors, 0 at the top."""
    most = max(p.se for p in funnel.points) * 1.06
    values = [p.estimate for p in funnel.points] + [funnel.pooled, 0.0]
    values += [funnel.pooled - Z_95 * most, funnel.pooled + Z_95 * most]
    low, high = min(values), max(values)
    room = (high - low) * 0.06
    across = Scale(low - room, high + room, LEFT, WIDTH - RIGHT)
    return across, Scale(0.0, most, top, top + PLOT_HEIGHT)


def _contours(across: Scale, down: Scale) -> list[str]:
    """Return the grounds, from the whole plot to the cone in which p > 0.10."""
    wide, tall = across.end - across.start, down.end - down.start
    parts = [box(across.start, down.start, wide, tall, fill=BEYOND)]
    for z, ground in CONTOURS:
        parts.append(shape(_cone(across, down, 0.0, z), fill=ground))
    return parts


def _cone(across: Scale, down: Scale, middle: float, z: float) -> list[tuple[float, float]]:
    """Return the outline within `z` standard errors of a middle, cut at the sides of the plot."""
    tip = (across.inside(middle), down.start)
    sides = []
    for end, way in ((across.low, -1), (across.high, 1)):
        reach = way * (end - middle) / z
        if reach <= 0:
            sides.append([(across.at(end), down.start), (across.at(end), down.end)])
        elif reach < down.high:
            sides.append([(across.at(end), down.at(reach)), (across.at(end), down.end)])
        else:
            sides.append([(across.at(middle + way * z * down.high), down.end)])
    left, right = sides
    return [tip, *left, *right[::-1]]


def _axes(funnel: Funnel, across: Scale, down: Scale) -> list[str]:
    parts = []
    for value, words in _marks(funnel, across):
        x = across.at(value)
        parts.append(svg.line(x, down.end, x, down.end + 4, stroke=INK))
        parts.append(svg.text(x, down.end + 16, words, font_size=SMALL, text_anchor="middle"))
    for se in svg.ticks(0.0, down.high, 5):
        y = down.at(se)
        parts.append(svg.line(LEFT - 4, y, LEFT, y, stroke=INK))
        parts.append(
            svg.text(LEFT - 7, y + 3.5, short_number(se), font_size=SMALL, text_anchor="end")
        )
    wide, tall = across.end - across.start, down.end - down.start
    parts.append(box(LEFT, down.start, wide, tall, fill="none", stroke=INK))
    middle = (down.start + down.end) / 2
    kind = " (logarithmic axis)" if funnel.is_ratio else ""
    centre = (across.start + across.end) / 2
    parts += label(
        centre, down.end + 33, f"{funnel.effect}{kind}", size=SMALL + 1, room=wide, anchor="middle"
    )  # fmt: skip
    return parts + label(
        20, middle, "standard error (0 = most precise)", size=SMALL + 1, room=tall,
        anchor="middle", look={"transform": f"rotate(-90 20 {middle:.1f})"},
    )  # fmt: skip


def _marks(funnel: Funnel, across: Scale) -> list[tuple[float, str]]:
    """Return the marked values on the analysis scale, with the words that stand there."""
    if not funnel.is_ratio:
        return [(v, short_number(v)) for v in across.marks(SMALL)]
    ratios = Scale(exp(across.low), exp(across.high), across.start, across.end, is_log=True)
    return [(log(v), short_number(v)) for v in ratios.marks(SMALL)]


def _lines(funnel: Funnel, across: Scale, down: Scale) -> list[str]:
    """Return no effect, the pooled effect with its 95 % cone, and what tests add."""
    zero = across.at(0.0)
    parts = [svg.line(zero, down.start, zero, down.end, stroke=INK, stroke_width=1)]
    tip = (across.at(funnel.pooled), down.start)
    for way in (-1, 1):
        foot = (across.at(funnel.pooled + way * Z_95 * down.high), down.end)
        parts.append(trace([tip, foot], stroke=SOFT, stroke_width=1.2, stroke_dasharray="6 4"))
    parts.append(trace([tip, (tip[0], down.end)], stroke=ACCENT, stroke_width=1.8))
    if funnel.filled is not None:
        x = across.inside(funnel.filled)
        parts.append(
            svg.line(x, down.start, x, down.end, stroke=ASSUMED, stroke_width=1.6,
                     stroke_dasharray="2 3")
        )  # fmt: skip
    if funnel.egger is not None:
        ends = [(across.at(v), y) for v, y in _egger_ends(funnel.egger, across, down)]
        parts.append(trace(ends, stroke="#7a3b8f", stroke_width=1.8, stroke_dasharray="9 3 2 3"))
    return parts


def _egger_ends(egger: EggerLine, across: Scale, down: Scale) -> list[tuple[float, float]]:
    """Return the ends of the line, cut where it leaves the plot."""
    ends = []
    for se in (0.0, down.high):
        value = egger.limit + egger.slope * se
        held = min(max(value, across.low), across.high)
        if held != value and egger.slope:
            se = min(max((held - egger.limit) / egger.slope, 0.0), down.high)
        ends.append((held, down.at(se)))
    return ends


def _point(point: FunnelPoint, across: Scale, down: Scale) -> str:
    told = svg.element("title", None, svg.escape(f"{point.label}, SE {point.se:.3g}"))
    fill, edge = (PAPER, ASSUMED) if point.is_imputed else (ACCENT, PAPER)
    width = 1.8 if point.is_imputed else 1.0
    place = {"cx": across.at(point.estimate), "cy": down.at(point.se), "r": 4.6}
    return svg.element("circle", {**place, "fill": fill, "stroke": edge, "stroke_width": width},
                       told)  # fmt: skip


def _keys(funnel: Funnel) -> list[Key]:
    def stroke(colour: str, dashes: str | None) -> Key:
        return Key(
            lambda x, y: [svg.line(x - 13, y, x + 13, y, stroke=colour, stroke_width=1.8,
                                   stroke_dasharray=dashes)],
            "", 26.0,
        )  # fmt: skip

    def ground(colour: str, words: str) -> Key:
        return Key(lambda x, y: [box(x - 9, y - 6, 18, 12, fill=colour, stroke=SOFT)], words)

    keys = [Key(lambda x, y: [disc(x, y, 4.6, fill=ACCENT)], "study", 12.0)]
    if any(p.is_imputed for p in funnel.points):
        keys.append(
            Key(lambda x, y: [disc(x, y, 4.6, fill=PAPER, stroke=ASSUMED, stroke_width=1.8)],
                "filled in, not a study", 12.0)
        )  # fmt: skip
    keys.append(Key(stroke(ACCENT, None).draw, "pooled effect", 26.0))
    keys.append(Key(stroke(SOFT, "6 4").draw, "95 % of studies without heterogeneity", 26.0))
    if funnel.filled is not None:
        keys.append(Key(stroke(ASSUMED, "2 3").draw, "pooled with those filled in", 26.0))
    if funnel.egger is not None:
        keys.append(Key(stroke("#7a3b8f", "9 3 2 3").draw, "Egger regression", 26.0))
    return [
        *keys, ground("#ffffff", "p > 0.10"), ground("#bfc8d0", "0.05 to 0.10"),
        ground("#dfe4e8", "0.01 to 0.05"), ground(BEYOND, "p < 0.01"),
    ]  # fmt: skip


def _told(funnel: Funnel) -> str:
    def shown(value: float) -> str:
        return number(exp(value) if funnel.is_ratio else value, 2)

    real = [p for p in funnel.points if not p.is_imputed]
    told = f"{len(real)} studies, {funnel.effect} pooled {shown(funnel.pooled)}"
    made = len(funnel.points) - len(real)
    if made:
        told += f"; {made} points filled in"
        told += f", with them {shown(funnel.filled)}" if funnel.filled is not None else ""
    told += f"; {funnel.egger.words}" if funnel.egger else ""
    rows = "; ".join(f"{p.label} {shown(p.estimate)}, SE {number(p.se, 2)}" for p in real)
    return f"{told}; {rows}"
