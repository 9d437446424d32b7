"""Network synthesis from arms: binomial with logit, normal, and Poisson with log.

theta_ia = mu_i + d_a - d_i1 + delta_ia, where delta_i1 = 0 and the others of a trial have SD tau
and correlate by 1/2.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.bayes.posterior import (
    Deviance,
    Posterior,
    Summary,
    deviance_of,
    summarise,
)
from anagen.synthesis.bayes.priors import Prior, distribution
from anagen.synthesis.bayes.sampling import Sampling, judge, require_numpyro, sample, stated
from anagen.synthesis.time_course_data import components

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Likelihood = Literal["binomial", "normal", "poisson"]
VAGUE = 15.0  # SD of the default priors, in units of the largest difference seen in a trial


class NodeSplit(Record):
    """One pair's direct and indirect difference, treatment minus `versus`, and their disagreement.

    `p` is twice the smaller share of draws in which direct exceeds indirect, or falls short of it.
    """

    treatment: str
    versus: str
    direct: Summary | None = None
    indirect: Summary | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Arms:
    """A arms: places of study and treatment, outcome and size; design (A, K) and multi-arm root."""

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: Ints
    treatment: Ints
    y: Floats
    size: Floats
    likelihood: Likelihood


def _read(
    study: Sequence[object],
    treatment: Sequence[object],
    outcome: ArrayLike,
    size: ArrayLike,
    likelihood: Likelihood,
    reference: str | None,
) -> _Arms:
    trial, named = [str(s) for s in study], [str(t) for t in treatment]
    y, n = np.asarray(outcome, dtype=np.float64), np.asarray(size, dtype=np.float64)
    if not len(trial) == len(named) == y.size == n.size or y.ndim != 1 or not y.size:
        raise InputError(
            "every arm needs a study, a treatment, an outcome and its size; got "
            f"{len(trial)}, {len(named)}, {y.size} and {n.size}"
        )
    _check_outcome(y, n, likelihood)
    pairs = list(zip(trial, named, strict=True))
    if len(set(pairs)) < len(pairs):
        twice = next(p for p in pairs if pairs.count(p) > 1)
        raise InputError(f"study {twice[0]!r} has two arms of {twice[1]!r}; join them first")
    order = sorted(range(y.size), key=lambda i: trial.index(trial[i]))
    first = sorted(set(named))[0] if reference is None else reference
    if first not in named:
        raise InputError(f"the reference {first!r} is in no trial; choose one of the treatments")
    studies = tuple(dict.fromkeys(trial))
    names = (first, *sorted(set(named) - {first}))
    arms = _Arms(
        studies=studies, treatments=names, y=y[order], size=n[order], likelihood=likelihood,
        study=np.array([studies.index(trial[i]) for i in order], dtype=np.intp),
        treatment=np.array([names.index(named[i]) for i in order], dtype=np.intp),
    )  # fmt: skip
    _check_network(arms)
    return arms


def _check_outcome(y: Floats, n: Floats, likelihood: Likelihood) -> None:
    if not (np.isfinite(y).all() and np.isfinite(n).all() and (n > 0).all()):
        raise InputError("outcomes must be finite, and sizes (n, error or exposure) above 0")
    if likelihood == "binomial" and ((y < 0) | (y > n) | (y % 1 != 0) | (n % 1 != 0)).any():
        raise InputError("binomial arms need whole numbers of events, from 0 to n")
    if likelihood == "poisson" and ((y < 0) | (y % 1 != 0)).any():
        raise InputError("Poisson arms need whole numbers of events, 0 or more")


def _check_network(arms: _Arms) -> None:
    for i, name in enumerate(arms.studies):
        if (arms.study == i).sum() < 2:
            raise InputError(f"study {name!r} has one arm and tells no difference; leave it out")
    parts = components(arms.study, arms.treatment, len(arms.treatments))
    if len(parts) > 1:
        told = " | ".join(", ".join(arms.treatments[i] for i in part) for part in parts)
        raise InputError(f"no trial joins these parts of the network: {told}; fit each by itself")


def design(study: Ints, treatment: Ints, n: int) -> Floats:
    """Return each arm's effect minus that of its trial's first arm, shape (A, N - 1).

    Arms of one trial stand together; treatment 0 is the reference.
    """
    own = np.eye(n)[treatment]
    _, first = np.unique(study, return_index=True)
    return np.asarray((own - own[first][np.searchsorted(study[first], study)])[:, 1:])


def multi_arm_root(study: Ints) -> Floats:
    """Return the root of the random effects' correlation, 0 for first arms, shape (A, A - S)."""
    _, first = np.unique(study, return_index=True)
    others = np.setdiff1d(np.arange(study.size), first)
    same = study[others][:, None] == study[others][None, :]
    root = np.zeros((study.size, others.size))
    root[others] = np.linalg.cholesky(np.where(same, 0.5, 0.0) + 0.5 * np.eye(others.size))
    return root


