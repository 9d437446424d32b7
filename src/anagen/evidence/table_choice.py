"""What a table of studies leaves open, and how it is narrowed to one comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from anagen.errors import InputError
from anagen.evidence.tables import ArmRow, ContrastRow, EffectRow, StudyTable

INERT_WORDS = frozenset({
    "control", "placebo", "vehicle", "sham", "none", "no treatment", "saline", "usual care",
})  # fmt: skip
AnyRow = TypeVar("AnyRow", EffectRow, ContrastRow, ArmRow)


@dataclass(frozen=True)
class Choice:
    """What the caller chose where a table leaves a choice; None where nothing was chosen.

    `keep_empty` keeps trials without any event in a ratio, with 1/2 added to every cell.
    """

    measure: str | None = None
    treatment: str | None = None
    against: str | None = None
    outcome: str | None = None
    week: float | None = None
    keep_empty: bool = False


def without(table: StudyTable, studies: Sequence[str]) -> StudyTable:
    """Return a table less some of its studies, saying so in its notes.

    Raises
    ------
    InputError
        If a study is not in the table, or none is left.
    """
    if not studies:
        return table
    known = table.studies
    for study in studies:
        if study not in known:
            raise InputError(
                f"{table.name}: no study {study[:60]!r} to leave out; there are "
                f"{', '.join(known[:12])}{' ...' if len(known) > 12 else ''}"
            )
    if set(known) <= set(studies):
        raise InputError(f"{table.name}: --without leaves no study; name fewer")
    named = [r.study for r in table.effects] + [r.study for r in table.contrasts]
    named += [r.study for r in table.arms]  # only the rows of its layout are filled
    kept = [i for i, study in enumerate(named) if study not in studies]
    return msgspec.structs.replace(
        table,
        effects=[row for row in table.effects if row.study not in studies],
        contrasts=[row for row in table.contrasts if row.study not in studies],
        arms=[row for row in table.arms if row.study not in studies],
        numbers={name: [values[i] for i in kept] for name, values in table.numbers.items()},
        words={name: [values[i] for i in kept] for name, values in table.words.items()},
        notes=[*table.notes, f"left out as asked: {', '.join(dict.fromkeys(studies))}"],
    )


def narrowed(table: StudyTable, rows: list[AnyRow], choice: Choice) -> list[tuple[int, AnyRow]]:
    """Return the rows of the outcome and visit chosen, each with its place in the table.

    Raises
    ------
    InputError
        If the table holds several outcomes and none was chosen, or the choice is not in it.
    """
    kept = list(enumerate(rows))
    outcomes = sorted({row.outcome for _, row in kept if row.outcome is not None})
    if choice.outcome is not None:
        if choice.outcome not in outcomes:
            known = ", ".join(outcomes) or "none: the table has no column of outcomes"
            raise InputError(f"{table.name}: no outcome {choice.outcome!r}; there are {known}")
        kept = [(i, row) for i, row in kept if row.outcome == choice.outcome]
    elif len(outcomes) > 1:
        raise InputError(
            f"{table.name}: holds {len(outcomes)} outcomes ({', '.join(outcomes[:6])}); choose one "
            "with --outcome"
        )
    if choice.week is not None:
        kept = [(i, row) for i, row in kept if choice.week in (row.week, row.time)]
        if not kept:
            raise InputError(f"{table.name}: no row is of week {choice.week:g}; look at its weeks")
    return kept


def refuse_measure(table: StudyTable, choice: Choice) -> None:
    """Refuse an effect size where the table holds effects already.

    Raises
    ------
    InputError
        If one was chosen.
    """
    if choice.measure is not None:
        raise InputError(
            f"{table.name}: holds effects already, so --effect-size cannot change them; leave it "
            "out, or give a table of arms"
        )


def refuse_repeats(table: StudyTable, studies: list[str]) -> None:
    """Refuse two effects of one study: they are not independent.

    Raises
    ------
    InputError
        If a study stands twice.
    """
    seen: set[str] = set()
    for study in studies:
        if study in seen:
            raise InputError(
                f"{table.name}: study {study!r} gives {studies.count(study)} effects, which are "
                "not independent; choose one with --outcome, --week, --treatment and --against, "
                "or compare all arms with 'anagen evidence network'"
            )
        seen.add(study)


def unit_of(table: StudyTable, choice: Choice) -> str:
    """Return the unit of the outcome, or nothing where the table tells none."""
    if choice.outcome is not None:
        return table.units.get(choice.outcome, "")
    units = set(table.units.values())
    return units.pop() if len(units) == 1 else ""


def _known(table: StudyTable, name: str, names: list[str]) -> str:
    if name not in names:
        raise InputError(f"{table.name}: no treatment {name!r}; there are {', '.join(names[:12])}")
    return name


def pair(table: StudyTable, names: list[str], choice: Choice) -> tuple[str, str]:
    """Return which treatment is compared with which control.

    Raises
    ------
    InputError
        If that is open, or a name chosen is not in the table.
    """
    chosen = [_known(table, n, names) for n in (choice.treatment, choice.against) if n is not None]
    if len(chosen) == 2:
        return chosen[0], chosen[1]
    if len(names) == 2:
        first, second = names
        if choice.treatment is not None:
            return choice.treatment, second if choice.treatment == first else first
        inert = [name for name in names if name.lower() in INERT_WORDS]
        against = choice.against or (inert[0] if len(inert) == 1 else None)
        if against is not None:
            return (second if against == first else first), against
        raise InputError(
            f"{table.name}: compares {first!r} and {second!r}; say which is the control with "
            "--against"
        )
    raise InputError(
        f"{table.name}: holds {len(names)} treatments ({', '.join(names[:6])}); choose two with "
        "--treatment and --against, or compare all with 'anagen evidence network'"
    )
