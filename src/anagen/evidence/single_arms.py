"""Gains without a control beside randomised contrasts: three tiers, and where they tip over.

The natural course that is taken off a gain is the change in the inert arms of randomised trials,
with its own error, which all gains share.
"""

import math
from collections.abc import Sequence

import msgspec

from anagen.evidence.contrasts import Contrast
from anagen.evidence.controls import ControlChange, control_changes
from anagen.evidence.gains import Gain
from anagen.evidence.question import Question
from anagen.evidence.spread import Lender
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.evidence_rules import Window
from anagen.frozen import Record
from anagen.synthesis import fit_pairwise
from anagen.synthesis.single_arm import Bias, Pooling, pseudo_contrasts, randomised_contrasts
from anagen.synthesis.single_arm_tiers import TippingPoint, tiers

LEAST_CONTROLS = 2


class NaturalCourse(Record):
    """The pooled change of inert arms in hairs/cm², with its spread between trials."""

    arms: list[ControlChange]
    change_per_cm2: float
    se_per_cm2: float
    tau_per_cm2: float
    window: str


class AdjustedGain(Record):
    """One gain without a control, less the natural course, in hairs/cm²."""

    study: Slug
    arm_label: str
    week: float | None
    gain_per_cm2: float
    se_per_cm2: float
    sd_status: str
    adjusted_per_cm2: float
    adjusted_se_per_cm2: float


class TierEvidence(Record):
    """Randomised contrasts alone, with single arms whose bias is allowed for, and naively pooled.

    The conclusion that a tier beyond the first would change starts at very low certainty.
    `tipping_bias` is the mean bias (hairs/cm²) at which the middle tier includes no effect.
    """

    natural_course: NaturalCourse
    gains: list[AdjustedGain]
    bias_mean_per_cm2: float
    bias_sd_per_cm2: float
    naive: Pooling
    warning: str
    tipping_bias: TippingPoint
    tipping_power: TippingPoint
    randomised_only: Pooling | None = None
    bias_adjusted: Pooling | None = None
    by_power: list[Pooling] = msgspec.field(default_factory=list)
    tipping_to_meaningful: TippingPoint | None = None
    notes: list[str] = msgspec.field(default_factory=list)


def natural_course(
    question: Question, window: Window, facts: Facts, lends: Lender
) -> NaturalCourse | None:
    """Return the pooled change of the inert arms of randomised trials; None with fewer than 2."""
    arms = control_changes(question, window, facts, lends)
    if len(arms) < LEAST_CONTROLS:
        return None
    pooled = fit_pairwise([a.change_per_cm2 for a in arms], [a.se_per_cm2**2 for a in arms])
    random = pooled.random
    return NaturalCourse(
        arms=arms, change_per_cm2=pooled.chosen.estimate, se_per_cm2=pooled.chosen.se,
        tau_per_cm2=0.0 if random is None else math.sqrt(random.tau2), window=window.label,
    )  # fmt: skip


def _usable(gain: Gain, lends: Lender) -> tuple[float, float, str] | None:
    """Return (gain, standard error, how its spread was found) in hairs/cm²."""
    if gain.gain_per_cm2 is None or not gain.n:
        return None
    sd, status = gain.sd_per_cm2, "reported"
    if sd is None:
        sd, status = lends.sd(gain.measure), "borrowed"
    return None if sd is None else (gain.gain_per_cm2, sd / math.sqrt(gain.n), status)


def tier_evidence(
    question: Question,
    contrasts: Sequence[Contrast],
    gains: Sequence[Gain],
    facts: Facts,
    lends: Lender,
) -> TierEvidence | None:
    """Return the three tiers of one question; nothing where no gain in hairs/cm² can be used.

    Parameters
    ----------
    question:
        What is asked; its sex chooses whose natural course is taken off.
    contrasts, gains:
        Randomised contrasts that are pooled, and gains without a control.
    facts, lends:
        All facts, and what trials lend to those that report no spread.
    """
    rules = facts.evidence_rules
    course = natural_course(question, rules.windows[0], facts, lends)
    found = [(gain, usable) for gain in gains if (usable := _usable(gain, lends)) is not None]
    if course is None or not found:
        return None
    bias = Bias(
        mean=rules.bias_of_single_arms.number(), spread=rules.bias_of_single_arms_sd.number()
    )
    single = pseudo_contrasts(
        [values[0] for _, values in found], [values[1] for _, values in found],
        course.change_per_cm2, course.se_per_cm2**2, tau_m=course.tau_per_cm2,
    )  # fmt: skip
    trials = None
    if contrasts:
        trials = randomised_contrasts(
            [c.effect_per_cm2 for c in contrasts], [c.se_per_cm2**2 for c in contrasts]
        )
    said = tiers(trials, single, bias)
    matters = tiers(trials, single, bias, threshold=rules.meaningful_difference.number())
    own = course.se_per_cm2**2 + course.tau_per_cm2**2 + bias.spread**2
    return TierEvidence(
        natural_course=course,
        gains=[
            AdjustedGain(
                study=gain.study, arm_label=gain.arm_label, week=gain.week, gain_per_cm2=values[0],
                se_per_cm2=values[1], sd_status=values[2],
                adjusted_per_cm2=values[0] - course.change_per_cm2 - bias.mean,
                adjusted_se_per_cm2=math.sqrt(values[1] ** 2 + own),
            )
            for gain, values in found
        ],
        bias_mean_per_cm2=bias.mean, bias_sd_per_cm2=bias.spread,
        randomised_only=said.randomised_only, bias_adjusted=said.bias_adjusted, naive=said.naive,
        warning=said.warning, by_power=said.by_power, tipping_bias=said.tipping_bias,
        tipping_power=said.tipping_power, tipping_to_meaningful=matters.tipping_bias,
        notes=said.notes,
    )  # fmt: skip
