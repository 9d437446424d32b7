"""Whether the baseline, the follow-up, the change, the people and the bound fit each other."""

import math
from fractions import Fraction
from typing import Literal

from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence.result_check.finding import Finding
from anagen.evidence.result_check.printed import people, printed, said

Enrolment = Literal["actual", "planned"]


def sd_of_change(
    before_text: str | int, after_text: str | int, change_text: str | int, n: int | None = None
) -> Finding:
    """Check that the SD of a change fits the SDs before and after.

    The change's variance is s0² + s1² - 2 r s0 s1, and r lies between -1 and 1.

    Parameters
    ----------
    before_text, after_text, change_text:
        Standard deviations as printed.
    n:
        The number of people, to see whether the SD of the change is its standard error.

    Raises
    ------
    InputError
        If a number cannot be read.
    """
    s0, s1, sc = (
        printed(text, f"sd {what}")
        for text, what in ((before_text, "before"), (after_text, "after"), (change_text, "change"))
    )
    name = "sd_of_change"
    if min(s0.value, s1.value, sc.value) < 0 or min(s0.value, s1.value) == 0:
        return Finding(
            name=name, verdict="impossible", sentence="a standard deviation is not above 0."
        )
    r = float((s0.value**2 + s1.value**2 - sc.value**2) / (2 * s0.value * s1.value))
    numbers = {"r": r}
    apart = max(s0.low - s1.high, s1.low - s0.high)
    if sc.high < apart or sc.low > s0.high + s1.high:
        hint = ""
        if n is not None and sc.high < apart:
            as_sd = float(sc.value) * math.sqrt(people(n))
            if float(apart) <= as_sd <= float(s0.high + s1.high):
                hint = f"; it would fit as a standard error (SD {said(as_sd)})"
        return Finding(
            name=name, verdict="impossible", numbers=numbers,
            sentence=f"standard deviations of {s0.text} before and {s1.text} after allow a change "
            f"with one from {said(max(apart, Fraction(0)))} to {said(s0.high + s1.high)}, not "
            f"{sc.text}{hint}.",
        )  # fmt: skip
    if r < 0 and sc.low**2 > s0.high**2 + s1.high**2:
        return Finding(
            name=name, verdict="implausible", numbers=numbers,
            sentence=f"a change with the standard deviation {sc.text} means that people high "
            f"before were low after (correlation {r:.2f}).",
        )  # fmt: skip
    return Finding(
        name=name, verdict="possible", numbers=numbers,
        sentence=f"the standard deviations fit a correlation of {r:.2f} between before and after.",
    )  # fmt: skip


def change_agrees(
    before_text: str | int, after_text: str | int, change_text: str | int, *, is_same: bool = False
) -> Finding:
    """Check a mean change against the means before and after.

    `is_same` says that the same people stand behind all three; otherwise a gap is implausible.
    """
    before, after = printed(before_text, "mean before"), printed(after_text, "mean after")
    change = printed(change_text, "mean change")
    low, high = after.low - before.high, after.high - before.low
    computed = after.value - before.value
    numbers = {"computed": float(computed), "printed": float(change.value)}
    if change.high >= low and change.low <= high:
        return Finding(
            name="change_of_means", verdict="possible", numbers=numbers,
            sentence=f"{before.text} to {after.text} is a change of {said(computed)}, as printed.",
        )  # fmt: skip
    hint = "" if is_same else "; unless other people were measured"
    return Finding(
        name="change_of_means", verdict="impossible" if is_same else "implausible",
        numbers=numbers,
        sentence=f"{before.text} to {after.text} is a change of {said(computed)}, not "
        f"{change.text}{hint}.",
    )  # fmt: skip


