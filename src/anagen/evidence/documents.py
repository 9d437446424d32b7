"""The JSON documents of `anagen evidence pool` and `network`, of facts and of tables."""

from typing import Literal

import msgspec

from anagen.evidence.analysis import Analysis
from anagen.evidence.network_records import NetworkAnalysis
from anagen.evidence.sensitivity import Sensitivity
from anagen.evidence.trial_network import NotInNetwork, TrialContrast
from anagen.facts.base import Sex, Slug
from anagen.facts.evidence_rules import Window
from anagen.frozen import Record


class TableRead(Record):
    """How a table was read: what each column was taken for, and the SHA-256 of the file."""

    name: str
    layout: str
    sha256: str
    read_as: dict[str, str]
    notes: list[str] = msgspec.field(default_factory=list)


class TablePool(Record):
    """The pooled effect of one comparison of a table.

    `is_controlled` is false for single arms, whose mean is no effect. `correlation` repeats the
    pool at other values where a correlation was assumed.
    """

    schema: Literal["anagen/evidence-table-pool/1"]
    table: TableRead
    analysis: Analysis
    is_controlled: bool = True
    correlation: Sensitivity | None = None


class TableNetwork(Record):
    """The network of a table."""

    schema: Literal["anagen/evidence-table-network/1"]
    table: TableRead
    analysis: NetworkAnalysis


class FactsNetwork(Record):
    """The network of the randomised trials of the facts: one condition, one window of weeks.

    `tau2_without` is the largest tau² of any part when one study is left out; `without` are the
    studies that the caller left out.
    """

    schema: Literal["anagen/evidence-network/1"]
    condition: Slug
    sex: Sex | None
    window: Window
    analysis: NetworkAnalysis
    contrasts: list[TrialContrast]
    left_out: list[NotInNetwork]
    tau2_without: dict[str, float] = msgspec.field(default_factory=dict)
    without: list[Slug] = msgspec.field(default_factory=list)
    warnings: list[str] = msgspec.field(default_factory=list)
