"""Dependent effects: y ~ N(Xb, V + Z G Z'), V known and G estimated; k effects, p coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import ConvergenceError, InputError
from anagen.frozen import Record
from anagen.synthesis.random_terms import RandomTerm, free_of
from anagen.synthesis.restricted_likelihood import (
    Fitted,
    Method,
    Point,
    Problem,
    cut,
    least_squares,
    point,
    slope,
)
from anagen.synthesis.sampling_covariance import Array, SamplingCovariance

MAX_STEPS = 200
POLISH_STEPS = 30
POLISHED = 1e-20  # gain that a step promises, where no digit of any result would move
GAIN = 1e-13  # relative gain in log likelihood below which steps stop
LONGEST = 2.0  # in log variance or Fisher's z: one step at most multiplies a variance by e²
SAME = 1e-6  # log likelihoods closer than this are one maximum
START_SHARES = (1.0, 0.05)
START_CORRELATIONS = (0.5, -0.4)
Test = Literal["z", "t"]


class Component(Record):
    """The estimated variances and correlations of one random term, by level; correlations of UN
    run along the rows of its upper triangle. `at_bound` names what stands at a bound."""  # noqa: D205, D209

    name: str
    structure: str
    variances: list[float]
    correlations: list[float]
    at_bound: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class MultivariateFit:
    """The coefficients and variance components of a multivariate model, with its tests.

    `statistic` is z, or t with `df` degrees of freedom; `q_m` is then chi-squared, or F with
    (`q_m_df`, least of `df`). `cautions` say in words what the analyst should know.
    """

    method: Method
    test: Test
    k: int
    coefficients: Array
    se: Array
    statistic: Array
    df: Array | None
    p: Array
    low: Array
    high: Array
    vcov: Array
    components: tuple[Component, ...]
    q_e: float
    q_e_df: int
    q_e_p: float
    q_m: float
    q_m_df: int
    q_m_p: float
    loglik_reml: float
    loglik_ml: float
    level: float
    cautions: tuple[str, ...]
    problem: Problem
    point: Point


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Mean effects at new rows of X, with intervals for the mean and for the effect of one study.

    The second pair is none where no between-study variance was given.
    """

    mean: Array
    se: Array
    low: Array
    high: Array
    study_low: Array | None
    study_high: Array | None


def _design(y: ArrayLike, x: ArrayLike, v: SamplingCovariance) -> tuple[Array, Array]:
    effects, design = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    if design.ndim == 1:
        design = design[:, None]
    if effects.ndim != 1 or design.ndim != 2 or not effects.size == design.shape[0] == v.k:
        raise InputError(
            f"the model needs as many effects ({effects.size}) as rows of X "
            f"({design.shape[0]}) and of V ({v.k})"
        )
    if not (np.isfinite(effects).all() and np.isfinite(design).all()):
        raise InputError("effects and X must be finite numbers; leave incomplete rows out")
    k, p = design.shape
    if p == 0 or np.linalg.matrix_rank(design) < p:
        raise InputError("the columns of X do not tell their coefficients apart; leave one out")
    if k <= p:
        raise InputError(f"{p} coefficients need more than {p} effects, got {k}")
    return effects, design


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
    found, at = [], 0
    for term in problem.terms:
        for j in range(at, at + term.variances):
            if j not in held and theta[j] < np.log(1e-3 * scale):
                found.append((j, 0.0))
        at += term.variances
        for j in range(at, at + term.correlations):
            if j not in held and abs(theta[j]) > 3:
                found.append((j, 1.0 if theta[j] > 0 else term.least_correlation))
        at += term.correlations
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


def _maximise(
    problem: Problem, y: Array, x: Array, method: Method
) -> tuple[Array, dict[int, float], list[str]]:
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


def _components(problem: Problem, at: Point, held: dict[int, float]) -> tuple[Component, ...]:
    found, j = [], 0
    for term, v, r in zip(problem.terms, at.variances, at.correlations, strict=True):
        names = [f"variance {i}" for i in range(v.size)] + [f"correlation {i}" for i in range(r.size)]
        found.append(Component(
            name=term.name, structure=term.structure, variances=v.tolist(),
            correlations=r.tolist(), at_bound=[n for i, n in enumerate(names) if j + i in held],
        ))  # fmt: skip
        j += len(names)
    return tuple(found)


def _heterogeneity(problem: Problem) -> float:
    """Return Cochran's Q of the residuals around the model without random terms."""
    none = Point(
        tuple(np.zeros(t.variances) for t in problem.terms),
        tuple(np.zeros(t.correlations) for t in problem.terms),
        tuple(np.zeros(t.correlations) for t in problem.terms),
    )
    fixed = least_squares(problem, none)
    if fixed is None:
        raise InputError("the known covariance V is singular; lower its correlations")
    return fixed[0].rss


def _contained_df(problem: Problem, x: Array) -> Array:
    """Return degrees of freedom: of groups for columns that do not vary within them, else k - p."""
    k, p = x.shape
    df = np.full(p, float(k - p))
    for term in problem.terms:
        first = np.unique(term.group, return_index=True)[1]
        constant = np.array([(x[first][term.group, j] == x[:, j]).all() for j in range(p)])
        if constant.any():
            df[constant] = np.minimum(df[constant], first.size - int(constant.sum()))
    return df


def _tested(x: Array) -> NDArray[np.intp]:
    """Return the coefficients of the omnibus test: all but an intercept, unless it is alone."""
    slopes = np.flatnonzero(~(x == 1).all(axis=0))
    return slopes if slopes.size else np.arange(x.shape[1])


def _quantile(level: float, df: Array | None) -> Array:
    from scipy.special import ndtri, stdtrit

    if df is None:
        return np.asarray(ndtri((1 + level) / 2))
    return np.asarray(stdtrit(df, (1 + level) / 2))


