"""Network time courses: every visit of every arm in one model, fitted by Gauss-Newton and REML.

The means are linear but for few kinetic parameters, which get weak priors, so a Gaussian around the
best fit stands for the rest (Laplace). Visits of one arm are never taken as independent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import ConvergenceError, InputError
from anagen.frozen import Record
from anagen.synthesis.time_course_data import Floats, Visits, read_visits, within_arm
from anagen.synthesis.time_course_model import (
    Linear,
    Model,
    criterion,
    linear,
    mean_step,
    prior_mean,
    variance_step,
    weighted,
    whole_covariance,
)
from anagen.synthesis.time_course_shapes import kinetics_of

__all__ = ["CourseSummary", "TimeCourse", "fit_time_course", "read_visits", "sensitivity_to_rho"]

MAX_STEPS = 300
SETTLED = 1e-7  # in standard errors: far below what any interval shows
WEAK = 1.0  # SD of the default prior of a log kinetic: a factor of 7 either way at 95 %
STARTS = (0.0, -1.0, 1.0)  # of the log kinetics, counted from the prior's centre
SENSITIVITY = (0.5, 0.8)


class CourseSummary(Record):
    """A fit in a few numbers. Kinetics are by class, in the unit of time, with their log SE.

    `deviance_per_point` counts each trial's visits against sampling error alone: near 1 where the
    shape fits, far above where `omega` must carry what it misses.
    """

    shape: str
    rho: float
    treatments: list[str]
    effects: dict[str, float]
    effect_ses: dict[str, float]
    kinetics: dict[str, dict[str, float]]
    kinetics_log_se: dict[str, dict[str, float]]
    tau: float
    omega: float
    points: int
    deviance: float
    deviance_per_point: dict[str, float]
    network_df: int
    flags: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class TimeCourse:
    """A fitted time course: parameters (P,) with covariance (P, P), tau2 and omega2."""

    model: Model
    rho: float
    beta: Floats
    covariance: Floats
    tau2: float
    omega2: float
    log_likelihood: float
    deviances: Floats
    flags: tuple[str, ...]

    def summary(self) -> CourseSummary:
        """Return the fit in a few numbers."""
        return _summary(self)


def _model(
    visits: Visits,
    shape: str,
    rho: float,
    classes: Mapping[str, str] | None,
    priors: Mapping[str, tuple[float, float]] | None,
    allowed: tuple[bool, bool],
) -> Model:
    names = kinetics_of(shape)
    if shape == "rise_and_loss" and not any(visits.sessions):
        raise InputError("rise_and_loss needs the sessions of each treatment; give their weeks")
    missing = [t for t in visits.treatments if classes is not None and t not in classes]
    if missing:
        raise InputError(f"treatment {missing[0]!r} has no class; give every treatment one")
    labels = [classes[t] if classes else "all" for t in visits.treatments]
    order = tuple(dict.fromkeys(labels))
    centre, precision = np.zeros((len(order), len(names))), np.zeros((len(order), len(names)))
    for j, name in enumerate(names):
        median, log_sd = _prior(name, visits, priors)
        centre[:, j], precision[:, j] = np.log(median), log_sd**-2
    several = visits.seen.sum(axis=1).max() > 1
    return Model(
        visits=visits, shape=shape, centre=centre, precision=precision, class_names=order,
        class_of=np.array([order.index(c) for c in labels], dtype=np.intp),
        sampling=within_arm(visits, rho),
        has_tau=allowed[0] and visits.network_df > 0,
        has_omega=allowed[1] and bool(several),
    )  # fmt: skip


def _prior(
    name: str, visits: Visits, priors: Mapping[str, tuple[float, float]] | None
) -> tuple[float, float]:
    early = ("lag", "onset_time")
    default = (visits.gap / 2 if name in early else visits.median_week, WEAK)
    median, log_sd = default if priors is None else priors.get(name, default)
    if not (0 < median < np.inf and 0 < log_sd < np.inf):
        raise InputError(
            f"the prior of {name} needs a median and a log SD above 0, got {median} and {log_sd}"
        )
    return median, log_sd


def _start(model: Model, shift: float) -> tuple[Floats, Linear]:
    beta = prior_mean(model)
    beta[model.kinetics :] += shift
    return beta, linear(model, beta)


def _fit_from(model: Model, shift: float) -> tuple[Floats, Floats, Linear, bool]:
    """Return parameters, variances and the model around them, and whether they settled."""
    beta, at = _start(model, shift)
    typical = float(np.mean(model.visits.ses[model.visits.seen] ** 2))
    theta = np.array([model.has_tau, model.has_omega]) * typical
    for _ in range(MAX_STEPS):
        parts = weighted(model, at, theta)
        moved, at = mean_step(model, at, parts, beta)
        change = np.abs(moved - beta) / np.sqrt(np.diag(parts.covariance))
        beta = moved
        turned = variance_step(model, at, theta, beta)
        drift = np.abs(turned - theta) / (turned + typical)
        theta = turned
        if change.max() < SETTLED and drift.max() < SETTLED:
            return beta, theta, at, True
    return beta, theta, at, False


def _deviances(model: Model, at: Linear, theta: Floats) -> Floats:
    """Return each arm's sum of squares against sampling error, its own random effect removed."""
    v = model.visits
    r = np.where(v.seen, v.means - at.mean, 0.0)
    whole = np.linalg.inv(whole_covariance(model, at.g, theta))
    u = theta[0] / 2 * np.einsum("at,atu,au->a", at.g, whole, r)
    left = r - u[:, None] * at.g
    return np.asarray(np.einsum("at,atu,au->a", left, np.linalg.inv(model.sampling), left))


