"""Bayesian pooling without simulation: quadrature over tau, with mu and the studies in closed form.

Model: y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau²), mu flat or normal, tau by a stated prior. Given
tau all is normal, so every posterior is a mixture over one dimension.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.weighted import Array, check_level, checked

NODES = 10  # of each panel: smooth integrands reach machine accuracy
PANELS = 32
DEPTH = 34.0  # natural logarithms below the peak at which the posterior ends: 2e-15
CORE = 12.0
LOOK = 161


class HalfNormal(Record, tag="half_normal"):
    """tau = |N(0, scale²)|."""

    scale: float

    def log_density(self, tau: Array) -> Array:
        """Return the log density at each tau."""
        constant = 0.5 * math.log(2 / math.pi) - math.log(self.scale)
        result: Array = constant - 0.5 * (tau / self.scale) ** 2
        return result


class HalfCauchy(Record, tag="half_cauchy"):
    """tau = |Cauchy(0, scale)|."""

    scale: float

    def log_density(self, tau: Array) -> Array:
        """Return the log density at each tau."""
        constant = math.log(2 / math.pi) - math.log(self.scale)
        result: Array = constant - np.log1p((tau / self.scale) ** 2)
        return result


class Exponential(Record, tag="exponential"):
    """tau is exponential with mean `scale`."""

    scale: float

    def log_density(self, tau: Array) -> Array:
        """Return the log density at each tau."""
        result: Array = -math.log(self.scale) - tau / self.scale
        return result


class Uniform(Record, tag="uniform"):
    """tau lies anywhere between 0 and `scale`."""

    scale: float

    def log_density(self, tau: Array) -> Array:
        """Return the log density at each tau up to `scale`."""
        result: Array = np.full_like(tau, -math.log(self.scale))
        return result


Prior = HalfNormal | HalfCauchy | Exponential | Uniform


class NormalPrior(Record):
    """A normal prior of the mean effect."""

    mean: float
    sd: float


class Posterior(Record):
    """A posterior by its mean, standard deviation and quantiles at the record's levels.

    A moment that a heavy-tailed prior leaves without a value is None.
    """

    mean: float | None
    sd: float | None
    quantiles: tuple[float, ...]


class ExactBayes(Record):
    """The posterior of the mean effect, of tau and of a new study; studies shrunk to the mean.

    `above_*` are probabilities to exceed `threshold`; `low` and `high` bound the mean effect.
    """

    levels: tuple[float, ...]
    level: float
    low: float
    high: float
    mu: Posterior
    tau: Posterior
    predictive: Posterior
    threshold: float
    above_mu: float
    above_predictive: float
    shrunken: tuple[float, ...]
    shrunken_sd: tuple[float, ...]
    log_marginal_likelihood: float


class _Model(NamedTuple):
    y: Array
    v: Array
    prior: Prior
    mean: float
    precision: float  # of mu's prior; 0 is flat
    longest: float = math.inf

    def conditional(self, tau: Array) -> tuple[Array, Array, Array]:
        """Return log(likelihood x prior), and mu's mean and variance, at each tau."""
        w = 1 / (self.v + (tau * tau)[:, None])
        total = w.sum(axis=1) + self.precision
        mu = (w @ self.y + self.precision * self.mean) / total
        square = (w * (self.y - mu[:, None]) ** 2).sum(axis=1)
        square += self.precision * (mu - self.mean) ** 2
        log = 0.5 * (np.log(w).sum(axis=1) - np.log(total) - square)
        count = self.y.size - (0 if self.precision else 1)
        log += 0.5 * (math.log(self.precision) if self.precision else 0.0)
        log += self.prior.log_density(tau) - 0.5 * count * math.log(2 * math.pi)
        return log, mu, 1 / total


class _Grid(NamedTuple):
    tau: Array
    weight: Array  # posterior mass of each node
    mu: Array
    mu_variance: Array
    edges: Array  # of the panels, in log tau
    log_evidence: float


def _ends(model: _Model) -> tuple[float, float]:
    """Return log tau where a search for the posterior begins and ends."""
    width = max(float(np.ptp(model.y)), math.sqrt(float(model.v.max())), model.prior.scale)
    end = model.prior.scale if isinstance(model.prior, Uniform) else 1e9 * width
    high = math.log(min(end, model.longest))
    least = min(math.sqrt(float(model.v.min())), model.prior.scale)
    return min(math.log(least), high) - DEPTH, high


