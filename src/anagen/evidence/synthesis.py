"""All that the facts hold on one question: contrasts, pooled mean, gains, responders, doubts."""

from collections.abc import Sequence

import msgspec

from anagen.evidence import certainty, contrasts, gains, responders
from anagen.evidence.certainty import Certainty, Reason
from anagen.evidence.contrasts import Contrast, LeftOut
from anagen.evidence.gains import Gain
from anagen.evidence.published import PublishedResult, published
from anagen.evidence.question import (
    Question,
    is_about,
    is_control,
    is_standard_dose,
    is_treated,
)  # fmt: skip
from anagen.evidence.responders import Responders
from anagen.evidence.shared_controls import divided
from anagen.evidence.spread import Lender, is_read, lender
from anagen.facts import Facts
from anagen.facts.base import Sex, Slug
from anagen.facts.evidence_rules import EvidenceRules
from anagen.facts.study import Arm, Study
from anagen.frozen import Record
from anagen.synthesis import Pairwise, fit_pairwise

NO_DENSITY = "no result in hairs/cm² was read for both arms"
NO_CONTROL = "no randomised control group; what it gives is shown apart"
NO_RESULT = "no randomised result in hairs/cm²"
ONLY_OUTLIERS = "the only randomised result in hairs/cm² is an outlier; it is shown apart"
MEDIANS = (
    "its counts are medians in a field whose area was not stated, so they cannot be turned into "
    "hairs/cm²"
)


class PooledDensity(Record):
    """The pooled difference in change of density, treated − control, in hairs/cm².

    `interval` names how the bounds were found (see the method page); `prediction_*` bound the
    effect in a new trial of this kind, from three trials on. `bayes_*` is the exact Bayesian answer
    under the prior of the facts, for two to five trials. `conflict`: the trials contradict each
    other, so that the mean stands for none of them. `notes` put the flags into words.
    """

    studies: int
    n_people: int
    from_week: float
    to_week: float
    mean_per_cm2: float
    se_per_cm2: float
    low_per_cm2: float
    high_per_cm2: float
    interval: str
    common_mean_per_cm2: float
    common_low_per_cm2: float
    common_high_per_cm2: float
    q: float
    tau2_per_cm4: float | None = None
    i2_percent: float | None = None
    hk_s2w: float | None = None
    guarded_low_per_cm2: float | None = None
    guarded_high_per_cm2: float | None = None
    prediction_low_per_cm2: float | None = None
    prediction_high_per_cm2: float | None = None
    bayes_mean_per_cm2: float | None = None
    bayes_low_per_cm2: float | None = None
    bayes_high_per_cm2: float | None = None
    conflict: bool = False
    flags: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


class EvidenceSummary(Record):
    """The evidence on one question.

    `pooled` is missing where no controlled result in hairs/cm² exists; `why_not_pooled` says so.
    `window` names the follow-up that the trials share. `outliers` are controlled results that the
    facts tell us not to trust: shown, never pooled. `gains` have no control group.
    """

    question: Question
    contrasts: list[Contrast]
    left_out: list[LeftOut]
    certainty: Certainty
    n_people: int
    pooled: PooledDensity | None = None
    why_not_pooled: str | None = None
    window: str | None = None
    other_visits: list[Contrast] = msgspec.field(default_factory=list)
    outliers: list[Contrast] = msgspec.field(default_factory=list)
    gains: list[Gain] = msgspec.field(default_factory=list)
    responders: list[Responders] = msgspec.field(default_factory=list)
    published: list[PublishedResult] = msgspec.field(default_factory=list)


def _conflict(pooled: Pairwise, rules: EvidenceRules) -> bool:
    """Tell whether two trials or more contradict each other, rather than show no effect."""
    includes_zero = pooled.chosen.low <= 0 <= pooled.chosen.high
    scatter = 0.0 if pooled.random is None else pooled.random.heterogeneity.i2_percent
    return includes_zero and scatter > rules.i2_conflict.number()


def _notes(pooled: Pairwise, rules: EvidenceRules) -> list[str]:
    """Return in words what is special about the reported interval."""
    random, notes = pooled.random, []
    if random is None:
        notes.append(certainty.ONE_TRIAL)
    elif pooled.chosen.interval == "wald":
        guarded = random.hartung_knapp_guarded
        wider = certainty.bounds(guarded.low, guarded.high)
        notes.append(f"{certainty.TWO_TRIALS}; one that allows for it runs from {wider} hairs/cm²")
        bayes = pooled.chosen.bayes
        if bayes is not None and not _conflict(pooled, rules):
            scale = rules.prior_scale_of_tau.number()
            notes.append(
                "one that allows for it under an assumed prior (a spread between trials of about "
                f"{scale:g} hairs/cm² or less) runs from {certainty.bounds(bayes.low, bayes.high)}"
            )
    elif pooled.chosen.interval == "hartung_knapp_guarded":
        notes.append("few trials, closer together than chance explains: the wider interval is used")
    return notes


