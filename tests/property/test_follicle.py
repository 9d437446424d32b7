"""What must hold of the follicle model for every drive, parameter draw and population."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from anagen import facts
from anagen.follicle import (
    WEEKS_PER_YEAR,
    Controls,
    CycleParameters,
    Layout,
    Observation,
    Regimen,
    Therapy,
    follow,
    generator,
    healthy,
    observe,
    pattern_baseline,
    pattern_cohort,
    persons,
    rates,
    settle,
    stratified_uniform,
)
from anagen.follicle.mean_field import sheddings_per_year

MODEL = facts.load().model
LAYOUT = Layout.from_facts(MODEL)
POINT = CycleParameters.from_facts(MODEL)
WEEKS = [0.0, 4.0, 9.0, 26.0, 52.0]
HAIRS_PER_FOLLICLE_BOUND = 5e-4
ANAGEN_BOUND_POINTS = 0.1
SHED_BOUND_PER_DAY = 10.0

drives = st.floats(0.0, 2.0)
stimuli = st.floats(0.0, 1.3)
seeds = st.integers(0, 10_000)
fast = settings(max_examples=20, deadline=None)


def course(parameters, start, drive, events=(), refine=1):
    moments = follow(LAYOUT, parameters, start, drive, WEEKS, events, refine=refine)
    return Observation.over_time(observe(LAYOUT, parameters, at) for at in moments)


def steady(u, S):
    return lambda week, begun: Controls(u=np.asarray(u), S=np.asarray(S))


@fast
@given(
    st.sampled_from(["kept", "programmed"]),
    *(drives, stimuli, st.floats(0, 20), st.floats(0, 1), st.floats(0, 3), st.floats(0, 1), seeds),
)
def test_constant_controls_give_the_exponential_of_the_generator(
    memory, u, S, push, attack, pull, scar, seed
):
    layout = Layout.from_facts(MODEL, memory)
    values, _, _ = persons(MODEL, np.random.default_rng(seed), 2)
    p = CycleParameters.from_values(values)
    c = Controls(np.full(4, u), np.full(4, S), push, attack, 12.0, pull, scar)
    q, shed = generator(layout, rates(layout, p, c, 4))
    assert np.abs(q.sum(axis=2)).max() < 1e-10
    x = np.random.default_rng(seed).dirichlet(np.ones(layout.states), 4).T
    years = np.array([0.0, 0.02, 1.0, 30.0])
    exact = np.stack([x[:, k] @ expm(q[k] * years[k]) for k in range(4)], axis=1)
    np.testing.assert_allclose(settle(layout, p, x, c, years), exact, atol=1e-11)
    np.testing.assert_allclose(
        sheddings_per_year(layout, rates(layout, p, c, 4), x), (shed.T * x).sum(axis=0)
    )


@fast
@given(st.sampled_from(["kept", "programmed"]), seeds)
def test_a_short_step_is_the_product_with_the_generator(memory, seed):
    layout = Layout.from_facts(MODEL, memory)
    values, _, _ = persons(MODEL, np.random.default_rng(seed), 20)
    p = CycleParameters.from_values(values)
    u, S = np.random.default_rng(seed).uniform(0, 1.3, (2, 40))
    c = Controls(u, S, push=3.0, attack=0.5, attack_per_y=12.0)
    q, _ = generator(layout, rates(layout, p, c, 40))
    x = np.random.default_rng(seed).dirichlet(np.ones(layout.states), 40).T
    *_, at = follow(layout, p, x, lambda week, begun: c, [0.0, 1e-4])
    slope = (at.state - x) / (1e-4 / WEEKS_PER_YEAR)
    np.testing.assert_allclose(slope, np.einsum("bij,ib->jb", q, x), atol=2e-3)


@fast
@given(st.integers(1, 7), st.integers(1, 8), drives, stimuli)
def test_no_follicle_is_lost_from_the_count_whatever_the_erlang_orders(anagen, telogen, u, S):
    layout = Layout(anagen, telogen)
    start = healthy(layout, POINT, 1)
    for at in follow(layout, POINT, start, steady([u], [S]), [0.0, 3.0, 30.0, 80.0]):
        np.testing.assert_allclose(at.state.sum(axis=0), 1.0, atol=1e-12)
        assert at.state.min() > -1e-9


@fast
@given(st.floats(0.0, 1.8), st.floats(0.01, 0.5), st.floats(0.0, 1.3))
def test_more_androgen_never_gives_more_hair(u, more, S):
    start = np.tile(pattern_baseline(LAYOUT, POINT, np.ones(1), np.array([9.6])), (1, 2))
    seen = course(POINT, start, steady([u, u + more], [S, S]))
    assert np.all(seen.nonvellus_per_cm2[:, 1] <= seen.nonvellus_per_cm2[:, 0] + 1e-6)


@fast
@given(seeds)
def test_without_drives_and_ageing_healthy_scalp_stays_as_it_is(seed):
    values, _, _ = persons(MODEL, np.random.default_rng(seed), 3)
    values["d_age"] = np.zeros(())
    p = CycleParameters.from_values(values)
    start = healthy(LAYOUT, p, 6)
    for at in follow(LAYOUT, p, start, steady(np.zeros(6), np.zeros(6)), WEEKS):
        np.testing.assert_allclose(at.state, start, atol=1e-12)


@settings(max_examples=8, deadline=None)
@given(
    seeds,
    st.sampled_from(
        [
            Regimen(("minoxidil_topical",), stop_week=26.0),
            Regimen(("finasteride_oral", "minoxidil_topical")),
            Regimen(("exosome",)),
            Regimen(("microneedling", "minoxidil_topical")),
        ]
    ),
)
def test_halving_every_step_changes_less_than_the_stated_bound(seed, regimen):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), 8, None)
    therapy = Therapy.of(regimen, MODEL, cohort.values, cohort.u, cohort.response, WEEKS[-1])
    one, half = (
        course(cohort.parameters, cohort.start, therapy, therapy.events, refine=k) for k in (1, 2)
    )
    gap = np.abs(one.nonvellus_per_cm2 - half.nonvellus_per_cm2) / cohort.parameters.F0
    assert gap.max() < HAIRS_PER_FOLLICLE_BOUND
    assert np.abs(one.anagen_percent - half.anagen_percent).max() < ANAGEN_BOUND_POINTS
    assert np.abs(one.shed_hairs_per_day - half.shed_hairs_per_day).max() < SHED_BOUND_PER_DAY


@fast
@given(seeds, st.permutations(range(6)))
def test_permuting_people_permutes_their_courses(seed, order):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), 3, None)
    index = np.array(order)
    regimen = Regimen(("minoxidil_topical",))
    drive = Therapy.of(regimen, MODEL, cohort.values, cohort.u, cohort.response, WEEKS[-1])
    first = course(cohort.parameters, cohort.start, drive)
    second = course(cohort.parameters.take(index), cohort.start[:, index], drive.take(index))
    np.testing.assert_allclose(
        second.nonvellus_per_cm2, first.nonvellus_per_cm2[:, index], rtol=1e-10
    )


REGIMENS = [
    Regimen(()),
    Regimen(("minoxidil_topical",)),
    Regimen(("finasteride_oral", "dutasteride")),
    Regimen(("exosome", "lllt", "minoxidil_topical")),
    Regimen(("exosome",), session_weeks=(1.0, 3.0)),
    Regimen(("microneedling", "exosome")),
]


@fast
@given(seeds, st.permutations(REGIMENS), st.floats(0.0, 60.0))
def test_therapies_side_by_side_act_as_each_does_alone(seed, regimens, week):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(seed), 4, None)
    every = [
        Therapy.of(one, MODEL, cohort.values, cohort.u, cohort.response, WEEKS[-1])
        for one in regimens
    ]
    together = Therapy.together(every)
    alone = [one(week, week) for one in every]
    both = together(week, week)
    np.testing.assert_allclose(both.u, np.concatenate([c.u for c in alone]), rtol=1e-12)
    np.testing.assert_allclose(both.S, np.concatenate([c.S for c in alone]), rtol=1e-12, atol=1e-12)
    some = np.arange(3, both.u.size, 5)
    np.testing.assert_allclose(
        together.take(some)(week, week).S, both.S[some], rtol=1e-12, atol=1e-12
    )


@fast
@given(seeds, st.integers(1, 12), st.integers(1, 6))
def test_every_slice_of_the_draws_has_one_from_each_of_its_strata(seed, run, slices):
    drawn = stratified_uniform(np.random.default_rng(seed), run * slices, slices)
    assert sorted(np.floor(drawn * drawn.size)) == list(range(drawn.size))
    for part in drawn.reshape(slices, run):
        assert sorted(np.floor(part * run)) == list(range(run))


@fast
@given(st.floats(0.2, 30.0), st.floats(0.0, 2.0), seeds)
def test_settling_equals_following_the_same_drive_for_as_long(years, u, seed):
    values, _, _ = persons(MODEL, np.random.default_rng(seed), 1)
    p = CycleParameters.from_values(values)
    start, drive = healthy(LAYOUT, p, 2), np.full(2, u)
    settled = pattern_baseline(LAYOUT, p, drive, np.full(2, years))
    weeks = [years * 365.25 / 7]
    (at,) = follow(LAYOUT, p, start, steady(drive, np.zeros(2)), weeks)
    # settling is exact to 1e-9 (another test); this is the error of the steps, 3e-5 at most seen
    np.testing.assert_allclose(settled, at.state, atol=1e-4)
