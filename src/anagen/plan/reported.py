"""Gains of hair density as studies reported them, each with its start and its own error."""

import math
from collections.abc import Iterator

from anagen.evidence import Lender, baseline_of, is_read, lender, people, sd_of_change
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.plausibility import ReportedGain
from anagen.facts.study import Dispersion, Observation, Study, StudySex
from anagen.frozen import Record

Z_95 = 1.96
CHANGES = frozenset({"mean_change", "mean_level", "percent_change", "median_change"})
NETS = frozenset({"net_difference", "net_percent_difference"})
IN_PERCENT = frozenset({"percent_change", "net_percent_difference"})


class Report(Record):
    """One reported gain over the start, or over a control, of one group at one week.

    `gain` and `se` are in percent of the start where `is_percent` is true, else in hairs/cm²; `se`
    is missing where it was not reported. `why_not` says why it cannot be judged, if anything.
    """

    study: Slug
    arm: Slug
    label: str
    treatments: list[Slug]
    measure: Slug
    is_net: bool
    is_percent: bool
    condition: Slug
    source: list[Slug]
    notes: list[str]
    week: float | None = None
    gain: float | None = None
    se: float | None = None
    n: int | None = None
    baseline_per_cm2: float | None = None
    sex: StudySex | None = None
    why_not: str | None = None


def _se_of(spread: Dispersion | None, n: int | None, *, is_percent: bool) -> float | None:
    """Return the standard error of a mean that is printed, or that its printed spread gives."""
    if spread is None:
        return None
    value = spread.value if is_percent else spread.value_per_cm2
    low, high = (
        (spread.low, spread.high) if is_percent else (spread.low_per_cm2, spread.high_per_cm2)
    )
    if spread.kind == "se" and value is not None:
        return float(value)
    if spread.kind == "sd" and value is not None and n:
        return float(value) / math.sqrt(n)
    if spread.kind == "ci95" and low is not None and high is not None:
        return float(high - low) / (2 * Z_95)
    return None


def _gain_of(study: Study, o: Observation) -> float | None:
    """Return the gain in percent or hairs/cm² that an observation states, or gives with its start.

    A mean level is a gain once the level at the start is taken from it.
    """
    if o.statistic in IN_PERCENT:
        return float(o.value) if isinstance(o.value, int | float) else None
    if o.value_per_cm2 is None:
        return None
    if o.statistic != "mean_level":
        return float(o.value_per_cm2)
    before = baseline_of(study, o.arm, o.measure)
    if before is None or before.value_per_cm2 is None:
        return None
    return float(o.value_per_cm2 - before.value_per_cm2)


def _why_not(study: Study, o: Observation, gain: float | None) -> str | None:
    """Return why a reported gain is not one to be judged, or nothing."""
    if study.never_use:
        return study.never_use
    if not is_read(o):
        return "its number was recalled, not read"
    if o.statistic == "median_change":
        return "a median says nothing of the mean that the bound is of"
    if o.from_week is not None:
        return f"the change counts from week {o.from_week:g}, not from the start"
    if o.week is None:
        return "its week is not in the facts"
    if gain is None and o.conversion is not None and o.conversion.how == "area_unknown":
        return "the counted area is not known"
    if gain is None and o.statistic == "mean_level":
        return "the density at the start is not in the facts"
    return None if gain is not None else "its number was not read"


def _notes(study: Study, o: Observation) -> list[str]:
    notes = []
    if study.sex in ("female", "both"):
        notes.append("the model was fitted to men; in women the bound is a guide only")
    if o.conversion is not None and o.conversion.how == "assumed_area":
        notes.append("the counted area was assumed")
    if study.method == "hand_count":
        notes.append("hairs were counted by hand")
    return notes


def _report(name: str, study: Study, o: Observation, lends: Lender) -> Report:
    arm = study.arms[o.arm]
    gain = _gain_of(study, o)
    counted = people(study, o.arm, o)
    n = counted[0] if counted and counted[1] in ("reported", "derived") else None
    se = _se_of(o.dispersion, o.n or n, is_percent=o.statistic in IN_PERCENT)
    if o.statistic == "mean_level":
        sd = sd_of_change(study, o, lends, may_borrow=False)
        se = sd.sd_per_cm2 / math.sqrt(n) if sd is not None and n else None
    start, how = _start_of(study, o, gain)
    return Report(
        study=name, arm=o.arm, label=arm.label,
        treatments=sorted(arm.active(o.week or 0)), measure=o.measure,
        is_net=o.statistic in NETS, is_percent=o.statistic in IN_PERCENT,
        condition=study.condition, source=o.source,
        week=None if o.week is None else float(o.week), gain=gain, se=se, n=n,
        baseline_per_cm2=start, sex=study.sex,
        why_not=_why_not(study, o, gain), notes=[*_notes(study, o), *how],
    )  # fmt: skip


def _further(name: str, found: ReportedGain, facts: Facts) -> Report:
    return Report(
        study=name, arm=name, label=found.label, treatments=found.treatments,
        measure=found.measure, is_net=found.is_net, is_percent=True, condition=found.condition,
        source=found.source, week=float(found.week),
        gain=facts.parameters[found.parameter].number(), n=found.n, sex=found.sex,
        notes=[found.note] if found.note else [],
    )  # fmt: skip


def _beside(study: Study, o: Observation, statistics: frozenset[str]) -> Observation | None:
    """Return what the same visit of the same arm says in other statistics, if it says a number."""
    for other in study.observations:
        same = (other.arm, other.week, other.measure, other.versus, other.from_week)
        if same != (o.arm, o.week, o.measure, o.versus, o.from_week) or other is o:
            continue
        if other.statistic in statistics and is_read(other) and _gain_of(study, other) is not None:
            return other
    return None


def _is_said_twice(study: Study, o: Observation) -> bool:
    """Say whether the same visit states the same gain in hairs/cm², or as a change, as well."""
    if o.statistic == "mean_level":
        return _beside(study, o, frozenset({"mean_change"})) is not None
    if o.statistic in IN_PERCENT:
        return (
            _beside(study, o, (NETS if o.statistic in NETS else CHANGES) - IN_PERCENT) is not None
        )
    return False


def _start_of(study: Study, o: Observation, gain: float | None) -> tuple[float | None, list[str]]:
    """Return the density at the start, read or worked out from a gain that is given twice."""
    before = baseline_of(study, o.arm, o.measure)
    if before is not None and before.value_per_cm2 is not None:
        return float(before.value_per_cm2), []
    percent = None if o.versus else _beside(study, o, frozenset({"percent_change"}))
    if percent is None or not gain or not isinstance(percent.value, int | float):
        return None, []
    worked_out = 100 * gain / float(percent.value)
    return worked_out, ["start worked out from the gain in hairs/cm² and in percent"]


def reports_of(facts: Facts) -> Iterator[Report]:
    """Yield every reported gain of hair density of an arm that received something active."""
    lends = lender(facts)
    for name, study in facts.studies.items():
        for o in study.observations:
            if o.measure not in facts.evidence_rules.density_measures or o.arm not in study.arms:
                continue
            if o.statistic not in CHANGES | NETS or (o.statistic == "mean_level" and not o.week):
                continue
            if study.arms[o.arm].active(o.week or 0) and not _is_said_twice(study, o):
                yield _report(name, study, o, lends)
    for name, found in facts.reported_gains.items():
        yield _further(name, found, facts)
