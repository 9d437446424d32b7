"""Dose and response over trials of several doses: linear, log-linear, Emax and restricted spline.

One stage: y_ia = mu_i + f(D_ia) b_i + e, mu_i free, b_i scattered around b, so that two doses of a
trial share what is known of its reference arm; differences with a covariance say the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.orders import FARTHEST, refuse_far_apart

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
KNOTS = (0.10, 0.50, 0.90)  # quantiles of the doses above 0 (Harrell 2015, three knots)
LEAST_DOSES = 3
LEAST_TRIALS = 2
BEYOND = 3.0  # a D50 beyond 3 times the largest dose, or below a third of the least, is not told
DROP = 1.9207  # half the 95 % quantile of chi-squared with 1 degree of freedom
MAX_STEPS = 200
SETTLED = 1e-10


class DosePoint(Record):
    """The mean difference of a dose from dose 0 with its 95 % interval."""

    dose: float
    estimate: float
    se: float
    low: float
    high: float


class DoseCurve(Record):
    """One fitted shape. `d50` is Emax's, with the bounds of its profile likelihood at 95 %."""

    shape: str
    trials: int
    arms: int
    coefficients: list[float]
    coefficient_ses: list[float]
    tau: float
    log_likelihood: float
    points: list[DosePoint]
    deviance: float
    deviance_df: int
    p_no_effect: float
    d50: float | None = None
    d50_low: float | None = None
    d50_high: float | None = None
    knots: list[float] | None = None


class DoseNotEvaluable(Record):
    """A shape that the data cannot tell, and why."""

    shape: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _Arms:
    study: Ints
    dose: Floats
    y: Floats
    v: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    b: Floats
    covariance: Floats
    tau2: float
    log_likelihood: float
    q: float


def _read(study: Sequence[object], dose: ArrayLike, mean: ArrayLike, se: ArrayLike) -> _Arms:
    names = [str(s) for s in study]
    columns = [np.asarray(x, dtype=np.float64) for x in (dose, mean, se)]
    if not names or any(x.shape != (len(names),) for x in columns):
        raise InputError(
            "every arm needs a study, a dose, a mean and a standard error; got "
            f"{len(names)}, {', '.join(str(x.size) for x in columns)}"
        )
    d, y, s = columns
    if not all(np.isfinite(x).all() for x in columns) or (s <= 0).any() or (d < 0).any():
        raise InputError("arms need finite means, doses of 0 or more and errors above 0")
    pairs = list(zip(names, d.tolist(), strict=True))
    if len(set(pairs)) < len(pairs):
        twice = next(p for p in pairs if pairs.count(p) > 1)
        raise InputError(f"study {twice[0]!r} has two arms at dose {twice[1]:g}; join them first")
    labels = list(dict.fromkeys(names))
    return _Arms(
        study=np.array([labels.index(n) for n in names], dtype=np.intp), dose=d, y=y, v=s**2
    )


def _several_doses(arms: _Arms) -> _Arms:
    counts = np.bincount(arms.study)
    kept = counts[arms.study] >= LEAST_DOSES
    _, study = np.unique(arms.study[kept], return_inverse=True)
    return _Arms(study=study.astype(np.intp), dose=arms.dose[kept], y=arms.y[kept], v=arms.v[kept])


