"""How the arms of a simulation are told apart: colours, dashes, hatches, and a key to them."""

import textwrap
from collections.abc import Sequence

from anagen.follicle import ArmCourse
from anagen.report import svg
from anagen.report.figures import INK, SOFT

COLOURS = ("#1d2733", "#00588a", "#b3541e", "#1c6b3a", "#7a3b8f", "#6b7681")
DASHES = (None, "9 4", "2 3", "10 3 2 3", "5 2", "15 5")
"""One of each for an arm: told apart in grey by the dashes."""
ASSUMED_FIRST = "14 3 5 3"
"""The dashes of a first arm that is assumed: a full line is never one that is."""
ASSUMED = "(assumed)"
NOT_MEASURED = "(assumed), hatched: rests on numbers that were not measured"
KEY_ROW = 17.0
KEY_SIZE = 12.0


def dash(arms: Sequence[ArmCourse], k: int) -> str | None:
    """Return the dashes of an arm's line, none where it is full."""
    return ASSUMED_FIRST if k == 0 and arms[k].assumed else DASHES[k]


def named(arm: ArmCourse) -> str:
    """Return the name of an arm, and that it is assumed where it is."""
    return f"{arm.name} {ASSUMED}" if arm.assumed else arm.name


def label(value: str, arm: ArmCourse, widest: int) -> list[str]:
    """Return a value and the name of its arm in one or two lines that keep what is assumed."""
    lines = textwrap.wrap(f"{value}  {named(arm)}", widest)
    if len(lines) <= 2:
        return lines
    rest = textwrap.wrap(f"{value}  {arm.name}", widest)
    if not arm.assumed:
        return [rest[0], f"{rest[1][: widest - 1]}…"]
    return [rest[0], f"{rest[1][: widest - len(ASSUMED) - 2]}… {ASSUMED}"]


def patterns(arms: Sequence[ArmCourse]) -> list[str]:
    """Return the hatches: of conditions, and of the bands of arms that are assumed."""
    bars = {"all": SOFT, **{str(k): COLOURS[k] for k in range(len(arms))}}
    found = [_hatch(f"hatch-{name}", colour, 6, 45, 2.0) for name, colour in bars.items()]
    return found + [
        _hatch(f"assumed-{k}", COLOURS[k], 8, 45 + 90 * (k % 2), 0.8)
        for k, arm in enumerate(arms)
        if arm.assumed
    ]


def _hatch(name: str, colour: str, step: int, angle: int, width: float) -> str:
    return svg.element(
        "pattern",
        {
            "id": name, "patternUnits": "userSpaceOnUse", "width": step, "height": step,
            "patternTransform": f"rotate({angle})",
        },
        svg.line(0, 0, 0, step, stroke=colour, stroke_width=width),
    )  # fmt: skip


def key(arms: Sequence[ArmCourse], left: float) -> tuple[list[str], float]:
    """Return the key to the arms, to stand above the panels, and its height."""
    parts = []
    for k, arm in enumerate(arms):
        middle = KEY_ROW * (k + 0.5)
        parts += [
            svg.line(
                left, middle, left + 44, middle, stroke=COLOURS[k], stroke_width=2.2,
                stroke_dasharray=dash(arms, k),
            ),
            svg.text(left + 52, middle + 4, named(arm), font_size=KEY_SIZE, fill=COLOURS[k]),
        ]  # fmt: skip
    rows = len(arms)
    if any(arm.assumed for arm in arms):
        k = next(k for k, arm in enumerate(arms) if arm.assumed)
        box = {
            "x": left, "y": KEY_ROW * rows + 3, "width": 44.0, "height": 11.0,
            "fill": f"url(#assumed-{k})", "stroke": COLOURS[k], "stroke_width": 0.8,
        }  # fmt: skip
        parts.append(svg.element("rect", box))
        words = svg.text(left + 52, KEY_ROW * (rows + 0.5) + 4, NOT_MEASURED, font_size=KEY_SIZE,
                         fill=INK)  # fmt: skip
        parts.append(words)
        rows += 1
    return parts, KEY_ROW * rows
