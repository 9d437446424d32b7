import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis.multivariate import fit, predict
from anagen.synthesis.random_terms import random_intercept, random_vector
from anagen.synthesis.robust import robust
from anagen.synthesis.sampling_covariance import (
    autoregressive,
    constant_correlation,
    from_matrix,
    from_upper_triangle,
    independent,
)
from anagen.synthesis.single_arm import Bias, pool, pseudo_contrasts, randomised_contrasts
from anagen.synthesis.single_arm_tiers import tiers, tipping_bias, tipping_power

Y = np.array([3.0, 4.0, 6.0, 5.0, 1.0, 2.0])
V = np.full(6, 0.5)
STUDY = ["a", "a", "b", "b", "c", "c"]
WEEK = [12, 24, 12, 24, 12, 24]
ONE = np.ones(6)
PLAIN = independent(V)
SINGLE = pseudo_contrasts([12.0, 14.0, 13.0], [1.0, 1.2, 0.9], -1.0, 0.5)
TRIALS = randomised_contrasts([6.0, 7.0, 8.0], [1.0, 1.5, 1.2])
STATED = Bias(mean=3.0, spread=1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: independent([1.0, 0.0]), r"variances\[1\] is 0"),
        (lambda: constant_correlation(V, STUDY, 1.0), "between -1 and 1"),
        (lambda: constant_correlation([1, 1, 1], ["a"] * 3, -0.9), "not positive definite"),
        (lambda: autoregressive(V, STUDY, [1, 1, 1, 2, 1, 2], 0.5), "same time"),
        (lambda: autoregressive(V, STUDY, WEEK, 1.0), "from 0 to below 1|from 0 to 1"),
        (lambda: autoregressive(V, ["a"], WEEK, 0.5), "a study each"),
        (lambda: from_matrix([[1.0, 0.5], [0.4, 1.0]]), "symmetric"),
        (lambda: from_matrix([[1.0, 2.0], [2.0, 1.0]]), "not positive definite"),
        (lambda: from_upper_triangle([0, 0], [0, 5], [1.0, 0.2], 2), "index is outside"),
        (lambda: from_upper_triangle([0], [0], [1.0], 2), r"variances\[1\] is 0"),
        (lambda: fit(Y[:5], ONE, PLAIN), "as many effects"),
        (lambda: fit(Y, np.column_stack([ONE, ONE]), PLAIN), "tell their coefficients apart"),
        (lambda: fit(Y, np.eye(6), PLAIN), "more than 6 effects"),
        (lambda: fit([np.nan, *Y[1:]], ONE, PLAIN), "finite numbers"),
        (lambda: fit(Y, ONE, PLAIN, [random_intercept(["a"])]), "1 labels for 6 effects"),
        (lambda: fit(Y, ONE, PLAIN, method="OLS"), "choose REML or ML"),
        (lambda: random_vector(STUDY, WEEK, "TOEPLITZ"), "not known"),
        (lambda: random_vector(STUDY, ["x"] * 3 + ["y"] * 3, "CAR"), "times that are numbers"),
        (lambda: random_vector(STUDY, [1, "x"] * 3, "CS"), "all numbers or all words"),
        (lambda: random_intercept("abc"), "labels must be a list"),
        (lambda: predict(fit(Y, ONE, PLAIN), [1.0, 2.0]), "1 finite columns"),
        (lambda: predict(fit(Y, ONE, PLAIN), [1.0], tau2=-1.0), "0 or above"),
        (lambda: robust(fit(Y, ONE, PLAIN), ["a"] * 6), "more than 1 clusters"),
        (lambda: robust(fit(Y, ONE, PLAIN), ["a"]), "a cluster each"),
        (
            lambda: robust(fit(Y, ONE, PLAIN, [random_intercept(STUDY)]), range(6)),
            "outermost group",
        ),
        (lambda: randomised_contrasts([1.0, 2.0], [1.0, 0.0]), r"variance\[1\] is 0"),
        (lambda: pseudo_contrasts([1.0], [0.0], 0.0, 0.1), r"se\[0\] is 0"),
        (lambda: pseudo_contrasts([1.0], [1.0], 0.0, -0.1), "no covariance"),
        (lambda: pseudo_contrasts([1.0], [1.0], 0.0, 0.1, tau_m=-1), "tau_m is -1"),
        (lambda: pseudo_contrasts([1.0, 2.0], [1.0], 0.0, 0.1), "as many standard errors"),
        (
            lambda: pseudo_contrasts([1.0], [1.0], 0.0, 0.1, comparison=["a", "b"]),
            "comparison each",
        ),
        (lambda: pool(TRIALS, SINGLE, Bias(mean=1.0, spread=-1.0)), "spread of 0 or above"),
        (lambda: pool(TRIALS, SINGLE, Bias(mean=1.0, spread=1.0, power=2.0)), "from 0 to 1"),
        (
            lambda: pool(None, SINGLE, Bias(mean=0.0, spread=1.0, is_estimated=True)),
            "3 randomised trials beside them, got 0",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(InputError, match=words) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_effects_without_scatter_put_the_variance_at_its_bound_and_say_so():
    model = fit(ONE, ONE, PLAIN, [random_intercept(STUDY)])
    assert model.components[0].variances == [0.0]
    assert model.components[0].at_bound == ["variance 0"]
    assert model.cautions == ("study: variance 0 is at its bound",)


@pytest.mark.parametrize("structure", ["ID", "DIAG", "CS", "HCS", "AR", "HAR", "CAR", "UN"])
def test_every_structure_fits_and_counts_its_parameters(structure):
    rng = np.random.default_rng(2)
    study = np.repeat(np.arange(25), 3)
    week = np.tile([4, 12, 24], 25)
    level = rng.normal(0, 1, 25)[study]
    y = level + rng.normal(0, 0.8, 75)
    model = fit(
        y, np.ones(75), independent(np.full(75, 0.2)), [random_vector(study, week, structure)]
    )
    (found,) = model.components
    assert len(found.variances) == (3 if structure in {"DIAG", "HCS", "HAR", "UN"} else 1)
    assert len(found.correlations) == {"ID": 0, "DIAG": 0, "UN": 3}.get(structure, 1)
    assert all(-1 <= r <= 1 for r in found.correlations)
    assert np.isfinite(model.loglik_reml)


def test_a_richer_structure_never_fits_worse():
    rng = np.random.default_rng(3)
    study, week = np.repeat(np.arange(20), 3), np.tile([1, 2, 3], 20)
    y = rng.normal(0, 1, 20)[study] + rng.normal(0, 0.8, 60)
    known, x = independent(np.full(60, 0.2)), np.ones(60)

    def top(structure):
        return fit(y, x, known, [random_vector(study, week, structure)]).loglik_reml

    assert top("ID") <= top("CS") + 1e-8
    assert top("CS") <= top("HCS") + 1e-8
    assert top("AR") <= top("HAR") + 1e-8
    assert max(top("HCS"), top("HAR")) <= top("UN") + 1e-8


def test_one_correlation_of_three_levels_stops_where_it_stops_being_one():
    rng = np.random.default_rng(4)
    true = rng.normal(0, 3, (20, 3))
    y = (true - true.mean(axis=1, keepdims=True)).ravel()  # sums of 0: correlations of -1/2
    study, week = np.repeat(np.arange(20), 3), np.tile([1, 2, 3], 20)
    model = fit(y, np.ones(60), independent(np.full(60, 0.1)), [random_vector(study, week, "CS")])
    assert model.components[0].correlations == [-0.5]
    assert model.components[0].at_bound == ["correlation 0"]


def test_prediction_intervals_are_wider_than_those_of_the_mean():
    model = fit(Y, ONE, PLAIN, [random_intercept(STUDY)])
    found = predict(model, [1.0], tau2=model.components[0].variances[0])
    assert found.study_low[0] < found.low[0] < found.mean[0] < found.high[0] < found.study_high[0]
    assert predict(model, [1.0]).study_low is None
    assert found.low[0] == pytest.approx(model.low[0])


def test_t_uses_the_groups_that_contain_a_coefficient():
    x = np.column_stack([ONE, [0.0, 1.0] * 3])
    model = fit(Y, x, PLAIN, [random_intercept(STUDY)], test="t")
    assert model.df.tolist() == [2.0, 4.0]


def test_tiers_stand_side_by_side_with_their_warning():
    found = tiers(TRIALS, SINGLE, STATED)
    assert found.randomised_only.single_arms == 0
    assert found.bias_adjusted.b0_status == "fixed"
    assert found.naive.estimates[0].mean > found.bias_adjusted.estimates[0].mean
    assert "no conclusion may rest on it" in found.warning
    assert [p.power for p in found.by_power] == [0.0, 0.1, 0.25, 0.5, 1.0]
    assert found.by_power[0].estimates == found.randomised_only.estimates
    assert found.by_power[-1] == found.bias_adjusted


def test_without_trials_tier_0_is_empty_and_says_so():
    found = tiers(None, SINGLE, STATED)
    assert found.randomised_only is None
    assert "every conclusion rests on single arms" in found.notes[0]
    assert found.tipping_bias.value > STATED.mean


def test_a_bias_that_cannot_be_estimated_leaves_tier_1_empty_with_a_note():
    few = randomised_contrasts([6.0, 7.0], [1.0, 1.5])
    found = tiers(few, SINGLE, Bias(mean=0.0, spread=1.0, is_estimated=True))
    assert found.bias_adjusted is None
    assert found.by_power == []
    assert found.tipping_bias.value is None
    assert "cannot be estimated" in found.notes[0]


def test_a_point_that_does_not_exist_is_not_invented():
    wide = tipping_bias(None, SINGLE, Bias(mean=13.0, spread=9.0))
    assert (wide.value, wide.reason) == (None, "the interval includes the threshold already")
    sure = tipping_power(TRIALS, SINGLE, STATED)
    assert (sure.value, sure.reason) == (None, "the trials alone exclude the threshold")
    unused = tipping_bias(TRIALS, SINGLE, Bias(mean=3.0, spread=1.0, power=0.0))
    assert unused.value is None


def test_nothing_to_pool_is_none():
    assert pool(None, None, STATED) is None
    assert pool(None, SINGLE, Bias(mean=0.0, spread=1.0, power=0.0)) is None


def test_one_single_arm_alone_has_the_variance_that_was_stated():
    one = pseudo_contrasts([12.0], [1.0], -1.0, 0.5, tau_m=0.6)
    found = pool(None, one, Bias(mean=3.0, spread=0.8))
    assert found.estimates[0].mean == pytest.approx(10.0)
    assert found.estimates[0].se == pytest.approx(np.sqrt(1 + 0.5 + 0.36 + 0.64))
