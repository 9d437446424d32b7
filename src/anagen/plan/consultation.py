"""The clinician's view: the case, a short form, and the texts filled from both."""

import datetime
import re

from anagen import INTENDED_USE
from anagen.candidacy import Person
from anagen.errors import FactError
from anagen.facts import Facts, Grade, Record
from anagen.facts.base import Slug
from anagen.facts.paper import FieldKind, FormField, Paragraph
from anagen.plan.case import CaseLine, case_of, deciding, examinations_of, health_flags
from anagen.plan.documents import Plan
from anagen.plan.wording import rule_words, spelled

MOST_DECIDING = 6
MOST_CITED = 2
NONE_OF_THEM = "none"
CASE = "case"
OPTIONAL_LINES = ("noticed",)
FOOTING_WORDS: dict[Grade, str] = {
    "regulator": "a regulator's page",
    "guideline": "a guideline",
    "trial": "a trial's criteria",
    "journal": "a journal",
    "mirror": "a copy kept by a third party",
    "vendor": "a seller's page",
    "press": "the press",
    "unlocated": "a page whose address was not kept",
    "ours": "our own precaution",
}
_NAME = re.compile(r"\{([a-z_.]+)\}")


class FormEntry(Record):
    """A field of the form; `filled` holds its words, or the ids of the choices taken."""

    id: Slug
    label: str
    kind: FieldKind
    choices: dict[str, str]
    filled: list[str]
    source: list[Slug]


class Fill(Record):
    """A place in a text that the form fills; left blank where nobody has filled it."""

    field: Slug


class FilledParagraph(Record):
    """A paragraph whose case is filled in, and whose form is still open."""

    parts: list[str | Fill]
    title: str | None = None


class Consultation(Record):
    """Everything on the clinician's page, and what letter and record are made from.

    `closing` ends both: what the rules rest on, and what this program is for. `small_print` names
    rules and sources by their keys, for the page alone.
    """

    label: str
    planned_on: datetime.date
    case: list[CaseLine]
    form: list[FormEntry]
    letter: list[FilledParagraph]
    record: list[FilledParagraph]
    closing: list[FilledParagraph]
    small_print: list[FilledParagraph]


def consultation(plan: Plan, facts: Facts) -> Consultation:
    """Return the clinician's view of a plan.

    Parameters
    ----------
    plan:
        The person's plan.
    facts:
        The facts, for form, letter and record.

    Raises
    ------
    FactError
        If letter or record name a field or a line that does not exist.
    """
    own = facts.papers.consultation
    case = case_of(plan, facts)
    form = [_entry(name, field, plan, facts) for name, field in own.form.items()]
    return Consultation(
        label=plan.person.label,
        planned_on=plan.planned_on,
        case=case,
        form=form,
        letter=[p for p in (_filled(p, case, form) for p in own.letter) if p.parts],
        record=[p for p in (_filled(p, case, form) for p in own.record) if p.parts],
        closing=[
            FilledParagraph(title="What the rules rest on", parts=[f"{_footings(plan, facts)}."]),
            FilledParagraph(parts=[INTENDED_USE]),
        ],
        small_print=[
            FilledParagraph(title="Rules and sources", parts=[f"{_cited(plan)}."]),
            FilledParagraph(parts=[INTENDED_USE]),
        ],
    )


def _entry(name: Slug, field: FormField, plan: Plan, facts: Facts) -> FormEntry:
    """Return a field of the form with what the person file holds filled in."""
    choices = dict(field.choices)
    if field.choices_of == "conditions":
        choices = {key: term.label for key, term in facts.vocabulary.conditions.items()}
    elif field.choices_of == "laboratory":
        labels = facts.papers.consultation.examinations
        choices = {k: labels[k] for k in examinations_of(plan, facts)}
        choices |= {t.test: t.fact.label for t in plan.candidacy.laboratory}
    filled = _examined(plan.person, field.examination)
    for value in filled:
        if field.kind in ("choice", "several"):
            said = "none of these" if value == NONE_OF_THEM else spelled(value)
            choices.setdefault(value, said)
    if name == "density":
        filled = _counted(plan.person, facts)
    elif name == "other_findings":
        filled = _other_findings(plan.person, facts)
    return FormEntry(
        id=name, label=field.label, kind=field.kind, choices=choices, filled=filled,
        source=field.source,
    )  # fmt: skip


