"""Check all facts against each other: sources, ids, units, intervals and statuses."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from anagen.errors import FactError, InputError
from anagen.facts import units
from anagen.facts.base import Quantity, Record
from anagen.facts.store import DATA, Facts, read
from anagen.facts.treatment import Claim
from anagen.facts.vocabulary import Term, Unit

VOCABULARY_OF = {
    "condition": "conditions",
    "conditions": "conditions",
    "speaks_for": "conditions",
    "speaks_against": "conditions",
    "treatment": "treatments",
    "components": "treatments",
    "backbone": "treatments",
    "measure": "measures",
    "statistic": "statistics",
    "jurisdiction": "jurisdictions",
    "route": "routes",
    "unit": "units",
    "dose_unit": "units",
    "raw_unit": "units",
}
"""Fields whose text must be an id of the vocabulary."""


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
    if isinstance(value, list):
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


def check(folder: Path = DATA) -> FactCheck:
    """Read all facts anew and report every fault.

    A file that cannot be read into its records at all is one fault, and nothing else is checked.
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
