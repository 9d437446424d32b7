"""Every check that a reported result allows, and the worst of their verdicts."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from anagen.errors import InputError
from anagen.evidence.result_check.changes import (
    change_agrees,
    gain_within_bound,
    n_agrees,
    percent_change_agrees,
    registry_agrees,
    sd_of_change,
)
from anagen.evidence.result_check.finding import Finding, Verdict, worst
from anagen.evidence.result_check.grim import count_agrees, grim_mean, grim_percent, grimmer
from anagen.evidence.result_check.p_values import (
    group,
    interval_agrees,
    p_agrees,
    p_and_interval,
    p_of_two_groups,
)
from anagen.evidence.result_check.printed import printed
from anagen.evidence.result_check.reported import Reported, ReportedResult
from anagen.frozen import Record


class CheckedResult(Record):
    """One reported result with what each check found; `verdict` is the worst of them."""

    label: str
    verdict: Verdict
    findings: list[Finding] = msgspec.field(default_factory=list)


class ResultCheck(Record):
    """Whether the results of one paper are possible; `verdict` is the worst of them."""

    schema: Literal["anagen/result-check/1"]
    name: str
    source: str
    verdict: Verdict
    results: list[CheckedResult]


def _counts(result: ReportedResult) -> Iterator[Finding]:
    n = result.n
    if n is None:
        return
    if result.percent is not None:
        yield grim_percent(result.percent, n)
        if result.count is not None:
            yield count_agrees(result.count, n, result.percent)
    if result.is_whole_numbers and result.mean is not None:
        yield grim_mean(result.mean, n, result.items)
        if result.sd is not None and n >= 2:
            yield grimmer(result.mean, result.sd, n, result.items)
    if result.n_randomised is not None:
        yield n_agrees(n, result.n_randomised)
    if result.n_registered is not None:
        yield registry_agrees(n, result.n_registered, result.registered_is)


def _intervals(result: ReportedResult) -> Iterator[Finding]:
    low, high, p = result.low, result.high, result.p_value
    if result.estimate is not None and low is not None and high is not None:
        yield interval_agrees(result.estimate, low, high, is_ratio=result.is_ratio)
    if p is None:
        return
    if result.estimate is not None and result.se is not None:
        yield p_agrees(str(p), result.estimate, result.se, df=result.df, test=result.test)
    if low is not None and high is not None:
        yield p_and_interval(
            str(p), low, high, estimate_text=result.estimate, level=result.level_percent / 100,
            df=result.df, is_ratio=result.is_ratio, test=result.test,
        )  # fmt: skip
    if len(result.groups) == 2:
        first, second = (group(one.mean, one.sd, one.n) for one in result.groups)
        yield p_of_two_groups(str(p), first, second, is_paired=result.is_paired, test=result.test)


def _changes(result: ReportedResult) -> Iterator[Finding]:
    before, after, change = result.before, result.after, result.change
    if before is None or after is None:
        return
    if before.mean is not None and after.mean is not None:
        if change is not None and change.mean is not None:
            yield change_agrees(before.mean, after.mean, change.mean, is_same=result.is_same_people)
        if result.percent_change is not None:
            yield percent_change_agrees(before.mean, after.mean, result.percent_change)
    sds = (before.sd, after.sd, None if change is None else change.sd)
    if sds[0] is not None and sds[1] is not None and sds[2] is not None:
        yield sd_of_change(sds[0], sds[1], sds[2], result.n)


def _gains(result: ReportedResult) -> Iterator[Finding]:
    gain = result.gain
    if gain is None or gain.bound is None:
        return
    value = gain.percent if gain.percent is not None else gain.per_cm2
    if value is not None:
        upper = float(printed(gain.bound.upper, "bound").value)
        unit = "percent" if gain.percent is not None else "hairs/cm²"
        yield gain_within_bound(value, (0.0, upper), se_text=gain.se, unit=unit)


def findings(result: ReportedResult) -> list[Finding]:
    """Return what every check found that the fields of a result allow.

    Raises
    ------
    InputError
        If a number cannot be read, or there are groups but not two.
    """
    if result.groups and len(result.groups) != 2:
        raise InputError(f"{result.label}: groups holds {len(result.groups)}; give two")
    if result.gain is not None and (result.gain.percent is None) == (result.gain.per_cm2 is None):
        raise InputError(f"{result.label}: gain needs one of percent and per_cm2")
    try:
        return [
            *_counts(result), *_intervals(result), *_changes(result), *_gains(result)
        ]  # fmt: skip
    except InputError as error:
        raise InputError(f"{result.label}: {error}") from error


def checked(result: ReportedResult, more: list[Finding] | None = None) -> CheckedResult:
    """Check one result; `more` are findings that were made elsewhere.

    Raises
    ------
    InputError
        If nothing in it can be checked.
    """
    found = [*findings(result), *(more or [])]
    if not found:
        raise InputError(
            f"{result.label}: nothing can be checked; give for example percent with n, or p_value "
            "with estimate and se"
        )
    verdict = worst([finding.verdict for finding in found])
    return CheckedResult(label=result.label, verdict=verdict, findings=found)


def check_results(reported: Reported, more: dict[str, list[Finding]] | None = None) -> ResultCheck:
    """Check every result of a paper.

    Parameters
    ----------
    reported:
        The results as printed.
    more:
        Findings made elsewhere, by the label of the result.

    Raises
    ------
    InputError
        If a number cannot be read, a label stands twice, or a result has nothing to check.
    """
    more = more or {}
    labels = [result.label for result in reported.results]
    for label in labels:
        if labels.count(label) > 1:
            raise InputError(f"the label '{label[:60]}' stands twice; name each result once")
    results = [checked(result, more.get(result.label)) for result in reported.results]
    return ResultCheck(
        schema="anagen/result-check/1", name=reported.name, source=reported.source,
        verdict=worst([result.verdict for result in results]), results=results,
    )  # fmt: skip
