"""The one table of a benchmark: as text, as Markdown, and in its page."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FIRST, LAST = "<!-- measured: make bench WRITE=--write -->", "<!-- end of what was measured -->"
EVIDENCE = (
    FIRST.replace("measured", "measured of evidence"),
    LAST.replace("was", "of evidence was"),
)
HEADS = ("job", "unit", "median", "least", "most", "to reach", "against it")
FIGURES = range(2, 5)
"""Columns of figures, set to the right."""


@dataclass(frozen=True, slots=True)
class Row:
    """One job: what was measured in each run, in `unit`, and what is to be reached.

    `at_most` says on which side of `target` it should lie; `note` stands instead of a verdict where
    there is no target, or beside it.
    """

    job: str
    unit: str
    values: tuple[float, ...] = ()
    target: float | None = None
    at_most: bool = True
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_missed(self) -> bool:
        """Whether the median lies on the wrong side of the target."""
        if self.target is None or not self.values:
            return False
        return self.median > self.target if self.at_most else self.median < self.target

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the row, as many as there are heads."""
        to_reach = ""
        if self.target is not None:
            to_reach = f"{'≤' if self.at_most else '≥'} {number(self.target)}"
        if not self.values:
            return (self.job, self.unit, "–", "–", "–", to_reach, self.note)
        figures = map(number, (self.median, min(self.values), max(self.values)))
        against = "; ".join(filter(None, [self._verdict(), self.note]))
        return (self.job, self.unit, *figures, to_reach, against)

    def _verdict(self) -> str:
        if self.target is None:
            return ""
        share = f"{number(self.median / self.target)} × it"
        return f"{share}, {'MISSED' if self.is_missed else 'met'}"


def number(value: float) -> str:
    """Return a number with three significant digits, thousands apart by a comma."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def as_text(rows: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if k in FIGURES else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the table for a page."""
    rule = tuple("---:" if k in FIGURES else "---" for k in range(len(HEADS)))
    lines = [HEADS, rule, *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_into(page: Path, measured: str, marks: tuple[str, str] = (FIRST, LAST)) -> None:
    """Put what was measured between the two marks of a page; leave the rest as it is.

    Raises
    ------
    ValueError
        If the page lacks a mark.
    """
    begin, end = marks
    before, first, rest = page.read_text(encoding="utf-8").partition(begin)
    _, last, after = rest.partition(end)
    if not (first and last):
        raise ValueError(f"{page.name} has no place for a table; give it {begin} and {end}")
    whole = f"{before}{begin}\n\n{measured.strip()}\n\n{end}{after}"
    part = page.with_suffix(".part")
    part.write_text(whole, encoding="utf-8")
    part.replace(page)
