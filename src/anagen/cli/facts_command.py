"""`anagen facts`: list, show, check, sources."""

import argparse

import msgspec

from anagen import facts as package_facts
from anagen import strict_yaml
from anagen.cli import output
from anagen.cli.documents import (
    CitedTimes,
    FactDocument,
    FactsCheck,
    FactsList,
    FactsSources,
)
from anagen.errors import InputError
from anagen.facts import Source
from anagen.facts.base import GRADE_ORDER
from anagen.facts.study import Study

LABEL_WIDTH = 90


def run(arguments: argparse.Namespace) -> int:
    """Run one verb; return the exit status: 1 if a check found a fault."""
    return {"list": _list, "show": _show, "check": _check, "sources": _sources}[arguments.verb](
        arguments
    )


def _list(arguments: argparse.Namespace) -> int:
    facts = package_facts.load()
    topics = {
        name: value
        for name in facts.__struct_fields__
        if isinstance(value := getattr(facts, name), dict)
    }
    if arguments.topic is None:
        counts = {name: len(value) for name, value in topics.items()}
        if arguments.json:
            output.say_json(FactsList(schema="anagen/facts-list/1", topics=counts))
        else:
            output.say("".join(f"{count:5d}  {name}\n" for name, count in counts.items()))
        return 0
    if arguments.topic not in topics:
        raise InputError(
            f"there is no topic '{arguments.topic[:60]}'; the topics are {', '.join(topics)}"
        )
    ids = sorted(topics[arguments.topic])
    if arguments.json:
        topic = {arguments.topic: len(ids)}
        output.say_json(FactsList(schema="anagen/facts-list/1", topics=topic, ids=ids))
    else:
        lines = [f"{name}  {_label(topics[arguments.topic][name])}".rstrip() for name in ids]
        output.say("".join(f"{line}\n" for line in lines))
    return 0


LABEL_FIELDS = ("label", "title", "question", "when", "meaning", "text", "claim", "what", "outcome")


def _label(record: object) -> str:
    """Return a few words that say what a record is."""
    if isinstance(record, Study):
        return record.citation.text[:LABEL_WIDTH]
    for field in LABEL_FIELDS:
        words = getattr(record, field, None)
        if isinstance(words, str):
            return words[:LABEL_WIDTH]
    return ""


def _show(arguments: argparse.Namespace) -> int:
    from anagen.facts import check

    facts = package_facts.load()
    found = check.find(facts, arguments.id[:100])
    keys: dict[str, Source] = {}
    _collect(found, keys, facts)
    if arguments.json:
        output.say_json(
            FactDocument(schema="anagen/fact/1", id=arguments.id, found=found, sources=keys)
        )
        return 0
    said = [
        f"{topic} / {arguments.id}\n{strict_yaml.dump(record)}" for topic, record in found.items()
    ]
    said.append(
        "sources\n" + (strict_yaml.dump(msgspec.to_builtins(keys)) if keys else "none named\n")
    )
    output.say("\n".join(said))
    return 0


def _collect(value: object, keys: dict[str, Source], facts: package_facts.Facts) -> None:
    """Gather every source that `value` cites."""
    if isinstance(value, dict):
        for field, entry in value.items():
            if field == "source" and isinstance(entry, list):
                for name in entry:
                    if name in facts.sources:
                        keys[name] = facts.sources[name]
            else:
                _collect(entry, keys, facts)
    elif isinstance(value, list):
        for entry in value:
            _collect(entry, keys, facts)


def _check(arguments: argparse.Namespace) -> int:
    from anagen.candidacy import person_keys
    from anagen.facts import check

    result = check.check(person_keys=person_keys())
    if arguments.json:
        output.say_json(
            FactsCheck(schema="anagen/facts-check/1", counts=result.counts, faults=result.faults)
        )
    else:
        counts = ", ".join(f"{n} {topic.replace('_', ' ')}" for topic, n in result.counts.items())
        faults = "".join(f"{fault.where}: {fault.what}\n" for fault in result.faults)
        output.say(f"read {counts}\n{faults}{len(result.faults)} faults\n")
    return 1 if result.faults else 0


def _sources(arguments: argparse.Namespace) -> int:
    from anagen.facts import check

    if arguments.grade is not None and arguments.grade not in GRADE_ORDER:
        raise InputError(
            f"'{arguments.grade[:40]}' is not a grade; the grades are {', '.join(GRADE_ORDER)}"
        )
    facts = package_facts.load()
    times = check.cited(facts)
    rows = [
        CitedTimes(
            key=key,
            cited=times[key],
            grade=source.grade,
            title=source.title,
            url=source.url,
            via=source.via,
            note=source.note,
        )
        for key, source in sorted(facts.sources.items())
        if arguments.grade in (None, source.grade)
    ]
    if arguments.json:
        output.say_json(FactsSources(schema="anagen/facts-sources/1", sources=rows))
        return 0
    lines = []
    for row in rows:
        via = f" (via {row.via})" if row.via else ""
        lines.append(f"{row.cited:4d}  {row.grade + via:<20s}  {row.key}\n")
        lines.append(f"      {row.url or row.title or ''}\n")
    output.say("".join(lines) + f"{len(rows)} sources\n")
    return 0
