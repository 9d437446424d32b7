"""The normal-normal hierarchical model: study effects scatter normally around a mean."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from anagen.errors import InputError
from anagen.synthesis.bayes.posterior import Posterior, deviance_of
from anagen.synthesis.bayes.priors import Prior, distribution
from anagen.synthesis.bayes.sampling import Sampling, judge, require_numpyro, sample, stated


def fit_pairwise(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    tau_prior: Prior,
    mu_prior: Prior | None = None,
    sampling: Sampling | None = None,
) -> Posterior:
    """Sample mu, tau, each study's theta, and the effect of a new study.

    Parameters
    ----------
    effects:
        Shape (S,), S ≥ 2, in one unit.
    variances:
        Sampling variances, shape (S,), above 0.
    tau_prior:
        Of the between-study SD, in the unit of the effects: with few studies it decides much, so it
        has no default.
    mu_prior:
        Of the mean; flat if not given.
    sampling:
        How to sample.

    Raises
    ------
    InputError
        If NumPyro is missing, or effects, variances or the prior of tau cannot be used.
    ConvergenceError
        If the chains do not agree.
    """
    require_numpyro()
    options, flat = sampling or Sampling(), mu_prior or Prior(kind="flat")
    tau_prior.require_positive("tau")
    flat.require_anywhere("mu")
    y = np.asarray(effects, dtype=np.float64)
    v = np.asarray(variances, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape or y.size < 2:
        raise InputError(
            f"a hierarchical model needs 2 effects or more with a variance each, got {y.size} "
            f"and {v.size}"
        )
    if not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise InputError("a hierarchical model needs finite effects and variances above 0")
    # in units of the data's own spread, so that chains start near them in any unit
    centre, scale = float(np.median(y)), float(np.median(np.sqrt(v)))
    draws, divergences = sample(
        _model(_scaled(flat, centre, scale), _scaled(tau_prior, 0.0, scale)),
        {"y": (y - centre) / scale, "s": np.sqrt(v) / scale},
        options,
    )
    return _read(draws, divergences, y, v, (centre, scale), (flat, tau_prior), options)


def _scaled(prior: Prior, centre: float, scale: float) -> Prior:
    if prior.kind == "log_normal":
        return msgspec.structs.replace(prior, location=prior.location / scale)
    if prior.kind == "flat":
        return prior
    return msgspec.structs.replace(
        prior, location=(prior.location - centre) / scale, scale=prior.scale / scale
    )


def _model(mu_prior: Prior, tau_prior: Prior) -> Any:
    def model(y: Any, s: Any) -> None:
        import numpyro
        from numpyro import distributions as dist

        mu = numpyro.sample("mu", distribution(mu_prior))
        tau = numpyro.sample("tau", distribution(tau_prior))
        z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([y.shape[0]]))
        numpyro.factor("fit", -0.5 * (((y - mu - tau * z) / s) ** 2).sum())

    return model


def _read(
    raw: dict[str, Any],
    divergences: int,
    y: Any,
    v: Any,
    units: tuple[float, float],
    priors: tuple[Prior, Prior],
    options: Sampling,
) -> Posterior:
    centre, scale = units
    mu, tau = raw["mu"] * scale + centre, raw["tau"] * scale
    theta = mu[:, :, None] + tau[:, :, None] * raw["z"]
    rng = np.random.default_rng(options.seed)
    new = mu + tau * rng.standard_normal(mu.shape)
    draws = {"mu": mu, "tau": tau, "theta": theta}
    verdict = judge(draws, divergences, options)
    fit = ((y - theta) ** 2 / v).sum(axis=2)
    at_mean = float(((y - theta.mean(axis=(0, 1))) ** 2 / v).sum())
    return Posterior(
        draws={**draws, "new_study": new},
        labels={"theta": tuple(str(i + 1) for i in range(y.size))},
        diagnostics=verdict,
        deviance=deviance_of(fit, at_mean, int(y.size)),
        options={
            "mu_prior": priors[0].in_words(),
            "tau_prior": priors[1].in_words(),
            **stated(options),
        },
        flags=tuple(verdict.reasons),
    )