def _examined(person: Person, key: str | None) -> list[str]:
    """Return what the examination of a person file holds at a key."""
    if key is None or person.examination is None:
        return []
    value = getattr(person.examination, key, None)
    if value is None or value == "unknown":
        return []
    if isinstance(value, list):
        return [str(entry) for entry in value] or [NONE_OF_THEM]
    return [_plain(value)]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _counted(person: Person, facts: Facts) -> list[str]:
    measured = person.measured
    if measured is None:
        return []
    said = []
    if measured.density_per_cm2 is not None:
        kind = "without vellus" if measured.measure == "nonvellus_density" else "all hairs"
        place = f", {measured.site}" if measured.site else ""
        said.append(f"{measured.density_per_cm2:g} hairs/cm² ({kind}{place})")
    for name in ("shaft_diameter_um", "anagen_percent"):
        value = getattr(measured, name)
        if value is not None:
            said.append(_with_unit(name, f"{value:g}", facts))
    return [", ".join(said)] if said else []


def _with_unit(name: str, value: str, facts: Facts) -> str:
    """Return a result as it is written in a letter, with its unit."""
    template = facts.papers.consultation.numbers.get(name, f"{spelled(name)}: {{value}}")
    return template.replace("{value}", value)


def _other_findings(person: Person, facts: Facts) -> list[str]:
    """Return what an examination holds beyond the fields that the form has for it."""
    if person.examination is None:
        return []
    own = {field.examination for field in facts.papers.consultation.form.values()}
    said = []
    for name in person.examination.__struct_fields__:
        values = _examined(person, name) if name not in own else []
        if values:
            said.append(_with_unit(name, ", ".join(spelled(value) for value in values), facts))
    return ["; ".join(said)] if said else []


def _filled(paragraph: Paragraph, case: list[CaseLine], form: list[FormEntry]) -> FilledParagraph:
    """Fill the case into a paragraph and leave the form's places open.

    What the case says is never read again for names in braces, so that nothing a person wrote can
    become a place. A line that the case leaves out leaves nothing.
    """
    lines = {f"{CASE}.{name}": "" for name in OPTIONAL_LINES}
    lines |= {f"{CASE}.{line.id}": line.text for line in case}
    fields = {entry.id for entry in form}
    parts: list[str | Fill] = []
    start = 0
    for found in _NAME.finditer(paragraph.text):
        name = found[1]
        if name not in lines and name not in fields:
            raise FactError(f"papers.consultation: '{{{name}}}' is neither of the case nor a field")
        parts.append(paragraph.text[start : found.start()])
        parts.append(lines[name] if name in lines else Fill(field=name))
        start = found.end()
    parts.append(paragraph.text[start:])
    return FilledParagraph(parts=[p for p in parts if p != ""], title=paragraph.title)


def _cited(plan: Plan) -> str:
    """Name the rules that decide the case, each with its firmest sources, by their keys."""
    worst = deciding(plan)[:MOST_DECIDING]
    cited = {f.rule: f for f in [*health_flags(plan)[:MOST_DECIDING], *worst]}
    return "; ".join(f"{rule}: {', '.join(f.source[:MOST_CITED])}" for rule, f in cited.items())


def _footings(plan: Plan, facts: Facts) -> str:
    """Say on what kind of page the rules that decide the case rest."""
    worst = deciding(plan)[:MOST_DECIDING]
    rests: dict[Grade, list[str]] = {}
    for finding in [*health_flags(plan)[:MOST_DECIDING], *worst]:
        rests.setdefault(finding.footing or "ours", []).append(rule_words(finding.rule, facts))
    said = [
        f"{FOOTING_WORDS[footing]} ({', '.join(dict.fromkeys(rules))})"
        for footing, rules in rests.items()
    ]
    return f"{'; '.join(said)}. The plan lists the pages"
