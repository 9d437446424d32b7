"""From the components of a treatment to the two drives of the model, for every draw at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Array, Controls
from anagen.follicle.response import (
    androgen_drive,
    combined_stimulus,
    continuous_stimulus,
    lotion_stimulus,
    residual_dht,
    residual_dht_at_dose,
    session_stimulus,
)

AMPLITUDE = {
    "finasteride_oral": "D_fin",
    "finasteride_topical": "D_finasteride_topical",
    "dutasteride": "D_dut",
    "minoxidil_topical": "minoxidil_half_percent",
    "minoxidil_oral": "S_minoxidil_oral",
    "lllt": "S_lllt",
    "exosome": "exosome_amplitude",
    "prp": "prp_amplitude",
    "microneedling": "microneedling_amplitude",
}
"""The fact that sets how strongly each component that the model knows acts."""

INHIBITORS = ("finasteride_oral", "finasteride_topical", "dutasteride")
SESSIONS = ("exosome", "prp", "microneedling")
DOSED = {"finasteride_oral": "mg", "minoxidil_topical": "%"}
"""Components for which a dose-response is known, and its unit."""


@dataclass(frozen=True, slots=True)
class Regimen:
    """What is given: components, doses where a dose-response is known, weeks of sessions.

    Without `session_weeks` the sessions follow the schedule of the facts. `stop_week` ends all
    components that are taken all the time.
    """

    components: tuple[str, ...]
    doses: tuple[tuple[str, float], ...] = ()
    session_weeks: tuple[float, ...] | None = None
    stop_week: float = np.inf

    def __post_init__(self) -> None:
        """Refuse what the model does not know."""
        for name in self.components:
            if name not in AMPLITUDE:
                raise InputError(
                    f"the model does not know '{name}'; use one of {', '.join(AMPLITUDE)}"
                )
        for name, _ in self.doses:
            if name not in DOSED:
                raise InputError(
                    f"no dose-response is known for '{name}'; give a dose only for "
                    f"{' or '.join(DOSED)}"
                )

    @property
    def is_fitted_by(self) -> tuple[str, ...]:
        """Facts whose status decides whether the course is fitted or assumed."""
        return tuple(AMPLITUDE[name] for name in self.components)


def is_assumed(regimen: Regimen, model: Mapping[str, ModelParameter]) -> bool:
    """Return whether any amplitude of the regimen is assumed or remembered."""
    return any(model[name].status in ("assumed", "remembered") for name in regimen.is_fitted_by)


def session_weeks(
    component: str, model: Mapping[str, ModelParameter], horizon_w: float
) -> tuple[float, ...]:
    """Return the weeks of the sessions of a component as the facts schedule them."""
    count = int(model[f"{component}_sessions"].number())
    interval = model[f"{component}_interval_w"].number()
    weeks = [k * interval for k in range(count)]
    later = model.get(f"{component}_maintenance_w")
    if later is not None:
        step = later.number()
        weeks += list(np.arange(weeks[-1] + step, horizon_w, step))
    return tuple(float(week) for week in weeks if week < horizon_w)


class Therapy:
    """A regimen acting on a batch: the controls at any week, and the weeks of its events.

    Parameters
    ----------
    values:
        Draws of the model's parameters, each a number or B of them.
    u, response:
        Androgen drive without treatment, and the factor on the trophic stimulus, each B.
    """

    def __init__(
        self,
        regimen: Regimen,
        model: Mapping[str, ModelParameter],
        values: Mapping[str, Array],
        u: Array,
        response: Array,
        horizon_w: float,
    ) -> None:
        self._regimen, self._values, self._u, self._response = regimen, values, u, response
        self._cap = model["stimulus_cap"].number()
        given = {
            name: regimen.session_weeks
            if regimen.session_weeks is not None
            else session_weeks(name, model, horizon_w)
            for name in SESSIONS
            if name in regimen.components
        }
        self._sessions = given
        stop = [regimen.stop_week] if regimen.stop_week < horizon_w else []
        self.events: tuple[float, ...] = tuple(
            sorted({0.0, *stop, *(w for weeks in given.values() for w in weeks)})
        )
        self._inhibitors = [
            self._inhibitor(n, model) for n in INHIBITORS if n in regimen.components
        ]
        self._levels = [self._level(n, model) for n in regimen.components if n not in INHIBITORS]
        self._levels = [level for level in self._levels if level is not None]
        self._zero = np.zeros_like(u)

    def _inhibitor(
        self, name: str, model: Mapping[str, ModelParameter]
    ) -> tuple[Array, Array, Array]:
        """Return residual DHT and the time constants on and off."""
        residual, on = self._values[AMPLITUDE[name]], self._values["tau_D_w"]
        dose = dict(self._regimen.doses).get(name)
        if dose is not None:
            residual = residual_dht_at_dose(
                residual,
                dose,
                model["finasteride_reference_dose_mg"].number(),
                model["finasteride_half_dose_mg"].number(),
            )
        off = self._values["tau_D_dutasteride_w"] if name == "dutasteride" else on
        return residual, on, off

    def _level(self, name: str, model: Mapping[str, ModelParameter]) -> Array | None:
        """Return the steady stimulus of a component that is taken all the time."""
        if name in SESSIONS:
            return None
        if name != "minoxidil_topical":
            return self._values[AMPLITUDE[name]]
        half = model["minoxidil_half_percent"].number()
        reference = model["minoxidil_reference_percent"].number()
        percent: Array | float = dict(self._regimen.doses).get(name, reference)
        if "microneedling" in self._regimen.components:
            percent = percent * (1 + self._values["microneedling_lotion_boost"])
        return lotion_stimulus(percent, half, reference)

    def __call__(self, week: float, begun: float) -> Controls:
        """Return the controls at `week` of a step that began at `begun`."""
        stop = self._regimen.stop_week
        u = self._u
        if self._inhibitors:
            # two inhibitors of one enzyme: the stronger acts, they do not multiply
            left = [
                residual_dht(week, residual, on, off, stop_week=stop)
                for residual, on, off in self._inhibitors
            ]
            u = androgen_drive(u, np.minimum.reduce(left), self._values["gamma_D"])
        parts = [
            continuous_stimulus(
                week, level, self._values["tau_on_w"], self._values["tau_off_w"], stop_week=stop
            )
            for level in self._levels
            if level is not None
        ]
        parts += [
            session_stimulus(
                week,
                begun,
                weeks,
                np.atleast_1d(self._values[AMPLITUDE[name]]),
                np.atleast_1d(self._values[f"{name}_half_life_w"]),
            )
            for name, weeks in self._sessions.items()
        ]
        if not parts:
            return Controls(u=u, S=self._zero)
        together = combined_stimulus(parts, self._cap)
        return Controls(u=u, S=np.minimum(together * self._response, self._cap))


class Together:
    """Several therapies side by side on one batch, each on its own block of columns."""

    def __init__(self, therapies: Sequence[Therapy]) -> None:
        self._therapies = therapies
        self.events = tuple(sorted({week for one in therapies for week in one.events}))

    def __call__(self, week: float, begun: float) -> Controls:
        """Return the controls of all columns at `week` of a step that began at `begun`."""
        every = [one(week, begun) for one in self._therapies]
        return Controls(
            u=np.concatenate([one.u for one in every]), S=np.concatenate([one.S for one in every])
        )
