"""Courses of a cohort: under several regimens at once, and in recovery from an effluvium."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.closed_form import healthy
from anagen.follicle.cohort import Cohort, persons
from anagen.follicle.cycle import Array, Controls, CycleParameters, Layout, rates
from anagen.follicle.disease import effluvium, effluvium_push_per_y
from anagen.follicle.mean_field import fastest_per_year, follow
from anagen.follicle.observe import Observation, observe
from anagen.follicle.treatment import Regimen, Therapy, Together

BLOCKS = 2
PEAK_WITHIN_W = 30
"""Weeks after a trigger within which the peak of shedding is looked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is reported of one course: outputs x 2N, the average person first."""

    density_per_cm2: Array
    shaft_diameter_um: Array
    anagen_percent: Array
    shed_hairs_per_day: Array

    @classmethod
    def of(cls, seen: Observation) -> Self:
        """Take what is reported; the density counts non-vellus hairs."""
        return cls(
            seen.nonvellus_per_cm2,
            seen.shaft_diameter_um,
            seen.anagen_percent,
            seen.shed_hairs_per_day,
        )


def follow_regimens(
    model: Mapping[str, ModelParameter],
    layout: Layout,
    cohort: Cohort,
    regimens: Sequence[Regimen],
    weeks: Sequence[float],
) -> dict[Regimen, Seen]:
    """Follow a cohort under every regimen side by side, so that they differ by treatment alone.

    The draws are dealt into blocks of like speed, since the fastest rate of a block sets its step.
    """
    width, count = cohort.u.size, len(regimens)
    cap = np.full(width, model["stimulus_cap"].number())
    speed = fastest_per_year(rates(layout, cohort.parameters, Controls(u=cohort.u, S=cap)))
    found = {field.name: np.empty((len(weeks), count, width)) for field in fields(Seen)}
    for block in np.array_split(np.argsort(speed, kind="stable"), BLOCKS):
        some = cohort.take(block)
        drive = Together(
            [Therapy(one, model, some.values, some.u, some.response, weeks[-1]) for one in regimens]
        )
        parameters = some.parameters.take(np.tile(np.arange(block.size), count))
        start = np.tile(some.start, (1, count))
        for k, at in enumerate(follow(layout, parameters, start, drive, weeks, drive.events)):
            seen = Seen.of(observe(layout, parameters, at))
            for name, whole in found.items():
                whole[k][:, block] = getattr(seen, name).reshape(count, block.size)
    return {
        regimen: Seen(**{name: whole[:, k] for name, whole in found.items()})
        for k, regimen in enumerate(regimens)
    }


def follow_recovery(
    model: Mapping[str, ModelParameter],
    rng: np.random.Generator,
    draws: int,
    weeks: Sequence[float],
    density_per_cm2: float | None,
) -> Seen:
    """Follow an acute effluvium and report it from each draw's peak of shedding on (D2).

    When the trigger was is seldom known; people come when they shed most, so week 0 is the peak.
    A measured density scales each draw, with the error of a count.
    """
    layout = Layout.from_facts(model)
    values, _, _ = persons(model, rng, draws)
    parameters = CycleParameters.from_values(values)
    push_w = model["te_push_w"].number()
    hazard = effluvium_push_per_y(values["te_push_share"], push_w)
    since_trigger = np.arange(np.ceil(PEAK_WITHIN_W + weeks[-1]) + 1)
    moments = follow(
        layout,
        parameters,
        healthy(layout, parameters, 2 * draws),
        lambda week, begun: effluvium(week, begun, hazard, push_w),
        since_trigger.tolist(),
        [0.0, push_w],
    )
    seen = Seen.of(Observation.over_time(observe(layout, parameters, at) for at in moments))
    peak = seen.shed_hairs_per_day[: PEAK_WITHIN_W + 1].argmax(axis=0)

    def from_peak(course: Array) -> Array:
        at = np.asarray(weeks)
        columns = [np.interp(at + week, since_trigger, course[:, k]) for k, week in enumerate(peak)]
        return np.stack(columns, axis=1)

    shifted = Seen(**{field.name: from_peak(getattr(seen, field.name)) for field in fields(Seen)})
    if density_per_cm2 is None:
        return shifted
    error = model["count_error_percent"].number() / 100 * rng.standard_normal(draws)
    at_start = density_per_cm2 * (1 + np.concatenate([error, error]))
    density = shifted.density_per_cm2 * (at_start / shifted.density_per_cm2[0])
    return replace(shifted, density_per_cm2=density)
