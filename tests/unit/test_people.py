"""How people differ, what is known of one, and the regions of a scalp."""

import msgspec
import numpy as np
import pytest
from scipy.linalg import expm

from anagen import facts
from anagen.candidacy import severity_rank
from anagen.errors import FactError, InputError
from anagen.facts.parameter import ModelParameter
from anagen.follicle import (
    Controls,
    CycleParameters,
    Layout,
    Past,
    Regimen,
    Regions,
    Signs,
    change_sd_per_cm2,
    draw_parameters,
    generator,
    nonvellus_share,
    observe,
    pattern_baseline,
    pattern_cohort,
    persons,
    rates,
    whole_scalp_salt,
    whole_scalp_shed_hairs_per_day,
)
from anagen.follicle.mean_field import Moment, sheddings_per_year

FACTS = facts.load()
MODEL = FACTS.model
LAYOUT = Layout.from_facts(MODEL)
P = CycleParameters.from_facts(MODEL)
PEOPLE = 400
ARMS = {
    "placebo": Regimen(()),
    "minoxidil 5 %": Regimen(("minoxidil_topical",)),
    "minoxidil 2 %": Regimen(("minoxidil_topical",), (("minoxidil_topical", 2.0),)),
    "finasteride": Regimen(("finasteride_oral",)),
}
FROM_THE_SHARED_STREAM = [
    "F0", "pi_K1", "beta_A", "p_TI", "p_IV", "t_dis", "kappa", "e_T", "p_upS", "gamma_D", "D_dut",
    "D_finasteride_topical", "tau_D_dutasteride_w", "S_minoxidil_oral", "exosome_amplitude",
    "exosome_half_life_w", "prp_amplitude", "microneedling_lotion_boost", "S_lllt",
    "te_push_share",
]  # fmt: skip


def fact(drawn, low=1.0, high=3.0, *, apart=True):
    return ModelParameter(
        value=2.0, unit="number", status="assumed", source=["ours"], role="response", drawn=drawn,
        basis="test", low=low, high=high, is_drawn_apart=apart,
    )  # fmt: skip


@pytest.fixture(scope="module")
def spreads():
    return {
        name: change_sd_per_cm2(
            MODEL, LAYOUT, np.random.default_rng(1), PEOPLE, regimen, [24.0, 48.0]
        )
        for name, regimen in ARMS.items()
    }


@pytest.mark.parametrize("arm", ARMS)
def test_individual_changes_vary_as_much_as_trials_report(spreads, arm):
    reported = FACTS.parameters["trial_SD_of_change"]
    for spread in spreads[arm]:
        assert 20 <= spread.total_per_cm2 <= 25
        assert reported.low <= spread.total_per_cm2 <= reported.high
        assert spread.follicle_chance_per_cm2 == pytest.approx(7, abs=0.5)


def test_each_arm_varies_about_as_its_trial_says(spreads):
    # SD at 48 weeks, Olsen 2002: 21.7 placebo, 25.4 lotion 5 %, 20.7 lotion 2 %
    for arm, sd in (("placebo", 21.7), ("minoxidil 5 %", 25.4), ("minoxidil 2 %", 20.7)):
        assert spreads[arm][1].total_per_cm2 == pytest.approx(sd, rel=0.12)


def test_without_the_error_between_visits_the_spread_would_fall_short(spreads):
    for arm in spreads.values():
        for spread in arm:
            assert np.sqrt(spread.total_per_cm2**2 - spread.visit_per_cm2**2) < 20


def test_the_error_between_visits_is_what_the_collected_error_of_a_change_leaves():
    whole = FACTS.limits["change_error_automatic_percent"]
    reader = MODEL["count_error_percent"].number()
    own = MODEL["visit_error_percent"]
    for left, printed in (
        (own.number(), whole.number()),
        (own.low, whole.low),
        (own.high, whole.high),
    ):
        assert left == pytest.approx(np.sqrt(printed**2 / 2 - reader**2), abs=0.05)
    assert own.status == "assumed"


