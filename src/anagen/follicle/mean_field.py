"""The expected share of follicles in each state, with the controls followed as they change.

B is the batch: persons x draws x options. State arrays are states x B, so that B is contiguous.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.follicle.cycle import ROWS, Controls, CycleParameters, fill_rates, rates
from anagen.follicle.generator import chain, generator
from anagen.follicle.layout import SIZES, Layout
from anagen.follicle.units import DAYS_PER_YEAR, WEEKS_PER_YEAR, Array

Drive = Callable[[float, float], Controls]
"""``drive(week, begun)``: the controls at `week` within a step that began at week `begun`; what
happens at a later moment than `begun` (a session) does not count yet."""

STABLE = 1.39
"""Largest step x rate: the disc of that radius about its negative, where Gershgorin puts every
eigenvalue, lies inside the stability region of the classical Runge-Kutta method."""
FIRST_STEP_W = 0.5
GROWTH = 2.0
LONGEST_STEP_W = 4.5
TAIL = 1e-15
"""Weight below which a Poisson sum of constant rates ends."""
SAME = 1e-9
"""Controls that differ by less have the same rates."""
LONGEST_SUM = 400.0
"""Mean of a Poisson sum above which its time is cut into parts."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The shares at one week: states x B, the hairs shed per follicle and year, B, the stimulus."""

    week: float
    state: Array
    shed_per_year: Array
    stimulus: Array


def sheddings_per_year(layout: Layout, table: Array, state: Array) -> Array:
    """Return the hairs shed per follicle and year, B (F14).

    Parameters
    ----------
    table:
        Rates, rows x B.
    """
    x = layout.live(state)
    growing = x[layout.anagen].sum(axis=(0, 1)) + x[layout.anagen_driven].sum(axis=0)
    resting = x[layout.catagen : layout.telogen.stop].sum(axis=(0, 1))
    fallen = table[ROWS.telogen] * x[layout.telogen.stop - 1].sum(axis=0)
    lost = table[ROWS.loss] * (growing + resting)
    return np.asarray(fallen + table[ROWS.pluck] * growing + lost)


def fastest_per_year(table: Array) -> Array:
    """Return the largest rate of leaving any state but by uniform loss, B."""
    at = ROWS
    growing = table[at.anagen : at.anagen_driven + SIZES].max(axis=0)
    empty = table[at.wake : at.wake + SIZES].max(axis=0) + table[at.wake_driven]
    out = np.maximum(
        growing + table[at.push] + table[at.pluck],
        np.maximum(empty + table[at.empty_lost], table[at.early : at.anagen].max(axis=0)),
    )
    return np.asarray(out)


def with_loss(state: Array, lost_by_age: Array) -> Array:
    """Return the state after uniform loss with cumulated hazard `lost_by_age` (F12)."""
    kept = np.exp(-lost_by_age)
    full = state * kept
    full[-1] = state[-1] + (1 - kept) * state[:-1].sum(axis=0)
    return full


def settle(
    layout: Layout, parameters: CycleParameters, start: Array, controls: Controls, years: Array
) -> Array:
    """Return the shares after `years` (B) of constant controls, to rounding (F15)."""
    from anagen.follicle.kernels import uniformise

    batch = start.shape[1]
    table = rates(layout, parameters, controls, batch)
    x, span_y = start.copy(order="C"), np.broadcast_to(years, (batch,)).astype(np.float64)
    ways = chain(layout)
    fastest = fastest_per_year(table)
    uniformise(x, table, fastest, span_y, LONGEST_SUM, TAIL, ways.opened(table))
    return with_loss(x, table[ROWS.loss] * span_y)