def _start_scale(arms: _Arms) -> tuple[Floats, float]:
    """Return crude arm values on the linear scale, and the largest difference within a trial."""
    y, n = arms.y, arms.size
    if arms.likelihood == "binomial":
        crude = np.log((y + 0.5) / (n - y + 0.5))
    elif arms.likelihood == "poisson":
        crude = np.log((y + 0.5) / n)
    else:
        crude = y
    spans = [np.ptp(crude[arms.study == i]) for i in range(len(arms.studies))]
    largest = float(max(spans))
    return crude, largest if largest > 0 else 1.0


def _log_likelihood(theta: Any, y: Any, size: Any, likelihood: Likelihood) -> Any:
    import jax

    if likelihood == "binomial":
        return (y * theta - size * jax.nn.softplus(theta)).sum()
    if likelihood == "poisson":
        return (y * theta - size * jax.numpy.exp(theta)).sum()
    return (-0.5 * ((y - theta) / size) ** 2).sum()


def _model(
    priors: Mapping[str, Prior | None], likelihood: Likelihood, counts: tuple[int, int, int]
) -> Callable[..., None]:
    studies, effects, others = counts
    tau_prior = priors["tau"]

    def model(study: Any, x: Any, root: Any, y: Any, size: Any) -> None:
        import numpyro
        from numpyro import distributions as dist

        mu = numpyro.sample("mu", distribution(_stated(priors["baseline"]), (studies,)))
        d = numpyro.sample("d", distribution(_stated(priors["d"]), (effects,)))
        theta = mu[study] + x @ d
        if tau_prior is not None:
            tau = numpyro.sample("tau", distribution(tau_prior))
            z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([others]))
            theta = theta + tau * (root @ z)
        numpyro.factor("fit", _log_likelihood(theta, y, size, likelihood))

    return model


def _stated(prior: Prior | None) -> Prior:
    if prior is None:
        raise InputError("a network needs priors of d and of the baselines")
    return prior


def _priors(
    scale: float, d: Prior | None, baseline: Prior | None, tau: Prior | None, *, random: bool
) -> dict[str, Prior | None]:
    vague = Prior(kind="normal", location=0.0, scale=VAGUE * scale)
    between = tau or Prior(kind="uniform", location=0.0, scale=scale)
    between.require_positive("tau")
    for name, prior in (("d", d), ("a baseline", baseline)):
        if prior is not None:
            prior.require_anywhere(name)
    return {"d": d or vague, "baseline": baseline or vague, "tau": between if random else None}


