"""The marks of a judged risk of bias: letters, a shape and a colour, each enough by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, pi, sin

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.palette import PAPER, SOFT, readable_on
from anagen.report.evidence.plate import Key, box, disc, shape


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one level of risk is drawn and named."""

    letters: str
    words: str
    colour: str
    outline: str


JUDGEMENTS = {
    "low": Judgement("L", "low", "#c4e3d4", "#1c6b3a"),
    "some": Judgement("SC", "some concerns", "#eab24a", "#8a4b00"),
    "moderate": Judgement("M", "moderate", "#eab24a", "#8a4b00"),
    "high": Judgement("H", "high", "#9c2a1f", "#5e130c"),
    "serious": Judgement("SE", "serious", "#9c2a1f", "#5e130c"),
    "critical": Judgement("C", "critical", "#2d1030", "#2d1030"),
    "unclear": Judgement("?", "no information", PAPER, SOFT),
}
"""Levels of RoB 2, ROBINS-I and their like, from the least to the greatest risk."""


def check_levels(picture: str, where: str, levels: Sequence[str], domains: int) -> None:
    """Refuse judgements that are not levels, or are not one for each domain.

    Raises
    ------
    InputError
        If they are not.
    """
    if len(levels) != domains:
        raise InputError(
            f"{picture}: {where} has {len(levels)} judgements for {domains} domains; "
            f"give one for each"
        )
    for level in levels:
        if level not in JUDGEMENTS:
            raise InputError(
                f"{picture}: {where} is judged {level!r}; use one of {', '.join(JUDGEMENTS)}"
            )


def judgement_mark(x: float, y: float, level: str, radius: float = 7.5) -> list[str]:
    """Return the mark of a level around a middle point, with its words for a pointer."""
    own = JUDGEMENTS[level]
    look = {"fill": own.colour, "stroke": own.outline, "stroke_width": 1.0}
    size = radius * (1.25 if len(own.letters) == 1 else 0.98)
    letters = svg.text(
        x, y + size * 0.36, own.letters, own.words, font_size=size, font_weight="bold",
        text_anchor="middle", fill=readable_on(own.colour),
    )  # fmt: skip
    return [_outline(x, y, level, radius, look), letters]


def _outline(x: float, y: float, level: str, r: float, look: dict[str, object]) -> str:
    if level == "low":
        return disc(x, y, r, **look)
    if level in ("some", "moderate"):
        return box(x - r * 0.92, y - r * 0.92, r * 1.84, r * 1.84, rx=1.5, **look)
    if level in ("high", "serious"):
        turns = [pi / 8 + k * pi / 4 for k in range(8)]
        return shape([(x + r * 1.08 * cos(t), y + r * 1.08 * sin(t)) for t in turns], **look)
    if level == "critical":
        r = r * 1.2
        return shape([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], **look)
    return disc(x, y, r, **{**look, "stroke_dasharray": "2 2"})


def judgement_keys(levels: Sequence[str]) -> list[Key]:
    """Return the legend of the levels that occur, from the least risk to the greatest."""
    present = [level for level in JUDGEMENTS if level in set(levels)]
    return [
        Key(
            partial(judgement_mark, level=level),
            JUDGEMENTS[level].words,
        )
        for level in present
    ]
