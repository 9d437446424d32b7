"""What one extra hair per cm² costs: a range of money over an interval of hair."""

import math
from typing import Literal

from anagen.evidence import EvidenceSummary
from anagen.facts.base import Slug
from anagen.frozen import Record
from anagen.plan.costs import CostRange, OptionCost, Range, total
from anagen.plan.course import Course

MONTHS: tuple[Literal[12, 24], ...] = (12, 24)
MONTHS_PER_YEAR = 12

NO_UPPER_END_OF_GAIN = "no upper end: the gain may be none"
NO_UPPER_END_OF_PRICE = "no upper end: the price has none"
NO_UPPER_END_OF_FEW = "no upper end by the wider interval"
NO_UPPER_END_OF_ONE = "no upper end: one trial cannot tell how far trials differ"
NO_GAIN = "not known: the results found no gain"
NO_GAIN_MODELLED = "not known: the model finds no gain over going on as now"
IN_USE = "you use this already"
LEAST_STUDIES = 3
"""Trials from which on an interval allows for how far trials differ (see `evidence.pool`)."""


class Gain(Record):
    """How many more hairs per cm² an option gives than going on as now; `basis` says whence.

    `is_few` is true where too few trials stand behind it for the interval to hold how far trials
    differ; `wider_low_per_cm2` is the lower end of one that does. `is_single` is true for one
    trial, from which none can be had.
    """

    low_per_cm2: float
    mean_per_cm2: float
    high_per_cm2: float
    basis: str
    source: list[Slug]
    is_few: bool = False
    is_single: bool = False
    wider_low_per_cm2: float | None = None


class CostPerHair(Record):
    """What one extra hair per cm² costs after some months, in one currency.

    `low` is the least cost over the greatest gain and `high` the greatest cost over the least gain;
    `central` is there only where cost and gain have one central value each. What is missing is not
    known, and `text` says why. At 12 months the gain is the pooled controlled result, at 24 months
    that of a course fitted to trials. For somebody who uses something the cost is what the option
    adds, and the trials, which compared with no treatment, give no gain.
    """

    months: Literal[12, 24]
    text: str
    currency: str | None = None
    low: float | None = None
    central: float | None = None
    high: float | None = None
    gain: Gain | None = None


def per_hair(cost: Range, gain: tuple[float, float]) -> Range | None:
    """Divide a range of cost by an interval of gain; nothing if no gain is within it.

    The range has no upper end where the cost has none or the gain may be none.

    Parameters
    ----------
    cost:
        Least and greatest cost, 0 or more, in one currency.
    gain:
        Least and greatest gain, hairs/cm².

    Examples
    --------
    >>> per_hair((240, 720), (12, 20))
    (12.0, 60.0)
    >>> per_hair((240, 720), (-3, 20))
    (12.0, None)
    >>> per_hair((240, 720), (-9, -1)) is None
    True
    """
    (least_cost, greatest_cost), (least_gain, greatest_gain) = cost, gain
    if greatest_gain <= 0 or math.isinf(least_cost / greatest_gain):
        return None
    low = least_cost / greatest_gain
    if greatest_cost is None or least_gain <= 0 or math.isinf(greatest_cost / least_gain):
        return low, None
    return low, greatest_cost / least_gain


def gain_measured(
    evidence: EvidenceSummary | None, backbone: list[Slug], backbone_label: str = ""
) -> Gain | str:
    """Return the gain that controlled trials found, or why it is not known.

    An add-on trial tells what is gained on top of its backbone, not what the combination gains over
    going on as now, so it gives none.
    """
    if evidence is None or evidence.pooled is None:
        return "not known: no controlled result in hairs/cm²"
    pooled = evidence.pooled
    if pooled.conflict:
        return "not known: the trials contradict each other"
    if backbone:
        return (
            f"not known: the trials held the combination against {backbone_label} alone, not "
            "against no treatment"
        )
    trials = "controlled trial" if pooled.studies == 1 else "controlled trials"
    weeks = (
        f"week {pooled.from_week:g}"
        if pooled.from_week == pooled.to_week
        else f"weeks {pooled.from_week:g} to {pooled.to_week:g}"
    )
    return Gain(
        low_per_cm2=pooled.low_per_cm2,
        mean_per_cm2=pooled.mean_per_cm2,
        high_per_cm2=pooled.high_per_cm2,
        basis=f"{pooled.studies} {trials}, {weeks}",
        source=list(dict.fromkeys(key for found in evidence.contrasts for key in found.source)),
        is_few=pooled.studies < LEAST_STUDIES,
        is_single=pooled.studies == 1,
        wider_low_per_cm2=pooled.guarded_low_per_cm2,
    )


