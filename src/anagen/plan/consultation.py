"""The clinician's view: the case in eight lines, a short form, and the texts filled from both."""

import datetime
import re
from collections.abc import Sequence

from anagen import INTENDED_USE
from anagen.candidacy import Finding, Person
from anagen.candidacy.finding import ORDER
from anagen.candidacy.history import OPERATIONS
from anagen.candidacy.person import UNSTATED
from anagen.errors import FactError
from anagen.facts import Facts, Record
from anagen.facts.base import Slug
from anagen.facts.paper import FieldKind, FormField, Paragraph
from anagen.plan.documents import OptionCard, Plan
from anagen.plan.session_sheet import said_in_file

MOST_FLAGS = 6
MOST_OPTIONS = 4
MOST_RULES = 4
MOST_CITED = 2
MEDICINE_KEYS = (
    "health.anticoagulant",
    "health.dual_antiplatelet",
    "health.prescribed_aspirin",
    "health.hours_since_nsaid",
    "health.days_since_systemic_corticosteroid",
    "health.months_since_scalp_steroid_injection",
    "health.months_since_isotretinoin",
)
EMERGENCY_RULE = "R07"
FLAGS = ("STOP", "REFER", "DEFER")
SCALES = ("norwood_hamilton", "ludwig", "sinclair", "savin", "basp")
CASE = "case"
_NAME = re.compile(r"\{([a-z_.]+)\}")


