"""The rules that belong to an option's own treatments, as facts: when each holds, what it says."""

from typing import Literal

import msgspec

from anagen.facts.base import Line, Sex, Slug
from anagen.facts.rule import Rule
from anagen.frozen import Record


class Bound(Record):
    """A number of the person file that is held against a limit of the rule.

    `limit` names one of the rule's `limits`, in the unit of the key; `text` is what the person is
    told, with `{value}` and `{limit}` in it. `after` names the answer without whose yes the number
    means nothing: where that is yes and the number is missing, the rule holds and says `unknown`;
    without an `unknown` it does not hold. `goes_on` is said in place of `text` where the number is
    0, which in a time since the last one means that it goes on.
    """

    limit: Slug
    text: str
    goes_on: str | None = None
    after: str | None = None
    unknown: str | None = None


class GoingOn(Record):
    """What the person is told where a time since something is 0: it goes on.

    `after` and `unknown` are those of a `Bound`.
    """

    text: str
    after: str | None = None
    unknown: str | None = None


class Named(Record):
    """Entries of a list of which one is enough, and what the person is told then.

    `unless` is the key of a number that says it better: where that is given, the list is not read.
    """

    entries: list[str]
    text: str
    unless: str | None = None


class NoneGiven(Record):
    """Numbers and answers of which the rule wants one, a number or a yes, and what is said else."""

    keys: list[str]
    text: str


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
    told. `lists` holds where a list has any entry, `named` where it has one of some. `below` and
    `at_least` compare a number with a limit, `going_on` holds at a time of 0, and `none_given`
    where none of its keys has a number or a yes. `taken` are treatments that are used now beside
    the option; `reacted_to` holds after a bad reaction to the very treatment, `reacted_to_kind`
    after one to another of its kind, and both name it in `{treatment}`. `always` is for what
    everybody with the option is told.

    `settled_by` says, by key, which answer to another key makes its question needless: a yes, a no,
    or any answer that is `given`.
    """

    always: bool = False
    conditions: dict[Slug, str] = msgspec.field(default_factory=dict)
    yes: dict[str, str] = msgspec.field(default_factory=dict)
    together: list[Together] = msgspec.field(default_factory=list)
    lists: dict[str, str] = msgspec.field(default_factory=dict)
    lacks: dict[str, Lacking] = msgspec.field(default_factory=dict)
    below: dict[str, Bound] = msgspec.field(default_factory=dict)
    at_least: dict[str, Bound] = msgspec.field(default_factory=dict)
    going_on: dict[str, GoingOn] = msgspec.field(default_factory=dict)
    named: dict[str, Named] = msgspec.field(default_factory=dict)
    none_given: list[NoneGiven] = msgspec.field(default_factory=list)
    taken: dict[Slug, str] = msgspec.field(default_factory=dict)
    reacted_to: str | None = None
    reacted_to_kind: str | None = None
    settled_by: dict[str, dict[str, Literal["yes", "no", "given"]]] = msgspec.field(
        default_factory=dict
    )

    def named_keys(self) -> list[str]:
        """Return every key of a person file that is named, each once."""
        bounds = {**self.below, **self.at_least}
        timed: list[Bound | GoingOn] = [*bounds.values(), *self.going_on.values()]
        keys = [*self.yes, *self.lists, *self.lacks, *self.named, *bounds, *self.going_on]
        keys += [key for group in self.together for key in group.yes]
        keys += [key for group in self.none_given for key in group.keys]
        keys += [bound.after for bound in timed if bound.after]
        keys += [named.unless for named in self.named.values() if named.unless]
        keys += [key for others in self.settled_by.values() for key in others]
        return list(dict.fromkeys([*keys, *self.settled_by]))


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
