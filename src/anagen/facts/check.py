"""Check all facts against each other: sources, ids, units, intervals and statuses."""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from anagen.errors import FactError, InputError
from anagen.facts import check_judged, units
from anagen.facts.base import Quantity, Slug
from anagen.facts.mechanism import COLUMNS
from anagen.facts.option_rule import OptionRule
from anagen.facts.path import value_at
from anagen.facts.store import DATA, Facts, read
from anagen.facts.treatment import Claim
from anagen.facts.vocabulary import Term, Unit
from anagen.frozen import Record

__all__ = ["FactCheck", "Fault", "check", "cited", "find", "value_at"]

VOCABULARY_OF = {
    "condition": "conditions",
    "conditions": "conditions",
    "only_conditions": "conditions",
    "speaks_for": "conditions",
    "speaks_against": "conditions",
    "treatment": "treatments",
    "treatments": "treatments",
    "components": "treatments",
    "taken": "treatments",
    "together_with": "treatments",
    "first_steps": "conditions",
    "other_first_steps": "conditions",
    "backbone": "treatments",
    "measure": "measures",
    "statistic": "statistics",
    "jurisdiction": "jurisdictions",
    "route": "routes",
    "currency": "currencies",
    "unit": "units",
    "dose_unit": "units",
    "raw_unit": "units",
}
"""Fields whose text, list or keys must be ids of the vocabulary."""


class Fault(Record):
    """One thing that is wrong in the facts: where, and what."""

    where: str
    what: str


class FactCheck(Record):
    """What `anagen facts check` found: how many records of each topic, and every fault."""

    counts: dict[str, int]
    faults: list[Fault]


