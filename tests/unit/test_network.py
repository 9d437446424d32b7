"""Networks of trials: what is refused, what is not evaluable, and what is said about it."""

import numpy as np
import pytest

from anagen.errors import InputError
from anagen.synthesis import network as nw


def contrasts(*rows, **options):
    return nw.network_from_contrasts(
        *(list(column) for column in zip(*rows, strict=True)), **options
    )


def arms(*rows, **options):
    return nw.network_from_arms(*(list(column) for column in zip(*rows, strict=True)), **options)


THREE = (("K", "b", "a", 1.0, 0.5), ("K", "c", "a", 3.0, 0.5), ("K", "c", "b", 2.0, 0.5))
LOOP = (
    ("1", "b", "a", 1.0, 0.5), ("2", "c", "b", 1.5, 0.5), ("3", "c", "a", 2.0, 0.5),
    ("4", "c", "a", 2.6, 0.4),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("K", "b", "a", 1.0, 0.0)], "study 'K' (b : a) needs a finite effect"),
        ([("K", "b", "a", 1.0, -1.0)], "study 'K' (b : a) needs a finite effect"),
        ([("K", "b", "a", 1.0, np.inf)], "leave it out"),
        ([("K", "b", "a", 1e90, 1.0)], "study 'K' (b : a) needs a finite effect"),
        ([("K", "b", "a", 1.0, 1e-90)], "standard error above 0"),
        ([("K", "b", "a", np.nan, 1.0)], "study 'K' (b : a) needs a finite effect"),
        ([("K", "b", "b", 1.0, 1.0)], "study 'K' compares 'b' with itself"),
        ([("K", "b", " ", 1.0, 1.0)], "row 1 of the network names no treatment 2"),
        ([("K", "b", "a", 1.0, 1.0), ("K", "a", "b", 1.0, 1.0)], "a : b more than once"),
        (THREE[:2], "study 'K' has 3 arms and gives 2 of their 3 contrasts"),
        ([*THREE[:2], ("K", "c", "b", 2.5, 0.5)], "study 'K' do not add up around their loop"),
        ([*THREE[:2], ("K", "c", "b", 2.0, 1.5)], "study 'K' have no positive definite covariance"),
        ([("K", "b", "a", "many", 1.0)], "a number for every effect"),
    ],
)
def test_a_contrast_that_cannot_be_used_is_refused_by_the_name_of_its_study(rows, said):
    with pytest.raises(InputError) as error:
        contrasts(*rows)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([("K", "a", 1.0, 0.1)], {}, "study 'K' has one arm"),
        ([("K", "a", 1.0, 0.1), ("K", "a", 2.0, 0.1)], {}, "study 'K' has two arms of 'a'"),
        ([("K", "a", 1.0, 0.0), ("K", "b", 2.0, 0.1)], {}, "arm 'a' of study 'K' needs"),
        ([("K", "a", 1.0, 0.1), ("K", "b", np.inf, 0.1)], {}, "arm 'b' of study 'K' needs"),
        ([("K", "a", 1.0, 0.1), ("K", "b", 2.0, 0.1)], {"correlation": {"K": 1.0}}, "study 'K'"),
        ([("K", "a", 1.0, 0.1), ("K", "b", 2.0, 0.1)], {"correlation": {"L": 0.5}}, "'L' has"),
        (
            [("K", "a", 1.0, 0.1), ("K", "b", 2.0, 0.1)],
            {"covariance": {"K": [[0.1, 0.1], [0.1, 0.1]]}},
            "study 'K' have no positive definite covariance",
        ),
        (
            [("K", "a", 1.0, 0.1), ("K", "b", 2.0, 0.1)],
            {"covariance": {"K": [[0.1, 0.0], [0.1, 0.1]]}},
            "study 'K' is not symmetric",
        ),
        (
            [("K", "a", 1.0, 0.1), ("K", "b", 2.0, 0.1)],
            {"covariance": {"K": [[0.1]]}},
            "study 'K' must be 2 × 2",
        ),
    ],
)
def test_an_arm_that_cannot_be_used_is_refused_by_the_name_of_its_study(rows, options, said):
    with pytest.raises(InputError) as error:
        arms(*rows, **options)
    assert said in str(error.value)