def _of_scatter(pooled: Pairwise) -> dict[str, float | None]:
    """Return what is known of the scatter between trials: of two or more."""
    random = pooled.random
    if random is None:
        return {}
    low, high = pooled.chosen.prediction or (None, None)
    return {
        "tau2_per_cm4": random.tau2,
        "i2_percent": random.heterogeneity.i2_percent,
        "hk_s2w": random.s2w,
        "guarded_low_per_cm2": random.hartung_knapp_guarded.low,
        "guarded_high_per_cm2": random.hartung_knapp_guarded.high,
        "prediction_low_per_cm2": low,
        "prediction_high_per_cm2": high,
    }


def _of_bayes(pooled: Pairwise, *, is_conflict: bool) -> dict[str, float | None]:
    """Return the exact Bayesian answer, where few trials called for it.

    Trials that contradict each other lie beyond what the prior of their spread allows for.
    """
    bayes = pooled.chosen.bayes
    if bayes is None or is_conflict:
        return {}
    return {
        "bayes_mean_per_cm2": bayes.mu.mean,
        "bayes_low_per_cm2": bayes.low,
        "bayes_high_per_cm2": bayes.high,
    }


def _density(pooled: Pairwise, used: list[Contrast], rules: EvidenceRules) -> PooledDensity:
    chosen, common, conflict = pooled.chosen, pooled.common, _conflict(pooled, rules)
    return PooledDensity(
        studies=pooled.studies,
        n_people=sum(c.n_treated + c.n_control for c in used),
        from_week=min(c.week for c in used),
        to_week=max(c.week for c in used),
        mean_per_cm2=chosen.estimate,
        se_per_cm2=chosen.se,
        low_per_cm2=chosen.low,
        high_per_cm2=chosen.high,
        interval=chosen.interval,
        common_mean_per_cm2=common.estimate,
        common_low_per_cm2=common.low,
        common_high_per_cm2=common.high,
        q=common.q,
        conflict=conflict,
        flags=chosen.flags,
        notes=_notes(pooled, rules),
        **_of_scatter(pooled),
        **_of_bayes(pooled, is_conflict=conflict),
    )


def _weeks(study: Study) -> list[float]:
    return [float(w) for w in sorted({o.week for o in study.observations if o.week})] or [1.0]


def _left(name: str, reason: str, study: Study) -> LeftOut:
    """Return a study left out, with its reason and its sources."""
    return LeftOut(study=name, reason=reason, source=study.source)


def _why_left_out(study: Study, question: Question, facts: Facts) -> str | None:
    """Return why a study that concerns the question gives no contrast; nothing if it does not."""
    terms = facts.vocabulary.treatments
    treated: dict[str, Arm] = {}
    partial = None
    for week in _weeks(study):
        for name, arm in study.arms.items():
            fit = is_treated(arm, week, question, terms)
            if fit.fits:
                treated[name] = arm
            partial = partial or fit.reason
    medians = any(o.statistic == "median_change" for o in study.observations)
    if not treated:
        return f"{partial}; {MEDIANS}" if partial and medians else partial
    if study.never_use:
        return study.never_use
    if study.stage == "registry_only":
        return "registered; no result was found"
    if study.reading == "citation":
        return "its numbers were not read"
    if study.reading == "recalled" or (
        study.observations and not any(is_read(o) for o in study.observations)
    ):
        return "its numbers were recalled, not read"
    if study.method == "hand_count":
        return "hairs were counted by hand, which drifted by more than any treatment effect"
    if study.design.kind == "randomised_withdrawal":
        return "it studies stopping, not starting"
    if not study.design.randomised or not study.design.controlled:
        return NO_CONTROL
    return _why_no_number(study, question, facts, treated)


def _why_no_number(study: Study, question: Question, facts: Facts, treated: dict[str, Arm]) -> str:
    """Return why a randomised study with treated arms gives no contrast in hairs/cm²."""
    terms = facts.vocabulary.treatments
    weeks = _weeks(study)
    others = [n for n in study.arms if n not in treated]
    if not any(is_control(study.arms[n], w, question, terms) for n in others for w in weeks):
        labels = " and ".join(dict.fromkeys(study.arms[n].label for n in others))
        labels = labels or "another dose of the same"
        return f"compared with {labels}, not with the control asked for"
    if not any(is_standard_dose(arm, question, facts.evidence_rules) for arm in treated.values()):
        return "it used another dose than the one that stands for this treatment"
    said = next((o for o in study.observations if o.statistic == "significance"), None)
    if said is not None and isinstance(said.value, str):
        return f"only a statement was read, no number: {said.value}"
    if any(o.statistic == "median_change" for o in study.observations):
        return MEDIANS
    if any(o.status == "remembered" for o in study.observations):
        return "the numbers needed were recalled, not read"
    return NO_DENSITY


