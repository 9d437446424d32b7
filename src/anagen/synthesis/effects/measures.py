"""The list of all measures: what each is, what it needs and how its result reads back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.effects import changes, counts, means, one_group
from anagen.synthesis.effects.record import Array, Effects, Scale

TWO_GROUPS = ("m1", "sd1", "n1", "m2", "sd2", "n2")
BEFORE_AFTER = ("m_post", "m_pre", "sd_post", "sd_pre", "n", "r")
TABLE = ("x1", "n1", "x2", "n2")
RATES = ("x1", "t1", "x2", "t2")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of effect.

    `function` takes the `inputs` by name and returns the effects. `null` is the value of no effect
    on the scale of analysis, none where a single group has no such value. `back` brings values of
    that scale to the one that people read.
    """

    name: str
    words: str
    function: Callable[..., Effects]
    inputs: tuple[str, ...]
    scale: Scale
    back: Callable[[ArrayLike], Array]
    null: float | None


def _same(y: ArrayLike) -> Array:
    return np.asarray(y, dtype=np.float64)


def _logistic(y: ArrayLike) -> Array:
    from scipy.special import expit

    return np.asarray(expit(np.asarray(y, dtype=np.float64)))


def _sine_squared(y: ArrayLike) -> Array:
    return np.asarray(np.sin(np.clip(y, 0, np.pi / 2)) ** 2)


def _square(y: ArrayLike) -> Array:
    return np.asarray(np.maximum(y, 0) ** 2)


_BACK: dict[Scale, Callable[[ArrayLike], Array]] = {
    "raw": _same,
    "standardised": _same,
    "log": lambda y: np.asarray(np.exp(y)),
    "logit": _logistic,
    "arcsine": _sine_squared,
    "square_root": _square,
    "fisher_z": lambda y: np.asarray(np.tanh(y)),
}

_SMD = means.standardised_mean_difference
_Row = tuple[str, str, Callable[..., Effects], tuple[str, ...], Scale]

_COMPARISONS: tuple[_Row, ...] = (
    ("MD", "difference of means", means.mean_difference, TWO_GROUPS, "raw"),
    ("SMD", "difference of means over their pooled SD", _SMD, TWO_GROUPS, "standardised"),
    ("SMD_LS2", "the same, variance from the uncorrected difference",
     partial(_SMD, variance="large_sample_uncorrected"), TWO_GROUPS, "standardised"),
    ("SMD_UB", "the same, unbiased variance",
     partial(_SMD, variance="unbiased"), TWO_GROUPS, "standardised"),
    ("SMDH", "difference of means over the root mean square SD",
     means.standardised_mean_difference_unequal, TWO_GROUPS, "standardised"),
    ("SMD1", "difference of means over the SD of group 2",
     means.glass_difference, TWO_GROUPS, "standardised"),
    ("SMD1H", "the same, without equal variances",
     partial(means.glass_difference, equal_variances=False), TWO_GROUPS, "standardised"),
    ("ROM", "ratio of means", means.log_ratio_of_means, TWO_GROUPS, "log"),
    ("CVR", "ratio of coefficients of variation",
     means.log_ratio_of_variation, TWO_GROUPS, "log"),
    ("VR", "ratio of SDs", means.log_ratio_of_deviations, ("sd1", "n1", "sd2", "n2"), "log"),
    ("MC", "mean change, or difference of two sites", changes.mean_change, BEFORE_AFTER, "raw"),
    ("SMCC", "mean change over the SD of the change",
     changes.standardised_by_change, BEFORE_AFTER, "standardised"),
    ("SMCR", "mean change over the SD before", changes.standardised_by_baseline,
     ("m_post", "m_pre", "sd_pre", "n", "r"), "standardised"),
    ("SMCRH", "difference of paired means over the SD of the first, SDs unequal",
     changes.standardised_by_one_sd, ("m1", "m2", "sd1", "sd2", "n", "r"), "standardised"),
    ("SMCRP", "mean change over the pooled SD of both times",
     changes.standardised_by_pooled, BEFORE_AFTER, "standardised"),
    ("ROMC", "ratio of the mean after to the mean before",
     changes.log_ratio_of_paired_means, BEFORE_AFTER, "log"),
    ("VRC", "ratio of the SD after to the SD before",
     changes.log_ratio_of_paired_deviations, ("sd_post", "sd_pre", "n", "r"), "log"),
    ("CVRC", "ratio of the coefficients of variation after and before",
     changes.log_ratio_of_paired_variation, BEFORE_AFTER, "log"),
    ("OR", "odds ratio", counts.log_odds_ratio, TABLE, "log"),
    ("RR", "risk ratio", counts.log_risk_ratio, TABLE, "log"),
    ("RD", "risk difference", counts.risk_difference, TABLE, "raw"),
    ("PETO", "odds ratio by Peto's method", counts.peto_log_odds_ratio, TABLE, "log"),
    ("AS", "difference of arcsine-root risks", counts.arcsine_difference, TABLE, "arcsine"),
    ("IRR", "ratio of incidence rates", counts.log_rate_ratio, RATES, "log"),
    ("IRD", "difference of incidence rates", counts.rate_difference, RATES, "raw"),
    ("IRSD", "difference of root incidence rates",
     counts.root_rate_difference, RATES, "square_root"),
    ("COR", "correlation", one_group.correlation, ("r", "n"), "raw"),
    ("ZCOR", "correlation by Fisher's z", one_group.fisher_correlation, ("r", "n"), "fisher_z"),
)  # fmt: skip

