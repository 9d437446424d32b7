"""What must hold for everybody who has no diagnosis, whatever they answer."""

import datetime
from typing import get_args

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.candidacy import Noticed, person_from, triage
from anagen.candidacy.noticed import Answer, Examination
from anagen.candidacy.person_words import allowed
from anagen.errors import InputError
from anagen.plan.assemble import make_plan

FACTS = facts.load()
TODAY = datetime.date(2026, 11, 20)
RED = {
    "suspicious_scalp_lesion", "sepsis_or_unstable_circulation", "scalp_infection", "scaling",
    "broken_hairs", "boggy_mass", "sudden_patchy_loss", "complete_loss", "sudden_diffuse_shedding",
    "unexplained_weight_loss_or_tiredness", "hair_loss_after_medicine", "active_cancer",
}  # fmt: skip
HEALTH = [*RED, "thyroid_symptoms", "androgen_excess_signs", "anticoagulant", "smoker"]
answers = st.sampled_from(get_args(Answer))


def choices(block, record):
    """Whatever a block of a person file may hold."""
    entries = {}
    for key in record.__struct_fields__:
        listed = allowed(f"{block}.{key}[]")
        words = allowed(f"{block}.{key}")
        if listed:
            entries[key] = st.lists(st.sampled_from(listed), unique=True, max_size=4)
        elif words == ["unknown"]:
            entries[key] = st.floats(31, 250)
        else:
            entries[key] = st.sampled_from([word for word in words if word != "unknown"])
    return st.fixed_dictionaries({}, optional=entries)


noticed = choices("noticed", Noticed)
examinations = choices("examination", Examination)
healths = st.dictionaries(st.sampled_from(HEALTH), answers)
sexes = st.sampled_from(["male", "female"])


def person(noticed, health, examination, sex="female", age=40, **more):
    document = {
        "sex": sex, "age_years": age, "jurisdiction": "CA", "noticed": noticed, "health": health,
        "examination": examination, **more,
    }  # fmt: skip
    try:
        return person_from(document, "page", "page", FACTS)
    except InputError:
        return None


@settings(deadline=None)
@given(noticed, healths, examinations, sexes, st.data())
def test_adding_unknown_changes_nothing(noticed, health, examination, sex, data):
    without = person(noticed, health, examination, sex)
    assume(without is not None)
    missing = [key for key in Noticed.__struct_fields__ if key not in noticed]
    more = data.draw(st.lists(st.sampled_from(missing), unique=True)) if missing else []
    noticed = noticed | dict.fromkeys(more, "unknown")
    unasked = [key for key in HEALTH if key not in health]
    health = health | dict.fromkeys(unasked, "unknown") | {"scarring_signs": "unknown"}
    assert triage(person(noticed, health, examination, sex), FACTS) == triage(without, FACTS)


@settings(deadline=None)
@given(noticed, healths, examinations, sexes, st.randoms(use_true_random=False))
def test_answers_in_any_order_give_the_same(noticed, health, examination, sex, random):
    def shuffled(block):
        keys = list(block)
        random.shuffle(keys)
        return {
            key: random.sample(block[key], len(block[key]))
            if isinstance(block[key], list)
            else block[key]
            for key in keys
        }

    first = person(noticed, health, examination, sex)
    assume(first is not None)
    other = person(shuffled(noticed), shuffled(health), shuffled(examination), sex)
    assert triage(other, FACTS) == triage(first, FACTS)


@settings(deadline=None)
@given(noticed, healths, examinations, sexes, st.sampled_from(sorted(RED)))
def test_one_more_red_flag_never_makes_fewer(noticed, health, examination, sex, key):
    before = person(noticed, health, examination, sex)
    after = person(noticed, health | {key: "yes"}, examination, sex)
    assume(before is not None)
    assume(after is not None)
    flags = triage(after, FACTS).red_flags
    assert set(triage(before, FACTS).red_flags) <= set(flags)


@settings(deadline=None)
@given(noticed, healths, examinations, sexes)
def test_one_more_scarring_sign_never_makes_fewer_red_flags_and_keeps_the_type(
    noticed, health, examination, sex
):
    before = person(noticed, health, examination, sex)
    signs = {"scarring_signs": ["lost_follicular_openings"]}
    after = person(noticed, health | signs, examination, sex)
    assume(before is not None)
    assume(after is not None)
    found, held = triage(before, FACTS), triage(after, FACTS)
    assert {*found.red_flags, "R10"} <= set(held.red_flags)
    if examination.get("biopsy") != "not_scarring":
        assert "scarring_alopecia" in held.compatible


@settings(deadline=None, max_examples=60)
@given(noticed, healths, examinations, sexes, st.sampled_from([12, 40, 70]), st.booleans())
def test_without_a_diagnosis_exosomes_are_never_called_possible(
    noticed, health, examination, sex, age, has_product
):
    product = {
        "kind": "exosome", "origin": "plant", "route": "topical_after_microneedling",
        "labelled_for": "topical", "batch_certificate": "yes",
    }  # fmt: skip
    someone = person(
        noticed, health, examination, sex, age, **({"product": product} if has_product else {})
    )
    assume(someone is not None)
    plan = make_plan(someone, FACTS, seed=1, today=TODAY)
    said = f"{plan.answer.headline} {' '.join(plan.triage.sentences)}".lower()
    assert "possible" not in said
    assert "you have " not in plan.triage.headline.lower()
    assert plan.candidacy.evidence.verdict in ("ASK", "REFER", "STOP")
    if plan.triage.working_condition is None:
        assert plan.open_options == []
        assert all(card.course.status == "not_modelled" for card in plan.options)
    else:
        assert plan.triage.compatible == [plan.triage.working_condition]
