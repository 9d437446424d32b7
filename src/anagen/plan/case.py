"""The case in a few lines: what was said, noticed and used, and what the rules make of it."""

import re
from collections.abc import Iterable, Sequence

from anagen.candidacy import (
    UNSTATED,
    Finding,
    Person,
    judge_option,
    triage,
    with_implied_answers,
)
from anagen.candidacy.clues import answer_of
from anagen.candidacy.finding import ORDER, singular
from anagen.candidacy.past import NOT_SAID, PastNote, months
from anagen.candidacy.type_fit import plain
from anagen.facts import Facts, Record
from anagen.facts.base import Slug
from anagen.plan.documents import OptionCard, Plan
from anagen.plan.session_sheet import said_in_file
from anagen.plan.wording import first_sentence, lower_first, rule_words, spelled

MOST_FLAGS = 6
MOST_OPTION_FLAGS = 4
MOST_CLOSED = 5
MOST_OPTIONS = 4
MOST_RULES = 4
MOST_PAST = 4
MEDICINE_KEYS = (
    "health.anticoagulant",
    "health.dual_antiplatelet",
    "health.prescribed_aspirin",
    "health.blood_pressure_medicine",
    "health.potassium_raising_medicine",
    "health.hours_since_nsaid",
    "health.days_since_systemic_corticosteroid",
    "health.months_since_scalp_steroid_injection",
    "health.months_since_isotretinoin",
)
EMERGENCY_RULE = "R07"
FLAGS = ("STOP", "REFER", "DEFER")
OPTION_FLAGS = ("STOP", "REFER")
SCALES = ("norwood_hamilton", "ludwig", "sinclair", "savin", "basp")


class CaseLine(Record):
    """One line of the case; `rules` and `source` are ids, for the small print alone."""

    id: Slug
    label: str
    text: str
    rules: list[str]
    source: list[Slug]


class OptionFlag(Record):
    """A rule of an option's own that speaks against it: for which treatments, and why."""

    options: list[str]
    is_in_use: bool
    why: str
    finding: Finding


def case_of(plan: Plan, facts: Facts) -> list[CaseLine]:
    """Return the case of a plan, line by line; what was noticed only where something was.

    Parameters
    ----------
    plan:
        The person's plan.
    facts:
        The facts, for the words of answers, rules and examinations.
    """
    person = plan.person
    flags, own = health_flags(plan), _option_flags(plan, facts)
    tested = [key for t in plan.candidacy.laboratory for key in t.fact.source]
    opened = [plan.option(name) for name in plan.open_options[:MOST_OPTIONS]]
    studied = [key for card in opened for key in card.fit.source[:1]]
    who = f"A {plan.person_word} of {person.age_years:g} years; place of treatment: "
    closed = [finding for _, finding in _closed(plan)]
    lines = [
        _line("person", "Person", f"{who}{plan.jurisdiction_label}."),
        _line("loss", "Hair loss", _loss(plan, facts)),
        _line("red_flags", "Red flags", _red_flags(plan, flags, own, facts),
              [*flags, *(flag.finding for flag in own)]),
        _line("noticed", "Noticed", _noticed(person, facts)),
        _line("answers", "Answers", _answers(plan, facts)),
        _line("history", "Hair treatments", _history(plan)),
        _line("medicines", "Other medicines", _medicines(person, facts)),
        _line("verdicts", "Four lines", _verdicts(plan, facts), deciding(plan)),
        _line("options", "Options open", _options(plan), source=studied),
        _line("closed", "Options closed", _closed_words(plan, facts), closed),
        _line("tests", "Tests to order", _tests(plan, facts), source=tested),
    ]  # fmt: skip
    return [line for line in lines if line.text or line.id != "noticed"]


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


def deciding(plan: Plan) -> list[Finding]:
    """Return the findings that decide each of the four lines."""
    return [
        finding
        for line in plan.candidacy.lines()
        for finding in line.findings
        if finding.verdict == line.verdict
    ]


