"""The chart of a simulation: four measures over one time axis, and what happens below it."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from anagen.follicle import WEEKS_PER_YEAR, ArmCourse, Course, Event, Simulation
from anagen.report import svg
from anagen.report.figures import GRID, HALO, INK, SOFT
from anagen.report.simulation_style import COLOURS, dash, key, label, named, patterns

MEASURES = (
    ("nonvellus_per_cm2", "Hair density (non-vellus)", "hairs per cm²"),
    ("anagen_percent", "Growing hairs (anagen)", "% of visible hairs"),
    ("shed_hairs_per_day", "Shedding", "hairs a day per 100,000 follicles"),
    ("shaft_diameter_um", "Mean shaft diameter", "µm"),
)
BANDS = (
    ("person_low", "person_high", 0.05),
    ("average_low", "average_high", 0.13),
    ("chance_low", "chance_high", 0.13),
)
"""From the widest to the narrowest: their ends, and how dark each is."""
EDGE = {"fill": "none", "stroke_width": 1.0}
EDGE_OPACITY, HATCH_OPACITY = 0.65, 0.5
MONTHS_PER_WEEK = 12 / WEEKS_PER_YEAR
WIDTH, LEFT, RIGHT = 820.0, 62.0, 178.0
PANEL, GAP = 168.0, 40.0
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, 'Liberation Sans', sans-serif"
ROW = 17.0
LABEL = 11.0
"""Size of a direct label; a line of it takes a little more."""
WIDEST_LABEL = 27
MOST_PERSON_BANDS = 3
"""More arms than this would bury each other's bands of single persons."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where months and values of one panel stand on the paper."""

    top: float
    months: float
    limits: Span

    def x(self, month: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * month / self.months

    def y(self, value: float) -> float:
        low, high = self.limits
        return self.top + PANEL * (1 - (value - low) / (high - low))


def simulation_figure(simulation: Simulation) -> str:
    """Draw the courses of all arms, with their bands and with what happens in each."""
    months = [week * MONTHS_PER_WEEK for week in simulation.weeks]
    last = simulation.scenario.years * 12
    top_key, key_height = key(simulation.arms, LEFT)
    parts: list[str] = [svg.element("defs", None, *patterns(simulation.arms)), *top_key]
    top = key_height + 38
    for k, (name, title, unit) in enumerate(MEASURES):
        courses = [arm.measures[name] for arm in simulation.arms]
        frame = _Frame(top + k * (PANEL + GAP), last, _limits(courses, len(courses)))
        parts += _panel(frame, f"{title}, {unit}", months, simulation.arms, courses)
    bottom = top + len(MEASURES) * (PANEL + GAP) - GAP
    frame = _Frame(bottom - PANEL, last, (0.0, 1.0))
    parts += _axis(frame, bottom)
    lanes, height = _lanes(frame, bottom + 52, simulation)
    return svg.document(
        WIDTH, height + 6, f"Courses of {simulation.scenario.name}", _described(simulation),
        "courses", svg.element("g", {"font_family": FONT}, *parts, *lanes),
    )  # fmt: skip


def _limits(courses: Sequence[Course], arms: int) -> Span:
    """Return the range that holds every line and band drawn, padded, not below 0."""
    found = [value for course in courses for value in course.value if value is not None]
    for course in courses:
        for lower, upper, _ in _bands(arms):
            for name in (lower, upper):
                found += [v for v in getattr(course, name) or [] if v is not None]
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    pad = (high - low) * 0.06 or 1.0
    return max(0.0, low - pad), high + pad


def _bands(arms: int) -> Sequence[tuple[str, str, float]]:
    """Return which bands are drawn, and how dark: with many arms fewer and lighter ones."""
    if arms <= MOST_PERSON_BANDS:
        return BANDS
    return [(low, high, opacity * _faint(arms)) for low, high, opacity in BANDS[1:]]


def _faint(arms: int) -> float:
    """Return how dark bands, edges and hatches are beside those of few arms."""
    return 1.0 if arms <= MOST_PERSON_BANDS else 0.5


def _panel(
    frame: _Frame,
    title: str,
    months: Sequence[float],
    arms: Sequence[ArmCourse],
    courses: Sequence[Course],
) -> list[str]:
    right = WIDTH - RIGHT
    parts = [
        svg.text(LEFT, frame.top - 9, title, font_size=12.5, fill=INK, font_weight="bold"),
    ]
    for value in svg.ticks(*frame.limits, 4):
        parts.append(svg.line(LEFT, frame.y(value), right, frame.y(value), stroke=GRID))
        parts.append(
            svg.text(
                LEFT - 6, frame.y(value) + 3.5, f"{value:g}", font_size=11, text_anchor="end",
                fill=SOFT,
            )
        )  # fmt: skip
    parts += [
        svg.line(
            frame.x(month), frame.top, frame.x(month), frame.top + PANEL, stroke=SOFT,
            stroke_width=0.8, stroke_dasharray="1 3",
        )
        for month in sorted({m for arm in arms for m in _turns(arm, frame.months)})
    ]  # fmt: skip
    for k, course in enumerate(courses):
        parts += _areas(frame, months, course, arms, k)
    for course in courses:
        parts += _lines(frame, months, course, "#fff", None, 4.0)
    for k, course in enumerate(courses):
        parts += _lines(frame, months, course, COLOURS[k], dash(arms, k), 2.2)
    parts.append(svg.line(LEFT, frame.top + PANEL, right, frame.top + PANEL, stroke=INK))
    return parts + _labels(frame, arms, courses)


def _turns(arm: ArmCourse, last: float) -> list[float]:
    """Return the months in which something begins or ends, but for the edges."""
    weeks = [
        week
        for event in arm.events
        if event.kind == "span"
        for week in (event.from_week, event.to_week)
        if week is not None
    ]
    months = [round(week * MONTHS_PER_WEEK, 3) for week in weeks]
    return [month for month in months if 0 < month < last - 0.01]


def _areas(
    frame: _Frame, months: Sequence[float], course: Course, arms: Sequence[ArmCourse], k: int
) -> list[str]:
    """Return the bands of a course; the narrowest has edges, and is hatched where assumed."""
    there = [
        (_ends(frame, months, course, low, high), opacity)
        for low, high, opacity in _bands(len(arms))
    ]
    drawn = [(ends, opacity) for ends, opacity in there if ends]
    faint = _faint(len(arms))
    parts = []
    for ends, opacity in drawn:
        above, below = [(x, a) for x, a, _ in ends], [(x, b) for x, _, b in ends]
        outline = svg.path(above + below[::-1], closed=True)
        fill = {"d": outline, "fill": COLOURS[k], "fill_opacity": opacity}
        parts.append(svg.element("path", fill))
        if ends is not drawn[-1][0]:
            continue
        if arms[k].assumed:
            hatch = {
                "d": outline,
                "fill": f"url(#assumed-{k})",
                "fill_opacity": HATCH_OPACITY * faint,
            }
            parts.append(svg.element("path", hatch))
        parts += [
            svg.element(
                "path",
                {
                    "d": svg.path(edge),
                    "stroke": COLOURS[k],
                    "stroke_dasharray": dash(arms, k),
                    "stroke_opacity": EDGE_OPACITY * faint,
                }
                | EDGE,
            )
            for edge in (above, below)
        ]
    return parts


def _ends(
    frame: _Frame, months: Sequence[float], course: Course, low: str, high: str
) -> list[tuple[float, float, float]]:
    """Return where the two ends of an interval stand: x, upper and lower y; none without one."""
    below, above = getattr(course, low), getattr(course, high)
    if below is None or above is None:
        return []
    return [
        (frame.x(m), frame.y(b), frame.y(a))
        for m, a, b in zip(months, below, above, strict=True)
        if a is not None and b is not None
    ]


def _lines(
    frame: _Frame,
    months: Sequence[float],
    course: Course,
    colour: str,
    dashes: str | None,
    width: float,
) -> list[str]:
    """Return the line of a course, broken where there is no value."""
    points = [
        None if value is None else (frame.x(month), frame.y(value))
        for month, value in zip(months, course.value, strict=True)
    ]
    runs = [
        [p for p in run if p is not None]
        for is_there, run in groupby(points, key=lambda point: point is not None)
        if is_there
    ]
    return [
        svg.element(
            "path",
            {
                "d": svg.path(run), "fill": "none", "stroke": colour, "stroke_width": width,
                "stroke_dasharray": dashes,
            },
        )
        for run in runs
    ]  # fmt: skip


def _labels(frame: _Frame, arms: Sequence[ArmCourse], courses: Sequence[Course]) -> list[str]:
    """Return the name and the last value of every arm beside the end of its line, kept apart."""
    wanted: list[tuple[float, int, list[str]]] = []
    for k, (arm, course) in enumerate(zip(arms, courses, strict=True)):
        values = [value for value in course.value if value is not None]
        if values:
            words = label(_short(values[-1]), arm, WIDEST_LABEL)
            wanted.append((frame.y(values[-1]), k, words))
    wanted.sort()
    step = LABEL + 2
    heights = [step * len(words) for _, _, words in wanted]
    tops = [y - height / 2 for (y, _, _), height in zip(wanted, heights, strict=True)]
    for k in range(1, len(tops)):
        tops[k] = max(tops[k], tops[k - 1] + heights[k - 1])
    if tops:
        over = tops[-1] + heights[-1] - (frame.top + PANEL + 6)
        for k in range(len(tops) - 1, -1, -1):
            if over <= 0:
                break
            tops[k] -= over
            over = 0.0 if k == 0 else tops[k - 1] + heights[k - 1] - tops[k]
    parts = []
    right = WIDTH - RIGHT
    for (y, k, words), top, height in zip(wanted, tops, heights, strict=True):
        middle = top + height / 2
        parts.append(
            svg.element(
                "path",
                {
                    "d": svg.path([(right + 1, y), (right + 8, middle), (right + 24, middle)]),
                    "fill": "none", "stroke": COLOURS[k], "stroke_width": 1.6,
                    "stroke_dasharray": dash(arms, k),
                },
            )
        )  # fmt: skip
        parts += [
            svg.text(right + 28, top + step * (n + 0.8), line, font_size=LABEL, fill=COLOURS[k])
            for n, line in enumerate(words)
        ]
    return parts


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def _axis(frame: _Frame, bottom: float) -> list[str]:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240) if frame.months / s <= 13)
    parts = []
    for month in range(0, int(frame.months + 1e-6) + 1, step):
        parts.append(svg.line(frame.x(month), bottom, frame.x(month), bottom + 4, stroke=INK))
        parts.append(
            svg.text(
                frame.x(month), bottom + 17, f"{month}", font_size=11, text_anchor="middle",
                fill=SOFT,
            )
        )  # fmt: skip
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        svg.text(middle, bottom + 33, "months", font_size=11, text_anchor="middle", fill=SOFT)
    )
    return parts


