"""Rows that are one arm each: a mean with its scatter, or a count."""

import itertools
import math
import re
from typing import get_args

from anagen.evidence.tables.effect_rows import SMALLEST_SPREAD, week_of
from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.records import ArmRow, Design
from anagen.evidence.tables.row import Row

SPREADS = {
    "sd": "standard deviation", "se": "standard error", "baseline_sd": "standard deviation",
    "change_sd": "standard deviation", "change_se": "standard error",
}  # fmt: skip
_P = re.compile(r"(?:p\s*)?[<>=≤≥]?\s*((?:0|1)?[.,]?[0-9]+(?:[eE]-[0-9]{1,3})?)\Z")
AGREE = 0.02
LEAST_OF_A_MEDIAN = 3
FIVE = ("minimum", "q1", "median", "q3", "maximum")
THREE = ("change_q1", "change_median", "change_q3")
VALUES = ("mean", "change_mean", "median", "change_median", "events")


def _design(row: Row) -> Design | None:
    said = row.text("design")
    if said is None:
        return None
    word = re.sub(r"[\s\-]+", "_", said.casefold())
    for design in get_args(Design):
        if word == design:
            return design  # type: ignore[no-any-return]  # get_args forgets the words
    raise row.wrong(
        "design", f"'{clean(said)}' is not known; write one of {', '.join(get_args(Design))}"
    )


def _p_value(row: Row) -> str | None:
    said = row.text("p_value")
    if said is None:
        return None
    found = _P.match(said.casefold())
    if found is None or not 0 <= float(found.group(1).replace(",", ".")) <= 1:
        raise row.wrong(
            "p_value", f"'{clean(said)}' is no p-value; write a number from 0 to 1, or <0.05"
        )
    return said


def _n(row: Row, *, is_counted: bool) -> int | None:
    value = row.number("n")
    if value is not None and not is_counted and value < 2:
        raise row.wrong(
            "n", f"{value:g} is less than 2; a mean with a scatter needs two people or more"
        )
    return row.whole("n", 1, "give the number of people")


def _spread(row: Row, role: str, factor: float) -> float | None:
    value = row.number(role)
    if value is None:
        return None
    word = SPREADS[role]
    if value == 0:
        raise row.wrong(
            role, f"a {word} of 0 means that nobody differed; leave the cell empty if it is unknown"
        )
    if value < SMALLEST_SPREAD:
        raise row.wrong(role, f"a {word} of {value:g} cannot be; it lies above 0")
    return value * factor


def _events(row: Row, n: int | None) -> int | None:
    value = row.number("events")
    if value is None:
        return None
    if 0 < value < 1:
        raise row.wrong(
            "events", f"{value:g} looks like a share; give the number of people, not a fraction"
        )
    events = row.whole("events", 0, "give the number of people with the event")
    if events is not None and n is not None and "exposure" not in row.at and events > n:
        raise row.wrong("events", f"{events} is more than the {n} people of the arm; correct it")
    return events


def _r(row: Row) -> float | None:
    r = row.number("r")
    if r is not None and not -1 <= r <= 1:
        raise row.wrong(
            "r", f"{r:g} lies outside -1 to 1, where every correlation lies; correct it"
        )
    return r


def _interval(
    row: Row, stem: str, factor: float, mean_role: str
) -> tuple[float | None, float | None]:
    ends = row.interval(f"{stem}_low", f"{stem}_high")
    if ends is None:
        return None, None
    mean = row.number(mean_role)
    if mean is not None:
        slack = row.half(mean_role)
        if not ends[0] - slack <= mean <= ends[1] + slack:
            raise row.wrong(
                mean_role,
                f"{mean:g} lies outside its interval from {ends[0]:g} to {ends[1]:g}; correct one",
            )
    return ends[0] * factor, ends[1] * factor


def _check_sd_and_se(row: Row, n: int | None) -> None:
    """Refuse a standard deviation and error that the number of people does not connect."""
    for sd_role, se_role in (("sd", "se"), ("change_sd", "change_se")):
        if se_role not in row.at:
            continue
        sd, se = row.number(sd_role), row.number(se_role)
        if sd is None or se is None or n is None:
            continue
        slack = row.half(se_role) + row.half(sd_role) / math.sqrt(n) + AGREE * se
        if abs(sd / math.sqrt(n) - se) > slack:
            raise row.wrong(
                se_role,
                f"{se:g} is not the standard error of a standard deviation {sd:g} in {n} people "
                f"(that is {sd / math.sqrt(n):.3g}); correct one of them, or remove a column",
            )


