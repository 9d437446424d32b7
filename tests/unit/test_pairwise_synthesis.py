import math
import subprocess
import sys

import msgspec
import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis.bootstrap import bootstrap_pool, pool_sets
from anagen.synthesis.exact_bayes import (
    Exponential,
    HalfCauchy,
    HalfNormal,
    NormalPrior,
    Uniform,
    exact_bayes,
)
from anagen.synthesis.heterogeneity import heterogeneity, q_profile
from anagen.synthesis.influence import influence, leave_one_out
from anagen.synthesis.pairwise import common_effect, fit_pairwise
from anagen.synthesis.regression import fit_regression, predict
from anagen.synthesis.selection import selection_model
from anagen.synthesis.small_study import NotEvaluable, begg, contour_funnel, egger, precision_effect
from anagen.synthesis.subgroups import fit_subgroups
from anagen.synthesis.trim_fill import trim_and_fill
from anagen.synthesis.weighted import climb

Y = [0.1, 0.6, -0.2, 0.9, 0.4]
V = [0.04, 0.09, 0.05, 0.2, 0.1]
BEGG_P_OF_60 = 0.003426951872651518
NEW = [1.0, 2.0, 3.0, 4.0, 5.5]

BAD_EFFECTS = [
    ([], [], "got 0"),
    ([1, 2], [1], "one variance for each"),
    ([[1, 2]], [[1, 2]], "one variance for each"),
    ([1, math.nan], [1, 1], "effect 2 is nan"),
    ([1, math.inf], [1, 1], "effect 2 is inf"),
    ([1, 2], [1, 0], "variance 2 is 0"),
    ([1, 2], [-1, 1], "variance 1 is -1"),
    ([1, 2], [1, math.inf], "variance 2 is inf"),
    ([1, "a"], [1, 1], "effects are not all numbers"),
    ([1, 2], [None, {}], "variances are not all numbers"),
    ([1e60, 2], [1, 1], "change their unit"),
    ([1, 2], [1e-60, 1], "change their unit"),
]


@pytest.mark.parametrize(("y", "v", "says"), BAD_EFFECTS)
def test_effects_that_cannot_be_pooled_are_refused_in_one_sentence(y, v, says):
    for verb in (fit_pairwise, common_effect):
        with pytest.raises(InputError, match=says) as refused:
            verb(y, v)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
def test_a_level_outside_0_and_1_is_refused(level):
    calls = (
        lambda: fit_pairwise(Y, V, level=level),
        lambda: q_profile(Y, V, level=level),
        lambda: leave_one_out(Y, V, level=level),
        lambda: fit_regression(Y, V, NEW, ("dose",), level=level),
        lambda: fit_subgroups(Y, V, list("aabbb"), level=level),
        lambda: bootstrap_pool(Y, V, seed=1, level=level),
        lambda: exact_bayes(Y, V, prior=HalfNormal(scale=1), level=level),
        lambda: selection_model(Y, V, level=level),
        lambda: trim_and_fill(Y, V, level=level),
        lambda: egger(Y, V, level=level),
    )
    for call in calls:
        with pytest.raises(InputError, match="between 0 and 1"):
            call()


def test_unknown_methods_are_refused_with_those_that_exist():
    with pytest.raises(InputError, match="choose DL, HE, HS, SJ, ML, REML, EB or PM"):
        fit_pairwise(Y, V, method="reml")
    with pytest.raises(InputError, match="choose DL, HE"):
        fit_pairwise(Y[:1], V[:1], method="reml")
    with pytest.raises(InputError, match="choose REML, DL or common"):
        leave_one_out(Y, V, method="PM")
    with pytest.raises(InputError, match="choose L0 or R0"):
        trim_and_fill(Y, V, estimator="Q0", any_k=True)
    with pytest.raises(InputError, match="choose greater or less"):
        selection_model(Y, V, alternative="two-sided")
    with pytest.raises(InputError, match="choose classical or mixed"):
        egger(Y, V, model="lm", any_k=True)


