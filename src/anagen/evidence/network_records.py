"""What a network of treatments tells, as records."""

import msgspec

from anagen.frozen import Record
from anagen.synthesis.network import (
    ChiSquared,
    ComponentEffect,
    Decomposition,
    LeagueCell,
    Split,
)

Matrix = list[list[float]]


class Difference(Record):
    """One contrast, `treatment` minus `against`, with its interval and that of a new study."""

    treatment: str
    against: str
    estimate: float
    se: float
    low: float
    high: float
    p: float
    prediction_low: float | None = None
    prediction_high: float | None = None
    common_estimate: float | None = None
    common_se: float | None = None
    proportion_direct: float | None = None


class Rank(Record):
    """How one treatment ranks; a rank is never given without its interval."""

    treatment: str
    p_score: float
    p_score_meaningful: float
    sucra: float
    mean_rank: float
    rank_low: float
    rank_high: float
    probability: list[float]


class Contribution(Record):
    """Shares of each direct comparison, and of each study, in one comparison of the network."""

    treatment: str
    against: str
    comparisons: list[float]
    studies: list[float]


class Contributions(Record):
    """What each comparison rests on; shares sum to 1 along `edges` and along `studies`.

    Such percentages have no unique definition: `method` says which was used.
    """

    method: str
    edges: list[tuple[str, str]]
    studies: list[str]
    rows: list[Contribution]
    shortest_path: list[list[float]] | None = None
    reason: str | None = None


class Heat(Record):
    """Net heat: which design explains (above 0) or hides (below 0) the disagreement of another."""

    designs: list[str]
    q: list[float]
    heat: Matrix
    share: Matrix
    reason: str | None = None


class ComponentModel(Record):
    """What single components add if effects add up: an assumption, tested where it can be."""

    inactive: str | None
    tau2: float
    effects: list[ComponentEffect]
    not_identifiable: list[str]
    additive: ChiSquared
    difference: ChiSquared | None
    notes: list[str]


class NetworkPart(Record):
    """One connected part of a network, fitted by itself."""

    treatments: list[str]
    studies: list[str]
    reference: str
    tau2: float
    tau2_low: float | None
    tau2_high: float | None
    log_likelihood: float
    q: float
    q_df: int
    q_p: float | None
    i2_percent: float | None
    i2_low_percent: float | None
    i2_high_percent: float | None
    differences: list[Difference]
    league: list[LeagueCell]
    ranks: list[Rank]
    splits: list[Split]
    consistency: Decomposition
    contributions: Contributions
    heat: Heat
    flags: list[str] = msgspec.field(default_factory=list)


class NetworkAnalysis(Record):
    """A network by its connected parts; treatments of different parts are never compared.

    `interval` says by which distribution contrasts have theirs: normal, or t with the degrees of
    freedom of Q. `disconnected` says so in words where there are several. `edges` are
    (treatment, treatment, number of studies).
    """

    measure: str
    words: str
    unit: str
    method: str
    level: float
    smaller_is_better: bool
    studies: int
    treatments: int
    edges: list[tuple[str, str, int]]
    multi_arm: list[list[str]]
    people: dict[str, int]
    parts: list[NetworkPart]
    meaningful_difference: float
    seed: int
    interval: str = "normal"
    disconnected: str | None = None
    component_model: ComponentModel | None = None
    notes: list[str] = msgspec.field(default_factory=list)