def _two_sided(statistic: Array, df: Array | None) -> Array:
    from scipy.special import ndtr, stdtr

    below = -np.abs(statistic)
    return np.asarray(2 * (ndtr(below) if df is None else stdtr(df, below)))


def _omnibus(b: Array, vcov: Array, x: Array, df: Array | None) -> tuple[float, int, float]:
    from scipy.special import chdtrc, fdtrc

    which = _tested(x)
    q = float(b[which] @ np.linalg.solve(vcov[np.ix_(which, which)], b[which]))
    m = int(which.size)
    if df is None:
        return q, m, float(chdtrc(m, q))
    return q / m, m, float(fdtrc(m, float(df[which].min()), q / m))


def fit(
    y: ArrayLike,
    x: ArrayLike,
    v: SamplingCovariance,
    random: Sequence[RandomTerm] = (),
    *,
    method: Method = "REML",
    test: Test = "z",
    level: float = 0.95,
) -> MultivariateFit:
    """Fit a multivariate or multilevel model of dependent effects.

    Parameters
    ----------
    y:
        Effects, shape (k,).
    x:
        Design with a column per coefficient, shape (k, p); ones for an intercept.
    v:
        Known sampling covariance, in blocks.
    random:
        Random terms; none for a common-effect model.
    method:
        `REML`, or `ML` to compare models with different X.
    test:
        `z`, or `t` with the degrees of freedom of the groups that contain each coefficient.
    level:
        Of intervals.

    Raises
    ------
    InputError
        If shapes differ, X has redundant columns or too many, or a term has not k labels.
    ConvergenceError
        If no maximum of the likelihood is found.

    References
    ----------
    Jennrich & Sampson (1976), Technometrics 18:11-17; Jackson, Riley & White (2011), Statistics in
    Medicine 30:2481-2498.
    """
    effects, design = _design(y, x, v)
    for term in random:
        if term.group.size != v.k:
            raise InputError(f"{term.name} has {term.group.size} labels for {v.k} effects")
    if method not in {"REML", "ML"} or test not in {"z", "t"} or not 0 < level < 1:
        raise InputError("choose REML or ML, z or t, and a level between 0 and 1")
    problem = cut(effects, design, v, tuple(random))
    q_e = _heterogeneity(problem)
    theta, held, cautions = _maximise(problem, effects, design, method)
    return _result(problem, design, theta, held, cautions, q_e, method, test, level)


def _result(
    problem: Problem,
    x: Array,
    theta: Array,
    held: dict[int, float],
    cautions: list[str],
    q_e: float,
    method: Method,
    test: Test,
    level: float,
) -> MultivariateFit:
    from scipy.special import chdtrc

    at = point(problem.terms, theta, held)
    found = least_squares(problem, at)
    if found is None:
        raise ConvergenceError("the fitted covariance is singular; take a simpler structure")
    fitted, k, p = found[0], problem.k, problem.p
    se = np.sqrt(np.diagonal(fitted.vcov))
    df = _contained_df(problem, x) if test == "t" else None
    if df is not None and (df < 1).any():
        raise InputError("a t test needs more groups than coefficients; choose the test z")
    half = _quantile(level, df) * se
    q_m, q_m_df, q_m_p = _omnibus(fitted.b, fitted.vcov, x, df)
    components = _components(problem, at, held)
    cautions = cautions + [
        f"{c.name}: {what} is at its bound" for c in components for what in c.at_bound
    ]
    return MultivariateFit(
        method=method, test=test, k=k, coefficients=fitted.b, se=se, statistic=fitted.b / se,
        df=df, p=_two_sided(fitted.b / se, df), low=fitted.b - half, high=fitted.b + half,
        vcov=fitted.vcov, components=components, q_e=q_e, q_e_df=k - p,
        q_e_p=float(chdtrc(k - p, q_e)), q_m=q_m, q_m_df=q_m_df, q_m_p=q_m_p,
        loglik_reml=fitted.loglik_reml, loglik_ml=fitted.loglik_ml, level=level,
        cautions=tuple(cautions), problem=problem, point=at,
    )  # fmt: skip


def predict(
    model: MultivariateFit, x: ArrayLike, *, tau2: ArrayLike | None = None
) -> Prediction:
    """Return mean effects at new rows of X, or contrasts of coefficients.

    Parameters
    ----------
    model:
        A fit.
    x:
        Rows, shape (m, p) or (p,).
    tau2:
        Variance of true effects between studies, shape (m,) or one number, for the interval of a
        new study's effect: the sum of the random terms that a new study would bring.

    Raises
    ------
    InputError
        If X has not p columns or a variance is below 0.
    """
    rows = np.atleast_2d(np.asarray(x, dtype=np.float64))
    if rows.shape[1] != model.coefficients.size or not np.isfinite(rows).all():
        raise InputError(
            f"predictions need {model.coefficients.size} finite columns, got {rows.shape[1]}"
        )
    mean = rows @ model.coefficients
    variance = np.einsum("mp,pq,mq->m", rows, model.vcov, rows)
    df = None if model.df is None else np.asarray(model.df.min())
    quantile, se = _quantile(model.level, df), np.sqrt(np.maximum(variance, 0))
    low, high = mean - quantile * se, mean + quantile * se
    if tau2 is None:
        return Prediction(mean, se, low, high, None, None)
    between = np.asarray(tau2, dtype=np.float64)
    if not (np.isfinite(between) & (between >= 0)).all():
        raise InputError("the variance between studies must be 0 or above")
    spread = quantile * np.sqrt(variance + between)
    return Prediction(mean, se, low, high, mean - spread, mean + spread)
