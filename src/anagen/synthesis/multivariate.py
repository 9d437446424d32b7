"""Dependent effects: y ~ N(Xb, V + Z G Z'), V known and G estimated; k effects, p coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import ConvergenceError, InputError
from anagen.frozen import Record
from anagen.synthesis.likelihood_ascent import maximise
from anagen.synthesis.random_terms import RandomTerm
from anagen.synthesis.restricted_likelihood import (
    Method,
    Point,
    Problem,
    cut,
    least_squares,
    point,
)
from anagen.synthesis.sampling_covariance import Array, SamplingCovariance

Test = Literal["z", "t"]


class Component(Record):
    """The estimated variances and correlations of one random term, by level.

    Correlations of UN run along the rows of its upper triangle. `at_bound` names what stands at a
    bound of what it can be.
    """

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


def _components(problem: Problem, at: Point, held: dict[int, float]) -> tuple[Component, ...]:
    found, j = [], 0
    for term, v, r in zip(problem.terms, at.variances, at.correlations, strict=True):
        names = [f"variance {i}" for i in range(v.size)] + [
            f"correlation {i}" for i in range(r.size)
        ]
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
    theta, held, cautions = maximise(problem, effects, design, method)
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


def predict(model: MultivariateFit, x: ArrayLike, *, tau2: ArrayLike | None = None) -> Prediction:
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
