"""Rules, answers and laboratory tests against the collected file they were brought from."""

import pytest
import yaml

from anagen import facts
from anagen.candidacy import RULES, Health, Noticed, Person, Product
from anagen.candidacy.finding import question

FACTS = facts.load()

ASKED = {
    "age": ("R01", "age_years"),
    "pregnancy_status": ("R03", "health.pregnant"),
    "scarring_signs": ("R10", "health.scarring_signs"),
    "onset_speed": ("R13", "health.sudden_diffuse_shedding"),
    "scalp_infection": ("R08", "health.scalp_infection"),
    "cancer_status": ("R04", "health.active_cancer"),
    "immunosuppression": ("R16", "health.immunosuppressed"),
    "anticoagulant": ("R18", "health.anticoagulant"),
    "product_origin": ("R29", "product.origin"),
    "jurisdiction": ("R30", "jurisdiction"),
}
"""Where each answer that the collected rules ask for is asked; the type of loss is asked by the
answers themselves."""


@pytest.fixture(scope="module")
def collected(shared):
    return yaml.safe_load((shared / "clinic/candidacy_rules.yaml").read_text())


def article(seed):
    return f"article_00{seed[1]}"


def test_all_thirty_five_rules_came_across_as_they_were(collected):
    assert list(FACTS.rules) == [rule["id"] for rule in collected["rules"]]
    assert len(FACTS.rules) == 35
    for rule in collected["rules"]:
        fact = FACTS.rules[rule["id"]]
        assert fact.verdict == rule["then"]
        assert fact.when == rule["when"].strip()
        assert fact.strength == rule["strength"]
        articles = [article(s) for s in rule.get("seed", [])]
        assert fact.articles == articles
        assert fact.source == (rule.get("src") or articles or ["ours"])
        assert (fact.conflicts is not None) == ("conflicts" in rule)
        assert fact.note is not None or "note" not in rule
        assert fact.until is not None or "until" not in rule
        assert (fact.urgency is not None) == ("urgency" in rule)


def test_every_rule_has_a_function_and_every_function_a_rule():
    assert [name for name, _ in RULES] == list(FACTS.rules)


ADDED_ANSWERS = {"deficiency"}
"""Ours, for a type that the collected file does not name."""


def test_all_ten_answers_came_across(collected):
    answers = {a["type"]: a for a in collected["alopecia_answers"]}
    assert set(FACTS.alopecia_answers) - set(answers) == ADDED_ANSWERS
    assert len(answers) == 10
    for name, theirs in answers.items():
        fact = FACTS.alopecia_answers[name]
        assert theirs["ours"].startswith(fact.ours)
        assert fact.source == (theirs["src"] or ["article_003"])
        for k in range(5):
            assert (f"(s{k})" in theirs["seed_answer"]) == (
                f"(article_00{k})" in fact.article_answer
            )


def test_an_answer_means_the_same_verdict_everywhere():
    lattice = {
        "POSSIBLY": "CAUTION", "UNLIKELY": "CAUTION", "WAIT": "DEFER", "REFER": "REFER",
        "REFER_FIRST": "REFER", "UNLIKELY_AND_REFER": "REFER", "STOP": "STOP",
    }  # fmt: skip
    for fact in FACTS.alopecia_answers.values():
        for answer in (fact, *fact.cases.values()):
            assert answer.verdict == lattice[answer.ours]


def test_all_laboratory_tests_and_codes_came_across(collected):
    theirs = [lab for lab in collected["labs"] if "test" in lab]
    ours = list(FACTS.laboratory.tests.values())
    assert [lab.label for lab in ours] == [lab["test"] for lab in theirs]
    for lab, their in zip(ours, theirs, strict=True):
        assert lab.loinc == their.get("loinc")
        if lab.loinc:
            assert (lab.loinc_status == "measured") == their["loinc_verified"]
    assert [q.value for q in FACTS.laboratory.tests["ferritin"].cut_offs] == [15, 40, 70]
    assert len(FACTS.laboratory.codes) == len(collected["codes"])


def test_every_source_of_the_collected_rules_has_its_address(collected):
    for key, source in collected["sources"].items():
        assert FACTS.sources[key].url == source["url"]


def test_what_the_collected_rules_ask_for_is_asked(collected):
    wanted = set(collected["meta"]["ask_when_missing"]) - {"hair_loss_type"}
    assert set(ASKED) == wanted
    for rule, key in ASKED.values():
        assert key in FACTS.rules[rule].asks


def test_rules_that_stop_or_refer_must_ask_unless_the_answer_is_always_there():
    for name, fact in FACTS.rules.items():
        if fact.verdict in ("STOP", "REFER") and name != "R01":
            assert fact.must_ask, name


def test_every_answer_a_rule_asks_for_is_a_key_with_a_question():
    blocks = {"health": Health, "product": Product, "noticed": Noticed}
    for fact in FACTS.rules.values():
        for key in fact.asks:
            block, _, name = key.rpartition(".")
            assert name in blocks.get(block, Person).__struct_fields__
            assert question(key)


def test_every_regulation_entry_is_read_by_the_first_rule_and_every_entry_named_exists():
    named = {e for entries in FACTS.rules["R00"].regulation.values() for e in entries}
    assert named == set(FACTS.regulation)
    for fact in FACTS.rules.values():
        for jurisdiction, entries in fact.regulation.items():
            assert jurisdiction in FACTS.vocabulary.jurisdictions
            assert all(FACTS.regulation[e].jurisdiction == jurisdiction for e in entries)


def test_no_rule_is_signed_yet():
    assert all(fact.reviewed_by is None for fact in FACTS.rules.values())
