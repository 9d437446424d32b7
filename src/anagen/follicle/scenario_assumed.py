"""Which numbers of the facts an arm rests on that nobody measured."""

from collections.abc import Iterator, Mapping, Sequence

from anagen.facts.parameter import ModelParameter
from anagen.follicle import scenario
from anagen.follicle.disease import REGIONS
from anagen.follicle.regimen import AMPLITUDE
from anagen.follicle.scenario import BY_CHANCE, WHOLE_SCALP, Arm, Condition, Scenario, Treatment
from anagen.follicle.scenario_check import SESSIONED, TRANSPLANT
from anagen.follicle.simulation import Assumption

REFERENCE = "vertex"
"""The region that the model was fitted to; androgen drive is relative to it."""
LOTION, NEEDLING = "minoxidil_topical", "microneedling"


def assumed_of(whole: Scenario, arm: Arm, model: Mapping[str, ModelParameter]) -> list[str]:
    """Return the facts that an arm rests on and that were assumed or recalled.

    These are what sets the strength and the usual schedule of treatments, what conditions leave to
    the facts (there also what was derived), and what tells a region from the vertex.
    """
    given = [
        name
        for name in (*_of_treatments(arm), *_of_transplant(whole, arm), *_of_region(whole))
        if name in model and model[name].status in ("assumed", "remembered")
    ]
    befalls = [
        name
        for one in (*whole.conditions, *arm.conditions)
        for name in _of_condition(one)
        if model[name].status != "measured"
    ]
    return list(dict.fromkeys([*given, *befalls]))


def assumptions(
    names: Sequence[Sequence[str]], model: Mapping[str, ModelParameter]
) -> list[Assumption]:
    """Return the facts that any arm rests on, as the facts have them."""
    every = dict.fromkeys(name for own in names for name in own)
    return [
        Assumption(
            name=name,
            meaning=model[name].meaning or name.replace("_", " "),
            value=model[name].number(),
            unit=model[name].unit,
            status=model[name].status,
            low=model[name].low,
            high=model[name].high,
        )
        for name in every
    ]


def _of_treatments(arm: Arm) -> Iterator[str]:
    whats = {one.what for one in arm.treatments}
    for one in arm.treatments:
        if one.what not in AMPLITUDE:
            continue
        yield AMPLITUDE[one.what]
        if one.what in SESSIONED:
            yield from _of_sessions(one)
        if one.what == NEEDLING and LOTION in whats:
            yield "microneedling_lotion_boost"


def _of_sessions(one: Treatment) -> Iterator[str]:
    yield f"{one.what}_half_life_w"
    if one.session_weeks is None:
        yield from (f"{one.what}_{name}" for name in ("sessions", "interval_w", "maintenance_w"))
    if one.billion_particles is not None:
        yield from ("exosome_half_dose_per_cm2", "exosome_reference_dose_per_cm2")


def _of_transplant(whole: Scenario, arm: Arm) -> Iterator[str]:
    if any(one.what == TRANSPLANT for one in arm.treatments):
        yield from ("follicles_per_graft", "graft_survival_percent")
        if _is_driven(whole):
            yield "u_occipital"


def _is_driven(whole: Scenario) -> bool:
    """Return whether androgens act on the scalp at all."""
    drive = whole.start.androgen_drive
    return whole.start.state == "pattern" if drive is None else drive > 0


def _of_region(whole: Scenario) -> Iterator[str]:
    is_whole = whole.region == WHOLE_SCALP
    regions = REGIONS if is_whole else (whole.region,)
    others = [region for region in regions if region != REFERENCE]
    if _is_driven(whole):
        yield from (f"u_{region}" for region in others)
    if is_whole:
        yield from (f"area_{region}_cm2" for region in regions)
        yield from (f"follicles_{region}_per_cm2" for region in regions)
    elif whole.start.density_per_cm2 is None:
        yield from (f"follicles_{region}_per_cm2" for region in others)


_LEFT_OUT: tuple[tuple[type[Condition], str, str], ...] = (
    (scenario.AcuteEffluvium, "share_percent", "te_push_share"),
    (scenario.AcuteEffluvium, "push_weeks", "te_push_w"),
    (scenario.ChronicEffluvium, "per_year", "te_chronic_per_y"),
    (scenario.Scarring, "per_year", "scar_per_y"),
    (scenario.Season, "amplitude_percent", "season_amplitude"),
    (scenario.Season, "peak_week", "season_peak_week"),
    (scenario.Ageing, "diameter_um_per_year", "diam_age_um_per_y"),
)
"""Keys that a condition may leave out, and the fact that then stands in."""


def _of_condition(one: Condition) -> Iterator[str]:
    yield from (
        name for kind, key, name in _LEFT_OUT if isinstance(one, kind) and getattr(one, key) is None
    )
    if isinstance(one, scenario.Traction):
        yield from ("traction_scar_after_y", "traction_scar_per_y")
    if isinstance(one, scenario.Areata):
        yield "aa_attack_per_y"
        if one.episodes == BY_CHANCE:
            yield from ("aa_remission_per_y", "aa_relapse_per_y")
        if one.relief_percent == BY_CHANCE:
            yield from ("aa_relief_logit_mean", "aa_relief_logit_sd")
