"""Types of hair loss held against what a person notices: a comparison, never a diagnosis."""

from collections.abc import Sequence

from anagen.candidacy.clues import (
    FOLLOWS,
    answer_of,
    asked,
    holds,
    is_denied,
    said_of,
    unanswered_of,
    with_implied_answers,
)
from anagen.candidacy.finding import short_question
from anagen.candidacy.person import UNSTATED, Person
from anagen.candidacy.rules import RULES
from anagen.candidacy.type_fit import Compatible, SettledBy, Triage, TypeFit, names_of, plain
from anagen.facts import Facts
from anagen.facts.base import Slug, Statement
from anagen.facts.triage import Clue, TriageType

ORDER_OF_TYPES: tuple[Compatible, ...] = (
    "compatible",
    "cannot_tell",
    "less_likely",
    "not_compatible",
)
WORDS: dict[Compatible, str] = {
    "compatible": "fits the answers",
    "cannot_tell": "cannot be told yet",
    "less_likely": "less likely from these answers",
    "not_compatible": "does not fit the answers",
}
RED = ("STOP", "REFER", "DEFER")
MOST_QUESTIONS = 3
MOST_NAMED = 3


def triage(person: Person, facts: Facts) -> Triage:
    """Hold what a person notices against every type of hair loss.

    Parameters
    ----------
    person:
        A checked person, with a stated type or without.
    facts:
        The facts; every clue comes from them.

    Returns
    -------
    Triage
        The types that fit first, then those that cannot be told, those that are less likely and
        those that do not fit. Among those that fit, one that must not be missed comes first, then
        the one for which most speaks after what speaks against it.
    """
    given, person = person, with_implied_answers(person, facts)
    types = [_fit(name, entry, given, person, facts) for name, entry in facts.triage.types.items()]
    types.sort(key=lambda fit: _rank(fit, facts))
    compatible = [fit.condition for fit in types if fit.compatible == "compatible"]
    is_stated = person.condition != UNSTATED
    missing = _most_helpful(types, facts)
    red_flags = _red_flags(person, facts)
    why = _why_in_doubt(person, types) if is_stated else _why_none_is_drawn(types, red_flags, facts)
    working = person.condition if is_stated else compatible[0] if why is None else None
    own = [step for step in facts.triage.first_steps if step.clue is not None]
    steps = [
        Statement(text=step.text, status=step.status, source=step.source)
        for step in [step for step in own if step.clue and holds(step.clue, given, facts)]
        + [step for step in facts.triage.first_steps if step.clue is None]
    ]
    return Triage(
        is_stated=is_stated,
        types=types,
        compatible=compatible,
        red_flags=red_flags,
        examinations=_examinations(types, person, facts),
        first_steps=steps,
        not_held=facts.triage.not_held,
        missing=missing,
        next_questions=[asked(key) for key in missing],
        headline=_headline(types, compatible),
        sentences=_sentences(types, missing, why),
        working_condition=working,
        why_none_is_drawn=why,
        note=_note(person, types) if is_stated else None,
    )


def _rank(fit: TypeFit, facts: Facts) -> tuple[int, bool, int]:
    """Return the place of a type; those that do not fit keep the order of the table."""
    group = ORDER_OF_TYPES.index(fit.compatible)
    if fit.compatible != "compatible":
        return group, False, 0
    may_be_missed = facts.triage.types[fit.condition].must_not_be_missed is None
    return group, may_be_missed, len(fit.speaks_against) - len(fit.speaks_for)


def _statements(
    clues: Sequence[Clue], given: Person, person: Person, facts: Facts
) -> list[Statement]:
    return [
        Statement(
            text=said_of(c, given, person, facts), status=c.status, source=c.source, note=c.note
        )
        for c in clues
    ]


