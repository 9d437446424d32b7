"""From the arms of a scenario to regimens, conditions and the drive that acts on the people."""

from collections.abc import Mapping

import numpy as np

from anagen.facts.parameter import ModelParameter
from anagen.follicle import disease, scenario
from anagen.follicle.areata_draws import AreataDraws
from anagen.follicle.blend import Transplant
from anagen.follicle.disease import Acting, Span, acting
from anagen.follicle.regimen import Regimen, session_weeks
from anagen.follicle.scenario import Arm, Treatment, end_week
from anagen.follicle.scenario_check import SESSIONED, TRANSPLANT
from anagen.follicle.scenario_people import People
from anagen.follicle.therapy import Therapy
from anagen.follicle.units import WEEKS_PER_YEAR, Array

BILLION = 1e9
PERCENT = 100.0


def regimen_of(arm: Arm, model: Mapping[str, ModelParameter], end_w: float) -> Regimen:
    """Return what an arm is given, but for a transplant."""
    given = [one for one in arm.treatments if one.what != TRANSPLANT]
    ordered = sorted(given, key=lambda one: one.from_week)
    doses: dict[str, float | None] = {}
    earlier: dict[str, float | None] = {}
    for one in ordered:
        if one.what in doses:
            earlier[one.what] = doses[one.what]
        doses[one.what] = one.mg if one.mg is not None else one.percent
    schedules: dict[str, tuple[float, ...]] = {}
    for one in given:
        if one.what in SESSIONED:
            schedules[one.what] = sessions_of(one, model, end_w)
    return Regimen(
        components=tuple(dict.fromkeys(one.what for one in given)),
        doses=_told(doses),
        earlier_doses=_told(earlier),
        episodes=tuple(_episode(one, schedules, model) for one in ordered),
        schedules=tuple(schedules.items()),
        adherence=tuple(
            {
                one.what: one.adherence_percent / PERCENT
                for one in given
                if one.adherence_percent is not None
            }.items()
        ),
        particles_per_cm2=next(
            (
                one.billion_particles * BILLION / one.treated_area_cm2
                for one in given
                if one.billion_particles is not None and one.treated_area_cm2 is not None
            ),
            None,
        ),
    )


def _told(doses: Mapping[str, float | None]) -> tuple[tuple[str, float], ...]:
    return tuple((name, dose) for name, dose in doses.items() if dose is not None)


def sessions_of(
    one: Treatment, model: Mapping[str, ModelParameter], end_w: float
) -> tuple[float, ...]:
    """Return the weeks of the sessions of a treatment: those told, else those of the facts."""
    if one.session_weeks is not None:
        return tuple(one.session_weeks)
    last = end_w if one.to_week is None else min(one.to_week, end_w)
    usual = session_weeks(one.what, model, last - one.from_week)
    return tuple(one.from_week + week for week in usual)


def _episode(
    one: Treatment,
    schedules: dict[str, tuple[float, ...]],
    model: Mapping[str, ModelParameter],
) -> tuple[str, float, float]:
    """Return a component with its first and last week; sessions last one interval more."""
    if one.what in schedules:
        weeks = schedules[one.what]
        return one.what, weeks[0], weeks[-1] + model[f"{one.what}_interval_w"].number()
    return one.what, one.from_week, np.inf if one.to_week is None else one.to_week


def transplant_of(arm: Arm) -> Transplant | None:
    """Return the transplant of an arm, none if there is none."""
    for one in arm.treatments:
        if one.what == TRANSPLANT and one.grafts_per_cm2 is not None:
            return Transplant(one.from_week, one.grafts_per_cm2)
    return None


Cycling = (
    scenario.AcuteEffluvium
    | scenario.ChronicEffluvium
    | scenario.Areata
    | scenario.Traction
    | scenario.Scarring
    | scenario.Season
)
"""Conditions that act on the cycle; age acts on the calibre alone."""