def health_flags(plan: Plan) -> list[Finding]:
    """Return what stops, refers or defers about health; an emergency first, then the worst."""
    found = [f for f in plan.candidacy.health.findings if f.verdict in FLAGS]
    is_emergency = plan.person.health.sepsis_or_unstable_circulation == "yes"
    return sorted(
        found,
        key=lambda f: (not (is_emergency and f.rule == EMERGENCY_RULE), ORDER.index(f.verdict)),
    )


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
        types = _fitting(plan)
        fitting = f" The answers fit: {'; '.join(types)}." if types else ""
        return f"No type was stated{graded}.{fitting}"
    return f"As stated, not as diagnosed here: {plan.condition_label}{graded}."


def _fitting(plan: Plan) -> list[str]:
    """Return the types that the answers fit, where nobody has named one."""
    held = plan.triage
    if held is None:
        return []
    return [fit.label for fit in held.types if fit.compatible == "compatible"]


def _noticed(person: Person, facts: Facts) -> str:
    """Tell everything that was noticed: what there is, then what was said not to be there."""
    if person.noticed is None:
        return ""
    words = facts.papers.consultation.noticed
    told, absent = [], []
    for name in person.noticed.__struct_fields__:
        value = answer_of(person, f"noticed.{name}")
        label = words.get(name, spelled(name))
        if value is None:
            continue
        if value in ([], "no"):
            absent.append(label)
        else:
            told.append(label if value == "yes" else f"{label}: {_value(value)}")
    said = [f"{_sentence('; '.join(told))}."] if told else []
    said += [f"No to: {', '.join(absent)}."] if absent else []
    return " ".join(said)


def _value(value: object) -> str:
    """Return an answer in words."""
    if isinstance(value, list):
        return ", ".join(spelled(str(entry)) for entry in value)
    return f"{value:g}" if isinstance(value, int | float) else spelled(str(value))


def _answers(plan: Plan, facts: Facts) -> str:
    """Tell what was answered about health, count what was denied, and what was left open."""
    health = plan.person.health
    told, numbers, denied = [], [], 0
    for name in health.__struct_fields__:
        value = answer_of(plan.person, f"health.{name}")
        if f"health.{name}" in (*MEDICINE_KEYS, "health.otherwise_healthy") or value is None:
            continue
        if value in ("no", []):
            denied += 1
        elif value == "yes":
            told.append(spelled(name))
        elif isinstance(value, list):
            told.append(f"{spelled(name)} ({_value(value)})")
        else:
            numbers.append(_measure(name, value, facts, plan.person))
    open_questions = len(plan.candidacy.questions())
    said = [f"Yes to: {', '.join(told)}."] if told else []
    said += [f"{_sentence('; '.join(numbers))}."] if numbers else []
    said += [f"No to {denied} other questions about health."] if denied > 1 else []
    said += ["No to one question about health."] if denied == 1 else []
    at_once = len(plan.person.assumed_no)
    said += [f"Otherwise healthy, said once, answers {at_once} of these."] if at_once else []
    said += [f"Questions still open: {open_questions}."] if open_questions else []
    return " ".join(said) or "Nothing was answered about health."


def _measure(name: str, value: object, facts: Facts, person: Person) -> str:
    """Return a number among the answers about health, with its unit."""
    template = facts.papers.consultation.numbers.get(name)
    if template is not None:
        return template.replace("{value}", _value(value))
    return singular(said_in_file(person, [f"health.{name}"]) or "")


def _history(plan: Plan) -> str:
    """Tell every treatment of the hair: how long, how regularly, what it did, and how fairly."""
    if plan.person.history is None:
        return "Not answered."
    if not plan.past:
        return "None was used."
    said = [_past(note) for note in plan.past[:MOST_PAST]]
    more = [f"{note.label} ({_last(note)})" for note in plan.past[MOST_PAST:]]
    return " ".join([*said, f"Also {', '.join(more)}."] if more else said)


