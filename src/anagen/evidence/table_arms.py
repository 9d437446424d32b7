"""One arm of a table as numbers: a mean with its standard deviation, a change, or a count."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from anagen.errors import InputError
from anagen.evidence.tables import ArmRow, StudyTable
from anagen.synthesis.recovery import sd_from_ci, sd_from_se
from anagen.synthesis.recovery_ladder import Lent, NotPoolable, Printed, climb
from anagen.synthesis.recovery_medians import (
    MeanAndSd,
    from_quartiles,
    from_range,
    from_range_and_quartiles,
)

CONVERSIONS = {
    "from_standard_error": "standard deviation from the standard error",
    "from_interval_t": "standard deviation from the 95 % interval, by t",
    "from_p_of_mean": "standard deviation from the p-value, taken for that of the arm's own change "
    "and not of the difference between arms",
    "from_before_after_and_r": "standard deviation of the change, from those before and after and "
    "their correlation",
    "from_quartiles": "mean and standard deviation from the median and quartiles",
    "from_range": "mean and standard deviation from the median and range",
    "from_range_and_quartiles": "mean and standard deviation from the median, quartiles and range",
}
"""What is said of a standard deviation that was not printed."""
WITHOUT_PEOPLE = frozenset({"MD", "MN"})
"""Effect sizes that need a mean and its standard error, and no number of people."""
STAND_IN = 2


@dataclass(frozen=True)
class ArmMean:
    """The mean (or mean change) of an arm, its standard deviation, and how that was found.

    `status` is reported, algebraic, borrowed or assumed; `rests_on_r` says that a correlation
    which the table does not tell is in the standard deviation. `cautions` say where a summary is
    skewed. Where `is_sized` is false the people are not told: `n` then stands in, and only the
    standard error, sd/√n, is known.
    """

    mean: float
    sd: float
    n: int
    status: str
    conversion: str
    rests_on_r: bool = False
    cautions: tuple[str, ...] = ()
    is_sized: bool = True

    @property
    def se(self) -> float:
        """The standard error of the mean."""
        return self.sd / math.sqrt(self.n)


def _where(table: StudyTable, row: ArmRow) -> str:
    return f"{table.name}, line {row.line} ({row.study}, {row.treatment})"


def _bound(words: str | None) -> tuple[float | None, float | None]:
    """Return (exact p, bound on p) of the words of a p-value."""
    if words is None:
        return None, None
    text = words.replace(" ", "").replace(",", ".").lstrip("pP=")
    try:
        if text.startswith(("<", "≤")):
            return None, float(text[1:].lstrip("="))
        return float(text), None
    except ValueError:
        return None, None


def is_change(row: ArmRow) -> bool:
    """Tell whether a row tells a change from the baseline."""
    both = row.baseline_mean is not None and row.mean is not None
    return row.change_mean is not None or row.change_median is not None or both


def _is_level(row: ArmRow) -> bool:
    return row.mean is not None or row.median is not None


def alike(table: StudyTable, arms: list[ArmRow]) -> bool:
    """Tell whether the arms of one study are compared by their changes; else by their levels.

    Raises
    ------
    InputError
        If some arms tell only a change and others only a level.
    """
    if all(is_change(row) for row in arms):
        return True
    if all(_is_level(row) for row in arms):
        return False
    change = next(row for row in arms if not _is_level(row))
    level = next(row for row in arms if not is_change(row))
    raise InputError(
        f"{_where(table, change)}: tells a change, but line {level.line} ({level.treatment}) only "
        "a level, and the two cannot be compared; give change_mean or baseline_mean for both"
    )


def said_of(means: list[ArmMean], names: list[str]) -> list[str]:
    """Return in words how standard deviations that were not printed were found, and for whom."""
    found: dict[str, list[str]] = {}
    for mean, name in zip(means, names, strict=True):
        if mean.conversion in CONVERSIONS:
            found.setdefault(mean.conversion, []).append(name)
    said = [
        f"{CONVERSIONS[how]}: {', '.join(list(dict.fromkeys(who))[:12])}"
        for how, who in found.items()
    ]
    skewed: dict[str, str] = {}
    for mean, name in zip(means, names, strict=True):
        for caution in mean.cautions:
            skewed.setdefault(name, caution)
    return said + [f"{name}: {caution}" for name, caution in list(skewed.items())[:12]]


def kinds_said(studies: dict[str, bool]) -> list[str]:
    """Return in words which studies are compared by changes where others are by levels."""
    changes = [study for study, is_of_change in studies.items() if is_of_change]
    if not changes or len(changes) == len(studies):
        return []
    return [
        f"{len(changes)} of {len(studies)} studies are compared by changes from the baseline, the "
        f"others by levels: {', '.join(changes[:12])}"
    ]


def arm_mean(
    table: StudyTable, row: ArmRow, lent_r: float, *, of_change: bool | None = None,
    measure: str | None = None,
) -> ArmMean:  # fmt: skip
    """Return the mean of an arm: of the change where the row tells one, else of the level.

    Parameters
    ----------
    table, row:
        The row, and its table for messages.
    lent_r:
        Correlation between baseline and follow-up, assumed where the row tells none.
    of_change:
        Whether the change or the level is wanted, where the row may tell both.
    measure:
        The effect size that is made of it; some need no number of people.

    Raises
    ------
    InputError
        If the number of people or every sort of spread is missing.
    """
    where = _where(table, row)
    changed = is_change(row) if of_change is None else of_change
    if row.n is None:
        return _unsized(row, where, changed, measure)
    if row.n < STAND_IN:
        raise InputError(f"{where}: needs n, 2 people or more, for a mean")
    if not changed:
        return _level(row, where)
    if row.change_median is not None and row.change_mean is None:
        return _from_median(row, row.change_median, (row.change_q1, row.change_q3), where)
    mean = row.change_mean
    if mean is None:
        mean = (row.mean or 0.0) - (row.baseline_mean or 0.0)
    interval = None
    if row.change_ci_low is not None and row.change_ci_high is not None:
        interval = (row.change_ci_low, row.change_ci_high)
    exact, bound = _bound(row.p_value)
    found = climb(
        Printed(
            n=row.n, mean_change=mean, sd_change=row.change_sd, se_change=row.change_se,
            ci_change=interval, p_change=exact, p_bound=bound, sd_pre=row.baseline_sd,
            sd_post=row.sd, r=row.r,
        ),
        Lent(r_assumed=lent_r),
    )  # fmt: skip
    if isinstance(found, NotPoolable):
        raise InputError(f"{where}: {found.reason}; give change_sd, change_se or an interval")
    return ArmMean(
        mean=mean, sd=found.value, n=row.n, status=found.status, conversion=found.conversion,
        rests_on_r=found.status == "assumed",
    )  # fmt: skip


def _unsized(row: ArmRow, where: str, changed: bool, measure: str | None) -> ArmMean:
    """Return a mean with the standard error that is printed, where no people are told."""
    mean, se = (row.change_mean, row.change_se) if changed else (row.mean, row.se)
    if mean is None or se is None:
        raise InputError(f"{where}: needs n, 2 people or more, for a mean without standard error")
    if measure not in WITHOUT_PEOPLE:
        raise InputError(
            f"{where}: has no n, without which a standard error gives no standard deviation; add "
            f"n{'' if measure is None else ', or use --effect-size MD'}"
        )
    return ArmMean(
        mean=mean, sd=se * math.sqrt(STAND_IN), n=STAND_IN, status="reported",
        conversion="as_printed", is_sized=False,
    )  # fmt: skip


def _summarised(median: float, quartiles: tuple[float | None, float | None],
                ends: tuple[float | None, float | None], n: int) -> MeanAndSd | None:  # fmt: skip
    (q1, q3), (low, high) = quartiles, ends
    if q1 is None or q3 is None:
        return None if low is None or high is None else from_range(median, low, high, n)
    if low is None or high is None:
        return from_quartiles(median, q1, q3, n)
    return from_range_and_quartiles(median, q1, q3, low, high, n)


def _from_median(
    row: ArmRow, median: float, quartiles: tuple[float | None, float | None], where: str,
    ends: tuple[float | None, float | None] = (None, None),
) -> ArmMean:  # fmt: skip
    try:
        found = _summarised(median, quartiles, ends, row.n or 0)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    if found is None:
        raise InputError(f"{where}: a median needs q1 and q3, or min and max")
    return ArmMean(
        mean=found.mean, sd=found.sd, n=row.n or 0, status=found.status,
        conversion=found.conversion, cautions=tuple(found.cautions),
    )  # fmt: skip


def _level(row: ArmRow, where: str) -> ArmMean:
    if row.mean is None and row.median is not None:
        ends = (row.minimum, row.maximum)
        return _from_median(row, row.median, (row.q1, row.q3), where, ends)
    if row.mean is None or row.n is None:
        raise InputError(f"{where}: needs a mean; add one or drop the row")
    if row.sd is not None:
        return ArmMean(
            mean=row.mean, sd=row.sd, n=row.n, status="reported", conversion="as_printed"
        )
    if row.se is not None:
        found = sd_from_se(row.se, row.n)
    elif row.ci_low is not None and row.ci_high is not None:
        found = sd_from_ci(row.ci_low, row.ci_high, row.n)
    elif row.median is not None:
        ends = (row.minimum, row.maximum)
        summary = _from_median(row, row.median, (row.q1, row.q3), where, ends)
        return replace(summary, mean=row.mean)
    else:
        raise InputError(f"{where}: needs sd, se, or ci_low and ci_high")
    return ArmMean(
        mean=row.mean, sd=found.value, n=row.n, status=found.status, conversion=found.conversion
    )


def kind_of(rows: list[ArmRow]) -> str:
    """Return what the rows hold: means, events among people, or events in person-time."""
    if all(row.exposure is not None and row.events is not None for row in rows):
        return "rates"
    if all(row.events is not None and row.n is not None for row in rows):
        return "events"
    return "means"


def _has_means(row: ArmRow) -> bool:
    """Tell whether a row tells a mean with any sort of spread."""
    level = (row.sd, row.se, row.ci_low, row.q1, row.minimum)
    change = (row.change_sd, row.change_se, row.change_ci_low, row.change_q1, row.p_value)
    if _is_level(row) and any(value is not None for value in level):
        return True
    return is_change(row) and any(value is not None for value in change)


def kind_chosen(
    table: StudyTable,
    rows: list[ArmRow],
    measure: str | None,
    known: Mapping[str, tuple[str, ...]],
) -> str:
    """Return what the rows hold; where they hold counts and means, what the effect size is of.

    Parameters
    ----------
    table, rows:
        The rows, and their table for messages.
    measure:
        The effect size that was chosen, if any.
    known:
        The effect sizes of means, events and rates.

    Raises
    ------
    InputError
        If the rows hold both and the effect size does not tell.
    """
    kind = kind_of(rows)
    if kind == "means" or not all(_has_means(row) for row in rows):
        return kind
    chosen = next((one for one in (kind, "means") if measure in known[one]), None)
    if chosen is None:
        raise InputError(
            f"{table.name}: holds both counts and means; choose one of {', '.join(known[kind])} "
            f"(from the counts) or {', '.join(known['means'])} (from the means) with --effect-size"
        )
    return chosen