def _untreated(question: Question, facts: Facts) -> EvidenceSummary:
    """Return what happened to people who received nothing active: no contrast is possible."""
    gained = gains.gains(question, facts, [])
    text = "no treatment is what the others are compared with; its course is shown as gains"
    return EvidenceSummary(
        question=question,
        contrasts=[],
        left_out=[],
        certainty=Certainty(level=None, reasons=[Reason(domain="start", lowered=0, text=text)]),
        n_people=0,
        why_not_pooled=text,
        gains=gained,
        responders=responders.responders(question, facts),
    )


def answer(question: Question, facts: Facts, lends: Lender) -> EvidenceSummary:
    """Return the evidence on one question.

    Parameters
    ----------
    question:
        What is asked.
    facts:
        All facts.
    lends:
        What trials lend to those that report no spread.
    """
    if not question.asked():
        return _untreated(question, facts)
    found = contrasts.all_contrasts(question, facts, lends)
    rules = facts.evidence_rules
    trusted = [c for c in found if not facts.studies[c.study].outlier]
    window = contrasts.common_window(trusted, rules.windows)
    used = contrasts.within(trusted, window) if window is not None else []
    visits = {(c.study, c.arm, c.control, c.week) for c in used}
    used = divided(used, facts, lends)
    gained = gains.gains(question, facts, found)
    shares = responders.responders(question, facts)
    contributing = {c.study for c in used}
    shown = {g.study for g in gained} | {r.study for r in shares}
    left_out = []
    for name, study in facts.studies.items():
        if name in contributing or not is_about(study, question):
            continue
        if study.outlier and any(c.study == name for c in found):
            left_out.append(_left(name, f"an outlier: {study.outlier}", study))
            continue
        if any(c.study == name for c in found):
            left_out.append(_left(name, "its visits lie outside the shared window", study))
            continue
        reason = _why_left_out(study, question, facts)
        if reason == NO_DENSITY and any(r.study == name for r in shares):
            reason = "it gives the share of people who responded, shown apart, and no density"
        if reason == NO_CONTROL and name not in shown:
            reason = "no randomised control group, and no density or share of responders was read"
        if reason is not None:
            left_out.append(_left(name, reason, study))
    pooled = None
    if used:
        pooled = fit_pairwise(
            [c.effect_per_cm2 for c in used],
            [c.se_per_cm2**2 for c in used],
            prior_scale=rules.prior_scale_of_tau.number(),
        )
        sure = certainty.of_contrasts(used, pooled, facts)
    elif any(certainty.is_compared(r) for r in shares):
        sure = certainty.of_responders(shares, facts)
    else:
        sure = certainty.without_control(any_result=bool(gained or shares or left_out))
    return EvidenceSummary(
        question=question,
        contrasts=used,
        left_out=left_out,
        certainty=sure,
        n_people=sum(c.n_treated + c.n_control for c in used),
        pooled=None if pooled is None else _density(pooled, used, rules),
        why_not_pooled=None if used else ONLY_OUTLIERS if len(found) > len(trusted) else NO_RESULT,
        window=None if window is None else window.label,
        other_visits=[c for c in trusted if (c.study, c.arm, c.control, c.week) not in visits],
        outliers=[c for c in found if c not in trusted],
        gains=gained,
        responders=shares,
        published=published(question, facts),
    )


def evidence_for(
    components: Sequence[Slug],
    backbone: Sequence[Slug],
    sex: Sex,
    condition: Slug,
    facts: Facts,
    *,
    route: Slug | None = None,
) -> EvidenceSummary:
    """Return what the studies show for some treatments, given together, in people of a condition.

    Parameters
    ----------
    components:
        Treatment ids of an option.
    backbone:
        Those of them that the control arm receives too; empty for a comparison with placebo,
        vehicle, saline, sham or no treatment.
    sex:
        Whose; studies of both sexes count and are flagged.
    condition:
        A condition id.
    facts:
        All facts.
    route:
        Route id of the first component, where it matters.

    Raises
    ------
    FactError
        If the rules of evidence cannot be read.
    """
    question = Question(
        components=list(components), backbone=list(backbone), sex=sex, condition=condition,
        route=route,
    )  # fmt: skip
    return answer(question, facts, lender(facts))
