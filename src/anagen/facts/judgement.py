"""What people judge: templates of bias tools, ratings of certainty, what single arms can show."""

from typing import Annotated, Literal

import msgspec

from anagen.facts.base import Sex, Slug, Status
from anagen.facts.study import BiasLevel
from anagen.frozen import Record

CertaintyDomain = Literal[
    "risk_of_bias", "inconsistency", "incoherence", "indirectness", "imprecision",
    "publication_bias", "large_effect", "dose_gradient", "opposing_confounding",
]  # fmt: skip
"""The domains of GRADE; the last three raise, and only what was not randomised."""

RAISING: tuple[CertaintyDomain, ...] = ("large_effect", "dose_gradient", "opposing_confounding")

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]


class ToolDomain(Record):
    """One domain of a tool: its name, and what it asks."""

    label: str
    asks: str


class BiasTool(Record):
    """A tool that judges the risk of bias, as a versioned template.

    `name` is what a judgement gives as its tool; `levels` run from the mildest to the worst;
    `unjudged` are words for what could not be judged. `overall` says how the domains make the
    whole. A tool without domains was none: the judgement says only that.
    """

    name: str
    label: str
    version: str
    for_designs: str
    levels: list[BiasLevel]
    overall: str
    status: Status
    source: list[Slug]
    unjudged: list[BiasLevel] = msgspec.field(default_factory=list)
    domains: dict[Slug, ToolDomain] = msgspec.field(default_factory=dict)
    note: str | None = None


class DomainDecision(Record):
    """What a person decided on one domain: by how many levels it lowers, and why.

    A negative number raises, which only the domains for it may do. `who` is the person's name and
    role as it is to be printed.
    """

    domain: CertaintyDomain
    lowered: Annotated[int, msgspec.Meta(ge=-2, le=3)]
    who: Annotated[str, msgspec.Meta(min_length=3)]
    on: Day
    reason: Annotated[str, msgspec.Meta(min_length=10)]


class CertaintyRating(Record):
    """The decisions of people on one option, measure, sex and condition."""

    option: Slug
    measure: Slug
    sex: Sex
    condition: Slug
    decisions: Annotated[list[DomainDecision], msgspec.Meta(min_length=1)]


class SingleArmLimit(Record):
    """One thing that a study without a control group can show, or cannot, and why."""

    can_show: bool
    text: str
    why: str
    status: Status
    source: list[Slug]
