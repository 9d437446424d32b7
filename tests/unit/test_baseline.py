"""Courses of people who use something, or used it until lately."""

import itertools

import numpy as np
import pytest
from forecasts import BANDS, EXOSOME, FACTS, FINASTERIDE, NONE, courses, option

from anagen.candidacy import UsedTreatment
from anagen.follicle import (
    WEEKS_PER_YEAR,
    Controls,
    Layout,
    Past,
    Regimen,
    Therapy,
    androgen_drive,
    combined_stimulus,
    follow,
    follow_regimens,
    lotion_stimulus,
    observe,
    pattern_cohort,
)
from anagen.plan.bands import WEEKS
from anagen.plan.baseline import baseline_of
from anagen.plan.forecast import MONTHS

MODEL = FACTS.model
LAYOUT = Layout.from_facts(MODEL)
MONTH = WEEKS_PER_YEAR / 12
MINOXIDIL = option("minoxidil_topical", "minoxidil_topical")


def used(treatment, since=0.0, months=None, **more):
    told = {"treatment": treatment, "adherence": "most_days", "months_used": months, **more}
    return UsedTreatment(months_since_last_dose=since, **told)


def stop(*treatments, name=None):
    return option(name or f"stop_{treatments[0]}", "none", stopped=list(treatments))


FOR_TWO_YEARS = [used("finasteride_oral", months=24)]
LOTION_FOR_TWO_YEARS = [used("minoxidil_topical", months=24)]


@pytest.fixture(scope="module")
def on_finasteride():
    return courses(
        NONE, FINASTERIDE, MINOXIDIL, stop("finasteride_oral"), history=FOR_TWO_YEARS, draws=480
    )


# --- what goes on from today ---


def test_who_has_just_begun_is_the_untreated_person_who_begins():
    begun = courses(NONE, history=[used("finasteride_oral", months=0)])["none"]
    begins = courses(NONE, FINASTERIDE)["finasteride_oral"]
    for name in BANDS:
        for edge in ("mean", "person_low"):
            np.testing.assert_allclose(
                getattr(getattr(begun, name), edge),
                getattr(getattr(begins, name), edge),
                rtol=1e-4,
                atol=1e-3,
            )


def test_going_on_with_finasteride_holds_what_nothing_would_lose(on_finasteride):
    untreated = courses(NONE, draws=480)["none"].change_percent.mean[12]
    assert on_finasteride["none"].change_percent.mean[12] > untreated + 3


def test_the_option_that_is_taken_already_is_going_on_as_now(on_finasteride):
    as_now, same = on_finasteride["none"], on_finasteride["finasteride_oral"]
    assert as_now.density_per_cm2 == same.density_per_cm2
    assert all(one.mean_percent == 0 for one in same.net)


def test_other_options_are_added_to_what_is_taken(on_finasteride):
    both = courses(option("both", "finasteride_oral", "minoxidil_topical"), history=FOR_TWO_YEARS)
    added = on_finasteride["minoxidil_topical"]
    assert added.status == "fitted"
    assert added.change_percent.mean[12] == pytest.approx(
        both["both"].change_percent.mean[12], abs=0.5
    )
    assert added.net[1].mean_percent > 5


def test_a_measured_density_is_that_of_today_on_treatment():
    for density in (110.0, 160.0):
        found = courses(NONE, MINOXIDIL, history=FOR_TWO_YEARS, density_per_cm2=density)
        for course in found.values():
            assert course.density_per_cm2.mean[0] == pytest.approx(density, rel=0.04)


def test_without_a_measured_density_the_past_moves_the_start(on_finasteride):
    start = courses(NONE, draws=480)["none"].density_per_cm2.mean[0]
    assert on_finasteride["none"].density_per_cm2.mean[0] > start
    assert any("after the use that you told" in note for note in on_finasteride["none"].notes)


