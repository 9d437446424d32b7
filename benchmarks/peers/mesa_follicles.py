"""The same chain in Mesa: an agent per follicle, each stepped once a week by `AgentSet.do`.

What a fair expert chooses: no space, no data collector, no shuffling (follicles do not meet), the
laws precomputed as cumulative rows in plain lists searched by `bisect`, numbers from the model's
own generator, and the model's counts moved by the agents that move. Two ways are raced:

- `rows`: the textbook step, a method of the agent that reads its model;
- `stay`: the chance to stay is laid first, so that four weeks in five end with one comparison,
  and what a step reads comes as arguments. Nothing faster was found with one agent per follicle;
  drawing the week of the next move ahead is slower, since every agent is called anyway.
"""

import time
from bisect import bisect
from collections.abc import Callable

import mesa
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


class Follicle(mesa.Agent):
    """A follicle in a state."""

    def __init__(self, model: "Scalp", state: int) -> None:
        super().__init__(model)
        self.state = state

    def step(self) -> None:
        """Move by the row of the state."""
        model = self.model
        old = self.state
        new = bisect(model.rows[old], model.random.random())
        if new != old:
            model.counts[old] -= 1
            model.counts[new] += 1
            self.state = new

    def stay_or_move(
        self,
        stay: list[float],
        moves: list[list[float]],
        counts: list[int],
        random: Callable[[], float],
    ) -> None:
        """Stay if the number lies below the chance to, else move by the rest of the row."""
        old = self.state
        number = random()
        if number >= stay[old]:
            new = bisect(moves[old], number)
            counts[old] -= 1
            counts[new] += 1
            self.state = new


class Scalp(mesa.Model):
    """Follicles, their laws and how many are in each state."""

    def __init__(self, P: Array, start: Counts, seed: int) -> None:
        super().__init__(seed=seed)
        self.rows = [row[:-1].tolist() for row in np.cumsum(P, axis=1)]
        self.stay = np.diag(P).tolist()
        away = P - np.diag(np.diag(P))
        self.moves = [
            # a row that is never left, the lost follicle, stays whatever the number is
            (row + stay)[:-1].tolist() if stay < 1 else []
            for row, stay in zip(np.cumsum(away, axis=1), self.stay, strict=True)
        ]
        self.counts = np.bincount(start, minlength=len(P)).tolist()
        Follicle.create_agents(self, start.size, start.tolist())

    def by_rows(self) -> None:
        self.agents.do("step")

    def by_stay(self) -> None:
        self.agents.do(
            Follicle.stay_or_move, self.stay, self.moves, self.counts, self.random.random
        )


WAYS = {"rows": Scalp.by_rows, "stay": Scalp.by_stay}


def run(
    P: Array, start_shares: Array, follicles: int, weeks: int, seed: int, way: str = "stay"
) -> tuple[float, Counts]:
    """Return the seconds of the stepping alone and the counts, (weeks + 1) x states."""
    rng = np.random.default_rng(seed)
    scalp = Scalp(P, rng.choice(len(P), size=follicles, p=start_shares), seed)
    step = WAYS[way]
    counts = np.empty((weeks + 1, len(P)), dtype=np.int64)
    counts[0] = scalp.counts
    began = time.perf_counter()
    for week in range(1, weeks + 1):
        step(scalp)
        counts[week] = scalp.counts
    return time.perf_counter() - began, counts
