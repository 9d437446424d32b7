"""Whether a treatment had its fair trial, and what an earlier use closes."""

import datetime
from pathlib import Path

import pytest

from anagen import facts, strict_yaml
from anagen.candidacy import UsedTreatment, assess, person_from
from anagen.candidacy.past import loss_months, loss_on_stopping, past_of
from anagen.plan.assemble import make_plan
from anagen.plan.course_notes import doubt_of_loss, left_out_of

FACTS = facts.load()
EXAMPLE = Path(__file__).parents[2] / "examples" / "01_man_nh3_vertex.yaml"
WELL = strict_yaml.read(EXAMPLE)["health"]


def person(*history, condition="androgenetic_alopecia", sex="male", **more):
    document = {
        "sex": sex, "age_years": 40, "condition": condition, "jurisdiction": "US",
        "health": WELL, "history": list(history), **more,
    }  # fmt: skip
    return person_from(document, "page", "page", FACTS)


def used(treatment, since=0, **more):
    return {"treatment": treatment, "months_since_last_dose": since, **more}


def note_of(*history):
    return past_of(person(*history), FACTS)[0]


def months_of(treatment):
    return FACTS.treatments[treatment].fair_trial.lasting.number()


@pytest.mark.parametrize(
    ("one", "tried"),
    [
        (used("minoxidil_topical", months_used=6, adherence="most_days"), "yes"),
        (used("minoxidil_topical", months_used=5.9, adherence="most_days"), "no"),
        (used("minoxidil_topical", months_used=14, adherence="seldom"), "no"),
        (used("minoxidil_topical", months_used=14, adherence="about_half"), "no"),
        (used("minoxidil_topical", months_used=14), "not_known"),
        (used("minoxidil_topical", adherence="most_days"), "not_known"),
        (used("minoxidil_topical", months_used=2), "no"),
        (used("finasteride_oral", months_used=12, adherence="most_days"), "yes"),
        (used("finasteride_oral", months_used=11, adherence="most_days"), "no"),
        (used("baricitinib", months_used=8, adherence="most_days"), "no"),
        (used("baricitinib", months_used=9, adherence="most_days"), "yes"),
        (
            used("finasteride_oral", months_used=14, adherence="most_days", dose_mg_per_day=0.05),
            "no",
        ),
        (used("finasteride_oral", months_used=14, adherence="most_days", dose_mg_per_day=1), "yes"),
        (used("minoxidil_topical", months_used=9, adherence="most_days", strength_percent=1), "no"),
        (used("prp", 1, months_used=5, sessions=3), "yes"),
        (used("prp", 0, months_used=5, sessions=3), "no"),
        (used("prp", 9, months_used=2, sessions=2), "no"),
        (used("prp", 9, months_used=2), "not_known"),
        (used("microneedling", 0, months_used=7), "yes"),
        (used("hair_transplant", 17), "no"),
        (used("hair_transplant", 18), "yes"),
        (used("exosome", 9, months_used=9, sessions=6), "not_known"),
        (used("contact_immunotherapy", 0, months_used=24), "not_known"),
        (used("other", 0, months_used=24, adherence="most_days"), "not_known"),
    ],
)
def test_a_fair_trial_is_as_long_and_regular_as_the_facts_ask(one, tried):
    assert note_of(one).fairly_tried == tried


def test_the_limits_of_a_fair_trial_are_the_facts():
    assert months_of("minoxidil_topical") == 6
    assert months_of("finasteride_oral") == FACTS.limits["no_response_months"].number()
    for name, treatment in FACTS.treatments.items():
        if treatment.fair_trial is not None:
            assert treatment.fair_trial.lasting.unit == "months", name


def test_what_is_missing_for_a_fair_trial_is_said():
    text = note_of(used("minoxidil_topical", 12, months_used=2, adherence="seldom")).text
    assert "2 months of at least 6" in text
    assert "used seldom" in text
    unsaid = note_of(used("finasteride_oral")).text
    assert "it was not said for how long it was used and whether on most days" in unsaid
    assert note_of(used("prp", 9, months_used=2, sessions=1)).text.startswith(
        "Not a fair trial: 1 session of at least 3"
    )


