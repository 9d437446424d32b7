"""The plausibility bound: the largest gain of hairs that the model allows by a week (B1 to B9).

W weeks, D draws of the parameters (the facts' values first), J persons (the average one first).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, CycleParameters, point_value
from anagen.follicle.disease import pattern_baseline
from anagen.follicle.draw import Z_95, draw_parameters
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment, follow
from anagen.follicle.observe import observe
from anagen.follicle.past import picked
from anagen.follicle.units import Array

BoundMeasure = Literal["nonvellus_density", "total_hair_density", "terminal_density"]
OBSERVED: dict[BoundMeasure, str] = {
    "nonvellus_density": "nonvellus_per_cm2",
    "total_hair_density": "total_per_cm2",
    "terminal_density": "terminal_per_cm2",
}
"""Which hairs a bound counts, and the measure of an observation that counts them."""

FINE_WEEKS = 30
"""Weeks up to which every whole week is followed: only there does a course fall before it rises."""
LATEST_END_W = 4
"""Weeks before a count within which the end of the stimulus is moved (B2)."""
BLOCK = 1200
Z_DRIVE, Z_YEARS = np.linspace(-2.4, 2.4, 7), np.linspace(-3.0, 3.0, 13)
"""Nodes, in standard deviations, at which persons differ in androgen drive and years of loss."""


@dataclass(frozen=True, slots=True)
class GainBound:
    """The largest gain over the start by each week, percent of the start, and net of no treatment.

    `average` is the bound of a mean over many people, such as a trial reports; its standard error
    is that of the parameters. `person` is one person: its spread holds how people differ as well.
    Neither holds the error of a count. `held_net_percent` is the course of the average trial
    patient with the stimulus held to the end, net of no treatment, before any maximum is taken.
    `hidden_percent` are the follicles of the counted sizes that show no hair at the start, in
    percent of those that show one.
    """

    measure: BoundMeasure
    baseline_per_cm2: float
    is_trial_average: bool
    weeks: tuple[float, ...]
    average_percent: tuple[Estimate, ...]
    average_net_percent: tuple[Estimate, ...]
    person_percent: tuple[Estimate, ...]
    person_net_percent: tuple[Estimate, ...]
    held_net_percent: tuple[float, ...]
    hidden_percent: float


@dataclass(frozen=True, slots=True)
class _Shares:
    """Hairs per follicle of one measure: D x J at the start, W x D x J later."""

    start: Array
    best: Array
    held: Array
    untreated: Array
    hidden: Array

    def gains(self) -> tuple[Array, Array]:
        """Return the running maxima of the gain over the start and over no treatment (B3, B4)."""
        over_start, over_none = self.best - self.start, self.best - self.untreated
        return np.maximum.accumulate(over_start), np.maximum.accumulate(over_none)


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Persons under every draw: the columns of a batch, D x J of them in the order of the draws."""

    layout: Layout
    values: Mapping[str, Array]
    u: Array
    prior: Array
    draws: int

    @property
    def shape(self) -> tuple[int, int]:
        """Draws and persons."""
        return self.draws, self.prior.size


def _crowd(model: Mapping[str, ModelParameter], rng: np.random.Generator, draws: int) -> _Crowd:
    """Return the average person and a grid of persons under the facts' values and each draw."""
    values = {
        name: np.concatenate([np.broadcast_to(point_value(model[name]), (*d.shape[:-1], 1)), d], -1)
        if d.ndim and d.shape[-1] > 1
        else d
        for name, d in draw_parameters(model, rng, draws).items()
    }
    z_u, z_years = (z.ravel() for z in np.meshgrid(Z_DRIVE, Z_YEARS, indexing="ij"))
    z_u, z_years = np.append(0.0, z_u), np.append(0.0, z_years)
    prior = np.exp(-(z_u**2 + z_years**2) / 2)
    prior[0] = 0.0
    log_sd = np.sqrt(np.log1p((model["t_dis_sd"].number() / model["t_dis"].number()) ** 2))
    index = np.repeat(np.arange(draws + 1), z_u.size)
    values = picked(values, index)
    values["t_dis"] = values["t_dis"] * np.exp(log_sd * np.tile(z_years, draws + 1))  # (P5)
    u = np.exp(model["u_log_sd"].number() * np.tile(z_u, draws + 1))  # (P3)
    values["F0"] = np.broadcast_to(values["F0"], u.shape)
    return _Crowd(Layout.from_facts(model), values, u, prior / prior.sum(), draws + 1)


