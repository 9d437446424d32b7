"""How sure the evidence is: what was computed, and what a person decided in its place."""

from collections.abc import Mapping, Sequence

import msgspec

from anagen.errors import InputError
from anagen.evidence.certainty import LEVELS, MOST_PER_DOMAIN, Certainty, Level, Reason
from anagen.facts.base import Sex, Slug
from anagen.facts.judgement import RAISING, CertaintyRating, DomainDecision
from anagen.frozen import Record

SUGGESTED = "suggested: computed, not judged by a person"
PARTLY = "judged in part: the other domains are computed suggestions"
JUDGED = "judged by a person in every domain"


class DomainProfile(Record):
    """One domain: what was computed, its numbers, and the decision of a person if there is one.

    `lowered` is by how many levels it lowers in the end: the decision's where there is one, else
    the suggestion's. A negative number raises.
    """

    domain: str
    suggestion: str
    suggested: int
    lowered: int
    numbers: dict[str, float] = msgspec.field(default_factory=dict)
    decision: int | None = None
    who: str | None = None
    on: str | None = None
    reason: str | None = None


class Step(Record):
    """One step of the path from where the evidence starts to its level."""

    domain: str
    lowered: int
    level: Level
    why: str


class CertaintyProfile(Record):
    """A level with its path, what was only suggested and what a person decided.

    `suggested_level` is the level without any decision. `unset` names the domains on which nobody
    has decided. No level where there is no evidence at all.
    """

    level: Level | None
    suggested_level: Level | None
    label: str
    domains: list[DomainProfile]
    path: list[Step]
    unset: list[str]


def _numbers(reason: Reason) -> dict[str, float]:
    """Return the numbers behind a suggestion, where it holds any."""
    return dict(getattr(reason, "numbers", None) or {})


def _suggested(certainty: Certainty) -> dict[str, DomainProfile]:
    """Return the suggestions, one for each domain: two reasons of a domain are one suggestion."""
    found: dict[str, DomainProfile] = {}
    for reason in certainty.reasons:
        before = found.get(reason.domain)
        lowered = reason.lowered + (0 if before is None else before.suggested)
        if reason.domain != "start":
            lowered = min(lowered, MOST_PER_DOMAIN)
        found[reason.domain] = DomainProfile(
            domain=reason.domain,
            suggestion=reason.text if before is None else f"{before.suggestion}; {reason.text}",
            suggested=lowered,
            lowered=lowered,
            numbers=_numbers(reason) | ({} if before is None else before.numbers),
        )
    return found


def _decided(before: DomainProfile | None, decision: DomainDecision) -> DomainProfile:
    return DomainProfile(
        domain=decision.domain,
        suggestion="nothing was computed" if before is None else before.suggestion,
        suggested=0 if before is None else before.suggested,
        lowered=decision.lowered,
        numbers={} if before is None else before.numbers,
        decision=decision.lowered,
        who=decision.who,
        on=decision.on,
        reason=decision.reason,
    )


def _refuse(certainty: Certainty, decision: DomainDecision, start: int) -> None:
    """Refuse a decision on nothing, and one that raises what was randomised."""
    if certainty.level is None:
        raise InputError(
            f"the rating of {decision.domain} by {decision.who} is of an option without any "
            "result; there is nothing to rate yet"
        )
    if decision.domain in RAISING and decision.lowered < 0 and start == 0:
        raise InputError(
            f"the rating of {decision.domain} by {decision.who} raises randomised evidence; only "
            "what was not randomised can be rated up"
        )


def _level(steps: int) -> Level:
    return LEVELS[max(0, min(steps, len(LEVELS) - 1))]


def _path(domains: Sequence[DomainProfile]) -> list[Step]:
    """Return each step from the start; a domain that leaves the level where it is, is a step too.

    A fall below the lowest level is kept in mind, so that raising starts from where it fell to.
    """
    steps, path = 0, []
    for entry in domains:
        steps += entry.lowered
        why = entry.suggestion if entry.reason is None else entry.reason
        path.append(Step(domain=entry.domain, lowered=entry.lowered, level=_level(steps), why=why))
    return path


def judged(certainty: Certainty, ratings: Sequence[DomainDecision] = ()) -> CertaintyProfile:
    """Put the decisions of people in the place of computed suggestions.

    Parameters
    ----------
    certainty:
        What was computed.
    ratings:
        What people decided, one for each domain at most.

    Raises
    ------
    InputError
        If a domain is decided twice, there is no evidence to rate, or randomised evidence is
        raised.

    References
    ----------
    Guyatt et al. (2011), Journal of Clinical Epidemiology 64:383-394.
    """
    domains = _suggested(certainty)
    start = domains["start"].lowered if "start" in domains else 0
    seen: set[str] = set()
    for decision in ratings:
        if decision.domain in seen:
            raise InputError(f"{decision.domain} is decided on twice; keep one decision")
        seen.add(decision.domain)
        _refuse(certainty, decision, start)
        domains[decision.domain] = _decided(domains.get(decision.domain), decision)
    entries = list(domains.values())
    unset = [e.domain for e in entries if e.decision is None and e.domain != "start"]
    path = _path(entries) if certainty.level is not None else []
    return CertaintyProfile(
        level=path[-1].level if path else None,
        suggested_level=certainty.level,
        label=SUGGESTED if not seen else PARTLY if unset else JUDGED,
        domains=entries,
        path=path,
        unset=unset,
    )


def decisions_for(
    ratings: Mapping[Slug, CertaintyRating],
    option: Slug,
    measure: Slug,
    sex: Sex,
    condition: Slug,
) -> list[DomainDecision]:
    """Return what people decided on one option, measure, sex and condition; mostly nothing."""
    wanted = (option, measure, sex, condition)
    for rating in ratings.values():
        if (rating.option, rating.measure, rating.sex, rating.condition) == wanted:
            return rating.decisions
    return []
