"""Whom a forecast is for: draws of the parameters, for the average person and for single ones."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Array, CycleParameters, Layout
from anagen.follicle.disease import pattern_baseline
from anagen.follicle.draw import draw_parameters, stratified_normal

POOL = 3
"""Candidates drawn for each one kept when draws are weighted by a measured density."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """N draws, twice: columns 0 to N-1 are the average person, N to 2N-1 one person for each draw.

    `values` holds every drawn parameter (2N or a constant), `u` the androgen drive and `response`
    the factor on the trophic stimulus (2N), `start` the shares at the first visit, states x 2N,
    `effective_draws` how many draws a measured density left in effect (N without one).
    """

    values: dict[str, Array]
    parameters: CycleParameters
    u: Array
    response: Array
    start: Array
    effective_draws: float

    @property
    def draws(self) -> int:
        """Number of draws N."""
        return self.u.size // 2

    def take(self, index: "np.typing.NDArray[np.intp]") -> "Cohort":
        """Return the columns `index`."""
        return Cohort(
            {name: _columns(value, index) for name, value in self.values.items()},
            self.parameters.take(index),
            self.u[index],
            self.response[index],
            self.start[:, index],
            self.effective_draws,
        )


def _columns(value: Array, index: "np.typing.NDArray[np.intp]") -> Array:
    return value[..., index] if value.ndim and value.shape[-1] > 1 else value


def _twice(value: Array) -> Array:
    varies = value.ndim and value.shape[-1] > 1
    return np.concatenate([value, value], axis=-1) if varies else value


def persons(
    model: Mapping[str, ModelParameter], rng: np.random.Generator, count: int
) -> tuple[dict[str, Array], Array, Array]:
    """Return drawn values, androgen drives and responses of `count` draws, each twice (P1 to P6).

    The first half of each array is the average person, the second half one person for each draw.
    """
    values = {k: _twice(v) for k, v in draw_parameters(model, rng, count).items()}
    u, response = np.ones(2 * count), np.ones(2 * count)
    z_u, z_years, z_follicles = (stratified_normal(rng, count) for _ in range(3))
    u[count:] = np.exp(model["u_log_sd"].number() * z_u)
    # a Beta on 0 to 2 with mean 1 and the coefficient of variation of the facts
    shape = (1 / model["response_cv"].number() ** 2 - 1) / 2
    response[count:] = 2 * rng.beta(shape, shape, size=count)
    years = model["t_dis"].number()
    log_sd = np.sqrt(np.log1p((model["t_dis_sd"].number() / years) ** 2))
    values["t_dis"][count:] *= np.exp(log_sd * z_years)
    values["F0"][count:] += model["F0_sd"].number() * z_follicles
    np.maximum(values["F0"], 1.0, out=values["F0"])
    return values, u, response


def nonvellus_share(layout: Layout, state: Array) -> Array:
    """Return the share of follicles that show a non-vellus hair, B."""
    x = layout.live(state)
    seen = x[layout.anagen.start : layout.telogen.stop, :2].sum(axis=(0, 1))
    return np.asarray(seen + x[layout.anagen_driven, :2].sum(axis=0))


def pattern_cohort(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    rng: np.random.Generator,
    count: int,
    density_per_cm2: float | None,
) -> Cohort:
    """Return people with pattern hair loss at their first visit.

    Without a measured density they are the average trial patients of the facts. With one, persons
    are weighted by how likely each is to show it and their follicle density is drawn from what it
    leaves possible, with the error of a count (P7 to P9); the average person then starts at the
    same density.
    """
    size = count if density_per_cm2 is None else POOL * count
    values, u, response = persons(model, rng, size)
    parameters = CycleParameters.from_values(values)
    start = pattern_baseline(layout, parameters, u, values["t_dis"])
    every = Cohort(values, parameters, u, response, start, float(count))
    if density_per_cm2 is None:
        return every
    share = nonvellus_share(layout, start)
    one, typical = share[size:], share[:size]
    mean, sd = values["F0"][:size], model["F0_sd"].number()
    error = density_per_cm2 * model["count_error_percent"].number() / 100
    variance = (sd * one) ** 2 + error**2  # (P7)
    log_weight = -0.5 * ((density_per_cm2 - mean * one) ** 2 / variance + np.log(variance))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    places = (rng.random() + np.arange(count)) / count
    kept = np.searchsorted(np.cumsum(weight), places).clip(0, size - 1)  # (P8)
    precision = 1 / sd**2 + (one[kept] / error) ** 2  # (P9)
    middle = (mean[kept] / sd**2 + density_per_cm2 * one[kept] / error**2) / precision
    follicles = middle + stratified_normal(rng, count) / np.sqrt(precision)
    follicles = np.maximum(follicles, 1.0)
    cohort = every.take(np.concatenate([kept, kept + size]))
    cohort.values["F0"] = np.concatenate([follicles * one[kept] / typical[kept], follicles])
    return Cohort(
        cohort.values,
        CycleParameters.from_values(cohort.values),
        cohort.u,
        cohort.response,
        cohort.start,
        float(1 / np.sum(weight**2)),
    )
