"""The same chain as a Starsim module: a state array, one common random number a follicle-week.

What a fair expert chooses: nothing but this module in the sim, no results of people, no progress;
the state as an `IntArr`, every follicle moved at once, numbers from the module's own `ss.random`,
which Starsim keys to the agent (its common random numbers, compiled) and draws in single
precision. Two ways of the step are raced:

- `rows`: the law of each row as cumulative shares, searched for the follicles of one state after
  another. This is how a model with discrete states reads in Starsim. Searching one flat array of
  all rows, moving only those that leave (`ss.bernoulli`), and drawing the week of the next move
  ahead were tried too and stand between the two ways;
- `alias`: alias tables, one number split into a column and a remainder. Nothing faster was found
  without leaving NumPy.
"""

import time
from collections.abc import Callable

import numpy as np
import starsim as ss
from numpy.typing import NDArray

from benchmarks.peers.prototype_alias import alias_tables

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
States = NDArray[np.int64]
Step = Callable[[States, NDArray[np.float32]], States]


def by_rows(P: Array) -> Step:
    """Return a step that searches the cumulative row of each state."""
    rows = np.cumsum(P, axis=1)[:, :-1].astype(np.float32)

    def step(state: States, number: NDArray[np.float32]) -> States:
        moved = np.empty_like(state)
        for row, law in enumerate(rows):
            here = np.flatnonzero(state == row)
            moved[here] = np.searchsorted(law, number[here], side="right")
        return moved

    return step


def by_alias(P: Array) -> Step:
    """Return a step that reads alias tables."""
    states = len(P)
    keep, other = (table.ravel() for table in alias_tables(P))

    def step(state: States, number: NDArray[np.float32]) -> States:
        number = number * np.float32(states)
        column = number.astype(np.int32)
        number -= column
        cell = state * states
        cell += column
        return np.where(number < keep.take(cell), column, other.take(cell))

    return step


class Follicles(ss.Module):
    """Follicles that move once a week and are counted."""

    def __init__(self, start: States, step: Step, weeks: int, states: int) -> None:
        super().__init__(name="follicles")
        self.define_states(ss.IntArr("state", default=0))
        self.number = ss.random()
        self.start, self.law = start, step
        self.counts = np.zeros((weeks + 1, states), dtype=np.int64)

    def init_post(self) -> None:
        super().init_post()
        self.state[:] = self.start
        self.counts[0] = np.bincount(self.start, minlength=self.counts.shape[1])

    def step(self) -> None:
        uids = self.sim.people.auids
        self.state[uids] = self.law(self.state.values, self.number.rvs(uids))

    def update_results(self) -> None:
        super().update_results()
        self.counts[self.ti + 1] = np.bincount(self.state.values, minlength=self.counts.shape[1])


WAYS = {"rows": by_rows, "alias": by_alias}


def run(
    P: Array, start_shares: Array, follicles: int, weeks: int, seed: int, way: str = "alias"
) -> tuple[float, Counts]:
    """Return the seconds of the stepping alone and the counts, (weeks + 1) x states."""
    rng = np.random.default_rng(seed)
    start = rng.choice(len(P), size=follicles, p=start_shares)
    module = Follicles(start, WAYS[way](P), weeks, len(P))
    sim = ss.Sim(
        modules=module,
        n_agents=follicles,
        start=0,
        dur=weeks - 1,  # Starsim steps at both ends of the time line
        dt="week",
        rand_seed=seed,
        people_results=False,
        copy_inputs=False,
        verbose=0,
    )
    sim.init()
    began = time.perf_counter()
    sim.run()
    return time.perf_counter() - began, module.counts
