"""The engines against a chain written out from the equations of the method pages.

The oracle takes the values of the facts and nothing else: states are looked up by name, rates are
typed from the pages, and time runs by dense matrix exponentials.
"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import binom, expon, gamma, kstest

from anagen import facts
from anagen.follicle import (
    WEEKS_PER_YEAR,
    Controls,
    CycleParameters,
    Hairs,
    Layout,
    Regimen,
    Therapy,
    count_follicles,
    follow,
    generator,
    healthy,
    live,
    pattern_baseline,
    rates,
    transitions,
)

MODEL = facts.load().model
P = CycleParameters.from_facts(MODEL)
V = {name: fact.number() for name, fact in MODEL.items() if not isinstance(fact.value, str | list)}
ONE = np.ones(1)
PHASES = ("E", *(f"A{k}" for k in range(1, 5)), "C", *(f"T{k}" for k in range(1, 7)), "K", "D", "B")
"""Early, anagen, catagen, telogen, kenogen; D and B are driven: hidden, and visible."""
TRACKS = {"kept": "TIV", "programmed": "TIVit"}
"""Lower case: an intermediate or terminal hair shown by a follicle programmed one size below."""
SIZE = {"T": 0, "I": 1, "V": 2, "i": 1, "t": 0}


def chances(memory: str, u: float, S: float) -> dict[str, dict[str, float]]:
    """Where a follicle goes when it enters a cycle (F4, F5, F19)."""
    free = max(1 - u, 0.0)
    down, further = V["p_TI"] * u, V["p_IV"] * u
    up = V["p_IT"] * free + V["p_upS"] * S
    up_v = V["p_VI"] * free + V["p_up_vellus_share"] * V["p_upS"] * S
    if memory == "kept":
        return {
            "T": {"T": 1 - down, "I": down},
            "I": {"T": up, "V": further, "I": 1 - up - further},
            "V": {"I": up_v, "V": 1 - up_v},
        }
    h = min(1.0, free / V["size_hold_relief"] + S)
    stay = 1 - further
    return {
        "T": {"T": 1 - down, "I": down},
        "I": {"t": up, "V": further, "I": 1 - up - further},
        "V": {"i": up_v, "V": 1 - up_v},
        "i": {"i": h, "V": 1 - h},
        "t": {"t": h * stay, "i": h * further, "I": (1 - h) * stay, "V": (1 - h) * further},
    }


def by_hand(
    memory: str, u: float, S: float, *, push=0.0, attack=0.0, pull=0.0, scar=0.0, season=1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the generator and the sheddings per year of each state, as the pages say."""
    at = {(f, t): k for k, (f, t) in enumerate((f, t) for f in PHASES for t in TRACKS[memory])}
    lost = len(at)
    q, shed = np.zeros((lost + 1, lost + 1)), np.zeros(lost + 1)
    empty = min(1.0, V["pi_K0"] + (V["pi_K1"] - V["pi_K0"]) * u)
    at_once = min(1.0, V["b_K"] * S)
    r_rest = 6 / V["tau_T"] * (1 + V["e_T"] * S)
    S1 = min(S, 1.0)
    for t in TRACKS[memory]:
        s = SIZE[t]
        grown = float(MODEL["tau_A0"].numbers()[s]) * np.exp(-V["beta_A"] * u) * (1 + V["e_A"] * S)
        idle = V["tau_K0"] * np.exp(V["beta_K"] * u + V["gam_K"] * s)
        ways = [("E", "A1", 1 / V["tau_E"]), ("D", "B", 1 / V["tau_Es"])]
        ways += [(a, b, 4 / grown * season) for a, b in pairwise(PHASES[1:6])]
        ways += [("B", "C", S1 / grown * season + (1 - S1) * WEEKS_PER_YEAR / V["off_w"])]
        ways += [("C", "T1", 1 / V["tau_C"])]
        ways += [(f"T{k}", f"T{k + 1}", r_rest) for k in range(1, 6)]
        for a, b, rate in ways:
            q[at[a, t], at[b, t]] += rate
        q[at["T6", t], at["K", t]] += r_rest * empty * (1 - at_once)
        shed[at["T6", t]] += r_rest
        for to, chance in chances(memory, u, S)[t].items():
            q[at["T6", t], at["E", to]] += r_rest * (1 - empty) * chance
            q[at["T6", t], at["D", to]] += r_rest * empty * at_once * chance
            q[at["K", t], at["E", to]] += (1 - attack) / idle * chance
            q[at["K", t], at["D", to]] += (1 - attack) * V["kappa"] * S * chance
        q[at["K", t], lost] += V["d_KV"] * u * (s == 2)
        for f in (*PHASES[1:5], "B"):
            q[at[f, t], at["C", t]] += push
            q[at[f, t], at["K", t]] += V["aa_attack_per_y"] * attack + pull
            shed[at[f, t]] += V["aa_attack_per_y"] * attack + pull
        for f in PHASES:
            q[at[f, t], lost] += V["d_age"] + scar
            shed[at[f, t]] += (V["d_age"] + scar) * (f not in "EKD")
    q[np.diag_indices(lost + 1)] -= q.sum(axis=1)
    return q, shed


