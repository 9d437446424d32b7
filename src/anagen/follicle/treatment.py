"""From the components of a treatment to the two drives of the model, for every draw at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import zip_longest
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Array, Controls, Index, columns
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


def may_do_nothing(component: str, model: Mapping[str, ModelParameter]) -> bool:
    """Return whether a component is assumed and no effect lies in its range, or it has no range."""
    fact = model[AMPLITUDE[component]]
    if not is_assumed(Regimen((component,)), model):
        return False
    if component in INHIBITORS:
        return fact.high is None or fact.high >= 1
    return fact.low is None or fact.low <= 0


def fitted_part(regimen: Regimen, model: Mapping[str, ModelParameter]) -> Regimen:
    """Return the regimen without the components whose amplitude is assumed or remembered."""
    kept = tuple(name for name in regimen.components if not is_assumed(Regimen((name,)), model))
    doses = tuple((name, dose) for name, dose in regimen.doses if name in kept)
    return Regimen(kept, doses, stop_week=regimen.stop_week)


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


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """Residual DHT under an inhibitor (1 where it is not given), time constants on and off."""

    residual: Array
    on_w: Array
    off_w: Array


@dataclass(frozen=True, slots=True)
class Sessions:
    """Weeks of sessions, their amplitude (0 where none are given) and half-life."""

    weeks: tuple[float, ...]
    amplitude: Array
    half_life_w: Array


@dataclass(frozen=True, slots=True)
class Therapy:
    """What acts on a batch of B columns: a function of the week, and the weeks of its events.

    `u` and `response` are the androgen drive without treatment and the factor on the trophic
    stimulus; `levels` are steady stimuli of what is taken all the time, 0 where it is not.
    """

    u: Array
    response: Array
    inhibitors: tuple[Inhibitor, ...]
    levels: tuple[Array, ...]
    sessions: tuple[Sessions, ...]
    on_w: Array
    off_w: Array
    gamma_D: Array  # noqa: N815  as in the facts
    stop_week: float
    cap: float
    events: tuple[float, ...]

    @classmethod
    def of(
        cls,
        regimen: Regimen,
        model: Mapping[str, ModelParameter],
        values: Mapping[str, Array],
        u: Array,
        response: Array,
        horizon_w: float,
    ) -> Self:
        """Return one regimen acting on draws: `values` hold a number or B of them for each fact."""
        given = {
            name: regimen.session_weeks
            if regimen.session_weeks is not None
            else session_weeks(name, model, horizon_w)
            for name in SESSIONS
            if name in regimen.components
        }
        stop = [regimen.stop_week] if regimen.stop_week < horizon_w else []
        events = {0.0, *stop, *(w for weeks in given.values() for w in weeks)}
        steady = [n for n in regimen.components if n not in (*INHIBITORS, *SESSIONS)]
        return cls(
            u=u,
            response=response,
            inhibitors=tuple(
                _inhibitor(name, regimen, model, values)
                for name in INHIBITORS
                if name in regimen.components
            ),
            levels=tuple(_level(name, regimen, model, values) for name in steady),
            sessions=tuple(
                Sessions(weeks, values[AMPLITUDE[name]], values[f"{name}_half_life_w"])
                for name, weeks in given.items()
            ),
            on_w=values["tau_on_w"],
            off_w=values["tau_off_w"],
            gamma_D=values["gamma_D"],
            stop_week=regimen.stop_week,
            cap=model["stimulus_cap"].number(),
            events=tuple(sorted(events)),
        )

    @classmethod
    def together(cls, therapies: Sequence[Self]) -> Self:
        """Return therapies that stop in the same week side by side, as one on all their columns."""
        first = therapies[0]
        if any(one.stop_week != first.stop_week for one in therapies):
            raise InputError("therapies that stop in different weeks cannot be followed together")
        sizes = [one.u.size for one in therapies]

        def spread(parts: Sequence[Array | None], absent: float) -> Array:
            filled = [absent if part is None else part for part in parts]
            return np.concatenate(
                [np.broadcast_to(a, size) for a, size in zip(filled, sizes, strict=True)]
            )

        inhibitors = zip_longest(*(one.inhibitors for one in therapies))
        levels = zip_longest(*(one.levels for one in therapies))
        schedules = dict.fromkeys(s.weeks for one in therapies for s in one.sessions)
        sessions = []
        for weeks in schedules:
            same = [[s for s in one.sessions if s.weeks == weeks] for one in therapies]
            for row in zip_longest(*same):
                amplitude = spread([None if s is None else s.amplitude for s in row], 0.0)
                half_life = spread([None if s is None else s.half_life_w for s in row], 1.0)
                sessions.append(Sessions(weeks, amplitude, half_life))
        return cls(
            u=np.concatenate([one.u for one in therapies]),
            response=np.concatenate([one.response for one in therapies]),
            inhibitors=tuple(
                Inhibitor(
                    spread([None if i is None else i.residual for i in row], 1.0),
                    spread([None if i is None else i.on_w for i in row], 1.0),
                    spread([None if i is None else i.off_w for i in row], 1.0),
                )
                for row in inhibitors
            ),
            levels=tuple(spread(row, 0.0) for row in levels),
            sessions=tuple(sessions),
            on_w=spread([one.on_w for one in therapies], 1.0),
            off_w=spread([one.off_w for one in therapies], 1.0),
            gamma_D=spread([one.gamma_D for one in therapies], 1.0),
            stop_week=first.stop_week,
            cap=first.cap,
            events=tuple(sorted({week for one in therapies for week in one.events})),
        )

    def take(self, index: Index) -> Self:
        """Return the columns `index`, without what none of them is given."""
        inhibitors = [
            Inhibitor(columns(i.residual, index), columns(i.on_w, index), columns(i.off_w, index))
            for i in self.inhibitors
        ]
        sessions = [
            Sessions(s.weeks, columns(s.amplitude, index), columns(s.half_life_w, index))
            for s in self.sessions
        ]
        levels = [columns(level, index) for level in self.levels]
        return replace(
            self,
            u=self.u[index],
            response=self.response[index],
            inhibitors=tuple(i for i in inhibitors if np.any(i.residual != 1)),
            levels=tuple(level for level in levels if np.any(level)),
            sessions=tuple(s for s in sessions if np.any(s.amplitude)),
            on_w=columns(self.on_w, index),
            off_w=columns(self.off_w, index),
            gamma_D=columns(self.gamma_D, index),
        )

    @property
    def is_stimulating(self) -> bool:
        """Whether anything gives a trophic stimulus."""
        return bool(self.levels or self.sessions)

    def __call__(self, week: float, begun: float) -> Controls:
        """Return the controls at `week` of a step that began at `begun`."""
        u, stop = self.u, self.stop_week
        if self.inhibitors:
            # two inhibitors of one enzyme: the stronger acts, they do not multiply
            left = [
                residual_dht(week, one.residual, one.on_w, one.off_w, stop_week=stop)
                for one in self.inhibitors
            ]
            u = androgen_drive(u, reduce(np.minimum, left), self.gamma_D)
        parts = [
            continuous_stimulus(week, level, self.on_w, self.off_w, stop_week=stop)
            for level in self.levels
        ]
        parts += [
            session_stimulus(
                week, begun, one.weeks, np.atleast_1d(one.amplitude), np.atleast_1d(one.half_life_w)
            )
            for one in self.sessions
        ]
        if not parts:
            return Controls(u=u, S=np.zeros_like(u))
        together = combined_stimulus(parts, self.cap)
        return Controls(u=u, S=np.minimum(together * self.response, self.cap))


def _inhibitor(
    name: str,
    regimen: Regimen,
    model: Mapping[str, ModelParameter],
    values: Mapping[str, Array],
) -> Inhibitor:
    """Return what an inhibitor of 5-alpha-reductase does at its dose."""
    residual, on = values[AMPLITUDE[name]], values["tau_D_w"]
    dose = dict(regimen.doses).get(name)
    if dose is not None:
        residual = residual_dht_at_dose(
            residual,
            dose,
            model["finasteride_reference_dose_mg"].number(),
            model["finasteride_half_dose_mg"].number(),
        )
    off = values["tau_D_dutasteride_w"] if name == "dutasteride" else on
    return Inhibitor(residual, on, off)


def _level(
    name: str,
    regimen: Regimen,
    model: Mapping[str, ModelParameter],
    values: Mapping[str, Array],
) -> Array:
    """Return the steady stimulus of a component that is taken all the time."""
    if name != "minoxidil_topical":
        return values[AMPLITUDE[name]]
    half = model["minoxidil_half_percent"].number()
    reference = model["minoxidil_reference_percent"].number()
    percent: Array | float = dict(regimen.doses).get(name, reference)
    if "microneedling" in regimen.components:
        percent = percent * (1 + values["microneedling_lotion_boost"])
    return lotion_stimulus(percent, half, reference)