def _walk(value: object, where: str) -> Iterator[tuple[str, Record]]:
    """Yield every record below `value` with its place, depth first."""
    if isinstance(value, Record):
        yield where, value
        for field in value.__struct_fields__:
            yield from _walk(getattr(value, field), f"{where}.{field}")
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _walk(entry, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for k, entry in enumerate(value):
            yield from _walk(entry, f"{where}[{k}]")


def _ids(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | dict):
        return [v for v in value if isinstance(v, str)]
    return []


def _interval_faults(where: str, fact: Quantity) -> Iterator[Fault]:
    if isinstance(fact.value, str | list):
        return
    if fact.low is not None and fact.high is not None and fact.low > fact.high:
        yield Fault(where=where, what=f"its low {fact.low} lies above its high {fact.high}")
    if fact.low is not None and fact.value < fact.low:
        yield Fault(where=where, what=f"its value {fact.value} lies below its low {fact.low}")
    if fact.high is not None and fact.value > fact.high:
        yield Fault(where=where, what=f"its value {fact.value} lies above its high {fact.high}")


def _record_faults(where: str, record: Record, facts: Facts) -> Iterator[Fault]:
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if field == "source":
            names = _ids(value)
            if not names and not isinstance(record, Claim):  # of a claim: read nowhere
                yield Fault(where=where, what="names no source; give at least one key")
            for name in names:
                if name not in facts.sources:
                    yield Fault(where=where, what=f"source '{name}' is not in sources.yaml")
        elif field in VOCABULARY_OF:
            kind = VOCABULARY_OF[field]
            terms: dict[str, Term | Unit] = getattr(facts.vocabulary, kind)
            known = set(terms)
            if kind == "units":  # sources keep their own spelling of a unit
                known.update(word for unit in terms.values() for word in unit.also)
            for name in _ids(value):
                if name not in known:
                    yield Fault(
                        where=where, what=f"{field} '{name}' is not in vocabulary/{kind}.yaml"
                    )
    if isinstance(record, Quantity):
        yield from _interval_faults(where, record)
    if isinstance(record, OptionRule):
        yield from _option_rule_faults(where, record)


def _option_rule_faults(where: str, rule: OptionRule) -> Iterator[Fault]:
    bounds = [*rule.applies.below.values(), *rule.applies.at_least.values()]
    for bound in bounds:
        if bound.limit not in rule.limits:
            yield Fault(where=where, what=f"compares with '{bound.limit}', which is no limit of it")
    if rule.asks:
        yield Fault(where=where, what="names asks; what it needs follows from applies")
    if not rule.treatments:
        yield Fault(where=where, what="belongs to no treatment")


def _place_faults(where: str, article: Slug, sentences: Sequence[int], facts: Facts) -> list[Fault]:
    if article not in facts.articles:
        return [Fault(where=where, what=f"there is no article '{article}'")]
    last = len(facts.articles[article].sentences)
    beyond = [number for number in sentences if not 1 <= number <= last]
    return [Fault(where=where, what=f"{article} has no sentence {number}") for number in beyond]


def _claim_faults(where: str, claims: Sequence[Slug], facts: Facts) -> Iterator[Fault]:
    for name in claims:
        if name not in facts.claims:
            yield Fault(where=where, what=f"there is no claim '{name}'")


def _article_faults(facts: Facts) -> Iterator[Fault]:
    """Yield where an article's headings and sentences do not fit each other or the claims."""
    for name, article in facts.articles.items():
        known = {entry.number: entry for entry in article.sentences}
        if list(known) != list(range(1, len(article.sentences) + 1)):
            yield Fault(where=f"articles.{name}", what="its sentences are not numbered 1, 2, 3 ...")
        for entry in article.sentences:
            where = f"articles.{name}.sentences.{entry.number}"
            yield from _claim_faults(where, entry.claims, facts)
            if entry.claims and entry.not_a_claim is not None:
                yield Fault(where=where, what="has claims and says that it makes none; keep one")
            if not entry.claims and entry.not_a_claim is None and entry.out_of_scope is None:
                yield Fault(where=where, what="has no mark: name claims, or say why it makes none")
        for heading in article.headings:
            found = known.get(heading.sentence)
            if found is None or found.hash != heading.hash:
                where = f"articles.{name}.headings.{heading.number}"
                yield Fault(where=where, what=f"sentence {heading.sentence} has not its hash")
    for name, pair in facts.contradictions.items():
        for place in pair.places:
            where = f"contradictions.{name}"
            yield from _place_faults(where, place.article, place.sentences, facts)
            yield from _claim_faults(where, place.claims, facts)


def _node_faults(facts: Facts) -> Iterator[Fault]:
    """Yield where a box of the mechanisms names what nothing knows, or stands alone."""
    touched = {end for arrow in facts.mechanisms.values() for end in (arrow.start, arrow.end)}
    for name, node in facts.mechanism_nodes.items():
        where = f"mechanism_nodes.{name}"
        yield from _claim_faults(where, node.claims, facts)
        for article in node.articles:
            yield from _place_faults(where, article, (), facts)
        if node.parameters and node.column != "rate":
            yield Fault(where=where, what="names parameters of the model, which only a rate has")
        if node.reported_as and node.column != "seen":
            yield Fault(where=where, what="names what is reported, which only what is seen has")
        for parameter in node.parameters:
            if parameter not in facts.model:
                yield Fault(where=where, what=f"'{parameter}' is no parameter of the model")
        if name not in touched:
            yield Fault(where=where, what="no arrow of mechanisms.yaml touches it")


def _arrow_faults(facts: Facts) -> Iterator[Fault]:
    """Yield where an arrow of the mechanisms leads nowhere or moves what it cannot move."""
    nodes = facts.mechanism_nodes
    for name, arrow in facts.mechanisms.items():
        where = f"mechanisms.{name}"
        unknown = [end for end in (arrow.start, arrow.end) if end not in nodes]
        for end in unknown:
            yield Fault(where=where, what=f"'{end}' is not in mechanism_nodes.yaml")
        if unknown:
            continue
        columns = [COLUMNS.index(nodes[end].column) for end in (arrow.start, arrow.end)]
        if columns[1] != columns[0] + 1:
            what = f"leads from '{arrow.start}' to '{arrow.end}', not to the next column"
            yield Fault(where=where, what=what)
            continue
        if not arrow.treatments:
            yield Fault(where=where, what="belongs to no treatment")
        if not arrow.evidence:
            yield Fault(where=where, what="has no evidence; say at least that none was collected")
        rate = arrow.end if columns[1] == COLUMNS.index("rate") else arrow.start
        for parameter in arrow.moves:
            if parameter not in facts.model:
                yield Fault(where=where, what=f"'{parameter}' is no parameter of the model")
            elif nodes[rate].parameters.get(parameter) is None:
                what = f"moves '{parameter}', which sets no movable part of '{rate}'"
                yield Fault(where=where, what=what)


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _question_faults(facts: Facts) -> Iterator[Fault]:
    """Yield where an answer shows a number that no fact holds, or answers to no heading."""
    for name, question in facts.questions.items():
        where = f"questions.{name}"
        article = facts.articles.get(question.article)
        if article is None or question.heading not in {h.number for h in article.headings}:
            what = f"{question.article} has no heading {question.heading}"
            yield Fault(where=where, what=what)
        shown = {found for s in question.answer for found in _NUMBER.findall(s.text)}
        for number in sorted(shown ^ set(question.numbers)):
            what = f"{number} must stand in the answer and, with its fact, in numbers"
            yield Fault(where=where, what=what)
        for number, path in question.numbers.items():
            try:
                value = value_at(facts, path)
            except FactError as error:
                yield Fault(where=where, what=str(error))
                continue
            if not isinstance(value, int | float) or float(value) != float(number):
                yield Fault(where=where, what=f"shows {number}, but {path} is {value}")


def _key_faults(facts: Facts, person_keys: Collection[str]) -> Iterator[Fault]:
    """Yield where an option's rule names a key that no person file has."""
    for name, rule in facts.option_rules.items():
        for key in rule.applies.named_keys():
            if key not in person_keys:
                what = f"names '{key}', which no person file has"
                yield Fault(where=f"option_rules.{name}", what=what)


def check(folder: Path = DATA, person_keys: Collection[str] | None = None) -> FactCheck:
    """Read all facts anew and report every fault.

    A file that cannot be read into its records at all is one fault, and nothing else is checked.

    Parameters
    ----------
    folder:
        Where the facts lie.
    person_keys:
        The keys that a person file can have; the keys of rules are not checked if left out.
    """
    try:
        facts = read(folder)
    except FactError as error:
        return FactCheck(counts={}, faults=[Fault(where="facts", what=str(error))])
    faults: list[Fault] = []
    counts: dict[str, int] = {}
    for topic in facts.__struct_fields__:
        value = getattr(facts, topic)
        counts[topic] = len(value) if isinstance(value, dict) else 1
        if topic in ("vocabulary", "sources"):
            continue
        for where, record in _walk(value, topic):
            faults.extend(_record_faults(where, record, facts))
    faults.extend(_article_faults(facts))
    faults.extend(_question_faults(facts))
    faults.extend(_node_faults(facts))
    faults.extend(_arrow_faults(facts))
    faults.extend(Fault(where=where, what=what) for where, what in check_judged.faults(facts))
    if person_keys is not None:
        faults.extend(_key_faults(facts, person_keys))
    for name, unit in facts.vocabulary.units.items():
        try:
            units.registry().parse_expression(unit.definition)
        except (FactError, ValueError, AttributeError) as error:
            faults.append(Fault(where=f"vocabulary.units.{name}", what=f"does not parse: {error}"))
    counts["observations"] = sum(len(s.observations) for s in facts.studies.values())
    counts["arms"] = sum(len(s.arms) for s in facts.studies.values())
    return FactCheck(counts=counts, faults=faults)


def cited(facts: Facts) -> dict[str, int]:
    """Return how many records cite each source."""
    times = dict.fromkeys(facts.sources, 0)
    for topic in facts.__struct_fields__:
        if topic in ("vocabulary", "sources"):
            continue
        for _, record in _walk(getattr(facts, topic), topic):
            for name in _ids(getattr(record, "source", None)):
                times[name] = times.get(name, 0) + 1
    return times


def find(facts: Facts, name: str) -> dict[str, object]:
    """Return every record with the id `name`, by topic, as plain values.

    Raises
    ------
    InputError
        If no topic has it; the message suggests the nearest ids.
    """
    found: dict[str, object] = {}
    known: set[str] = set()
    for topic in facts.__struct_fields__:
        value = getattr(facts, topic)
        if isinstance(value, dict):
            known.update(value)
            if name in value:
                found[topic] = msgspec.to_builtins(value[name])
    if not found:
        import difflib

        near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see 'anagen facts list'"
        raise InputError(f"there is no fact '{name}'{hint}")
    return found
