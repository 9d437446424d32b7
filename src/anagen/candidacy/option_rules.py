"""Whether an option is safe for a person: the rules of its own treatments, read from the facts.

The rules R00 to R34 are functions (`anagen.candidacy.rules`): they judge one thing, an exosome
session, and several weigh answers against each other. The rules of the options are far more and all
of one form, an answer that speaks against a treatment, so they are facts (`option_rules.yaml`) and
this module is the one function that reads them. See docs/decisions/0007.
"""

from collections.abc import Iterator, Sequence

import msgspec

from anagen.candidacy.assess import footed
from anagen.candidacy.finding import ORDER, Finding, ask, found, limit, question
from anagen.candidacy.noticed import Examination, Noticed
from anagen.candidacy.person import Health, Person, Salt, Severity
from anagen.candidacy.scales import salt_score
from anagen.errors import FactError
from anagen.facts import Facts, Record
from anagen.facts.option_rule import Bound, GoingOn, OptionRule

REACTED_TO = "health.reacted_to"


class Clue(Record):
    """What one way of applying gives for one person: a sentence that holds, or a missing answer."""

    told: str | None = None
    missing: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str | None = None


def judge_option(components: Sequence[str], person: Person, facts: Facts) -> list[Finding]:
    """Return what the rules of an option's own treatments say of a person, the worst first.

    Parameters
    ----------
    components:
        The treatments of the option; a combination is judged by the rules of all its parts.
    person, facts:
        The person and the facts.

    Returns
    -------
    list of Finding
        A rule that must ask and has no answer gives a question (ASK). An empty list means that no
        rule speaks against the option, never that it is safe.

    Raises
    ------
    FactError
        If a rule names a key, a limit or a source that does not exist.
    """
    findings = []
    for name, rule, clues in _read(components, person, facts):
        finding = _finding(name, rule, clues)
        if finding is not None:
            findings.append(_footed(finding, rule, facts))
    return sorted(findings, key=lambda f: ORDER.index(f.verdict))


def tell_prescriber(components: Sequence[str], person: Person, facts: Facts) -> list[str]:
    """Return the questions of an option's rules that were not answered and keep nothing shut.

    Whoever prescribes or gives the treatment will want the answers. What `judge_option` asks by
    itself is left out.
    """
    wanted: dict[str, None] = {}
    asked: set[str] = set()
    for name, rule, clues in _read(components, person, facts):
        finding = _finding(name, rule, clues)
        if finding is None:
            wanted |= dict.fromkeys(_missing(clues))
        else:
            asked |= set(finding.missing)
    return [question(key) for key in wanted if key not in asked]


def _read(
    components: Sequence[str], person: Person, facts: Facts
) -> Iterator[tuple[str, OptionRule, list[Clue]]]:
    """Yield every rule that concerns the option and the person, with what it found."""
    for name, rule in facts.option_rules.items():
        own = [treatment for treatment in components if treatment in rule.treatments]
        if (
            own
            and rule.sex in (None, person.sex)
            and (not rule.only_conditions or person.condition in rule.only_conditions)
        ):
            clues = _clues(rule, own, person, facts)
            yield name, rule, [clue for clue in clues if not _is_settled(clue, rule, person)]


def _is_settled(clue: Clue, rule: OptionRule, person: Person) -> bool:
    """Return whether another answer makes the question of a missing one needless."""
    others = rule.applies.settled_by.get(clue.missing or "", {})
    said = {key: answer(person, key) for key in others}
    return any(
        said[key] is not None and wanted in ("given", said[key]) for key, wanted in others.items()
    )


def _missing(clues: list[Clue]) -> list[str]:
    return [clue.missing for clue in clues if clue.missing is not None]


def _finding(name: str, rule: OptionRule, clues: list[Clue]) -> Finding | None:
    holding = [clue for clue in clues if clue.told is not None]
    if holding or rule.applies.always:
        number = next((clue for clue in holding if clue.value is not None), Clue())
        return found(
            name, rule, " ".join(dict.fromkeys(clue.told or "" for clue in holding)),
            value=number.value, limit=number.limit, unit=number.unit,
        )  # fmt: skip
    missing = dict.fromkeys(_missing(clues))
    return ask(name, rule, missing) if rule.must_ask and missing else None


def _footed(finding: Finding, rule: OptionRule, facts: Facts) -> Finding:
    """Say what a finding rests on; one that is recalled has said so in its own words."""
    resting = footed(finding, facts)
    if rule.status != "remembered":
        return resting
    return msgspec.structs.replace(resting, footing_note=None)


