"""Dose and response: of the trials of the facts, and of a table of arms with doses."""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.evidence.arm_visits import ArmVisit, arm_visits
from anagen.evidence.documents import TableRead
from anagen.evidence.question import Question
from anagen.evidence.spread import lender
from anagen.evidence.table_analysis import lent, read
from anagen.evidence.table_arms import arm_mean
from anagen.evidence.table_choice import Choice, narrowed, unit_of
from anagen.evidence.tables import StudyTable
from anagen.evidence.trial_network import CONTROL, NotInNetwork, less
from anagen.facts import Facts
from anagen.facts.base import Sex, Slug
from anagen.facts.evidence_rules import EvidenceRules
from anagen.frozen import Record
from anagen.synthesis.dose_response import (
    SHAPES,
    DoseCurve,
    DoseNotEvaluable,
    dose_response,
)

SHAPE_NAMES = tuple(SHAPES)
FIRST = ("emax", "log_linear", "linear", "spline")
"""The shape that is shown is the first of these that the doses can tell."""
STEPS = 60


class DoseArm(Record):
    """The mean of one arm at its dose; 0 is no dose of the treatment in question."""

    study: str
    dose: float
    mean: float
    se: float
    n: int | None = None
    week: float | None = None


class DoseDifference(Record):
    """What one trial showed at one dose: that arm less the trial's arm at `against`."""

    study: str
    dose: float
    against: float
    difference: float
    se: float
    n: int | None = None


class DoseAnalysis(Record):
    """Every shape that was tried, `shown` the one that is drawn; null where none can be told."""

    unit: str
    dose_unit: str
    arms: list[DoseArm]
    observed: list[DoseDifference]
    curves: list[DoseCurve]
    not_evaluable: list[DoseNotEvaluable]
    shown: str | None = None
    words: list[str] = msgspec.field(default_factory=list)


class TableDose(Record):
    """The dose-response of a table."""

    schema: Literal["anagen/evidence-table-dose/1"]
    table: TableRead
    analysis: DoseAnalysis
    notes: list[str] = msgspec.field(default_factory=list)


class FactsDose(Record):
    """The dose-response of one treatment in the randomised trials of the facts."""

    schema: Literal["anagen/evidence-dose/1"]
    option: Slug
    condition: Slug
    sex: Sex | None
    analysis: DoseAnalysis
    left_out: list[NotInNetwork]
    notes: list[str] = msgspec.field(default_factory=list)


def _observed(arms: Sequence[DoseArm]) -> list[DoseDifference]:
    found = []
    for study in dict.fromkeys(arm.study for arm in arms):
        own = sorted((a for a in arms if a.study == study), key=lambda a: a.dose)
        base = own[0]
        found += [
            DoseDifference(
                study=study, dose=a.dose, against=base.dose, difference=a.mean - base.mean,
                se=math.hypot(a.se, base.se),
                n=None if a.n is None or base.n is None else a.n + base.n,
            )
            for a in own[1:]
        ]  # fmt: skip
    return found


def dose_analysis(
    arms: Sequence[DoseArm], *, unit: str, dose_unit: str, shape: str | None = None
) -> DoseAnalysis:
    """Fit every shape to arms of several doses.

    Parameters
    ----------
    arms:
        One of each trial and dose.
    unit, dose_unit:
        Of the means and of the doses.
    shape:
        The shape to show; the first that can be told if not given.

    Raises
    ------
    InputError
        If arms cannot be used.
    """
    doses = np.array([arm.dose for arm in arms])
    top = float(doses.max(initial=0.0))
    if not top > 0:
        raise InputError("no arm has a dose above 0, so there is no response to a dose")
    low = float(doses[doses > 0].min())
    at = np.unique([*np.linspace(0, top, STEPS + 1), *np.geomspace(low, top, STEPS), *doses])
    found = dose_response(
        [a.study for a in arms], doses, [a.mean for a in arms], [a.se for a in arms], at=at
    )
    curves = [c for c in found if isinstance(c, DoseCurve)]
    told = {c.shape for c in curves}
    wanted = [shape] if shape is not None else FIRST
    counts = {s: sum(a.study == s for a in arms) for s in dict.fromkeys(a.study for a in arms)}
    enough = [s for s, k in counts.items() if k >= 3]
    words = [
        f"{len(enough)} of {len(counts)} trials have three doses or more (no dose counts as one)"
        + (f": {', '.join(enough[:8])}." if enough else ".")
    ]
    return DoseAnalysis(
        unit=unit, dose_unit=dose_unit, arms=list(arms), observed=_observed(arms), curves=curves,
        not_evaluable=[c for c in found if isinstance(c, DoseNotEvaluable)],
        shown=next((s for s in wanted if s in told), None), words=words,
    )  # fmt: skip


