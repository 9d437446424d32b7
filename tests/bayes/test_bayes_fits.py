"""What a Bayesian fit must do whatever the data: agree, repeat itself, refuse."""

import numpy as np
import pytest

from anagen.errors import ConvergenceError, InputError
from anagen.synthesis import bayes
from anagen.synthesis.bayes import Prior, Sampling
from anagen.synthesis.time_course import fit_time_course, read_visits

HALF_LIFE = Prior(kind="log_normal", location=8.0, scale=0.7)


def drawn_visits(seed=5, trials=14, sd=4.0):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(trials):
        arms = ["a", *rng.permutation(["b", "c", "d"])[: 1 + i % 2]]
        natural = rng.normal(4, 2)
        for name in arms:
            size = natural + {"a": 0, "b": 8, "c": 14, "d": 3}[name] + rng.normal(0, 1.8)
            for t in (4.0, 12.0, 24.0, 48.0):
                se = sd / np.sqrt(rng.integers(10, 40))
                rows.append((f"s{i}", name, t, size * t / (7 + t) + rng.normal(0, se), se))
    return read_visits(*zip(*rows, strict=True), reference="a")


def test_the_fast_fit_agrees_with_the_sampled_one_within_a_third_of_an_sd():
    visits = drawn_visits()
    fast = fit_time_course(
        visits, "emax", kinetic_priors={"half_time": (8.0, 0.7)}, misfit=False
    ).summary()
    slow = bayes.fit_time_course(
        visits, "emax", sampling=Sampling(draws=2000),
        priors={"kinetic": HALF_LIFE, "tau": Prior(kind="half_normal", scale=10.0)},
    )  # fmt: skip
    for i, name in enumerate(slow.labels["d"]):
        told = bayes.summarise(slow.draws["d"][:, :, i])
        assert abs(told.mean - fast.effects[name]) <= 0.3 * told.sd
        assert fast.effect_ses[name] == pytest.approx(told.sd, rel=0.25)
    kinetic = bayes.summarise(np.log(slow.draws["kinetic"]))
    assert abs(kinetic.mean - np.log(fast.kinetics["all"]["half_time"])) <= 0.3 * kinetic.sd
    tau = bayes.summarise(slow.draws["tau"])
    assert abs(tau.mean - fast.tau) <= 1.0 * tau.sd  # a mode below a mean: the posterior is skew


def test_the_same_seed_gives_the_same_draws_and_another_does_not():
    y, v = [0.2, 0.5, 0.1, 0.9], [0.04, 0.05, 0.03, 0.06]
    prior = Prior(kind="half_normal", scale=0.5)
    fits = [
        bayes.fit_pairwise(y, v, tau_prior=prior, sampling=Sampling(seed=s, refuse=False))
        for s in (3, 3, 4)
    ]
    assert np.array_equal(fits[0].draws["mu"], fits[1].draws["mu"])
    assert not np.array_equal(fits[0].draws["mu"], fits[2].draws["mu"])


def test_a_fit_in_another_unit_is_the_same_fit():
    y, v = np.array([2.0, 5.0, 1.0, 9.0, 4.0]), np.array([4.0, 5.0, 3.0, 6.0, 2.0])
    one = bayes.fit_pairwise(y, v, tau_prior=Prior(kind="half_normal", scale=5.0))
    same = bayes.fit_pairwise(y * 1000, v * 1e6, tau_prior=Prior(kind="half_normal", scale=5000.0))
    assert one.draws["mu"].mean() * 1000 == pytest.approx(same.draws["mu"].mean(), rel=1e-6)


def test_too_few_draws_are_refused_with_their_figures_and_shown_on_request():
    y, v = [0.2, 0.5, 0.1, 0.9], [0.04, 0.05, 0.03, 0.06]
    prior = Prior(kind="half_normal", scale=0.5)
    short = Sampling(warmup=100, draws=100)
    with pytest.raises(ConvergenceError, match=r"effective draws \(400 at least\)"):
        bayes.fit_pairwise(y, v, tau_prior=prior, sampling=short)
    shown = bayes.fit_pairwise(
        y, v, tau_prior=prior, sampling=Sampling(warmup=100, draws=100, refuse=False)
    )
    assert shown.flags
    assert shown.diagnostics.fewest_ess_bulk < 400


def test_a_misfit_is_found_where_the_shape_is_wrong():
    visits = drawn_visits(sd=1.0)
    wrong = bayes.fit_time_course(
        visits, "log_linear", misfit=True, sampling=Sampling(draws=1500),
    )  # fmt: skip
    right = bayes.fit_time_course(visits, "emax", misfit=True, sampling=Sampling(draws=1500))
    assert wrong.draws["omega"].mean() > 2 * right.draws["omega"].mean()


def test_a_prior_of_a_parameter_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="this model has no 'omega'"):
        bayes.fit_time_course(
            drawn_visits(), "emax", priors={"omega": Prior(kind="half_normal", scale=1.0)}
        )
