"""What can be recomputed of a claim, from the numbers of facts: one sentence for each check."""

from collections.abc import Callable
from typing import Literal

import msgspec

from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence.ledger import arithmetic
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.claim_check import (
    BeforeAndAfter,
    Check,
    Cited,
    GainAgainstBound,
    NAgainstRegistry,
    NetOfControl,
    NotRecomputable,
    NumberAgainst,
    PAndInterval,
    PercentOfMeans,
    PFromMean,
    RangeAgainst,
    RankSum,
    ShareOfN,
    SignedRank,
    SumToN,
    TimesAsMuch,
    VisitInStudy,
    ZeroEvents,
    cited_numbers,
)
from anagen.frozen import Record

Outcome = Literal["fits", "does_not_fit", "for_scale", "not_recomputable"]
"""`fits`: the numbers agree; `does_not_fit`: they cannot all be right, or one is beyond the bound;
`for_scale`: a size was computed that no number contradicts."""

Z_95 = 1.96
FACTORS = {"none": 1.0, "months_to_weeks": 365.25 / 12 / 7, "months_to_days": 365.25 / 12}


class GainQuestion(Record):
    """Which bound of a gain is asked for; without a baseline that of the trials' average."""

    measure: Slug
    week: float
    is_percent: bool
    is_net: bool
    baseline_per_cm2: float | None = None


Bound = Callable[[GainQuestion], Estimate | None]
"""Gives the largest plausible gain; it is handed in, since no model of growth is known here."""


class Recomputation(Record):
    """One recomputation: its outcome, a sentence, its numbers, and the facts that it rests on."""

    kind: str
    outcome: Outcome
    text: str
    numbers: dict[str, float] = msgspec.field(default_factory=dict)
    rests_on: list[str] = msgspec.field(default_factory=list)


class _Found(Record):
    """An outcome in words, before it is tied to its facts."""

    outcome: Outcome
    text: str
    numbers: dict[str, float] = msgspec.field(default_factory=dict)


