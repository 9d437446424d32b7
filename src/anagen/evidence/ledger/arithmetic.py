"""The sums behind a recomputation: small, pure, and without any fact."""

import math
from fractions import Fraction

from anagen.errors import InputError
from anagen.evidence.result_check.grim import counts_between

SLACK = 1e-9


def _people(n: float) -> int:
    if n < 1 or n != int(n):
        raise InputError(f"a number of people is a whole number above 0, got {n:g}")
    return int(n)


def _percent(percent: float) -> None:
    if not 0 <= percent <= 100:
        raise InputError(f"a share of people lies between 0 and 100 %, got {percent:g}")


def counts_that_fit(percent: float, digits: int, n: float) -> range:
    """Return every count of n people whose percentage rounds to the one printed.

    Parameters
    ----------
    percent:
        The percentage as printed.
    digits:
        How many digits it was printed with after the point.
    n:
        How many people.

    Raises
    ------
    InputError
        If the percentage or the number of people is impossible.

    References
    ----------
    Brown & Heathers (2017), Social Psychological and Personality Science 8:363-369.

    Examples
    --------
    >>> [list(counts_that_fit(80, 0, n)) for n in (9, 15, 16)], list(counts_that_fit(61.4, 1, 890))
    ([[], [12], []], [])
    """
    people = _people(n)
    _percent(percent)
    printed, half = Fraction(str(percent)), Fraction(1, 2 * 10**digits)
    low, high = (end * people / 100 for end in (printed - half, printed + half))
    return counts_between(low, high, people)


def nearest_counts(percent: float, n: float) -> list[int]:
    """Return the whole counts on both sides of a percentage of n people.

    Examples
    --------
    >>> nearest_counts(80, 9)
    [7, 8]
    """
    people = _people(n)
    _percent(percent)
    exact = percent * people / 100
    return sorted({math.floor(exact + SLACK), math.ceil(exact - SLACK)})


def least_count_above(percent: float, n: float) -> int:
    """Return the smallest count that is more than a percentage of n people.

    Examples
    --------
    >>> least_count_above(50, 22), least_count_above(50, 21)
    (12, 11)
    """
    people = _people(n)
    _percent(percent)
    return math.floor(percent * people / 100 + SLACK) + 1


