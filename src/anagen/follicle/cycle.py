"""The hair cycle as a Markov chain: states, parameters, controls, rates and transitions.

Numbers in brackets, (F1) to (F18), are the equations of docs/method/follicle.md.
"""
# ruff: noqa: N815  the parameters keep the letters of the equations and of the facts

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter

Array = NDArray[np.float64]
Index = NDArray[np.intp]
DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7
SIZES = 3
"""Terminal, intermediate, vellus-like."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each state stands: row ``phase * 3 + size``; the last row is the lost follicle.

    Phases in order: hidden early anagen, the anagen stages, catagen, the telogen stages, kenogen,
    stimulus-started anagen while hidden, and once visible. `anagen_stages` and `telogen_stages`
    are the Erlang orders of those sojourns.
    """

    anagen_stages: int
    telogen_stages: int
    anagen: slice = field(init=False, hash=False, compare=False)
    """Phases of spontaneous visible anagen."""
    catagen: int = field(init=False)
    telogen: slice = field(init=False, hash=False, compare=False)
    kenogen: int = field(init=False)
    """Phase of the empty follicle."""
    early_driven: int = field(init=False)
    """Phase of stimulus-started anagen, still hidden."""
    anagen_driven: int = field(init=False)
    phases: int = field(init=False)
    """Number of phases of one size."""
    states: int = field(init=False)
    """Number of states, the lost follicle included."""

    def __post_init__(self) -> None:
        """Place the phases; refuse a cycle without a stage."""
        if self.anagen_stages < 1 or self.telogen_stages < 1:
            raise InputError("a layout needs one anagen stage and one telogen stage or more")
        catagen = 1 + self.anagen_stages
        kenogen = catagen + 1 + self.telogen_stages
        places = {
            "anagen": slice(1, catagen),
            "catagen": catagen,
            "telogen": slice(catagen + 1, kenogen),
            "kenogen": kenogen,
            "early_driven": kenogen + 1,
            "anagen_driven": kenogen + 2,
            "phases": kenogen + 3,
            "states": SIZES * (kenogen + 3) + 1,
        }
        for name, place in places.items():
            object.__setattr__(self, name, place)

    @classmethod
    def from_facts(cls, model: Mapping[str, ModelParameter]) -> Self:
        """Take the Erlang orders from the facts of the model."""
        return cls(int(model["anagen_stages"].number()), int(model["telogen_stages"].number()))

    def row(self, phase: int, size: int) -> int:
        """Return the row of a phase of a size (0 terminal, 1 intermediate, 2 vellus-like)."""
        return phase * SIZES + size

    def live(self, state: Array) -> Array:
        """Return the rows of living follicles as a view, phases x sizes x B."""
        return state[:-1].reshape(self.phases, SIZES, *state.shape[1:])


@dataclass(frozen=True, slots=True)
class CycleParameters:
    """Parameters of the cycle; each a number or B of them, `diam` and `tau_A0` 3 x 1 or 3 x B.

    Names are those of the facts (topic `model`), which hold meaning, unit and range of each; times
    are years, `off_w` weeks, rates per year.
    """

    F0: Array
    diam: Array
    tau_A0: Array
    tau_E: Array
    tau_Es: Array
    tau_C: Array
    tau_T: Array
    pi_K0: Array
    pi_K1: Array
    tau_K0: Array
    beta_K: Array
    gam_K: Array
    beta_A: Array
    p_TI: Array
    p_IV: Array
    p_IT: Array
    p_VI: Array
    p_up_vellus_share: Array
    d_age: Array
    d_KV: Array
    kappa: Array
    b_K: Array
    e_T: Array
    e_A: Array
    p_upS: Array
    off_w: Array
    g0: Array
    g1: Array
    vis_v: Array

    @classmethod
    def from_values(cls, values: Mapping[str, Array]) -> Self:
        """Take the fields from a mapping that may hold more."""
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    @classmethod
    def from_facts(cls, model: Mapping[str, ModelParameter]) -> Self:
        """Take the value of every fact, without its uncertainty."""
        return cls.from_values({f.name: point_value(model[f.name]) for f in fields(cls)})

    def take(self, index: Index) -> Self:
        """Return the columns `index` of every field that varies over B."""
        return type(self)(
            **{field.name: columns(getattr(self, field.name), index) for field in fields(self)}
        )