def _courses(crowd: _Crowd, weeks: Sequence[float], cap: float) -> dict[BoundMeasure, _Shares]:
    """Follow everybody without androgen drive and at the cap of the stimulus, and untreated."""
    parameters = CycleParameters.from_values(crowd.values)
    columns = np.arange(crowd.u.size)
    parts = np.array_split(columns, max(1, round(columns.size / BLOCK)))
    counted = np.empty((4, len(OBSERVED), len(weeks), columns.size))
    for block in parts:
        one = _Followed(
            crowd.layout,
            parameters.take(block),
            crowd.u[block],
            np.broadcast_to(crowd.values["t_dis"], columns.shape)[block],
        )
        counted[..., block] = one.courses(weeks, cap)
    best, held, untreated, hidden = counted.reshape(*counted.shape[:3], *crowd.shape)
    return {
        name: _Shares(held[k, 0], best[k], held[k], untreated[k], hidden[k, 0])
        for k, name in enumerate(OBSERVED)
    }


@dataclass(frozen=True, slots=True)
class _Followed:
    """People of like speed who are followed side by side."""

    layout: Layout
    parameters: CycleParameters
    u: Array
    years: Array

    def _from(self, start: Array, u: Array, S: float, weeks: Sequence[float]) -> list[Moment]:
        held = Controls(u=u, S=np.full_like(u, S))
        return list(
            follow(self.layout, self.parameters, start, lambda *_: held, weeks, events=(0.0,))
        )

    def _seen(self, moment: Moment) -> Array:
        """Return hairs per follicle of each measure."""
        seen = observe(self.layout, self.parameters, moment)
        return np.stack([getattr(seen, name) / self.parameters.F0 for name in OBSERVED.values()])

    def _hidden(self, state: Array, seen: Array) -> Array:
        """Return the follicles of the counted sizes that show no hair, per follicle."""
        live = self.layout.by_size(self.layout.live(state)).sum(axis=0)
        return np.stack([live[:2].sum(axis=0), live.sum(axis=0), live[0]]) - seen

    def courses(self, weeks: Sequence[float], cap: float) -> Array:
        """Return best, held and untreated shares and what is hidden: 4 x measures x W x columns.

        The best is over the weeks at which the stimulus may have ended (B2): what is no longer
        hurried through rest is shed later.
        """
        start = pattern_baseline(self.layout, self.parameters, self.u, self.years)
        none = np.zeros_like(self.u)
        earlier = range(LATEST_END_W + 1)
        ends = sorted({week - k for week in weeks for k in earlier if week >= k})
        at_end = {m.week: m for m in self._from(start, none, cap, ends)}
        held = np.stack([self._seen(at_end[week]) for week in weeks], axis=1)
        best = held.copy()
        place = {week: k for k, week in enumerate(weeks)}
        for end, moment in at_end.items():
            later = [k for k in earlier if k and end + k in place]
            if not later:
                continue
            for after in self._from(moment.state, none, 0.0, later):
                at = place[end + after.week]
                best[:, at] = np.maximum(best[:, at], self._seen(after))
        untreated = np.stack([self._seen(m) for m in self._from(start, self.u, 0.0, weeks)], axis=1)
        hidden = np.broadcast_to(self._hidden(start, held[:, 0])[:, None], held.shape)
        return np.stack([best, held, untreated, hidden])


def _estimates(value: Array, se: Array) -> tuple[Estimate, ...]:
    return tuple(
        Estimate(value=float(v), se=float(s), unit="percent")
        for v, s in zip(value, se, strict=True)
    )


