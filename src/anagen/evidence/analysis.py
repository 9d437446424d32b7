"""Everything that pooling one comparison tells, in one record: for facts and tables alike."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.bootstrap import ManyMethod
from anagen.synthesis.heterogeneity import (
    Heterogeneity,
    HeterogeneityInterval,
    Method,
    q_profile,
)
from anagen.synthesis.influence import (
    Influence,
    PooledSeries,
    StudyEffects,
    cumulative,
    influence,
    leave_one_out,
    study_effects,
)
from anagen.synthesis.orders import refuse_far_apart
from anagen.synthesis.pairwise import Interval, Pairwise, fit_pairwise
from anagen.synthesis.regression import Regression, fit_regression
from anagen.synthesis.small_study import (
    Begg,
    Egger,
    NotEvaluable,
    PrecisionEffect,
    begg,
    egger,
    precision_effect,
)
from anagen.synthesis.subgroups import Subgroups, fit_subgroups
from anagen.synthesis.trim_fill import TrimAndFill, trim_and_fill

MOST_ONE_BY_ONE = 2_000
"""Studies up to which every one is left out in turn: k pools of k effects take seconds by then."""
METHODS: tuple[Method, ...] = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
OTHER_ESTIMATOR = (
    "influence, each study's own effect and small-study effects use REML, whatever estimator pools"
)


class Row(Record):
    """One study: its effect with standard error, 95 % interval and share of the weight."""

    study: str
    effect: float
    se: float
    low: float
    high: float
    weight_percent: float
    n: int | None = None
    status: str = "reported"
    label: str | None = None


class Estimator(Record):
    """The pooled effect under one estimator of the variance between studies."""

    method: str
    tau2: float
    estimate: float
    hartung_knapp: Interval
    wald: Interval


class SmallStudies(Record):
    """Whether small studies say otherwise; each part a result, or why there is none."""

    egger: Egger | None = None
    begg: Begg | None = None
    trim_and_fill: TrimAndFill | None = None
    pet_peese: PrecisionEffect | None = None
    not_evaluable: str | None = None


class Analysis(Record):
    """The pooled effect of one comparison with everything that shows how far to trust it.

    `series` without and with single studies are in the order of `rows`. Effects on a log, logit or
    arcsine scale stay there; `back` holds the reported estimate, low and high as people read them.
    """

    measure: str
    words: str
    scale: str
    rows: list[Row]
    pooled: Pairwise
    unit: str = ""
    estimators: list[Estimator] = msgspec.field(default_factory=list)
    q_profile: HeterogeneityInterval | None = None
    leave_one_out: PooledSeries | None = None
    cumulative: PooledSeries | None = None
    influence: Influence | None = None
    study_effects: StudyEffects | None = None
    small_studies: SmallStudies | None = None
    subgroups: Subgroups | None = None
    regression: Regression | None = None
    back: list[float] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


def _rows(
    studies: Sequence[str],
    y: np.ndarray,
    v: np.ndarray,
    pooled: Pairwise,
    n: Sequence[int | None],
    status: Sequence[str],
    labels: Sequence[str | None],
) -> list[Row]:
    from statistics import NormalDist

    z = NormalDist().inv_cdf((1 + pooled.level) / 2)
    tau2 = 0.0 if pooled.random is None else pooled.random.tau2
    w = 1 / (v + tau2)
    share = 100 * w / w.sum()
    return [
        Row(
            study=studies[i], effect=float(y[i]), se=math.sqrt(v[i]),
            low=float(y[i] - z * math.sqrt(v[i])), high=float(y[i] + z * math.sqrt(v[i])),
            weight_percent=float(share[i]), n=n[i], status=status[i], label=labels[i],
        )
        for i in range(len(studies))
    ]  # fmt: skip


def _estimators(y: ArrayLike, v: ArrayLike, level: float) -> list[Estimator]:
    found = []
    for method in METHODS:
        random = fit_pairwise(y, v, method=method, level=level).random
        if random is not None:
            found.append(
                Estimator(
                    method=method, tau2=random.tau2, estimate=random.estimate,
                    hartung_knapp=random.hartung_knapp, wald=random.wald_z,
                )
            )  # fmt: skip
    return found


def _too_many(what: str) -> str:
    return f"{what}: not made for more than {MOST_ONE_BY_ONE:,} studies"


def small_studies(y: ArrayLike, v: ArrayLike, level: float) -> SmallStudies:
    """Ask whether small studies say otherwise, or say why that cannot be asked."""
    found = egger(y, v, level=level)
    if isinstance(found, NotEvaluable):
        return SmallStudies(not_evaluable=found.reason)
    few = np.size(y) <= MOST_ONE_BY_ONE  # ranks compare every pair of studies
    ranked = begg(y, v) if few else NotEvaluable(reason=_too_many("Begg's rank test"))
    try:
        filled = trim_and_fill(y, v, level=level)
        limit = precision_effect(y, v, level=level)
    except InputError as error:  # variances too unequal for a trend: the pool itself still stands
        return SmallStudies(
            egger=found, begg=None if isinstance(ranked, NotEvaluable) else ranked,
            not_evaluable=f"trim-and-fill and PET-PEESE: {error}",
        )  # fmt: skip
    return SmallStudies(
        egger=found,
        begg=None if isinstance(ranked, NotEvaluable) else ranked,
        trim_and_fill=None if isinstance(filled, NotEvaluable) else filled,
        pet_peese=None if isinstance(limit, NotEvaluable) else limit,
    )


def analyse(
    studies: Sequence[str],
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    measure: str,
    words: str,
    scale: str = "raw",
    unit: str = "",
    n: Sequence[int | None] | None = None,
    status: Sequence[str] | None = None,
    labels: Sequence[str | None] | None = None,
    method: Method = "REML",
    level: float = 0.95,
    prior_scale: float | None = None,
    groups: Sequence[str | None] | None = None,
    moderators: Sequence[tuple[str, Sequence[float | None]]] = (),
    notes: Sequence[str] = (),
) -> Analysis:
    """Pool k effects of one comparison and say all that belongs to it.

    Parameters
    ----------
    studies, effects, variances:
        Names, effects and sampling variances, k of each.
    measure, words, scale, unit:
        What the effects are: an id, in words, on which scale, in which unit.
    n, status, labels:
        People, how the variance was found, and a second line for each study.
    method, level:
        Estimator of tau2, and level of all intervals.
    prior_scale:
        Of the half-normal prior of tau where few studies get the exact Bayesian answer.
    groups:
        The subgroup of each study.
    moderators:
        Names with a value per study.
    notes:
        Sentences that belong to the effects.

    Raises
    ------
    InputError
        If numbers cannot be used, or a subgroup or moderator is missing for a study.
    """
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if y.size and v.shape == y.shape and bool((v > 0).all()):
        refuse_far_apart(y, np.sqrt(v))
    pooled = fit_pairwise(y, v, method=method, level=level, prior_scale=prior_scale)
    k = pooled.studies
    said = list(notes)
    if k > 1 and method != "REML":
        series = "" if method == "DL" else "leave-one-out, the cumulative pool, "
        said.append(series + OTHER_ESTIMATOR)
    made = Analysis(
        measure=measure, words=words, scale=scale, unit=unit, pooled=pooled,
        rows=_rows(
            list(studies), y, v, pooled, n or [None] * k, status or ["reported"] * k,
            labels or [None] * k,
        ),
        back=back_of(
            (pooled.chosen.estimate, pooled.chosen.low, pooled.chosen.high), measure, scale,
            n or [None] * k,
        ),
        notes=said,
    )  # fmt: skip
    if k == 1:
        return made
    chosen: ManyMethod = "DL" if method == "DL" else "REML"
    few = k <= MOST_ONE_BY_ONE
    if not few:
        said.append(_too_many("leaving out one study at a time, adding one and Begg's rank test"))
    return msgspec.structs.replace(
        made,
        estimators=_estimators(y, v, level),
        q_profile=q_profile(y, v, level=level),
        leave_one_out=leave_one_out(y, v, method=chosen, level=level) if few else None,
        cumulative=cumulative(y, v, method=chosen, level=level) if few else None,
        influence=influence(y, v) if few and k >= 3 else None,
        study_effects=study_effects(y, v, level=level),
        small_studies=small_studies(y, v, level),
        subgroups=_subgroups(y, v, studies, groups, method, level, said),
        regression=_regression(y, v, studies, moderators, method, level),
    )


def back_of(
    values: Sequence[float], measure: str, scale: str, n: Sequence[int | None]
) -> list[float]:
    """Return values on the scale that people read; nothing where they are on it already.

    Parameters
    ----------
    values:
        On the scale of analysis.
    measure, scale:
        What they are: an id, and the scale they are on.
    n:
        The people of each study, for shares after the double arcsine.
    """
    from anagen.synthesis.effects import MEASURES, double_arcsine_back

    if scale == "log":
        return [math.exp(value) for value in values]
    if measure not in MEASURES or MEASURES[measure].scale in ("raw", "standardised"):
        return []
    if measure in ("AS", "IRSD"):  # a difference of roots has no value that people read
        return []
    sizes = [size for size in n if size]
    if measure == "PFT" and len(sizes) == len(n):
        harmonic = len(sizes) / sum(1 / size for size in sizes)
        return [float(b) for b in double_arcsine_back(list(values), harmonic)]
    return [float(b) for b in MEASURES[measure].back(list(values))]


def _subgroups(
    y: np.ndarray,
    v: np.ndarray,
    studies: Sequence[str],
    groups: Sequence[str | None] | None,
    method: Method,
    level: float,
    notes: list[str],
) -> Subgroups | None:
    if groups is None:
        return None
    named = []
    for study, group in zip(studies, groups, strict=True):
        if group is None or not str(group).strip():
            raise InputError(f"study {study!r} has no subgroup; fill the column for every study")
        named.append(str(group))
    if len(set(named)) < 2:
        notes.append(f"all studies are in the subgroup {named[0]!r}: nothing to compare")
        return None
    return fit_subgroups(y, v, named, method=method, level=level)


def _regression(
    y: np.ndarray,
    v: np.ndarray,
    studies: Sequence[str],
    moderators: Sequence[tuple[str, Sequence[float | None]]],
    method: Method,
    level: float,
) -> Regression | None:
    if not moderators:
        return None
    columns = []
    for name, values in moderators:
        for study, value in zip(studies, values, strict=True):
            if value is None:
                raise InputError(
                    f"study {study!r} has no value of the moderator {name!r}; fill it in or leave "
                    "the study out"
                )
        columns.append([float(value) for value in values if value is not None])
    x = np.array(columns).T
    return fit_regression(
        y, v, x, tuple(name for name, _ in moderators), method=method, level=level
    )


def heterogeneity_of(analysis: Analysis) -> Heterogeneity | None:
    """Return how far the effects scatter; nothing for one study."""
    random = analysis.pooled.random
    return None if random is None else random.heterogeneity
