"""Every compiled function of the engines against a plain one."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scenarios import MODEL, scenario
from scipy import stats
from scipy.linalg import expm

from anagen.follicle import (
    ROWS,
    WEEKS_PER_YEAR,
    Controls,
    CycleParameters,
    Layout,
    generator,
    healthy,
    hold,
    live,
    persons,
    rates,
)
from anagen.follicle.chance import (
    GOLDEN,
    binomial,
    gamma,
    minus_logs,
    normal,
    product_of_two,
    scrambled,
    stream,
    uniform,
)
from anagen.follicle.counts import _exponentials
from anagen.follicle.cycle import anagen_years
from anagen.follicle.generator import chain
from anagen.follicle.kernels import advance, uniformise
from anagen.follicle.mean_field import fastest_per_year

POINT = CycleParameters.from_facts(MODEL)
LAYOUT = Layout.from_facts(MODEL)
DRAWN = 40_000
SURE = 1e-4
"""Chance that a right generator fails a test of its law; the seeds are fixed."""
KEY = np.uint64(12345)
WHOLE_64 = 2**64


# --- random numbers


def plain_scrambled(place: int) -> int:
    z = place
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WHOLE_64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WHOLE_64
    return z ^ (z >> 31)


def plain_uniform(key: int, counter: int) -> float:
    return ((plain_scrambled((key + counter * int(GOLDEN)) % WHOLE_64) >> 11) + 0.5) / 2**53


def test_places_are_scrambled_as_splitmix64_prints_it():
    # the first outputs of the published generator from state 0
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    for k, number in enumerate(published):
        assert int(scrambled(np.uint64((k + 1) * int(GOLDEN) % WHOLE_64))) == number
        assert plain_scrambled((k + 1) * int(GOLDEN) % WHOLE_64) == number


def test_numbers_by_place_are_those_of_plain_python():
    for counter in (0, 1, 77, 10**6):
        assert uniform(KEY, counter) == plain_uniform(int(KEY), counter)
    other = (plain_scrambled(99 + int(GOLDEN)) + 7 * int(GOLDEN) + int(GOLDEN)) % WHOLE_64
    assert int(stream(np.uint64(99), 7)) == plain_scrambled(other)


def test_uniform_numbers_are_uniform_and_neighbours_unrelated():
    u = np.array([uniform(KEY, k) for k in range(DRAWN)])
    assert stats.kstest(u, "uniform").pvalue > SURE
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4 / np.sqrt(DRAWN)
    v = np.array([uniform(np.uint64(stream(np.uint64(5), k)), 0) for k in range(DRAWN)])
    assert stats.kstest(v, "uniform").pvalue > SURE
    assert abs(np.corrcoef(u, v)[0, 1]) < 4 / np.sqrt(DRAWN)


def test_a_product_of_two_has_its_law_and_independent_factors():
    x = -np.log([product_of_two(KEY, k) for k in range(DRAWN)])
    assert stats.kstest(x, stats.gamma(2).cdf).pvalue > SURE


@pytest.mark.parametrize("stages", [1, 2, 4, 6, 7, 40])
def test_gamma_numbers_have_the_law_of_their_stages(stages):
    x = np.array([gamma(KEY, 20 * k, stages) for k in range(DRAWN)])
    assert stats.kstest(x, stats.gamma(stages).cdf).pvalue > SURE


def test_normal_numbers_are_normal():
    x = np.array([normal(KEY, 2 * k) for k in range(DRAWN)])
    assert stats.kstest(x, "norm").pvalue > SURE


def test_logarithms_of_many_are_those_of_the_library():
    rng = np.random.default_rng(1)
    x = np.concatenate(
        [
            rng.random(5000),
            10.0 ** -rng.uniform(0, 300, 5000),
            1 - 10.0 ** -rng.uniform(0, 16, 5000).clip(None, 15.9),
            [np.sqrt(0.5), np.nextafter(np.sqrt(0.5), 0), 0.5, 1.0, 2.0**-53],
        ]
    )
    found = x.copy()
    minus_logs(found)
    np.testing.assert_allclose(found, [-math.log(one) for one in x], rtol=1e-13, atol=1e-18)


@pytest.mark.parametrize(
    ("n", "p"),
    [(1, 0.3), (7, 0.5), (40, 0.02), (40, 0.98), (1000, 0.005), (1000, 0.4), (100_000, 0.7)],
)
def test_binomial_numbers_invert_the_distribution_of_scipy(n, p):
    law = stats.binom(n, p)
    draws = np.array([binomial(n, p, uniform(KEY, k)) for k in range(DRAWN)])
    edges = np.unique(law.ppf(np.linspace(0.02, 0.98, 25)))
    groups = np.searchsorted(edges, draws)
    chance = np.diff(np.concatenate([[0], law.cdf(edges), [1]]))
    expected = DRAWN * chance
    kept = expected > 5
    seen = np.bincount(groups, minlength=chance.size)
    chi2 = np.sum((seen - expected)[kept] ** 2 / expected[kept])
    assert stats.chi2.sf(chi2, kept.sum() - 1) > SURE
    assert draws.mean() == pytest.approx(n * p, abs=4 * law.std() / np.sqrt(DRAWN))


@pytest.mark.parametrize(("n", "p"), [(30, 0.2), (30, 0.75), (400, 0.3)])
def test_equal_steps_of_the_uniform_number_give_the_whole_binomial_law(n, p):
    """No sampling: the shares of a fine grid of u are the probabilities, whatever the order."""
    fine = 40_000
    grid = (np.arange(fine) + 0.5) / fine
    seen = np.bincount([binomial(n, p, u) for u in grid], minlength=n + 1) / fine
    np.testing.assert_allclose(seen, stats.binom(n, p).pmf(np.arange(n + 1)), atol=1.5 / fine)


def test_binomial_numbers_of_sure_things_are_sure():
    assert binomial(0, 0.5, 0.3) == 0
    assert binomial(9, 0.0, 0.3) == 0
    assert binomial(9, 1.0, 0.3) == 9
    assert 0 <= binomial(9, 0.5, 1 - 2**-53) <= 9
    assert 0 <= binomial(10**6, 0.5, 1 - 2**-53) <= 10**6


# --- the chain


def drawn(count: int, seed: int = 3):
    values, u, _ = persons(MODEL, np.random.default_rng(seed), count)
    return CycleParameters.from_values(values), u


@pytest.mark.parametrize("memory", ["kept", "programmed"])
@pytest.mark.parametrize("columns", [1, 47, 48, 49, 100])
def test_a_step_of_the_compiled_loop_is_that_of_dense_matrices(memory, columns):
    layout = Layout(3, 5, memory)
    p, u = drawn(columns)
    some = p.take(np.arange(columns))
    rng = np.random.default_rng(1)
    x = rng.dirichlet(np.ones(layout.states), columns).T.copy()
    tables = [
        rates(layout, some, Controls(u[:columns], rng.uniform(0, 1.3, columns), push=push), columns)
        for push in (0.0, 3.0, 1.0)
    ]
    for table in tables:
        table[ROWS.loss] = 0  # taken out of the step
    q = [generator(layout, table)[0] for table in tables]
    h = 0.004
    k1 = np.einsum("ib,bij->jb", x, q[0])
    k2 = np.einsum("ib,bij->jb", x + h / 2 * k1, q[1])
    k3 = np.einsum("ib,bij->jb", x + h / 2 * k2, q[1])
    k4 = np.einsum("ib,bij->jb", x + h * k3, q[2])
    want = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    advance(x, *tables, h, chain(layout).opened(*tables))
    np.testing.assert_allclose(x, want, atol=1e-13)


@pytest.mark.parametrize("longest", [400.0, 3.0])
def test_uniformisation_gives_the_matrix_exponential_of_every_column(longest):
    layout, columns = Layout(2, 3), 60
    p, u = drawn(columns)
    table = rates(layout, p.take(np.arange(columns)), Controls(u[:columns], u[:columns]), columns)
    table[ROWS.loss] = 0
    x = np.random.default_rng(1).dirichlet(np.ones(layout.states), columns).T.copy()
    years = np.linspace(0, 5, columns)
    q = generator(layout, table)[0]
    want = np.stack([x[:, b] @ expm(q[b] * years[b]) for b in range(columns)], axis=1)
    ways = chain(layout).opened(table)
    uniformise(x, table, fastest_per_year(table), years, longest, 1e-15, ways)
    np.testing.assert_allclose(x, want, atol=1e-12)


def test_the_matrix_of_a_cell_is_the_exponential_of_its_generator():
    one = scenario(4)
    cells = hold(*one.engine, one.drive, 40.0, one.events)
    spans = np.diff(cells.edges_w)
    found = _exponentials(one.layout, cells.table[:, cells.column], spans)
    q = generator(one.layout, cells.table[:, cells.column])[0]
    for k in range(0, spans.size, 7):
        np.testing.assert_allclose(found[k], expm(q[k] * spans[k] / WEEKS_PER_YEAR), atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-12)
    assert found.min() > -1e-15


# --- single follicles against a slow life


def slow_life(one, cells, rng, end_w):
    """Live one follicle through the dense generator of the cells, by its races; return states."""
    q = generator(one.layout, cells.table[:, cells.column])[0] / WEEKS_PER_YEAR
    state = int(rng.choice(one.start.size, p=one.start / one.start.sum()))
    now, path = 0.0, [(0.0, state)]
    while now < end_w:
        cell = min(np.searchsorted(cells.edges_w, now, side="right") - 1, len(q) - 1)
        leave = -q[cell, state, state]
        wait = rng.exponential() / leave if leave > 1e-12 else np.inf
        if now + wait >= cells.edges_w[cell + 1]:
            now = cells.edges_w[cell + 1]
            continue
        now += wait
        chances = np.maximum(q[cell, state], 0)
        state = int(rng.choice(chances.size, p=chances / chances.sum()))
        path.append((now, state))
    return path


def test_the_compiled_lives_have_the_law_of_lives_that_race_through_the_generator():
    """Sheddings and final states of slow lives against compiled ones: two samples of one law."""
    one, end_w, slow, fast = scenario(2), 60.0, 1500, 60_000
    cells = hold(*one.engine, one.drive, end_w, one.events)
    rng = np.random.default_rng(8)
    layout, tracks = one.layout, one.layout.tracks
    shed = {(layout.telogen.stop - 1, a) for a in (0, layout.kenogen, layout.early_driven)}
    last, falls = np.zeros(8), []
    names = phase_names(layout)
    for _ in range(slow):
        path = slow_life(one, cells, rng, end_w)
        last[names[path[-1][1]]] += 1
        fallen = 0
        for (_, a), (_, b) in pairwise(path):
            pair = (a // tracks, b // tracks)
            grew = pair[0] in layout.growing
            visible = pair[0] not in layout.hidden
            is_last = b == layout.states - 1
            fallen += pair in shed or (grew and pair[1] == layout.kenogen) or (is_last and visible)
        falls.append(fallen)
    seen = live(
        *one.engine, one.start, one.drive, end_w, one.events, follicles=fast, seed=5, report_w=end_w
    )
    counts = np.append(seen.counts[-1][:-1].reshape(7, tracks).sum(axis=1), seen.counts[-1][-1])
    mean = slow * counts / fast
    kept = mean > 5
    chi2 = np.sum((last - mean)[kept] ** 2 / mean[kept])
    assert stats.chi2.sf(chi2, kept.sum() - 1) > SURE
    se = np.std(falls) / np.sqrt(slow)
    assert np.mean(falls) == pytest.approx(seen.shed_hairs.sum() / fast, abs=4 * se)


def phase_names(layout):
    """Return the phase of every state as single follicles name it."""
    from anagen.follicle import follicle_kernel as k

    names = np.empty(layout.phases, dtype=int)
    names[0], names[layout.catagen], names[layout.kenogen] = k.EARLY, k.CATAGEN, k.KENOGEN
    names[layout.early_driven], names[layout.anagen_driven] = k.EARLY_DRIVEN, k.ANAGEN_DRIVEN
    names[layout.anagen], names[layout.telogen] = k.ANAGEN, k.TELOGEN
    return np.append(np.repeat(names, layout.tracks), k.LOST)


def test_anagen_of_a_steady_scalp_lasts_as_long_as_its_erlang_law():
    """Whole lives of hairs, uncut by the window: begun early enough to end in it."""
    rest, end_w = {"d_age": np.zeros(()), "d_KV": np.zeros(())}, 3000.0
    p = CycleParameters(**({n: getattr(POINT, n) for n in POINT.__slots__} | rest))
    still = Controls(u=np.zeros(1), S=np.zeros(1))
    found = []
    live(
        LAYOUT,
        p,
        healthy(LAYOUT, p, 1)[:, 0],
        lambda week, begun: still,
        end_w,
        follicles=3000,
        seed=2,
        report_w=end_w,
        on_hairs=found.append,
    )
    mean_d = anagen_years(p, np.zeros(1), np.zeros(1))[0, 0] * 365.25
    rest_d = (p.tau_C + p.tau_T) * 365.25
    (hairs,) = found
    early = (hairs.begun_day > 0) & (hairs.begun_day < 0.2 * 7 * end_w)
    grew = hairs.grown_day[early] - hairs.begun_day[early]
    assert np.all(np.isfinite(grew))
    shape = LAYOUT.anagen_stages
    assert stats.kstest(grew, stats.gamma(shape, scale=mean_d / shape).cdf).pvalue > SURE
    rested = hairs.shed_day[early] - hairs.grown_day[early]
    assert rested.mean() == pytest.approx(rest_d, rel=0.02)
    # hairs of the start are as old as those of an equilibrium: mean age (1 + cv^2) mean / 2
    old = hairs.take((hairs.begun_day <= 0) & (hairs.grown_day > 0))
    age = (1 + 1 / shape) * mean_d / 2
    assert -old.begun_day.mean() == pytest.approx(age, rel=0.05)
