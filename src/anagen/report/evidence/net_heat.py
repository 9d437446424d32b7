"""The net heat plot: which design drives the disagreement of direct and indirect evidence."""

from dataclasses import dataclass

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import width_of
from anagen.report.evidence.matrix import (
    Grid,
    cell,
    colour_bar,
    column_heads,
    head_room,
    row_heads,
    row_room,
)
from anagen.report.evidence.numerals import check_numbers, number
from anagen.report.evidence.palette import GRID, PAPER, SOFT, hatch, mixed
from anagen.report.evidence.plate import MARGIN, Key, box, heading, legend, notes, plate

WARM, COOL, SQUARE = "#d4672e", "#2c77ad", "#b4bcc4"
STRONGEST = 0.75
LEAST_SHOWN = 0.15
"""Smaller changes, in parts of the largest, leave their cell without a number."""
LEAST_HATCHED = 0.02
LARGEST_SQUARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class NetHeatRow:
    """A comparison of one design: what each other design contributes to it, and changes."""

    label: str
    contributions: tuple[float, ...]
    """How much of its network estimate comes from each column, 0 to 1: the grey square."""
    q_changes: tuple[float, ...]
    """How much its inconsistency falls (above 0) or grows when the column is set free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetHeat:
    """A net heat plot; rows and columns are the same designs in the same order."""

    title: str
    rows: tuple[NetHeatRow, ...]
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def net_heat_figure(name: str, heat: NetHeat) -> str:
    """Draw a net heat plot.

    The area of a grey square is the contribution of the column to the row. The colour says how the
    inconsistency of the row changes once the column is set free: warm where the column disagrees
    with the rest, cool and hatched where it agrees.

    Raises
    ------
    InputError
        If it is empty, not square, or holds a number that cannot be drawn.

    References
    ----------
    Krahn, Binder & König (2013), BMC Medical Research Methodology 13:35.
    """
    _check(heat)
    labels = [row.label for row in heat.rows]
    # an agreement to within one unit of Q is no heat
    most = max(1.0, *(abs(q) for row in heat.rows for q in row.q_changes))
    size = 8.5 if len(labels) <= 20 else 7.0
    widest = max(width_of(number(q, 1), size) for row in heat.rows for q in row.q_changes)
    side = max(widest + 7, 26.0)
    _, top = heading(heat.title, 700.0, heat.subtitle)
    grid = Grid(MARGIN + row_room(labels), top + head_room(labels), side, side, len(labels),
                len(labels))  # fmt: skip
    width = max(grid.width, 480.0)
    head, _ = heading(heat.title, width, heat.subtitle)
    cool = hatch(f"{name}-cool", COOL, step=4.5, width=1.0)
    parts = [svg.element("defs", None, cool), *head, *row_heads(grid, labels)]
    parts += column_heads(grid, labels)
    for k, row in enumerate(heat.rows):
        for m in range(len(labels)):
            parts += _cell(name, grid, k, m, row, labels[m], most, size)
    key, bottom = _key(name, grid, width, most)
    reading = (
        "Square: how much the column contributes to the estimate of the row. Number: by how much "
        "the Q of the row falls once the column is set free."
    )
    words, bottom = notes((reading, *heat.notes), bottom, width)
    return plate(
        name, heat.title, _told(heat, reading), width, bottom + MARGIN, [*parts, *key, *words]
    )  # fmt: skip


def _check(heat: NetHeat) -> None:
    if not heat.rows:
        raise InputError("net heat plot: there is no design to draw; give at least one")
    check_numbers("net heat plot", heat)
    for row in heat.rows:
        if not len(row.contributions) == len(row.q_changes) == len(heat.rows):
            raise InputError(
                f"net heat plot: {row.label} has {len(row.contributions)} contributions and "
                f"{len(row.q_changes)} changes for {len(heat.rows)} designs; give one for each"
            )
        if min(row.contributions) < -1e-9 or max(row.contributions) > 1 + 1e-9:
            raise InputError(
                f"net heat plot: a contribution to {row.label} lies outside 0 to 1; give shares"
            )


def _cell(
    name: str, grid: Grid, row: int, column: int, own: NetHeatRow, other: str, most: float,
    size: float,
) -> list[str]:  # fmt: skip
    x, y = grid.corner(row, column)
    mx, my = grid.middle(row, column)
    q, share = own.q_changes[column], own.contributions[column]
    fill = mixed(STRONGEST * abs(q) / most, WARM if q > 0 else COOL)
    told = f"{own.label}, {other} set free: Q {number(-q, 2)}; contributes {number(100 * share)} %"
    parts = [cell(x, y, grid.wide, grid.tall, fill, told, stroke=GRID, stroke_width=0.6)]
    if q < -LEAST_HATCHED * most:
        parts.append(box(x, y, grid.wide, grid.tall, fill=f"url(#{name}-cool)", fill_opacity=0.6))
    side = grid.wide * LARGEST_SQUARE * max(share, 0.0) ** 0.5
    grey = {"fill": SQUARE, "fill_opacity": 0.75, "stroke": SOFT, "stroke_width": 0.6}
    parts.append(box(mx - side / 2, my - side / 2, side, side, **grey))
    if abs(q) > LEAST_SHOWN * most:
        parts.append(
            svg.text(mx, my + size * 0.35, number(q, 1), font_size=size, text_anchor="middle",
                     font_weight="bold")
        )  # fmt: skip
    return parts


def _key(name: str, grid: Grid, width: float, most: float) -> tuple[list[str], float]:
    top = grid.bottom + 12
    colours = [mixed(STRONGEST * k / 4, COOL) for k in range(4, 0, -1)] + [PAPER]
    colours += [mixed(STRONGEST * k / 4, WARM) for k in range(1, 5)]
    ends = (f"−{number(most, 1)} agrees", f"disagrees {number(most, 1)}")
    wide = 14 * len(colours) + 28
    parts = colour_bar(MARGIN, top, colours, ends)
    fill = f"url(#{name}-cool)"
    keys = [
        Key(lambda x, y: [box(x - 6, y - 6, 12, 12, fill=SQUARE, stroke=SOFT)],
            "contribution of the column (area)", 12.0),
        Key(lambda x, y: [box(x - 9, y - 6, 18, 12, fill=fill, stroke=COOL)],
            "hatched: setting it free adds to Q"),
    ]  # fmt: skip
    more, bottom = legend(keys, top + 1, width, MARGIN + wide)
    return parts + more, max(bottom, top + 27)


def _told(heat: NetHeat, reading: str) -> str:
    labels = [row.label for row in heat.rows]
    spots = [
        (q, row.label, labels[k]) for row in heat.rows for k, q in enumerate(row.q_changes) if q > 0
    ]
    spots.sort(reverse=True)
    most = "; ".join(f"{own} with {other} free: {number(q, 1)}" for q, own, other in spots[:5])
    return f"{len(labels)} designs. {reading} The hottest: {most or 'none'}"
