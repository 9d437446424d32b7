"""The chain that every engine and peer of the race runs, and the test of equal answers."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

Array = NDArray[np.float64]
CHECKED_WEEKS = 4
LEAST_EXPECTED = 25
"""Follicles expected in a state, and out of it, from which a count is near enough to normal."""
MOST_SE = 4.0


@dataclass(frozen=True, slots=True)
class Chain:
    """Weekly transitions (states x states, rows sum to 1) and the shares at the start (states)."""

    weekly: Array
    start: Array


@cache
def untreated_chain() -> Chain:
    """Return the chain of the average man in a trial: androgen drive 1 and no stimulus."""
    from anagen import facts
    from anagen.follicle import (
        WEEKS_PER_YEAR,
        Controls,
        CycleParameters,
        Layout,
        generator,
        pattern_baseline,
        rates,
    )

    model = facts.load().model
    layout, parameters = Layout.from_facts(model), CycleParameters.from_facts(model)
    one = np.ones(1)
    q, _ = generator(layout, rates(layout, parameters, Controls(u=one, S=np.zeros(1))), 1)
    years = np.array([model["t_dis"].number()])
    start = pattern_baseline(layout, parameters, one, years)[:, 0]
    return Chain(as_law(expm(q[0] / WEEKS_PER_YEAR)), as_law(start))


def as_law(shares: Array) -> Array:
    """Return shares without the negative zeros of rounding, summing to 1 along the last axis."""
    kept = np.maximum(shares, 0.0)
    return np.asarray(kept / kept.sum(axis=-1, keepdims=True))


def mean_counts(chain: Chain, follicles: int, weeks: int) -> Array:
    """Return the expected counts, (weeks + 1) x states."""
    course = [chain.start]
    for _ in range(weeks):
        course.append(course[-1] @ chain.weekly)
    return follicles * np.stack(course)


def farthest_in_se(chain: Chain, counts: NDArray[np.int64]) -> float:
    """Return how far counts, (weeks + 1) x states, lie at most from the mean field, in SE.

    Looked at are a few weeks from the start to the end, and states common enough for a normal law.

    Raises
    ------
    ValueError
        If a follicle was lost or made.
    """
    weeks, follicles = len(counts) - 1, int(counts[0].sum())
    if np.any(counts.sum(axis=1) != follicles):
        raise ValueError("the counts of a week do not add up to the follicles of the start")
    at = np.unique(np.linspace(0, weeks, CHECKED_WEEKS).round().astype(int))
    mean = mean_counts(chain, follicles, weeks)[at]
    variance = mean * (1 - mean / follicles)
    common = variance > LEAST_EXPECTED
    return float(np.max(np.abs(counts[at] - mean)[common] / np.sqrt(variance[common])))
