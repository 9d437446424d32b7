"""What holds for every set of effects."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anagen.evidence import common_effect, newcombe, pool, random_effects, reml_tau2, wilson

effect = st.floats(-100, 100).map(lambda x: round(x, 3))
variance = st.floats(0.05, 50).map(lambda x: round(x, 3))
trials = st.lists(st.tuples(effect, variance), min_size=2, max_size=12)


def parts(rows):
    return [y for y, _ in rows], [v for _, v in rows]


@given(trials, effect)
def test_shifting_every_study_shifts_the_mean_and_leaves_the_spread(rows, shift):
    y, v = parts(rows)
    before, after = random_effects(y, v), random_effects([x + shift for x in y], v)
    assert after.mean == pytest.approx(before.mean + shift, rel=1e-6, abs=1e-5)
    assert after.tau2 == pytest.approx(before.tau2, rel=1e-5, abs=1e-4)


@given(trials, st.floats(0.1, 10))
def test_scaling_the_unit_scales_mean_and_interval(rows, factor):
    y, v = parts(rows)
    one = random_effects(y, v)
    other = random_effects([x * factor for x in y], [x * factor**2 for x in v])
    assert other.mean == pytest.approx(one.mean * factor, rel=1e-6, abs=1e-6)
    assert other.hk_high - other.hk_low == pytest.approx(
        factor * (one.hk_high - one.hk_low), rel=1e-4, abs=1e-6
    )


@given(trials, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(rows, random):
    y, v = parts(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert random_effects(*parts(shuffled)).mean == pytest.approx(
        random_effects(y, v).mean, rel=1e-8, abs=1e-8
    )


@given(trials)
def test_equal_effects_have_no_spread_between_studies(rows):
    _, v = parts(rows)
    result = random_effects([7.0] * len(v), v)
    assert result.tau2 == 0
    assert result.mean == pytest.approx(7.0)
    assert result.se == pytest.approx(common_effect([7.0] * len(v), v).se)


@given(trials)
def test_a_study_split_into_two_of_double_variance_leaves_the_common_mean(rows):
    y, v = parts(rows)
    halves = common_effect([*y, y[0]], [2 * v[0], *v[1:], 2 * v[0]])
    assert halves.mean == pytest.approx(common_effect(y, v).mean, rel=1e-9, abs=1e-9)


@given(trials)
def test_the_mean_lies_within_the_effects_and_the_guard_never_narrows(rows):
    y, v = parts(rows)
    result = random_effects(y, v)
    assert min(y) - 1e-9 <= result.mean <= max(y) + 1e-9
    assert result.guarded_se >= result.hk_se
    assert result.guarded_se >= result.se
    if len(y) >= 3:
        low, high = result.prediction
        assert low <= result.wald_low
        assert high >= result.wald_high


@settings(max_examples=50)
@given(trials)
def test_no_between_study_variance_nearby_is_likelier_than_the_one_found(rows):
    import numpy as np

    y, v = (np.array(x) for x in parts(rows))
    assume(len(set(y)) > 1)

    def restricted(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return -0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + w @ (y - mean) ** 2)

    tau2 = reml_tau2(y, v)
    best = restricted(tau2)
    for step in (1e-3, 1e-2):
        for other in (tau2 * (1 + step), max(0.0, tau2 * (1 - step)), tau2 + step):
            assert restricted(other) <= best + 1e-9 * max(1.0, abs(best))


@given(effect, variance)
def test_one_study_stands_for_itself(y, v):
    result = pool([y], [v], "hairs/cm2")
    assert (result.mean, result.se) == (pytest.approx(y), pytest.approx(v**0.5))
    assert result.random is None
    assert result.flags == ["one_study"]


counts = st.integers(1, 400)


@given(st.data(), counts, counts)
def test_a_share_lies_in_its_interval_and_a_difference_in_its_own(data, n, m):
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    low, high = wilson(a / n, n)
    assert 0 <= low <= a / n + 1e-12
    assert a / n - 1e-12 <= high <= 1
    below, above = newcombe(a / n, n, b / m, m)
    assert -1 <= below <= a / n - b / m + 1e-9
    assert a / n - b / m - 1e-9 <= above <= 1