def _blocks(arms: _Arms, x: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """Return each trial's differences from its least dose, their covariance and design."""
    found = []
    for i in range(int(arms.study.max()) + 1):
        rows = np.flatnonzero(arms.study == i)
        rows = rows[np.argsort(arms.dose[rows])]
        first, rest = rows[0], rows[1:]
        covariance = np.diag(arms.v[rest]) + arms.v[first]
        found.append((arms.y[rest] - arms.y[first], covariance, x[rest] - x[first]))
    return found


def _gls(blocks: Sequence[tuple[Floats, Floats, Floats]], tau2: float) -> tuple[_Fit, float, float]:
    """Return the fit at tau2 with the REML score and information of tau2 (each times 2)."""
    inverses = [np.linalg.inv(v + tau2 * x @ x.T) for _, v, x in blocks]
    a = sum((x.T @ w @ x for w, (_, _, x) in zip(inverses, blocks, strict=True)), np.zeros(()))
    c = np.asarray(np.linalg.inv(a), dtype=np.float64)
    b = c @ sum((x.T @ w @ y for w, (y, _, x) in zip(inverses, blocks, strict=True)), np.zeros(()))
    p = a.shape[0]
    score = information = q = determinant = 0.0
    m1, m2 = np.zeros((p, p)), np.zeros((p, p))
    for w, (y, _, x) in zip(inverses, blocks, strict=True):
        r, wx = y - x @ b, w @ x
        xwx = x.T @ wx
        q += float(r @ w @ r)
        determinant -= float(np.linalg.slogdet(w)[1])
        score += float(((wx.T @ r) ** 2).sum()) - float(np.trace(xwx))
        information += float((xwx * xwx.T).sum())
        m1 += xwx @ xwx
        m2 += xwx @ xwx @ xwx
    k1 = c @ m1
    score += float(np.trace(k1))
    information += float(np.trace(k1 @ k1)) - 2 * float(np.trace(c @ m2))
    restricted = -0.5 * (q + determinant + float(np.linalg.slogdet(a)[1]))
    return _Fit(b=b, covariance=c, tau2=tau2, log_likelihood=restricted, q=q), score, information


def _reml(blocks: Sequence[tuple[Floats, Floats, Floats]]) -> _Fit:
    """Return the fit at the tau2 that maximises the restricted likelihood, 0 or above."""
    tau2 = 0.0
    fit, score, information = _gls(blocks, tau2)
    for _ in range(MAX_STEPS):
        if information <= 0 or (tau2 == 0 and score <= 0):
            return fit
        step = score / information
        while True:
            moved = max(0.0, tau2 + step)
            new = _gls(blocks, moved)
            if new[0].log_likelihood >= fit.log_likelihood or abs(step) < SETTLED * tau2:
                break
            step /= 2
        done = abs(moved - tau2) <= SETTLED * moved
        tau2, (fit, score, information) = moved, new
        if done:
            break
    return fit


def _spline(dose: Floats, knots: Floats) -> Floats:
    """Return the restricted cubic spline with three knots: straight beyond the outer two."""
    a, b, c = knots

    def cube(t: float) -> Floats:
        return np.maximum(dose - t, 0.0) ** 3

    bend = cube(a) - cube(b) * (c - a) / (c - b) + cube(c) * (b - a) / (c - b)
    return np.column_stack([dose, bend / (c - a) ** 2])


def dose_response(
    study: Sequence[object],
    dose: ArrayLike,
    mean: ArrayLike,
    se: ArrayLike,
    *,
    at: ArrayLike | None = None,
) -> list[DoseCurve | DoseNotEvaluable]:
    """Fit every shape to the trials with three doses or more, dose 0 counted.

    Parameters
    ----------
    study:
        Label of each arm's trial, shape (A,).
    dose:
        Dose of each arm, shape (A,), 0 or above, in one unit.
    mean, se:
        Mean and its standard error, shape (A,), in one unit; arms are independent.
    at:
        Doses to tell the difference from dose 0 at; those of the trials if not given.

    Raises
    ------
    InputError
        If arms cannot be used.

    References
    ----------
    Greenland & Longnecker (1992), American Journal of Epidemiology 135:1301-1309; Crippa et al.
    (2019), Statistical Methods in Medical Research 28:1579-1596, for one stage.
    """
    arms = _several_doses(_read(study, dose, mean, se))
    trials = int(np.unique(arms.study).size)
    if trials < LEAST_TRIALS:
        reason = f"{trials} of the trials have three doses or more; two are needed"
        return [DoseNotEvaluable(shape=s, reason=reason) for s in SHAPES]
    asked = np.unique(arms.dose) if at is None else np.atleast_1d(np.asarray(at, dtype=np.float64))
    if not np.isfinite(asked).all() or (asked < 0).any():
        raise InputError("a dose to tell the response at must be finite and 0 or above")
    refuse_far_apart(arms.y - arms.y[0], np.sqrt(arms.v))
    least, most = float(arms.dose[arms.dose > 0].min()), float(arms.dose.max())
    if most > FARTHEST * least:
        raise InputError(
            f"doses from {least:.3g} to {most:.3g} lie too far apart for one curve; check their "
            "units"
        )
    return [fit(arms, asked) for fit in SHAPES.values()]


def _curve(
    shape: str, arms: _Arms, fit: _Fit, basis: Callable[[Floats], Floats], asked: Floats
) -> DoseCurve:
    from scipy.special import chdtrc, ndtri

    z = float(ndtri(0.975))
    rows = basis(asked) - basis(np.zeros(1))
    values = rows @ fit.b
    ses = np.sqrt(np.maximum(np.einsum("ap,pq,aq->a", rows, fit.covariance, rows), 0.0))
    wald = float(fit.b @ np.linalg.solve(fit.covariance, fit.b))
    trials = int(arms.study.max()) + 1
    return DoseCurve(
        shape=shape, trials=trials, arms=int(arms.y.size),
        coefficients=[float(x) for x in fit.b],
        coefficient_ses=[float(x) for x in np.sqrt(np.diag(fit.covariance))],
        tau=fit.tau2**0.5, log_likelihood=fit.log_likelihood,
        points=[
            DosePoint(dose=float(d), estimate=float(e), se=float(s), low=float(e - z * s),
                      high=float(e + z * s))
            for d, e, s in zip(asked, values, ses, strict=True)
        ],
        deviance=fit.q, deviance_df=int(arms.y.size) - trials - fit.b.size,
        p_no_effect=float(chdtrc(fit.b.size, wald)),
    )  # fmt: skip


def _linear(arms: _Arms, asked: Floats) -> DoseCurve | DoseNotEvaluable:
    def basis(d: Floats) -> Floats:
        return d[:, None]

    return _curve("linear", arms, _reml(_blocks(arms, basis(arms.dose))), basis, asked)


def _log_linear(arms: _Arms, asked: Floats) -> DoseCurve | DoseNotEvaluable:
    unit = float(arms.dose[arms.dose > 0].min())

    def basis(d: Floats) -> Floats:
        return np.log1p(d / unit)[:, None]

    return _curve("log_linear", arms, _reml(_blocks(arms, basis(arms.dose))), basis, asked)


def _emax(arms: _Arms, asked: Floats) -> DoseCurve | DoseNotEvaluable:
    """Profile the restricted likelihood over D50; its bounds are where it drops by 1.92."""
    from scipy.optimize import minimize_scalar

    above = arms.dose[arms.dose > 0]
    low, high = np.log(above.min() / BEYOND), np.log(above.max() * BEYOND)

    def profile(log_d50: float) -> float:
        # the effect at the largest dose is the coefficient: a restricted likelihood changes with
        # the scale of its columns, which a D50 would otherwise set
        x = _saturating(arms.dose, np.exp(log_d50)) / _saturating(above.max(), np.exp(log_d50))
        return _reml(_blocks(arms, x[:, None])).log_likelihood

    grid = np.linspace(low, high, 61)
    heights = np.array([profile(float(g)) for g in grid])
    best = int(heights.argmax())
    if best in (0, grid.size - 1):
        side = "beyond three times the largest dose" if best else "below a third of the least dose"
        reason = f"D50 lies {side}, so the doses do not show how the response levels off"
        return DoseNotEvaluable(shape="emax", reason=reason)
    found = minimize_scalar(
        lambda g: -profile(g), bounds=(grid[best - 1], grid[best + 1]), method="bounded",
        options={"xatol": 1e-8},
    )  # fmt: skip
    floor, top = -float(found.fun) - DROP, float(found.x)
    bounds = _crossing(profile, floor, top, low), _crossing(profile, floor, top, high)
    if bounds == (None, None):
        reason = "any D50 from a third of the least dose to three times the largest fits as well"
        return DoseNotEvaluable(shape="emax", reason=reason)
    return _emax_at(arms, asked, top, bounds)


def _crossing(
    profile: Callable[[float], float], floor: float, top: float, edge: float
) -> float | None:
    """Return where the profile falls to the floor between its top and an edge, if it does."""
    from scipy.optimize import brentq

    if profile(edge) >= floor:
        return None
    return float(np.exp(brentq(lambda g: profile(g) - floor, top, edge)))


def _saturating(dose: Floats, d50: float) -> Floats:
    return dose / (d50 + dose)


def _emax_at(
    arms: _Arms, asked: Floats, log_d50: float, bounds: tuple[float | None, float | None]
) -> DoseCurve:
    """Return the curve with the error of D50 in all of it, by one more column for its slope."""
    d50 = float(np.exp(log_d50))
    one = _reml(_blocks(arms, _saturating(arms.dose, d50)[:, None]))
    size = float(one.b[0])

    def basis(d: Floats) -> Floats:
        return np.column_stack([_saturating(d, d50), -size * d * d50 / (d50 + d) ** 2])

    blocks = [
        (y, v + one.tau2 * x[:, :1] @ x[:, :1].T, x) for y, v, x in _blocks(arms, basis(arms.dose))
    ]
    fit = _with_d50(one, _gls(blocks, 0.0)[0].covariance)
    curve = _curve("emax", arms, fit, basis, asked)
    return replace(
        curve, coefficients=[size], coefficient_ses=curve.coefficient_ses[:1], d50=d50,
        d50_low=bounds[0], d50_high=bounds[1], p_no_effect=_p_of(one),
    )  # fmt: skip


def _with_d50(one: _Fit, covariance: Floats) -> _Fit:
    return _Fit(
        b=np.array([one.b[0], 0.0]), covariance=covariance, tau2=one.tau2,
        log_likelihood=one.log_likelihood, q=one.q,
    )  # fmt: skip


def _p_of(fit: _Fit) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(1, float(fit.b[0] ** 2 / fit.covariance[0, 0])))


def _cubic(arms: _Arms, asked: Floats) -> DoseCurve | DoseNotEvaluable:
    above = arms.dose[arms.dose > 0]
    knots = np.quantile(above, KNOTS)
    if np.unique(above).size < LEAST_DOSES or (np.diff(knots) <= 0).any():
        reason = "a spline needs three doses above 0 that are apart"
        return DoseNotEvaluable(shape="spline", reason=reason)
    spread = _spline(arms.dose, knots).std(axis=0)

    def basis(d: Floats) -> Floats:
        return np.asarray(_spline(d, knots) / spread)

    blocks = _blocks(arms, basis(arms.dose))
    whole = np.concatenate([x for _, _, x in blocks])
    if np.linalg.cond(whole) > 1e8:
        reason = "the trials' doses do not show a bend"
        return DoseNotEvaluable(shape="spline", reason=reason)
    curve = _curve("spline", arms, _reml(blocks), basis, asked)
    return replace(curve, knots=[float(k) for k in knots])


SHAPES: dict[str, Callable[[_Arms, Floats], DoseCurve | DoseNotEvaluable]] = {
    "linear": _linear,
    "log_linear": _log_linear,
    "emax": _emax,
    "spline": _cubic,
}