def _shown(value: float, digits: int = 4) -> str:
    """Return a number with few digits, thousands parted, and a true minus."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"
    return text.replace("-", "−")


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "") + _shown(value)


def _p(value: float) -> str:
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def _either(fits: bool) -> Outcome:
    return "fits" if fits else "does_not_fit"


def _counts(counts: range, n: float) -> str:
    if len(counts) == 1:
        return f"{counts[0]} of {_shown(n)}"
    return f"{counts[0]} to {counts[-1]} of {_shown(n)}"


def _nearest(percent: float, n: float) -> str:
    return " and ".join(
        f"{k} of {_shown(n)} is {100 * k / n:.1f} %" for k in arithmetic.nearest_counts(percent, n)
    )


def _more_than(check: ShareOfN) -> _Found:
    percent, n = check.percent.number(), check.n.number()
    least = arithmetic.least_count_above(percent, n)
    low, high = arithmetic.exact_interval(least, n)
    text = (
        f"more than {check.percent.text} % of {_shown(n)} is {least} people or more; {least} of "
        f"{_shown(n)} is {100 * least / n:.0f} %, with an exact 95 % interval of {low:.0f} to "
        f"{high:.0f} %"
    )
    return _Found(
        outcome="for_scale", text=text, numbers={"least": least, "low": low, "high": high}
    )


def _together(check: ShareOfN) -> tuple[str, int | None]:
    """Return which number of people would fit all the percentages, in words and as a number."""
    shares = [(c.number(), c.digits()) for c in (check.percent, *check.also)]
    fewer = arithmetic.fewest_lost_that_fit(shares, check.n.number())
    if fewer is None:
        return "", None
    named = " and ".join(f"{c.text} %" for c in (check.percent, *check.also))
    return f"; {named} would fit {fewer} {check.of}", fewer


def _impossible(check: ShareOfN) -> _Found:
    percent, n = check.percent.number(), check.n.number()
    people = percent * n / 100
    text = (
        f"{check.percent.text} % of {_shown(n)} {check.of} is {people:.1f}, no whole number: "
        f"{_nearest(percent, n)}"
    )
    numbers = {"people": people}
    if check.relation == "if_a_share":
        text = f"it can be no share of {check.of}: {text}"
        return _Found(outcome="for_scale", text=text, numbers=numbers)
    if check.relation == "about":
        text += "; only as a rounded figure can it stand"
    if check.also:
        said, fewer = _together(check)
        text += said
        numbers |= {} if fewer is None else {"would_fit_n": float(fewer)}
    return _Found(outcome="does_not_fit", text=text, numbers=numbers)


def _share_of_n(check: ShareOfN) -> _Found:
    if check.relation == "more_than":
        return _more_than(check)
    percent, n = check.percent.number(), check.n.number()
    counts = arithmetic.counts_that_fit(percent, check.percent.digits(), n)
    if not counts:
        return _impossible(check)
    low, high = arithmetic.exact_interval(counts[0], n)
    text = (
        f"{check.percent.text} % of {_shown(n)} {check.of} is {_counts(counts, n)}: possible; the "
        f"exact 95 % interval of {counts[0]} of {_shown(n)} is {low:.1f} to {high:.1f} %"
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
    return _Found(outcome=_either(not misfit), text=text, numbers=numbers)


def _sum_to_n(check: SumToN) -> _Found:
    total = sum(part.number() for part in check.parts)
    told = f"{' + '.join(part.text for part in check.parts)} = {_shown(total)}"
    fits = total == check.total.number()
    text = told if fits else f"{told}, and {check.total.text} is stated"
    return _Found(outcome=_either(fits), text=text, numbers={"sum": total})


def _number_against(check: NumberAgainst) -> _Found:
    quoted, found = check.quoted.number(), check.found.number()
    if quoted == found:
        return _Found(outcome="fits", text=f"{check.what}: {check.quoted.text} in both")
    text = f"{check.what}: {check.quoted.text} is quoted, {check.found.text} was found"
    return _Found(outcome="does_not_fit", text=text, numbers={"difference": quoted - found})


def _n_against_registry(check: NAgainstRegistry) -> _Found:
    paper, registry = check.paper.number(), check.registry.number()
    if paper == registry:
        return _Found(outcome="fits", text=f"the registry and the paper name {_shown(paper)} people")
    share = arithmetic.percent_of(registry - paper, registry)
    less = f"{share:.0f} % fewer" if paper < registry else f"{-share:.0f} % more"
    text = (
        f"the registry names {_shown(registry)} people, the paper reports {_shown(paper)}: {less}, "
        "unexplained in what was read"
    )
    return _Found(outcome="does_not_fit", text=text, numbers={"missing": registry - paper})


def _zero_events(check: ZeroEvents) -> _Found:
    n = check.n.number()
    upper, head = arithmetic.zero_event_upper(n), arithmetic.three_in(n)
    both = arithmetic.exact_interval(0, n)[1]
    text = (
        f"none of {_shown(n)} with {check.what} still allows a rate of up to {upper:.1f} % "
        f"(exact, 95 %, one-sided; rule of three: 3/{_shown(n)} = {head:.1f} %; two-sided: "
        f"{both:.1f} %)"
    )
    numbers = {"upper_percent": upper, "rule_of_three_percent": head, "two_sided_percent": both}
    return _Found(outcome="for_scale", text=text, numbers=numbers)


def _percent_of_means(check: PercentOfMeans) -> _Found:
    change = check.change.number()
    shares = sorted(arithmetic.percent_of(change, start.number()) for start in check.start)
    starts = " to ".join(start.text for start in check.start)
    said = " to ".join(f"{share:.1f}" for share in shares)
    text = f"{_signed(change)} {check.unit_text} from a start of {starts} is {said} %"
    numbers = {"low_percent": shares[0], "high_percent": shares[-1]}
    if check.percent is None:
        return _Found(outcome="for_scale", text=text, numbers=numbers)
    half = 0.5 * 10 ** -check.percent.digits()
    fits = shares[0] - half <= check.percent.number() <= shares[-1] + half
    text += f"; {check.percent.text} % is stated"
    return _Found(outcome=_either(fits), text=text, numbers=numbers)


def _before_and_after(check: BeforeAndAfter) -> _Found:
    before, after = check.before.number(), check.after.number()
    share = arithmetic.percent_of(after - before, before)
    text = (
        f"{check.before.text} to {check.after.text} {check.unit_text} is {_signed(after - before)}, "
        f"or {_signed(round(share, 1))} %"
    )
    numbers = {"change": after - before, "percent": share}
    if check.percent is None:
        return _Found(outcome="for_scale", text=text, numbers=numbers)
    fits = arithmetic.rounds_to(abs(share), abs(check.percent.number()), check.percent.digits())
    text += f"; {check.percent.text} % is stated"
    return _Found(outcome=_either(fits), text=text, numbers=numbers)


def _net_of_control(check: NetOfControl) -> _Found:
    treated, control = check.treated.number(), check.control.number()
    net = treated - control
    text = (
        f"{check.what}: {_signed(treated)} against {_signed(control)} {check.unit_text} on the control "
        f"leaves {_signed(round(net, 6))}"
    )
    if treated > 0 and 0 < control < treated:
        text += f"; {100 * control / treated:.0f} % of the gain came without the treatment"
    if check.net is None:
        return _Found(outcome="for_scale", text=text, numbers={"net": net})
    digits = max(check.treated.digits(), check.control.digits())
    fits = abs(net - check.net.number()) <= 10**-digits + 1e-9
    return _Found(
        outcome=_either(fits), text=f"{text}; {check.net.text} is stated", numbers={"net": net}
    )


def _gain_against_bound(check: GainAgainstBound, bound: Bound | None) -> _Found:
    start = None if check.baseline_per_cm2 is None else check.baseline_per_cm2.number()
    question = GainQuestion(
        measure=check.measure, week=check.week.number(), is_percent=check.is_percent,
        is_net=check.is_net, baseline_per_cm2=start,
    )  # fmt: skip
    most = None if bound is None else bound(question)
    if most is None:
        text = "cannot be held against the bound of growth: none is known for this start and week"
        return _Found(outcome="not_recomputable", text=text)
    gain, upper = check.gain.number(), most.value + Z_95 * most.se
    unit = "%" if check.is_percent else "hairs/cm²"
    whose = "the average trial patient" if start is None else f"a start of {_shown(start)} hairs/cm²"
    place = "beyond" if gain > upper else "within"
    text = (
        f"{_signed(gain)} {unit} by week {check.week.text} is {place} what the model of hair "
        f"growth allows from {whose} (at most {_signed(round(upper, 1))} {unit})"
    )
    numbers = {"bound": most.value, "bound_se": most.se, "upper": upper}
    return _Found(outcome=_either(gain <= upper), text=text, numbers=numbers)


def _stated_p(p: float, stated: Cited | None) -> _Found:
    """Hold a recomputed p against the stated one: on the same side, within rounding."""
    if stated is None:
        return _Found(outcome="for_scale", text=_p(p), numbers={"p": p})
    fits = arithmetic.rounds_to(p, stated.number(), stated.digits())
    text = f"{_p(p)}; {stated.text} is stated"
    return _Found(outcome=_either(fits), text=text, numbers={"p": p})


def _p_and_interval(check: PAndInterval) -> _Found:
    value, low, high = (c.number() for c in (check.value, check.low, check.high))
    p = arithmetic.p_of_interval(value, low, high, is_ratio=check.is_ratio)
    found = _stated_p(p, check.p)
    text = f"{check.value.text} (95 % interval {_shown(low)} to {_shown(high)}) implies {found.text}"
    return msgspec.structs.replace(found, text=text)


def _p_from_mean(check: PFromMean) -> _Found:
    mean, sd, n = (c.number() for c in (check.mean, check.sd, check.n))
    t, p = arithmetic.paired_t(mean, sd, n)
    found = _stated_p(p, check.p)
    text = (
        f"a mean change of {_shown(mean)} with an SD of {_shown(sd)} in {_shown(n)} people is "
        f"{mean / sd:.1f} standard deviations (t = {t:.1f}); from the start alone {found.text}, "
        "which says nothing against a control"
    )
    numbers = {"t": t, "mean_over_sd": mean / sd, **found.numbers}
    return msgspec.structs.replace(found, text=text, numbers=numbers)


def _rank_sum(check: RankSum) -> _Found:
    n, m = check.n_treated.number(), check.n_control.number()
    delta = arithmetic.delta_of_rank_sum(check.w.number(), n, m)
    fits = arithmetic.rounds_to(delta, check.delta.number(), check.delta.digits())
    text = (
        f"a rank sum of {check.w.text} with {_shown(n)} against {_shown(m)} people gives Cliff's "
        f"delta {delta:.2f}; {check.delta.text} is stated"
    )
    return _Found(outcome=_either(fits), text=text, numbers={"delta": delta})


def _signed_rank(check: SignedRank) -> _Found:
    p = arithmetic.signed_rank_p(check.v.number(), check.n.number())
    fits = arithmetic.rounds_to(p, check.p.number(), check.p.digits())
    text = (
        f"a signed-rank statistic of {check.v.text} in {check.n.text} people gives exactly "
        f"p = {p:.4f}; {check.p.text} is stated"
    )
    return _Found(outcome=_either(fits), text=text, numbers={"p": p})


def _times_as_much(check: TimesAsMuch) -> _Found:
    quoted, found = check.quoted.number(), check.found.number()
    times = arithmetic.percent_of(quoted, found) / 100
    text = (
        f"{check.what}: {_shown(quoted)} is {_shown(times, 2)} times the {_shown(found)} that "
        "was found"
    )
    return _Found(outcome="for_scale", text=text, numbers={"times": times})


def _range_against(check: RangeAgainst) -> _Found:
    factor = FACTORS[check.conversion]
    quoted = sorted(factor * c.number() for c in check.quoted)
    found = sorted(c.number() for c in check.found)
    low, high = quoted[0], quoted[-1]
    words = " to ".join(dict.fromkeys(_shown(v, 3) for v in quoted))
    known = " to ".join(dict.fromkeys(_shown(v) for v in (found[0], found[-1])))
    meets = low <= found[-1] and found[0] <= high
    relation = "lies apart from"
    if meets:
        inside = low <= found[0] and found[-1] <= high
        around = found[0] <= low and high <= found[-1]
        relation = "holds" if inside else "lies within" if around else "overlaps with"
    converted = "" if check.conversion == "none" else f" ({check.conversion.replace('_', ' ')})"
    text = f"{check.what}: {words} {check.unit_text}{converted} {relation} {known} {check.unit_text} as found"
    return _Found(outcome=_either(meets), text=text, numbers={"low": low, "high": high})


def _visit_in_study(check: VisitInStudy, facts: Facts) -> _Found:
    study = facts.studies[check.study]
    weeks = sorted({float(o.week) for o in study.observations if o.week})
    if not weeks:
        text = f"no visit of {check.study} with a result was read"
        return _Found(outcome="not_recomputable", text=text)
    fits = check.week.number() in weeks
    named = " and ".join(_shown(week) for week in weeks)
    word = "weeks" if len(weeks) > 1 else "week"
    text = f"results of {check.study} were read for {word} {named}; {check.week.text} is quoted"
    return _Found(outcome=_either(fits), text=text)


_BY_KIND: dict[type, Callable[..., _Found]] = {
    ShareOfN: _share_of_n,
    SumToN: _sum_to_n,
    NumberAgainst: _number_against,
    NAgainstRegistry: _n_against_registry,
    ZeroEvents: _zero_events,
    PercentOfMeans: _percent_of_means,
    BeforeAndAfter: _before_and_after,
    NetOfControl: _net_of_control,
    PAndInterval: _p_and_interval,
    PFromMean: _p_from_mean,
    RankSum: _rank_sum,
    SignedRank: _signed_rank,
    TimesAsMuch: _times_as_much,
    RangeAgainst: _range_against,
}


def _found(check: Check, facts: Facts, bound: Bound | None) -> _Found:
    if isinstance(check, NotRecomputable):
        return _Found(outcome="not_recomputable", text=f"cannot be recomputed: {check.why}")
    if isinstance(check, GainAgainstBound):
        return _gain_against_bound(check, bound)
    if isinstance(check, VisitInStudy):
        return _visit_in_study(check, facts)
    return _BY_KIND[type(check)](check)


def recompute(check: Check, facts: Facts, bound: Bound | None = None) -> Recomputation:
    """Recompute what one check of a claim names.

    Parameters
    ----------
    check:
        The check; its numbers are facts.
    facts:
        All facts.
    bound:
        Gives the largest plausible gain for a question; without it no gain is held against one.

    Raises
    ------
    InputError
        If the numbers are impossible, such as a share above 100 %.
    """
    kind = str(msgspec.to_builtins(check)["kind"])
    try:
        found = _found(check, facts, bound)
    except InputError as error:
        raise InputError(f"the check {kind} of a claim cannot be computed: {error}") from error
    paths = list(dict.fromkeys(cited.at for cited in cited_numbers(check)))
    return Recomputation(
        kind=kind, outcome=found.outcome, text=found.text, numbers=found.numbers, rests_on=paths
    )