@pytest.mark.parametrize("memory", TRACKS)
@pytest.mark.parametrize("u", [0.0, 0.62, 1.0, 1.8])
@pytest.mark.parametrize("S", [0.0, 0.6, 1.0, 1.3])
def test_the_generator_is_the_one_of_the_pages(memory, u, S):
    acts = {"push": 3.0, "attack": 0.4, "pull": 0.7, "scar": 0.3, "season": 1.4}
    for some in ({}, acts):
        q, shed = by_hand(memory, u, S, **some)
        c = Controls(u * ONE, S * ONE, attack_per_y=V["aa_attack_per_y"], **some)
        layout = Layout.from_facts(MODEL, memory)
        got, fallen = generator(layout, rates(layout, P, c, 1))
        np.testing.assert_allclose(got[0], q, atol=1e-9)
        np.testing.assert_allclose(fallen[0], shed, atol=1e-9)


STOP_W = 12.0
REGIMEN = Regimen(
    ("exosome", "minoxidil_topical", "finasteride_oral"),
    doses=(("finasteride_oral", 0.2),),
    session_weeks=(0.0, 4.0, 8.0),
    stop_week=STOP_W,
    adherence=(("minoxidil_topical", 0.7),),
    particles_per_cm2=1e10,
)
DAYS = (0.0, 70.0, 140.0)


def drives(week: float) -> tuple[float, float]:
    """Return u and S under the regimen (R1 to R9)."""
    fade = np.exp(-max(week - STOP_W, 0.0))  # every time constant of it is a week
    risen = (1 - np.exp(-min(week, STOP_W))) * fade
    dose, half = 0.2, V["finasteride_half_dose_mg"]
    down = (1 - V["D_fin"]) * dose / (dose + half) * (1 + half)
    m, half = 1e10, V["exosome_half_dose_per_cm2"]
    strength = m / (m + half) * (1e9 + half) / 1e9
    sessions = [t for t in (0.0, 4.0, 8.0) if t <= week]
    left = sum(2 ** (-(week - t) / V["exosome_half_life_w"]) for t in sessions)
    cap = V["stimulus_cap"]
    sources = (0.7 * risen, V["exosome_amplitude"] * strength * left)
    S = cap * (1 - np.prod([1 - min(one, cap) / cap for one in sources]))
    return (1 - down * risen) ** V["gamma_D"], float(S)


