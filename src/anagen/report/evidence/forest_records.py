"""What a forest is drawn from: studies, their groups, and what was pooled."""

from dataclasses import dataclass
from itertools import chain

from anagen.errors import InputError
from anagen.report.evidence.judgement import check_levels
from anagen.report.evidence.numerals import check_numbers, check_order, few_digits, number, p_words

SD_STATUSES = ("reported", "algebraic", "borrowed", "assumed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestStudy:
    """One row: what a study found, on the scale that is printed (a ratio, not its logarithm)."""

    label: str
    estimate: float | None
    """None where a study says too little to give one; `note` then says why."""
    low: float | None = None
    high: float | None = None
    weight_percent: float | None = None
    n_treated: int | None = None
    n_control: int | None = None
    sd_status: str | None = None
    """One of `SD_STATUSES`: where its standard deviation comes from."""
    bias: tuple[str, ...] = ()
    """A level of `judgement.JUDGEMENTS` for each domain of the picture."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """How far studies differ by more than chance."""

    tau2: float
    i2_percent: float
    q: float
    df: int
    p: float

    def words(self) -> str:
        """Return the line that stands below a diamond."""
        tau2 = few_digits(self.tau2) if self.tau2 else "0"
        return (
            f"τ² = {tau2}, I² = {number(self.i2_percent, 0)} %, "
            f"Q = {number(self.q)} on {self.df} df, {p_words(self.p)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPool:
    """A pooled effect; with a prediction interval where one can be given."""

    label: str
    estimate: float
    low: float
    high: float
    prediction_low: float | None = None
    prediction_high: float | None = None
    heterogeneity: Heterogeneity | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestGroup:
    """Studies that belong together, with their own pooled effect if it is shown."""

    label: str
    """Empty for the only group of a picture without subgroups."""
    studies: tuple[ForestStudy, ...]
    pool: ForestPool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A whole forest."""

    title: str
    effect: str
    """What is measured, with its unit: "mean difference, hairs/cm²"."""
    groups: tuple[ForestGroup, ...]
    overall: ForestPool | None = None
    uncontrolled: tuple[ForestStudy, ...] = ()
    """Studies without a control: shown in grey, in no pool."""
    is_ratio: bool = False
    favours_low: str = "favours control"
    favours_high: str = "favours treatment"
    mid: float | None = None
    """The smallest difference (or ratio above 1) that matters to a patient."""
    bias_domains: tuple[str, ...] = ()
    bias_tool: str = ""
    digits: int = 1
    level_percent: int = 95
    subtitle: str = ""
    notes: tuple[str, ...] = ()

    @property
    def no_effect(self) -> float:
        """The value that says that nothing differs."""
        return 1.0 if self.is_ratio else 0.0

    @property
    def pooled(self) -> list[ForestStudy]:
        """The studies of all groups."""
        return list(chain.from_iterable(group.studies for group in self.groups))

    @property
    def pools(self) -> list[ForestPool]:
        """The pooled effects of groups and of all."""
        found = [group.pool for group in self.groups] + [self.overall]
        return [pool for pool in found if pool is not None]


def check_forest(forest: Forest) -> None:
    """Refuse a forest that cannot be drawn honestly.

    Raises
    ------
    InputError
        If it has no row, a number that cannot be drawn, an interval with one end or exchanged ends,
        an unknown status or judgement, or a ratio that is not above 0.
    """
    picture = "forest"
    studies = [*forest.pooled, *forest.uncontrolled]
    if not studies:
        raise InputError("forest: there is no study to draw; give at least one")
    check_numbers(picture, forest)
    for study in studies:
        _check_study(picture, forest, study)
    for pool in forest.pools:
        check_order(picture, pool.label, pool.low, pool.high)
        check_order(picture, pool.label, pool.prediction_low, pool.prediction_high)
    if forest.mid is not None and forest.mid <= forest.no_effect:
        raise InputError(
            f"forest: the smallest difference that matters is {forest.mid:g}; "
            f"give one above {forest.no_effect:g}"
        )


def _check_study(picture: str, forest: Forest, study: ForestStudy) -> None:
    check_order(picture, study.label, study.low, study.high)
    if study.sd_status is not None and study.sd_status not in SD_STATUSES:
        raise InputError(
            f"{picture}: the SD of {study.label} is {study.sd_status!r}; "
            f"use one of {', '.join(SD_STATUSES)}"
        )
    if study.weight_percent is not None and not 0 <= study.weight_percent <= 100.001:
        raise InputError(
            f"{picture}: the weight of {study.label} is {study.weight_percent:g} %; "
            f"give a share from 0 to 100"
        )
    if study.bias:
        check_levels(picture, study.label, study.bias, len(forest.bias_domains))
    values = [v for v in (study.estimate, study.low, study.high) if v is not None]
    if forest.is_ratio and any(v <= 0 for v in values):
        raise InputError(
            f"{picture}: {study.label} has a ratio of {min(values):g}; ratios are above 0, "
            f"so give the ratio and not its logarithm"
        )