def _past(note: PastNote) -> str:
    used = None if note.months_used is None else f"for {months(note.months_used)}"
    stopped = None if note.why_stopped in (None, NOT_SAID) else f"stopped: {note.why_stopped}"
    known = [_last(note), note.amount, used, note.adherence, note.response, stopped]
    told = ", ".join(word for word in known if word is not None and word != NOT_SAID)
    fair = first_sentence(note.text)
    return f"{_sentence(note.label)}: {told}. {fair}."


def _last(note: PastNote) -> str:
    if note.is_now:
        return "in use"
    if note.months_since_last_dose is None:
        return "ended, when was not said"
    return f"until {months(note.months_since_last_dose)} ago"


def _medicines(person: Person, facts: Facts) -> str:
    """Name the medicines that matter here beside the treatments of the hair."""
    told = [said for key in MEDICINE_KEYS if (said := _named(person, key, facts))]
    if told:
        return f"{_sentence('; '.join(told))}."
    answers = [answer_of(person, key) for key in MEDICINE_KEYS if not _is_number(key)]
    if None not in answers:
        return "None of those asked about."
    return "None named; not all was answered." if any(answers) else "Not answered."


def _is_number(key: str) -> bool:
    return key.removeprefix("health.").startswith(("hours_", "days_", "months_"))


def _named(person: Person, key: str, facts: Facts) -> str | None:
    """Return what a person file says at one key without the word yes; nothing for a no."""
    if key == "age_years":
        return f"age {person.age_years:g} years"
    if not key.startswith(("health.", "product.")):
        return None
    name = key.removeprefix("health.")
    if name in facts.papers.consultation.numbers and answer_of(person, key) is not None:
        return _measure(name, answer_of(person, key), facts, person)
    said = said_in_file(person, [key])
    return None if said in (None, "no", "") else re.sub(r"^yes \((.*)\)$", r"\1", str(said))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _verdicts(plan: Plan, facts: Facts) -> str:
    """Give the four verdicts with the rules that decide them."""
    said = []
    for line in plan.candidacy.lines():
        decisive = [f.rule for f in line.findings if f.verdict == line.verdict]
        rules = list(dict.fromkeys(rule_words(rule, facts) for rule in decisive))
        many = [*rules[:MOST_RULES], "…"] if len(rules) > MOST_RULES else rules
        decided = f" ({', '.join(many)})" if many else ""
        said.append(f"{line.line} {_verdict(line.verdict, facts)}{decided}")
    return f"{_sentence('; '.join(said))}."


def _verdict(verdict: str, facts: Facts) -> str:
    return facts.vocabulary.label("verdicts", verdict).lower()


def _red_flags(plan: Plan, flags: list[Finding], own: list[OptionFlag], facts: Facts) -> str:
    """Give what was found that stops, refers or defers: an emergency, what is used, the rest."""
    person = with_implied_answers(plan.person, facts)
    health = [f"{f.rule} {_found(person, f, facts)}" for f in flags]
    is_emergency = bool(flags) and flags[0].rule == EMERGENCY_RULE
    first = health[:1] if is_emergency else []
    rest = health[len(first) : MOST_FLAGS]
    used = [_flag_words(flag, facts) for flag in own if flag.is_in_use]
    others = [_flag_words(flag, facts) for flag in own if not flag.is_in_use]
    shown = [*first, *used[:MOST_OPTION_FLAGS], *rest, *others[:MOST_OPTION_FLAGS]]
    left = len(health) + len(used) + len(others) - len(shown)
    if not shown:
        is_open = any(f.verdict == "ASK" for f in plan.candidacy.health.findings)
        return "None so far; answers are missing." if is_open else "None by these rules."
    return f"{_sentence('; '.join(shown))}{f'; and {left} more' if left else ''}."


def _flag_words(flag: OptionFlag, facts: Facts) -> str:
    use = " (in use)" if flag.is_in_use else ""
    verdict = _verdict(flag.finding.verdict, facts)
    return f"{', '.join(flag.options)}{use}: {flag.why} ({verdict})"