def fewest_lost_that_fit(shares: list[tuple[float, int]], n: float) -> int | None:
    """Return the largest number below n of which every percentage printed is a whole count.

    Parameters
    ----------
    shares:
        The percentages, each with its printed digits.
    n:
        The number of people stated; up to a quarter of them may be missing.

    Examples
    --------
    >>> fewest_lost_that_fit([(80, 0), (87, 0)], 16)
    15
    """
    people = _people(n)
    for fewer in range(people - 1, max(1, people * 3 // 4) - 1, -1):
        if all(counts_that_fit(percent, digits, fewer) for percent, digits in shares):
            return fewer
    return None


def zero_event_upper(n: float, level: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a rate, in percent, when none of n had the event.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26:404-413; Hanley & Lippman-Hand (1983), JAMA 249:1743.

    Examples
    --------
    >>> round(zero_event_upper(125), 1), round(zero_event_upper(30), 1)
    (2.4, 9.5)
    """
    return 100 * -math.expm1(math.log1p(-level) / _people(n))


def exact_interval(events: int, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of a rate, in percent.

    Raises
    ------
    InputError
        If there are more events than people.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26:404-413.

    Examples
    --------
    >>> tuple(round(x, 1) for x in exact_interval(7, 9))
    (40.0, 97.2)
    """
    from scipy.special import betaincinv

    people, tail = _people(n), (1 - level) / 2
    if not 0 <= events <= people:
        raise InputError(f"{events} of {people} people is impossible")
    low = 0.0 if events == 0 else float(betaincinv(events, people - events + 1, tail))
    high = 1.0 if events == people else float(betaincinv(events + 1, people - events, 1 - tail))
    return 100 * low, 100 * high


def three_in(n: float) -> float:
    """Return the rule of three: the same bound in the head, in percent.

    Examples
    --------
    >>> three_in(300)
    1.0
    """
    return min(100.0, 300 / _people(n))


def percent_of(change: float, start: float) -> float:
    """Return a change as a percentage of where it started.

    Raises
    ------
    InputError
        If the start is not above 0.
    """
    if start <= 0:
        raise InputError(f"a percentage needs a start above 0, got {start:g}")
    return 100 * change / start


def paired_t(mean: float, sd: float, n: float) -> tuple[float, float]:
    """Return t and the two-sided p of a mean change with its standard deviation.

    Raises
    ------
    InputError
        If there are fewer than 2 people or the standard deviation is not above 0.

    Examples
    --------
    >>> t, p = paired_t(35.0, 6.5, 16)
    >>> round(t, 1), p < 1e-11
    (21.5, True)
    """
    from scipy.special import stdtr

    people = _people(n)
    if people < 2 or sd <= 0:
        raise InputError(f"a t needs 2 people or more and an SD above 0, got {people} and {sd:g}")
    t = mean / (sd / math.sqrt(people))
    return t, 2 * float(stdtr(people - 1, -abs(t)))


def p_of_interval(
    value: float, low: float, high: float, *, is_ratio: bool, level: float = 0.95
) -> float:
    """Return the two-sided normal p that an effect and its interval imply.

    Raises
    ------
    InputError
        If the effect lies outside its interval, or a ratio is not above 0.

    References
    ----------
    Altman & Bland (2011), BMJ 343:d2304.

    Examples
    --------
    >>> round(p_of_interval(9.2, 1.8, 16.7, is_ratio=False), 3)
    0.016
    """
    from scipy.special import ndtr, ndtri

    if not low <= value <= high or low == high or (is_ratio and low <= 0):
        raise InputError(f"{value:g} with the interval {low:g} to {high:g} cannot be an estimate")
    if is_ratio:
        value, low, high = math.log(value), math.log(low), math.log(high)
    se = (high - low) / (2 * float(ndtri((1 + level) / 2)))
    return 2 * float(ndtr(-abs(value) / se))


def delta_of_rank_sum(w: float, n_treated: float, n_control: float) -> float:
    """Return Cliff's delta of a rank-sum (Mann-Whitney) statistic.

    References
    ----------
    Cliff (1993), Psychological Bulletin 114:494-509.

    Examples
    --------
    >>> round(delta_of_rank_sum(86.5, 10, 10), 2)
    0.73
    """
    pairs = _people(n_treated) * _people(n_control)
    if not 0 <= w <= pairs:
        raise InputError(f"a rank-sum statistic of {pairs} pairs lies between 0 and {pairs}")
    return 2 * w / pairs - 1


MOST_SIGNED = 60


def signed_rank_p(v: float, n: float) -> float:
    """Return the exact two-sided p of a signed-rank statistic of n people without ties.

    Raises
    ------
    InputError
        If the statistic cannot come from n people, or n is too large for the exact sum.

    References
    ----------
    Wilcoxon (1945), Biometrics Bulletin 1:80-83.

    Examples
    --------
    >>> round(signed_rank_p(0, 10), 5)
    0.00195
    """
    people = _people(n)
    most = people * (people + 1) // 2
    if people > MOST_SIGNED or not 0 <= v <= most:
        raise InputError(
            f"a signed-rank statistic of {people} people cannot be {v:g}, or n "
            f"exceeds {MOST_SIGNED}"
        )
    ways = [1] + [0] * most
    for rank in range(1, people + 1):
        for total in range(most, rank - 1, -1):
            ways[total] += ways[total - rank]
    tail = min(v, most - v)
    return min(1.0, 2 * sum(ways[: math.floor(tail) + 1]) / 2.0**people)


def rounds_to(found: float, printed: float, digits: int) -> bool:
    """Return whether a recomputed number rounds to the one printed.

    Examples
    --------
    >>> rounds_to(41.18, 41.2, 1), rounds_to(61.46, 61.4, 1)
    (True, False)
    """
    return abs(found - printed) <= 0.5 * 10.0**-digits + SLACK


def is_half_way(exact: float, printed: float, digits: int) -> bool:
    """Return whether a number lies half way between the one printed and its neighbour.

    Examples
    --------
    >>> is_half_way(87.5, 87, 0), is_half_way(86.7, 87, 0)
    (True, False)
    """
    return abs(abs(exact - printed) - 0.5 * 10.0**-digits) <= SLACK
