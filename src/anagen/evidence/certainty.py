"""A first suggestion of how sure the evidence is: computed from numbers, not judged by a person."""

import math
from collections.abc import Iterable
from typing import Literal

import msgspec

from anagen.evidence.contrasts import Contrast
from anagen.evidence.responders import Responders
from anagen.facts import Facts
from anagen.facts.evidence_rules import EvidenceRules
from anagen.frozen import Record
from anagen.synthesis import Pairwise, fit_pairwise
from anagen.synthesis.small_study import NotEvaluable, egger

Level = Literal["high", "moderate", "low", "very_low"]
LEVELS: tuple[Level, ...] = ("high", "moderate", "low", "very_low")

Domain = Literal[
    "start", "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias"
]

LABEL = "computed, not judged by a person"

MOST_PER_DOMAIN = 2  # GRADE: no domain lowers by more than two levels

ONE_TRIAL = "one trial: the interval leaves out how far trials differ"
TWO_TRIALS = "two trials: the interval leaves out how far trials differ"


class Reason(Record):
    """What one domain did to the level: by how many steps it was lowered, and why.

    `numbers` are those that the suggestion rests on; a name that ends in `percent` is a percentage,
    in `per_cm2` hairs/cm².
    """

    domain: Domain
    lowered: int
    text: str
    numbers: dict[str, float] = msgspec.field(default_factory=dict)


class Certainty(Record, omit_defaults=False):
    """A suggested level with its path; no level where there is no evidence at all."""

    level: Level | None
    reasons: list[Reason]
    label: str = LABEL


def bounds(low: float, high: float) -> str:
    """Return two bounds in words, with a true minus sign."""
    return f"{low:+.1f} to {high:+.1f}".replace("-", "−")


def _level(reasons: Iterable[Reason]) -> Level:
    return LEVELS[min(sum(r.lowered for r in reasons), len(LEVELS) - 1)]


def _share(weights: list[float], faulty: list[bool]) -> float:
    """Return the percentage of the weight that contrasts with a fault carry."""
    return 100 * sum(w for w, bad in zip(weights, faulty, strict=True) if bad) / sum(weights)


def _bias(contrasts: list[Contrast], weights: list[float], facts: Facts) -> Reason:
    """Lower by one where most of the weight was open, or its risk of bias was never judged."""
    limit = facts.evidence_rules.weight_share_serious.number()
    opened = _share(
        weights, [bool({"not_blinded", "blinding_not_stated"} & set(c.flags)) for c in contrasts]
    )
    unjudged = _share(weights, [facts.studies[c.study].bias is None for c in contrasts])
    missing = _share(weights, ["many_not_analysed" in c.flags for c in contrasts])
    faults = []
    if opened > limit:
        faults.append(f"not double-blind, or not said to be, for {opened:.0f} % of the weight")
    if unjudged > limit:
        faults.append(f"risk of bias not yet judged for {unjudged:.0f} % of the weight")
    if missing > limit:
        faults.append(f"many of the people not analysed for {missing:.0f} % of the weight")
    return Reason(
        domain="risk_of_bias",
        lowered=int(bool(faults)),
        text="; ".join(faults) or "blinded trials whose risk of bias was judged",
        numbers={
            "weight_not_blinded_percent": opened,
            "weight_not_judged_percent": unjudged,
            "weight_many_not_analysed_percent": missing,
            **_weight_by_judgement(contrasts, weights, facts),
        },
    )


def _weight_by_judgement(
    contrasts: list[Contrast], weights: list[float], facts: Facts
) -> dict[str, float]:
    """Return the percentage of the weight at each judged level of risk of bias, worst of a span."""
    levels: dict[str, list[bool]] = {}
    judged = [facts.studies[c.study].bias for c in contrasts]
    for bias in judged:
        if bias is not None and bias.levels:
            levels.setdefault(bias.levels[-1], [])
    for level in levels:
        levels[level] = [bool(b and b.levels and b.levels[-1] == level) for b in judged]
    return {f"weight_{name}_percent": _share(weights, has) for name, has in levels.items()}


def _inconsistency(pooled: Pairwise, rules: EvidenceRules) -> Reason:
    random = pooled.random
    if random is None:
        return Reason(
            domain="inconsistency", lowered=0, text="one trial: agreement cannot be judged"
        )
    limits = (rules.i2_serious.number(), rules.i2_very_serious.number())
    i2 = random.heterogeneity.i2_percent
    lowered = sum(i2 > limit for limit in limits)
    said = f"{i2:.0f} % of the scatter between trials is more than chance (I²)"
    numbers = {"i2_percent": i2, "tau_per_cm2": math.sqrt(random.tau2)}
    if pooled.chosen.prediction is not None:
        low, high = pooled.chosen.prediction
        numbers |= {"prediction_low_per_cm2": low, "prediction_high_per_cm2": high}
    return Reason(domain="inconsistency", lowered=lowered, text=said, numbers=numbers)


