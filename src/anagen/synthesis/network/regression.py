"""Network regression: effects against a reference that change with what a study is like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc

from anagen.errors import InputError
from anagen.synthesis.network.additive import ComponentEffect, component_effect
from anagen.synthesis.network.build import Array, Network
from anagen.synthesis.network.consistency import ChiSquared
from anagen.synthesis.network.fit import (
    Method,
    check_level,
    differences,
    require_connected,
    tau2_of,
)
from anagen.synthesis.network.rows import Rows, rows_of, solve


@dataclass(frozen=True, slots=True, eq=False)
class RegressionFit:
    """Contrasts (n, n) at the centres of all covariates, and the slopes.

    A slope is the change of an effect against `reference` per unit of the covariate; its name is
    the covariate's, followed by the treatment where each has its own. `residual` is the Q that is
    left, at tau2 = 0.
    """

    treatments: tuple[str, ...]
    reference: str
    centres: dict[str, float]
    tau2: float
    estimate: Array
    se: Array
    slopes: tuple[ComponentEffect, ...]
    residual: ChiSquared


def fit_regression(
    network: Network,
    covariates: Mapping[str, Mapping[str, float]],
    *,
    reference: str,
    slopes: Literal["common", "each"] = "common",
    method: Method = "REML",
    tau2: float | None = None,
    level: float = 0.95,
) -> RegressionFit:
    """Fit effects that depend on covariates of studies, each centred at its mean over studies.

    Parameters
    ----------
    covariates:
        By name of the covariate, the value of every study by its name.
    reference:
        The treatment that effects are against: its effect has no slope.
    slopes:
        One `common` slope for all other treatments, or one for `each`.

    Raises
    ------
    InputError
        If a study lacks a value, the reference is no treatment, or the data cannot tell a slope.

    References
    ----------
    Cooper et al. (2009), Statistics in Medicine 28:1861-1881.
    """
    check_level(level)
    require_connected(network)
    if reference not in network.treatments:
        raise InputError(f"the reference {reference!r} is no treatment of the network")
    if slopes not in ("common", "each"):
        raise InputError(f"slopes are 'common' or 'each', got {slopes!r}")
    if not covariates:
        raise InputError("a network regression needs a covariate; without one use fit_network")
    at = network.treatments.index(reference)
    others = [t for t in range(len(network.treatments)) if t != at]
    full, names, centres = _with_slopes(network, covariates, others, slopes)
    _refuse_collinear(full, names)
    used = tau2_of(full, method, tau2)
    fit, n = solve(full, used), len(network.treatments)
    theta, spread = np.zeros(n), np.zeros((n, n))
    theta[others] = fit.coefficient[: n - 1]
    spread[np.ix_(others, others)] = fit.covariance[: n - 1, : n - 1]
    estimate, se = differences(theta, spread)
    left, df = solve(full, 0.0).q, full.y.size - fit.rank
    return RegressionFit(
        treatments=network.treatments, reference=reference, centres=centres, tau2=used,
        estimate=estimate, se=se,
        slopes=tuple(
            component_effect(
                name, float(fit.coefficient[n - 1 + k]),
                float(np.sqrt(fit.covariance[n - 1 + k, n - 1 + k])), level,
            )
            for k, name in enumerate(names)
        ),
        residual=ChiSquared(q=left, df=df, p=float(chdtrc(df, left)) if df > 0 else None),
    )  # fmt: skip


def _with_slopes(
    network: Network, covariates: Mapping[str, Mapping[str, float]], others: list[int], slopes: str
) -> tuple[Rows, list[str], dict[str, float]]:
    """Return the rows with a column for each slope, the names of slopes, and the centres."""
    rows = rows_of(network)
    names, columns, centres = [], [rows.x[:, others]], {}
    for name, values in covariates.items():
        value = _values(network, name, values)
        centres[name] = float(value.mean())
        own = (value - centres[name])[rows.study][:, None] * rows.x[:, others]
        if slopes == "common":
            columns.append(own.sum(axis=1, keepdims=True))
            names.append(name)
        else:
            columns.append(own)
            names += [f"{name}: {network.treatments[t]}" for t in others]
    full = Rows(np.hstack(columns), rows.y, rows.d, rows.study, rows.log_scale)
    return full, names, centres


def _values(network: Network, name: str, values: Mapping[str, float]) -> Array:
    lacking = [study for study in network.studies if study not in values]
    if lacking:
        raise InputError(
            f"study {lacking[0]!r} has no value of {name!r}; give one or leave the study out"
        )
    value = np.array([values[study] for study in network.studies], dtype=np.float64)
    if not np.isfinite(value).all():
        study = network.studies[int(np.flatnonzero(~np.isfinite(value))[0])]
        raise InputError(f"{name!r} of study {study!r} is not a finite number; correct it")
    return value


def _refuse_collinear(rows: Rows, names: list[str]) -> None:
    size = np.sqrt((rows.x**2).sum(axis=0))
    scaled = rows.x / np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    if values[0] > 1e-10 and size.min() > 0:
        return
    treatments = rows.x.shape[1] - len(names)
    loose = np.abs(vectors[treatments:, values <= 1e-10]).max(axis=1, initial=0.0) > 1e-6
    told = ", ".join(name for name, k in zip(names, loose, strict=True) if k)
    raise InputError(
        f"the studies cannot tell the slope of {told} from effects of treatments; use a common "
        "slope or leave it out"
    )
