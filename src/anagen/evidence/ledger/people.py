"""Counts of people recomputed: shares that are whole numbers, sums, and events that nobody had."""

from anagen.evidence.ledger import arithmetic
from anagen.evidence.ledger.found import Found, either, shown
from anagen.facts.claim_check import (
    NAgainstRegistry,
    NumberAgainst,
    ShareOfN,
    SumToN,
    ZeroEvents,
)


def _counts(counts: range, n: float) -> str:
    if len(counts) == 1:
        return f"{counts[0]} of {shown(n)}"
    return f"{counts[0]} to {counts[-1]} of {shown(n)}"


def _nearest(percent: float, n: float) -> str:
    return " and ".join(
        f"{k} of {shown(n)} is {100 * k / n:.1f} %" for k in arithmetic.nearest_counts(percent, n)
    )


def _more_than(check: ShareOfN) -> Found:
    percent, n = check.percent.number(), check.n.number()
    least = arithmetic.least_count_above(percent, n)
    low, high = arithmetic.exact_interval(least, n)
    text = (
        f"more than {check.percent.text} % of {shown(n)} is {least} people or more; {least} of "
        f"{shown(n)} is {100 * least / n:.0f} %, with an exact 95 % interval of {low:.0f} to "
        f"{high:.0f} %"
    )
    return Found(outcome="for_scale", text=text, numbers={"least": least, "low": low, "high": high})


def _together(check: ShareOfN) -> tuple[str, int | None]:
    """Return which number of people would fit all the percentages, in words and as a number."""
    shares = [(c.number(), c.digits()) for c in (check.percent, *check.also)]
    fewer = arithmetic.fewest_lost_that_fit(shares, check.n.number())
    if fewer is None:
        return "", None
    named = " and ".join(f"{c.text} %" for c in (check.percent, *check.also))
    return f"; {named} would fit {fewer} {check.of}", fewer


def _impossible(check: ShareOfN) -> Found:
    percent, n = check.percent.number(), check.n.number()
    people = percent * n / 100
    text = (
        f"{check.percent.text} % of {shown(n)} {check.of} is {people:.1f}, no whole number: "
        f"{_nearest(percent, n)}"
    )
    numbers = {"people": people}
    if check.relation == "if_a_share":
        text = f"it can be no share of {check.of}: {text}"
        return Found(outcome="for_scale", text=text, numbers=numbers)
    if check.relation == "about":
        text += "; only as a rounded figure can it stand"
    if check.also:
        said, fewer = _together(check)
        text += said
        numbers |= {} if fewer is None else {"would_fit_n": float(fewer)}
    return Found(outcome="does_not_fit", text=text, numbers=numbers)


def share_of_n(check: ShareOfN) -> Found:
    """Say whether a percentage of people is a whole number of them."""
    if check.relation == "more_than":
        return _more_than(check)
    percent, n = check.percent.number(), check.n.number()
    counts = arithmetic.counts_that_fit(percent, check.percent.digits(), n)
    if not counts:
        return _impossible(check)
    low, high = arithmetic.exact_interval(counts[0], n)
    text = (
        f"{check.percent.text} % of {shown(n)} {check.of} is {_counts(counts, n)}: possible; the "
        f"exact 95 % interval of {counts[0]} of {shown(n)} is {low:.1f} to {high:.1f} %"
    )
    numbers = {"people": percent * n / 100, "low": low, "high": high}
    exact = 100 * counts[0] / n
    if arithmetic.is_half_way(exact, percent, check.percent.digits()):
        way = "down" if exact > percent else "up"
        text = text.replace(": possible;", f", if {exact:g} was rounded {way};")
    misfit = [c for c in check.also if not arithmetic.counts_that_fit(c.number(), c.digits(), n)]
    if misfit:
        said, _ = _together(check)
        text += f"; {misfit[0].text} % of the same {check.of} is no whole number{said}"
    return Found(outcome=either(not misfit), text=text, numbers=numbers)


def sum_to_n(check: SumToN) -> Found:
    """Say whether parts add up."""
    total = sum(part.number() for part in check.parts)
    told = f"{' + '.join(part.text for part in check.parts)} = {shown(total)}"
    fits = total == check.total.number()
    text = told if fits else f"{told}, and {check.total.text} is stated"
    return Found(outcome=either(fits), text=text, numbers={"sum": total})


def number_against(check: NumberAgainst) -> Found:
    """Say whether a quoted number is the one that was found."""
    quoted, found = check.quoted.number(), check.found.number()
    if quoted == found:
        return Found(outcome="fits", text=f"{check.what}: {check.quoted.text} in both")
    text = f"{check.what}: {check.quoted.text} is quoted, {check.found.text} was found"
    return Found(outcome="does_not_fit", text=text, numbers={"difference": quoted - found})


def n_against_registry(check: NAgainstRegistry) -> Found:
    """Say whether paper and registry name as many people."""
    paper, registry = check.paper.number(), check.registry.number()
    if paper == registry:
        return Found(outcome="fits", text=f"the registry and the paper name {shown(paper)} people")
    share = arithmetic.percent_of(registry - paper, registry)
    less = f"{share:.0f} % fewer" if paper < registry else f"{-share:.0f} % more"
    text = (
        f"the registry names {shown(registry)} people, the paper reports {shown(paper)}: {less}, "
        "unexplained in what was read"
    )
    return Found(outcome="does_not_fit", text=text, numbers={"missing": registry - paper})


def zero_events(check: ZeroEvents) -> Found:
    """Say what rate no event among n people still allows."""
    n = check.n.number()
    upper, head = arithmetic.zero_event_upper(n), arithmetic.three_in(n)
    both = arithmetic.exact_interval(0, n)[1]
    text = (
        f"none of {shown(n)} with {check.what} still allows a rate of up to {upper:.1f} % "
        f"(exact, 95 %, one-sided; rule of three: 3/{shown(n)} = {head:.1f} %; two-sided: "
        f"{both:.1f} %)"
    )
    numbers = {"upper_percent": upper, "rule_of_three_percent": head, "two_sided_percent": both}
    return Found(outcome="for_scale", text=text, numbers=numbers)
