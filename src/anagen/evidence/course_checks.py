"""Whether a time course fits: each study's deviance, and a network of each span of visits alone."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from anagen.errors import InputError
from anagen.evidence.course_documents import BinnedDifference, StudyDeviance
from anagen.synthesis.time_course import TimeCourse
from anagen.synthesis.time_course_data import Visits
from anagen.synthesis.time_course_report import BinCheck, check_by_bins


def deviances(fit: TimeCourse) -> list[StudyDeviance]:
    """Return how far each trial lies from the model, the worst first."""
    visits = fit.model.visits
    points = visits.seen.sum(axis=1)
    found = []
    for i, study in enumerate(visits.studies):
        inside = visits.study == i
        total, count = float(fit.deviances[inside].sum()), int(points[inside].sum())
        found.append(
            StudyDeviance(study=study, points=count, deviance=total, per_point=total / count)
        )
    return sorted(found, key=lambda d: -d.per_point)


def two_stage(fit: TimeCourse, bins: Sequence[float]) -> tuple[list[BinnedDifference], list[str]]:
    """Set a network of each span of visits beside the curve, or say why there is none.

    Parameters
    ----------
    fit:
        Of changes; levels give a reason alone.
    bins:
        Bounds of the spans in weeks, ascending; by default thirds of the visit times.

    Raises
    ------
    InputError
        If the bounds do not ascend.
    """
    visits = fit.model.visits
    if visits.absolute:
        return [], ["the two-stage check needs changes from the baseline, and these are levels"]
    edges = tuple(bins) or _edges(visits)
    if len(edges) < 2:
        return [], ["all visits are at one time, so there are no spans to compare"]
    if not all(a < b for a, b in pairwise(edges)):
        raise InputError("the weeks of --bins go up; write them so")
    found, reasons = [], []
    for check in check_by_bins(fit, edges):
        if isinstance(check, BinCheck):
            found.append(
                BinnedDifference(
                    treatment=check.treatment, versus=check.versus, week=check.week,
                    trials=check.trials, binned=check.binned, binned_se=check.binned_se,
                    curve=check.curve, curve_se=check.curve_se,
                )
            )  # fmt: skip
        else:
            reasons.append(f"weeks {check.from_week:g} to {check.to_week:g}: {check.reason}")
    return found, reasons


def _edges(visits: Visits) -> tuple[float, ...]:
    weeks = np.unique(visits.weeks[visits.seen & (visits.weeks > 0)])
    if weeks.size < 2:
        return ()
    inner = np.quantile(weeks, [1 / 3, 2 / 3], method="lower")
    return tuple(float(w) for w in np.unique([0.0, *inner, weeks[-1]]))
