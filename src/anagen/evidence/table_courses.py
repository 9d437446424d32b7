"""From a table of arms with visits to time courses."""

import math
from typing import Literal

from anagen.errors import InputError
from anagen.evidence.course_documents import TableCourse
from anagen.evidence.courses import CourseRow, CourseSettings, course_analysis
from anagen.evidence.table_analysis import lent, read
from anagen.evidence.table_arms import arm_mean, is_change
from anagen.evidence.table_choice import INERT_WORDS, Choice, narrowed, unit_of
from anagen.evidence.tables import ArmRow, StudyTable
from anagen.facts.evidence_rules import EvidenceRules

Means = Literal["change", "level"]


def dosed_names(rows: list[ArmRow]) -> list[str]:
    """Return the treatment of each arm, with its dose where a study has several of one."""
    doses: dict[tuple[str, str], set[float | None]] = {}
    for row in rows:
        doses.setdefault((row.study, row.treatment), set()).add(row.dose)
    apart = {treatment for (_, treatment), found in doses.items() if len(found) > 1}
    return [
        f"{row.treatment} {row.dose:g}" if row.treatment in apart and row.dose is not None
        else row.treatment
        for row in rows
    ]  # fmt: skip


def _week(table: StudyTable, row: ArmRow) -> float:
    week = row.week if row.week is not None else row.time
    if week is None:
        raise InputError(
            f"{table.name}, line {row.line}: a time course needs the week of every row; add a "
            "column week (or time)"
        )
    return week


def _means(table: StudyTable, rows: list[ArmRow], said: Means | None) -> Means:
    """Return what the means are: changes from the baseline, or levels."""
    changes = [is_change(row) for row in rows]
    if all(changes):
        if said == "level":
            raise InputError(f"{table.name}: tells changes, so --means level cannot be; leave it")
        return "change"
    if any(changes):
        row = rows[changes.index(False)]
        raise InputError(
            f"{table.name}, line {row.line}: tells a level where other rows tell a change; give "
            "the change, or the baseline, of every row"
        )
    if said is None and any(_week(table, row) == 0 for row in rows):
        return "level"
    if said is None:
        raise InputError(
            f"{table.name}: a column mean can hold levels or changes from the baseline; say which "
            "with --means level or --means change"
        )
    return said


def _mean_and_se(table: StudyTable, row: ArmRow, lent_r: float) -> tuple[float, float, bool]:
    """Return mean, standard error, and whether an assumed correlation is in it."""
    if row.change_mean is not None and row.change_se is not None:
        return row.change_mean, row.change_se, False
    if not is_change(row) and row.mean is not None and row.se is not None:
        return row.mean, row.se, False
    found = arm_mean(table, row, lent_r)
    return found.mean, found.sd / math.sqrt(found.n), found.rests_on_r


def table_course(
    table: StudyTable,
    choice: Choice,
    settings: CourseSettings,
    rules: EvidenceRules,
    *,
    means: Means | None = None,
) -> TableCourse:
    """Fit the time courses of a table of arms.

    Parameters
    ----------
    table, choice:
        The table, and the outcome where it holds several.
    settings:
        How to fit.
    rules:
        Of the facts: which correlation of before and after is assumed where none is told.
    means:
        Whether a column mean holds changes or levels, where the table does not show it.

    Raises
    ------
    InputError
        If the table holds no arms with visits, or a number cannot be used.
    """
    if table.layout != "arms":
        raise InputError(
            f"{table.name}: holds {table.layout}; a time course needs one row per arm and visit"
        )
    rows = [row for _, row in narrowed(table, table.arms, choice)]
    kind = _means(table, rows, means)
    for row in rows:
        if _week(table, row) == 0 and kind == "change":
            raise InputError(
                f"{table.name}, line {row.line}: is at week 0, where nothing has changed yet; "
                "remove the row, or say --means level"
            )
    found = [_mean_and_se(table, row, lent(rules).before_after) for row in rows]
    names = dosed_names(rows)
    courses = [
        CourseRow(row.study, name, _week(table, row), mean, se, row.n)
        for row, name, (mean, se, _) in zip(rows, names, found, strict=True)
    ]
    analysis = course_analysis(
        courses, _referred(settings, names), unit=unit_of(table, choice),
        absolute=kind == "level",
    )  # fmt: skip
    return TableCourse(
        schema="anagen/evidence-table-course/1", table=read(table), means=kind, analysis=analysis,
        notes=_notes(rows, found, analysis.apart, rules),
    )  # fmt: skip


def _referred(settings: CourseSettings, names: list[str]) -> CourseSettings:
    """Return the settings with the one inert treatment as the reference, if none was chosen."""
    from dataclasses import replace

    inert = [name for name in dict.fromkeys(names) if name.lower() in INERT_WORDS]
    if settings.reference is not None or len(inert) != 1:
        return settings
    return replace(settings, reference=inert[0])


def _notes(
    rows: list[ArmRow], found: list[tuple[float, float, bool]], apart: list[str],
    rules: EvidenceRules,
) -> list[str]:  # fmt: skip
    notes = []
    if any(rests for *_, rests in found):
        value = rules.correlation_before_after.number()
        notes.append(f"the correlation of before and after is assumed, {value:g}, where not told")
    if any(row.design in ("split_scalp", "crossover") for row in rows):
        notes.append(
            "sides of one person are taken as independent arms here, so that intervals are too "
            "wide rather than too narrow"
        )
    if apart:
        notes.append(f"no trial joins these to the reference: {', '.join(apart[:12])}")
    return notes
