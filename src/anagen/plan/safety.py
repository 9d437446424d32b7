"""What speaks against an option for a person: its own rules, or the health line for exosomes."""

from anagen.candidacy import Candidacy, Finding, Person, judge_option, tell_prescriber
from anagen.candidacy.finding import question
from anagen.facts import Facts, Record
from anagen.facts.base import Slug
from anagen.facts.treatment import Option
from anagen.plan.fitting import taken_now


class TreatmentSafety(Record):
    """A treatment that a person uses or asks about, and what its own rules find, the worst first.

    It stands in a plan whatever the type of hair loss is, named or not.
    """

    treatment: Slug
    label: str
    is_taken_now: bool
    is_asked_about: bool
    findings: list[Finding]


def named_treatments(person: Person, facts: Facts) -> list[TreatmentSafety]:
    """Return what the rules of every treatment find that a person uses now or asks about."""
    taken = taken_now(person)
    asked = set(person.wishes.considers or []) - {"exosome"} if person.wishes else set()
    return [
        TreatmentSafety(
            treatment=name,
            label=facts.vocabulary.label("treatments", name),
            is_taken_now=name in taken,
            is_asked_about=name in asked,
            findings=judge_option([name], person, facts),
        )
        for name in sorted({*taken, *asked})
    ]


def safety_of(option: Option, person: Person, candidacy: Candidacy, facts: Facts) -> list[Finding]:
    """Return every finding on the safety of an option for a person, the worst first.

    Exosome sessions are judged by the rules R00 to R34, so their findings are those of the health
    line; every other option is judged by the rules of its own treatments.
    """
    if "exosome" in option.components:
        return candidacy.health.findings
    return judge_option(option.components, person, facts)


def told_to_prescriber(
    option: Option, person: Person, candidacy: Candidacy, facts: Facts
) -> list[str]:
    """Return the unanswered questions that keep nothing shut but that belong before the option."""
    if "exosome" in option.components:
        return [question(key) for key in candidacy.health.unanswered]
    return tell_prescriber(option.components, person, facts)