def _edges(model: _Model) -> Array:
    """Return panel edges in log tau: narrow where the posterior is high, wide in its tails."""
    low, high = _ends(model)
    for _ in range(12):  # each look at a narrow peak widens it up to eightyfold
        u = np.linspace(low, high, LOOK)
        log = model.conditional(np.exp(u))[0] + u
        peak, step = float(log.max()), float(u[1] - u[0])
        inside = u[log > peak - DEPTH]
        low, high = max(low, float(inside[0]) - step), min(high, float(inside[-1]) + step)
        core = u[log > peak - CORE]
        middle = max(low, float(core[0]) - step), min(high, float(core[-1]) + step)
        if core.size > LOOK // 8 or step < 1e-14 * (1 + abs(low)):
            break
    parts = [np.linspace(*middle, PANELS + 1)]
    if low < middle[0]:
        parts.insert(0, np.linspace(low, middle[0], PANELS // 4 + 1)[:-1])
    if middle[1] < high:
        parts.append(np.linspace(middle[1], high, PANELS // 4 + 1)[1:])
    return np.unique(np.concatenate(parts))


_RULE = np.polynomial.legendre.leggauss(NODES)


def _grid(model: _Model) -> _Grid:
    edges = _edges(model)
    half = np.diff(edges) / 2
    u = (edges[:-1] + half)[:, None] + half[:, None] * _RULE[0]
    tau = np.exp(u.ravel())
    log, mu, variance = model.conditional(tau)
    log += u.ravel() + np.log((half[:, None] * _RULE[1]).ravel())
    peak = float(log.max())
    mass = np.exp(log - peak)
    total = float(mass.sum())
    return _Grid(tau, mass / total, mu, variance, edges, peak + math.log(total))


def _mixture_quantiles(weight: Array, mean: Array, sd: Array, levels: Array) -> Array:
    """Return quantiles of a mixture of normals by Newton's steps inside a bracket."""
    from scipy.special import ndtr, ndtri

    keep = weight > 1e-17
    weight, mean, sd = weight[keep], mean[keep], sd[keep]
    z = ndtri(levels)[:, None]
    low, high = (mean + sd * z).min(axis=1), (mean + sd * z).max(axis=1)
    x = (mean + sd * z) @ weight / weight.sum()
    for _ in range(100):
        scaled = (x[:, None] - mean) / sd
        short = levels - ndtr(scaled) @ weight
        density = np.exp(-0.5 * np.minimum(scaled**2, 1400)) @ (weight / sd)
        low, high = np.where(short > 0, x, low), np.where(short > 0, high, x)
        new = x + short * math.sqrt(2 * math.pi) / np.maximum(density, 1e-300)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        settled = np.abs(new - x) <= 1e-12 * (np.abs(x) + sd.min())
        x = new
        if settled.all():
            break
    result: Array = x
    return result


def _tau_quantiles(model: _Model, grid: _Grid, levels: Array) -> Array:
    """Return quantiles of tau: find the panel by its mass, then integrate within it."""
    panels = np.concatenate([[0.0], np.cumsum(grid.weight.reshape(-1, NODES).sum(axis=1))])
    at = np.clip(np.searchsorted(panels, levels) - 1, 0, panels.size - 2)
    left, low, high = grid.edges[at], grid.edges[at], grid.edges[at + 1]
    x = (low + high) / 2
    for _ in range(60):
        half = (x - left) / 2
        u = (left + half)[:, None] + half[:, None] * _RULE[0]
        u = np.column_stack([u, x])
        log = model.conditional(np.exp(u.ravel()))[0].reshape(u.shape) + u
        density = np.exp(np.minimum(log - grid.log_evidence, 700))
        short = levels - panels[at] - half * (density[:, :-1] @ _RULE[1])
        low, high = np.where(short > 0, x, low), np.where(short > 0, high, x)
        new = x + short / np.maximum(density[:, -1], 1e-300)
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        settled = np.abs(new - x) <= 1e-11
        x = new
        if settled.all():
            break
    result: Array = np.exp(x)
    return result


def _posterior(
    mean: Array, variance: Array, weight: Array, quantiles: Array, finite: int
) -> Posterior:
    """Return a posterior from its parts' means and variances; `finite` moments exist."""
    centre = float(weight @ mean)
    spread = math.sqrt(float(weight @ (variance + (mean - centre) ** 2)))
    return Posterior(
        mean=centre if finite >= 1 else None,
        sd=spread if finite >= 2 else None,
        quantiles=tuple(quantiles.tolist()),
    )


def _finite_moments(model: _Model) -> int:
    """Return how many moments of tau exist: tau^-(k-1) meets the tail of the prior."""
    if not isinstance(model.prior, HalfCauchy) or model.longest < math.inf:
        return 9
    return int(model.y.size) - (0 if model.precision else 1)


def _model(data: tuple[Array, Array], prior: Prior, mu_prior: NormalPrior | None) -> _Model:
    if not (math.isfinite(prior.scale) and prior.scale > 0):
        raise InputError(f"the prior of tau has scale {prior.scale}; give a number above 0")
    if mu_prior is None:
        return _Model(*data, prior, 0.0, 0.0)
    if not (math.isfinite(mu_prior.mean) and 0 < mu_prior.sd < math.inf):
        raise InputError(
            f"the prior of the mean is N({mu_prior.mean}, {mu_prior.sd}²); give a finite mean and "
            "a standard deviation above 0"
        )
    return _Model(*data, prior, mu_prior.mean, mu_prior.sd**-2)


def exact_bayes(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    prior: Prior,
    mu_prior: NormalPrior | None = None,
    level: float = 0.95,
    levels: tuple[float, ...] = (0.025, 0.5, 0.975),
    threshold: float = 0.0,
    longest_tau: float | None = None,
) -> ExactBayes:
    """Return the posterior of a normal-normal hierarchical model, exact to quadrature.

    Parameters
    ----------
    effects:
        Shape (k,), k ≥ 1, in one unit.
    variances:
        Sampling variances, shape (k,); above 0.
    prior:
        Of tau, with its scale in the unit of the effects.
    mu_prior:
        Of the mean effect; None is flat.
    level:
        Of the interval of the mean effect.
    levels:
        At which quantiles are given.
    threshold:
        The effect to exceed.
    longest_tau:
        Where the integral over tau ends; by default where nothing is left.

    Raises
    ------
    InputError
        If a number cannot be used.

    References
    ----------
    Röver (2020), Journal of Statistical Software 93(6):1-51.
    """
    from scipy.special import ndtr

    check_level(level)
    if not all(0 < at < 1 for at in levels):
        raise InputError(f"levels of quantiles lie between 0 and 1, got {levels}; give 0.025, 0.5")
    if not math.isfinite(threshold):
        raise InputError(f"the threshold is {threshold}; give a finite effect")
    data = checked(effects, variances)
    model = _model((data.y, data.v), prior, mu_prior)
    if longest_tau is not None:
        if not longest_tau > 0:
            raise InputError(f"the longest tau is {longest_tau}; give a number above 0")
        model = model._replace(longest=longest_tau)
    grid = _grid(model)
    weight, mu, variance, tau = grid.weight, grid.mu, grid.mu_variance, grid.tau
    finite = _finite_moments(model)
    asked = np.array([*levels, (1 - level) / 2, (1 + level) / 2])
    sd, new_sd = np.sqrt(variance), np.sqrt(variance + tau**2)
    mu_q = _mixture_quantiles(weight, mu, sd, asked)
    new_q = _mixture_quantiles(weight, mu, new_sd, asked[:-2])
    tau_q = _tau_quantiles(model, grid, asked[:-2])
    pull = tau[:, None] ** 2 / (tau[:, None] ** 2 + data.v)
    each = pull * data.y + (1 - pull) * mu[:, None]
    centre = weight @ each
    each_variance = pull * data.v + (1 - pull) ** 2 * variance[:, None] + (each - centre) ** 2
    return ExactBayes(
        levels=levels,
        level=level,
        low=float(mu_q[-2]),
        high=float(mu_q[-1]),
        mu=_posterior(mu, variance, weight, mu_q[:-2], finite),
        tau=_posterior(tau, np.zeros_like(tau), weight, tau_q, finite),
        predictive=_posterior(mu, new_sd**2, weight, new_q, finite),
        threshold=threshold,
        above_mu=min(1.0, float(weight @ ndtr((mu - threshold) / sd))),
        above_predictive=min(1.0, float(weight @ ndtr((mu - threshold) / new_sd))),
        shrunken=tuple(centre.tolist()),
        shrunken_sd=tuple(np.sqrt(weight @ each_variance).tolist()),
        log_marginal_likelihood=grid.log_evidence,
    )