def test_no_row_is_no_network():
    with pytest.raises(InputError, match="at least one study"):
        nw.network_from_contrasts([], [], [], [], [])


def test_contrasts_against_one_arm_need_its_variance_and_then_say_all():
    part = contrasts(*THREE[:2], shared_variance=[0.125, 0.125])
    whole = contrasts(*THREE[:2], ("K", "c", "b", 2.0, 0.5))
    assert part.blocks[0].v == pytest.approx(whole.blocks[0].v)
    assert part.blocks[0].y == pytest.approx(whole.blocks[0].y)
    with pytest.raises(InputError, match="one variance above 0 of its shared arm 'a'"):
        contrasts(*THREE[:2], shared_variance=[0.125, np.nan])


def test_a_loop_that_closes_but_for_rounding_is_used_and_flagged():
    net = contrasts(*THREE[:2], ("K", "c", "b", 2.001, 0.5))
    assert len(net.flags) == 1
    assert "'K'" in net.flags[0]
    assert nw.fit_network(net).flags == net.flags


def test_arms_of_a_split_scalp_are_correlated_and_those_of_others_are_not():
    rows = [("K", "a", 1.0, 0.2), ("K", "b", 3.0, 0.3), ("L", "a", 1.0, 0.2), ("L", "b", 3.0, 0.3)]
    net = arms(*rows, correlation={"K": 0.5})
    tied = 0.5 - 2 * 0.5 * np.sqrt(0.06)
    assert net.blocks[0].v.ravel() == pytest.approx([tied, 0.5])


def test_a_covariance_follows_the_order_in_which_the_arms_are_told():
    spread = np.array([[0.3, 0.1, 0.0], [0.1, 0.2, 0.05], [0.0, 0.05, 0.4]])
    rows = [("K", "c", 1.0, 0.3), ("K", "a", 2.0, 0.2), ("K", "b", 4.0, 0.4)]
    net = arms(("L", "a", 0.0, 1.0), *rows, ("L", "b", 0.0, 1.0), covariance={"K": spread})
    fit = nw.fit_network(nw.split_components(net)[0], method="common", level=0.9)
    block = next(b for b in net.blocks if b.arms.shape[1] == 3)
    assert block.y[0] == pytest.approx([2.0, -1.0])
    assert np.diag(block.v[0]) == pytest.approx([0.2 + 0.4 - 0.1, 0.2 + 0.3 - 0.2])
    assert fit.treatments == ("a", "b", "c")


APART = (*LOOP, ("5", "x", "y", 1.0, 0.3))


def test_a_network_in_parts_is_refused_with_the_names_of_the_parts():
    net = contrasts(*APART)
    assert nw.components(net) == (("a", "b", "c"), ("x", "y"))
    for use in (nw.fit_network, nw.decompose, lambda n: nw.full_report(n, smaller_is_better=True)):
        with pytest.raises(InputError, match=r"2 parts .*\(a, b, c; x, y\)"):
            use(net)


def test_each_part_of_a_network_can_be_fitted():
    whole, pair = nw.split_components(contrasts(*APART))
    assert whole.studies == ("1", "2", "3", "4")
    alone = nw.fit_network(contrasts(*LOOP))
    assert nw.fit_network(whole).estimate == pytest.approx(alone.estimate)
    assert nw.fit_network(pair).estimate[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "options", [{"method": "EB"}, {"tau2": -1.0}, {"tau2": np.nan}, {"level": 1.0},
                {"interval": "exact"}],
)  # fmt: skip
def test_a_wrong_option_is_refused(options):
    with pytest.raises(InputError):
        nw.fit_network(contrasts(*LOOP), **options)


