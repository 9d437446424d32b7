"""Money over hair, and ranges held against a budget, whatever the numbers are."""

import math

from hypothesis import given
from hypothesis import strategies as st

from anagen import facts
from anagen.plan.cost_per_hair import per_hair
from anagen.plan.costs import cost_per_year, total, with_paid_now
from anagen.plan.wishes_fit import compare

KNOWN = facts.load()
MONEY = st.floats(0, 1e9)
HAIRS = st.floats(-1e4, 1e4)


@st.composite
def spans(draw, ends, *, may_be_open=False):
    low, high = sorted((draw(ends), draw(ends)))
    return low, None if may_be_open and draw(st.booleans()) else high


COSTS = spans(MONEY, may_be_open=True)


@given(COSTS, spans(HAIRS))
def test_a_cost_per_hair_is_a_range_that_runs_forwards_or_nothing(cost, gain):
    found = per_hair(cost, gain)
    if gain[1] <= 0:
        assert found is None
    if found is not None:
        low, high = found
        assert low >= 0
        assert math.isfinite(low)
        assert high is None or (math.isfinite(high) and high >= low)
    if found is not None and gain[0] <= 0:
        assert found[1] is None


@given(COSTS, spans(st.floats(0.01, 1e4)), st.floats(0, 1), st.floats(0, 1))
def test_any_price_over_any_gain_of_the_interval_lies_in_the_range(cost, gain, a, b):
    low, high = per_hair(cost, gain)
    upper = cost[1] if cost[1] is not None else cost[0] + 1
    price = cost[0] + a * (upper - cost[0])
    hairs = gain[0] + b * (gain[1] - gain[0])
    assert price / hairs >= low * (1 - 1e-9)
    assert high is None or price / hairs <= high * (1 + 1e-9)


@given(COSTS, spans(st.floats(0.01, 1e4)), st.floats(0.01, 10))
def test_a_wider_gain_never_narrows_the_cost(cost, gain, more):
    low, high = per_hair(cost, gain)
    wider_low, wider_high = per_hair(cost, (gain[0] - more, gain[1] + more))
    assert wider_low <= low
    assert wider_high is None or (high is not None and wider_high >= high)


@given(COSTS, MONEY, MONEY)
def test_a_greater_budget_never_fits_less(cost, budget, more):
    order = ("above", "partly", "within")
    assert order.index(compare(cost, budget)) <= order.index(compare(cost, budget + more))


@given(
    st.sampled_from(sorted(KNOWN.options)),
    st.sets(st.sampled_from(sorted(set(KNOWN.treatments) - {"none"})), min_size=1, max_size=3),
    st.sampled_from(["USD", "EUR", "GBP"]),
)
def test_what_is_in_use_never_makes_an_option_add_more(option, uses, currency):
    fresh, beside = cost_per_year(option, KNOWN), cost_per_year(option, KNOWN, uses)
    named = set(KNOWN.options[option].components)
    assert beside.is_in_use == (named <= uses | {"none"})
    if option == "none":
        return
    before = {entry.currency: entry for entry in fresh.ranges}
    for entry in beside.ranges:
        old = before[entry.currency]
        if entry.first_year_low is not None and old.first_year_low is not None:
            assert entry.first_year_low <= old.first_year_low
        if not beside.is_in_use:
            assert not {price.treatment for price in entry.prices} & uses
    held = with_paid_now(beside, currency)
    own = next((entry for entry in beside.ranges if entry.currency == currency), None)
    if held is not None and own is not None and held.first_year_low is not None:
        assert held.first_year_low >= (own.first_year_low or 0)


@given(st.sampled_from(sorted(KNOWN.options)), st.integers(1, 30))
def test_another_year_never_makes_a_total_less(option, years):
    for entry in cost_per_year(option, KNOWN).ranges:
        here, there = total(entry, years), total(entry, years + 1)
        assert (here is None) == (there is None)
        if here is not None:
            assert there[0] >= here[0]
            assert there[1] is None or (here[1] is not None and there[1] >= here[1])
