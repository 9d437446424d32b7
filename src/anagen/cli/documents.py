"""The JSON documents of `anagen facts` and `anagen person`.

That of `anagen plan` stands in `plan.documents`.
"""

from typing import Any, Literal

import msgspec

from anagen.candidacy import FormQuestion, MissingAnswer
from anagen.facts import Record, Sex, Source
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


class PersonForm(Record):
    """A blank person file: its questions, and its text as it was written.

    `file` is the name of the file written, absent where none was; `sex` that of whom it is for.
    """

    schema: Literal["anagen/person-form/1"]
    is_short: bool
    questions: list[FormQuestion]
    text: str
    file: str | None = None
    sex: Sex | None = None


class CheckedPerson(Record):
    """Whether one person file reads, in a sentence, and which answers are missing in it.

    `assumed_no` are the keys that `health.otherwise_healthy` answered with no. Without an offer
    (`has_offer`) no question about a product is among those missing.
    """

    file: str
    reads: bool
    message: str
    missing: list[MissingAnswer] = msgspec.field(default_factory=list)
    assumed_no: list[str] = msgspec.field(default_factory=list)
    has_offer: bool = True


class PersonCheck(Record):
    """What `anagen person check` found of every file; the status is 2 if one does not read."""

    schema: Literal["anagen/person-check/1"]
    files: list[CheckedPerson]
    exit_status: int
