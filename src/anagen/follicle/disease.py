"""What a disease, the season or age does to the cycle, as something that acts on the controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.closed_form import healthy
from anagen.follicle.cycle import Controls, CycleParameters
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Drive, settle
from anagen.follicle.units import WEEKS_PER_YEAR, Array

REGIONS = ("vertex", "frontal", "mid", "temporal", "occipital")
Span = tuple[float, float]
"""The first and the last week of something."""


def pattern_baseline(layout: Layout, p: CycleParameters, u: Array, disease_years: Array) -> Array:
    """Return the shares after years of androgen drive from healthy scalp: states x B (D1)."""
    batch = np.broadcast(u, disease_years).size
    untreated = Controls(u=u, S=np.zeros(1))
    return settle(layout, p, healthy(layout, p, batch), untreated, disease_years)


def region_drive(model: Mapping[str, ModelParameter], region: str) -> float:
    """Return the androgen drive of a region relative to the vertex.

    Raises
    ------
    InputError
        If there is no such region.
    """
    if region not in REGIONS:
        raise InputError(f"'{region}' is not a scalp region; use one of {', '.join(REGIONS)}")
    return model[f"u_{region}"].number()


class Condition(Protocol):
    """Something that acts besides treatment."""

    @property
    def events(self) -> tuple[float, ...]:
        """Weeks at which it jumps."""

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Return the controls with it, at `week` of a step that began at `begun`."""


@dataclass(frozen=True, slots=True, eq=False)
class Acting:
    """A drive with conditions on top, and the weeks at which any of it jumps."""

    drive: Drive
    conditions: tuple[Condition, ...]
    events: tuple[float, ...]

    def __call__(self, week: float, begun: float) -> Controls:
        """Return the controls at `week` of a step that began at `begun`."""
        controls = self.drive(week, begun)
        for condition in self.conditions:
            controls = condition.act(week, begun, controls)
        return controls


def acting(drive: Drive, events: Sequence[float], conditions: Sequence[Condition]) -> Acting:
    """Return a drive, which itself jumps at `events`, with conditions acting on top of it."""
    jumps = {*events, *(week for one in conditions for week in one.events)}
    return Acting(drive, tuple(conditions), tuple(sorted(w for w in jumps if np.isfinite(w))))


def effluvium_push_per_y(share: Array | float, push_w: float) -> Array:
    """Return the hazard that pushes a share of growing hairs out of anagen in some weeks (D2)."""
    pushed = np.asarray(share, dtype=np.float64)
    if np.any(pushed < 0) or np.any(pushed >= 1):
        raise InputError("the share of hairs pushed must be at least 0 and below 1")
    return -np.log1p(-pushed) / (push_w / WEEKS_PER_YEAR)


