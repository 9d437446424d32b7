"""Mean and standard deviation from a median with quartiles or with the range."""

import math
from functools import cache
from statistics import NormalDist

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.frozen import Record
from anagen.synthesis.recovery import Conversion, Status

TABLED = 50  # Wan's tables end here; beyond it his approximation is exact to the third figure


class MeanAndSd(Record):
    """Mean and SD estimated from a five-number summary; `cautions` name skewness where seen."""

    mean: float
    sd: float
    conversion: Conversion
    status: Status = "algebraic"
    cautions: list[str] = msgspec.field(default_factory=list)


@cache
def _expected_normal_order(rank: int, n: int) -> float:
    """Return the expected value of the rank-th smallest of n standard normal numbers.

    Rounded to three figures when doubled, as the published tables are, so that results repeat.
    """
    from scipy.special import gammaln, log_ndtr

    z = np.linspace(-10.0, 10.0, 4001)  # the integrand is smooth: sums on a grid are exact here
    log_density = -(z**2) / 2 - math.log(2 * math.pi) / 2
    constant = gammaln(n + 1) - gammaln(rank) - gammaln(n - rank + 1)
    weight = constant + log_density + (rank - 1) * log_ndtr(z) + (n - rank) * log_ndtr(-z)
    return float((z * np.exp(weight)).sum() * (z[1] - z[0]))


def _range_in_sds(n: int) -> float:
    if n <= TABLED:
        return round(2 * _expected_normal_order(n, n), 3)
    return 2 * NormalDist().inv_cdf((n - 0.375) / (n + 0.25))


def _quartiles_in_sds(n: int) -> float:
    q = max(1, round((n - 1) / 4))
    if q <= TABLED:
        return round(2 * _expected_normal_order(3 * q + 1, 4 * q + 1), 3)
    return 2 * NormalDist().inv_cdf((0.75 * n - 0.125) / (n + 0.25))


def _ordered(n: float, **values: float) -> int:
    if not (math.isfinite(n) and n >= 3 and n == int(n)):
        raise InputError(f"n is {n:g}, but a median is of a whole number of persons, 3 or more")
    names, numbers = list(values), list(values.values())
    for a, b, x, y in zip(names, names[1:], numbers, numbers[1:], strict=False):
        if not (math.isfinite(x) and math.isfinite(y) and x <= y):
            raise InputError(f"{a} ({x:g}) is above {b} ({y:g}); a summary goes from low to high")
    if numbers[0] == numbers[-1]:
        raise InputError(f"{names[0]} equals {names[-1]}; no standard deviation follows from them")
    return int(n)


def _skewness(measured: float, limit: float) -> list[str]:
    if measured <= limit:
        return []
    return [
        f"the summary is skewed ({measured:.2f}, above {limit:.2f} for a normal sample of its "
        "size): mean and SD are rough"
    ]


def from_quartiles(median: float, q1: float, q3: float, n: float) -> MeanAndSd:
    """Return mean and SD from the median and quartiles of n persons.

    Parameters
    ----------
    median, q1, q3:
        In one unit, q1 ≤ median ≤ q3.
    n:
        Persons, a whole number, 3 or more.

    Raises
    ------
    InputError
        If the numbers are not in order or n is too small.

    References
    ----------
    Luo et al. (2018), Statistical Methods in Medical Research 27:1785-1805 (mean); Wan et al.
    (2014), BMC Medical Research Methodology 14:135 (SD); Shi et al. (2023), Statistics in Medicine
    42:1-21 (skewness).
    """
    size = _ordered(n, q1=q1, median=median, q3=q3)
    weight = min(1.0, 0.7 + 0.39 / size)
    skew = abs(q1 + q3 - 2 * median) / (q3 - q1)
    return MeanAndSd(
        mean=weight * (q1 + q3) / 2 + (1 - weight) * median,
        sd=(q3 - q1) / _quartiles_in_sds(size), conversion="from_quartiles",
        cautions=_skewness(skew, 2.65 / math.sqrt(size) - 6 / size**2),
    )  # fmt: skip


def from_range(median: float, minimum: float, maximum: float, n: float) -> MeanAndSd:
    """Return mean and SD from the median and range of n persons.

    Parameters
    ----------
    median, minimum, maximum:
        In one unit, minimum ≤ median ≤ maximum.
    n:
        Persons, a whole number, 3 or more.

    Raises
    ------
    InputError
        If the numbers are not in order or n is too small.

    References
    ----------
    As for `from_quartiles`.
    """
    size = _ordered(n, minimum=minimum, median=median, maximum=maximum)
    weight = 4 / (4 + size**0.75)
    skew = abs(minimum + maximum - 2 * median) / (maximum - minimum)
    return MeanAndSd(
        mean=weight * (minimum + maximum) / 2 + (1 - weight) * median,
        sd=(maximum - minimum) / _range_in_sds(size), conversion="from_range",
        cautions=_skewness(skew, 1.01 / math.log(size + 9) + 2.43 / (size + 1)),
    )  # fmt: skip


def from_range_and_quartiles(
    median: float, q1: float, q3: float, minimum: float, maximum: float, n: float
) -> MeanAndSd:
    """Return mean and SD from the median, quartiles and range of n persons.

    Parameters
    ----------
    median, q1, q3, minimum, maximum:
        In one unit, from low to high.
    n:
        Persons, a whole number, 3 or more.

    Raises
    ------
    InputError
        If the numbers are not in order or n is too small.

    References
    ----------
    Luo et al. (2018), Statistical Methods in Medical Research 27:1785-1805 (mean); Shi et al.
    (2020), Research Synthesis Methods 11:641-654 (SD) and (2023), Statistics in Medicine 42:1-21.
    """
    size = _ordered(n, minimum=minimum, q1=q1, median=median, q3=q3, maximum=maximum)
    outer = 2.2 / (2.2 + size**0.75)
    inner = 0.7 - 0.72 / size**0.55
    mean = outer * (minimum + maximum) / 2 + inner * (q1 + q3) / 2 + (1 - outer - inner) * median
    normal, power = NormalDist(), size**0.6
    by_range = (2 + 0.14 * power) * normal.inv_cdf((size - 0.375) / (size + 0.25))
    by_quartiles = (2 + 2 / (0.07 * power)) * normal.inv_cdf((0.75 * size - 0.125) / (size + 0.25))
    middle = abs(q1 + q3 - 2 * median) / (q3 - q1) if q3 > q1 else 0.0
    ends = abs(minimum + maximum - 2 * median) / (maximum - minimum)
    skew = max(2.65 * math.log(0.6 * size) / math.sqrt(size) * ends, middle)
    return MeanAndSd(
        mean=mean, sd=(maximum - minimum) / by_range + (q3 - q1) / by_quartiles,
        conversion="from_range_and_quartiles",
        cautions=_skewness(skew, 3 / math.sqrt(size) - 40 / size**3),
    )  # fmt: skip
