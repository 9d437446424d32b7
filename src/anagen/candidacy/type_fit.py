"""How the types of hair loss fit a person's answers: records that say so, without a number."""

import re
from collections.abc import Sequence
from typing import Literal

from anagen.facts import Record
from anagen.facts.base import Slug, Statement
from anagen.facts.triage import ResultMeaning

Compatible = Literal["compatible", "cannot_tell", "less_likely", "not_compatible"]
"""`less_likely` where what a type needs was merely not named; `not_compatible` only where an
answer speaks against it."""


class TypeFit(Record):
    """One type of hair loss beside the answers: what speaks for it, against it, and what is open.

    `missing` are the keys and `not_answered` the questions whose answers could still change it;
    `waits_for` those among the keys that decide whether it fits at all.
    """

    condition: Slug
    label: str
    compatible: Compatible
    words: str
    speaks_for: list[Statement]
    speaks_against: list[Statement]
    missing: list[str]
    not_answered: list[str]
    waits_for: list[str]
    form: Statement | None = None
    note: Statement | None = None

    @property
    def is_in_question(self) -> bool:
        """Whether the type fits, or may turn out to."""
        return self.compatible in ("compatible", "cannot_tell")


class SettledBy(Record):
    """An examination, and what each of its results would mean for the types still in question."""

    label: str
    how: Statement
    is_done: bool
    results: list[ResultMeaning]


class Triage(Record):
    """What the answers fit, what they do not, and what would settle it.

    `compatible` are the conditions that fit. `working_condition` is the one that a plan is drawn
    for: the stated one, or the only one that fits; without it `why_none_is_drawn` says why.
    `red_flags` are ids of rules whose findings come first. `missing` and `next_questions` come
    in the order in which they would help most. `note` is what somebody with a stated type is told.
    """

    is_stated: bool
    types: list[TypeFit]
    compatible: list[Slug]
    red_flags: list[Slug]
    examinations: list[SettledBy]
    first_steps: list[Statement]
    not_held: Statement
    missing: list[str]
    next_questions: list[str]
    headline: str
    sentences: list[str]
    working_condition: Slug | None = None
    why_none_is_drawn: str | None = None
    note: str | None = None

    def type_of(self, condition: str) -> TypeFit | None:
        """Return how a type fits; nothing if it is not held here."""
        return next((t for t in self.types if t.condition == condition), None)


def plain(label: str) -> str:
    """Return a label without what it has in brackets, as it stands in a sentence.

    Examples
    --------
    >>> plain("scarring (cicatricial) alopecia")
    'scarring alopecia'
    """
    return re.sub(r" \([^)]*\)", "", label)


def names_of(fits: Sequence[TypeFit], last: str = "and") -> str:
    """Join the names of some types as a sentence does."""
    labels = [plain(fit.label) for fit in fits]
    return f" {last} ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))
