"""What can be recomputed of a claim, from the numbers of facts: one sentence for each check."""

from collections.abc import Callable

import msgspec

from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence.ledger import arithmetic, people
from anagen.evidence.ledger.found import Found, Outcome, either, shown, signed
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

Z_95 = 1.96
FACTORS = {"none": 1.0, "months_to_weeks": 365.25 / 12 / 7, "months_to_days": 365.25 / 12}


class GainQuestion(Record):
    """Which bound of a gain is asked for.

    Without a baseline it is that of the trials' average for a percentage, the largest of any start
    for a gain in hairs/cm².
    """

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


def _p(value: float) -> str:
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def _percent_of_means(check: PercentOfMeans) -> Found:
    change = check.change.number()
    shares = sorted(arithmetic.percent_of(change, start.number()) for start in check.start)
    starts = " to ".join(start.text for start in check.start)
    said = " to ".join(f"{share:.1f}" for share in shares)
    text = f"{signed(change)} {check.unit_text} from a start of {starts} is {said} %"
    numbers = {"low_percent": shares[0], "high_percent": shares[-1]}
    if check.percent is None:
        return Found(outcome="for_scale", text=text, numbers=numbers)
    half = 0.5 * 10 ** -check.percent.digits()
    fits = shares[0] - half <= check.percent.number() <= shares[-1] + half
    text += f"; {check.percent.text} % is stated"
    return Found(outcome=either(fits), text=text, numbers=numbers)


def _before_and_after(check: BeforeAndAfter) -> Found:
    before, after = check.before.number(), check.after.number()
    share = arithmetic.percent_of(after - before, before)
    text = (
        f"{check.before.text} to {check.after.text} {check.unit_text} is "
        f"{signed(after - before)}, or {signed(round(share, 1))} %"
    )
    numbers = {"change": after - before, "percent": share}
    if check.percent is None:
        return Found(outcome="for_scale", text=text, numbers=numbers)
    fits = arithmetic.rounds_to(abs(share), abs(check.percent.number()), check.percent.digits())
    text += f"; {check.percent.text} % is stated"
    return Found(outcome=either(fits), text=text, numbers=numbers)


def _net_of_control(check: NetOfControl) -> Found:
    treated, control = check.treated.number(), check.control.number()
    net = treated - control
    text = (
        f"{check.what}: {signed(treated)} against {signed(control)} {check.unit_text} on the "
        f"control leaves {signed(round(net, 6))}"
    )
    if treated > 0 and 0 < control < treated:
        text += f"; {100 * control / treated:.0f} % of the gain came without the treatment"
    if check.net is None:
        return Found(outcome="for_scale", text=text, numbers={"net": net})
    digits = max(check.treated.digits(), check.control.digits())
    fits = abs(net - check.net.number()) <= 10**-digits + 1e-9
    return Found(
        outcome=either(fits), text=f"{text}; {check.net.text} is stated", numbers={"net": net}
    )


def _gain_against_bound(check: GainAgainstBound, bound: Bound | None) -> Found:
    start = None if check.baseline_per_cm2 is None else check.baseline_per_cm2.number()
    question = GainQuestion(
        measure=check.measure, week=check.week.number(), is_percent=check.is_percent,
        is_net=check.is_net, baseline_per_cm2=start,
    )  # fmt: skip
    most = None if bound is None else bound(question)
    if most is None:
        text = "cannot be held against the bound of growth: none is known for this start and week"
        return Found(outcome="not_recomputable", text=text)
    gain, upper = check.gain.number(), most.value + Z_95 * most.se
    unit = "%" if check.is_percent else "hairs/cm²"
    whose = "the average trial patient" if check.is_percent else "any start"
    if start is not None:
        whose = f"a start of {shown(start)} hairs/cm²"
    place = "beyond" if gain > upper else "within"
    text = (
        f"{signed(gain)} {unit} by week {check.week.text} is {place} what the model of hair "
        f"growth allows from {whose} (at most {signed(round(upper, 1))} {unit})"
    )
    numbers = {"bound": most.value, "bound_se": most.se, "upper": upper}
    return Found(outcome=either(gain <= upper), text=text, numbers=numbers)


def _stated_p(p: float, stated: Cited | None) -> Found:
    """Hold a recomputed p against the stated one: on the same side, within rounding."""
    if stated is None:
        return Found(outcome="for_scale", text=_p(p), numbers={"p": p})
    fits = arithmetic.rounds_to(p, stated.number(), stated.digits())
    text = f"{_p(p)}; {stated.text} is stated"
    return Found(outcome=either(fits), text=text, numbers={"p": p})


