"""The bands of a course: an average and two intervals, month by month, and what is counted."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np

from anagen.follicle import WEEKS_PER_YEAR, Seen
from anagen.follicle.units import Array
from anagen.plan.course import LEAST_START, Band, Course, Net, Noticeable, Outcome

MONTHS = tuple(float(month) for month in range(25))
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
WEEKS = tuple(month * WEEKS_PER_MONTH for month in MONTHS)
INTERVAL = (2.5, 97.5)
"""Percentiles that bound an interval."""
NET_MONTHS = (6, 12, 24)
OUTCOME_MONTH = 12
MEASURES = (
    "density_per_cm2",
    "change_percent",
    "shaft_diameter_um",
    "anagen_percent",
    "shed_hairs_per_day",
)


def bands_of(
    seen: Seen, averages: int, count_error: Array, *, is_chosen: bool = False
) -> dict[str, Band]:
    """Summarise every measure of one course; a count adds its error to one person's density."""
    density = seen.density_per_cm2
    counted = density.copy()
    counted[:, averages:] *= 1 + count_error[: density.shape[1] - averages]
    values = {
        "density_per_cm2": counted,
        "change_percent": change_percent_of(density, averages),
        "shaft_diameter_um": seen.shaft_diameter_um,
        "anagen_percent": seen.anagen_percent,
        "shed_hairs_per_day": seen.shed_hairs_per_day,
    }
    return {name: band_of(value, averages, is_chosen=is_chosen) for name, value in values.items()}


def band_of(values: Array, averages: int, *, is_chosen: bool = False) -> Band:
    """Summarise months x columns, the average person's first.

    Where people were chosen by what was measured or told, the average is theirs, and the interval
    of the average person moves with it, within that of one person (P11).
    """
    average, single = values[:, :averages], values[:, averages:]
    low, high = np.percentile(average, INTERVAL, axis=1)
    one_low, one_high = np.percentile(single, INTERVAL, axis=1)
    mean = average.mean(axis=1)
    if is_chosen:
        people = single.mean(axis=1)
        low = np.maximum(low + people - mean, one_low)
        high = np.minimum(high + people - mean, one_high)
        mean = people
    return Band(
        mean=mean.tolist(),
        average_low=low.tolist(),
        average_high=high.tolist(),
        person_low=one_low.tolist(),
        person_high=one_high.tolist(),
    )


def own_start(density_per_cm2: Array, averages: int) -> Array:
    """Return what changes are in percent of: the own start, or the least that stands for one."""
    start: Array = density_per_cm2[0].copy()
    least = LEAST_START * start[:averages].mean()
    start[averages:] = np.maximum(start[averages:], least)
    return start


def change_percent_of(density_per_cm2: Array, averages: int) -> Array:
    """Return the change of density since the start, in percent of what `own_start` gives."""
    change = density_per_cm2 - density_per_cm2[0]
    return np.asarray(100 * change / own_start(density_per_cm2, averages))


def holding(course: Course, other: Course) -> Course:
    """Return a course whose bands hold those of another."""
    held = {}
    for name in MEASURES:
        band, beside = getattr(course, name), getattr(other, name)
        if band is not None and beside is not None:
            held[name] = hold(band, beside)
    return msgspec.structs.replace(course, **held)


def hold_all(bands: Mapping[str, Band], others: Iterable[Mapping[str, Band]]) -> dict[str, Band]:
    """Return bands widened until they hold all others."""
    held = dict(bands)
    for other in others:
        held = {name: hold(band, other[name]) for name, band in held.items()}
    return held


def hold(band: Band, other: Band) -> Band:
    """Return the band with its intervals widened until they hold those of the other."""
    return Band(
        mean=band.mean,
        average_low=list(map(min, band.average_low, other.average_low)),
        average_high=list(map(max, band.average_high, other.average_high)),
        person_low=list(map(min, band.person_low, other.person_low)),
        person_high=list(map(max, band.person_high, other.person_high)),
    )


def moved(band: Band, before: Band, after: Band) -> Band:
    """Return the band with its intervals moved as far as those of the same people have moved."""

    def shifted(name: str) -> list[float]:
        own, first, second = (getattr(one, name) for one in (band, before, after))
        return [a + c - b for a, b, c in zip(own, first, second, strict=True)]

    return Band(
        mean=band.mean,
        average_low=shifted("average_low"),
        average_high=shifted("average_high"),
        person_low=shifted("person_low"),
        person_high=shifted("person_high"),
    )


def nested(band: Band) -> Band:
    """Return the band with the interval of one person around that of the average."""
    return msgspec.structs.replace(
        band,
        person_low=list(map(min, band.person_low, band.average_low)),
        person_high=list(map(max, band.person_high, band.average_high)),
    )


def nets_of(seen: Seen, as_now: Seen, averages: int, *, is_chosen: bool) -> list[Net]:
    """Return the gap to going on as now at some months, in percent of the own start."""
    gap = seen.density_per_cm2 - as_now.density_per_cm2
    shares = 100 * gap / own_start(seen.density_per_cm2, averages)
    band = band_of(shares, averages, is_chosen=is_chosen)
    return [
        Net(
            month=month,
            mean_percent=band.mean[month],
            average_low_percent=band.average_low[month],
            average_high_percent=band.average_high[month],
            person_low_percent=band.person_low[month],
            person_high_percent=band.person_high[month],
        )
        for month in NET_MONTHS
    ]


def outcome_of(seen: Seen, averages: int, noticeable: Noticeable) -> Outcome:
    """Count persons out of 100 by their true change; rounding goes to the middle."""
    density = seen.density_per_cm2[:, averages:]
    change_percent = 100 * (density[OUTCOME_MONTH] / density[0] - 1)
    better = round(100 * float(np.mean(change_percent >= noticeable.gain_percent)))
    worse = round(100 * float(np.mean(change_percent <= -noticeable.loss_percent)))
    return Outcome(better=better, cannot_notice=100 - better - worse, worse=worse)
