import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anagen.synthesis.time_course import fit_time_course, read_visits
from anagen.synthesis.time_course_report import differences

EFFECTS = {"a": 0.0, "b": 8.0, "c": 14.0, "d": 3.0}
WEEKS = (4.0, 12.0, 24.0)
RHO = 0.5


def network(seed, trials=16, tau=1.5, half_time=7.0):
    """Draw changes whose visits share the baseline and correlate as the fit assumes."""
    rng = np.random.default_rng(seed)
    t = np.array(WEEKS)
    level = RHO ** np.abs(np.subtract.outer(np.r_[0, t], np.r_[0, t]) / 8.0)
    to_change = np.column_stack([-np.ones(3), np.eye(3)])
    root = np.linalg.cholesky(to_change @ level @ to_change.T)
    rows = []
    for i in range(trials):
        names = ["a", *rng.permutation(["b", "c", "d"])[: 1 + (i % 3 == 0)]]
        natural = rng.normal(4, 2)
        for name in names:
            size = natural + EFFECTS[name] + rng.normal(0, tau / np.sqrt(2))
            scale = 10 / np.sqrt(rng.integers(15, 50))
            noise = scale * (root @ rng.standard_normal(3))
            ses = scale * np.sqrt(np.diag(root @ root.T))
            mean = size * t / (half_time + t) + noise
            seen = [j for j in range(3) if rng.random() < 0.9 or j == 2]
            rows.extend((f"s{i}", name, t[j], mean[j], ses[j]) for j in seen)
    return list(zip(*rows, strict=True))


def test_intervals_cover_the_truth_in_two_hundred_networks():
    hits = []
    for seed in range(200):
        fit = fit_time_course(read_visits(*network(seed), reference="a"))
        d = differences(fit, [24.0])
        for i, name in enumerate(d.treatments[1:], start=1):
            truth = EFFECTS[name] * 24 / 31
            hits.append(d.low[0, i, 0] <= truth <= d.high[0, i, 0])
    # 600 intervals, of which those of one network depend: 200 independent ones at the least
    assert abs(np.mean(hits) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 200)


def reml_pairwise(y, v):
    """Maximise the restricted likelihood on a fine grid of logarithms, then say mean and SE."""
    from scipy.optimize import minimize_scalar

    def cost(tau2):
        w = 1 / (v + tau2)
        mean = w @ y / w.sum()
        return -np.log(w).sum() + np.log(w.sum()) + w @ (y - mean) ** 2

    found = minimize_scalar(cost, bounds=(0, 400), method="bounded", options={"xatol": 1e-11})
    tau2 = found.x if found.fun < cost(0.0) else 0.0
    w = 1 / (v + tau2)
    return w @ y / w.sum(), w.sum() ** -0.5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 6.0))
def test_two_treatments_seen_once_pool_as_pairwise(seed, tau):
    rng = np.random.default_rng(seed)
    se = rng.uniform(0.5, 2.0, (8, 2))
    means = rng.normal(0, 1, (8, 2)) * se + np.array([3.0, 9.0])
    means[:, 1] += rng.normal(0, tau, 8)
    rows = [(f"s{i}", "ab"[k], 24.0, means[i, k], se[i, k]) for i in range(8) for k in range(2)]
    fit = fit_time_course(read_visits(*zip(*rows, strict=True), reference="a"))
    d = differences(fit, [24.0])
    mean, error = reml_pairwise(means[:, 1] - means[:, 0], (se**2).sum(axis=1))
    assert d.estimate[0, 1, 0] == pytest.approx(mean, rel=1e-4, abs=1e-4)
    assert d.se[0, 1, 0] == pytest.approx(error, rel=1e-4)


def test_a_star_of_common_effects_is_its_separate_pairs():
    rng = np.random.default_rng(8)
    rows, apart = [], {}
    for i in range(9):
        name, se = "bcd"[i % 3], rng.uniform(0.5, 2.0, 2)
        y = rng.normal([2.0, 8.0], se)
        rows += [(f"s{i}", "a", 24.0, y[0], se[0]), (f"s{i}", name, 24.0, y[1], se[1])]
        apart.setdefault(name, []).append((y[1] - y[0], (se**2).sum()))
    visits = read_visits(*zip(*rows, strict=True), reference="a")
    d = differences(fit_time_course(visits, heterogeneity=False), [24.0])
    for i, name in enumerate(d.treatments[1:], start=1):
        y, v = np.array(apart[name]).T
        assert d.estimate[0, i, 0] == pytest.approx((y / v).sum() / (1 / v).sum())
        assert d.se[0, i, 0] == pytest.approx((1 / v).sum() ** -0.5)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["emax", "plateau"]))
def test_days_and_weeks_give_one_answer(seed, shape):
    study, name, week, mean, se = network(seed, trials=8)
    weeks = fit_time_course(read_visits(study, name, week, mean, se, reference="a"), shape)
    days = fit_time_course(
        read_visits(study, name, np.array(week) * 7, mean, se, reference="a"), shape
    )
    ours, theirs = differences(weeks, [12.0]), differences(days, [84.0])
    assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-4, abs=1e-5)
    assert ours.se == pytest.approx(theirs.se, rel=1e-4, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.floats(-100, 100).filter(lambda c: abs(c) > 0.01))
def test_another_unit_or_sign_of_the_outcome_scales_the_answer(seed, c):
    study, name, week, mean, se = network(seed, trials=8)
    plain = fit_time_course(read_visits(study, name, week, mean, se, reference="a"))
    scaled = fit_time_course(
        read_visits(
            study, name, week, np.array(mean) * c, np.array(se) * abs(c), reference="a"
        )
    )  # fmt: skip
    ours, theirs = differences(plain, [12.0]), differences(scaled, [12.0])
    assert ours.estimate * c == pytest.approx(theirs.estimate, rel=1e-4, abs=1e-4 * abs(c))
    assert ours.se * abs(c) == pytest.approx(theirs.se, rel=1e-4)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_visits_and_the_names_of_treatments_change_nothing(seed, random):
    rows = list(zip(*network(seed, trials=8), strict=True))
    plain = differences(
        fit_time_course(read_visits(*zip(*rows, strict=True), reference="a")), [12.0]
    )
    renamed = {"a": "zz", "b": "y", "c": "m", "d": "k"}
    random.shuffle(rows)
    mixed = [(s, renamed[t], w, y, e) for s, t, w, y, e in rows]
    other = differences(
        fit_time_course(
            read_visits(*zip(*mixed, strict=True), reference=renamed[plain.treatments[-1]])
        ),
        [12.0],
    )
    places = [other.treatments.index(renamed[t]) for t in plain.treatments]
    assert plain.estimate[0] == pytest.approx(
        other.estimate[0][np.ix_(places, places)], rel=1e-4, abs=1e-4
    )
    assert plain.se[0] == pytest.approx(other.se[0][np.ix_(places, places)], rel=1e-4, abs=1e-6)
