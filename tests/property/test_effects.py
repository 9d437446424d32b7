"""What holds for every effect size, covariance and recovered number, whatever the input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anagen.synthesis import recovery, recovery_medians
from anagen.synthesis.effects import (
    MEASURES,
    autoregressive_correlation,
    contrast_covariance,
    covariance_of_changes,
    double_arcsine_back,
    effect_sizes,
    shared_baseline_covariance,
)
from anagen.synthesis.recovery_groups import Group, combine_groups

mean = st.floats(1, 300)
sd = st.floats(0.5, 60)
n = st.integers(3, 400)
r = st.floats(-0.95, 0.95)
factor = st.floats(0.01, 100)
DRAWS = 20_000
SPREAD = 0.04  # of a variance, estimated from DRAWS samples and from a large-sample formula


unhurried = settings(deadline=None)  # the first call loads scipy


@unhurried
@given(mean, sd, n, mean, sd, n)
def test_swapping_the_groups_turns_the_sign_and_keeps_the_variance(m1, s1, n1, m2, s2, n2):
    for name in ("MD", "SMD", "SMD_LS2", "SMD_UB", "SMDH", "ROM", "CVR"):
        there = effect_sizes(name, m1=m1, sd1=s1, n1=n1, m2=m2, sd2=s2, n2=n2)
        back = effect_sizes(name, m1=m2, sd1=s2, n1=n2, m2=m1, sd2=s1, n2=n1)
        assert there.y == pytest.approx(-back.y, abs=1e-12)
        assert there.v == pytest.approx(back.v)


@unhurried
@given(mean, sd, n, mean, sd, n, factor)
def test_no_unit_changes_a_standardised_difference_or_a_ratio(m1, s1, n1, m2, s2, n2, c):
    for name in ("SMD", "SMDH", "SMD1", "SMD1H", "ROM", "CVR"):
        one = effect_sizes(name, m1=m1, sd1=s1, n1=n1, m2=m2, sd2=s2, n2=n2)
        other = effect_sizes(name, m1=c * m1, sd1=c * s1, n1=n1, m2=c * m2, sd2=c * s2, n2=n2)
        assert one.y == pytest.approx(other.y, rel=1e-9, abs=1e-9)
        assert one.v == pytest.approx(other.v, rel=1e-9)


@unhurried
@given(mean, mean, sd, sd, n, st.floats(-0.9, 0.9), factor)
def test_no_unit_changes_a_standardised_change(m1, m0, s1, s0, size, rho, c):
    for name in ("SMCC", "SMCRP", "ROMC", "CVRC"):
        one = effect_sizes(name, m_post=m1, m_pre=m0, sd_post=s1, sd_pre=s0, n=size, r=rho)
        other = effect_sizes(
            name, m_post=c * m1, m_pre=c * m0, sd_post=c * s1, sd_pre=c * s0, n=size, r=rho
        )
        assert one.y == pytest.approx(other.y, rel=1e-9, abs=1e-9)
        assert one.v == pytest.approx(other.v, rel=1e-9)


@unhurried
@given(st.integers(0, 30), st.integers(0, 30))
def test_events_and_non_events_swapped_turn_the_odds_ratio_around(a, c):
    one = effect_sizes("OR", x1=a, n1=30, x2=c, n2=30)
    other = effect_sizes("OR", x1=30 - a, n1=30, x2=30 - c, n2=30)
    assert one.y == pytest.approx(-other.y, abs=1e-12)
    assert one.v == pytest.approx(other.v)


@unhurried
@given(st.integers(0, 40), st.integers(1, 40))
def test_a_double_arcsine_reads_back_as_its_proportion(x, size):
    x = min(x, size)
    y = effect_sizes("PFT", x=x, n=size).y
    assert double_arcsine_back(y, size) == pytest.approx([x / size], abs=1e-9)


@unhurried
@given(st.integers(1, 39))
def test_every_one_group_measure_of_a_proportion_reads_back(x):
    for name in ("PR", "PLN", "PLO", "PAS"):
        found = effect_sizes(name, x=x, n=40)
        assert MEASURES[name].back(found.y) == pytest.approx([x / 40])


@pytest.mark.parametrize("name", ["SMD_UB", "SMDH", "SMD1H", "ROM", "CVR", "VR"])
def test_the_variance_of_two_group_measures_is_that_of_repeated_samples(name):
    rng = np.random.default_rng(5)
    a = rng.normal(12, 3, (DRAWS, 60)) if name != "SMD_UB" else rng.normal(12, 4, (DRAWS, 60))
    b = rng.normal(10, 4, (DRAWS, 80))
    given = {
        "m1": a.mean(1), "sd1": a.std(1, ddof=1), "n1": 60,
        "m2": b.mean(1), "sd2": b.std(1, ddof=1), "n2": 80,
    }  # fmt: skip
    found = effect_sizes(name, **{k: v for k, v in given.items() if k in MEASURES[name].inputs})
    assert found.v.mean() == pytest.approx(found.y.var(), rel=SPREAD)


@pytest.mark.parametrize("name", ["SMCC", "SMCR", "SMCRH", "SMCRP", "ROMC", "VRC", "CVRC"])
def test_the_variance_of_paired_measures_is_that_of_repeated_samples(name):
    rng = np.random.default_rng(6)
    shared, own = rng.normal(0, 1, (2, DRAWS, 150))
    after, before = 22 + 3 * (0.6 * shared + 0.8 * own), 20 + 3 * shared
    m1, s1 = after.mean(1), after.std(1, ddof=1)
    m0, s0 = before.mean(1), before.std(1, ddof=1)
    product = (after - m1[:, None]) * (before - m0[:, None])
    given = {
        "m_post": m1, "sd_post": s1, "m_pre": m0, "sd_pre": s0, "n": 150,
        "r": product.sum(1) / (149 * s1 * s0),
        "m1": m0, "sd1": s0, "m2": m1, "sd2": s1,
    }  # fmt: skip
    found = effect_sizes(name, **{k: given[k] for k in MEASURES[name].inputs})
    assert found.v.mean() == pytest.approx(found.y.var(), rel=SPREAD)


@pytest.mark.parametrize("name", ["OR", "RR", "RD", "PETO", "AS"])
def test_the_variance_of_count_measures_is_that_of_repeated_samples(name):
    rng = np.random.default_rng(7)
    x1, x2 = rng.binomial(300, 0.42, DRAWS), rng.binomial(300, 0.4, DRAWS)
    found = effect_sizes(name, x1=x1, n1=300, x2=x2, n2=300)
    assert found.v.mean() == pytest.approx(found.y.var(), rel=SPREAD)


@unhurried
@given(st.lists(st.floats(0.1, 9), min_size=3, max_size=5))
def test_the_base_arm_does_not_matter_to_a_contrast_of_two_others(variances):
    s = np.diag(variances)
    from_first, from_last = contrast_covariance(s, 0), contrast_covariance(s, len(variances) - 1)
    # arm 1 minus arm 2 (index), seen from either base
    a = from_first[0, 0] + from_first[1, 1] - 2 * from_first[0, 1]
    last = from_last if len(variances) > 3 else None
    assert a == pytest.approx(variances[1] + variances[2])
    if last is not None:
        assert last[1, 1] + last[2, 2] - 2 * last[1, 2] == pytest.approx(a)


@unhurried
@given(sd, st.floats(0.1, 0.99), st.integers(2, 90))
def test_changes_from_one_baseline_covary_as_the_formula_says(s, rho, persons):
    shape = autoregressive_correlation([0, 12, 24], rho ** (1 / 12))
    full = shared_baseline_covariance([s, s, s], shape, persons)
    short = covariance_of_changes(s, shape[1, 2], shape[1, 0], shape[2, 0]) / persons
    assert full[0, 1] == pytest.approx(float(short[0]), rel=1e-9, abs=1e-12)


@unhurried
@given(sd, n)
def test_a_standard_deviation_comes_back_from_its_se_interval_t_and_p(s, size):
    from scipy.special import stdtr, stdtrit

    se, change = s / math.sqrt(size), 1.5 * s / math.sqrt(size)
    half = float(stdtrit(size - 1, 0.975)) * se
    t = change / se
    p = 2 * float(stdtr(size - 1, -t))
    assert recovery.sd_from_se(se, size).value == pytest.approx(s)
    assert recovery.sd_from_ci(change - half, change + half, size).value == pytest.approx(s)
    assert recovery.sd_from_t(change, t, size).value == pytest.approx(s)
    assert recovery.sd_from_p(change, p, size).value == pytest.approx(s, rel=1e-7)
    assert recovery.limit_from_p_bound(change, p, size).at_most == pytest.approx(s, rel=1e-7)


@unhurried
@given(sd, n, n)
def test_a_pooled_standard_deviation_comes_back_from_t_and_p(s, n1, n2):
    from scipy.special import stdtr

    difference = 2 * s * math.sqrt(1 / n1 + 1 / n2)
    p = 2 * float(stdtr(n1 + n2 - 2, -2.0))
    assert recovery.pooled_sd_from_t(difference, 2.0, n1, n2).value == pytest.approx(s)
    assert recovery.pooled_sd_from_p(difference, p, n1, n2).value == pytest.approx(s, rel=1e-7)


@unhurried
@given(sd, sd, r)
def test_the_correlation_comes_back_from_the_sd_of_change_that_it_gave(pre, post, rho):
    change = recovery.sd_of_change(pre, post, rho).value
    assert recovery.correlation_from_sds(pre, post, change).value == pytest.approx(rho, abs=1e-6)


@unhurried
@given(st.lists(st.floats(-50, 50), min_size=6, max_size=20))
def test_groups_put_together_are_the_group_of_all_their_persons(values):
    x = np.array(values)
    parts = [x[: len(x) // 2], x[len(x) // 2 :]]
    whole = combine_groups(
        [Group(n=p.size, mean=float(p.mean()), sd=float(p.std(ddof=1))) for p in parts]
    )
    assert whole.n == x.size
    assert whole.mean == pytest.approx(x.mean(), abs=1e-9)
    assert whole.sd == pytest.approx(x.std(ddof=1), abs=1e-9)


@unhurried
@given(st.integers(20, 400), mean, sd)
def test_a_normal_summary_gives_its_mean_and_nearly_its_sd_back(size, m, s):
    z = 0.6745 * s
    found = recovery_medians.from_quartiles(m, m - z, m + z, size)
    assert found.mean == pytest.approx(m)
    assert found.sd == pytest.approx(s, rel=0.08)
    assert not found.cautions