def test_months_that_were_not_said_are_those_of_the_full_effect():
    known = FACTS.limits["full_effect_months"].number()
    unsaid = courses(NONE, history=[used("finasteride_oral")])["none"]
    said = courses(NONE, history=[used("finasteride_oral", months=known)])["none"]
    assert unsaid.change_percent.mean == pytest.approx(said.change_percent.mean, abs=0.1)
    assert any("was not said" in note for note in unsaid.notes)
    assert not any("was not said" in note for note in said.notes)


def test_use_longer_than_the_longest_trial_is_followed_as_long_as_that():
    most = FACTS.limits["longest_use_followed_months"].number()
    long, longest = (
        courses(NONE, history=[used("finasteride_oral", months=months)])["none"]
        for months in (200, most)
    )
    assert long.change_percent == longest.change_percent
    assert any("for its last 5 years" in note for note in long.notes)


def test_a_smaller_dose_leaves_less_to_hold():
    usual, small = (
        courses(
            NONE, history=[used("finasteride_oral", months=24, dose_mg_per_day=dose)]
        )["none"].change_percent.mean[12]
        for dose in (1.0, 0.02)
    )  # fmt: skip
    assert small < usual - 0.5


def test_two_percent_lotion_leaves_less_than_five():
    two, five = (
        courses(
            NONE, history=[used("minoxidil_topical", months=6, strength_percent=strength)]
        )["none"].density_per_cm2.mean[0]
        for strength in (2.0, 5.0)
    )  # fmt: skip
    assert two < five - 2


@pytest.mark.parametrize("adherence", ["about_half", "seldom"])
def test_irregular_use_is_not_modelled_and_that_is_said(adherence):
    history = [used("finasteride_oral", months=24, adherence=adherence)]
    course = courses(NONE, history=history)["none"]
    daily = courses(NONE, history=FOR_TWO_YEARS)["none"].change_percent.mean
    assert course.change_percent.mean == pytest.approx(daily, abs=0.1)
    assert course.status == "assumed"
    assert course.outcome is None
    untreated = courses(NONE)["none"].change_percent
    assert course.change_percent.average_low[12] <= untreated.average_low[12] + 0.3
    assert any("What less than daily use does was not measured" in note for note in course.notes)


def test_a_dose_without_a_dose_response_is_left_aside_and_that_is_said():
    history = [used("minoxidil_oral", months=12, dose_mg_per_day=0.25)]
    assert any("No dose-response" in note for note in courses(NONE, history=history)["none"].notes)


# --- stopping ---


@pytest.mark.parametrize("history", [FOR_TWO_YEARS, LOTION_FOR_TWO_YEARS])
@pytest.mark.parametrize("density", [None, 150.0])
def test_going_on_is_never_worse_than_stopping(history, density):
    name = history[0].treatment
    found = courses(NONE, stop(name), history=history, density_per_cm2=density)
    as_now, stopped = found["none"].change_percent, found[f"stop_{name}"].change_percent
    assert stopped.mean[12] < as_now.mean[12] - 2
    for edge in ("average_low", "person_low", "average_high", "person_high"):
        assert getattr(stopped, edge)[12] <= getattr(as_now, edge)[12] + 1e-9


def test_stopping_what_has_just_begun_is_the_untreated_course():
    history = [used("finasteride_oral", months=0)]
    stopped = courses(stop("finasteride_oral"), history=history)["stop_finasteride_oral"]
    untreated = courses(NONE)["none"]
    assert stopped.status == "fitted"
    np.testing.assert_allclose(stopped.change_percent.mean, untreated.change_percent.mean)


def test_how_fast_a_gain_is_lost_is_not_settled_so_stopping_is_assumed(on_finasteride):
    stopped = on_finasteride["stop_finasteride_oral"]
    assert stopped.status == "assumed"
    assert stopped.net == []
    assert stopped.outcome is None
    assert any("is not settled" in note and "12 months" in note for note in stopped.notes)


