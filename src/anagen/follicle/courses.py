"""Courses of a cohort: under several regimens at once, and in recovery from an effluvium."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle.closed_form import healthy
from anagen.follicle.cohort import Cohort, persons
from anagen.follicle.cycle import Controls, CycleParameters
from anagen.follicle.disease import Effluvium, acting
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import follow
from anagen.follicle.observe import Observation, observe
from anagen.follicle.past import alike, picked
from anagen.follicle.regimen import Regimen
from anagen.follicle.therapy import Therapy
from anagen.follicle.units import Array, Index

PEAK_WITHIN_W = 30
"""Weeks after a trigger within which the peak of shedding is looked for."""
ONSET_FACTOR = 2
"""Shedding has begun where it is this many times that before: the prototype's own definition."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is reported of one course: outputs x (A+N), the average person first."""

    density_per_cm2: Array
    shaft_diameter_um: Array
    anagen_percent: Array
    shed_hairs_per_day: Array

    def take(self, index: Index) -> Self:
        """Return the columns `index`."""
        return type(self)(**{f.name: getattr(self, f.name)[:, index] for f in fields(self)})

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
    wanted: Mapping[Regimen, Index],
    weeks: Sequence[float],
    starts: Mapping[Regimen, Array] | None = None,
) -> dict[Regimen, Seen]:
    """Follow columns of a cohort under regimens, so that these differ by treatment alone.

    Regimens are followed side by side where steps of like length suit them: with and without a
    stimulus, with and without sessions.

    Parameters
    ----------
    wanted:
        For every regimen the columns of the cohort that it is followed for.
    starts:
        The shares that these columns start from, where they are not those of the cohort.
    """
    groups: dict[tuple[bool, bool], dict[Regimen, Therapy]] = {}
    for regimen, index in wanted.items():
        values = picked(cohort.values, index)
        u, response = cohort.u[index], cohort.response[index]
        one = Therapy.of(regimen, model, values, u, response, weeks[-1])
        kind = (one.is_stimulating, bool(one.sessions))
        groups.setdefault(kind, {})[regimen] = one
    found: dict[Regimen, Seen] = {}
    for group in groups.values():
        together = Therapy.together(list(group.values()))
        people = np.concatenate([wanted[regimen] for regimen in group])
        own_starts = [(starts or {}).get(r, cohort.start[:, wanted[r]]) for r in group]
        parameters = cohort.parameters.take(people)
        start = np.concatenate(own_starts, axis=1)
        whole = _follow_blocks(layout, parameters, start, together, weeks)
        ends = np.cumsum([wanted[regimen].size for regimen in group])
        for regimen, end in zip(group, ends, strict=True):
            own = slice(end - wanted[regimen].size, end)
            found[regimen] = Seen(**{name: value[:, own] for name, value in whole.items()})
    return found


def _follow_blocks(
    layout: Layout,
    parameters: CycleParameters,
    start: Array,
    therapy: Therapy,
    weeks: Sequence[float],
) -> dict[str, Array]:
    """Follow people from their shares `start` in blocks of like speed."""
    whole = {field.name: np.empty((len(weeks), start.shape[1])) for field in fields(Seen)}
    for block in alike(layout, parameters, therapy):
        some, drive = parameters.take(block), therapy.take(block)
        for k, at in enumerate(follow(layout, some, start[:, block], drive, weeks, drive.events)):
            seen = Seen.of(observe(layout, some, at))
            for name, value in whole.items():
                value[k, block] = getattr(seen, name)
    return whole


def _healthy(week: float, begun: float) -> Controls:  # noqa: ARG001  what a drive is asked
    """Return the controls of a scalp on which nothing acts."""
    return Controls(u=np.zeros(1), S=np.zeros(1))


def follow_recovery(
    model: Mapping[str, ModelParameter],
    rng: np.random.Generator,
    draws: int,
    weeks: Sequence[float],
    density_per_cm2: float | None,
    weeks_since_onset: float | None = None,
) -> Seen:
    """Follow an acute effluvium and report it from a person's moment on (D2).

    Week 0 lies `weeks_since_onset` after shedding first doubled, in each draw; without it, at the
    draw's peak of shedding: when the trigger was is seldom known, and people come when they shed
    most. A measured density scales each draw, with the error of a count.
    """
    layout = Layout.from_facts(model)
    values, _, _ = persons(model, rng, draws)
    parameters = CycleParameters.from_values(values)
    push_w = model["te_push_w"].number()
    effluvium = Effluvium.of_share(values["te_push_share"], 0.0, push_w)
    drive = acting(_healthy, (), [effluvium])
    later = 0.0 if weeks_since_onset is None else weeks_since_onset
    since_trigger = np.arange(np.ceil(PEAK_WITHIN_W + later + weeks[-1]) + 1)
    moments = follow(
        layout,
        parameters,
        healthy(layout, parameters, 2 * draws),
        drive,
        since_trigger.tolist(),
        drive.events,
    )
    seen = Seen.of(Observation.over_time(observe(layout, parameters, at) for at in moments))
    early = seen.shed_hairs_per_day[: PEAK_WITHIN_W + 1]
    now = early.argmax(axis=0).astype(np.float64)
    if weeks_since_onset is not None:
        # A draw whose shedding never doubles has no onset to count from: it starts at its peak.
        doubled = early >= ONSET_FACTOR * early[0]
        now = np.where(doubled.any(axis=0), doubled.argmax(axis=0) + weeks_since_onset, now)

    def from_now(course: Array) -> Array:
        at = np.asarray(weeks)
        columns = [np.interp(at + week, since_trigger, course[:, k]) for k, week in enumerate(now)]
        return np.stack(columns, axis=1)

    shifted = Seen(**{field.name: from_now(getattr(seen, field.name)) for field in fields(Seen)})
    if density_per_cm2 is None:
        return shifted
    error = model["count_error_percent"].number() / 100 * rng.standard_normal(draws)
    at_start = density_per_cm2 * (1 + np.concatenate([error, error]))
    density = shifted.density_per_cm2 * (at_start / shifted.density_per_cm2[0])
    return replace(shifted, density_per_cm2=density)