def test_heterogeneity_of_one_study_is_refused():
    for verb in (heterogeneity, q_profile, leave_one_out):
        with pytest.raises(InputError, match="2 studies or more, got 1"):
            verb([1], [1])
    with pytest.raises(InputError, match="3 studies or more, got 2"):
        influence([1, 2], [1, 1])


@pytest.mark.parametrize(
    ("x", "names", "says"),
    [
        ([[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]], ("dose", "twice"), "dose and twice say"),
        ([[1950, 0], [1951, 1], [1952, 2], [1953, 3], [1954, 4]], ("year", "age"), "year and age"),
        ([3, 3, 3, 3, 3], ("dose",), "'dose' is the same in all studies"),
        ([1e6, 1e6, 1e6, 1e6, 1e6], ("dose",), "'dose' is the same in all studies"),
        ([1, 2, math.nan, 4, 5], ("dose",), "'dose' lacks values"),
        ([1, 2, 3], ("dose",), "5 x 1 values"),
        (["a", "b", "c", "d", "e"], ("arm",), "code categories as 0 and 1"),
        (np.ones((5, 2)), ("dose", "dose"), "names of their own"),
        (np.eye(5)[:, :4], tuple("abcd"), "5 studies cannot carry 5 coefficients"),
        (np.empty((5, 0)), (), "needs a moderator"),
    ],
)
def test_moderators_that_cannot_be_used_are_named(x, names, says):
    with pytest.raises(InputError, match=says):
        fit_regression(Y, V, x, names)


def test_variances_that_hide_all_studies_but_one_are_refused_by_a_regression():
    with pytest.raises(InputError, match="variance 4 is over a million times variance 1"):
        fit_regression(Y, [1e-6, 0.1, 0.1, 2, 0.1], NEW, ("dose",))


def test_a_study_that_outweighs_all_others_leaves_their_heterogeneity():
    y, v = [5.0, 0.0, 1.0, 4.0], [1e-14, 0.1, 0.2, 0.3]
    exact = [  # the others about a mean that is fixed at 5
        sum((x - 5) ** 2 / u for x, u in zip(y[1:], v[1:], strict=True)),
        sum(1 / u for u in v[1:]),
    ]
    fit = fit_pairwise(y, v, method="DL")
    assert fit.common.q == pytest.approx(exact[0], rel=1e-9)
    # tr P is twice the others' weight: their own, and as much again of the heavy study
    assert fit.random.tau2 == pytest.approx((exact[0] - 3) / (2 * exact[1]), rel=1e-9)


def test_moderators_that_are_nearly_collinear_are_still_separated():
    x = np.column_stack([NEW, np.add(NEW, [0, 1e-3, 0, -1e-3, 1e-3])])
    fit = fit_regression(Y, V, x, ("dose", "nearly"))
    moved = fit_regression(Y, V, np.column_stack([x[:, 0], x[:, 1] - x[:, 0]]), ("dose", "rest"))
    assert fit.residual.tau2 == pytest.approx(moved.residual.tau2, rel=1e-6)
    assert fit.qm == pytest.approx(moved.qm, rel=1e-6)
    assert fit.estimate[2] == pytest.approx(moved.estimate[2], rel=1e-6)


def test_a_prediction_refuses_the_wrong_number_of_moderators_and_unknown_intervals():
    fit = fit_regression(Y, V, NEW, ("dose",))
    with pytest.raises(InputError, match="1 finite moderator values"):
        predict(fit, [[1, 2]])
    with pytest.raises(InputError, match="unknown interval 'hk'"):
        predict(fit, [1], interval="hk")


def test_the_intervals_of_a_prediction_widen_from_normal_to_t_to_guarded():
    fit = fit_regression(Y, V, NEW, ("dose",))
    kinds = ("wald_z", "wald_t", "hartung_knapp_guarded")
    widths = [one.high - one.low for one in (predict(fit, [2], interval=i)[0] for i in kinds)]
    assert widths[0] < widths[1] <= widths[2]


