"""Doses, schedules, diseases and measures of the follicle model."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import expm

from anagen import facts
from anagen.errors import InputError
from anagen.follicle import (
    ROWS,
    Areata,
    Controls,
    CycleParameters,
    Effluvium,
    Layout,
    Regimen,
    Scarring,
    Season,
    Therapy,
    Traction,
    acting,
    areata_episodes,
    combined_stimulus,
    continuous_stimulus,
    effluvium_push_per_y,
    follow,
    generator,
    healthy,
    is_assumed,
    lotion_stimulus,
    may_do_nothing,
    observe,
    pattern_cohort,
    rates,
    region_drive,
    residual_dht,
    residual_dht_at_dose,
    session_build_up,
    session_stimulus,
    settle,
    stratified_beta,
)
from anagen.follicle.regimen import session_weeks

MODEL = facts.load().model
LAYOUT = Layout.from_facts(MODEL)
P = CycleParameters.from_facts(MODEL)
ONE = np.ones(1)


def nothing(week, begun):
    return Controls(u=0 * ONE, S=0 * ONE)


def therapy(*components, **given):
    values = {k: np.array(f.number()) for k, f in MODEL.items() if isinstance(f.value, int | float)}
    return Therapy.of(Regimen(components, **given), MODEL, values, ONE, ONE, 104.0)


def test_the_layout_places_46_states_and_counts_the_lost_last():
    assert LAYOUT.states == 46
    assert LAYOUT.row(LAYOUT.anagen_driven, 2) == 44


def test_a_layout_without_an_anagen_stage_is_refused():
    with pytest.raises(InputError, match="one anagen stage"):
        Layout(0, 6)


def test_one_milligram_of_finasteride_leaves_the_measured_residual():
    assert residual_dht_at_dose(np.array(0.4), 1, 1, 0.02) == pytest.approx(0.4)
    assert residual_dht_at_dose(np.array(0.4), 0, 1, 0.02) == 1
    with pytest.raises(InputError, match="negative"):
        residual_dht_at_dose(np.array(0.4), -1, 1, 0.02)


def test_dht_returns_after_the_stop_with_its_own_time_constant():
    left = residual_dht(10.0, np.array([0.4]), ONE, 6 * ONE, stop_week=8.0)
    assert left == pytest.approx(1 - 0.6 * (1 - np.exp(-8)) * np.exp(-2 / 6))


def test_two_percent_lotion_is_three_fifths_of_five_percent():
    assert lotion_stimulus(5, 4, 5) == pytest.approx(1)
    assert lotion_stimulus(2, 4, 5) == pytest.approx(0.6)


def test_a_lotion_builds_up_and_fades():
    assert continuous_stimulus(0.0, ONE, ONE, ONE) == 0
    assert continuous_stimulus(1.0, ONE, ONE, ONE) == pytest.approx(1 - np.exp(-1))
    assert continuous_stimulus(20.0, ONE, ONE, ONE, stop_week=19.0) == pytest.approx(np.exp(-1))


def test_a_session_halves_in_its_half_life_and_a_later_one_does_not_count_yet():
    def left(week, begun, sessions):
        built = session_build_up(sessions, 6 * ONE)
        return session_stimulus(week, begun, sessions, built, ONE, 6 * ONE)

    assert left(6.0, 6.0, (0.0,)) == pytest.approx(0.5)
    assert left(6.0, 5.9, (0.0, 6.0)) == pytest.approx(0.5)
    assert left(6.0, 6.0, (0.0, 6.0)) == pytest.approx(1.5)
    assert left(12.0, 12.0, (0.0, 6.0)) == pytest.approx(0.75)
    assert left(3.0, 3.0, (4.0,)) == 0


def test_combined_stimuli_approach_but_never_pass_the_cap():
    assert combined_stimulus([ONE], 1.3) == 1
    assert combined_stimulus([ONE, ONE], 1.3) == pytest.approx(1.3 * (1 - (0.3 / 1.3) ** 2))
    assert combined_stimulus([5 * ONE], 1.3) == 1.3


def test_needling_raises_the_lotion_it_is_used_with():
    alone, needled = therapy("minoxidil_topical"), therapy("microneedling", "minoxidil_topical")
    assert needled(10.0, 10.0).S > alone(10.0, 10.0).S


def test_of_two_inhibitors_of_one_enzyme_the_stronger_acts():
    both, one = therapy("dutasteride", "finasteride_oral"), therapy("dutasteride")
    assert both(50.0, 50.0).u == one(50.0, 50.0).u


def test_sessions_follow_the_facts_unless_weeks_are_given():
    assert session_weeks("exosome", MODEL, 104) == (0, 4, 8, 12, 16, 20)
    assert session_weeks("prp", MODEL, 104) == (0, 4, 8, 34, 60, 86)
    assert therapy("exosome", session_weeks=(2.0, 9.0)).events == (0.0, 2.0, 9.0)


def test_a_treatment_that_the_model_does_not_know_is_refused():
    with pytest.raises(InputError, match="does not know 'castor_oil'"):
        Regimen(("castor_oil",))
    with pytest.raises(InputError, match="no dose-response is known for 'prp'"):
        Regimen(("prp",), doses=(("prp", 2.0),))


def test_a_regimen_is_assumed_when_any_amplitude_in_it_is():
    assert not is_assumed(Regimen(("finasteride_oral", "minoxidil_topical")), MODEL)
    assert is_assumed(Regimen(("minoxidil_topical", "exosome")), MODEL)
    assert is_assumed(Regimen(("dutasteride",)), MODEL)


def test_scarring_empties_the_scalp_at_its_hazard():
    weeks = [0.0, 365.25 / 7]
    drive = acting(nothing, (), [Scarring(1.0, (0.0, np.inf))])
    first, last = follow(LAYOUT, P, healthy(LAYOUT, P, 1), drive, weeks, drive.events)
    assert last.state[-1, 0] == pytest.approx(1 - np.exp(-1 - MODEL["d_age"].number()), rel=1e-6)
    assert first.state[-1, 0] == 0


def test_an_areata_attack_under_full_relief_is_no_attack():
    attack = Areata(1.0, 12.0, ((0.0, 50.0),), relief=1.0, relief_span=(4.0, 20.0))
    drive = acting(nothing, (), [attack])
    assert drive.events == (0.0, 4.0, 20.0, 50.0)
    on = [float(np.max(drive(week, week).attack)) for week in (0.0, 4.0, 19.0, 20.0, 50.0)]
    assert on == [1, 0, 0, 1, 0]


def test_episodes_of_single_columns_act_on_these_alone():
    own = (((0.0, 10.0),), ((5.0, 8.0), (20.0, 30.0)))
    drive = acting(nothing, (), [Areata(0.5, 12.0, own)])
    assert drive.events == (0.0, 5.0, 8.0, 10.0, 20.0, 30.0)
    np.testing.assert_array_equal(drive(6.0, 6.0).attack, [0.5, 0.5])
    np.testing.assert_array_equal(drive(9.0, 9.0).attack, [0.5, 0.0])
    np.testing.assert_array_equal(drive(25.0, 25.0).attack, [0.0, 0.5])


def test_two_attacks_leave_what_neither_takes():
    both = acting(nothing, (), [Areata(0.5, 12.0, ((0.0, 9.0),))] * 2)
    assert np.max(both(1.0, 1.0).attack) == pytest.approx(0.75)


@pytest.mark.parametrize("wrong", [{"attack": 1.2}, {"attack": -0.1}, {"relief": 2.0}])
def test_an_attack_or_relief_outside_0_to_1_is_refused(wrong):
    with pytest.raises(InputError, match="lies between 0 and 1"):
        Areata(**{"attack": 1.0, "attack_per_y": 12.0, "episodes": ((0.0, 1.0),), **wrong})


def test_episodes_last_as_long_as_their_rates_say():
    rng = np.random.default_rng(5)
    runs = [areata_episodes(rng, 0.7, 0.15, 52 * 40) for _ in range(400)]
    assert all(first[0][0] == 0 for first in runs)
    ill = np.array([last - first for run in runs for first, last in run if last < 52 * 40])
    well = np.array([b[0] - a[1] for run in runs for a, b in pairwise(run)])
    assert ill.mean() * 7 / 365.25 == pytest.approx(1 / 0.7, rel=0.06)
    # what lasts beyond the end is not seen, so the mean of those seen is shorter
    assert 0.7 / 0.15 < well.mean() * 7 / 365.25 < 1 / 0.15


def test_a_year_of_season_ends_as_many_hairs_as_a_year_without():
    season = Season(0.5, peak_w=26.0, starts_w=3.0)
    weeks = np.linspace(0, 365.25 / 7, 1000, endpoint=False)
    turns = [season.act(w, w, nothing(w, w)).season for w in weeks]
    assert np.mean(turns) == pytest.approx(1)
    assert weeks[np.argmax(turns)] == pytest.approx(23, abs=0.1)


def test_a_chronic_effluvium_goes_on_between_its_weeks():
    drive = acting(nothing, (), [Effluvium(0.6, (10.0, 30.0)), Effluvium(0.4, (20.0, 40.0))])
    pushes = [float(np.max(drive(w, w).push)) for w in (9.0, 10.0, 25.0, 35.0, 40.0)]
    assert pushes == pytest.approx([0, 0.6, 1.0, 0.4, 0])


def test_treatment_lowers_scarring_and_nothing_that_is_lost_returns():
    ring = Scarring(1.0, (0.0, np.inf), lowered_by=0.75, treated_from_w=26.0)
    drive = acting(nothing, (), [ring])
    start = healthy(LAYOUT, P, 1)
    lost = [m.state[-1, 0] for m in follow(LAYOUT, P, start, drive, [0, 26, 52, 104], drive.events)]
    hazards = np.diff(-np.log(1 - np.array(lost))) / (np.diff([0, 26, 52, 104]) * 7 / 365.25)
    np.testing.assert_allclose(hazards - MODEL["d_age"].number(), [1, 0.25, 0.25], atol=1e-6)


def test_a_full_areata_attack_lets_no_empty_follicle_wake_even_under_stimulus():
    table = rates(LAYOUT, P, Controls(u=0 * ONE, S=ONE, attack=1.0, attack_per_y=12.0), 1)
    assert np.all(table[ROWS.wake : ROWS.wake_driven + 1] == 0)
    assert table[ROWS.pluck] == 12.0


def test_steps_stay_stable_when_a_stimulus_makes_rates_rise_within_them():
    stiff = replace(P, e_T=np.array(40.0))
    start = healthy(LAYOUT, stiff, 1)

    def drive(week, begun):
        return Controls(u=ONE, S=ONE * (1 - np.exp(-week / 0.2)))

    for at in follow(LAYOUT, stiff, start, drive, [0.0, 0.5, 1.0, 2.0, 4.0]):
        assert at.state.min() > -1e-6
        assert at.state.max() < 1


def test_traction_scars_only_after_years_of_tension():
    limit_w = MODEL["traction_scar_after_y"].number() * 365.25 / 7
    pulled = Traction.of(MODEL, 0.5, (4.0, 500.0), tension_years_before=1.0)
    assert pulled.scars_from_w == pytest.approx(4 + limit_w - 365.25 / 7)
    drive = acting(nothing, (), [pulled])
    assert [np.max(drive(w, w).pull) for w in (0.0, 4.0, 499.0, 500.0)] == [0, 0.5, 0.5, 0]
    scars = [np.max(drive(w, w).scar) for w in (4.0, pulled.scars_from_w, 500.0)]
    assert scars == [0, MODEL["traction_scar_per_y"].number(), 0]


def test_an_effluvium_pushes_the_share_that_it_is_told():
    hazard = effluvium_push_per_y(0.35, 2.0)
    assert np.exp(-hazard * 2 * 7 / 365.25) == pytest.approx(0.65)
    with pytest.raises(InputError):
        effluvium_push_per_y(1.0, 2.0)


@pytest.mark.parametrize("u", [0.3, 1.0, 1.7])
def test_settling_agrees_with_the_matrix_exponential(u):
    drive, years = u * ONE, np.array([12.0])
    controls = Controls(u=drive, S=0 * ONE)
    q, _ = generator(LAYOUT, rates(LAYOUT, P, controls, 1))
    start = healthy(LAYOUT, P, 1)
    exact = start[:, 0] @ expm(q[0] * years[0])
    np.testing.assert_allclose(settle(LAYOUT, P, start, controls, years)[:, 0], exact, atol=1e-12)


def test_therapies_that_stop_in_different_weeks_act_as_each_does_alone():
    stopped, other = therapy("lllt", stop_week=8.0), therapy("lllt")
    together = Therapy.together([stopped, other])
    for week in (4.0, 8.0, 9.0, 30.0):
        alone = [one(week, week).S for one in (stopped, other)]
        np.testing.assert_allclose(together(week, week).S, np.concatenate(alone), atol=1e-12)
    assert set(together.events) == {0.0, 8.0}


def test_what_may_do_nothing_is_assumed_and_reaches_no_effect():
    assert may_do_nothing("exosome", MODEL)
    assert may_do_nothing("microneedling", MODEL)
    assert not may_do_nothing("minoxidil_oral", MODEL)
    assert not may_do_nothing("dutasteride", MODEL)
    assert not may_do_nothing("minoxidil_topical", MODEL)


def test_beta_draws_keep_mean_and_spread():
    drawn = stratified_beta(np.random.default_rng(1), 1.6, 5000)
    assert drawn.mean() == pytest.approx(0.5, abs=1e-3)
    assert drawn.var() == pytest.approx(1 / (4 * (2 * 1.6 + 1)), rel=1e-2)


def test_an_unknown_region_is_refused_by_name():
    assert region_drive(MODEL, "occipital") == MODEL["u_occipital"].number()
    with pytest.raises(InputError, match="'chin' is not a scalp region"):
        region_drive(MODEL, "chin")


def test_outputs_that_do_not_ascend_are_refused():
    def idle(week, begun):
        return Controls(u=np.zeros(1), S=np.zeros(1))

    with pytest.raises(InputError, match="ascend"):
        list(follow(LAYOUT, P, healthy(LAYOUT, P, 1), idle, [3.0, 1.0]))


@pytest.mark.parametrize("measured", [80.0, 150.0, 210.0])
def test_a_cohort_starts_where_its_density_was_measured(measured):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 200, measured)
    idle = Controls(u=cohort.u, S=np.zeros_like(cohort.u))
    (at,) = follow(LAYOUT, cohort.parameters, cohort.start, lambda w, b: idle, [0.0])
    density = observe(LAYOUT, cohort.parameters, at).nonvellus_per_cm2
    error = MODEL["count_error_percent"].number() / 100
    assert density[200:].mean() == pytest.approx(measured, rel=0.5 * error)
    assert density[200:].std() == pytest.approx(error * measured, rel=0.35)
    np.testing.assert_allclose(density[:200], density[200:])


def test_few_hairs_mean_longer_disease_or_fewer_follicles_and_many_the_opposite():
    few, usual, many = (
        pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 200, density)
        for density in (60.0, 150.0, 250.0)
    )
    assert few.u[200:].mean() > usual.u[200:].mean() > many.u[200:].mean()
    assert few.values["t_dis"][200:].mean() > many.values["t_dis"][200:].mean()
    assert few.values["F0"][200:].mean() < many.values["F0"][200:].mean()
    # weights integrate over follicle density, so an ordinary density leaves most draws in effect
    assert usual.effective_draws > 250
    assert few.effective_draws < usual.effective_draws


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("tau_T", 0.0, "above 0"),
        ("F0", np.nan, "above 0"),
        ("kappa", -1.0, "0 or more"),
        ("pi_K1", 1.5, "between 0 and 1"),
        ("p_TI", np.array([0.1, -0.2]), "between 0 and 1"),
        ("beta_A", np.inf, "0 or more"),
        ("e_d", 0.9, "between -0.5 and 0.5"),
    ],
)
def test_a_parameter_that_no_follicle_could_have_is_refused_by_name(name, value, words):
    with pytest.raises(InputError, match=f"parameter {name} of the follicle model must be {words}"):
        replace(P, **{name: np.asarray(value)})


def test_a_parameter_by_size_needs_three_rows():
    with pytest.raises(InputError, match="tau_A0 needs a row for each of the 3 sizes"):
        replace(P, tau_A0=np.array([2.8, 1.2, 0.45]))
