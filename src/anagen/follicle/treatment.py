"""From the components of a treatment to the two drives of the model, for every draw at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import zip_longest
from typing import Self, TypeVar

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, columns
from anagen.follicle.response import (
    androgen_drive,
    combined_stimulus,
    continuous_stimulus,
    lotion_stimulus,
    residual_dht,
    residual_dht_at_dose,
    session_build_up,
    session_stimulus,
)
from anagen.follicle.units import Array, Index

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
    `earlier_doses` are those of all but the latest time that a component is taken.
    """

    components: tuple[str, ...]
    doses: tuple[tuple[str, float], ...] = ()
    session_weeks: tuple[float, ...] | None = None
    stop_week: float = np.inf
    episodes: tuple[tuple[str, float, float], ...] = ()
    schedules: tuple[tuple[str, tuple[float, ...]], ...] = ()
    earlier_doses: tuple[tuple[str, float], ...] = ()

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


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """Residual DHT under an inhibitor (1 where it is not given), time constants on and off.

    `span` holds the first and the last week.
    """

    residual: Array
    on_w: Array
    off_w: Array
    span: Span


@dataclass(frozen=True, slots=True)
class Level:
    """A steady stimulus of what is taken all the time: the sum of pieces, each with its span."""

    pieces: tuple[Array, ...]
    spans: tuple[Span, ...]

    def take(self, index: Index) -> Self:
        """Return the columns `index`."""
        return replace(self, pieces=tuple(columns(piece, index) for piece in self.pieces))