def columns(value: Array, index: Index) -> Array:
    """Return the columns `index` of an array that varies over B; another one as it is."""
    return value[..., index] if value.ndim and value.shape[-1] > 1 else value


def point_value(fact: ModelParameter) -> Array:
    """Return a fact's value as an array: a scalar, or 3 x 1 for a list over sizes."""
    values = np.array(fact.numbers())
    return values[:, None] if isinstance(fact.value, list) else values[0:1].reshape(())


@dataclass(frozen=True, slots=True)
class Controls:
    """What acts on the rates at one moment; each a number or B of them.

    `u` androgen drive and `S` trophic stimulus have no unit; `push` (telogen effluvium), `pull`
    (traction) and `scar` are hazards per year; `attack` is the strength of an areata attack, 0 to
    1, and `attack_per_y` the rate at which a full one empties growing follicles.
    """

    u: Array
    S: Array
    push: Array | float = 0.0
    attack: Array | float = 0.0
    attack_per_y: float = 0.0
    pull: Array | float = 0.0
    scar: Array | float = 0.0

    @property
    def is_quiet(self) -> bool:
        """Whether neither push, attack nor pull acts."""
        return not (np.any(self.push) or np.any(self.attack) or np.any(self.pull))


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates per year and shares at one moment; B, or 3 x B where sizes differ."""

    early: Array
    early_driven: Array
    anagen: Array
    anagen_driven: Array
    catagen: Array
    telogen: Array
    shed_to_early: Array
    shed_to_driven: Array
    shed_to_empty: Array
    wake: Array
    wake_driven: Array
    shrink: Array
    grow: Array
    stay: Array
    empty_lost: Array
    push: Array
    pluck: Array
    loss: Array


_STEP = np.arange(SIZES, dtype=np.float64)[:, None]


def anagen_years(p: CycleParameters, u: Array, S: Array) -> Array:
    """Return the mean anagen of each size, years (F1)."""
    return p.tau_A0 * (np.exp(-p.beta_A * u) * (1 + p.e_A * S))


def kenogen_years(p: CycleParameters, u: Array) -> Array:
    """Return the mean kenogen of each size, years (F2)."""
    return p.tau_K0 * np.exp(p.beta_K * u) * np.exp(p.gam_K * _STEP)


def empty_share(p: CycleParameters, u: Array) -> Array:
    """Return the share of sheddings that leave an empty follicle (F3)."""
    return np.minimum(p.pi_K0 + (p.pi_K1 - p.pi_K0) * u, 1.0)


def size_moves(p: CycleParameters, u: Array, S: Array) -> tuple[Array, Array]:
    """Return the chances to step down and up in size at cycle entry, each 3 x B (F4, F5)."""
    shape = (SIZES, *np.broadcast(u, S, p.p_TI, p.p_IT, p.p_upS).shape)
    down, up = np.zeros(shape), np.zeros(shape)
    rest, lifted = np.maximum(1.0 - u, 0.0), p.p_upS * S
    down[0] = p.p_TI * u
    down[1] = p.p_IV * u
    up[1] = p.p_IT * rest + lifted
    up[2] = p.p_VI * rest + p.p_up_vellus_share * lifted
    np.minimum(down, 1.0, out=down)
    return down, np.minimum(up, 1.0 - down)


def rates(layout: Layout, p: CycleParameters, c: Controls) -> Rates:
    """Return every rate and share under the controls (F1 to F10)."""
    u, S = np.asarray(c.u, dtype=np.float64), np.asarray(c.S, dtype=np.float64)
    attack = np.asarray(c.attack, dtype=np.float64)
    anagen_y = anagen_years(p, u, S)
    share = empty_share(p, u)
    bypass = np.minimum(1.0, p.b_K * S)
    held = np.minimum(S, 1.0)
    down, up = size_moves(p, u, S)
    return Rates(
        early=1 / p.tau_E,
        early_driven=1 / p.tau_Es,
        anagen=layout.anagen_stages / anagen_y,
        anagen_driven=held / anagen_y + (1 - held) * (WEEKS_PER_YEAR / p.off_w),  # (F6)
        catagen=1 / p.tau_C,
        telogen=layout.telogen_stages / p.tau_T * (1 + p.e_T * S),  # (F7)
        shed_to_early=1 - share,  # (F8)
        shed_to_driven=share * bypass,
        shed_to_empty=share * (1 - bypass),
        wake=(1 - attack) / kenogen_years(p, u),  # (F9)
        wake_driven=p.kappa * S * (1 - attack),  # (F10)
        shrink=down,
        grow=up,
        stay=1 - down - up,
        empty_lost=p.d_KV * u,
        push=np.asarray(c.push, dtype=np.float64),
        pluck=c.attack_per_y * attack + np.asarray(c.pull, dtype=np.float64),
        loss=p.d_age + np.asarray(c.scar, dtype=np.float64),
    )


@dataclass(frozen=True, slots=True)
class Transition:
    """One way out of a state: rows, the rate per year, and whether a hair falls."""

    source: int
    target: int
    rate: Callable[[Rates], Array]
    is_shed: bool = False


RateOf = Callable[[Rates], Array]


def _rate(name: str, size: int | None = None) -> RateOf:
    """Return how to read one rate, of one size where sizes differ."""
    if size is None:
        return lambda r: cast(Array, getattr(r, name))
    return lambda r: cast(Array, getattr(r, name)[size])


def _product(first: RateOf, second: RateOf) -> RateOf:
    return lambda r: first(r) * second(r)


def _into_cycle(
    layout: Layout, source: int, size: int, phase: int, rate: RateOf, *, is_shed: bool
) -> list[Transition]:
    """Return the ways into a new cycle: the follicle stays, shrinks or grows (F4, F5)."""
    moves = [("stay", size), ("shrink", size + 1), ("grow", size - 1)]
    return [
        Transition(source, layout.row(phase, to), _product(rate, _rate(move, size)), is_shed)
        for move, to in moves
        if 0 <= to < SIZES
    ]


def _of_size(layout: Layout, s: int) -> list[Transition]:
    """Return every transition out of the states of one size."""
    at = [layout.row(phase, s) for phase in range(layout.phases)]
    grow = range(layout.anagen.start, layout.anagen.stop)
    rest = range(layout.telogen.start, layout.telogen.stop)
    empty, last, lost = at[layout.kenogen], at[rest[-1]], layout.states - 1
    driven, shedding = layout.early_driven, _rate("telogen")
    chain = [
        (0, grow[0], _rate("early")),
        *((phase, phase + 1, _rate("anagen", s)) for phase in grow),
        (layout.catagen, rest[0], _rate("catagen")),
        *((phase, phase + 1, shedding) for phase in rest[:-1]),
        (driven, layout.anagen_driven, _rate("early_driven")),
        (layout.anagen_driven, layout.catagen, _rate("anagen_driven", s)),
    ]
    ways = [Transition(at[a], at[b], rate) for a, b, rate in chain]
    for phase, name in ((0, "shed_to_early"), (driven, "shed_to_driven")):
        rate = _product(shedding, _rate(name))
        ways += _into_cycle(layout, last, s, phase, rate, is_shed=True)
    ways.append(Transition(last, empty, _product(shedding, _rate("shed_to_empty")), is_shed=True))
    ways += _into_cycle(layout, empty, s, 0, _rate("wake", s), is_shed=False)
    ways += _into_cycle(layout, empty, s, driven, _rate("wake_driven"), is_shed=False)
    for phase in (*grow, layout.anagen_driven):
        ways.append(Transition(at[phase], at[layout.catagen], _rate("push")))
        ways.append(Transition(at[phase], empty, _rate("pluck"), is_shed=True))
    hidden = (0, layout.kenogen, driven)
    ways += [
        Transition(row, lost, _rate("loss"), is_shed=phase not in hidden)
        for phase, row in enumerate(at)
    ]
    if s == SIZES - 1:
        ways.append(Transition(empty, lost, _rate("empty_lost")))
    return ways


@cache
def transitions(layout: Layout) -> tuple[Transition, ...]:
    """Return every transition of the chain, once for a layout."""
    return tuple(way for size in range(SIZES) for way in _of_size(layout, size))


def generator(layout: Layout, r: Rates, batch: int) -> tuple[Array, Array]:
    """Return the generators, batch x states x states (rows sum to 0), and sheddings per year.

    The sheddings, batch x states, are the summed rates of the ways on which a hair falls.
    """
    q = np.zeros((batch, layout.states, layout.states))
    shed = np.zeros((batch, layout.states))
    for way in transitions(layout):
        rate = way.rate(r)
        q[:, way.source, way.target] += rate
        q[:, way.source, way.source] -= rate
        if way.is_shed:
            shed[:, way.source] += rate
    return q, shed
