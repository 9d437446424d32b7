"""Whether a clue holds for a person: yes, no, or not answered."""

from collections.abc import Iterable, Iterator

import msgspec

from anagen.candidacy.finding import is_for_women, question, short_question
from anagen.candidacy.history import used
from anagen.candidacy.person import Health, Person
from anagen.errors import FactError
from anagen.facts import Facts
from anagen.facts.triage import Clue

FOLLOWS: dict[str, str] = {
    "health.years_since_chemotherapy_or_radiotherapy": "health.chemotherapy_or_radiotherapy",
    "health.months_since_shedding_began": "health.sudden_diffuse_shedding",
    "noticed.weeks_since_trigger": "noticed.triggers",
    "noticed.years_of_hairstyle": "noticed.hairstyles",
}
"""A number, and the answer without which there is none to give."""
PATTERN_SCALES = (
    "severity.norwood_hamilton", "severity.ludwig", "severity.sinclair", "severity.savin",
    "severity.basp",
)  # fmt: skip
NOT_QUESTIONS = ("examination.", "severity.")
"""Blocks that a person is not asked for: somebody else has to look first."""


def answer_of(person: Person, key: str) -> object:
    """Return the answer under a dotted key; nothing where it is left out or unknown."""
    value: object = person
    for name in key.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return None if value == "unknown" else value


def is_settled(person: Person, key: str) -> bool:
    """Return whether a key is answered, or cannot be asked of this person."""
    if answer_of(person, key) is not None or (person.sex == "male" and is_for_women(key)):
        return True
    if key == "noticed.pattern" and any(answer_of(person, scale) for scale in PATTERN_SCALES):
        return True  # a grade of pattern loss says where hair is missing
    return key in FOLLOWS and answer_of(person, FOLLOWS[key]) in ("no", [])


def limit_of(name: str, facts: Facts) -> float:
    """Return a limit that a clue names: `R21.months_off` of a rule, or one of the table itself.

    Raises
    ------
    FactError
        If there is no such limit.
    """
    rule, dot, entry = name.partition(".")
    held = facts.rules[rule].limits if dot and rule in facts.rules else facts.triage.limits
    quantity = held.get(entry if dot else name)
    if quantity is None:
        raise FactError(f"a clue of triage.yaml names the limit '{name}', which no fact holds")
    return quantity.number()


def _parts(clue: Clue, person: Person, facts: Facts) -> Iterator[bool | None]:
    """Yield what each part of a clue says; nothing where its answer is missing."""
    for key in clue.answers:
        yield None if answer_of(person, key) is None else bool(_named(clue, key, person))
    for key in clue.given:
        yield True if answer_of(person, key) is not None else None
    for _, held in _numbers(clue, person, facts):
        yield held


def _numbers(clue: Clue, person: Person, facts: Facts) -> Iterator[tuple[str, bool | None]]:
    """Yield each key that is held against a limit, with what comes of it."""
    for limits, is_below in ((clue.below, True), (clue.at_least, False)):
        for key, name in limits.items():
            value = answer_of(person, key)
            if isinstance(value, int | float):
                yield key, (value < limit_of(name, facts)) is is_below
            else:
                yield key, None


def said_of(clue: Clue, given: Person, person: Person, facts: Facts) -> str:
    """Return what a clue that holds says of this person: only what was answered.

    Parameters
    ----------
    clue:
        A clue that holds.
    given:
        The person as the answers were given; these are named where they suffice.
    person:
        The same person with the answers that follow from them.
    facts:
        The facts, which hold the limits.
    """
    return _told(clue, given, facts) or _told(clue, person, facts) or clue.text


def _told(clue: Clue, person: Person, facts: Facts) -> str:
    """Word the parts of a clue that hold, one by one; nothing where it has no words for them."""
    told = []
    for key in clue.answers:
        words = _named(clue, key, person)
        told += [clue.says.get(f"{key}.{word}", clue.says.get(key)) for word in words]
    told += [clue.says.get(key) for key, held in _numbers(clue, person, facts) if held]
    return " ".join(dict.fromkeys(filter(None, told)))