def test_a_regression_without_intercept_tests_all_coefficients_and_has_no_r2():
    first = [1.0, 1, 0, 0, 0]
    x = np.column_stack([first, 1 - np.array(first)])
    fit = fit_regression(Y, V, x, ("first", "second"), intercept=False)
    assert (fit.names, fit.qm_df, fit.r2_percent) == (("first", "second"), 2, None)
    (alone,) = predict(fit, [[1, 0]])
    assert alone.estimate == pytest.approx(fit.estimate[0])


def test_subgroups_need_two_groups_and_one_name_for_each_study():
    with pytest.raises(InputError, match="all studies are in group 'a'"):
        fit_subgroups(Y, V, ["a"] * 5)
    with pytest.raises(InputError, match="need 5 groups, got 2"):
        fit_subgroups(Y, V, ["a", "b"])


def test_a_group_of_one_study_stands_for_itself():
    fit = fit_subgroups(Y, V, ["a", "b", "b", "b", "b"])
    alone = fit.separate_tau2.groups[0]
    assert (alone.estimate, alone.heterogeneity) == (0.1, None)
    each = fit_subgroups(Y[:2], V[:2], ["a", "b"])
    assert each.common_tau2 is None


def test_fewer_than_ten_studies_are_not_evaluable_unless_asked_for():
    verbs = (egger, begg, trim_and_fill, precision_effect, selection_model)
    for verb in verbs:
        answer = verb(Y, V)
        assert isinstance(answer, NotEvaluable)
        assert answer.reason == "not evaluable: fewer than 10 studies (5)"
    for verb in verbs[:-1]:
        assert not isinstance(verb(Y, V, any_k=True), NotEvaluable)


def test_two_studies_are_not_evaluable_even_where_asked_for():
    for verb in (egger, begg, trim_and_fill, precision_effect, selection_model):
        assert "fewer than" in verb(Y[:2], V[:2], any_k=True).reason


def test_studies_of_one_precision_show_no_trend():
    y = np.linspace(0, 1, 12)
    for verb in (egger, begg, trim_and_fill, precision_effect):
        assert "same standard error" in verb(y, np.full(12, 0.1)).reason
    assert trim_and_fill(y, np.full(12, 0.1), side="left").studies >= 12


@pytest.mark.parametrize("steps", [(), (1.0,), (0.5, 0.025), (0.0, 0.5), (0.1, 0.1), (-1, 0.5)])
def test_steps_of_a_selection_model_must_rise_between_0_and_1(steps):
    with pytest.raises(InputError, match="steps of p rise"):
        selection_model(Y, V, steps=steps)


def test_a_selection_model_finds_the_selection_that_was_made():
    rng = np.random.default_rng(5)
    v = rng.uniform(0.02, 0.3, 4000)
    y = rng.normal(0.2, np.sqrt(v + 0.04))
    significant = y / np.sqrt(v) > 1.959963984540054
    kept = significant | (rng.random(4000) < 0.3)
    fit = selection_model(y[kept], v[kept])
    assert fit.estimate == pytest.approx(0.2, abs=3 * fit.wald_z.se)
    assert fit.chances[1] == pytest.approx(0.3, abs=3 * fit.chances_se[1])
    assert fit.wald_z.se < 0.05
    assert fit.ratio_p < 1e-6
    more = selection_model(y[kept], v[kept], steps=(0.025, 0.5, 1.0))
    assert (len(more.chances), more.ratio_df) == (3, 2)
    assert more.log_likelihood >= fit.log_likelihood - 1e-9


def test_a_selection_model_whose_likelihood_has_no_peak_is_not_evaluable():
    y, v = [1.4, -2.7, -1.25, 516.66, -0.45, 1.38, -0.12], [2.25, 2.45, 0.89, 2.5, 2.19, 2.13, 1.43]
    answer = selection_model(y, v, any_k=True)
    assert answer == NotEvaluable(
        reason="not evaluable: the likelihood has no peak for these studies"
    )


