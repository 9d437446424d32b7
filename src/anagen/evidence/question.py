"""What is asked of the studies: which treatments against which, in whom; and which arms fit."""

import msgspec

from anagen.facts.base import Sex, Slug
from anagen.facts.evidence_rules import EvidenceRules
from anagen.facts.study import INERT, Arm, Component, Study
from anagen.facts.vocabulary import Term
from anagen.frozen import Record

_INTACT_SKIN = frozenset({"topical_intact_skin", "topical"})


class Question(Record):
    """Treatments `components`, of which `backbone` is also given to the control arm.

    `route` is that of the first component, or null for any; `sex` null asks of both sexes. The
    others narrow the question where they are given: `measure` to one way of counting, `origin` to
    products whose source holds that word, the weeks to visits between them.
    """

    components: list[Slug]
    condition: Slug
    sex: Sex | None = None
    backbone: list[Slug] = msgspec.field(default_factory=list)
    route: Slug | None = None
    measure: Slug | None = None
    origin: str | None = None
    from_week: float | None = None
    to_week: float | None = None

    def has_week(self, week: float) -> bool:
        """Tell whether a visit lies between the weeks that are asked for."""
        return (self.from_week or 0) <= week <= (self.to_week or float("inf"))

    def asked(self) -> frozenset[str]:
        """Return the treatments in question."""
        return frozenset(self.components) - frozenset(self.backbone) - INERT


class Fit(Record):
    """How the arm of a study relates to a question; `reason` says why it does not fit."""

    fits: bool
    reason: str | None = None


def _names(component: Component, terms: dict[str, Term]) -> frozenset[str]:
    """Return a treatment's id and that of its class."""
    term = terms.get(component.treatment)
    broader = None if term is None else term.broader
    return frozenset(name for name in (component.treatment, broader) if name)


def _given(arm: Arm, week: float, terms: dict[str, Term], wanted: frozenset[str]) -> frozenset[str]:
    """Return the active treatments at a week, a drug under its class where the class is wanted."""
    found = set()
    for component in arm.components:
        if component.treatment in INERT or not component.is_given(week):
            continue
        named = _names(component, terms) & wanted
        found.add(next(iter(named)) if named else component.treatment)
    return frozenset(found)


def _route_fits(component: Component, route: str | None) -> bool:
    if route is None or component.route is None:
        return True
    if route == "topical_intact_skin":
        return component.route in _INTACT_SKIN
    return component.route == route


def is_treated(arm: Arm, week: float, question: Question, terms: dict[str, Term]) -> Fit:
    """Tell whether an arm receives exactly what is asked at a week, by the route that is asked."""
    wanted = frozenset(question.components) - INERT
    given = _given(arm, week, terms, wanted)
    if given != wanted:
        return Fit(fits=False, reason=None if not wanted <= given else _together(given - wanted))
    first = frozenset(question.components[:1])
    for component in arm.components:
        if not _names(component, terms) & first:
            continue
        if not _route_fits(component, question.route):
            if component.route == "not_stated":
                return Fit(fits=False, reason="how it was given is not stated in what was read")
            return Fit(fits=False, reason=None)
        if question.origin and question.origin.lower() not in (component.origin or "").lower():
            return Fit(fits=False, reason=None)
    return Fit(fits=True)


def _together(extra: frozenset[str]) -> str:
    return f"given together with {' and '.join(sorted(extra))}, so its own share cannot be told"


def is_control(arm: Arm, week: float, question: Question, terms: dict[str, Term]) -> bool:
    """Tell whether an arm receives the backbone alone, or nothing active where there is none."""
    backbone = frozenset(question.backbone) - INERT
    return _given(arm, week, terms, backbone) == backbone and arm.people is None


def is_standard_dose(arm: Arm, question: Question, rules: EvidenceRules) -> bool:
    """Tell whether the treatments in question are given in the dose that stands for them."""
    for standard in rules.standard_doses:
        if standard.treatment not in question.asked():
            continue
        doses = [c for c in arm.components if c.treatment == standard.treatment]
        if not any((c.dose, c.dose_unit) == (standard.dose, standard.dose_unit) for c in doses):
            return False
    return True


def same_backbone(treated: Arm, control: Arm, question: Question) -> bool:
    """Tell whether the backbone has one dose in both arms, as far as doses are stated."""
    for name in question.backbone:
        doses = [
            {(str(c.dose), c.dose_unit) for c in arm.components if c.treatment == name}
            for arm in (treated, control)
        ]
        if doses[0] != doses[1]:
            return False
    return True


def is_about(study: Study, question: Question) -> bool:
    """Tell whether a study's people have the condition and can be of the sex that is asked."""
    fits = question.sex is None or study.sex in (question.sex, "both", None)
    return study.condition == question.condition and fits
