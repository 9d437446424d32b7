"""Pooling of independent effects: common effect, and random effects by REML.

Equations (E6) to (E13) are those of docs/method/evidence.md.
"""

import math
from statistics import NormalDist

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import ConvergenceError, InputError
from anagen.frozen import Record

MAX_STEPS = 200
TOLERANCE = 1e-14  # relative: the score is smooth, so machine accuracy is reached in a few steps


class CommonEffect(Record):
    """The inverse-variance mean of S effects (E6), with Cochran's Q (E7)."""

    mean: float
    se: float
    low: float
    high: float
    q: float
    q_df: int


class RandomEffects(Record):
    """The mean of S ≥ 2 effects under between-study variance tau2 (REML).

    `se` is Wald's; `hk_*` are Hartung and Knapp's, and `guarded_*` the same with `s2w` held at 1 or
    above. `prediction` bounds the effect of a new study (S ≥ 3). I² follows from tau2.
    """

    mean: float
    se: float
    tau2: float
    i2_percent: float
    s2w: float
    df: int
    wald_low: float
    wald_high: float
    hk_se: float
    hk_low: float
    hk_high: float
    guarded_se: float
    guarded_low: float
    guarded_high: float
    prediction: tuple[float, float] | None = None


class Pooled(Record):
    """The pooled mean and the interval that this project reports, with both models behind it.

    One study stands for itself. With two, Hartung and Knapp's interval tells nothing (t with one
    degree of freedom), so the Wald interval of the random-effects model is given and flagged. With
    three or more it is Hartung and Knapp's; with fewer than five, its guarded form.
    """

    unit: str
    studies: int
    mean: float
    se: float
    low: float
    high: float
    interval: str
    common: CommonEffect
    random: RandomEffects | None = None
    flags: list[str] = msgspec.field(default_factory=list)


def _checked(effects: ArrayLike, variances: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    y = np.asarray(effects, dtype=np.float64)
    v = np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape or y.size == 0:
        raise InputError(
            "pooling needs at least one effect and a variance for each, "
            f"got {y.size} effects and {v.size} variances"
        )
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise InputError("pooling needs finite effects and variances above 0")
    return y, v


def _t_quantile(level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level) / 2))


def common_effect(effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95) -> CommonEffect:
    """Pool S effects as if all estimated one value.

    Parameters
    ----------
    effects:
        Shape (S,), in one unit.
    variances:
        Sampling variances, shape (S,), in that unit squared; above 0.
    level:
        Of the normal interval.

    Raises
    ------
    InputError
        If there is no effect, the shapes differ or a variance is not positive.
    """
    y, v = _checked(effects, variances)
    w = 1 / v
    mean = float(w @ y / w.sum())
    se = float(1 / math.sqrt(w.sum()))
    half = NormalDist().inv_cdf((1 + level) / 2) * se
    q = float(w @ (y - mean) ** 2)
    return CommonEffect(
        mean=mean, se=se, low=mean - half, high=mean + half, q=q, q_df=int(y.size) - 1
    )


def _score(y: NDArray[np.float64], v: NDArray[np.float64], tau2: float) -> tuple[float, float]:
    """Return the REML score for tau2 (times 2) and its expected information (times 2): (E8).

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293.
    """
    w = 1 / (v + tau2)
    total, w2, w3 = w.sum(), (w**2).sum(), (w**3).sum()
    residual = y - w @ y / total
    trace_p = total - w2 / total
    trace_pp = w2 - 2 * w3 / total + (w2 / total) ** 2
    return float((w**2) @ residual**2 - trace_p), float(trace_pp)


def reml_tau2(effects: ArrayLike, variances: ArrayLike) -> float:
    """Return the between-study variance that maximises the restricted likelihood, 0 or above.

    Parameters
    ----------
    effects:
        Shape (S,), S ≥ 2.
    variances:
        Shape (S,), above 0.

    Raises
    ------
    InputError
        If there are fewer than two effects.
    ConvergenceError
        If no maximum is found.
    """
    y, v = _checked(effects, variances)
    if y.size < 2:
        raise InputError("the between-study variance needs 2 studies or more, got 1")
    tau2 = max(0.0, float(np.var(y, ddof=1) - v.mean()))
    scale = float(v.min())
    for _ in range(MAX_STEPS):
        score, information = _score(y, v, tau2)
        new = max(0.0, tau2 + score / information)
        if abs(new - tau2) <= TOLERANCE * (new + scale):
            return new
        tau2 = new
    return _root(y, v)