def _of_average(shares: _Shares, gain: Array) -> tuple[Array, Array]:
    """Return the bound of the average trial patient and its standard error, percent (B5)."""
    percent = 100 * gain[..., 0] / shares.start[:, 0]
    return percent[:, 0], percent[:, 1:].std(axis=1, ddof=1)


def _of_anybody(crowd: _Crowd, shares: _Shares, gain: Array) -> tuple[Array, Array]:
    """Return mean and spread over persons of whom nothing was measured, percent (B6)."""
    typical = (shares.start * crowd.prior).sum(axis=1, keepdims=True)
    percent = (100 * gain / np.maximum(shares.start, typical / 2))[:, 1:]  # (P10)
    mean = (percent * crowd.prior).sum(axis=2).mean(axis=1)
    square = (percent**2 * crowd.prior).sum(axis=2).mean(axis=1)
    return mean, np.sqrt(square - mean**2)


@dataclass(frozen=True, slots=True)
class _Density:
    """People with a measured density: D x J weights, sum 1 per draw, and follicles per cm² (P9)."""

    weight: Array
    follicles_per_cm2: Array
    variance: Array

    def mean_per_cm2(self, share: Array) -> Array:
        """Return the mean over persons of a share of follicles, for every draw."""
        return np.asarray((self.weight * self.follicles_per_cm2 * share).sum(axis=-1))


def _with_density(
    crowd: _Crowd, model: Mapping[str, ModelParameter], share: Array, density: float
) -> _Density:
    """Weigh persons by how likely each shows a density (P7, P9).

    Few follicles and long disease stay both possible, as likely as the model has them.
    """
    follicles = np.reshape(crowd.values["F0"], crowd.shape)
    error = density * model["count_error_percent"].number() / 100
    sd = model["F0_sd"].number()
    variance = (sd * share) ** 2 + error**2
    fit = -0.5 * ((density - follicles * share) ** 2 / variance + np.log(variance))
    weight = crowd.prior * np.exp(fit - fit.max(axis=1, keepdims=True))
    precision = 1 / sd**2 + (share / error) ** 2
    middle = (follicles / sd**2 + density * share / error**2) / precision
    return _Density(weight / weight.sum(axis=1, keepdims=True), middle, 1 / precision)