def _fit(name: str, entry: TriageType, given: Person, person: Person, facts: Facts) -> TypeFit:
    """Say how one type fits: ruled out by an answer that denies a need, or by a clue against it.

    Where a need was merely not named and nothing speaks against the type it is less likely.
    """
    own = [clue for clue in entry.needs if not clue.sexes or person.sex in clue.sexes]
    needs = [(clue, holds(clue, person, facts)) for clue in own]
    against = [clue for clue in entry.against if holds(clue, person, facts)]
    failed = [clue for clue, held in needs if held is False]
    waiting = [clue for clue, held in needs if held is None]
    compatible: Compatible = "compatible"
    if any(clue.excludes for clue in against):
        compatible = "not_compatible"
    elif failed:
        contradicted = bool(against) or any(is_denied(clue, person) for clue in failed)
        compatible = "not_compatible" if contradicted else "less_likely"
    elif waiting:
        compatible = "cannot_tell"
    supports = [clue for clue, held in needs if held]
    supports += [clue for clue in entry.fits if holds(clue, person, facts)]
    lacks = [
        Statement(text=c.otherwise or c.text, status=c.status, source=c.source) for c in failed
    ]
    open_clues = [*waiting, *entry.fits, *entry.against]
    is_open = compatible in ("compatible", "cannot_tell")
    missing = unanswered_of(open_clues, person) if is_open else []
    forms = [f.clue for f in entry.forms if holds(f.clue, person, facts)][:1] if supports else []
    form = _statements(forms, given, person, facts)
    return TypeFit(
        condition=name,
        label=facts.vocabulary.label("conditions", name),
        compatible=compatible,
        words=WORDS[compatible],
        speaks_for=_statements(supports, given, person, facts),
        speaks_against=[*lacks, *_statements(against, given, person, facts)],
        missing=missing,
        not_answered=[asked(key, is_short=True) for key in missing],
        waits_for=unanswered_of(waiting, person) if missing else [],
        form=form[0] if form else None,
        note=entry.note,
    )


def _red_flags(person: Person, facts: Facts) -> list[Slug]:
    """Return the rules among the red flags that find something, in the order of the rules."""
    return [
        name
        for name, judge in RULES
        if name in facts.triage.red_flags
        and (finding := judge(person, facts.rules[name])) is not None
        and finding.verdict in RED
    ]


def _most_helpful(types: list[TypeFit], facts: Facts) -> list[str]:
    """Order the open questions: those that most types wait for first, then what tells them apart.

    Of two that as many types wait for, the one of a type that must not be missed comes first.
    """
    waits: dict[str, tuple[int, int]] = {}
    for fit in types:
        urgent = facts.triage.types[fit.condition].must_not_be_missed is not None
        for key in fit.waits_for:
            many, urgency = waits.get(key, (0, 0))
            waits[key] = (many + 1, max(urgency, int(urgent)))
    first = sorted(waits, key=lambda key: waits[key], reverse=True)
    compatible = [fit for fit in types if fit.compatible == "compatible"]
    telling = [key for fit in compatible for key in fit.missing] if len(compatible) > 1 else []
    return list(dict.fromkeys([*first, *telling]))


def _why_none_is_drawn(types: list[TypeFit], red_flags: list[Slug], facts: Facts) -> str | None:
    """Say why the answers name no type that a plan may be drawn for; nothing where they do."""
    fitting = [fit for fit in types if fit.compatible == "compatible"]
    if not fitting:
        return "the type of hair loss is not named, and the answers do not settle it"
    if len(fitting) > MOST_NAMED:
        return f"the answers fit {len(fitting)} types, and each of these takes a course of its own"
    if len(fitting) > 1:
        return f"the answers fit {names_of(fitting)}, and each of these takes a course of its own"
    urgent = [
        fit
        for fit in types
        if fit.compatible == "cannot_tell"
        and facts.triage.types[fit.condition].must_not_be_missed is not None
    ]
    only = fitting[0]
    if urgent:
        return (
            f"the answers fit {plain(only.label)}, but whether it may be {names_of(urgent, 'or')} "
            "cannot be told before more is answered"
        )
    other = [rule for rule in red_flags if only.condition not in facts.triage.red_flags[rule]]
    if other:
        return (
            f"the answers fit {plain(only.label)}, but something else was found that comes first "
            f"(rule {', '.join(other)})"
        )
    return None