@cache
def treated() -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the start, and the transitions between the visits, by dense exponentials."""
    n = by_hand("kept", 1.0, 0.0)[0].shape[0]
    layout = Layout.from_facts(MODEL)
    start = healthy(layout, P, 1)[:, 0] @ expm(by_hand("kept", 1.0, 0.0)[0] * V["t_dis"])
    steps = []
    for a, b in pairwise(DAYS):
        cuts = sorted({a / 7, b / 7, *(w for w in (4.0, 8.0, STOP_W) if a / 7 < w < b / 7)})
        step = np.eye(n)
        for begin, end in pairwise(cuts):
            # two-point Gauss steps of order 4 (Magnus), which never look at a jump itself
            parts = np.linspace(begin, end, 1 + int(np.ceil((end - begin) / 0.5)))
            for left, right in pairwise(parts):
                h, mid = right - left, (left + right) / 2
                one, two = (by_hand("kept", *drives(mid + s * h / 12**0.5))[0] for s in (-1, 1))
                y = h / WEEKS_PER_YEAR
                step = step @ expm(
                    (one + two) * y / 2 + (one @ two - two @ one) * y * y * 3**0.5 / 12
                )
        steps.append(step)
    return start, steps


def therapy() -> Therapy:
    values = {name: np.array([value]) for name, value in V.items()}
    return Therapy.of(REGIMEN, MODEL, values, ONE, ONE, DAYS[-1] / 7)


def test_all_kinds_of_treatment_together_are_followed_as_the_pages_say():
    start, steps = treated()
    layout, drive = Layout.from_facts(MODEL), therapy()
    begun = pattern_baseline(layout, P, ONE, V["t_dis"] * ONE)
    np.testing.assert_allclose(begun[:, 0], start, atol=1e-12)
    moments = follow(layout, P, begun, drive, [day / 7 for day in DAYS], drive.events)
    expected = start
    for at, step in zip(moments, [np.eye(start.size), *steps], strict=True):
        expected = expected @ step
        np.testing.assert_allclose(at.state[:, 0], expected, atol=1e-4)


def test_counts_have_the_mean_and_the_covariances_of_independent_follicles():
    start, steps = treated()
    layout, drive = Layout.from_facts(MODEL), therapy()
    n, replicates = 265, 6_000
    law = transitions(layout, P, drive, DAYS, drive.events)
    counts = count_follicles(law, start, n, seed=1, replicates=replicates).astype(float)
    shares = [start, start @ steps[0], start @ steps[0] @ steps[1]]
    between = {(0, 1): steps[0], (1, 2): steps[1], (0, 2): steps[0] @ steps[1]}
    for (i, j), step in {**between, (1, 1): np.eye(start.size)}.items():
        some = [np.flatnonzero(x > 2e-3) for x in (shares[i], shares[j])]
        exact = n * (np.diag(shares[i]) @ step - np.outer(shares[i], shares[j]))[np.ix_(*some)]
        off = [counts[:, k, own] - n * shares[k][own] for k, own in zip((i, j), some, strict=True)]
        sd = [
            np.sqrt(n * shares[k][own] * (1 - shares[k][own]))
            for k, own in zip((i, j), some, strict=True)
        ]
        error = np.sqrt((np.outer(*sd) ** 2 + exact**2) / replicates)
        assert np.abs((off[0].T @ off[1] / replicates - exact) / error).max() < 5.5
        assert np.abs(off[1].mean(axis=0) / sd[1] * replicates**0.5).max() < 5


@pytest.mark.parametrize("n", [1, 24, 265, 10**6, 10**10])
@pytest.mark.parametrize("p", [1e-6, 0.04, 0.3, 0.5, 0.97])
def test_the_binomial_sampler_has_the_binomial_law(n, p):
    from anagen.follicle.chance import binomial, stream, uniform

    key = np.uint64(stream(np.uint64(5), n))  # the compiled code knows unsigned numbers alone
    drawn = np.array([binomial(n, p, uniform(key, k)) for k in range(1500)])
    split = np.random.default_rng(n).random(drawn.size)
    place = binom.cdf(drawn - 1, n, p) + split * binom.pmf(drawn, n, p)
    assert kstest(place, "uniform").pvalue > 1e-4


def hairs_of(S: float, years: float, follicles: int) -> Hairs:
    """Return the hairs of healthy follicles under a constant stimulus."""
    layout, chunks = Layout.from_facts(MODEL), []
    held = Controls(0 * ONE, S * ONE)
    live(
        layout,
        P,
        healthy(layout, P, 1)[:, 0],
        lambda week, begun: held,
        years * WEEKS_PER_YEAR,
        follicles=follicles,
        seed=11,
        on_hairs=chunks.append,
    )
    return Hairs(*(np.concatenate([getattr(c, name) for c in chunks]) for name in Hairs.__slots__))


def test_single_hairs_grow_for_gamma_and_driven_ones_for_exponential_times():
    S = 0.5
    hairs = hairs_of(S, 20.0, 6000)
    born = (hairs.begun_day > 0) & (hairs.begun_day < 4 * 365.25) & (hairs.size == 0)
    mean_y = float(MODEL["tau_A0"].numbers()[0]) * (1 + V["e_A"] * S)
    leave = S / mean_y + (1 - S) * WEEKS_PER_YEAR / V["off_w"]
    grew_y = (hairs.grown_day - hairs.begun_day) / 365.25
    for driven, law in ((False, gamma(4, scale=mean_y / 4)), (True, expon(scale=1 / leave))):
        own = grew_y[born & (hairs.is_driven == driven)]
        assert own.size > 500
        # a few in a thousand are lost with their follicle, which a sample of this size does not see
        assert kstest(own[:4000], law.cdf).pvalue > 1e-3


def test_hairs_that_grow_at_the_start_have_the_ages_of_a_steady_cycle():
    hairs = hairs_of(0.0, 0.1, 20_000)
    growing = (hairs.begun_day < 0) & (hairs.grown_day > 0)
    mean_y = float(MODEL["tau_A0"].numbers()[0])
    law = gamma(4, scale=mean_y / 4)
    grid = np.linspace(0, 8 * mean_y, 2001)
    alive = law.sf(grid)
    below = np.append(0, np.cumsum((alive[1:] + alive[:-1]) / 2 * np.diff(grid))) / mean_y
    ages = -hairs.begun_day[growing] / 365.25
    assert kstest(ages, lambda age: np.interp(age, grid, below)).pvalue > 1e-3


def resting_columns(layout):
    from anagen.follicle.follicle_kernel import TELOGEN

    return slice(TELOGEN * layout.tracks, (TELOGEN + 1) * layout.tracks)


@pytest.mark.parametrize("apart", ["follicles", "seeds"])
def test_neighbours_in_number_or_seed_are_independent(apart):
    layout, blocks, size = Layout.from_facts(MODEL), 500, 40
    begun = healthy(layout, P, 1)[:, 0]
    held = Controls(ONE, 0 * ONE)
    end_w = 26.0
    rests = np.zeros((blocks, 2))
    for k in range(blocks):
        seed, first = (3, k * size) if apart == "follicles" else (k, 0)
        lived = live(
            layout,
            P,
            begun,
            lambda week, begun: held,
            end_w,
            follicles=size,
            seed=seed,
            first=first,
            report_w=end_w,
        )
        rests[k] = lived.counts[:, resting_columns(layout)].sum(axis=1)
    resting = np.array([1.0 if f[0] == "T" else 0.0 for f in PHASES for _ in "TIV"] + [0.0])
    step = expm(by_hand("kept", 1.0, 0.0)[0] * end_w / WEEKS_PER_YEAR)
    for k, x in enumerate((begun, begun @ step)):
        share = float(x @ resting)
        assert rests[:, k].mean() / size == pytest.approx(
            share, abs=5 * (share / size / blocks) ** 0.5
        )
        assert rests[:, k].var() / (size * share * (1 - share)) == pytest.approx(1, abs=0.3)
        assert abs(np.corrcoef(rests[:-1, k], rests[1:, k])[0, 1]) < 0.2
