"""An effect over dose: what each study found, the fitted curve and its band."""

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.course_marks import (
    band,
    centre,
    colour_of,
    ground,
    patterns,
    study_points,
)
from anagen.report.evidence.course_records import (
    Curve,
    DoseResponse,
    StudyPoint,
    check_curve,
    values_of,
)
from anagen.report.evidence.lettering import label
from anagen.report.evidence.numerals import interval, number, short_number
from anagen.report.evidence.palette import BAND, BAND_LOOK, INK, PAPER, SOFT
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
)
from anagen.report.evidence.scale import Scale, spread

WIDTH, PLOT, LEFT, RIGHT = 640.0, 340.0, 58.0, 24.0
BREAK = 46.0
"""How much room a dose of 0 takes left of the break of a logarithmic axis."""
SHADE = 1


def dose_response_figure(name: str, response: DoseResponse) -> str:
    """Draw an effect over dose.

    Raises
    ------
    InputError
        If a dose is negative, or nothing can be drawn.
    """
    curve = response.curve
    check_curve("dose-response", curve)
    doses = [*curve.at, *(p.at for p in curve.points)]
    if min(doses) < 0 or max(doses) <= 0:
        raise InputError("dose-response: doses are 0 or more, and one is above 0; correct them")
    head, top = heading(response.title, WIDTH, response.subtitle)
    down = Scale(*spread([*values_of(curve), 0.0], is_log=False), top + PLOT, top + 4)
    across, plain = _dose_scale(response, doses)
    parts = [*patterns(name, [curve] * (SHADE + 1)), *head]
    parts += ground(Scale(0, 1, LEFT, WIDTH - RIGHT), down, response.mid)
    parts += band(name, across, down, plain, SHADE, dark=0.18, is_only=True)
    most = max((p.participants or 0 for p in curve.points), default=0)
    parts += centre(across, down, plain, SHADE, is_only=True)
    parts += study_points(across, down, plain.points, SHADE, most)
    parts += _zero_points(response, down, most)
    parts += _axes(response, across, down)
    key, bottom = legend(_keys(response), down.start + 44, WIDTH)
    words, bottom = notes(response.notes, bottom, WIDTH)
    parts += [*key, *words]
    return plate(name, response.title, _told(response), WIDTH, bottom + MARGIN, parts)


def _dose_scale(response: DoseResponse, doses: list[float]) -> tuple[Scale, Curve]:
    """Return the axis of doses, and the curve as it stands on it (without a dose of 0 if log)."""
    curve, end = response.curve, WIDTH - RIGHT - 10
    if not response.is_log_dose:
        return Scale(0.0, max(doses) * 1.02, LEFT + 10, end), curve
    positive = [d for d in doses if d > 0]
    low, high = min(positive), max(positive)
    if high / low < 1.0001:
        low, high = low / 2, high * 2
    start = LEFT + (BREAK if _zero_doses(response) else 14)
    kept = [k for k, at in enumerate(curve.at) if at > 0]
    plain = Curve(
        label=curve.label, at=tuple(curve.at[k] for k in kept),
        value=tuple(curve.value[k] for k in kept), low=tuple(curve.low[k] for k in kept),
        high=tuple(curve.high[k] for k in kept),
        points=tuple(p for p in curve.points if p.at > 0), is_assumed=curve.is_assumed,
    )  # fmt: skip
    pad = (high / low) ** 0.03
    return Scale(low / pad, high * pad, start, end, is_log=True), plain


def _zero_doses(response: DoseResponse) -> list[StudyPoint]:
    return [p for p in response.curve.points if p.at == 0] if response.is_log_dose else []


def _zero_points(response: DoseResponse, down: Scale, most: int) -> list[str]:
    """Return the points without any dose, left of the break."""
    spot = Scale(0.0, 1.0, LEFT + 18, LEFT + 19)
    return study_points(spot, down, _zero_doses(response), SHADE, most)


def _axes(response: DoseResponse, across: Scale, down: Scale) -> list[str]:
    base = down.start
    parts = [svg.line(LEFT, base, WIDTH - RIGHT, base, stroke=INK)]
    marks = [(across.at(v), short_number(v)) for v in across.marks(SMALL)]
    if _zero_doses(response):
        marks.insert(0, (LEFT + 18.0, "0"))
        x = LEFT + 33
        parts.append(box(x - 3, base - 4, 6, 8, fill=PAPER))
        parts += [svg.line(x + d - 2, base + 5, x + d + 2, base - 5, stroke=INK) for d in (-3, 3)]
    for x, words in marks:
        parts.append(svg.line(x, base, x, base + 4, stroke=INK))
        parts.append(
            svg.text(x, base + 16, words, font_size=SMALL, text_anchor="middle", fill=SOFT)
        )
    kind = " (logarithmic axis)" if response.is_log_dose else ""
    parts += label(
        (LEFT + WIDTH - RIGHT) / 2, base + 31, f"{response.dose}{kind}", size=BODY,
        room=WIDTH - LEFT - RIGHT, anchor="middle",
    )  # fmt: skip
    middle = (down.start + down.end) / 2
    return parts + label(
        17, middle, response.quantity, size=BODY, room=PLOT, anchor="middle",
        look={"transform": f"rotate(-90 17 {middle:.1f})"},
    )  # fmt: skip


def _keys(response: DoseResponse) -> list[Key]:
    colour = colour_of(SHADE)
    keys = []
    if response.curve.at:
        assumed = " (assumed, not measured)" if response.curve.is_assumed else ""
        words = f"{response.curve.label}{assumed}, with its {response.level_percent} % interval"
        keys.append(
            Key(lambda x, y: [box(x - 15, y - 6, 30, 12, fill=colour, fill_opacity=0.18),
                              svg.line(x - 15, y, x + 15, y, stroke=colour, stroke_width=2.3)],
                words, 30.0)
        )  # fmt: skip
    if response.curve.points:
        words = "study, larger with more people"
        keys.append(
            Key(lambda x, y: [svg.line(x, y - 7, x, y + 7, stroke=colour),
                              box(x - 3.5, y - 3.5, 7, 7, fill=colour)], words, 10.0)
        )  # fmt: skip
    if response.mid is not None:
        keys.append(Key(lambda x, y: [box(x - 9, y - 5, 18, 10, fill=BAND, **BAND_LOOK)],
                        "smaller than the difference that counts as meaningful"))  # fmt: skip
    return keys


def _told(response: DoseResponse) -> str:
    curve, digits = response.curve, response.digits
    rows = [f"{p.study} at {p.at:g}: {number(p.value, 2)}" for p in curve.points]
    end = ""
    if curve.at:
        ends = interval(curve.low[-1], curve.high[-1], digits)
        end = f"; {number(curve.value[-1], digits)} ({ends}) at "
        end += f"{curve.at[-1]:g}"
    return f"{response.quantity} by {response.dose}{end}. {'; '.join(rows)}"
