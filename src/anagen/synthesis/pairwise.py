"""Pool k effects of one comparison: common effect, random effects, and the interval to report."""

import math

import msgspec
from numpy.typing import ArrayLike

from anagen.frozen import Record
from anagen.synthesis.exact_bayes import ExactBayes, HalfNormal, exact_bayes
from anagen.synthesis.heterogeneity import (
    Heterogeneity,
    Method,
    check_method,
    describe,
    log_likelihood,
    variance,
)
from anagen.synthesis.weighted import (
    Effects,
    Terms,
    check_level,
    checked,
    chi2_p,
    normal_p,
    normal_quantile,
    t_p,
    t_quantile,
)

FEW = 5  # fewer studies than this, and the guarded interval is preferred
ALIKE = 1e-6  # a factor this near 0 leaves Hartung and Knapp's interval no width; near 1, it is 1


class Interval(Record):
    """An estimate's standard error, test and bounds; `df` is None for a normal statistic."""

    se: float
    statistic: float
    p: float
    low: float
    high: float
    df: int | None = None


class CommonEffect(Record):
    """The inverse-variance mean of k effects, with Cochran's Q."""

    estimate: float
    se: float
    z: float
    p: float
    low: float
    high: float
    q: float
    q_df: int
    q_p: float
    i2_percent: float
    h2: float
    log_likelihood: float


class Prediction(Record):
    """Bounds for the effect of a new study, by quantile (z, t with k-1 or k-2) and standard error.

    `t_k_minus_2_*` need three studies.
    """

    z_wald: tuple[float, float]
    t_k_minus_1_wald: tuple[float, float]
    t_k_minus_1_hk: tuple[float, float]
    t_k_minus_2_wald: tuple[float, float] | None = None
    t_k_minus_2_hk: tuple[float, float] | None = None


class RandomEffects(Record):
    """The mean of k ≥ 2 effects that scatter with variance tau2, with every usual interval.

    `s2w` is Hartung and Knapp's factor; the guarded interval holds it at 1 or above. Weights add
    to 100.
    """

    estimate: float
    se: float
    s2w: float
    heterogeneity: Heterogeneity
    wald_z: Interval
    wald_t: Interval
    hartung_knapp: Interval
    hartung_knapp_guarded: Interval
    prediction: Prediction
    log_likelihood_ml: float
    log_likelihood_reml: float
    weights_percent: tuple[float, ...]

    @property
    def tau2(self) -> float:
        """Return the between-study variance."""
        return self.heterogeneity.tau2


class Chosen(Record):
    """The interval to report, by name, with flags that say why and a prediction interval (k ≥ 3).

    One study stands for itself. With two, Hartung and Knapp's interval tells nothing (t with one
    degree of freedom), so Wald's is given and flagged. With more it is Hartung and Knapp's; with
    fewer than five, or effects that are all alike, its guarded form where that is wider. `bayes`
    stands beside it for k ≤ 5 if a prior scale was given.
    """

    estimate: float
    se: float
    low: float
    high: float
    interval: str
    flags: list[str] = msgspec.field(default_factory=list)
    prediction: tuple[float, float] | None = None
    bayes: ExactBayes | None = None


class Pairwise(Record):
    """All that pooling k ≥ 1 effects says; `random` is None for one study."""

    studies: int
    level: float
    common: CommonEffect
    chosen: Chosen
    random: RandomEffects | None = None


def _common(data: Effects, zero: Terms, z: float) -> CommonEffect:
    estimate, se = float(zero.coefficients[0]), math.sqrt(1 / zero.w_sum)
    df = data.df
    return CommonEffect(
        estimate=estimate,
        se=se,
        z=estimate / se,
        p=normal_p(estimate / se),
        low=estimate - z * se,
        high=estimate + z * se,
        q=zero.q,
        q_df=df,
        q_p=chi2_p(zero.q, df),
        i2_percent=max(0.0, 100 * (1 - df / zero.q)) if zero.q > 0 else 0.0,
        h2=zero.q / df if df else 1.0,
        log_likelihood=log_likelihood(data, zero, restricted=False),
    )


