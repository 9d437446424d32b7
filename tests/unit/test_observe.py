"""What is read off the shares: lengths, diameters, grades, and several populations at once."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from anagen import facts
from anagen.errors import InputError
from anagen.follicle import (
    Controls,
    CycleParameters,
    Layout,
    Moment,
    Regimen,
    Therapy,
    Transplant,
    blended,
    diameter_shares,
    donor_drive,
    follow,
    growth_mm_per_day,
    healthy,
    observe,
    pattern_baseline,
    pattern_cohort,
    severity_rank,
    shaft_diameters_um,
    uncut_length_mm,
)

MODEL = facts.load().model
LAYOUT = Layout.from_facts(MODEL)
P = CycleParameters.from_facts(MODEL)
ONE, NONE = np.ones(1), np.zeros(1)


def moment(state, stimulus=NONE):
    return Moment(0.0, state, NONE, stimulus)


def at_health():
    return moment(healthy(LAYOUT, P, 1))


def after(years):
    return moment(pattern_baseline(LAYOUT, P, ONE, np.array([years])))


def test_the_calibre_effect_thickens_every_size_by_the_same_share():
    thick = replace(P, e_d=np.array(0.05))
    ratio = shaft_diameters_um(thick, 0.5 * ONE) / shaft_diameters_um(P, 0.5 * ONE)
    np.testing.assert_allclose(ratio, 1.025)
    seen = observe(LAYOUT, thick, moment(after(9.6).state, ONE))
    plain = observe(LAYOUT, P, after(9.6))
    assert seen.shaft_diameter_um == pytest.approx(1.05 * plain.shaft_diameter_um)
    assert seen.nonvellus_per_cm2 == plain.nonvellus_per_cm2


def test_age_thins_a_terminal_hair_by_what_it_is_told():
    thinned = shaft_diameters_um(P, NONE, thinned_um=3.6)
    assert thinned[0] == pytest.approx(P.diam[0] - 3.6)
    np.testing.assert_allclose(thinned / P.diam, 0.95)


def test_shares_of_diameters_rise_with_the_limit_and_hold_all_hairs():
    shares = diameter_shares(LAYOUT, P, after(9.6), [30, 60, 1000])
    assert 0 < shares[0] < shares[1] < shares[2]
    assert shares[2] == pytest.approx(100)


def test_loss_makes_more_thin_hairs_than_health():
    limit = [MODEL["thin_below_um"].number()]
    assert diameter_shares(LAYOUT, P, at_health(), limit) < 1
    assert diameter_shares(LAYOUT, P, after(9.6), limit) > 10


def test_half_of_the_hairs_of_a_size_are_thinner_than_its_mean():
    shares = diameter_shares(LAYOUT, P, at_health(), [float(P.diam[0, 0])])
    assert shares == pytest.approx(50)


def test_uncut_hair_of_healthy_scalp_is_as_long_as_its_mean_age():
    """Mean age over an Erlang anagen of k stages is (k + 1) / (2k) of its length."""
    tau, k = float(P.tau_A0[0, 0]), LAYOUT.anagen_stages
    rest = float(P.tau_C + P.tau_T)
    years = (tau * tau * (k + 1) / (2 * k) + rest * tau) / (tau + rest)
    rate = float(growth_mm_per_day(P, P.diam)[0, 0]) * 365.25
    assert uncut_length_mm(LAYOUT, P, at_health(), NONE) == pytest.approx(years * rate)


def test_pattern_loss_shortens_the_longest_hair():
    long = uncut_length_mm(LAYOUT, P, at_health(), NONE)
    assert uncut_length_mm(LAYOUT, P, after(9.6), ONE) < long / 2


def test_a_grade_comes_back_from_its_density():
    none, average = MODEL["grade_ranks_norwood_hamilton"].numbers()
    density = observe(LAYOUT, P, after(MODEL["t_dis"].number())).nonvellus_per_cm2
    found = severity_rank(MODEL, LAYOUT, "norwood_hamilton", density)
    assert found == pytest.approx(average, abs=0.01)
    whole = observe(LAYOUT, P, at_health()).nonvellus_per_cm2
    assert severity_rank(MODEL, LAYOUT, "norwood_hamilton", whole + 50) == none
    fewer = severity_rank(MODEL, LAYOUT, "norwood_hamilton", np.array([200.0, 150.0, 50.0]))
    assert np.all(np.diff(fewer) > 0)


def test_a_scale_without_a_rule_is_refused():
    with pytest.raises(InputError, match="no rule turns a density into a grade of 'salt'"):
        severity_rank(MODEL, LAYOUT, "salt", 100.0)


def test_a_scalp_half_spared_lies_halfway():
    spared, bald = at_health(), moment(np.eye(LAYOUT.states)[:, [-1]])
    half = observe(LAYOUT, P, blended([(spared, 0.5), (bald, 0.5)]))
    whole = observe(LAYOUT, P, spared)
    assert half.nonvellus_per_cm2 == pytest.approx(whole.nonvellus_per_cm2 / 2)
    assert half.anagen_percent == pytest.approx(whole.anagen_percent)
    assert half.lost_percent == pytest.approx(50)


def test_a_scalp_without_hair_gives_numbers_and_no_division_by_nothing():
    seen = observe(LAYOUT, P, moment(np.eye(LAYOUT.states)[:, [-1]]))
    for name in seen.__slots__:
        assert np.isfinite(getattr(seen, name)).all(), name
    assert seen.lost_percent == 100


def transplanted_course(weeks):
    values = {k: v if np.ndim(v) else np.array([v]) for k, v in point_values().items()}
    graft = Transplant(0.0, 40.0)
    drive = Therapy.of(Regimen(()), MODEL, values, donor_drive(MODEL) * ONE, ONE, weeks[-1])
    added = follow(LAYOUT, P, graft.start(LAYOUT, 1), drive, weeks)
    native = follow(LAYOUT, P, after(9.6).state, bald_drive, weeks)
    weight = graft.follicles_per_cm2(values) / P.F0
    return [
        (observe(LAYOUT, P, n), observe(LAYOUT, P, blended([(n, 1.0), (a, weight)])))
        for n, a in zip(native, added, strict=True)
    ]


def bald_drive(week, begun):
    return Controls(u=ONE, S=NONE)


def point_values():
    numeric = {k: v for k, v in MODEL.items() if not isinstance(v.value, str | list)}
    return {k: np.array(v.number()) for k, v in numeric.items()}


def test_a_transplant_shows_nothing_at_first_and_its_survivors_after_a_year():
    course = transplanted_course([0.0, 4.0, 17.0, 52.0, 260.0])
    gain = [float((b.nonvellus_per_cm2 - a.nonvellus_per_cm2)[0]) for a, b in course]
    put = 40 * MODEL["follicles_per_graft"].number()
    grown = put * MODEL["graft_survival_percent"].number() / 100
    assert gain[0] == pytest.approx(0)
    assert gain[1] < 0.3 * grown
    assert gain[2] > gain[1]
    assert 0.85 * grown < gain[3] <= grown
    # hair of the back of the head stays, while the hair around it goes on thinning
    assert gain[4] > 0.9 * gain[3]


@pytest.mark.parametrize("wrong", [{"grafts_per_cm2": 0.0}, {"week": -1.0}, {"week": np.inf}])
def test_a_transplant_that_cannot_be_is_refused(wrong):
    with pytest.raises(InputError, match="cannot be followed"):
        Transplant(**{"week": 0.0, "grafts_per_cm2": 40.0, **wrong})


def stimulus_after(regimen, week=100.0, **changes):
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(1), 8, None)
    values = {**cohort.values, **changes}
    therapy = Therapy.of(regimen, MODEL, values, cohort.u, cohort.response, 104)
    return therapy(week, week)


def test_half_of_the_doses_of_a_lotion_give_half_of_its_stimulus():
    whole = stimulus_after(Regimen(("minoxidil_topical",)))
    half = stimulus_after(Regimen(("minoxidil_topical",), adherence=(("minoxidil_topical", 0.5),)))
    # the average person; a strong responder meets the cap with the whole of it
    np.testing.assert_allclose((half.S / whole.S)[:8], 0.5)
    assert np.all(half.S < whole.S)


def test_what_lasts_long_forgives_missed_doses():
    def left(name):
        whole, half = (
            stimulus_after(Regimen((name,), adherence=((name, share),)), 60.0).u
            for share in (1.0, 0.5)
        )
        return np.mean(half / whole)

    assert 1 < left("dutasteride") < left("finasteride_oral")


def test_a_missed_session_is_left_out_and_not_a_share():
    with pytest.raises(InputError, match="leave out the weeks"):
        Regimen(("prp",), adherence=(("prp", 0.5),))
    with pytest.raises(InputError, match="is not above 0 and at most 1"):
        stimulus_after(Regimen(("lllt",), adherence=(("lllt", 0.0),)))


def test_more_particles_give_more_and_ever_less_more():
    doses = (1e8, 1e9, 1e10, 1e11)
    S = [
        stimulus_after(Regimen(("exosome",), session_weeks=(0.0,), particles_per_cm2=d), 1.0).S
        for d in doses
    ]
    assert all(np.all(b >= a) for a, b in pairwise(S))
    usual = stimulus_after(Regimen(("exosome",), session_weeks=(0.0,)), 1.0).S
    np.testing.assert_allclose(S[1], usual)
    ratio = S[3] / S[2]
    assert np.all(ratio < doses[3] / doses[2])


def test_no_dose_passes_the_range_of_the_usual_one():
    huge = Regimen(("exosome",), session_weeks=(0.0,), particles_per_cm2=1e13)
    usual = Regimen(("exosome",), session_weeks=(0.0,))
    most, own = (stimulus_after(one, 0.0).S[:8] for one in (huge, usual))
    limit = np.maximum(own, MODEL["exosome_amplitude"].high)
    assert np.all(most <= limit + 1e-12)
    assert np.any(most > own)


@pytest.mark.parametrize("dose", [0.0, -1.0, np.inf, np.nan])
def test_a_dose_that_is_none_is_refused(dose):
    with pytest.raises(InputError, match="particles per cm2"):
        stimulus_after(Regimen(("exosome",), particles_per_cm2=dose))
    with pytest.raises(InputError, match="a dose of exosomes"):
        Regimen(("prp",), particles_per_cm2=1e9)
