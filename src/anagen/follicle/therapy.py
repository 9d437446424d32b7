"""From a regimen to the two drives of the model, for every draw at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import zip_longest
from typing import Self, TypeVar

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, columns
from anagen.follicle.regimen import AMPLITUDE, INHIBITORS, SESSIONS, Regimen, Span
from anagen.follicle.response import (
    androgen_drive,
    combined_stimulus,
    continuous_stimulus,
    dose_strength,
    lotion_stimulus,
    residual_dht,
    residual_dht_at_dose,
    session_build_up,
    session_stimulus,
    taken_share,
)
from anagen.follicle.units import Array, Index


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
    """Weeks of sessions, their amplitude (0 where none are given), half-life, and what builds up.

    `built` is what stands right after each session, in amplitudes.
    """

    weeks: tuple[float, ...]
    amplitude: Array
    half_life_w: Array
    built: tuple[Array, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Add up what the earlier sessions leave."""
        built = session_build_up(self.weeks, np.atleast_1d(self.half_life_w))
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
                Sessions(
                    weeks,
                    _amplitude(name, regimen, model, values),
                    values[f"{name}_half_life_w"],
                )
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
    kept = _kept(name, regimen, on, off)
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
        found.append(Inhibitor(1 - (1 - residual) * kept, on, off, span))
    return found


def _level(
    name: str,
    regimen: Regimen,
    model: Mapping[str, ModelParameter],
    values: Mapping[str, Array],
) -> Level:
    """Return the steady stimulus of a component that is taken all the time."""
    spans = regimen.spans(name)
    kept = _kept(name, regimen, values["tau_on_w"], values["tau_off_w"])
    if name != "minoxidil_topical":
        return Level((values[AMPLITUDE[name]] * kept,) * len(spans), spans)
    half = model["minoxidil_half_percent"].number()
    reference = model["minoxidil_reference_percent"].number()
    pieces: list[tuple[Array, Span]] = []
    for span, dose in regimen.dosed_spans(name):
        percent = reference if dose is None else dose
        plain = lotion_stimulus(percent, half, reference) * kept
        if "microneedling" not in regimen.components:
            pieces.append((plain, span))
            continue
        strong = percent * (1 + values["microneedling_lotion_boost"])
        boosted = lotion_stimulus(strong, half, reference) * kept
        pieces += _needled(plain, boosted, span, regimen.spans("microneedling"))
    return Level(tuple(piece for piece, _ in pieces), tuple(span for _, span in pieces))


def _kept(name: str, regimen: Regimen, on_w: Array, off_w: Array) -> Array | float:
    """Return the share of its effect that a component keeps with the doses that are taken."""
    share = dict(regimen.adherence).get(name, 1.0)
    return 1.0 if share == 1.0 else taken_share(share, on_w, off_w)


def _amplitude(
    name: str, regimen: Regimen, model: Mapping[str, ModelParameter], values: Mapping[str, Array]
) -> Array:
    """Return the stimulus right after a session, at its dose where one is given (R9).

    No dose does more than the high end of the usual dose's range: how much more a larger one gives
    is unknown, and the range holds all that was thought possible.
    """
    usual = values[AMPLITUDE[name]]
    if name != "exosome" or regimen.particles_per_cm2 is None:
        return usual
    strength = dose_strength(
        regimen.particles_per_cm2,
        values["exosome_half_dose_per_cm2"],
        values["exosome_reference_dose_per_cm2"],
    )
    most = model[AMPLITUDE[name]].high
    limit = usual if most is None else np.maximum(usual, most)
    return np.asarray(np.minimum(usual * strength, limit))


def _needled(
    plain: Array, boosted: Array, span: Span, needled: Sequence[Span]
) -> list[tuple[Array, Span]]:
    """Return the stimulus of a lotion, raised for as long as needling goes with it."""
    if any(first <= span[0] and span[1] <= last for first, last in needled):
        return [(boosted, span)]
    common = [(max(first, span[0]), min(last, span[1])) for first, last in needled]
    return [(plain, span), *((boosted - plain, one) for one in common if one[0] < one[1])]
