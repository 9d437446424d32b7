"""The search for the maximum of a restricted likelihood, with bounds reached exactly."""

from itertools import product

import numpy as np

from anagen.errors import ConvergenceError
from anagen.synthesis.random_terms import free_of
from anagen.synthesis.restricted_likelihood import (
    Fitted,
    Method,
    Problem,
    least_squares,
    point,
    slope,
)
from anagen.synthesis.sampling_covariance import Array

MAX_STEPS = 200
POLISH_STEPS = 30
POLISHED = 1e-20  # gain that a step promises, where no digit of any result would move
GAIN = 1e-13  # relative gain in log likelihood below which steps stop
LONGEST = 2.0  # in log variance or Fisher's z: one step at most multiplies a variance by e²
NEAR_BOUND = 3.0  # in Fisher's z: a correlation of 0.995
SAME = 1e-6  # log likelihoods closer than this are one maximum
START_SHARES = (1.0, 0.05)
START_CORRELATIONS = (0.5, -0.4)


def _starts(problem: Problem, y: Array, x: Array) -> list[Array]:
    """Return points to start from: the variance that V does not explain, shared out in two ways."""
    e = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    known = sum(float(np.trace(b.v, axis1=1, axis2=2).sum()) for b in problem.bins) / problem.k
    scatter = float(e @ e) / (problem.k - problem.p)
    spare = max(scatter - known, 0.1 * scatter, 1e-3 * known) / max(1, len(problem.terms))
    starts = []
    for share, r in product(START_SHARES, START_CORRELATIONS):
        theta: list[float] = []
        for term in problem.terms:
            theta += [float(np.log(share * spare))] * term.variances
            inside = max(r, 0.7 * term.least_correlation, 0.1 if term.structure == "CAR" else -1)
            theta += [free_of(term, inside) for _ in range(term.correlations)]
        starts.append(np.array(theta))
    has_r = any(term.correlations for term in problem.terms)
    return starts if has_r else starts[:: len(START_CORRELATIONS)]


def _value(fitted: Fitted, method: Method) -> float:
    return fitted.loglik_reml if method == "REML" else fitted.loglik_ml


def _ascend(
    problem: Problem, theta: Array, held: dict[int, float], method: Method
) -> tuple[float, Array]:
    """Climb to a maximum by Fisher scoring with halved steps; `held` parameters stay.

    References
    ----------
    Jennrich & Sampson (1976), Technometrics 18:11-17.
    """
    free = np.array([j for j in range(theta.size) if j not in held], dtype=np.intp)
    here = least_squares(problem, point(problem.terms, theta, held))
    if here is None:
        return -np.inf, theta
    value = _value(here[0], method)
    damping = 0.0
    for _ in range(MAX_STEPS if free.size else 0):
        gradient, information = slope(problem, *here, method)
        step, gain = _step(gradient[free], information[np.ix_(free, free)], damping)
        if gain <= GAIN * (1 + abs(value)):
            break
        for halving in range(30):
            trial = theta.copy()
            trial[free] += step * 0.5**halving
            there = least_squares(problem, point(problem.terms, trial, held))
            if there is not None and _value(there[0], method) > value:
                break
        else:
            if damping > 1:
                break
            damping = 10 * damping + 0.01
            continue
        damping = damping / 10 if halving == 0 else damping + 0.01 * halving
        theta, here, value = trial, there, _value(there[0], method)
    return _polish(problem, theta, held, method)


def _polish(
    problem: Problem, theta: Array, held: dict[int, float], method: Method
) -> tuple[float, Array]:
    """Go on where the likelihood no longer tells steps apart, as long as its slope still falls."""
    free = np.array([j for j in range(theta.size) if j not in held], dtype=np.intp)
    last, best, value = np.inf, theta, -np.inf
    for _ in range(POLISH_STEPS):
        here = least_squares(problem, point(problem.terms, theta, held))
        if here is None:
            break
        gain = 0.0
        if free.size:
            gradient, information = slope(problem, *here, method)
            step, gain = _step(gradient[free], information[np.ix_(free, free)], 0.0)
        if gain >= last and np.isfinite(value):
            break
        last, best, value = gain, theta, _value(here[0], method)
        if gain <= POLISHED:
            break
        theta = theta.copy()
        theta[free] += step
    return value, best


