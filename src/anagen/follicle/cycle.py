"""The parameters of the hair cycle, what acts on it, and the rates that follow.

Numbers in brackets, (F1) to (F25), are the equations of docs/method.
"""
# ruff: noqa: N815  the parameters keep the letters of the equations and of the facts

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.layout import SIZES, Layout, Move
from anagen.follicle.units import WEEKS_PER_YEAR, Array, Index


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a parameter may be."""

    low: float
    high: float
    words: str
    is_open: bool = False

    def holds(self, value: Array) -> bool:
        least, most = np.min(value), np.max(value)
        above = least > self.low if self.is_open else least >= self.low
        return bool(above and most <= self.high)


_MOST = 1e9
_POSITIVE = _Limit(0.0, _MOST, "above 0", is_open=True)
_NOT_BELOW_0 = _Limit(0.0, _MOST, "0 or more")
_SHARE = _Limit(0.0, 1.0, "between 0 and 1")
_BY_SIZE = ("diam", "tau_A0")
_LIMITS = {
    **dict.fromkeys(
        ("F0", "diam", "tau_A0", "tau_E", "tau_Es", "tau_C", "tau_T", "tau_K0", "off_w"), _POSITIVE
    ),
    **dict.fromkeys(("d_age", "d_KV", "kappa", "e_T", "e_A", "beta_A", "g0", "g1"), _NOT_BELOW_0),
    **dict.fromkeys(("beta_K", "gam_K"), _Limit(-5.0, 5.0, "between -5 and 5")),
    "e_d": _Limit(-0.5, 0.5, "between -0.5 and 0.5"),
    "size_hold_relief": _POSITIVE,
}
"""What is not here is a share or a chance."""


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
    size_hold_relief: Array
    size_hold_per_stimulus: Array
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
    e_d: Array
    diameter_cv: Array

    def __post_init__(self) -> None:
        """Refuse a set that no follicle could have, naming the parameter and what is wrong."""
        for f in fields(self):
            value, limit = getattr(self, f.name), _LIMITS.get(f.name, _SHARE)
            if not limit.holds(value):
                raise InputError(
                    f"parameter {f.name} of the follicle model must be {limit.words}; got "
                    f"{np.min(value):g} to {np.max(value):g}"
                )
            if f.name in _BY_SIZE and (value.ndim != 2 or value.shape[0] != SIZES):
                raise InputError(
                    f"parameter {f.name} needs a row for each of the {SIZES} sizes, 3 x 1 or 3 x B"
                )

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
    1, and `attack_per_y` the rate at which a full one empties growing follicles. `season`
    multiplies the rates at which anagen ends.
    """

    u: Array
    S: Array
    push: Array | float = 0.0
    attack: Array | float = 0.0
    attack_per_y: float = 0.0
    pull: Array | float = 0.0
    scar: Array | float = 0.0
    season: Array | float = 1.0

    def is_near(self, other: Self, tolerance: float) -> bool:
        """Return whether no control differs from that of another moment by more than this."""
        return all(
            a is b or bool(np.abs(a - b).max() <= tolerance)
            for a, b in ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        )


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


def size_moves(layout: Layout, p: CycleParameters, u: Array, S: Array) -> dict[Move, Array]:
    """Return the chance of each of the layout's moves at cycle entry (F4, F5, F19)."""
    rest, lifted = np.maximum(1.0 - u, 0.0), p.p_upS * S
    down = np.minimum(p.p_TI * u, 1.0), np.minimum(p.p_IV * u, 1.0)
    up_from_intermediate = np.minimum(p.p_IT * rest + lifted, 1.0 - down[1])
    up_from_vellus = np.minimum(p.p_VI * rest + p.p_up_vellus_share * lifted, 1.0)
    chance = {
        (0, 0): 1 - down[0],
        (0, 1): down[0],
        (1, 1): 1 - down[1] - up_from_intermediate,
        (1, 2): down[1],
        (2, 2): 1 - up_from_vellus,
    }
    if layout.memory == "kept":
        return chance | {(1, 0): up_from_intermediate, (2, 1): up_from_vellus}
    held = np.minimum(rest / p.size_hold_relief + p.size_hold_per_stimulus * S, 1.0)  # (F19)
    return chance | {
        (1, 4): up_from_intermediate,
        (2, 3): up_from_vellus,
        (3, 3): held,
        (3, 2): 1 - held,
        (4, 4): held * (1 - down[1]),
        (4, 3): held * down[1],
        (4, 1): (1 - held) * (1 - down[1]),
        (4, 2): (1 - held) * down[1],
    }


@dataclass(frozen=True, slots=True)
class RateRows:
    """Where each rate stands in a table of rates, rows x B: rates per year, and chances.

    Rows of the three sizes follow each other; `move` is the first of the layout's moves. The first
    row is 1 throughout, so that every transition is a product of two rows.
    """

    one: int = 0
    early: int = 1
    early_driven: int = 2
    catagen: int = 3
    telogen: int = 4
    anagen: int = 5
    anagen_driven: int = 8
    wake: int = 11
    wake_driven: int = 14
    shed_to_early: int = 15
    shed_to_driven: int = 16
    shed_to_empty: int = 17
    empty_lost: int = 18
    push: int = 19
    pluck: int = 20
    loss: int = 21
    move: int = 22

    def count(self, layout: Layout) -> int:
        """Return the number of rows."""
        return self.move + len(layout.moves)


ROWS = RateRows()


def fill_rates(layout: Layout, p: CycleParameters, c: Controls, table: Array) -> None:
    """Write every rate and chance under the controls into `table`, rows x B (F1 to F10)."""
    at = ROWS
    u, S = np.asarray(c.u, dtype=np.float64), np.asarray(c.S, dtype=np.float64)
    quiet = 1 - np.asarray(c.attack, dtype=np.float64)
    anagen_y = anagen_years(p, u, S)
    share = empty_share(p, u)
    bypass = np.minimum(1.0, p.b_K * S)
    held = np.minimum(S, 1.0)
    telogen = layout.telogen_stages / p.tau_T * (1 + p.e_T * S)  # (F7)
    table[at.one] = 1
    table[at.early] = 1 / p.tau_E
    table[at.early_driven] = 1 / p.tau_Es
    table[at.catagen] = 1 / p.tau_C
    table[at.telogen] = telogen
    ends = c.season / anagen_y  # (F20)
    np.multiply(layout.anagen_stages, ends, out=table[at.anagen : at.anagen + SIZES])
    off = (1 - held) * (WEEKS_PER_YEAR / p.off_w)
    table[at.anagen_driven : at.anagen_driven + SIZES] = held * ends + off  # (F6)
    table[at.wake : at.wake + SIZES] = quiet / kenogen_years(p, u)  # (F9)
    table[at.wake_driven] = p.kappa * S * quiet  # (F10)
    table[at.shed_to_early] = telogen * (1 - share)  # (F8)
    table[at.shed_to_driven] = telogen * (share * bypass)
    table[at.shed_to_empty] = telogen * (share * (1 - bypass))
    table[at.empty_lost] = p.d_KV * u
    table[at.push] = c.push
    table[at.pluck] = c.attack_per_y * np.asarray(c.attack) + c.pull
    table[at.loss] = p.d_age + c.scar
    chance = size_moves(layout, p, u, S)
    for k, move in enumerate(layout.moves):
        table[at.move + k] = chance[move]


def rates(layout: Layout, p: CycleParameters, c: Controls, batch: int) -> Array:
    """Return the table of rates under the controls, rows x `batch`."""
    table = np.empty((ROWS.count(layout), batch))
    fill_rates(layout, p, c, table)
    return table
