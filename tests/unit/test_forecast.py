"""The forecast of options: statuses, intervals, common draws and honest refusals."""

import itertools

import msgspec
import numpy as np
import pytest
from forecasts import (
    BANDS,
    EXOSOME,
    FACTS,
    FINASTERIDE,
    NONE,
    NOTICEABLE,
    courses,
    option,
    request,
)

from anagen.errors import InputError
from anagen.plan.forecast import forecast


@pytest.fixture(scope="module")
def usual():
    dutasteride = option("dutasteride", "dutasteride")
    return courses(NONE, FINASTERIDE, EXOSOME, dutasteride)


def test_every_band_holds_its_average_month_by_month(usual):
    for course in usual.values():
        for name in BANDS:
            band = getattr(course, name)
            assert len(band.mean) == len(course.months) == 25
            for low, mean, high in ((band.average_low, band.mean, band.average_high),):
                assert np.all(np.array(low) <= np.array(mean) + 1e-9)
                assert np.all(np.array(mean) <= np.array(high) + 1e-9)
            assert np.all(np.isfinite([*band.person_low, *band.person_high]))


def test_one_person_is_less_certain_than_the_average(usual):
    band = usual["none"].density_per_cm2
    assert band.person_low[12] < band.average_low[12]
    assert band.person_high[12] > band.average_high[12]


def test_untreated_loss_and_finasteride_lie_where_trials_put_them(usual):
    measured = FACTS.parameters
    change = usual["none"].change_percent
    two_years = measured["AGA_density_change_24mo"]
    assert two_years.low < change.mean[24] < two_years.high
    net = {one.month: one for one in usual["finasteride_oral"].net}
    trial = (
        measured["fin_net_1y"].value_per_cm2 / measured["AGA_baseline_count_vertex"].value_per_cm2
    )
    assert net[12].average_low_percent < 100 * trial < net[12].average_high_percent


def test_no_treatment_differs_from_no_treatment_by_nothing(usual):
    assert all(one.person_high_percent == 0 for one in usual["none"].net)


def test_only_fitted_courses_count_people(usual):
    assert usual["finasteride_oral"].status == "fitted"
    outcome = usual["finasteride_oral"].outcome
    assert outcome.better + outcome.cannot_notice + outcome.worse == 100
    for name in ("exosome_topical", "dutasteride"):
        assert usual[name].status == "assumed"
        assert usual[name].outcome is None


def test_a_course_is_assumed_where_the_option_says_so():
    told = option("finasteride_oral", "finasteride_oral", course_status="assumed")
    assert courses(told)["finasteride_oral"].status == "assumed"


def test_options_of_one_seed_differ_by_treatment_alone():
    alone, beside = courses(FINASTERIDE), courses(NONE, EXOSOME, FINASTERIDE)
    a, b = alone["finasteride_oral"], beside["finasteride_oral"]
    np.testing.assert_allclose(a.density_per_cm2.mean, b.density_per_cm2.mean, rtol=1e-3)
    np.testing.assert_allclose(
        beside["none"].density_per_cm2.mean[0], b.density_per_cm2.mean[0], rtol=1e-12
    )


def test_the_same_seed_gives_the_same_course_and_another_does_not():
    first, again, other = (courses(NONE, seed=seed)["none"] for seed in (5, 5, 6))
    assert first == again
    assert first.density_per_cm2 != other.density_per_cm2


def test_a_measured_density_sets_the_start_and_says_so():
    course = courses(NONE, density_per_cm2=120.0)["none"]
    assert course.density_per_cm2.mean[0] == pytest.approx(120, rel=0.04)
    assert any("measured 120 hairs per cm2" in note for note in course.notes)


def test_the_interval_of_one_persons_density_holds_the_error_of_a_count():
    band = courses(NONE, density_per_cm2=150.0, draws=480)["none"].density_per_cm2
    error = 150 * FACTS.model["count_error_percent"].number() / 100
    width = band.person_high[0] - band.person_low[0]
    # what is not known of the true density, and the error of one more count of it
    assert width == pytest.approx(2 * 1.96 * error * 2**0.5, rel=0.2)


RULE_OF_OURS = "follows from your grade by a rule of ours that was not measured"


