"""What speaks against an option for a person: its own rules, or the health line for exosomes."""

from anagen.candidacy import Candidacy, Finding, Person, judge_option, tell_prescriber
from anagen.candidacy.finding import question
from anagen.facts import Facts, Record
from anagen.facts.base import Slug
from anagen.facts.treatment import Option
from anagen.plan.fitting import taken_now


class NamedTreatment(Record):
    """A treatment that a person uses now, and what its own rules find, the worst first.

    It stands in a plan whatever the type of hair loss is, named or not.
    """

    treatment: Slug
    label: str
    is_taken_now: bool
    findings: list[Finding]


def named_treatments(person: Person, facts: Facts) -> list[NamedTreatment]:
    """Return what the rules of every treatment that a person names find."""
    taken = taken_now(person)
    return [
        NamedTreatment(
            treatment=name,
            label=facts.vocabulary.label("treatments", name),
            is_taken_now=name in taken,
            findings=judge_option([name], person, facts),
        )
        for name in sorted(taken)
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
