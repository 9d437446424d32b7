"""What holds for every set of effects that is pooled, whatever the numbers."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anagen.synthesis.bootstrap import bootstrap_pool, pool_sets, resamples
from anagen.synthesis.exact_bayes import Exponential, HalfCauchy, HalfNormal, Uniform, exact_bayes
from anagen.synthesis.heterogeneity import heterogeneity, log_likelihood, q_profile, variance
from anagen.synthesis.influence import cumulative, leave_one_out, study_effects
from anagen.synthesis.pairwise import common_effect, fit_pairwise
from anagen.synthesis.regression import fit_regression, predict
from anagen.synthesis.small_study import begg, egger
from anagen.synthesis.subgroups import fit_subgroups
from anagen.synthesis.trim_fill import trim_and_fill
from anagen.synthesis.weighted import checked

METHODS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
effect = st.floats(-100, 100).map(lambda x: round(x, 3))
spread = st.floats(0.05, 50).map(lambda x: round(x, 3))
trials = st.lists(st.tuples(effect, spread), min_size=2, max_size=12)
many = st.lists(st.tuples(effect, spread), min_size=4, max_size=12)
methods = st.sampled_from(METHODS)
NUMBERS = ("estimate", "se", "s2w", "log_likelihood_reml")


def parts(rows):
    return np.array([y for y, _ in rows]), np.array([v for _, v in rows])


def near(value, scale=1.0):
    return pytest.approx(value, rel=1e-6, abs=1e-6 * scale)


@settings(deadline=None)
@given(trials, methods, st.floats(0.01, 100))
def test_another_unit_scales_all_that_has_one(rows, method, factor):
    y, v = parts(rows)
    one, other = (
        fit_pairwise(y * f, v * f * f, method=method).random for f in (1.0, factor)
    )  # fmt: skip
    assert other.tau2 == near(one.tau2 * factor**2, factor**2)
    assert other.estimate == near(one.estimate * factor, factor)
    assert other.hartung_knapp.high == near(one.hartung_knapp.high * factor, factor)
    assert other.heterogeneity.i2_percent == near(one.heterogeneity.i2_percent, 100)
    assert other.s2w == near(one.s2w)


@settings(deadline=None)
@given(trials, methods)
def test_the_opposite_sign_mirrors_every_interval(rows, method):
    y, v = parts(rows)
    one, other = fit_pairwise(y, v, method=method), fit_pairwise(-y, v, method=method)
    assert other.random.tau2 == near(one.random.tau2)
    assert other.chosen.low == near(-one.chosen.high)
    assert other.random.prediction.z_wald[0] == near(-one.random.prediction.z_wald[1])


@settings(deadline=None)
@given(trials, methods, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(rows, method, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = (fit_pairwise(*parts(r), method=method) for r in (rows, shuffled))
    assert other.random.tau2 == near(one.random.tau2)
    assert other.chosen.estimate == near(one.chosen.estimate)
    assert sorted(other.random.weights_percent) == near(sorted(one.random.weights_percent))


@settings(deadline=None)
@given(trials, effect)
def test_a_study_without_information_changes_no_likelihood_estimate(rows, far):
    y, v = parts(rows)
    wide_y, wide_v = np.append(y, far), np.append(v, 1e16)
    for method in ("ML", "REML"):
        one, other = (
            fit_pairwise(a, b, method=method).random for a, b in ((y, v), (wide_y, wide_v))
        )  # fmt: skip
        assert other.estimate == near(one.estimate, 10)
        assert other.tau2 == near(one.tau2, 100)
    assert common_effect(wide_y, wide_v).estimate == near(common_effect(y, v).estimate)


@settings(deadline=None)
@given(trials)
def test_a_study_split_in_two_halves_leaves_the_common_effect_and_q(rows):
    y, v = parts(rows)
    halves = common_effect(np.append(y, y[0]), np.append([2 * v[0], *v[1:]], 2 * v[0]))
    whole = common_effect(y, v)
    assert (halves.estimate, halves.se, halves.q) == near((whole.estimate, whole.se, whole.q))


@settings(deadline=None)
@given(effect, spread, methods)
def test_one_study_stands_for_itself(y, v, method):
    fit = fit_pairwise([y], [v], method=method)
    assert fit.random is None
    assert fit.chosen.flags == ["one_study"]
    assert (fit.chosen.estimate, fit.chosen.se) == near((y, math.sqrt(v)))
    assert fit.common.q_p == 1


@settings(deadline=None)
@given(trials.filter(lambda r: len(r) == 2), methods)
def test_two_studies_give_the_wald_interval_and_no_prediction(rows, method):
    fit = fit_pairwise(*parts(rows), method=method)
    assert fit.chosen.interval == "wald"
    assert fit.chosen.flags == ["hartung_knapp_uninformative"]
    assert fit.chosen.prediction is None
    assert fit.random.prediction.t_k_minus_2_wald is None
    assert (fit.chosen.low, fit.chosen.high) == (fit.random.wald_z.low, fit.random.wald_z.high)


@settings(deadline=None)
@given(effect, st.lists(spread, min_size=2, max_size=12))
def test_effects_that_are_all_alike_have_no_heterogeneity_but_keep_their_width(y, v):
    for method in METHODS:
        fit = fit_pairwise([y] * len(v), v, method=method)
        assert fit.random.tau2 == pytest.approx(0, abs=1e-9)
        assert fit.chosen.high - fit.chosen.low >= fit.common.high - fit.common.low - 1e-9
        assert fit.random.estimate == near(y)


@settings(deadline=None)
@given(trials)
def test_at_no_heterogeneity_random_and_common_effects_are_one(rows):
    y, v = parts(rows)
    fit = fit_pairwise(y * 1e-3, v, method="REML")
    assume(fit.random.tau2 == 0)
    assert (fit.random.estimate, fit.random.se) == near((fit.common.estimate, fit.common.se))
    assert fit.random.heterogeneity.h2 == 1


@settings(deadline=None)
@given(trials, st.booleans())
def test_no_tau2_has_a_higher_likelihood_than_the_one_found(rows, restricted):
    data = checked(*parts(rows))
    found = variance(data, "REML" if restricted else "ML")
    best = log_likelihood(data, found.at, restricted=restricted)
    for tau2 in (0.0, *np.geomspace(1e-4, 1e5, 60)):
        other = log_likelihood(data, data.terms(float(tau2)), restricted=restricted)
        assert other <= best + 1e-9 * abs(best)


@settings(deadline=None)
@given(trials)
def test_the_generalised_q_is_its_expectation_at_the_paule_mandel_estimate(rows):
    data = checked(*parts(rows))
    tau2 = variance(data, "PM").tau2
    if tau2 > 0:
        assert data.terms(tau2).q == pytest.approx(data.df, rel=1e-9)
    else:
        assert data.terms(0).q <= data.df


@settings(deadline=None)
@given(trials)
def test_the_q_profile_interval_holds_the_paule_mandel_estimate(rows):
    y, v = parts(rows)
    interval = q_profile(y, v)
    low, high = interval.tau2
    assert 0 <= low <= high
    assert interval.empty == (high == 0)
    if not interval.empty and len(rows) > 2:  # with 1 df the mean lies in the tail of chi-squared
        assert low <= heterogeneity(y, v, method="PM").tau2 <= high


@settings(deadline=None)
@given(many, st.floats(-5, 5), st.floats(-5, 5))
def test_a_regression_does_not_depend_on_how_its_moderator_is_measured(rows, shift, log_scale):
    y, v = parts(rows)
    x = np.arange(y.size, dtype=float)
    scale = 10**log_scale
    one = fit_regression(y, v, x, ("dose",))
    other = fit_regression(y, v, (x + shift) * scale, ("dose",))
    assert other.residual.tau2 == near(one.residual.tau2, 10)
    assert other.qm == near(one.qm, 1 + one.qm)
    assert other.estimate[1] * scale == near(one.estimate[1], 10)
    a, b = predict(one, [1.5])[0], predict(other, [(1.5 + shift) * scale])[0]
    assert (b.estimate, b.se, *b.prediction) == near((a.estimate, a.se, *a.prediction), 100)


@settings(deadline=None)
@given(many)
def test_a_regression_on_groups_is_the_subgroup_analysis_with_a_common_tau2(rows):
    y, v = parts(rows)
    groups = ["a", "b"] * y.size
    second = np.arange(y.size) % 2.0
    fit = fit_regression(y, v, second, ("second",))
    apart = fit_subgroups(y, v, groups[: y.size])
    assert apart.heterogeneity.tau2 == near(fit.residual.tau2, 10)
    assert apart.common_tau2.q == near(fit.qm, 1 + fit.qm)
    assert sum(g.studies for g in apart.separate_tau2.groups) == y.size


@settings(deadline=None)
@given(trials, st.sampled_from(["REML", "DL", "common"]), st.integers(0, 2**32))
def test_pooling_many_resamples_at_once_is_pooling_each(rows, method, seed):
    y, v = parts(rows)
    picks = resamples(y.size, 8, seed)
    at_once = pool_sets(y[picks], v[picks], method=method)
    for i, pick in enumerate(picks):
        if method == "common":
            estimate, se, tau2 = common_effect(y[pick], v[pick]).estimate, None, 0.0
        else:
            fit = fit_pairwise(y[pick], v[pick], method=method).random
            estimate, se, tau2 = fit.estimate, fit.se, fit.tau2
        assert at_once.estimate[i] == pytest.approx(estimate, rel=1e-10, abs=1e-10)
        assert at_once.tau2[i] == pytest.approx(tau2, rel=1e-10, abs=1e-10)
        assert se is None or at_once.se[i] == pytest.approx(se, rel=1e-10)


@settings(deadline=None)
@given(trials.filter(lambda r: len(r) > 2))
def test_leaving_a_study_out_is_pooling_the_others(rows):
    y, v = parts(rows)
    out = leave_one_out(y, v)
    for i in range(y.size):
        rest = fit_pairwise(np.delete(y, i), np.delete(v, i)).random
        assert out.estimate[i] == pytest.approx(rest.estimate, rel=1e-10, abs=1e-10)
        assert out.i2_percent[i] == near(rest.heterogeneity.i2_percent, 100)
        assert out.q_p[i] == near(rest.heterogeneity.q_p)


@settings(deadline=None)
@given(trials)
def test_adding_studies_one_by_one_ends_with_all(rows):
    y, v = parts(rows)
    added, all_of_them = cumulative(y, v), fit_pairwise(y, v).random
    assert added.studies == tuple(range(1, y.size + 1))
    assert (added.estimate[0], added.tau2[0]) == near((y[0], 0))
    assert added.estimate[-1] == pytest.approx(all_of_them.estimate, rel=1e-10, abs=1e-10)


@settings(deadline=None)
@given(trials)
def test_each_study_is_shrunk_between_its_effect_and_the_mean(rows):
    y, v = parts(rows)
    mean, shrunk = fit_pairwise(y, v).random.estimate, study_effects(y, v)
    for own, value in zip(y, shrunk.estimate, strict=True):
        assert min(own, mean) - 1e-9 <= value <= max(own, mean) + 1e-9


@settings(deadline=None)
@given(many, st.sampled_from(["L0", "R0"]))
def test_filling_moves_the_effect_away_from_the_heavy_side(rows, estimator):
    y, v = parts(rows)
    fit = trim_and_fill(y, v, estimator=estimator, side="left", any_k=True)
    before = fit_pairwise(y, v).random.estimate
    assert fit.studies == y.size + fit.missing == y.size + len(fit.filled)
    if fit.missing == 0:
        assert fit.estimate == near(before)
    mirrored = trim_and_fill(-y, v, estimator=estimator, side="right", any_k=True)
    assert mirrored.missing == fit.missing
    assert mirrored.estimate == near(-fit.estimate, 10)


@settings(deadline=None)
@given(many)
def test_asymmetry_tests_turn_with_the_sign_of_effects(rows):
    y, v = parts(rows)
    assume(np.ptp(v) > 0.1)
    one, other = egger(y, v, any_k=True), egger(-y, v, any_k=True)
    assert other.slope_estimate == near(-one.slope_estimate, 100)
    assert begg(-y, v, any_k=True).kendall_tau == near(-begg(y, v, any_k=True).kendall_tau)


priors = st.sampled_from([HalfNormal, HalfCauchy, Exponential, Uniform])


@settings(deadline=None)
@given(trials, priors, st.floats(0.1, 100))
def test_a_posterior_is_a_distribution_that_moves_with_its_effects(rows, prior, scale):
    y, v = parts(rows)
    one = exact_bayes(y, v, prior=prior(scale=scale))
    moved = exact_bayes(y + 7, v, prior=prior(scale=scale), threshold=7)
    assert list(one.mu.quantiles) == sorted(one.mu.quantiles)
    assert list(one.tau.quantiles) == sorted(one.tau.quantiles)
    assert moved.mu.quantiles == near(tuple(q + 7 for q in one.mu.quantiles), 100)
    assert moved.tau.quantiles == near(one.tau.quantiles)
    assert (moved.above_mu, moved.above_predictive) == near((one.above_mu, one.above_predictive))
    assert moved.log_marginal_likelihood == near(one.log_marginal_likelihood)
    assert 0 <= one.above_mu <= 1


@settings(deadline=None)
@given(trials)
def test_the_posterior_with_a_tiny_scale_is_the_common_effect(rows):
    y, v = parts(rows)
    fit, common = exact_bayes(y, v, prior=HalfNormal(scale=1e-6)), common_effect(y, v)
    assert fit.mu.mean == near(common.estimate)
    assert (fit.low, fit.high) == near((common.low, common.high))


@settings(deadline=None)
@given(trials, st.integers(0, 2**31))
def test_the_same_seed_draws_the_same_resamples(rows, seed):
    y, v = parts(rows)
    one, other = (bootstrap_pool(y, v, draws=20, seed=seed) for _ in range(2))
    assert one.interval == other.interval
    assert (one.estimates == other.estimates).all()
    assert y.min() - 1e-9 <= one.interval[0] <= one.interval[1] <= y.max() + 1e-9
