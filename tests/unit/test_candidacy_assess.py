"""Findings and lines: footing, precaution, questions, and what is never said."""

from pathlib import Path

import msgspec
import pytest

from anagen import facts
from anagen.candidacy import NOT_REVIEWED, assess, person_from, read_person
from anagen.candidacy.finding import limit
from anagen.errors import FactError

FACTS = facts.load()
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def person(
    product=None, jurisdiction="US", condition="androgenetic_alopecia", history=None, **health
):
    document = {
        "sex": "male", "age_years": 40, "condition": condition, "jurisdiction": jurisdiction,
        "health": health, "history": history,
    }  # fmt: skip
    if product:
        document["product"] = {"kind": "exosome", **product}
    return person_from(document, "page", "page", FACTS)


def finding(candidacy, rule):
    return next(f for f in candidacy.findings() if f.rule == rule)


HAND_VERDICTS = {
    "01_man_nh3_vertex": ("OK", "ASK", "ASK", "CAUTION"),
    "02_woman_ludwig1": ("OK", "ASK", "CAUTION", "CAUTION"),
    "03_man_nh7": ("CAUTION", "STOP", "CAUTION", "CAUTION"),
    "04_alopecia_areata": ("REFER", "OK", "CAUTION", "REFER"),
    "05_telogen_effluvium": ("DEFER", "ASK", "CAUTION", "DEFER"),
    "06_traction": ("OK", "STOP", "STOP", "DEFER"),
    "07_scarring_signs": ("REFER", "ASK", "CAUTION", "REFER"),
    "08_sixteen_year_old": ("STOP", "ASK", "ASK", "CAUTION"),
    "09_warfarin": ("REFER", "OK", "CAUTION", "CAUTION"),
    "10_uk_human_product": ("OK", "ASK", "STOP", "CAUTION"),
    "11_no_diagnosis_woman": ("DEFER", "ASK", "CAUTION", "ASK"),
    "12_no_idea": ("ASK", "ASK", "ASK", "ASK"),
    "13_man_on_finasteride": ("OK", "ASK", "ASK", "CAUTION"),
}
"""Health, product, law and evidence of every example, judged by hand from the rules."""


