"""What the page says of money and time: wishes, visits, and how an option stands to a wish."""

from collections.abc import Sequence

from anagen.candidacy import Wishes
from anagen.plan.burden import Burden, CountRange
from anagen.plan.costs import CostRange, OptionCost
from anagen.plan.documents import OptionCard
from anagen.plan.wishes_fit import BudgetFit
from anagen.report.words import money, total

BUDGET_WORDS: dict[BudgetFit, str] = {
    "within": "within your budget",
    "partly": "only the low end is within your budget",
    "above": "above your budget",
    "not_known": "not known whether it is within your budget",
}
BUDGET_MARKS: dict[BudgetFit, str] = {"within": "✓", "partly": "◐", "above": "✕", "not_known": "?"}
DEMAND_WORDS = {
    "daily_treatment": "every day",
    "tablets": "tablets or capsules",
    "needles": "needles",
    "surgery": "an operation",
}


def _count(span: CountRange, one: str, many: str) -> str:
    if span.low == span.high:
        return f"{span.low:g} {one if span.low == 1 else many}"
    return f"{span.low:,.0f} to {span.high:,.0f} {many}"


def time_said(burden: Burden) -> list[str]:
    """Return what an option asks for in visits, doses and hours, each in a few words.

    Examples
    --------
    >>> visits = CountRange(low=3, high=6)
    >>> time_said(Burden(demands=[], source=[], has_sessions=True, visits_first_year=visits))
    ['3 to 6 visits in the first year; in later years not known']
    """
    said = []
    if burden.visits_in_all is not None:
        said.append(f"{_count(burden.visits_in_all, 'operation', 'operations')} in all")
    elif burden.visits_first_year is not None:
        later = burden.visits_per_later_year
        then = "in later years not known" if later is None else _count(later, "a year", "a year")
        first = _count(burden.visits_first_year, "visit", "visits")
        said.append(f"{first} in the first year; {'' if later is None else 'then '}{then}")
    elif burden.has_sessions:
        said.append("visits: not known")
    often = burden.applications_per_year
    is_daily = "daily_treatment" in burden.demands
    if often is not None:
        at = "daily" if is_daily else "at home"
        said.append(f"{at}: {_count(often, 'time', 'times')} a year")
    elif is_daily:
        said.append("daily; how many times was not collected")
    if burden.hours_per_year is not None:
        said.append(f"{_count(burden.hours_per_year, 'hour', 'hours')} a year at home")
    return said


def demands_said(burden: Burden) -> str:
    """Return the kinds of treatment that an option asks a person to accept."""
    named = [DEMAND_WORDS[kind] for kind in burden.demands if kind != "daily_treatment"]
    return ", ".join(named)


def wishes_said(wishes: Wishes) -> list[str]:
    """Return what a person wishes, each wish in a few words."""
    said = []
    currency = wishes.budget_currency or ""
    if wishes.budget_per_year is not None:
        budget = money(wishes.budget_per_year, wishes.budget_per_year, currency)
        said.append(f"at most {budget} a year")
    if wishes.budget_total is not None:
        budget = money(wishes.budget_total, wishes.budget_total, currency)
        said.append(f"at most {budget} in all")
    if wishes.horizon_years is not None:
        years = "1 year" if wishes.horizon_years == 1 else f"{wishes.horizon_years} years"
        said.append(f"counted over {years}")
    if wishes.most_visits_per_year is not None:
        count = wishes.most_visits_per_year
        visits = "visit" if count == 1 else "visits"
        said.append(f"at most {count} {visits} a year" if count else "no visits")
    refused = {
        "accepts_daily_treatment": "nothing for every day",
        "accepts_tablets": "no tablets or capsules",
        "accepts_needles": "no needles",
        "accepts_surgery": "no operation",
    }
    return said + [words for key, words in refused.items() if getattr(wishes, key) == "no"]


def spent(entry: CostRange, years: int = 1) -> str:
    """Return what an option costs in one currency, with what the sum leaves out.

    Parameters
    ----------
    entry:
        The cost.
    years:
        1 for the first year, 5 for five.
    """
    low, high = entry.first_year_low, entry.first_year_high
    if years > 1:
        low, high = entry.five_years_low, entry.five_years_high
    if low is None:
        return "not known"
    beside = [entry.without] if entry.without else []
    if years == 1 and entry.first_year_named_high is not None:
        top = money(entry.first_year_named_high, entry.first_year_named_high, entry.currency)
        beside.insert(0, f"one price has no upper end, others reach {top}")
    is_bought = low == 0 and high is None
    said = "nothing while it lasts" if is_bought else total(low, high, entry.currency)
    return f"{said} ({'; '.join(beside)})" if beside else said


def first_year_said(cost: OptionCost) -> str:
    """Return what the first year of an option costs, in every currency that has a price."""
    found = [spent(entry) for entry in cost.ranges if entry.first_year_low is not None]
    said = "; ".join(found) or cost.text or "not known"
    if not cost.uses or not found:
        return said
    return f"{said}, paid already" if cost.is_in_use else f"{said}, on top of what you pay now"


def local_price_said(cards: Sequence[OptionCard]) -> str:
    """Say which options have no price in the currency of the place of treatment; empty if none.

    Options without any price are named elsewhere and do not count.
    """
    priced = [card for card in cards if card.cost.ranges and card.cost.local_currency]
    without = [card for card in priced if card.cost.local_note]
    if not without:
        return ""
    currency = priced[0].cost.local_currency
    having = [card.short_label for card in priced if not card.cost.local_note]
    if not having:
        return without[0].cost.local_note
    if len(having) < len(without):
        return f"A price in {currency} was found for these only: {', '.join(having)}."
    return f"No price in {currency} was found for: {', '.join(c.short_label for c in without)}."


def offer_line(
    price: float,
    currency: str,
    sessions: int | None = None,
    collected: tuple[float, float | None] | None = None,
) -> str:
    """Return what a person was offered, beside the prices that were collected for a session.

    Parameters
    ----------
    price:
        What one session is offered for.
    currency:
        Its code; nothing is converted.
    sessions:
        How many sessions were offered, if said.
    collected:
        Least and greatest price of a session that was collected in the same currency; no upper end
        where a source gives none; absent where no price in it was found.

    Examples
    --------
    >>> offer_line(1200, "GBP")
    'You were offered 1,200 GBP a session. No price of a session in GBP was found.'
    >>> offer_line(1200, "USD", 3, (1000, 5000))
    'You were offered 1,200 USD a session, 3,600 USD for 3. Pages ask US$1,000–5,000 a session.'
    """
    amount = f"{price:,.2f}".removesuffix(".00")
    said = f"You were offered {amount} {currency} a session"
    if sessions is not None and sessions > 1:
        in_all = f"{price * sessions:,.2f}".removesuffix(".00")
        said += f", {in_all} {currency} for {sessions}"
    if collected is None:
        return f"{said}. No price of a session in {currency} was found."
    return f"{said}. Pages ask {total(*collected, currency)} a session."
