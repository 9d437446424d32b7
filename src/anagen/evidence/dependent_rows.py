"""The rows of a table of dependent effects, with any column by its own name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anagen.errors import InputError
from anagen.evidence.tables import StudyTable, read_table
from anagen.evidence.tables.numerals import clean, is_missing, number_of
from anagen.evidence.tables.sheet import open_sheet, tidy
from anagen.synthesis.weighted import Array


@dataclass(frozen=True, eq=False)
class Rows:
    """The k effects that are fitted: y, v, studies, and the columns that the model names.

    `kept` are their places among the `total` rows of the table.
    """

    table: StudyTable
    y: Array
    v: Array
    studies: list[str]
    lines: list[int]
    kept: list[int]
    total: int
    words: dict[str, list[str]]
    values: dict[str, list[float] | None]
    left_out: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Return a column as words."""
        return self.words[name]

    def numbers(self, name: str) -> list[float]:
        """Return a column as numbers.

        Raises
        ------
        InputError
            If it holds words.
        """
        values = self.values[name]
        if values is None:
            raise InputError(
                f"{self.table.name}: the column {name!r} holds words where numbers are needed; "
                "choose another, or compare its words with --by"
            )
        return values

    def levels(self, name: str) -> list[float] | list[str]:
        """Return a column as numbers where it holds nothing else, else as words."""
        return self.values[name] or self.words[name]

    def ordered(self, name: str) -> list[str]:
        """Return the distinct words of a column, in the order of their numbers where they are."""
        values = self.values[name]
        if values is None:
            return sorted(set(self.words[name]))
        by_word = dict(zip(self.words[name], values, strict=True))
        return sorted(by_word, key=lambda word: by_word[word])


def _cells(source: Path, name: str, columns: Sequence[str]) -> tuple[dict[str, list[str]], str]:
    """Return the cells of columns, and the table's decimal sign."""
    sheet = open_sheet(source, name)
    at = {title.casefold(): k for k, title in enumerate(sheet.header)}
    lacking = [column for column in columns if column.casefold() not in at]
    if lacking:
        known = ", ".join(clean(title) for title in sheet.header[:20])
        raise InputError(f"{name}: no column {clean(lacking[0])!r}; there are {known}")
    found: dict[str, list[str]] = {column: [] for column in columns}
    for _, raw in sheet.walk():
        for column, cells in found.items():
            cells.append(tidy(raw[at[column.casefold()]]))
    return found, sheet.decimal


def _numbers(cells: Sequence[str], decimal: str) -> list[float] | None:
    try:
        return [number_of(cell, decimal) for cell in cells]
    except ValueError:
        return None


def dependent_rows(source: Path, columns: Sequence[str], moderators: Sequence[str]) -> Rows:
    """Read a table of effects, several of a study, with the columns that a model names.

    Parameters
    ----------
    source:
        A file.
    columns:
        Columns of groups, levels and times; every row needs them.
    moderators:
        Columns of numbers; a row without one is left out, and said.

    Raises
    ------
    InputError
        If the table holds no effects, a column lacks, or a cell of `columns` is empty.
    """
    table = read_table(source, layout="effects", may_repeat=True)
    wanted = list(dict.fromkeys([*columns, *moderators]))
    cells, decimal = _cells(source, table.name, wanted)
    kept, left = [], []
    for i, row in enumerate(table.effects):
        for name in columns:
            if is_missing(cells[name][i]):
                raise InputError(
                    f"{table.name}: line {row.line}, column {clean(name)!r}: is empty; fill it in, "
                    "or remove the row"
                )
        empty = [name for name in moderators if is_missing(cells[name][i])]
        if empty:
            left.append(f"line {row.line} ({row.study}): '{clean(empty[0])}' is empty")
        else:
            kept.append(i)
    if not kept:
        raise InputError(f"{table.name}: no row has a value of {moderators[0]!r}; fill it in")
    words = {name: [column[i] for i in kept] for name, column in cells.items()}
    chosen = [table.effects[i] for i in kept]
    return Rows(
        table=table, y=np.array([row.effect for row in chosen]),
        v=np.array([row.variance for row in chosen]), studies=[row.study for row in chosen],
        lines=[row.line for row in chosen], kept=kept, total=len(table.effects), words=words,
        values={name: _numbers(column, decimal) for name, column in words.items()}, left_out=left,
    )  # fmt: skip
