import sys

import numpy as np
import pytest

from anagen.errors import ConvergenceError, InputError
from anagen.synthesis import bayes
from anagen.synthesis.bayes import Prior, Sampling
from anagen.synthesis.bayes.network import design, multi_arm_root
from anagen.synthesis.bayes.sampling import cache_folder, judge


def test_independent_draws_count_as_many_as_there_are():
    draws = np.random.default_rng(1).standard_normal((4, 2000))
    assert bayes.rhat(draws) == pytest.approx(1.0, abs=0.003)
    assert bayes.ess_bulk(draws) == pytest.approx(8000, rel=0.1)
    assert bayes.ess_tail(draws) == pytest.approx(8000, rel=0.15)


def test_an_autoregression_counts_as_its_theory_says():
    rng, phi = np.random.default_rng(2), 0.6
    x = np.zeros((4, 20000))
    for t in range(1, x.shape[1]):
        x[:, t] = phi * x[:, t - 1] + rng.standard_normal(4)
    assert bayes.ess_bulk(x) == pytest.approx(x.size * (1 - phi) / (1 + phi), rel=0.1)
    assert x.size / 4 < bayes.ess_tail(x) < x.size / 1.5


def test_a_chain_elsewhere_a_chain_wider_and_a_drift_raise_rhat():
    draws = np.random.default_rng(3).standard_normal((4, 1000))
    moved, wider, drifting = draws.copy(), draws.copy(), draws + np.linspace(0, 2, 1000)
    moved[0] += 1
    wider[0] *= 4
    assert min(bayes.rhat(x) for x in (moved, wider, drifting)) > 1.02
    assert bayes.ess_bulk(moved) < 100


def test_chains_that_do_not_agree_are_refused_with_every_figure():
    draws = np.random.default_rng(4).standard_normal((4, 1000))
    bad = draws + np.arange(4)[:, None]
    with pytest.raises(ConvergenceError) as caught:
        judge({"tau": draws, "mu": bad}, 5, Sampling())
    for words in ("5 of 4000 draws diverged", "R-hat of mu", "effective draws"):
        assert words in str(caught.value)
    assert judge({"tau": draws}, 4, Sampling()).reasons == []


def test_ranks_count_who_is_first():
    effects = np.array([[0.0, 1.0, 2.0], [0.0, 3.0, 2.0]])
    found = bayes.rank_probabilities(effects)
    assert found.tolist() == [[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]
    assert bayes.rank_probabilities(effects, largest_first=False)[0].tolist() == [1, 0, 0]


def test_a_three_armed_trial_has_differences_that_correlate_by_a_half():
    root = multi_arm_root(np.array([0, 0, 1, 1, 1]))
    covariance = root @ root.T
    assert covariance[0].tolist() == [0] * 5
    assert covariance[3:, 3:] == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))
    assert covariance[1, 3] == 0
    x = design(np.array([0, 0, 1, 1]), np.array([1, 2, 0, 2]), 3)
    assert x.tolist() == [[0, 0], [-1, 1], [0, 0], [0, 1]]


def test_without_the_extra_one_sentence_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpyro", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    prior = Prior(kind="half_normal")
    for call in (
        lambda: bayes.fit_pairwise([1, 2], [1, 1], tau_prior=prior),
        lambda: bayes.fit_network([1], ["a"], [1], [1], likelihood="normal"),
    ):
        with pytest.raises(InputError, match=r'pip install "anagen\[bayes\]"'):
            call()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "half_normal", "scale": 0.0},
        {"kind": "uniform", "location": 2.0, "scale": 1.0},
        {"kind": "log_normal", "location": 0.0},
        {"kind": "normal", "scale": float("nan")},
    ],
)
def test_a_prior_that_is_no_distribution_is_refused(wrong):
    with pytest.raises(InputError):
        Prior(**wrong)


def test_compiled_programs_are_kept_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "anagen" / "jax"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert cache_folder().is_absolute()