def _lanes(frame: _Frame, top: float, simulation: Simulation) -> tuple[list[str], float]:
    """Return what happens in each arm, one row a treatment, and where the last row ends."""
    parts: list[str] = []
    whole = simulation.scenario.conditions
    arms = simulation.arms
    common = [e for e in arms[0].events if e.is_condition][: _shared(simulation)] if whole else []
    if common:
        head = "what befalls every arm" if len(arms) > 1 else "what befalls the scalp"
        parts, top = _lane(frame, top, head, common, None)
    for k, arm in enumerate(arms):
        own = [event for event in arm.events if event not in common]
        if own:
            more, top = _lane(frame, top, named(arm), own, k)
            parts += more
    return parts, top


def _shared(simulation: Simulation) -> int:
    """Return how many events of conditions all arms have, which come first in each."""
    each = [[e for e in arm.events if e.is_condition] for arm in simulation.arms]
    return sum(all(event in other for other in each) for event in each[0])


def _lane(
    frame: _Frame, top: float, head: str, events: Sequence[Event], k: int | None
) -> tuple[list[str], float]:
    colour = SOFT if k is None else COLOURS[k]
    parts = [svg.text(LEFT, top, head, font_size=LABEL, fill=colour, font_weight="bold")]
    top += 6
    for (_, words), group in groupby(events, key=lambda event: (event.what, event.label)):
        middle = top + ROW / 2
        for event in group:
            parts += _mark(frame, middle, event, colour, k)
        shown = textwrap.shorten(words, WIDEST_LABEL + 3, placeholder="…")
        parts.append(svg.text(WIDTH - RIGHT + 8, middle + 4, shown, font_size=LABEL, fill=colour))
        top += ROW
    return parts, top + 18