def gain_modelled(course: Course, months: int, source: list[Slug]) -> Gain | str:
    """Return the gain of a fitted course for the average of people like this, or why there is none.

    The course tells the difference from going on as now in percent of the density at the start;
    that density turns it into hairs/cm². `source` is what the fit rests on.
    """
    net = next((entry for entry in course.net if entry.month == months), None)
    if course.status != "fitted" or net is None or course.density_per_cm2 is None:
        return f"not known: no course of {months} months is fitted to trials"
    hairs_per_percent = course.density_per_cm2.mean[0] / 100
    return Gain(
        low_per_cm2=net.average_low_percent * hairs_per_percent,
        mean_per_cm2=net.mean_percent * hairs_per_percent,
        high_per_cm2=net.average_high_percent * hairs_per_percent,
        basis="modelled, fitted to trials",
        source=source,
    )


def cost_per_hair(
    cost: OptionCost, measured: Gain | str, modelled: Gain | str
) -> list[CostPerHair]:
    """Return what an extra hair costs after 12 and 24 months, in every currency.

    Parameters
    ----------
    cost:
        The option's cost; what costs nothing has no cost per hair.
    measured, modelled:
        The gain at 12 and at 24 months, or why it is not known.
    """
    if cost.basis == "nothing" or cost.option == "none":
        return []
    if cost.is_in_use:
        return [CostPerHair(months=12, text=IN_USE)]
    if cost.uses and isinstance(measured, Gain):
        measured = (
            f"not known: the trials compared with no treatment, and you use {cost.uses_label}"
        )
    found = []
    for months, gain in zip(MONTHS, (measured, modelled), strict=True):
        if isinstance(gain, str):
            found.append(CostPerHair(months=months, text=gain))
        elif not cost.ranges:
            found.append(CostPerHair(months=months, text="not known: no price found", gain=gain))
        else:
            found += [_in_currency(months, entry, gain, cost.text) for entry in cost.ranges]
    return found


def _in_currency(
    months: Literal[12, 24], entry: CostRange, gain: Gain, cost_text: str
) -> CostPerHair:
    spent = total(entry, months // MONTHS_PER_YEAR)
    if spent is None or entry.without_price:
        why = cost_text or f"a part has no price in {entry.currency}"
        return CostPerHair(
            months=months, currency=entry.currency, gain=gain,
            text=f"not known: {why[:1].lower()}{why[1:].rstrip('.')}",
        )  # fmt: skip
    if months > MONTHS_PER_YEAR and entry.later_year_low is None:
        return CostPerHair(
            months=months, currency=entry.currency, gain=gain,
            text="not known: what a later year costs is not known",
        )  # fmt: skip
    ends = per_hair(spent, (gain.low_per_cm2, gain.high_per_cm2))
    if ends is None:
        why_none = NO_GAIN if months == MONTHS_PER_YEAR else NO_GAIN_MODELLED
        return CostPerHair(months=months, currency=entry.currency, gain=gain, text=why_none)
    low, high = ends
    wider = gain.wider_low_per_cm2
    few = ""
    if gain.is_single:
        few = NO_UPPER_END_OF_ONE
    elif wider is not None and wider <= 0:
        few = NO_UPPER_END_OF_FEW
    least, greatest = spent
    has_one_price = greatest is not None and round(least, 2) == round(greatest, 2)
    text = ""
    if high is not None and few:
        high, text = None, few
    elif high is None:
        text = NO_UPPER_END_OF_GAIN if gain.low_per_cm2 <= 0 else NO_UPPER_END_OF_PRICE
    return CostPerHair(
        months=months,
        currency=entry.currency,
        low=low,
        central=least / gain.mean_per_cm2 if has_one_price and gain.mean_per_cm2 > 0 else None,
        high=high,
        gain=gain,
        text=text,
    )
