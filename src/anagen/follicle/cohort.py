"""Whom a forecast is for: draws of the parameters, for the average person and for single ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import CycleParameters
from anagen.follicle.disease import pattern_baseline
from anagen.follicle.draw import draw_parameters, stratified_beta, stratified_normal
from anagen.follicle.layout import Layout
from anagen.follicle.past import Past, lived_through, picked
from anagen.follicle.units import Array, Index

POOL = 3
"""Candidates drawn for each one kept when draws are weighted by a measured density."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The average person and single persons: columns 0 to A-1 and A to A+N-1.

    Column k of the average person and column A+k share the draw of the parameters; there are
    N draws, the first A of them (a slice of their Latin hypercube) for the average person too.
    `values` holds every drawn parameter (A+N or a constant), `u` the androgen drive and `response`
    the factor on the trophic stimulus (A+N), `start` the shares today, states x (A+N), `before`
    those when the first of the treatments used until now was begun, `effective_draws` how many
    draws a measured density left in effect (N without one).
    """

    values: dict[str, Array]
    parameters: CycleParameters
    u: Array
    response: Array
    before: Array
    start: Array
    averages: int
    effective_draws: float

    @property
    def draws(self) -> int:
        """Number of draws N."""
        return self.u.size - self.averages

    def first(self, count: int) -> Index:
        """Return the columns of the average person and of the first `count` single persons."""
        return np.arange(self.averages + count)


def persons(
    model: Mapping[str, ModelParameter], rng: np.random.Generator, count: int, slices: int = 1
) -> tuple[dict[str, Array], Array, Array]:
    """Return drawn values, androgen drives and responses of `count` draws, each twice (P1 to P6).

    The first half of each array is the average person, the second half one person for each draw.
    """
    values = {
        name: np.concatenate([drawn, drawn], axis=-1)
        if drawn.ndim and drawn.shape[-1] > 1
        else drawn
        for name, drawn in draw_parameters(model, rng, count, slices).items()
    }
    u, response = np.ones(2 * count), np.ones(2 * count)
    z_u, z_years, z_follicles = (stratified_normal(rng, count, slices) for _ in range(3))
    u[count:] = np.exp(model["u_log_sd"].number() * z_u)
    # a Beta on 0 to 2 with mean 1 and the coefficient of variation of the facts
    shape = (1 / model["response_cv"].number() ** 2 - 1) / 2
    response[count:] = 2 * stratified_beta(rng, shape, count, slices)
    years = model["t_dis"].number()
    log_sd = np.sqrt(np.log1p((model["t_dis_sd"].number() / years) ** 2))
    values["t_dis"][count:] *= np.exp(log_sd * z_years)
    values["F0"][count:] += model["F0_sd"].number() * z_follicles
    np.maximum(values["F0"], 1.0, out=values["F0"])
    return values, u, response


def nonvellus_share(layout: Layout, state: Array) -> Array:
    """Return the share of follicles that show a non-vellus hair, B."""
    x = layout.by_size(layout.live(state))
    seen = x[layout.anagen.start : layout.telogen.stop, :2].sum(axis=(0, 1))
    return np.asarray(seen + x[layout.anagen_driven, :2].sum(axis=0))


def pattern_cohort(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    rng: np.random.Generator,
    count: int,
    density_per_cm2: float | None,
    slices: int = 1,
    past: Past | None = None,
) -> Cohort:
    """Return `count` people with pattern hair loss today.

    Without a measured density they are the average trial patients of the facts. With one, persons
    are weighted by how likely each is to show it and their follicle density is drawn from what it
    leaves possible, with the error of a count (P7 to P9); the average person then starts at the
    same density. The average person has the first of `slices` slices of the draws. With a past
    they were those patients when it began, and a measured density is that of today, under it (P12).

    Raises
    ------
    InputError
        If the slices do not divide the number of draws.
    """
    if count % slices:
        raise InputError(
            f"{count} draws cannot be dealt into {slices} slices; use a multiple of it"
        )
    averages = count // slices
    size = count if density_per_cm2 is None else POOL * count
    values, u, response = persons(model, rng, size, slices if size == count else 1)

    def settled(index: Index) -> Array:
        some = CycleParameters.from_values(values).take(index)
        return pattern_baseline(layout, some, u[index], values["t_dis"][index])

    def today(index: Index, before: Array) -> Array:
        if past is None:
            return before
        some = picked(values, index)
        (state,) = lived_through(model, layout, some, u[index], response[index], before, [past])
        return state

    def chosen(index: Index, before: Array, start: Array, effective: float) -> Cohort:
        parameters = CycleParameters.from_values(values)
        return Cohort(
            values, parameters, u[index], response[index], before, start, averages, effective
        )

    if density_per_cm2 is None:
        index = np.concatenate([np.arange(averages), np.arange(size, 2 * size)])
        before = settled(index)
        start = today(index, before)
        values = picked(values, index)
        return chosen(index, before, start, float(count))
    every = np.arange(size, 2 * size)
    untreated = settled(every)
    candidates = today(every, untreated)
    share = nonvellus_share(layout, candidates)
    mean, sd = values["F0"][:size], model["F0_sd"].number()
    error = density_per_cm2 * model["count_error_percent"].number() / 100
    variance = (sd * share) ** 2 + error**2  # (P7)
    log_weight = -0.5 * ((density_per_cm2 - mean * share) ** 2 / variance + np.log(variance))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    places = (rng.random() + np.arange(count)) / count
    # in the order of the response, which the draws kept therefore cover evenly
    order = np.argsort(response[size:], kind="stable")
    kept = order[np.searchsorted(np.cumsum(weight[order]), places).clip(0, size - 1)]  # (P8)
    # deal them out in turn, so that every slice covers the response as well
    kept = kept.reshape(averages, slices).T.ravel()
    precision = 1 / sd**2 + (share[kept] / error) ** 2  # (P9)
    middle = (mean[kept] / sd**2 + density_per_cm2 * share[kept] / error**2) / precision
    follicles = middle + stratified_normal(rng, count, slices) / np.sqrt(precision)
    follicles = np.maximum(follicles, 1.0)
    earlier = settled(kept[:averages])
    average = today(kept[:averages], earlier)
    typical = nonvellus_share(layout, average)
    index = np.concatenate([kept[:averages], kept + size])
    before = np.concatenate([earlier, untreated[:, kept]], axis=1)
    start = np.concatenate([average, candidates[:, kept]], axis=1)
    values = picked(values, index)
    values["F0"] = np.concatenate([(follicles * share[kept])[:averages] / typical, follicles])
    return chosen(index, before, start, float(1 / np.sum(weight**2)))


def with_pasts(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    cohort: Cohort,
    pasts: Sequence[Past],
    index: Index,
) -> list[Array]:
    """Return the shares of today of the columns `index` as other pasts would have left them."""
    return lived_through(
        model,
        layout,
        picked(cohort.values, index),
        cohort.u[index],
        cohort.response[index],
        cohort.before[:, index],
        pasts,
    )
