"""What a clinician would measure on a population of follicles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from anagen.follicle.cycle import CycleParameters, anagen_years
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import Moment, shed_hairs_per_day
from anagen.follicle.units import DAYS_PER_YEAR, Array

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
    lost_percent: Array
    shaft_diameter_um: Array
    nonvellus_diameter_um: Array
    growth_mm_per_day: Array
    hair_weight: Array
    shed_hairs_per_day: Array

    @classmethod
    def over_time(cls, moments: Iterable[Self]) -> Self:
        """Stack observations of successive weeks: each field weeks x B."""
        every = list(moments)
        return cls(
            **{f.name: np.stack([getattr(one, f.name) for one in every]) for f in fields(cls)}
        )


def shaft_diameters_um(
    p: CycleParameters, stimulus: Array, thinned_um: float | Array = 0.0
) -> Array:
    """Return the mean shaft diameter of each size, µm, 3 x B (F23).

    Parameters
    ----------
    stimulus:
        The trophic stimulus, B: it may change the calibre within a size.
    thinned_um:
        By how much age has thinned a terminal hair; the other sizes lose the same share.
    """
    return np.asarray(p.diam * (1 + p.e_d * stimulus) * (1 - thinned_um / p.diam[0]))


def observe(
    layout: Layout, p: CycleParameters, moment: Moment, thinned_um: float = 0.0
) -> Observation:
    """Return what is seen of the shares at one moment (F14).

    Visible are anagen past its hidden start, catagen and telogen. Catagen counts with telogen, as
    phototrichograms do. Hair weight is in arbitrary units: growing hairs x cross-section x rate.
    Shares that sum to more than 1 hold transplanted follicles.
    """
    x = layout.by_size(layout.live(moment.state))
    growing = x[layout.anagen].sum(axis=0) + x[layout.anagen_driven]
    resting = x[layout.catagen : layout.telogen.stop].sum(axis=0)
    seen = growing + resting
    empty, follicles = x[layout.kenogen], moment.state.sum(axis=0)
    hairs, nonvellus = seen.sum(axis=0), seen[0] + seen[1]
    diam = shaft_diameters_um(p, moment.stimulus, thinned_um)
    grown_mm_per_day = growth_mm_per_day(p, diam)
    return Observation(
        nonvellus_per_cm2=p.F0 * nonvellus,
        total_per_cm2=p.F0 * hairs,
        terminal_per_cm2=p.F0 * seen[0],
        vellus_per_cm2=p.F0 * seen[2],
        photographic_per_cm2=p.F0 * (nonvellus + p.vis_v * seen[2]),
        anagen_per_cm2=p.F0 * growing.sum(axis=0),
        anagen_percent=_ratio(100 * growing.sum(axis=0), hairs),
        anagen_to_telogen=_ratio(growing.sum(axis=0), resting.sum(axis=0)),
        kenogen_percent=100 * empty.sum(axis=0) / follicles,
        empty_nonvellus_percent=_ratio(100 * (empty[0] + empty[1]), nonvellus),
        lost_percent=100 * moment.state[-1] / follicles,
        shaft_diameter_um=_ratio((diam * seen).sum(axis=0), hairs),
        nonvellus_diameter_um=_ratio((diam[:2] * seen[:2]).sum(axis=0), nonvellus),
        growth_mm_per_day=_ratio((grown_mm_per_day * growing).sum(axis=0), growing.sum(axis=0)),
        hair_weight=p.F0 * (growing * diam**2 * grown_mm_per_day).sum(axis=0),
        shed_hairs_per_day=shed_hairs_per_day(moment.shed_per_year, FOLLICLES_OF_A_SCALP),
    )


def _ratio(part: Array, whole: Array) -> Array:
    """Return part by whole; 0 where there is none of either, as where no hair is left."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def growth_mm_per_day(p: CycleParameters, diameter_um: Array) -> Array:
    """Return the growth rate of shafts by their diameter (F14)."""
    return np.asarray(p.g0 + p.g1 * diameter_um)


def diameter_shares(
    layout: Layout,
    p: CycleParameters,
    moment: Moment,
    limits_um: Sequence[float],
    thinned_um: float = 0.0,
) -> Array:
    """Return the share of visible hairs below each diameter, percent, limits x B (F23).

    Within a size diameters are normal about its mean.
    """
    from scipy.special import ndtr

    x = layout.by_size(layout.live(moment.state))
    seen = x[layout.anagen.start : layout.telogen.stop].sum(axis=0) + x[layout.anagen_driven]
    diam = shaft_diameters_um(p, moment.stimulus, thinned_um)
    below = [ndtr((limit - diam) / (p.diameter_cv * diam)) * seen for limit in limits_um]
    return np.stack([_ratio(100 * part.sum(axis=0), seen.sum(axis=0)) for part in below])


def uncut_length_mm(
    layout: Layout, p: CycleParameters, moment: Moment, u: Array, thinned_um: float = 0.0
) -> Array:
    """Return the mean length of visible hairs that are never cut, mm, B, in a steady cycle (F24).

    A hair in the k-th stage of anagen has behind it k stages, one that rests the whole of anagen.
    Where drives have changed within the last cycle, single follicles tell it better.
    """
    x = layout.by_size(layout.live(moment.state))
    years = anagen_years(p, u, moment.stimulus)
    diam = shaft_diameters_um(p, moment.stimulus, thinned_um)
    rate = growth_mm_per_day(p, diam) * DAYS_PER_YEAR
    stage = np.arange(1, layout.anagen_stages + 1)[:, None, None] / layout.anagen_stages
    resting = x[layout.catagen : layout.telogen.stop].sum(axis=0)
    weighed = (x[layout.anagen] * stage).sum(axis=0) + resting + x[layout.anagen_driven]
    seen = x[layout.anagen.start : layout.telogen.stop].sum(axis=0) + x[layout.anagen_driven]
    return _ratio((weighed * years * rate).sum(axis=0), seen.sum(axis=0))


def salt(nonvellus_per_cm2: Array, healthy_per_cm2: Array) -> Array:
    """Return the share of scalp hair that is missing, percent: a SALT score of one region."""
    return 100 * (1 - nonvellus_per_cm2 / healthy_per_cm2)
