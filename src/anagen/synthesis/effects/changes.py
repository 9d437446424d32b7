"""Effects from two measurements of the same persons: before and after, or two sites of a scalp."""

import numpy as np
from numpy.typing import ArrayLike

from anagen.synthesis.effects.means import small_sample_factor
from anagen.synthesis.effects.record import (
    Array,
    Effects,
    columns,
    correlations,
    deviations,
    effects,
    means_above_zero,
    people,
)


def _pairs(
    post: ArrayLike,
    pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
    least: int = 2,
) -> list[Array]:
    given = columns(m_post=post, m_pre=pre, sd_post=sd_post, sd_pre=sd_pre, n=n, r=r)
    deviations(sd_post=given[2], sd_pre=given[3])
    people(least, n=given[4])
    correlations(r=given[5])
    return given


def _change_variance(s1: Array, s0: Array, r: Array) -> Array:
    return np.asarray(s1**2 + s0**2 - 2 * r * s1 * s0)


def mean_change(
    m_post: ArrayLike,
    m_pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> Effects:
    """Return mean changes, after minus before (MC), in the unit of the outcome.

    Parameters
    ----------
    m_post, m_pre:
        Means after and before, shape (k,) or one number.
    sd_post, sd_pre:
        Standard deviations between persons, after and before.
    n:
        Persons measured twice.
    r:
        Correlation of the two measurements over persons.

    Raises
    ------
    InputError
        If a standard deviation is not above 0, n is below 2, r is outside -1 to 1, or the change
        has no variance.
    """
    y1, y0, s1, s0, k, rho = _pairs(m_post, m_pre, sd_post, sd_pre, n, r)
    return effects("MC", "raw", y1 - y0, _change_variance(s1, s0, rho) / k)


def split_site_difference(
    m1: ArrayLike, m2: ArrayLike, sd1: ArrayLike, sd2: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Effects:
    """Return differences of two sites of the same scalps, site 1 minus site 2.

    Parameters
    ----------
    m1, m2:
        Means (or mean changes) at the sites, shape (k,) or one number.
    sd1, sd2:
        Their standard deviations between persons.
    n:
        Persons, not sites.
    r:
        Correlation between the sites over persons.

    Raises
    ------
    InputError
        If a standard deviation is not above 0, n is below 2, r is outside -1 to 1, or the
        difference has no variance.
    """
    return mean_change(m1, m2, sd1, sd2, n, r)


def standardised_by_change(
    m_post: ArrayLike,
    m_pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> Effects:
    """Return mean changes over the SD of the change (SMCC); not to be mixed with the others.

    Parameters
    ----------
    m_post, m_pre, sd_post, sd_pre, n, r:
        As for `mean_change`; n is 3 or more.

    Raises
    ------
    InputError
        As for `mean_change`.

    References
    ----------
    Gibbons, Hedeker & Davis (1993), Journal of Educational Statistics 18:271-279.
    """
    y1, y0, s1, s0, k, rho = _pairs(m_post, m_pre, sd_post, sd_pre, n, r, least=3)
    spread = mean_change(y1, y0, s1, s0, k, rho).v * k
    y = small_sample_factor(k - 1) * (y1 - y0) / np.sqrt(spread)
    return effects("SMCC", "standardised", y, 1 / k + y**2 / (2 * k))


def standardised_by_baseline(
    m_post: ArrayLike, m_pre: ArrayLike, sd_pre: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Effects:
    """Return mean changes over the SD before treatment (SMCR), as if both SDs were equal.

    Parameters
    ----------
    m_post, m_pre:
        Means after and before, shape (k,) or one number.
    sd_pre:
        Standard deviation before.
    n:
        Persons measured twice, 3 or more.
    r:
        Correlation of the two measurements over persons.

    Raises
    ------
    InputError
        As for `mean_change`.

    References
    ----------
    Becker (1988), British Journal of Mathematical and Statistical Psychology 41:257-278.
    """
    y1, y0, _, s0, k, rho = _pairs(m_post, m_pre, sd_pre, sd_pre, n, r, least=3)
    y = small_sample_factor(k - 1) * (y1 - y0) / s0
    return effects("SMCR", "standardised", y, 2 * (1 - rho) / k + y**2 / (2 * k))


def standardised_by_one_sd(
    m1: ArrayLike, m2: ArrayLike, sd1: ArrayLike, sd2: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Effects:
    """Return differences of paired means over the SD of measurement 1 (SMCRH), SDs unequal.

    Parameters
    ----------
    m1, m2:
        Means of measurement 1 and 2, shape (k,) or one number. The order is that of the references:
        to standardise a change by the SD before, give the means before as `m1` and change the sign.
    sd1, sd2:
        Their standard deviations; `sd1` is the yardstick.
    n:
        Persons measured twice, 3 or more.
    r:
        Correlation of the two measurements over persons.

    Raises
    ------
    InputError
        As for `mean_change`.

    References
    ----------
    Bonett (2008), Psychological Methods 13:99-109.
    """
    y1, y2, s1, s2, k, rho = _pairs(m1, m2, sd1, sd2, n, r, least=3)
    y = small_sample_factor(k - 1) * (y1 - y2) / s1
    v = _change_variance(s1, s2, rho) / (s1**2 * (k - 1)) + y**2 / (2 * (k - 1))
    return effects("SMCRH", "standardised", y, v)


def standardised_by_pooled(
    m_post: ArrayLike,
    m_pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> Effects:
    """Return mean changes over the pooled SD of both times (SMCRP), as if both were equal.

    The pooled variance of correlated measurements has 2(n-1)/(1+r²) degrees of freedom.

    Parameters
    ----------
    m_post, m_pre, sd_post, sd_pre, n, r:
        As for `mean_change`; n is 3 or more.

    Raises
    ------
    InputError
        As for `mean_change`.

    References
    ----------
    Cousineau (2020), The Quantitative Methods for Psychology 16:418-421.
    """
    y1, y0, s1, s0, k, rho = _pairs(m_post, m_pre, sd_post, sd_pre, n, r, least=3)
    df = 2 * (k - 1) / (1 + rho**2)
    y = small_sample_factor(df) * (y1 - y0) / np.sqrt((s1**2 + s0**2) / 2)
    return effects("SMCRP", "standardised", y, 2 * (1 - rho) / k + y**2 / (2 * df))


def _log_ratio_variance(y1: Array, y0: Array, s1: Array, s0: Array, k: Array, r: Array) -> Array:
    return _change_variance(s1 / y1, s0 / y0, r) / k


def log_ratio_of_paired_means(
    m_post: ArrayLike,
    m_pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> Effects:
    """Return log ratios of means, after over before (ROMC): change as a percentage of baseline.

    Parameters
    ----------
    m_post, m_pre, sd_post, sd_pre, n, r:
        As for `mean_change`; means above 0.

    Raises
    ------
    InputError
        As for `mean_change`, or if a mean is not above 0.

    References
    ----------
    Lajeunesse (2011), Ecology 92:2049-2055.
    """
    y1, y0, s1, s0, k, rho = _pairs(m_post, m_pre, sd_post, sd_pre, n, r)
    means_above_zero("ROMC", m_post=y1, m_pre=y0)
    v = _log_ratio_variance(y1, y0, s1, s0, k, rho)
    return effects("ROMC", "log", np.log(y1 / y0), v)


def log_ratio_of_paired_deviations(
    sd_post: ArrayLike, sd_pre: ArrayLike, n: ArrayLike, r: ArrayLike
) -> Effects:
    """Return log ratios of standard deviations, after over before (VRC).

    Parameters
    ----------
    sd_post, sd_pre, n, r:
        As for `mean_change`; r strictly between -1 and 1.

    Raises
    ------
    InputError
        As for `mean_change`.

    References
    ----------
    Nakagawa et al. (2015), Methods in Ecology and Evolution 6:143-152.
    """
    _, _, s1, s0, k, rho = _pairs(1.0, 1.0, sd_post, sd_pre, n, r)
    return effects("VRC", "log", np.log(s1 / s0), (1 - rho**2) / (k - 1))


def log_ratio_of_paired_variation(
    m_post: ArrayLike,
    m_pre: ArrayLike,
    sd_post: ArrayLike,
    sd_pre: ArrayLike,
    n: ArrayLike,
    r: ArrayLike,
) -> Effects:
    """Return log ratios of coefficients of variation, after over before (CVRC).

    Parameters
    ----------
    m_post, m_pre, sd_post, sd_pre, n, r:
        As for `mean_change`; means above 0.

    Raises
    ------
    InputError
        As for `mean_change`, or if a mean is not above 0.

    References
    ----------
    Nakagawa et al. (2015), Methods in Ecology and Evolution 6:143-152.
    """
    y1, y0, s1, s0, k, rho = _pairs(m_post, m_pre, sd_post, sd_pre, n, r)
    means_above_zero("CVRC", m_post=y1, m_pre=y0)
    v = (1 - rho**2) / (k - 1) + _log_ratio_variance(y1, y0, s1, s0, k, rho)
    return effects("CVRC", "log", np.log((s1 / y1) / (s0 / y0)), v)
