"""What happened to people who received nothing active in randomised trials: the natural course."""

import math

from anagen.evidence.question import Question, is_about
from anagen.evidence.spread import (
    Lender,
    SdStatus,
    baseline_of,
    is_read,
    is_usable,
    people,
    sd_of_change,
)  # fmt: skip
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.evidence_rules import Window
from anagen.facts.study import Arm, Observation, Study
from anagen.frozen import Record


class ControlChange(Record):
    """The change of density in one inert control arm, in hairs/cm²."""

    study: Slug
    arm: Slug
    arm_label: str
    measure: Slug
    week: float
    change_per_cm2: float
    se_per_cm2: float
    n: int
    sd_status: SdStatus
    source: list[Slug]


def _is_inert(arm: Arm, week: float) -> bool:
    return arm.people is None and not arm.active(week)


def change_of(study: Study, o: Observation) -> float | None:
    """Return the change (hairs/cm²) that an observation gives: printed, or level minus baseline."""
    if o.value_per_cm2 is None or o.from_week is not None or o.versus is not None:
        return None
    if o.statistic == "mean_change":
        return float(o.value_per_cm2)
    before = baseline_of(study, o.arm, o.measure)
    if o.statistic == "mean_level" and o.week and before and before.value_per_cm2 is not None:
        return float(o.value_per_cm2 - before.value_per_cm2)
    return None


def control_changes(
    question: Question, window: Window, facts: Facts, lends: Lender
) -> list[ControlChange]:
    """Return the latest change of each inert control arm of the randomised trials in a window.

    The first of the density measures that an arm gives is used, as for contrasts.
    """
    wanted = facts.evidence_rules.density_measures
    found: dict[tuple[str, str], ControlChange] = {}
    for name, study in facts.studies.items():
        trusted = is_usable(study) and not study.outlier and study.design.randomised
        if not trusted or not is_about(study, question):
            continue
        if study.design.kind != "randomised_trial":
            continue
        for o in study.observations:
            arm = study.arms.get(o.arm)
            if arm is None or not o.week or o.measure not in wanted or not is_read(o):
                continue
            if not window.from_week <= o.week <= window.to_week or not _is_inert(arm, o.week):
                continue
            change, counted = change_of(study, o), people(study, o.arm, o)
            spread = sd_of_change(study, o, lends)
            if change is None or counted is None or spread is None:
                continue
            held = found.get((name, o.arm))
            rank = (float(o.week), -wanted.index(o.measure))
            if held is not None and rank <= (held.week, -wanted.index(held.measure)):
                continue
            found[name, o.arm] = ControlChange(
                study=name, arm=o.arm, arm_label=arm.label, measure=o.measure,
                week=float(o.week), change_per_cm2=change,
                se_per_cm2=spread.sd_per_cm2 / math.sqrt(counted[0]), n=counted[0],
                sd_status=spread.status, source=o.source,
            )  # fmt: skip
    return list(found.values())