def percent_change_agrees(
    before_text: str | int, after_text: str | int, percent_text: str | int
) -> Finding:
    """Check a percentage change against the means before and after.

    The mean of each person's percentage differs from that of the means, so a gap is implausible.
    """
    before, after = printed(before_text, "mean before"), printed(after_text, "mean after")
    change = printed(percent_text, "percent_change")
    if before.low <= 0:
        return Finding(
            name="percent_of_means", verdict="cannot_tell",
            sentence="a percentage of a start at or below 0 says nothing.",
        )  # fmt: skip
    ends = [
        (a / b - 1) * 100 for a in (after.low, after.high) for b in (before.low, before.high)
    ]  # fmt: skip
    computed = (after.value / before.value - 1) * 100
    numbers = {"computed_percent": float(computed), "printed_percent": float(change.value)}
    fits = change.high >= min(ends) and change.low <= max(ends)
    tail = (
        ", as printed." if fits
        else f", not {change.text.rstrip(' %')} %; unless it is the mean of each person's own."
    )  # fmt: skip
    return Finding(
        name="percent_of_means", verdict="possible" if fits else "implausible", numbers=numbers,
        sentence=f"{before.text} to {after.text} is a change of {said(computed)} %{tail}",
    )  # fmt: skip


def n_agrees(n: int, n_randomised: int) -> Finding:
    """Check that no more people were analysed than randomised."""
    people(n), people(n_randomised, "n_randomised")
    numbers = {"n": float(n), "n_randomised": float(n_randomised)}
    if n > n_randomised:
        return Finding(
            name="people_analysed", verdict="impossible", numbers=numbers,
            sentence=f"{n} people were analysed and {n_randomised} randomised.",
        )  # fmt: skip
    return Finding(
        name="people_analysed", verdict="possible", numbers=numbers,
        sentence=f"{n} of the {n_randomised} people randomised were analysed.",
    )  # fmt: skip


def registry_agrees(n: int, n_registered: int, registered_is: Enrolment = "actual") -> Finding:
    """Check the number of people of a paper against that of its registration."""
    people(n), people(n_registered, "n_registered")
    numbers = {"n": float(n), "n_registered": float(n_registered)}
    name = "people_registered"
    if n == n_registered:
        return Finding(
            name=name, verdict="possible", numbers=numbers,
            sentence=f"the registration and the paper both give {n} people.",
        )  # fmt: skip
    sentence = f"the registration gives {n_registered} people ({registered_is}) and the paper {n}"
    if registered_is == "planned" and n < n_registered:
        return Finding(
            name=name, verdict="possible", numbers=numbers,
            sentence=f"{sentence}: fewer than planned.",
        )  # fmt: skip
    return Finding(
        name=name, verdict="implausible", numbers=numbers, sentence=f"{sentence}; ask why."
    )


def gain_within_bound(
    gain_text: str | int,
    bound: Estimate | tuple[float, float],
    *,
    se_text: str | int | None = None,
    unit: str = "",
) -> Finding:
    """Check a gain against the largest that is plausible.

    Parameters
    ----------
    gain_text:
        The gain as printed.
    bound:
        The bound with its standard error, or its interval; its upper end counts.
    se_text:
        The standard error of the gain: a gain whose own interval reaches the bound is possible.
    unit:
        For the sentence.

    Raises
    ------
    InputError
        If a number cannot be read or the bound is not finite.
    """
    gain = printed(gain_text, "gain")
    upper = bound.interval()[1] if isinstance(bound, Estimate) else bound[1]
    if not math.isfinite(upper):
        raise InputError("bound: its upper end is not a number; give one")
    unit = unit or (bound.unit if isinstance(bound, Estimate) else "")
    tail = f" {unit}".replace(" percent", " %").rstrip()
    numbers = {"gain": float(gain.value), "upper": upper}
    shown = f"a gain of {gain.text.rstrip(' %')}{tail}"
    if float(gain.low) <= upper:
        return Finding(
            name="gain_and_bound", verdict="possible", numbers=numbers,
            sentence=f"{shown} lies within the plausible {said(upper)}{tail}.",
        )  # fmt: skip
    if se_text is not None:
        se = printed(se_text, "se of the gain")
        if float(gain.low) - 1.96 * float(se.high) <= upper:
            return Finding(
                name="gain_and_bound", verdict="possible", numbers=numbers,
                sentence=f"{shown} lies above the plausible {said(upper)}{tail}, but within its "
                "own error.",
            )  # fmt: skip
    return Finding(
        name="gain_and_bound", verdict="implausible", numbers=numbers,
        sentence=f"{shown} is more than the plausible {said(upper)}{tail}: measurement or "
        "selection is likelier until repeated.",
    )  # fmt: skip
