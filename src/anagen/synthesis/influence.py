"""What single studies do to the pooled effect: left out, added one by one, shrunk to the mean."""

import numpy as np
from numpy.typing import ArrayLike

from anagen.frozen import Record
from anagen.synthesis.bootstrap import ManyMethod, PooledSets, pool_sets
from anagen.synthesis.heterogeneity import variance
from anagen.synthesis.weighted import Array, check_level, checked, normal_quantile

Values = tuple[float, ...]


class PooledSeries(Record):
    """Pooled effects of a series of sets of studies, one entry for each, with normal intervals."""

    studies: tuple[int, ...]
    estimate: Values
    se: Values
    p: Values
    low: Values
    high: Values
    tau2: Values
    q: Values
    q_p: Values
    i2_percent: Values
    h2: Values


class Influence(Record):
    """Diagnostics of each of k studies under REML, and which studies stand out.

    A study stands out if |DFFITS| > 3 sqrt(1/(k-1)), Cook's distance is beyond the median of
    chi-squared with 1 degree of freedom, its leverage is above 3/k or |DFBETAS| > 1.
    """

    rstudent: Values
    dffits: Values
    cook: Values
    covariance_ratio: Values
    tau2_without: Values
    q_without: Values
    hat: Values
    weights_percent: Values
    dfbetas: Values
    influential: tuple[bool, ...]


class StudyEffects(Record):
    """Each study's own effect, shrunk to the mean by its share of sampling error."""

    estimate: Values
    se: Values
    low: Values
    high: Values
    shrinkage: Values


def _values(array: Array) -> Values:
    return tuple(array.tolist())


def _series(pooled: PooledSets, level: float) -> PooledSeries:
    from scipy.special import chdtrc, ndtr

    half = normal_quantile(level) * pooled.se
    df = pooled.studies - 1
    several = df > 0
    return PooledSeries(
        studies=tuple(pooled.studies.tolist()),
        estimate=_values(pooled.estimate),
        se=_values(pooled.se),
        p=_values(2 * ndtr(-np.abs(pooled.estimate / pooled.se))),
        low=_values(pooled.estimate - half),
        high=_values(pooled.estimate + half),
        tau2=_values(pooled.tau2),
        q=_values(pooled.q),
        q_p=_values(np.where(several, chdtrc(np.maximum(df, 1), pooled.q), 1.0)),
        i2_percent=_values(100 * pooled.tau2 / (pooled.tau2 + pooled.typical)),
        h2=_values(1 + pooled.tau2 / pooled.typical),
    )


def _without_each(y: Array, v: Array, method: ManyMethod) -> PooledSets:
    k = y.size
    sets = np.where(np.eye(k, dtype=bool), np.inf, v)
    return pool_sets(np.broadcast_to(y, (k, k)), sets, method=method)


def leave_one_out(
    effects: ArrayLike, variances: ArrayLike, *, method: ManyMethod = "REML", level: float = 0.95
) -> PooledSeries:
    """Pool k ≥ 2 effects k times, each time without one study.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    method:
        REML, DL or common.
    level:
        Of the normal intervals.

    Raises
    ------
    InputError
        If there are fewer than two effects, or numbers cannot be used.
    """
    check_level(level)
    data = checked(effects, variances, least=2)
    return _series(_without_each(data.y, data.v, method), level)


def cumulative(
    effects: ArrayLike, variances: ArrayLike, *, method: ManyMethod = "REML", level: float = 0.95
) -> PooledSeries:
    """Pool the first study, the first two, and so on, in the order given.

    Parameters
    ----------
    effects:
        Shape (k,), in the order of interest, for example by year.
    variances:
        Sampling variances, shape (k,); above 0.
    method:
        REML, DL or common.
    level:
        Of the normal intervals.

    Raises
    ------
    InputError
        If numbers cannot be used.
    """
    check_level(level)
    data = checked(effects, variances)
    k = data.y.size
    sets = np.where(np.tri(k, dtype=bool), data.v, np.inf)
    return _series(pool_sets(np.broadcast_to(data.y, (k, k)), sets, method=method), level)


def influence(effects: ArrayLike, variances: ArrayLike) -> Influence:
    """Return the case diagnostics of k ≥ 3 studies under REML; see `Influence`.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.

    Raises
    ------
    InputError
        If there are fewer than three effects, or numbers cannot be used.

    References
    ----------
    Viechtbauer & Cheung (2010), Research Synthesis Methods 1:112-125.
    """
    from scipy.special import chdtri

    data = checked(effects, variances, least=3)
    y, v, k = data.y, data.v, data.y.size
    at = variance(data, "REML").at
    rest = _without_each(y, v, "REML")
    hat = at.w / at.w_sum
    change = at.coefficients[0] - rest.estimate
    dffits = change / np.sqrt(hat * (rest.tau2 + v))
    cook = change**2 * at.w_sum
    all_at_rest = (1 / (v + rest.tau2[:, None])).sum(axis=1)
    dfbetas = change * np.sqrt(all_at_rest)
    stands_out = (
        (np.abs(dffits) > 3 / np.sqrt(k - 1))
        | (cook > float(chdtri(1, 0.5)))
        | (hat > 3 / k)
        | (np.abs(dfbetas) > 1)
    )
    return Influence(
        rstudent=_values((y - rest.estimate) / np.sqrt(v + rest.tau2 + rest.se**2)),
        dffits=_values(dffits),
        cook=_values(cook),
        covariance_ratio=_values(rest.se**2 * at.w_sum),
        tau2_without=_values(rest.tau2),
        q_without=_values(rest.q),
        hat=_values(hat),
        weights_percent=_values(100 * hat),
        dfbetas=_values(dfbetas),
        influential=tuple(stands_out.tolist()),
    )


def study_effects(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> StudyEffects:
    """Return the best linear unbiased predictions of k ≥ 2 studies' own effects under REML.

    Parameters
    ----------
    effects:
        Shape (k,).
    variances:
        Sampling variances, shape (k,); above 0.
    level:
        Of the normal intervals.

    Raises
    ------
    InputError
        If there are fewer than two effects, or numbers cannot be used.

    References
    ----------
    Raudenbush & Bryk (1985), Journal of Educational Statistics 10:75-98.
    """
    check_level(level)
    data = checked(effects, variances, least=2)
    found = variance(data, "REML")
    share = found.tau2 / (found.tau2 + data.v)
    mean = float(found.at.coefficients[0])
    estimate = share * data.y + (1 - share) * mean
    se = np.sqrt(share * data.v + (1 - share) ** 2 / found.at.w_sum)
    half = normal_quantile(level) * se
    return StudyEffects(
        estimate=_values(estimate),
        se=_values(se),
        low=_values(estimate - half),
        high=_values(estimate + half),
        shrinkage=_values(1 - share),
    )
