"""Rows that are one effect each, or one contrast of two treatments each."""

import math

from anagen.evidence.tables.numerals import clean
from anagen.evidence.tables.records import ContrastRow, EffectRow
from anagen.evidence.tables.row import Row

Z_95 = 1.959963984540054
SMALLEST_SPREAD = 1e-12
SQUARE_SLACK = 1e-6  # relative: numbers exported with 7 digits or more
CENTRE_SLACK = 0.02  # of the width of an interval
RATIO_SLACK = 0.05  # exact and profile limits are not quite even


def _spread(row: Row) -> float | None:
    """Return the variance of an effect from its variance and standard error, which must agree."""
    variance = row.above_0("variance", "a variance is above 0; correct it or remove the row")
    se = row.above_0("se", "a standard error is above 0; correct it or remove the row")
    for role, value in (("variance", variance), ("se", se)):
        if value is not None and value < SMALLEST_SPREAD:
            raise row.wrong(role, f"{value:g} is too small to be real; correct it")
    if variance is None or se is None:
        return variance if se is None else se**2
    h_se, h_v = row.half("se"), row.half("variance")
    low, high = max(se - h_se, 0.0) ** 2 - h_v, (se + h_se) ** 2 + h_v
    if not low * (1 - SQUARE_SLACK) <= variance <= high * (1 + SQUARE_SLACK):
        raise row.wrong(
            "se",
            f"{se:g} squared is {se**2:.4g}, but the variance is {variance:g}; correct one of "
            "them, or remove a column",
        )
    return variance


def _interval_variance(row: Row, effect: float, variance: float | None) -> float | None:
    """Return the variance that a 95 % interval implies, held against what else is given."""
    ends = row.interval("ci_low", "ci_high")
    if ends is None:
        return variance
    low, high = ends
    slack = row.half("ci_low") + row.half("ci_high") + row.half("effect")
    if not low - slack <= effect <= high + slack:
        raise row.wrong(
            "effect",
            f"{effect:g} lies outside its interval from {low:g} to {high:g}; correct one of them",
        )
    off = abs((low + high) / 2 - effect)
    if off > slack + CENTRE_SLACK * (high - low):
        raise row.wrong(
            "effect",
            f"{effect:g} does not lie in the middle of its interval from {low:g} to {high:g}; if "
            "it is a ratio, give the logarithms",
        )
    se = (high - low) / (2 * Z_95)
    if variance is None:
        return se**2
    if abs(se - math.sqrt(variance)) > slack + 0.1 * se:
        raise row.wrong(
            "ci_low",
            f"the interval from {low:g} to {high:g} means a standard error of {se:.3g}, but "
            f"{math.sqrt(variance):.3g} is given; correct one of them, or remove columns",
        )
    return variance


def _effect(row: Row) -> float:
    row.needed("effect")
    return row.number("effect") or 0.0


def _of_ratio(row: Row) -> tuple[float, float, tuple[float, float]]:
    """Return the logarithm of a ratio, its variance, and the logarithms of its limits."""
    row.needed("or")
    ratio = row.above_0("or", "a ratio is above 0; correct it or remove the row") or 0.0
    for role in ("or_lower", "or_upper"):
        row.above_0(role, "the limits of a ratio are above 0; correct it")
    ends = row.interval("or_lower", "or_upper")
    if ends is None:
        raise row.wrong("or_lower", "is empty, so that the ratio has no weight; fill it in")
    low, high = math.log(ends[0]), math.log(ends[1])
    printed = row.half("or_lower") / ends[0] + row.half("or_upper") / ends[1]
    off = abs((low + high) / 2 - math.log(ratio))
    if off > printed / 2 + row.half("or") / ratio + RATIO_SLACK * (high - low):
        raise row.wrong(
            "or",
            f"{ratio:g} does not lie in the middle of {ends[0]:g} to {ends[1]:g} on the scale of "
            f"logarithms (that is {math.exp((low + high) / 2):.3g}); correct one of them",
        )
    variance = ((high - low) / (2 * Z_95)) ** 2
    _agrees(row, variance, printed / (2 * Z_95))
    return math.log(ratio), variance, (low, high)


def _agrees(row: Row, variance: float, slack: float) -> None:
    """Refuse a spread beside a ratio that is not that of its logarithm."""
    given = _spread(row)
    if given is None:
        return
    se = math.sqrt(variance)
    if abs(math.sqrt(given) - se) > slack + 0.1 * se:
        role = "se" if row.text("se") is not None else "variance"
        raise row.wrong(
            role,
            f"{row.needed(role)} is not the spread of the ratio's logarithm, whose limits mean a "
            f"standard error of {se:.3g}; correct it, or remove the column",
        )


def week_of(row: Row) -> float | None:
    """Return the week of a row, 0 or later."""
    week = row.number("week")
    if week is not None and week < 0:
        raise row.wrong("week", f"{week:g} is before the start; give weeks since the baseline")
    return week


def _apart(row: Row, first: str | None, second: str | None, role: str) -> None:
    if first is not None and first == second:
        raise row.wrong(role, f"'{clean(first)}' is compared with itself; correct one of the two")


def effect_row(row: Row, study: str, factor: float) -> EffectRow:
    """Read one effect; `factor` turns its unit into that of the table."""
    variance: float | None
    ends: tuple[float, float] | None
    if "or" in row.at:
        effect, variance, ends = _of_ratio(row)
    else:
        effect = _effect(row)
        variance = _interval_variance(row, effect, _spread(row))
        ends = row.interval("ci_low", "ci_high")
    if variance is None:
        role = next(r for r in ("variance", "se", "ci_low") if r in row.at)
        raise row.wrong(role, "is empty, so that the effect has no weight; fill it in")
    treatment, control = row.text("treatment"), row.text("control")
    _apart(row, treatment, control, "control")
    return EffectRow(
        line=row.line, study=study, effect=effect * factor, variance=variance * factor**2,
        low=None if ends is None else ends[0] * factor,
        high=None if ends is None else ends[1] * factor,
        n=row.whole("n", 1, "give the number of people"), outcome=row.text("outcome"),
        subgroup=row.text("subgroup"), treatment=treatment, control=control, week=week_of(row),
        time=row.number("time"),
    )  # fmt: skip


def contrast_row(row: Row, study: str, factor: float) -> ContrastRow:
    """Read one contrast; `factor` turns its unit into that of the table."""
    first, second = row.needed("treatment_1"), row.needed("treatment_2")
    _apart(row, first, second, "treatment_2")
    variance: float | None
    if "or" in row.at:
        effect, variance, _ = _of_ratio(row)
        se: float | None = math.sqrt(variance)
    else:
        effect, variance, se = _effect(row), _spread(row), row.number("se")
    if variance is None:
        role = "se" if "se" in row.at else "variance"
        raise row.wrong(role, "is empty, so that the contrast has no weight; fill it in")
    return ContrastRow(
        line=row.line, study=study, treatment_1=first, treatment_2=second, effect=effect * factor,
        se=(math.sqrt(variance) if se is None else se) * factor, outcome=row.text("outcome"),
        week=week_of(row), time=row.number("time"),
    )  # fmt: skip