def _mark(frame: _Frame, middle: float, event: Event, colour: str, k: int | None) -> list[str]:
    first = frame.x(event.from_week * MONTHS_PER_WEEK)
    if event.kind == "session" or event.to_week is None:
        return [svg.line(first, middle - 6, first, middle + 6, stroke=colour, stroke_width=2)]
    last = frame.x(event.to_week * MONTHS_PER_WEEK)
    fill = f"url(#hatch-{'all' if k is None else k})" if event.is_condition else colour
    box = {
        "x": first, "y": middle - 4, "width": max(last - first, 1.5), "height": 8.0, "fill": fill,
        "stroke": colour, "stroke_width": 0.8,
    }  # fmt: skip
    parts = [svg.element("rect", box)]
    ends = "ends" if event.is_condition else "stops"
    if last < frame.x(frame.months) - 1:
        parts.append(svg.text(last + 5, middle + 4, ends, font_size=10, fill=colour, **HALO))
    return parts


def _described(simulation: Simulation) -> str:
    """Return what the picture shows in words."""
    told = []
    for arm in simulation.arms:
        values = [v for v in arm.measures[MEASURES[0][0]].value if v is not None]
        told.append(
            f"{arm.name}: density starts at {values[0]:.0f} hairs per cm² and is {values[-1]:.0f} "
            f"after {simulation.weeks[-1] * MONTHS_PER_WEEK:.0f} months"
            + (", which rests on assumed numbers, not measured ones" if arm.assumed else "")
        )
    return "; ".join(told)
