"""Whether a p-value, an estimate and its interval say the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anagen.evidence.result_check.finding import Finding, Verdict
from anagen.evidence.result_check.printed import Printed, p_interval, people, printed, said

Test = Literal["t", "normal", "other", "not_stated"]
"""`other`: a rank test, a model, an adjusted p-value: what cannot be computed again from means."""

RELATIVE = 1e-9
CENTRE_SLACK = 0.05  # of the width of an interval, beyond the rounding


def _p(z: float, df: float | None) -> float:
    """Return the two-sided p-value of a ratio of an estimate to its standard error."""
    from scipy.special import ndtr, stdtr

    if math.isinf(z):
        return 0.0
    return float(2 * (ndtr(-abs(z)) if df is None else stdtr(df, -abs(z))))


def _p_range(
    estimate: tuple[float, float], se: tuple[float, float], df: float | None
) -> tuple[float, float]:
    """Return the least and largest p-value of an estimate and an SE that were rounded."""
    low, high = estimate
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    farthest = max(abs(low), abs(high))
    return (
        _p(farthest / se[0] if se[0] > 0 else math.inf, df),
        _p(nearest / se[1] if se[1] > 0 else math.inf, df),
    )


def _overlap(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] <= b[1] * (1 + RELATIVE) and b[0] <= a[1] * (1 + RELATIVE)


def _verdict(test: Test) -> Verdict:
    if test == "other":
        return "cannot_tell"
    return "implausible" if test == "not_stated" else "impossible"


def _compared(
    name: str, p_text: str, computed: tuple[float, float], test: Test, source: str
) -> Finding:
    """Hold a printed p-value against the range that was computed."""
    wanted = p_interval(p_text)
    shown = f"p = {said(computed[0])}" + (
        f" to {said(computed[1])}" if said(computed[1]) != said(computed[0]) else ""
    )
    numbers = {"p_low": computed[0], "p_high": computed[1]}
    reported = p_text.strip() if p_text.strip()[:1] in "<>≤≥" else f"= {p_text.strip()}"
    if _overlap(wanted, computed):
        return Finding(
            name=name, verdict="possible", numbers=numbers,
            sentence=f"{source} give {shown}, which agrees with the printed p {reported}.",
        )  # fmt: skip
    halved = (computed[0] / 2, computed[1] / 2)
    hint = ""
    verdict = _verdict(test)
    if _overlap(wanted, halved):
        verdict = "implausible" if verdict == "impossible" else verdict
        hint = "; a one-sided test would"
    if test == "other":
        hint += "; the test was another one, which may give another p-value"
    elif test == "not_stated":
        hint += "; another test than t may, so say which was used"
    return Finding(
        name=name, verdict=verdict, numbers=numbers,
        sentence=f"{source} give {shown}, which does not agree with the printed p {reported}"
        f"{hint}.",
    )  # fmt: skip


def _bounds(value: Printed) -> tuple[float, float]:
    return float(value.low), float(value.high)


def _positive(value: Printed) -> tuple[float, float]:
    return max(0.0, float(value.low)), float(value.high)


def p_agrees(
    p_text: str,
    estimate_text: str | int,
    se_text: str | int,
    *,
    df: float | None = None,
    test: Test = "not_stated",
) -> Finding:
    """Compute p again from an estimate and its standard error.

    Parameters
    ----------
    p_text:
        The p-value as printed: "0.03" or "<0.05"; two-sided.
    estimate_text, se_text:
        The estimate and its standard error as printed.
    df:
        Degrees of freedom of a t test; without them the normal distribution.
    test:
        The test that was used.

    Raises
    ------
    InputError
        If a number cannot be read.
    """
    estimate, se = printed(estimate_text, "estimate"), printed(se_text, "se")
    if se.high <= 0 or se.value < 0:
        return Finding(
            name="p_of_estimate", verdict="impossible",
            sentence=f"a standard error of {se.text} is not above 0.",
        )  # fmt: skip
    computed = _p_range(_bounds(estimate), _positive(se), df)
    return _compared("p_of_estimate", p_text, computed, test, "the estimate and its error")


def _quantile(level: float, df: float | None) -> float:
    from scipy.special import ndtri, stdtrit

    share = (1 + level) / 2
    return float(ndtri(share) if df is None else stdtrit(df, share))


def _logged(values: Sequence[Printed]) -> list[tuple[float, float]]:
    return [(math.log(float(v.low)), math.log(float(v.high))) for v in values]


def interval_agrees(
    estimate_text: str | int, low_text: str | int, high_text: str | int, *, is_ratio: bool = False
) -> Finding:
    """Check that an interval holds its estimate, in the middle (of the logarithms for a ratio)."""
    values = [
        printed(text, what)
        for text, what in ((estimate_text, "estimate"), (low_text, "low"), (high_text, "high"))
    ]
    estimate, low, high = values
    name, shown = "interval_and_estimate", f"from {low.text} to {high.text}"
    if low.low > high.high:
        return Finding(
            name=name, verdict="impossible",
            sentence=f"the interval {shown} has its lower end above its upper end.",
        )  # fmt: skip
    if estimate.high < low.low or estimate.low > high.high:
        return Finding(
            name=name, verdict="impossible",
            sentence=f"the estimate {estimate.text} lies outside its interval {shown}.",
        )  # fmt: skip
    if is_ratio and low.low <= 0:
        return Finding(
            name=name, verdict="impossible" if low.high <= 0 else "cannot_tell",
            sentence=f"the interval {shown} of a ratio reaches 0.",
        )  # fmt: skip
    e, a, b = _logged(values) if is_ratio else [_bounds(v) for v in values]
    width = max(b[1] - a[0], 0.0)
    off = max(0.0, (a[0] + b[0]) / 2 - e[1], e[0] - (a[1] + b[1]) / 2)
    if off > CENTRE_SLACK * width:
        return Finding(
            name=name, verdict="implausible", numbers={"off": off},
            sentence=f"the estimate {estimate.text} does not lie in the middle of its interval "
            f"{shown}; say how the interval was made.",
        )  # fmt: skip
    return Finding(
        name=name, verdict="possible",
        sentence=f"the interval {shown} holds {estimate.text} in its middle.",
    )  # fmt: skip


def p_and_interval(
    p_text: str,
    low_text: str | int,
    high_text: str | int,
    *,
    estimate_text: str | int | None = None,
    level: float = 0.95,
    df: float | None = None,
    is_ratio: bool = False,
    test: Test = "not_stated",
) -> Finding:
    """Compute p again from an interval; without an estimate, from its middle.

    References
    ----------
    Altman & Bland (2011), BMJ 343:d2304.
    """
    low, high = printed(low_text, "low"), printed(high_text, "high")
    if is_ratio and low.low <= 0:
        return Finding(
            name="p_of_interval", verdict="cannot_tell",
            sentence=f"the interval of a ratio from {low.text} reaches 0.",
        )  # fmt: skip
    a, b = _logged([low, high]) if is_ratio else [_bounds(low), _bounds(high)]
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    if estimate_text is not None:
        estimate = printed(estimate_text, "estimate")
        if not is_ratio or estimate.low > 0:
            middle = _logged([estimate])[0] if is_ratio else _bounds(estimate)
    twice = 2 * _quantile(level, df)
    se = (max(0.0, b[0] - a[1]) / twice, (b[1] - a[0]) / twice)
    computed = _p_range(middle, se, df)
    return _compared(
        "p_of_interval", p_text, computed, test,
        f"the {level * 100:g} % interval from {low.text} to {high.text} and its middle",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """A group's printed mean and standard deviation, and how many people it has."""

    mean: Printed
    sd: Printed
    n: int


