"""Closed forms of the model: the equilibrium at a fixed drive, and the slow course of sizes."""

from dataclasses import dataclass

import numpy as np

from anagen.follicle.cycle import (
    CycleParameters,
    anagen_years,
    empty_share,
    kenogen_years,
    size_moves,
)
from anagen.follicle.layout import SIZES, Layout
from anagen.follicle.units import Array


def cycle_years(p: CycleParameters, u: Array) -> Array:
    """Return the mean length of a cycle of each size without stimulus, years, 3 x B (F16)."""
    S = np.zeros(1)
    return (
        p.tau_E
        + anagen_years(p, u, S)
        + p.tau_C
        + p.tau_T
        + empty_share(p, u) * kenogen_years(p, u)
    )


def healthy(layout: Layout, p: CycleParameters, batch: int) -> Array:
    """Return the equilibrium without drives, all follicles terminal: states x batch (F16).

    The share of a phase is its mean length over that of the cycle.
    """
    u, S = np.zeros(1), np.zeros(1)
    length = cycle_years(p, u)[0]
    state = np.zeros((layout.states, batch))
    x = layout.live(state)
    x[0, 0] = p.tau_E / length
    x[layout.anagen, 0] = anagen_years(p, u, S)[0] / layout.anagen_stages / length
    x[layout.catagen, 0] = p.tau_C / length
    x[layout.telogen, 0] = p.tau_T / layout.telogen_stages / length
    x[layout.kenogen, 0] = empty_share(p, u) * kenogen_years(p, u)[0] / length
    return state


@dataclass(frozen=True, slots=True)
class SlowRates:
    """Visible share of each size (3 x B) and rates of size change per year (B)."""

    visible: Array
    terminal_down: Array
    intermediate_down: Array
    intermediate_up: Array
    vellus_up: Array


def slow_rates(p: CycleParameters, u: Array) -> SlowRates:
    """Return the size chain with phases in quasi-steady state (F17)."""
    S = np.zeros(1)
    length = cycle_years(p, u)
    chance = size_moves(Layout(1, 1), p, u, S)
    return SlowRates(
        visible=(anagen_years(p, u, S) + p.tau_C + p.tau_T) / length,
        terminal_down=chance[0, 1] / length[0],
        intermediate_down=chance[1, 2] / length[1],
        intermediate_up=chance[1, 0] / length[1],
        vellus_up=chance[2, 1] / length[2],
    )


def slow_nonvellus_per_cm2(p: CycleParameters, sizes: Array, years: Array) -> Array:
    """Return the non-vellus density at androgen drive 1, where no follicle grows back (F18).

    Parameters
    ----------
    sizes:
        Shares of terminal, intermediate and vellus-like follicles at year 0.
    """
    r = slow_rates(p, np.ones(1))
    a, b = r.terminal_down, r.intermediate_down
    gone, thinned = np.exp(-a * years), np.exp(-b * years)
    terminal = sizes[0] * gone
    intermediate = sizes[1] * thinned + sizes[0] * a / (b - a) * (gone - thinned)
    seen = r.visible[0] * terminal + r.visible[1] * intermediate
    return np.asarray(p.F0 * seen * np.exp(-p.d_age * years))


def size_shares(layout: Layout, state: Array) -> Array:
    """Return the share of follicles of each size, 3 x B."""
    return np.asarray(layout.by_size(layout.live(state)).sum(axis=0).reshape(SIZES, -1))
