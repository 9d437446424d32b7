"""What a person can and wants to spend: money, time, visits; and how to sort the options."""

from typing import Annotated, Literal

import msgspec

from anagen.candidacy.history import NamedTreatment
from anagen.candidacy.noticed import Answer
from anagen.facts import Record

Money = Annotated[float, msgspec.Meta(ge=0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
SortBy = Literal["cost", "cost_per_hair", "gain", "certainty", "visits"]


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Wishes(Record):
    """Budget, horizon and burden; leave out what does not matter.

    `considers` names the treatments that the person asks about.
    A budget is per year or in total over the horizon, never both, and has a currency. Nothing here
    closes an option: each is held against the wishes in the open. Without `sort_by` nothing is
    sorted.
    """

    considers: Annotated[
        list[NamedTreatment] | None,
        _meta("Which treatments do you ask about? Write [] for none."),
    ] = None
    budget_per_year: Annotated[
        Money | None, _meta("What is the most that it may cost in a year? 0 is an answer.")
    ] = None
    budget_total: Annotated[
        Money | None,
        _meta("Or: what is the most that it may cost in total, over the years of horizon_years?"),
    ] = None
    budget_currency: Annotated[
        str | None, _meta("In which currency is that? A code of three letters, such as USD or EUR.")
    ] = None
    horizon_years: Annotated[
        Literal[1, 5] | None, _meta("Over how many years should cost be counted: 1 or 5?")
    ] = None
    most_visits_per_year: Annotated[
        Count | None, _meta("How many visits for treatment in a year are the most that you want?")
    ] = None
    accepts_daily_treatment: Annotated[
        Answer | None, _meta("Would you use a treatment every day, for as long as it shall work?")
    ] = None
    accepts_tablets: Annotated[
        Answer | None, _meta("Would you take tablets or capsules for your hair?")
    ] = None
    accepts_needles: Annotated[
        Answer | None, _meta("Would you have needles in your scalp, or blood drawn?")
    ] = None
    accepts_surgery: Annotated[Answer | None, _meta("Would you have an operation?")] = None
    sort_by: Annotated[
        SortBy | None,
        _meta("By what should the options be sorted? They are sorted by nothing if left out."),
    ] = None