def _p_and_interval(check: PAndInterval) -> Found:
    value, low, high = (c.number() for c in (check.value, check.low, check.high))
    p = arithmetic.p_of_interval(value, low, high, is_ratio=check.is_ratio)
    found = _stated_p(p, check.p)
    text = f"{check.value.text} (95 % interval {shown(low)} to {shown(high)}) implies {found.text}"
    return msgspec.structs.replace(found, text=text)


def _p_from_mean(check: PFromMean) -> Found:
    mean, sd, n = (c.number() for c in (check.mean, check.sd, check.n))
    t, p = arithmetic.paired_t(mean, sd, n)
    found = _stated_p(p, check.p)
    text = (
        f"a mean change of {shown(mean)} with an SD of {shown(sd)} in {shown(n)} people is "
        f"{mean / sd:.1f} standard deviations (t = {t:.1f}); from the start alone {found.text}, "
        "which says nothing against a control"
    )
    numbers = {"t": t, "mean_over_sd": mean / sd, **found.numbers}
    return msgspec.structs.replace(found, text=text, numbers=numbers)


def _rank_sum(check: RankSum) -> Found:
    n, m = check.n_treated.number(), check.n_control.number()
    delta = arithmetic.delta_of_rank_sum(check.w.number(), n, m)
    fits = arithmetic.rounds_to(delta, check.delta.number(), check.delta.digits())
    text = (
        f"a rank sum of {check.w.text} with {shown(n)} against {shown(m)} people gives Cliff's "
        f"delta {delta:.2f}; {check.delta.text} is stated"
    )
    return Found(outcome=either(fits), text=text, numbers={"delta": delta})


def _signed_rank(check: SignedRank) -> Found:
    p = arithmetic.signed_rank_p(check.v.number(), check.n.number())
    fits = arithmetic.rounds_to(p, check.p.number(), check.p.digits())
    text = (
        f"a signed-rank statistic of {check.v.text} in {check.n.text} people gives exactly "
        f"p = {p:.4f}; {check.p.text} is stated"
    )
    return Found(outcome=either(fits), text=text, numbers={"p": p})


def _times_as_much(check: TimesAsMuch) -> Found:
    quoted, found = check.quoted.number(), check.found.number()
    times = arithmetic.percent_of(quoted, found) / 100
    text = (
        f"{check.what}: {shown(quoted)} is {shown(times, 2)} times the {shown(found)} that "
        "was found"
    )
    return Found(outcome="for_scale", text=text, numbers={"times": times})


def _range_against(check: RangeAgainst) -> Found:
    factor = FACTORS[check.conversion]
    quoted = sorted(factor * c.number() for c in check.quoted)
    found = sorted(c.number() for c in check.found)
    low, high = quoted[0], quoted[-1]
    digits = 4 if check.conversion == "none" else 3
    words = " to ".join(dict.fromkeys(shown(v, digits) for v in quoted))
    known = " to ".join(dict.fromkeys(shown(v) for v in (found[0], found[-1])))
    meets = low <= found[-1] and found[0] <= high
    relation = "lies apart from"
    if meets:
        inside = low <= found[0] and found[-1] <= high
        around = found[0] <= low and high <= found[-1]
        relation = "holds" if inside else "lies within" if around else "overlaps with"
    converted = "" if check.conversion == "none" else f" ({check.conversion.replace('_', ' ')})"
    unit = check.unit_text
    text = f"{check.what}: {words} {unit}{converted} {relation} {known} {unit} as found"
    return Found(outcome=either(meets), text=text, numbers={"low": low, "high": high})


def _visit_in_study(check: VisitInStudy, facts: Facts) -> Found:
    study = facts.studies[check.study]
    weeks = sorted({float(o.week) for o in study.observations if o.week})
    if not weeks:
        text = f"no visit of {check.study} with a result was read"
        return Found(outcome="not_recomputable", text=text)
    fits = check.week.number() in weeks
    named = " and ".join(shown(week) for week in weeks)
    word = "weeks" if len(weeks) > 1 else "week"
    text = f"results of {check.study} were read for {word} {named}; {check.week.text} is quoted"
    return Found(outcome=either(fits), text=text)


_BY_KIND: dict[type, Callable[..., Found]] = {
    ShareOfN: people.share_of_n,
    SumToN: people.sum_to_n,
    NumberAgainst: people.number_against,
    NAgainstRegistry: people.n_against_registry,
    ZeroEvents: people.zero_events,
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


def _found(check: Check, facts: Facts, bound: Bound | None) -> Found:
    if isinstance(check, NotRecomputable):
        return Found(outcome="not_recomputable", text=f"cannot be recomputed: {check.why}")
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
