"""Colours that differ in lightness, hatches, and how dark one colour is beside another."""

from anagen.report import svg
from anagen.report.figures import ACCENT, ASSUMED, GRID, HALO, INK, SOFT

__all__ = [
    "ACCENT", "ASSUMED", "BAND", "BAND_LOOK", "FAINT", "GRID", "HALO", "INK", "PALE", "PAPER",
    "SERIES", "SERIES_DASHES", "SOFT", "hatch", "lightness", "mixed", "readable_on",
]  # fmt: skip

PAPER = "#ffffff"
FAINT = "#f4f6f8"
"""Every second row."""
PALE = "#e9edf0"
"""A section set apart."""
BAND = "#fbefd5"
"""What is too small to notice."""
BAND_LOOK: dict[str, object] = {
    "stroke": "#b98d2e", "stroke_width": 0.7, "stroke_dasharray": "4 3",
}  # fmt: skip
"""Its edges, which show also in grey."""
SERIES = ("#1d2733", "#0072b2", "#c4561a", "#2e8b6f", "#9a6ab0")
"""Told apart also by their dashes and marks."""
SERIES_DASHES = (None, "9 4", "2 3", "10 3 2 3", "5 2")


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def lightness(colour: str) -> float:
    """Return the relative luminance of a colour, 0 black to 1 white.

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, "relative luminance".

    Examples
    --------
    >>> lightness("#ffffff"), lightness("#000000")
    (1.0, 0.0)
    """
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in _channels(colour)
    ]
    return round(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2], 6)


def readable_on(colour: str) -> str:
    """Return ink or white, whichever stands out more on a colour."""
    own = lightness(colour) + 0.05
    return PAPER if 1.05 / own > own / (lightness(INK) + 0.05) else INK


def mixed(share: float, full: str, empty: str = PAPER) -> str:
    """Return a colour between two, `share` of the way from the empty to the full one.

    Examples
    --------
    >>> mixed(0.0, "#000000"), mixed(1.0, "#000000")
    ('#ffffff', '#000000')
    """
    share = min(max(share, 0.0), 1.0)
    pairs = zip(_channels(empty), _channels(full), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def hatch(
    name: str, colour: str, *, step: float = 6.0, angle: int = 45, width: float = 1.4,
    paper: str | None = None,
) -> str:  # fmt: skip
    """Return a pattern of stripes, to be filled with `url(#name)`."""
    ground = [svg.element("rect", {"width": step, "height": step, "fill": paper})] if paper else []
    return svg.element(
        "pattern",
        {
            "id": name, "patternUnits": "userSpaceOnUse", "width": step, "height": step,
            "patternTransform": f"rotate({angle})",
        },
        *ground,
        svg.line(0, 0, 0, step, stroke=colour, stroke_width=width),
    )  # fmt: skip
