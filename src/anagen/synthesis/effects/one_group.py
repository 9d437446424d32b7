"""Quantities of one group: a mean, a proportion, a rate, a correlation."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.synthesis.effects.record import (
    Array,
    Correction,
    Effects,
    added,
    columns,
    correlations,
    deviations,
    effects,
    events,
    indices,
    means_above_zero,
    people,
    refuse,
)


def _means(m: ArrayLike, sd: ArrayLike, n: ArrayLike) -> list[Array]:
    given = columns(m=m, sd=sd, n=n)
    deviations(sd=given[1])
    people(2, n=given[2])
    return given


def mean(m: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Effects:
    """Return means (MN) in the unit of the outcome.

    Parameters
    ----------
    m, sd, n:
        Mean, standard deviation and persons, shape (k,) or one number.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 2 persons.
    """
    y, s, k = _means(m, sd, n)
    return effects("MN", "raw", y, s**2 / k)


def log_mean(m: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Effects:
    """Return log means (MNLN).

    Parameters
    ----------
    m, sd, n:
        As for `mean`; means above 0.

    Raises
    ------
    InputError
        As for `mean`, or if a mean is not above 0.
    """
    y, s, k = _means(m, sd, n)
    means_above_zero("MNLN", m=y)
    return effects("MNLN", "log", np.log(y), (s / y) ** 2 / k)


def log_variation(m: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Effects:
    """Return log coefficients of variation (CVLN).

    Parameters
    ----------
    m, sd, n:
        As for `mean`; means above 0.

    Raises
    ------
    InputError
        As for `mean`, or if a mean is not above 0.

    References
    ----------
    Nakagawa et al. (2015), Methods in Ecology and Evolution 6:143-152.
    """
    y, s, k = _means(m, sd, n)
    means_above_zero("CVLN", m=y)
    h = 1 / (2 * (k - 1))
    return effects("CVLN", "log", np.log(s / y) + h, h + (s / y) ** 2 / k)


def log_deviation(sd: ArrayLike, n: ArrayLike) -> Effects:
    """Return log standard deviations (SDLN).

    Parameters
    ----------
    sd, n:
        Standard deviation and persons, shape (k,) or one number.

    Raises
    ------
    InputError
        If a standard deviation is not above 0 or a group has fewer than 2 persons.
    """
    _, s, k = _means(0.0, sd, n)
    h = 1 / (2 * (k - 1))
    return effects("SDLN", "log", np.log(s) + h, h)


def _proportions(
    x: ArrayLike, n: ArrayLike, correction: Correction
) -> tuple[Array, Array, NDArray[np.bool_]]:
    k, size = columns(x=x, n=n)
    events("x", k, "n", size)
    extra = added((k == 0) | (k == size), correction)
    return k + extra, size + 2 * extra, extra > 0


def proportion(
    x: ArrayLike, n: ArrayLike, *, correction: Correction = "half_where_zero"
) -> Effects:
    """Return proportions (PR).

    Parameters
    ----------
    x, n:
        Events and persons, shape (k,) or one number.
    correction:
        `half_where_zero` adds 1/2 to events and to non-events where either is 0.

    Raises
    ------
    InputError
        If there are more events than persons, or a proportion has no variance.
    """
    k, size, changed = _proportions(x, n, correction)
    p = k / size
    return effects(
        "PR", "raw", p, p * (1 - p) / size, correction=correction, corrected=indices(changed)
    )


def log_proportion(
    x: ArrayLike, n: ArrayLike, *, correction: Correction = "half_where_zero"
) -> Effects:
    """Return log proportions (PLN).

    Parameters
    ----------
    x, n, correction:
        As for `proportion`.

    Raises
    ------
    InputError
        If there are more events than persons, or no event and nothing is added.
    """
    k, size, changed = _proportions(x, n, correction)
    refuse("x", k, k == 0, "PLN has no value where there is no event and nothing is added")
    return effects(
        "PLN", "log", np.log(k / size), 1 / k - 1 / size, correction=correction,
        corrected=indices(changed),
    )  # fmt: skip


def logit_proportion(
    x: ArrayLike, n: ArrayLike, *, correction: Correction = "half_where_zero"
) -> Effects:
    """Return log odds (PLO).

    Parameters
    ----------
    x, n, correction:
        As for `proportion`.

    Raises
    ------
    InputError
        If there are more events than persons, or all or none have one and nothing is added.
    """
    k, size, changed = _proportions(x, n, correction)
    refuse(
        "x", k, (k == 0) | (k == size), "PLO has no value at 0 or 100 percent with nothing added"
    )
    y = np.log(k / (size - k))
    return effects(
        "PLO", "logit", y, 1 / k + 1 / (size - k), correction=correction, corrected=indices(changed)
    )


def arcsine_proportion(x: ArrayLike, n: ArrayLike) -> Effects:
    """Return arcsine-root proportions (PAS).

    Parameters
    ----------
    x, n:
        As for `proportion`.

    Raises
    ------
    InputError
        If there are more events than persons.
    """
    k, size, _ = _proportions(x, n, "none")
    return effects("PAS", "arcsine", np.arcsin(np.sqrt(k / size)), 1 / (4 * size))


def double_arcsine_proportion(x: ArrayLike, n: ArrayLike) -> Effects:
    """Return Freeman and Tukey's double arcsines of proportions (PFT).

    Parameters
    ----------
    x, n:
        As for `proportion`.

    Raises
    ------
    InputError
        If there are more events than persons.

    References
    ----------
    Freeman & Tukey (1950), Annals of Mathematical Statistics 21:607-611.
    """
    k, size, _ = _proportions(x, n, "none")
    first, second = np.sqrt(k / (size + 1)), np.sqrt((k + 1) / (size + 1))
    y = (np.arcsin(first) + np.arcsin(second)) / 2
    return effects("PFT", "arcsine", y, 1 / (4 * size + 2))


def correlation(r: ArrayLike, n: ArrayLike) -> Effects:
    """Return correlations (COR).

    Parameters
    ----------
    r, n:
        Correlation, strictly between -1 and 1, and persons, shape (k,) or one number.

    Raises
    ------
    InputError
        If a correlation is not between -1 and 1 or a group has fewer than 2 persons.
    """
    rho, k = columns(r=r, n=n)
    correlations(r=rho)
    people(2, n=k)
    return effects("COR", "raw", rho, (1 - rho**2) ** 2 / (k - 1))


def fisher_correlation(r: ArrayLike, n: ArrayLike) -> Effects:
    """Return Fisher's z of correlations (ZCOR).

    Parameters
    ----------
    r, n:
        Correlation, strictly between -1 and 1, and persons, 4 or more.

    Raises
    ------
    InputError
        If a correlation is not strictly between -1 and 1 or a group has fewer than 4 persons.
    """
    rho, k = columns(r=r, n=n)
    refuse("r", rho, np.abs(rho) >= 1, "Fisher's z needs a correlation strictly between -1 and 1")
    people(4, n=k)
    return effects("ZCOR", "fisher_z", np.arctanh(rho), 1 / (k - 3))


def _rates(
    x: ArrayLike, t: ArrayLike, correction: Correction
) -> tuple[Array, Array, tuple[int, ...]]:
    k, time = columns(x=x, t=t)
    refuse("x", k, k < 0, "a number of events is 0 or above")
    refuse("t", time, time <= 0, "a time at risk is above 0")
    extra = added(k == 0, correction)
    return k + extra, time, indices(extra > 0)


def rate(x: ArrayLike, t: ArrayLike, *, correction: Correction = "half_where_zero") -> Effects:
    """Return incidence rates (IR).

    Parameters
    ----------
    x, t:
        Events and person-time, shape (k,) or one number.
    correction:
        `half_where_zero` adds 1/2 to counts of 0.

    Raises
    ------
    InputError
        If a count is below 0, a time is not above 0, or a rate has no variance.
    """
    k, time, changed = _rates(x, t, correction)
    return effects("IR", "raw", k / time, k / time**2, correction=correction, corrected=changed)


def log_rate(x: ArrayLike, t: ArrayLike, *, correction: Correction = "half_where_zero") -> Effects:
    """Return log incidence rates (IRLN).

    Parameters
    ----------
    x, t, correction:
        As for `rate`.

    Raises
    ------
    InputError
        If a count is below 0, a time is not above 0, or a count is 0 and nothing is added.
    """
    k, time, changed = _rates(x, t, correction)
    refuse("x", k, k == 0, "IRLN has no value where there is no event and nothing is added")
    return effects("IRLN", "log", np.log(k / time), 1 / k, correction=correction, corrected=changed)


def root_rate(x: ArrayLike, t: ArrayLike) -> Effects:
    """Return square roots of incidence rates (IRS).

    Parameters
    ----------
    x, t:
        As for `rate`.

    Raises
    ------
    InputError
        If a count is below 0 or a time is not above 0.
    """
    k, time, _ = _rates(x, t, "none")
    return effects("IRS", "square_root", np.sqrt(k / time), 1 / (4 * time))