def test_an_interval_by_t_is_wider_and_needs_freedom():
    net = contrasts(*LOOP)
    t, z = nw.fit_network(net, interval="t"), nw.fit_network(net)
    assert t.upper[0, 1] > z.upper[0, 1]
    assert t.p[0, 1] > z.p[0, 1]
    with pytest.raises(InputError, match="more contrasts than treatments"):
        nw.fit_network(contrasts(LOOP[0]), interval="t")


def test_the_interval_of_tau2_holds_where_q_meets_its_quantiles():
    rows = [(str(k), "b", "a", y, 0.2) for k, y in enumerate([0.1, 1.4, -0.6, 2.2, 0.3])]
    low, high = nw.tau2_interval(contrasts(*rows))
    tau2 = nw.fit_network(contrasts(*rows)).tau2
    assert 0 < low < tau2 < high
    # with equal variances Q(tau2) is the sum of squares over v + tau2
    ss = 4 * np.var([0.1, 1.4, -0.6, 2.2, 0.3], ddof=1)
    assert ss / (0.04 + low) == pytest.approx(11.143286781877796)  # 97.5 % of chi2, 4 df
    assert ss / (0.04 + high) == pytest.approx(0.4844185570879299)  # 2.5 %


def test_a_difference_that_matters_lowers_the_p_scores():
    fit = nw.fit_network(contrasts(*LOOP))
    plain = nw.p_scores(fit, smaller_is_better=False)
    assert plain.sum() == pytest.approx(1.5)
    assert (nw.p_scores(fit, smaller_is_better=False, mid=0.5) < plain).all()
    assert plain == pytest.approx(1 - nw.p_scores(fit, smaller_is_better=True))
    with pytest.raises(InputError):
        nw.p_scores(fit, smaller_is_better=False, mid=-1.0)


def test_ranks_repeat_with_their_seed_and_have_intervals():
    fit = nw.fit_network(contrasts(*LOOP))
    one = nw.rank_draws(fit, smaller_is_better=False, seed=3)
    other = nw.rank_draws(fit, smaller_is_better=False, seed=3)
    assert (one.probability == other.probability).all()
    assert one.probability.sum(axis=1) == pytest.approx([1, 1, 1])
    assert one.probability.sum(axis=0) == pytest.approx([1, 1, 1])
    assert one.mean_rank[2] < one.mean_rank[1] < one.mean_rank[0]
    assert (one.lower <= one.upper).all()
    close = nw.rank_draws(nw.fit_network(contrasts(*LOOP), tau2=100.0), smaller_is_better=False)
    assert close.lower.tolist() == [1, 1, 1]
    assert close.upper.tolist() == [3, 3, 3]
    with pytest.raises(InputError):
        nw.rank_draws(fit, smaller_is_better=False, draws=0)


def test_the_league_shows_network_and_direct_evidence_in_the_order_asked_for():
    net = contrasts(*LOOP)
    fit = nw.fit_network(net, method="common")
    cells = nw.league(net, fit, ["c", "a", "b"])
    assert [(c.better, c.worse) for c in cells] == [("c", "a"), ("c", "b"), ("a", "b")]
    assert cells[0].direct_studies == 2
    assert cells[0].direct == pytest.approx((2.0 / 0.25 + 2.6 / 0.16) / (1 / 0.25 + 1 / 0.16))
    assert cells[2].direct == pytest.approx(-1.0)
    half = 1.959963984540054 * 0.5
    assert (cells[2].direct_lower, cells[2].direct_upper) == pytest.approx((-1 - half, -1 + half))
    assert cells[0].lower == pytest.approx(fit.lower[2, 0])
    with pytest.raises(InputError, match="every treatment once"):
        nw.league(net, fit, ["c", "a"])


def test_a_fit_of_another_network_is_refused():
    fit = nw.fit_network(contrasts(*LOOP))
    with pytest.raises(InputError, match="other treatments"):
        nw.net_heat(contrasts(("1", "b", "a", 1.0, 0.5)), fit)


SUMS = (
    ("1", "exosome+needling", "needling", 5.0, 1.0), ("2", "needling", "vehicle", 2.0, 1.0),
    ("3", "exosome", "vehicle", 4.0, 1.0), ("4", "exosome+needling", "vehicle", 9.0, 1.0),
)  # fmt: skip


