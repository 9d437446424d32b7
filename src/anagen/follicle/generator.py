"""The one generator of the chain: every transition as a product of two rows of the rates.

All engines run on it: the mean field on its sparse product, the exact counts on its exponential,
single follicles on its rates out of each state.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from anagen.follicle.cycle import ROWS
from anagen.follicle.layout import SIZES, Layout
from anagen.follicle.units import Array

Rows = NDArray[np.int64]


Open = tuple[int, Rows, Rows, Rows, Rows]
"""How many ways are open, and source, target, first and second factor of all."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Every way from state to state, one entry each: its rate is ``rate[first] * rate[second]``.

    The first `quiet` ways are always open; those behind them only while an effluvium, an areata
    attack or traction acts on growing follicles. Uniform loss, which acts on every living state
    alike, is left out (F12).
    """

    source: Rows
    target: Rows
    first: Rows
    second: Rows
    is_shed: NDArray[np.bool_]
    quiet: int

    def opened(self, *tables: Array) -> Open:
        """Return the ways that are open under any of these tables of rates."""
        forced = any(np.any(table[ROWS.push : ROWS.pluck + 1]) for table in tables)
        count = self.source.size if forced else self.quiet
        return count, self.source, self.target, self.first, self.second


Way = tuple[int, int, int, int, bool]


def _into_cycle(
    layout: Layout, source: int, track: int, phase: int, rate: int, *, is_shed: bool
) -> list[Way]:
    """Return the ways into a new cycle, on the same track or another (F4, F5, F19)."""
    return [
        (source, layout.row(phase, after), rate, ROWS.move + k, is_shed)
        for k, (before, after) in enumerate(layout.moves)
        if before == track
    ]


def _round(layout: Layout, track: int) -> list[Way]:
    """Return the ways of one track that are always open."""
    at, size = ROWS, layout.shown[track]
    row = [layout.row(phase, track) for phase in range(layout.phases)]
    rest = range(layout.telogen.start, layout.telogen.stop)
    empty, last, driven = row[layout.kenogen], row[rest[-1]], layout.early_driven
    chain = [
        (0, layout.anagen.start, at.early),
        *((k, k + 1, at.anagen + size) for k in range(layout.anagen.start, layout.anagen.stop)),
        (layout.catagen, rest[0], at.catagen),
        *((phase, phase + 1, at.telogen) for phase in rest[:-1]),
        (driven, layout.anagen_driven, at.early_driven),
        (layout.anagen_driven, layout.catagen, at.anagen_driven + size),
    ]
    ways: list[Way] = [(row[a], row[b], rate, at.one, False) for a, b, rate in chain]
    ways.append((last, empty, at.shed_to_empty, at.one, True))
    for phase, shed, wake in (
        (0, at.shed_to_early, at.wake + size),
        (driven, at.shed_to_driven, at.wake_driven),
    ):
        ways += _into_cycle(layout, last, track, phase, shed, is_shed=True)
        ways += _into_cycle(layout, empty, track, phase, wake, is_shed=False)
    if size == SIZES - 1:
        ways.append((empty, layout.states - 1, at.empty_lost, at.one, False))
    return ways


def _forced(layout: Layout, track: int) -> list[Way]:
    """Return the ways of one track that a disease opens out of growing phases."""
    rest, empty = (layout.row(phase, track) for phase in (layout.catagen, layout.kenogen))
    return [
        (layout.row(phase, track), target, rate, ROWS.one, is_shed)
        for phase in layout.growing
        for target, rate, is_shed in ((rest, ROWS.push, False), (empty, ROWS.pluck, True))
    ]


@cache
def chain(layout: Layout) -> Chain:
    """Return every transition of the chain, built once for a layout (F11)."""
    tracks = range(layout.tracks)
    quiet = [way for track in tracks for way in _round(layout, track)]
    ways = quiet + [way for track in tracks for way in _forced(layout, track)]
    source, target, first, second, shed = (np.array(part) for part in zip(*ways, strict=True))
    return Chain(source, target, first, second, shed.astype(bool), len(quiet))


def generator(layout: Layout, table: Array) -> tuple[Array, Array]:
    """Return the generators, B x states x states (rows sum to 0), and sheddings per year.

    Uniform loss is in them. The sheddings, B x states, are the summed rates of the ways on which a
    hair falls.

    Parameters
    ----------
    table:
        Rates, rows x B, as `rates` gives them.
    """
    ways, batch = chain(layout), table.shape[1]
    q = np.zeros((batch, layout.states, layout.states))
    shed = np.zeros((batch, layout.states))
    rate = (table[ways.first] * table[ways.second]).T
    for e in range(ways.source.size):
        q[:, ways.source[e], ways.target[e]] += rate[:, e]
        if ways.is_shed[e]:
            shed[:, ways.source[e]] += rate[:, e]
    q[:, :-1, -1] += table[ROWS.loss][:, None]
    visible = np.ones(layout.states, dtype=bool)
    visible[-1] = False
    for phase in layout.hidden:
        visible[phase * layout.tracks : (phase + 1) * layout.tracks] = False
    shed[:, visible] += table[ROWS.loss][:, None]
    q[:, np.arange(layout.states), np.arange(layout.states)] -= q.sum(axis=2)
    return q, shed