def common_effect(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> CommonEffect:
    """Pool k ≥ 1 effects as if all estimated one value.

    Parameters
    ----------
    effects:
        Shape (k,), in one unit.
    variances:
        Sampling variances, shape (k,); above 0.
    level:
        Of the normal interval.

    Raises
    ------
    InputError
        If numbers cannot be used.
    """
    check_level(level)
    data = checked(effects, variances)
    return _common(data, data.terms(0.0), normal_quantile(level))


def normal_interval(estimate: float, se: float, z: float) -> Interval:
    """Return Wald's interval of an estimate, z the normal quantile."""
    half = z * se
    ratio = estimate / se
    return Interval(
        se=se, statistic=ratio, p=normal_p(ratio), low=estimate - half, high=estimate + half
    )


def t_interval(estimate: float, se: float, t: float, df: int) -> Interval:
    """Return the interval of an estimate by t; a standard error of 0 has a p of 0 or 1."""
    half = t * se
    if se > 0:
        ratio = estimate / se
        p = t_p(ratio, df)
    else:
        ratio, p = (math.copysign(math.inf, estimate), 0.0) if estimate else (0.0, 1.0)
    return Interval(se=se, statistic=ratio, p=p, low=estimate - half, high=estimate + half, df=df)


def _prediction(
    estimate: float, wald: float, hk: float, tau2: float, quantiles: tuple[float, float, float]
) -> Prediction:
    z, t1, t2 = quantiles

    def bounds(quantile: float, se: float) -> tuple[float, float]:
        half = quantile * math.sqrt(se * se + tau2)
        return estimate - half, estimate + half

    few = math.isnan(t2)
    return Prediction(
        z_wald=bounds(z, wald),
        t_k_minus_1_wald=bounds(t1, wald),
        t_k_minus_1_hk=bounds(t1, hk),
        t_k_minus_2_wald=None if few else bounds(t2, wald),
        t_k_minus_2_hk=None if few else bounds(t2, hk),
    )


def _random(data: Effects, method: Method, level: float, z: float) -> tuple[RandomEffects, Terms]:
    found = variance(data, method)
    at, df = found.at, data.df
    estimate, se = float(at.coefficients[0]), math.sqrt(1 / at.w_sum)
    s2w = at.q / df
    hk, guarded = se * math.sqrt(s2w), se * math.sqrt(max(1.0, s2w))
    t1 = t_quantile(level, df)
    t2 = t_quantile(level, df - 1) if df > 1 else math.nan
    record = RandomEffects(
        estimate=estimate,
        se=se,
        s2w=s2w,
        heterogeneity=describe(data, method, found),
        wald_z=normal_interval(estimate, se, z),
        wald_t=t_interval(estimate, se, t1, df),
        hartung_knapp=t_interval(estimate, hk, t1, df),
        hartung_knapp_guarded=t_interval(estimate, guarded, t1, df),
        prediction=_prediction(estimate, se, hk, found.tau2, (z, t1, t2)),
        log_likelihood_ml=log_likelihood(data, at, restricted=False),
        log_likelihood_reml=log_likelihood(data, at, restricted=True),
        weights_percent=tuple((at.w * (100 / at.w_sum)).tolist()),
    )
    return record, found.zero


def _wider(prediction: Prediction, hk: bool) -> tuple[float, float]:
    """Return the prediction interval to report: by Hartung and Knapp's error where it is larger.

    With Wald's it could be narrower than the interval of the mean.
    """
    return prediction.t_k_minus_1_hk if hk else prediction.t_k_minus_1_wald


def _chosen(common: CommonEffect, random: RandomEffects | None, k: int) -> Chosen:
    if random is None:
        return Chosen(
            estimate=common.estimate, se=common.se, low=common.low, high=common.high,
            interval="one_study", flags=["one_study"],
        )  # fmt: skip
    if k == 2:
        name, flags, used = "wald", ["hartung_knapp_uninformative"], random.wald_z
    elif random.s2w < (1 - ALIKE if k < FEW else ALIKE):
        name, flags, used = (
            "hartung_knapp_guarded",
            ["hartung_knapp_guarded"],
            random.hartung_knapp_guarded,
        )
    else:
        name, flags, used = "hartung_knapp", [], random.hartung_knapp
    return Chosen(
        estimate=random.estimate,
        se=used.se,
        low=used.low,
        high=used.high,
        interval=name,
        flags=flags,
        prediction=_wider(random.prediction, used.se > random.se) if k >= 3 else None,
    )


def fit_pairwise(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    method: Method = "REML",
    level: float = 0.95,
    prior_scale: float | None = None,
) -> Pairwise:
    """Pool k ≥ 1 effects of one comparison and choose the interval to report; see `Chosen`.

    Parameters
    ----------
    effects:
        Shape (k,), in one unit.
    variances:
        Sampling variances, shape (k,), in that unit squared; above 0.
    method:
        Estimator of tau2; see `heterogeneity`.
    level:
        Of all intervals.
    prior_scale:
        Scale of a half-normal prior of tau, in the unit of the effects; with two to five studies
        the exact Bayesian answer then stands beside the interval.

    Raises
    ------
    InputError
        If there is no effect, the shapes differ, a number cannot be used or the method is unknown.

    References
    ----------
    Knapp & Hartung (2003), Statistics in Medicine 22:2693-2710; Röver, Knapp & Friede (2015), BMC
    Medical Research Methodology 15:99 (the guard); Higgins, Thompson & Spiegelhalter (2009), JRSS A
    172:137-159 (prediction with k-2).

    Examples
    --------
    >>> result = fit_pairwise([21.1, 17.3], [1.1, 6.3])
    >>> result.chosen.interval, result.chosen.flags
    ('wald', ['hartung_knapp_uninformative'])
    """
    check_level(level)
    check_method(method)
    data = checked(effects, variances)
    z, k = normal_quantile(level), int(data.y.size)
    if k == 1:
        random, zero = None, data.terms(0.0)
    else:
        random, zero = _random(data, method, level, z)
    common = _common(data, zero, z)
    chosen = _chosen(common, random, k)
    if prior_scale is not None and 2 <= k <= FEW:
        bayes = exact_bayes(effects, variances, prior=HalfNormal(scale=prior_scale), level=level)
        chosen = msgspec.structs.replace(chosen, bayes=bayes)
    return Pairwise(studies=k, level=level, common=common, chosen=chosen, random=random)
