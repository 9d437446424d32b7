"""The same chain in NumPy alone: alias tables, two single-precision numbers a follicle-week."""

import time

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


def alias_tables(weekly: Array) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Return for each row the chance to keep a column drawn evenly, and the column taken else.

    Walker's method as Vose builds it: what a column lacks of an even share is filled by one that
    has more.
    """
    states = len(weekly)
    keep = np.ones((states, states))
    other = np.tile(np.arange(states, dtype=np.int16), (states, 1))
    for row, law in enumerate(weekly):
        left = law * (states / law.sum())
        short = [column for column in range(states) if left[column] < 1]
        rich = [column for column in range(states) if left[column] >= 1]
        while short and rich:
            poor, giver = short.pop(), rich[-1]
            keep[row, poor], other[row, poor] = left[poor], giver
            left[giver] -= 1 - left[poor]
            if left[giver] < 1:
                short.append(rich.pop())
    return keep.astype(np.float32), other


def run(
    P: Array, start_shares: Array, follicles: int, weeks: int, seed: int
) -> tuple[float, Counts]:
    """Return the seconds of the stepping alone and the counts, (weeks + 1) x states."""
    rng = np.random.default_rng(seed)
    states = len(P)
    keep, other = (table.ravel() for table in alias_tables(P))
    state = rng.choice(states, size=follicles, p=start_shares).astype(np.int16)
    counts = np.empty((weeks + 1, states), dtype=np.int64)
    counts[0] = np.bincount(state, minlength=states)
    began = time.perf_counter()
    for week in range(1, weeks + 1):
        # a number of 24 bits below 1 times the states never rounds up to them
        column = (rng.random(follicles, dtype=np.float32) * np.float32(states)).astype(np.int32)
        cell = state * np.int32(states) + column
        stays = rng.random(follicles, dtype=np.float32) < keep[cell]
        state = np.where(stays, column, other[cell]).astype(np.int16)
        counts[week] = np.bincount(state, minlength=states)
    return time.perf_counter() - began, counts
