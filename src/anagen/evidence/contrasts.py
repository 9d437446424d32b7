"""Controlled contrasts: what treated people gained more than controls of the same trial."""

import math
from collections.abc import Iterator
from statistics import NormalDist

import msgspec

from anagen.evidence import doubts
from anagen.evidence.question import (
    Question,
    is_about,
    is_control,
    is_standard_dose,
    is_treated,
    same_backbone,
)  # fmt: skip
from anagen.evidence.spread import (
    N_ORDER,
    Lender,
    NStatus,
    Sd,
    SdStatus,
    baseline_of,
    exact_p,
    is_read,
    is_usable,
    people,
    sd_of_change,
)  # fmt: skip
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.evidence_rules import Window
from anagen.facts.study import Observation, Study
from anagen.frozen import Record
from anagen.synthesis.recovery import sd_from_p, se_of_difference_from_p


class Contrast(Record):
    """The difference in change of hair density between two arms of one trial, treated − control.

    `people` says in words who took part. `flags` say what weakens it: `not_blinded`,
    `blinding_not_stated`, `both_sexes`, `area_assumed`, `second_hand`, `split_scalp`,
    `many_not_analysed`, `shared_control` (the control's people are divided among several arms);
    `cautions` say so in words, where the study's facts hold any.
    """

    study: Slug
    arm: Slug
    control: Slug
    arm_label: str
    control_label: str
    measure: Slug
    week: float
    effect_per_cm2: float
    se_per_cm2: float
    n_treated: int
    n_control: int
    sd_status: SdStatus
    n_status: NStatus
    people: str
    source: list[Slug]
    flags: list[str] = msgspec.field(default_factory=list)
    cautions: list[str] = msgspec.field(default_factory=list)


class LeftOut(Record):
    """A study that concerns the question but gives no contrast, and why."""

    study: Slug
    reason: str
    source: list[Slug]


def _degrees(study: Study, ns: tuple[int, int]) -> int:
    """Return the degrees of freedom of a difference: of pairs where one scalp holds both sides."""
    return min(ns) - 1 if study.design.split_scalp else sum(ns) - 2


def _se_printed(difference: Observation, df: int) -> float | None:
    """Return the standard error (hairs/cm²) printed with a difference, or that of its interval."""
    spread = difference.dispersion
    if spread is None:
        return None
    if spread.kind == "se" and spread.value_per_cm2 is not None:
        return float(spread.value_per_cm2)
    if spread.kind == "ci95" and spread.low_per_cm2 is not None and spread.high_per_cm2 is not None:
        from scipy.special import stdtrit

        quantile = float(stdtrit(df, 0.975)) if df > 0 else NormalDist().inv_cdf(0.975)
        return float(spread.high_per_cm2 - spread.low_per_cm2) / (2 * quantile)
    return None


def _standard_error(study: Study, sds: tuple[Sd, Sd], ns: tuple[int, int], lends: Lender) -> float:
    """Return the standard error (hairs/cm²) of the difference of two mean changes: (E4), (E5)."""
    (a, b), (n_a, n_b) = (sds[0].sd_per_cm2, sds[1].sd_per_cm2), ns
    if study.design.split_scalp:
        r = lends.correlation_between_sides
        return math.sqrt((a**2 + b**2 - 2 * r * a * b) / min(n_a, n_b))
    return math.sqrt(a**2 / n_a + b**2 / n_b)


def _change(study: Study, arm: str, measure: str, week: float) -> tuple[Observation, float] | None:
    """Return the change of an arm in hairs/cm² at a week: printed, or level minus baseline."""
    for statistic in ("mean_change", "mean_level"):
        for o in study.observations:
            if (o.arm, o.measure, o.week, o.statistic) != (arm, measure, week, statistic):
                continue
            if not is_read(o) or o.value_per_cm2 is None or o.from_week is not None:
                continue
            if statistic == "mean_change":
                return o, float(o.value_per_cm2)
            before = baseline_of(study, arm, measure)
            if before is not None and before.value_per_cm2 is not None:
                return o, float(o.value_per_cm2 - before.value_per_cm2)
    return None


def _printed(study: Study, arm: str, control: str, measure: str, week: float) -> Observation | None:
    for o in study.observations:
        key = (o.arm, o.versus, o.measure, o.week, o.statistic)
        if key == (arm, control, measure, week, "net_difference") and is_read(o):
            return o if o.value_per_cm2 is not None else None
    return None


def _spread(
    study: Study,
    printed: Observation | None,
    behind: tuple[Observation | None, Observation | None],
    measure: str,
    ns: tuple[int, int],
    lends: Lender,
) -> tuple[float, SdStatus] | None:
    """Return the standard error (hairs/cm²) of a contrast and how it was found."""
    if printed is not None:
        se = _se_printed(printed, _degrees(study, ns))
        if se is not None:
            is_se = printed.dispersion is not None and printed.dispersion.kind == "se"
            return se, "reported" if is_se else "algebraic"
        exact, _ = exact_p(printed.p_value)
        if exact is not None and printed.value_per_cm2:
            difference = float(printed.value_per_cm2)
            if study.design.split_scalp:
                of_pairs = sd_from_p(difference, exact, min(ns)).value / math.sqrt(min(ns))
                return of_pairs, "algebraic"
            return se_of_difference_from_p(difference, exact, *ns), "algebraic"
    sds = []
    for observation in behind:
        if observation is not None:
            sd = sd_of_change(study, observation, lends)
        else:
            lent = lends.sd(measure)
            sd = None if lent is None else Sd(sd_per_cm2=lent, status="borrowed")
        if sd is None or sd.sd_per_cm2 <= 0:
            return None
        sds.append(sd)
    status: SdStatus = sds[0].status if sds[0].status == sds[1].status else "mixed"
    return _standard_error(study, (sds[0], sds[1]), ns, lends), status


