"""The paper of a picture: its title, its legend, its notes, and the whole as one SVG."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import FONT, LINE, label, width_of, wrap
from anagen.report.evidence.palette import INK, PAPER, SOFT

MARGIN = 16.0
TITLE = 14.0
BODY = 11.0
SMALL = 10.0


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: a mark drawn at a middle point within `width`, and words."""

    draw: Callable[[float, float], Sequence[str]]
    words: str
    width: float = 18.0


def heading(title: str, width: float, subtitle: str = "") -> tuple[list[str], float]:
    """Return the title in bold with what stands below it, and where the picture may begin."""
    room = width - 2 * MARGIN
    lines = wrap(title, TITLE, room, 3, bold=True)
    y = MARGIN + TITLE * 0.8
    parts = label(
        MARGIN, y, title, size=TITLE, room=room, lines=3, bold=True, is_middle=False
    )  # fmt: skip
    y += TITLE * LINE * (len(lines) - 1)
    if subtitle:
        y += BODY * 1.45
        parts += label(
            MARGIN, y, subtitle, size=BODY, room=room, lines=3, fill=SOFT, is_middle=False
        )  # fmt: skip
        y += BODY * LINE * (len(wrap(subtitle, BODY, room, 3)) - 1)
    return parts, y + 14


def notes(words: Sequence[str], top: float, width: float) -> tuple[list[str], float]:
    """Return sentences below a picture, and where they end."""
    parts, y = list[str](), top
    room = width - 2 * MARGIN
    for each in words:
        if each:
            y += SMALL * 1.5
            parts += label(
                MARGIN, y, each, size=SMALL, room=room, lines=6, fill=SOFT, is_middle=False
            )  # fmt: skip
            y += SMALL * LINE * (len(wrap(each, SMALL, room, 6)) - 1)
    return parts, y


def legend(
    keys: Sequence[Key], top: float, width: float, left: float = MARGIN
) -> tuple[list[str], float]:
    """Return the legend flowing over as many lines as it needs, and where it ends."""
    parts, x, y = list[str](), left, top + 9
    room = width - MARGIN
    for key in keys:
        wide = key.width + 6 + width_of(key.words, SMALL)
        if x > left and x + wide > room:
            x, y = left, y + 17
        parts += key.draw(x + key.width / 2, y)
        parts += label(
            x + key.width + 6, y, key.words, size=SMALL, room=room - x - key.width - 6
        )  # fmt: skip
        x += wide + 18
    return parts, y + 9 if keys else top


def plate(
    name: str, title: str, told: str, width: float, height: float, parts: Sequence[str]
) -> str:
    """Return the whole picture on white paper.

    Raises
    ------
    InputError
        If the name cannot be an id.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise InputError(
            f"the name of a picture is {name!r}; use letters, digits, - and _, from a letter on"
        )
    paper = svg.element("rect", {"width": width, "height": height, "fill": PAPER})
    style = "font-variant-numeric:tabular-nums"
    body = svg.element("g", {"font_family": FONT, "fill": INK, "style": style}, *parts)
    return svg.document(width, height, title, told, name, paper, body)


def box(x: float, y: float, wide: float, tall: float, **attributes: object) -> str:
    """Return a rectangle by its upper left corner."""
    return svg.element("rect", {"x": x, "y": y, "width": wide, "height": tall, **attributes})


def disc(x: float, y: float, radius: float, **attributes: object) -> str:
    """Return a circle."""
    return svg.element("circle", {"cx": x, "cy": y, "r": radius, **attributes})


def shape(points: Sequence[tuple[float, float]], **attributes: object) -> str:
    """Return a closed outline."""
    return svg.element("path", {"d": svg.path(points, closed=True), **attributes})


def trace(points: Sequence[tuple[float, float]], **attributes: object) -> str:
    """Return an open line through points."""
    return svg.element("path", {"d": svg.path(points), "fill": "none", **attributes})
