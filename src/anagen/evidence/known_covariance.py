"""The known covariance of a table's effects: from a file of its entries, or from a correlation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anagen.errors import InputError
from anagen.evidence.tables.columns import key
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.row import Row
from anagen.evidence.tables.sheet import open_sheet, tidy
from anagen.synthesis.sampling_covariance import (
    SamplingCovariance,
    autoregressive,
    constant_correlation,
    from_upper_triangle,
    independent,
)
from anagen.synthesis.weighted import Array

ENTRIES = {"row": ("row", "i"), "column": ("col", "column", "j"), "value": ("value", "v")}
AGREE = 1e-4  # relative: variances exported with few digits


@dataclass(frozen=True)
class Covariance:
    """How the effects of one study covary: one of the three, or not at all."""

    path: Path | None = None
    within_r: float | None = None
    within_ar: float | None = None


def known_covariance(
    chosen: Covariance,
    v: Array,
    kept: Sequence[int],
    rows: int,
    studies: Sequence[str],
    time: Sequence[float] | None,
) -> tuple[SamplingCovariance, str]:
    """Return V of the effects that are fitted, and how it was made, in words.

    Parameters
    ----------
    chosen:
        What the caller chose.
    v:
        Sampling variances of the effects that are fitted, shape (k,).
    kept, rows:
        Places of these effects among the rows of the table, and how many rows it has.
    studies:
        The study of each effect, within which they correlate.
    time:
        The time of each effect; needed for an autoregressive correlation.

    Raises
    ------
    InputError
        If two ways were chosen, a file does not fit the table, or no such correlation can be.
    """
    given = [w for w in (chosen.path, chosen.within_r, chosen.within_ar) if w is not None]
    if len(given) > 1:
        raise InputError("--covariance, --within-r and --within-ar exclude each other; keep one")
    if not given:
        return independent(v), "effects taken as independent given the model"
    if chosen.path is not None:
        return _of_file(chosen.path, v, list(kept), rows), f"as given by {clean(chosen.path.name)}"
    if len(set(studies)) == len(studies):
        raise InputError(
            "every study gives one effect, so a correlation within studies says nothing; name the "
            "column of studies with --outer, or leave it out"
        )
    if chosen.within_r is not None:
        return (
            constant_correlation(v, list(studies), chosen.within_r),
            f"effects of a study correlate by {chosen.within_r:g}, as said",
        )
    if time is None:
        raise InputError("--within-ar needs the column of times; add --time COLUMN")
    phi = chosen.within_ar or 0.0
    return (
        autoregressive(v, list(studies), list(time), phi),
        f"effects of a study correlate by {phi:g} to the power of the time between, as said",
    )


def _of_file(path: Path, v: Array, kept: list[int], rows: int) -> SamplingCovariance:
    entries = _entries(path, rows)
    place = {row: i for i, row in enumerate(kept)}
    i, j, values = [], [], []
    for (a, b), value in entries.items():
        if a in place and b in place:
            i.append(place[a])
            j.append(place[b])
            values.append(value)
    diagonal = np.zeros(v.size)
    for a, b, value in zip(i, j, values, strict=True):
        if a == b:
            diagonal[a] = value
    off = np.flatnonzero(np.abs(diagonal - v) > AGREE * v)
    if off.size:
        row = kept[int(off[0])] + 1
        raise InputError(
            f"{clean(path.name)}: the variance of row {row} is {diagonal[off[0]]:g}, but the table "
            f"says {v[off[0]]:g}; the entries count the table's rows from 1, in its order"
        )
    return from_upper_triangle(i, j, values, int(v.size))


def _entries(path: Path, rows: int) -> dict[tuple[int, int], float]:
    """Return the entries of the upper triangle, counted from 0."""
    name = clean(path.name)
    sheet = open_sheet(path, name)
    keys = [key(title) for title in sheet.header]
    at = {}
    for role, words in ENTRIES.items():
        found = [k for k, title in enumerate(keys) if title in words]
        if len(found) != 1:
            raise InputError(
                f"{name}: a covariance has the columns row, col and value (or i, j and v); it has "
                f"{', '.join(clean(t) for t in sheet.header[:6])}"
            )
        at[role] = found[0]
    entries: dict[tuple[int, int], float] = {}
    for line, cells in sheet.walk():
        row = Row(name, line, sheet.header, [tidy(c) for c in cells], at, sheet.decimal)
        a, b = (_index(row, role, rows) for role in ("row", "column"))
        row.needed("value")
        value = row.number("value") or 0.0
        pair = (min(a, b), max(a, b))
        if entries.setdefault(pair, value) != value:
            raise InputError(
                f"{name}: line {line}: rows {a + 1} and {b + 1} have two covariances; keep one"
            )
    return entries


def _index(row: Row, role: str, rows: int) -> int:
    row.needed(role)
    index = row.whole(role, 1, "rows of the table are counted from 1") or 1
    if index > rows:
        raise row.wrong(role, f"{index} is more than the {rows} rows of the table; correct it")
    return index - 1