def _found(person: Person, finding: Finding, facts: Facts) -> str:
    """Return in few words which answers made a rule apply."""
    asks = facts.rules[finding.rule].asks if finding.rule in facts.rules else []
    told = [said for key in asks if (said := _named(person, key, facts))]
    return ", ".join(told) or lower_first(first_sentence(finding.reason))


def _option_flags(plan: Plan, facts: Facts) -> list[OptionFlag]:
    """Return what the options' own rules stop or refer, what is in use first.

    What is used is judged as such, whether or not it stands among the options. What only repeats
    a flag of the health line is left out, but never what stops something in use.
    """
    person = with_implied_answers(plan.person, facts)
    used = [note for note in plan.past if note.is_now]
    in_use = [
        (note.label, finding)
        for note in used
        for finding in judge_option([note.treatment], person, facts)
        if finding.verdict in OPTION_FLAGS
    ]
    said = " ".join(_found(person, finding, facts) for finding in health_flags(plan))
    others = [
        (lower_first(card.short_label), finding)
        for card in _offered(plan)
        for finding in card.safety
        if finding.verdict in OPTION_FLAGS and len(card.components) == 1
    ]
    flags = [
        *_grouped(in_use, person, facts, is_in_use=True),
        *_grouped(others, person, facts, is_in_use=False),
    ]
    return [
        flag
        for flag in flags
        if (flag.is_in_use and flag.finding.verdict == "STOP")
        or not all(part in said for part in flag.why.split(", "))
    ]


def _offered(plan: Plan) -> list[OptionCard]:
    """Return the cards of what could be begun: neither exosomes, nor waiting, nor what is used."""
    return [
        card
        for card in plan.options
        if "exosome" not in card.components and card.id != "none" and not card.is_taken_now
    ]


def _grouped(
    found: Iterable[tuple[str, Finding]], person: Person, facts: Facts, *, is_in_use: bool
) -> list[OptionFlag]:
    """Put together the options against which the same answers speak, the worst first.

    What everybody with an option is told is no flag of this person.
    """
    groups: dict[tuple[str, str], OptionFlag] = {}
    for label, finding in found:
        if facts.option_rules[finding.rule].applies.always:
            continue
        why = _why(person, finding, facts)
        key = (why, finding.verdict)
        held = groups.get(key)
        options = [*(held.options if held else []), label]
        groups[key] = OptionFlag(
            options=list(dict.fromkeys(options)), is_in_use=is_in_use, why=why,
            finding=held.finding if held else finding,
        )  # fmt: skip
    return sorted(groups.values(), key=lambda flag: ORDER.index(flag.finding.verdict))


def _why(person: Person, finding: Finding, facts: Facts) -> str:
    """Return in few words which answers made a rule of an option apply."""
    applies = facts.option_rules[finding.rule].applies
    keys = dict.fromkeys([
        *applies.yes, *applies.lists, *applies.below, *applies.at_least,
        *(key for group in applies.together for key in group.yes),
    ])  # fmt: skip
    told = [said for key in keys if (said := _named(person, key, facts))]
    if told:
        return ", ".join(told)
    return lower_first(first_sentence(finding.reason))


def _closed(plan: Plan) -> list[tuple[list[OptionCard], Finding]]:
    """Return the options that rules of their own keep shut, under the worst rule of each."""
    groups: dict[str, tuple[list[OptionCard], Finding]] = {}
    for card in _offered(plan):
        worst = next((f for f in card.safety if f.verdict in FLAGS), None)
        if worst is not None:
            groups.setdefault(worst.rule, ([], worst))[0].append(card)
    return sorted(groups.values(), key=lambda group: ORDER.index(group[1].verdict))


