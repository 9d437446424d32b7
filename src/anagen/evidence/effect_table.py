"""Effect sizes of every row of a table, with variances and intervals and without any pooling."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.evidence.documents import TableRead
from anagen.evidence.effect_inputs import MEANINGS, Inputs, fitting, read_inputs
from anagen.evidence.table_analysis import lent, read
from anagen.evidence.table_arms import kind_chosen
from anagen.evidence.table_choice import Choice
from anagen.evidence.table_effects import COMPARISONS, SINGLE, UNCONTROLLED, effects_of
from anagen.evidence.tables import Layout, read_table
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.sheet import open_sheet
from anagen.facts.evidence_rules import EvidenceRules
from anagen.frozen import Record
from anagen.synthesis.effects import MEASURES, Effects, double_arcsine_back, effect_sizes
from anagen.synthesis.weighted import Array

OF_ARMS = {kind: COMPARISONS[kind] + SINGLE[kind] for kind in COMPARISONS}
MARK = "anagen_measure"
"""The last column of the file of effects: by it the file is known as ours."""


BEFORE_AFTER = (
    "a change from before to after within one group has no control; a difference of two sites of "
    "the same people has one"
)


class EffectSize(Record):
    """One effect on the scale of analysis; `back` is estimate, low and high as people read them."""

    study: str
    effect: float
    variance: float
    se: float
    low: float
    high: float
    line: int | None = None
    n: int | None = None
    status: str = "reported"
    back: list[float] = msgspec.field(default_factory=list)
    kept: dict[str, str] = msgspec.field(default_factory=dict)


class TableEffectSizes(Record):
    """The effect sizes of a table, none of them pooled.

    `is_controlled` is false for values of single groups, which are no effects of treatment.
    """

    schema: Literal["anagen/evidence-effects/1"]
    table: TableRead
    measure: str
    words: str
    scale: str
    unit: str
    level: float
    rows: list[EffectSize]
    is_controlled: bool = True
    null: float | None = None
    left_out: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


class MeasureWords(Record):
    """One measure of effect: what it is, and the columns that it needs with their meaning."""

    name: str
    words: str
    scale: str
    inputs: dict[str, str]
    is_comparison: bool


class EffectMeasures(Record):
    """Every measure of effect that is computed."""

    schema: Literal["anagen/evidence-measures/1"]
    measures: list[MeasureWords]


def measures() -> EffectMeasures:
    """Return every measure with its inputs in words."""
    return EffectMeasures(
        schema="anagen/evidence-measures/1",
        measures=[
            MeasureWords(
                name=m.name, words=m.words, scale=m.scale, is_comparison=m.null is not None,
                inputs={word: MEANINGS[word] for word in m.inputs},
            )
            for m in MEASURES.values()
        ],
    )  # fmt: skip


def effect_table(
    source: Path,
    choice: Choice,
    rules: EvidenceRules,
    *,
    layout: Layout | None = None,
    level: float = 0.95,
    correlation: float | None = None,
) -> TableEffectSizes:
    """Return the effect sizes of a table: from the inputs of a measure, or from arms.

    Parameters
    ----------
    source, layout:
        The file, and its layout where its columns allow two.
    choice:
        The measure and, of arms, the comparison.
    rules:
        Of the facts: which correlations are assumed where a table of arms tells none.
    level:
        Of the intervals, by the normal distribution.
    correlation:
        Of before and after, or of two sites, where the inputs need one and no column gives it.

    Raises
    ------
    InputError
        If the measure is not known, its inputs are not in the table, or a number cannot be used.
    """
    if choice.measure is not None and choice.measure not in MEASURES:
        raise InputError(
            f"there is no measure {clean(choice.measure)!r}; '--list' shows all "
            f"{len(MEASURES)}, such as MD, SMD, OR or PLO"
        )
    if choice.measure is not None:
        given = read_inputs(source, choice.measure, correlation=correlation)
        if given is not None:
            return _of_inputs(given, choice.measure, level)
    elif correlation is not None:
        raise InputError("--correlation needs --effect-size; say which measure it is for")
    if correlation is not None:
        raise InputError(_no_inputs(source, choice.measure))
    return _of_arms(source, choice, rules, layout, level)


def _no_inputs(source: Path, measure: str | None) -> str:
    sheet = open_sheet(source, clean(source.name))
    fits = fitting(sheet)
    wanted = ", ".join(MEASURES[measure].inputs) if measure else "those of a measure"
    known = f"its columns fit {', '.join(fits[:12])}" if fits else "its columns fit no measure"
    lead = f"{measure} needs the columns {wanted}" if measure else "say --effect-size"
    return f"{sheet.name}: {lead}; {known}"


def _of_arms(
    source: Path, choice: Choice, rules: EvidenceRules, layout: Layout | None, level: float
) -> TableEffectSizes:
    try:
        table = read_table(source, layout=layout)
    except InputError as error:
        if "fit no layout" not in str(error):
            raise
        raise InputError(_no_inputs(source, choice.measure)) from error
    if table.layout != "arms":
        raise InputError(
            f"{table.name}: holds {table.layout}, which are computed already; give it to "
            "'anagen evidence pool', or give arms or the inputs of a measure"
        )
    kind = kind_chosen(table, table.arms, choice.measure, OF_ARMS)
    if choice.measure is not None and choice.measure not in OF_ARMS[kind]:
        raise InputError(_no_inputs(source, choice.measure))
    made = effects_of(table, replace(choice, keep_empty=True), lent(rules))  # one row per trial
    return TableEffectSizes(
        schema="anagen/evidence-effects/1", table=read(table), measure=made.measure,
        words=made.words, scale=made.scale, unit=made.unit, level=level, null=made.null,
        is_controlled=made.is_controlled, notes=made.notes,
        rows=_rows(
            made.measure, made.studies, made.y, made.v, level, n=made.n, status=made.status,
            lines=[table.arms[i].line for i in made.rows], kept={},
        ),
    )  # fmt: skip


def _rows(
    measure: str,
    studies: Sequence[str],
    y: Array,
    v: Array,
    level: float,
    *,
    n: Sequence[int | None],
    status: Sequence[str],
    lines: Sequence[int],
    kept: dict[str, list[str]],
    people: Sequence[float] | None = None,
) -> list[EffectSize]:
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + level) / 2)
    found = []
    for i, study in enumerate(studies):
        se = math.sqrt(v[i])
        ends = [float(y[i]), float(y[i] - z * se), float(y[i] + z * se)]
        found.append(
            EffectSize(
                study=study, effect=ends[0], variance=float(v[i]), se=se, low=ends[1],
                high=ends[2], line=lines[i], n=n[i], status=status[i],
                back=_back(measure, ends, None if people is None else people[i]),
                kept={title: words[i] for title, words in kept.items()},
            )
        )  # fmt: skip
    return found


def _back(measure: str, ends: list[float], people: float | None) -> list[float]:
    """Return estimate and bounds as people read them; nothing where they are read as they are."""
    if MEASURES[measure].scale in ("raw", "standardised"):
        return []
    if measure == "PFT":
        return [] if people is None else double_arcsine_back(ends, people).tolist()
    return [float(b) for b in MEASURES[measure].back(ends)]


def _of_inputs(given: Inputs, measure: str, level: float) -> TableEffectSizes:
    found = _computed(given, measure)
    chosen = MEASURES[measure]
    notes = [] if chosen.null is not None else [UNCONTROLLED]
    if {"sd_pre", "sd_post"} & set(chosen.inputs):
        notes.append(BEFORE_AFTER)
    if found.corrected:
        named = ", ".join(given.studies[i] for i in found.corrected[:12])
        notes.append(f"1/2 was added to every cell of tables with an empty one: {named}")
    if found.double_zero:
        named = ", ".join(given.studies[i] for i in found.double_zero[:12])
        notes.append(f"no event, or nothing but events, in both groups; it tells nothing: {named}")
    n = _people(given)
    return TableEffectSizes(
        schema="anagen/evidence-effects/1",
        table=TableRead(
            name=given.name, layout="inputs of a measure", sha256=given.sha256,
            read_as=given.read_as,
        ),
        measure=measure, words=chosen.words, scale=found.scale, unit="", level=level,
        null=chosen.null, is_controlled=chosen.null is not None, left_out=given.left_out,
        notes=notes,
        rows=_rows(
            measure, given.studies, found.y, found.v, level, n=n,
            status=["reported"] * len(n), lines=given.lines, kept=given.kept,
            people=given.numbers.get("n"),
        ),
    )  # fmt: skip


def _people(given: Inputs) -> list[int | None]:
    parts = [given.numbers[word] for word in ("n", "n1", "n2") if word in given.numbers]
    sums = [sum(row) for row in zip(*parts, strict=True)] if parts else []
    if not sums:
        return [None] * len(given.studies)
    return [int(total) if total == int(total) else None for total in sums]


def _computed(given: Inputs, measure: str) -> Effects:
    """Return the effects; a number that cannot be is named by its line."""
    try:
        return effect_sizes(measure, **given.numbers)
    except InputError:
        for i, line in enumerate(given.lines):
            one = {word: np.array([values[i]]) for word, values in given.numbers.items()}
            try:
                effect_sizes(measure, **one)
            except InputError as error:
                said = str(error).replace("[0]", "")
                raise InputError(f"{given.name}: line {line}: {said}") from error
        raise


def effects_csv(document: TableEffectSizes) -> bytes:
    """Return the effects as a table that is pooled again: study, yi, vi, sei."""
    titles = list(document.rows[0].kept) if document.rows else []
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["study", "yi", "vi", "sei", *titles, MARK])
    for row in document.rows:
        writer.writerow([
            row.study, repr(row.effect), repr(row.variance), repr(row.se),
            *(row.kept[title] for title in titles), document.measure,
        ])  # fmt: skip
    return stream.getvalue().encode()
