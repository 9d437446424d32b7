"""Whose scalp a scenario is about: the facts' own person, the average person, single persons."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.blend import donor_drive
from anagen.follicle.closed_form import healthy
from anagen.follicle.cohort import nonvellus_share, persons
from anagen.follicle.cycle import CycleParameters, point_value
from anagen.follicle.disease import pattern_baseline, region_drive
from anagen.follicle.layout import Layout
from anagen.follicle.past import picked
from anagen.follicle.scenario import Scenario
from anagen.follicle.units import Array, Index


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Columns B: 0 has the values of the facts, then N average persons, then N single persons.

    The average persons differ by the draw of the parameters alone. `donor_u` is the androgen drive
    of follicles from the back of the head.
    """

    values: dict[str, Array]
    parameters: CycleParameters
    u: Array
    response: Array
    start: Array
    donor_u: Array
    count: int

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
        region = scenario.region
        here, vertex = model[f"follicles_{region}_per_cm2"], model["follicles_vertex_per_cm2"]
        values["F0"] = values["F0"] * (here.number() / vertex.number())
        own_u = u * drive * region_drive(model, region)
        donor_u = u * drive * donor_drive(model)
        parameters = CycleParameters.from_values(values)
        years = np.broadcast_to(values["t_dis"], u.shape)

        if start.state == "healthy":
            state = healthy(layout, parameters, u.size)
        else:
            years = np.broadcast_to(values["t_dis"], u.shape)
            state = pattern_baseline(layout, parameters, own_u, years)
        if start.density_per_cm2 is not None:
            values["F0"] = start.density_per_cm2 / nonvellus_share(layout, state)
            parameters = CycleParameters.from_values(values)
        return cls(values, parameters, own_u, response, state, donor_u, count)

    def one(self) -> "People":
        """Return the person with the values of the facts."""
        return self._take(np.zeros(1, dtype=np.intp), 0)

    def _take(self, index: Index, count: int) -> "People":
        return People(
            picked(self.values, index),
            self.parameters.take(index),
            self.u[index],
            self.response[index],
            self.start[:, index],
            self.donor_u[index],
            count,
        )


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