def group(mean_text: str | int, sd_text: str | int, n: int) -> Group:
    """Read a group as printed.

    Raises
    ------
    InputError
        If a number cannot be read, or n is less than 2.
    """
    return Group(printed(mean_text, "mean"), printed(sd_text, "sd"), people(n, least=2))


def _welch_df(v1: float, v2: float, n1: int, n2: int) -> float:
    bottom = v1**2 / (n1 - 1) + v2**2 / (n2 - 1)
    return (v1 + v2) ** 2 / bottom if bottom > 0 else float(n1 + n2 - 2)


def _two_sample(
    a: Group, b: Group, difference: tuple[float, float], *, is_se: bool
) -> list[tuple[float, float]]:
    """Return the range of p by the pooled t test and by Welch's."""
    found = []
    s1, s2 = _positive(a.sd), _positive(b.sd)
    for is_pooled in (True, False):
        ends: list[tuple[float, float]] = []
        for one, two in zip(s1, s2, strict=True):
            v1, v2 = (one**2, two**2) if is_se else (one**2 / a.n, two**2 / b.n)
            df: float = a.n + b.n - 2
            if is_pooled and not is_se:
                pooled = ((a.n - 1) * one**2 + (b.n - 1) * two**2) / df
                se = math.sqrt(pooled * (1 / a.n + 1 / b.n))
            else:
                se, df = math.sqrt(v1 + v2), _welch_df(v1, v2, a.n, b.n)
            ends.append((se, df))
        (least, df_low), (most, df_high) = ends
        ranges = [_p_range(difference, (least, most), df) for df in (df_low, df_high)]
        found.append((min(r[0] for r in ranges), max(r[1] for r in ranges)))
    return found


def p_of_two_groups(
    p_text: str, first: Group, second: Group, *, is_paired: bool = False, test: Test = "not_stated"
) -> Finding:
    """Compute p again from two groups: pooled t and Welch, or any correlation where paired.

    Where the numbers fit only if what is called SD is a standard error, the sentence says so.

    References
    ----------
    Welch (1947), Biometrika 34:28-35.
    """
    wanted = p_interval(p_text)
    difference = (
        float(first.mean.low - second.mean.high), float(first.mean.high - second.mean.low),
    )  # fmt: skip
    source = "the two means and standard deviations"
    if is_paired:
        if first.n != second.n:
            return Finding(
                name="p_of_two_groups", verdict="impossible",
                sentence=f"a paired comparison of {first.n} and {second.n} people cannot be.",
            )  # fmt: skip
        s1, s2 = _positive(first.sd), _positive(second.sd)
        se = (max(0.0, s1[0] - s2[1], s2[0] - s1[1]), s1[1] + s2[1])
        root = math.sqrt(first.n)
        computed = _p_range(difference, (se[0] / root, se[1] / root), first.n - 1)
        return _compared("p_of_two_groups", p_text, computed, test, source)
    ranges = _two_sample(first, second, difference, is_se=False)
    fitting = [one for one in ranges if _overlap(wanted, one)]
    finding = _compared(
        "p_of_two_groups", p_text, fitting[0] if fitting else ranges[0], test, source
    )
    if fitting or finding.verdict == "possible":
        return finding
    as_se = _two_sample(first, second, difference, is_se=True)
    if any(_overlap(wanted, one) for one in as_se):
        sentence = f"{finding.sentence[:-1]}; it would, if the standard deviations were errors."
        return Finding(
            name=finding.name, verdict=finding.verdict, sentence=sentence, numbers=finding.numbers
        )
    return finding
