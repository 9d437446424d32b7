"""A picture of the plausibility bound by week, with the published gains over their start."""

import math
import re
from collections.abc import Sequence

from anagen.facts import Facts
from anagen.facts.plausibility import PlausibleGain
from anagen.follicle import trial_drift_percent
from anagen.plan.plausibility import PlausibilityFinding
from anagen.plan.reported import Z_95
from anagen.report import svg
from anagen.report.figures import ACCENT, GRID, HALO, INK, SOFT

WIDTH, HEIGHT = 760.0, 520.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 16.0, 14.0, 128.0
WEEKS_SHOWN = (0, 3, 6, 12, 24, 52, 104, 156, 260)
LOW, HIGH = -10.0, 80.0
LETTER = 0.6
"""Mean width of a letter in parts of its size, to keep labels apart."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def _x(week: float) -> float:
    """Return the place of a week; roots of weeks leave room for the first ones."""
    return LEFT + (WIDTH - LEFT - RIGHT) * math.sqrt(week / WEEKS_SHOWN[-1])


def _y(percent: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (HIGH - percent) / (HIGH - LOW)


def _axes() -> list[str]:
    parts = []
    for value in svg.ticks(LOW, HIGH, 6):
        parts.append(svg.line(LEFT, _y(value), WIDTH - RIGHT, _y(value), stroke=GRID))
        parts.append(
            svg.text(LEFT - 6, _y(value) + 4, f"{value:g}".replace("-", "−"), font_size=12,
                     text_anchor="end", fill=SOFT)
        )  # fmt: skip
    parts += [
        svg.text(_x(week), HEIGHT - BOTTOM + 17, f"{week}", font_size=12, text_anchor="middle",
                 fill=SOFT)
        for week in WEEKS_SHOWN
    ]  # fmt: skip
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        svg.text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 36, "weeks after the start",
                 font_size=12, text_anchor="middle", fill=SOFT)
    )  # fmt: skip
    parts.append(
        svg.text(14, middle, "gain, % of the start", font_size=12, text_anchor="middle",
                 fill=SOFT, transform=f"rotate(-90 14 {middle:.0f})")
    )  # fmt: skip
    return parts


def _trial(facts: Facts) -> PlausibleGain:
    """Return the bound of non-vellus hairs of the average trial patient."""
    bounds = facts.plausible_gains.values()
    return next(b for b in bounds if b.is_trial_average and b.measure == "nonvellus_density")


def _curve(facts: Facts) -> list[str]:
    """Draw the bound with the drift of a trial, and its 95 % interval."""
    bound = _trial(facts)
    low, middle, high = (list[tuple[float, float]]() for _ in range(3))
    for week, own, se in zip(
        bound.weeks, bound.average_percent, bound.average_se_percent, strict=True
    ):
        drift = trial_drift_percent(facts.model, week)
        value, half = own + drift.value, Z_95 * math.hypot(se, drift.se)
        for line, at in ((low, value - half), (middle, value), (high, value + half)):
            line.append((_x(week), _y(at)))
    return [
        svg.element("path", {"d": svg.path(low + high[::-1], closed=True), "fill": ACCENT,
                             "fill_opacity": 0.18}),
        svg.element("path", {"d": svg.path(middle), "fill": "none", "stroke": ACCENT,
                             "stroke_width": 2}),
    ]  # fmt: skip


def _percent(finding: PlausibilityFinding, facts: Facts) -> float | None:
    """Return a gain in percent of its start, or of the trials' average where that is not known."""
    report = finding.report
    if report.gain is None or report.is_percent:
        return report.gain
    return 100 * report.gain / (report.baseline_per_cm2 or _trial(facts).baseline_per_cm2)


def _short(finding: PlausibilityFinding) -> str:
    report = finding.report
    name = report.label if report.study == report.arm else report.study
    if report.study == report.arm:
        return name.split(",")[0]
    found = re.findall(r"^[A-Za-z]+|(?:19|20)[0-9]{2}", name)
    return " ".join(found).capitalize() or name


def _mark(x: float, y: float, *, kind: str) -> str:
    if kind == "beyond":
        corners = [(x, y - 7), (x - 6.5, y + 5), (x + 6.5, y + 5)]
        return svg.element("path", {"d": svg.path(corners, closed=True), "fill": INK})
    line = {"fill": "#fff", "stroke": INK, "stroke_width": 1.2}
    if kind == "own":
        return svg.element(
            "rect", {"x": x - 3.4, "y": y - 3.4, "width": 6.8, "height": 6.8, **line}
        )
    return svg.element("circle", {"cx": x, "cy": y, "r": 3.6, **line})


