"""What a network estimate rests on: which direct comparisons, and at which risk of bias."""

from dataclasses import dataclass

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.judgement import JUDGEMENTS, check_levels
from anagen.report.evidence.lettering import label, width_of
from anagen.report.evidence.matrix import (
    Grid,
    backdrop,
    cell,
    colour_bar,
    column_heads,
    head_room,
    row_heads,
    row_room,
)
from anagen.report.evidence.numerals import check_numbers, number
from anagen.report.evidence.palette import (
    GRID,
    INK,
    SOFT,
    hatch,
    mixed,
    readable_on,
)
from anagen.report.evidence.plate import MARGIN, SMALL, Key, box, heading, legend, notes, plate

FULL = "#0b3c5d"
LEAST_DRAWN = 0.05
LEAST_SHOWN = 0.5
"""Smaller percentages leave their cell without a number."""
SUM_TOLERANCE = 1.0
BAR_WIDTH, BAR_ROW = 420.0, 24.0
STRIPED = {"some": 45, "moderate": 45, "serious": 135, "high": 135}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionRow:
    """An estimate, and the percentage that each direct comparison contributes to it."""

    label: str
    percents: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributions:
    """A matrix of contributions."""

    title: str
    comparisons: tuple[str, ...]
    """The direct comparisons: the columns."""
    rows: tuple[ContributionRow, ...]
    method: str = ""
    subtitle: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasShares:
    """An estimate, and how many percent of it come from studies at each risk of bias."""

    label: str
    percents: tuple[float, ...]
    """One for each level of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasContributions:
    """Bars of contributions by risk of bias."""

    title: str
    levels: tuple[str, ...]
    """Levels of `judgement.JUDGEMENTS`, from the least risk on."""
    rows: tuple[BiasShares, ...]
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def contribution_figure(name: str, contributions: Contributions) -> str:
    """Draw which direct comparison contributes how much to each estimate.

    Raises
    ------
    InputError
        If a row has not one percentage per comparison, or they do not add up to 100.
    """
    _check("contributions", contributions, contributions.rows, len(contributions.comparisons))
    labels = [row.label for row in contributions.rows]
    columns = contributions.comparisons
    size = 9.0 if len(columns) <= 24 else 7.5
    wide = width_of("100", size) + (10 if len(columns) <= 24 else 5)
    tall = 20.0 if len(labels) <= 60 else 13.0
    _, top = heading(contributions.title, 700.0, contributions.subtitle)
    grid = Grid(MARGIN + row_room(labels), top + head_room(columns) + 4, wide, tall, len(labels),
                len(columns))  # fmt: skip
    width = max(grid.width, 480.0)
    head, _ = heading(contributions.title, width, contributions.subtitle)
    parts = [*head, *row_heads(grid, labels), *column_heads(grid, columns), *backdrop(grid)]
    for k, row in enumerate(contributions.rows):
        for m, percent in enumerate(row.percents):
            parts += _share(grid, k, m, percent, f"{row.label}: {columns[m]}", size)
    colours = [mixed(share / 6, FULL) for share in range(7)]
    parts += colour_bar(MARGIN, grid.bottom + 10, colours, ("0 %", "100 %"))
    method = f" ({contributions.method})" if contributions.method else ""
    reading = (
        f"Percent of each row that comes from each direct comparison{method}; rows add to 100."
    )
    words, bottom = notes((reading, *contributions.notes), grid.bottom + 33, width)
    told = _told(reading, contributions)
    return plate(name, contributions.title, told, width, bottom + MARGIN, [*parts, *words])


def _check(
    picture: str, record: object, rows: tuple[ContributionRow | BiasShares, ...], columns: int
) -> None:
    if not rows or not columns:
        raise InputError(f"{picture}: there is nothing to draw; give at least one row and column")
    check_numbers(picture, record)
    for row in rows:
        if len(row.percents) != columns:
            raise InputError(
                f"{picture}: {row.label} has {len(row.percents)} percentages for {columns} "
                f"columns; give one for each"
            )
        total = sum(row.percents)
        if min(row.percents) < -1e-6 or abs(total - 100) > SUM_TOLERANCE:
            raise InputError(
                f"{picture}: the percentages of {row.label} add up to {total:.1f}; "
                f"they are 0 or more and add up to 100"
            )


def _share(grid: Grid, row: int, column: int, percent: float, told: str, size: float) -> list[str]:
    x, y = grid.corner(row, column)
    if percent < LEAST_DRAWN:
        return []
    fill = mixed(percent / 100, FULL)
    told = f"{told} {number(percent, 1)} %"
    parts = [cell(x, y, grid.wide, grid.tall, fill, told, stroke=GRID, stroke_width=0.5)]
    if percent >= LEAST_SHOWN:
        mx, my = grid.middle(row, column)
        parts.append(
            svg.text(mx, my + size * 0.35, number(percent, 0), font_size=size,
                     text_anchor="middle", fill=readable_on(fill))
        )  # fmt: skip
    return parts


def _told(reading: str, contributions: Contributions) -> str:
    rows = []
    for row in contributions.rows:
        order = sorted(range(len(row.percents)), key=row.percents.__getitem__, reverse=True)
        most = [
            f"{contributions.comparisons[k]} {number(row.percents[k], 0)} %"
            for k in order[:3]
            if row.percents[k] >= LEAST_SHOWN
        ]
        rows.append(f"{row.label}: {', '.join(most)}")
    return f"{reading} The largest of each: {'; '.join(rows)}"


def bias_contribution_figure(name: str, contributions: BiasContributions) -> str:
    """Draw how much of each estimate comes from studies at each risk of bias.

    Raises
    ------
    InputError
        If a level is unknown, or percentages are missing or do not add up to 100.
    """
    levels = contributions.levels
    picture = "contributions by risk of bias"
    check_levels(picture, "the legend", levels, len(levels))
    _check(picture, contributions, contributions.rows, len(levels))
    labels = [row.label for row in contributions.rows]
    left = MARGIN + row_room(labels, 11.0)
    width = left + BAR_WIDTH + MARGIN + 12
    head, top = heading(contributions.title, width, contributions.subtitle)
    parts = [svg.element("defs", None, *stripes(name, levels)), *head]
    for k, row in enumerate(contributions.rows):
        y = top + BAR_ROW * k
        parts += label(left - 8, y + BAR_ROW / 2, row.label, size=11, room=left - 8 - MARGIN,
                       anchor="end")  # fmt: skip
        parts += stacked_bar(name, left, y + 4, BAR_WIDTH, levels, row.percents, row.label)
    base = top + BAR_ROW * len(labels)
    parts += percent_axis(left, base, BAR_WIDTH)
    key, bottom = legend(level_keys(name, levels), base + 26, width)
    words, bottom = notes(contributions.notes, bottom, width)
    rows = "; ".join(f"{row.label}: {_parts_told(levels, row.percents)}"
                     for row in contributions.rows)  # fmt: skip
    return plate(
        name, contributions.title, f"Percent of each estimate by risk of bias. {rows}", width,
        bottom + MARGIN, [*parts, *key, *words],
    )  # fmt: skip


def _parts_told(levels: tuple[str, ...], percents: tuple[float, ...]) -> str:
    pairs = zip(levels, percents, strict=True)
    return ", ".join(f"{JUDGEMENTS[level].words} {number(p, 0)} %" for level, p in pairs)


def stripes(name: str, levels: tuple[str, ...]) -> list[str]:
    """Return the hatches by which levels can be told apart in grey."""
    return [
        hatch(f"{name}-{level}", JUDGEMENTS[level].outline, step=5.0, angle=STRIPED[level],
              width=1.2, paper=JUDGEMENTS[level].colour)
        for level in levels
        if level in STRIPED
    ]  # fmt: skip


def _fill(name: str, level: str) -> str:
    return f"url(#{name}-{level})" if level in STRIPED else JUDGEMENTS[level].colour


def stacked_bar(
    name: str, x: float, y: float, wide: float, levels: tuple[str, ...],
    percents: tuple[float, ...], told: str,
) -> list[str]:  # fmt: skip
    """Return one bar cut by levels, with the percentage in each part that has room for it."""
    parts = []
    for level, percent in zip(levels, percents, strict=True):
        own = JUDGEMENTS[level]
        part = wide * max(percent, 0.0) / 100
        words = f"{number(percent, 0)} %"
        told_part = f"{told}: {own.words} {words}"
        parts.append(cell(x, y, part, BAR_ROW - 8, _fill(name, level), told_part, stroke=INK,
                          stroke_width=0.7))  # fmt: skip
        if part > width_of(words, SMALL, bold=True) + 8:
            half = width_of(words, SMALL, bold=True) / 2 + 3
            middle, ink = x + part / 2, readable_on(own.colour)
            parts.append(box(middle - half, y + 2, 2 * half, BAR_ROW - 12, fill=own.colour, rx=2))
            parts.append(
                svg.text(middle, y + BAR_ROW / 2 - 0.5, words, font_size=SMALL, fill=ink,
                         text_anchor="middle", font_weight="bold")
            )  # fmt: skip
        x += part
    return parts


def percent_axis(left: float, base: float, wide: float) -> list[str]:
    """Return an axis from 0 to 100 percent below bars."""
    parts = [svg.line(left, base, left + wide, base, stroke=INK)]
    for percent in (0, 25, 50, 75, 100):
        x = left + wide * percent / 100
        parts.append(svg.line(x, base, x, base + 4, stroke=INK))
        words = f"{percent} %"
        parts.append(
            svg.text(x, base + 15, words, font_size=SMALL, text_anchor="middle", fill=SOFT)
        )
    return parts


def level_keys(name: str, levels: tuple[str, ...]) -> list[Key]:
    """Return the legend of levels as they are filled in bars."""
    keys = []
    for level in levels:
        fill = _fill(name, level)

        def draw(x: float, y: float, *, fill: str = fill) -> list[str]:
            return [box(x - 9, y - 6, 18, 12, fill=fill, stroke=INK, stroke_width=0.7)]

        keys.append(Key(draw, JUDGEMENTS[level].words))
    return keys
