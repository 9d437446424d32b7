"""Whether whole numbers can give the printed percentage, mean or standard deviation.

References
----------
Brown & Heathers (2017), Social Psychological and Personality Science 8:363-369 (GRIM).
Anaya (2016), PeerJ Preprints 4:e2400v1 (GRIMMER).
Allard (2018), Analytic-GRIMMER: a new way of testing the possibility of standard deviations.
"""

import math
from fractions import Fraction

from anagen.evidence.result_check.finding import Finding
from anagen.evidence.result_check.printed import Printed, people, printed, said

MOST_SUMS = 20_000


def counts_between(low: Fraction, high: Fraction, n: int) -> range:
    """Return the whole numbers from 0 to n between two bounds, both included."""
    return range(max(0, math.ceil(low)), min(n, math.floor(high)) + 1)


def _nearest_n(value: Printed, n: int) -> int | None:
    """Return the number of people nearest to n (the smaller first) that a percentage fits."""
    for step in range(1, n):
        for other in (n - step, n + step):
            low, high = (end * other / 100 for end in (value.low, value.high))
            if other >= 2 and counts_between(low, high, other):
                return other
    return None


def grim_percent(percent_text: str | int, n: int) -> Finding:
    """Check whether a percentage of n people is a whole number of them.

    Any way of rounding passes; a percentage that only cutting off or rounding up gives is
    implausible.

    Parameters
    ----------
    percent_text:
        The percentage as printed.
    n:
        The number of people it is a percentage of.

    Raises
    ------
    InputError
        If the percentage is not a number, or n is not above 0.

    Examples
    --------
    >>> grim_percent("80", 16).verdict, grim_percent("81.3", 16).verdict
    ('impossible', 'possible')
    """
    value, name = printed(percent_text, "percent"), "percentage_of_people"
    n = people(n)
    numbers = {"percent": float(value.value), "n": float(n)}
    shown = f"{float(value.value):g} % of {n}"
    if value.high < 0 or value.low > 100:
        sentence = f"{shown} people lies outside 0 to 100 %: no share of people can."
        return Finding(name=name, verdict="impossible", numbers=numbers, sentence=sentence)
    if n * 2 * value.half >= 100:
        return Finding(
            name=name, verdict="cannot_tell", numbers=numbers,
            sentence=f"with {n} people every percentage of so few digits is possible.",
        )  # fmt: skip
    counts = counts_between(value.low * n / 100, value.high * n / 100, n)
    if counts:
        numbers["count"] = float(counts[0])
        sentence = f"{shown} people is {counts[0]} of them."
        return Finding(name=name, verdict="possible", numbers=numbers, sentence=sentence)
    wide = [
        count
        for count in counts_between(
            (value.low - value.half) * n / 100, (value.high + value.half) * n / 100, n
        )
        if abs(Fraction(100 * count, n) - value.value) < 2 * value.half
    ]
    if wide:
        share = Fraction(100 * wide[0], n)
        how = "cut off" if share > value.value else "rounded up"
        numbers |= {"count": float(wide[0]), "share_percent": float(share)}
        sentence = f"{shown} people fits {wide[0]} of them ({said(share)} %) only if it was {how}."
        return Finding(name=name, verdict="implausible", numbers=numbers, sentence=sentence)
    return _no_count(value, n, numbers, shown)


def _no_count(value: Printed, n: int, numbers: dict[str, float], shown: str) -> Finding:
    exact = value.value * n / 100
    below, above = max(0, math.floor(exact)), min(n, math.ceil(exact))
    shares = [Fraction(100 * count, n) for count in (below, above)]
    numbers |= {
        "nearest_below_percent": float(shares[0]), "nearest_above_percent": float(shares[1]),
    }  # fmt: skip
    other = _nearest_n(value, n)
    hint = ""
    if other is not None:
        count = counts_between(value.low * other / 100, value.high * other / 100, other)[0]
        hint = f"; it would fit {count} of {other}"
        numbers |= {"fitting_n": float(other), "fitting_count": float(count)}
    return Finding(
        name="percentage_of_people", verdict="impossible", numbers=numbers,
        sentence=f"{shown} people is no whole number of them: {below} is {said(shares[0])} % and "
        f"{above} is {said(shares[1])} %{hint}.",
    )  # fmt: skip


def count_agrees(count: int, n: int, percent_text: str | int) -> Finding:
    """Check whether a count of n people is the percentage printed beside it."""
    value = printed(percent_text, "percent")
    n = people(n)
    share = Fraction(100 * count, n)
    numbers = {"count": float(count), "n": float(n), "share_percent": float(share)}
    if not 0 <= count <= n:
        return Finding(
            name="count_and_percentage", verdict="impossible", numbers=numbers,
            sentence=f"{count} of {n} people cannot be.",
        )  # fmt: skip
    fits = value.low - value.half <= share <= value.high + value.half
    return Finding(
        name="count_and_percentage", verdict="possible" if fits else "impossible", numbers=numbers,
        sentence=f"{count} of {n} people is {said(share)} %"
        + ("." if fits else f", not {value.text.rstrip(' %')} %."),
    )  # fmt: skip


