"""What is given: components with their doses, times and sessions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter

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

Span = tuple[float, float]
"""The first and the last week of something, counted from today."""


@dataclass(frozen=True, slots=True)
class Regimen:
    """What is given: components, doses where a dose-response is known, weeks of sessions.

    Without `session_weeks` the sessions follow the schedule of the facts. `stop_week` ends all
    components that are taken all the time. Week 0 is today; what was begun before has `episodes`,
    each a component and its first and last week; `schedules` then hold the weeks of its sessions.
    `earlier_doses` are those of all but the latest time that a component is taken. `adherence` is
    the share of doses taken of what is taken all the time, `particles_per_cm2` the dose of each
    exosome session; without it the usual one stands.
    """

    components: tuple[str, ...]
    doses: tuple[tuple[str, float], ...] = ()
    session_weeks: tuple[float, ...] | None = None
    stop_week: float = np.inf
    episodes: tuple[tuple[str, float, float], ...] = ()
    schedules: tuple[tuple[str, tuple[float, ...]], ...] = ()
    earlier_doses: tuple[tuple[str, float], ...] = ()
    adherence: tuple[tuple[str, float], ...] = ()
    particles_per_cm2: float | None = None

    def __post_init__(self) -> None:
        """Refuse what the model does not know."""
        for name in self.components:
            if name not in AMPLITUDE:
                raise InputError(
                    f"the model does not know '{name}'; use one of {', '.join(AMPLITUDE)}"
                )
        for name, _ in (*self.doses, *self.earlier_doses):
            if name not in DOSED:
                raise InputError(
                    f"no dose-response is known for '{name}'; give a dose only for "
                    f"{' or '.join(DOSED)}"
                )
        for name, _ in self.adherence:
            if name in SESSIONS:
                raise InputError(
                    f"'{name}' is given in sessions; leave out the weeks of those that are missed"
                )
        if self.particles_per_cm2 is not None and "exosome" not in self.components:
            raise InputError("particles are a dose of exosomes; this regimen has none")

    def spans(self, component: str) -> tuple[Span, ...]:
        """Return the first and last week of every time that a component is taken."""
        told = tuple((first, last) for name, first, last in self.episodes if name == component)
        return tuple(sorted(told)) or ((0.0, self.stop_week),)

    def dosed_spans(self, component: str) -> tuple[tuple[Span, float | None], ...]:
        """Return every time that a component is taken with its dose, none for the usual one."""
        spans = self.spans(component)
        before = dict(self.earlier_doses).get(component)
        latest = dict(self.doses).get(component)
        return (*((span, before) for span in spans[:-1]), (spans[-1], latest))

    def sessions(
        self, component: str, model: Mapping[str, ModelParameter], horizon_w: float
    ) -> tuple[float, ...]:
        """Return the weeks of its sessions: its own, else those given, else of the facts."""
        own = dict(self.schedules).get(component)
        if own is not None:
            return tuple(week for week in own if week < horizon_w)
        if self.session_weeks is not None:
            return self.session_weeks
        return session_weeks(component, model, horizon_w)

    def later(self, weeks: float) -> Self:
        """Return the same some weeks later: what began before today then begins at 0 or after."""
        return replace(
            self,
            episodes=tuple((name, a + weeks, b + weeks) for name, a, b in self.episodes),
            schedules=tuple((name, tuple(w + weeks for w in own)) for name, own in self.schedules),
        )

    @property
    def ended(self) -> tuple[str, ...]:
        """Components of which an episode has ended, before today or today."""
        return tuple(sorted({name for name, _, last in self.episodes if last <= 0}))

    def without_ended(self, names: Collection[str] | None = None) -> Self:
        """Return the regimen as if what has ended, or of it `names`, had never been given."""
        gone = set(self.ended if names is None else names) & set(self.ended)
        episodes = tuple(one for one in self.episodes if one[2] > 0 or one[0] not in gone)
        begun = {name: first for name, first, _ in episodes}
        schedules = tuple(
            (name, tuple(week for week in own if name not in gone or week >= begun[name]))
            for name, own in self.schedules
            if name in begun
        )
        kept = tuple(n for n in self.components if n in begun or n not in gone)
        earlier = tuple(one for one in self.earlier_doses if one[0] not in gone)
        return replace(self, episodes=episodes, schedules=schedules, earlier_doses=earlier).only(
            kept
        )

    def before_today(self) -> Self:
        """Return what of the regimen was begun before today."""
        begun = {name for name, first, _ in self.episodes if first < 0}
        return self.only(tuple(name for name in self.components if name in begun))

    def only(self, kept: tuple[str, ...]) -> Self:
        """Return the regimen with these of its components."""
        return replace(
            self,
            components=kept,
            doses=tuple((name, dose) for name, dose in self.doses if name in kept),
            earlier_doses=tuple((n, dose) for n, dose in self.earlier_doses if n in kept),
            episodes=tuple(one for one in self.episodes if one[0] in kept),
            adherence=tuple((name, share) for name, share in self.adherence if name in kept),
            particles_per_cm2=self.particles_per_cm2 if "exosome" in kept else None,
            schedules=tuple((name, own) for name, own in self.schedules if name in kept),
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
    return replace(regimen.only(kept), session_weeks=None)


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