def _of_density(
    people: _Density, start: Array, gain: Array
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return (value, spread) of a mean over people with a density, and of one of them (B7, B8)."""
    base = people.mean_per_cm2(start)
    mean = 100 * people.mean_per_cm2(gain) / base
    second = people.follicles_per_cm2**2 + people.variance
    square = 1e4 * (people.weight * second * gain**2).sum(axis=2) / base**2
    spread = np.sqrt(square[:, 1:].mean(axis=1) - mean[:, 1:].mean(axis=1) ** 2)
    return (mean[:, 0], mean[:, 1:].std(axis=1, ddof=1)), (mean[:, 0], spread)


def _gain_bound(
    crowd: _Crowd,
    model: Mapping[str, ModelParameter],
    measure: BoundMeasure,
    shares: _Shares,
    density: float | None,
    weeks: Sequence[float],
    wanted: Sequence[int],
) -> GainBound:
    """Return the bound of one measure from one baseline."""
    gains = [gain[wanted] for gain in shares.gains()]
    own_start = shares.start[0, 0]
    if density is None:
        average = [_of_average(shares, gain) for gain in gains]
        person = [_of_anybody(crowd, shares, gain) for gain in gains]
        hidden = shares.hidden[0, 0] / own_start
    else:
        people = _with_density(crowd, model, shares.start, density)
        both = [_of_density(people, shares.start, gain) for gain in gains]
        average, person = [one[0] for one in both], [one[1] for one in both]
        hidden = (people.mean_per_cm2(shares.hidden) / people.mean_per_cm2(shares.start))[0]
    held = 100 * (shares.held - shares.untreated)[wanted, 0, 0] / own_start
    trial = float(crowd.values["F0"][0] * own_start)
    return GainBound(
        measure=measure,
        baseline_per_cm2=trial if density is None else float(density),
        is_trial_average=density is None,
        weeks=tuple(float(week) for week in weeks),
        average_percent=_estimates(*average[0]),
        average_net_percent=_estimates(*average[1]),
        person_percent=_estimates(*person[0]),
        person_net_percent=_estimates(*person[1]),
        held_net_percent=tuple(float(value) for value in held),
        hidden_percent=float(100 * hidden),
    )


def plausibility_bounds(
    model: Mapping[str, ModelParameter],
    weeks: Sequence[float],
    rng: np.random.Generator,
    *,
    densities_per_cm2: Mapping[BoundMeasure, Sequence[float | None]],
    draws: int = 48,
) -> list[GainBound]:
    """Return bounds for several measures and baselines, from one set of courses (B1 to B8).

    Parameters
    ----------
    model:
        The facts of the model.
    weeks:
        Weeks after the start, ascending, from 0 on.
    rng:
        Where the draws of the parameters come from.
    densities_per_cm2:
        For each measure the baselines; none for the average patient of the trials.
    draws:
        Draws of the parameters, at least 2.

    Raises
    ------
    InputError
        If the weeks do not ascend from 0 on, a density is not above 0, or there are too few draws.
    """
    _refuse_bad(weeks, densities_per_cm2, draws)
    fine = {float(week) for week in range(min(FINE_WEEKS, int(weeks[-1])) + 1)}
    grid = sorted(fine | {float(week) for week in weeks})
    crowd = _crowd(model, rng, draws)
    every = _courses(crowd, grid, model["stimulus_cap"].number())
    wanted = [grid.index(float(week)) for week in weeks]
    return [
        _gain_bound(crowd, model, measure, every[measure], density, weeks, wanted)
        for measure, densities in densities_per_cm2.items()
        for density in densities
    ]


def _refuse_bad(
    weeks: Sequence[float],
    densities_per_cm2: Mapping[BoundMeasure, Sequence[float | None]],
    draws: int,
) -> None:
    if not len(weeks) or weeks[0] < 0 or np.any(np.diff(weeks) <= 0):
        raise InputError("the weeks of a bound must ascend from 0 on; sort them")
    if draws < 2:
        raise InputError(f"a bound needs 2 draws or more to have a standard error, got {draws}")
    for density in (d for own in densities_per_cm2.values() for d in own if d is not None):
        if not 0 < density < np.inf:
            raise InputError(
                f"a baseline of {density:g} hairs/cm2 has no gain in percent; give a density above "
                "0, or none for the average patient of the trials"
            )


def plausibility_bound(
    model: Mapping[str, ModelParameter],
    weeks: Sequence[float],
    rng: np.random.Generator,
    *,
    density_per_cm2: float | None = None,
    measure: BoundMeasure = "nonvellus_density",
    draws: int = 48,
) -> GainBound:
    """Return the largest gain of hairs by each week that the model allows from one baseline.

    Raises
    ------
    InputError
        If the weeks do not ascend from 0 on, the density is not above 0, or there are too few
        draws.
    """
    (bound,) = plausibility_bounds(
        model, weeks, rng, densities_per_cm2={measure: [density_per_cm2]}, draws=draws
    )
    return bound


def trial_drift_percent(model: Mapping[str, ModelParameter], week: float) -> Estimate:
    """Return the rise that all arms of a trial share by a week, percent of the start (B9).

    It rises and wanes, and like the bound it is a running maximum.
    """
    fact = model["placebo_drift_percent"]
    rise, wane = model["placebo_drift_rise_w"].number(), model["placebo_drift_wane_w"].number()
    highest = rise * np.log1p(wane / rise)
    at = min(week, highest)
    reached = float(-np.expm1(-at / rise) * np.exp(-at / wane))
    if fact.low is None or fact.high is None:
        raise InputError("the drift of a trial needs a low and a high; add them to its fact")
    se = (fact.high - fact.low) / 2 / Z_95
    return Estimate(value=fact.number() * reached, se=se * reached, unit="percent")