def test_every_example_gets_the_four_verdicts_judged_by_hand():
    assert {p.stem for p in EXAMPLES} == set(HAND_VERDICTS)
    for path in EXAMPLES:
        lines = assess(read_person(path, FACTS), FACTS).lines()
        assert tuple(line.verdict for line in lines) == HAND_VERDICTS[path.stem], path.stem
        assert [line.line for line in lines] == ["health", "product", "law", "evidence"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_finding_carries_rule_reason_source_strength_and_review(path):
    candidacy = assess(read_person(path, FACTS), FACTS)
    for found in candidacy.findings():
        assert found.rule
        assert found.reason.endswith((".", "?"))
        assert "  " not in found.reason
        assert set(found.source) <= set(FACTS.sources)
        assert found.source
        assert found.footing == min(
            (FACTS.sources[s].grade for s in found.source), key=facts.base.GRADE_ORDER.index
        )
        assert found.reviewed == NOT_REVIEWED
        assert found.strength in "RGTECSP"


def test_a_named_reviewer_is_printed_with_the_finding():
    rule = msgspec.structs.replace(FACTS.rules["R27"], reviewed_by="Dr. A. Example")
    reviewed = msgspec.structs.replace(FACTS, rules=FACTS.rules | {"R27": rule})
    candidacy = assess(person(smoker="yes"), reviewed)
    assert finding(candidacy, "R27").reviewed == "reviewed by Dr. A. Example"


def test_a_limit_changed_in_the_facts_changes_the_verdict():
    quantity = msgspec.structs.replace(FACTS.rules["R01"].limits["adult_age"], value=45)
    rule = msgspec.structs.replace(FACTS.rules["R01"], limits={"adult_age": quantity})
    stricter = msgspec.structs.replace(FACTS, rules=FACTS.rules | {"R01": rule})
    found = finding(assess(person(), stricter), "R01")
    assert (found.value, found.limit, found.unit) == (40, 45, "years")


def test_a_limit_in_another_unit_is_refused():
    with pytest.raises(FactError, match="is in 'years', but the rule compares in 'days'"):
        limit(FACTS.rules["R01"], "adult_age", "days")


def test_a_missing_rule_is_the_editors_fault():
    fewer = {k: v for k, v in FACTS.rules.items() if k != "R07"}
    with pytest.raises(FactError, match=r"rule R07 is not in rules\.yaml"):
        assess(person(), msgspec.structs.replace(FACTS, rules=fewer))


@pytest.mark.parametrize(
    ("rule", "someone"),
    [
        ("R19", person(hours_since_nsaid=1)),
        ("R28", person(months_since_hair_transplant=1)),
        ("R32", person(product={"batch_certificate": "no"})),
    ],
)
def test_a_rule_of_strength_s_or_p_that_stops_or_defers_says_our_precaution(rule, someone):
    found = finding(assess(someone, FACTS), rule)
    assert found.is_precaution
    assert "our precaution" in found.reason


def test_other_rules_do_not_say_our_precaution():
    assert (
        "our precaution" not in finding(assess(person(immunosuppressed="yes"), FACTS), "R16").reason
    )


def test_the_human_product_in_the_eu_rests_on_the_regulation_and_not_on_a_vendor():
    someone = person(product={"origin": "human"}, jurisdiction="EU")
    found = finding(assess(someone, FACTS), "R29")
    assert found.regulation == ["eu_1223_2009", "ema_cat_2025"]
    assert "eu_uk" in found.also_cited
    assert {FACTS.sources[s].grade for s in found.source}.isdisjoint({"vendor", "press"})
    assert found.footing == "regulator"
    assert "regulator's own words were not read" in found.footing_note


def test_the_human_product_in_the_uk_says_that_no_regulator_was_read():
    someone = person(product={"origin": "human"}, jurisdiction="UK")
    found = finding(assess(someone, FACTS), "R29")
    assert found.verdict == "STOP"
    assert all(FACTS.sources[s].grade != "vendor" for s in found.source)
    assert found.footing_note.startswith("No regulator's own words were found")


def test_the_missing_ind_rests_on_the_regulators_own_words():
    found = finding(assess(person(product={"ind": "no"}), FACTS), "R30")
    assert found.footing == "regulator"
    assert found.footing_note is None


def test_a_verdict_from_a_vendors_page_alone_says_so():
    found = finding(assess(person(keloid_tendency="yes"), FACTS), "R22")
    assert found.footing == "vendor"
    assert found.footing_note.startswith("Rests on a vendor page only")


def test_the_law_is_never_fine():
    for jurisdiction in FACTS.vocabulary.jurisdictions:
        if jurisdiction == "international":
            continue
        product = {
            "origin": "plant", "ind": "yes", "ind_number": "1", "fda_letter_shown": "yes",
        }  # fmt: skip
        law = assess(person(product=product, jurisdiction=jurisdiction), FACTS).law
        assert law.verdict in ("ASK", "INFORM", "CAUTION", "STOP"), jurisdiction


def test_the_law_line_is_never_milder_than_what_stands_with_the_option():
    wanted = {
        ("SA", "intradermal_injection"): "STOP",
        ("SA", "topical_intact_skin"): "CAUTION",
        ("CA", "topical_after_microneedling"): "CAUTION",
        ("KR", "intradermal_injection"): "CAUTION",
        ("TW", "intradermal_injection"): "INFORM",
        ("other", "intradermal_injection"): "ASK",
    }
    for (place, route), verdict in wanted.items():
        product = {"origin": "plant", "route": route, "labelled_for": "injection"}
        law = assess(person(product=product, jurisdiction=place), FACTS).law
        assert law.verdict == verdict, (place, route)


def test_a_question_names_its_key_and_asks_in_words():
    found = finding(assess(person(), FACTS), "R16")
    assert found.missing == ["health.immunosuppressed"]
    assert found.questions == ["Is your immune system suppressed, by a medicine or by HIV?"]
    assert found.could_become == "STOP"


def test_a_stop_makes_weaker_questions_moot_and_keeps_them_apart():
    health = assess(person(immunosuppressed="yes"), FACTS).health
    assert health.verdict == "STOP"
    assert all(f.verdict != "ASK" for f in health.findings)
    assert "health.anticoagulant" in health.unanswered


def test_a_hair_medicine_is_never_to_be_stopped():
    medicine = [{"treatment": "finasteride_oral", "months_since_last_dose": 0}]
    found = finding(assess(person(history=medicine), FACTS), "R26")
    assert found.verdict == "CAUTION"
    assert "no reason to stop anything" in found.reason


def test_a_grade_that_was_not_studied_is_named():
    someone = msgspec.structs.replace(
        person(), severity=msgspec.convert({"norwood_hamilton": "I"}, type=_severity())
    )
    found = finding(assess(someone, FACTS), "androgenetic_male")
    assert "Your grade (I) lies outside those studied" in found.reason


def _severity():
    from anagen.candidacy import Severity

    return Severity


def test_the_articles_answer_stands_beside_ours():
    pair = assess(person(condition="scarring_alopecia"), FACTS).answers[0]
    assert "may benefit" in pair.article_answer
    assert pair.articles == ["article_003", "article_002"]
    assert pair.ours == "UNLIKELY_AND_REFER"
    assert pair.why
    assert pair.source


def test_signs_of_scarring_bring_the_scarring_answer_first():
    pairs = assess(person(scarring_signs=["smooth_shiny_skin"]), FACTS).answers
    assert [p.answer for p in pairs] == ["scarring", "androgenetic_male"]


def test_a_man_with_pattern_loss_needs_no_routine_tests():
    candidacy = assess(person(), FACTS)
    assert candidacy.laboratory == []
    assert "No routine blood tests" in candidacy.laboratory_note
