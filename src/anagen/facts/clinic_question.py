"""Questions to put to a clinic before a session, as facts."""

from typing import Literal

import msgspec

from anagen.facts.base import Quantity, Slug, Status
from anagen.frozen import Record

AnswerQuality = Literal["good", "poor", "part", "missing"]
"""What an answer is worth: `good` only if everything that a good answer holds was given, `part`
where half of the question is open, `missing` where what was asked for is not there."""

Computed = Literal["none_of_n", "open_options"]
"""What is worked out for the person and added to the reason of a question."""


class HeardAnswer(Record):
    """What a person file may already say of the product, and what that answer is worth.

    `when` maps keys of the product block to the answers that count; the word `given` stands for
    any answer but "unknown". The first entry whose keys all agree is taken.
    """

    when: dict[Slug, list[str]]
    said: str
    means: AnswerQuality
    jurisdictions: list[Slug] = msgspec.field(default_factory=list)


class ClinicQuestion(Record):
    """One question to say aloud, why it matters, and what three kinds of answer mean.

    `status` and `source` belong to `why`; what counts as good or poor is our judgement. Without
    `jurisdictions` or `conditions` a question is asked everywhere and of everybody; `other_than`
    names the types of loss for which it is not asked. In `why` a name in braces stands for a
    number of the facts (see `anagen.plan.wording`).
    """

    question: str
    why: str
    good: str
    poor: str
    missing: str
    status: Status
    source: list[Slug]
    jurisdictions: list[Slug] = msgspec.field(default_factory=list)
    conditions: list[Slug] = msgspec.field(default_factory=list)
    other_than: list[Slug] = msgspec.field(default_factory=list)
    rules: list[Slug] = msgspec.field(default_factory=list)
    heard: list[HeardAnswer] = msgspec.field(default_factory=list)
    adds: Computed | None = None
    group_sizes: Quantity | None = None
    note: str | None = None
