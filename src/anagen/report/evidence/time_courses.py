"""The courses of treatments over time, with what each study showed."""

from dataclasses import dataclass

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.course_marks import (
    band,
    centre,
    colour_of,
    dashes_of,
    ground,
    outline,
    patterns,
    study_points,
)
from anagen.report.evidence.course_records import Curve, TimeCourses, check_curve, values_of
from anagen.report.evidence.lettering import LINE, label, wrap
from anagen.report.evidence.numerals import interval, number, short_number
from anagen.report.evidence.palette import ASSUMED, BAND, BAND_LOOK, INK, SERIES, SOFT
from anagen.report.evidence.plate import (
    BODY,
    MARGIN,
    SMALL,
    Key,
    box,
    heading,
    legend,
    notes,
    plate,
    trace,
)
from anagen.report.evidence.scale import Scale, spread

WIDTH, PLOT, LEFT, RIGHT = 760.0, 340.0, 58.0, 176.0
SMALL_WIDTH, SMALL_HEIGHT, SMALL_HEAD, SMALL_FOOT, SMALL_GAP = 196.0, 120.0, 36.0, 22.0, 40.0
ACROSS = 4
ASSUMED_WORDS = "assumed, not measured"


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes of one chart."""

    across: Scale
    down: Scale


def time_course_figure(name: str, courses: TimeCourses) -> str:
    """Draw the courses of treatments: up to five in one chart, more in a chart each.

    Raises
    ------
    InputError
        If there is no course, or one cannot be drawn.
    """
    if not courses.curves:
        raise InputError("time courses: there is no course to draw; give at least one")
    for curve in courses.curves:
        check_curve("time courses", curve)
    if len(courses.curves) <= len(SERIES):
        return _one_chart(name, courses)
    return _many_charts(name, courses)


def _limits(courses: TimeCourses) -> tuple[tuple[float, float], tuple[float, float]]:
    times = [t for c in courses.curves for t in (*c.at, *(p.at for p in c.points))]
    values = [v for c in courses.curves for v in values_of(c)] + [0.0]
    first, last = min(0.0, *times), max(times)
    return (first, last if last > first else first + 1.0), spread(values, is_log=False)


def _most(courses: TimeCourses) -> int:
    return max((p.participants or 0 for c in courses.curves for p in c.points), default=0)


def _one_chart(name: str, courses: TimeCourses) -> str:
    head, top = heading(courses.title, WIDTH, courses.subtitle)
    times, values = _limits(courses)
    across = Scale(*times, LEFT, WIDTH - RIGHT)
    frame = _Frame(across, Scale(*values, top + PLOT, top + 4))
    parts = [*patterns(name, courses.curves), *head, *ground(across, frame.down, courses.mid)]
    for k, curve in enumerate(courses.curves):
        parts += band(name, across, frame.down, curve, k, dark=0.14)
    for k, curve in enumerate(courses.curves):
        parts += study_points(across, frame.down, curve.points, k, _most(courses))
    for k, curve in enumerate(courses.curves):
        parts += centre(across, frame.down, curve, k)
    parts += _time_axis(frame, courses) + _end_labels(frame, courses)
    middle = (frame.down.start + frame.down.end) / 2
    parts += label(
        17, middle, courses.quantity, size=BODY, room=PLOT, anchor="middle",
        look={"transform": f"rotate(-90 17 {middle:.1f})"},
    )  # fmt: skip
    key, bottom = legend(_keys(courses, is_small=False), frame.down.start + 44, WIDTH)
    words, bottom = notes((_points_words(courses), *courses.notes), bottom, WIDTH)
    parts += [*key, *words]
    return plate(name, courses.title, _told(courses), WIDTH, bottom + MARGIN, parts)


def _time_axis(frame: _Frame, courses: TimeCourses) -> list[str]:
    across, base = frame.across, frame.down.start
    parts = [svg.line(across.start, base, across.end, base, stroke=INK)]
    for value in across.marks(SMALL):
        x = across.at(value)
        parts.append(svg.line(x, base, x, base + 4, stroke=INK))
        parts.append(
            svg.text(x, base + 16, short_number(value), font_size=SMALL, text_anchor="middle",
                     fill=SOFT)
        )  # fmt: skip
    centre_x = (across.start + across.end) / 2
    return parts + label(
        centre_x, base + 31, courses.time, size=BODY, room=across.end - across.start,
        anchor="middle",
    )  # fmt: skip


def _end_labels(frame: _Frame, courses: TimeCourses) -> list[str]:
    """Return name and last value of every curve beside its end, kept apart."""
    room = RIGHT - MARGIN - 20
    wanted = []
    for k, curve in enumerate(courses.curves):
        end, last = _end_of(curve)
        wanted.append(
            (frame.down.inside(last), frame.across.at(end), k, _end_words(courses, curve))
        )
    wanted.sort()
    heights = [BODY * LINE * len(wrap(w, BODY, room, 3, bold=True)) + 5 for *_, w in wanted]
    tops = [y - tall / 2 for (y, *_), tall in zip(wanted, heights, strict=True)]
    for i in range(1, len(tops)):
        tops[i] = max(tops[i], tops[i - 1] + heights[i - 1])
    floor = frame.down.start + 10
    for i in range(len(tops) - 1, -1, -1):
        tops[i] = min(tops[i], floor - heights[i])
        floor = tops[i]
    parts, x = list[str](), WIDTH - RIGHT + 20
    for (y, end, k, words), top, tall in zip(wanted, tops, heights, strict=True):
        middle = top + tall / 2
        parts.append(trace([(end + 3, y), (x - 18, y), (x - 4, middle)], stroke=colour_of(k),
                           stroke_width=0.9, stroke_dasharray="1 2"))  # fmt: skip
        parts += label(x, middle, words, size=BODY, room=room, lines=3, fill=colour_of(k),
                       bold=True)  # fmt: skip
    return parts


def _end_of(curve: Curve) -> tuple[float, float]:
    """Return time and value of the end of a curve, or of its last point."""
    if curve.at:
        return curve.at[-1], curve.value[-1]
    last = max(curve.points, key=lambda p: p.at)
    return last.at, last.value


def _end_words(courses: TimeCourses, curve: Curve) -> str:
    assumed = " (assumed)" if curve.is_assumed else ""
    return f"{curve.label}{assumed} {_last_words(courses, curve)}".rstrip()


def _last_words(courses: TimeCourses, curve: Curve) -> str:
    """Return the last value of a curve with its interval; nothing without a curve."""
    if not curve.at:
        return ""
    ends = interval(curve.low[-1], curve.high[-1], courses.digits)
    return f"{number(curve.value[-1], courses.digits)} ({ends})"


def _many_charts(name: str, courses: TimeCourses) -> str:
    count = len(courses.curves)
    width = LEFT + ACROSS * (SMALL_WIDTH + SMALL_GAP) - SMALL_GAP + MARGIN
    head, top = heading(courses.title, width, courses.subtitle or courses.quantity)
    times, values = _limits(courses)
    parts = [*patterns(name, courses.curves), *_all_lines(name, courses), *head]
    for k in range(count):
        x = LEFT + (k % ACROSS) * (SMALL_WIDTH + SMALL_GAP)
        y = top + (k // ACROSS) * (SMALL_HEAD + SMALL_HEIGHT + SMALL_FOOT)
        base = y + SMALL_HEAD + SMALL_HEIGHT
        frame = _Frame(Scale(*times, x, x + SMALL_WIDTH), Scale(*values, base, y + SMALL_HEAD))
        parts += _small_chart(name, courses, frame, k, y)
    bottom = top + -(-count // ACROSS) * (SMALL_HEAD + SMALL_HEIGHT + SMALL_FOOT)
    parts += label(LEFT, bottom + 4, f"{courses.quantity}; across: {courses.time}", size=SMALL,
                   room=width - LEFT - MARGIN, fill=SOFT)  # fmt: skip
    key, bottom = legend(_keys(courses, is_small=True), bottom + 14, width)
    words, bottom = notes((_points_words(courses), *courses.notes), bottom, width)
    parts += [*key, *words]
    return plate(name, courses.title, _told(courses), width, bottom + MARGIN, parts)


def _all_lines(name: str, courses: TimeCourses) -> list[str]:
    """Return the lines of all treatments once, to be used in grey in every chart."""
    times, values = _limits(courses)
    across = Scale(*times, LEFT, LEFT + SMALL_WIDTH)
    down = Scale(*values, 0.0, -SMALL_HEIGHT)
    lines = [
        trace([(across.at(a), down.at(v)) for a, v in zip(c.at, c.value, strict=True)],
              stroke="#c3cad1", stroke_width=0.8)
        for c in courses.curves if c.at
    ]  # fmt: skip
    return [svg.element("defs", None, svg.element("g", {"id": f"{name}-all"}, *lines))]


def _small_chart(name: str, courses: TimeCourses, frame: _Frame, k: int, top: float) -> list[str]:
    """Return one treatment over the lines of all others in grey."""
    curve, across, down = courses.curves[k], frame.across, frame.down
    parts = ground(across, down, courses.mid)
    shift = {"href": f"#{name}-all", "x": across.start - LEFT, "y": down.start}
    parts.append(svg.element("use", shift))
    shade = 1  # one colour for all: each stands in its own chart
    parts += band(name, across, down, curve, shade, dark=0.2, is_only=True)
    parts += study_points(across, down, curve.points, shade, _most(courses), size=0.6)
    parts += centre(across, down, curve, 0, is_only=True)
    parts.append(svg.line(across.start, down.start, across.end, down.start, stroke=INK))
    for value in across.marks(9.5, gap=20.0):
        parts.append(
            svg.text(across.at(value), down.start + 13, short_number(value), font_size=9.5,
                     text_anchor="middle", fill=SOFT)
        )  # fmt: skip
    parts += label(across.start, top + 12, curve.label, size=BODY, room=SMALL_WIDTH, bold=True)
    words = f"{'assumed: ' if curve.is_assumed else ''}{_last_words(courses, curve)}"
    parts += label(across.start, top + 26, words, size=SMALL, room=SMALL_WIDTH,
                   fill=ASSUMED if curve.is_assumed else SOFT)  # fmt: skip
    return parts


def _keys(courses: TimeCourses, *, is_small: bool) -> list[Key]:
    keys = []
    for k, curve in enumerate(courses.curves if not is_small else ()):

        def draw(x: float, y: float, *, k: int = k, curve: Curve = curve) -> list[str]:
            colour = colour_of(k)
            line = svg.line(x - 17, y, x + 17, y, stroke=colour, stroke_width=2.3,
                            stroke_dasharray=dashes_of(curve, k))  # fmt: skip
            mark = {"d": outline(x, y, 4.6, k), "fill": colour, "stroke": "#fff"}
            return [line, svg.element("path", mark)]

        assumed = f" ({ASSUMED_WORDS})" if curve.is_assumed else ""
        keys.append(Key(draw, f"{curve.label}{assumed}", 34.0))
    words = f"{courses.level_percent} % interval of the curve"
    shade = {"fill": colour_of(0 if len(courses.curves) == 1 else 1), "fill_opacity": 0.2}
    keys.append(Key(lambda x, y: [box(x - 9, y - 5, 18, 10, **shade)], words))
    if courses.mid is not None:
        keys.append(Key(lambda x, y: [box(x - 9, y - 5, 18, 10, fill=BAND, **BAND_LOOK)],
                        "smaller than the difference that counts as meaningful"))  # fmt: skip
    return keys


def _points_words(courses: TimeCourses) -> str:
    if not any(curve.points for curve in courses.curves):
        return ""
    size = ", larger with more people" if _most(courses) else ""
    return f"Points are studies{size}; thin lines join the visits of one study."


def _told(courses: TimeCourses) -> str:
    rows = []
    for curve in courses.curves:
        told = f"{curve.label}{f' ({ASSUMED_WORDS})' if curve.is_assumed else ''}: "
        if curve.at:
            told += f"{_last_words(courses, curve)} at {curve.at[-1]:g}, "
        rows.append(f"{told}{len(curve.points)} points of studies")
    return f"{courses.quantity} by {courses.time}. {'; '.join(rows)}"