def test_a_grade_moves_the_start_and_the_band_still_holds_the_average_trial_patient():
    usual = courses(NONE)["none"]
    deep, slight = courses(NONE, grade="V")["none"], courses(NONE, grade="II")["none"]
    starts = [course.density_per_cm2.mean[0] for course in (deep, usual, slight)]
    assert starts == sorted(starts)
    assert starts[2] - starts[0] > 20
    for course in (deep, slight):
        assert course.status == usual.status
        assert any(RULE_OF_OURS in note for note in course.notes)
        for band, plain in (
            (course.density_per_cm2, usual.density_per_cm2),
            (course.change_percent, usual.change_percent),
        ):
            for month in (0, 12, 24):
                assert band.average_low[month] <= plain.mean[month] <= band.average_high[month]


def test_the_average_trial_patient_is_held_however_sure_the_rule_of_grades_is_taken_to_be():
    sure = msgspec.structs.replace(FACTS.model["grade_weight"], value=1.0, drawn="fixed")
    known = msgspec.structs.replace(FACTS, model={**FACTS.model, "grade_weight": sure})
    (deep,) = forecast(request(NONE, grade="V"), known, 1, noticeable=NOTICEABLE, draws=240)
    usual = courses(NONE)["none"].density_per_cm2
    assert deep.density_per_cm2.mean[0] < usual.average_low[0]
    assert deep.density_per_cm2.average_high[0] > usual.mean[0]


def test_the_middle_grade_of_the_trials_leaves_the_start_where_it_is():
    graded, ungraded = courses(NONE)["none"], courses(NONE, scale=None, grade=None)["none"]
    assert graded.density_per_cm2 == ungraded.density_per_cm2
    assert not any(RULE_OF_OURS in note for note in graded.notes)


def test_a_measured_density_takes_the_place_of_a_grade():
    deep, slight = (
        courses(NONE, grade=grade, density_per_cm2=150.0)["none"] for grade in ("V", "II")
    )
    assert deep.density_per_cm2 == slight.density_per_cm2
    assert not any(RULE_OF_OURS in note for note in deep.notes)


@pytest.mark.parametrize(
    ("key", "less_hair", "more_hair", "said"),
    [
        ("shaft_diameter_um", 40.0, 70.0, "70 µm weighs the modelled people"),
        ("anagen_percent", 45.0, 80.0, "80 % of growing hairs weighs"),
        ("months_of_loss", 240.0, 12.0, "the loss began 12 months ago weighs"),
    ],
)
def test_what_else_is_known_moves_the_start_and_is_said(key, less_hair, more_hair, said):
    few, many = (courses(NONE, **{key: value})["none"] for value in (less_hair, more_hair))
    assert few.density_per_cm2.mean[0] < many.density_per_cm2.mean[0] - 5
    assert any(said in note for note in many.notes)
    assert not any(said in note for note in courses(NONE)["none"].notes)


@pytest.mark.parametrize("grade", ["I", "VI", "VII", "IVa"])
def test_a_grade_outside_the_trials_is_not_modelled(grade):
    course = courses(NONE, grade=grade)["none"]
    assert course.status == "not_modelled"
    assert f"grade {grade} lies outside" in course.reason
    assert course.density_per_cm2 is None


def test_courses_for_women_are_assumed():
    found = courses(NONE, FINASTERIDE, sex="female", scale="ludwig", grade="I")
    assert {course.status for course in found.values()} == {"assumed"}
    assert all(any("fitted to men" in note for note in c.notes) for c in found.values())


@pytest.mark.parametrize(
    "condition",
    ["alopecia_areata", "traction_alopecia", "scarring_alopecia", "tinea_capitis"],
)
def test_conditions_without_fitted_rates_are_not_modelled(condition):
    for course in courses(NONE, EXOSOME, condition=condition).values():
        assert course.status == "not_modelled"
        assert course.reason


def test_surgery_and_jak_inhibitors_are_not_modelled_and_say_why():
    found = courses(
        NONE, option("hair_transplant", "hair_transplant"), option("jak", "baricitinib")
    )
    assert "surgery" in found["hair_transplant"].reason
    assert "JAK" in found["jak"].reason
    assert found["none"].status == "fitted"