def test_components_add_up_and_an_interaction_takes_what_is_left():
    fit = nw.fit_components(contrasts(*SUMS), inactive="vehicle", method="common")
    assert fit.components == ("exosome", "needling")
    assert (fit.additive.df, fit.difference.df) == (2, 1)
    more = nw.fit_components(
        contrasts(*SUMS), inactive="vehicle", interactions=[("exosome", "needling")],
        method="common",
    )  # fmt: skip
    plain = nw.fit_network(contrasts(*SUMS), method="common")
    assert more.estimate == pytest.approx(plain.estimate)
    assert more.difference is None
    assert more.effects[2].name == "exosome*needling"


def test_components_join_a_network_in_parts_and_say_what_joins_them():
    rows = (SUMS[1], ("5", "exosome+x", "x", 4.0, 1.0), ("6", "exosome+needling", "y", 3.0, 1.0))
    net = contrasts(*rows)
    assert len(nw.components(net)) == 3
    fit = nw.fit_components(net, inactive="vehicle", method="common")
    assert "only the assumption" in fit.flags[0]
    assert {e.name: round(e.estimate, 9) for e in fit.effects} == {
        "exosome": 4.0, "needling": 2.0, "y": 3.0,
    }  # fmt: skip
    assert fit.not_identifiable == ("x",)
    i, j = net.treatments.index("x"), net.treatments.index("y")
    assert not fit.estimable[i, j]
    assert np.isinf(fit.se[i, j])


def test_a_matrix_of_components_says_the_same_as_names():
    net = contrasts(*SUMS)
    assert net.treatments == ("exosome", "exosome+needling", "needling", "vehicle")
    told = nw.fit_components(
        net, matrix=[[1, 0], [1, 1], [0, 1], [0, 0]], names=["exosome", "needling"]
    )
    named = nw.fit_components(net, inactive="vehicle")
    assert told.effects == named.effects


@pytest.mark.parametrize(
    "options",
    [{"inactive": "water"}, {"interactions": [("exosome", "x")]}, {"separator": " "},
     {"interactions": [("exosome", "vehicle")]}, {"matrix": [[1]]}, {"names": ["x"]},
     {"matrix": [[1]], "names": ["x"]}, {"matrix": np.zeros((4, 1)), "names": ["x"]}],
)  # fmt: skip
def test_components_that_are_not_there_are_refused(options):
    with pytest.raises(InputError):
        nw.fit_components(contrasts(*SUMS), **options)


def test_a_slope_is_found_and_effects_are_at_the_mean_of_the_covariate():
    x = [1.0, 2.0, 3.0, 6.0]
    net = contrasts(*((str(k), "b", "a", 2 + 0.5 * v, 0.1) for k, v in enumerate(x)))
    dose = {"dose": {str(k): v for k, v in enumerate(x)}}
    fit = nw.fit_regression(net, dose, reference="a")
    assert fit.slopes[0].estimate == pytest.approx(0.5)
    assert fit.estimate[1, 0] == pytest.approx(2 + 0.5 * 3)
    assert (fit.centres, fit.residual.df) == ({"dose": 3.0}, 2)
    each = nw.fit_regression(net, dose, reference="a", slopes="each")
    assert each.slopes[0].name == "dose: b"
    assert each.slopes[0].estimate == pytest.approx(0.5)


def test_a_slope_that_the_studies_cannot_tell_is_refused():
    net = contrasts(*LOOP)
    same = {"dose": dict.fromkeys(net.studies, 1.0)}
    with pytest.raises(InputError, match="cannot tell the slope of dose"):
        nw.fit_regression(net, same, reference="a")
    with pytest.raises(InputError, match="study '4' has no value of 'dose'"):
        nw.fit_regression(net, {"dose": {"1": 1.0, "2": 1.0, "3": 1.0}}, reference="a")
    with pytest.raises(InputError, match="no treatment"):
        nw.fit_regression(net, same, reference="z")