def test_a_selection_model_says_which_interval_of_p_is_empty():
    y = np.linspace(2, 3, 12)
    answer = selection_model(y, np.full(12, 0.1), steps=(0.025, 0.5))
    assert answer.reason == "not evaluable: no study has its p in interval 2 or 3 of the steps"


@pytest.mark.parametrize("kind", [HalfNormal, HalfCauchy, Exponential, Uniform])
def test_a_prior_needs_a_scale_above_0(kind):
    for scale in (0, -1, math.nan, math.inf):
        with pytest.raises(InputError, match="give a number above 0"):
            exact_bayes(Y, V, prior=kind(scale=scale))


def test_other_bad_options_of_exact_bayes_are_refused():
    prior = HalfNormal(scale=1)
    with pytest.raises(InputError, match="standard deviation above 0"):
        exact_bayes(Y, V, prior=prior, mu_prior=NormalPrior(mean=0, sd=0))
    with pytest.raises(InputError, match="levels of quantiles"):
        exact_bayes(Y, V, prior=prior, levels=(0.5, 1.0))
    with pytest.raises(InputError, match="longest tau"):
        exact_bayes(Y, V, prior=prior, longest_tau=0)
    with pytest.raises(InputError, match="threshold"):
        exact_bayes(Y, V, prior=prior, threshold=math.nan)


def test_a_heavy_tailed_prior_leaves_moments_of_two_studies_without_a_value():
    heavy = exact_bayes(Y[:2], V[:2], prior=HalfCauchy(scale=1))
    light = exact_bayes(Y[:2], V[:2], prior=HalfNormal(scale=1))
    assert heavy.mu.sd is None
    assert light.mu.sd is not None
    assert all(math.isfinite(q) for q in heavy.mu.quantiles)


def test_a_uniform_prior_keeps_tau_below_its_end():
    fit = exact_bayes([0, 50], [1, 1], prior=Uniform(scale=2), levels=(0.5, 0.9999))
    assert 1 < fit.tau.quantiles[0] < fit.tau.quantiles[1] < 2


def test_one_study_and_a_flat_mean_return_the_prior_of_tau():
    fit = exact_bayes([3], [0.5], prior=HalfNormal(scale=2))
    assert fit.tau.mean == pytest.approx(2 * math.sqrt(2 / math.pi), rel=1e-10)
    assert fit.tau.quantiles[1] == pytest.approx(2 * 0.6744897501960817, rel=1e-9)
    assert fit.mu.mean == pytest.approx(3)


def test_a_probability_never_rounds_above_1():
    fit = exact_bayes([0.0, 18.312], [0.051, 0.051], prior=HalfNormal(scale=0.1))
    assert fit.above_mu == 1


def test_exact_bayes_stands_beside_few_studies_only_if_a_scale_is_given():
    assert fit_pairwise(Y, V).chosen.bayes is None
    assert fit_pairwise(Y, V, prior_scale=0.5).chosen.bayes is not None
    assert fit_pairwise([*Y, 0.3], [*V, 0.1], prior_scale=0.5).chosen.bayes is None
    with pytest.raises(InputError, match="scale -1"):
        fit_pairwise(Y, V, prior_scale=-1)


def test_the_reported_interval_follows_the_number_of_studies_and_their_scatter():
    close, v = [0.50, 0.51, 0.52, 0.50, 0.51], [0.1] * 5
    names = [fit_pairwise(close[:k], v[:k]).chosen.interval for k in (1, 2, 3, 4, 5)]
    assert names == ["one_study", "wald", "hartung_knapp_guarded", "hartung_knapp_guarded",
                     "hartung_knapp"]  # fmt: skip
    assert fit_pairwise(close[:3], v[:3]).chosen.flags == ["hartung_knapp_guarded"]
    apart = fit_pairwise([0, 5, 10], [0.1] * 3).chosen
    assert (apart.interval, apart.flags) == ("hartung_knapp", [])
    assert apart.prediction[0] < apart.low


