"""The chain that every engine and peer of the race runs, and the test of equal answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

if TYPE_CHECKING:
    from anagen.follicle import Controls, CycleParameters, Layout

Array = NDArray[np.float64]
CHECKED_WEEKS = 4
LEAST_EXPECTED = 25
"""Follicles expected in a state, and out of it, from which a count is near enough to normal."""
MOST_SE = 4.0


@dataclass(frozen=True, slots=True)
class Chain:
    """Weekly transitions (states x states, rows sum to 1) and the shares at the start (states).

    `classes` says which states single follicles are counted together in: the stages of a phase.
    """

    weekly: Array
    start: Array
    classes: NDArray[np.int64] | None = None


def average_man() -> tuple[Layout, CycleParameters, Controls]:
    """Return the average man in a trial without treatment: androgen drive 1 and no stimulus."""
    from anagen import facts
    from anagen.follicle import Controls, CycleParameters, Layout

    model = facts.load().model
    untreated = Controls(u=np.ones(1), S=np.zeros(1))
    return Layout.from_facts(model), CycleParameters.from_facts(model), untreated


@cache
def untreated_chain() -> Chain:
    """Return the chain of the average man."""
    from anagen import facts
    from anagen.follicle import WEEKS_PER_YEAR, generator, pattern_baseline, rates
    from anagen.follicle.follicles import state_phases

    layout, parameters, untreated = average_man()
    q, _ = generator(layout, rates(layout, parameters, untreated, 1))
    years = np.array([facts.load().model["t_dis"].number()])
    start = pattern_baseline(layout, parameters, untreated.u, years)[:, 0]
    kind, track, _ = state_phases(layout).T
    classes = kind * layout.tracks + track
    classes = np.append(classes, classes.max() + 1)
    return Chain(as_law(expm(q[0] / WEEKS_PER_YEAR)), as_law(start), classes)


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
    """Return how far counts, (weeks + 1) x states or classes, lie from the mean field, in SE.

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
    if chain.classes is not None and counts.shape[1] != mean.shape[1]:
        mean = mean @ np.eye(counts.shape[1])[chain.classes]
    variance = mean * (1 - mean / follicles)
    common = variance > LEAST_EXPECTED
    return float(np.max(np.abs(counts[at] - mean)[common] / np.sqrt(variance[common])))
