"""The randomised trials of one condition as a network: who was compared with whom, and by how much.

Every contrast of a trial is within one randomisation; those of a trial with three arms or more
share the variance of the arm that they are measured from.
"""

import math
from collections.abc import Sequence

import msgspec

from anagen.errors import InputError
from anagen.evidence.contrasts import Contrast, contrast
from anagen.evidence.question import Question, is_about
from anagen.evidence.shared_controls import shared_variance
from anagen.evidence.spread import Lender, is_usable
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.evidence_rules import Window
from anagen.facts.study import INERT, Arm, Component, Study
from anagen.frozen import Record

CONTROL = "control"
PLUS = " + "


class TrialContrast(Record):
    """One difference of two arms of a trial, in hairs/cm²: `treatment` − `against`.

    The names are those of the network's nodes; `trial` is a study, or one of its randomisations.
    """

    trial: str
    study: Slug
    treatment: str
    against: str
    effect_per_cm2: float
    se_per_cm2: float
    contrast: Contrast


class NotInNetwork(Record):
    """A randomised study that gives the network nothing, and why."""

    study: Slug
    reason: str


class TrialNetwork(Record):
    """The contrasts of a network, all pairs of each trial, and the studies that are not in it."""

    contrasts: list[TrialContrast]
    left_out: list[NotInNetwork]
    window: Window
    people: dict[str, int] = msgspec.field(default_factory=dict)
    shared_variance_halved: list[str] = msgspec.field(default_factory=list)


def _dose(component: Component, facts: Facts) -> str:
    """Return the dose behind a treatment's name, unless it is the one that stands for it."""
    standard = {
        (s.treatment, float(s.dose), s.dose_unit) for s in facts.evidence_rules.standard_doses
    }
    apart = component.treatment in facts.evidence_rules.apart_by_dose
    name = component.treatment.replace("_", " ")
    if not apart or not isinstance(component.dose, int | float) or component.dose_unit is None:
        return name
    if (component.treatment, float(component.dose), component.dose_unit) in standard:
        return name
    return f"{name} {component.dose:g} {component.dose_unit}"


def node_of(arm: Arm, week: float, facts: Facts) -> str:
    """Return the node that an arm belongs to at a week; all inert controls are one node."""
    given = [c for c in arm.components if c.is_given(week) and c.treatment not in INERT]
    return PLUS.join(sorted({_dose(c, facts) for c in given})) or CONTROL


def _visit(
    name: str, arms: dict[str, str], base: str, window: Window, facts: Facts, lends: Lender
) -> dict[str, Contrast]:
    """Return the contrasts of a trial's arms with one of them, at its latest visit of a window."""
    study = facts.studies[name]
    weeks = sorted({float(o.week) for o in study.observations if o.week}, reverse=True)
    for week in weeks:
        if not window.from_week <= week <= window.to_week:
            continue
        for measure in facts.evidence_rules.density_measures:
            found = {}
            for arm in arms:
                result = None
                if arm != base:
                    result = contrast(name, (arm, base), measure, week, facts, lends)
                if result is not None:
                    found[arm] = result
            if found:
                return found
    return {}


def _trial(
    trial: str, name: str, arms: dict[str, str], window: Window, facts: Facts, lends: Lender
) -> tuple[list[TrialContrast], bool]:
    """Return all pairwise contrasts of one randomisation, and whether a variance was halved."""
    order = sorted(arms, key=lambda arm: (arms[arm] != CONTROL, arm))
    found: dict[str, Contrast] = {}
    base = order[0]
    for base in order:
        found = _visit(name, arms, base, window, facts, lends)
        if found:
            break
    if not found:
        return [], False
    contrasts = [
        TrialContrast(
            trial=trial, study=name, treatment=arms[arm], against=arms[base],
            effect_per_cm2=c.effect_per_cm2, se_per_cm2=c.se_per_cm2, contrast=c,
        )
        for arm, c in found.items()
    ]  # fmt: skip
    if len(contrasts) < 2:
        return contrasts, False
    shared = shared_variance(list(found.values()), facts.studies[name], lends)
    least = min(c.se_per_cm2**2 for c in contrasts)
    halved = shared >= least
    shared = least / 2 if halved else shared
    between = [
        msgspec.structs.replace(
            a,
            against=b.treatment,
            effect_per_cm2=a.effect_per_cm2 - b.effect_per_cm2,
            se_per_cm2=math.sqrt(a.se_per_cm2**2 + b.se_per_cm2**2 - 2 * shared),
        )
        for i, a in enumerate(contrasts)
        for b in contrasts[i + 1 :]
    ]
    return contrasts + between, halved