def test_the_chance_of_follicles_is_that_of_the_chain():
    weeks = 24.0
    (spread,) = change_sd_per_cm2(
        MODEL, LAYOUT, np.random.default_rng(4), 3, Regimen(()), [weeks], 0.5
    )
    held = {name: facts_with(one, "fixed") for name, one in MODEL.items()}
    cohort = pattern_cohort(held, LAYOUT, np.random.default_rng(4), 3, None, slices=3)
    seen_rows = nonvellus_share(LAYOUT, np.eye(LAYOUT.states))
    variances = []
    for k in range(1, 4):
        column = CycleParameters.from_values(cohort.values).take(np.array([k]))
        controls = Controls(u=cohort.u[k : k + 1], S=np.zeros(1))
        q, _ = generator(LAYOUT, rates(LAYOUT, column, controls, 1))
        step = expm(q[0] * weeks * 7 / 365.25)
        start = cohort.start[:, k]
        first, later = start @ seen_rows, start @ step @ seen_rows
        both = (start * seen_rows) @ step @ seen_rows
        number = cohort.values["F0"][k] * 0.5
        per_area = number * (first + later - 2 * both - (later - first) ** 2)
        variances.append(per_area / 0.5**2)
    assert spread.follicle_chance_per_cm2 == pytest.approx(np.mean(variances) ** 0.5, rel=1e-3)


def facts_with(one, drawn):
    return msgspec.structs.replace(one, drawn=drawn)


def test_counted_follicles_vary_as_the_formula_says():
    weeks, number = 24.0, 265
    start = pattern_baseline(LAYOUT, P, np.ones(1), np.array([9.6]))[:, 0]
    q, _ = generator(LAYOUT, rates(LAYOUT, P, Controls(u=np.ones(1), S=np.zeros(1)), 1))
    step = expm(q[0] * weeks * 7 / 365.25)
    seen = nonvellus_share(LAYOUT, np.eye(LAYOUT.states))
    rng = np.random.default_rng(2)
    changes = []
    for at_first in rng.multinomial(number, start / start.sum(), size=4000):
        moved = rng.multinomial(at_first, step / step.sum(axis=1, keepdims=True)).sum(axis=0)
        changes.append((moved - at_first) @ seen)
    first, later, both = start @ seen, start @ step @ seen, (start * seen) @ step @ seen
    sd = np.sqrt(number * (first + later - 2 * both - (later - first) ** 2))
    assert np.std(changes) == pytest.approx(sd, rel=0.05)
    assert sd == pytest.approx(7, abs=0.5)


@pytest.mark.parametrize(("people", "area_cm2"), [(1, 1.0), (5, 0.0), (5, -1.0), (5, float("inf"))])
def test_a_spread_of_nobody_or_of_no_area_is_refused(people, area_cm2):
    with pytest.raises(InputError, match="a spread needs an area above 0 and 2 people"):
        change_sd_per_cm2(
            MODEL, LAYOUT, np.random.default_rng(0), people, Regimen(()), [24.0], area_cm2
        )


def test_facts_that_were_added_take_no_random_number_from_the_others():
    shared = [n for n, f in MODEL.items() if f.drawn != "fixed" and not f.is_drawn_apart]
    assert shared == FROM_THE_SHARED_STREAM
    old = {name: one for name, one in MODEL.items() if not one.is_drawn_apart}
    assert len(old) < len(MODEL)
    more = {"first": fact("normal"), **MODEL, "last": fact("triangular")}
    streams = [np.random.default_rng(8) for _ in range(3)]
    few, now, many = (
        draw_parameters(model, rng, 20, 5)
        for model, rng in zip((old, MODEL, more), streams, strict=True)
    )
    for name, values in few.items():
        np.testing.assert_array_equal(values, now[name])
    for name, values in now.items():
        np.testing.assert_array_equal(values, many[name])
    assert len({rng.random() for rng in streams}) == 1