def _indirectness(contrasts: list[Contrast], weights: list[float], rules: EvidenceRules) -> Reason:
    limit = rules.weight_share_serious.number()
    faults, numbers = [], {}
    for flag, words in (
        ("both_sexes", "men and women were not reported apart"),
        ("area_assumed", "the counted area was assumed"),
    ):
        share = _share(weights, [flag in c.flags for c in contrasts])
        numbers[f"weight_{flag}_percent"] = share
        if share > limit:
            faults.append(f"{words} in {share:.0f} % of the weight")
    return Reason(
        domain="indirectness",
        lowered=int(bool(faults)),
        text="; ".join(faults) or "no fault found",
        numbers=numbers,
    )


def _imprecision(
    contrasts: list[Contrast], weights: list[float], pooled: Pairwise, rules: EvidenceRules
) -> Reason:
    people = sum(c.n_treated + c.n_control for c in contrasts)
    least = rules.least_people.number()
    unprinted = [c.sd_status not in ("reported", "algebraic") for c in contrasts]
    faults, remark = [], ""
    if pooled.chosen.low <= 0 <= pooled.chosen.high:
        faults.append("the interval includes no effect")
    if people < least:
        faults.append(f"{people} people, fewer than {least:.0f}")
    if any(unprinted):
        factor = rules.spread_factor_tried.number()
        wider = [
            (c.se_per_cm2 * (factor if missing else 1)) ** 2
            for c, missing in zip(contrasts, unprinted, strict=True)
        ]
        again = fit_pairwise([c.effect_per_cm2 for c in contrasts], wider).chosen
        remark = f"the spread was not printed for {_share(weights, unprinted):.0f} % of the weight"
        if again.low <= 0 <= again.high and not pooled.chosen.low <= 0 <= pooled.chosen.high:
            faults.append(f"{remark}, and a larger one would make the interval include no effect")
    said = "; ".join(faults) or "enough people, and an interval away from no effect"
    if remark and remark not in said:
        said = f"{said} ({remark}; a spread {factor:g} times as large gives the same direction)"
    meaningful = rules.meaningful_difference.number()
    crossed = sum(
        pooled.chosen.low < limit < pooled.chosen.high for limit in (-meaningful, 0.0, meaningful)
    )
    return Reason(
        domain="imprecision",
        lowered=min(len(faults), MOST_PER_DOMAIN),
        text=said,
        numbers={
            "low_per_cm2": pooled.chosen.low,
            "high_per_cm2": pooled.chosen.high,
            "people": float(people),
            "meaningful_difference_per_cm2": meaningful,
            "thresholds_crossed": float(crossed),
            "weight_spread_not_printed_percent": _share(weights, unprinted),
        },
    )


def _few_trials(pooled: Pairwise, counted: bool) -> Reason | None:
    """Lower by one where no interval that allows for scatter between trials excludes no effect.

    With one or two trials the reported interval is narrower than that; `counted` says that their
    disagreement or imprecision has lowered the level for this already.
    """
    random = pooled.random
    if random is None:
        text, includes = ONE_TRIAL, True
    elif pooled.studies == 2:
        wider = bounds(random.hartung_knapp_guarded.low, random.hartung_knapp_guarded.high)
        includes = random.hartung_knapp_guarded.low <= 0 <= random.hartung_knapp_guarded.high
        text = f"{TWO_TRIALS}; one that allows for it runs from {wider}"
    else:
        return None
    return Reason(domain="imprecision", lowered=int(includes and not counted), text=text)


def _publication(studies: int, rules: EvidenceRules) -> Reason:
    """Say that small-study effects cannot be asked about, or are not asked about shares."""
    least = rules.least_studies_for_publication_bias.number()
    said = "cannot be evaluated" if studies < least else "not evaluated for shares"
    return Reason(
        domain="publication_bias", lowered=0, text=f"{studies} trial{'s' * (studies != 1)}: {said}"
    )


def _unpublished(contrasts: list[Contrast], facts: Facts) -> int:
    """Return how many registered studies of the same treatments have no result that was read."""
    given = [
        facts.studies[c.study].arms[c.arm].active(c.week)
        - facts.studies[c.study].arms[c.control].active(c.week)
        for c in contrasts
    ]
    asked = frozenset.intersection(*given)
    return sum(
        study.stage == "registry_only"
        and any(asked <= {x.treatment for x in arm.components} for arm in study.arms.values())
        for study in facts.studies.values()
    )


