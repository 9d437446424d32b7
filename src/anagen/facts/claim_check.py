"""What can be recomputed of a claim: each number as it was printed, with the fact that holds it."""

import re
from typing import Annotated, Literal

import msgspec

from anagen.facts.base import Slug
from anagen.frozen import Record

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")


class Cited(Record):
    """One number as it was printed, and the path of the fact that holds it.

    `text` keeps the digits (80 is not 80.0); the fact at `at` is that number, a list with it, or
    words in which it stands.
    """

    text: Annotated[str, msgspec.Meta(pattern=r"^[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?(?!\n)$")]
    at: str

    def number(self) -> float:
        """Return the number.

        Examples
        --------
        >>> Cited(text="1,500", at="claims.002-06.quoted").number()
        1500.0
        """
        return float(self.text.replace(",", ""))

    def digits(self) -> int:
        """Return how many digits were printed after the point."""
        return len(self.text.partition("e")[0].partition(".")[2])

    def stands_in(self, value: object) -> bool:
        """Return whether the value of a fact is this number, or holds it."""
        if isinstance(value, bool) or value is None:
            return False
        if isinstance(value, int | float):
            return float(value) == self.number()
        if isinstance(value, list):
            return any(self.stands_in(entry) for entry in value)
        if isinstance(value, str):
            wanted = abs(self.number())
            return any(float(n.replace(",", "")) == wanted for n in NUMBER.findall(value.lower()))
        return False


class ShareOfN(Record, tag_field="kind", tag="share_of_n"):
    """Whether a percentage of n people is a whole number; `also` names others of the same people.

    `relation` says how the share was stated: as a figure, as about it, as more than it, or as
    something that might have been meant as a share of people.
    """

    percent: Cited
    n: Cited
    relation: Literal["exactly", "about", "more_than", "if_a_share"] = "exactly"
    of: str = "people"
    also: list[Cited] = msgspec.field(default_factory=list)


class SumToN(Record, tag_field="kind", tag="sum_to_n"):
    """Whether parts add up to the number stated."""

    parts: Annotated[list[Cited], msgspec.Meta(min_length=2)]
    total: Cited


class NumberAgainst(Record, tag_field="kind", tag="number_against"):
    """A number that is quoted beside the one that was found; `what` says of what."""

    quoted: Cited
    found: Cited
    what: str


class NAgainstRegistry(Record, tag_field="kind", tag="n_against_registry"):
    """How many people a paper reports beside how many its registry entry names."""

    paper: Cited
    registry: Cited


class ZeroEvents(Record, tag_field="kind", tag="zero_events"):
    """No event in n people: what rate that still allows."""

    n: Cited
    what: str


class PercentOfMeans(Record, tag_field="kind", tag="percent_of_means"):
    """A change as a percentage of the mean at the start, or of both ends of its range."""

    change: Cited
    start: Annotated[list[Cited], msgspec.Meta(min_length=1, max_length=2)]
    unit_text: str
    percent: Cited | None = None


class BeforeAndAfter(Record, tag_field="kind", tag="before_and_after"):
    """A level before and after, as a change and as a percentage of the level before."""

    before: Cited
    after: Cited
    unit_text: str
    percent: Cited | None = None


class NetOfControl(Record, tag_field="kind", tag="net_of_control"):
    """What is left of a change once that of the control is taken from it."""

    treated: Cited
    control: Cited
    unit_text: str
    what: str
    net: Cited | None = None


class GainAgainstBound(Record, tag_field="kind", tag="gain_against_bound"):
    """A gain beside the largest that the model of hair growth allows by that week.

    Without `baseline_per_cm2` the bound is that of the trials' average patient for a percentage,
    and the largest of any start for hairs/cm².
    """

    gain: Cited
    week: Cited
    measure: Slug
    is_percent: bool
    is_net: bool = False
    baseline_per_cm2: Cited | None = None


class PAndInterval(Record, tag_field="kind", tag="p_and_interval"):
    """The p that a 95 % interval implies, beside the p that was stated, if any.

    `is_ratio` marks an effect whose interval is symmetrical on the log scale.
    """

    value: Cited
    low: Cited
    high: Cited
    is_ratio: bool = False
    p: Cited | None = None


class PFromMean(Record, tag_field="kind", tag="p_from_mean"):
    """The paired t and p that a mean change, its standard deviation and n give."""

    mean: Cited
    sd: Cited
    n: Cited
    p: Cited | None = None


class RankSum(Record, tag_field="kind", tag="rank_sum"):
    """Cliff's delta that a rank-sum statistic gives, beside the one that was stated."""

    w: Cited
    n_treated: Cited
    n_control: Cited
    delta: Cited


class SignedRank(Record, tag_field="kind", tag="signed_rank"):
    """The exact p of a signed-rank statistic, beside the one that was stated."""

    v: Cited
    n: Cited
    p: Cited


class TimesAsMuch(Record, tag_field="kind", tag="times_as_much"):
    """How many times a quoted amount is what was found."""

    quoted: Cited
    found: Cited
    what: str


class RangeAgainst(Record, tag_field="kind", tag="range_against"):
    """A quoted number or range beside the numbers that were found, in one unit.

    `conversion` turns the quoted numbers into the unit of the found ones.
    """

    quoted: Annotated[list[Cited], msgspec.Meta(min_length=1, max_length=2)]
    found: Annotated[list[Cited], msgspec.Meta(min_length=1)]
    unit_text: str
    what: str
    conversion: Literal["none", "months_to_weeks", "months_to_days"] = "none"


class VisitInStudy(Record, tag_field="kind", tag="visit_in_study"):
    """Whether a study has results at a week that is quoted."""

    week: Cited
    study: Slug


class NotRecomputable(Record, tag_field="kind", tag="not_recomputable"):
    """A number that cannot be recomputed, and why."""

    why: str


Check = (
    ShareOfN | SumToN | NumberAgainst | NAgainstRegistry | ZeroEvents | PercentOfMeans
    | BeforeAndAfter | NetOfControl | GainAgainstBound | PAndInterval | PFromMean | RankSum
    | SignedRank | TimesAsMuch | RangeAgainst | VisitInStudy | NotRecomputable
)  # fmt: skip


def cited_numbers(check: Check) -> list[Cited]:
    """Return every number of a check, in the order of its fields."""
    found: list[Cited] = []
    for field in check.__struct_fields__:
        value = getattr(check, field)
        entries = value if isinstance(value, list) else [value]
        found.extend(entry for entry in entries if isinstance(entry, Cited))
    return found