_SINGLE: tuple[_Row, ...] = (
    ("MN", "mean", one_group.mean, ("m", "sd", "n"), "raw"),
    ("MNLN", "mean, by its logarithm", one_group.log_mean, ("m", "sd", "n"), "log"),
    ("CVLN", "coefficient of variation", one_group.log_variation, ("m", "sd", "n"), "log"),
    ("SDLN", "SD", one_group.log_deviation, ("sd", "n"), "log"),
    ("PR", "proportion", one_group.proportion, ("x", "n"), "raw"),
    ("PLN", "proportion, by its logarithm", one_group.log_proportion, ("x", "n"), "log"),
    ("PLO", "proportion, by its log odds", one_group.logit_proportion, ("x", "n"), "logit"),
    ("PAS", "proportion, by its arcsine root",
     one_group.arcsine_proportion, ("x", "n"), "arcsine"),
    ("PFT", "proportion, by the double arcsine",
     one_group.double_arcsine_proportion, ("x", "n"), "arcsine"),
    ("IR", "incidence rate", one_group.rate, ("x", "t"), "raw"),
    ("IRLN", "incidence rate, by its logarithm", one_group.log_rate, ("x", "t"), "log"),
    ("IRS", "incidence rate, by its root", one_group.root_rate, ("x", "t"), "square_root"),
)  # fmt: skip

# A difference on the arcsine or root scale has no value that people read: it stays as it is.
_STAYS = {"AS", "IRSD"}


def _measure(row: _Row, null: float | None) -> Measure:
    name, words, function, inputs, scale = row
    back = _same if name in _STAYS else _BACK[scale]
    return Measure(
        name=name, words=words, function=function, inputs=inputs, scale=scale, back=back, null=null
    )


MEASURES: dict[str, Measure] = {
    **{row[0]: _measure(row, 0.0) for row in _COMPARISONS},
    **{row[0]: _measure(row, None) for row in _SINGLE},
}


def effect_sizes(measure: str, **inputs: ArrayLike) -> Effects:
    """Return the effects of a measure chosen by name.

    Parameters
    ----------
    measure:
        One of the names in `MEASURES`.
    inputs:
        What the measure needs, each of shape (k,) or one number; `correction` where it takes one.

    Raises
    ------
    InputError
        If the name is not known or an input is missing, too many or wrong.

    Examples
    --------
    >>> result = effect_sizes("OR", x1=[12], n1=[20], x2=[6], n2=[20])
    >>> MEASURES["OR"].back(result.y).round(2).tolist()
    [3.5]
    """
    if measure not in MEASURES:
        raise InputError(
            f"the measure {measure!r} is not known; choose one of {', '.join(MEASURES)}"
        )
    chosen = MEASURES[measure]
    missing = [name for name in chosen.inputs if name not in inputs]
    corrects = "correction" in signature(chosen.function).parameters
    known = {*chosen.inputs, "correction"} if corrects else {*chosen.inputs}
    extra = [name for name in inputs if name not in known]
    if missing or extra:
        wrong = f"{missing[0]} is missing" if missing else f"{extra[0]} is none of them"
        raise InputError(f"{measure} needs {', '.join(chosen.inputs)}, but {wrong}")
    return chosen.function(**inputs)


def double_arcsine_back(y: ArrayLike, n: ArrayLike) -> Array:
    """Return the proportion behind a Freeman-Tukey double arcsine of n persons.

    For a pooled value, give the harmonic mean of the studies' numbers of persons.

    Parameters
    ----------
    y:
        Double arcsines.
    n:
        Persons.

    Raises
    ------
    InputError
        If n is not above 0.

    References
    ----------
    Miller (1978), The American Statistician 32:138.
    """
    size = np.asarray(n, dtype=np.float64)
    if not (size > 0).all():
        raise InputError("reading a double arcsine back needs a number of persons above 0")
    low = np.arcsin(np.sqrt(1 / (size + 1))) / 2
    twice = 2 * np.clip(np.asarray(y, dtype=np.float64), low, np.pi / 2 - low)
    inner = np.sin(twice) + (np.sin(twice) - 1 / np.sin(twice)) / size
    root = np.sqrt(np.maximum(0.0, 1 - inner**2))
    return np.asarray((1 - np.sign(np.cos(twice)) * root) / 2)
