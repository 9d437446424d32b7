"""Compiled loops over the chain: its product with shares, one step, years under constant rates.

They are compiled once and kept on disk beside this file; they release the interpreter lock.
"""

import numpy as np
from numba import njit

from anagen.follicle.generator import Open
from anagen.follicle.units import Array

WIDTH = 32
"""Columns that are worked on together: their shares fit the nearest cache, and loops over them
have a length that the compiler knows."""


@njit(cache=True, nogil=True, fastmath={"contract"})
def _flow(
    x: Array,
    rate: Array,
    ways: Open,
    change: Array,
) -> None:
    """Write the product of shares and generator, per year, into `change`; rows of WIDTH each."""
    change[:] = 0.0
    count, source, target, first, second = ways
    for e in range(count):
        s, t, i, j = source[e] * WIDTH, target[e] * WIDTH, first[e] * WIDTH, second[e] * WIDTH
        share, leave, enter = x[s : s + WIDTH], change[s : s + WIDTH], change[t : t + WIDTH]
        one, other = rate[i : i + WIDTH], rate[j : j + WIDTH]
        for b in range(WIDTH):
            flux = one[b] * other[b] * share[b]
            leave[b] -= flux
            enter[b] += flux


@njit(cache=True, nogil=True)
def _load(table: Array, at: int, wide: int, out: Array) -> None:
    """Copy `wide` columns from column `at` on."""
    for i in range(table.shape[0]):
        from_, to = table[i, at : at + wide], out[i * WIDTH : i * WIDTH + wide]
        for b in range(wide):
            to[b] = from_[b]


@njit(cache=True, nogil=True)
def _store(x: Array, at: int, wide: int, table: Array) -> None:
    """Copy `wide` columns back to column `at` on."""
    for i in range(table.shape[0]):
        to, from_ = table[i, at : at + wide], x[i * WIDTH : i * WIDTH + wide]
        for b in range(wide):
            to[b] = from_[b]


@njit(cache=True, nogil=True, fastmath={"contract"})
def _add(total: Array, weight: float, now: Array, step_y: float, change: Array, out: Array) -> None:
    """Add a weighted change to `total`; write the trial state of the next stage into `out`."""
    for k in range(now.size):
        total[k] += weight * change[k]
        out[k] = now[k] + step_y * change[k]


@njit(cache=True, nogil=True, fastmath={"contract"})
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
    now, trial = np.zeros(states * WIDTH), np.zeros(states * WIDTH)
    change, total = np.zeros(states * WIDTH), np.zeros(states * WIDTH)
    rate = np.zeros(here.shape[0] * WIDTH)
    for at in range(0, batch, WIDTH):
        wide = min(WIDTH, batch - at)
        total[:] = 0.0
        _load(x, at, wide, now)
        _load(here, at, wide, rate)
        _flow(now, rate, ways, change)
        _add(total, 1.0, now, step_y / 2, change, trial)
        _load(midway, at, wide, rate)
        _flow(trial, rate, ways, change)
        _add(total, 2.0, now, step_y / 2, change, trial)
        _flow(trial, rate, ways, change)
        _add(total, 2.0, now, step_y, change, trial)
        _load(there, at, wide, rate)
        _flow(trial, rate, ways, change)
        for k in range(now.size):
            now[k] += step_y / 6 * (total[k] + change[k])
        _store(now, at, wide, x)


@njit(cache=True, nogil=True, fastmath={"contract"})
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
    change, rate = np.zeros(states * WIDTH), np.zeros(table.shape[0] * WIDTH)
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
        _load(table, at, wide, rate)
        for _ in range(parts):
            weight[:] = np.exp(-mean / parts)
            power[:] = now
            for k in range(now.size):
                now[k] *= weight[k % WIDTH]
            terms, most = 0, 1.0
            while most > tail:
                terms += 1
                _flow(power, rate, ways, change)
                most = 0.0
                for b in range(wide):
                    weight[b] *= mean[b] / parts / terms
                    most = max(most, 1.0 if terms < mean[b] / parts else weight[b])
                for i in range(states):
                    row = slice(i * WIDTH, (i + 1) * WIDTH)
                    one, add, sum_ = power[row], change[row], now[row]
                    for b in range(WIDTH):
                        one[b] += add[b] * scale[b]
                        sum_[b] += weight[b] * one[b]
        _store(now, at, wide, x)
