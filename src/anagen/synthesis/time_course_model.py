"""The mean and the covariance of a network time course, and one step of each fit.

y_ia(t) = alpha_i + mu_i g_1(t) + d_a g_a(t) + u_ia g_a(t) + e, where g_a is the shape with the
kinetics of treatment a's class, 1 the reference with d_1 = 0, u_ia ~ N(0, tau2/2), so that two
differences within a trial correlate by 1/2, and e ~ N(0, S + omega2 I) with S known. Where all
treatments share their kinetics, alpha_i is 0 and mu_i is counted from the trial's first arm, this
is (mu_i + d_a - d_i1 + u_ia) g(t).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anagen.synthesis.time_course_data import Floats, Visits
from anagen.synthesis.time_course_shapes import curve, slopes

NOISE = 1e-11  # relative: a gain below it is lost in rounding


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A shape with its classes of treatments, priors of kinetics, and what is held at 0.

    `class_of` (N,) numbers the class of each treatment; `centre`, `precision` (C, K) are those of
    the logarithms of the kinetics.
    """

    visits: Visits
    shape: str
    class_of: NDArray[np.intp]
    class_names: tuple[str, ...]
    centre: Floats
    precision: Floats
    sampling: Floats
    has_tau: bool
    has_omega: bool

    @property
    def natural(self) -> int:
        """Place of the first mu_i among the parameters; the intercepts stand before it."""
        return len(self.visits.studies) if self.visits.absolute else 0

    @property
    def effects(self) -> int:
        """Place of the first d_a."""
        return self.natural + len(self.visits.studies)

    @property
    def kinetics(self) -> int:
        """Place of the first kinetic parameter."""
        return self.effects + len(self.visits.treatments) - 1

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return self.kinetics + self.centre.size

    def log_kinetics(self, beta: Floats) -> Floats:
        """Return the logarithms of the kinetics, shape (C, K)."""
        return beta[self.kinetics :].reshape(self.centre.shape)

    def size_of(self, beta: Floats, treatment: int) -> float:
        """Return d of a treatment, 0 for the reference."""
        return 0.0 if treatment == 0 else float(beta[self.effects + treatment - 1])


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The model around a point: mean (A, T), slopes (A, T, P), and g of each arm (A, T)."""

    mean: Floats
    slope: Floats
    g: Floats


def linear(model: Model, beta: Floats) -> Linear:
    """Return the means and their slopes by every parameter."""
    v = model.visits
    kinetics = model.log_kinetics(beta)
    a_count, width = v.weeks.shape
    mean, g = np.zeros((a_count, width)), np.zeros((a_count, width))
    slope = np.zeros((a_count, width, model.size))
    k = model.centre.shape[1]
    for a in range(a_count):
        there, i, treatment = v.seen[a], int(v.study[a]), int(v.treatment[a])
        t, c, c0 = v.weeks[a, there], int(model.class_of[treatment]), int(model.class_of[0])
        g0 = curve(model.shape, t, kinetics[c0], v.sessions[0])
        ga = curve(model.shape, t, kinetics[c], v.sessions[treatment])
        mu, d = beta[model.natural + i], model.size_of(beta, treatment)
        g[a, there] = ga
        row = np.zeros((t.size, model.size))
        if v.absolute:
            row[:, i] = 1.0
        row[:, model.natural + i] = g0
        if treatment:
            row[:, model.effects + treatment - 1] = ga
        at = model.kinetics
        row[:, at + c0 * k : at + (c0 + 1) * k] += mu * slopes(
            model.shape, t, kinetics[c0], v.sessions[0]
        )
        row[:, at + c * k : at + (c + 1) * k] += d * slopes(
            model.shape, t, kinetics[c], v.sessions[treatment]
        )
        slope[a, there] = row
        mean[a, there] = mu * g0 + d * ga + (beta[i] if v.absolute else 0.0)
    return Linear(mean=mean, slope=slope, g=g)


def patterns(model: Model, g: Floats) -> list[Floats]:
    """Return the slope of each arm's covariance by tau2 and by omega2, shape (A, T, T) each."""
    places = np.arange(g.shape[1])
    noise = np.zeros((*g.shape, g.shape[1]))
    noise[:, places, places] = model.visits.seen
    return [g[:, :, None] * g[:, None, :] / 2, noise]


def whole_covariance(model: Model, g: Floats, theta: Floats) -> Floats:
    """Return each arm's covariance under theta = (tau2, omega2), shape (A, T, T)."""
    by_tau, by_omega = patterns(model, g)
    return np.asarray(model.sampling + theta[0] * by_tau + theta[1] * by_omega)


def penalty(model: Model) -> Floats:
    """Return the prior precision of every parameter, shape (P,); 0 but for the kinetics."""
    found = np.zeros(model.size)
    found[model.kinetics :] = model.precision.ravel()
    return found


def prior_mean(model: Model) -> Floats:
    """Return the prior mean of every parameter, shape (P,)."""
    found = np.zeros(model.size)
    found[model.kinetics :] = model.centre.ravel()
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """The parts of a fit at one point: weights, information (P, P) and its inverse."""

    w: Floats
    wj: Floats
    information: Floats
    covariance: Floats