def test_facts_drawn_apart_differ_between_names_seeds_and_calls():
    model = {"one": fact("normal"), "two": fact("normal")}
    rng = np.random.default_rng(8)
    first, second = draw_parameters(model, rng, 20), draw_parameters(model, rng, 20)
    other = draw_parameters(model, np.random.default_rng(9), 20)
    assert not np.array_equal(first["one"], first["two"])
    assert not np.array_equal(first["one"], second["one"])
    assert not np.array_equal(first["one"], other["one"])


def test_a_normal_draw_has_the_mean_and_the_bounds_of_its_fact():
    drawn = draw_parameters(MODEL, np.random.default_rng(3), 4000)["e_d"]
    low, middle, high = np.percentile(drawn, [2.5, 50, 97.5])
    assert middle == pytest.approx(0, abs=0.002)
    assert (low, high) == (pytest.approx(-0.1, rel=0.03), pytest.approx(0.1, rel=0.03))
    assert drawn.std() == pytest.approx(0.05, rel=0.05)
    with pytest.raises(FactError, match="model/odd: a normal draw needs low < high"):
        draw_parameters({"odd": fact("normal", 3.0, 3.0)}, np.random.default_rng(0), 4)


def rank(scale, grade):
    return severity_rank(scale, grade, FACTS.scales)


def factor(scale, grade, weight):
    return float(Signs(scale=scale, grade_rank=rank(scale, grade)).years_factor(MODEL, weight))


@pytest.mark.parametrize(
    ("scale", "grades"),
    [
        ("norwood_hamilton", ["I", "II", "III", "III_vertex", "IV", "V", "VI", "VII"]),
        ("ludwig", ["I", "II", "III"]),
        ("sinclair", ["1", "2", "3", "4", "5"]),
        ("savin", ["1", "2", "3", "4", "5", "6", "7", "8"]),
        ("basp", ["M0", "M1", "M3", "U1"]),
    ],
)
@pytest.mark.parametrize("weight", [0.25, 0.5, 1.0])
def test_a_deeper_grade_means_more_years_of_loss(scale, grades, weight):
    years = [factor(scale, grade, weight) for grade in grades]
    assert years == sorted(set(years))
    assert years[0] >= 0
    assert years[0] < 1 < years[-1]
    assert {factor(scale, grade, 0.0) for grade in grades} == {1.0}


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_the_grades_of_the_trials_average_to_the_average_trial_patient(weight):
    grades = MODEL["calibrated_norwood_grades"].words()
    factors = [factor("norwood_hamilton", grade, weight) for grade in grades]
    assert np.mean(factors) == pytest.approx(1)
    assert factor("norwood_hamilton", "III_vertex", weight) == 1
    early, middle = (factor("basp", code, weight) for code in ("M1", "M3"))
    assert (3 * early + 2 * middle) / 5 == pytest.approx(1)


def test_a_grade_without_a_place_in_its_scale_has_no_rank():
    assert rank("savin", "9") is None
    assert rank("norwood_hamilton", "IIIa") == rank("norwood_hamilton", "III")


def test_a_grade_moves_the_average_person_and_single_persons_alike():
    plain, deep = (
        pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 40, None, signs=signs)
        for signs in (Signs(), Signs(scale="norwood_hamilton", grade_rank=6.0))
    )
    ratio = deep.values["t_dis"] / plain.values["t_dis"]
    np.testing.assert_allclose(ratio[:40], ratio[40:])
    np.testing.assert_allclose(ratio, 1 + deep.values["grade_weight"] * (5 / 3 - 1))
    np.testing.assert_array_equal(deep.u, plain.u)
    assert np.all(nonvellus_share(LAYOUT, deep.start) <= nonvellus_share(LAYOUT, plain.start))


def test_years_of_loss_that_do_not_fit_what_was_told_become_rare():
    told, silent = (
        pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 400, None, signs=signs)
        for signs in (Signs(months_of_loss=36.0), Signs())
    )
    longest = 15.0
    shares = [np.mean(one.values["t_dis"][400:] > longest) for one in (told, silent)]
    assert shares[0] < shares[1] / 2