def _clues(rule: OptionRule, own: list[str], person: Person, facts: Facts) -> Iterator[Clue]:
    """Yield what every way in which a rule can apply gives for a person.

    `own` are the treatments of the option that the rule is about.
    """
    applies = rule.applies
    if person.condition in applies.conditions:
        yield Clue(told=applies.conditions[person.condition])
    for key, text in applies.yes.items():
        said = answer(person, key)
        yield _clue(key, text, holds=said == "yes", missing=said is None)
    for group in applies.together:
        answers = {key: answer(person, key) for key in group.yes}
        if "no" in answers.values():
            continue
        unread = [key for key, said in answers.items() if said is None]
        yield from [Clue(missing=key) for key in unread] or [Clue(told=group.text)]
    for key, text in applies.lists.items():
        listed = answer(person, key)
        yield _clue(key, text, holds=bool(listed), missing=listed is None)
    for key, lacking in applies.lacks.items():
        listed = answer(person, key)
        none_of_them = isinstance(listed, list) and not set(lacking.entries) & set(listed)
        yield _clue(key, lacking.text, holds=none_of_them, missing=listed is None)
    for key, named in applies.named.items():
        listed = answer(person, key)
        is_named = isinstance(listed, list) and bool(set(named.entries) & set(listed))
        is_dated = named.unless is not None and answer(person, named.unless) is not None
        yield Clue(told=named.text if is_named and not is_dated else None)
    for wanted in applies.none_given:
        given = [answer(person, key) for key in wanted.keys]
        is_given = any(value == "yes" or isinstance(value, int | float) for value in given)
        yield Clue(told=None if is_given else wanted.text)
    for key, bound in applies.below.items():
        yield _compared(key, bound, rule, person, facts, is_below=True)
    for key, bound in applies.at_least.items():
        yield _compared(key, bound, rule, person, facts, is_below=False)
    for key, going in applies.going_on.items():
        value = answer(person, key)
        if value is None:
            yield _undated(going, person)
        else:
            yield Clue(told=going.text if value == 0 else None)
    yield from _of_what_is_taken(rule, own, person)
    yield from _of_reactions(rule, own, person, facts)


def _clue(key: str, text: str, *, holds: bool, missing: bool) -> Clue:
    return Clue(told=text if holds else None, missing=key if missing else None)


def answer(person: Person, key: str) -> object:
    """Return what a person file says at a dotted key; None where that is left out or unknown.

    Raises
    ------
    FactError
        If there is no such key.
    """
    block, _, name = key.rpartition(".")
    if block not in BLOCKS or name not in BLOCKS[block].__struct_fields__:
        raise FactError(f"option_rules.yaml names '{key}', which no person file has; correct it")
    record: Record | None = getattr(person, block) if block else person
    said = None if record is None else getattr(record, name)
    return None if said == "unknown" else said


BLOCKS: dict[str, type[Record]] = {
    "": Person,
    "health": Health,
    "noticed": Noticed,
    "examination": Examination,
    "severity": Severity,
}
"""The blocks of a person file that a rule may read."""


def person_keys() -> frozenset[str]:
    """Return every dotted key that a rule of an option may name."""
    return frozenset(
        f"{block}.{name}" if block else name
        for block, record in BLOCKS.items()
        for name in record.__struct_fields__
    )


def _compared(
    key: str, bound: Bound, rule: OptionRule, person: Person, facts: Facts, *, is_below: bool
) -> Clue:
    """Hold a number against a limit of the rule; one that is missing after a yes holds too."""
    value = answer(person, key)
    if isinstance(value, Salt):
        value = round(salt_score(value, facts.scales), 9)  # the weights are decimal fractions
    if isinstance(value, int | float):
        unit = rule.limits[bound.limit].unit if bound.limit in rule.limits else ""
        needed = limit(rule, bound.limit, unit)
        if (value < needed) is not is_below:
            return Clue()
        text = bound.goes_on if bound.goes_on is not None and value == 0 else bound.text
        told = text.format(value=f"{value:g}", limit=f"{needed:g}")
        return Clue(told=told, value=float(value), limit=needed, unit=unit)
    return _undated(bound, person)


def _undated(bound: Bound | GoingOn, person: Person) -> Clue:
    """Return what follows where a number is missing: from the answer before it, if there is one."""
    before = None if bound.after is None else answer(person, bound.after)
    if before == "yes":
        return Clue(told=bound.unknown)
    return Clue(missing=bound.after if before is None else None)


def _of_what_is_taken(rule: OptionRule, own: list[str], person: Person) -> Iterator[Clue]:
    """Yield what follows from the treatments that are used now beside the option."""
    if not rule.applies.taken:
        return
    if person.history is None:
        yield Clue(missing="history")
        return
    now = {used.treatment for used in person.history if used.months_since_last_dose == 0}
    for name, text in rule.applies.taken.items():
        if name in now and name not in own:
            yield Clue(told=text)


def _of_reactions(rule: OptionRule, own: list[str], person: Person, facts: Facts) -> Iterator[Clue]:
    """Yield what follows from a bad reaction to the treatments, or to others of their kind."""
    itself, kind = rule.applies.reacted_to, rule.applies.reacted_to_kind
    if itself is None and kind is None:
        return
    reacted = answer(person, REACTED_TO)
    if not isinstance(reacted, list):
        yield Clue(missing=REACTED_TO)
        return
    terms = facts.vocabulary.treatments
    kinds = {terms[name].broader for name in own} - {None}
    for name in reacted:
        if itself is not None and name in own:
            yield Clue(told=itself.format(treatment=terms[name].label))
        if kind is not None and name not in own and terms[name].broader in kinds:
            yield Clue(told=kind.format(treatment=terms[name].label))
