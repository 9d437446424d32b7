"""What a scenario may hold beyond the type of each key: bounds, order in time, contradictions."""

import itertools
from collections.abc import Sequence
from typing import get_args

from anagen.errors import InputError
from anagen.facts import Facts
from anagen.follicle.regimen import DOSED
from anagen.follicle.scenario import (
    BY_CHANCE,
    MOST_ARMS,
    WHOLE_SCALP,
    AcuteEffluvium,
    Ageing,
    Areata,
    Arm,
    Condition,
    Scarring,
    Scenario,
    Season,
    Sessioned,
    Spell,
    Steady,
    Treatment,
    end_week,
)
from anagen.follicle.scenario_names import check_names
from anagen.follicle.units import WEEKS_PER_YEAR

MOST_REPORTS = 2_000
MOST_ROWS = 500_000
"""Reports times people: what fits comfortably into memory."""
MOST_ENTRIES = 40
SAME = 1e-9
MOST_THINNED_PERCENT = 70.0
"""By how much age may thin a hair before the straight line of the facts means nothing."""
STEADY: tuple[str, ...] = get_args(Steady)
SESSIONED: tuple[str, ...] = get_args(Sessioned)
TRANSPLANT = "hair_transplant"
DOSE_KEY = {"mg": "mg", "%": "percent"}
BOUND = {"mg": "dose_mg_per_day", "percent": "strength_percent"}
"""Which fact bounds a dose from above."""
_ONLY_FOR = {
    "to_week": (*STEADY, *SESSIONED),
    "session_weeks": SESSIONED,
    "billion_particles": ("exosome",),
    "treated_area_cm2": ("exosome",),
    "adherence_percent": STEADY,
    "grafts_per_cm2": (TRANSPLANT,),
}
"""Keys of a treatment, and for which treatments each means something."""


def check_scenario(scenario: Scenario, facts: Facts) -> None:
    """Refuse a scenario that cannot be.

    Raises
    ------
    InputError
        One sentence: the key, what is wrong, and what to do.
    """
    _check_size(scenario)
    _check_start(scenario, facts)
    _check_arms(scenario)
    check_names(scenario)
    end = end_week(scenario)
    _check_conditions(scenario.conditions, "conditions", end)
    for k, arm in enumerate(scenario.arms):
        _check_conditions(arm.conditions, f"arms[{k + 1}].conditions", end)
        _check_arm(arm, f"arms[{k + 1}]", end, facts)
        _check_operation(arm, f"arms[{k + 1}]", scenario)
        conditions = _numbered(scenario.conditions, "conditions")
        conditions += _numbered(arm.conditions, f"arms[{k + 1}].conditions")
        _check_patches(conditions)
        _check_thinning(conditions, end, facts)


def _numbered(conditions: Sequence[Condition], path: str) -> list[tuple[str, Condition]]:
    return [(f"{path}[{k + 1}]", one) for k, one in enumerate(conditions)]


def _check_size(scenario: Scenario) -> None:
    if scenario.report_weeks > end_week(scenario):
        raise InputError(
            f"report_weeks: reports every {scenario.report_weeks:g} weeks do not fit into "
            f"{end_week(scenario):.0f} weeks; report more often"
        )
    reports = end_week(scenario) / scenario.report_weeks
    if reports > MOST_REPORTS:
        raise InputError(
            f"report_weeks: {reports:.0f} reports are more than {MOST_REPORTS}; report less often"
        )
    if reports * scenario.people > MOST_ROWS:
        raise InputError(
            f"people: {scenario.people} people at {reports:.0f} reports are too many; lower one of "
            "them"
        )


def _check_start(scenario: Scenario, facts: Facts) -> None:
    start = scenario.start
    if start.state == "healthy" and start.disease_years is not None:
        raise InputError(
            "start.disease_years: a healthy scalp has none; write state: pattern, or remove it"
        )
    bound = facts.scales["plausible_values"].limits["density_per_cm2"]
    density = start.density_per_cm2
    if density is not None and not (bound.low or 0) <= density <= bound.number():
        raise InputError(
            f"start.density_per_cm2: {density:g} is not between {bound.low:g} and "
            f"{bound.number():g} hairs per cm2; correct it"
        )


