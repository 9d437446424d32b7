"""What an option costs in the first, in a later year and over five, from the prices found."""

import math
from collections.abc import Collection
from typing import Literal

import msgspec

from anagen.facts.base import Grade, Quantity, Slug, Statement, Status
from anagen.facts.store import Facts
from anagen.facts.treatment import Option, Price, Regimen, bounds
from anagen.frozen import Record
from anagen.plan.course_notes import named
from anagen.plan.options import best_grade, find_option, regimens_of, treatments_of

Basis = Literal["nothing", "continuous", "sessions", "device", "procedure", "sum"]
Item = Literal["first_year", "later_years", "consultation", "photographs"]

MONTHS_PER_YEAR = 12
LONG_HORIZON_YEARS = 5
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


ITEM_WORDS: dict[str, tuple[str, str]] = {
    "continuous": ("supply for the first year", "supply for each later year"),
    "sessions": ("sessions of the first year", "maintenance in each later year"),
    "device": ("the device", "renewal, each later year"),
    "procedure": ("the operation", "further operations, each later year"),
}
IN_USE_WORDS: dict[str, str] = {
    "continuous": "supply, each year (in use)",
    "sessions": "maintenance, each year (in use)",
    "device": "renewal, each year (in use)",
    "procedure": "further operations, each year (in use)",
}
NO_PRICE = "not known: no price found"
NO_YEAR = "not known: no price that a year's cost can be computed from"
NO_LATER = "not known: how often in a later year was not found"
WHILE_IT_LASTS = (
    "The device is bought: nothing more is due while it lasts, and how long that is is not known."
)
NOTHING_MORE = "Nothing more than you pay now."
NO_FURTHER_YEAR = "What a further year costs is not known."


