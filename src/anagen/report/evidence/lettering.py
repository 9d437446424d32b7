"""How wide words are, and how they are broken or shortened so that none is cut off."""

from collections.abc import Mapping
from functools import lru_cache
from unicodedata import combining, east_asian_width

from anagen.report import svg
from anagen.report.evidence.palette import INK

FONT = "Arial, 'Liberation Sans', Helvetica, 'Helvetica Neue', sans-serif"
"""Families whose letters are equally wide, so that measured words fit."""
LINE = 1.18
"""Height of a line in parts of the size of its letters."""
_BOLD = 1.08
_SAFETY = 1.03
_OTHER = 600
_WIDE = 1000
_THOUSANDTHS = {
    191: "'", 222: "ijl", 278: " !,./:;I[\\]ft", 333: "()-`r·²³¹", 355: '"', 389: "*", 469: "^",
    500: "Jckvsxyz", 556: "#$0123456789?_L–abdeghnopqu", 584: "+<=>−±×≤≥", 611: "FTZ",
    667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W",
    1015: "@—…←→",
}  # fmt: skip
_LETTERS = {letter: width for width, letters in _THOUSANDTHS.items() for letter in letters}


def _letter(letter: str) -> int:
    if combining(letter):
        return 0
    if east_asian_width(letter) in "WF":
        return _WIDE
    return _LETTERS.get(letter, _OTHER)


@lru_cache(maxsize=4096)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide words are drawn, a little on the safe side.

    Examples
    --------
    >>> width_of("mm", 10) > width_of("ii", 10)
    True
    """
    thousandths = sum(map(_letter, words))
    return thousandths / 1000 * size * _SAFETY * (_BOLD if bold else 1.0)


def shorten(words: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return words that fit the room, with an ellipsis where some were left out."""
    if width_of(words, size, bold=bold) <= room:
        return words
    kept = words
    while kept and width_of(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:–-')}…"


def wrap(words: str, size: float, room: float, lines: int, *, bold: bool = False) -> list[str]:
    """Return words broken into at most so many lines that fit the room."""
    left, found = words.strip(), list[str]()
    while left and len(found) < lines - 1:
        if width_of(left, size, bold=bold) <= room:
            break
        first = _first_line(left, size, room, bold=bold)
        found.append(first.rstrip())
        left = left[len(first) :].lstrip()
    if left or not found:
        found.append(shorten(left, size, room, bold=bold))
    return found


def _first_line(words: str, size: float, room: float, *, bold: bool) -> str:
    """Return the longest beginning that fits, broken after a word where one fits."""
    cut = 1
    while cut < len(words) and width_of(words[: cut + 1], size, bold=bold) <= room:
        cut += 1
    if cut == len(words) or words[cut] == " ":
        return words[:cut]
    at = max(words.rfind(mark, 0, cut) for mark in " -/+,")
    return words[: at + 1] if at > cut * 0.35 else words[:cut]


def label(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    room: float,
    lines: int = 1,
    bold: bool = False,
    fill: str = INK,
    anchor: str = "start",
    is_middle: bool = True,
    look: Mapping[str, object] | None = None,
) -> list[str]:
    """Return words as one or more lines; what does not fit is told in full to a pointer.

    Parameters
    ----------
    x, y:
        The point; `y` is the middle of the block, or the first baseline if not `is_middle`.
    words:
        What to write.
    size:
        Size of the letters.
    room:
        How wide a line may be.
    lines:
        How many lines there may be.
    bold, fill, anchor:
        How the letters look, and which end of a line stands at `x`.
    is_middle:
        Whether `y` is the middle.
    look:
        More attributes of each line.
    """
    shown = wrap(words, size, room, lines, bold=bold)
    is_cut = "".join(shown).replace(" ", "") != words.replace(" ", "")
    step = size * LINE
    first = y - step * (len(shown) - 1) / 2 + size * 0.35 if is_middle else y
    return [
        svg.text(
            x, first + k * step, line, words if is_cut else None, font_size=size, fill=fill,
            text_anchor=None if anchor == "start" else anchor,
            font_weight="bold" if bold else None, **(look or {}),
        )
        for k, line in enumerate(shown)
    ]  # fmt: skip
