"""Whom a forecast is for: draws of the parameters, for the average person and for single ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import CycleParameters
from anagen.follicle.disease import pattern_baseline
from anagen.follicle.draw import draw_parameters, stratified_beta, stratified_normal
from anagen.follicle.layout import Layout
from anagen.follicle.past import Past, lived_through, picked
from anagen.follicle.signs import NOTHING_MORE, Signs
from anagen.follicle.units import WEEKS_PER_YEAR, Array, Index

POOL = 3
"""Candidates drawn for each one kept, for each thing known that weighs them."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The average person and single persons: columns 0 to A-1 and A to A+N-1.

    Column k of the average person and column A+k share the draw of the parameters; there are
    N draws, the first A of them (a slice of their Latin hypercube) for the average person too.
    `values` holds every drawn parameter (A+N or a constant), `u` the androgen drive and `response`
    the factor on the trophic stimulus (A+N), `start` the shares today, states x (A+N), `before`
    those when the first of the treatments used until now was begun, `effective_draws` how many
    draws were left in effect by what is known of the person (N if nothing is).
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
    for name in ("t_dis", "F0"):  # single persons differ even where a fact is held
        values[name] = np.broadcast_to(values[name], 2 * count).copy()
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


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Everybody that was drawn, each twice: the average person, then one person (P1 to P6)."""

    model: Mapping[str, ModelParameter]
    layout: Layout
    values: dict[str, Array]
    u: Array
    response: Array
    past: Past | None

    def settled(self, index: Index) -> Array:
        """Return the shares after the years of loss."""
        some = CycleParameters.from_values(self.values).take(index)
        return pattern_baseline(self.layout, some, self.u[index], self.values["t_dis"][index])

    def today(self, index: Index, before: Array) -> Array:
        """Return the shares that the past has left of those before it (P12)."""
        if self.past is None:
            return before
        some, u, response = picked(self.values, index), self.u[index], self.response[index]
        (state,) = lived_through(self.model, self.layout, some, u, response, before, [self.past])
        return state

    def cohort(
        self,
        index: Index,
        before: Array,
        start: Array,
        averages: int,
        effective_draws: float,
        follicles_per_cm2: Array | None = None,
    ) -> Cohort:
        """Return some of them, with their own follicle density or the one given."""
        values = picked(self.values, index)
        if follicles_per_cm2 is not None:
            values["F0"] = follicles_per_cm2
        parameters = CycleParameters.from_values(values)
        u, response = self.u[index], self.response[index]
        return Cohort(values, parameters, u, response, before, start, averages, effective_draws)


def pattern_cohort(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    rng: np.random.Generator,
    count: int,
    density_per_cm2: float | None,
    slices: int = 1,
    past: Past | None = None,
    *,
    signs: Signs = NOTHING_MORE,
) -> Cohort:
    """Return `count` people with pattern hair loss today.

    Without anything known they are the average trial patients of the facts. With a measured
    density, persons are weighted by how likely each is to show it and their follicle density is
    drawn from what it leaves possible, with the error of a count (P7 to P9); the average person
    then starts at the same density. What else is known (`signs`) weighs persons too (P16, P17),
    and a grade moves the years of loss of all (P15). The average person has the first of `slices`
    slices of the draws. With a past they were those patients when it began, and what was measured
    is of today, under it (P12).

    Raises
    ------
    InputError
        If the slices do not divide the number of draws.
    """
    if count % slices:
        raise InputError(
            f"{count} draws cannot be dealt into {slices} slices; use a multiple of it"
        )
    known = signs.weighing + (density_per_cm2 is not None)
    size = POOL * known * count if known else count
    values, u, response = persons(model, rng, size, 1 if known else slices)
    values["t_dis"] = values["t_dis"] * signs.years_factor(model, values["grade_weight"])
    drawn = _Drawn(model, layout, values, u, response, past)
    if known:
        return _weighed(drawn, rng, (count, slices), density_per_cm2, signs)
    averages = count // slices
    index = np.concatenate([np.arange(averages), np.arange(size, 2 * size)])
    before = drawn.settled(index)
    return drawn.cohort(index, before, drawn.today(index, before), averages, float(count))


def _weighed(
    drawn: _Drawn,
    rng: np.random.Generator,
    wanted: tuple[int, int],
    density_per_cm2: float | None,
    signs: Signs,
) -> Cohort:
    """Return people who are like what is known; `wanted` is how many, and in how many slices."""
    model, layout, past = drawn.model, drawn.layout, drawn.past
    (count, slices), size = wanted, drawn.u.size // 2
    averages = count // slices
    every = np.arange(size, 2 * size)
    untreated = drawn.settled(every)
    candidates = drawn.today(every, untreated)
    share = nonvellus_share(layout, candidates)
    log_weight = np.zeros(size)
    count_of = None if density_per_cm2 is None else _Count.of(density_per_cm2, model)
    if count_of is not None:
        log_weight += count_of.log_weight(drawn.values["F0"][:size], share)
    if signs.weighing:
        some = CycleParameters.from_values(drawn.values).take(every)
        years = drawn.values["t_dis"][every] + (past.weeks / WEEKS_PER_YEAR if past else 0.0)
        log_weight += signs.log_weight(model, layout, some, years, candidates)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    kept = _resampled(rng, weight, drawn.response[size:], count, slices)
    earlier = drawn.settled(kept[:averages])
    average = drawn.today(kept[:averages], earlier)
    follicles = None
    if count_of is not None:
        own = count_of.follicles_per_cm2(rng, drawn.values["F0"][kept], share[kept], slices)
        alike = (own * share[kept])[:averages] / nonvellus_share(layout, average)
        follicles = np.concatenate([alike, own])
    return drawn.cohort(
        np.concatenate([kept[:averages], kept + size]),
        np.concatenate([earlier, untreated[:, kept]], axis=1),
        np.concatenate([average, candidates[:, kept]], axis=1),
        averages,
        float(1 / np.sum(weight**2)),
        follicles,
    )


def _resampled(
    rng: np.random.Generator, weight: Array, response: Array, count: int, slices: int
) -> Index:
    """Return whom of the candidates to keep, by systematic resampling (P8)."""
    places = (rng.random() + np.arange(count)) / count
    # in the order of the response, which the draws kept therefore cover evenly
    order = np.argsort(response, kind="stable")
    last = weight.size - 1
    kept = order[np.searchsorted(np.cumsum(weight[order]), places).clip(0, last)]
    # deal them out in turn, so that every slice covers the response as well
    return np.asarray(kept.reshape(count // slices, slices).T.ravel(), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Count:
    """A measured density, its error, and how follicle density varies; all per cm2."""

    density: float
    error: float
    sd: float

    @classmethod
    def of(cls, density_per_cm2: float, model: Mapping[str, ModelParameter]) -> Self:
        error = density_per_cm2 * model["count_error_percent"].number() / 100
        return cls(density_per_cm2, error, model["F0_sd"].number())

    def log_weight(self, mean: Array, share: Array) -> Array:
        """Return the log of how likely it is, given the mean follicle density (P7)."""
        variance = (self.sd * share) ** 2 + self.error**2
        return -0.5 * ((self.density - mean * share) ** 2 / variance + np.log(variance))

    def follicles_per_cm2(
        self, rng: np.random.Generator, mean: Array, share: Array, slices: int
    ) -> Array:
        """Draw the follicle density of persons from what the count leaves possible (P9)."""
        precision = 1 / self.sd**2 + (share / self.error) ** 2
        middle = (mean / self.sd**2 + self.density * share / self.error**2) / precision
        drawn = middle + stratified_normal(rng, mean.size, slices) / np.sqrt(precision)
        return np.maximum(drawn, 1.0)


def with_memory(
    model: Mapping[str, ModelParameter],
    cohort: Cohort,
    layout: Layout,
    other: Layout,
    index: Index,
    past: Past | None,
) -> Cohort:
    """Return the columns `index` of a cohort as the same people with another memory of size (P20).

    They are drawn as they were before treatment, and differ by memory from `past` on.
    """
    values = picked(cohort.values, index)
    u, response = cohort.u[index], cohort.response[index]
    before = other.taken_over(cohort.before[:, index], layout)
    start = before
    if past is not None:
        (start,) = lived_through(model, other, values, u, response, before, [past])
    return Cohort(
        values=values,
        parameters=cohort.parameters.take(index),
        u=u,
        response=response,
        before=before,
        start=start,
        averages=min(cohort.averages, index.size),
        effective_draws=cohort.effective_draws,
    )


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