def _arms(study: Study, window: Window, facts: Facts) -> dict[str | None, dict[str, str]]:
    """Return arm → node for each randomisation of a study; of two arms of one node the first."""
    parts: dict[str | None, dict[str, str]] = {}
    for name, arm in study.arms.items():
        node = node_of(arm, float(window.from_week), facts)
        part = parts.setdefault(arm.part, {})
        if arm.people is None and node not in part.values():
            part[name] = node
    return parts


def why_not(study: Study) -> str | None:
    """Return why a study's numbers are in no network; nothing where they may be."""
    if study.never_use:
        return study.never_use
    if study.outlier:
        return f"an outlier: {study.outlier}"
    if study.design.kind != "randomised_trial":
        return "not a randomised trial" if study.design.randomised else None
    if study.method == "hand_count":
        return "its hairs were counted by hand"
    if not is_usable(study):
        return "its numbers were not read"
    return None


def less(facts: Facts, without: Sequence[Slug]) -> Facts:
    """Return the facts without some studies.

    Parameters
    ----------
    facts:
        All facts.
    without:
        Ids of studies.

    Raises
    ------
    InputError
        If there is no such study.
    """
    unknown = [name for name in without if name not in facts.studies]
    if unknown:
        raise InputError(
            f"there is no study {unknown[0][:60]!r} to leave out; see 'anagen evidence studies'"
        )
    kept = {name: study for name, study in facts.studies.items() if name not in without}
    return msgspec.structs.replace(facts, studies=kept) if without else facts


def trial_network(question: Question, window: Window, facts: Facts, lends: Lender) -> TrialNetwork:
    """Return the network of all randomised trials of a condition and sex within a window.

    Parameters
    ----------
    question:
        The condition and the sex; its components are not read.
    window:
        The weeks within which each trial gives its latest visit.
    facts, lends:
        All facts, and what trials lend to those that report no spread.
    """
    contrasts: list[TrialContrast] = []
    left_out: list[NotInNetwork] = []
    halved: list[str] = []
    for name, study in facts.studies.items():
        if not is_about(study, question):
            continue
        reason = why_not(study)
        if reason is not None or not study.design.randomised:
            if reason is not None and study.design.randomised:
                left_out.append(NotInNetwork(study=name, reason=reason))
            continue
        found = []
        for part, arms in _arms(study, window, facts).items():
            trial = name if part is None else f"{name}, {part}"
            rows, was_halved = _trial(trial, name, arms, window, facts, lends)
            halved += [trial] * was_halved
            found += rows
        contrasts += found
        if not found:
            left_out.append(
                NotInNetwork(
                    study=name,
                    reason="no difference in hairs/cm² between two of its arms in this window",
                )
            )
    return TrialNetwork(
        contrasts=contrasts,
        left_out=left_out,
        window=window,
        people=_people(contrasts),
        shared_variance_halved=halved,
    )


def _people(contrasts: list[TrialContrast]) -> dict[str, int]:
    """Return how many people each node was measured in."""
    counted: dict[tuple[str, str], int] = {}
    for c in contrasts:
        if c.against == CONTROL or (c.trial, c.against) not in counted:
            counted[c.trial, c.treatment] = c.contrast.n_treated
            counted.setdefault((c.trial, c.against), c.contrast.n_control)
    found: dict[str, int] = {}
    for (_, node), n in counted.items():
        found[node] = found.get(node, 0) + n
    return found