def contrast(
    study_id: str,
    arms: tuple[str, str],
    measure: str,
    week: float,
    facts: Facts,
    lends: Lender,
) -> Contrast | None:
    """Return the contrast of two arms in one measure at one week, or nothing where none was read.

    `arms` are the treated one and its control. A difference that the source prints is preferred to
    one from two changes (E1).
    """
    study, (arm, control) = facts.studies[study_id], arms
    printed = _printed(study, arm, control, measure, week)
    treated = _change(study, arm, measure, week)
    untreated = _change(study, control, measure, week)
    if printed is not None and printed.value_per_cm2 is not None:
        effect, used = float(printed.value_per_cm2), [printed]
    elif treated is not None and untreated is not None:
        effect, used = treated[1] - untreated[1], [treated[0], untreated[0]]
    else:
        return None
    behind = (treated[0] if treated else None, untreated[0] if untreated else None)
    counts = (people(study, arm, behind[0]), people(study, control, behind[1]))
    if counts[0] is None or counts[1] is None:
        return None
    ns = (counts[0][0], counts[1][0])
    spread = _spread(study, printed, behind, measure, ns, lends)
    if spread is None:
        return None
    n_status = max(counts[0][1], counts[1][1], key=N_ORDER.index)
    flags = doubts.flags(study, used)
    if doubts.many_not_analysed(study, arms, sum(ns), n_status, facts.evidence_rules):
        flags.append("many_not_analysed")
    return Contrast(
        study=study_id, arm=arm, control=control, arm_label=study.arms[arm].label,
        control_label=study.arms[control].label, measure=measure, week=float(week),
        effect_per_cm2=effect, se_per_cm2=spread[0], sd_status=spread[1],
        n_treated=ns[0], n_control=ns[1], n_status=n_status, people=doubts.who(study),
        source=list(dict.fromkeys(key for o in used for key in o.source)),
        flags=flags, cautions=doubts.cautions(study, n_status),
    )  # fmt: skip


def pairs(
    study: Study, question: Question, week: float, facts: Facts, *, any_dose: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield (treated arm, its control) of one randomisation; an untreated control comes last."""
    terms = facts.vocabulary.treatments
    controls = sorted(
        (name for name, arm in study.arms.items() if is_control(arm, week, question, terms)),
        key=lambda name: all(c.treatment == "none" for c in study.arms[name].components),
    )
    for arm_id, arm in study.arms.items():
        if not is_treated(arm, week, question, terms).fits:
            continue
        if not any_dose and not is_standard_dose(arm, question, facts.evidence_rules):
            continue
        for name in controls:
            control = study.arms[name]
            apart = name == arm_id or control.part != arm.part
            if not apart and same_backbone(arm, control, question):
                yield arm_id, name
                break


def study_contrasts(
    study_id: str, study: Study, question: Question, facts: Facts, lends: Lender
) -> list[Contrast]:
    """Return every contrast of one study, at each of its weeks, in the first measure it gives."""
    if (
        not is_about(study, question)
        or not is_usable(study)
        or study.design.kind != "randomised_trial"
        or not study.design.controlled
    ):
        return []
    weeks = sorted({o.week for o in study.observations if o.week and question.has_week(o.week)})
    wanted = facts.evidence_rules.density_measures
    if question.measure is not None:
        wanted = [question.measure]
    found: list[Contrast] = []
    for week in weeks:
        for arm, control in pairs(study, question, week, facts):
            for measure in wanted:
                result = contrast(study_id, (arm, control), measure, week, facts, lends)
                if result is not None:
                    found.append(result)
                    break
    return found


def all_contrasts(question: Question, facts: Facts, lends: Lender) -> list[Contrast]:
    """Return the contrasts of all studies, at all weeks."""
    return [
        c
        for name, study in facts.studies.items()
        for c in study_contrasts(name, study, question, facts, lends)
    ]


def common_window(contrasts: list[Contrast], windows: list[Window]) -> Window | None:
    """Return the latest window that all trials share, else that of most; nothing if none fits."""
    best: tuple[int, float, Window] | None = None
    for window in windows:
        trials = {
            (c.study, c.arm) for c in contrasts if window.from_week <= c.week <= window.to_week
        }
        if trials and (best is None or (len(trials), window.from_week) >= best[:2]):
            best = (len(trials), float(window.from_week), window)
    return None if best is None else best[2]


def within(contrasts: list[Contrast], window: Window) -> list[Contrast]:
    """Return each trial's latest contrast within a window."""
    latest: dict[tuple[str, str, str], Contrast] = {}
    for c in contrasts:
        if window.from_week <= c.week <= window.to_week:
            key = (c.study, c.arm, c.control)
            if key not in latest or c.week > latest[key].week:
                latest[key] = c
    return list(latest.values())
