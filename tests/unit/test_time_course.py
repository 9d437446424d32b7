from dataclasses import replace

import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis.time_course import fit_time_course, read_visits, sensitivity_to_rho
from anagen.synthesis.time_course_data import within_arm
from anagen.synthesis.time_course_report import (
    NotEvaluable,
    area_between,
    check_by_bins,
    differences,
    time_to_threshold,
)
from anagen.synthesis.time_course_shapes import SHAPES, curve, slopes

TRUE = {"a": 0.0, "b": 8.0, "c": 14.0}


def course(shape_of, *, sd=0.01, trials=6, weeks=(4.0, 12.0, 24.0, 48.0), natural=3.0, lift=0.0):
    rows = []
    for i in range(trials):
        for name in ("a", "b", "c") if i % 2 else ("a", "bc"[i // 2 % 2]):
            for t in weeks:
                mean = lift + (natural + i / 10 + TRUE[name]) * shape_of(t)
                rows.append((f"s{i}", name, t, mean, sd))
    return list(zip(*rows, strict=True))


@pytest.mark.parametrize(
    ("shape", "g", "truth"),
    [
        ("emax", lambda t: t / (9 + t), {"half_time": 9.0}),
        ("plateau", lambda t: 1 - np.exp(-t / 9), {"time_constant": 9.0}),
        (
            "lagged_plateau", lambda t: 1 - np.exp(-max(t - 6, 0) / 9),
            {"time_constant": 9.0, "lag": 6.0},
        ),
        ("log_linear", np.log1p, {}),
    ],
)  # fmt: skip
def test_curves_without_noise_give_back_their_truth(shape, g, truth):
    weeks = (4.0, 8.0, 12.0, 24.0, 48.0)
    told = fit_time_course(read_visits(*course(g, weeks=weeks), reference="a"), shape).summary()
    assert told.effects == pytest.approx(TRUE, rel=1e-3, abs=1e-3)
    assert told.kinetics["all"] == pytest.approx(truth, rel=1e-3)
    assert told.tau < 0.02


def test_levels_with_an_intercept_give_the_same_effects_as_changes():
    weeks = (0.0, 4.0, 12.0, 24.0)
    columns = course(lambda t: t / (9 + t), weeks=weeks, lift=120.0)
    told = fit_time_course(read_visits(*columns, reference="a", absolute=True)).summary()
    assert told.effects == pytest.approx(TRUE, rel=1e-3, abs=1e-3)


def test_responses_fade_after_the_last_session():
    sessions = ((0.0, 1.0), (4.0, 1.0), (8.0, 1.0))
    kinetics = np.log([3.0, 20.0])

    def g(t):
        return float(curve("rise_and_loss", np.array([t]), kinetics, sessions)[0])

    weeks = (4.0, 8.0, 12.0, 24.0, 48.0, 72.0)
    visits = read_visits(
        *course(g, weeks=weeks), reference="a",
        sessions={key: [0.0, 4.0, (8.0, 1.0)] for key in "abc"},
    )  # fmt: skip
    fit = fit_time_course(visits, "rise_and_loss")
    told = fit.summary().kinetics["all"]
    assert told == pytest.approx({"onset_time": 3.0, "extra_loss_time": 20.0}, rel=1e-2)
    d = differences(fit, [12.0, 72.0]).estimate[:, 1, 0]
    assert d[0] > 5 * d[1] > 0


def test_two_equal_rates_of_rise_and_loss_are_the_limit_of_unequal_ones():
    t = np.array([1.0, 5.0, 20.0])
    near = curve("rise_and_loss", t, np.log([4.0, 1e-9]), ((0.0, 1.0),))
    assert near == pytest.approx(t / 4 * np.exp(-t / 4), rel=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_slopes_are_those_of_finite_differences(shape):
    t, sessions = np.array([1.0, 5.0, 13.0, 40.0]), ((0.0, 1.0), (6.0, 2.0))
    k = np.log(np.array([7.0, 3.0])[: len(SHAPES[shape][1])])
    found = slopes(shape, t, k, sessions)
    for j in range(k.size):
        step = np.eye(k.size)[j] * 1e-6
        ahead, back = (curve(shape, t, k + s * step, sessions) for s in (1, -1))
        assert found[:, j] == pytest.approx((ahead - back) / 2e-6, abs=1e-8)


def test_visits_of_an_arm_are_never_independent():
    visits = read_visits(*course(lambda t: t / (9 + t), sd=2.0), reference="a")
    for rho, least in ((0.0, 0.5), (0.5, 0.25), (0.8, 0.2)):
        covariance = within_arm(visits, rho)[0]
        off = covariance[~np.eye(4, dtype=bool)] / 4
        assert (off >= least - 1e-12).all()
        assert (np.linalg.eigvalsh(covariance) > 0).all()


def test_correlated_visits_widen_the_effect():
    columns = course(lambda t: t / (9 + t), sd=2.0)
    loose, tight = sensitivity_to_rho(read_visits(*columns, reference="a"))
    assert (loose.rho, tight.rho) == (0.5, 0.8)
    assert loose.summary().effect_ses["b"] != pytest.approx(tight.summary().effect_ses["b"])


def test_a_wrong_shape_shows_in_the_deviance_and_in_omega():
    # a rise that fades cannot be a logarithm of time
    columns = course(lambda t: np.exp(-t / 10) - np.exp(-t / 3), sd=0.05)
    told = fit_time_course(read_visits(*columns, reference="a"), "log_linear").summary()
    assert told.deviance / told.points > 10
    assert told.omega > 0.05
    assert set(told.deviance_per_point) == {f"s{i}" for i in range(6)}


def test_trials_with_one_visit_say_what_they_cannot_tell():
    visits = read_visits(*course(lambda t: t / (9 + t), weeks=(24.0,), sd=1.0), reference="a")
    assert {"misfit_not_evaluable", "kinetics_from_prior"} <= set(fit_time_course(visits).flags)


def test_one_trial_gives_no_prediction():
    visits = read_visits(*course(lambda t: t / (9 + t), trials=1, sd=1.0), reference="a")
    fit = fit_time_course(visits)
    assert "heterogeneity_not_evaluable" in fit.flags
    assert differences(fit, [12.0]).prediction_low is None


def test_a_prediction_is_wider_than_the_mean():
    visits = read_visits(*course(lambda t: t / (9 + t), sd=1.0), reference="a")
    d = differences(fit_time_course(visits), [12.0])
    assert d.prediction_low[0, 1, 0] < d.low[0, 1, 0] < d.estimate[0, 1, 0]
    assert d.estimate[0] == pytest.approx(-d.estimate[0].T)


def test_an_area_is_the_integral_and_a_threshold_is_met_where_the_curve_meets_it():
    fit = fit_time_course(read_visits(*course(lambda t: t / (9 + t)), reference="a"))
    area = area_between(fit, "b", "a", horizon=40.0)
    assert area.estimate == pytest.approx(8 * (40 - 9 * np.log1p(40 / 9)), rel=1e-3)
    when = time_to_threshold(fit, "b", "a", 4.0)
    assert when.estimate == pytest.approx(9.0, rel=1e-2)  # half the effect at the half time
    assert when.earliest < when.estimate < when.latest
    never = time_to_threshold(fit, "b", "a", 9.0)
    assert never.estimate is None
    assert "not reached by the horizon" in never.reason
    assert time_to_threshold(fit, "a", "b", -4.0).estimate == pytest.approx(when.estimate)


def test_bins_agree_with_the_curve_that_made_them():
    visits = read_visits(*course(lambda t: t / (9 + t), sd=0.05), reference="a")
    found = check_by_bins(fit_time_course(visits), [0, 6, 18, 30])
    assert len(found) == 6
    for row in found:
        assert row.binned == pytest.approx(row.curve, abs=0.1)
    assert isinstance(check_by_bins(fit_time_course(visits), [60, 70])[0], NotEvaluable)


def test_classes_have_kinetics_of_their_own():
    rows = []
    for i in range(6):
        for name, half in (("a", 9.0), ("b", 9.0), ("c", 3.0)):
            for t in (2.0, 4.0, 12.0, 24.0, 48.0):
                mean = 2 * t / (9 + t) + TRUE[name] * t / (half + t)
                rows.append((f"s{i}", name, t, mean, 0.01))
    visits = read_visits(*zip(*rows, strict=True), reference="a")
    told = fit_time_course(visits, classes={"a": "slow", "b": "slow", "c": "fast"}).summary()
    assert told.kinetics["slow"]["half_time"] == pytest.approx(9.0, rel=1e-2)
    assert told.kinetics["fast"]["half_time"] == pytest.approx(3.0, rel=1e-2)


BROKEN = {
    "no visit": ({"study": [], "treatment": [], "week": [], "mean": [], "se": []}, "needs visits"),
    "error of 0": ({"se": [1, 0, 1, 1]}, "must be above 0"),
    "not finite": ({"mean": [1, np.nan, 1, 1]}, "the mean of visit 2 is nan"),
    "words": ({"mean": ["1", "x", "1", "1"]}, "must be numbers"),
    "short": ({"week": [4, 4]}, "every visit needs one week"),
    "week 0 of a change": ({"week": [0, 4, 4, 4]}, "needs a week above 0"),
    "blank": ({"study": ["s", "", "r", "r"]}, "blank"),
    "one arm": ({"study": ["s", "s", "r", "q"]}, "has one arm"),
    "twice": ({"treatment": ["a", "a", "a", "b"]}, "two means at one visit"),
    "apart": ({"treatment": ["a", "b", "c", "d"]}, "a, b | c, d"),
    "huge": ({"mean": [1e308, 1, 1, 1]}, "finite"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_visits_get_one_sentence(name):
    changed, words = BROKEN[name]
    columns = {
        "study": ["s", "s", "r", "r"], "treatment": ["a", "b", "a", "b"], "week": [4, 4, 4, 4],
        "mean": [1, 2, 1, 2], "se": [1, 1, 1, 1],
    } | changed  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_visits(**columns)
    assert words in str(caught.value)


def test_choices_that_cannot_be_used_are_refused():
    visits = read_visits(*course(lambda t: t / (9 + t)), reference="a")
    for words, make in {
        "no shape": lambda: fit_time_course(visits, "wiggle"),
        "needs the sessions": lambda: fit_time_course(visits, "rise_and_loss"),
        "from 0 to below 1": lambda: fit_time_course(visits, rho=1.0),
        "has no class": lambda: fit_time_course(visits, classes={"a": "x"}),
        "above 0, got -1": lambda: fit_time_course(
            visits, kinetic_priors={"half_time": (-1.0, 1.0)}
        ),
        "is not in the network": lambda: area_between(fit_time_course(visits), "z", "a"),
    }.items():
        with pytest.raises(InputError, match=words):
            make()


def test_the_error_of_a_difference_holds_that_of_the_kinetics():
    visits = read_visits(*course(lambda t: t / (9 + t), sd=1.0), reference="a")
    fit = fit_time_course(visits)
    told = differences(fit, [4.0])

    def moved(j, step):
        beta = fit.beta.copy()
        beta[j] += step
        return differences(replace(fit, beta=beta), [4.0]).estimate[0, 1, 0]

    row = np.array([(moved(j, 1e-5) - moved(j, -1e-5)) / 2e-5 for j in range(fit.beta.size)])
    assert row[-1] != 0
    assert told.se[0, 1, 0] == pytest.approx((row @ fit.covariance @ row) ** 0.5, rel=1e-6)