def grim_mean(mean_text: str | int, n: int, items: int = 1) -> Finding:
    """Check whether whole numbers of n people can have a mean (GRIM).

    Parameters
    ----------
    mean_text:
        The mean as printed.
    n:
        The number of people.
    items:
        How many whole numbers are averaged within each person.

    Raises
    ------
    InputError
        If the mean is not a number, or n or items is not above 0.
    """
    value = printed(mean_text, "mean")
    parts = people(n) * people(items, "items")
    numbers = {"mean": float(value.value), "n": float(n), "items": float(items)}
    name = "mean_of_whole_numbers"
    if parts * 2 * value.half >= 1:
        return Finding(
            name=name, verdict="cannot_tell", numbers=numbers,
            sentence=f"with {parts} whole numbers every mean of so few digits is possible.",
        )  # fmt: skip
    total = math.ceil(value.low * parts)
    if total <= value.high * parts:
        numbers["sum"] = float(total)
        return Finding(
            name=name, verdict="possible", numbers=numbers,
            sentence=f"the mean {value.text} is a sum of {total} over {parts}.",
        )  # fmt: skip
    below = math.floor(value.value * parts)
    return Finding(
        name=name, verdict="impossible", numbers=numbers,
        sentence=f"no {parts} whole numbers have the mean {value.text}: the nearest are "
        f"{said(Fraction(below, parts))} and {said(Fraction(below + 1, parts))}.",
    )  # fmt: skip


def _squares(sd: Printed, total: int, n: int, items: int, divisor: int) -> tuple[int, int]:
    """Return the least and largest sum of squares of whole numbers that a printed SD allows."""
    least, rest = divmod(total, n)
    smallest = (n - rest) * least**2 + rest * (least + 1) ** 2
    scale = divisor * items**2
    centre = Fraction(total**2, n)
    low = math.ceil(max(sd.low, Fraction(0)) ** 2 * scale + centre)
    return max(low, smallest), math.floor(sd.high**2 * scale + centre)


def _has_sample(sd: Printed, totals: range, n: int, items: int, divisor: int) -> bool:
    """Return whether a sum of squares exists: even where the sum is even, odd where it is odd."""
    for total in totals:
        low, high = _squares(sd, total, n, items, divisor)
        low += (low - total) % 2
        if n == 2:
            gaps = [2 * q - total**2 for q in range(low, high + 1, 2)[:MOST_SUMS]]
            if len(gaps) == MOST_SUMS or any(math.isqrt(gap) ** 2 == gap for gap in gaps):
                return True
        elif low <= high:
            return True
    return False


def grimmer(mean_text: str | int, sd_text: str | int, n: int, items: int = 1) -> Finding:
    """Check whether whole numbers of n people can have a mean and a standard deviation (GRIMMER).

    Both divisors, n - 1 and n, pass.

    Parameters
    ----------
    mean_text, sd_text:
        The mean and the standard deviation as printed.
    n:
        The number of people, two or more.
    items:
        How many whole numbers are averaged within each person.

    Raises
    ------
    InputError
        If a number cannot be read, or n is less than 2.
    """
    mean, sd = printed(mean_text, "mean"), printed(sd_text, "sd")
    n, items = people(n, least=2), people(items, "items")
    name = "scatter_of_whole_numbers"
    numbers = {"mean": float(mean.value), "sd": float(sd.value), "n": float(n)}
    if sd.value < 0:
        return Finding(
            name=name, verdict="impossible", numbers=numbers,
            sentence=f"a standard deviation of {sd.text} lies below 0.",
        )  # fmt: skip
    parts = n * items
    totals = range(math.ceil(mean.low * parts), math.floor(mean.high * parts) + 1)
    # Two neighbours in the sum of squares, one even and one odd, always fit.
    width = (sd.high**2 - max(sd.low, Fraction(0)) ** 2) * (n - 1) * items**2
    fits = [
        word
        for divisor, word in ((n - 1, ""), (n, " if it was divided by n"))
        if len(totals) > MOST_SUMS or _has_sample(sd, totals, n, items, divisor)
    ]
    if fits and (width >= 2 or len(totals) > MOST_SUMS):
        return Finding(
            name=name, verdict="cannot_tell", numbers=numbers,
            sentence=f"with {n} people every standard deviation of so few digits is possible.",
        )  # fmt: skip
    if fits:
        return Finding(
            name=name, verdict="possible", numbers=numbers,
            sentence=f"whole numbers of {n} people can have the mean {mean.text} and the standard "
            f"deviation {sd.text}{fits[0]}.",
        )  # fmt: skip
    return Finding(
        name=name, verdict="impossible", numbers=numbers,
        sentence=f"no whole numbers of {n} people have the mean {mean.text} and the standard "
        f"deviation {sd.text}.",
    )  # fmt: skip
