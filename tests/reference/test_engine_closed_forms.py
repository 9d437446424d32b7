"""The engines against closed forms of the model, and a balance of follicles that does not close."""

import numpy as np
import pytest
from scenarios import MODEL, scenario
from scipy import integrate

from anagen.follicle import (
    ROWS,
    SIZES,
    WEEKS_PER_YEAR,
    Controls,
    CycleParameters,
    Layout,
    count_follicles,
    cycle_years,
    follow,
    generator,
    live,
    pattern_baseline,
    persons,
    rates,
    settle,
    size_shares,
    slow_nonvellus_per_cm2,
    transitions,
)
from anagen.follicle.cycle import anagen_years, empty_share, kenogen_years

POINT = CycleParameters.from_facts(MODEL)
LAYOUT = Layout.from_facts(MODEL)


def drawn(count: int, seed: int = 3):
    values, u, _ = persons(MODEL, np.random.default_rng(seed), count)
    return CycleParameters.from_values(values), u


def without_loss(p, **other):
    rest = {"d_age": np.zeros(()), "d_KV": np.zeros(()), **other}
    return CycleParameters(**({name: getattr(p, name) for name in p.__slots__} | rest))


@pytest.mark.parametrize("orders", [(4, 6), (1, 1), (7, 2)])
@pytest.mark.parametrize("memory", ["kept", "programmed"])
def test_without_change_of_size_every_share_is_its_mean_time_over_that_of_the_cycle(orders, memory):
    """At every fixed drive, of drawn people, to 1e-9: the equilibrium of each size by itself."""
    layout = Layout(*orders, memory)
    p, _ = drawn(20)
    still = without_loss(p, p_TI=np.zeros(()), p_IV=np.zeros(()), p_IT=np.zeros(()))
    still = without_loss(
        still, p_VI=np.zeros(()), p_upS=np.zeros(()), size_hold_relief=p.size_hold_relief
    )
    batch = 40
    u, S = np.linspace(0, 2, batch), np.zeros(batch)
    length = cycle_years(still, u)
    for size in range(SIZES):
        x = np.zeros((layout.states, batch))
        live_ = layout.live(x)
        live_[0, size] = still.tau_E / length[size]
        live_[layout.anagen, size] = anagen_years(still, u, S)[size] / orders[0] / length[size]
        live_[layout.catagen, size] = still.tau_C / length[size]
        live_[layout.telogen, size] = still.tau_T / orders[1] / length[size]
        empty = empty_share(still, u) * kenogen_years(still, u)[size]
        live_[layout.kenogen, size] = empty / length[size]
        np.testing.assert_allclose(x.sum(axis=0), 1, atol=1e-12)
        q, _ = generator(layout, rates(layout, still, Controls(u, S), batch))
        np.testing.assert_allclose(np.einsum("ib,bij->jb", x, q), 0, atol=1e-9)
        for at in follow(layout, still, x, lambda week, begun: Controls(u, S), [0.0, 100.0]):
            np.testing.assert_allclose(at.state, x, atol=1e-9)


def test_under_a_stimulus_the_equilibrium_is_that_of_the_renewal_of_cycles():
    """Mean times of a cycle that starts by itself or driven, from a two-state embedded chain."""
    p, _ = drawn(20)
    still = without_loss(p, p_TI=np.zeros(()), p_IV=np.zeros(()), p_IT=np.zeros(()))
    still = without_loss(still, p_VI=np.zeros(()), p_upS=np.zeros(()))
    batch = 40
    rng = np.random.default_rng(4)
    u, S = rng.uniform(0, 1.5, batch), rng.uniform(0, 1.3, batch)
    table = rates(LAYOUT, still, Controls(u, S), batch)
    r = ROWS
    stages = LAYOUT.telogen_stages
    for size in range(SIZES):
        start = np.zeros((LAYOUT.states, batch))
        LAYOUT.live(start)[LAYOUT.catagen, size] = 1
        early, driven, empty = (
            table[row] / table[r.telogen]
            for row in (r.shed_to_early, r.shed_to_driven, r.shed_to_empty)
        )
        wakes = table[r.wake + size] + table[r.wake_driven]
        by_itself = early + empty * table[r.wake + size] / wakes
        under_drive = driven + empty * table[r.wake_driven] / wakes
        anagen_y = LAYOUT.anagen_stages / table[r.anagen + size]
        times = {
            "early": by_itself / table[r.early],
            "anagen": by_itself * anagen_y,
            "early_driven": under_drive / table[r.early_driven],
            "anagen_driven": under_drive / table[r.anagen_driven + size],
            "catagen": 1 / table[r.catagen],
            "telogen": stages / table[r.telogen],
            "kenogen": empty / wakes,
        }
        total = sum(times.values())
        end = settle(LAYOUT, still, start, Controls(u, S), np.full(batch, 400.0))
        x = LAYOUT.live(end)[:, size]
        found = {
            "early": x[0],
            "anagen": x[LAYOUT.anagen].sum(axis=0),
            "early_driven": x[LAYOUT.early_driven],
            "anagen_driven": x[LAYOUT.anagen_driven],
            "catagen": x[LAYOUT.catagen],
            "telogen": x[LAYOUT.telogen].sum(axis=0),
            "kenogen": x[LAYOUT.kenogen],
        }
        for name, share in found.items():
            np.testing.assert_allclose(share, times[name] / total, atol=1e-9, err_msg=name)


