"""What a result of the evidence engine is told as: sentences and tables, once for all outputs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from anagen.report.evidence.numerals import few_digits

ROUNDING = 1e-14
"""What is left of 0 in a sum of doubles about 1 is no effect to print."""


@dataclass(frozen=True)
class Table:
    """A table of words under a heading; `numeric` are the columns set to the right."""

    heading: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numeric: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole result: its title, the first sentences, tables, and what was noted."""

    title: str
    lead: list[str]
    tables: list[Table]
    notes: list[str] = field(default_factory=list)
    document: str = ""
    """The JSON document that holds every row; where it is named, long tables are cut."""


def shortened(sheet: Sheet, most: int) -> Sheet:
    """Return a sheet whose long tables end after `most` rows and say where the others are.

    A sheet without a document stays whole: nothing may be shown nowhere.
    """
    if not sheet.document or all(len(table.rows) <= most for table in sheet.tables):
        return sheet
    return replace(sheet, tables=[_cut(table, most, sheet.document) for table in sheet.tables])


def _cut(table: Table, most: int, document: str) -> Table:
    more = len(table.rows) - most
    if more <= 0:
        return table
    said = f"and {more:,} more in {document} (--out DIR or --json)"
    return replace(
        table, rows=table.rows[:most], note=f"{said}; {table.note}" if table.note else said
    )


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus and enough digits to be read."""
    if abs(value) < ROUNDING:
        value = 0.0
    if value and abs(value) < 10.0**-digits:
        return f"{value:+.3g}".replace("-", "−")
    return f"{value:+.{digits}f}".replace("-", "−")


def plain(value: float | None, digits: int = 3) -> str:
    """Return a number in few digits, with a true minus; a dash where there is none."""
    return "–" if value is None else few_digits(value, digits)


def bounds(low: float, high: float, digits: int = 2) -> str:
    """Return two bounds with signs."""
    return f"{signed(low, digits)} to {signed(high, digits)}"


def p_said(p: float | None) -> str:
    """Return a p value as it is printed: with three digits, or as below 0.001."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


UNITS = {"um": "µm", "hairs/cm2": "hairs/cm²", "percent": "%"}


def unit_said(unit: str | None) -> str:
    """Return a unit as it is printed.

    Examples
    --------
    >>> unit_said("um"), unit_said("hairs/cm2"), unit_said(None)
    ('µm', 'hairs/cm²', '')
    """
    return UNITS.get(unit or "", unit or "")


def counted(number: int, noun: str) -> str:
    """Return how many there are of something.

    Examples
    --------
    >>> counted(1, "trial"), counted(2, "trial")
    ('1 trial', '2 trials')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Return names in a row, with how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
