"""Random scenarios for the follicle engines: every control of the model, each from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from anagen import facts
from anagen.follicle import (
    Controls,
    CycleParameters,
    Layout,
    follow,
    pattern_baseline,
    persons,
)

MODEL = facts.load().model
SEASON_W = 365.25 / 7


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One person and what acts on him: shares today (states), drive, weeks of its events."""

    layout: Layout
    parameters: CycleParameters
    start: np.ndarray
    drive: Callable[[float, float], Controls]
    events: tuple[float, ...]

    @property
    def engine(self):
        """What every engine takes first."""
        return self.layout, self.parameters


def drawn_layout(rng) -> Layout:
    memory = ("kept", "programmed")[int(rng.integers(2))]
    return Layout(int(rng.integers(1, 8)), int(rng.integers(1, 9)), memory)


def drawn_person(rng) -> tuple[CycleParameters, np.ndarray]:
    """Return one person of the facts, parameters and androgen drive."""
    values, u, _ = persons(MODEL, rng, 1)
    return CycleParameters.from_values(values).take(np.array([1])), u[1:]


@cache
def scenario(seed: int) -> Scenario:
    """Return a scenario; which of its parts act, and how strongly, is drawn."""
    rng = np.random.default_rng(seed)
    layout = drawn_layout(rng)
    parameters, u = drawn_person(rng)
    start = pattern_baseline(layout, parameters, u, rng.uniform(1, 20, 1))[:, 0]
    sessions = np.sort(rng.choice(np.arange(40), int(rng.integers(0, 6)), replace=False)) * 1.0
    amplitude, half_life_w = rng.uniform(0.1, 1.2), rng.uniform(2, 15)
    left = rng.uniform(0.3, 1)
    pushed, attacked, pulled = (float(w) for w in rng.uniform(1, 30, 3))
    lasting = float(rng.uniform(1, 12))
    on = rng.random(5) < 0.5
    push, attack, pull, scar, season = on * (rng.uniform(1, 15), rng.uniform(0, 1), 0.8, 0.1, 0.3)

    def drive(week: float, begun: float) -> Controls:
        given = sessions[sessions <= begun]
        stimulus = amplitude * np.exp2(-(week - given) / half_life_w).sum()

        def acts(first: float) -> bool:
            return first <= begun < first + lasting

        return Controls(
            u=u * (1 - (1 - left) * (1 - np.exp(-week / 6))),
            S=np.array([min(stimulus, 1.3)]),
            push=push if acts(pushed) else 0.0,
            attack=attack if acts(attacked) else 0.0,
            attack_per_y=12.0,
            pull=pull if acts(pulled) else 0.0,
            scar=scar,
            season=1 + season * np.cos(2 * np.pi * week / SEASON_W),
        )

    ends = (w + k * lasting for w in (pushed, attacked, pulled) for k in (0, 1))
    events = tuple(sorted({*sessions.tolist(), *ends}))
    return Scenario(layout, parameters, start, drive, events)


def mean_field(one: Scenario, weeks):
    """Return the moments of the mean field."""
    return list(follow(*one.engine, one.start[:, None], one.drive, weeks, one.events))


def phase_by_track(layout: Layout, state: np.ndarray) -> np.ndarray:
    """Return shares or counts (states x ...) with the stages lumped: phases, tracks, the lost."""
    live = layout.live(state)
    edges = [0, layout.anagen.start, layout.catagen, layout.telogen.start, layout.kenogen]
    edges += [layout.early_driven, layout.anagen_driven]
    lumped = np.add.reduceat(live, edges, axis=0)
    return np.concatenate([lumped.reshape(-1, *state.shape[1:]), state[-1:]])
