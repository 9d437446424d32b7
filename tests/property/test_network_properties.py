"""What must hold for every network of trials."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_oracle import Trial, by_contrasts, drawn, named, slow, walked

from anagen.synthesis import network as nw
from anagen.synthesis.network.build import edge_weights
from anagen.synthesis.network.flow import weights_of

NETWORKS = st.tuples(st.integers(0, 10_000), st.integers(2, 7), st.integers(1, 8), st.booleans())
FEW = settings(max_examples=40, deadline=None)
LETTERS = list("abcdefgh")


def trials_of(drawn_from):
    seed, n, extra, split = drawn_from
    return drawn(seed, n, extra, split=split), n


@FEW
@given(NETWORKS)
def test_the_batched_fit_is_that_of_one_dense_covariance_matrix(spec):
    trials, n = trials_of(spec)
    net = named(trials, LETTERS)
    for method in ("common", "DL", "REML"):
        fit = nw.fit_network(net, method=method)
        theirs = slow(trials, n, fit.tau2)
        assert fit.estimate == pytest.approx(theirs.estimate, abs=1e-9)
        assert fit.se**2 == pytest.approx(theirs.variance, rel=1e-9, abs=1e-10)
    common = slow(trials, n, 0.0)
    assert (fit.q, fit.df) == (pytest.approx(common.q, rel=1e-8, abs=1e-9), common.df)
    moment = nw.fit_network(net, method="DL").tau2
    assert moment == pytest.approx(common.moment, rel=1e-7, abs=1e-9)


@FEW
@given(NETWORKS)
def test_reml_is_at_the_top_of_the_restricted_likelihood(spec):
    trials, n = trials_of(spec)
    fit = nw.fit_network(named(trials, LETTERS))
    top = slow(trials, n, fit.tau2).restricted
    for tau2 in np.concatenate(
        [[0.0], fit.tau2 * np.array([0.9, 1.1]), np.geomspace(1e-4, 10, 25)]
    ):
        assert slow(trials, n, float(tau2)).restricted <= top + 1e-9


@FEW
@given(NETWORKS)
def test_arms_and_contrasts_give_one_network(spec):
    trials, _ = trials_of(spec)
    one, other = (nw.fit_network(f(trials, LETTERS)) for f in (named, by_contrasts))
    assert one.tau2 == pytest.approx(other.tau2, rel=1e-6, abs=1e-9)
    assert one.estimate == pytest.approx(other.estimate, abs=1e-7)
    assert one.se == pytest.approx(other.se, rel=1e-6)


@FEW
@given(NETWORKS, st.randoms(use_true_random=False))
def test_new_names_permute_the_results(spec, random):
    trials, n = trials_of(spec)
    names = LETTERS[:n]
    random.shuffle(names)
    before = nw.full_report(named(trials, LETTERS), smaller_is_better=True, tau2=0.1)
    after = nw.full_report(named(trials, names), smaller_is_better=True, tau2=0.1)
    at = [after.random.treatments.index(name) for name in names]
    ix = np.ix_(at, at)
    assert after.random.estimate[ix] == pytest.approx(before.random.estimate, abs=1e-10)
    assert after.random.se[ix] == pytest.approx(before.random.se, abs=1e-10)
    assert after.p_scores[at] == pytest.approx(before.p_scores, abs=1e-10)
    assert after.random.log_likelihood == pytest.approx(before.random.log_likelihood, rel=1e-9)
    one, other = (r.decomposition.between for r in (before, after))
    assert (one.q, one.df) == (pytest.approx(other.q, rel=1e-7, abs=1e-9), other.df)
    if before.contributions.study is not None and after.contributions.study is not None:
        pair = {(i, j): k for k, (i, j) in enumerate(zip(*np.triu_indices(n, 1), strict=True))}
        rows = [pair[min(at[i], at[j]), max(at[i], at[j])] for i, j in pair]
        assert after.contributions.study[rows] == pytest.approx(
            before.contributions.study, abs=1e-8
        )


@FEW
@given(NETWORKS, st.randoms(use_true_random=False))
def test_the_order_of_studies_and_arms_does_not_matter(spec, random):
    """So the arm that a study is written against does not matter either."""
    trials, _ = trials_of(spec)
    mixed = []
    for trial in trials:
        order = list(range(len(trial.arms)))
        random.shuffle(order)
        mixed.append(
            Trial([trial.arms[k] for k in order], trial.mean[order],
                  trial.spread[np.ix_(order, order)])
        )  # fmt: skip
    random.shuffle(mixed)
    one, other = (nw.fit_network(named(t, LETTERS)) for t in (trials, mixed))
    assert one.tau2 == pytest.approx(other.tau2, rel=1e-6, abs=1e-9)
    assert one.estimate == pytest.approx(other.estimate, abs=1e-7)


@FEW
@given(NETWORKS, st.floats(0.01, 100), st.sampled_from([-1.0, 1.0]))
def test_another_unit_or_direction_scales_everything(spec, size, sign):
    trials, _ = trials_of(spec)
    scaled = [Trial(t.arms, sign * size * t.mean, size**2 * t.spread) for t in trials]
    one, other = (
        nw.full_report(named(t, LETTERS), smaller_is_better=better)
        for t, better in ((trials, True), (scaled, sign > 0))
    )
    assert other.random.tau2 == pytest.approx(size**2 * one.random.tau2, rel=1e-6, abs=1e-8)
    estimate = sign * size * one.random.estimate
    assert other.random.estimate == pytest.approx(estimate, rel=1e-6, abs=size * 1e-7)
    assert other.random.se == pytest.approx(size * one.random.se, rel=1e-6)
    assert other.p_scores == pytest.approx(one.p_scores, abs=1e-6)
    assert other.common.q == pytest.approx(one.common.q, rel=1e-7, abs=1e-9)


@FEW
@given(NETWORKS)
def test_contrasts_add_up(spec):
    trials, _ = trials_of(spec)
    d = nw.fit_network(named(trials, LETTERS)).estimate
    assert d[:, :, None] + d[None, :, :] == pytest.approx(d[:, None, :] + 0 * d[None], abs=1e-10)


@FEW
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 4), st.floats(0, 1))
def test_a_star_of_two_armed_trials_pools_each_arm_by_itself(seed, leaves, trials, tau2):
    """At one tau2 each leaf is the inverse-variance mean of its own trials against the centre."""
    rng = np.random.default_rng(seed)
    drawn_trials, expected, spread = [], [], []
    for leaf in range(1, leaves + 1):
        v = rng.uniform(0.05, 0.5, (trials, 2))
        y = rng.normal(leaf, 1, (trials, 2))
        drawn_trials += [
            Trial([leaf, 0], y[k], np.diag(v[k])) for k in range(trials)
        ]  # fmt: skip
        w = 1 / (v.sum(axis=1) + tau2)
        expected.append(float(w @ (y[:, 0] - y[:, 1]) / w.sum()))
        spread.append(1 / w.sum())
    net = named(drawn_trials, LETTERS)
    fit = nw.fit_network(net, tau2=tau2)
    assert fit.estimate[1:, 0] == pytest.approx(expected, abs=1e-10)
    assert fit.se[1:, 0] ** 2 == pytest.approx(spread, rel=1e-10)
    assert fit.se[1, 2] ** 2 == pytest.approx(spread[0] + spread[1], rel=1e-10)
    parts = nw.decompose(net)
    assert parts.between.df == 0
    assert parts.between_random is None
    assert parts.not_evaluable is not None
    assert all(s.difference is None and s.reason for s in nw.node_split(net, fit))
    assert all(s.difference is None and s.reason for s in nw.design_split(net, fit))
    assert nw.net_heat(net, fit).reason is not None


@FEW
@given(NETWORKS)
def test_two_copies_with_doubled_variances_stand_for_one_trial(spec):
    trials, _ = trials_of(spec)
    half = Trial(trials[-1].arms, trials[-1].mean, 2 * trials[-1].spread)
    one, other = (
        nw.fit_network(named(t, LETTERS), method="common")
        for t in (trials, [*trials[:-1], half, half])
    )
    assert one.estimate == pytest.approx(other.estimate, abs=1e-9)
    assert one.se == pytest.approx(other.se, abs=1e-9)
    assert one.q == pytest.approx(other.q, abs=1e-7)


@FEW
@given(NETWORKS)
def test_a_trial_that_knows_nothing_changes_nothing(spec):
    trials, _ = trials_of(spec)
    blind = Trial(trials[-1].arms, trials[-1].mean + 5, 1e10 * np.eye(len(trials[-1].arms)))
    one, other = (nw.fit_network(named(t, LETTERS)) for t in (trials, [*trials, blind]))
    assert one.tau2 == pytest.approx(other.tau2, rel=1e-5, abs=1e-8)
    assert one.estimate == pytest.approx(other.estimate, abs=1e-6)
    assert one.se == pytest.approx(other.se, rel=1e-5)


@FEW
@given(st.integers(0, 10_000), st.integers(3, 6))
def test_weights_of_edges_say_the_same_as_the_covariance(seed, arms):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(arms, arms + 2))
    v = Trial(list(range(arms)), np.zeros(arms), root @ root.T).contrasts()[1]
    weight = edge_weights(np.linalg.inv(v)[None])[0]
    place = rng.normal(size=arms)
    level = np.concatenate([[place[-1]], place[:-1]])  # the oracle's baseline comes last
    gap = level[:, None] - level
    other = place[:-1] - place[-1]
    assert (weight * gap**2).sum() / 2 == pytest.approx(other @ np.linalg.inv(v) @ other, rel=1e-6)


@FEW
@given(NETWORKS)
def test_contributions_are_those_of_all_paths_one_by_one(spec):
    trials, n = trials_of(spec)
    net = named(trials, LETTERS)
    fit = nw.fit_network(net, tau2=0.05)
    ours = nw.random_walk(net, fit)
    if ours.comparison is None:
        assert ours.reason is not None
        return
    weight = weights_of(net, fit.tau2)
    for k, (a, b) in enumerate(zip(ours.first, ours.second, strict=True)):
        potential = fit.covariance[a] - fit.covariance[b]
        flow = weight * (potential[:, None] - potential)
        gain = walked(np.where(flow > 1e-11, flow, 0.0), int(a), int(b))
        theirs = (gain + gain.T)[ours.edge_first, ours.edge_second]
        assert ours.comparison[k] == pytest.approx(theirs, abs=1e-8)
    assert ours.comparison.sum(axis=1) == pytest.approx(np.ones(n * (n - 1) // 2), abs=1e-8)
    assert ours.study is not None
    assert ours.study.sum(axis=1) == pytest.approx(np.ones(n * (n - 1) // 2), abs=1e-8)


@FEW
@given(NETWORKS)
def test_detaching_a_design_is_leaving_its_trials_out(spec):
    trials, n = trials_of(spec)
    net = named(trials, LETTERS)
    parts = nw.decompose(net)
    assert parts.total.q == pytest.approx(slow(trials, n, 0.0).q, rel=1e-7, abs=1e-8)
    for design in parts.designs:
        arms = {LETTERS.index(t) for t in design.design}
        left = [t for t in trials if set(t.arms) != arms]
        if design.detached is None or not left:
            continue
        rest = slow(left, n, 0.0)
        others = [d for d in parts.designs if d is not design]
        q = rest.q - sum(d.within.q for d in others)
        df = rest.df - sum(d.within.df for d in others)
        assert design.detached.df == df
        assert design.detached.q == pytest.approx(max(0.0, q), rel=1e-6, abs=1e-7)


@FEW
@given(NETWORKS)
def test_net_heat_is_what_detaching_changes(spec):
    trials, _ = trials_of(spec)
    net = named(trials, LETTERS)
    fit = nw.fit_network(net, method="common")
    heat, parts = nw.net_heat(net, fit), nw.decompose(net)
    assert heat.q.sum() == pytest.approx(parts.between.q, rel=1e-7, abs=1e-8)
    assert heat.share.sum(axis=1) == pytest.approx(np.ones(len(heat.designs)), abs=1e-9)
    for column, design in enumerate(parts.designs):
        assert heat.designs[column] == design.design
        if design.detached is not None:
            dropped = parts.between.q - design.detached.q
            assert heat.heat[:, column].sum() == pytest.approx(dropped, rel=1e-6, abs=1e-7)


@FEW
@given(NETWORKS)
def test_direct_and_indirect_evidence_make_up_the_network(spec):
    trials, _ = trials_of(spec)
    net = named(trials, LETTERS)
    for s in nw.node_split(net, nw.fit_network(net)):
        assert 0 <= s.proportion_direct <= 1
        if s.difference is None:
            assert s.reason
            continue
        share = s.proportion_direct
        assert share * s.direct + (1 - share) * s.indirect == pytest.approx(s.network, abs=1e-6)


@FEW
@given(NETWORKS)
def test_one_component_for_each_treatment_is_the_network_itself(spec):
    trials, n = trials_of(spec)
    net = named(trials, LETTERS)
    ours, plain = nw.fit_components(net), nw.fit_network(net)
    assert ours.tau2 == pytest.approx(plain.tau2, rel=1e-6, abs=1e-8)
    assert ours.estimate == pytest.approx(plain.estimate, abs=1e-7)
    assert ours.se == pytest.approx(plain.se, rel=1e-6, abs=1e-9)
    assert ours.additive.q == pytest.approx(plain.q, rel=1e-7, abs=1e-8)
    assert ours.difference is None
    assert ours.not_identifiable == tuple(LETTERS[:n])  # only their differences are known


def test_twenty_two_treatments_are_quick_and_whole():
    trials = drawn(1, 22, 60)
    net = named(trials, [f"t{k:02d}" for k in range(22)])
    report = nw.full_report(net, smaller_is_better=True)
    assert report.contributions.comparison is not None
    sums = report.contributions.comparison.sum(axis=1)
    assert sums == pytest.approx(np.ones(231), abs=1e-8)


def test_two_treatments_are_a_plain_meta_analysis():
    y, v = np.array([0.3, 0.7, -0.1]), np.array([0.04, 0.09, 0.05])
    net = nw.network_from_contrasts(list("xyz"), ["b"] * 3, ["a"] * 3, y, np.sqrt(v))
    report = nw.full_report(net, smaller_is_better=False)
    w = 1 / v
    assert report.common.estimate[1, 0] == pytest.approx(w @ y / w.sum())
    assert report.common.q == pytest.approx(w @ (y - w @ y / w.sum()) ** 2)
    assert report.decomposition.not_evaluable
    assert report.contributions.comparison == pytest.approx(np.ones((1, 1)))
    w = 1 / (v + report.random.tau2)
    assert report.contributions.study == pytest.approx((w / w.sum())[None])


def test_one_study_alone_is_what_it_says():
    net = nw.network_from_contrasts(["x"], ["b"], ["a"], [0.5], [0.2])
    fit = nw.fit_network(net)
    assert (fit.estimate[1, 0], fit.se[1, 0]) == (pytest.approx(0.5), pytest.approx(0.2))
    assert (fit.df, fit.i2, fit.q_p, fit.prediction_lower) == (0, None, None, None)
    assert nw.tau2_interval(net) is None