def _step(gradient: Array, information: Array, damping: float) -> tuple[Array, float]:
    """Return a damped scoring step of bounded length, and the gain that it promises."""
    diagonal = np.diagonal(information)
    ridge = damping * diagonal + 1e-12 * max(float(diagonal.max()), 1e-300)
    try:
        step = np.linalg.solve(information + np.diag(ridge), gradient)
    except np.linalg.LinAlgError:
        step = gradient / np.maximum(ridge + diagonal, 1e-300)
    step = np.clip(step, -LONGEST, LONGEST)
    return step, float(step @ gradient)


def _bounds(problem: Problem, theta: Array, held: dict[int, float]) -> list[tuple[int, float]]:
    """Return the bounds that a maximum may lean on: a variance of 0, a correlation at its end."""
    scale = sum(float(np.trace(b.v, axis1=1, axis2=2).sum()) for b in problem.bins) / problem.k
    found: list[tuple[int, float]] = []
    at, small = 0, np.log(1e-3 * scale)
    for term in problem.terms:
        middle = at + term.variances
        found += [(j, 0.0) for j in range(at, middle) if j not in held and theta[j] < small]
        at = middle + term.correlations
        found += [
            (j, 1.0 if theta[j] > 0 else term.least_correlation)
            for j in range(middle, at)
            if j not in held and abs(theta[j]) > NEAR_BOUND
        ]
    return found


def _to_bounds(
    problem: Problem, value: float, theta: Array, method: Method
) -> tuple[float, Array, dict[int, float]]:
    """Put parameters on a bound one by one where the likelihood is no lower there."""
    held: dict[int, float] = {}
    moved = True
    while moved:
        moved = False
        for j, bound in _bounds(problem, theta, held):
            trial, there = _ascend(problem, theta, {**held, j: bound}, method)
            if trial >= value - 1e-9 * (1 + abs(value)):
                held, value, theta, moved = {**held, j: bound}, trial, there, True
                break
    return value, theta, held


def maximise(
    problem: Problem, y: Array, x: Array, method: Method
) -> tuple[Array, dict[int, float], list[str]]:
    """Return the best maximum: parameters, those held at a bound, and what to caution about.

    Parameters
    ----------
    problem:
        The data in blocks, with random terms.
    y, x:
        The same effects and design in one piece, for points to start from.
    method:
        Which likelihood.

    Raises
    ------
    ConvergenceError
        If the likelihood has no finite value at any start.
    """
    ends = []
    for start in _starts(problem, y, x):
        value, theta = _ascend(problem, start, {}, method)
        if np.isfinite(value):
            ends.append(_to_bounds(problem, value, theta, method))
    if any(held for _, _, held in ends):
        ends += _from_bounds(problem, _starts(problem, y, x), method)
    if not ends:
        raise ConvergenceError(
            "no maximum of the likelihood was found; take a structure with fewer parameters"
        )
    best = max(ends, key=lambda end: end[0])
    worse = [end[0] for end in ends if end[0] < best[0] - SAME]
    cautions = [] if not worse else [
        f"{len(worse)} of {len(ends)} starts ended at a lower maximum: the surface is uneven"
    ]  # fmt: skip
    return best[1], best[2], cautions


def _from_bounds(
    problem: Problem, starts: list[Array], method: Method
) -> list[tuple[float, Array, dict[int, float]]]:
    """Climb anew with each correlation at each of its ends: ridges there are missed from within."""
    found, at = [], 0
    for term in problem.terms:
        at += term.variances
        for j in range(at, at + term.correlations):
            for end, start in product((term.least_correlation, 1.0), starts[:: len(starts) // 2]):
                value, theta = _ascend(problem, start, {j: end}, method)
                if np.isfinite(value):
                    found.append((value, theta, {j: end}))
        at += term.correlations
    return found
