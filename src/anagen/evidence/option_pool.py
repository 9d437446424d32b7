"""All the evidence on one treatment: controlled apart from uncontrolled, and why each is where."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from anagen.evidence.analysis import Analysis, analyse
from anagen.evidence.contrasts import Contrast
from anagen.evidence.groups import Group, groups
from anagen.evidence.other_results import Missing, OtherResult, missing_data, other_results
from anagen.evidence.question import Question
from anagen.evidence.sensitivity import Sensitivity, sensitivity
from anagen.evidence.single_arms import TierEvidence, tier_evidence
from anagen.evidence.spread import Lender, lender
from anagen.evidence.synthesis import EvidenceSummary, answer
from anagen.evidence.trial_network import less
from anagen.facts import Facts
from anagen.facts.base import Slug, Status
from anagen.facts.study import INERT
from anagen.frozen import Record
from anagen.synthesis import Pairwise, fit_pairwise
from anagen.synthesis.subgroups import Subgroups, fit_subgroups

Place = Literal["pooled", "controlled_not_pooled", "outlier", "uncontrolled", "no_result"]


LEAST_IN_STRATA = 3  # two comparisons in two groups tell no more than the list does


class Placement(Record):
    """Where one study stands, and why."""

    study: Slug
    place: Place
    group: str
    reason: str
    source: list[Slug]


class Stratum(Record):
    """The pool of one question by what may make its trials differ: sex, measure, route, source."""

    by: str
    subgroups: Subgroups


class GroupEvidence(Record):
    """One question: what was given against what, with all that its studies tell.

    `analysis` is missing where nothing is pooled. `others` are controlled results in other units,
    `tiers` the gains without a control beside the randomised contrasts, `correlation` the pool at
    other assumed correlations where one is in it, `strata` the pool by what trials differ in.
    """

    label: str
    question: Question
    summary: EvidenceSummary
    analysis: Analysis | None = None
    others: list[OtherResult] = msgspec.field(default_factory=list)
    missing: list[Missing] = msgspec.field(default_factory=list)
    tiers: TierEvidence | None = None
    correlation: Sensitivity | None = None
    strata: list[Stratum] = msgspec.field(default_factory=list)


class ReviewResult(Record):
    """What a published review pooled for the same treatment: beside ours, never with it.

    `compared` says what with what, in the review's words. `p_implied` is the p value that its own
    interval implies, where it differs from the printed one.
    """

    synthesis: Slug
    outcome: str
    status: Status
    source: list[Slug]
    value: float
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    studies: int | None = None
    n: int | None = None
    p_printed: str | None = None
    p_implied: float | None = None
    note: str | None = None
    compared: str | None = None


class BeyondBound(Record):
    """A reported gain that is larger than the model of hair growth allows, in a sentence."""

    study: Slug
    text: str


class OptionPool(Record):
    """The evidence on one treatment or option, group by group.

    `headline` says first what matters most, thin evidence before numbers. `without` are studies
    that the caller left out.
    """

    schema: Literal["anagen/evidence-pool/1"]
    option: Slug
    label: str
    condition: Slug
    headline: list[str]
    groups: list[GroupEvidence]
    placements: list[Placement]
    reviews: list[ReviewResult] = msgspec.field(default_factory=list)
    not_the_same: list[str] = msgspec.field(default_factory=list)
    beyond_bound: list[BeyondBound] = msgspec.field(default_factory=list)
    without: list[Slug] = msgspec.field(default_factory=list)


def _label(c: Contrast, facts: Facts) -> str:
    measure = facts.vocabulary.label("measures", c.measure)
    return f"{c.arm_label} against {c.control_label}, week {c.week:g}, {measure}"


def _analysis(summary: EvidenceSummary, facts: Facts, level: float) -> Analysis | None:
    """Return all that the pool of a question tells; no Bayes where its trials contradict."""
    used = summary.contrasts
    if not used:
        return None
    conflict = summary.pooled is not None and summary.pooled.conflict
    scale = None if conflict else facts.evidence_rules.prior_scale_of_tau.number()
    return analyse(
        [c.study for c in used],
        [c.effect_per_cm2 for c in used],
        [c.se_per_cm2**2 for c in used],
        measure="MD", words="difference in change of density, treated minus control",
        unit="hairs/cm2", n=[c.n_treated + c.n_control for c in used],
        status=[c.sd_status for c in used], labels=[_label(c, facts) for c in used], level=level,
        prior_scale=scale,
    )  # fmt: skip


def _correlation(group: Group, used: list[Contrast], facts: Facts) -> Sensitivity | None:
    """Pool again at other correlations, where one that was assumed is in the pool."""
    if not any(c.sd_status in ("assumed", "mixed") or "split_scalp" in c.flags for c in used):
        return None

    def at(r: float) -> Pairwise:
        again = answer(group.question, facts, lender(facts, correlation=r)).contrasts
        return fit_pairwise([c.effect_per_cm2 for c in again], [c.se_per_cm2**2 for c in again])

    values = [float(r) for r in facts.evidence_rules.correlations_tried.values]
    return sensitivity(at, values)


def _strata(used: list[Contrast], facts: Facts) -> list[Stratum]:
    """Pool by sex, measure, route and source of the treatment, where they differ among trials."""
    if len(used) < LEAST_IN_STRATA:
        return []

    def component(c: Contrast, name: str) -> str:
        arm = facts.studies[c.study].arms[c.arm]
        said = [str(v) for x in arm.components if (v := getattr(x, name)) is not None]
        return said[0] if said else "not stated"

    columns: dict[str, list[str]] = {
        "sex": [facts.studies[c.study].sex or "not stated" for c in used],
        "measure": [c.measure for c in used],
        "route": [component(c, "route") for c in used],
        "source": [component(c, "origin") for c in used],
    }
    y, v = [c.effect_per_cm2 for c in used], [c.se_per_cm2**2 for c in used]
    return [
        Stratum(by=name, subgroups=fit_subgroups(y, v, values))
        for name, values in columns.items()
        if len(set(values)) > 1
    ]


def _evidence(group: Group, facts: Facts, lends: Lender, level: float) -> GroupEvidence | None:
    summary = answer(group.question, facts, lends)
    others = other_results(group.question, facts)
    if not (summary.contrasts or summary.gains or summary.responders or summary.left_out or others):
        return None
    studies = dict.fromkeys(o.study for o in others)
    not_pooled = [s for s in studies if s not in {c.study for c in summary.contrasts}]
    return GroupEvidence(
        label=group.label, question=group.question, summary=summary,
        analysis=_analysis(summary, facts, level), others=others,
        missing=[missing_data(name, facts.studies[name], facts) for name in not_pooled],
        tiers=tier_evidence(group.question, summary.contrasts, summary.gains, facts, lends),
        correlation=_correlation(group, summary.contrasts, facts),
        strata=_strata(summary.contrasts, facts),
    )  # fmt: skip


RANKS: dict[Place, int] = {
    "pooled": 0, "outlier": 1, "controlled_not_pooled": 2, "uncontrolled": 3, "no_result": 4,
}  # fmt: skip


def _left_out(name: str, reason: str, facts: Facts) -> tuple[Place, str]:
    """Return the place of a study that gives a question nothing, and why."""
    study = facts.studies[name]
    if study.stage == "registry_only":
        return "no_result", "registered; no result was found"
    if study.reading == "citation" or study.never_use:
        return "no_result", study.never_use or reason
    return ("controlled_not_pooled" if study.design.randomised else "uncontrolled"), reason


def _stands(group: GroupEvidence, facts: Facts) -> list[tuple[Place, str, str, list[Slug]]]:
    """Return (place, study, reason, sources) for all that one question names, the surest first."""
    summary = group.summary
    reasons = {left.study: left.reason for left in summary.left_out}
    found: list[tuple[Place, str, str, list[Slug]]] = []
    pooled = "randomised, with a control of the same trial, in hairs/cm²"
    found += [("pooled", c.study, pooled, c.source) for c in summary.contrasts]
    found += [
        ("outlier", c.study, facts.studies[c.study].outlier or "an outlier", c.source)
        for c in summary.outliers
    ]
    unit = "its result is not in hairs/cm²"
    found += [
        ("controlled_not_pooled", o.study, reasons.get(o.study, unit), o.source)
        for o in group.others
    ]
    alone = "a gain without a control group of the same trial"
    found += [("uncontrolled", gain.study, alone, gain.source) for gain in summary.gains]
    for share in summary.responders:
        if share.is_randomised:
            said = "the share of people who responded, which is not pooled"
            found.append(("controlled_not_pooled", share.study, said, share.source))
        else:
            said = "the share of people who responded, without a control group"
            found.append(("uncontrolled", share.study, said, share.source))
    for left in summary.left_out:
        place, reason = _left_out(left.study, left.reason, facts)
        found.append((place, left.study, reason, left.source))
    return found


def _placements(found: list[GroupEvidence], facts: Facts) -> list[Placement]:
    """Return where each study stands: in the best place that any group gives it."""
    best: dict[str, tuple[tuple[int, bool], Placement]] = {}
    for group in found:
        for place, name, reason, source in _stands(group, facts):
            key = (RANKS[place], reason.startswith("given together"))
            if name not in best or key < best[name][0]:
                placed = Placement(
                    study=name, place=place, group=group.label, reason=reason, source=source
                )
                best[name] = (key, placed)
    return [placed for _, placed in sorted(best.values(), key=lambda b: (b[0], b[1].study))]


def _reviews(name: Slug, facts: Facts, sex: str | None) -> list[ReviewResult]:
    """Return what published reviews pooled for a treatment, whatever they compared it with."""
    found = []
    for key, synthesis in facts.syntheses.items():
        if sex is not None and synthesis.sex not in (sex, "both", None):
            continue
        for r in synthesis.results:
            if frozenset(r.a) - INERT != {name} or r.status == "remembered" or r.value is None:
                continue
            found.append(
                ReviewResult(
                    synthesis=key, outcome=r.outcome, status=r.status, source=r.source,
                    value=float(r.value), low=None if r.low is None else float(r.low),
                    high=None if r.high is None else float(r.high), unit=r.unit,
                    studies=r.studies or synthesis.studies, n=r.n or synthesis.n,
                    p_printed=r.p_value,
                    p_implied=None
                    if r.p_implied_by_interval is None
                    else float(r.p_implied_by_interval),
                    note=r.note,
                    compared=f"{r.a_text} against {r.b_text}" if r.a_text and r.b_text else None,
                )
            )  # fmt: skip
    return found


def _not_the_same(name: Slug, facts: Facts) -> list[str]:
    """Return in words what is close to a treatment and another one."""
    near = facts.evidence_rules.not_the_same
    return [entry.text for entry in near if name in entry.treatments]


def _asked_for(asked: Question, facts: Facts) -> list[str]:
    """Say what narrowed the question, so that a page tells it to whoever did not ask."""
    terms = facts.vocabulary
    narrowed = [
        {"male": "men", "female": "women"}.get(asked.sex or ""),
        None if asked.from_week is None or asked.to_week is None
        else f"visits in weeks {asked.from_week:g} to {asked.to_week:g}",
        None if asked.measure is None else terms.label("measures", asked.measure),
        None if asked.route is None else terms.label("routes", asked.route),
        None if asked.origin is None else f"sources that hold '{asked.origin}'",
    ]  # fmt: skip
    said = "; ".join(one for one in narrowed if one is not None)
    return [f"Looked at, as asked: {said}."] if said else []


def option_pool(
    name: Slug,
    asked: Question,
    facts: Facts,
    *,
    level: float = 0.95,
    beyond: Sequence[BeyondBound] = (),
    without: Sequence[Slug] = (),
) -> OptionPool:
    """Return all the evidence on a treatment or option.

    Parameters
    ----------
    name:
        Its id.
    asked:
        The condition, and what narrows the question; its components are not read.
    facts:
        All facts.
    level:
        Of all intervals of pooled effects.
    beyond:
        Reported gains of any study that lie beyond the bound of the model of growth.
    without:
        Studies to leave out, to see what they do.

    Raises
    ------
    InputError
        If a study to leave out is not there, or a number cannot be used.
    """
    from anagen.evidence.headline import headline

    facts = less(facts, without)
    lends = lender(facts)
    found = [
        evidence
        for group in groups(name, asked, facts)
        if (evidence := _evidence(group, facts, lends, level)) is not None
    ]
    terms = facts.vocabulary.treatments
    label = terms[name].label if name in terms else facts.options[name].label
    reviews = _reviews(name, facts, asked.sex)
    placements = _placements(found, facts)
    return OptionPool(
        schema="anagen/evidence-pool/1", option=name, label=label, condition=asked.condition,
        headline=[*headline(label, found, placements, reviews, facts), *_asked_for(asked, facts)],
        groups=found,
        placements=placements, reviews=reviews, not_the_same=_not_the_same(name, facts),
        beyond_bound=[b for b in beyond if b.study in {p.study for p in placements}],
        without=list(without),
    )  # fmt: skip