def _free_place(taken: list[Box], x: float, y: float, words: str, size: float) -> Box | None:
    """Return room for a label beside, above or below a point; nothing where there is none."""
    wide, tall = LETTER * size * len(words), size
    lefts = (x + 9, x - 9 - wide, x - wide / 2)
    tops = (y - tall / 2, y - 9 - tall, y + 9)
    for left, top in ((lefts[0], tops[0]), (lefts[1], tops[0]), (lefts[2], tops[1]),
                      (lefts[2], tops[2]), (lefts[0], tops[1]), (lefts[0], tops[2])):  # fmt: skip
        box = (left, top, left + wide, top + tall)
        is_inside = left > LEFT and box[2] < WIDTH - RIGHT and top > TOP
        if is_inside and not any(
            box[0] < r and left_ < box[2] and box[1] < b and top_ < box[3]
            for left_, top_, r, b in taken
        ):
            return box
    return None


def _points(numbered: Sequence[tuple[int, PlausibilityFinding]], facts: Facts) -> list[str]:
    """Draw every judged gain over its start; a label that finds no room is left out."""
    drawn = []
    for number, finding in numbered:
        percent = _percent(finding, facts)
        if finding.verdict == "cannot_be_judged" or finding.report.is_net or percent is None:
            continue
        kind = "beyond"
        if finding.verdict == "within":
            kind = "any" if finding.report.baseline_per_cm2 is None else "own"
        if percent <= HIGH:
            drawn.append((kind, number, finding, _x(finding.report.week or 0.0), _y(percent)))
    drawn.sort(key=lambda one: one[0] != "beyond")
    taken: list[Box] = [(x - 5, y - 5, x + 5, y + 5) for *_, x, y in drawn]
    labels = []
    for kind, number, finding, x, y in drawn:
        is_beyond = kind == "beyond"
        words, size = (f"{number} {_short(finding)}", 12.0) if is_beyond else (f"{number}", 9.5)
        box = _free_place(taken, x, y, words, size)
        if box is not None:
            taken.append(box)
            ink = INK if is_beyond else SOFT
            labels.append(
                svg.text(box[0], box[3] - size * 0.15, words, font_size=size, fill=ink, **HALO)
            )
    marks = [_mark(x, y, kind=kind) for kind, *_, x, y in reversed(drawn)]
    return [*labels, *marks]


def _legend(left_out: int) -> list[str]:
    x, y = LEFT, HEIGHT - 72
    rows = (
        "largest gain of the average trial patient, with the drift of a trial; 95 % interval",
        "reported, beyond the bound",
        "reported, within it; the start is not in the facts",
        f"reported, within the bound of its own start ({left_out} above {HIGH:g} % are not drawn)",
    )
    marks = [
        svg.element("rect", {"x": x, "y": y - 6, "width": 26, "height": 12, "fill": ACCENT,
                             "fill_opacity": 0.18})
        + svg.line(x, y, x + 26, y, stroke=ACCENT, stroke_width=2),
        _mark(x + 13, y + 18, kind="beyond"),
        _mark(x + 13, y + 36, kind="any"),
        _mark(x + 13, y + 54, kind="own"),
    ]  # fmt: skip
    words = [
        svg.text(x + 34, y + 4 + 18 * k, said, font_size=12, fill=INK)
        for k, said in enumerate(rows)
    ]
    return [*marks, *words]


def bound_figure(numbered: Sequence[tuple[int, PlausibilityFinding]], facts: Facts) -> str:
    """Draw the bound and the reported gains, each with its number.

    Parameters
    ----------
    numbered:
        Findings with the numbers under which they stand in a table.
    facts:
        The facts.
    """
    too_high = sum(
        not f.report.is_net and f.verdict == "within" and (_percent(f, facts) or 0.0) > HIGH
        for _, f in numbered
    )
    beyond = [f for _, f in numbered if f.verdict in ("beyond", "beyond_within_error")]
    said = "; ".join(
        f"{_short(f)} by week {f.report.week:g}" for f in beyond if not f.report.is_net
    )
    return svg.document(
        WIDTH, HEIGHT, "The largest gain that the follicle model allows, and published gains",
        "The bound, in percent of the start, rises from nothing. Most published gains lie "
        f"below it. Beyond it lie: {said}.",
        "bound",
        svg.element(
            "g", {"font_family": "system-ui, sans-serif"},
            svg.element("rect", {"width": WIDTH, "height": HEIGHT, "fill": "#fff"}),
            *_axes(), *_curve(facts), *_points(numbered, facts), *_legend(too_high),
        ),
    ) + "\n"  # fmt: skip
