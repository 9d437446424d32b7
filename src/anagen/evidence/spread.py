"""Standard deviations of change: as reported, from algebra, or borrowed from other trials."""

from statistics import median
from typing import Literal

import msgspec

from anagen.facts import Facts
from anagen.facts.base import Status
from anagen.facts.study import Arm, Dispersion, Observation, Study
from anagen.frozen import Record
from anagen.synthesis.recovery import Recovered
from anagen.synthesis.recovery_ladder import Lent, NotPoolable, Printed, climb

SdStatus = Literal["reported", "algebraic", "borrowed", "assumed", "mixed"]
"""From the best to the worst: printed; computed from printed numbers; lent by other trials; with a
correlation that is assumed. `mixed`: two arms differ."""

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
    """A standard deviation of change in hairs/cm² and how it was found.

    `conversion` names the step that gave it; `cautions` say what weakens it.
    """

    sd_per_cm2: float
    status: SdStatus
    conversion: str = "as_printed"
    cautions: list[str] = msgspec.field(default_factory=list)


class Lender(Record):
    """What other trials or our rules lend: a median SD of change in hairs/cm², two correlations."""

    sd_per_cm2: dict[str, float]
    sd_count: dict[str, int]
    any_sd_per_cm2: float | None
    any_sd_count: int
    correlation: float
    correlation_arms: int
    correlation_between_sides: float
    correlation_is_assumed: bool = True

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


def exact_p(words: str | None) -> tuple[float | None, float | None]:
    """Return (exact p, bound on p) of a printed p value; what is only words gives neither.

    Examples
    --------
    >>> exact_p("0.03"), exact_p("<0.001"), exact_p("significant")
    ((0.03, None), (None, 0.001), (None, None))
    """
    text = (words or "").strip().lower().removeprefix("p").replace("=", "").strip()
    is_bound = text.startswith("<")
    try:
        value = float(text.lstrip("<"))
    except ValueError:
        return None, None
    if not 0 < value < 1:
        return None, None
    return (None, value) if is_bound else (value, None)


def _sd_of(dispersion: Dispersion | None, n: int | None) -> Sd | None:
    """Return the standard deviation that a printed spread is, or from which it follows."""
    if dispersion is None:
        return None
    ends = (dispersion.low_per_cm2, dispersion.high_per_cm2)
    interval = None
    if dispersion.kind == "ci95" and ends[0] is not None and ends[1] is not None and n:
        interval = (float(ends[0]), float(ends[1]))
    value = dispersion.value_per_cm2
    printed = None if value is None else float(value)
    found = climb(
        Printed(
            n=n or 2,
            sd_change=printed if dispersion.kind == "sd" else None,
            se_change=printed if dispersion.kind == "se" and n else None,
            ci_change=interval,
        )
    )
    return None if isinstance(found, NotPoolable) else _as_sd(found)


def _as_sd(found: Recovered) -> Sd:
    return Sd(
        sd_per_cm2=found.value, status=found.status, conversion=found.conversion,
        cautions=found.cautions,
    )  # fmt: skip


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


def lender(facts: Facts, *, correlation: float | None = None) -> Lender:
    """Return what the trials of all facts lend to those that report no spread.

    Parameters
    ----------
    facts:
        All facts.
    correlation:
        In the place of every correlation that is assumed, to see what it does.
    """
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
    assumed = rules.correlation_before_after.number() if correlation is None else correlation
    sides = rules.correlation_between_sides.number() if correlation is None else correlation
    return Lender(
        sd_per_cm2={m: median(sds) for m, sds in enough.items()},
        sd_count={m: len(sds) for m, sds in enough.items()},
        any_sd_per_cm2=median(all_sds) if all_sds else None,
        any_sd_count=len(all_sds),
        correlation=median(correlations) if has_correlation else assumed,
        correlation_arms=len(correlations) if has_correlation else 0,
        correlation_between_sides=sides,
        correlation_is_assumed=not has_correlation,
    )


def _own_correlation(study: Study) -> float | None:
    """Return the correlation of before and after that a trial's own three spreads give."""
    found = [(a**2 + b**2 - c**2) / (2 * a * b) for a, b, c in _triples(study)]
    return median(found) if found else None


def sd_of_change(
    study: Study, observation: Observation, lends: Lender, *, may_borrow: bool = True
) -> Sd | None:
    """Return the SD of change behind a mean change or a mean level, by the ladder; (E2), (E3).

    The rungs: printed; from a standard error, interval or exact p of the change; from the spreads
    before and after with the trial's own correlation, a borrowed one, an assumed one; lent.
    """
    own = _sd_of(observation.dispersion, observation.n)
    if observation.statistic == "mean_change" and own is not None:
        return own
    exact, bound = exact_p(observation.p_value if observation.versus is None else None)
    is_change = observation.statistic == "mean_change" and observation.value_per_cm2 is not None
    pre = post = None
    if observation.statistic == "mean_level" and own is not None:
        before = baseline_of(study, observation.arm, observation.measure)
        start = None if before is None else _sd_of(before.dispersion, before.n or observation.n)
        if start is not None:
            pre, post = start.sd_per_cm2, own.sd_per_cm2
    is_assumed = lends.correlation_is_assumed
    found = climb(
        Printed(
            n=observation.n or 2,
            mean_change=float(observation.value_per_cm2 or 0) if is_change else None,
            p_change=exact if is_change and observation.n else None,
            p_bound=bound if is_change and observation.n else None,
            sd_pre=pre, sd_post=post, r=_own_correlation(study),
        ),
        Lent(
            r=None if is_assumed else lends.correlation,
            r_assumed=lends.correlation if is_assumed else None,
            sd=lends.sd(observation.measure) if may_borrow else None,
        ),
    )  # fmt: skip
    return None if isinstance(found, NotPoolable) else _as_sd(found)


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