def test_five_equal_effects_keep_an_interval():
    chosen = fit_pairwise([0.5] * 5, V).chosen
    assert chosen.interval == "hartung_knapp_guarded"
    assert chosen.low < 0.5 < chosen.high


def test_a_likelihood_that_falls_at_zero_and_rises_further_out_gives_the_higher_maximum():
    y, v = [0.0, 0.0, 0.0, 4.0], [1e-4, 1e3, 1e3, 1.0]
    found = heterogeneity(y, v, method="REML").tau2
    at_once = pool_sets(np.array([y]), np.array([v])).tau2[0]
    assert at_once == pytest.approx(found, rel=1e-10)
    assert found > 0


def test_the_climb_reaches_its_maximum_where_every_step_leaves_the_bracket():
    def slope(tau2):
        score = math.tanh(50 * (2.0 - tau2))
        return score, 1e-9, -1.0  # hopeless steps: halving must do

    assert climb(slope, 1.0, 1.0) == pytest.approx(2.0, rel=1e-10)


def test_the_bootstrap_refuses_bad_draws_and_seeds():
    for draws in (0, 1):
        with pytest.raises(InputError, match="2 draws or more"):
            bootstrap_pool(Y, V, draws=draws, seed=1)
    for seed in (-1, 1.5, True):
        with pytest.raises(InputError, match="whole number of 0 or more"):
            bootstrap_pool(Y, V, seed=seed)


def test_the_bootstrap_spreads_about_as_wide_as_the_standard_error():
    rng = np.random.default_rng(2)
    v = rng.uniform(0.02, 0.2, 60)
    y = rng.normal(0.3, np.sqrt(v + 0.05))
    boot, fit = bootstrap_pool(y, v, seed=3), fit_pairwise(y, v).random
    assert boot.se == pytest.approx(fit.hartung_knapp.se, rel=0.15)
    assert boot.interval[0] < fit.estimate < boot.interval[1]


def test_a_contour_funnel_draws_what_a_wald_test_says():
    funnel = contour_funnel(Y, V)
    assert funnel.contours[1] == (0.05, pytest.approx(1.959963984540054 * math.sqrt(0.2)))
    assert funnel.p[0] == pytest.approx(fit_pairwise(Y[:1], V[:1]).common.p)
    with pytest.raises(InputError, match="between 0 and 1"):
        contour_funnel(Y, V, levels=(5,))


def test_every_result_is_json():
    results = [
        fit_pairwise(Y, V, prior_scale=1), q_profile(Y, V), influence(Y, V), leave_one_out(Y, V),
        fit_regression(Y, V, NEW, ("dose",)), fit_subgroups(Y, V, list("aabbb")),
        trim_and_fill(Y, V, any_k=True), egger(Y, V, any_k=True), begg(Y, V, any_k=True),
    ]  # fmt: skip
    for result in results:
        encoded = msgspec.json.encode(result)
        assert msgspec.json.decode(encoded, type=type(result)) == result


def test_pooling_does_not_wait_for_scipy_stats():
    code = (
        "import sys; from anagen.synthesis.pairwise import fit_pairwise; "
        "fit_pairwise([1, 2, 4], [1, 1, 1], prior_scale=1); sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_beggs_p_of_sixty_studies_without_ties_is_counted_exactly():
    """The count of metafor 3.8-1 (R 4.2.2): ranktest(y, v)."""
    i = np.arange(60)
    found = begg((i * 37) % 61 / 40 + i / 90, 0.02 + i * 0.003)
    assert found.exact
    assert found.p == pytest.approx(BEGG_P_OF_60, rel=1e-9)
    assert found.p_asymptotic != pytest.approx(BEGG_P_OF_60, rel=1e-5)