@pytest.mark.parametrize(
    ("more", "failed"),
    [
        ({"response": "no_change"}, True),
        ({"response": "worse"}, True),
        ({"why_stopped": "no_effect"}, True),
        ({"response": "held"}, False),
        ({"response": "better"}, False),
        ({"response": "unknown"}, False),
        ({"why_stopped": "cost"}, False),
        ({"adherence": "seldom", "response": "no_change"}, False),
        ({"months_used": 3, "response": "no_change"}, False),
    ],
)
def test_a_treatment_failed_only_after_a_fair_trial(more, failed):
    one = used("minoxidil_topical", 8, **{"months_used": 14, "adherence": "most_days", **more})
    note = note_of(one)
    assert note.is_failed is failed
    assert ("cannot be seen without a comparison" in note.text) is failed


def test_what_is_used_now_stands_first():
    notes = past_of(person(used("prp", 9), used("finasteride_oral"), used("lllt", 3)), FACTS)
    assert [note.treatment for note in notes] == ["finasteride_oral", "lllt", "prp"]
    assert [note.is_now for note in notes] == [True, False, False]


def test_an_operation_is_never_being_used():
    assert not UsedTreatment(treatment="hair_transplant", months_since_last_dose=0).is_now


def test_a_gain_wears_off_for_as_long_as_the_facts_say():
    assert loss_months("minoxidil_topical", FACTS) == 6
    assert loss_months("finasteride_oral", FACTS) == 12
    assert loss_months("lllt", FACTS) == FACTS.limits["loss_on_stopping_months"].number()
    assert note_of(used("minoxidil_topical", 6, months_used=9)).is_wearing_off
    assert not note_of(used("minoxidil_topical", 7, months_used=9)).is_wearing_off
    assert not note_of(used("minoxidil_topical", 0, months_used=9)).is_wearing_off


def test_of_sessions_their_number_and_the_first_are_told_not_months_of_use():
    text = note_of(used("prp", 24, months_used=1, sessions=3)).text
    assert text.startswith("A fair trial: 3 sessions; the first 25 months ago")
    assert "A fair trial: 25 months" not in text


def test_a_dose_below_the_usual_is_no_fair_trial_and_that_is_said():
    one = used("finasteride_oral", 0, months_used=14, adherence="most_days", dose_mg_per_day=0.05)
    assert "0.05 mg a day, below the usual 1 mg a day" in note_of(one).text


def test_what_nobody_measured_of_the_loss_is_told_as_assumed():
    for name, within in (("lllt", 6), ("dutasteride", 12), ("exosome", 6)):
        known = loss_on_stopping(name, FACTS)
        assert known.text is None
        assert known.within_months == within
        doubt = doubt_of_loss([name], FACTS)
        assert f"nobody measured it; {within} months are assumed" in doubt
        assert "What was collected" not in doubt
    assert "some relapse at 12 months" in doubt_of_loss(["prp"], FACTS)
    assert loss_months("dutasteride", FACTS) >= loss_months("finasteride_oral", FACTS)


def test_what_the_courses_leave_out_is_named():
    notes = past_of(
        person(
            used("spironolactone"), used("clascoterone_topical", 2), used("finasteride_oral"),
            used("hair_transplant", 30), used("baricitinib", 50),
        ),
        FACTS,
    )  # fmt: skip
    left_out = left_out_of(notes)
    assert len(left_out.in_use) == len(left_out.wearing_off) == len(left_out.operations) == 1
    assert "spironolactone" in left_out.in_use[0]
    assert "transplant" in left_out.operations[0]


def finding(someone, rule):
    return next((f for f in assess(someone, FACTS).findings() if f.rule == rule), None)


def test_a_history_answers_the_rules_that_ask_for_it():
    assert finding(person(used("hair_transplant", 3)), "R28") is not None
    assert finding(person(used("hair_transplant", 30)), "R28") is None
    assert finding(person(used("steroid_intralesional", 0.5)), "R20") is not None
    assert finding(person(used("steroid_intralesional", 9)), "R20") is None
    reacted = person(used("exosome", 9, why_stopped="side_effects"), health={})
    assert finding(reacted, "R24").verdict == "STOP"
    assert finding(person(used("lllt")), "R26") is None


