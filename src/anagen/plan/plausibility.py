"""Reported gains held against the largest gain that the model of hair growth allows."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from anagen.estimate import Estimate
from anagen.evidence import EvidenceSummary
from anagen.facts import Facts
from anagen.facts.plausibility import PlausibleGain
from anagen.follicle import trial_drift_percent
from anagen.frozen import Record
from anagen.plan.reported import Z_95, Report, reports_of

Verdict = Literal["within", "beyond", "beyond_within_error", "cannot_be_judged"]
"""`beyond`: larger than the bound's upper end by more than its own error; `beyond_within_error`:
larger, but its own error reaches back to it."""

CONDITION = "androgenetic_alopecia"
COUNTED_AS: dict[str, tuple[str, ...]] = {
    "nonvellus_density": ("nonvellus_density",),
    "terminal_density": ("terminal_density", "nonvellus_density"),
}
EITHER = ("nonvellus_density", "total_hair_density")
"""Where it was not said, or is not sure, whether vellus hairs were counted: the larger bound."""
REPEATED = "measurement or selection is likelier until repeated"


class PlausibilityFinding(Record):
    """A reported gain beside the bound of its week, both in `unit`.

    `bound` holds the drift that all arms of a trial may share, unless the gain is net of a control;
    `upper` is the upper end of its 95 % interval. `text` says the verdict in a sentence.
    """

    report: Report
    verdict: Verdict
    unit: Literal["percent", "hairs/cm2"]
    text: str
    notes: list[str]
    bound: Estimate | None = None
    upper: float | None = None
    bound_baseline_per_cm2: float | None = None


def _at_week(curve: PlausibleGain, week: float, *, is_net: bool) -> tuple[float, float]:
    """Return the bound of a mean and its standard error at a week, straight between weeks."""
    values = curve.average_net_percent if is_net else curve.average_percent
    errors = curve.average_net_se_percent if is_net else curve.average_se_percent
    after = bisect_left(curve.weeks, week)
    if curve.weeks[after] == week:
        return float(values[after]), float(errors[after])
    before = after - 1
    share = (week - curve.weeks[before]) / (curve.weeks[after] - curve.weeks[before])
    return (
        values[before] + share * (values[after] - values[before]),
        errors[before] + share * (errors[after] - errors[before]),
    )


def _percent_at(
    curves: Sequence[PlausibleGain], week: float, baseline_per_cm2: float, *, is_net: bool
) -> Estimate | None:
    """Return the bound from a baseline, percent of it; nothing outside the baselines computed.

    Between two baselines the gain in hairs/cm² goes straight.
    """
    after = bisect_left(curves, baseline_per_cm2, key=lambda c: c.baseline_per_cm2)
    if after == len(curves) or (after == 0 and curves[0].baseline_per_cm2 > baseline_per_cm2):
        return None
    high, low = curves[after], curves[max(after - 1, 0)]
    span = high.baseline_per_cm2 - low.baseline_per_cm2
    share = (baseline_per_cm2 - low.baseline_per_cm2) / span if span else 0.0
    (v0, s0), (v1, s1) = (_at_week(curve, week, is_net=is_net) for curve in (low, high))
    m0, m1 = low.baseline_per_cm2, high.baseline_per_cm2
    value = (v0 * m0 * (1 - share) + v1 * m1 * share) / baseline_per_cm2
    se = (s0 * m0 * (1 - share) + s1 * m1 * share) / baseline_per_cm2
    return Estimate(value=value, se=se, unit="percent")


def _plus(bound: Estimate, more: Estimate) -> Estimate:
    return Estimate(
        value=bound.value + more.value, se=math.hypot(bound.se, more.se), unit=bound.unit
    )


def _upper(bound: Estimate) -> float:
    return bound.value + Z_95 * bound.se


def _as_hairs(bound: Estimate, baseline_per_cm2: float) -> Estimate:
    factor = baseline_per_cm2 / 100
    return Estimate(value=bound.value * factor, se=bound.se * factor, unit="hairs/cm2")


def _bound_of(report: Report, week: float, facts: Facts) -> tuple[Estimate, float] | None:
    """Return the bound for a report, in percent or hairs/cm², and the baseline that it is from.

    A gain in hairs/cm² from an unknown start is held against the largest bound of any start, one in
    percent against that of the trials' average.
    """
    drift = trial_drift_percent(facts.model, week)
    candidates: list[tuple[Estimate, float]] = []
    for measure in COUNTED_AS.get(report.measure, EITHER):
        own = [c for c in facts.plausible_gains.values() if c.measure == measure]
        if report.baseline_per_cm2 is not None:
            curves = sorted(
                (c for c in own if not c.is_trial_average), key=lambda c: c.baseline_per_cm2
            )
            at = [report.baseline_per_cm2]
        else:
            curves = [c for c in own if c.is_trial_average or not report.is_percent]
            curves.sort(key=lambda c: c.baseline_per_cm2)
            at = [float(c.baseline_per_cm2) for c in curves]
        for baseline in at:
            bound = _percent_at(curves, week, baseline, is_net=report.is_net)
            if bound is None:
                continue
            whole = bound if report.is_net else _plus(bound, drift)
            candidates.append(
                (whole if report.is_percent else _as_hairs(whole, baseline), baseline)
            )
    return max(candidates, key=lambda c: _upper(c[0]), default=None)


def _why_not(report: Report, facts: Facts) -> str | None:
    if report.why_not is not None:
        return report.why_not
    if report.condition != CONDITION:
        return "the bound is of pattern hair loss"
    last = max((c.weeks[-1] for c in facts.plausible_gains.values()), default=0)
    if report.week is not None and report.week > last:
        return f"the bound ends at week {last:g}"
    return None


def judge(report: Report, facts: Facts) -> PlausibilityFinding:
    """Hold one reported gain against the bound of its week, its measure and its start (B10)."""
    unit: Literal["percent", "hairs/cm2"] = "percent" if report.is_percent else "hairs/cm2"
    why_not = _why_not(report, facts)
    found = None
    if why_not is None and report.week is not None:
        found = _bound_of(report, report.week, facts)
        why_not = None if found else "no bound was computed for so low or so high a start"
    if found is None or report.gain is None or report.week is None:
        return PlausibilityFinding(
            report=report, verdict="cannot_be_judged", unit=unit, notes=report.notes,
            text=f"cannot be judged: {why_not}",
        )  # fmt: skip
    bound, baseline = found
    upper = _upper(bound)
    shown = f"{upper:+.0f} {'%' if report.is_percent else 'hairs/cm²'}"
    than = "no treatment" if report.is_net else "the start"
    verdict: Verdict = "within"
    text = f"within what the model of hair growth allows by week {report.week:g} (at most {shown})"
    if report.gain > upper:
        text = (
            f"larger than the model of hair growth allows by week {report.week:g} (at most {shown} "
            f"over {than})"
        )
        if report.se is not None and report.gain - Z_95 * report.se <= upper:
            verdict, text = "beyond_within_error", f"{text}, but within its own error"
        else:
            verdict, text = "beyond", f"{text}: {REPEATED}"
    return PlausibilityFinding(
        report=report, verdict=verdict, unit=unit, text=text, bound=bound, upper=upper,
        bound_baseline_per_cm2=baseline,
        notes=[*report.notes, *_caveats(report, is_beyond=report.gain > upper, facts=facts)],
    )  # fmt: skip


def _caveats(report: Report, *, is_beyond: bool, facts: Facts) -> list[str]:
    """Say what the report leaves open that the verdict rests on."""
    notes = [] if report.se is not None else ["SE not reported"]
    if report.baseline_per_cm2 is None and report.is_percent:
        words = "start not in the facts: held against that of the average trial patient"
        fewer = _start_that_allows(report, facts) if is_beyond else None
        if fewer is not None:
            words += f"; from {fewer:.0f} hairs/cm² or fewer it would lie within the bound"
        notes.append(words)
    elif report.baseline_per_cm2 is None:
        notes.append("start not in the facts: held against the largest bound of any start")
    return notes


def _start_that_allows(report: Report, facts: Facts) -> float | None:
    """Return the highest whole density at the start from which a gain in percent is allowed."""
    starts = [float(c.baseline_per_cm2) for c in facts.plausible_gains.values()]
    for start in range(int(max(starts)), int(min(starts)) - 1, -1):
        known = msgspec.structs.replace(report, baseline_per_cm2=float(start))
        found = _bound_of(known, report.week or 0.0, facts)
        if found is not None and (report.gain or 0.0) <= _upper(found[0]):
            return float(start)
    return None


def plausibility(facts: Facts) -> list[PlausibilityFinding]:
    """Hold every reported gain of hair density against the bound, in the order of the facts."""
    return [judge(report, facts) for report in reports_of(facts)]


def said(finding: PlausibilityFinding) -> str:
    """Return a flagged result in one sentence: what was reported, and that it is too large."""
    report = finding.report
    unit = "%" if report.is_percent else "hairs/cm²"
    gain = f"{report.gain or 0.0:+.0f} {unit}".replace("-", "−")
    over = " over its control" if report.is_net else ""
    notes = f" ({'; '.join(finding.notes)})" if finding.notes else ""
    return f"{report.study}, {report.label}: {gain}{over} is {finding.text}{notes}"


def flagged(findings: Iterable[PlausibilityFinding]) -> list[PlausibilityFinding]:
    """Return the findings that lie beyond the bound, within their own error or not."""
    return [f for f in findings if f.verdict in ("beyond", "beyond_within_error")]


def beyond_of(
    evidence: EvidenceSummary | None, beyond: Iterable[PlausibilityFinding]
) -> list[PlausibilityFinding]:
    """Return the flagged results of the arms whose gains or differences an option shows."""
    if evidence is None:
        return []
    shown = {(one.study, one.arm) for one in (*evidence.contrasts, *evidence.outliers)}
    shown |= {(gain.study, gain.arm) for gain in evidence.gains}
    return [f for f in beyond if (f.report.study, f.report.arm) in shown]