def follow(
    layout: Layout,
    parameters: CycleParameters,
    start: Array,
    drive: Drive,
    weeks: Sequence[float],
    events: Sequence[float] = (),
    *,
    refine: int = 1,
) -> Iterator[Moment]:
    """Yield the shares at each of `weeks` from `start` at week 0, the controls followed exactly.

    Classical Runge-Kutta steps of order 4 end at every event and every output; they are short
    after an event and grow to the stability limit (F13). The stated bounds of the error are 5e-4
    visible hairs per follicle, 0.1 percentage points of anagen and 10 sheddings per day and 100,000
    follicles, for draws as extreme as the facts allow; they are tested against halved steps and, at
    the values of the facts, against a solver of tight tolerance.

    Parameters
    ----------
    start:
        Shares, states x B; each column sums to 1.
    drive:
        The controls as a function of the week.
    weeks:
        Outputs in ascending order, from 0 on.
    events:
        Weeks at which a control jumps or starts to change.
    refine:
        Divides every step by this number; for the test of the error bound.

    Raises
    ------
    InputError
        If the outputs are not ascending from 0 on.
    """
    from anagen.follicle.kernels import advance

    if not len(weeks) or weeks[0] < 0 or np.any(np.diff(weeks) <= 0):
        raise InputError("the output weeks must ascend from 0 on; sort them")
    # row by row in memory: columns picked by an index come the other way round, twice as slow
    x, lost = start.copy(order="C"), np.zeros(start.shape[1])
    ways, nodes = chain(layout), _Nodes(layout, parameters, drive, start.shape[1])
    jumps = {0.0, *(float(week) for week in events)}
    outputs = {float(week) for week in weeks}
    last, now, length = float(weeks[-1]), 0.0, FIRST_STEP_W
    here = nodes.at(0.0, 0.0)
    if now in outputs:
        yield _moment(layout, now, x, lost, here)
    for mark in sorted({*outputs, *(week for week in jumps if 0 < week < last)} - {0.0}):
        while now < mark:
            if now in jumps:
                length = FIRST_STEP_W
                here = nodes.at(now, now)
            end = _step_end(now, mark, min(length, LONGEST_STEP_W, here.longest_step_w) / refine)
            there = nodes.at(end, now, here)
            if there.longest_step_w / refine < end - now:  # the rates rise within the step
                end = _step_end(now, mark, there.longest_step_w / refine)
                there = nodes.at(end, now, here)
            midway = nodes.at((now + end) / 2, now, here, there)
            step_y = (end - now) / WEEKS_PER_YEAR
            tables = here.table, midway.table, there.table
            advance(x, *tables, step_y, ways.opened(*tables))
            loss = [table[ROWS.loss] for table in tables]
            lost = lost + (loss[0] + 4 * loss[1] + loss[2]) * (step_y / 6)
            now, here = end, there
            length *= GROWTH
        if mark in outputs:
            if mark in jumps:
                here = nodes.at(mark, mark)
            yield _moment(layout, mark, x, lost, here)


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """The controls at one moment, their rates, and the longest stable step, weeks."""

    controls: Controls
    table: Array
    longest_step_w: float


class _Nodes:
    """The rates at moments of a step, in as many tables as are read at the same time."""

    def __init__(
        self, layout: Layout, parameters: CycleParameters, drive: Drive, batch: int
    ) -> None:
        self._layout, self._parameters, self._drive = layout, parameters, drive
        self._tables = [np.empty((ROWS.count(layout), batch)) for _ in range(3)]

    def at(self, week: float, begun: float, *kept: _Node) -> _Node:
        """Return the rates at a week of a step that began at `begun`; tables of `kept` stay.

        One of the `kept` is returned where the controls have hardly moved since.
        """
        controls = self._drive(week, begun)
        for node in kept:
            if controls.is_near(node.controls, SAME):
                return node
        table = next(t for t in self._tables if all(t is not node.table for node in kept))
        fill_rates(self._layout, self._parameters, controls, table)
        longest = STABLE / float(fastest_per_year(table).max()) * WEEKS_PER_YEAR
        return _Node(controls, table, longest)


def _moment(layout: Layout, week: float, x: Array, lost: Array, node: _Node) -> Moment:
    full = with_loss(x, lost)
    stimulus = np.broadcast_to(node.controls.S, (x.shape[1],))
    return Moment(week, full, sheddings_per_year(layout, node.table, full), stimulus)


def _step_end(now: float, mark: float, wish: float) -> float:
    """Return the end of the first of the fewest equal steps to `mark` no longer than `wish`."""
    count = np.ceil((mark - now) / wish - 1e-9)
    return mark if count <= 1 else now + (mark - now) / float(count)


def hold_weekly(
    layout: Layout, parameters: CycleParameters, start: Array, drive: Drive, weeks: int, grid: int
) -> Iterator[Moment]:
    """Yield the shares of one follicle population at weeks 0 to `weeks`, controls held for a week.

    Androgen drive, stimulus and attack are rounded to the nearest 1/`grid`, and a year is 52 weeks.
    This reproduces checks that were printed with such steps; `follow` is the better answer.

    Parameters
    ----------
    start:
        Shares, states x 1.
    """
    from scipy.linalg import expm

    known: dict[tuple[float, ...], tuple[Array, Array]] = {}
    x = start[:, 0].copy()
    for week in range(weeks + 1):
        c = drive(float(week), float(week))
        u, S, attack = (float(np.rint(np.max(v) * grid) / grid) for v in (c.u, c.S, c.attack))
        rest = (float(np.max(c.push)), float(np.max(c.pull)), float(np.max(c.scar)))
        key = (u, S, attack, *rest)
        if key not in known:
            held = Controls(
                u=np.array([u]),
                S=np.array([S]),
                push=rest[0],
                attack=attack,
                attack_per_y=c.attack_per_y,
                pull=rest[1],
                scar=rest[2],
            )
            q, shed = generator(layout, rates(layout, parameters, held, 1))
            known[key] = (expm(q[0] / 52), shed[0])
        step, shed_rates = known[key]
        yield Moment(float(week), x[:, None].copy(), np.array([shed_rates @ x]), np.array([S]))
        x = x @ step


def shed_hairs_per_day(shed_per_year: Array, follicles: float) -> Array:
    """Return the hairs shed per day by so many follicles."""
    return shed_per_year * (follicles / DAYS_PER_YEAR)