@dataclass(frozen=True, slots=True, eq=False)
class Effluvium:
    """A telogen effluvium: growing hairs are pushed into rest at a hazard per year (D2).

    An acute one lasts weeks and pushes a share (`of_share`); a chronic one goes on.
    """

    push_per_y: Array | float
    span: Span

    @classmethod
    def of_share(cls, share: Array | float, first_w: float, push_w: float) -> "Effluvium":
        """Return the acute effluvium that pushes a share of growing hairs in some weeks."""
        return cls(effluvium_push_per_y(share, push_w), (first_w, first_w + push_w))

    @property
    def events(self) -> tuple[float, ...]:
        """Its begin and end."""
        return self.span

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Add its push."""
        if not _lasts(self.span, begun):
            return controls
        return replace(controls, push=controls.push + self.push_per_y)


@dataclass(frozen=True, slots=True, eq=False)
class Areata:
    """Alopecia areata: episodes of an attack of some strength, and relief under treatment (D3).

    `episodes` are common to all columns, or one tuple of them for each. `relief` is the share of
    the attack that treatment takes away from its first to its last week. Empty follicles are kept
    from waking by the attack, growing ones lose their hair at `attack_per_y` under a full one.
    """

    attack: Array | float
    attack_per_y: float
    episodes: tuple[Span, ...] | tuple[tuple[Span, ...], ...]
    relief: Array | float = 0.0
    relief_span: Span = (0.0, np.inf)
    _own: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Tell episodes that are common to all from those of single columns."""
        if not 0 <= np.min(self.attack) <= np.max(self.attack) <= 1:
            raise InputError("the strength of an areata attack lies between 0 and 1")
        if not 0 <= np.min(self.relief) <= np.max(self.relief) <= 1:
            raise InputError("the relief of an areata attack lies between 0 and 1")
        common = not self.episodes or isinstance(self.episodes[0][0], int | float)
        every = cast(tuple[tuple[Span, ...], ...], (self.episodes,) if common else self.episodes)
        own = np.full((2, len(every), max(map(len, every))), np.inf)
        for k, spans in enumerate(every):
            own[:, k, : len(spans)] = np.array(spans).reshape(-1, 2).T
        object.__setattr__(self, "_own", own)

    @property
    def events(self) -> tuple[float, ...]:
        """Begin and end of every episode, and of the relief."""
        weeks = set(self._own[np.isfinite(self._own)].tolist())
        return tuple(sorted(weeks | set(self.relief_span)))

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Add the attack that relief leaves."""
        first, last = self._own
        on = ((first <= begun) & (begun < last)).any(axis=1)
        if not on.any():
            return controls
        left = 1 - np.asarray(self.relief) if _lasts(self.relief_span, begun) else 1.0
        attack = 1 - (1 - np.asarray(controls.attack)) * (1 - on * self.attack * left)
        return replace(controls, attack=attack, attack_per_y=self.attack_per_y)


def areata_episodes(
    rng: np.random.Generator,
    remission_per_y: float,
    relapse_per_y: float,
    end_w: float,
    *,
    begins_ill: bool = True,
) -> tuple[Span, ...]:
    """Return one person's episodes until a week: ill and well by turns, for random times (D6).

    They begin and end on whole weeks, since nobody dates them better.
    """
    episodes: list[Span] = []
    now, is_ill = 0.0, begins_ill
    while now < end_w:
        rate = remission_per_y if is_ill else relapse_per_y
        until = now + float(np.ceil(rng.exponential(WEEKS_PER_YEAR / rate)))
        if is_ill:
            episodes.append((now, min(until, float(np.ceil(end_w)))))
        now, is_ill = until, not is_ill
    return tuple(episodes)


@dataclass(frozen=True, slots=True, eq=False)
class Traction:
    """Pulling: hairs are plucked, and past a limit of years of tension follicles scar (D4)."""

    pull_per_y: Array | float
    span: Span
    scar_per_y: Array | float
    scars_from_w: float

    @classmethod
    def of(
        cls,
        model: Mapping[str, ModelParameter],
        pull_per_y: Array | float,
        span: Span,
        tension_years_before: float,
    ) -> "Traction":
        """Return pulling that went on for some years before week 0 or its first week."""
        limit_y = model["traction_scar_after_y"].number() - tension_years_before
        scars_from_w = span[0] + max(0.0, limit_y) * WEEKS_PER_YEAR
        return cls(pull_per_y, span, model["traction_scar_per_y"].number(), scars_from_w)

    @property
    def events(self) -> tuple[float, ...]:
        """Begin and end of the tension, and the begin of scarring."""
        return (*self.span, self.scars_from_w)

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Add the pull, and the scarring once it has begun; both end with the tension."""
        if not _lasts(self.span, begun):
            return controls
        scar = self.scar_per_y if begun >= self.scars_from_w else 0.0
        return replace(controls, pull=controls.pull + self.pull_per_y, scar=controls.scar + scar)


@dataclass(frozen=True, slots=True, eq=False)
class Scarring:
    """An active scarring disease: every follicle is lost at a hazard, less under treatment (D5).

    `lowered_by` is the share of the hazard that treatment takes away from `treated_from_w` on; what
    is lost does not come back.
    """

    scar_per_y: Array | float
    span: Span
    lowered_by: Array | float = 0.0
    treated_from_w: float = np.inf

    @property
    def events(self) -> tuple[float, ...]:
        """Begin and end of the activity, and the begin of treatment."""
        return (*self.span, self.treated_from_w)

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Add the hazard that treatment leaves."""
        if not _lasts(self.span, begun):
            return controls
        left = 1 - np.asarray(self.lowered_by) if begun >= self.treated_from_w else 1.0
        return replace(controls, scar=controls.scar + self.scar_per_y * left)


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Anagen ends more often at one time of the year (D7).

    `peak_w` is the week of the year at which it ends most often, `starts_w` that of week 0.
    """

    amplitude: Array | float
    peak_w: float
    starts_w: float

    @property
    def events(self) -> tuple[float, ...]:
        """None: it turns smoothly."""
        return ()

    def act(self, week: float, begun: float, controls: Controls) -> Controls:
        """Multiply the rates at which anagen ends."""
        turn = 2 * np.pi * (week + self.starts_w - self.peak_w) / WEEKS_PER_YEAR
        return replace(controls, season=controls.season * (1 + self.amplitude * np.cos(turn)))


def _lasts(span: Span, begun: float) -> bool:
    """Return whether a step that began at a week lies within a span; steps end where it does."""
    return span[0] <= begun < span[1]
