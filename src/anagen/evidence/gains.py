"""Gains without a control group: what people had more of afterwards, whatever the cause.

Season, regression to the mean, other treatments and the measurement itself are in these numbers;
they are shown apart and never count as efficacy.
"""

import msgspec

from anagen.evidence.contrasts import Contrast
from anagen.evidence.question import Question, is_about, is_treated
from anagen.evidence.spread import NS_COUNTED, baseline_of, is_read, is_usable, people
from anagen.facts import Facts
from anagen.facts.base import Slug, Status
from anagen.facts.study import DesignKind, Observation, Stage, Study
from anagen.frozen import Record


class Gain(Record):
    """The change of density in one arm without a control: hairs/cm², or percent of baseline."""

    study: Slug
    arm: Slug
    arm_label: str
    measure: Slug
    week: float | None
    design: DesignKind
    stage: Stage
    status: Status
    source: list[Slug]
    gain_per_cm2: float | None = None
    sd_per_cm2: float | None = None
    gain_percent: float | None = None
    n: int | None = None
    cautions: list[str] = msgspec.field(default_factory=list)


def _gain(study_id: str, study: Study, o: Observation) -> Gain | None:
    per_cm2 = sd = percent = None
    if o.statistic == "mean_change" and o.value_per_cm2 is not None and o.from_week is None:
        per_cm2 = float(o.value_per_cm2)
        if o.dispersion and o.dispersion.kind == "sd" and o.dispersion.value_per_cm2 is not None:
            sd = float(o.dispersion.value_per_cm2)
    elif o.statistic == "mean_level" and o.value_per_cm2 is not None and o.week != 0:
        before = baseline_of(study, o.arm, o.measure)
        if before is None or before.value_per_cm2 is None:
            return None
        per_cm2 = float(o.value_per_cm2 - before.value_per_cm2)
    elif o.statistic == "percent_change" and isinstance(o.value, int | float):
        percent = float(o.value)
    else:
        return None
    known = people(study, o.arm, o)
    return Gain(
        study=study_id, arm=o.arm, arm_label=study.arms[o.arm].label, measure=o.measure,
        week=None if o.week is None else float(o.week), design=study.design.kind,
        stage=study.stage, status="derived" if o.statistic == "mean_level" else o.status,
        source=o.source, gain_per_cm2=per_cm2, sd_per_cm2=sd, gain_percent=percent,
        n=known[0] if known and known[1] in NS_COUNTED else None, cautions=study.flags,
    )  # fmt: skip


def gains(question: Question, facts: Facts, used: list[Contrast]) -> list[Gain]:
    """Return the latest gain of each arm that receives what is asked, outside controlled contrasts.

    A percentage is given only where no gain in hairs/cm² is known for the same arm.
    """
    controlled = {c.study for c in used}
    terms = facts.vocabulary.treatments
    found: dict[tuple[str, str, str], Gain] = {}
    for study_id, study in facts.studies.items():
        if study_id in controlled or not is_about(study, question) or not is_usable(study):
            continue
        for o in study.observations:
            arm = study.arms.get(o.arm)
            if (
                arm is None
                or arm.people
                or o.measure not in facts.evidence_rules.density_measures
                or not is_read(o)
            ):
                continue
            if o.versus is not None or not is_treated(arm, o.week or 0, question, terms).fits:
                continue
            gain = _gain(study_id, study, o)
            if gain is None:
                continue
            kind = "percent" if gain.gain_per_cm2 is None else "per_cm2"
            key = (study_id, o.arm, kind)
            if key not in found or (gain.week or 0) >= (found[key].week or 0):
                found[key] = gain
    return [
        gain
        for (study_id, arm_id, kind), gain in found.items()
        if kind == "per_cm2" or (study_id, arm_id, "per_cm2") not in found
    ]