def fit_network(
    study: Sequence[object],
    treatment: Sequence[object],
    outcome: ArrayLike,
    size: ArrayLike,
    *,
    likelihood: Likelihood,
    random: bool = True,
    reference: str | None = None,
    d_prior: Prior | None = None,
    baseline_prior: Prior | None = None,
    tau_prior: Prior | None = None,
    sampling: Sampling | None = None,
) -> Posterior:
    """Sample the effects of all treatments of a network from its arms.

    Parameters
    ----------
    study, treatment:
        Labels of each arm, shape (A,).
    outcome:
        Events (binomial, poisson) or means (normal), shape (A,).
    size:
        People (binomial), exposure (poisson) or standard errors (normal), shape (A,).
    likelihood:
        `binomial` with logit, `normal`, `poisson` with log.
    random:
        False for common effects.
    reference:
        The treatment whose effect is 0; the first by name if not given.
    d_prior, baseline_prior:
        Normal, mean 0, SD 15 times the largest difference seen within a trial, if not given.
    tau_prior:
        Uniform from 0 to that difference if not given.
    sampling:
        How to sample.

    Raises
    ------
    InputError
        If NumPyro is missing, arms cannot be used, or trials do not join all treatments.
    ConvergenceError
        If the chains do not agree.

    References
    ----------
    Dias et al. (2013), Medical Decision Making 33:607-617; van Valkenhoef et al. (2012), Research
    Synthesis Methods 3:285-299, for the default priors.
    """
    require_numpyro()
    arms = _read(study, treatment, outcome, size, likelihood, reference)
    x = design(arms.study, arms.treatment, len(arms.treatments))
    priors = _priors(_start_scale(arms)[1], d_prior, baseline_prior, tau_prior, random=random)
    return _fitted(arms, x, priors, sampling or Sampling())


def _fitted(
    arms: _Arms, x: Floats, priors: Mapping[str, Prior | None], options: Sampling
) -> Posterior:
    root = multi_arm_root(arms.study)
    raw, divergences = sample(
        _model(priors, arms.likelihood, (len(arms.studies), x.shape[1], root.shape[1])),
        {"study": arms.study, "x": x, "root": root, "y": arms.y, "size": arms.size},
        options,
    )
    theta = raw["mu"][:, :, arms.study] + raw["d"] @ x.T
    if "tau" in raw:
        theta = theta + raw["tau"][:, :, None] * (raw["z"] @ root.T)
    verdict = judge({k: v for k, v in raw.items() if k != "z"} | {"theta": theta}, divergences,
                    options)  # fmt: skip
    kept = {k: raw[k] for k in ("d", "tau", "mu") if k in raw}
    return Posterior(
        draws=kept | {"theta": theta},
        labels={"d": arms.treatments[1:], "mu": arms.studies},
        diagnostics=verdict,
        deviance=_deviance(arms, theta),
        options={
            "likelihood": arms.likelihood,
            "reference": arms.treatments[0],
            **{f"{k}_prior": p.in_words() for k, p in priors.items() if p is not None},
            **stated(options),
        },
        flags=tuple(verdict.reasons),
    )


def _deviance(arms: _Arms, theta: Floats) -> Deviance:
    """Return the residual deviance; 'at the mean' is at the mean of what each arm expects."""
    from scipy.special import expit

    if arms.likelihood == "binomial":
        expected = arms.size * expit(theta)
    elif arms.likelihood == "poisson":
        expected = arms.size * np.exp(theta)
    else:
        expected = theta
    per_draw = _residual(arms, expected).sum(axis=2)
    at_mean = float(_residual(arms, expected.mean(axis=(0, 1))).sum())
    return deviance_of(per_draw, at_mean, int(arms.y.size))


def _residual(arms: _Arms, expected: Floats) -> Floats:
    from scipy.special import xlogy

    y, n = arms.y, arms.size
    if arms.likelihood == "binomial":
        tiny = np.finfo(np.float64).tiny
        left = np.maximum(n - expected, tiny)
        found = xlogy(y, y / expected) + xlogy(n - y, (n - y) / left)
        return np.asarray(2 * found)
    if arms.likelihood == "poisson":
        return np.asarray(2 * (xlogy(y, y / expected) - (y - expected)))
    return np.asarray(((y - expected) / n) ** 2)


def _split_reason(arms: _Arms, pair: tuple[int, int]) -> str:
    if not _with_both(arms, pair).any():
        return "no trial compares the two directly"
    apart = _without_direct(arms, pair)
    parts = components(apart.study, apart.treatment, len(arms.treatments))
    joined = any(pair[0] in part and pair[1] in part for part in parts)
    return "" if joined else "no trials join the two indirectly"


