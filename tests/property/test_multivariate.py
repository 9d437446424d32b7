"""What holds for every multivariate fit and every pooling of single arms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anagen.synthesis import fit_pairwise
from anagen.synthesis.multivariate import fit
from anagen.synthesis.random_terms import random_intercept, random_vector
from anagen.synthesis.robust import robust
from anagen.synthesis.sampling_covariance import (
    constant_correlation,
    from_matrix,
    independent,
)
from anagen.synthesis.single_arm import Bias, pool, pseudo_contrasts, randomised_contrasts
from anagen.synthesis.single_arm_tiers import tiers, tipping_bias, tipping_power

seeds = st.integers(0, 10_000)
SAME = 1e-6  # two climbs to one maximum


def drawn(seed, studies=12, visits=3):
    rng = np.random.default_rng(seed)
    study = np.repeat(np.arange(studies), visits)
    time = np.tile(np.arange(visits), studies)
    v = rng.uniform(0.5, 2.0, study.size)
    y = rng.normal(10, 2, studies)[study] + rng.normal(0, np.sqrt(v + 0.5))
    return y, v, study, time


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_a_variance_per_effect_is_the_univariate_model(seed):
    y, v, *_ = drawn(seed, studies=10, visits=1)
    ours = fit(y, np.ones(y.size), independent(v), [random_intercept(range(y.size))])
    other = fit_pairwise(y, v).random
    assert ours.components[0].variances[0] == pytest.approx(other.tau2, rel=1e-6, abs=1e-9)
    assert ours.coefficients[0] == pytest.approx(other.estimate, rel=1e-7)
    assert ours.se[0] == pytest.approx(other.se, rel=1e-6)


@settings(max_examples=12, deadline=None)
@given(seeds, st.floats(0.01, 100))
def test_the_unit_of_the_effects_scales_components_by_its_square(seed, c):
    y, v, study, time = drawn(seed)
    term = [random_vector(study, time, "CS")]
    x = np.ones(y.size)
    one = fit(y, x, constant_correlation(v, study, 0.4), term)
    other = fit(c * y, x, constant_correlation(c * c * v, study, 0.4), term)
    assert other.coefficients[0] == pytest.approx(c * one.coefficients[0], rel=SAME)
    assert other.components[0].variances == pytest.approx(
        [c * c * a for a in one.components[0].variances], rel=1e-4
    )


@settings(max_examples=12, deadline=None)
@given(seeds)
def test_neither_the_order_of_rows_nor_the_form_of_v_matters(seed):
    y, v, study, time = drawn(seed)
    order = np.random.default_rng(seed + 1).permutation(y.size)
    blocks = constant_correlation(v, study, 0.4)
    full = np.zeros((y.size, y.size))
    for rows, block in blocks.blocks:
        full[np.ix_(rows, rows)] = block
    x = np.column_stack([np.ones(y.size), time])
    one = fit(y, x, blocks, [random_intercept(study)])
    shuffled = from_matrix(full[np.ix_(order, order)])
    other = fit(y[order], x[order], shuffled, [random_intercept(study[order])])
    assert other.coefficients == pytest.approx(one.coefficients, rel=SAME, abs=1e-8)
    assert other.loglik_reml == pytest.approx(one.loglik_reml, rel=1e-9)
    assert other.q_e == pytest.approx(one.q_e)


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_no_nearby_components_have_a_higher_likelihood(seed):
    y, v, study, time = drawn(seed)
    x, known = np.ones((y.size, 1)), constant_correlation(v, study, 0.4)
    best = fit(y, x, known, [random_vector(study, time, "CS")])
    (component,) = best.components
    rng = np.random.default_rng(seed)
    for _ in range(20):
        tau2 = component.variances[0] * np.exp(rng.normal(0, 0.2)) + 1e-3 * rng.uniform()
        rho = np.clip(component.correlations[0] + rng.normal(0, 0.1), -0.5, 1)
        assert restricted(y, x, known, study, tau2, rho) <= best.loglik_reml + 1e-8


def restricted(y, x, known, study, tau2, rho):
    """The restricted log likelihood of compound symmetry, from full matrices."""
    m = tau2 * (study[:, None] == study[None, :]) * (rho + (1 - rho) * np.eye(y.size))
    for rows, block in known.blocks:
        m[np.ix_(rows, rows)] += block
    w = np.linalg.inv(m)
    a = x.T @ w @ x
    b = np.linalg.solve(a, x.T @ w @ y)
    e = y - x @ b
    log_dets = np.linalg.slogdet(m)[1] + np.linalg.slogdet(a)[1] - np.linalg.slogdet(x.T @ x)[1]
    return -0.5 * ((y.size - x.shape[1]) * np.log(2 * np.pi) + log_dets + e @ w @ e)


@settings(deadline=None)
@given(st.integers(3, 40), seeds)
def test_the_robust_error_of_a_plain_mean_is_the_textbook_one(size, seed):
    y = np.random.default_rng(seed).normal(0, 1, size)
    found = robust(fit(y, np.ones(size), independent(np.ones(size))), range(size))
    assert found.se[0] == pytest.approx(y.std(ddof=1) / np.sqrt(size))
    assert found.df[0] == pytest.approx(size - 1)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_trials_and_single_arms_pool_as_the_multivariate_model_does(seed):
    rng = np.random.default_rng(seed)
    randomised = randomised_contrasts(rng.normal(8, 2, 4), rng.uniform(1, 4, 4))
    single = pseudo_contrasts(rng.normal(12, 2, 5), rng.uniform(0.5, 2, 5), -1.0, 1.5, tau_m=0.7)
    found = pool(randomised, single, Bias(mean=3.0, spread=1.0, power=0.5))
    v = np.diag(np.concatenate([np.diagonal(randomised.covariance), np.zeros(5)]))
    v[4:, 4:] = 1.5 + np.diag(0.7**2 + 1.0 + single.sampling / 0.5)
    y = np.concatenate([randomised.y, single.d - 3.0])
    model = fit(y, np.ones(9), from_matrix(v), [random_intercept(range(9))])
    assert found.tau2 == pytest.approx(model.components[0].variances[0], rel=1e-6, abs=1e-9)
    assert found.estimates[0].mean == pytest.approx(model.coefficients[0], rel=1e-8)
    assert found.estimates[0].se == pytest.approx(model.se[0], rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2, 60), st.floats(0.1, 20), st.floats(0, 3))
def test_no_number_of_single_arms_beats_the_error_that_they_share(seed, arms, shared, tau_m):
    rng = np.random.default_rng(seed)
    single = pseudo_contrasts(
        rng.normal(10, 2, arms), rng.uniform(0.1, 2, arms), -1.0, shared, tau_m=tau_m
    )
    found = pool(None, single, Bias(mean=1.0, spread=0.5))
    assert found.estimates[0].se >= np.sqrt(shared)


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(2, 6), st.integers(1, 5))
def test_single_arms_of_no_weight_leave_the_trials_alone(seed, trials, arms):
    rng = np.random.default_rng(seed)
    randomised = randomised_contrasts(rng.normal(8, 2, trials), rng.uniform(1, 4, trials))
    single = pseudo_contrasts(rng.normal(14, 2, arms), rng.uniform(0.5, 2, arms), -1.0, 1.0)
    alone = pool(randomised, None, Bias(mean=0, spread=0))
    none = pool(randomised, single, Bias(mean=3, spread=1, power=0.0))
    hardly = pool(randomised, single, Bias(mean=3, spread=1, power=1e-9))
    assert none.estimates[0] == alone.estimates[0]
    assert hardly.estimates[0].mean == pytest.approx(alone.estimates[0].mean, rel=1e-5)
    assert hardly.tau2 == pytest.approx(alone.tau2, rel=1e-4, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(seeds, st.sampled_from([1.0, -1.0]))
def test_at_a_tipping_point_the_interval_ends_at_the_threshold(seed, sign):
    rng = np.random.default_rng(seed)
    single = pseudo_contrasts(sign * rng.normal(14, 1, 4), rng.uniform(0.5, 1, 4), 0.0, 0.4)
    bias = Bias(mean=sign * 1.0, spread=0.5)
    tip = tipping_bias(None, single, bias, threshold=sign * 3.0)
    assert sign * (tip.value - bias.mean) > 0
    there = pool(None, single, Bias(mean=tip.value, spread=0.5)).estimates[0]
    assert (there.low if sign > 0 else there.high) == pytest.approx(sign * 3.0, abs=1e-6)


def test_the_weight_at_which_a_conclusion_tips_is_solved():
    randomised = randomised_contrasts([4.0, 6.0, 5.0], [9.0, 9.0, 9.0])
    single = pseudo_contrasts([12.0, 13.0, 11.0], [0.8, 0.9, 1.0], -1.0, 0.5)
    bias = Bias(mean=6.0, spread=0.5)
    tip = tipping_power(randomised, single, bias, threshold=2.5)
    assert 0 < tip.value < 1
    at = pool(randomised, single, Bias(mean=6.0, spread=0.5, power=tip.value))
    assert at.estimates[0].low == pytest.approx(2.5, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_the_bias_is_estimated_from_the_overlap_and_taken_off_where_there_is_none(seed):
    rng = np.random.default_rng(seed)
    randomised = randomised_contrasts(rng.normal(8, 0.3, 8), np.full(8, 0.1), ["a"] * 8)
    single = pseudo_contrasts(
        np.concatenate([rng.normal(12, 0.3, 8), rng.normal(9, 0.3, 8)]), np.full(16, 0.3), 0.0,
        0.01, comparison=["a"] * 8 + ["b"] * 8,
    )  # fmt: skip
    found = pool(randomised, single, Bias(mean=0.0, spread=0.1, is_estimated=True))
    assert found.b0 == pytest.approx(4, abs=1.2)
    assert found.estimates[1].mean == pytest.approx(5, abs=1.5)
    assert found.estimates[1].se > found.b0_se * 0.9
    side_by_side = tiers(randomised, single, Bias(mean=4.0, spread=0.5))
    assert side_by_side.randomised_only.estimates[1] is None
    assert side_by_side.naive.estimates[1].mean > found.estimates[1].mean
