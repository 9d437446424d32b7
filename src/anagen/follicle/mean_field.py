"""The expected share of follicles in each state, with the controls followed as they change.

B is the batch: persons x draws x options. State arrays are states x B, so that B is contiguous.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.errors import InputError
from anagen.follicle.cycle import (
    DAYS_PER_YEAR,
    SIZES,
    WEEKS_PER_YEAR,
    Array,
    Controls,
    CycleParameters,
    Layout,
    Rates,
    generator,
    rates,
)

Drive = Callable[[float, float], Controls]
"""``drive(week, begun)``: the controls at `week` within a step that began at week `begun`; what
happens at a later moment than `begun` (a session) does not count yet."""

STABLE = 1.39
"""Largest step x rate: the disc of that radius about its negative, where Gershgorin puts every
eigenvalue, lies inside the stability region of the classical Runge-Kutta method."""
FIRST_STEP_W = 0.5
GROWTH = 2.0
LONGEST_STEP_W = 4.5


class Flow:
    """The time derivative of the shares of living follicles without uniform loss (F11).

    The same chain as `cycle.transitions`, in whole-array operations of fixed order; a test holds
    the two equal. Scaled by `step_y`, so that a call returns an increment.
    """

    def __init__(self, layout: Layout, batch: int) -> None:
        self.layout = layout
        self._out_rate = np.empty((layout.phases, SIZES, batch))
        self._flux = np.empty_like(self._out_rate)
        self._entry = np.empty((2, SIZES, batch))
        self._moved = np.empty((2, SIZES, batch))
        self._moving = np.empty((2, SIZES - 1, batch))
        self._rates: Rates
        self._step_y: Array
        self._pushed = False

    def prepare(self, r: Rates, step_y: Array, *, pushed: bool) -> None:
        """Set the rates of the next calls and the step, years (a number or B)."""
        at, out = self.layout, self._out_rate
        out[0] = r.early * step_y
        out[at.anagen] = r.anagen * step_y
        out[at.catagen] = r.catagen * step_y
        out[at.telogen] = r.telogen * step_y
        out[at.kenogen] = (r.wake + r.wake_driven) * step_y
        out[at.kenogen, SIZES - 1] += r.empty_lost * step_y
        out[at.early_driven] = r.early_driven * step_y
        out[at.anagen_driven] = r.anagen_driven * step_y
        self._rates, self._step_y, self._pushed = r, step_y, pushed
        self._wake = r.wake * step_y
        self._wake_driven = r.wake_driven * step_y

    def __call__(self, state: Array, change: Array) -> None:
        """Write the increment of `state` (states x B) into `change`."""
        at, r = self.layout, self._rates
        x, dx, f = at.live(state), at.live(change), self._flux
        np.multiply(self._out_rate, x, out=f)
        empty, shed = at.kenogen, f[at.telogen.stop - 1]
        np.subtract(f[: empty - 1], f[1:empty], out=dx[1:empty])
        np.multiply(shed, r.shed_to_empty, out=dx[empty])
        dx[empty] -= f[empty]
        np.multiply(shed, r.shed_to_early, out=self._entry[0])
        np.multiply(shed, r.shed_to_driven, out=self._entry[1])
        self._entry[0] += self._wake * x[empty]
        self._entry[1] += self._wake_driven * x[empty]
        np.multiply(self._entry, r.stay, out=self._moved)
        np.multiply(self._entry[:, :-1], r.shrink[:-1], out=self._moving)
        self._moved[:, 1:] += self._moving
        np.multiply(self._entry[:, 1:], r.grow[1:], out=self._moving)
        self._moved[:, :-1] += self._moving
        np.subtract(self._moved[0], f[0], out=dx[0])
        np.subtract(self._moved[1], f[at.early_driven], out=dx[at.early_driven])
        np.subtract(f[at.early_driven], f[at.anagen_driven], out=dx[at.anagen_driven])
        dx[at.catagen] += f[at.anagen_driven]
        np.multiply(x[empty, SIZES - 1], r.empty_lost * self._step_y, out=change[-1])
        if self._pushed:
            self._push(x, dx)

    def _push(self, x: Array, dx: Array) -> None:
        """Add what an effluvium, an areata attack or traction does to growing follicles."""
        at = self.layout
        pushed, plucked = self._rates.push * self._step_y, self._rates.pluck * self._step_y
        growing = x[at.anagen].sum(axis=0) + x[at.anagen_driven]
        dx[at.anagen] -= x[at.anagen] * (pushed + plucked)
        dx[at.anagen_driven] -= x[at.anagen_driven] * (pushed + plucked)
        dx[at.catagen] += pushed * growing
        dx[at.kenogen] += plucked * growing


def sheddings_per_year(layout: Layout, r: Rates, state: Array) -> Array:
    """Return the hairs shed per follicle and year, B (F14)."""
    x = layout.live(state)
    growing = x[layout.anagen].sum(axis=(0, 1)) + x[layout.anagen_driven].sum(axis=0)
    resting = x[layout.catagen : layout.telogen.stop].sum(axis=(0, 1))
    fallen = r.telogen * x[layout.telogen.stop - 1].sum(axis=0)
    return np.asarray(fallen + r.pluck * growing + r.loss * (growing + resting))


@dataclass(frozen=True, slots=True)
class Moment:
    """The shares at one week: states x B, and the hairs shed per follicle and year, B."""

    week: float
    state: Array
    shed_per_year: Array


def _with_loss(state: Array, lost_by_age: Array) -> Array:
    """Return the state after uniform loss with cumulated hazard `lost_by_age` (F12)."""
    kept = np.exp(-lost_by_age)
    full = state * kept
    full[-1] = state[-1] + (1 - kept) * state[:-1].sum(axis=0)
    return full


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
    if not len(weeks) or weeks[0] < 0 or np.any(np.diff(weeks) <= 0):
        raise InputError("the output weeks must ascend from 0 on; sort them")
    # row by row in memory: columns picked by an index come the other way round, twice as slow
    x, lost = start.copy(order="C"), np.zeros(start.shape[1])
    stepper = _RungeKutta(layout, x)
    jumps = {0.0, *(float(week) for week in events)}
    outputs = {float(week) for week in weeks}
    last = float(weeks[-1])
    now, length = 0.0, FIRST_STEP_W
    here = _at(layout, parameters, drive, 0.0, 0.0)
    if now in outputs:
        yield Moment(now, _with_loss(x, lost), sheddings_per_year(layout, here.rates, x))
    for mark in sorted({*outputs, *(week for week in jumps if 0 < week < last)} - {0.0}):
        while now < mark:
            if now in jumps:
                length = FIRST_STEP_W
                here = _at(layout, parameters, drive, now, now)
            wish = min(length, LONGEST_STEP_W, here.longest_step_w) / refine
            end = _step_end(now, mark, wish)
            there = _at(layout, parameters, drive, end, now)
            if there.longest_step_w / refine < end - now:  # the rates rise within the step
                end = _step_end(now, mark, there.longest_step_w / refine)
                there = _at(layout, parameters, drive, end, now)
            midway = _at(layout, parameters, drive, (now + end) / 2, now)
            step_y = (end - now) / WEEKS_PER_YEAR
            stepper.advance(x, here, midway, there, step_y)
            loss = here.rates.loss + 4 * midway.rates.loss + there.rates.loss
            lost = lost + loss * (step_y / 6)
            now, here = end, there
            length *= GROWTH
        if mark in outputs:
            if mark in jumps:
                here = _at(layout, parameters, drive, mark, mark)
            full = _with_loss(x, lost)
            yield Moment(mark, full, sheddings_per_year(layout, here.rates, full))


@dataclass(frozen=True, slots=True)
class _Node:
    """The rates at one moment, whether they push hairs, and the longest stable step, weeks."""

    rates: Rates
    is_pushed: bool
    longest_step_w: float


def _at(
    layout: Layout, parameters: CycleParameters, drive: Drive, week: float, begun: float
) -> _Node:
    controls = drive(week, begun)
    r = rates(layout, parameters, controls)
    longest = STABLE / float(fastest_per_year(r).max()) * WEEKS_PER_YEAR
    return _Node(r, not controls.is_quiet, longest)


def _step_end(now: float, mark: float, wish: float) -> float:
    """Return the end of the first of the fewest equal steps to `mark` no longer than `wish`."""
    count = np.ceil((mark - now) / wish - 1e-9)
    return mark if count <= 1 else now + (mark - now) / float(count)


class _RungeKutta:
    """One classical step of order 4 for a linear system; the state is advanced in place (F13)."""

    def __init__(self, layout: Layout, like: Array) -> None:
        self._flow = Flow(layout, like.shape[1])
        self._sum, self._trial, self._change = (np.empty_like(like) for _ in range(3))

    def advance(self, x: Array, here: _Node, midway: _Node, there: _Node, step_y: float) -> None:
        """Replace `x` by the state one step later."""
        flow, total, trial, change = self._flow, self._sum, self._trial, self._change
        half_y = np.asarray(step_y / 2)
        pushed = here.is_pushed or midway.is_pushed or there.is_pushed
        flow.prepare(here.rates, half_y, pushed=pushed)
        flow(x, total)
        np.add(x, total, out=trial)
        flow.prepare(midway.rates, half_y, pushed=pushed)
        flow(trial, change)
        np.add(x, change, out=trial)
        change *= 2
        total += change
        flow(trial, change)
        change *= 2
        np.add(x, change, out=trial)
        total += change
        flow.prepare(there.rates, half_y, pushed=pushed)
        flow(trial, change)
        total += change
        total *= 1 / 3
        x += total


def fastest_per_year(r: Rates) -> Array:
    """Return the largest rate of leaving any state, B or one number."""
    out = np.max(r.anagen, axis=0)
    for rate in (r.anagen_driven, r.wake + r.wake_driven):
        out = np.maximum(out, np.max(rate, axis=0))
    out = out + (r.push + r.pluck)
    for rate in (r.early, r.early_driven, r.catagen, r.telogen):
        out = np.maximum(out, rate)
    return np.asarray(out)


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
            q, shed = generator(layout, rates(layout, parameters, held), 1)
            known[key] = (expm(q[0] / 52), shed[0])
        step, shed_rates = known[key]
        yield Moment(float(week), x[:, None].copy(), np.array([shed_rates @ x]))
        x = x @ step


def shed_hairs_per_day(shed_per_year: Array, follicles: float) -> Array:
    """Return the hairs shed per day by so many follicles."""
    return shed_per_year * (follicles / DAYS_PER_YEAR)
