"""Unknown is an answer wherever a key may be left out, and one answer stands for the healthy."""

import datetime

import msgspec
import pytest
from msgspec.structs import fields

from anagen import facts
from anagen.candidacy import Person, assess, form_questions, person_from
from anagen.candidacy.otherwise_healthy import MARKED
from anagen.candidacy.past import past_of
from anagen.candidacy.person_words import blocks
from anagen.cli import main
from anagen.errors import InputError
from anagen.plan.assemble import make_plan
from anagen.plan.baseline import baseline_of
from anagen.report.page import plan_page

KNOWN = facts.load()
DAY = datetime.date(2026, 11, 20)
BARE = {"sex": "male", "age_years": 41, "jurisdiction": "UK"}


def read(**more):
    return person_from({**BARE, **more}, "me.yaml", "me", KNOWN)


def test_every_key_that_may_be_left_out_may_be_unknown():
    bare = read()
    for field in fields(Person):
        if not field.required and field.name != "assumed_no":
            assert read(**{field.name: "unknown"}) == bare, field.name
    for path, record in blocks().items():
        if path in ("", "product", "measured", "history[]") or "." in path:
            continue
        for field in fields(record):
            person = read(**{path: {field.name: "unknown"}})
            assert person == bare, (path, field.name)


def test_unknown_stays_out_of_blocks_with_a_key_that_must_be_answered():
    offered = {f.name: "unknown" for f in fields(blocks()["product"])} | {"kind": "exosome"}
    assert read(product=offered) == read(product={"kind": "exosome"})
    used = {f.name: "unknown" for f in fields(blocks()["history[]"])} | {"treatment": "prp"}
    assert read(history=[used]) == read(history=[{"treatment": "prp"}])
    counted = {f.name: "unknown" for f in fields(blocks()["measured"])}
    assert read(measured=counted).measured is None
    assert read(severity={"salt": dict.fromkeys(("top", "back", "left", "right"), "unknown")}) == (
        read()
    )


def test_a_block_that_is_given_empty_stays():
    assert read(noticed={}).noticed is not None
    assert read(history=[]).history == []


def test_health_may_be_left_out_and_the_plan_is_that_of_nothing_answered():
    assert read() == read(health={})
    assert make_plan(read(), KNOWN, seed=1, today=DAY).candidacy.questions()


# A treatment that ended, when was not said


def test_a_treatment_of_which_the_end_was_not_said_is_over_and_wears_nothing_off():
    person = read(
        condition="androgenetic_alopecia",
        history=[
            {"treatment": "finasteride_oral", "months_used": 24, "adherence": "most_days"},
            {"treatment": "prp", "months_used": 12, "sessions": 4},
            {"treatment": "minoxidil_topical", "months_since_last_dose": 2},
        ],
    )
    notes = {note.treatment: note for note in past_of(person, KNOWN)}
    assert next(iter(notes)) == "minoxidil_topical"
    finasteride = notes["finasteride_oral"]
    assert (finasteride.is_now, finasteride.is_wearing_off) == (False, False)
    assert finasteride.months_since_last_dose is None
    assert finasteride.fairly_tried == "yes"
    assert "When it ended was not said" in finasteride.text
    assert notes["prp"].fairly_tried == "not_known"
    assert "when the last session was" in notes["prp"].text
    base = baseline_of(person.history, KNOWN)
    assert "finasteride_oral" not in base.regimen.components
    assert any("when it ended was not said" in note for note in base.notes)
    reasons = [f.reason for f in assess(person, KNOWN).findings() if f.rule == "R26"]
    assert reasons
    assert "finasteride" not in reasons[0]
    made = plan_page(make_plan(person, KNOWN, seed=1, today=DAY))
    assert "ended; when was not said" in made
    assert "None month" not in made


@pytest.mark.parametrize(
    ("treatment", "rule", "key"),
    [
        ("hair_transplant", "R28", "health.months_since_hair_transplant"),
        ("steroid_intralesional", "R20", "health.months_since_scalp_steroid_injection"),
    ],
)
def test_a_rule_that_hangs_on_the_time_asks_for_it(treatment, rule, key):
    person = read(history=[{"treatment": treatment}])
    asked = [f for f in assess(person, KNOWN).findings() if f.rule == rule]
    assert [f.missing for f in asked] == [[key]]
    later = read(history=[{"treatment": treatment}], health={key.partition(".")[2]: 99})
    assert not [f for f in assess(later, KNOWN).findings() if f.rule == rule]


def test_a_count_whose_kind_is_unknown_is_kept_and_not_used():
    person = read(condition="androgenetic_alopecia", measured={"density_per_cm2": 180})
    assert person.measured.measure == "unknown"
    made = make_plan(person, KNOWN, seed=1, today=DAY)
    assert made.person.measured.density_per_cm2 == 180
    assert "Which hairs were counted was not said." in plan_page(made)


