"""Compiled loops over the chain: its product with shares, one step, years under constant rates.

They are compiled once and kept on disk beside this file; they release the interpreter lock.
"""

import numpy as np

from anagen.follicle.compiled import compiled
from anagen.follicle.generator import Open
from anagen.follicle.units import Array

WIDTH = 48
"""Columns that are worked on together: their shares fit the nearest cache, and loops over them
have a length that the compiler knows."""


@compiled(forceinline=True)
def _whole(n: int) -> int:
    """Return a number that is not negative, told so that no index is tested for it."""
    return n & 0x7FFFFFFF


@compiled(fastmath={"contract"})
def _flow(x: Array, rate: Array, at: int, wide: int, ways: Open, years: float, into: Array) -> None:
    """Add to `into` what shares `x` send along all ways in some years.

    Both hold `wide` columns in rows of WIDTH; their rates stand from column `at` on.
    """
    count, source, target, first, second = ways
    at = _whole(at)
    for e in range(count):
        s, t = _whole(source[e]) * WIDTH, _whole(target[e]) * WIDTH
        i, j = _whole(first[e]), _whole(second[e])
        if j == 0:  # the row of ones
            for b in range(wide):
                flux = years * rate[i, at + b] * x[s + b]
                into[s + b] -= flux
                into[t + b] += flux
        else:
            for b in range(wide):
                flux = years * rate[i, at + b] * rate[j, at + b] * x[s + b]
                into[s + b] -= flux
                into[t + b] += flux


@compiled()
def _load(table: Array, at: int, wide: int, out: Array) -> None:
    """Copy `wide` columns from column `at` on."""
    for i in range(table.shape[0]):
        for b in range(wide):
            out[i * WIDTH + b] = table[i, at + b]


@compiled()
def _store(x: Array, at: int, wide: int, table: Array) -> None:
    """Copy `wide` columns back to column `at` on."""
    for i in range(table.shape[0]):
        for b in range(wide):
            table[i, at + b] = x[i * WIDTH + b]


@compiled(fastmath={"contract"})
def advance(
    x: Array,
    here: Array,
    midway: Array,
    there: Array,
    step_y: float,
    ways: Open,
) -> None:
    """Replace shares `x`, states x B, by those one classical Runge-Kutta step later (F13).

    Parameters
    ----------
    here, midway, there:
        Rates at the start, middle and end of the step, rows x B.
    ways:
        The transitions that are open.
    """
    states, batch = x.shape
    now, total = np.zeros(states * WIDTH), np.zeros(states * WIDTH)
    one, two = np.zeros(states * WIDTH), np.zeros(states * WIDTH)
    third = 1.0 / 3.0
    for at in range(0, batch, WIDTH):
        wide = min(WIDTH, batch - at)
        # with the trial states y of the stages, x + h/6 (k1 + 2 k2 + 2 k3 + k4) is
        # (y2 + 2 y3 + y4 - x)/3 + h/6 k4
        _load(x, at, wide, now)
        one[:] = now
        _flow(now, here, at, wide, ways, step_y / 2, one)
        two[:] = now
        _flow(one, midway, at, wide, ways, step_y / 2, two)
        for k in range(now.size):
            total[k] = third * (one[k] + 2.0 * two[k] - now[k])
        _flow(two, midway, at, wide, ways, step_y, now)
        for k in range(now.size):
            total[k] += third * now[k]
        _flow(now, there, at, wide, ways, step_y / 6, total)
        _store(total, at, wide, x)


@compiled(fastmath={"contract"})
def uniformise(
    x: Array,
    table: Array,
    fastest_per_year: Array,
    years: Array,
    longest: float,
    tail: float,
    ways: Open,
) -> None:
    """Replace shares `x`, states x B, by those after `years` (B) of constant rates (F15).

    Poisson sums of powers of the chain that is watched at its fastest rate; a sum ends past its
    mean, with a weight below `tail`. A mean above `longest` is cut, so that no weight underflows.
    """
    states, batch = x.shape
    now, power = np.zeros(states * WIDTH), np.zeros(states * WIDTH)
    change = np.zeros(states * WIDTH)
    mean, weight, scale = np.zeros(WIDTH), np.zeros(WIDTH), np.zeros(WIDTH)
    for at in range(0, batch, WIDTH):
        wide = min(WIDTH, batch - at)
        mean[:], scale[:], most = 0.0, 0.0, 0.0
        for b in range(wide):
            mean[b] = fastest_per_year[at + b] * years[at + b]
            scale[b] = 1 / fastest_per_year[at + b]
            most = max(most, mean[b])
        parts = max(1, int(np.ceil(most / longest)))
        _load(x, at, wide, now)
        for _ in range(parts):
            weight[:] = np.exp(-mean / parts)
            power[:] = now
            for k in range(now.size):
                now[k] *= weight[k % WIDTH]
            terms, most = 0, 1.0
            while most > tail:
                terms += 1
                change[:] = 0.0
                _flow(power, table, at, wide, ways, 1.0, change)
                most = 0.0
                for b in range(wide):
                    weight[b] *= mean[b] / parts / terms
                    most = max(most, 1.0 if terms < mean[b] / parts else weight[b])
                for i in range(states):
                    for b in range(WIDTH):
                        k = i * WIDTH + b
                        power[k] += change[k] * scale[b]
                        now[k] += weight[b] * power[k]
        _store(now, at, wide, x)
