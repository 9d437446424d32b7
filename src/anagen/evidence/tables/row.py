"""One row of a table: its cells by role, and messages that name line, column and value."""

from collections.abc import Mapping

import msgspec

from anagen.errors import InputError
from anagen.evidence.tables.numerals import clean, half_digit, is_missing, number_of

ROUNDING = 1e-9


class Row(msgspec.Struct, frozen=True, gc=False):
    """The cells of one line, and where each role stands among them."""

    name: str
    line: int
    header: tuple[str, ...]
    cells: list[str]
    at: Mapping[str, int]
    decimal: str

    def wrong(self, role: str, why: str) -> InputError:
        """Return the error for a cell: file, line, column, and why."""
        title = self.header[self.at[role]]
        return InputError(f"{self.name}: line {self.line}, column '{clean(title)}': {why}")

    def text(self, role: str) -> str | None:
        """Return the words of a cell; nothing where it is empty or the table has no such column."""
        column = self.at.get(role)
        if column is None:
            return None
        cell = self.cells[column]
        return None if is_missing(cell) else cell

    def needed(self, role: str) -> str:
        """Return the words of a cell that must not be empty."""
        found = self.text(role)
        if found is None:
            raise self.wrong(role, "is empty; fill it in, or remove the row")
        return found

    def number(self, role: str) -> float | None:
        """Return the number of a cell; nothing where it is empty."""
        column = self.at.get(role)
        if column is None:  # most roles, in most tables
            return None
        cell = self.cells[column]
        if is_missing(cell):
            return None
        try:
            return number_of(cell, self.decimal)
        except ValueError as error:
            raise self.wrong(role, str(error)) from error

    def above_0(self, role: str, why: str) -> float | None:
        """Return a number that must lie above 0."""
        value = self.number(role)
        if value is not None and value <= 0:
            raise self.wrong(role, f"{clean(self.needed(role))} is not above 0; {why}")
        return value

    def whole(self, role: str, least: int, why: str) -> int | None:
        """Return a whole number that must reach a least."""
        value = self.number(role)
        if value is None:
            return None
        if value != int(value):
            raise self.wrong(role, f"{clean(self.needed(role))} is not a whole number; {why}")
        if value < least:
            raise self.wrong(role, f"{clean(self.needed(role))} is less than {least}; {why}")
        return int(value)

    def half(self, role: str) -> float:
        """Return half a unit of the last digit printed in a cell."""
        return half_digit(self.needed(role), self.decimal)

    def interval(self, low_role: str, high_role: str) -> tuple[float, float] | None:
        """Return an interval; both ends or none."""
        if low_role not in self.at and high_role not in self.at:
            return None
        low, high = self.number(low_role), self.number(high_role)
        if low is None and high is None:
            return None
        if low is None or high is None:
            empty = low_role if low is None else high_role
            if empty not in self.at:
                given = high_role if low is None else low_role
                raise self.wrong(given, "the other end of the interval has no column; add it")
            raise self.wrong(empty, "is empty, but the other end of the interval is not; add it")
        if low >= high:
            raise self.wrong(
                low_role,
                f"{low:g} does not lie below the upper end {high:g}; the ends may be swapped",
            )
        return low, high
