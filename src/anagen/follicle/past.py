"""What was given before today: the state that a past regimen leaves (P12)."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.cycle import Controls, CycleParameters, columns, rates
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import fastest_per_year, follow
from anagen.follicle.regimen import Regimen
from anagen.follicle.therapy import Therapy
from anagen.follicle.units import Array, Index

BLOCK = 2000
"""Columns that are followed at once: few enough for the cache, enough to pay for each call."""
LEAST, SLOWED = 120, 1.4
"""Columns below which a block is not cut, and how much faster than its slowest column it may be."""


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
    """Return where to cut columns of rising speed into blocks.

    A block is cut when it is full, or when the next column would slow it down too much; the few
    fastest columns, with steps many times shorter, thus stand by themselves.
    """
    cuts, first = [], 0
    for k in range(1, speed.size):
        is_slow = speed[k] > SLOWED * speed[first] and k - first >= LEAST
        if k - first >= BLOCK or is_slow:
            cuts.append(k)
            first = k
    return cuts


def side_by_side(work: Callable[[Index], None], blocks: Sequence[Index]) -> None:
    """Do the work on every block, on as many threads as there are processors."""
    threads = min(len(blocks), os.cpu_count() or 1)
    if threads == 1:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for done in [pool.submit(work, block) for block in blocks]:
            done.result()


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

    def fill(block: Index) -> None:
        some, drive = parameters.take(block), therapy.take(block)
        (at,) = follow(layout, some, start[:, every[block]], drive, [weeks], drive.events)
        today[:, block] = at.state

    side_by_side(fill, alike(layout, parameters, therapy))
    return np.split(today, len(pasts), axis=1)


def picked(values: Mapping[str, Array], index: Index) -> dict[str, Array]:
    """Return the columns `index` of every drawn value."""
    return {name: columns(value, index) for name, value in values.items()}
