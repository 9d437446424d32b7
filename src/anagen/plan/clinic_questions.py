"""What to ask a clinic before a session, with what the person file already answers filled in."""

from collections.abc import Sequence

from anagen.candidacy import Person
from anagen.facts import Facts, Record, Status
from anagen.facts.base import Slug
from anagen.facts.clinic_question import AnswerQuality, ClinicQuestion, HeardAnswer
from anagen.plan.options import zero_event_upper_percent
from anagen.plan.wording import worded

GIVEN = "given"


class AskedQuestion(Record):
    """One question of the page "Ask this clinic".

    `said` is what the person file already holds, `means` what that answer is worth; both are
    absent where the question is open.
    """

    id: Slug
    question: str
    why: str
    good: str
    poor: str
    missing: str
    status: Status
    source: list[Slug]
    rules: list[Slug]
    said: str | None = None
    means: AnswerQuality | None = None


def clinic_questions(
    person: Person, open_labels: Sequence[str], facts: Facts
) -> list[AskedQuestion]:
    """Return the questions that this person should put to a clinic, in the order of the facts.

    Parameters
    ----------
    person:
        The person: the place chooses the question about the licence, the product block fills in
        what was said already.
    open_labels:
        The names of the options that stand open, printed where alternatives are asked for.
    facts:
        The facts.
    """
    return [
        _asked(name, fact, person, open_labels, facts)
        for name, fact in facts.clinic_questions.items()
        if _concerns(fact, person)
    ]


def _concerns(fact: ClinicQuestion, person: Person) -> bool:
    return (
        (not fact.jurisdictions or person.jurisdiction in fact.jurisdictions)
        and (not fact.conditions or person.condition in fact.conditions)
        and person.condition not in fact.other_than
    )


def _asked(
    name: Slug,
    fact: ClinicQuestion,
    person: Person,
    open_labels: Sequence[str],
    facts: Facts,
) -> AskedQuestion:
    heard = next((entry for entry in fact.heard if _is_heard(entry, person)), None)
    added = _bound(fact, facts) if fact.adds == "none_of_n" else _named(fact, open_labels)
    return AskedQuestion(
        id=name,
        question=fact.question,
        why=" ".join(s for s in (worded(fact.why, facts), added) if s),
        good=fact.good,
        poor=fact.poor,
        missing=fact.missing,
        status=fact.status,
        source=fact.source,
        rules=fact.rules,
        said=None if heard is None else heard.said,
        means=None if heard is None else heard.means,
    )


def _is_heard(entry: HeardAnswer, person: Person) -> bool:
    """Return whether the person file gives this answer."""
    product = person.product
    if product is None or (entry.jurisdictions and person.jurisdiction not in entry.jurisdictions):
        return False
    for key, wanted in entry.when.items():
        value = getattr(product, key)
        if value not in wanted and not (GIVEN in wanted and value not in (None, "unknown")):
            return False
    return True


def _bound(fact: ClinicQuestion, facts: Facts) -> str:
    """Say what no event in groups of several sizes still allows."""
    sizes = fact.group_sizes.value if fact.group_sizes is not None else []
    confidence = facts.limits["zero_event_confidence_percent"].number()
    said = [
        f"0 of {size} still allows {zero_event_upper_percent(int(size), confidence):.2g} %"
        for size in (sizes if isinstance(sizes, list) else [])
    ]
    return f"{', '.join(said)} ({confidence:g} % bound)."


def _named(fact: ClinicQuestion, open_labels: Sequence[str]) -> str:
    """Name the options that stand open, where alternatives are asked for."""
    if fact.adds != "open_options" or not open_labels:
        return ""
    return f"Open in your plan: {', '.join(open_labels)}."