def _small_studies(contrasts: list[Contrast], facts: Facts) -> Reason:
    """Suggest lowering where effects change with their error; with few trials nobody can tell."""
    rules = facts.evidence_rules
    k, silent = len(contrasts), _unpublished(contrasts, facts)
    numbers = {"trials": float(k), "registered_without_result": float(silent)}
    said = f"{k} trial{'s' * (k != 1)}: cannot be evaluated"
    lowered = 0
    if k >= rules.least_studies_for_publication_bias.number():
        found = egger([c.effect_per_cm2 for c in contrasts], [c.se_per_cm2**2 for c in contrasts])
        if isinstance(found, NotEvaluable):
            said = f"{k} trials: {found.reason}"
        else:
            numbers["egger_p"] = found.slope.p
            lowered = int(found.slope.p < rules.egger_p_serious.number())
            said = (
                f"{k} trials: effects {'change' if lowered else 'do not clearly change'} with "
                f"their standard error (Egger's test, p = {found.slope.p:.2g})"
            )
    if silent:
        said += f"; {silent} registered without a result that was read"
    return Reason(domain="publication_bias", lowered=lowered, text=said, numbers=numbers)


def of_contrasts(contrasts: list[Contrast], pooled: Pairwise, facts: Facts) -> Certainty:
    """Suggest how sure the pooled difference in density is; randomised trials start at high."""
    rules = facts.evidence_rules
    between = 0.0 if pooled.random is None else pooled.random.tau2
    weights = [1 / (c.se_per_cm2**2 + between) for c in contrasts]
    agreement = _inconsistency(pooled, rules)
    precision = _imprecision(contrasts, weights, pooled, rules)
    includes_zero = pooled.chosen.low <= 0 <= pooled.chosen.high
    counted = includes_zero or agreement.lowered > 0 or precision.lowered == MOST_PER_DOMAIN
    few = _few_trials(pooled, counted)
    reasons = [
        Reason(domain="start", lowered=0, text="randomised trials start at high"),
        _bias(contrasts, weights, facts),
        agreement,
        _indirectness(contrasts, weights, rules),
        precision,
        *([few] if few else []),
        _small_studies(contrasts, facts),
    ]
    return Certainty(level=_level(reasons), reasons=reasons)


def _unjudged(trials: set[str], facts: Facts) -> Reason:
    missing = [name for name in trials if facts.studies[name].bias is None]
    opened = [name for name in trials if not facts.studies[name].design.blinded]
    faults = ["risk of bias not yet judged"] * bool(missing) + ["not blinded"] * bool(opened)
    return Reason(
        domain="risk_of_bias",
        lowered=int(bool(faults)),
        text="; ".join(faults) or "blinded trials whose risk of bias was judged",
    )


def is_compared(share: Responders) -> bool:
    """Tell whether a share is of a randomised trial whose control's share was read."""
    return share.is_randomised and share.control_percent is not None


def of_responders(found: list[Responders], facts: Facts) -> Certainty:
    """Suggest how sure the randomised shares of responders are; they were not pooled."""
    compared = [r for r in found if is_compared(r)]
    trials = {r.study for r in compared}
    least = facts.evidence_rules.least_people.number()
    people = sum(
        max((r.n or 0) + (r.control_n or 0) for r in compared if r.study == s) for s in trials
    )
    reasons = [
        Reason(domain="start", lowered=0, text="randomised trials start at high"),
        _unjudged(trials, facts),
        Reason(
            domain="inconsistency", lowered=int(len(trials) == 1),
            text=f"{len(trials)} trial{'s' * (len(trials) != 1)} in the facts",
        ),
    ]  # fmt: skip
    bounded = [r for r in compared if r.low_points is not None and r.high_points is not None]
    if not bounded:
        text, lowered = "no interval of the difference is known", 1
    elif any(r.low_points is not None and r.low_points > 0 for r in bounded):
        text, lowered = "the difference is clearly above zero", int(0 < people < least)
    else:
        text, lowered = "the interval of the difference includes zero", 1
    reasons.append(Reason(domain="imprecision", lowered=lowered, text=text))
    reasons.append(_publication(len(trials), facts.evidence_rules))
    return Certainty(level=_level(reasons), reasons=reasons)


def without_control(*, any_result: bool) -> Certainty:
    """Suggest very low where only uncontrolled results or words exist, nothing where none exist."""
    if not any_result:
        text = "no study with a result was found"
        return Certainty(level=None, reasons=[Reason(domain="start", lowered=0, text=text)])
    text = "no controlled number that could be used: gains without a control group, or only words"
    return Certainty(
        level="very_low", reasons=[Reason(domain="start", lowered=len(LEVELS) - 1, text=text)]
    )
