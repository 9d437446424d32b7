"""Ranks of treatments: P-scores, and ranks by draws with their uncertainty."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from anagen.errors import InputError
from anagen.synthesis.network.build import Array
from anagen.synthesis.network.fit import NetworkFit, check_level


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Chance (n, n) of each treatment to hold each rank, 1 the best; SUCRA and rank intervals."""

    treatments: tuple[str, ...]
    probability: Array
    sucra: Array
    mean_rank: Array
    lower: Array
    upper: Array
    draws: int
    seed: int


def p_scores(fit: NetworkFit, *, smaller_is_better: bool, mid: float = 0.0) -> Array:
    """Return the mean certainty (n,) that a treatment is better than another.

    Parameters
    ----------
    mid:
        The least difference that matters, 0 or above: better means better by more than this.

    References
    ----------
    Rücker & Schwarzer (2015), BMC Medical Research Methodology 15:58; Mavridis et al. (2020),
    Research Synthesis Methods 11:327-341, for a least difference.
    """
    if not (np.isfinite(mid) and mid >= 0):
        raise InputError(f"the least difference that matters is 0 or more, got {mid}")
    gain = (-fit.estimate if smaller_is_better else fit.estimate) - mid
    off = fit.se > 0
    chance = ndtr(np.divide(gain, fit.se, out=np.zeros_like(gain), where=off))
    return np.asarray((chance * off).sum(axis=1) / (len(fit.treatments) - 1))


def rank_draws(
    fit: NetworkFit,
    *,
    smaller_is_better: bool,
    draws: int = 10_000,
    seed: int = 1,
    level: float = 0.95,
) -> Ranks:
    """Rank draws from the normal distribution of all effects.

    Parameters
    ----------
    draws:
        1 or more.
    seed:
        Of the generator; the same seed gives the same ranks.
    level:
        Of the intervals of ranks.

    References
    ----------
    Salanti, Ades & Ioannidis (2011), Journal of Clinical Epidemiology 64:163-171.
    """
    check_level(level)
    if draws < 1:
        raise InputError(f"ranks need at least one draw, got {draws}")
    n = len(fit.treatments)
    effects = np.zeros((draws, n))
    factor = np.linalg.cholesky(fit.covariance[1:, 1:])
    normal = np.random.default_rng(seed).standard_normal((draws, n - 1))
    effects[:, 1:] = fit.estimate[1:, 0] + normal @ factor.T
    order = np.argsort(effects if smaller_is_better else -effects, axis=1)
    rank = np.argsort(order, axis=1)
    cell = rank + np.arange(n) * n
    probability = np.bincount(cell.ravel(), minlength=n * n).reshape(n, n) / draws
    place = np.arange(1, n + 1)
    up_to = np.cumsum(probability, axis=1)
    mean = probability @ place
    low, high = (
        np.minimum((up_to < tail - 1e-12).sum(axis=1) + 1, n)
        for tail in ((1 - level) / 2, (1 + level) / 2)
    )
    return Ranks(
        fit.treatments, probability, (n - mean) / (n - 1), mean, low.astype(np.float64),
        high.astype(np.float64), draws, seed,
    )  # fmt: skip