def _names(cards: list[OptionCard], offered: int) -> str:
    """Name some options; a combination goes with its part where that is among them."""
    if len(cards) == offered > 1:
        return "all options held here"
    alone = [c for c in cards if not any(set(o.components) < set(c.components) for o in cards)]
    also = " and its combinations" if len(alone) == 1 else " and their combinations"
    also = also if len(alone) < len(cards) else ""
    return f"{', '.join(lower_first(card.short_label) for card in alone)}{also}"


def _closed_words(plan: Plan, facts: Facts) -> str:
    closed = _closed(plan)
    if not closed:
        return "None by a rule of their own."
    said = [
        f"{_names(cards, len(_offered(plan)))}: {_verdict(finding.verdict, facts)} "
        f"(rule: {rule_words(finding.rule, facts)})"
        for cards, finding in closed[:MOST_CLOSED]
    ]
    more = sum(len(cards) for cards, _ in closed[MOST_CLOSED:])
    return f"{_sentence('; '.join(said))}{f'; and {more} more in the plan' if more else ''}."


def _options(plan: Plan) -> str:
    """Name what stands open, with the effect that trials found and how sure it is."""
    cards = [plan.option(name) for name in plan.open_options]
    if plan.person.condition == UNSTATED and not cards:
        types = _fitting(plan)
        fit = f"the answers fit {'; '.join(types)}" if types else "the answers fit none so far"
        return f"None before the type is named; {fit}."
    if not cards:
        return "None stands open from the facts collected."
    said = [_option(card) for card in cards[:MOST_OPTIONS]]
    more = f"; and {len(cards) - MOST_OPTIONS} more in the plan" if cards[MOST_OPTIONS:] else ""
    only = f"Only if it is {plain(plan.working_label)}: " if plan.is_provisional else ""
    return f"{only}{'; '.join(said)}{more}."


def _option(card: OptionCard) -> str:
    level = None if card.evidence is None else card.evidence.certainty.level
    sure = (level or "not known").replace("_", " ")
    return f"{card.short_label}: {card.expected.text.split('; ')[0]} (certainty {sure})"


def examinations_of(plan: Plan, facts: Facts) -> dict[Slug, str]:
    """Return the examinations that would tell the types in question apart, and for which types.

    Where nobody has named the type these are the types that the answers fit; where one is stated
    the others that fit beside it, and those that must not be missed. What was done is left out.

    Parameters
    ----------
    plan:
        The person's plan.
    facts:
        The facts, for what each examination says and for the clinician's words.
    """
    own = facts.papers.consultation
    held = triage(plan.person, facts)
    stated = None if plan.person.condition == UNSTATED else plan.person.condition
    others = [name for name in held.compatible if name != stated]
    asked = set(others)
    entry = facts.triage.types.get(stated or "")
    if stated is not None and entry is not None and (others or entry.must_not_be_missed):
        asked.add(stated)
    found = {}
    for name in own.examinations:
        settles = facts.triage.settles[name]
        if settles.answer is not None and answer_of(plan.person, settles.answer) is not None:
            continue
        types = [key for key in _told_by(name, facts) if key in asked]
        labels = [plain(facts.vocabulary.label("conditions", key)) for key in types]
        if labels:
            found[name] = f"for {', '.join(labels)}"
        elif stated is None and not held.compatible and name in own.first_examinations:
            found[name] = "no type fits yet"
    return found


def _told_by(name: Slug, facts: Facts) -> list[Slug]:
    """Return the types for which a result of an examination speaks."""
    results = facts.triage.settles[name].results
    return list(dict.fromkeys(key for result in results for key in result.speaks_for))


def _tests(plan: Plan, facts: Facts) -> str:
    """Name the examinations and the laboratory tests, each with its reason."""
    labels = facts.papers.consultation.examinations
    suggested = [f"{labels[k]} ({why})" for k, why in examinations_of(plan, facts).items()]
    suggested += [f"{t.fact.label} ({t.why})" for t in plan.candidacy.laboratory]
    if suggested:
        return f"{_sentence('; '.join(suggested))}."
    return plan.candidacy.laboratory_note or "None suggested by these rules."