def _check_arms(scenario: Scenario) -> None:
    if not scenario.arms:
        raise InputError("arms: there is none; add one with a name and treatments: []")
    if len(scenario.arms) > MOST_ARMS:
        raise InputError(
            f"arms: {len(scenario.arms)} are more than {MOST_ARMS}, which is what a chart can tell "
            "apart; make two scenarios"
        )


def _check_begin(where: str, week: float, end: float) -> None:
    if week >= end:
        raise InputError(
            f"{where}: week {week:g} lies after the end, week {end:.0f}; "
            "give more years or an earlier week"
        )


def _check_order(path: str, first: float, last: float | None, end: float) -> None:
    """Refuse a span that ends before it begins, or begins after the scenario has ended."""
    _check_begin(f"{path}.from_week", first, end)
    if last is not None and last <= first:
        raise InputError(f"{path}.to_week: week {last:g} is not after week {first:g}; correct one")


def _check_conditions(conditions: Sequence[Condition], path: str, end: float) -> None:
    if len(conditions) > MOST_ENTRIES:
        raise InputError(f"{path}: more than {MOST_ENTRIES} entries; keep those that matter")
    for k, one in enumerate(conditions):
        where = f"{path}[{k + 1}]"
        if isinstance(one, Areata | Scarring) and one.relief_percent:
            _check_begin(f"{where}.relief_from_week", one.relief_from_week, end)
        if isinstance(one, AcuteEffluvium):
            _check_begin(f"{where}.week", one.week, end)
        elif isinstance(one, Areata):
            if not isinstance(one.episodes, str):
                _check_episodes(one.episodes, where, end)
        elif not isinstance(one, Season | Ageing):
            _check_order(where, one.from_week, one.to_week, end)


def _check_patches(conditions: Sequence[tuple[str, Condition]]) -> None:
    """Refuse attacks of one arm that are not on the same patch, or come by chance twice."""
    attacks = [(where, one) for where, one in conditions if isinstance(one, Areata)]
    for (_, first), (where, one) in itertools.pairwise(attacks):
        if one.scalp_percent != first.scalp_percent:
            raise InputError(
                f"{where}.scalp_percent: {one.scalp_percent:g} differs from the "
                f"{first.scalp_percent:g} of an attack before it; give both the same"
            )
    by_chance = [where for where, one in attacks if one.episodes == BY_CHANCE]
    if len(by_chance) > 1:
        raise InputError(
            f"{by_chance[1]}.episodes: come by chance a second time in this arm; keep one of them"
        )


def _check_thinning(conditions: Sequence[tuple[str, Condition]], end: float, facts: Facts) -> None:
    thickest_um = facts.model["diam"].numbers()[0]
    thinned_um = 0.0
    for where, one in conditions:
        if not isinstance(one, Ageing):
            continue
        rate = one.diameter_um_per_year
        per_year = facts.model["diam_age_um_per_y"].number() if rate is None else rate
        thinned_um -= per_year * end / WEEKS_PER_YEAR
        if thinned_um > thickest_um * MOST_THINNED_PERCENT / 100:
            raise InputError(
                f"{where}.diameter_um_per_year: age would take {thinned_um:.0f} µm of the "
                f"{thickest_um:g} µm of a hair; give fewer years or a slower change"
            )


def _check_episodes(episodes: Sequence[Spell], where: str, end: float) -> None:
    if not episodes:
        raise InputError(f"{where}.episodes: there is none; add from_week and to_week of an attack")
    before = 0.0
    for k, spell in enumerate(episodes):
        place = f"{where}.episodes[{k + 1}]"
        _check_order(place, spell.from_week, spell.to_week, end)
        if spell.from_week < before:
            raise InputError(
                f"{place}.from_week: week {spell.from_week:g} lies within the episode before; "
                "sort the episodes, and keep them apart"
            )
        before = spell.to_week


def _check_arm(arm: Arm, path: str, end: float, facts: Facts) -> None:
    if len(arm.treatments) > MOST_ENTRIES:
        raise InputError(f"{path}.treatments: more than {MOST_ENTRIES} entries; make two scenarios")
    for k, one in enumerate(arm.treatments):
        where = f"{path}.treatments[{k + 1}]"
        for key, whom in _ONLY_FOR.items():
            if getattr(one, key) is not None and one.what not in whom:
                raise InputError(
                    f"{where}.{key}: means nothing for {one.what}, only for {', '.join(whom)}; "
                    "remove it"
                )
        _check_dose(one, where, facts)
        _check_particles(one, where)
        _check_order(where, one.from_week, one.to_week, end)
        _check_sessions(one, where, end)
        if one.what == TRANSPLANT and one.grafts_per_cm2 is None:
            raise InputError(f"{where}.grafts_per_cm2: is missing; say how many units per cm2")
    _check_repeats(arm.treatments, path)