@dataclass(frozen=True, slots=True)
class Sessions:
    """Weeks of sessions, their amplitude (0 where none are given) and half-life.

    `strengths` are those of the sessions relative to the amplitude, `built` what stands after each.
    """

    weeks: tuple[float, ...]
    amplitude: Array
    half_life_w: Array
    strengths: tuple[Array, ...] = ()
    built: tuple[Array, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Add up what the earlier sessions leave; without `strengths` all are alike."""
        strengths = self.strengths or (np.ones(1),) * len(self.weeks)
        built = session_build_up(self.weeks, strengths, np.atleast_1d(self.half_life_w))
        object.__setattr__(self, "built", built)

    def at(self, week: float, begun: float) -> Array:
        """Return the stimulus at `week` of the sessions given up to week `begun`."""
        amplitude, half_life_w = np.atleast_1d(self.amplitude), np.atleast_1d(self.half_life_w)
        return session_stimulus(week, begun, self.weeks, self.built, amplitude, half_life_w)


@dataclass(frozen=True, slots=True)
class Therapy:
    """What acts on a batch of B columns: a function of the week, and the weeks of its events.

    `u` and `response` are the androgen drive without treatment and the factor on the trophic
    stimulus; `levels` are steady stimuli of what is taken all the time, 0 where it is not. What is
    given at different times stands apart.
    """

    u: Array
    response: Array
    inhibitors: tuple[Inhibitor, ...]
    levels: tuple[Level, ...]
    sessions: tuple[Sessions, ...]
    on_w: Array
    off_w: Array
    gamma_D: Array  # noqa: N815  as in the facts
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
            name: regimen.sessions(name, model, horizon_w)
            for name in SESSIONS
            if name in regimen.components
        }
        steady = [n for n in regimen.components if n not in (*INHIBITORS, *SESSIONS)]
        inhibitors = tuple(
            one
            for name in INHIBITORS
            if name in regimen.components
            for one in _inhibitors(name, regimen, model, values)
        )
        levels = tuple(_level(name, regimen, model, values) for name in steady)
        turns = {
            *(week for one in inhibitors for week in one.span),
            *(week for level in levels for span in level.spans for week in span),
        }
        events = {0.0, *(w for w in turns if w < horizon_w)}
        events |= {w for weeks in given.values() for w in weeks}
        return cls(
            u=u,
            response=response,
            inhibitors=inhibitors,
            levels=levels,
            sessions=tuple(
                Sessions(weeks, values[AMPLITUDE[name]], values[f"{name}_half_life_w"])
                for name, weeks in given.items()
            ),
            on_w=values["tau_on_w"],
            off_w=values["tau_off_w"],
            gamma_D=values["gamma_D"],
            cap=model["stimulus_cap"].number(),
            events=tuple(sorted(events)),
        )

    @classmethod
    def together(cls, therapies: Sequence[Self]) -> Self:
        """Return therapies side by side, as one on all their columns."""
        sizes = [one.u.size for one in therapies]

        def spread(parts: Sequence[Array | None], absent: float) -> Array:
            filled = [absent if part is None else part for part in parts]
            return np.concatenate(
                [np.broadcast_to(a, size) for a, size in zip(filled, sizes, strict=True)]
            )

        inhibitors = [
            Inhibitor(
                spread([None if i is None else i.residual for i in row], 1.0),
                spread([None if i is None else i.on_w for i in row], 1.0),
                spread([None if i is None else i.off_w for i in row], 1.0),
                span,
            )
            for span, row in _side_by_side([one.inhibitors for one in therapies], _span_of)
        ]
        levels = [
            Level(
                tuple(
                    spread([None if level is None else level.pieces[k] for level in row], 0.0)
                    for k in range(len(spans))
                ),
                spans,
            )
            for spans, row in _side_by_side([one.levels for one in therapies], _spans_of)
        ]
        sessions = [
            Sessions(
                weeks,
                spread([None if s is None else s.amplitude for s in row], 0.0),
                spread([None if s is None else s.half_life_w for s in row], 1.0),
            )
            for weeks, row in _side_by_side([one.sessions for one in therapies], _weeks_of)
        ]
        return cls(
            u=np.concatenate([one.u for one in therapies]),
            response=np.concatenate([one.response for one in therapies]),
            inhibitors=tuple(inhibitors),
            levels=tuple(levels),
            sessions=tuple(sessions),
            on_w=spread([one.on_w for one in therapies], 1.0),
            off_w=spread([one.off_w for one in therapies], 1.0),
            gamma_D=spread([one.gamma_D for one in therapies], 1.0),
            cap=therapies[0].cap,
            events=tuple(sorted({week for one in therapies for week in one.events})),
        )

    def take(self, index: Index) -> Self:
        """Return the columns `index`, without what none of them is given."""
        inhibitors = [
            Inhibitor(
                columns(i.residual, index), columns(i.on_w, index), columns(i.off_w, index), i.span
            )
            for i in self.inhibitors
        ]
        sessions = [
            Sessions(s.weeks, columns(s.amplitude, index), columns(s.half_life_w, index))
            for s in self.sessions
        ]
        levels = [level.take(index) for level in self.levels]
        return replace(
            self,
            u=self.u[index],
            response=self.response[index],
            inhibitors=tuple(i for i in inhibitors if np.any(i.residual != 1)),
            levels=tuple(level for level in levels if any(map(np.any, level.pieces))),
            sessions=tuple(s for s in sessions if np.any(s.amplitude)),
            on_w=columns(self.on_w, index),
            off_w=columns(self.off_w, index),
            gamma_D=columns(self.gamma_D, index),
        )

    @property
    def is_stimulating(self) -> bool:
        """Whether anything gives a trophic stimulus."""
        return bool(self.levels or self.sessions)

    def _steady(self, week: float, level: Level) -> Array:
        """Return the stimulus of what is taken all the time: its pieces add up (R5)."""
        parts = [
            continuous_stimulus(
                week, piece, self.on_w, self.off_w, start_week=first, stop_week=last
            )
            for piece, (first, last) in zip(level.pieces, level.spans, strict=True)
        ]
        return reduce(np.add, parts)

    def __call__(self, week: float, begun: float) -> Controls:
        """Return the controls at `week` of a step that began at `begun`."""
        u = self.u
        if self.inhibitors:
            # two inhibitors of one enzyme: the stronger acts, they do not multiply
            left = [
                residual_dht(
                    week,
                    one.residual,
                    one.on_w,
                    one.off_w,
                    start_week=one.span[0],
                    stop_week=one.span[1],
                )
                for one in self.inhibitors
            ]
            u = androgen_drive(u, reduce(np.minimum, left), self.gamma_D)
        parts = [self._steady(week, level) for level in self.levels]
        parts += [one.at(week, begun) for one in self.sessions]
        if not parts:
            return Controls(u=u, S=np.zeros_like(u))
        together = combined_stimulus(parts, self.cap)
        return Controls(u=u, S=np.minimum(together * self.response, self.cap))


def _span_of(one: Inhibitor) -> Span:
    return one.span


def _spans_of(level: Level) -> tuple[Span, ...]:
    return level.spans


def _weeks_of(sessions: Sessions) -> tuple[float, ...]:
    return sessions.weeks


Part = TypeVar("Part", Inhibitor, Level, Sessions)
When = TypeVar("When")


def _side_by_side(
    parts: Sequence[tuple[Part, ...]], when: Callable[[Part], When]
) -> list[tuple[When, tuple[Part | None, ...]]]:
    """Return rows of parts that are given at the same time, one place for each therapy."""
    times = dict.fromkeys(when(one) for own in parts for one in own)
    return [
        (time, row)
        for time in times
        for row in zip_longest(*([one for one in own if when(one) == time] for own in parts))
    ]


def _inhibitors(
    name: str,
    regimen: Regimen,
    model: Mapping[str, ModelParameter],
    values: Mapping[str, Array],
) -> list[Inhibitor]:
    """Return what an inhibitor of 5-alpha-reductase does at its dose, each time it is taken."""
    usual, on = values[AMPLITUDE[name]], values["tau_D_w"]
    off = values["tau_D_dutasteride_w"] if name == "dutasteride" else on
    found = []
    for span, dose in regimen.dosed_spans(name):
        residual = usual
        if dose is not None:
            residual = residual_dht_at_dose(
                usual,
                dose,
                model["finasteride_reference_dose_mg"].number(),
                model["finasteride_half_dose_mg"].number(),
            )
        found.append(Inhibitor(residual, on, off, span))
    return found


def _level(
    name: str,
    regimen: Regimen,
    model: Mapping[str, ModelParameter],
    values: Mapping[str, Array],
) -> Level:
    """Return the steady stimulus of a component that is taken all the time."""
    spans = regimen.spans(name)
    if name != "minoxidil_topical":
        return Level((values[AMPLITUDE[name]],) * len(spans), spans)
    half = model["minoxidil_half_percent"].number()
    reference = model["minoxidil_reference_percent"].number()
    pieces: list[tuple[Array, Span]] = []
    for span, dose in regimen.dosed_spans(name):
        percent = reference if dose is None else dose
        plain = lotion_stimulus(percent, half, reference)
        if "microneedling" not in regimen.components:
            pieces.append((plain, span))
            continue
        strong = percent * (1 + values["microneedling_lotion_boost"])
        boosted = lotion_stimulus(strong, half, reference)
        pieces += _needled(plain, boosted, span, regimen.spans("microneedling"))
    return Level(tuple(piece for piece, _ in pieces), tuple(span for _, span in pieces))


def _needled(
    plain: Array, boosted: Array, span: Span, needled: Sequence[Span]
) -> list[tuple[Array, Span]]:
    """Return the stimulus of a lotion, raised for as long as needling goes with it."""
    if any(first <= span[0] and span[1] <= last for first, last in needled):
        return [(boosted, span)]
    common = [(max(first, span[0]), min(last, span[1])) for first, last in needled]
    return [(plain, span), *((boosted - plain, one) for one in common if one[0] < one[1])]
