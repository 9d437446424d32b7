"""A reported result as its paper prints it: the form of the file that is checked."""

from pathlib import Path
from typing import Annotated

import msgspec

from anagen import strict_yaml
from anagen.errors import InputError
from anagen.evidence.result_check.changes import Enrolment
from anagen.evidence.result_check.p_values import Test
from anagen.frozen import Record

Words = Annotated[str, msgspec.Meta(max_length=300)]
AsPrinted = str | int
"""A number as printed; one with a decimal point stands in quotes, so that no digit is lost."""
MOST_RESULTS = 200
MOST_PEOPLE = 10**9
People = Annotated[int, msgspec.Meta(ge=1, le=MOST_PEOPLE)]


class MeanAndScatter(Record):
    """A mean and its standard deviation, as printed."""

    mean: AsPrinted | None = None
    sd: AsPrinted | None = None


class ReportedGroup(Record):
    """One of two groups: mean, standard deviation, people."""

    mean: AsPrinted
    sd: AsPrinted
    n: People
    label: Words | None = None


class ReportedBound(Record):
    """What a gain is held against: the upper end of what is plausible, and why."""

    upper: AsPrinted
    why: Words


class ReportedGain(Record):
    """A gain of hairs, in percent of the start or in hairs/cm².

    `measure`, `week` and `baseline_per_cm2` let it be held against the bound of the follicle model;
    `bound` names another. `is_net` says that it is over a control.
    """

    percent: AsPrinted | None = None
    per_cm2: AsPrinted | None = None
    se: AsPrinted | None = None
    week: float | None = None
    measure: Words | None = None
    baseline_per_cm2: float | None = None
    is_net: bool = False
    bound: ReportedBound | None = None


class ReportedResult(Record):
    """One result; every field is optional, and each check uses those that it needs.

    `n` counts the people behind the numbers. `is_whole_numbers` says that each person's value is a
    whole number (`items` of them averaged). `test` says which test gave `p_value`; `df` are its
    degrees of freedom. `is_ratio` means that the estimate is an odds, risk or hazard ratio.
    """

    label: Words
    n: People | None = None
    n_randomised: People | None = None
    n_registered: People | None = None
    registered_is: Enrolment = "actual"
    percent: AsPrinted | None = None
    count: int | None = None
    mean: AsPrinted | None = None
    sd: AsPrinted | None = None
    is_whole_numbers: bool = False
    items: People = 1
    estimate: AsPrinted | None = None
    se: AsPrinted | None = None
    low: AsPrinted | None = None
    high: AsPrinted | None = None
    level_percent: Annotated[float, msgspec.Meta(gt=0, lt=100)] = 95
    is_ratio: bool = False
    p_value: AsPrinted | None = None
    test: Test = "not_stated"
    df: Annotated[float, msgspec.Meta(gt=0)] | None = None
    groups: list[ReportedGroup] = msgspec.field(default_factory=list)
    is_paired: bool = False
    before: MeanAndScatter | None = None
    after: MeanAndScatter | None = None
    change: MeanAndScatter | None = None
    is_same_people: bool = False
    percent_change: AsPrinted | None = None
    gain: ReportedGain | None = None


class Reported(Record):
    """The results of one paper, page or talk."""

    name: Words
    source: Words
    results: Annotated[list[ReportedResult], msgspec.Meta(min_length=1, max_length=MOST_RESULTS)]


def read_reported(path: Path) -> Reported:
    """Read the file of a reported result.

    Raises
    ------
    InputError
        If it cannot be read, a key is unknown, or a number stands without the digits as printed.
    """
    value = strict_yaml.read(path)
    if not isinstance(value, dict):
        raise InputError(
            f"{path.name}: holds no block of keys; give name, source and results, as in "
            "examples/results"
        )
    _refuse_bare_decimals(value, path.name, "")
    try:
        return msgspec.convert(value, Reported)
    except msgspec.ValidationError as error:
        from anagen.facts.base import explain

        raise InputError(f"{path.name}: {explain(error)}; see examples/results") from error


NOT_PRINTED = frozenset({"week", "baseline_per_cm2", "level_percent", "df"})


def _refuse_bare_decimals(value: object, name: str, where: str) -> None:
    """Refuse 2.50 without quotes: read as a number, it would lose its last digit."""
    if isinstance(value, dict):
        for key, entry in value.items():
            place = f"{where}.{key}" if where else str(key)
            if isinstance(entry, float) and key not in NOT_PRINTED:
                raise InputError(
                    f"{name}: {place}: write the number in quotes as it is printed (such as "
                    f'"{entry:g}"), so that its last digit is kept'
                )
            _refuse_bare_decimals(entry, name, place)
    elif isinstance(value, list):
        for k, entry in enumerate(value):
            _refuse_bare_decimals(entry, name, f"{where}[{k}]")