# --- what the plan makes of it ---


def plan_of(*history, **more):
    someone = person(*history, severity={"norwood_hamilton": "III_vertex"}, **more)
    return make_plan(someone, FACTS, seed=1, today=datetime.date(2026, 11, 20))


def test_what_failed_is_not_offered_again_and_its_combinations_neither():
    history = used(
        "minoxidil_topical", 8, months_used=14, adherence="most_days", response="no_change"
    )
    plan = plan_of(history)
    for name in ("minoxidil_topical", "finasteride_oral+minoxidil_topical"):
        card = plan.option(name)
        assert card.fit.fits == "not_known"
        assert "14 months without seeing a change" in card.fit.reason
        assert not card.is_open
    assert "You used" not in plan.option("minoxidil_oral").fit.reason


def test_a_reaction_closes_all_of_its_kind_and_is_told():
    plan = plan_of(used("finasteride_oral", 24, months_used=1, why_stopped="side_effects"))
    for name in ("finasteride_oral", "dutasteride", "finasteride_topical+minoxidil_topical"):
        card = plan.option(name)
        assert card.fit.fits == "not_known"
        assert "Side effects made you stop finasteride tablets" in card.fit.reason
    assert "our precaution" in plan.option("dutasteride").fit.reason
    assert "Side effects" not in plan.option("minoxidil_topical").fit.reason


def test_what_had_no_fair_trial_stays_as_it_was_and_says_why():
    plan = plan_of(used("lllt", 9, months_used=2, adherence="seldom", response="no_change"))
    card = plan.option("lllt")
    assert card.fit.fits == "yes"
    assert card.tried == [
        "Not a fair trial: 2 months of at least 6; used seldom. That no gain was seen shows little."
    ]
    assert plan.option("prp").tried == []


def test_stopping_is_drawn_beside_the_options_and_never_one_of_them():
    plan = plan_of(
        used("finasteride_oral", months_used=24), used("minoxidil_topical", months_used=9)
    )
    assert [stop.id for stop in plan.stops] == [
        "stop_finasteride_oral", "stop_minoxidil_topical", "stop_all",
    ]  # fmt: skip
    assert not {card.id for card in plan.options} & {stop.id for stop in plan.stops}
    assert not any("stop" in name for name in (*plan.open_options, *plan.page_one))
    for stop in plan.stops:
        assert "Never stop a prescribed medicine because of this page" in stop.text
        assert "is not settled" in stop.doubt
        assert stop.on_stopping.source


def test_stopping_is_drawn_in_pattern_hair_loss_alone():
    shedding = person(
        used("minoxidil_topical", months_used=9),
        condition="telogen_effluvium",
        health={**WELL, "months_since_shedding_began": 2},
    )
    plan = make_plan(shedding, FACTS, seed=1, today=datetime.date(2026, 11, 20))
    assert plan.stops == []
    assert "What you use is not in this course." in plan.option("none").course.notes


def test_doing_nothing_is_going_on_with_what_is_used():
    card = plan_of(used("finasteride_oral", months_used=24)).option("none")
    assert card.label == "Go on as now (finasteride tablets)"
    assert card.short_label == "Go on as now"
    assert card.cost.ranges
    assert card.on_stopping.text != FACTS.options["none"].on_stopping.text
    assert plan_of().option("none").label == FACTS.options["none"].label


def test_what_has_no_option_of_its_own_costs_nothing_more():
    card = plan_of(used("other")).option("none")
    assert card.cost.ranges == []
    assert card.cost.text == "Nothing more than you pay now."


def test_habits_are_told_to_be_without_a_known_effect():
    plan = plan_of(health={"alcohol_on_most_days": "yes", "poor_sleep": "yes"})
    (habit,) = plan.habits
    assert habit.text.startswith("You drink alcohol on most days and sleep badly on most nights.")
    assert "not known" in habit.text
    assert plan_of(health={"alcohol_on_most_days": "no"}).habits == []
