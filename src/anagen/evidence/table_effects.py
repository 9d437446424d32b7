"""From a table of studies to the effects of one comparison, or of single arms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anagen.errors import InputError
from anagen.evidence.table_arms import (
    ArmMean,
    alike,
    arm_mean,
    is_change,
    kind_chosen,
    kinds_said,
    said_of,
)
from anagen.evidence.table_choice import (
    Choice,
    narrowed,
    pair,
    refuse_measure,
    refuse_repeats,
    unit_of,
)
from anagen.evidence.table_counts import empty_said, refuse_all_empty, tells_nothing
from anagen.evidence.tables import ArmRow, StudyTable
from anagen.synthesis.effects import MEASURES, Effects, effect_sizes
from anagen.synthesis.weighted import Array

COMPARISONS = {
    "means": ("MD", "SMD", "SMDH", "ROM", "CVR", "VR"),
    "events": ("RR", "OR", "RD", "PETO", "AS"),
    "rates": ("IRR", "IRD", "IRSD"),
}
"""Effect sizes of two arms, by what the arms hold; the first is taken where none is chosen."""
SINGLE = {
    "means": ("MN", "MNLN", "CVLN", "SDLN"),
    "events": ("PR", "PLN", "PLO", "PAS", "PFT"),
    "rates": ("IR", "IRLN", "IRS"),
}
GIVEN_RATIOS = {"OR": "log odds ratio", "RR": "log risk ratio", "HR": "log hazard ratio"}
STANDARDISED = frozenset({"SMD", "SMDH"})
RATIOS_OF_MEANS = frozenset({"ROM", "CVR"})
SD_OF_CHANGE = (
    "differences are divided by the SD of the change, not that of people: they are larger or "
    "smaller than standardised differences of levels and are not to be set beside them"
)
UNCONTROLLED = (
    "these arms have no control: their change holds season, regression to the mean and the "
    "measurement itself, and says nothing of efficacy"
)


@dataclass(frozen=True, eq=False)
class TableEffects:
    """The k effects of one comparison: labels, y, v, what they are, and what was assumed.

    `rows` are places in the table's list of rows, for moderators and subgroups. `rests_on_r` says
    that a variance rests on a correlation that the table does not tell.
    """

    measure: str
    words: str
    scale: str
    unit: str
    null: float | None
    studies: list[str]
    y: Array
    v: Array
    n: list[int | None]
    rows: list[int]
    status: list[str]
    notes: list[str] = field(default_factory=list)
    rests_on_r: bool = False
    is_controlled: bool = True


@dataclass(frozen=True)
class LentCorrelations:
    """Correlations assumed where a table tells none: baseline–follow-up, and of two sides."""

    before_after: float
    between_sides: float


def effects_of(table: StudyTable, choice: Choice, lent: LentCorrelations) -> TableEffects:
    """Return the effects of one comparison, or of single arms where no study has a control.

    Parameters
    ----------
    table:
        Of any layout.
    choice:
        What to take where the table leaves a choice.
    lent:
        Correlations that are assumed where the table tells none.

    Raises
    ------
    InputError
        If a choice is open, a study gives two effects, or a number cannot be used.
    """
    if table.layout == "effects":
        return _of_effects(table, choice)
    if table.layout == "contrasts":
        return _of_contrasts(table, choice)
    return _of_arms(table, choice, lent)


def _given(table: StudyTable) -> tuple[str, str, str]:
    """Return what effects are that a table gives ready: measure, words and scale."""
    if table.ratio is None:
        return "as given", "effects as the table gives them", "as given"
    return table.ratio, f"{GIVEN_RATIOS[table.ratio]} as the table gives it", "log"


def _of_effects(table: StudyTable, choice: Choice) -> TableEffects:
    refuse_measure(table, choice)
    kept = narrowed(table, table.effects, choice)
    for name, wanted in (("treatment", choice.treatment), ("control", choice.against)):
        if wanted is not None:
            kept = [(i, row) for i, row in kept if getattr(row, name) == wanted]
            if not kept:
                raise InputError(f"{table.name}: no row has the {name} {wanted!r}; look at them")
    studies = [row.study for _, row in kept]
    refuse_repeats(table, studies)
    measure, words, scale = _given(table)
    return TableEffects(
        measure=measure, words=words, scale=scale,
        unit=unit_of(table, choice), null=0.0, studies=studies,
        y=np.array([row.effect for _, row in kept]),
        v=np.array([row.variance for _, row in kept]), n=[row.n for _, row in kept],
        rows=[i for i, _ in kept], status=["reported"] * len(kept),
    )  # fmt: skip


def _of_contrasts(table: StudyTable, choice: Choice) -> TableEffects:
    refuse_measure(table, choice)
    kept = narrowed(table, table.contrasts, choice)
    names = sorted({name for _, r in kept for name in (r.treatment_1, r.treatment_2)})
    treatment, against = pair(table, names, choice)
    wanted = [(i, r) for i, r in kept if {r.treatment_1, r.treatment_2} == {treatment, against}]
    if not wanted:
        raise InputError(
            f"{table.name}: no study compares {treatment!r} with {against!r}; see "
            "'anagen evidence network' for what the others tell"
        )
    studies = [r.study for _, r in wanted]
    refuse_repeats(table, studies)
    signs = [1.0 if r.treatment_1 == treatment else -1.0 for _, r in wanted]
    measure, words, scale = _given(table)
    if table.ratio is None:
        words = f"{treatment} minus {against}, as the table gives it"
    else:
        words = f"{words}, {treatment} against {against}"
    return TableEffects(
        measure=measure, words=words, scale=scale, unit=unit_of(table, choice), null=0.0,
        studies=studies,
        y=np.array([s * r.effect for s, (_, r) in zip(signs, wanted, strict=True)]),
        v=np.array([r.se**2 for _, r in wanted]), n=[None] * len(wanted),
        rows=[i for i, _ in wanted], status=["reported"] * len(wanted),
    )  # fmt: skip


def _measure(
    table: StudyTable, choice: Choice, known: Mapping[str, tuple[str, ...]], kind: str
) -> str:
    if choice.measure is None:
        return known[kind][0]
    if choice.measure not in known[kind]:
        raise InputError(
            f"{table.name}: holds {kind}, from which no {choice.measure} comes; choose one of "
            f"{', '.join(known[kind])}"
        )
    return choice.measure


def _of_arms(table: StudyTable, choice: Choice, lent: LentCorrelations) -> TableEffects:
    kept = narrowed(table, table.arms, choice)
    by_study: dict[str, list[tuple[int, ArmRow]]] = {}
    for i, row in kept:
        by_study.setdefault(row.study, []).append((i, row))
    if all(len(rows) == 1 for rows in by_study.values()):
        return _single(table, kept, choice, lent)
    names = sorted({row.treatment for _, row in kept})
    treatment, against = pair(table, names, choice)
    pairs: list[tuple[tuple[int, ArmRow], ArmRow]] = []
    alone = []
    for study, rows in by_study.items():
        named = [entry for entry in rows if entry[1].treatment in (treatment, against)]
        refuse_repeats(table, [f"{study}: {row.treatment}" for _, row in named])
        by_name = {row.treatment: (i, row) for i, row in named}
        if len(by_name) == 2:
            pairs.append((by_name[treatment], by_name[against][1]))
        else:
            alone.append(study)
    if not pairs:
        raise InputError(f"{table.name}: no study compares {treatment!r} with {against!r}")
    notes = []
    if alone:
        notes.append(f"not in this comparison: {', '.join(alone[:12])}")
    return _compared(table, choice, lent, pairs, f"{treatment} against {against}", notes)


def _inputs_of_counts(pairs: list[tuple[ArmRow, ArmRow]], kind: str) -> dict[str, list[float]]:
    size = "n" if kind == "events" else "exposure"
    letter = "n" if kind == "events" else "t"
    return {
        "x1": [float(a.events or 0) for a, _ in pairs],
        f"{letter}1": [float(getattr(a, size)) for a, _ in pairs],
        "x2": [float(b.events or 0) for _, b in pairs],
        f"{letter}2": [float(getattr(b, size)) for _, b in pairs],
    }


def _compared(
    table: StudyTable,
    choice: Choice,
    lent: LentCorrelations,
    pairs: list[tuple[tuple[int, ArmRow], ArmRow]],
    words: str,
    notes: list[str],
) -> TableEffects:
    rows = [(a, b) for (_, a), b in pairs]
    kind = kind_chosen(table, [row for both in rows for row in both], choice.measure, COMPARISONS)
    measure = _measure(table, choice, COMPARISONS, kind)
    if kind != "means":
        empty = [a.study for a, b in rows if tells_nothing((a, b), measure)]
        notes = [*notes, *empty_said(empty, keep_empty=choice.keep_empty)]
        pairs = [e for e in pairs if choice.keep_empty or e[0][1].study not in empty]
        refuse_all_empty(table, measure, len(pairs))
        rows = [(a, b) for (_, a), b in pairs]
    means: list[tuple[ArmMean, ArmMean]] = []
    if kind == "means":
        changes = {a.study: alike(table, [a, b]) for a, b in rows}
        refuse_scale(table, measure, changes)
        means = [
            (
                arm_mean(table, a, lent.before_after, of_change=changes[a.study], measure=measure),
                arm_mean(table, b, lent.before_after, of_change=changes[a.study], measure=measure),
            )
            for a, b in rows
        ]
        notes = [*notes, *kinds_said(changes), *_said_of_pairs(means, rows)]
        if measure in STANDARDISED and all(changes.values()):
            notes.append(SD_OF_CHANGE)
        sides = {"m1": "mean", "sd1": "sd", "n1": "n"}
        inputs: dict[str, Any] = {
            **{key: [getattr(a, name) for a, _ in means] for key, name in sides.items()},
            **{
                key.replace("1", "2"): [getattr(b, name) for _, b in means]
                for key, name in sides.items()
            },
        }
    else:
        inputs = _inputs_of_counts(rows, kind)
    wanted = {name: inputs[name] for name in MEASURES[measure].inputs}
    found = effect_sizes(measure, **wanted)
    v, split = _split_variances(found, rows, means, measure, lent)
    return TableEffects(
        measure=measure, words=f"{_words(measure)}, {words}", scale=found.scale,
        unit=unit_of(table, choice) if found.scale == "raw" else "", null=MEASURES[measure].null,
        studies=[a.study for a, _ in rows], y=found.y, v=v,
        n=_people(rows, split),
        rows=[i for (i, _), _ in pairs],
        status=_statuses(means) if means else ["reported"] * len(rows),
        notes=notes + _count_notes(found, [a.study for a, _ in rows]) + _split_note(split, lent),
        rests_on_r=any(split) or any(a.rests_on_r or b.rests_on_r for a, b in means),
    )  # fmt: skip


def _words(measure: str) -> str:
    """Return what the numbers are: a ratio that is pooled on its logarithm is called that."""
    known = MEASURES[measure]
    is_named = known.scale != "log" or "log" in known.words
    return known.words if is_named else f"log {known.words}"


def refuse_scale(table: StudyTable, measure: str, changes: dict[str, bool]) -> None:
    """Refuse to standardise changes and levels in one pool, and ratios of changes.

    `changes` tells of each study whether its arms are compared by changes.

    Raises
    ------
    InputError
        If that is asked for.
    """
    if measure in STANDARDISED and any(changes.values()) and not all(changes.values()):
        raise InputError(
            f"{table.name}: changes and levels have different standard deviations, so that their "
            f"{measure} cannot be pooled together; use MD, or keep the studies of one kind"
        )
    if measure in RATIOS_OF_MEANS and any(changes.values()):
        study = next(name for name, is_of_change in changes.items() if is_of_change)
        raise InputError(
            f"{table.name}: study {study!r} tells changes, of which no {measure} is made; give "
            "levels (mean, sd) without a baseline, or use MD"
        )


def _said_of_pairs(
    means: list[tuple[ArmMean, ArmMean]], rows: list[tuple[ArmRow, ArmRow]]
) -> list[str]:
    return said_of(
        [mean for both in means for mean in both], [row.study for both in rows for row in both]
    )


def _split_variances(
    found: Effects,
    rows: list[tuple[ArmRow, ArmRow]],
    means: list[tuple[ArmMean, ArmMean]],
    measure: str,
    lent: LentCorrelations,
) -> tuple[Array, list[bool]]:
    """Return variances in which the two sides of one scalp, or of one person, are correlated."""
    split = [bool(means) and a.design in ("split_scalp", "crossover") for a, _ in rows]
    v = found.v.copy()
    for i, is_split in enumerate(split):
        if not is_split:
            continue
        if measure != "MD":
            raise InputError(
                f"study {rows[i][0].study!r} compares two sides of one person; only the mean "
                "difference (MD) is computed from such pairs"
            )
        a, b = means[i]
        r = lent.between_sides
        if a.is_sized and b.is_sized:
            v[i] = (a.sd**2 + b.sd**2 - 2 * r * a.sd * b.sd) / min(a.n, b.n)
        else:
            v[i] = a.se**2 + b.se**2 - 2 * r * a.se * b.se
    return v, split


def _people(rows: list[tuple[ArmRow, ArmRow]], split: list[bool]) -> list[int | None]:
    """Return how many people a comparison rests on; two sides of one person count once."""
    return [
        None if a.n is None or b.n is None else min(a.n, b.n) if both else a.n + b.n
        for (a, b), both in zip(rows, split, strict=True)
    ]


def _split_note(split: list[bool], lent: LentCorrelations) -> list[str]:
    if not any(split):
        return []
    return [
        f"two sides of one person are compared in {sum(split)} of {len(split)}; the correlation "
        f"of the sides is assumed, {lent.between_sides:g}, and people are counted once"
    ]


def _statuses(means: list[tuple[ArmMean, ArmMean]]) -> list[str]:
    order = ["reported", "algebraic", "borrowed", "assumed"]
    return [max((a.status, b.status), key=order.index) for a, b in means]


def _count_notes(found: Effects, studies: list[str]) -> list[str]:
    notes = []
    if found.corrected:
        named = ", ".join(studies[i] for i in found.corrected[:12])
        notes.append(f"1/2 was added to every cell of tables with an empty one: {named}")
    return notes


def _single(
    table: StudyTable, kept: list[tuple[int, ArmRow]], choice: Choice, lent: LentCorrelations
) -> TableEffects:
    rows = [row for _, row in kept]
    kind = kind_chosen(table, rows, choice.measure, SINGLE)
    measure = _measure(table, choice, SINGLE, kind)
    means: list[ArmMean] = []
    said: list[str] = []
    if kind == "means":
        means = [arm_mean(table, row, lent.before_after, measure=measure) for row in rows]
        said = [
            *kinds_said({row.study: is_change(row) for row in rows}),
            *said_of(means, [row.study for row in rows]),
        ]
        inputs: dict[str, Any] = {
            "m": [a.mean for a in means], "sd": [a.sd for a in means], "n": [a.n for a in means],
        }  # fmt: skip
    else:
        size = "n" if kind == "events" else "exposure"
        inputs = {"x": [row.events for row in rows]}
        inputs["n" if kind == "events" else "t"] = [getattr(row, size) for row in rows]
    found = effect_sizes(measure, **{name: inputs[name] for name in MEASURES[measure].inputs})
    return TableEffects(
        measure=measure, words=f"{_words(measure)} of single arms", scale=found.scale,
        unit=unit_of(table, choice) if found.scale == "raw" else "", null=None,
        studies=[row.study for row in rows], y=found.y, v=found.v, n=[row.n for row in rows],
        rows=[i for i, _ in kept],
        status=[a.status for a in means] if means else ["reported"] * len(rows),
        notes=[UNCONTROLLED, *said, *_count_notes(found, [row.study for row in rows])],
        rests_on_r=any(a.rests_on_r for a in means), is_controlled=False,
    )  # fmt: skip
