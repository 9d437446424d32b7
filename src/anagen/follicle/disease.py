"""What a disease does to the cycle: pattern loss, effluvium, areata, traction, scarring."""

from collections.abc import Mapping

import numpy as np

from anagen.errors import InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle.closed_form import healthy
from anagen.follicle.cycle import Controls, CycleParameters
from anagen.follicle.layout import Layout
from anagen.follicle.mean_field import settle
from anagen.follicle.units import WEEKS_PER_YEAR, Array

REGIONS = ("vertex", "frontal", "mid", "temporal", "occipital")


def pattern_baseline(layout: Layout, p: CycleParameters, u: Array, disease_years: Array) -> Array:
    """Return the shares after years of androgen drive from healthy scalp: states x B (D1)."""
    batch = np.broadcast(u, disease_years).size
    untreated = Controls(u=u, S=np.zeros(1))
    return settle(layout, p, healthy(layout, p, batch), untreated, disease_years)


def region_drive(model: Mapping[str, ModelParameter], region: str) -> float:
    """Return the androgen drive of a region relative to the vertex.

    Raises
    ------
    InputError
        If there is no such region.
    """
    if region not in REGIONS:
        raise InputError(f"'{region}' is not a scalp region; use one of {', '.join(REGIONS)}")
    return model[f"u_{region}"].number()


def effluvium_push_per_y(share: Array | float, push_w: float) -> Array:
    """Return the hazard that pushes a share of growing hairs out of anagen in some weeks (D2)."""
    pushed = np.asarray(share, dtype=np.float64)
    if np.any(pushed < 0) or np.any(pushed >= 1):
        raise InputError("the share of hairs pushed must be at least 0 and below 1")
    return -np.log1p(-pushed) / (push_w / WEEKS_PER_YEAR)


def effluvium(week: float, begun: float, hazard: Array, push_w: float) -> Controls:
    """Return the controls of an acute telogen effluvium triggered at week 0 (D2)."""
    pushing = begun < push_w and week <= push_w
    return Controls(u=np.zeros(1), S=np.zeros(1), push=hazard if pushing else 0.0)


def areata(attack: Array | float, attack_per_y: float, relief: Array | float = 0.0) -> Controls:
    """Return the controls of an areata attack, 0 to 1, under relief, 0 to 1 (D3)."""
    left = np.asarray(attack, dtype=np.float64) * (1 - np.asarray(relief, dtype=np.float64))
    return Controls(u=np.zeros(1), S=np.zeros(1), attack=left, attack_per_y=attack_per_y)


def traction(
    tension_years: float, pull_per_y: float, model: Mapping[str, ModelParameter]
) -> Controls:
    """Return the controls of pulling: shedding at once, scarring after years of tension (D4)."""
    scars = tension_years > model["traction_scar_after_y"].number()
    scar = model["traction_scar_per_y"].number() if scars else 0.0
    return Controls(u=np.zeros(1), S=np.zeros(1), pull=pull_per_y, scar=scar)


def scarring(scar_per_y: Array | float) -> Controls:
    """Return the controls of an active scarring ring: every state is lost at this hazard (D5)."""
    return Controls(u=np.zeros(1), S=np.zeros(1), scar=scar_per_y)
