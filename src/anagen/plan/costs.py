"""What an option costs in the first and in a later year, from the prices that were found."""

from typing import Literal

from anagen.facts.base import Grade, Quantity, Record, Slug, Status
from anagen.facts.store import Facts
from anagen.facts.treatment import Option, Price, Regimen, Treatment, bounds
from anagen.plan.options import best_grade, find_option, regimens_of, treatments_of

MONTHS_PER_YEAR = 12
DAYS_PER_YEAR = 365.25

Range = tuple[float, float | None]
"""A lower and an upper end; no upper end where the price or the count has none."""

WHY_NOT = {
    "pack": "how much a pack holds is not stated",
    "not_stated": "the source does not say what the price pays for",
    "session": "how many sessions a year was not found",
    "graft": "how many grafts was not found",
    "capsule": "how many a day was not found",
}


class PriceLine(Record):
    """One price as its source gives it, with what it makes in a year.

    `per` is what the price pays for in words ("28 capsules"); `year` is absent where the page is
    undated; a missing upper end means that the source gives none.
    """

    treatment: Slug
    price_low: float
    currency: str
    per: str
    dated: str
    status: Status
    source: list[Slug]
    grade: Grade
    price_high: float | None = None
    year: int | None = None
    first_year_low: float | None = None
    first_year_high: float | None = None
    later_year_low: float | None = None
    later_year_high: float | None = None
    note: str | None = None


class CostRange(Record):
    """What an option costs in one currency, over all prices found in it.

    Missing numbers are not known. `is_vendor_only` is true where no price comes from a source
    better than a seller; `without_price` names components that the sums leave out.
    """

    currency: str
    first_year_low: float | None
    first_year_high: float | None
    later_year_low: float | None
    later_year_high: float | None
    is_vendor_only: bool
    without_price: list[Slug]
    prices: list[PriceLine]


class OptionCost(Record):
    """The cost of an option: one range for each currency, or the words that none was found."""

    option: Slug
    basis: Literal["nothing", "continuous", "sessions", "device", "procedure", "sum"]
    text: str
    ranges: list[CostRange]


def cost_per_year(option: str, facts: Facts) -> OptionCost:
    """Return what an option costs in its first and in a later year.

    Each price is multiplied by the sessions, days or grafts of a year, low by low and high by
    high; over several prices of one component the range runs from the lowest to the highest, and
    components are added. Currencies are never mixed or converted.

    Raises
    ------
    InputError
        If there is no such option.
    """
    chosen = find_option(option, facts)
    if chosen.cost_basis == "nothing":
        return OptionCost(option=option, basis="nothing", text="Costs nothing.", ranges=[])
    parts = treatments_of(chosen, facts)
    currencies = dict.fromkeys(price.currency for _, part in parts for price in part.prices)
    ranges = [_range(currency, chosen, parts, facts) for currency in currencies]
    return OptionCost(
        option=option, basis=chosen.cost_basis, text=_text(ranges, chosen, facts), ranges=ranges
    )


def _text(ranges: list[CostRange], option: Option, facts: Facts) -> str:
    if not ranges:
        return "No price found."
    if all(entry.first_year_low is None for entry in ranges):
        return "Prices were found, but none that a year's cost can be computed from."
    missing = [
        facts.vocabulary.label("treatments", name)
        for name in option.components
        if all(name in entry.without_price for entry in ranges)
    ]
    if missing:
        return f"Without {' and '.join(missing)}: no price for that was found by itself."
    return ""