def weighted(model: Model, at: Linear, theta: Floats) -> Weighted:
    """Return the weights and the information of all parameters under theta.

    A parameter that no visit informs (the natural course of a trial seen before its lag, say) gets
    information 1, so that it stays where it is and touches nothing.
    """
    w = np.asarray(np.linalg.inv(whole_covariance(model, at.g, theta)), dtype=np.float64)
    wj = w @ at.slope
    information = np.einsum("atp,atq->pq", at.slope, wj, optimize=True)
    information[np.diag_indices(model.size)] += penalty(model)
    idle = np.flatnonzero(np.diag(information) == 0)
    information[idle, idle] = 1.0
    scale = 1 / np.sqrt(np.diag(information))
    inverse = np.linalg.inv(information * scale[:, None] * scale) * scale[:, None] * scale
    return Weighted(w=w, wj=wj, information=information, covariance=inverse)


def criterion(model: Model, at: Linear, theta: Floats, beta: Floats) -> float:
    """Return the Laplace approximation of the restricted log-likelihood, up to a constant."""
    parts = weighted(model, at, theta)
    r = np.where(model.visits.seen, model.visits.means - at.mean, 0.0)
    off = beta - prior_mean(model)
    fit = np.einsum("at,atu,au->", r, parts.w, r) + penalty(model) @ off**2
    spread = np.linalg.slogdet(parts.information)[1] - np.linalg.slogdet(parts.w)[1].sum()
    return float(-0.5 * (fit + spread))


def misfit(model: Model, at: Linear, w: Floats, beta: Floats) -> float:
    """Return the penalised weighted sum of squares that the means minimise."""
    r = np.where(model.visits.seen, model.visits.means - at.mean, 0.0)
    off = beta - prior_mean(model)
    return float(np.einsum("at,atu,au->", r, w, r) + penalty(model) @ off**2)


def _pull(model: Model, at: Linear, parts: Weighted, beta: Floats) -> Floats:
    """Return minus half the slope of the misfit by every parameter, shape (P,)."""
    r = np.where(model.visits.seen, model.visits.means - at.mean, 0.0)
    fit = np.einsum("atp,at->p", at.slope, np.einsum("atu,au->at", parts.w, r))
    return np.asarray(fit - penalty(model) * (beta - prior_mean(model)))


def mean_step(model: Model, at: Linear, parts: Weighted, beta: Floats) -> tuple[Floats, Linear]:
    """Return the parameters after one Gauss-Newton step, shortened where it overshoots.

    Where the curve bends more than its slopes tell, full steps swing about the best fit for ever; a
    secant along the step ends that.
    """
    pull = _pull(model, at, parts, beta)
    step = parts.covariance @ pull
    largest = np.abs(step[model.kinetics :]).max(initial=0.0)
    step = step / max(1.0, float(largest))  # no kinetic moves by more than a factor e at once
    before = misfit(model, at, parts.w, beta)
    for _ in range(30):
        moved = linear(model, beta + step)
        ahead, behind = float(pull @ step), float(_pull(model, moved, parts, beta + step) @ step)
        if behind < -0.1 * ahead:
            step = step * (ahead / (ahead - behind))
            moved = linear(model, beta + step)
        gain = before - misfit(model, moved, parts.w, beta + step)
        if gain >= 0.1 * ahead or abs(gain) <= NOISE * before:
            return beta + step, moved
        step = step / 2
    return beta, at


def variance_step(model: Model, at: Linear, theta: Floats, beta: Floats) -> Floats:
    """Return tau2 and omega2 after one step of Fisher scoring on the restricted likelihood.

    References
    ----------
    Harville (1977), Journal of the American Statistical Association 72:320-338.
    """
    parts = weighted(model, at, theta)
    score, information = _scores(model, at, parts)
    free = np.array([model.has_tau, model.has_omega]) & ~((theta <= 0) & (score <= 0))
    if not free.any():
        return theta
    step = np.zeros(2)
    step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
    before = criterion(model, at, theta, beta)
    for _ in range(30):
        moved = np.maximum(theta + step, 0.0)
        if criterion(model, at, moved, beta) >= before - 1e-12 * abs(before):
            return moved
        step = step / 2
    return theta


def _scores(model: Model, at: Linear, parts: Weighted) -> tuple[Floats, Floats]:
    r = np.where(model.visits.seen, model.visits.means - at.mean, 0.0)
    wr = np.einsum("atu,au->at", parts.w, r)
    shapes = patterns(model, at.g)
    c = parts.covariance
    wd = [parts.w @ d for d in shapes]
    dwj = [d @ parts.wj for d in shapes]
    m = [c @ np.einsum("atp,atq->pq", parts.wj, x, optimize=True) for x in dwj]
    score, information = np.zeros(2), np.zeros((2, 2))
    for k in range(2):
        fit = np.einsum("at,atu,au->", wr, shapes[k], wr)
        score[k] = (fit - np.einsum("att->", wd[k]) + np.trace(m[k])) / 2
        for j in range(2):
            twice = np.einsum("atp,atq->pq", dwj[k], parts.w @ dwj[j], optimize=True)
            information[k, j] = (
                np.einsum("atu,aut->", wd[k], wd[j])
                - 2 * np.einsum("pq,qp->", c, twice)
                + np.einsum("pq,qp->", m[k], m[j])
            ) / 2
    return score, information
