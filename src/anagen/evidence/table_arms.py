"""One arm of a table as numbers: a mean with its standard deviation, a change, or a count."""

from dataclasses import dataclass

from anagen.errors import InputError
from anagen.evidence.tables import ArmRow, StudyTable
from anagen.synthesis.recovery import sd_from_ci, sd_from_se
from anagen.synthesis.recovery_ladder import Lent, NotPoolable, Printed, climb

CONVERSIONS = {
    "from_standard_error": "from the standard error",
    "from_interval_t": "from the 95 % interval, by t",
    "from_p_of_mean": "from the p-value, taken for that of the arm's own change and not of the "
    "difference between arms",
    "from_before_after_and_r": "of the change, from those before and after and their correlation",
}
"""What is said of a standard deviation that was not printed."""


@dataclass(frozen=True)
class ArmMean:
    """The mean (or mean change) of an arm, its standard deviation, and how that was found.

    `status` is reported, algebraic, borrowed or assumed; `rests_on_r` says that a correlation
    which the table does not tell is in the standard deviation.
    """

    mean: float
    sd: float
    n: int
    status: str
    conversion: str
    rests_on_r: bool = False


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
    return row.change_mean is not None or both


def alike(table: StudyTable, arms: list[ArmRow]) -> bool:
    """Tell whether the arms of one study are compared by their changes; else by their levels.

    Raises
    ------
    InputError
        If some arms tell only a change and others only a level.
    """
    if all(is_change(row) for row in arms):
        return True
    if all(row.mean is not None for row in arms):
        return False
    change = next(row for row in arms if row.mean is None)
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
    return [
        f"standard deviation {CONVERSIONS[how]}: {', '.join(dict.fromkeys(who[:12]))}"
        for how, who in found.items()
    ]


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
    table: StudyTable, row: ArmRow, lent_r: float, *, of_change: bool | None = None
) -> ArmMean:
    """Return the mean of an arm: of the change where the row tells one, else of the level.

    Parameters
    ----------
    table, row:
        The row, and its table for messages.
    lent_r:
        Correlation between baseline and follow-up, assumed where the row tells none.
    of_change:
        Whether the change or the level is wanted, where the row may tell both.

    Raises
    ------
    InputError
        If the number of people or every sort of spread is missing.
    """
    where = _where(table, row)
    if row.n is None or row.n < 2:
        raise InputError(f"{where}: needs n, 2 people or more, for a mean")
    if not (is_change(row) if of_change is None else of_change):
        return _level(row, where)
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


def _level(row: ArmRow, where: str) -> ArmMean:
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