def test_the_time_that_loss_goes_unnoticed_is_that_of_the_model():
    years = MODEL["unnoticed_loss_years"].number()
    states = pattern_baseline(LAYOUT, P, np.ones(2), np.array([1e-9, years]))
    before, then = nonvellus_share(LAYOUT, states)
    lost = FACTS.limits["smallest_noticeable_loss_percent"].number()
    assert 100 * (1 - then / before) == pytest.approx(lost, abs=0.5)


def test_months_of_loss_count_until_today_also_for_those_who_used_something_since():
    regimen = Regimen(("finasteride_oral",), episodes=(("finasteride_oral", -261.0, np.inf),))
    plain, used = (
        pattern_cohort(
            MODEL, LAYOUT, np.random.default_rng(2), 200, None, past=past,
            signs=Signs(months_of_loss=120.0),
        )
        for past in (None, Past(regimen, 261.0))
    )  # fmt: skip
    gap = plain.values["t_dis"][200:].mean() - used.values["t_dis"][200:].mean()
    assert 1 < gap < 5


def test_measured_diameter_and_anagen_share_are_met_as_far_as_their_errors_leave_them():
    def seen(signs):
        cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 200, None, signs=signs)
        at = Moment(0.0, cohort.start, np.zeros(cohort.u.size), np.zeros(cohort.u.size))
        return observe(LAYOUT, cohort.parameters, at)

    usual = seen(Signs())
    for name, low, high in (("shaft_diameter_um", 45.0, 68.0), ("anagen_percent", 48.0, 75.0)):
        below, above = (getattr(seen(Signs(**{name: v})), name)[200:].mean() for v in (low, high))
        middle = getattr(usual, name)[200:].mean()
        assert low < below < middle - 2
        assert middle + 2 < above < high


def test_everything_known_together_leaves_fewer_draws_in_effect_than_a_density_alone():
    signs = Signs(shaft_diameter_um=50.0, anagen_percent=58.0, months_of_loss=120.0)
    all_known, density = (
        pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 100, 150.0, 5, signs=one)
        for one in (signs, Signs())
    )
    candidates = 4  # four things weigh, so four times as many are drawn
    assert all_known.effective_draws / candidates < density.effective_draws
    seen = nonvellus_share(LAYOUT, all_known.start) * all_known.values["F0"]
    assert seen[20:].mean() == pytest.approx(150, rel=0.05)


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ({"shaft_diameter_um": 0.0}, "a mean shaft diameter of 0 cannot be"),
        ({"shaft_diameter_um": float("nan")}, "a mean shaft diameter of nan cannot be"),
        ({"anagen_percent": 100.0}, "an anagen share of 100 cannot be"),
        ({"months_of_loss": -1.0}, "-1 months of loss cannot be"),
        ({"grade_rank": 3.0}, "a rank without its scale"),
    ],
)
def test_what_cannot_be_known_of_a_person_is_refused(signs, said):
    with pytest.raises(InputError, match=said):
        Signs(**signs)


def test_a_scale_without_a_rule_is_refused():
    with pytest.raises(InputError, match="no rule turns a grade of 'olsen' into years"):
        Signs(scale="olsen", grade_rank=2.0).years_factor(MODEL, np.ones(()))


def test_persons_differ_even_where_every_fact_is_held():
    held = {name: facts_with(one, "fixed") for name, one in MODEL.items()}
    values, _, _ = persons(held, np.random.default_rng(0), 50)
    assert np.ptp(values["t_dis"][:50]) == 0
    assert values["t_dis"][50:].std() == pytest.approx(MODEL["t_dis_sd"].number(), rel=0.2)
    assert values["F0"][50:].std() == pytest.approx(MODEL["F0_sd"].number(), rel=0.1)


def shed_per_year(drive, years):
    u = np.array([drive])
    state = pattern_baseline(LAYOUT, P, u, np.array([years]))
    return sheddings_per_year(LAYOUT, rates(LAYOUT, P, Controls(u=u, S=np.zeros(1)), 1), state)


