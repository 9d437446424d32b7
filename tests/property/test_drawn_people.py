"""What treatments and androgen must do to every drawn person: of one sign, and not for ever."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios import MODEL

from anagen.follicle import (
    Controls,
    CycleParameters,
    Layout,
    Observation,
    follow,
    observe,
    pattern_baseline,
    persons,
)

seeds = st.integers(0, 10_000)
fast = settings(max_examples=12, deadline=None)


def people(seed: int, count: int = 40):
    values, u, _ = persons(MODEL, np.random.default_rng(seed), count)
    index = np.arange(count, 2 * count)
    p = CycleParameters.from_values(values).take(index)
    return p, u[index]


def seen_nonvellus(layout, p, start, u, S, weeks):
    moments = follow(layout, p, start, lambda week, begun: Controls(u=u, S=S), weeks)
    return Observation.over_time(observe(layout, p, at) for at in moments).nonvellus_per_cm2


@fast
@given(seeds, st.sampled_from(["kept", "programmed"]), st.floats(0, 1.5), st.floats(0.01, 0.5))
def test_more_androgen_never_gives_a_drawn_person_more_hair(seed, memory, u, more):
    layout = Layout.from_facts(MODEL, memory)
    p, own = people(seed)
    start = pattern_baseline(layout, p, own, np.full(own.size, 9.6))
    S = np.zeros(own.size)
    weeks = [13.0, 52.0, 260.0]
    less_, more_ = (
        seen_nonvellus(layout, p, start, own * each, S, weeks) for each in (u, u + more)
    )
    assert np.all(more_ <= less_ + 0.02)


def gain(memory, p, own, u, S, weeks):
    """Return what a constant stimulus adds, weeks x people."""
    layout = Layout.from_facts(MODEL, memory)
    start = pattern_baseline(layout, p, own * u, np.full(own.size, 9.6))
    without, with_ = (
        seen_nonvellus(layout, p, start, own * u, np.full(own.size, each), weeks)
        for each in (0.0, S)
    )
    return with_ - without


AFTER_16_W = [16.0, 24.0, 36.0, 52.0]
YEARS = [104.0, 156.0, 260.0]


@fast
@given(seeds, st.sampled_from(["kept", "programmed"]), st.floats(0, 1.5), st.floats(0.3, 1.3))
def test_from_week_16_to_a_year_a_constant_stimulus_gives_no_drawn_person_less_hair(
    seed, memory, u, S
):
    assert np.all(gain(memory, *people(seed), u, S, AFTER_16_W) >= -0.02)


@fast
@given(seeds, st.floats(0, 1.5), st.floats(0.6, 1.3))
def test_nor_does_a_strong_one_within_five_years_where_size_is_kept(seed, u, S):
    assert np.all(gain("kept", *people(seed), u, S, YEARS) >= -0.02)


@fast
@given(st.floats(0, 1.0), st.floats(0, 1.3))
def test_at_the_values_of_the_facts_no_constant_stimulus_gives_less_hair(u, S):
    values = CycleParameters.from_facts(MODEL)
    assert np.all(gain("kept", values, np.ones(1), u, S, AFTER_16_W + YEARS) >= -0.02)


@fast
@given(seeds, st.sampled_from([("kept", 5.0), ("programmed", 16.0)]), st.floats(0, 0.6))
def test_what_a_weak_stimulus_costs_some_people_in_years_is_bounded(seed, bound, S):
    """It adds cycles, and at each cycle a follicle under androgen may shrink."""
    memory, most_per_cm2 = bound
    assert np.all(gain(memory, *people(seed), 1.0, S, AFTER_16_W + YEARS) >= -most_per_cm2)


def left_after_stop(memory, p, u, S, weeks):
    """Return what is left of a gain after 52 weeks of a stimulus, relative to it."""
    layout = Layout.from_facts(MODEL, memory)
    start = pattern_baseline(layout, p, u, np.full(u.size, 9.6))
    stop = 52.0

    def drive(week, begun):
        return Controls(u=u, S=np.full(u.size, S if begun < stop else 0.0))

    moments = follow(layout, p, start, drive, [stop, *weeks], [stop])
    after = Observation.over_time(observe(layout, p, at) for at in moments).nonvellus_per_cm2
    none = seen_nonvellus(layout, p, start, u, np.zeros(u.size), [stop, *weeks])
    gap = np.abs(after - none)
    return gap[1:] / gap[0]


@fast
@given(seeds, st.sampled_from(["kept", "programmed"]), st.floats(0.6, 1.3))
def test_a_year_after_a_stop_much_of_the_gain_is_gone_in_every_drawn_person(seed, memory, S):
    assert np.all(left_after_stop(memory, *people(seed), S, [104.0, 156.0]) < 0.7)


@settings(max_examples=6, deadline=None)
@given(seeds, st.sampled_from(["kept", "programmed"]), st.floats(0.1, 1.3))
def test_stopping_returns_every_drawn_person_to_no_treatment_in_the_end(seed, memory, S):
    left = left_after_stop(memory, *people(seed, 20), S, [1040.0, 2080.0])
    assert np.all(left < [[0.5], [0.2]])
