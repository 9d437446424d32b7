"""The league table: every treatment against every other, with intervals and colour."""

from dataclasses import dataclass
from math import exp, log

from anagen.errors import InputError
from anagen.report import svg
from anagen.report.evidence.lettering import label, width_of
from anagen.report.evidence.matrix import (
    Grid,
    cell,
    colour_bar,
    column_heads,
    head_room,
    row_heads,
    row_room,
)
from anagen.report.evidence.numerals import check_numbers, check_order, interval, number
from anagen.report.evidence.palette import GRID, INK, PALE, PAPER, SOFT, mixed
from anagen.report.evidence.plate import MARGIN, Key, box, heading, legend, notes, plate
from anagen.report.evidence.plate import shape as outline

BETTER, WORSE = "#3d8fc4", "#e08a3c"
STRONGEST = 0.75
"""How far a colour goes at most, so that ink on it can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeagueCell:
    """What the treatment of the row does against that of the column."""

    row: str
    column: str
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """A whole league table; ratios as ratios, not as logarithms."""

    title: str
    effect: str
    treatments: tuple[str, ...]
    """In the order of rows and columns."""
    network: tuple[LeagueCell, ...]
    """The estimates of the network, above the diagonal."""
    direct: tuple[LeagueCell, ...] = ()
    """The direct evidence, below the diagonal; a pair without any stays empty."""
    is_ratio: bool = False
    higher_is_better: bool = True
    digits: int = 1
    level_percent: int = 95
    subtitle: str = ""
    notes: tuple[str, ...] = ()

    @property
    def no_effect(self) -> float:
        """The value that says that nothing differs."""
        return 1.0 if self.is_ratio else 0.0


def league_figure(name: str, league: League) -> str:
    """Draw a league table: the network above the diagonal, direct evidence below.

    An interval that excludes no effect stands in bold, in a thick frame with a marked corner.

    Raises
    ------
    InputError
        If there are no two treatments, or a cell that has no place or cannot be drawn.
    """
    cells = _checked(league)
    small = 9.5 if len(league.treatments) <= 12 else 8.0
    words = [_words(league, each) for each in cells.values()]
    wide = max([width_of(w, small, bold=True) for pair in words for w in pair] + [34.0]) + 8
    tall = small * 2.9
    head, top = heading(league.title, 900.0, league.subtitle)
    count = len(league.treatments)
    grid = Grid(MARGIN + row_room(league.treatments), top + head_room(league.treatments), wide,
                tall, count, count)  # fmt: skip
    width = max(grid.width, 560.0)
    head, _ = heading(league.title, width, league.subtitle)
    most = _full_colour(league, list(cells.values()))
    parts = [*head, *row_heads(grid, league.treatments), *column_heads(grid, league.treatments)]
    for row in range(count):
        for column in range(count):
            parts += _cell(league, grid, row, column, cells.get((row, column)), most, small)
    key, bottom = _key(league, grid, width)
    told, bottom = notes(
        (_reading(league), _full_words(league, most), *league.notes), bottom, width
    )
    return plate(
        name, league.title, _told(league), width, bottom + MARGIN, [*parts, *key, *told]
    )  # fmt: skip


def _checked(league: League) -> dict[tuple[int, int], LeagueCell]:
    """Return the cells by row and column, the network above the diagonal, direct below."""
    check_numbers("league table", league)
    index = {name: k for k, name in enumerate(league.treatments)}
    if len(index) < 2 or len(index) < len(league.treatments):
        raise InputError("league table: give at least two treatments, each of them once")
    found: dict[tuple[int, int], LeagueCell] = {}
    for is_direct, cells in ((False, league.network), (True, league.direct)):
        for each in cells:
            where = f"{each.row} against {each.column}"
            check_order("league table", where, each.low, each.high)
            if each.row not in index or each.column not in index or each.row == each.column:
                raise InputError(
                    f"league table: there is no place for {where}; name two treatments of the table"
                )
            if league.is_ratio and each.low <= 0:
                raise InputError(
                    f"league table: {where} has a ratio of {each.low:g}; ratios are above 0, "
                    f"so give the ratio and not its logarithm"
                )
            row, column = index[each.row], index[each.column]
            if (row > column) != is_direct:
                each, row, column = _turned(league, each), column, row
            found[row, column] = each
    return found


def _turned(league: League, each: LeagueCell) -> LeagueCell:
    """Return the same comparison from the other side."""
    if league.is_ratio:
        values = 1 / each.estimate, 1 / each.high, 1 / each.low
    else:
        values = -each.estimate, -each.high, -each.low
    return LeagueCell(
        row=each.column, column=each.row, estimate=values[0], low=values[1], high=values[2]
    )


def _size(league: League, each: LeagueCell) -> float:
    return log(each.estimate) if league.is_ratio else each.estimate


def _full_colour(league: League, cells: list[LeagueCell]) -> float:
    """Return the difference at which colour is full: a few huge ones do not bleach the rest."""
    sizes = sorted(abs(_size(league, each)) for each in cells)
    if not sizes:
        return 1.0
    return min(sizes[-1], 1.5 * sizes[int(0.8 * (len(sizes) - 1))]) or sizes[-1] or 1.0


def _is_clear(league: League, each: LeagueCell) -> bool:
    return each.low > league.no_effect or each.high < league.no_effect


def _words(league: League, each: LeagueCell) -> tuple[str, str]:
    return number(each.estimate, league.digits), interval(each.low, each.high, league.digits)


def _cell(
    league: League, grid: Grid, row: int, column: int, each: LeagueCell | None, most: float,
    size: float,
) -> list[str]:  # fmt: skip
    x, y = grid.corner(row, column)
    wide, tall = grid.wide, grid.tall
    if row == column:
        return _own(league, grid, row, size)
    if each is None:
        return [
            box(x, y, wide, tall, fill=PAPER, stroke=GRID, stroke_width=0.7),
            svg.text(x + wide / 2, y + tall / 2 + 3, "–", font_size=size, text_anchor="middle",
                     fill=SOFT),
        ]  # fmt: skip
    value = _size(league, each)
    is_better = (value > 0) == league.higher_is_better
    fill = mixed(STRONGEST * min(abs(value) / most, 1.0), BETTER if is_better else WORSE)
    is_clear = _is_clear(league, each)
    first, second = _words(league, each)
    told = f"{each.row} against {each.column}: {first} ({second})"
    parts = [cell(x, y, wide, tall, fill, told, stroke=PAPER, stroke_width=1.0)]
    if is_clear:
        parts.append(box(x + 1.3, y + 1.3, wide - 2.6, tall - 2.6, fill="none", stroke=INK,
                         stroke_width=1.1))  # fmt: skip
        parts.append(_corner(x, y, wide, is_better=is_better))
    bold = "bold" if is_clear else None
    for k, (words, own) in enumerate(((first, size), (second, size * 0.9))):
        parts.append(
            svg.text(x + wide / 2, y + tall * (0.43 + 0.38 * k), words, font_size=own,
                     text_anchor="middle", font_weight=bold)
        )  # fmt: skip
    return parts


def _corner(x: float, y: float, wide: float, *, is_better: bool) -> str:
    """Return the marked corner: upper left where the row is better, upper right where worse."""
    if is_better:
        return outline([(x + 1, y + 1), (x + 7, y + 1), (x + 1, y + 7)], fill=INK)
    end = x + wide - 1
    return outline([(end, y + 1), (end - 6, y + 1), (end, y + 7)], fill=INK)


def _own(league: League, grid: Grid, row: int, size: float) -> list[str]:
    x, y = grid.corner(row, row)
    words = league.treatments[row]
    return [
        box(x, y, grid.wide, grid.tall, fill=PALE, stroke=PAPER, stroke_width=1.0),
        *label(x + grid.wide / 2, y + grid.tall / 2, words, size=size, room=grid.wide - 6, lines=2,
               anchor="middle", bold=True),
    ]  # fmt: skip


def _key(league: League, grid: Grid, width: float) -> tuple[list[str], float]:
    top = grid.bottom + 12
    colours = [mixed(STRONGEST * k / 5, WORSE) for k in range(5, 0, -1)] + [PAPER]
    colours += [mixed(STRONGEST * k / 5, BETTER) for k in range(1, 6)]
    parts = colour_bar(MARGIN, top, colours, ("row worse", "row better"))
    keys = []
    for is_better, words in ((True, "row better"), (False, "row worse")):

        def draw(x: float, y: float, *, is_better: bool = is_better) -> list[str]:
            frame = box(x - 12, y - 7, 24, 14, fill=PAPER, stroke=INK, stroke_width=1.1)
            return [frame, _corner(x - 13, y - 8, 26, is_better=is_better)]

        told = f"bold, framed: interval excludes {league.no_effect:g}, {words}"
        keys.append(Key(draw, told, 26.0))
    more, bottom = legend(keys, top + 1, width, MARGIN + 14 * 11 + 28)
    return parts + more, max(bottom, top + 27)


def _reading(league: League) -> str:
    kind = "; lower is better" if not league.higher_is_better else ""
    return (
        f"{league.effect}, row against column, with {league.level_percent} % intervals{kind}. "
        f"Above the diagonal the network, below it direct evidence alone; – where there is none."
    )


def _full_words(league: League, most: float) -> str:
    if league.is_ratio:
        return f"Colour is full from a ratio of {number(exp(most), 2)} or {number(exp(-most), 2)}."
    return f"Colour is full from a difference of {number(most, league.digits)}."


def _told(league: League) -> str:
    clear = [each for each in league.network if _is_clear(league, each)]
    rows = "; ".join(
        f"{each.row} against {each.column} {_words(league, each)[0]} ({_words(league, each)[1]})"
        for each in league.network
    )
    return (
        f"{_reading(league)} {len(clear)} of {len(league.network)} intervals of the network "
        f"exclude {league.no_effect:g}. {rows}"
    )