def test_an_effluvium_recovers_on_its_own_and_treatments_are_not_modelled():
    surgery = option("hair_transplant", "hair_transplant")
    found = courses(NONE, EXOSOME, surgery, condition="telogen_effluvium", scale=None, grade=None)
    recovery = found["none"]
    assert recovery.status == "assumed"
    assert recovery.outcome is None
    assert recovery.shed_hairs_per_day.mean[0] > 2 * recovery.shed_hairs_per_day.mean[12]
    assert recovery.change_percent.mean[12] > 0
    for name in ("exosome_topical", "hair_transplant"):
        assert found[name].status == "not_modelled"


def test_an_effluvium_starts_at_a_measured_density():
    found = courses(NONE, condition="telogen_effluvium", density_per_cm2=180.0)
    assert found["none"].density_per_cm2.mean[0] == pytest.approx(180, rel=0.04)


def test_a_smaller_dose_of_finasteride_does_less():
    small = option("small", "finasteride_oral", doses={"finasteride_oral": 0.05})
    found = courses(FINASTERIDE, small)
    assert found["small"].net[1].mean_percent < found["finasteride_oral"].net[1].mean_percent


def test_the_band_of_an_assumed_course_reaches_down_to_no_treatment(usual):
    none = usual["none"]
    for name in ("exosome_topical", "dutasteride"):
        course = usual[name]
        assert course.net == []
        assert any("reaches down to going on as now" in note for note in course.notes)
        for measure in BANDS:
            own, other = getattr(course, measure), getattr(none, measure)
            for low in ("average_low", "person_low"):
                assert np.all(np.array(getattr(own, low)) <= getattr(other, low))
            for high in ("average_high", "person_high"):
                assert np.all(np.array(getattr(own, high)) >= getattr(other, high))
    # that dutasteride does nothing does not fit its trials
    assert any("no effect is as compatible" in note for note in usual["exosome_topical"].notes)
    assert not any("no effect is as compatible" in note for note in usual["dutasteride"].notes)


def test_an_assumed_addition_reaches_down_to_what_it_is_added_to():
    lotion, both = (
        option("lotion", "minoxidil_topical"),
        option("both", "prp", "minoxidil_topical"),
    )
    found = courses(lotion, both)
    below = found["both"].change_percent.average_low[12]
    assert below <= found["lotion"].change_percent.average_low[12]
    assert below > 0
    assert any("down to minoxidil lotion or foam alone" in note for note in found["both"].notes)
    # the lotion need not be asked for to be known
    assert courses(both)["both"].change_percent.average_low[12] == pytest.approx(below, abs=1)


def test_women_are_told_that_no_treatment_is_in_every_band():
    both = option("both", "prp", "minoxidil_topical")
    found = courses(NONE, FINASTERIDE, both, sex="female", scale="ludwig", grade="I")
    course = found["finasteride_oral"]
    none = found["none"].change_percent
    for name in ("finasteride_oral", "both"):
        assert found[name].change_percent.average_low[12] <= none.average_low[12]
    assert course.net == found["none"].net == []
    assert any("in women as in men" in note for note in course.notes)


def test_the_share_of_people_who_get_better_hardly_hangs_on_the_seed():
    lotion = option("lotion", "minoxidil_topical")
    better = {"lotion": [], "finasteride_oral": []}
    for seed in range(1, 6):
        found = courses(lotion, FINASTERIDE, seed=seed, draws=480, density_per_cm2=152.0)
        for name, counts in better.items():
            counts.append(found[name].outcome.better)
    for counts in better.values():
        assert np.std(counts, ddof=1) < 2.5


def test_draws_that_begin_nearly_bald_do_not_blow_up_the_change():
    # without a measured density some draws start with a few hairs only
    both = option("both", "finasteride_oral", "minoxidil_topical")
    highs = [
        courses(both, seed=seed, draws=480)["both"].change_percent.person_high[12]
        for seed in (1, 2, 3)
    ]
    assert max(highs) - min(highs) < 6
    assert max(highs) < 50


