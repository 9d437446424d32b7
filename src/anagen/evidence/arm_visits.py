"""Every visit of every arm of the randomised trials: its change of density, with its error.

Where a trial of two arms prints their difference at more visits than their changes, the difference
stands for the treated arm and 0 for the other, each with half of its variance. As a trial's own
course is free in every model, that is the difference itself, no more and no less.
"""

import math
from itertools import permutations

import msgspec

from anagen.evidence.contrasts import Contrast, contrast
from anagen.evidence.controls import change_of
from anagen.evidence.question import Question, is_about
from anagen.evidence.spread import Lender, SdStatus, is_read, people, sd_of_change
from anagen.evidence.trial_network import CONTROL, NotInNetwork, node_of, why_not
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.study import Study
from anagen.frozen import Record


class ArmVisit(Record):
    """The change of density (hairs/cm²) of one arm at one visit; `treatment` is a network's node.

    With `is_difference` it is no change: the treated arm holds the printed difference, the other 0.
    """

    trial: str
    study: Slug
    arm: Slug
    arm_label: str
    treatment: str
    week: float
    measure: Slug
    change_per_cm2: float
    se_per_cm2: float
    n: int
    sd_status: SdStatus
    source: list[Slug]
    is_difference: bool = False


class ArmVisits(Record):
    """The visits of all trials, and the randomised studies that give none, with the reason."""

    visits: list[ArmVisit]
    left_out: list[NotInNetwork] = msgspec.field(default_factory=list)


def _of_measure(
    name: str, part: str | None, measure: str, asked: Question, facts: Facts, lends: Lender
) -> list[ArmVisit]:
    study, found = facts.studies[name], dict[tuple[str, float], ArmVisit]()
    for o in study.observations:
        arm = study.arms.get(o.arm)
        fits = arm is not None and arm.people is None and arm.part == part
        if arm is None or not fits or not o.week or o.measure != measure or not is_read(o):
            continue
        if not asked.has_week(float(o.week)) or (o.arm, float(o.week)) in found:
            continue
        change, counted = change_of(study, o), people(study, o.arm, o)
        spread = sd_of_change(study, o, lends)
        if change is None or counted is None or spread is None:
            continue
        found[o.arm, float(o.week)] = ArmVisit(
            trial=name if part is None else f"{name}, {part}", study=name, arm=o.arm,
            arm_label=arm.label, treatment=node_of(arm, float(o.week), facts),
            week=float(o.week), measure=measure, change_per_cm2=change,
            se_per_cm2=spread.sd_per_cm2 / math.sqrt(counted[0]), n=counted[0],
            sd_status=spread.status, source=o.source,
        )  # fmt: skip
    return list(found.values())


def _one_arm_each(visits: list[ArmVisit]) -> list[ArmVisit]:
    """Keep the first arm of each treatment, while it receives what it received at first."""
    arm_of: dict[str, str] = {}
    first: dict[str, str] = {}
    for v in sorted(visits, key=lambda v: v.week):
        first.setdefault(v.arm, v.treatment)
    for v in visits:
        if v.treatment == first[v.arm]:
            arm_of.setdefault(v.treatment, v.arm)
    return [v for v in visits if v.treatment == first[v.arm] and arm_of[v.treatment] == v.arm]


def _trial(
    name: str, part: str | None, asked: Question, facts: Facts, lends: Lender
) -> list[ArmVisit]:
    """Return the visits of one randomisation by the first measure that two of its arms give."""
    for measure in facts.evidence_rules.density_measures:
        visits = _one_arm_each(_of_measure(name, part, measure, asked, facts, lends))
        both = visits if len({v.arm for v in visits}) > 1 else []
        apart = _of_differences(name, part, measure, asked, facts, lends)
        if both or apart:
            fewer = len({v.week for v in both}) < len({v.week for v in apart})
            return apart if fewer else both
    return []


def _of_differences(
    name: str, part: str | None, measure: str, asked: Question, facts: Facts, lends: Lender
) -> list[ArmVisit]:
    """Return the visits at which a trial of two arms gives their difference."""
    study = facts.studies[name]
    arms = [a for a, arm in study.arms.items() if arm.people is None and arm.part == part]
    if len(arms) != 2:
        return []
    weeks = sorted({float(o.week) for o in study.observations if o.week})
    for treated, other in permutations(arms):
        if node_of(study.arms[treated], weeks[0] if weeks else 1.0, facts) == CONTROL:
            continue
        found = [
            c
            for week in weeks
            if asked.has_week(week)
            and (c := contrast(name, (treated, other), measure, week, facts, lends)) is not None
        ]
        if found:
            return [v for c in found for v in _halves(name, part, c, facts)]
    return []


def _halves(name: str, part: str | None, c: Contrast, facts: Facts) -> list[ArmVisit]:
    study = facts.studies[name]
    sides = ((c.arm, c.effect_per_cm2, c.n_treated), (c.control, 0.0, c.n_control))
    return [
        ArmVisit(
            trial=name if part is None else f"{name}, {part}", study=name, arm=arm,
            arm_label=study.arms[arm].label,
            treatment=node_of(study.arms[arm], c.week, facts), week=c.week, measure=c.measure,
            change_per_cm2=value, se_per_cm2=c.se_per_cm2 / math.sqrt(2), n=n,
            sd_status=c.sd_status, source=c.source, is_difference=True,
        )
        for arm, value, n in sides
    ]  # fmt: skip


def _parts(study: Study) -> list[str | None]:
    return list(dict.fromkeys(arm.part for arm in study.arms.values()))


def arm_visits(asked: Question, facts: Facts, lends: Lender) -> ArmVisits:
    """Return every visit of the randomised trials of a condition and sex.

    Each trial gives one measure, the first of the density measures that two of its arms give.

    Parameters
    ----------
    asked:
        The condition, the sex and the weeks; its components are not read.
    facts, lends:
        All facts, and what trials lend to those that report no spread.
    """
    visits: list[ArmVisit] = []
    left_out: list[NotInNetwork] = []
    for name, study in facts.studies.items():
        if not is_about(study, asked) or not study.design.randomised:
            continue
        reason = why_not(study)
        found = []
        if reason is None:
            found = [v for p in _parts(study) for v in _trial(name, p, asked, facts, lends)]
            reason = "no change in hairs/cm² of two of its arms was read"
        visits += found
        if not found:
            left_out.append(NotInNetwork(study=name, reason=reason))
    return ArmVisits(visits=visits, left_out=left_out)