class CaseLine(Record):
    """One of the eight lines of the case."""

    id: Slug
    label: str
    text: str
    rules: list[str]
    source: list[Slug]


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

    `closing` ends both: rules with their sources, and what this program is for.
    """

    label: str
    planned_on: datetime.date
    case: list[CaseLine]
    form: list[FormEntry]
    letter: list[FilledParagraph]
    record: list[FilledParagraph]
    closing: list[FilledParagraph]


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
    case = _case(plan, facts)
    form = [_entry(name, field, plan, facts) for name, field in own.form.items()]
    return Consultation(
        label=plan.person.label,
        planned_on=plan.planned_on,
        case=case,
        form=form,
        letter=[_filled(p, case, form) for p in own.letter],
        record=[_filled(p, case, form) for p in own.record],
        closing=[
            FilledParagraph(title="Rules and sources", parts=[f"{_cited(plan)}."]),
            FilledParagraph(parts=[INTENDED_USE]),
        ],
    )


def _case(plan: Plan, facts: Facts) -> list[CaseLine]:
    """Return the eight lines of the case."""
    person = plan.person
    flags = _flags(plan)
    tested = [key for t in plan.candidacy.laboratory for key in t.fact.source]
    opened = [plan.option(name) for name in plan.open_options[:MOST_OPTIONS]]
    studied = [key for card in opened for key in card.fit.source[:1]]
    who = f"A {plan.person_word} of {person.age_years:g} years; place of treatment: "
    return [
        _line("person", "Person", f"{who}{plan.jurisdiction_label}."),
        _line("loss", "Hair loss", _loss(plan, facts)),
        _line("answers", "Answers", _answers(plan)),
        _line("medicines", "Medicines", _medicines(person, facts)),
        _line("verdicts", "Four lines", _verdicts(plan, facts), _worst(plan)),
        _line("red_flags", "Red flags", _red_flags(plan, flags, facts), flags),
        _line("options", "Options open", _options(plan), source=studied),
        _line("tests", "Tests to order", _tests(plan), source=tested),
    ]


def _line(
    name: Slug,
    label: str,
    text: str,
    findings: Sequence[Finding] = (),
    source: Sequence[Slug] = (),
) -> CaseLine:
    cited = [*(key for f in findings for key in f.source), *source]
    rules = dict.fromkeys(f.rule for f in findings)
    return CaseLine(
        id=name, label=label, text=text, rules=list(rules), source=list(dict.fromkeys(cited))
    )


def _worst(plan: Plan) -> list[Finding]:
    """Return the findings that decide each line."""
    return [
        finding
        for line in plan.candidacy.lines()
        for finding in line.findings
        if finding.verdict == line.verdict
    ]


def _loss(plan: Plan, facts: Facts) -> str:
    """Give the type and the grades as the person file states them, or the types that fit."""
    person = plan.person
    grades = []
    if person.severity is not None:
        for scale in SCALES:
            value = getattr(person.severity, scale)
            if value is not None:
                grades.append(f"{facts.scales[scale].label} {str(value).replace('_', ' ')}")
        salt = person.severity.salt
        if salt is not None:
            grades.append(
                f"bare in % of top {salt.top:g}, back {salt.back:g}, left {salt.left:g}, "
                f"right {salt.right:g}"
            )
    graded = f"; {'; '.join(grades)}" if grades else "; not graded"
    if person.condition == UNSTATED:
        held = plan.triage.compatible if plan.triage is not None else []
        types = [facts.vocabulary.label("conditions", name) for name in held]
        fitting = f" The answers fit: {'; '.join(types)}." if types else ""
        return f"No type was stated{graded}.{fitting}"
    return f"As stated, not as diagnosed here: {plan.condition_label}{graded}."


def _answers(plan: Plan) -> str:
    """Name what was answered with yes, and count what was left open."""
    health = plan.person.health
    taken = {key.removeprefix("health.") for key in MEDICINE_KEYS}
    names = [n for n in health.__struct_fields__ if n not in {*taken, "otherwise_healthy"}]
    told = [name.replace("_", " ") for name in names if getattr(health, name) == "yes"]
    signs = health.scarring_signs
    if isinstance(signs, list) and signs:
        told.append(f"scarring signs ({', '.join(sign.replace('_', ' ') for sign in signs)})")
    open_questions = len(plan.candidacy.questions())
    still = f" Questions still open: {open_questions}." if open_questions else ""
    at_once = len(plan.person.assumed_no)
    noes = (
        f" Otherwise healthy, said once: it answers {at_once} questions with no." if at_once else ""
    )
    yes = f"Yes to: {', '.join(told)}." if told else "No question was answered with yes."
    return yes + noes + still


def _medicines(person: Person, facts: Facts) -> str:
    """Name the treatments of the hair that are used, and other medicines that matter here."""
    used = []
    for entry in person.history or []:
        label = facts.vocabulary.label("treatments", entry.treatment)
        months = entry.months_since_last_dose
        unsaid = (
            "when was not said" if entry.treatment in OPERATIONS else "ended, when was not said"
        )
        ago = unsaid if months is None else f"{months:g} months ago"
        used.append(f"{label} (now)" if months == 0 else f"{label} ({ago})")
    if person.history is None:
        used.append("for the hair: not answered")
    told = used + [said for key in MEDICINE_KEYS if (said := _named(person, key))]
    return f"{_sentence('; '.join(told))}." if told else "None named."


def _named(person: Person, key: str) -> str | None:
    """Return what a person file says at one key without the word yes; nothing for a no."""
    said = said_in_file(person, [key])
    return None if said in (None, "no") else re.sub(r"^yes \((.*)\)$", r"\1", str(said))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flags(plan: Plan) -> list[Finding]:
    """Return what stops, refers or defers about health; an emergency first, then the worst."""
    found = [f for f in plan.candidacy.health.findings if f.verdict in FLAGS]
    is_emergency = plan.person.health.sepsis_or_unstable_circulation == "yes"
    return sorted(
        found,
        key=lambda f: (not (is_emergency and f.rule == EMERGENCY_RULE), ORDER.index(f.verdict)),
    )


def _verdicts(plan: Plan, facts: Facts) -> str:
    """Give the four verdicts with the rules that decide them."""
    said = []
    for line in plan.candidacy.lines():
        rules = [f.rule for f in line.findings if f.verdict == line.verdict]
        many = [*rules[:MOST_RULES], "…"] if len(rules) > MOST_RULES else rules
        decided = f" ({', '.join(many)})" if many else ""
        word = facts.vocabulary.label("verdicts", line.verdict)
        said.append(f"{line.line} {word.lower()}{decided}")
    return f"{_sentence('; '.join(said))}."


def _red_flags(plan: Plan, flags: list[Finding], facts: Facts) -> str:
    """Give what was found about health that stops, refers or defers, rule by rule."""
    if not flags:
        is_open = any(f.verdict == "ASK" for f in plan.candidacy.health.findings)
        return "None so far; answers are missing." if is_open else "None by these rules."
    said = [f"{f.rule} {_found(plan.person, f, facts)}" for f in flags[:MOST_FLAGS]]
    more = f"; and {len(flags) - MOST_FLAGS} more" if len(flags) > MOST_FLAGS else ""
    return f"{'; '.join(said)}{more}."


def _found(person: Person, finding: Finding, facts: Facts) -> str:
    """Return in few words which answers made a rule apply."""
    told = []
    for key in facts.rules[finding.rule].asks if finding.rule in facts.rules else []:
        if key == "age_years":
            told.append(f"age {person.age_years:g} years")
        elif key.startswith(("health.", "product.")):
            told += [said for said in [_named(person, key)] if said]
    return ", ".join(told) or facts.vocabulary.label("conditions", person.condition)


def _options(plan: Plan) -> str:
    """Name what stands open, with the effect that trials found and how sure it is."""
    cards = [plan.option(name) for name in plan.open_options]
    if not cards:
        return "None stands open from the facts collected."
    said = [_option(card) for card in cards[:MOST_OPTIONS]]
    more = f"; and {len(cards) - MOST_OPTIONS} more in the plan" if cards[MOST_OPTIONS:] else ""
    return f"{'; '.join(said)}{more}."


def _option(card: OptionCard) -> str:
    level = None if card.evidence is None else card.evidence.certainty.level
    sure = (level or "not known").replace("_", " ")
    return f"{card.short_label}: {card.expected.text.split('; ')[0]} (certainty {sure})"


def _tests(plan: Plan) -> str:
    suggested = plan.candidacy.laboratory
    if suggested:
        return f"{_sentence('; '.join(f'{t.fact.label} ({t.why})' for t in suggested))}."
    return plan.candidacy.laboratory_note or "None suggested by these rules."


def _entry(name: Slug, field: FormField, plan: Plan, facts: Facts) -> FormEntry:
    """Return a field of the form with what the person file holds filled in."""
    choices = dict(field.choices)
    if field.choices_of == "conditions":
        choices = {key: term.label for key, term in facts.vocabulary.conditions.items()}
    elif field.choices_of == "laboratory":
        choices = {t.test: t.fact.label for t in plan.candidacy.laboratory}
    filled = _examined(plan.person, field.examination)
    for value in filled:
        if field.kind in ("choice", "several"):
            choices.setdefault(value, value.replace("_", " "))
    if name == "density":
        filled = _counted(plan.person)
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
    return [str(entry) for entry in value] if isinstance(value, list) else [_plain(value)]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


COUNTED_WORDS = {
    "nonvellus_density": "without vellus",
    "total_hair_density": "all hairs",
    "unknown": "which hairs were counted was not said",
}


def _counted(person: Person) -> list[str]:
    measured = person.measured
    if measured is None:
        return []
    kind = COUNTED_WORDS[measured.measure]
    place = f", {measured.site}" if measured.site else ""
    return [f"{measured.density_per_cm2:g} hairs/cm² ({kind}{place})"]


def _other_findings(person: Person, facts: Facts) -> list[str]:
    """Return what an examination holds beyond the fields that the form has for it."""
    if person.examination is None:
        return []
    own = {field.examination for field in facts.papers.consultation.form.values()}
    said = []
    for name in person.examination.__struct_fields__:
        values = _examined(person, name) if name not in own else []
        if values:
            words = ", ".join(value.replace("_", " ") for value in values)
            said.append(f"{name.replace('_', ' ')}: {words}")
    return ["; ".join(said)] if said else []


def _filled(paragraph: Paragraph, case: list[CaseLine], form: list[FormEntry]) -> FilledParagraph:
    """Fill the case into a paragraph and leave the form's places open.

    What the case says is never read again for names in braces, so that nothing a person wrote can
    become a place.
    """
    lines = {f"{CASE}.{line.id}": line.text for line in case}
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
    """Name the rules that decide the case, each with its firmest sources."""
    worst = _worst(plan)[:MOST_FLAGS]
    cited = {f.rule: f for f in [*_flags(plan)[:MOST_FLAGS], *worst]}
    return "; ".join(f"{rule}: {', '.join(f.source[:MOST_CITED])}" for rule, f in cited.items())
