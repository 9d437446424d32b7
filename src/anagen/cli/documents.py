"""The JSON documents of `anagen facts`; that of `anagen plan` stands in `plan.documents`."""

from typing import Any, Literal

import msgspec

from anagen.facts import Record, Source
from anagen.facts.base import Grade
from anagen.facts.check import Fault


class FactsList(Record):
    """The topics with their counts; `ids` where one topic was asked for."""

    schema: Literal["anagen/facts-list/1"]
    topics: dict[str, int]
    ids: list[str] = msgspec.field(default_factory=list)


class FactDocument(Record):
    """One fact: every record with its id, by topic, and the sources that they cite."""

    schema: Literal["anagen/fact/1"]
    id: str
    found: dict[str, Any]
    sources: dict[str, Source]


class FactsCheck(Record):
    """How many records each topic has, and every fault found."""

    schema: Literal["anagen/facts-check/1"]
    counts: dict[str, int]
    faults: list[Fault]


class CitedTimes(Record):
    """A source with how many facts cite it."""

    key: str
    cited: int
    grade: Grade
    title: str | None = None
    url: str | None = None
    via: Literal["mirror", "secondary"] | None = None
    note: str | None = None


class FactsSources(Record):
    """The sources, with how often each is cited."""

    schema: Literal["anagen/facts-sources/1"]
    sources: list[CitedTimes]