class CostLine(Record):
    """One line of the bill: what it is for, and the range that its prices span.

    `treatment` is absent for what belongs to no component. Without numbers `text` says why; a
    missing upper end means that there is none. `dated` names the years of the prices.
    """

    item: Item
    label: str
    text: str
    status: Status
    source: list[Slug]
    treatment: Slug | None = None
    currency: str | None = None
    low: float | None = None
    high: float | None = None
    dated: str | None = None


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

    Missing numbers are not known. `five_years_low` to `five_years_high` are the first year and four
    later ones; where those have no upper end or are not known, nor has the total, and
    `five_years_note` says why. `is_vendor_only` is true where no price comes from a source better
    than a seller; `without_price` names components that the sums leave out, `without` the same in
    words, and sums that leave one out have no upper end. Where one price has no upper end
    ("more than"), nor has the sum; `first_year_named_high` is then the most that the other prices
    come to. What is in use already counts with its later years only. `lines` is the bill, component
    by component.
    """

    currency: str
    first_year_low: float | None
    first_year_high: float | None
    later_year_low: float | None
    later_year_high: float | None
    five_years_low: float | None
    five_years_high: float | None
    five_years_note: str | None
    is_vendor_only: bool
    without_price: list[Slug]
    lines: list[CostLine]
    prices: list[PriceLine]
    without: str = ""
    first_year_named_high: float | None = None


class PaidNow(Record):
    """What going on with everything in use costs a year, in one currency.

    A missing lower end means not known, a missing upper end that there is none. `without_price`
    names what is in use and not in the sum.
    """

    currency: str
    a_year_low: float | None
    a_year_high: float | None
    without_price: list[Slug]


class OptionCost(Record):
    """The cost of an option: one range for each currency, or the words that none was found.

    `besides` are the lines that no total holds, such as consultations, and `leaves_out` says so.

    For somebody who uses something, `uses` names all of it and `uses_label` says it in words;
    `ranges` then hold only what the option adds, or, where it `is_in_use` as a whole, what going on
    with it costs; `note` says which. `paid_now` is what everything in use costs a year: it comes on
    top of what an option adds. `local_currency` is that of the place of treatment, if it has one,
    and `local_note` says where no price was found in it.
    """

    option: Slug
    basis: Basis
    text: str
    ranges: list[CostRange]
    besides: list[CostLine]
    leaves_out: str
    uses: list[Slug] = msgspec.field(default_factory=list)
    uses_label: str = ""
    is_in_use: bool = False
    note: str = ""
    paid_now: list[PaidNow] = msgspec.field(default_factory=list)
    local_currency: str | None = None
    local_note: str = ""


def total(entry: CostRange, years: int) -> Range | None:
    """Return what the first so many years cost in one currency; nothing if not known.

    Later years that are not known or have no upper end leave the total without one: its lower end
    then holds what is known.

    Parameters
    ----------
    entry:
        The cost by year.
    years:
        How many years, 1 or more.
    """
    if entry.first_year_low is None:
        return None
    later = years - 1
    if later == 0:
        return entry.first_year_low, entry.first_year_high
    low = entry.first_year_low + later * (entry.later_year_low or 0.0)
    if entry.first_year_high is None or entry.later_year_high is None:
        return round(low, 2), None
    return round(low, 2), round(entry.first_year_high + later * entry.later_year_high, 2)


def is_whole(entry: CostRange, years: int) -> bool:
    """Say whether a total holds every component and every year of a horizon.

    A total that is not whole tells the least that it may cost, and nothing more.
    """
    return not entry.without_price and (years == 1 or entry.later_year_low is not None)


def cost_per_year(option: str, facts: Facts, uses: Collection[Slug] = ()) -> OptionCost:
    """Return what an option costs in its first and in a later year.

    Each price is multiplied by the sessions, days or grafts of a year, low by low and high by
    high; over several prices of one component the range runs from the lowest to the highest, and
    components are added. Currencies are never mixed or converted, and later years are counted at
    the prices of today.

    Parameters
    ----------
    option:
        Its id. With something in use, `none` is going on with that.
    facts:
        The facts.
    uses:
        The treatments that the person uses now. A component among them is bought or begun already:
        an option that adds another costs that one only, one that adds nothing its later years.

    Raises
    ------
    InputError
        If there is no such option.
    """
    chosen = find_option(option, facts)
    used = sorted(uses)
    if not used:
        if chosen.cost_basis == "nothing":
            return OptionCost(
                option=option, basis="nothing", text="Costs nothing.", ranges=[], besides=[],
                leaves_out="",
            )  # fmt: skip
        cost = _priced(chosen, regimens_of(chosen, facts), facts)
        return msgspec.structs.replace(cost, option=option)
    as_now = _going_on(chosen, used, facts)
    in_use = _priced(as_now, _regimens_in_use(used, chosen, facts), facts, used)
    added = [name for name in chosen.components if name not in used and name != "none"]
    if added:
        wanted = msgspec.structs.replace(chosen, components=added)
        cost = _priced(wanted, regimens_of(wanted, facts), facts)
    elif option == "none":
        cost = in_use
    else:
        cost = _priced(chosen, regimens_of(chosen, facts), facts, used)
    label = named(used, facts)
    return msgspec.structs.replace(
        cost,
        option=option,
        uses=used,
        uses_label=label,
        is_in_use=not added,
        note=f"On top of what you pay now for {label}." if added else _note(chosen, used, facts),
        paid_now=[
            PaidNow(
                currency=entry.currency, a_year_low=entry.first_year_low,
                a_year_high=entry.first_year_high, without_price=entry.without_price,
            )
            for entry in in_use.ranges
        ],
    )  # fmt: skip


def _priced(
    option: Option,
    regimens: list[tuple[Slug, Regimen]],
    facts: Facts,
    uses: Collection[Slug] = (),
) -> OptionCost:
    """Return the cost of an option; what is in `uses` counts with its later years."""
    parts = treatments_of(option, facts)
    currencies = dict.fromkeys(price.currency for _, part in parts for price in part.prices)
    ranges = [_range(currency, option, regimens, facts, uses) for currency in currencies]
    return OptionCost(
        option="none",
        basis=option.cost_basis,
        text=_text_in_use(ranges) if uses else _text(ranges, option, facts),
        ranges=ranges,
        besides=[_besides("consultation", facts), _besides("photographs", facts)],
        leaves_out=LEAVES_OUT,
    )


def _going_on(option: Option, used: list[Slug], facts: Facts) -> Option:
    """Return what is in use as if it were one option."""
    basis = _basis_of(used[0], facts) if len(used) == 1 else "sum"
    return msgspec.structs.replace(option, components=used, cost_basis=basis)


def _regimens_in_use(
    used: list[Slug], option: Option, facts: Facts
) -> list[tuple[Slug, Regimen]]:  # fmt: skip
    """Return how often each treatment in use is given, by the route that it has by itself."""
    found: list[tuple[Slug, Regimen]] = []
    for name in used:
        alone = (o for o in facts.options.values() if o.components == [name])
        own = next(alone, msgspec.structs.replace(option, components=[name]))
        found += regimens_of(own, facts)
    return found


def _note(option: Option, used: list[Slug], facts: Facts) -> str:
    """Say what the cost of an option means that adds nothing to what is in use."""
    is_reference = option.components == ["none"]
    mine = used if is_reference else option.components
    prices = [p for name in mine if name in facts.treatments for p in facts.treatments[name].prices]
    said = (
        f"What you pay now for {named(used, facts)}."
        if is_reference
        else "You use this already: you pay no more than now."
    )
    return f"{said} {WHILE_IT_LASTS}" if any(p.per == "device" for p in prices) else said


def _text_in_use(ranges: list[CostRange]) -> str:
    if not ranges:
        return NOTHING_MORE
    return NO_FURTHER_YEAR if all(entry.first_year_low is None for entry in ranges) else ""


def with_paid_now(cost: OptionCost, currency: str) -> CostRange | None:
    """Return what an option costs together with everything that is in use, in one currency.

    That is what a budget is held against. Where what is in use has no price in it, the sum leaves
    it out, names it, and has no upper end; nothing if no price of the option is in that currency.
    """
    own = next((entry for entry in cost.ranges if entry.currency == currency), None)
    if not cost.uses:
        return own
    paid = next((entry for entry in cost.paid_now if entry.currency == currency), None)
    year = None
    if paid is not None and paid.a_year_low is not None:
        year = paid.a_year_low, paid.a_year_high
    without = cost.uses if paid is None else paid.without_price
    if cost.is_in_use:
        return None if paid is None else _entry(currency, year, year, without)
    if own is None:
        return None
    first, later = (
        None if low is None else _sum([(low, high), year or (0.0, None)])
        for low, high in (
            (own.first_year_low, own.first_year_high),
            (own.later_year_low, own.later_year_high),
        )
    )
    return _entry(currency, first, later, [*own.without_price, *without])


def session_price(cost: OptionCost, currency: str) -> Range | None:
    """Return the least and the greatest price of one session that was collected in one currency."""
    return _envelope(
        [
            (price.price_low, price.price_high)
            for entry in cost.ranges
            for price in entry.prices
            if price.currency == currency and price.per == "session"
        ]
    )


def _entry(
    currency: str, first: Range | None, later: Range | None, without: list[Slug]
) -> CostRange:
    """Return a range of cost; one that leaves something out has no upper end."""
    first_low, first_high = first or (None, None)
    later_low, later_high = later or (None, None)
    return _with_five_years(
        CostRange(
            currency=currency,
            first_year_low=first_low, first_year_high=None if without else first_high,
            later_year_low=later_low, later_year_high=None if without else later_high,
            five_years_low=None, five_years_high=None, five_years_note=None,
            is_vendor_only=False, without_price=without, lines=[], prices=[],
        )
    )  # fmt: skip


BESIDES_WORDS: dict[Item, str] = {
    "consultation": "consultations",
    "photographs": "photographs and hair counts",
}
LEAVES_OUT = "No total includes consultations, photographs or hair counts."


def _besides(item: Literal["consultation", "photographs"], facts: Facts) -> CostLine:
    """Return the line of something that every option may need and that no price was found for."""
    note: Statement = facts.cost_notes[item]
    return CostLine(
        item=item, label=BESIDES_WORDS[item], text=NO_PRICE, status=note.status, source=note.source
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
    currency: str,
    option: Option,
    regimens: list[tuple[Slug, Regimen]],
    facts: Facts,
    uses: Collection[Slug] = (),
) -> CostRange:
    lines: list[PriceLine] = []
    without = [name for name in option.components if name not in facts.treatments]
    bill: list[CostLine] = []
    first: list[Range | None] = []
    later: list[Range | None] = []
    named_highs: list[float | None] = []
    for name, part in treatments_of(option, facts):
        own = [regimen for owner, regimen in regimens if owner == name]
        mine = [
            _line(name, price, own, facts) for price in part.prices if price.currency == currency
        ]
        lines += mine
        yearly = _envelope([(p.first_year_low, p.first_year_high) for p in mine])
        yearly_later = _envelope([(p.later_year_low, p.later_year_high) for p in mine])
        highs = [p.first_year_high for p in mine if p.first_year_high is not None]
        if name in uses:
            yearly, highs = yearly_later, []
        bill += _bill(name, currency, yearly, yearly_later, mine, facts, is_in_use=name in uses)
        if yearly is None:
            without.append(name)
            continue
        first.append(yearly)
        later.append(yearly_later)
        named_highs.append(max(highs, default=None))
    entry = _entry(currency, _sum(first), _sum(later), without)
    named_high = _sum([(0.0, high) for high in named_highs])
    is_open = entry.first_year_low is not None and entry.first_year_high is None
    return msgspec.structs.replace(
        entry,
        is_vendor_only=all(line.grade in ("vendor", "unlocated", "ours") for line in lines),
        without=f"without {named(without, facts)}" if without else "",
        first_year_named_high=named_high[1] if is_open and named_high and not without else None,
        lines=bill,
        prices=lines,
    )


def _with_five_years(entry: CostRange) -> CostRange:
    found = total(entry, LONG_HORIZON_YEARS)
    if found is None:
        return msgspec.structs.replace(entry, five_years_note=NO_YEAR)
    low, high = found
    note = None
    if entry.later_year_low is None:
        note = "what later years cost is not known"
    elif entry.later_year_high is None and not entry.without_price:
        note = "later years have no upper end: how soon it must be repeated is not known"
    elif entry.without_price:
        note = None
    elif high is None:
        note = "one price has no upper end"
    return msgspec.structs.replace(
        entry, five_years_low=low, five_years_high=high, five_years_note=note
    )


def _basis_of(treatment: Slug, facts: Facts) -> Basis:
    """Return how a component is paid for when it is the whole option."""
    alone = (o.cost_basis for o in facts.options.values() if o.components == [treatment])
    return next(alone, "sessions")


def _bill(
    name: Slug, currency: str, first: Range | None, later: Range | None,
    prices: list[PriceLine], facts: Facts, *, is_in_use: bool,
) -> list[CostLine]:  # fmt: skip
    """Return the lines of one component: its first year, and each later year; one if in use."""
    basis = _basis_of(name, facts)
    words = ITEM_WORDS[basis]
    label = facts.vocabulary.label("treatments", name)
    used = [price for price in prices if price.first_year_low is not None] or prices
    dated = dict.fromkeys(
        price.dated for price in sorted(used, key=lambda price: price.year or math.inf)
    )
    source = list(dict.fromkeys(key for price in used for key in price.source))
    missing = NO_YEAR if prices else f"not known: no price in {currency} was found"
    items: tuple[tuple[Item, str, Range | None, str], ...] = (
        ("first_year", words[0], first, missing),
        ("later_years", words[1], later, missing if first is None else NO_LATER),
    )
    if is_in_use:
        items = (("later_years", IN_USE_WORDS[basis], later, NO_LATER if prices else missing),)
    return [
        CostLine(
            item=item,
            treatment=name,
            label=f"{label}: {what}",
            currency=currency,
            low=found[0] if found else None,
            high=found[1] if found else None,
            text="" if found else why,
            dated=" and ".join(dated) or None,
            status="derived" if source else "assumed",
            source=source or ["collector"],
        )
        for item, what, found, why in items
    ]


def _envelope(ends: list[tuple[float | None, float | None]]) -> Range | None:
    """Return the lowest and the highest end; one price without an upper end leaves it open."""
    lows = [low for low, _ in ends if low is not None]
    highs = [high for low, high in ends if low is not None and high is not None]
    return (min(lows), max(highs) if len(highs) == len(lows) else None) if lows else None


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
        bought = _scaled(grafts, 1.0 / price.amount)
        if price.amount > 1:
            bought = _at_least_once(bought)
        return bought, (0.0, None) if grafts else None
    if price.per in ("device", "procedure"):
        # Nothing more is due while a device lasts or until surgery is repeated; how long that is
        # is not known, so a later year has no upper end.
        return (1.0, 1.0), (0.0, None)
    return ((1.0, 1.0) if price.per == "course" else None), None


def _at_least_once(times: Range | None) -> Range | None:
    """Return how often a price is paid that buys an amount at once: never a part of it."""
    if times is None:
        return None
    low, high = times
    return max(low, 1.0), None if high is None else max(high, 1.0)


def _spread(quantities: list[Quantity | None]) -> Range | None:
    """Return the lowest and highest of the counts that are known."""
    ends = [bounds(quantity) for quantity in quantities if quantity is not None]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None


def _scaled(count: Range | None, factor: float) -> Range | None:
    if count is None:
        return None
    low, high = count
    return low * factor, None if high is None else high * factor