def test_the_regions_hold_the_follicles_of_a_scalp_with_the_shares_of_salt():
    regions = Regions.from_facts(MODEL)
    whole = FACTS.parameters["scalp_follicles_total"].number()
    assert regions.follicles_of_scalp == pytest.approx(whole, rel=0.02)
    assert regions.follicles_per_cm2["vertex"] == MODEL["F0"].number()
    area = sum(regions.area_cm2.values())
    weights = {name: w.number() for name, w in FACTS.scales["salt"].weights.items()}
    top = sum(regions.area_cm2[name] for name in ("vertex", "frontal", "mid"))
    assert top / area == pytest.approx(weights["top"], abs=0.01)
    assert regions.area_cm2["temporal"] / area == pytest.approx(2 * weights["left"], abs=0.01)
    assert regions.area_cm2["occipital"] / area == pytest.approx(weights["back"], abs=0.01)


def test_loss_on_the_affected_share_of_the_scalp_sheds_as_wash_tests_found():
    share = MODEL["affected_scalp_share"].number()
    years = MODEL["t_dis"].number()
    names = {"affected": share, "spared": 1 - share}
    regions = Regions(names, dict.fromkeys(names, 100_000.0), {"affected": 1.0, "spared": 0.0})
    healthy, bald = shed_per_year(0.0, 0.0), shed_per_year(1.0, years)
    normal = whole_scalp_shed_hairs_per_day(dict.fromkeys(names, healthy), regions)
    lost = whole_scalp_shed_hairs_per_day({"affected": bald, "spared": healthy}, regions)
    found = (FACTS.parameters[f"wash_shed_{whom}"].number() for whom in ("AGA", "normal"))
    assert normal == pytest.approx(85, abs=1)
    assert lost / normal == pytest.approx(1.87, abs=0.005)
    assert lost / normal == pytest.approx(next(found) / next(found), abs=0.005)


def test_shedding_by_region_with_its_drives_is_close_to_that():
    regions, years = Regions.from_facts(MODEL), MODEL["t_dis"].number()
    normal, lost = (
        whole_scalp_shed_hairs_per_day(
            {name: shed_per_year(on * drive, on * years) for name, drive in regions.drive.items()},
            regions,
        )
        for on in (0, 1)
    )
    assert 1.8 < lost / normal < 2.0
    top = sum(regions.follicles[name] for name in ("vertex", "frontal", "mid"))
    affected = MODEL["affected_scalp_share"].number()
    assert top / regions.follicles_of_scalp == pytest.approx(affected, abs=0.02)


def test_the_score_of_a_scalp_is_that_of_its_regions_by_the_weights_of_salt():
    regions = Regions.from_facts(MODEL)
    weights = {name: w.number() for name, w in FACTS.scales["salt"].weights.items()}
    bare = dict.fromkeys(regions.area_cm2, 100.0)
    assert whole_scalp_salt(bare, regions, weights) == pytest.approx(100)
    assert whole_scalp_salt({**dict.fromkeys(bare, -5.0)}, regions, weights) == 0
    sides = {**dict.fromkeys(bare, 0.0), "temporal": 50.0}
    assert whole_scalp_salt(sides, regions, weights) == pytest.approx(18)
    assert whole_scalp_salt({**dict.fromkeys(bare, 0.0), "occipital": 25.0}, regions, weights) == (
        pytest.approx(6)
    )


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda r: whole_scalp_shed_hairs_per_day({"vertex": 1.0}, r), "got values for vertex;"),
        (lambda r: whole_scalp_salt({}, r, {}), "got values for no region; give one for each of"),
        (
            lambda r: whole_scalp_salt(dict.fromkeys(r.area_cm2, 1.0), r, {"top": 1.0}),
            "SALT has the regions top, back, left, right",
        ),
        (lambda r: Regions({"a": 1.0}, {"b": 1.0}, {"a": 1.0}), "must name the same regions"),
        (lambda r: Regions({"a": -1.0}, {"a": 1.0}, {"a": 1.0}), "the a region has a number below"),
    ],
)
def test_regions_that_do_not_match_are_refused(call, said):
    with pytest.raises(InputError, match=said):
        call(Regions.from_facts(MODEL))
