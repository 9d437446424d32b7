"""The frame of pictures that are tables of coloured cells: their size, heads and cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from anagen.report import svg
from anagen.report.evidence.lettering import LINE, label, width_of, wrap
from anagen.report.evidence.palette import GRID, SOFT
from anagen.report.evidence.plate import MARGIN, SMALL

ROW_ROOM = 170.0
HEAD_ROOM = 130.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a table stand."""

    left: float
    top: float
    wide: float
    tall: float
    rows: int
    columns: int

    @property
    def width(self) -> float:
        """How wide the picture is."""
        return self.left + self.columns * self.wide + MARGIN

    @property
    def bottom(self) -> float:
        """Where the cells end."""
        return self.top + self.rows * self.tall

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """Return the upper left corner of a cell."""
        return self.left + column * self.wide, self.top + row * self.tall

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """Return the middle of a cell."""
        x, y = self.corner(row, column)
        return x + self.wide / 2, y + self.tall / 2


def row_room(labels: Sequence[str], size: float = SMALL) -> float:
    """Return how much room the heads of rows take."""
    return min(max(width_of(words, size) for words in labels), ROW_ROOM) + 8


def head_room(labels: Sequence[str], size: float = SMALL) -> float:
    """Return how much room the upright heads of columns take."""
    return min(max(width_of(words, size) for words in labels), HEAD_ROOM) + 8


def upright(
    x: float, base: float, words: str, size: float, *, lines: int, **look: object
) -> list[str]:
    """Return words that are read from below, in one or two lines side by side around `x`."""
    shown = wrap(words, size, HEAD_ROOM, lines)
    is_cut = "".join(shown).replace(" ", "") != words.replace(" ", "")
    parts = []
    for k, each in enumerate(shown):
        at = x + size * 0.35 + (k - (len(shown) - 1) / 2) * size * LINE
        parts.append(
            svg.text(
                at, base, each, words if is_cut else None, font_size=size,
                transform=f"rotate(-90 {at:.1f} {base:.1f})", **look,
            )
        )  # fmt: skip
    return parts


def row_heads(grid: Grid, labels: Sequence[str], size: float = SMALL) -> list[str]:
    """Return the heads of rows, in one or two lines, at the left of their cells."""
    room = grid.left - MARGIN - 6
    lines = 2 if grid.tall >= 2.3 * size else 1
    return [
        part
        for k, words in enumerate(labels)
        for part in label(
            grid.left - 6, grid.middle(k, 0)[1], words, size=size, room=room, lines=lines,
            anchor="end",
        )
    ]  # fmt: skip


def column_heads(grid: Grid, labels: Sequence[str], size: float = SMALL) -> list[str]:
    """Return the heads of columns, upright above their cells and read from below."""
    lines = 2 if grid.wide >= 2.4 * size else 1
    return [
        part
        for k, words in enumerate(labels)
        for part in upright(grid.middle(0, k)[0], grid.top - 6, words, size, lines=lines)
    ]


def backdrop(grid: Grid) -> list[str]:
    """Return the lines between cells, so that empty cells need not be drawn."""
    right = grid.left + grid.columns * grid.wide
    across = [grid.top + k * grid.tall for k in range(grid.rows + 1)]
    down = [grid.left + k * grid.wide for k in range(grid.columns + 1)]
    look: dict[str, object] = {"stroke": GRID, "stroke_width": 0.6}
    return [svg.line(grid.left, y, right, y, **look) for y in across] + [
        svg.line(x, grid.top, x, grid.bottom, **look) for x in down
    ]


def cell(x: float, y: float, wide: float, tall: float, fill: str, told: str, **look: object) -> str:
    """Return the ground of a cell, with what a pointer is told."""
    title = svg.element("title", None, svg.escape(told))
    shown = {"x": x, "y": y, "width": wide, "height": tall, "fill": fill, **look}
    return svg.element("rect", shown, title)


def colour_bar(
    x: float, y: float, colours: Sequence[str], ends: tuple[str, str], middle: str = ""
) -> list[str]:
    """Return the key to a range of colours, with words at its ends and in its middle."""
    step = 14.0
    parts = [
        svg.element("rect", {"x": x + k * step, "y": y, "width": step, "height": 11.0,
                             "fill": colour, "stroke": SOFT, "stroke_width": 0.4})
        for k, colour in enumerate(colours)
    ]  # fmt: skip
    places = [(x, "start", ends[0]), (x + step * len(colours), "end", ends[1])]
    places.append((x + step * len(colours) / 2, "middle", middle))
    return parts + [
        svg.text(at, y + 23, words, font_size=SMALL - 0.5, text_anchor=anchor, fill=SOFT)
        for at, anchor, words in places
        if words
    ]
