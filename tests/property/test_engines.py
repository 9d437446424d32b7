"""The three engines against each other, and what must hold of each for every scenario.

Seeds are fixed, so that no test fails by chance once it passes. Where many numbers are compared,
as many may lie beyond 3.5 standard errors as chance allows (99.9 % point of a Poisson number).
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenarios import MODEL, Scenario, drawn_person, mean_field, phase_by_track, scenario
from scipy import stats

from anagen.follicle import (
    Controls,
    Hairs,
    Layout,
    Observation,
    count_follicles,
    follow,
    live,
    observe,
    pattern_baseline,
    transitions,
)
from anagen.follicle.follicles import state_phases

SCENARIOS = range(24)
WEEKS = [0.0, 4.0, 13.0, 29.0, 52.0]
DAYS = [7 * week for week in WEEKS]
FOLLICLES = 40_000
LEAST_EXPECTED = 25
"""Follicles expected in a class, and out of it, from which a count is near enough to normal."""
FAR = 3.5
HELD_BOUND = 5e-4
"""The error that `hold` states, of the share of any phase of any size."""

seeds = st.integers(0, 10_000)
fast = settings(max_examples=12, deadline=None)


def allowed_beyond(compared: int) -> int:
    return int(stats.poisson.ppf(0.999, compared * 2 * stats.norm.sf(FAR)))


def z_scores(counts, shares, follicles):
    """Return how far counts lie from N p, in SE, for classes common enough."""
    mean = follicles * shares
    variance = mean * (1 - shares)
    common = variance > LEAST_EXPECTED
    return ((counts - mean)[common] / np.sqrt(variance[common])).ravel()


def assert_like_chance(z) -> None:
    z = np.asarray(z)
    assert z.size > 500
    beyond = np.sum(np.abs(z) > FAR)
    assert beyond <= allowed_beyond(z.size), (beyond, z.size, np.abs(z).max())
    assert np.abs(z).max() < 5
    # of independent numbers the mean square is 1; those of one scenario are correlated
    assert 0.9 < np.mean(z**2) < 1.1


@cache
def expected(seed: int):
    one = scenario(seed)
    return np.stack([phase_by_track(one.layout, at.state[:, 0]) for at in mean_field(one, WEEKS)])


@cache
def steps(seed: int, refine: int = 1):
    one = scenario(seed)
    return transitions(*one.engine, one.drive, DAYS, one.events, refine=refine)


def lived(one: Scenario, follicles: int, seed: int, **given):
    return live(
        *one.engine,
        one.start,
        one.drive,
        WEEKS[-1],
        one.events,
        follicles=follicles,
        seed=seed,
        **given,
    )


@cache
def course(seed: int):
    return lived(scenario(seed), FOLLICLES, seed)


def kinds(layout: Layout, counts):
    """Return counts of single follicles in the order of `phase_by_track`."""
    kind, track, _ = state_phases(layout).T
    column = np.append(kind * layout.tracks + track, counts.shape[1] - 1)
    return counts[:, column[phase_by_track(layout, np.eye(layout.states)).argmax(axis=1)]]


def test_held_cells_keep_within_their_bound_of_the_mean_field_and_halving_brings_them_nearer():
    farthest = {1: [], 2: []}
    for seed in SCENARIOS:
        one = scenario(seed)
        fine = follow(*one.engine, one.start[:, None], one.drive, WEEKS, one.events, refine=4)
        exact = np.stack([phase_by_track(one.layout, at.state[:, 0]) for at in fine])
        for refine, found in farthest.items():
            shares = [one.start]
            made = steps(seed, refine)
            for which in made.of_interval:
                shares.append(shares[-1] @ made.matrices[which])
            lumped = np.stack([phase_by_track(one.layout, x) for x in shares])
            found.append(np.abs(lumped - exact).max())
    assert max(farthest[1]) < HELD_BOUND
    assert sum(farthest[2]) < 0.6 * sum(farthest[1])


def test_every_count_lies_about_the_mean_field_as_chance_has_it():
    z = []
    for seed in SCENARIOS:
        one = scenario(seed)
        counts = count_follicles(steps(seed), one.start, FOLLICLES, seed)[0]
        assert np.all(counts.sum(axis=1) == FOLLICLES)
        assert counts.min() >= 0
        lumped = np.stack([phase_by_track(one.layout, x) for x in counts])
        z.append(z_scores(lumped, expected(seed), FOLLICLES))
    assert_like_chance(np.concatenate(z))


def test_single_follicles_lie_about_the_mean_field_as_chance_has_it():
    z = []
    for seed in SCENARIOS:
        counts = course(seed).counts
        assert np.all(counts.sum(axis=1) == FOLLICLES)
        assert counts.min() >= 0
        at = [int(week) for week in WEEKS]
        z.append(z_scores(kinds(scenario(seed).layout, counts[at]), expected(seed), FOLLICLES))
    assert_like_chance(np.concatenate(z))


def test_what_is_seen_of_counts_and_follicles_is_what_the_mean_field_expects():
    """Hairs, growing hairs and non-vellus hairs: sums of classes, so again binomial."""
    z = []
    for seed in SCENARIOS:
        one = scenario(seed)
        p = one.parameters
        means = Observation.over_time(observe(one.layout, p, at) for at in mean_field(one, WEEKS))
        moments = course(seed).moments()
        seen = Observation.over_time(observe(one.layout, p, moments[int(week)]) for week in WEEKS)
        for name in ("nonvellus_per_cm2", "total_per_cm2", "anagen_per_cm2", "terminal_per_cm2"):
            share = getattr(means, name)[:, 0] / np.ravel(p.F0)
            count = getattr(seen, name)[:, 0] / np.ravel(p.F0) * FOLLICLES
            z.append(z_scores(count, share, FOLLICLES))
    assert_beyond_only_by_chance(np.concatenate(z))


def assert_beyond_only_by_chance(z) -> None:
    assert z.size > 300
    assert np.sum(np.abs(z) > FAR) <= allowed_beyond(z.size), np.abs(z).max()


def test_hairs_are_shed_as_the_mean_field_has_it():
    """A follicle sheds once in some weeks at most, or nearly so: a Poisson number bounds it."""
    z = []
    fine = np.arange(0.0, 52.01, 0.125)
    for seed in SCENARIOS:
        one = scenario(seed)
        rate = np.array([at.shed_per_year[0] for at in mean_field(one, fine.tolist())])
        begun = set(one.events)
        for first, last in ((0, 4), (4, 13), (13, 29), (29, 52)):
            if any(first <= week <= last for week in begun):
                continue  # the rate jumps in between, where no quadrature of outputs is exact
            inside = (fine >= first) & (fine <= last)
            mean = FOLLICLES * np.trapezoid(rate[inside], fine[inside]) * 7 / 365.25
            count = course(seed).shed_hairs[first + 1 : last + 1].sum()
            z.append((count - mean) / np.sqrt(mean))
    z = np.array(z)
    assert z.size > 10
    assert np.abs(z).max() < FAR
    assert np.abs(z).max() > 0.3


def variance_z(sample, exact, runs):
    """Return how far a sample covariance lies from the exact one, in SE of normal numbers."""
    d = np.diag(exact)
    se = np.sqrt((np.outer(d, d) + exact**2) / runs)
    common = np.outer(d, d) > 0.25
    return ((sample - exact)[common] / se[common]).ravel()


def joint_law(seed: int, follicles: int):
    """Return the covariance of the counts of the first and third visit, lumped, by the matrices."""
    one = scenario(seed)
    made = steps(seed)
    step = np.linalg.multi_dot([made.matrices[k] for k in made.of_interval[:2]])
    p = one.start
    lump = phase_by_track(one.layout, np.eye(one.layout.states)).T
    q = p @ step
    here = np.diag(p) - np.outer(p, p)
    there = np.diag(q) - np.outer(q, q)
    between = np.diag(p) @ step - np.outer(p, q)
    blocks = np.block([[here, between], [between.T, there]])
    both = np.kron(np.eye(2), lump)
    return follicles * both.T @ blocks @ both


@pytest.mark.parametrize("seed", range(4))
def test_counts_vary_within_and_between_visits_as_the_multinomial_law_says(seed):
    one, follicles, runs = scenario(seed), 40, 20_000
    counts = count_follicles(steps(seed), one.start, follicles, seed, runs)
    lumped = [phase_by_track(one.layout, counts[:, visit].T.astype(float)) for visit in (0, 2)]
    z = variance_z(np.cov(np.concatenate(lumped)), joint_law(seed, follicles), runs)
    # counts of 40 are not normal, so the spread of a covariance is wider by their kurtosis
    assert np.abs(z).max() < 5
    assert np.abs(z).max() > 1


@pytest.mark.parametrize("seed", range(2))
def test_single_follicles_vary_within_and_between_visits_as_the_multinomial_law_says(seed):
    one, follicles, runs = scenario(seed), 40, 800
    week = int(WEEKS[2])
    parts = [
        live(
            *one.engine,
            one.start,
            one.drive,
            float(week),
            one.events,
            follicles=follicles,
            seed=1,
            first=follicles * part,
            report_w=float(week),
        ).counts
        for part in range(runs)
    ]
    both = np.concatenate([kinds(one.layout, np.array(parts)[:, visit]).T for visit in (0, 1)])
    z = variance_z(np.cov(both), joint_law(seed, follicles), runs)
    assert np.abs(z).max() < 5
    assert np.abs(z).max() > 1


def test_one_seed_gives_the_same_follicles_in_parts_at_other_reports_and_with_hairs():
    one = scenario(3)
    whole = lived(one, 3000, 7)
    again = lived(one, 3000, 7)
    np.testing.assert_array_equal(whole.counts, again.counts)
    parts = [lived(one, 1000, 7, first=first) for first in (0, 1000, 2000)]
    np.testing.assert_array_equal(sum(part.counts for part in parts), whole.counts)
    np.testing.assert_array_equal(sum(part.shed_hairs for part in parts), whole.shed_hairs)
    seldom = lived(one, 3000, 7, report_w=13.0)
    np.testing.assert_array_equal(seldom.counts, whole.counts[::13])
    np.testing.assert_array_equal(
        seldom.shed_hairs[1:], whole.shed_hairs[1:].reshape(-1, 13).sum(axis=1)
    )
    found = []
    with_hairs = lived(one, 3000, 7, on_hairs=found.append)
    np.testing.assert_array_equal(with_hairs.counts, whole.counts)
    assert np.any(lived(one, 3000, 8).counts != whole.counts)


def test_one_seed_gives_the_same_counts_whatever_visits_and_replicates_follow():
    one = scenario(3)
    whole = count_follicles(steps(3), one.start, 5000, 7, 3)
    np.testing.assert_array_equal(whole, count_follicles(steps(3), one.start, 5000, 7, 3))
    np.testing.assert_array_equal(whole[:1], count_follicles(steps(3), one.start, 5000, 7))
    fewer = transitions(*one.engine, one.drive, DAYS[:3], one.events)
    shorter = count_follicles(fewer, one.start, 5000, 7)[0]
    np.testing.assert_array_equal(shorter[:2], whole[0, :2])
    assert np.any(count_follicles(steps(3), one.start, 5000, 8) != whole[0])


def hairs_of(one: Scenario, follicles: int, seed: int):
    found: list[Hairs] = []
    seen = lived(one, follicles, seed, on_hairs=found.append)
    names = Hairs.__slots__
    return seen, Hairs(*(np.concatenate([getattr(h, n) for h in found]) for n in names))


@pytest.mark.parametrize("seed", [0, 1, 2, 5, 9, 12, 13])
def test_no_follicle_shows_two_hairs_and_the_hairs_of_a_day_are_those_counted(seed):
    one = scenario(seed)
    seen, hairs = hairs_of(one, 4000, seed)
    order = np.lexsort([hairs.begun_day, hairs.follicle])
    follicle, begun, shed = (x[order] for x in (hairs.follicle, hairs.begun_day, hairs.shed_day))
    next_ = follicle[1:] == follicle[:-1]
    assert np.all(begun[1:][next_] >= shed[:-1][next_])
    assert np.all(hairs.begun_day <= hairs.grown_day)
    assert np.all(hairs.grown_day <= hairs.shed_day)
    fallen = hairs.shed_day[np.isfinite(hairs.shed_day)]
    assert np.all(fallen > 0)
    assert fallen.size == seen.shed_hairs.sum()
    np.testing.assert_array_equal(np.histogram(fallen, bins=7 * seen.weeks)[0], seen.shed_hairs[1:])
    layout = one.layout
    for week in (0, 1, 13, 52):
        counts = kinds(layout, seen.counts[[week]])[0][:-1].reshape(7, layout.tracks)
        visible = counts[[1, 2, 3, 6]].sum(axis=0)
        shown = np.bincount(layout.shown, visible, minlength=3)
        on_day = hairs.visible_on(7.0 * week)
        np.testing.assert_array_equal(np.bincount(on_day.size, minlength=3), shown)
        assert np.unique(on_day.follicle).size == on_day.follicle.size
        growing = on_day.grown_day > 7.0 * week
        assert growing.sum() == counts[[1, 6]].sum()


def treated(first: Scenario, from_week: float) -> tuple[Scenario, Scenario]:
    """Return a scenario and the same under a stimulus from a week on, with the same events."""

    def drive(week, begun):
        c = first.drive(week, begun)
        if begun < from_week:
            return c
        S = np.minimum(c.S + 0.6 * (1 - np.exp(-(week - from_week) / 4)), 1.3)
        return replace(c, S=S)

    events = (*first.events, from_week)
    return replace(first, events=events), replace(first, drive=drive, events=events)


def test_two_scenarios_of_one_seed_are_the_same_until_their_controls_part():
    for seed in range(8):
        pair = treated(scenario(seed), 26.0)
        counts = [lived(each, 4000, 5).counts for each in pair]
        np.testing.assert_array_equal(counts[0][:27], counts[1][:27])
        assert np.any(counts[0][40] != counts[1][40])
        made = [transitions(*each.engine, each.drive, DAYS, each.events) for each in pair]
        a, b = (count_follicles(each, pair[0].start, 4000, 5)[0] for each in made)
        np.testing.assert_array_equal(a[:3], b[:3])
        assert np.any(a[4] != b[4])


def nonvellus(layout: Layout, state):
    x = layout.by_size(layout.live(state))
    return x[layout.anagen.start : layout.telogen.stop, :2].sum(axis=(0, 1)) + x[
        layout.anagen_driven, :2
    ].sum(axis=0)


def common_gain(engine: str, seed: int) -> float:
    """Return by what the variance of a difference falls when both scenarios share a seed."""
    one = scenario(seed)
    pair, follicles, runs = treated(one, 0.0), 200, 300

    def at_the_end(each: Scenario, number: int):
        if engine == "counts":
            made = transitions(*each.engine, each.drive, [0, 180], each.events)
            counts = count_follicles(made, one.start, follicles, number, runs)
            return nonvellus(one.layout, counts[:, -1].T.astype(float))
        given = {"follicles": follicles, "seed": number, "report_w": 26.0}
        found = [
            live(
                *(*each.engine, one.start, each.drive, 26.0, each.events),
                **given,
                first=follicles * run,
            )
            .moments()[-1]
            .state[:, 0]
            * follicles
            for run in range(runs)
        ]
        return nonvellus(one.layout, np.array(found).T)

    mine, same, other = (
        at_the_end(pair[0], 1),
        at_the_end(pair[1], 1),
        at_the_end(pair[1], 2),
    )
    return float(np.var(mine - other) / np.var(mine - same))


@pytest.mark.parametrize(("engine", "least"), [("counts", 3.0), ("follicles", 3.0)])
def test_a_common_seed_makes_differences_much_surer(engine, least):
    assert common_gain(engine, 4) > least


@fast
@given(seeds)
def test_permuting_the_people_of_a_scenario_changes_nothing_of_each(seed):
    rng = np.random.default_rng(seed)
    layout = Layout.from_facts(MODEL)
    p, u = drawn_person(rng)
    start = pattern_baseline(layout, p, u, np.array([9.6]))[:, 0]

    def drive(week, begun):
        return Controls(u=u, S=np.array([0.4]))

    each = live(layout, p, start, drive, 26.0, follicles=300, seed=seed)
    parts = [
        live(layout, p, start, drive, 26.0, follicles=100, seed=seed, first=first)
        for first in (200, 0, 100)
    ]
    np.testing.assert_array_equal(sum(part.counts for part in parts), each.counts)
