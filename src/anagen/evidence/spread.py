"""Standard deviations of change: as reported, from algebra, or borrowed from other trials."""

import math
from statistics import median
from typing import Literal

from anagen.facts import Facts
from anagen.facts.base import Status
from anagen.facts.study import Arm, Dispersion, Observation, Study
from anagen.frozen import Record

SdStatus = Literal[
    "reported", "algebraic", "before_and_after", "borrowed", "mixed",
]  # fmt: skip
"""From the best to the worst: printed; from a standard error or interval; from the spread before
and after with a correlation that is borrowed or assumed; the median of other trials. `mixed`: two
arms differ."""

NStatus = Literal["reported", "derived", "assumed", "equal_split"]
"""From the best to the worst: printed; computed from printed numbers; a judgement that the study's
facts explain; the study's total over its arms."""

N_ORDER: tuple[NStatus, ...] = ("reported", "derived", "assumed", "equal_split")
_N_STATUS: dict[Status, NStatus] = {
    "measured": "reported", "derived": "derived", "assumed": "assumed",
}  # fmt: skip

NS_COUNTED: frozenset[NStatus] = frozenset({"reported", "derived"})
"""Where a number of people is known well enough to be printed beside a share or a gain."""


class Sd(Record):
    """A standard deviation of change in hairs/cm² and how it was found."""

    sd_per_cm2: float
    status: SdStatus


class Lender(Record):
    """What other trials or our rules lend: a median SD of change in hairs/cm², two correlations."""

    sd_per_cm2: dict[str, float]
    sd_count: dict[str, int]
    any_sd_per_cm2: float | None
    any_sd_count: int
    correlation: float
    correlation_arms: int
    correlation_between_sides: float

    def sd(self, measure: str) -> float | None:
        """Return the SD lent to a measure, or nothing where no trial reports one."""
        return self.sd_per_cm2.get(measure, self.any_sd_per_cm2)


def is_usable(study: Study) -> bool:
    """Tell whether a study's numbers may be pooled at all, apart from its design."""
    return (
        study.never_use is None
        and study.method != "hand_count"
        and study.reading not in ("recalled", "citation")
    )


def is_read(observation: Observation) -> bool:
    """Tell whether a number was read or computed from read ones; recalled numbers never count."""
    return observation.status in ("measured", "derived")


def _sd_of(dispersion: Dispersion | None, n: int | None) -> Sd | None:
    if dispersion is None:
        return None
    if dispersion.kind == "sd" and dispersion.value_per_cm2 is not None:
        return Sd(sd_per_cm2=dispersion.value_per_cm2, status="reported")
    if dispersion.kind == "se" and dispersion.value_per_cm2 is not None and n:
        return Sd(sd_per_cm2=dispersion.value_per_cm2 * math.sqrt(n), status="algebraic")
    return None


def baseline_of(study: Study, arm: str, measure: str) -> Observation | None:
    """Return the level of an arm before treatment: its own, else that of all arms together."""
    levels = [
        o
        for o in (*study.baseline, *study.observations)
        if o.week == 0 and o.measure == measure and o.statistic == "mean_level" and is_read(o)
    ]
    for name in (arm, "all"):
        for level in levels:
            if level.arm == name and level.value_per_cm2 is not None:
                return level
    return None


def _triples(study: Study) -> list[tuple[float, float, float]]:
    """Return the SDs before, after and of change (hairs/cm²) of arms that give all three."""
    found = []
    for after in study.observations:
        if after.statistic != "mean_level" or not is_read(after):
            continue
        before = baseline_of(study, after.arm, after.measure)
        changes = [
            o
            for o in study.observations
            if (o.arm, o.week, o.measure, o.statistic)
            == (after.arm, after.week, after.measure, "mean_change")
        ]
        if before is None or not changes:
            continue
        sds = [_sd_of(o.dispersion, o.n) for o in (before, after, changes[0])]
        if all(sd is not None for sd in sds):
            found.append(tuple(sd.sd_per_cm2 for sd in sds if sd is not None))
    return [(a, b, c) for a, b, c in found]


def lender(facts: Facts) -> Lender:
    """Return what the trials of all facts lend to those that report no spread."""
    rules = facts.evidence_rules
    by_measure: dict[str, list[float]] = {}
    correlations: list[float] = []
    for study in facts.studies.values():
        if not is_usable(study) or study.outlier:
            continue
        for o in study.observations:
            if o.statistic == "mean_change" and o.week and is_read(o):
                sd = _sd_of(o.dispersion, o.n)
                if sd is not None and sd.status == "reported" and study.design.randomised:
                    by_measure.setdefault(o.measure, []).append(sd.sd_per_cm2)
        for before, after, change in _triples(study):
            correlations.append((before**2 + after**2 - change**2) / (2 * before * after))
    wanted = rules.density_measures
    all_sds = [sd for name in wanted for sd in by_measure.get(name, [])]
    least = rules.least_sds_to_borrow.number()
    enough = {m: sds for m, sds in by_measure.items() if len(sds) >= least and m in wanted}
    has_correlation = len(correlations) >= rules.least_correlations_to_borrow.number()
    return Lender(
        sd_per_cm2={m: median(sds) for m, sds in enough.items()},
        sd_count={m: len(sds) for m, sds in enough.items()},
        any_sd_per_cm2=median(all_sds) if all_sds else None,
        any_sd_count=len(all_sds),
        correlation=median(correlations)
        if has_correlation
        else rules.correlation_before_after.number(),
        correlation_arms=len(correlations) if has_correlation else 0,
        correlation_between_sides=rules.correlation_between_sides.number(),
    )


def sd_of_change(
    study: Study, observation: Observation, lends: Lender, *, may_borrow: bool = True
) -> Sd | None:
    """Return the SD of change behind a mean change or a mean level: (E2), (E3), or borrowed."""
    own = _sd_of(observation.dispersion, observation.n)
    if observation.statistic == "mean_change" and own is not None:
        return own
    if observation.statistic == "mean_level" and own is not None:
        before = baseline_of(study, observation.arm, observation.measure)
        start = None if before is None else _sd_of(before.dispersion, before.n or observation.n)
        if start is not None:
            a, b = start.sd_per_cm2, own.sd_per_cm2
            variance = a**2 + b**2 - 2 * lends.correlation * a * b
            return Sd(sd_per_cm2=math.sqrt(variance), status="before_and_after")
    lent = lends.sd(observation.measure) if may_borrow else None
    return None if lent is None else Sd(sd_per_cm2=lent, status="borrowed")


def people(
    study: Study, arm_id: str, observation: Observation | None
) -> tuple[int, NStatus] | None:
    """Return how many people a result of an arm rests on, and how that is known.

    A number that was only recalled is not used: the study's total is then split equally.
    """
    arm: Arm = study.arms[arm_id]
    if observation is not None and observation.n and observation.versus is None:
        return observation.n, "reported"
    if arm.n_analysed and arm.n_analysed_status != "remembered":
        return arm.n_analysed, _N_STATUS[arm.n_analysed_status]
    if arm.n_completed:
        return arm.n_completed, "reported"
    if arm.n_randomised and arm.n_randomised_status != "remembered":
        return arm.n_randomised, _N_STATUS[arm.n_randomised_status]
    if study.n_randomised and study.arms:
        share = 1 if study.design.split_scalp else len(study.arms)
        return study.n_randomised // share, "equal_split"
    return None
