"""No check calls impossible what real data gave."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import ttest_ind, ttest_rel

from anagen.errors import InputError
from anagen.evidence.result_check import (
    change_agrees,
    grim_mean,
    grim_percent,
    grimmer,
    group,
    interval_agrees,
    p_agrees,
    p_and_interval,
    p_of_two_groups,
    percent_change_agrees,
    sd_of_change,
)

HALVES = [ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN]
samples = st.lists(st.integers(-50, 50), min_size=2, max_size=40)
places = st.integers(0, 4)


def rounded(top, bottom, digits, how):
    return str((Decimal(top) / Decimal(bottom)).quantize(Decimal(1).scaleb(-digits), rounding=how))


@settings(deadline=None)
@given(st.data(), places, st.sampled_from(HALVES))
def test_a_percentage_of_people_is_never_impossible(data, digits, how):
    n = data.draw(st.integers(1, 5000))
    count = data.draw(st.integers(0, n))
    assert grim_percent(rounded(100 * count, n, digits, how), n).verdict in (
        "possible", "cannot_tell",
    )  # fmt: skip
    assert grim_percent(f"{100 * count / n:.{digits}f}", n).verdict in ("possible", "cannot_tell")


@settings(deadline=None)
@given(st.data(), places, st.sampled_from([ROUND_DOWN, ROUND_UP]))
def test_a_percentage_that_was_cut_off_is_at_most_implausible(data, digits, how):
    n = data.draw(st.integers(1, 5000))
    count = data.draw(st.integers(0, n))
    assert grim_percent(rounded(100 * count, n, digits, how), n).verdict != "impossible"


@settings(deadline=None)
@given(samples, places, st.sampled_from(HALVES), st.integers(1, 6))
def test_a_mean_of_whole_numbers_is_never_impossible(values, digits, how, items):
    text = rounded(sum(values), len(values) * items, digits, how)
    assert grim_mean(text, len(values), items).verdict in ("possible", "cannot_tell")


@settings(deadline=None)
@given(samples, places, places, st.booleans(), st.integers(1, 4))
def test_a_scatter_of_whole_numbers_is_never_impossible(values, d_mean, d_sd, by_n, items):
    array = np.array(values) / items
    mean, sd = float(array.mean()), float(array.std(ddof=0 if by_n else 1))
    found = grimmer(f"{mean:.{d_mean}f}", f"{sd:.{d_sd}f}", len(values), items)
    assert found.verdict in ("possible", "cannot_tell"), (values, found.sentence)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 60), st.integers(3, 60), st.integers(1, 4))
def test_a_t_test_of_real_data_is_never_impossible(seed, n1, n2, digits):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(10, 4, n1), rng.normal(12, 5, n2)
    groups = [
        group(f"{x.mean():.{digits}f}", f"{x.std(ddof=1):.{digits}f}", len(x)) for x in (a, b)
    ]
    for is_pooled in (True, False):
        p = float(ttest_ind(a, b, equal_var=is_pooled).pvalue)
        for text in (f"{p:.{digits}f}", f"<{min(1.0, p * 1.1):.6f}"):
            assert p_of_two_groups(text, *groups, test="t").verdict == "possible"


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 60), st.integers(1, 4))
def test_a_paired_test_of_real_data_is_never_impossible(seed, n, digits):
    rng = np.random.default_rng(seed)
    before = rng.normal(100, 20, n)
    after = before + rng.normal(5, 10, n)
    change = after - before
    shown = [f"{x.std(ddof=1):.{digits}f}" for x in (before, after, change)]
    assert sd_of_change(*shown, n).verdict != "impossible"
    means = [f"{x.mean():.{digits}f}" for x in (before, after, change)]
    assert change_agrees(*means, is_same=True).verdict == "possible"
    percent = (after.mean() / before.mean() - 1) * 100
    assert percent_change_agrees(*means[:2], f"{percent:.{digits}f}").verdict == "possible"
    p = f"{float(ttest_rel(after, before).pvalue):.{digits}f}"
    groups = [group(m, s, n) for m, s in zip(means[:2], shown[:2], strict=True)]
    assert p_of_two_groups(p, *groups, is_paired=True, test="t").verdict == "possible"


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.integers(1, 4), st.booleans())
def test_an_interval_and_a_p_value_of_one_estimate_agree(estimate, se, digits, is_ratio):
    if is_ratio:
        estimate, se = estimate / 50, min(se, 1.0)
    half = float(ndtri(0.975)) * se
    values = [estimate, estimate - half, estimate + half]
    if is_ratio:
        values = [math.exp(value) for value in values]
    texts = [f"{value:.{digits}f}" for value in values]
    assume(not is_ratio or min(float(text) for text in texts) > 10.0**-digits)
    p = 2 * float(ndtr(-abs(estimate) / se))
    assert interval_agrees(*texts, is_ratio=is_ratio).verdict == "possible"
    found = p_and_interval(
        f"{p:.{digits}f}", *texts[1:], estimate_text=texts[0], is_ratio=is_ratio, test="normal"
    )
    assert found.verdict == "possible"
    if not is_ratio and float(f"{se:.{digits}f}") > 0:
        shown = (f"{estimate:.{digits}f}", f"{se:.{digits}f}")
        assert p_agrees(f"{p:.{digits}f}", *shown, test="normal").verdict == "possible"


@settings(deadline=None)
@given(st.text(max_size=12), st.integers(-5, 10**6))
def test_any_text_gets_a_finding_or_one_sentence(text, n):
    for check in (lambda: grim_percent(text, n), lambda: p_agrees(text, text, text)):
        try:
            said = check().sentence
        except InputError as error:
            said = str(error)
        assert said.isprintable()
