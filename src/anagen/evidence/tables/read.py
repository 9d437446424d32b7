"""`read_table`: anyone's table of studies as checked records."""

import hashlib
import sys
from itertools import chain
from pathlib import Path

import msgspec

from anagen.errors import InputError
from anagen.evidence.tables.arm_rows import arm_row
from anagen.evidence.tables.columns import MODERATORS, Plan, plan_of, ratio_of, read_as
from anagen.evidence.tables.effect_rows import contrast_row, effect_row
from anagen.evidence.tables.numerals import clean, is_missing, number_of
from anagen.evidence.tables.records import ArmRow, ContrastRow, EffectRow, Layout, StudyTable
from anagen.evidence.tables.row import Row
from anagen.evidence.tables.sheet import DELIMITERS, Sheet, open_sheet, tidy
from anagen.evidence.tables.study_checks import Names, check_rows
from anagen.evidence.tables.summary_rows import refuse_summaries
from anagen.evidence.tables.table_units import Units
from anagen.evidence.tables.wide import Wide

AnyRow = EffectRow | ContrastRow | ArmRow
TREATED: dict[Layout, tuple[str, ...]] = {
    "effects": ("treatment", "control"),
    "contrasts": ("treatment_1", "treatment_2"),
    "arms": ("treatment",),
}


def read_table(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    layout: Layout | None = None,
    may_repeat: bool = False,
) -> StudyTable:
    r"""Read a table of studies: effects, contrasts or arms, by the names of its columns.

    Parameters
    ----------
    source:
        A file, or its bytes.
    name:
        What to call the table in messages; by default the name of the file.
    layout:
        The layout, where the columns allow two.
    may_repeat:
        Whether a study may give several effects that no column tells apart.

    Raises
    ------
    InputError
        If the table cannot be read, could be read in two ways, or holds what cannot be; the message
        names the line, the column and the value.

    Examples
    --------
    >>> table = read_table(b"study,yi,vi\nLee 2024,0.4,0.04\nPark 2022,0.1,0.09\n", "two.csv")
    >>> table.layout, table.studies, table.read_as["vi"]
    ('effects', ['Lee 2024', 'Park 2022'], 'its sampling variance')
    """
    if isinstance(source, str):
        source = Path(source)
    shown = clean(name if name is not None else _name(source))
    sheet = open_sheet(source, shown)
    plan = plan_of(sheet.header, shown, layout)
    reader = _Reader(sheet, plan)
    rows = [record for line, cells in sheet.walk() for record in reader.records(line, cells)]
    if not rows:
        raise InputError(f"{shown}: no arm has any number; fill in the columns of the arms")
    rows = reader.renamed(rows)
    refuse_summaries(((row.line, row.study) for row in rows), shown)
    reader.names = Names(shown)  # what was heard is no longer needed
    said = check_rows(rows, plan.layout, shown, may_repeat=may_repeat, may_be_alone=reader.emptied)
    notes = [*plan.notes, *reader.units.notes, *chain.from_iterable(reader.emptied.values()), *said]
    return _table(sheet, plan, reader, rows, notes)


def _name(source: Path | bytes) -> str:
    return "table" if isinstance(source, bytes) else source.name