def test_the_band_of_stopping_reaches_the_hair_that_never_was_treated(on_finasteride):
    """From the month by which the facts say that a gain is lost, not before."""
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(1), 480, None, 5)
    few = cohort.first(cohort.averages)
    weeks = [24 * MONTH, 30 * MONTH, 36 * MONTH, 48 * MONTH]
    on, off = Regimen(("finasteride_oral",)), Regimen(())
    seen = follow_regimens(MODEL, LAYOUT, cohort, {on: few, off: few}, weeks)
    averages = slice(cohort.averages)
    today, never = (seen[one].density_per_cm2[:, averages] for one in (on, off))
    change = 100 * (never - today[0]) / today[0]
    low = np.percentile(change, 2.5, axis=1)
    band = on_finasteride["stop_finasteride_oral"].change_percent
    np.testing.assert_allclose([band.average_low[12], band.average_low[24]], low[2:], atol=0.05)
    assert band.average_low[6] > low[1] + 2


def test_of_two_things_each_can_be_stopped_and_both():
    history = FOR_TWO_YEARS + LOTION_FOR_TWO_YEARS
    both = stop("finasteride_oral", "minoxidil_topical", name="stop_all")
    found = courses(
        NONE, stop("finasteride_oral"), stop("minoxidil_topical"), both, history=history
    )
    change = {name: course.change_percent.mean[12] for name, course in found.items()}
    assert change["stop_all"] < change["stop_finasteride_oral"] < change["none"]
    assert change["stop_all"] < change["stop_minoxidil_topical"] < change["none"]


def test_what_was_stopped_lately_still_wears_off():
    lately = courses(NONE, FINASTERIDE, history=[used("finasteride_oral", since=3, months=24)])
    untreated = courses(NONE)["none"]
    assert {course.status for course in lately.values()} == {"assumed"}
    assert lately["none"].change_percent.mean[12] < untreated.change_percent.mean[12] - 2
    again = lately["finasteride_oral"].change_percent.mean[12]
    assert again > lately["none"].change_percent.mean[12] + 5


@pytest.mark.parametrize(("since", "months"), [(13, 11), (181, 60)])
def test_what_was_stopped_long_ago_is_as_if_it_had_never_been(since, months):
    history = [used("finasteride_oral", since=since, months=months)]
    gone = courses(NONE, FINASTERIDE, history=history)
    untreated = courses(NONE, FINASTERIDE)
    for name, course in gone.items():
        assert course.change_percent == untreated[name].change_percent
        assert course.status == "fitted"
    assert any("is taken to be lost" in note for note in gone["none"].notes)


# --- what is assumed ---


def test_a_course_is_fitted_only_if_all_that_is_used_was_fitted():
    assert courses(NONE, history=FOR_TWO_YEARS)["none"].status == "fitted"
    for history in (
        [used("lllt", months=12)],
        [used("dutasteride", months=12)],
        [*FOR_TWO_YEARS, used("prp", months=12)],
        [used("spironolactone", months=12)],
        [used("baricitinib", months=12)],
        [used("hair_transplant", since=60)],
        [used("spironolactone", since=1, months=12)],
    ):
        found = courses(NONE, MINOXIDIL, history=history)
        assert {course.status for course in found.values()} == {"assumed"}, history
        assert all(course.outcome is None and course.net == [] for course in found.values())


def test_for_women_what_is_used_is_assumed_too():
    found = courses(
        NONE, MINOXIDIL, history=LOTION_FOR_TWO_YEARS, sex="female", scale="ludwig", grade="I"
    )
    assert {course.status for course in found.values()} == {"assumed"}
    assert any("in women as in men" in note for note in found["none"].notes)


