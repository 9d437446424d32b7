"""A file of separated values as checked rows of text, read line by line.

A file is walked twice: once to see that every row holds, and once to read it. Between the two only
what the columns hold is kept, so that a long file costs no memory before it is refused.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anagen.errors import InputError
from anagen.evidence.tables.numerals import Numeral, clean, is_missing, numeral_kind

MAX_BYTES = 64 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_LINE = 65_536
MAX_CELL = 500
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
SEPARATOR_LINE = re.compile(r'"?sep=.?"?[,;\t]*', re.IGNORECASE)
"""A first line that spreadsheets read as the separator of columns."""
ROW_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*")
BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " "})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was walked once: its header, and what each column holds.

    `numeric` says of each column whether every cell is a number or empty, and one is a number.
    `first` is the column that is the first to be read: 1 where row numbers stand before it.
    """

    source: "Path | bytes"
    name: str
    header: tuple[str, ...]
    delimiter: str
    decimal: str
    numeric: tuple[bool, ...]
    rows: int
    first: int = 0

    def walk(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line and the cells of each row below the header."""
        with _opened(self.source, self.name) as stream:
            rows = _rows(_lines(stream, self.name), self.name, self.delimiter)
            next(rows)
            for line, cells in rows:
                yield line, cells[self.first :] if self.first else cells


def _opened(source: "Path | bytes", name: str) -> io.TextIOWrapper:
    raw: io.BufferedIOBase
    if isinstance(source, bytes):
        raw = io.BytesIO(source)
    else:
        try:
            if not source.exists():
                raise InputError(f"{name}: there is no such file; check the path")
            if not source.is_file():
                raise InputError(f"{name}: is not a file; give the path of a CSV file")
            raw = source.open("rb")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "its name cannot be used"
            raise InputError(f"{name}: cannot be opened ({why}); check the path") from error
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _size(source: "Path | bytes") -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _lines(stream: io.TextIOWrapper, name: str) -> Iterator[tuple[int, str]]:
    """Yield each line that is not blank, with its number."""
    number, read = 0, 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        read += len(line)
        if read > MAX_BYTES:  # a file that grew, or has no size
            raise _too_large(name)
        if "\x00" in line:
            raise InputError(
                f"{name}: line {number} holds binary data (a NUL character); export the table as "
                "CSV in UTF-8"
            )
        if len(line) > MAX_LINE:
            raise InputError(
                f"{name}: line {number} is longer than {MAX_LINE} characters; give one row per line"
            )
        line = line.rstrip("\r\n")
        if number == 1 and SEPARATOR_LINE.fullmatch(line):
            continue
        if not line.isascii():
            _check_utf8(line, number, name)
        if line.strip():
            yield number, line


def _check_utf8(line: str, number: int, name: str) -> None:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{name}: line {number} is not UTF-8 text (character {error.start + 1}; it may be "
            "Latin-1 or Windows-1252); save the table as CSV in UTF-8"
        ) from error


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name}: is larger than {MAX_BYTES // 1024 // 1024} MiB; give a table of at most "
        f"{MAX_ROWS} rows with only the columns that are needed"
    )


def _delimiter(line: str, name: str) -> str:
    bare, quoted = [], False
    for character in line:
        quoted ^= character == '"'
        if not quoted:
            bare.append(character)
    found = [d for d in DELIMITERS if d in bare]
    if len(found) > 1:
        kinds = " and ".join(DELIMITERS[d] for d in found)
        raise InputError(
            f"{name}: the header holds {kinds}, so that its columns are not clear; separate them "
            "with one of the two, and put names that hold the other in quotation marks"
        )
    if not found:
        raise InputError(
            f"{name}: the header '{clean(line)}' holds one column only; separate columns with "
            "commas, semicolons or tabs, and name them in the first line"
        )
    return found[0]


def _rows(
    lines: Iterator[tuple[int, str]], name: str, delimiter: str | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each line; a cell never spans two."""
    for number, line in lines:
        if line.count('"') % 2:
            raise InputError(
                f"{name}: line {number} opens a quotation mark and does not close it; close it, "
                "and keep each row on one line"
            )
        if delimiter and not line.strip(f'{delimiter} "'):
            continue  # a spreadsheet's empty row
        delimiter = delimiter or _delimiter(line, name)
        if '"' not in line:
            yield number, line.split(delimiter)
            continue
        try:
            yield number, next(csv.reader([line], delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            raise InputError(
                f"{name}: line {number} has a quotation mark within a cell; double it, or remove it"
            ) from error


def _header(cells: list[str], name: str) -> tuple[str, ...]:
    header = [cell.translate(BLANKS).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise InputError(
            f"{name}: has {len(header)} columns; keep at most {MAX_COLUMNS}, those that are needed"
        )
    seen: dict[str, int] = {}
    for number, title in enumerate(header, 1):
        if not title:
            raise InputError(f"{name}: column {number} has no name; name it in the first line")
        check_cell(title, name, 1, str(number))
        if title.casefold() in seen:
            raise InputError(
                f"{name}: the column '{clean(title)}' stands twice (columns "
                f"{seen[title.casefold()]} and {number}); rename one or remove it"
            )
        seen[title.casefold()] = number
    return tuple(header)


def _first_column(titles: list[str]) -> int:
    """Return where the columns begin: after the row numbers that R and pandas write unnamed."""
    has_numbers = len(titles) > 2 and not tidy(titles[0]) and bool(tidy(titles[1]))
    return 1 if has_numbers else 0


def _check_row_number(cell: str, line: int, name: str) -> None:
    if not ROW_NUMBER.fullmatch(tidy(cell)):
        raise InputError(
            f"{name}: column 1 has no name and holds '{clean(cell)}' in line {line}, which is no "
            "row number; name it in the first line"
        )


def check_cell(cell: str, name: str, line: int, column: str) -> None:
    """Refuse what no table of studies holds: huge cells, control characters, formulas."""
    starts_like_formula = cell[:1] in "=@" or (
        cell[:1] in "+-" and cell[1:2] not in ".," and _is_word(cell)
    )
    if len(cell) <= MAX_CELL and cell.isprintable() and not starts_like_formula:
        return
    place = f"{name}: line {line}, column '{clean(column)}'"
    if len(cell) > MAX_CELL:
        raise InputError(f"{place}: holds {len(cell)} characters, more than {MAX_CELL}; shorten it")
    if not cell.isprintable():
        raise InputError(
            f"{place}: '{clean(cell)}' holds control or invisible characters; remove them"
        )
    raise InputError(
        f"{place}: '{clean(cell)}' starts like a formula of a spreadsheet; write its value"
    )


def _is_word(cell: str) -> bool:
    return len(cell) > 1 and (cell[1].isalpha() or cell[1] in "(=@+-")


def tidy(cell: str) -> str:
    """Return a cell without blanks around it."""
    return cell.strip() if cell.isascii() and "\t" not in cell else cell.translate(BLANKS).strip()


def open_sheet(source: "Path | bytes", name: str) -> Sheet:
    """Walk a table once and return what its columns hold.

    Raises
    ------
    InputError
        If the file cannot be opened or decoded, is too large, or a row or cell cannot be.
    """
    with _opened(source, name) as stream:
        if _size(source) > MAX_BYTES:
            raise _too_large(name)
        rows = _rows(_lines(stream, name), name)
        first = next(rows, None)
        if first is None:
            raise InputError(f"{name}: is empty; give a header and one row per study or arm")
        start = _first_column(first[1])
        header = _header(first[1][start:], name)
        with _opened(source, name) as again:
            delimiter = _delimiter(next(_lines(again, name))[1], name)
        kinds: list[set[Numeral]] = [set() for _ in header]
        last: list[Numeral | None] = [None] * len(header)
        count = 0
        for line, cells in rows:
            count += 1
            if count > MAX_ROWS:
                raise InputError(
                    f"{name}: has more than {MAX_ROWS} rows; a table of studies has one row per "
                    "study or arm, so give only those"
                )
            if start:
                _check_row_number(cells[0], line, name)
                cells = cells[start:]
            if len(cells) != len(header) and any(tidy(c) for c in cells[len(header) :]):
                raise _ragged(name, line, len(cells), len(header))
            if len(cells) < len(header):
                raise _ragged(name, line, len(cells), len(header))
            for k, title in enumerate(header):
                text = tidy(cells[k])
                if is_missing(text):
                    continue
                read = numeral_kind(text)
                if read is not last[k]:  # hashing costs more than reading
                    kinds[k].add(read)
                    last[k] = read
                if read is Numeral.TEXT or len(text) > MAX_CELL:
                    check_cell(text, name, line, title)
    if not count:
        raise InputError(f"{name}: has a header and no row; give one row per study or arm")
    decimal = _decimal(kinds, header, delimiter, name)
    allowed = {Numeral.PLAIN, Numeral.POINT}
    if decimal == ",":
        allowed = {Numeral.PLAIN, Numeral.COMMA, Numeral.COMMA_OR_THOUSANDS}
    numeric = tuple(bool(kind) and kind <= allowed for kind in kinds)
    return Sheet(source, name, header, delimiter, decimal, numeric, count, start)


def _ragged(name: str, line: int, got: int, wanted: int) -> InputError:
    return InputError(
        f"{name}: line {line} has {got} cells and the header {wanted}; give each row the cells of "
        "the header (text that holds the separator goes in quotation marks)"
    )


def _decimal(kinds: list[set[Numeral]], header: tuple[str, ...], delimiter: str, name: str) -> str:
    """Return the decimal sign of a table: a comma only where semicolons separate the columns."""
    if delimiter != ";":
        return "."
    numbers = [kind for kind in kinds if Numeral.TEXT not in kind]
    found = set().union(*numbers) if numbers else set()
    has_comma = Numeral.COMMA in found or Numeral.COMMA_OR_THOUSANDS in found
    if has_comma and Numeral.POINT in found:
        titles = [
            f"'{clean(title)}'" for title, kind in zip(header, kinds, strict=True)
            if kind & {Numeral.COMMA, Numeral.COMMA_OR_THOUSANDS}
        ]  # fmt: skip
        raise InputError(
            f"{name}: some numbers have a decimal comma (column {titles[0]}) and others a decimal "
            "point; write all of them with a point"
        )
    if has_comma and Numeral.COMMA not in found:
        raise InputError(
            f"{name}: numbers such as 1,234 can be 1.234 or 1234; write them with a decimal point, "
            "or without a separator of thousands"
        )
    return "," if has_comma else "."
