"""What was given before today: the state that a past regimen leaves (P12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, CycleParameters, columns, rates
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import fastest_per_year, follow
from anagen.follicle.regimen import Regimen
from anagen.follicle.therapy import Therapy
from anagen.follicle.units import Array, Index

BLOCK = 3000
"""Most columns that are followed at once: few enough for the cache."""
OVERHEAD, GRAIN = 800, 40
"""What a step costs besides its columns, in columns, as measured; columns that are cut as one."""


@dataclass(frozen=True, slots=True)
class Past:
    """A regimen whose weeks before today count, and how many of them there are."""

    regimen: Regimen
    weeks: float


def alike(layout: Layout, parameters: CycleParameters, therapy: Therapy) -> Sequence[Index]:
    """Return blocks of columns of like speed: the fastest rate sets a block's step."""
    strongest = np.full(therapy.u.size, therapy.cap if therapy.is_stimulating else 0.0)
    controls = Controls(u=therapy.u, S=strongest)
    speed = fastest_per_year(rates(layout, parameters, controls, therapy.u.size))
    order = np.argsort(speed, kind="stable")
    return np.split(order, _cuts(speed[order]))


def _cuts(speed: Array) -> list[int]:
    """Return where to cut columns of rising speed into blocks, so that all take the least time.

    A block takes as many steps as its fastest column asks for, and a step as long as its columns
    and `OVERHEAD` more. The few fastest columns thus stand by themselves where that pays.
    """
    marks = np.unique(np.append(np.arange(0, speed.size, GRAIN), speed.size))
    least, come_from = np.zeros(marks.size), np.zeros(marks.size, dtype=np.intp)
    for k in range(1, marks.size):
        first = int(np.searchsorted(marks, marks[k] - BLOCK))
        columns = marks[k] - marks[first:k]
        time = least[first:k] + speed[marks[k] - 1] * (OVERHEAD + columns)
        come_from[k] = first + int(time.argmin())
        least[k] = time.min()
    cuts: list[int] = []
    k = int(come_from[-1])
    while k:
        cuts.insert(0, int(marks[k]))
        k = int(come_from[k])
    return cuts


def lived_through(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    values: Mapping[str, Array],
    u: Array,
    response: Array,
    start: Array,
    pasts: Sequence[Past],
) -> list[Array]:
    """Return, for each past, the shares of today of people who began it with shares `start`.

    The pasts, all of the same length, are followed side by side.
    """
    weeks, people = pasts[0].weeks, u.size
    # on a clock of its own, which starts with the past, every week is the same number for all
    therapy = Therapy.together(
        [Therapy.of(one.regimen.later(weeks), model, values, u, response, weeks) for one in pasts]
    )
    every = np.tile(np.arange(people), len(pasts))
    parameters = CycleParameters.from_values(values).take(every)
    today = np.empty((start.shape[0], every.size))
    for block in alike(layout, parameters, therapy):
        some, drive = parameters.take(block), therapy.take(block)
        (at,) = follow(layout, some, start[:, every[block]], drive, [weeks], drive.events)
        today[:, block] = at.state
    return np.split(today, len(pasts), axis=1)


def picked(values: Mapping[str, Array], index: Index) -> dict[str, Array]:
    """Return the columns `index` of every drawn value."""
    return {name: columns(value, index) for name, value in values.items()}