def _summary(row: Row, roles: tuple[str, ...], n: int | None) -> dict[str, float]:
    """Return the median of an arm with its quartiles, range or both, from low to high."""
    found = [(role, value) for role in roles if (value := row.number(role)) is not None]
    for (first, low), (second, high) in itertools.pairwise(found):
        if low > high:
            raise row.wrong(
                first,
                f"{low:g} is above '{clean(row.header[row.at[second]])}' ({high:g}); a summary "
                "goes from low to high; correct one of them",
            )
    values = dict(found)
    middle = next((role for role in roles if role.endswith("median")), roles[0])
    if middle not in values or row.text(middle.replace("median", "mean")) is not None:
        return values
    ends = [(roles[0], roles[-1])] if len(roles) == 3 else [("q1", "q3"), ("minimum", "maximum")]
    whole = [pair for pair in ends if all(role in values for role in pair)]
    if not whole:
        raise row.wrong(
            middle,
            "has neither q1 with q3 nor min with max beside it, so that no standard deviation "
            "follows (the width between the quartiles is not enough); give them",
        )
    if all(values[low] == values[high] for low, high in whole):
        raise row.wrong(
            whole[0][0], "equals the upper end, so that no standard deviation follows; correct it"
        )
    if n is None or n < LEAST_OF_A_MEDIAN:
        why = "n is empty" if n is None else f"{n} is less than {LEAST_OF_A_MEDIAN}"
        role = "n" if "n" in row.at else middle
        raise row.wrong(role, f"{why}; a median is turned into a mean by the number of people")
    return values


def _value(row: Row, role: str, factor: float) -> float | None:
    value = row.number(role)
    return None if value is None else value * factor


def _has_value(row: Row) -> bool:
    return any(row.text(role) is not None for role in VALUES)


def arm_row(row: Row, study: str, treatment: str, factor: float) -> ArmRow:
    """Read one arm; `factor` turns its unit into that of the table."""
    if not _has_value(row):
        role = next(r for r in VALUES if r in row.at)
        raise row.wrong(role, "is empty; fill it in, or remove the arm")
    n = _n(row, is_counted=all(row.text(role) is None for role in VALUES[:-1]))
    events = _events(row, n)
    exposure = row.above_0("exposure", "give the person-time")
    if events is not None and n is None and exposure is None:
        role = "n" if "n" in row.at else "exposure"
        raise row.wrong(role, "is empty, so that the events have no denominator; fill it in")
    _check_sd_and_se(row, n)
    low, high = _interval(row, "ci", factor, "mean")
    change_low, change_high = _interval(row, "change_ci", factor, "change_mean")
    randomised = row.whole("n_randomised", 1, "give the number of people")
    if randomised is not None and n is not None and n > randomised:
        raise row.wrong("n", f"{n} is more than the {randomised} people randomised; correct it")
    spread = {role: _spread(row, role, factor) for role in SPREADS if role in row.at}
    summary = {
        role: value * factor
        for roles in (FIVE, THREE)
        for role, value in _summary(row, roles, n).items()
    }
    return ArmRow(
        line=row.line, study=study, treatment=treatment, n=n, events=events, exposure=exposure,
        mean=_value(row, "mean", factor), ci_low=low, ci_high=high,
        baseline_mean=_value(row, "baseline_mean", factor),
        change_mean=_value(row, "change_mean", factor), change_ci_low=change_low,
        change_ci_high=change_high, p_value=_p_value(row), r=_r(row), outcome=row.text("outcome"),
        week=week_of(row), time=row.number("time"), design=_design(row), n_randomised=randomised,
        sites_per_person=row.above_0("sites_per_person", "give the sites of one person"),
        dose=row.number("dose"), sessions=row.number("sessions"),
        follow_up_weeks=row.number("follow_up_weeks"), **spread, **summary,
    )  # fmt: skip
