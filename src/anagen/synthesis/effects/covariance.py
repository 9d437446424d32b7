"""Covariances of effects that share persons: a control arm, a baseline, a scalp, a clinic."""

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.effects.record import Array, columns, correlations, deviations, people, refuse


def _square(name: str, values: ArrayLike) -> Array:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise InputError(f"{name} must be a square matrix, got shape {matrix.shape}")
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, rtol=1e-8, atol=0):
        raise InputError(f"{name} must be symmetric and hold finite numbers only; correct it")
    return matrix


def contrast_covariance(arm_covariance: ArrayLike, base: int = 0) -> Array:
    """Return C S C': the covariance of every arm minus the base arm, in the order of the arms.

    Parameters
    ----------
    arm_covariance:
        S, covariance of the arms' means, shape (A, A); diagonal where arms hold different persons.
    base:
        Index of the arm that the others are compared with.

    Raises
    ------
    InputError
        If S is not a symmetric matrix of 2 arms or more, or the base is not one of them.
    """
    s = _square("the covariance of the arms", arm_covariance)
    arms = s.shape[0]
    if arms < 2 or not 0 <= base < arms:
        raise InputError(
            f"contrasts need 2 arms or more and a base among them, got {arms} and base {base}"
        )
    c = np.delete(np.eye(arms), base, axis=0)
    c[:, base] = -1.0
    return np.asarray(c @ s @ c.T)


def shared_control_covariance(arm_variances: ArrayLike, base: int = 0) -> Array:
    """Return the covariance of contrasts against one control arm, all arms of different persons.

    Parameters
    ----------
    arm_variances:
        Variance of each arm's mean, shape (A,).
    base:
        Index of the control arm.

    Raises
    ------
    InputError
        If there are fewer than 2 arms, a variance is not above 0, or the base is not an arm.
    """
    (v,) = columns(arm_variances=arm_variances)
    refuse("arm_variances", v, v <= 0, "the variance of a mean is above 0")
    return contrast_covariance(np.diag(v), base)


def split_site_covariance(sd: ArrayLike, n: float, r: float) -> Array:
    """Return the covariance of the means of several sites of the same n scalps.

    Parameters
    ----------
    sd:
        Standard deviation between persons at each site, shape (A,).
    n:
        Persons.
    r:
        Correlation between any two sites over persons.

    Raises
    ------
    InputError
        If a standard deviation is not above 0, n is below 2, or no such correlation can be.
    """
    s, size, rho = columns(sd=sd, n=n, r=r)
    deviations(sd=s)
    people(2, n=size)
    correlations(r=rho)
    sites = s.size
    if sites > 1 and r < -1 / (sites - 1):
        raise InputError(
            f"{sites} sites cannot all correlate by {r:g} with each other; "
            f"give {-1 / (sites - 1):.3g} or more"
        )
    shape = np.full((sites, sites), float(r))
    np.fill_diagonal(shape, 1.0)
    return np.asarray(np.outer(s, s) * shape / n)


def shared_baseline_covariance(sd: ArrayLike, correlation: ArrayLike, n: float) -> Array:
    """Return the covariance of the mean changes of one arm at T visits, all from one baseline.

    Parameters
    ----------
    sd:
        Standard deviations, the baseline first, shape (T + 1,).
    correlation:
        Correlation of all measurements over persons, the baseline first, shape (T + 1, T + 1).
    n:
        Persons.

    Raises
    ------
    InputError
        If shapes differ, a standard deviation is not above 0, n is below 2, or the correlations
        cannot all hold at once.
    """
    s, size = columns(sd=sd, n=n)
    deviations(sd=s)
    people(2, n=size)
    r = _square("the correlation of the visits", correlation)
    if r.shape[0] != s.size or not np.allclose(np.diag(r), 1.0):
        raise InputError(
            f"{s.size} standard deviations need a correlation matrix of that size with ones on "
            "its diagonal; correct one of them"
        )
    if np.linalg.eigvalsh(r)[0] < -1e-10:
        raise InputError("the correlations of the visits cannot all hold at once; correct them")
    return contrast_covariance(np.outer(s, s) * r / n, base=0)


def covariance_of_changes(
    sd: ArrayLike, r_tu: ArrayLike, r_t0: ArrayLike, r_u0: ArrayLike
) -> Array:
    """Return s²(r_tu - r_t0 - r_u0 + 1), the covariance of one person's changes to visits t and u.

    Parameters
    ----------
    sd:
        Standard deviation s, the same at all visits.
    r_tu, r_t0, r_u0:
        Correlations of visit t with u, of t with the baseline, and of u with the baseline.

    Raises
    ------
    InputError
        If s is not above 0 or a correlation is outside -1 to 1.
    """
    s, tu, t0, u0 = columns(sd=sd, r_tu=r_tu, r_t0=r_t0, r_u0=r_u0)
    deviations(sd=s)
    correlations(r_tu=tu, r_t0=t0, r_u0=u0)
    return np.asarray(s**2 * (tu - t0 - u0 + 1))


def autoregressive_correlation(weeks: ArrayLike, r: float) -> Array:
    """Return r to the power of the gap between visits, in weeks (continuous AR of order 1).

    Parameters
    ----------
    weeks:
        Times of the visits, shape (T,).
    r:
        Correlation of two visits one week apart, from 0 to 1.

    Raises
    ------
    InputError
        If a time is not finite or r is outside 0 to 1.
    """
    (t,) = columns(weeks=weeks)
    if not 0 <= r <= 1:
        raise InputError(f"the correlation of visits one week apart is {r:g}; give one from 0 to 1")
    gap = np.abs(t[:, None] - t[None, :])
    return np.where(gap == 0, 1.0, float(r) ** gap)


def design_effect(sites_per_person: ArrayLike, icc: ArrayLike) -> Array:
    """Return 1 + (m - 1) icc, by which a variance grows where m sites of a person were counted.

    Parameters
    ----------
    sites_per_person:
        m, 1 or more.
    icc:
        Intraclass correlation of sites within a person, from 0 to 1.

    Raises
    ------
    InputError
        If m is below 1 or the intraclass correlation is outside 0 to 1.
    """
    m, rho = columns(sites_per_person=sites_per_person, icc=icc)
    refuse("sites_per_person", m, m < 1, "a person has 1 site or more")
    refuse("icc", rho, (rho < 0) | (rho > 1), "an intraclass correlation lies between 0 and 1")
    return np.asarray(1 + (m - 1) * rho)


def effective_number(n_sites: ArrayLike, sites_per_person: ArrayLike, icc: ArrayLike) -> Array:
    """Return the number of independent observations that n sites are worth.

    Parameters
    ----------
    n_sites:
        Sites counted, in all persons.
    sites_per_person:
        Sites of one person.
    icc:
        Intraclass correlation of sites within a person, from 0 to 1.

    Raises
    ------
    InputError
        If a number is not above 0 or the intraclass correlation is outside 0 to 1.
    """
    n, m, rho = columns(n_sites=n_sites, sites_per_person=sites_per_person, icc=icc)
    refuse("n_sites", n, n <= 0, "a number of sites is above 0")
    return np.asarray(n / design_effect(m, rho))