def test_a_doubt_about_the_person_leaves_no_course_and_is_the_reason():
    for condition in ("androgenetic_alopecia", "telogen_effluvium"):
        found = courses(NONE, EXOSOME, condition=condition, doubt="the diagnosis is in doubt")
        assert {course.status for course in found.values()} == {"not_modelled"}
        assert {course.reason for course in found.values()} == {"the diagnosis is in doubt"}
        assert all(course.change_percent is None for course in found.values())


def test_only_men_outside_the_ages_of_the_trials_are_told_so():
    youngest, oldest = FACTS.model["fitted_ages_years"].numbers()
    words = f"took men of {youngest:g} to {oldest:g}; you are 58"
    assert any(words in note for note in courses(NONE, age_years=58)["none"].notes)
    assert not any("you are" in note for note in courses(NONE, age_years=oldest)["none"].notes)


def test_where_the_model_misses_its_trials_the_course_says_so():
    lotion = option("lotion", "minoxidil_topical")
    found = courses(NONE, lotion, FINASTERIDE, density_per_cm2=150.0)
    assert any("about 6 %" in n and "about 10 %" in n for n in found["finasteride_oral"].notes)
    assert any("2 % below the start" in n and "above it" in n for n in found["lotion"].notes)
    assert not any("about 10 %" in n or "above it" in n for n in found["none"].notes)
    assert all(any("not by data" in note for note in c.notes) for c in found.values())


def test_draws_that_do_not_fill_the_slices_are_refused():
    with pytest.raises(InputError, match="use a multiple"):
        courses(NONE, draws=241)


def test_a_density_of_nothing_is_refused():
    with pytest.raises(InputError, match="give one above 0"):
        courses(NONE, density_per_cm2=0.0)


@pytest.mark.parametrize("density", [30.0, 60.0, 150.0, 300.0, 399.0])
def test_the_centre_of_a_measured_density_lies_within_the_interval_of_that_person(density):
    found = courses(NONE, FINASTERIDE, EXOSOME, density_per_cm2=density, draws=480)
    for course in found.values():
        for name in BANDS:
            band = getattr(course, name)
            for month in range(25):
                order = [
                    band.person_low[month], band.average_low[month], band.mean[month],
                    band.average_high[month], band.person_high[month],
                ]  # fmt: skip
                slack = 1e-9 * max(1.0, abs(band.mean[month]))
                assert all(b >= a - slack for a, b in itertools.pairwise(order)), (
                    course.option, name, month, order,
                )  # fmt: skip


def test_a_start_that_is_pulled_towards_the_common_is_said():
    course = courses(NONE, density_per_cm2=399.0, draws=480)["none"]
    start = course.density_per_cm2.mean[0]
    assert start < 380
    assert any(f"the courses start at {start:.0f}" in note for note in course.notes)


def test_why_a_density_is_left_aside_is_said():
    course = courses(NONE, density_not_used="It counts vellus hairs.")["none"]
    assert any(note.startswith("It counts vellus hairs.") for note in course.notes)
    assert not any("No density was measured" in note for note in course.notes)
    shed = courses(
        NONE, condition="telogen_effluvium", months_since_onset=1.0, density_not_used="Vellus too."
    )["none"]
    assert "Vellus too." in shed.notes
    assert "from 1 month after" in shed.notes[0]


def test_a_later_moment_of_an_effluvium_has_its_loss_behind_it():
    early, late = (
        courses(NONE, condition="telogen_effluvium", months_since_onset=months)["none"]
        for months in (1.0, 5.0)
    )
    assert min(early.change_percent.mean) < -1
    assert min(late.change_percent.mean) > -0.1


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({"shaft_diameter_um": 200.0}, "further from the measured 200"),
        ({"shaft_diameter_um": 8.0}, "further from the measured 8"),
        ({"anagen_percent": 99.0}, "% of growing hairs, further from the measured 99"),
        ({"shaft_diameter_um": 55.0}, None),
        ({"anagen_percent": 62.0}, None),
    ],
)
def test_a_measurement_that_no_modelled_person_shows_is_said(measured, told):
    notes = " ".join(courses(NONE, **measured)["none"].notes)
    assert (told in notes) if told else ("further from" not in notes)