def _examinations(types: list[TypeFit], person: Person, facts: Facts) -> list[SettledBy]:
    """Return the examinations that say something about a type that is still in question."""
    in_question = [fit for fit in types if fit.is_in_question]
    left = in_question or [fit for fit in types if fit.compatible == "less_likely"]
    asked = {fit.condition for fit in left}
    found = []
    for entry in facts.triage.settles.values():
        telling = [r for r in entry.results if asked & {*r.speaks_for, *r.speaks_against}]
        if not telling:
            continue
        how = Statement(text=entry.how, status=entry.status, source=entry.source, note=entry.note)
        is_done = entry.answer is not None and answer_of(person, entry.answer) is not None
        found.append(SettledBy(label=entry.label, how=how, is_done=is_done, results=telling))
    return found


def _headline(types: list[TypeFit], compatible: list[Slug]) -> str:
    if not compatible:
        return "What kind of hair loss this is cannot be told from these answers."
    if len(compatible) > 1:
        return "Your answers fit more than one type of hair loss: have it named first."
    return f"Your answers are compatible with {plain(types[0].label)}; nobody has diagnosed it."


def _sentences(types: list[TypeFit], missing: list[str], why: str | None) -> list[str]:
    """Say what fits, what is still open, and which answers would help most."""
    fitting = [fit for fit in types if fit.compatible == "compatible"]
    waiting = [fit for fit in types if fit.compatible == "cannot_tell"]
    less = [fit for fit in types if fit.compatible == "less_likely"]
    said = [_first_sentence(fitting, waiting, less, why)]
    if len(fitting) <= MOST_NAMED:
        said += [fit.form.text for fit in fitting if fit.form is not None]
    open_types = []
    if fitting and len(waiting) > MOST_NAMED:
        open_types.append(f"Another {len(waiting)} types cannot be told yet.")
    elif fitting and waiting:
        open_types.append(f"Cannot be told yet: {names_of(waiting)}.")
    decisive = {key for fit in waiting for key in fit.waits_for if key not in FOLLOWS}
    helpful = [short_question(key) for key in missing if key in decisive]
    if helpful:
        open_types.append(f"These answers would help most: {' '.join(helpful[:MOST_QUESTIONS])}")
    if open_types:
        said.append(" ".join(open_types))
    return said


def _first_sentence(
    fitting: list[TypeFit], waiting: list[TypeFit], less: list[TypeFit], why: str | None
) -> str:
    if less and not fitting and not waiting:
        return (
            "No type held here fits all the answers, and none is ruled out by what was merely not "
            "named. It may be a type that is not held here: have the scalp looked at."
        )
    if not fitting and not waiting:
        return (
            "No type held here fits all the answers. It may be a type that is not held "
            "here, or an answer may be a slip: have the scalp looked at."
        )
    if not fitting:
        return "Nobody has named the type of hair loss, and the answers do not settle it."
    if len(fitting) > 1:
        named = names_of(fitting) if len(fitting) <= MOST_NAMED else f"{len(fitting)} types"
        return (
            f"The answers fit {named}. Nobody has diagnosed any of these; only what is right for "
            "each of them is planned."
        )
    if why is not None:
        return f"Nothing is drawn: {why}."
    return (
        f"What follows is planned as if it were {plain(fitting[0].label)}. Have a dermatologist "
        "name the type first."
    )


def _beside(person: Person, types: list[TypeFit]) -> tuple[TypeFit | None, list[TypeFit]]:
    """Return how the stated type fits, and the others that fit."""
    stated = next((fit for fit in types if fit.condition == person.condition), None)
    others = [fit for fit in types if fit.compatible == "compatible" and fit is not stated]
    return stated, others


def _why_in_doubt(person: Person, types: list[TypeFit]) -> str | None:
    """Say why nothing is drawn for a stated type that does not fit while another does."""
    stated, others = _beside(person, types)
    if stated is None or stated.compatible != "not_compatible" or not others:
        return None
    return (
        f"what was noticed speaks against {plain(stated.label)} and fits {names_of(others, 'or')}"
    )


def _note(person: Person, types: list[TypeFit]) -> str | None:
    """Say where the answers speak against the stated type and fit another."""
    stated, others = _beside(person, types)
    if stated is None or not stated.speaks_against or not others:
        return None
    against = " ".join(entry.text for entry in stated.speaks_against)
    return (
        f"What you noticed also fits {names_of(others)}. Against {plain(stated.label)} speaks: "
        f"{against}"
    )
