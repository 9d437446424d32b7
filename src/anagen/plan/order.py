"""In which order options are shown: that of the facts, unless the person asks for another."""

from collections import Counter
from collections.abc import Callable

from anagen.candidacy import Wishes
from anagen.candidacy.wishes import SortBy
from anagen.facts.base import Slug
from anagen.plan.costs import Range, is_whole, total
from anagen.plan.documents import OptionCard
from anagen.plan.wishes_fit import horizon_of

CERTAINTY_ORDER = ("high", "moderate", "low", "very_low")
UNSORTED = "The order is that of the facts, not a ranking."

Place = tuple[float, ...] | None
"""Where an option stands, smallest first; nothing where that is not known."""


def order_of(cards: list[OptionCard], wishes: Wishes | None) -> tuple[list[Slug], str]:
    """Return the ids of the options in the order to show, and a sentence that says which it is.

    Going on as now, with which all are compared, stays first; what is not known comes last, in the
    usual order.
    """
    usual = [card.id for card in cards]
    if wishes is None or wishes.sort_by is None:
        return usual, UNSORTED
    currency = wishes.budget_currency or _commonest_currency(cards)
    years = horizon_of(wishes)
    place, by = _sorter(wishes.sort_by, currency, years, uses=any(c.cost.uses for c in cards))
    reference = [card.id for card in cards if card.id == "none"]
    placed = [(place(card), card.id) for card in cards if card.id != "none"]
    known = [entry for entry in placed if entry[0] is not None]
    unknown = [name for at, name in placed if at is None]
    ranked = [name for _, name in sorted(known, key=lambda entry: entry[0] or ())]
    tail = "those for which it is not known, or not in full, come last in their usual order"
    note = f"Sorted as you asked, by {by}. Going on as now stays first; {tail}."
    return reference + ranked + unknown, note


def _sorter(
    sort_by: SortBy, currency: str, years: int, *, uses: bool
) -> tuple[Callable[[OptionCard], Place], str]:
    span = "the first year" if years == 1 else f"{years} years"
    if sort_by == "cost":
        return (
            lambda card: _by_cost(card, currency, years),
            f"the most that {span} may cost{' on top of what you pay now' * uses}, in {currency}: "
            "the least costly first, then those without an upper end by their low end",
        )
    if sort_by == "cost_per_hair":
        return (
            lambda card: _by_cost_per_hair(card, currency),
            f"the most that an extra hair/cm² may cost in {'two years' if uses else 'a year'}, in "
            f"{currency}: the least costly first, then those without an upper end by their low end",
        )
    if sort_by == "gain":
        found = "the model gives over going on as now" if uses else "controlled trials found"
        return _by_gain, f"the middle of what {found}, the greatest gain first"
    if sort_by == "certainty":
        return _by_certainty, "how sure the evidence is, the surest first"
    return _by_visits, "the most visits that the first year may take, the fewest first"


def _commonest_currency(cards: list[OptionCard]) -> str:
    """Return the currency in which most options have a price."""
    times = Counter(r.currency for card in cards for r in card.cost.ranges)
    return max(sorted(times), key=times.__getitem__, default="USD")


def _by_end(span: Range | None) -> Place:
    """Place a range by its upper end; one without comes after all others, by its low end."""
    if span is None:
        return None
    low, high = span
    return (1.0, low) if high is None else (0.0, high, low)


def _months(card: OptionCard) -> int:
    """Return after how many months gains are compared; trials tell nothing beside one in use."""
    return 24 if card.cost.uses else 12


def _by_cost(card: OptionCard, currency: str, years: int) -> Place:
    if card.cost.is_in_use:
        return 0.0, 0.0, 0.0
    entry = next((r for r in card.cost.ranges if r.currency == currency), None)
    if entry is None or not is_whole(entry, years):
        return None
    return _by_end(total(entry, years))


def _by_cost_per_hair(card: OptionCard, currency: str) -> Place:
    for entry in card.cost_per_hair:
        if entry.currency != currency or entry.months != _months(card):
            continue
        if entry.low is not None:
            return _by_end((entry.low, entry.high))
    return None


def _by_gain(card: OptionCard) -> Place:
    months = _months(card)
    gain = next((e.gain for e in card.cost_per_hair if e.months == months and e.gain), None)
    return None if gain is None else (-gain.mean_per_cm2,)


def _by_certainty(card: OptionCard) -> Place:
    level = None if card.evidence is None else card.evidence.certainty.level
    return None if level is None else (float(CERTAINTY_ORDER.index(level)),)


def _by_visits(card: OptionCard) -> Place:
    burden = card.burden
    visits = burden.visits_first_year or burden.visits_in_all
    if visits is None:
        return None if burden.has_sessions else (0.0, 0.0)
    return visits.high, visits.low
