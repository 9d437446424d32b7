"""Is a reported result possible? Checks of printed numbers against each other.

Numbers come as text, because their printed digits say how far they were rounded. Every check is a
pure function that returns a `Finding`: its verdict, its numbers and a sentence.
"""

from anagen.evidence.result_check.changes import (
    change_agrees,
    gain_within_bound,
    n_agrees,
    percent_change_agrees,
    registry_agrees,
    sd_of_change,
)
from anagen.evidence.result_check.check import (
    CheckedResult,
    ResultCheck,
    check_results,
    checked,
    findings,
)
from anagen.evidence.result_check.finding import Finding, Verdict, worst
from anagen.evidence.result_check.grim import count_agrees, grim_mean, grim_percent, grimmer
from anagen.evidence.result_check.p_values import (
    Group,
    group,
    interval_agrees,
    p_agrees,
    p_and_interval,
    p_of_two_groups,
)
from anagen.evidence.result_check.printed import Printed, p_interval, printed
from anagen.evidence.result_check.reported import Reported, ReportedResult, read_reported

__all__ = [
    "CheckedResult", "Finding", "Group", "Printed", "Reported", "ReportedResult", "ResultCheck",
    "Verdict", "change_agrees", "check_results", "checked", "count_agrees", "findings",
    "gain_within_bound", "grim_mean", "grim_percent", "grimmer", "group", "interval_agrees",
    "n_agrees", "p_agrees", "p_and_interval", "p_interval", "p_of_two_groups",
    "percent_change_agrees", "printed", "read_reported", "registry_agrees", "sd_of_change", "worst",
]  # fmt: skip