def test_the_slow_course_of_sizes_is_within_2_percent_for_drawn_people_too():
    p, _ = drawn(30)
    u, years = np.ones(60), np.array([0.0, 1.0, 2.0, 5.0])
    still = without_loss(p, d_age=p.d_age)
    start = pattern_baseline(LAYOUT, still, u, np.full(60, 9.6))
    controls = Controls(u=u, S=np.zeros(60))
    full = np.stack(
        [
            visible(settle(LAYOUT, still, start, controls, np.full(60, year))) * np.ravel(still.F0)
            for year in years
        ]
    )
    sizes = size_shares(LAYOUT, start)
    slow = np.stack([slow_nonvellus_per_cm2(still, sizes, np.full(60, year)) for year in years])
    assert np.median(np.abs(slow / full - 1)) < 0.02
    one = pattern_baseline(LAYOUT, POINT, np.ones(1), np.array([9.6]))
    point = np.stack(
        [
            visible(settle(LAYOUT, POINT, one, Controls(np.ones(1), np.zeros(1)), np.array([year])))
            for year in years
        ]
    )
    reduced = slow_nonvellus_per_cm2(POINT, size_shares(LAYOUT, one)[:, 0], years)
    assert np.abs(reduced / (point[:, 0] * POINT.F0) - 1).max() < 0.02


def visible(state):
    x = LAYOUT.live(state)
    seen = x[LAYOUT.anagen.start : LAYOUT.telogen.stop, :2].sum(axis=(0, 1))
    return seen + x[LAYOUT.anagen_driven, :2].sum(axis=0)


# --- Halloy's balance


def keeps_every_follicle(course) -> bool:
    """The check of mass: every row of shares sums to that of the first."""
    total = np.sum(course, axis=-1)
    return bool(np.abs(total - total[0]).max() < 1e-9)


def halloy(eps: float, years):
    """Solve the phases of Halloy et al. (2002) as its model file writes them, months.

    With a rate of miniaturisation eps the latent and the miniaturised pool both gain what nothing
    loses.
    """
    growth, rest, latency = 3.6, 2.4, 2.0

    def slope(month, y):
        a, t, empty, small = y
        return [
            empty / latency - a / growth,
            a / growth - t / rest,
            t / rest - empty / latency + eps * small,
            eps * t,
        ]

    whole = growth + rest + latency
    start = [growth / whole, rest / whole, latency / whole, 0.0]
    months = 12 * np.asarray(years)
    done = integrate.solve_ivp(slope, (0, months[-1]), start, t_eval=months, rtol=1e-11, atol=1e-13)
    return done.y.T


def test_the_fault_of_a_published_balance_is_caught_and_not_repeated_by_any_engine():
    years = [0.0, 1.0, 3.0]
    assert keeps_every_follicle(halloy(0.0, years))
    assert not keeps_every_follicle(halloy(0.01, years))
    one = scenario(6)
    weeks = [WEEKS_PER_YEAR * year for year in years]
    moments = follow(*one.engine, one.start[:, None], one.drive, weeks, one.events)
    assert keeps_every_follicle(np.array([at.state[:, 0] for at in moments]))
    made = transitions(*one.engine, one.drive, [7 * week for week in weeks], one.events)
    assert keeps_every_follicle(count_follicles(made, one.start, 1000, 1)[0])
    seen = live(*one.engine, one.start, one.drive, weeks[-1], one.events, follicles=1000, seed=1)
    assert keeps_every_follicle(seen.counts)
    assert seen.counts[-1, -1] > 0