def test_bands_hold_that_what_is_assumed_did_nothing():
    history = [used("lllt", months=12)]
    found = courses(NONE, stop("lllt"), EXOSOME, history=history, density_per_cm2=150.0)
    untreated = courses(NONE, density_per_cm2=150.0)["none"].change_percent
    for course in found.values():
        band = course.change_percent
        assert band.average_low[12] <= untreated.average_low[12] + 1
        assert band.average_high[12] >= untreated.average_high[12] - 1
        assert any("low-level light (LLLT) you use works" in note for note in course.notes)


def test_what_the_model_does_not_know_is_left_out_and_said():
    course = courses(NONE, history=[used("spironolactone", months=12)])["none"]
    untreated = courses(NONE)["none"].change_percent.mean
    np.testing.assert_allclose(course.change_percent.mean, untreated, atol=0.1)
    assert any("leave out spironolactone tablets" in note for note in course.notes)


@pytest.mark.parametrize("density", [None, 60.0, 150.0, 300.0])
def test_bands_hold_their_average_whatever_was_used(density):
    history = [used("minoxidil_topical", months=9), used("prp", since=2, months=5, sessions=4)]
    stopping = stop("minoxidil_topical")
    found = courses(NONE, FINASTERIDE, EXOSOME, stopping, history=history, density_per_cm2=density)
    for course in found.values():
        for name in BANDS:
            band = getattr(course, name)
            for low, mean, high in zip(band.average_low, band.mean, band.average_high, strict=True):
                assert low <= mean + 1e-9
                assert mean <= high + 1e-9


# --- sessions ---


def test_sessions_go_on_in_the_persons_own_rhythm():
    baseline = baseline_of([used("prp", months=12, sessions=4)], FACTS)
    ((_, weeks),) = baseline.regimen.schedules
    gaps = np.diff(weeks)
    np.testing.assert_allclose(gaps, 4 * MONTH, atol=1e-5)
    assert weeks[:4] == pytest.approx([-12 * MONTH, -8 * MONTH, -4 * MONTH, 0], abs=1e-5)
    assert weeks[-1] == pytest.approx(24 * MONTH, abs=4 * MONTH)


def test_sessions_without_a_rhythm_follow_the_usual_one_for_as_long_as_the_use():
    baseline = baseline_of([used("microneedling", since=3, months=6)], FACTS)
    ((_, weeks),) = baseline.regimen.schedules
    np.testing.assert_allclose(np.diff(weeks), MODEL["microneedling_interval_w"].number())
    assert weeks[0] == pytest.approx(-9 * MONTH, abs=1e-5)
    assert -3 * MONTH - 1 <= weeks[-1] < -3 * MONTH
    assert any("usual rhythm" in note for note in baseline.notes)


def test_stopped_sessions_end_before_today_and_begin_again_with_the_option():
    baseline = baseline_of([used("prp", months=12, sessions=4)], FACTS)
    stopped = baseline.with_option((), {}, stopped=["prp"])
    assert stopped.ended == ("prp",)
    assert max(dict(stopped.schedules)["prp"]) < 0
    assert stopped.without_ended() == Regimen(())
    ended = baseline_of([used("prp", since=2, months=4, sessions=3)], FACTS)
    again = ended.with_option(["prp"], {})
    weeks = dict(again.schedules)["prp"]
    assert sum(week < 0 for week in weeks) == 3
    assert 0.0 in weeks
    assert min(dict(again.without_ended().schedules)["prp"]) == 0.0


# --- the simple version ---


def simple_course(cohort, k, months_before, drive):
    """Follow one person from the beginning of the use on, on one clock, with fine steps."""
    before = months_before * MONTH
    weeks = [before + week for week in WEEKS]
    column = np.array([k])
    start, parameters = cohort.before[:, column], cohort.parameters.take(column)
    turns = [before, *(before + w for w in drive.turns)]
    moments = follow(
        LAYOUT,
        parameters,
        start,
        lambda week, _: drive(week - before, column),
        weeks,
        turns,
        refine=2,
    )
    return np.array([observe(LAYOUT, parameters, at).nonvellus_per_cm2[0] for at in moments])


