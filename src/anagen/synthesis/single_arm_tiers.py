"""Three tiers of evidence side by side, and where the conclusion of the middle one tips over."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.single_arm import (
    LEAST_OVERLAP,
    Bias,
    Pooling,
    PseudoContrasts,
    Randomised,
    comparisons,
    overlap,
    pool,
)

POWERS = (0.0, 0.1, 0.25, 0.5, 1.0)
REACH = 40.0  # a bias is sought up to this many times the largest standard error
NAIVE = (
    "single-arm changes are taken here as if randomised: the mean carries their bias, the interval "
    "leaves out the error that they share, and no conclusion may rest on it"
)


class TippingPoint(Record):
    """Where an interval starts to include a threshold; without a value the reason is given."""

    value: float | None
    reason: str


class Tiers(Record):
    """All three tiers side by side: 0 randomised only, 1 with bias allowed for, 2 naive.

    A tier is none where nothing can be pooled; `notes` say why. `by_power` repeats tier 1 at each
    weight a0. `tipping_bias` and `tipping_power` are those of the first comparison.
    """

    comparisons: list[str]
    randomised_only: Pooling | None
    bias_adjusted: Pooling | None
    naive: Pooling
    warning: str
    by_power: list[Pooling]
    tipping_bias: TippingPoint
    tipping_power: TippingPoint
    notes: list[str] = msgspec.field(default_factory=list)


def _naive(single: PseudoContrasts) -> PseudoContrasts:
    return PseudoContrasts(
        d=single.d, sampling=single.sampling, natural=np.zeros_like(single.natural),
        comparison=single.comparison,
    )  # fmt: skip


def _clearance(pooling: Pooling | None, threshold: float) -> tuple[float, float] | None:
    """Return by how much the interval of the first comparison lies above and below a threshold."""
    first = None if pooling is None else pooling.estimates[0]
    return None if first is None else (first.low - threshold, threshold - first.high)


def _root(f: Callable[[float], float], points: Sequence[float]) -> float | None:
    """Return the first sign change of f along points that start where f is above 0."""
    from scipy.optimize import brentq

    last = points[0]
    for here in points[1:]:
        if f(here) <= 0:
            return float(brentq(f, last, here, xtol=1e-12, rtol=1e-12))
        last = here
    return None


def tipping_bias(
    randomised: Randomised | None,
    single: PseudoContrasts,
    bias: Bias,
    *,
    threshold: float = 0.0,
    level: float = 0.95,
) -> TippingPoint:
    """Return the mean bias b0 at which the interval starts to include a threshold.

    The bias is moved away from its stated mean, against the conclusion, until the end of the
    interval meets the threshold; the heterogeneity is estimated anew at each step.

    Parameters
    ----------
    randomised, single, bias:
        As for `pool`; the mean is taken as stated, not estimated.
    threshold:
        The null, or the smallest effect that matters.
    level:
        Of the interval.

    Raises
    ------
    InputError
        As for `pool`.
    """
    stated = msgspec.structs.replace(bias, is_estimated=False)
    start = _clearance(pool(randomised, single, stated, level=level), threshold)
    if start is None or stated.power == 0:
        return TippingPoint(value=None, reason="no single arm informs the first comparison")
    if max(start) <= 0:
        return TippingPoint(value=None, reason="the interval includes the threshold already")
    side, direction = (0, 1.0) if start[0] > 0 else (1, -1.0)

    def clear(b0: float) -> float:
        moved = msgspec.structs.replace(stated, mean=b0)
        ends = _clearance(pool(randomised, single, moved, level=level), threshold)
        return -1.0 if ends is None else ends[side]

    scale = float(np.sqrt((single.sampling + np.diagonal(single.natural)).max()))
    scale = max(scale, abs(start[side]))
    reach = np.concatenate([[0.0], np.geomspace(0.02, REACH, 40)]) * scale
    value = _root(clear, [stated.mean + direction * float(r) for r in reach])
    if value is None:
        reason = "no bias makes the interval include the threshold: the trials carry the conclusion"
        return TippingPoint(value=None, reason=reason)
    return TippingPoint(value=value, reason="the interval includes the threshold from here on")


def tipping_power(
    randomised: Randomised | None,
    single: PseudoContrasts,
    bias: Bias,
    *,
    threshold: float = 0.0,
    level: float = 0.95,
) -> TippingPoint:
    """Return the weight a0 of single arms below which the interval includes a threshold.

    Parameters
    ----------
    randomised, single, bias:
        As for `pool`.
    threshold:
        The null, or the smallest effect that matters.
    level:
        Of the interval.

    Raises
    ------
    InputError
        As for `pool`.
    """

    def ends(power: float) -> tuple[float, float] | None:
        weighted = msgspec.structs.replace(bias, power=power)
        return _clearance(pool(randomised, single, weighted, level=level), threshold)

    full = ends(1.0)
    if full is None:
        return TippingPoint(value=None, reason="no single arm informs the first comparison")
    if max(full) <= 0:
        reason = "the interval includes the threshold even at full weight"
        return TippingPoint(value=None, reason=reason)
    side = 0 if full[0] > 0 else 1

    def clear(power: float) -> float:
        at = ends(power)
        return -1.0 if at is None else at[side]

    value = _root(clear, [*np.linspace(1.0, 0.1, 10).tolist(), *np.geomspace(0.09, 1e-6, 20)])
    if value is None:
        return TippingPoint(value=None, reason="the trials alone exclude the threshold")
    return TippingPoint(value=value, reason="below this weight the interval includes the threshold")


def tiers(
    randomised: Randomised | None,
    single: PseudoContrasts,
    bias: Bias,
    *,
    threshold: float = 0.0,
    powers: Sequence[float] = POWERS,
    level: float = 0.95,
) -> Tiers:
    """Return all three tiers, tier 1 at each weight, and the tipping points.

    Parameters
    ----------
    randomised, single, bias:
        As for `pool`. A bias that cannot be estimated makes tier 1 none, with a note.
    threshold:
        The null, or the smallest effect that matters; the tipping points are about the comparison
        that comes first.
    powers:
        Weights a0 of single arms.
    level:
        Of intervals.

    Raises
    ------
    InputError
        If a number cannot be.
    """
    notes = []
    only = pool(randomised, None, bias, level=level)
    if only is None:
        notes.append("no randomised contrast: every conclusion rests on single arms")
    elif len(only.estimates) < len(comparisons(randomised, single)):
        missing = len(comparisons(randomised, single)) - len(only.estimates)
        only = msgspec.structs.replace(only, estimates=[*only.estimates, *([None] * missing)])
    can = not bias.is_estimated or overlap(randomised, single) >= LEAST_OVERLAP
    if not can:
        notes.append(
            f"the bias cannot be estimated: no comparison with single arms has {LEAST_OVERLAP} "
            "randomised trials; state it instead"
        )
    unbiased = Bias(mean=0.0, spread=0.0)
    naive = pool(randomised, _naive(single), unbiased, level=level)
    if naive is None:
        raise InputError("pooling needs 1 study or more, got none")
    weighted = [msgspec.structs.replace(bias, power=a) for a in powers]
    by_power = [pool(randomised, single, b, level=level) for b in weighted] if can else []
    refused = TippingPoint(value=None, reason="tier 1 cannot be pooled")
    given = {"threshold": threshold, "level": level}
    return Tiers(
        comparisons=[str(label) for label in comparisons(randomised, single)],
        randomised_only=only,
        bias_adjusted=pool(randomised, single, bias, level=level) if can else None,
        naive=naive, warning=NAIVE, by_power=[p for p in by_power if p is not None],
        tipping_bias=tipping_bias(randomised, single, bias, **given) if can else refused,
        tipping_power=tipping_power(randomised, single, bias, **given) if can else refused,
        notes=notes,
    )  # fmt: skip
