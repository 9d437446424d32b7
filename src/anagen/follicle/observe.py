"""What a clinician would measure on a population of follicles."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from anagen.follicle.cycle import CycleParameters
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment, shed_hairs_per_day
from anagen.follicle.units import Array

FOLLICLES_OF_A_SCALP = 100_000
"""Shedding is stated per this many follicles, a convention of reporting."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Measures of B populations; after `over_time` weeks x B."""

    nonvellus_per_cm2: Array
    total_per_cm2: Array
    terminal_per_cm2: Array
    vellus_per_cm2: Array
    photographic_per_cm2: Array
    anagen_per_cm2: Array
    anagen_percent: Array
    anagen_to_telogen: Array
    kenogen_percent: Array
    empty_nonvellus_percent: Array
    shaft_diameter_um: Array
    nonvellus_diameter_um: Array
    hair_weight: Array
    shed_hairs_per_day: Array

    @classmethod
    def over_time(cls, moments: Iterable[Self]) -> Self:
        """Stack observations of successive weeks: each field weeks x B."""
        every = list(moments)
        return cls(
            **{f.name: np.stack([getattr(one, f.name) for one in every]) for f in fields(cls)}
        )


def observe(layout: Layout, p: CycleParameters, moment: Moment) -> Observation:
    """Return what is seen of the shares at one moment (F14).

    Visible are anagen past its hidden start, catagen and telogen. Catagen counts with telogen, as
    phototrichograms do. Hair weight is in arbitrary units: growing hairs x cross-section x rate.
    """
    x = layout.by_size(layout.live(moment.state))
    growing = x[layout.anagen].sum(axis=0) + x[layout.anagen_driven]
    resting = x[layout.catagen : layout.telogen.stop].sum(axis=0)
    seen = growing + resting
    empty = x[layout.kenogen]
    hairs, nonvellus = seen.sum(axis=0), seen[0] + seen[1]
    diam = p.diam
    grown_mm_per_day = p.g0 + p.g1 * diam
    return Observation(
        nonvellus_per_cm2=p.F0 * nonvellus,
        total_per_cm2=p.F0 * hairs,
        terminal_per_cm2=p.F0 * seen[0],
        vellus_per_cm2=p.F0 * seen[2],
        photographic_per_cm2=p.F0 * (nonvellus + p.vis_v * seen[2]),
        anagen_per_cm2=p.F0 * growing.sum(axis=0),
        anagen_percent=100 * growing.sum(axis=0) / hairs,
        anagen_to_telogen=growing.sum(axis=0) / resting.sum(axis=0),
        kenogen_percent=100 * empty.sum(axis=0),
        empty_nonvellus_percent=100 * (empty[0] + empty[1]) / nonvellus,
        shaft_diameter_um=(diam * seen).sum(axis=0) / hairs,
        nonvellus_diameter_um=(diam[:2] * seen[:2]).sum(axis=0) / nonvellus,
        hair_weight=p.F0 * (growing * diam**2 * grown_mm_per_day).sum(axis=0),
        shed_hairs_per_day=shed_hairs_per_day(moment.shed_per_year, FOLLICLES_OF_A_SCALP),
    )


def salt(nonvellus_per_cm2: Array, healthy_per_cm2: Array) -> Array:
    """Return the share of scalp hair that is missing, percent: a SALT score of one region."""
    return 100 * (1 - nonvellus_per_cm2 / healthy_per_cm2)