def _check_operation(arm: Arm, path: str, scenario: Scenario) -> None:
    """Refuse a transplant between two reports: its follicles are reported from their first week."""
    end, every = end_week(scenario), scenario.report_weeks
    for k, one in enumerate(arm.treatments):
        if one.what != TRANSPLANT:
            continue
        if scenario.region == WHOLE_SCALP:
            raise InputError(
                f"{path}.treatments[{k + 1}].what: grafts are put into one region; say which with "
                "region"
            )
        off = one.from_week / every
        if abs(off - round(off)) > SAME or one.from_week + every > end:
            raise InputError(
                f"{path}.treatments[{k + 1}].from_week: a transplant is done in the week of a "
                f"report that is not the last; give a multiple of report_weeks ({every:g})"
            )


def _check_dose(one: Treatment, where: str, facts: Facts) -> None:
    allowed = DOSE_KEY.get(DOSED.get(one.what, ""))
    for key, bound in BOUND.items():
        dose = getattr(one, key)
        if dose is None:
            continue
        if key != allowed:
            hint = f"give {allowed}" if allowed else "remove it, the usual dose is taken"
            raise InputError(f"{where}.{key}: no response to it is known for {one.what}; {hint}")
        most = facts.scales["plausible_values"].limits[f"{one.what}.{bound}"].number()
        if dose > most:
            raise InputError(f"{where}.{key}: {dose:g} is more than {most:g}; correct it")


def _check_particles(one: Treatment, where: str) -> None:
    particles, area = one.billion_particles, one.treated_area_cm2
    if (particles is None) != (area is None):
        key = "billion_particles" if particles is None else "treated_area_cm2"
        raise InputError(f"{where}.{key}: is missing; a dose is particles on an area, give both")


def _check_sessions(one: Treatment, where: str, end: float) -> None:
    weeks = one.session_weeks
    if weeks is None:
        return
    if not weeks:
        raise InputError(f"{where}.session_weeks: the list is empty; give a week or remove it")
    if one.to_week is not None or one.from_week > 0:
        raise InputError(
            f"{where}.session_weeks: say the weeks, or from_week and to_week, but not both"
        )
    if any(later <= earlier for earlier, later in itertools.pairwise(weeks)):
        raise InputError(f"{where}.session_weeks: the weeks do not ascend; sort them, each once")
    if weeks[-1] >= end:
        raise InputError(
            f"{where}.session_weeks: week {weeks[-1]:g} lies after the end, week {end:.0f}; "
            "give more years or an earlier week"
        )


def _check_repeats(treatments: Sequence[Treatment], path: str) -> None:
    """Refuse treatments that overlap with themselves, or change in ways that are not followed."""
    by_name: dict[str, list[tuple[int, Treatment]]] = {}
    for k, one in enumerate(treatments):
        by_name.setdefault(one.what, []).append((k + 1, one))
    for name, entries in by_name.items():
        if len(entries) > 1 and name not in STEADY:
            raise InputError(
                f"{path}.treatments[{entries[1][0]}].what: {name} stands twice; give all of its "
                "weeks in one entry"
            )
        ordered = sorted(entries, key=lambda entry: entry[1].from_week)
        for (_, earlier), (k, later) in itertools.pairwise(ordered):
            if earlier.to_week is None or later.from_week < earlier.to_week:
                raise InputError(
                    f"{path}.treatments[{k}].from_week: {name} is still taken in week "
                    f"{later.from_week:g}; end the entry before with to_week"
                )
        if len({one.adherence_percent for _, one in entries}) > 1:
            raise InputError(
                f"{path}.treatments[{ordered[-1][0]}].adherence_percent: differs between two times "
                f"of {name}; give both the same"
            )
        if len({(one.mg, one.percent) for _, one in ordered[:-1]}) > 1:
            raise InputError(
                f"{path}.treatments[{ordered[-1][0]}].what: {name} has more than two doses in "
                "turn; keep two"
            )