def _picked(arms: _Arms, kept: NDArray[np.bool_], study: Ints) -> _Arms:
    """Return some of the arms, trials numbered anew, arms by trial and treatment."""
    order = np.lexsort((arms.treatment, study))
    order = order[kept[order]]
    names, numbered = np.unique(study[order], return_inverse=True)
    return replace(
        arms, studies=tuple(str(n) for n in names), study=numbered.astype(np.intp),
        treatment=arms.treatment[order], y=arms.y[order], size=arms.size[order],
    )  # fmt: skip


def _separated(arms: _Arms, pair: tuple[int, int]) -> _Arms:
    """Take the pair's two arms out of larger trials; what is left stays a trial if it has two."""
    both = _with_both(arms, pair)
    third = both & ~np.isin(arms.treatment, pair)
    study = np.where(third, arms.study + len(arms.studies), arms.study)
    alone = np.bincount(study)[study] < 2
    return _picked(arms, ~alone, study)


def _without_direct(arms: _Arms, pair: tuple[int, int]) -> _Arms:
    apart = _separated(arms, pair)
    return _picked(apart, ~_with_both(apart, pair), apart.study)


def _with_both(arms: _Arms, pair: tuple[int, int]) -> NDArray[np.bool_]:
    per_study = [
        set(pair) <= set(arms.treatment[arms.study == i].tolist()) for i in range(len(arms.studies))
    ]
    return np.asarray(per_study, dtype=np.bool_)[arms.study]


def split_node(
    study: Sequence[object],
    treatment: Sequence[object],
    outcome: ArrayLike,
    size: ArrayLike,
    pair: tuple[str, str],
    *,
    likelihood: Likelihood,
    d_prior: Prior | None = None,
    baseline_prior: Prior | None = None,
    tau_prior: Prior | None = None,
    sampling: Sampling | None = None,
) -> NodeSplit:
    """Estimate one pair's difference from trials that compare it, and from all others.

    A larger trial with both is taken apart into the pair and the rest, since its third arms are
    neither direct nor independent of what is; a single arm left over is not used.

    Parameters
    ----------
    study, treatment, outcome, size:
        As in `fit_network`.
    pair:
        Versus what, and the treatment.
    likelihood:
        As in `fit_network`.
    d_prior, baseline_prior, tau_prior, sampling:
        As in `fit_network`.

    Raises
    ------
    InputError
        If NumPyro is missing, the arms cannot be used, or the pair is not in the network.
    ConvergenceError
        If the chains do not agree.

    References
    ----------
    van Valkenhoef et al. (2016), Research Synthesis Methods 7:80-93.
    """
    require_numpyro()
    arms = _read(study, treatment, outcome, size, likelihood, pair[0])
    if pair[1] not in arms.treatments[1:]:
        raise InputError(f"{pair[1]!r} is not another treatment of the network; correct the pair")
    places = (0, arms.treatments.index(pair[1]))
    reason = _split_reason(arms, places)
    if reason:
        return NodeSplit(treatment=pair[1], versus=pair[0], reason=reason)
    scale = _start_scale(arms)[1]
    arms = _separated(arms, places)
    x = np.column_stack(
        [design(arms.study, arms.treatment, len(arms.treatments)), np.zeros(arms.y.size)]
    )
    x[_with_both(arms, places) & (arms.treatment == places[1])] = np.eye(x.shape[1])[-1]
    priors = _priors(scale, d_prior, baseline_prior, tau_prior, random=True)
    fit = _fitted(arms, x, priors, sampling or Sampling())
    direct, indirect = fit.draws["d"][:, :, -1], fit.draws["d"][:, :, places[1] - 1]
    above = float((direct > indirect).mean())
    return NodeSplit(
        treatment=pair[1], versus=pair[0], direct=summarise(direct), indirect=summarise(indirect),
        p=2 * min(above, 1 - above),
    )  # fmt: skip
