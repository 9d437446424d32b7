"""What must hold of people, of what is known of them, and of the regions of a scalp."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.follicle import (
    CycleParameters,
    Layout,
    Regimen,
    Regions,
    Signs,
    change_sd_per_cm2,
    nonvellus_share,
    pattern_baseline,
    pattern_cohort,
    persons,
    whole_scalp_salt,
    whole_scalp_shed_hairs_per_day,
)

FACTS = facts.load()
MODEL = FACTS.model
LAYOUT = Layout.from_facts(MODEL)
REGIONS = Regions.from_facts(MODEL)
WEIGHTS = {name: weight.number() for name, weight in FACTS.scales["salt"].weights.items()}
SCALES = [name.removeprefix("grade_ranks_") for name in MODEL if name.startswith("grade_ranks_")]

fast = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
um, percent, months = st.floats(20, 110), st.floats(10, 95), st.floats(0, 480)
signs = st.builds(
    Signs,
    shaft_diameter_um=st.none() | um,
    anagen_percent=st.none() | percent,
    months_of_loss=st.none() | months,
)
shares = st.fixed_dictionaries({name: st.floats(0, 100) for name in REGIONS.area_cm2})


def candidates(seed, count=8):
    values, u, _ = persons(MODEL, np.random.default_rng(seed), count)
    p = CycleParameters.from_values(values)
    return p, values["t_dis"], pattern_baseline(LAYOUT, p, u, values["t_dis"])


@fast
@given(signs, st.none() | st.floats(40, 280), seeds)
def test_people_chosen_by_what_is_known_are_people_of_the_model(known, density, seed):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), 6, density, 2, signs=known)
    assert cohort.start.shape == (LAYOUT.states, 9)
    np.testing.assert_allclose(cohort.start.sum(axis=0), 1)
    assert cohort.start.min() >= -1e-12
    assert np.all(np.isfinite(cohort.values["F0"]))
    assert cohort.values["F0"].min() > 0
    things = known.weighing + (density is not None)
    assert 1 - 1e-9 <= cohort.effective_draws <= 3 * max(things, 1) * 6 + 1e-9


@fast
@given(signs, seeds)
def test_the_same_seed_and_the_same_knowledge_give_the_same_people(known, seed):
    one, two = (
        pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), 4, None, signs=known)
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.start, two.start)
    np.testing.assert_array_equal(one.values["F0"], two.values["F0"])


@fast
@given(signs, seeds)
def test_permuting_people_permutes_their_weights(known, seed):
    p, years, state = candidates(seed)
    order = np.random.default_rng(seed).permutation(years.size)
    weights = known.log_weight(MODEL, LAYOUT, p, years, state)
    swapped = known.log_weight(MODEL, LAYOUT, p.take(order), years[order], state[:, order])
    np.testing.assert_allclose(swapped, weights[order], rtol=1e-9, atol=1e-12)
    assert np.all(weights <= 0)


@fast
@given(um, percent, months, seeds)
def test_things_known_weigh_independently_of_each_other(diameter, anagen, told, seed):
    p, years, state = candidates(seed)
    parts = (
        Signs(shaft_diameter_um=diameter),
        Signs(anagen_percent=anagen),
        Signs(months_of_loss=told),
    )
    whole = Signs(diameter, anagen, told).log_weight(MODEL, LAYOUT, p, years, state)
    each = sum(one.log_weight(MODEL, LAYOUT, p, years, state) for one in parts)
    np.testing.assert_allclose(whole, each, rtol=1e-9, atol=1e-12)


@fast
@given(st.floats(1, 240), st.floats(1, 240), seeds)
def test_longer_loss_as_told_speaks_for_those_with_more_years(shorter, longer, seed):
    assume(longer > shorter)
    p, years, state = candidates(seed)
    low, high = (
        Signs(months_of_loss=told).log_weight(MODEL, LAYOUT, p, years, state)
        for told in (shorter, longer)
    )
    order = np.argsort(years)
    assert np.all(np.diff((high - low)[order]) >= -1e-9)


@given(st.sampled_from(SCALES), st.floats(0, 8), st.floats(0, 8), st.floats(0, 1), st.floats(0, 1))
def test_a_deeper_grade_never_means_fewer_years_and_no_weight_means_none(
    scale, one, other, weight, more
):
    low, high = sorted((one, other))
    factors = [
        float(Signs(scale=scale, grade_rank=r).years_factor(MODEL, np.asarray(weight)))
        for r in (low, high)
    ]
    assert 0 <= factors[0] <= factors[1]
    assert float(Signs(scale=scale, grade_rank=one).years_factor(MODEL, np.zeros(()))) == 1
    average = MODEL[f"grade_ranks_{scale}"].numbers()[1]
    known = Signs(scale=scale, grade_rank=average)
    assert float(known.years_factor(MODEL, np.asarray(more))) == 1


@settings(max_examples=10, deadline=None)
@given(st.floats(1, 8), st.floats(1, 8), seeds)
def test_a_deeper_grade_never_shows_more_hair(one, other, seed):
    less, more = (
        pattern_cohort(
            MODEL, LAYOUT, np.random.default_rng(seed), 6, None,
            signs=Signs(scale="norwood_hamilton", grade_rank=rank),
        )
        for rank in sorted((one, other))
    )  # fmt: skip
    seen = nonvellus_share(LAYOUT, more.start) - nonvellus_share(LAYOUT, less.start)
    # two nearly healthy scalps have been seen to differ by 0.0004 of all hairs the wrong way
    assert seen.max() <= 1e-3


@settings(max_examples=8, deadline=None)
@given(st.floats(0.1, 10), st.floats(1, 100), seeds)
def test_only_the_chance_of_follicles_shrinks_with_a_larger_area(area, week, seed):
    def spread(size):
        rng = np.random.default_rng(seed)
        return change_sd_per_cm2(MODEL, LAYOUT, rng, 5, Regimen(()), [week], size)[0]

    small, large = spread(area), spread(4 * area)
    np.testing.assert_allclose(
        small.follicle_chance_per_cm2, 2 * large.follicle_chance_per_cm2, rtol=1e-9
    )
    assert small.between_people_per_cm2 == large.between_people_per_cm2
    assert (small.count_per_cm2, small.visit_per_cm2) == (large.count_per_cm2, large.visit_per_cm2)
    parts = [getattr(small, f"{part}_per_cm2") for part in
             ("follicle_chance", "between_people", "count", "visit")]  # fmt: skip
    np.testing.assert_allclose(small.total_per_cm2**2, np.sum(np.square(parts)))


@given(shares, shares)
def test_more_loss_anywhere_never_lowers_the_score_of_a_scalp(one, other):
    most = {name: max(one[name], other[name]) for name in one}
    score, worst = (float(whole_scalp_salt(lost, REGIONS, WEIGHTS)) for lost in (one, most))
    assert -1e-9 <= score <= worst + 1e-9 <= 100 + 1e-6


@given(shares, st.permutations(sorted(REGIONS.area_cm2)))
def test_the_order_of_regions_changes_nothing_and_shedding_adds_up(shed, order):
    swapped = {name: shed[name] for name in order}
    whole = whole_scalp_shed_hairs_per_day(shed, REGIONS)
    np.testing.assert_allclose(whole, whole_scalp_shed_hairs_per_day(swapped, REGIONS))
    alone = [
        whole_scalp_shed_hairs_per_day({**dict.fromkeys(shed, 0.0), name: value}, REGIONS)
        for name, value in shed.items()
    ]
    np.testing.assert_allclose(whole, np.sum(alone), atol=1e-9)
