"""Each option held against what a person can and wants to spend: named, never hidden or closed."""

from typing import Literal

import msgspec

from anagen.candidacy import Wishes
from anagen.facts.treatment import DemandKind
from anagen.frozen import Record
from anagen.plan.burden import Burden, CountRange
from anagen.plan.costs import CostRange, OptionCost, Range, is_whole, total, with_paid_now

BudgetFit = Literal["within", "partly", "above", "not_known"]

DEMAND_WISHES: dict[DemandKind, tuple[str, str]] = {
    "daily_treatment": ("accepts_daily_treatment", "You do not want a treatment for every day."),
    "tablets": ("accepts_tablets", "You do not want tablets or capsules."),
    "needles": ("accepts_needles", "You do not want needles."),
    "surgery": ("accepts_surgery", "You do not want an operation."),
}


class WishesFit(Record):
    """How an option stands to a person's wishes; it never closes one.

    `budget` is `within` where even the upper end fits, `partly` where only the low end does,
    `above` where not even that, `not_known` where the price does not tell; absent without a budget.
    `unwanted` names, in sentences, what the person does not want and the option asks for;
    `not_known` what was not collected and would tell.
    """

    budget: BudgetFit | None = None
    budget_text: str = ""
    unwanted: list[str] = msgspec.field(default_factory=list)
    not_known: list[str] = msgspec.field(default_factory=list)


def has_wishes(wishes: Wishes | None) -> bool:
    """Say whether a person wishes anything that an option can be held against."""
    if wishes is None:
        return False
    return (
        budget_of(wishes) is not None
        or wishes.most_visits_per_year is not None
        or any(getattr(wishes, key) == "no" for key, _ in DEMAND_WISHES.values())
    )


def budget_of(wishes: Wishes) -> float | None:
    """Return the budget, per year or in total."""
    return wishes.budget_total if wishes.budget_total is not None else wishes.budget_per_year


def horizon_of(wishes: Wishes | None) -> Literal[1, 5]:
    """Return over how many years cost is counted: one, unless the person says five."""
    return 5 if wishes is not None and wishes.horizon_years == 5 else 1


def wishes_fit(wishes: Wishes | None, cost: OptionCost, burden: Burden) -> WishesFit | None:
    """Hold an option against the wishes; nothing where nothing is wished.

    A budget per year is held against the first year and, over five years, against a later year too;
    a budget in total against the total over the horizon. For somebody who uses something, what that
    costs is counted in: a budget is for all that is spent on the hair.
    """
    if wishes is None or not has_wishes(wishes):
        return None
    fit, text = _against_budget(wishes, cost)
    unwanted = [
        sentence
        for kind, (key, sentence) in DEMAND_WISHES.items()
        if kind in burden.demands and getattr(wishes, key) == "no"
    ]
    too_many, unknown = _against_visits(wishes, burden)
    return WishesFit(budget=fit, budget_text=text, unwanted=unwanted + too_many, not_known=unknown)


def compare(spent: Range | None, budget: float) -> BudgetFit:
    """Hold a range of cost against a budget.

    A range without an upper end is never within: its low end alone cannot tell.

    Examples
    --------
    >>> compare((100, 200), 300), compare((100, 400), 300), compare((400, 500), 300)
    ('within', 'partly', 'above')
    >>> compare((100, None), 300), compare((400, None), 300), compare(None, 300)
    ('partly', 'above', 'not_known')
    """
    if spent is None:
        return "not_known"
    low, high = spent
    if low > budget:
        return "above"
    return "within" if high is not None and high <= budget else "partly"


def _against_budget(wishes: Wishes, cost: OptionCost) -> tuple[BudgetFit | None, str]:
    budget = budget_of(wishes)
    if budget is None:
        return None, ""
    if cost.basis == "nothing":
        return "within", "It costs nothing."
    if not cost.ranges:
        return "not_known", "No price was found."
    entry = with_paid_now(cost, wishes.budget_currency or "")
    if entry is None:
        found = " and ".join(r.currency for r in cost.ranges)
        return "not_known", f"Prices were found in {found} only, and nothing is converted."
    years = horizon_of(wishes)
    if wishes.budget_total is not None:
        fit = compare(total(entry, years), budget)
    else:
        fits = [compare(total(entry, 1), budget)]
        if years > 1 and entry.later_year_low is not None:
            fits.append(compare((entry.later_year_low, entry.later_year_high), budget))
        fit = min(fits, key=FROM_WORST.index)
    if fit != "above" and not is_whole(entry, years):
        fit = "not_known"
    return fit, " ".join(filter(None, [_why(entry, fit, years), _beside(cost, entry.currency)]))


FROM_WORST: tuple[BudgetFit, ...] = ("above", "not_known", "partly", "within")
"""What holds of one year too dear holds of all years together."""


def _beside(cost: OptionCost, currency: str) -> str:
    """Say whether what the person pays now is counted in."""
    if not cost.uses or cost.is_in_use:
        return ""
    paid = next((entry for entry in cost.paid_now if entry.currency == currency), None)
    is_known = paid is not None and not paid.without_price
    return "What you pay now is counted in." if is_known else "What you pay now is not known."


def _why(entry: CostRange, fit: BudgetFit, years: int) -> str:
    """Say in a sentence what keeps the answer from being a plain one."""
    if fit == "above":
        return ""
    if entry.first_year_low is None:
        return "No price tells what a year costs."
    if entry.without_price:
        return "A part of it has no price."
    if not is_whole(entry, years):
        return "What later years cost is not known."
    ends_open = entry.first_year_high is None or (years > 1 and entry.later_year_high is None)
    return "It has no upper end." if ends_open else ""


def _against_visits(wishes: Wishes, burden: Burden) -> tuple[list[str], list[str]]:
    """Return what is more than the person wants, and what is not known, in sentences."""
    most = wishes.most_visits_per_year
    if most is None or not burden.has_sessions:
        return [], []
    if burden.visits_in_all is not None:
        least = burden.visits_in_all.low
        return ([f"It takes at least {_visits(least)}; you want none."] if most == 0 else []), []
    spans: list[tuple[CountRange | None, str]] = [(burden.visits_first_year, "in the first year")]
    if horizon_of(wishes) > 1:
        spans.append((burden.visits_per_later_year, "in a later year"))
    unwanted, unknown = [], []
    for span, when in spans:
        if span is None:
            unknown.append(f"How many visits it takes {when} is not known.")
        elif span.low > most:
            unwanted.append(
                f"It takes at least {_visits(span.low)} {when}; you want at most {most} a year."
            )
        elif span.high > most:
            unwanted.append(
                f"It may take {_visits(span.high)} {when}; you want at most {most} a year."
            )
    return unwanted, unknown


def _visits(count: float) -> str:
    return "1 visit" if count == 1 else f"{count:g} visits"
