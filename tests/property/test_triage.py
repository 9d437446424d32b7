"""What must hold for everybody who has no diagnosis, whatever they answer."""

import datetime
from typing import get_args

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.candidacy import Noticed, assess, person_from, triage
from anagen.candidacy.clues import with_implied_answers
from anagen.candidacy.noticed import Answer, Examination
from anagen.candidacy.person_words import allowed
from anagen.candidacy.rules_scalp import has_bare_area
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


def sentences_of(fit):
    return {entry.text for entry in (*fit.speaks_for, *fit.speaks_against)}


@settings(deadline=None)
@given(noticed, healths, examinations, sexes)
def test_no_table_holds_a_sentence_and_its_contrary(noticed, health, examination, sex):
    someone = person(noticed, health, examination, sex)
    assume(someone is not None)
    types = triage(someone, FACTS).types
    shown = " ".join(text for fit in types for text in sentences_of(fit))
    for fit in types:
        assert not {e.text for e in fit.speaks_for} & {e.text for e in fit.speaks_against}
        for clue in FACTS.triage.types[fit.condition].needs:
            if clue.otherwise in sentences_of(fit):
                own = {clue.text, *clue.says.values()} - {clue.otherwise}
                assert not any(text in shown for text in own), (fit.condition, clue.otherwise)
    is_bare = has_bare_area(with_implied_answers(someone, FACTS))
    assert "no bare" not in shown.lower()
    says_bare = any(t in shown for t in ("There are round bare", "There is an irregular bare"))
    assert is_bare or not says_bare


@settings(deadline=None)
@given(
    noticed, healths, examinations, sexes, st.sampled_from([8, 40]),
    st.sampled_from(["round_patches", "irregular_bare_area"]),
    st.sampled_from(
        [{}, {"scalp_signs": ["swollen_glands"]}, {"scalp_signs": ["black_dots"]},
         {"contact_with_ringworm": "yes"}]
    ),
)  # fmt: skip
def test_a_bare_area_with_a_hint_or_in_a_child_is_always_referred_for_ringworm(
    noticed, health, examination, sex, age, area, hint
):
    assume(hint or age < 18)
    someone = person(noticed | {"pattern": [area]} | hint, health, examination, sex, age)
    assume(someone is not None)
    held = triage(someone, FACTS)
    assert "R09" in held.red_flags
    finding = next(f for f in assess(someone, FACTS).health.findings if f.rule == "R09")
    assert finding.verdict == "REFER"
    assert finding.urgency == "within days (proposed)"


@settings(deadline=None)
@given(noticed, healths, examinations, sexes, st.sampled_from([8, 40]))
def test_nothing_reassures_while_ringworm_or_a_scar_may_be_behind_it(
    noticed, health, examination, sex, age
):
    someone = person(noticed, health, examination, sex, age)
    assume(someone is not None)
    held = triage(someone, FACTS)
    open_types = {fit.condition for fit in held.types if fit.is_in_question}
    is_open = open_types & {"scarring_alopecia", "tinea_capitis"}
    assume(is_open or {"R09", "R10", "R11"} & set(held.red_flags))
    judged = assess(someone, FACTS)
    said = [pair.why for pair in judged.answers] + [f.reason for f in judged.findings()]
    assert not any("80 %" in text for text in said)


@settings(deadline=None)
@given(noticed, healths, examinations, sexes)
def test_a_type_is_ruled_out_only_by_an_answer_against_it(noticed, health, examination, sex):
    someone = person(noticed, health, examination, sex)
    assume(someone is not None)
    for fit in triage(someone, FACTS).types:
        if fit.compatible == "less_likely":
            needs = {clue.otherwise for clue in FACTS.triage.types[fit.condition].needs}
            assert {entry.text for entry in fit.speaks_against} <= needs
    urgent = [f.condition for f in triage(someone, FACTS).types if f.compatible == "compatible"]
    missable = [FACTS.triage.types[name].must_not_be_missed is None for name in urgent]
    assert missable == sorted(missable)
