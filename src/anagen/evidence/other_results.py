"""Results of randomised trials that are not in hairs/cm²: shown beside, never pooled with them."""

from anagen.evidence.contrasts import pairs
from anagen.evidence.question import Question, is_about
from anagen.evidence.spread import baseline_of, is_read, people
from anagen.facts import Facts
from anagen.facts.base import Slug, Status
from anagen.facts.study import Observation, Study
from anagen.frozen import Record

SHOWN = frozenset({
    "percent_change", "net_percent_difference", "median_change", "difference_of_medians",
    "mean_change", "net_difference", "cliffs_delta",
})  # fmt: skip


class OtherResult(Record):
    """What a randomised trial reports of a treated arm and its control, in the source's unit.

    `untreated_words` keep what was said of the control where no number was.
    """

    study: Slug
    arm: Slug
    control: Slug
    arm_label: str
    control_label: str
    measure: Slug
    statistic: Slug
    week: float
    unit: str | None
    status: Status
    source: list[Slug]
    treated: float | None = None
    untreated: float | None = None
    difference: float | None = None
    untreated_words: str | None = None
    p_value: str | None = None
    n_treated: int | None = None
    n_control: int | None = None


class Missing(Record):
    """What keeps the results of a controlled study out of the pool: data that were not read."""

    study: Slug
    what: list[str]
    source: list[Slug]


def _value(o: Observation | None) -> float | None:
    return float(o.value) if o is not None and isinstance(o.value, int | float) else None


def _of(study: Study, arm: str, like: Observation) -> Observation | None:
    """Return what was read of another arm at the same visit in the same measure."""
    for o in study.observations:
        same = (o.arm, o.measure, o.week) == (arm, like.measure, like.week)
        if same and is_read(o) and o.statistic in (like.statistic, "qualitative"):
            return o
    return None


def _is_density_per_cm2(o: Observation, facts: Facts) -> bool:
    wanted = facts.evidence_rules.density_measures
    return o.measure in wanted and o.value_per_cm2 is not None


def _result(study_id: str, study: Study, control: str, o: Observation) -> OtherResult:
    other = _of(study, control, o)
    between = o.versus is not None
    treated, untreated = (None, None) if between else (_value(o), _value(other))
    difference = _value(o) if between else None
    if treated is not None and untreated is not None:
        difference = treated - untreated
    words = other.value if other is not None and isinstance(other.value, str) else None
    counts = (people(study, o.arm, o), people(study, control, other))
    return OtherResult(
        study=study_id, arm=o.arm, control=control, arm_label=study.arms[o.arm].label,
        control_label=study.arms[control].label, measure=o.measure, statistic=o.statistic,
        week=float(o.week or 0), unit=o.unit, status=o.status, source=o.source, treated=treated,
        untreated=untreated, difference=difference, untreated_words=words, p_value=o.p_value,
        n_treated=counts[0][0] if counts[0] else None,
        n_control=counts[1][0] if counts[1] else None,
    )  # fmt: skip


def other_results(question: Question, facts: Facts) -> list[OtherResult]:
    """Return what randomised trials of a question report in other units than hairs/cm²."""
    found = []
    for study_id, study in facts.studies.items():
        if not is_about(study, question) or study.never_use or not study.design.randomised:
            continue
        for o in study.observations:
            if not o.week or not is_read(o) or o.statistic not in SHOWN:
                continue
            if _is_density_per_cm2(o, facts) or not question.has_week(o.week):
                continue
            controls = dict(pairs(study, question, o.week, facts, any_dose=True))
            control = controls.get(o.arm)
            if control is not None and o.versus in (None, control):
                found.append(_result(study_id, study, control, o))
    return found


def missing_data(study_id: str, study: Study, facts: Facts) -> Missing:
    """Return what was not read of a controlled study and would let its density be pooled."""
    wanted = facts.evidence_rules.density_measures
    counts = [o for o in study.observations if o.measure in wanted and is_read(o)]
    numeric = [o for o in counts if isinstance(o.value, int | float)]
    what = []
    if not numeric:
        what.append("any count or density of hairs, for both arms")
    if numeric and not any(o.value_per_cm2 is not None for o in numeric):
        if any(o.conversion and o.conversion.how == "area_unknown" for o in numeric):
            what.append("the area in which hairs were counted")
        if any(o.statistic in ("median_change", "difference_of_medians") for o in numeric):
            what.append("means and standard deviations in the place of medians")
        if any("percent" in o.statistic for o in numeric) and not any(
            baseline_of(study, arm, o.measure) for arm in study.arms for o in numeric
        ):
            what.append("the density before treatment, without which a percentage is no density")
    arms = {o.arm for o in numeric if o.versus is None}
    if numeric and len(arms) < 2 and not any(o.versus for o in numeric):
        what.append("a number for the control arm")
    if numeric and not any(o.dispersion or (o.n and o.p_value) for o in numeric):
        what.append("a standard deviation, standard error or interval of the change")
    if not any(a.n_analysed or a.n_completed for a in study.arms.values()) and not any(
        o.n for o in numeric
    ):
        what.append("how many people were analysed in each arm")
    return Missing(study=study_id, what=what, source=study.source)
