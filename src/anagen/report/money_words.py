"""What the page says of money and time: wishes, visits, and how an option stands to a wish."""

from anagen.candidacy import Wishes
from anagen.plan.burden import Burden, CountRange
from anagen.plan.wishes_fit import BudgetFit
from anagen.report.words import money

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
