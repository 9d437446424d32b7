"""Standard deviations that a paper did not print, from what it did print; one number at a time.

Every conversion returns its value with its name and a status: `reported`, `algebraic` (follows from
printed numbers), `borrowed` (from other studies) or `assumed`.
"""

import math
from statistics import NormalDist
from typing import Literal

import msgspec

from anagen.errors import InputError
from anagen.frozen import Record

Status = Literal["reported", "algebraic", "borrowed", "assumed"]
Conversion = Literal[
    "as_printed",
    "from_standard_error",
    "from_interval_t",
    "from_interval_normal",
    "from_t_of_mean",
    "from_p_of_mean",
    "from_t_of_difference",
    "from_p_of_difference",
    "from_before_after_and_r",
    "from_three_deviations",
    "from_median_of_studies",
    "pooled_over_groups",
    "from_quartiles",
    "from_range",
    "from_range_and_quartiles",
    "bound_from_p_of_mean",
]


class Recovered(Record):
    """A number that was printed or follows from printed ones, and how it was found.

    `r` is the correlation used, where one was. `cautions` say in words what weakens it.
    """

    value: float
    conversion: Conversion
    status: Status
    r: float | None = None
    cautions: list[str] = msgspec.field(default_factory=list)


class Limit(Record):
    """What a bound such as p < 0.05 says of a standard deviation: it is `at_most` this."""

    at_most: float
    conversion: Conversion
    caution: str


def finite(**given: float) -> None:
    """Refuse numbers that are missing or infinite, by name.

    Raises
    ------
    InputError
        If one is.
    """
    for name, value in given.items():
        if not math.isfinite(value):
            raise InputError(f"{name} is {value}, not a finite number; correct it or leave it out")


def _above_zero(**given: float) -> None:
    finite(**given)
    for name, value in given.items():
        if value <= 0:
            raise InputError(f"{name} is {value:g}, but must be above 0; correct it")


def enough(least: int, **given: float) -> None:
    """Refuse too few persons, by name.

    Raises
    ------
    InputError
        If one is below `least`.
    """
    finite(**given)
    for name, n in given.items():
        if n < least:
            raise InputError(f"{name} is {n:g}, but this conversion needs {least} or more persons")


def _is_correlation(r: float) -> None:
    finite(r=r)
    if abs(r) > 1:
        raise InputError(f"r is {r:g}, but a correlation lies between -1 and 1; correct it")


def _t_quantile(level: float, df: float) -> float:
    from scipy.special import stdtrit

    if not 0 < level < 1:
        raise InputError(f"the level is {level:g}, but lies between 0 and 1, such as 0.95")
    return float(stdtrit(df, (1 + level) / 2))


def algebraic(value: float, conversion: Conversion) -> Recovered:
    """Return a number that follows from printed ones."""
    return Recovered(value=value, conversion=conversion, status="algebraic")


def sd_from_se(se: float, n: float) -> Recovered:
    """Return the standard deviation behind a standard error of a mean of n persons.

    Parameters
    ----------
    se:
        Above 0.
    n:
        Persons, 2 or more.

    Raises
    ------
    InputError
        If the standard error is not above 0 or n is below 2.
    """
    _above_zero(se=se)
    enough(2, n=n)
    return algebraic(se * math.sqrt(n), "from_standard_error")


def se_from_ci(low: float, high: float, *, df: float | None = None, level: float = 0.95) -> float:
    """Return the standard error behind a symmetric interval.

    Parameters
    ----------
    low, high:
        Ends of the interval.
    df:
        Degrees of freedom of t; none for a normal interval.
    level:
        Of the interval.

    Raises
    ------
    InputError
        If the ends are not in order or the level is not between 0 and 1.
    """
    finite(low=low, high=high)
    if low >= high:
        raise InputError(f"the interval {low:g} to {high:g} is not in order; correct its ends")
    if df is None and 0 < level < 1:
        return (high - low) / (2 * NormalDist().inv_cdf((1 + level) / 2))
    if df is not None:
        _above_zero(df=df)
    return (high - low) / (2 * _t_quantile(level, 1.0 if df is None else df))


def sd_from_ci(
    low: float,
    high: float,
    n: float,
    *,
    level: float = 0.95,
    quantile: Literal["t", "normal"] = "t",
) -> Recovered:
    """Return the standard deviation behind the interval of a mean of n persons.

    Parameters
    ----------
    low, high:
        Ends of the interval.
    n:
        Persons, 2 or more.
    level:
        Of the interval.
    quantile:
        Of which the interval was made; t is right for a mean unless a paper says otherwise.

    Raises
    ------
    InputError
        If the ends are not in order, n is below 2 or the level is not between 0 and 1.
    """
    enough(2, n=n)
    if quantile == "t":
        se = se_from_ci(low, high, df=n - 1, level=level)
        return algebraic(se * math.sqrt(n), "from_interval_t")
    se = se_from_ci(low, high, level=level)
    return algebraic(se * math.sqrt(n), "from_interval_normal")


def _t_of_p(p: float, df: float) -> float:
    finite(p=p)
    if not 0 < p < 1:
        raise InputError(
            f"p is {p:g}, but an exact p lies between 0 and 1; a bound such as p < 0.05 is not one"
        )
    return -float(_stdtrit(df, p / 2))


def _stdtrit(df: float, q: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, q))


def _not_zero(name: str, value: float) -> None:
    finite(**{name: value})
    if value == 0:
        raise InputError(f"{name} is 0, and no standard deviation follows from it; leave it out")