def _given(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def _names_one(value: object, words: list[str]) -> bool:
    return bool(set(_given(value)) & set(words))


def _named(clue: Clue, key: str, person: Person) -> list[str]:
    """Return the words of a clue that a person gave under a key, and that count."""
    given = _given(answer_of(person, key))
    return [
        word
        for word in clue.answers[key]
        if word in given and _counts(clue, f"{key}.{word}", person)
    ]


def _counts(clue: Clue, entry: str, person: Person) -> bool | None:
    """Say whether a word counts beside the answers it needs; nothing while these are missing."""
    if entry not in clue.only_with:
        return True
    beside = [answer_of(person, key) for key in clue.only_with[entry]]
    if any(value not in (None, "no", []) for value in beside):
        return True
    return None if None in beside else False


def _waits(clue: Clue, key: str, person: Person) -> bool:
    """Return whether a given word counts only beside an answer that is still missing."""
    given = _given(answer_of(person, key))
    return any(
        word in given and _counts(clue, f"{key}.{word}", person) is None
        for word in clue.answers[key]
    )


def is_denied(clue: Clue, person: Person) -> bool:
    """Return whether a clue that does not hold is denied by an answer of its own.

    It is not where a list merely leaves its word out: somebody may have overlooked it.
    """
    return not any(isinstance(v := answer_of(person, key), list) and v for key in keys_of(clue))


def _has_beside(clue: Clue, person: Person) -> bool:
    """Return whether one of the answers is given that a clue needs beside its own."""
    named = [_names_one(answer_of(person, key), words) for key, words in clue.beside.items()]
    return any(named) or not named


def keys_of(clue: Clue) -> list[str]:
    """Return the keys whose answers a clue needs before it can be said not to hold."""
    named = (*clue.answers, *clue.given, *clue.below, *clue.at_least)
    return clue.asks or list(dict.fromkeys(named))


def holds(clue: Clue, person: Person, facts: Facts) -> bool | None:
    """Say whether a clue holds: yes, no, or nothing while an answer that decides it is missing."""
    if clue.sexes and person.sex not in clue.sexes:
        return False
    parts = list(_parts(clue, person, facts))
    if clue.needs_all:
        if False not in parts and None in parts:
            return None
        return all(parts) and _has_beside(clue, person)
    if any(parts):
        return _has_beside(clue, person)
    if any(_waits(clue, key, person) for key in clue.answers):
        return None
    return False if all(is_settled(person, key) for key in keys_of(clue)) else None


def unanswered_of(clues: Iterable[Clue], person: Person) -> list[str]:
    """Return the keys, each once, that could still be asked to decide some clues."""
    keys = dict.fromkeys(key for clue in clues for key in keys_of(clue))
    return [
        key
        for key in keys
        if not key.startswith(NOT_QUESTIONS)
        and not is_settled(person, key)
        and (key not in FOLLOWS or is_settled(person, FOLLOWS[key]))
    ]


def asked(key: str, *, is_short: bool = False) -> str:
    """Return the question behind a key; one that follows from another comes with that one."""
    if key not in FOLLOWS:
        return short_question(key) if is_short else question(key)
    return f"{short_question(FOLLOWS[key])} {question(key)}"


FROM_HISTORY = {
    "hair_transplant": "months_since_hair_transplant",
    "steroid_intralesional": "months_since_scalp_steroid_injection",
}
"""Treatments of a history whose months `Health` asks for too; the more recent ones count."""


def _with_history(person: Person) -> Health:
    """Return the answers about health with those that follow from the history."""
    health = person.health
    for treatment, key in FROM_HISTORY.items():
        one, given = used(person.history, treatment), getattr(health, key)
        ago = None if one is None else one.months_since_last_dose
        if ago is not None and (given is None or ago < given):
            health = msgspec.structs.replace(health, **{key: ago})
    exosome = used(person.history, "exosome")
    is_reaction = exosome is not None and exosome.why_stopped == "side_effects"
    if is_reaction and health.earlier_exosome_reaction in (None, "unknown"):
        health = msgspec.structs.replace(health, earlier_exosome_reaction="yes")
    return health


def with_implied_answers(person: Person, facts: Facts) -> Person:
    """Return the person with the answers about health that follow from the other blocks.

    An answer that was given stays as it is; only a list of signs may grow.
    """
    health = _with_history(person)
    for implied in facts.triage.implied:
        if not holds(implied.clue, person, facts):
            continue
        name = implied.key.removeprefix("health.")
        value = getattr(health, name)
        if implied.value != "yes":
            signs = value if isinstance(value, list) else []
            added: object = [*signs, implied.value] if implied.value not in signs else signs
        elif value in (None, "unknown"):
            added = implied.value
        else:
            continue
        health = msgspec.structs.replace(health, **{name: added})
    months = answer_of(person, "noticed.months_since_onset")
    is_shedding = (
        health.sudden_diffuse_shedding == "yes"
        or person.condition == "telogen_effluvium"
        or answer_of(person, "noticed.shedding") == "much_more"
    )
    if is_shedding and health.months_since_shedding_began is None and isinstance(months, float):
        health = msgspec.structs.replace(health, months_since_shedding_began=months)
    return msgspec.structs.replace(person, health=health)


def contradicted(person: Person, facts: Facts) -> tuple[str, str] | None:
    """Return a key that is answered with no although another says the same with yes, and that."""
    for implied in facts.triage.implied:
        is_no = answer_of(person, implied.key) == "no"
        if is_no and implied.contradicts_no and holds(implied.clue, person, facts):
            return implied.key, next(iter(implied.clue.answers))
    return None