def rise(week, first, last, on, off):
    """Return the share of a steady effect at a week: built up from `first`, waning from `last`."""
    if week <= first:
        return 0.0
    built = -np.expm1(-(min(week, last) - first) / on)
    return built * np.exp(-(week - last) / off) if week > last else built


class SimpleDrive:
    """Finasteride and lotion, each from a month to a month, written out for one person."""

    def __init__(self, cohort, finasteride=None, lotion=None):
        self.cohort, self.finasteride, self.lotion = cohort, finasteride, lotion
        self.turns = [m * MONTH for one in (finasteride, lotion) if one for m in one if m < 1e9]

    def __call__(self, week, column):
        values = {n: v[..., column] if v.ndim and v.shape[-1] > 1 else v
                  for n, v in self.cohort.values.items()}  # fmt: skip
        u, S = self.cohort.u[column], np.zeros(1)
        if self.finasteride:
            first, last = (m * MONTH for m in self.finasteride)
            fallen = rise(week, first, last, values["tau_D_w"], values["tau_D_w"])
            left = 1 - (1 - values["D_fin"]) * fallen
            u = androgen_drive(u, left, values["gamma_D"])
        if self.lotion:
            first, last = (m * MONTH for m in self.lotion)
            full = lotion_stimulus(5.0, MODEL["minoxidil_half_percent"].number(), 5.0)
            share = rise(week, first, last, values["tau_on_w"], values["tau_off_w"])
            cap = MODEL["stimulus_cap"].number()
            S = combined_stimulus([np.atleast_1d(full * share)], cap) * self.cohort.response[column]
            S = np.minimum(S, cap)
        return Controls(u=np.atleast_1d(u), S=np.atleast_1d(S))