# One answer for the healthy


def test_one_answer_sets_what_is_marked_and_open_and_nothing_else():
    health = {"otherwise_healthy": "yes", "heart_disease": "yes", "depression": "unknown"}
    person = read(health=health)
    names = {name for name, _ in MARKED}
    assert set(person.assumed_no) == {f"health.{name}" for name in names - {"heart_disease"}}
    assert person.health.heart_disease == "yes"
    assert person.health.depression == "no"
    answers = msgspec.to_builtins(person.health)
    assert {key for key, said in answers.items() if said == "no"} == names - {"heart_disease"}
    assert read(health={"otherwise_healthy": "no"}).assumed_no == []


@pytest.mark.parametrize(
    "key",
    [
        "pregnant", "breastfeeding", "trying_to_conceive", "scarring_signs", "scaling",
        "broken_hairs", "boggy_mass", "scalp_infection", "suspicious_scalp_lesion", "reacted_to",
        "allergy_to_ingredient", "earlier_exosome_reaction", "active_scalp_skin_disease",
        "sudden_patchy_loss", "keloid_tendency", "unexplained_weight_loss_or_tiredness", "smoker",
    ],
)  # fmt: skip
def test_no_sign_allergy_or_pregnancy_is_ever_assumed_away(key):
    assert key not in {name for name, _ in MARKED}


def test_a_woman_is_not_said_to_have_answered_for_a_prostate():
    woman = read(sex="female", health={"otherwise_healthy": "yes"})
    assert "health.prostate_disease_or_psa_test" not in woman.assumed_no
    assert "health.heart_disease" in woman.assumed_no


@pytest.mark.parametrize(
    ("more", "open_key"),
    [
        ({"health": {"active_cancer": "yes"}}, "cancer_history"),
        ({"health": {"years_in_remission": 3}}, "cancer_history"),
        (
            {"health": {"years_since_chemotherapy_or_radiotherapy": 3}},
            "chemotherapy_or_radiotherapy",
        ),
        ({"health": {"days_without_symptoms": 3}}, "recent_fever_or_illness"),
        ({"health": {"days_since_systemic_corticosteroid": 0}}, "immunosuppressed"),
        ({"noticed": {"medicines": ["chemotherapy"]}}, "chemotherapy_or_radiotherapy"),
        ({"noticed": {"medicines": ["anticoagulant"]}}, "anticoagulant"),
        ({"noticed": {"medicines": ["beta_blocker"]}}, "heart_disease"),
        ({"condition": "chemotherapy_or_radiotherapy_alopecia"}, "cancer_history"),
        (
            {"history": [{"treatment": "baricitinib", "months_since_last_dose": 0}]},
            "immunosuppressed",
        ),
    ],
)
def test_what_another_answer_speaks_against_stays_open(more, open_key):
    health = {**more.get("health", {}), "otherwise_healthy": "yes"}
    person = read(**{**more, "health": health})
    assert getattr(person.health, open_key) is None
    assert f"health.{open_key}" not in person.assumed_no
    assert person.assumed_no


def test_every_marked_key_is_an_answer_of_yes_or_no():
    kinds = {q.key: q for q in form_questions(KNOWN, short=False)}
    for name, _ in MARKED:
        assert kinds[f"health.{name}"].answers == ["yes", "no", "unknown"]


def test_the_check_says_for_how_many_questions_it_stands(tmp_path, capsys):
    path = tmp_path / "me.yaml"
    bare = "".join(f"{key}: {value}\n" for key, value in BARE.items())
    path.write_text(f"{bare}health: {{otherwise_healthy: yes}}\n")
    assert main(["person", "check", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"otherwise_healthy answers {len(MARKED)} questions with no" in said
    assert "health.active_cancer" not in said


# What is offered and what is asked about


def test_an_offer_may_have_a_price_and_every_currency_in_use():
    product = {"kind": "exosome", "price": 900, "price_currency": "KES", "sessions_offered": 3}
    offered = read(product=product).product
    assert (offered.price, offered.price_currency, offered.sessions_offered) == (900, "KES", 3)
    assert len(KNOWN.vocabulary.currencies) > 150
    assert all(len(code) == 3 and code.isupper() for code in KNOWN.vocabulary.currencies)


def test_the_treatments_that_a_person_asks_about_are_kept():
    assert read(wishes={"considers": ["exosome", "prp"]}).wishes.considers == ["exosome", "prp"]


@pytest.mark.parametrize(
    ("word", "says"),
    [("gb", "did you mean UK?"), ("france", "did you mean EU?"), ("Brazil", "or other for any")],
)
def test_a_place_by_another_name_is_told(word, says):
    with pytest.raises(InputError, match=says.replace("?", r"\?")):
        read(jurisdiction=word)
    label = KNOWN.vocabulary.label("jurisdictions", "other")
    assert f"In {label}" == "In another country"
