"""The rules that belong to an option's own treatments, as facts: when each holds, what it says."""

import msgspec

from anagen.facts.base import Line, Record, Sex, Slug
from anagen.facts.rule import Rule


class Bound(Record):
    """A number of the person file that is held against a limit of the rule.

    `limit` names one of the rule's `limits`, in the unit of the key; `text` is what the person is
    told, with `{value}` and `{limit}` in it. `after` names the answer without whose yes the number
    means nothing: where that is yes and the number is missing, the rule holds and says `unknown`.
    """

    limit: Slug
    text: str
    after: str | None = None
    unknown: str | None = None


class Together(Record):
    """Answers that count only when every one of them is yes, and what the person is told then."""

    yes: list[str]
    text: str


class Lacking(Record):
    """Entries of a list of which the rule wants at least one, and what is said where none is."""

    entries: list[str]
    text: str


class Applies(Record):
    """When a rule holds: each entry is one way, and any of them is enough.

    The keys are those of a person file ("health.heart_disease"), the values what the person is
    told. `lists` holds where a list has any entry. `below` and `at_least` compare a number with a
    limit. `taken` are treatments that are used now beside the option, `reacted_to` holds after a
    bad reaction to the very treatment and `reacted_to_kind` after one to another of its kind; both
    name it in `{treatment}`. `always` is for what everybody with the option is told.
    """

    always: bool = False
    conditions: dict[Slug, str] = msgspec.field(default_factory=dict)
    yes: dict[str, str] = msgspec.field(default_factory=dict)
    together: list[Together] = msgspec.field(default_factory=list)
    lists: dict[str, str] = msgspec.field(default_factory=dict)
    lacks: dict[str, Lacking] = msgspec.field(default_factory=dict)
    below: dict[str, Bound] = msgspec.field(default_factory=dict)
    at_least: dict[str, Bound] = msgspec.field(default_factory=dict)
    taken: dict[Slug, str] = msgspec.field(default_factory=dict)
    reacted_to: str | None = None
    reacted_to_kind: str | None = None


class OptionRule(Rule, kw_only=True):
    """One rule of a treatment's own; it belongs to every option that has the treatment.

    `sex` and `only_conditions` narrow whom it concerns. What it needs to know follows from
    `applies`, so `asks` stays empty.
    """

    treatments: list[Slug]
    applies: Applies
    line: Line = "health"
    sex: Sex | None = None
    only_conditions: list[Slug] = msgspec.field(default_factory=list)