@pytest.mark.parametrize(
    ("history", "components", "stopped", "finasteride", "lotion"),
    [
        ([used("finasteride_oral", months=24)], (), (), (-24, np.inf), None),
        ([used("finasteride_oral", months=24)], (), ("finasteride_oral",), (-24, 0), None),
        (
            [used("finasteride_oral", months=24)],
            ("minoxidil_topical",), (), (-24, np.inf), (0, np.inf),
        ),
        ([used("minoxidil_topical", months=10)], (), ("minoxidil_topical",), None, (-10, 0)),
        ([used("minoxidil_topical", since=2, months=10)], (), (), None, (-12, -2)),
        (
            [used("finasteride_oral", months=24), used("minoxidil_topical", months=7)],
            (), ("minoxidil_topical",), (-24, np.inf), (-7, 0),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("density", [None, 150.0])
def test_courses_with_a_past_are_those_of_the_simple_version(
    history, components, stopped, finasteride, lotion, density
):
    baseline = baseline_of(history, FACTS)
    rng = np.random.default_rng(3)
    cohort = pattern_cohort(MODEL, LAYOUT, rng, 8, density, 2, baseline.past)
    regimen = baseline.with_option(components, {}, stopped=stopped)
    every = np.arange(cohort.u.size)
    seen = follow_regimens(MODEL, LAYOUT, cohort, {regimen: every}, WEEKS)[regimen]
    drive = SimpleDrive(cohort, finasteride, lotion)
    bound = 2 * 5e-4 * float(np.max(cohort.parameters.F0))
    for k in (0, 3, 5, 11):
        simple = simple_course(cohort, k, baseline.weeks / MONTH, drive)
        np.testing.assert_allclose(seen.density_per_cm2[:, k], simple, atol=bound)


def test_needling_raises_a_lotion_for_as_long_as_both_are_used():
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 4, None)
    values = {**cohort.values, "microneedling_amplitude": np.zeros(())}

    def stimulus(regimen, week):
        ones = np.ones_like(cohort.u)
        return Therapy.of(regimen, MODEL, values, cohort.u, ones, 104.0)(week, week).S

    baseline = baseline_of([used("minoxidil_topical", months=12)], FACTS)
    alone, needled = baseline.regimen, baseline.with_option(["microneedling"], {})
    both = Regimen(("microneedling", "minoxidil_topical"))
    np.testing.assert_allclose(stimulus(needled, 0.0), stimulus(alone, 0.0))
    np.testing.assert_allclose(stimulus(needled, 60.0), stimulus(both, 60.0))
    history = [used("minoxidil_topical", months=12), used("microneedling", months=6)]
    stopped = baseline_of(history, FACTS).with_option((), {}, stopped=["microneedling"])
    np.testing.assert_allclose(stimulus(stopped, 0.0), stimulus(both, 60.0))
    np.testing.assert_allclose(stimulus(stopped, 60.0), stimulus(alone, 60.0))


def test_stopping_before_anything_began_leaves_no_past():
    assert baseline_of([], FACTS).past is None
    assert baseline_of([used("finasteride_oral", months=0)], FACTS).past is None
    assert isinstance(baseline_of(FOR_TWO_YEARS, FACTS).past, Past)


def test_a_history_of_another_type_of_loss_changes_no_course_and_that_is_said():
    effluvium = {"condition": "telogen_effluvium", "draws": 60}
    told = courses(NONE, stop("finasteride_oral"), history=FOR_TWO_YEARS, **effluvium)
    plain = courses(NONE, **effluvium)["none"]
    assert told["none"].change_percent == plain.change_percent
    assert told["none"].notes == [*plain.notes, "What you use is not in this course."]
    assert told["stop_finasteride_oral"].status == "not_modelled"
    ended = courses(NONE, history=[used("finasteride_oral", since=2, months=9)], **effluvium)
    assert ended["none"] == plain


# --- what a gain loses after the end (P13) ---

FIVE_YEARS = 60


def ended(since, months=FIVE_YEARS, treatment="finasteride_oral", **more):
    history = [used(treatment, since=since, months=months)]
    return courses(NONE, history=history, **more)["none"]


@pytest.mark.parametrize("density", [None, 150.0])
def test_what_is_gone_is_not_lost_again(density):
    """Month by month only the rest of the gain is lost: none after the time the facts give."""
    first = [ended(since, density_per_cm2=density).change_percent for since in (3, 11, 12)]
    assert [band.average_low[0] for band in first] == [0, 0, 0]
    lows = [band.average_low[1] for band in first]
    assert lows[0] == pytest.approx(lows[1], abs=0.9)
    assert lows[1] < -3
    # follicles programmed smaller may still fall back when their next cycle begins
    assert lows[2] > -1.6
    assert first[1].average_low[24] > first[0].average_low[24] + 15


def test_courses_go_on_smoothly_past_the_time_by_which_a_gain_is_taken_to_be_lost():
    at, past = ended(12), ended(12.5)
    for edge in ("mean", "average_low", "average_high", "person_low"):
        for name in ("density_per_cm2", "change_percent"):
            np.testing.assert_allclose(
                getattr(getattr(at, name), edge), getattr(getattr(past, name), edge), rtol=0.03,
                atol=0.4,
            )  # fmt: skip
    assert at.is_wearing_off
    assert past.is_wearing_off
    assert past.status == "assumed"


def test_the_start_holds_that_the_gain_is_lost_already():
    never = courses(NONE, draws=240, history=[used("lllt", since=60, months=1)])["none"]
    band = ended(13).density_per_cm2
    assert band.average_low[0] < never.density_per_cm2.average_low[0] - 20
    assert band.average_high[0] > band.mean[0]


def test_a_measured_density_is_the_start_whichever_course_is_right():
    band = ended(9, density_per_cm2=150.0).density_per_cm2
    kept = courses(NONE, history=[used("finasteride_oral", months=FIVE_YEARS)],
                   density_per_cm2=150.0)["none"].density_per_cm2  # fmt: skip
    assert band.average_low[0] == pytest.approx(kept.average_low[0], rel=0.08)


def test_each_treatment_loses_its_gain_in_its_own_time():
    history = [
        used("finasteride_oral", since=6, months=24), used("minoxidil_topical", since=3, months=24)
    ]  # fmt: skip
    baseline = baseline_of(history, FACTS)
    months = np.array([0.0, 3.0, 6.0, 20.0])
    lotion = baseline.lost_share("minoxidil_topical", months, is_again=False)
    tablet = baseline.lost_share("finasteride_oral", months, is_again=False)
    np.testing.assert_allclose(lotion, [0.5, 1, 1, 1])
    np.testing.assert_allclose(tablet, [0.5, 0.75, 1, 1])
    assert baseline.lost_share("finasteride_oral", months, is_again=True) == pytest.approx(0.5)
    quicker = Regimen.without_ended(baseline.regimen, ["minoxidil_topical"])
    assert quicker.components == ("finasteride_oral",)


def test_where_it_begins_again_no_more_is_lost():
    history = [used("finasteride_oral", since=6, months=FIVE_YEARS)]
    found = courses(NONE, FINASTERIDE, history=history)
    again, never = found["finasteride_oral"].change_percent, found["none"].change_percent
    assert again.average_low[12] > -2
    assert never.average_low[12] < -25


def test_what_was_used_too_shortly_to_be_judged_counts_as_lost():
    assert ended(13, months=11).status == "fitted"
    assert ended(13, months=12).status == "assumed"
    assert ended(13, months=None).status == "assumed"
    assert any("the courses would start elsewhere" in note for note in ended(13, months=3).notes)


@pytest.mark.parametrize("treatment", ["minoxidil_topical", "lllt", "finasteride_oral"])
@pytest.mark.parametrize("density", [None, 150.0])
def test_stopping_is_never_drawn_above_going_on(treatment, density):
    history = [used(treatment, months=12)]
    found = courses(NONE, stop(treatment), history=history, density_per_cm2=density)
    on, off = found["none"].change_percent, found[f"stop_{treatment}"].change_percent
    # the ends of one person are of other people where only going on is fitted
    for edge in ("mean", "average_low", "average_high"):
        for month, (low, high) in enumerate(
            zip(getattr(off, edge), getattr(on, edge), strict=True)
        ):
            assert low <= high + 1e-9, (edge, month)


def test_what_is_stopped_or_was_is_flagged_to_give_the_ends_alone(on_finasteride):
    assert on_finasteride["stop_finasteride_oral"].is_wearing_off
    assert not on_finasteride["none"].is_wearing_off
    assert ended(3).is_wearing_off


# --- what was not told in full ---


@pytest.mark.parametrize("adherence", [None, "unknown"])
def test_nobody_is_counted_where_it_was_not_said_how_regularly(adherence):
    history = [used("finasteride_oral", months=24, adherence=adherence)]
    course = courses(NONE, history=history)["none"]
    assert course.status == "assumed"
    assert course.outcome is None
    assert any("How regularly" in note for note in course.notes)
    # sessions are counted, and who begins today has no habit yet
    (begun,) = courses(NONE, history=[used("finasteride_oral", months=0, adherence=None)]).values()
    assert begun.status == "fitted"


def test_bands_hold_short_and_long_use_where_the_months_were_not_said():
    unsaid = courses(NONE, history=[used("finasteride_oral")])["none"]
    assert unsaid.status == "assumed"
    for months in (2.0, 60.0):
        known = courses(NONE, history=[used("finasteride_oral", months=months)])["none"]
        for name in ("density_per_cm2", "change_percent"):
            wide, narrow = getattr(unsaid, name), getattr(known, name)
            assert wide.average_low[12] <= narrow.average_low[12] + 2, (months, name)
            assert wide.average_high[12] >= narrow.average_high[12] - 2, (months, name)


def test_what_the_hair_did_so_far_changes_no_course_and_that_is_said():
    better, silent = (
        courses(NONE, history=[used("finasteride_oral", months=24, response=response)])["none"]
        for response in ("better", "unknown")
    )
    said = "What the hair did so far does not change the course."
    assert better.change_percent == silent.change_percent
    assert said in better.notes
    assert said not in silent.notes


def test_the_grade_of_today_and_a_start_years_ago_are_told_apart(on_finasteride):
    said = "The grade is that of today"
    assert any(said in note for note in on_finasteride["none"].notes)
    assert not any(said in note for note in courses(NONE)["none"].notes)


def test_a_rare_density_on_treatment_leans_on_an_assumption_and_that_is_said():
    far = courses(NONE, history=FOR_TWO_YEARS, density_per_cm2=20.0)["none"]
    near = courses(NONE, history=FOR_TWO_YEARS, density_per_cm2=150.0)["none"]
    assert any("leans on that" in note for note in far.notes)
    assert not any("leans on that" in note for note in near.notes)


# --- beginning again ---


def test_who_begins_again_takes_the_dose_of_the_option():
    history = [used("finasteride_oral", since=2, months=24, dose_mg_per_day=0.1)]
    baseline = baseline_of(history, FACTS)
    usual = baseline.with_option(["finasteride_oral"], {})
    assert usual.doses == ()
    assert [dose for _, dose in usual.dosed_spans("finasteride_oral")] == [0.1, None]
    own = baseline.with_option(["finasteride_oral"], {"finasteride_oral": 0.5})
    assert [dose for _, dose in own.dosed_spans("finasteride_oral")] == [0.1, 0.5]
    going_on = baseline_of([used("finasteride_oral", months=24, dose_mg_per_day=0.1)], FACTS)
    kept = going_on.with_option(["finasteride_oral"], {"finasteride_oral": 0.5})
    assert [dose for _, dose in kept.dosed_spans("finasteride_oral")] == [0.1]


def test_each_time_acts_at_its_own_dose():
    cohort = pattern_cohort(MODEL, LAYOUT, np.random.default_rng(2), 4, None)

    def drive(regimen, week):
        ones = np.ones_like(cohort.u)
        return Therapy.of(regimen, MODEL, cohort.values, cohort.u, ones, 104.0)(week, week)

    small = used("finasteride_oral", since=6, months=24, dose_mg_per_day=0.02)
    again = baseline_of([small], FACTS).with_option(["finasteride_oral"], {})
    usual = Regimen(("finasteride_oral",))
    np.testing.assert_allclose(drive(again, 90.0).u, drive(usual, 90.0).u, rtol=1e-6)
    lotion = used("minoxidil_topical", since=1, months=24, strength_percent=2.0)
    regimen = baseline_of([lotion], FACTS).with_option(["minoxidil_topical"], {})
    two, five = (
        Regimen(("minoxidil_topical",), (("minoxidil_topical", percent),)) for percent in (2.0, 5.0)
    )
    assert np.all(drive(regimen, -10.0).S < drive(five, 90.0).S)
    np.testing.assert_allclose(drive(regimen, -5.0).S, drive(two, 90.0).S, rtol=1e-4)
    np.testing.assert_allclose(drive(regimen, 90.0).S, drive(five, 90.0).S, rtol=1e-3)


def test_months_ascend_from_today_on():
    assert list(MONTHS) == sorted(MONTHS)
    assert all(b - a == 1 for a, b in itertools.pairwise(MONTHS))


def test_a_rhythm_faster_than_any_treatment_is_not_taken_for_one():
    baseline = baseline_of([used("prp", months=0.01, sessions=2)], FACTS)
    assert len(dict(baseline.regimen.schedules)["prp"]) < 20
    assert any("usual rhythm" in note for note in baseline.notes)