def file_sha256(source: Path | bytes) -> str:
    """Return the SHA-256 of a file or of its bytes, in hexadecimal digits."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _table(
    sheet: Sheet, plan: Plan, reader: "_Reader", rows: list[AnyRow], notes: list[str]
) -> StudyTable:
    meanings = read_as(sheet.header, plan, sheet.numeric)
    if sheet.decimal == ",":
        notes.append("numbers have a decimal comma")
    if sheet.first:
        notes.append("the first column has no name: taken for row numbers, and not read")
    if sheet.delimiter != ",":
        notes.append(f"columns are separated by {DELIMITERS[sheet.delimiter]}")
    return StudyTable(
        name=sheet.name, layout=plan.layout, read_as=meanings, sha256=file_sha256(sheet.source),
        effects=[row for row in rows if isinstance(row, EffectRow)],
        contrasts=[row for row in rows if isinstance(row, ContrastRow)],
        arms=[row for row in rows if isinstance(row, ArmRow)],
        numbers=reader.numbers, words=reader.words, units=reader.units.known,
        ratio=ratio_of(sheet.header, plan), notes=notes,
    )  # fmt: skip


class _Reader:
    """Turns lines into records, and gathers what a whole table has: names, units, moderators."""

    def __init__(self, sheet: Sheet, plan: Plan) -> None:
        self.sheet, self.plan = sheet, plan
        self.units = Units(sheet.name)
        self.names = Names(sheet.name)
        self.labels: dict[str, str] = {}
        self.count = 0
        self.last = ""
        self.emptied: dict[str, list[str]] = {}
        places = {"study": plan.study, "author": plan.author, "year": plan.year}
        self.named = {role: place for role, place in places.items() if place is not None}
        used = {number for role, number in plan.at.items() if role not in MODERATORS}
        used |= {k for k in (plan.study, plan.author) if k is not None}
        if plan.wide is not None:
            used |= {column for arm in plan.wide.arms for column in arm.values()}
        rest = [k for k in range(len(sheet.header)) if k not in used]
        self.numeric = [k for k in rest if sheet.numeric[k]]
        self.other = [k for k in rest if not sheet.numeric[k]]
        self.numbers: dict[str, list[float | None]] = {sheet.header[k]: [] for k in self.numeric}
        self.words: dict[str, list[str | None]] = {sheet.header[k]: [] for k in self.other}

    def records(self, line: int, raw: list[str]) -> list[AnyRow]:
        """Return the records of one line: one, or as many as it holds arms."""
        cells = [tidy(cell) for cell in raw[: len(self.sheet.header)]]
        row = self._row(line, cells, self.plan.at)
        self.count += 1
        study = self._study(row)
        if study == self.last:  # arms of one study share its name
            study = self.last
        self.last = study
        factor = self.units.factor(row)
        made: list[AnyRow]
        if self.plan.wide is not None:
            made = [*self._wide(row, study, factor, self.plan.wide)]
        elif self.plan.layout == "effects":
            made = [effect_row(row, study, factor)]
        elif self.plan.layout == "contrasts":
            made = [contrast_row(row, study, factor)]
        else:
            made = [arm_row(row, study, sys.intern(row.needed("treatment")), factor)]
        self._see(row, made)
        for _ in made:
            self._more(row)
        return made

    def _see(self, row: Row, made: list[AnyRow]) -> None:
        """Watch the spelling of names, and values that are fractions of a percentage."""
        for record in made:
            self.names.see("study", record.study, row.line)
            for role in TREATED[self.plan.layout]:
                self.names.see("treatment", getattr(record, role), row.line)
            self.names.see("outcome", record.outcome, row.line)
            value = record.effect if not isinstance(record, ArmRow) else record.mean
            if isinstance(record, ArmRow) and value is None:
                value = record.median
            self.units.see(record.outcome, value)

    def _row(self, line: int, cells: list[str], at: dict[str, int]) -> Row:
        return Row(self.sheet.name, line, self.sheet.header, cells, at, self.sheet.decimal)

    def _study(self, row: Row) -> str:
        """Return what tells this study from the others; its author is kept as its name."""
        plan = self.plan
        if plan.study is not None and len(self.named) == 1:
            study = row.cells[plan.study]
            if not is_missing(study):
                return study
        who = self._row(row.line, row.cells, self.named)
        year = who.text("year")
        if plan.study is None and plan.author is None:
            return f"row {self.count}"
        if plan.study is None:
            return " ".join(filter(None, (who.needed("author"), year)))
        study = who.needed("study")
        author = who.text("author")
        if author is None:
            return study if year is None or study.isdigit() else f"{study} {year}"
        label = " ".join(filter(None, (author, year)))
        known = self.labels.setdefault(study, label)
        if known != label:
            raise who.wrong(
                "study",
                f"'{clean(study)}' is both {clean(known)} and {clean(label)}; give each study one "
                "name",
            )
        return study

    def renamed(self, rows: list[AnyRow]) -> list[AnyRow]:
        """Name each study by its author and year; where two share them, by its number too."""
        if not self.labels:
            return rows
        often: dict[str, int] = {}
        for label in self.labels.values():
            often[label] = often.get(label, 0) + 1
        names = {
            study: label if often[label] == 1 else f"{label} {study}"
            for study, label in self.labels.items()
        }
        self.emptied = {names[study]: said for study, said in self.emptied.items()}
        return [msgspec.structs.replace(row, study=names[row.study]) for row in rows]

    def _wide(self, row: Row, study: str, factor: float, wide: Wide) -> list[ArmRow]:
        made = []
        for columns, fixed in zip(wide.arms, wide.names, strict=True):
            arm = self._row(row.line, row.cells, {**row.at, **columns})
            named = fixed if fixed is not None else arm.text("treatment")
            if all(is_missing(row.cells[k]) for role, k in columns.items() if role != "treatment"):
                if named is not None:
                    self.emptied.setdefault(study, []).append(
                        f"line {row.line}: the arm '{clean(named)}' of '{clean(study)}' is empty "
                        "and was skipped"
                    )
                continue
            if "non_events" in columns:
                arm = _with_total(arm)
            treatment = arm.needed("treatment") if named is None else named
            made.append(arm_row(arm, study, treatment, factor))
        return made

    def _more(self, row: Row) -> None:
        """Keep the other columns of a row, once for each of its records."""
        for k in self.numeric:
            text = row.cells[k]
            try:
                value = None if is_missing(text) else number_of(text, self.sheet.decimal)
            except ValueError as error:
                moderator = self._row(row.line, row.cells, {"moderator": k})
                raise moderator.wrong("moderator", str(error)) from error
            self.numbers[self.sheet.header[k]].append(value)
        for k in self.other:
            text = row.cells[k]
            self.words[self.sheet.header[k]].append(None if is_missing(text) else text)


def _with_total(row: Row) -> Row:
    """Return a row of a 2 x 2 table with the number of people in place of those without event."""
    events = row.whole("events", 0, "give the number of people")
    others = row.whole("non_events", 0, "give the number of people")
    if events is None or others is None:
        role = "events" if events is None else "non_events"
        raise row.wrong(role, "is empty; fill in all four cells, or remove the row")
    if events + others == 0:
        raise row.wrong("events", "the arm has nobody (both cells are 0); correct it")
    given = row.whole("n", 1, "give the number of people")
    if given is not None and given != events + others:
        raise row.wrong(
            "n",
            f"{given} is not the {events + others} people with and without the event; correct "
            "one of them, or remove the column",
        )
    cells = [*row.cells, str(events + others)]
    at = {role: k for role, k in row.at.items() if role != "non_events"}
    header = (*row.header, "events and others together")
    return Row(row.name, row.line, header, cells, {**at, "n": len(cells) - 1}, row.decimal)