def _range(
    currency: str, option: Option, parts: list[tuple[Slug, Treatment]], facts: Facts
) -> CostRange:
    regimens = regimens_of(option, facts)
    lines: list[PriceLine] = []
    without: list[Slug] = []
    first: list[Range | None] = []
    later: list[Range | None] = []
    for name, part in parts:
        own = [regimen for owner, regimen in regimens if owner == name]
        mine = [
            _line(name, price, own, facts) for price in part.prices if price.currency == currency
        ]
        lines += mine
        yearly = _envelope([(p.first_year_low, p.first_year_high) for p in mine])
        if yearly is None:
            without.append(name)
            continue
        first.append(yearly)
        later.append(_envelope([(p.later_year_low, p.later_year_high) for p in mine]))
    in_first, in_later = _sum(first), _sum(later)
    return CostRange(
        currency=currency,
        first_year_low=in_first[0] if in_first else None,
        first_year_high=in_first[1] if in_first else None,
        later_year_low=in_later[0] if in_later else None,
        later_year_high=in_later[1] if in_later else None,
        is_vendor_only=all(line.grade in ("vendor", "unlocated", "ours") for line in lines),
        without_price=without, prices=lines,
    )  # fmt: skip


def _envelope(ends: list[tuple[float | None, float | None]]) -> Range | None:
    """Return the lowest and the highest end; a price without an upper end adds none of its own."""
    lows = [low for low, _ in ends if low is not None]
    highs = [high for low, high in ends if low is not None and high is not None]
    return (min(lows), max(highs) if highs else None) if lows else None


def _sum(parts: list[Range | None]) -> Range | None:
    """Add ranges; unknown if one is unknown, without an upper end if one has none."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    highs = [high for _, high in known if high is not None]
    return sum(low for low, _ in known), sum(highs) if len(highs) == len(known) else None


def _line(name: Slug, price: Price, regimens: list[Regimen], facts: Facts) -> PriceLine:
    first, later = _times_a_year(price, regimens)
    high = None if price.high is None else float(price.high)
    words = price.per.replace("_", " ")
    per = words if price.amount == 1 else f"{price.amount:g} {words}s"
    notes = [price.note] if price.note else []
    if first is None:
        notes.append(WHY_NOT.get(price.per, "what it makes in a year is not known"))
    return PriceLine(
        treatment=name, price_low=float(price.low), price_high=high, currency=price.currency,
        per=per, year=price.year, dated="undated" if price.year is None else str(price.year),
        status=price.status, source=price.source, grade=best_grade(price.source, facts),
        first_year_low=_times(price.low, first, 0), first_year_high=_times(high, first, 1),
        later_year_low=_times(price.low, later, 0), later_year_high=_times(high, later, 1),
        note="; ".join(notes) or None,
    )  # fmt: skip


def _times(price: float | None, count: Range | None, end: Literal[0, 1]) -> float | None:
    """Return price times count at one end, or nothing if either is unknown."""
    if count is None or price is None:
        return None
    number = count[end]
    return None if number is None else round(price * number, 2)


def _times_a_year(price: Price, regimens: list[Regimen]) -> tuple[Range | None, Range | None]:
    """Return how often a price is paid in the first and in a later year."""
    if price.per in ("month", "day", "year"):
        a_year = {"month": MONTHS_PER_YEAR, "day": DAYS_PER_YEAR, "year": 1.0}[price.per]
        times = a_year / price.amount
        return (times, times), (times, times)
    if price.per == "capsule":
        a_day = _spread([r.capsules_per_day for r in regimens])
        times_a_year = _scaled(a_day, DAYS_PER_YEAR / price.amount)
        return times_a_year, times_a_year
    if price.per == "session":
        named = price.sessions
        first = bounds(named) if named else _spread([r.sessions_first_year for r in regimens])
        return first, _spread([r.sessions_per_later_year for r in regimens])
    if price.per == "graft":
        grafts = _spread([r.grafts_per_procedure for r in regimens])
        return _scaled(grafts, 1.0 / price.amount), (0.0, None) if grafts else None
    if price.per in ("device", "procedure"):
        # Nothing more is due while a device lasts or until surgery is repeated; how long that is
        # is not known, so a later year has no upper end.
        return (1.0, 1.0), (0.0, None)
    return ((1.0, 1.0) if price.per == "course" else None), None


def _spread(quantities: list[Quantity | None]) -> Range | None:
    """Return the lowest and highest of the counts that are known."""
    ends = [bounds(quantity) for quantity in quantities if quantity is not None]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def _scaled(count: Range | None, factor: float) -> Range | None:
    if count is None:
        return None
    low, high = count
    return low * factor, None if high is None else high * factor