def table_dose(
    table: StudyTable,
    choice: Choice,
    rules: EvidenceRules,
    *,
    dose_unit: str = "",
    shape: str | None = None,
) -> TableDose:
    """Fit the dose-response of a table of arms with a column of doses.

    Parameters
    ----------
    table, choice:
        The table, and the outcome and visit where it holds several.
    rules:
        Of the facts: which correlation of before and after is assumed where none is told.
    dose_unit, shape:
        The unit in words, and the shape to show.

    Raises
    ------
    InputError
        If the table holds no arms with doses, or a number cannot be used.
    """
    if table.layout != "arms":
        raise InputError(
            f"{table.name}: holds {table.layout}; a dose-response needs one row per arm and dose"
        )
    arms, seen, rests = [], dict[tuple[str, float], int](), False
    for _, row in narrowed(table, table.arms, choice):
        if row.dose is None or row.dose < 0:
            raise InputError(
                f"{table.name}, line {row.line}: needs a dose, 0 for the control; fill the column "
                "dose"
            )
        if seen.setdefault((row.study, row.dose), row.line) != row.line:
            raise InputError(
                f"{table.name}, line {row.line}: study {row.study!r} has dose {row.dose:g} twice "
                f"(line {seen[row.study, row.dose]} too); choose one with --week or --outcome"
            )
        if row.se is not None and row.mean is not None and row.baseline_mean is None:
            mean, se = row.mean, row.se
        else:
            found = arm_mean(table, row, lent(rules).before_after)
            mean, se, rests = found.mean, found.sd / math.sqrt(found.n), rests or found.rests_on_r
        arms.append(DoseArm(study=row.study, dose=row.dose, mean=mean, se=se, n=row.n,
                            week=row.week))  # fmt: skip
    value = rules.correlation_before_after.number()
    return TableDose(
        schema="anagen/evidence-table-dose/1", table=read(table),
        analysis=dose_analysis(
            arms, unit=unit_of(table, choice), dose_unit=dose_unit, shape=shape
        ),
        notes=[f"the correlation of before and after is assumed, {value:g}"] if rests else [],
    )  # fmt: skip


def facts_dose(
    option: Slug,
    asked: Question,
    facts: Facts,
    *,
    shape: str | None = None,
    without: Sequence[Slug] = (),
) -> FactsDose:
    """Fit the dose-response of one treatment, given alone, in the randomised trials.

    Parameters
    ----------
    option:
        A treatment.
    asked:
        The condition, the sex and the weeks; its components are not read.
    facts:
        All facts.
    shape:
        The shape to show.
    without:
        Studies to leave out, to see what they do.

    Raises
    ------
    InputError
        If a study to leave out is not there, or arms cannot be used.
    """
    facts = less(facts, without)
    made = arm_visits(asked, facts, lender(facts))
    dosed = [(v, d) for v in made.visits if (d := _dose_of(v, option, facts)) is not None]
    units = [unit for _, (_, unit) in dosed if unit is not None]
    unit = max(dict.fromkeys(units), key=units.count) if units else ""
    left = [
        NotInNetwork(study=v.study, reason=f"its dose is in {u}, not in {unit}")
        for v, (_, u) in dosed if u not in (None, unit)
    ]  # fmt: skip
    dosed = [(v, (dose, u)) for v, (dose, u) in dosed if u in (None, unit)]
    arms, visits = _latest(dosed)
    analysis = _nothing(option)
    if any(arm.dose > 0 for arm in arms):
        analysis = dose_analysis(arms, unit="hairs/cm2", dose_unit=unit, shape=shape)
    return FactsDose(
        schema="anagen/evidence-dose/1", option=option, condition=asked.condition, sex=asked.sex,
        analysis=analysis,
        left_out=list({x.study: x for x in left}.values()), notes=_notes(visits, asked, without),
    )  # fmt: skip


def _nothing(option: Slug) -> DoseAnalysis:
    reason = (
        f"no randomised trial compares doses of {option} given alone, with a change in hairs/cm² "
        "of each arm"
    )
    return DoseAnalysis(
        unit="hairs/cm2", dose_unit="", arms=[], observed=[], curves=[],
        not_evaluable=[DoseNotEvaluable(shape=s, reason=reason) for s in SHAPE_NAMES],
    )  # fmt: skip


def _dose_of(v: ArmVisit, option: Slug, facts: Facts) -> tuple[float, str | None] | None:
    """Return dose and unit of an arm that got the treatment alone, or nothing active."""
    if v.treatment == CONTROL:
        return 0.0, None
    arm = facts.studies[v.study].arms[v.arm]
    if arm.active(v.week) != frozenset({option}):
        return None
    for component in arm.components:
        if component.treatment == option and isinstance(component.dose, int | float):
            return float(component.dose), component.dose_unit
    return None


def _latest(
    dosed: Sequence[tuple[ArmVisit, tuple[float, str | None]]],
) -> tuple[list[DoseArm], list[ArmVisit]]:
    """Return the arms of each trial at the latest visit that shows most of its doses."""
    arms: list[DoseArm] = []
    visits: list[ArmVisit] = []
    for trial in dict.fromkeys(v.trial for v, _ in dosed):
        own = [(v, dose) for v, (dose, _) in dosed if v.trial == trial]
        weeks = {v.week for v, _ in own}
        week = max(weeks, key=lambda w: (len({d for v, d in own if v.week == w}), w))
        by_dose = {dose: v for v, dose in reversed(own) if v.week == week}
        if len(by_dose) < 2 or not any(by_dose):
            continue
        visits += by_dose.values()
        arms += [
            DoseArm(study=trial, dose=dose, mean=v.change_per_cm2, se=v.se_per_cm2, n=v.n,
                    week=week)
            for dose, v in sorted(by_dose.items())
        ]  # fmt: skip
    return arms, visits


def _notes(visits: Sequence[ArmVisit], asked: Question, without: Sequence[Slug]) -> list[str]:
    notes = [
        "placebo, vehicle and no treatment are dose 0; each trial gives its latest visit with most "
        "doses, by the first way of counting that two of its arms give"
    ]
    if without:
        notes.append(f"left out as asked: {', '.join(without)}")
    lent_by = sorted({v.study for v in visits if v.sd_status not in ("reported", "algebraic")})
    if lent_by:
        notes.append(f"the spread was not printed and is borrowed or assumed: {', '.join(lent_by)}")
    if asked.sex is None:
        notes.append("trials of men and of women are taken together; see --sex")
    return notes
