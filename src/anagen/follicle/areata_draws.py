"""What differs by chance between people with alopecia areata: their episodes, and their relief."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from zlib import crc32

import numpy as np
from numpy.random import Generator, SeedSequence

from anagen.facts.parameter import ModelParameter
from anagen.follicle.disease import Span, areata_episodes
from anagen.follicle.draw import stratified_normal
from anagen.follicle.units import Array

_KEY = crc32(b"alopecia areata")
_EPISODES, _RELIEF = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class AreataDraws:
    """Episodes of each of B columns, and the share of an attack that relief takes away, B."""

    episodes: tuple[tuple[Span, ...], ...]
    relief: Array

    @classmethod
    def of(cls, model: Mapping[str, ModelParameter], seed: int, count: int, end_w: float) -> Self:
        """Draw for one person, and then for `count` more, each of them for two columns (D6, D8).

        One seed gives a person the same attacks and the same relief, however long one looks.
        """
        remission, relapse = (
            model[f"aa_{name}_per_y"].number() for name in ("remission", "relapse")
        )
        episodes = [
            areata_episodes(_stream(seed, _EPISODES, k), remission, relapse, end_w)
            for k in range(1 + count)
        ]
        normal = _stream(seed, _RELIEF, 0).standard_normal(1)
        if count:
            more = stratified_normal(_stream(seed, _RELIEF, 1), count)
            normal = np.concatenate([normal, more, more])
        mean, sd = (model[f"aa_relief_logit_{name}"].number() for name in ("mean", "sd"))
        relief = 1 / (1 + np.exp(-(mean + sd * normal)))
        return cls(tuple(episodes + episodes[1:]), relief)


def _stream(seed: int, what: int, person: int) -> Generator:
    """Return the random numbers of one person, which hang on no other person."""
    return np.random.default_rng(SeedSequence(seed, spawn_key=(_KEY, what, person)))
