"""Effects from the means and standard deviations of two independent groups, 1 minus 2."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.effects.record import (
    Array,
    Effects,
    columns,
    deviations,
    effects,
    means_above_zero,
    people,
)

SmdVariance = Literal["large_sample", "large_sample_uncorrected", "unbiased"]


def small_sample_factor(df: ArrayLike) -> Array:
    """Return Hedges' exact J, by which a standardised difference with `df` ≥ 2 is too large.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6:107-128.
    """
    from scipy.special import gammaln

    m = np.asarray(df, dtype=np.float64)
    return np.asarray(np.exp(gammaln(m / 2) - gammaln((m - 1) / 2)) / np.sqrt(m / 2))


def _groups(
    m1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    m2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    least: int = 2,
) -> list[Array]:
    given = columns(m1=m1, sd1=sd1, n1=n1, m2=m2, sd2=sd2, n2=n2)
    deviations(sd1=given[1], sd2=given[4])
    people(least, n1=given[2], n2=given[5])
    return given


def mean_difference(
    m1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, m2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return mean differences (MD) in the unit of the outcome; variances may differ by group.

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 2 persons.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2)
    return effects("MD", "raw", a - b, s1**2 / k1 + s2**2 / k2)


def standardised_mean_difference(
    m1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    m2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    variance: SmdVariance = "large_sample",
) -> Effects:
    """Return Hedges' g (SMD): the difference over the pooled standard deviation, times J.

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2.
    variance:
        `large_sample` puts g into the usual formula; `large_sample_uncorrected` puts in Cohen's d
        and multiplies by J²; `unbiased` has no bias in small groups.

    Raises
    ------
    InputError
        If a standard deviation is not above 0, a group has fewer than 2 persons, or the variance is
        not one of the three.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6:107-128; Viechtbauer (2007), Journal of
    Educational and Behavioral Statistics 32:39-60.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2)
    df = k1 + k2 - 2
    j = small_sample_factor(df)
    d = (a - b) / np.sqrt(((k1 - 1) * s1**2 + (k2 - 1) * s2**2) / df)
    g, even = j * d, 1 / k1 + 1 / k2
    if variance == "large_sample":
        return effects("SMD", "standardised", g, even + g**2 / (2 * (k1 + k2)))
    if variance == "large_sample_uncorrected":
        v = j**2 * (even + d**2 / (2 * (k1 + k2)))
        return effects("SMD_LS2", "standardised", g, v)
    if variance == "unbiased":
        return effects("SMD_UB", "standardised", g, even + (1 - (df - 2) / (df * j**2)) * g**2)
    raise InputError(
        f"the variance {variance!r} of an SMD is not known; choose large_sample, "
        "large_sample_uncorrected or unbiased"
    )


def standardised_mean_difference_unequal(
    m1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, m2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return the difference over the root mean square of both SDs (SMDH), without equal variances.

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 2 persons.

    References
    ----------
    Bonett (2008), Psychological Methods 13:99-109.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2)
    s_squared = (s1**2 + s2**2) / 2
    y = small_sample_factor(k1 + k2 - 2) * (a - b) / np.sqrt(s_squared)
    v = y**2 * (s1**4 / (k1 - 1) + s2**4 / (k2 - 1)) / (8 * s_squared**2)
    v = v + (s1**2 / (k1 - 1) + s2**2 / (k2 - 1)) / s_squared
    return effects("SMDH", "standardised", y, v)


def glass_difference(
    m1: ArrayLike,
    sd1: ArrayLike,
    n1: ArrayLike,
    m2: ArrayLike,
    sd2: ArrayLike,
    n2: ArrayLike,
    *,
    equal_variances: bool = True,
) -> Effects:
    """Return the difference over the SD of group 2 alone (SMD1, or SMD1H): Glass's delta.

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2, which gives the yardstick; 3 persons or more.
    equal_variances:
        Whether the variance of the effect may assume that both groups scatter alike.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 3 persons.

    References
    ----------
    Glass (1976), Educational Researcher 5:3-8; Bonett (2008), Psychological Methods 13:99-109.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2, least=3)
    y = small_sample_factor(k2 - 1) * (a - b) / s2
    if equal_variances:
        return effects("SMD1", "standardised", y, 1 / k1 + 1 / k2 + y**2 / (2 * k2))
    v = (s1 / s2) ** 2 / (k1 - 1) + 1 / (k2 - 1) + y**2 / (2 * (k2 - 1))
    return effects("SMD1H", "standardised", y, v)


def log_ratio_of_means(
    m1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, m2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return log ratios of means (ROM), for outcomes that are never 0 or below.

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2.

    Raises
    ------
    InputError
        If a mean or a standard deviation is not above 0 or a group has fewer than 2 persons.

    References
    ----------
    Hedges, Gurevitch & Curtis (1999), Ecology 80:1150-1156.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2)
    means_above_zero("ROM", m1=a, m2=b)
    return effects("ROM", "log", np.log(a / b), (s1 / a) ** 2 / k1 + (s2 / b) ** 2 / k2)


def log_ratio_of_variation(
    m1: ArrayLike, sd1: ArrayLike, n1: ArrayLike, m2: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return log ratios of coefficients of variation (CVR).

    Parameters
    ----------
    m1, sd1, n1:
        Mean, standard deviation and persons of group 1, shape (k,) or one number.
    m2, sd2, n2:
        The same of group 2.

    Raises
    ------
    InputError
        If a mean or a standard deviation is not above 0 or a group has fewer than 2 persons.

    References
    ----------
    Nakagawa et al. (2015), Methods in Ecology and Evolution 6:143-152.
    """
    a, s1, k1, b, s2, k2 = _groups(m1, sd1, n1, m2, sd2, n2)
    means_above_zero("CVR", m1=a, m2=b)
    h1, h2 = 1 / (2 * (k1 - 1)), 1 / (2 * (k2 - 1))
    y = np.log(s1 / a) + h1 - np.log(s2 / b) - h2
    return effects("CVR", "log", y, h1 + (s1 / a) ** 2 / k1 + h2 + (s2 / b) ** 2 / k2)


def log_ratio_of_deviations(
    sd1: ArrayLike, n1: ArrayLike, sd2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return log ratios of standard deviations (VR).

    Parameters
    ----------
    sd1, n1:
        Standard deviation and persons of group 1, shape (k,) or one number.
    sd2, n2:
        The same of group 2.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 2 persons.

    References
    ----------
    Nakagawa et al. (2015), Methods in Ecology and Evolution 6:143-152.
    """
    s1, k1, s2, k2 = columns(sd1=sd1, n1=n1, sd2=sd2, n2=n2)
    deviations(sd1=s1, sd2=s2)
    people(2, n1=k1, n2=k2)
    h1, h2 = 1 / (2 * (k1 - 1)), 1 / (2 * (k2 - 1))
    return effects("VR", "log", np.log(s1 / s2) + h1 - h2, h1 + h2)
