"""Network time courses by sampling: alpha_i + (mu_i + d_a - d_i1 + delta_ia) g(t), g one shape.

Each arm's sampling covariance is turned once to where a misfit omega2 I is diagonal too, so that no
matrix is inverted while sampling.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.synthesis.bayes.network import design, multi_arm_root
from anagen.synthesis.bayes.posterior import Deviance, Posterior, deviance_of
from anagen.synthesis.bayes.priors import Prior, distribution
from anagen.synthesis.bayes.sampling import Sampling, judge, require_numpyro, sample, stated
from anagen.synthesis.time_course_data import Visits, within_arm

Floats = NDArray[np.float64]
VAGUE = 15.0  # SD of the default priors, in units of the largest mean
SHAPES = ("emax", "plateau", "itp", "log_linear")
NEEDED = {"emax": "half_time", "plateau": "rate", "itp": "rate"}


@dataclass(frozen=True, slots=True, eq=False)
class _Turned:
    """Arms ordered by trial; `turn` (A, T, T) whitens, `spread` (A, T) is what omega2 adds."""

    study: NDArray[np.intp]
    treatment: NDArray[np.intp]
    weeks: Floats
    means: Floats
    seen: NDArray[np.bool_]
    sampling: Floats
    turn: Floats
    spread: Floats


def _turned(visits: Visits, rho: float, *, independent: bool) -> _Turned:
    order = np.argsort(visits.study, kind="stable")
    sampling = within_arm(visits, rho)[order]
    if independent:
        sampling = sampling * np.eye(sampling.shape[1])
    white = np.linalg.inv(np.linalg.cholesky(sampling))
    spread, axes = np.linalg.eigh(white @ np.swapaxes(white, 1, 2))
    return _Turned(
        study=visits.study[order], treatment=visits.treatment[order], weeks=visits.weeks[order],
        means=visits.means[order], seen=visits.seen[order], sampling=sampling,
        turn=np.swapaxes(axes, 1, 2) @ white, spread=spread,
    )  # fmt: skip


def shape_at(shape: str, t: Any, kinetic: Any, end: float) -> Any:
    """Return g at times, for arrays of NumPy and of JAX alike.

    `emax`: t/(half_time + t). `plateau`: 1 - exp(-rate t). `itp`: the same over its value at `end`,
    so that an effect is the one at the last visit. `log_linear`: log(1 + t).
    """
    if shape == "emax":
        return t / (kinetic + t)
    if shape == "log_linear":
        return _log1p(t)
    grown = -_expm1(-kinetic * t)
    return grown if shape == "plateau" else grown / -_expm1(-kinetic * end)


def _library(x: Any) -> Any:
    if isinstance(x, np.ndarray | float | np.floating):
        return np
    import jax.numpy as jnp

    return jnp


def _log1p(x: Any) -> Any:
    return _library(x).log1p(x)


def _expm1(x: Any) -> Any:
    return _library(x).expm1(x)


def _model(
    shape: str, priors: Mapping[str, Prior], counts: tuple[int, int, int], *, absolute: bool
) -> Callable[..., None]:
    studies, effects, others = counts

    def model(
        study: Any, x: Any, root: Any, weeks: Any, means: Any, seen: Any, turn: Any, spread: Any,
        end: Any,
    ) -> None:  # fmt: skip
        import numpyro
        from jax import numpy as jnp
        from numpyro import distributions as dist

        mu = numpyro.sample("mu", distribution(priors["mu"], (studies,)))
        size = mu[study] + x @ numpyro.sample("d", distribution(priors["d"], (effects,)))
        if "tau" in priors:
            tau = numpyro.sample("tau", distribution(priors["tau"]))
            z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([others]))
            size = size + tau * (root @ z)
        kinetic = (
            numpyro.sample("kinetic", distribution(priors["kinetic"]))
            if "kinetic" in priors
            else None
        )
        mean = size[:, None] * shape_at(shape, weeks, kinetic, end)
        if absolute:
            alpha = numpyro.sample("alpha", distribution(priors["alpha"], (studies,)))
            mean = mean + alpha[study][:, None]
        left = jnp.einsum("atu,au->at", turn, jnp.where(seen, means - mean, 0.0))
        variance = 1.0
        if "omega" in priors:
            omega = numpyro.sample("omega", distribution(priors["omega"]))
            variance = 1.0 + jnp.where(seen.any(axis=1)[:, None], omega**2 * spread, 0.0)
            numpyro.factor("spread", -0.5 * jnp.log(variance).sum())
        numpyro.factor("fit", -0.5 * (left**2 / variance).sum())

    return model


def _priors(
    visits: Visits, shape: str, given: Mapping[str, Prior], *, random: bool, misfit: bool
) -> dict[str, Prior]:
    scale = float(np.abs(visits.means[visits.seen]).max()) or 1.0
    vague = Prior(kind="normal", location=0.0, scale=VAGUE * scale)
    found = {"mu": vague, "d": vague}
    if visits.absolute:
        found["alpha"] = vague
    if random:
        found["tau"] = Prior(kind="half_normal", scale=scale)
    if misfit:
        found["omega"] = Prior(kind="half_normal", scale=scale)
    if shape in NEEDED:
        typical = visits.median_week
        median = typical if NEEDED[shape] == "half_time" else 1 / typical
        found["kinetic"] = Prior(kind="log_normal", location=median, scale=1.0)
    unknown = sorted(set(given) - set(found))
    if unknown:
        raise InputError(
            f"this model has no {unknown[0]!r}; it takes priors of {', '.join(sorted(found))}"
        )
    found.update(given)
    for name, prior in found.items():
        if name in ("tau", "omega", "kinetic"):
            prior.require_positive(name)
        else:
            prior.require_anywhere(name)
    return found


def fit_time_course(
    visits: Visits,
    shape: str = "emax",
    *,
    rho: float = 0.5,
    independent: bool = False,
    random: bool = True,
    misfit: bool = False,
    priors: Mapping[str, Prior] | None = None,
    sampling: Sampling | None = None,
) -> Posterior:
    """Sample the effects and the kinetics of a network of time courses.

    Parameters
    ----------
    visits:
        From `read_visits`.
    shape:
        `emax`, `plateau`, `itp` or `log_linear`; see `shape_at`.
    rho:
        Correlation of two levels of an arm one typical gap apart; see `within_arm`.
    independent:
        True takes visits of an arm as independent: only to repeat what other programs do, since
        intervals come out too narrow.
    random:
        False for common effects.
    misfit:
        True adds a residual of SD omega to every visit of every arm.
    priors:
        By name: `mu`, `d`, `alpha` (levels only), `tau`, `omega`, `kinetic`. By default vague in
        units of the largest mean; the kinetic is log-normal around the median visit, log SD 1.
    sampling:
        How to sample.

    Raises
    ------
    InputError
        If NumPyro is missing, or the shape or a prior cannot be used.
    ConvergenceError
        If the chains do not agree.

    References
    ----------
    Pedder et al. (2019), Research Synthesis Methods 10:267-286.
    """
    require_numpyro()
    if shape not in SHAPES:
        raise InputError(f"there is no shape {shape!r} here; choose one of {', '.join(SHAPES)}")
    options = sampling or Sampling()
    chosen = _priors(visits, shape, priors or {}, random=random, misfit=misfit)
    arms = _turned(visits, rho, independent=independent)
    x = design(arms.study, arms.treatment, len(visits.treatments))
    root = multi_arm_root(arms.study)
    counts = (len(visits.studies), x.shape[1], root.shape[1])
    end = float(visits.weeks.max())
    raw, divergences = sample(
        _model(shape, chosen, counts, absolute=visits.absolute),
        {
            "study": arms.study, "x": x, "root": root, "weeks": arms.weeks, "means": arms.means,
            "seen": arms.seen, "turn": arms.turn, "spread": arms.spread, "end": end,
        },
        options,
    )  # fmt: skip
    mean = _means(raw, arms, x, root, (shape, end))
    watched = {k: v for k, v in raw.items() if k != "z"}
    verdict = judge(watched, divergences, options)
    return Posterior(
        draws=watched,
        labels={"d": visits.treatments[1:], "mu": visits.studies, "alpha": visits.studies},
        diagnostics=verdict,
        deviance=_deviance(arms, mean),
        options={
            "shape": shape, "rho": rho, "independent": independent, "end": end,
            "reference": visits.treatments[0],
            **{f"{k}_prior": p.in_words() for k, p in chosen.items()}, **stated(options),
        },
        flags=(*verdict.reasons, *(("visits_taken_as_independent",) if independent else ())),
    )  # fmt: skip


def _means(
    raw: Mapping[str, Floats], arms: _Turned, x: Floats, root: Floats, shape: tuple[str, float]
) -> Floats:
    """Return the fitted means of every draw, shape (M D, A, T)."""
    pooled = {k: v.reshape(-1, *v.shape[2:]) for k, v in raw.items()}
    size = pooled["mu"][:, arms.study] + pooled["d"] @ x.T
    if "tau" in pooled:
        size = size + pooled["tau"][:, None] * (pooled["z"] @ root.T)
    kinetic = pooled["kinetic"][:, None, None] if "kinetic" in pooled else np.zeros(1)
    mean = size[:, :, None] * shape_at(shape[0], arms.weeks, kinetic, shape[1])
    if "alpha" in pooled:
        mean = mean + pooled["alpha"][:, arms.study][:, :, None]
    return np.asarray(mean)


def _deviance(arms: _Turned, mean: Floats) -> Deviance:
    """Return the deviance against sampling error alone, so that it shows what a shape misses."""

    def residual(fitted: Floats) -> Floats:
        left = np.where(arms.seen, arms.means - fitted, 0.0)
        turned = np.einsum("atu,...au->...at", arms.turn, left, optimize=True)
        return np.asarray((turned**2).sum(axis=(-2, -1)))

    return deviance_of(residual(mean), float(residual(mean.mean(axis=0))), int(arms.seen.sum()))


def effects_at(fit: Posterior, weeks: ArrayLike) -> Floats:
    """Return every treatment's difference from the reference, per draw, shape (M D, W, N).

    Parameters
    ----------
    fit:
        From `fit_time_course`.
    weeks:
        Times, shape (W,), 0 or above.
    """
    times = np.atleast_1d(np.asarray(weeks, dtype=np.float64))
    kinetic = fit.pooled("kinetic")[:, None] if "kinetic" in fit.draws else np.zeros(1)
    g = shape_at(fit.options["shape"], times[None, :], kinetic, fit.options["end"])
    d = fit.pooled("d")
    whole = np.concatenate([np.zeros((d.shape[0], 1)), d], axis=1)
    return np.asarray(g[:, :, None] * whole[:, None, :])
