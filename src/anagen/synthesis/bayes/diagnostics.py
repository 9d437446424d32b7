"""Do the chains agree? Split rank-normalised R-hat, and effective draws in bulk and tails.

M chains of D draws each of one quantity, shape (M, D).

References
----------
Vehtari et al. (2021), Bayesian Analysis 16:667-718.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _split(draws: Floats) -> Floats:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _ranked(draws: Floats) -> Floats:
    """Return normal scores of the draws' ranks; ties share theirs."""
    from scipy.special import ndtri

    values, inverse, counts = np.unique(draws, return_inverse=True, return_counts=True)
    if values.size == draws.size:
        ranks = inverse.reshape(draws.shape) + 1.0
    else:
        last = np.cumsum(counts)
        ranks = ((2 * last - counts + 1) / 2)[inverse].reshape(draws.shape)
    return np.asarray(ndtri((ranks - 3 / 8) / (draws.size + 1 / 4)))


def _rhat(split: Floats) -> float:
    n = split.shape[1]
    within = float(split.var(axis=1, ddof=1).mean())
    between = n * float(split.mean(axis=1).var(ddof=1))
    if within == 0:
        return 1.0 if between == 0 else float("inf")
    return float(np.sqrt((between / within + n - 1) / n))


def rhat(draws: Floats) -> float:
    """Return split rank-normalised R-hat, the larger of location's and scale's; 1 is agreement.

    Parameters
    ----------
    draws:
        Shape (M, D), D ≥ 4.
    """
    split = _split(draws)
    folded = np.abs(split - np.median(split))
    return max(_rhat(_ranked(split)), _rhat(_ranked(folded)))


def _autocovariance(chains: Floats) -> Floats:
    n = chains.shape[1]
    size = 2 ** int(np.ceil(np.log2(2 * n)))
    centred = chains - chains.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, size, axis=1)
    return np.asarray(np.fft.irfft(np.abs(spectrum) ** 2, size, axis=1)[:, :n] / n)


def _ess(chains: Floats) -> float:
    """Return the effective draws by Geyer's initial monotone sequence."""
    m, n = chains.shape
    covariance = _autocovariance(chains)
    within = float(covariance[:, 0].mean()) * n / (n - 1)
    pooled = within * (n - 1) / n
    if m > 1:
        pooled += float(chains.mean(axis=1).var(ddof=1))
    if pooled == 0:
        return float(m * n)
    rho = 1 - (within - covariance.mean(axis=0) * n / (n - 1)) / pooled
    rho[0] = 1.0
    even = rho[: n - n % 2].reshape(-1, 2).sum(axis=1)
    stop = np.flatnonzero(even < 0)
    kept = np.minimum.accumulate(even[: stop[0]] if stop.size else even)
    extra = max(0.0, float(rho[2 * kept.size])) if 2 * kept.size < n else 0.0
    tau = -1 + 2 * float(kept.sum()) + extra
    return float(m * n / max(tau, 1 / np.log10(m * n)))


def ess_bulk(draws: Floats) -> float:
    """Return the effective draws of the bulk: those for the mean of normal scores.

    Parameters
    ----------
    draws:
        Shape (M, D), D ≥ 4.
    """
    return _ess(_ranked(_split(draws)))


def ess_tail(draws: Floats) -> float:
    """Return the effective draws of the tails: the fewer of those for the 5 % and 95 % quantiles.

    Parameters
    ----------
    draws:
        Shape (M, D), D ≥ 4.
    """
    low, high = np.quantile(draws, [0.05, 0.95])
    return min(_ess(_split((draws <= q).astype(np.float64))) for q in (low, high))
