"""What a treatment does to the two drives of the model, and for how long."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from anagen.errors import InputError
from anagen.follicle.units import Array


def residual_dht_at_dose(
    residual: Array, dose_mg: float, reference_mg: float, half_mg: float
) -> Array:
    """Return the residual scalp DHT of a 5-alpha-reductase inhibitor at a dose (R1).

    Parameters
    ----------
    residual:
        Residual at the reference dose, 1 = untreated.

    Raises
    ------
    InputError
        If the dose is negative.
    """
    if dose_mg < 0:
        raise InputError(f"a dose of {dose_mg} mg is negative; give 0 mg or more")
    relative = dose_mg / (dose_mg + half_mg) * (reference_mg + half_mg) / reference_mg
    return 1 - (1 - residual) * relative


def residual_dht(
    week: float,
    residual: Array,
    on_w: Array,
    off_w: Array,
    *,
    start_week: float = 0.0,
    stop_week: float = np.inf,
) -> Array:
    """Return residual scalp DHT at a week: it falls with `on_w`, returns with `off_w` (R2)."""
    fallen = continuous_stimulus(
        week, 1 - residual, on_w, off_w, start_week=start_week, stop_week=stop_week
    )
    return 1 - fallen


def androgen_drive(u: Array, dht: Array, gamma_D: Array) -> Array:
    """Return the androgen drive under residual DHT (R3)."""
    return u * dht**gamma_D


def lotion_stimulus(percent: Array | float, half_percent: float, reference_percent: float) -> Array:
    """Return the steady trophic stimulus of minoxidil lotion of a strength (R4).

    It is 1 at the reference strength by definition of the scale.
    """
    strength = np.asarray(percent, dtype=np.float64)
    full = (reference_percent + half_percent) / reference_percent
    return strength / (strength + half_percent) * full


def continuous_stimulus(
    week: float,
    level: Array,
    on_w: Array,
    off_w: Array,
    *,
    start_week: float = 0.0,
    stop_week: float = np.inf,
) -> Array:
    """Return the stimulus of a treatment that is taken all the time (R5)."""
    if week <= start_week:
        return np.zeros_like(level)
    built = level * -np.expm1(-(min(week, stop_week) - start_week) / on_w)
    return built * np.exp(-(week - stop_week) / off_w) if week > stop_week else built


def session_build_up(
    sessions: Sequence[float], strengths: Sequence[float | Array], half_life_w: Array
) -> tuple[Array, ...]:
    """Return what stands right after each session, that of the earlier ones included (R6).

    Parameters
    ----------
    sessions:
        Weeks of the sessions, ascending.
    strengths:
        The strength of each session relative to the amplitude, a number or B.
    """
    built: list[Array] = []
    for k, strength in enumerate(strengths):
        left = built[-1] * np.exp2(-(sessions[k] - sessions[k - 1]) / half_life_w) if k else 0.0
        built.append(np.asarray(strength + left))
    return tuple(built)


def session_stimulus(
    week: float,
    begun: float,
    sessions: Sequence[float],
    built: Sequence[Array],
    amplitude: Array,
    half_life_w: Array,
) -> Array:
    """Return the stimulus left at `week` of the sessions given up to week `begun` (R6)."""
    given = bisect_right(sessions, begun)
    if not given:
        return np.zeros_like(amplitude)
    left = np.exp2(-(week - sessions[given - 1]) / half_life_w)
    return np.asarray(amplitude * built[given - 1] * left)


def combined_stimulus(parts: Sequence[Array], cap: float) -> Array:
    """Return the stimulus of several sources together; it never passes `cap` (R7)."""
    if len(parts) == 1:
        return np.minimum(parts[0], cap)
    left = np.ones(1)
    for part in parts:
        left = left * (1 - np.minimum(part, cap) * (1 / cap))
    return cap * (1 - left)
