"""A network as N independent rows, and the between-study variance of such rows.

The heterogeneity of a study's q contrasts is tau2 R with R = (I + J)/2. With R = CC' and the
eigenvectors U of C⁻¹VC⁻ᵀ, the contrasts U'C⁻¹y are independent with variances d + tau2, whatever
tau2 is. So a network of multi-arm studies is a regression with N = Σq independent rows.
"""

import math
from dataclasses import dataclass

import numpy as np

from anagen.errors import ConvergenceError, InputError
from anagen.synthesis.network.build import Array, Index, Network

MAX_STEPS = 100
TOLERANCE = 1e-13  # relative; the score is smooth, so machine accuracy is reached in a few steps


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Effects `y` (N,) = `x` (N, p) times parameters, with variances `d` (N,) + tau2.

    `study` (N,) is the position of the study and `log_scale` the logarithm of the determinant that
    the change of basis takes from the likelihood.
    """

    x: Array
    y: Array
    d: Array
    study: Index
    log_scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Least squares with weights `w`: coefficients, their covariance, and the residuals."""

    w: Array
    coefficient: Array
    covariance: Array
    residual: Array
    rank: int

    @property
    def q(self) -> float:
        """The weighted sum of squared residuals."""
        return float(self.w @ self.residual**2)


def rows_of(network: Network) -> Rows:
    """Return the rows of a network; `x` (N, n) takes the difference of treatments."""
    n = len(network.treatments)
    xs, ys, ds, studies, log_scale = [], [], [], [], 0.0
    for block in network.blocks:
        s, q = block.y.shape
        c = np.linalg.cholesky((np.eye(q) + 1) / 2)
        half = np.linalg.inv(c)
        d, u = np.linalg.eigh(half @ block.v @ half.T)
        turn = np.swapaxes(u, 1, 2) @ half
        x = np.zeros((s, q, n))
        at, row = np.arange(s)[:, None, None], np.arange(q)[None, :, None]
        x[at, row, block.arms[:, None, 1:]] = turn
        x[at, row, block.arms[:, None, :1]] = -turn.sum(axis=2, keepdims=True)
        xs.append(x.reshape(-1, n))
        ys.append((turn @ block.y[:, :, None]).reshape(-1))
        ds.append(d.reshape(-1))
        studies.append(np.repeat(block.study, q))
        log_scale += 2 * s * float(np.log(np.diagonal(c)).sum())
    return Rows(
        np.concatenate(xs), np.concatenate(ys), np.concatenate(ds),
        np.concatenate(studies), log_scale,
    )  # fmt: skip


def grounded(rows: Rows) -> Rows:
    """Return the rows without the column of the first treatment, which is the origin."""
    return Rows(rows.x[:, 1:], rows.y, rows.d, rows.study, rows.log_scale)


def solve(rows: Rows, tau2: float) -> Solution:
    """Fit rows whose columns are independent.

    Raises
    ------
    InputError
        If the variances differ by more than the arithmetic can hold.
    """
    w = 1 / (rows.d + tau2)
    xw = rows.x.T * w
    try:
        covariance = np.linalg.inv(xw @ rows.x)
    except np.linalg.LinAlgError:
        raise InputError(
            "the standard errors of the network lie too far apart to be weighed together; leave "
            "out the studies that tell next to nothing"
        ) from None
    covariance = (covariance + covariance.T) / 2
    coefficient = covariance @ (xw @ rows.y)
    residual = rows.y - rows.x @ coefficient
    return Solution(w, coefficient, covariance, residual, rows.x.shape[1])


def moment_tau2(rows: Rows) -> float:
    """Return the generalised DerSimonian–Laird variance.

    References
    ----------
    Jackson, White & Riley (2012), Statistics in Medicine 31:3805-3820.
    """
    fit = solve(rows, 0.0)
    df = rows.y.size - fit.rank
    squared = (rows.x.T * fit.w**2) @ rows.x
    trace = fit.w.sum() - float((fit.covariance * squared).sum())
    return max(0.0, (fit.q - df) / trace) if df > 0 and trace > 0 else 0.0


def score(rows: Rows, tau2: float, *, restricted: bool) -> tuple[float, float]:
    """Return twice the score of tau2 and twice its expected information."""
    fit = solve(rows, tau2)
    w2 = fit.w**2
    value = float(w2 @ fit.residual**2 - fit.w.sum())
    information = float(w2.sum())
    if restricted:
        m2 = fit.covariance @ ((rows.x.T * w2) @ rows.x)
        m3 = (rows.x.T * (w2 * fit.w)) @ rows.x
        value += float(np.trace(m2))
        information += float((m2 * m2.T).sum() - 2 * (fit.covariance * m3).sum())
    return value, information


def log_likelihood(rows: Rows, tau2: float, *, restricted: bool) -> float:
    """Return the log-likelihood of the contrasts of all studies at tau2.

    The restricted one leaves out ½ log|X'X|, which depends on the arm each study is written
    against and not on the model.
    """
    fit = solve(rows, tau2)
    size = rows.y.size - (fit.rank if restricted else 0)
    value = -size * math.log(2 * math.pi) - rows.log_scale + float(np.log(fit.w).sum()) - fit.q
    if restricted:
        value += float(np.linalg.slogdet(fit.covariance)[1])
    return value / 2


def likelihood_tau2(rows: Rows, *, restricted: bool) -> float:
    """Return the variance that maximises the (restricted) likelihood, 0 or above.

    Fisher scoring from the moment estimate; where its steps do not settle, the root of the score
    is bracketed. A maximum above 0 is kept only where it is not below that at 0.

    Raises
    ------
    ConvergenceError
        If there is no maximum.

    References
    ----------
    Viechtbauer (2005), Journal of Educational and Behavioral Statistics 30:261-293.
    """
    if rows.y.size <= rows.x.shape[1]:
        return 0.0
    start = moment_tau2(rows) or float(np.median(rows.d))
    tau2 = start
    for _ in range(MAX_STEPS):
        value, information = score(rows, tau2, restricted=restricted)
        new = max(0.0, tau2 + value / information)
        if abs(new - tau2) <= TOLERANCE * (new + float(rows.d.min())):
            return _not_below_zero(rows, new, restricted=restricted)
        tau2 = new
    return _not_below_zero(rows, _root(rows, start, restricted=restricted), restricted=restricted)


def _not_below_zero(rows: Rows, tau2: float, *, restricted: bool) -> float:
    if tau2 == 0:
        return 0.0
    at_zero = log_likelihood(rows, 0.0, restricted=restricted)
    return tau2 if log_likelihood(rows, tau2, restricted=restricted) >= at_zero else 0.0


def _root(rows: Rows, start: float, *, restricted: bool) -> float:
    from scipy.optimize import brentq

    def slope(tau2: float) -> float:
        return score(rows, tau2, restricted=restricted)[0]

    if slope(0.0) <= 0:
        return 0.0
    high = max(start, float(rows.d.max()))
    for _ in range(MAX_STEPS):
        if slope(high) < 0:
            return float(brentq(slope, 0.0, high, xtol=1e-300, rtol=1e-14))
        high *= 2
    raise ConvergenceError(
        "the between-study variance of the network has no maximum; look at the effects and their "
        "standard errors"
    )