def condition_of(
    one: Cycling, model: Mapping[str, ModelParameter], people: People
) -> disease.Condition:
    """Return what a condition of a scenario does; numbers left out are those of the facts."""
    values = people.values

    def told(percent: float | None, name: str) -> Array | float:
        return values[name] if percent is None else percent / PERCENT

    def rate(per_year: float | None, name: str) -> Array | float:
        return values[name] if per_year is None else per_year

    if isinstance(one, scenario.AcuteEffluvium):
        push_w = model["te_push_w"].number() if one.push_weeks is None else one.push_weeks
        share = told(one.share_percent, "te_push_share")
        return disease.Effluvium.of_share(share, one.week, push_w)
    if isinstance(one, scenario.Areata):
        return disease.Areata(
            one.attack_percent / PERCENT,
            model["aa_attack_per_y"].number(),
            episodes_of(one, people.areata),
            _relief(one, people.areata),
            (one.relief_from_week, np.inf),
        )
    if isinstance(one, scenario.Season):
        peak_w = model["season_peak_week"].number() if one.peak_week is None else one.peak_week
        amplitude = told(one.amplitude_percent, "season_amplitude")
        return disease.Season(amplitude, peak_w, one.starts_in_week)
    span = (one.from_week, np.inf if one.to_week is None else one.to_week)
    if isinstance(one, scenario.ChronicEffluvium):
        return disease.Effluvium(rate(one.per_year, "te_chronic_per_y"), span)
    if isinstance(one, scenario.Traction):
        return disease.Traction.of(model, one.pulls_per_year, span, one.years_before)
    relieved_w = one.relief_from_week if one.relief_percent else np.inf
    return disease.Scarring(
        rate(one.per_year, "scar_per_y"), span, one.relief_percent / PERCENT, relieved_w
    )


def episodes_of(
    one: scenario.Areata, draws: AreataDraws | None
) -> tuple[Span, ...] | tuple[tuple[Span, ...], ...]:
    """Return the episodes of an attack: those told, or those of every column by chance."""
    if isinstance(one.episodes, str):
        return () if draws is None else draws.episodes
    return tuple((spell.from_week, spell.to_week) for spell in one.episodes)


def _relief(one: scenario.Areata, draws: AreataDraws | None) -> Array | float:
    """Return the share of an attack that relief takes away."""
    if isinstance(one.relief_percent, str):
        return 0.0 if draws is None else draws.relief
    return one.relief_percent / PERCENT


def attacked_share(whole: scenario.Scenario, arm: Arm) -> float:
    """Return the share of the follicles that attacks of an arm reach; 1 where there are none."""
    return next((one.scalp_percent / PERCENT for one in scenario.areata_of(whole, arm)), 1.0)


def thinned_um(
    whole: scenario.Scenario, arm: Arm, model: Mapping[str, ModelParameter], week: float
) -> float:
    """Return by how much age has thinned a terminal hair since week 0."""
    ageing = [
        one for one in (*whole.conditions, *arm.conditions) if isinstance(one, scenario.Ageing)
    ]
    usual = model["diam_age_um_per_y"].number()
    rates = [
        usual if one.diameter_um_per_year is None else one.diameter_um_per_year for one in ageing
    ]
    return -sum(rates) * max(week, 0.0) / WEEKS_PER_YEAR


def drive_of(
    whole: scenario.Scenario,
    arm: Arm,
    model: Mapping[str, ModelParameter],
    people: People,
    u: Array,
    *,
    is_attacked: bool = True,
) -> Acting:
    """Return what acts on people whose untreated androgen drive is `u`, in or beside a patch."""
    end_w = end_week(whole)
    regimen = regimen_of(arm, model, end_w)
    therapy = Therapy.of(regimen, model, people.values, u, people.response, end_w)
    both = (*whole.conditions, *arm.conditions)
    here = [
        condition_of(one, model, people)
        for one in both
        if isinstance(one, Cycling) and (is_attacked or not isinstance(one, scenario.Areata))
    ]
    return acting(therapy, therapy.events, here)
