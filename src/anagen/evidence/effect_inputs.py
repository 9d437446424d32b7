"""A table whose columns are the inputs of a measure of effect, read under their usual spellings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anagen.errors import InputError
from anagen.evidence.tables.columns import AUTHOR, STUDY, key
from anagen.evidence.tables.numerals import clean, is_missing
from anagen.evidence.tables.read import file_sha256
from anagen.evidence.tables.row import Row
from anagen.evidence.tables.sheet import Sheet, open_sheet, tidy
from anagen.synthesis.effects import MEASURES

MEANINGS = {
    "m1": "mean of group 1", "sd1": "standard deviation of group 1", "n1": "people in group 1",
    "m2": "mean of group 2", "sd2": "standard deviation of group 2", "n2": "people in group 2",
    "m_post": "mean after", "m_pre": "mean before", "sd_post": "standard deviation after",
    "sd_pre": "standard deviation before", "n": "people",
    "r": "correlation", "x1": "events in group 1", "x2": "events in group 2",
    "t1": "person-time of group 1", "t2": "person-time of group 2", "x": "events",
    "t": "person-time", "m": "mean", "sd": "standard deviation",
    "bi": "people of group 1 without the event", "di": "people of group 2 without the event",
}  # fmt: skip
SPELLINGS: dict[str, tuple[str, ...]] = {
    **{f"{stem}{g}": (f"{stem}{g}", f"{stem}{g}i", f"{stem}_{g}")
       for stem in ("m", "sd", "n", "t") for g in (1, 2)},
    "x1": ("x1", "x1i", "x_1", "ai", "a", "events1", "events_1"),
    "x2": ("x2", "x2i", "x_2", "ci", "c", "events2", "events_2"),
    "m_post": ("m_post", "mean_post", "post_mean"), "m_pre": ("m_pre", "mean_pre", "pre_mean"),
    "sd_post": ("sd_post", "post_sd"), "sd_pre": ("sd_pre", "pre_sd"),
    "n": ("n", "ni"), "r": ("r", "ri", "correlation", "corr", "pre_post_r"),
    "x": ("x", "xi"), "t": ("t", "ti"), "m": ("m", "mi"), "sd": ("sd", "sdi"),
    "bi": ("bi", "b"), "di": ("di", "d"),
}  # fmt: skip
LONG = {"m": "mean", "x": "events", "t": "exposure"}
"""Words that name an arm's column too: taken only where no column names a treatment."""
PAIRED = {"m_post": "m1", "m_pre": "m2", "sd_post": "sd1", "sd_pre": "sd2"}
"""Before and after under the names of two groups: the first is after, the second before."""
KEPT = frozenset({"outcome", "week", "time", "subgroup"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The rows of a table as inputs of a measure: labels, lines, numbers by input.

    `kept` are columns that tell rows of one study apart; `left_out` rows with an empty cell.
    """

    name: str
    sha256: str
    read_as: dict[str, str]
    studies: list[str]
    lines: list[int]
    numbers: dict[str, list[float]]
    kept: dict[str, list[str]]
    left_out: list[str] = field(default_factory=list)


def _column(keys: list[str], header: tuple[str, ...], name: str, word: str) -> int | None:
    """Return the column of an input; two columns for one input are refused."""
    wanted = SPELLINGS[word]
    if word in LONG and not {"treatment", "treat", "trt", "arm"} & set(keys):
        wanted = (*wanted, LONG[word])
    found = [k for k, title in enumerate(keys) if title in wanted]
    if len(found) > 1:
        first, second = (clean(header[k]) for k in found[:2])
        raise InputError(
            f"{name}: '{first}' and '{second}' can both be {word} ({MEANINGS[word]}); rename the "
            "one that is not"
        )
    return found[0] if found else None


def _paired(
    keys: list[str], header: tuple[str, ...], name: str, word: str, measure: str
) -> int | None:
    """Return the column of a mean or SD before or after, under either name."""
    own = _column(keys, header, name, word)
    if own is not None:
        return own
    other = _column(keys, header, name, PAIRED[word])
    if other is None and word == "sd_pre" and "sd_post" not in MEASURES[measure].inputs:
        return _column(keys, header, name, "sd1")  # the only SD there is: that before
    return other


def places(sheet: Sheet, measure: str, *, given: frozenset[str] = frozenset()) -> dict[str, int]:
    """Return the column of each input of a measure; some may lack.

    Parameters
    ----------
    sheet:
        The table.
    measure:
        A name of `MEASURES`.
    given:
        Inputs that are not looked for.
    """
    keys = [key(title) for title in sheet.header]
    at: dict[str, int] = {}
    for word in MEASURES[measure].inputs:
        if word in given:
            continue
        if word in PAIRED:
            found = _paired(keys, sheet.header, sheet.name, word, measure)
        else:
            found = _column(keys, sheet.header, sheet.name, word)
        if found is not None:
            at[word] = found
    for total, events, others in (("n1", "x1", "bi"), ("n2", "x2", "di")):
        if total in MEASURES[measure].inputs and total not in at and events in at:
            rest = _column(keys, sheet.header, sheet.name, others)
            if rest is not None:
                at[others] = rest
    return at


def lacking(measure: str, at: Mapping[str, int], given: frozenset[str] = frozenset()) -> list[str]:
    """Return the inputs of a measure that no column gives."""
    other = {"n1": "bi", "n2": "di"}
    return [
        word
        for word in MEASURES[measure].inputs
        if word not in at and word not in given and other.get(word) not in at
    ]


def fitting(sheet: Sheet) -> list[str]:
    """Return the measures whose inputs a table holds."""
    return [name for name in MEASURES if not lacking(name, places(sheet, name))]


def _study_columns(sheet: Sheet) -> list[int]:
    keys = [key(title) for title in sheet.header]
    study = next((keys.index(word) for word in (*STUDY, "id") if word in keys), None)
    author = next((keys.index(word) for word in AUTHOR if word in keys), None)
    year = [keys.index("year")] if "year" in keys else []
    if author is not None:
        return [author, *year]
    return [] if study is None else [study]


def _labels(raw: list[str]) -> list[str]:
    """Return each label, with its place where one stands for several rows."""
    seen: dict[str, int] = {}
    made = []
    for label in raw:
        seen[label] = seen.get(label, 0) + 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


def read_inputs(source: Path, measure: str, *, correlation: float | None = None) -> Inputs | None:
    """Read a table of inputs of a measure; nothing where columns lack.

    Parameters
    ----------
    source:
        A file.
    measure:
        A name of `MEASURES`.
    correlation:
        In the place of a column r that the table lacks.

    Raises
    ------
    InputError
        If the file cannot be read, a name can be two columns, or a cell is no number.
    """
    sheet = open_sheet(source, clean(source.name))
    at = places(sheet, measure)
    fixed: frozenset[str] = frozenset()
    if correlation is not None and "r" in MEASURES[measure].inputs:
        if "r" in at:
            raise InputError(
                f"{sheet.name}: has a column '{clean(sheet.header[at['r']])}' of correlations, so "
                "--correlation says nothing; leave one of the two out"
            )
        fixed = frozenset({"r"})
    elif correlation is not None:
        raise InputError(f"{measure} needs no correlation; leave --correlation out")
    if lacking(measure, at, fixed):
        return None
    return _rows(sheet, measure, at, correlation if fixed else None, source)


def _rows(
    sheet: Sheet, measure: str, at: dict[str, int], correlation: float | None, source: Path
) -> Inputs:
    who = _study_columns(sheet)
    keep = {t: k for k, t in enumerate(sheet.header) if key(t) in KEPT and k not in at.values()}
    labels, lines, left = [], [], []
    numbers: dict[str, list[float]] = {word: [] for word in MEASURES[measure].inputs}
    kept: dict[str, list[str]] = {title: [] for title in keep}
    for number, (line, raw) in enumerate(sheet.walk(), start=1):
        cells = [tidy(cell) for cell in raw[: len(sheet.header)]]
        row = Row(sheet.name, line, sheet.header, cells, at, sheet.decimal)
        label = " ".join(cells[k] for k in who if not is_missing(cells[k])) or f"row {number}"
        found = {word: row.number(word) for word in at}
        empty = [sheet.header[at[word]] for word, value in found.items() if value is None]
        if empty:
            left.append(f"line {line} ({clean(label)}): '{clean(empty[0])}' is empty")
            continue
        labels.append(label)
        lines.append(line)
        values = _with_totals({w: v for w, v in found.items() if v is not None}, correlation)
        for word, filled in numbers.items():
            filled.append(values[word])
        for title, k in keep.items():
            kept[title].append(cells[k])
    if not labels:
        raise InputError(f"{sheet.name}: every row has an empty cell ({left[0]}); fill them in")
    return Inputs(
        name=sheet.name, sha256=file_sha256(source), read_as=_read_as(sheet, at, who, keep),
        studies=_labels(labels), lines=lines, numbers=numbers, kept=kept, left_out=left,
    )  # fmt: skip


def _with_totals(values: dict[str, float], correlation: float | None) -> dict[str, float]:
    for total, events, others in (("n1", "x1", "bi"), ("n2", "x2", "di")):
        if others in values:
            values[total] = values[events] + values[others]
    return values if correlation is None else {**values, "r": correlation}


def _read_as(
    sheet: Sheet, at: Mapping[str, int], who: list[int], keep: Mapping[str, int]
) -> dict[str, str]:
    said = {k: f"{MEANINGS[word]} ({word})" for word, k in at.items()}
    said |= dict.fromkeys(who, "the study's name")
    said |= dict.fromkeys(keep.values(), "kept beside the effect")
    return {title: said.get(k, "not used") for k, title in enumerate(sheet.header)}