def sd_from_t(mean: float, t: float, n: float) -> Recovered:
    """Return the standard deviation behind the t of one mean (a mean change) against 0.

    Parameters
    ----------
    mean, t:
        The mean and its t, neither 0; signs are ignored.
    n:
        Persons, 2 or more.

    Raises
    ------
    InputError
        If the mean or t is 0 or n is below 2.
    """
    _not_zero("the mean", mean)
    _not_zero("t", t)
    enough(2, n=n)
    return algebraic(abs(mean / t) * math.sqrt(n), "from_t_of_mean")


def sd_from_p(mean: float, p: float, n: float) -> Recovered:
    """Return the standard deviation behind the exact two-sided p of one mean against 0.

    Parameters
    ----------
    mean:
        The mean (a mean change), not 0.
    p:
        Exact, strictly between 0 and 1; for a bound see `limit_from_p_bound`.
    n:
        Persons, 2 or more.

    Raises
    ------
    InputError
        If the mean is 0, p is not between 0 and 1 or n is below 2.
    """
    _not_zero("the mean", mean)
    enough(2, n=n)
    sd = abs(mean) * math.sqrt(n) / _t_of_p(p, n - 1)
    return algebraic(sd, "from_p_of_mean")


def limit_from_p_bound(mean: float, bound: float, n: float) -> Limit:
    """Return what "p < bound" says of a standard deviation: a greatest value, never an exact one.

    Parameters
    ----------
    mean:
        The mean (a mean change), not 0.
    bound:
        Such as 0.05.
    n:
        Persons, 2 or more.

    Raises
    ------
    InputError
        If the mean is 0, the bound is not between 0 and 1 or n is below 2.
    """
    found = sd_from_p(mean, bound, n)
    return Limit(
        at_most=found.value, conversion="bound_from_p_of_mean",
        caution=f"p < {bound:g} is a bound: the SD is {found.value:.4g} or less, not equal to it",
    )  # fmt: skip


def se_of_difference_from_p(difference: float, p: float, n1: float, n2: float) -> float:
    """Return the standard error of a difference of two means, from its exact two-sided p.

    Parameters
    ----------
    difference:
        Of the means, not 0.
    p:
        Exact, of a t test with n1 + n2 - 2 degrees of freedom.
    n1, n2:
        Persons, 2 or more each.

    Raises
    ------
    InputError
        If the difference is 0, p is not between 0 and 1 or a group is too small.
    """
    _not_zero("the difference", difference)
    enough(2, n1=n1, n2=n2)
    return abs(difference) / _t_of_p(p, n1 + n2 - 2)


def pooled_sd_from_p(difference: float, p: float, n1: float, n2: float) -> Recovered:
    """Return the SD that both groups share, from the exact p of the difference of their means.

    Parameters
    ----------
    difference, p, n1, n2:
        As for `se_of_difference_from_p`.

    Raises
    ------
    InputError
        As for `se_of_difference_from_p`.
    """
    se = se_of_difference_from_p(difference, p, n1, n2)
    return algebraic(se / math.sqrt(1 / n1 + 1 / n2), "from_p_of_difference")


def pooled_sd_from_t(difference: float, t: float, n1: float, n2: float) -> Recovered:
    """Return the SD that both groups share, from the t of the difference of their means.

    Parameters
    ----------
    difference, t:
        Neither 0; signs are ignored.
    n1, n2:
        Persons, 2 or more each.

    Raises
    ------
    InputError
        If the difference or t is 0 or a group is too small.
    """
    _not_zero("the difference", difference)
    _not_zero("t", t)
    enough(2, n1=n1, n2=n2)
    sd = abs(difference / t) / math.sqrt(1 / n1 + 1 / n2)
    return algebraic(sd, "from_t_of_difference")


def sd_of_change(
    sd_pre: float, sd_post: float, r: float, *, status: Status = "algebraic"
) -> Recovered:
    """Return the standard deviation of a change, from those before and after.

    Parameters
    ----------
    sd_pre, sd_post:
        Above 0.
    r:
        Correlation of both measurements over persons.
    status:
        Of r: `algebraic` where it is the trial's own.

    Raises
    ------
    InputError
        If a standard deviation is not above 0, r is outside -1 to 1 or the change has no spread.
    """
    _above_zero(sd_pre=sd_pre, sd_post=sd_post)
    _is_correlation(r)
    variance = sd_pre**2 + sd_post**2 - 2 * r * sd_pre * sd_post
    if variance <= 0:
        raise InputError("with r = 1 and equal standard deviations a change has no spread; check r")
    return Recovered(
        value=math.sqrt(variance), conversion="from_before_after_and_r", status=status, r=r
    )


def correlation_from_sds(sd_pre: float, sd_post: float, sd_change: float) -> Recovered:
    """Return the correlation of before and after, from all three standard deviations.

    Parameters
    ----------
    sd_pre, sd_post, sd_change:
        Above 0.

    Raises
    ------
    InputError
        If one is not above 0 or the three cannot belong together.
    """
    _above_zero(sd_pre=sd_pre, sd_post=sd_post, sd_change=sd_change)
    r = (sd_pre**2 + sd_post**2 - sd_change**2) / (2 * sd_pre * sd_post)
    if abs(r) > 1:
        raise InputError(
            f"SDs of {sd_pre:g}, {sd_post:g} and {sd_change:g} give r = {r:.3g}, outside -1 to 1; "
            "one of them is a standard error or misprinted"
        )
    return Recovered(value=r, conversion="from_three_deviations", status="algebraic", r=r)
