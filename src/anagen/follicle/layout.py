"""The states of a follicle: phases of the cycle, on tracks that each show a hair of one size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.units import Array

SIZES = 3
"""Terminal, intermediate, vellus-like."""

Memory = Literal["kept", "programmed"]
"""What becomes of a size that was gained: it is kept until androgen shrinks the follicle again, or
the follicle falls back to the size it is programmed for once what lifted it is gone."""

Move = tuple[int, int]
"""From a track to a track, at the entry into a cycle."""

SHOWN: dict[Memory, tuple[int, ...]] = {"kept": (0, 1, 2), "programmed": (0, 1, 2, 1, 0)}
"""The size that each track shows. With programmed sizes the tracks 3 and 4 are follicles
programmed vellus-like that show an intermediate hair, and programmed intermediate that show a
terminal one."""

MOVES: dict[Memory, tuple[Move, ...]] = {
    "kept": ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2)),
    "programmed": (
        *((0, 0), (0, 1), (1, 1), (1, 2), (1, 4), (2, 2), (2, 3)),
        *((3, 3), (3, 2), (4, 4), (4, 3), (4, 1), (4, 2)),
    ),
}
"""From which track to which a follicle may move when it enters a cycle, itself included."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each state stands: row ``phase * tracks + track``; the last row is the lost follicle.

    Phases in order: hidden early anagen, the anagen stages, catagen, the telogen stages, kenogen,
    stimulus-started anagen while hidden, and once visible. `anagen_stages` and `telogen_stages`
    are the Erlang orders of those sojourns.
    """

    anagen_stages: int
    telogen_stages: int
    memory: Memory = "kept"
    anagen: slice = field(init=False, hash=False, compare=False)
    """Phases of spontaneous visible anagen."""
    catagen: int = field(init=False)
    telogen: slice = field(init=False, hash=False, compare=False)
    kenogen: int = field(init=False)
    """Phase of the empty follicle."""
    early_driven: int = field(init=False)
    """Phase of stimulus-started anagen, still hidden."""
    anagen_driven: int = field(init=False)
    phases: int = field(init=False)
    """Number of phases of one track."""
    tracks: int = field(init=False)
    states: int = field(init=False)
    """Number of states, the lost follicle included."""

    def __post_init__(self) -> None:
        """Place the phases; refuse a cycle without a stage and a memory that is not known."""
        if self.anagen_stages < 1 or self.telogen_stages < 1:
            raise InputError("a layout needs one anagen stage and one telogen stage or more")
        if self.memory not in SHOWN:
            raise InputError(
                f"'{self.memory}' is not a memory of size; use one of {', '.join(SHOWN)}"
            )
        catagen = 1 + self.anagen_stages
        kenogen = catagen + 1 + self.telogen_stages
        tracks = len(SHOWN[self.memory])
        places = {
            "anagen": slice(1, catagen),
            "catagen": catagen,
            "telogen": slice(catagen + 1, kenogen),
            "kenogen": kenogen,
            "early_driven": kenogen + 1,
            "anagen_driven": kenogen + 2,
            "phases": kenogen + 3,
            "tracks": tracks,
            "states": tracks * (kenogen + 3) + 1,
        }
        for name, place in places.items():
            object.__setattr__(self, name, place)

    @classmethod
    def from_facts(cls, model: Mapping[str, ModelParameter], memory: Memory = "kept") -> Self:
        """Take the Erlang orders from the facts of the model."""
        return cls(
            int(model["anagen_stages"].number()), int(model["telogen_stages"].number()), memory
        )

    @property
    def shown(self) -> tuple[int, ...]:
        """The size that each track shows."""
        return SHOWN[self.memory]

    @property
    def moves(self) -> tuple[Move, ...]:
        """Pairs of tracks that a follicle may move between at cycle entry."""
        return MOVES[self.memory]

    @property
    def growing(self) -> tuple[int, ...]:
        """Phases with a growing visible hair."""
        return (*range(self.anagen.start, self.anagen.stop), self.anagen_driven)

    @property
    def hidden(self) -> tuple[int, ...]:
        """Phases without a visible hair."""
        return (0, self.kenogen, self.early_driven)

    def row(self, phase: int, track: int) -> int:
        """Return the row of a phase of a track (0 terminal, 1 intermediate, 2 vellus-like)."""
        return phase * self.tracks + track

    def live(self, state: Array) -> Array:
        """Return the rows of living follicles as a view, phases x tracks x B."""
        return state[:-1].reshape(self.phases, self.tracks, *state.shape[1:])

    def taken_over(self, state: Array, before: "Layout") -> Array:
        """Return shares of a layout with the same phases on the tracks of this one.

        What `before` does not tell apart is taken to show the size that it is programmed for.
        """
        full = np.zeros((self.states, *state.shape[1:]))
        shared = min(self.tracks, before.tracks)
        self.live(full)[:, :shared] = before.live(state)[:, :shared]
        full[-1] = state[-1]
        return full

    def by_size(self, live: Array) -> Array:
        """Return phases x 3 x B: the tracks that show the same size added up (a view if none)."""
        if self.tracks == SIZES:
            return live
        sizes = live[:, :SIZES].copy()
        for track in range(SIZES, self.tracks):
            sizes[:, self.shown[track]] += live[:, track]
        return sizes