def test_studies_without_events_are_left_out_of_mantel_haenszel_and_named():
    fit = nw.mantel_haenszel(
        ["1", "1", "2", "2", "3", "3"], list("ababab"), [3, 8, 0, 0, 5, 9],
        [50, 50, 40, 40, 60, 60],
    )  # fmt: skip
    assert fit.studies == 2
    assert fit.left_out == ("2: no arm, or every person of every arm, has an event",)
    ratio = (8 * 47 / 100 + 9 * 55 / 120) / (3 * 42 / 100 + 5 * 51 / 120)
    assert fit.estimate[1, 0] == pytest.approx(np.log(ratio))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("1", "a", 3, 2), ("1", "b", 1, 2)], "3 events in 2 people"),
        ([("1", "a", 1, 2)], "study '1' has one arm"),
        ([("1", "a", 1, 2), ("1", "a", 1, 2)], "two arms of 'a'"),
        ([("1", "a", 0, 2), ("1", "b", 0, 2)], "nothing can be pooled"),
        ([("1", "a", 1, 9), ("1", "b", 2, 9), ("2", "c", 1, 9), ("2", "d", 2, 9)], "c, d"),
        ([("1", "a", 3, 9), ("1", "b", 9, 9), ("2", "a", 0, 9), ("2", "b", 3, 9)], "leave them"),
    ],
)
def test_counts_that_cannot_be_used_are_refused(rows, said):
    with pytest.raises(InputError) as error:
        nw.mantel_haenszel(*(list(column) for column in zip(*rows, strict=True)))
    assert said in str(error.value)


def test_a_negative_weight_of_correlated_arms_has_no_adjusted_error_but_a_fit():
    net = arms(
        ("S", "a", 1.0, 1.0), ("S", "b", 2.0, 4.0), ("S", "c", 4.0, 9.0), correlation={"S": 0.95}
    )
    assert None in nw.adjusted_se(net, 0.0).values()
    fit = nw.fit_network(net, method="common")
    assert fit.estimate[2, 0] == pytest.approx(3.0)
    assert fit.se[2, 0] ** 2 == pytest.approx(1 + 9 - 2 * 0.95 * 3)


def test_a_full_report_holds_all_parts():
    report = nw.full_report(contrasts(*LOOP), smaller_is_better=False, mid=0.2)
    assert report.random.method == "REML"
    assert len(report.splits) == 3
    assert report.decomposition.between.df == 1
    assert report.contributions.study.shape == (3, 4)
    assert report.hat.shape == (3, 3)
    assert report.random.prediction_upper[2, 0] > report.random.upper[2, 0]


def test_evidence_that_flows_in_a_circle_has_no_shares_and_says_why():
    spread = [
        [2.6, -3.4, -0.1, 1.6, -1.6], [-3.4, 8.8, 1.0, -2.3, 4.4], [-0.1, 1.0, 2.7, -0.4, 1.3],
        [1.6, -2.3, -0.4, 4.4, -1.6], [-1.6, 4.4, 1.3, -1.6, 2.7],
    ]  # fmt: skip
    rows = [("S", name, 0.0, spread[k][k]) for k, name in enumerate("abcde")]
    net = arms(*rows, covariance={"S": spread})
    shares = nw.random_walk(net, nw.fit_network(net, method="common"))
    assert shares.comparison is None
    assert shares.study is None
    assert "circle" in shares.reason


def test_another_seed_draws_other_ranks():
    fit = nw.fit_network(contrasts(*LOOP), tau2=1.0)
    one, other = (nw.rank_draws(fit, smaller_is_better=False, seed=k) for k in (1, 2))
    assert (one.probability != other.probability).any()
    assert (one.seed, other.seed) == (1, 2)


def test_flags_stay_with_the_part_of_the_network_that_they_are_about():
    rounded = (*THREE[:2], ("K", "c", "b", 2.001, 0.5))
    parts = nw.split_components(contrasts(*rounded, ("L", "x", "y", 1.0, 0.3)))
    assert [len(part.flags) for part in parts] == [1, 0]