def _flags(model: Model, covariance: Floats) -> tuple[str, ...]:
    found = []
    if model.visits.network_df < 1:
        found.append("heterogeneity_not_evaluable")
    if not model.has_omega:
        found.append("misfit_not_evaluable")
    learnt = np.diag(covariance)[model.kinetics :] * model.precision.ravel()
    if (learnt > 0.8).any():
        found.append("kinetics_from_prior")
    return tuple(found)


def fit_time_course(
    visits: Visits,
    shape: str = "emax",
    *,
    rho: float = 0.5,
    classes: Mapping[str, str] | None = None,
    kinetic_priors: Mapping[str, tuple[float, float]] | None = None,
    heterogeneity: bool = True,
    misfit: bool = True,
) -> TimeCourse:
    """Fit one shape to all visits of a network of trials.

    Parameters
    ----------
    visits:
        From `read_visits`.
    shape:
        A name of `SHAPES`; `log_linear` is a check, `level` has no time at all.
    rho:
        Correlation of two levels of an arm one typical gap apart; see `within_arm`.
    classes:
        The class of each treatment; a class shares its kinetics. All share theirs if not given.
    kinetic_priors:
        Median and log SD of a kinetic parameter, by name. By default the median visit (half the
        typical gap for a lag and an onset) with log SD 1, so that weeks and days give one answer.
    heterogeneity:
        False holds tau2 at 0 (common effects).
    misfit:
        False holds omega2 at 0.

    Raises
    ------
    InputError
        If the shape, a class, a prior or rho cannot be used.
    ConvergenceError
        If no start settles.

    References
    ----------
    Pedder et al. (2019), Research Synthesis Methods 10:267-286; Lu & Ades (2004), Statistics in
    Medicine 23:3105-3124. Here the natural course keeps the reference's kinetics, so that a
    difference of treatments does not depend on it; theirs are the same where all share kinetics.
    """
    model = _model(visits, shape, rho, classes, kinetic_priors, (heterogeneity, misfit))
    starts = STARTS if model.centre.size else STARTS[:1]
    fits = [fit for fit in (_fit_from(model, s) for s in starts) if fit[3]]
    if not fits:
        raise ConvergenceError(
            f"the {shape} time course settled from no start; try a simpler shape or narrower "
            "priors of its kinetics"
        )
    scored = [(criterion(model, at, theta, beta), i) for i, (beta, theta, at, _) in enumerate(fits)]
    best, which = max(scored)
    beta, theta, at, _ = fits[which]
    covariance = weighted(model, at, theta).covariance
    return TimeCourse(
        model=model, rho=rho, beta=beta, covariance=covariance, tau2=float(theta[0]),
        omega2=float(theta[1]), log_likelihood=best, deviances=_deviances(model, at, theta),
        flags=_flags(model, covariance),
    )  # fmt: skip


def sensitivity_to_rho(
    visits: Visits, shape: str = "emax", *, rhos: Sequence[float] = SENSITIVITY
) -> list[TimeCourse]:
    """Fit under each assumed correlation, where no trial reports one.

    Parameters
    ----------
    visits:
        From `read_visits`.
    shape:
        A name of `SHAPES`.
    rhos:
        The correlations; a conclusion that differs among them rests on the assumption.
    """
    return [fit_time_course(visits, shape, rho=rho) for rho in rhos]


def _summary(fit: TimeCourse) -> CourseSummary:
    model, v = fit.model, fit.model.visits
    names, k = kinetics_of(model.shape), model.centre.shape[1]
    se = np.sqrt(np.diag(fit.covariance))
    kinetics = np.exp(model.log_kinetics(fit.beta))
    log_se = se[model.kinetics :].reshape(len(model.class_names), k)
    points = v.seen.sum(axis=1)
    per_study = {
        s: float(fit.deviances[v.study == i].sum() / points[v.study == i].sum())
        for i, s in enumerate(v.studies)
    }
    place = model.effects - 1
    return CourseSummary(
        shape=model.shape, rho=fit.rho, treatments=list(v.treatments),
        effects={t: model.size_of(fit.beta, i) for i, t in enumerate(v.treatments)},
        effect_ses={t: float(se[place + i]) if i else 0.0 for i, t in enumerate(v.treatments)},
        kinetics=_named(model.class_names, names, kinetics),
        kinetics_log_se=_named(model.class_names, names, log_se),
        tau=fit.tau2**0.5, omega=fit.omega2**0.5, points=int(points.sum()),
        deviance=float(fit.deviances.sum()), deviance_per_point=per_study,
        network_df=v.network_df, flags=list(fit.flags),
    )  # fmt: skip


def _named(
    classes: Sequence[str], names: Sequence[str], table: Floats
) -> dict[str, dict[str, float]]:
    return {
        c: {n: float(x) for n, x in zip(names, row, strict=True)}
        for c, row in zip(classes, table, strict=True)
    }
