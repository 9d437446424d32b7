"""The JSON document of `anagen evidence multivariate`: dependent effects of a table."""

from typing import Literal

import msgspec

from anagen.evidence.documents import TableRead
from anagen.frozen import Record


class DependentRow(Record):
    """One effect of one study, with its SE and interval; `level` is what `by` says of it."""

    study: str
    effect: float
    se: float
    low: float
    high: float
    line: int
    group: str
    inner: str | None = None
    level: str | None = None


class Coefficient(Record):
    """One coefficient with its test; `df` is null where the test is of a normal."""

    name: str
    estimate: float
    se: float
    statistic: float
    p: float
    low: float
    high: float
    df: float | None = None


class VarianceComponent(Record):
    """The variances and correlations of one random term.

    `variances` is by level of the term, or has one entry, "all". `correlations` are by pairs of
    levels, or have one entry. `at_bound` names what stands at a bound of what it can be.
    """

    name: str
    structure: str
    groups: int
    variances: dict[str, float]
    correlations: dict[str, float]
    at_bound: list[str] = msgspec.field(default_factory=list)


class Predicted(Record):
    """The mean effect at a row of X; the second interval is of a new study's true effect."""

    label: str
    mean: float
    se: float
    low: float
    high: float
    study_low: float | None = None
    study_high: float | None = None


class Robust(Record):
    """Coefficients with cluster-robust standard errors."""

    correction: str
    cluster: str
    clusters: int
    coefficients: list[Coefficient]


class DependentModel(Record):
    """What was fitted, in the words of the options."""

    method: str
    test: str
    level: float
    structure: str
    outer: str
    inner: str | None
    by: str | None
    moderators: dict[str, float]
    covariance: str


class TableMultivariate(Record):
    """A multivariate or multilevel model of the dependent effects of a table.

    `moderators` of the model are the values at which each is centred. `vcov` is the covariance of
    the coefficients in their order.
    """

    schema: Literal["anagen/evidence-table-multivariate/1"]
    table: TableRead
    model: DependentModel
    studies: int
    rows: list[DependentRow]
    coefficients: list[Coefficient]
    vcov: list[list[float]]
    components: list[VarianceComponent]
    q_e: float
    q_e_df: int
    q_e_p: float
    q_m: float
    q_m_df: int
    q_m_p: float
    loglik_reml: float
    loglik_ml: float
    predictions: list[Predicted]
    contrasts: list[Predicted]
    robust: Robust | None = None
    left_out: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)
