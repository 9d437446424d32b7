"""Whose scalp a scenario is about: the facts' own person, the average person, single persons."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.areata_draws import AreataDraws
from anagen.follicle.blend import donor_drive
from anagen.follicle.closed_form import healthy
from anagen.follicle.cohort import nonvellus_share, persons
from anagen.follicle.cycle import CycleParameters, point_value
from anagen.follicle.disease import pattern_baseline, region_drive
from anagen.follicle.layout import Layout
from anagen.follicle.regions import Regions
from anagen.follicle.scenario import WHOLE_SCALP, Scenario, end_week, is_by_chance
from anagen.follicle.units import Array


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A region of the scalp: the share of its follicles, their androgen drive and shares today.

    `u` is B, `start` states x B.
    """

    region: str
    share: float
    u: Array
    start: Array


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Columns B: 0 has the values of the facts, then N average persons, then N single persons.

    The average persons differ by the draw of the parameters alone. `donor_u` is the androgen drive
    of follicles from the back of the head, `areata` what chance makes of attacks, where it does.
    """

    values: dict[str, Array]
    parameters: CycleParameters
    places: tuple[Place, ...]
    response: Array
    donor_u: Array
    count: int
    areata: AreataDraws | None = None

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        model: Mapping[str, ModelParameter],
        layout: Layout,
        seed: int,
        count: int,
    ) -> "People":
        """Return the people of a scenario; with a count of 0 the values of the facts alone."""
        values, u, response = _drawn(model, seed, count)
        start = scenario.start
        drive = start.androgen_drive
        if drive is None:
            drive = 1.0 if start.state == "pattern" else 0.0
        if start.disease_years is not None:
            values["t_dis"] = values["t_dis"] / values["t_dis"][0] * start.disease_years
        shares, follicles_per_cm2 = _regions(scenario, model)
        vertex_per_cm2 = model["follicles_vertex_per_cm2"].number()
        values["F0"] = values["F0"] * (follicles_per_cm2 / vertex_per_cm2)
        parameters = CycleParameters.from_values(values)
        years = np.broadcast_to(values["t_dis"], u.shape)

        def placed(region: str, share: float) -> Place:
            own_u = u * drive * region_drive(model, region)
            if start.state == "healthy":
                return Place(region, share, own_u, healthy(layout, parameters, u.size))
            return Place(region, share, own_u, pattern_baseline(layout, parameters, own_u, years))

        places = tuple(placed(region, share) for region, share in shares.items())
        if start.density_per_cm2 is not None:
            seen = sum(one.share * nonvellus_share(layout, one.start) for one in places)
            values["F0"] = np.asarray(start.density_per_cm2 / seen)
            parameters = CycleParameters.from_values(values)
        chance = is_by_chance(scenario)
        return cls(
            values,
            parameters,
            places,
            response,
            u * drive * donor_drive(model),
            count,
            AreataDraws.of(model, seed, count, end_week(scenario)) if chance else None,
        )

    @property
    def size(self) -> int:
        """Number of columns B."""
        return self.response.size


def _regions(
    scenario: Scenario, model: Mapping[str, ModelParameter]
) -> tuple[dict[str, float], float]:
    """Return the share of the follicles of each region, and how many there are per cm2."""
    regions = Regions.from_facts(model)
    if scenario.region != WHOLE_SCALP:
        return {scenario.region: 1.0}, regions.follicles_per_cm2[scenario.region]
    every = regions.follicles_of_scalp
    shares = {name: count / every for name, count in regions.follicles.items()}
    return shares, every / regions.area_of_scalp_cm2


def _drawn(
    model: Mapping[str, ModelParameter], seed: int, count: int
) -> tuple[dict[str, Array], Array, Array]:
    """Return values, androgen drive and response: the facts' own, then those of `persons`."""
    own = {
        name: np.atleast_1d(point_value(fact))
        for name, fact in model.items()
        if not isinstance(fact.value, str)
    }
    if not count:
        return own, np.ones(1), np.ones(1)
    drawn, u, response = persons(model, np.random.default_rng(seed), count)
    values = {
        name: np.concatenate([own[name], value], axis=-1)
        if value.ndim and value.shape[-1] > 1
        else own[name]
        for name, value in drawn.items()
    }
    return values, np.append(1.0, u), np.append(1.0, response)