def _root(y: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """Return the root of the score by bisection, where scoring steps did not settle."""
    low, high = 0.0, float(np.var(y, ddof=1) + v.max())
    if _score(y, v, low)[0] <= 0:
        return 0.0
    for _ in range(MAX_STEPS):
        if _score(y, v, high)[0] < 0:
            break
        high *= 2
    else:
        raise ConvergenceError(
            "the between-study variance has no maximum; look at the effects and their variances"
        )
    for _ in range(MAX_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _score(y, v, middle)[0] > 0 else (low, middle)
    return (low + high) / 2


def random_effects(
    effects: ArrayLike, variances: ArrayLike, *, level: float = 0.95
) -> RandomEffects:
    """Pool S ≥ 2 effects that scatter around a mean: REML with Hartung and Knapp's interval.

    Parameters
    ----------
    effects:
        Shape (S,), in one unit.
    variances:
        Sampling variances, shape (S,), in that unit squared; above 0.
    level:
        Of all intervals.

    Raises
    ------
    InputError
        If there are fewer than two effects.
    ConvergenceError
        If tau2 cannot be found.

    References
    ----------
    Knapp & Hartung (2003), Statistics in Medicine 22:2693-2710; the prediction interval uses t with
    S-1 degrees of freedom and the Wald standard error.
    """
    y, v = _checked(effects, variances)
    tau2 = reml_tau2(y, v)
    k = int(y.size)
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    se = float(1 / math.sqrt(w.sum()))
    s2w = float(w @ (y - mean) ** 2 / (k - 1))
    t = _t_quantile(level, k - 1)
    z = NormalDist().inv_cdf((1 + level) / 2)
    hk_se, guarded_se = se * math.sqrt(s2w), se * math.sqrt(max(1.0, s2w))
    fixed = 1 / v
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    spread = t * math.sqrt(se**2 + tau2)
    return RandomEffects(
        mean=mean,
        se=se,
        tau2=tau2,
        i2_percent=float(100 * tau2 / (tau2 + typical)),
        s2w=s2w,
        df=k - 1,
        wald_low=mean - z * se,
        wald_high=mean + z * se,
        hk_se=hk_se,
        hk_low=mean - t * hk_se,
        hk_high=mean + t * hk_se,
        guarded_se=guarded_se,
        guarded_low=mean - t * guarded_se,
        guarded_high=mean + t * guarded_se,
        prediction=(mean - spread, mean + spread) if k >= 3 else None,
    )


def pool(effects: ArrayLike, variances: ArrayLike, unit: str, *, level: float = 0.95) -> Pooled:
    """Pool S ≥ 1 effects and choose the interval to report; see `Pooled`.

    Parameters
    ----------
    effects:
        Shape (S,), in `unit`.
    variances:
        Sampling variances, shape (S,), in `unit` squared; above 0.
    unit:
        The unit of the effects.
    level:
        Of all intervals.

    Raises
    ------
    InputError
        If there is no effect, the shapes differ or a variance is not positive.

    Examples
    --------
    >>> result = pool([21.1, 17.3], [1.1, 6.3], "hairs/cm2")
    >>> result.studies, result.flags
    (2, ['hartung_knapp_uninformative'])
    """
    common = common_effect(effects, variances, level=level)
    k = common.q_df + 1
    if k == 1:
        return Pooled(
            unit=unit, studies=1, mean=common.mean, se=common.se, low=common.low,
            high=common.high, interval="one_study", common=common, flags=["one_study"],
        )  # fmt: skip
    random = random_effects(effects, variances, level=level)
    flags = []
    if k == 2:
        flags.append("hartung_knapp_uninformative")
        se, low, high, name = random.se, random.wald_low, random.wald_high, "wald"
    elif k < 5 and random.s2w < 1:
        flags.append("hartung_knapp_guarded")
        se, low, high = random.guarded_se, random.guarded_low, random.guarded_high
        name = "hartung_knapp_guarded"
    else:
        se, low, high, name = random.hk_se, random.hk_low, random.hk_high, "hartung_knapp"
    return Pooled(
        unit=unit, studies=k, mean=random.mean, se=se, low=low, high=high, interval=name,
        common=common, random=random, flags=flags,
    )  # fmt: skip
