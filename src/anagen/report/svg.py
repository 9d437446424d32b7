"""SVG written by hand: elements, escaping and axes, so that no drawing library is loaded."""

import re
from collections.abc import Mapping, Sequence
from html import escape as escape_markup
from math import ceil, floor, isfinite, log10

from anagen.errors import InputError

MISLEADING = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Letters that no SVG may hold, and those that turn the direction of reading."""


def escape(words: str, *, quote: bool = False) -> str:
    r"""Return words as they may stand in SVG; a letter that may not stand becomes a mark.

    Examples
    --------
    >>> escape("a < b\x00")
    'a &lt; b\ufffd'
    """
    return escape_markup(MISLEADING.sub("\ufffd", words), quote=quote)


def element(name: str, attributes: Mapping[str, object] | None = None, *children: str) -> str:
    """Return one SVG element; `_` in attribute names becomes `-`; numbers keep two decimals."""
    parts = [name]
    for key, value in (attributes or {}).items():
        if value is None:
            continue
        shown = _decimals(value) if isinstance(value, float) else str(value)
        parts.append(f'{key.replace("_", "-")}="{escape(shown, quote=True)}"')
    head = " ".join(parts)
    return f"<{head}>{''.join(children)}</{name}>" if children else f"<{head}/>"


def _decimals(value: float) -> str:
    _refuse_what_has_no_place(value)
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _refuse_what_has_no_place(*values: float) -> None:
    for value in values:
        if not isfinite(value):
            raise InputError(
                f"a picture got {value}, which has no place on paper; give finite numbers"
            )


def text(x: float, y: float, words: str, full: str | None = None, /, **attributes: object) -> str:
    """Return words at a point; `full` is what a pointer that rests on them is told."""
    told = [] if full is None else [element("title", None, escape(full))]
    return element("text", {"x": x, "y": y, **attributes}, *told, escape(words))


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Return a straight line."""
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, **attributes})


def path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the `d` of a polyline."""
    _refuse_what_has_no_place(*(v for point in points for v in point))
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f"M{steps}" + ("Z" if closed else "")


def document(
    width: float, height: float, title: str, description: str, name: str, *children: str
) -> str:
    """Return a whole picture that scales with its box and reads out to a screen reader.

    Parameters
    ----------
    width, height:
        Size of the drawing in its own units.
    title, description:
        What a person who cannot see it is told.
    name:
        An id that is unique on the page.
    children:
        The elements.
    """
    return element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-labelledby": f"{name}-t {name}-d",
            "class": "figure",
        },
        element("title", {"id": f"{name}-t"}, escape(title)),
        element("desc", {"id": f"{name}-d"}, escape(description)),
        *children,
    )


def ticks(low: float, high: float, about: int) -> list[float]:
    """Return round numbers that span low..high, roughly `about` of them.

    Examples
    --------
    >>> ticks(0, 24, 4)
    [0.0, 10.0, 20.0]
    """
    if not high > low:
        return [low]
    raw = (high - low) / max(about, 1)
    power = 10.0 ** floor(log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]
