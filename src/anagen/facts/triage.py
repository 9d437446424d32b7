"""Types of hair loss held against what a person notices: clues, examinations, first steps."""

import msgspec

from anagen.facts.base import Quantity, Sex, Slug, Statement, Status
from anagen.frozen import Record


class Clue(Record):
    """One thing that speaks for or against a type, and the answers that show it.

    It holds as soon as one of its parts does (all of them where `needs_all`): an answer of
    `answers`, a key of `given` that is answered at all, a number under its limit in `below` or not
    under it in `at_least`. A limit is named `R21.months_off` where a rule has it, else it stands in
    `limits`. `says` words the parts one by one, by key or by key and word
    (`noticed.pattern.whole_head`), where `text` would name more than was answered. `only_with`
    names, for such a key and word, the keys of which one has to be answered (neither with no nor
    with an empty list) for the word to count. Where `beside` has answers, one of these is needed as
    well. It does not hold once every key of `asks` is answered (all its keys, if that is empty);
    until then it is open. `otherwise` is what is said where it does not hold. `excludes` is true
    where a type is ruled out by it. `sexes` is empty where it counts for everybody; a need
    counts for no other sex.
    """

    text: str
    status: Status
    source: list[Slug]
    answers: dict[str, list[str]] = msgspec.field(default_factory=dict)
    given: list[str] = msgspec.field(default_factory=list)
    below: dict[str, str] = msgspec.field(default_factory=dict)
    at_least: dict[str, str] = msgspec.field(default_factory=dict)
    needs_all: bool = False
    asks: list[str] = msgspec.field(default_factory=list)
    sexes: list[Sex] = msgspec.field(default_factory=list)
    beside: dict[str, list[str]] = msgspec.field(default_factory=dict)
    says: dict[str, str] = msgspec.field(default_factory=dict)
    only_with: dict[str, list[str]] = msgspec.field(default_factory=dict)
    otherwise: str | None = None
    excludes: bool = False
    note: str | None = None


class TriageForm(Record):
    """A form of a type that has a name of its own, the furthest first."""

    label: str
    clue: Clue


class TriageType(Record):
    """What a type of hair loss needs, what speaks for it and what against it.

    `must_not_be_missed` says why a type that cannot be told yet keeps a plan from being drawn.
    `tests` are laboratory tests that it calls for, each with its reason.
    """

    needs: list[Clue]
    fits: list[Clue]
    against: list[Clue]
    forms: list[TriageForm] = msgspec.field(default_factory=list)
    must_not_be_missed: Statement | None = None
    tests: dict[Slug, Statement] = msgspec.field(default_factory=dict)
    note: Statement | None = None


class ImpliedAnswer(Record):
    """An answer about health that follows from what was noticed or found.

    `value` is `yes`, or the entry that joins a list. `contradicts_no` is true where the two say
    the same, so that a no beside it is a slip.
    """

    key: str
    clue: Clue
    value: str = "yes"
    contradicts_no: bool = True


class ResultMeaning(Record):
    """What one result of an examination means for the types."""

    result: str
    text: str
    status: Status
    source: list[Slug]
    speaks_for: list[Slug] = msgspec.field(default_factory=list)
    speaks_against: list[Slug] = msgspec.field(default_factory=list)


class SettlingExamination(Record):
    """An examination that would settle what answers cannot; `answer` is the key of its result."""

    label: str
    how: str
    status: Status
    source: list[Slug]
    results: list[ResultMeaning]
    answer: str | None = None
    tests: list[Slug] = msgspec.field(default_factory=list)
    note: str | None = None


class FirstStep(Record):
    """What is right whichever type it is; with a clue only where that holds."""

    text: str
    status: Status
    source: list[Slug]
    clue: Clue | None = None


class TriageTable(Record):
    """Every type with its clues, and what holds for all of them.

    `red_flags` are rules whose findings come before any type, each with the types that it is
    expected in; found with another type it keeps a plan from being drawn for that one.
    """

    types: dict[Slug, TriageType]
    implied: list[ImpliedAnswer]
    red_flags: dict[Slug, list[Slug]]
    settles: dict[Slug, SettlingExamination]
    first_steps: list[FirstStep]
    not_held: Statement
    limits: dict[Slug, Quantity]
    reviewed_by: str | None = None
