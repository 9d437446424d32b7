"""What must hold for every person, whatever they answer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from anagen import facts
from anagen.candidacy import ORDER, Health, assess, person_from

FACTS = facts.load()
ANSWERS = ("yes", "no", "unknown")
BAD_NEWS = sorted(
    {
        key.removeprefix("health.")
        for fact in FACTS.rules.values()
        for key in fact.asks
        if key.startswith("health.") and Health.__annotations__[key[7:]].__metadata__
        and "yes" in str(Health.__annotations__[key[7:]])
    }
    - {"pregnant", "breastfeeding"}
)  # fmt: skip

healths = st.dictionaries(st.sampled_from(BAD_NEWS), st.sampled_from(ANSWERS)).filter(
    lambda h: not (h.get("active_cancer") == "yes" and h.get("cancer_history") == "no")
)
conditions = st.sampled_from(sorted(FACTS.vocabulary.conditions))
jurisdictions = st.sampled_from(sorted(set(FACTS.vocabulary.jurisdictions) - {"international"}))


def person(health, condition="androgenetic_alopecia", jurisdiction="US", sex="male", age=40):
    return person_from(
        {"sex": sex, "age_years": age, "condition": condition, "jurisdiction": jurisdiction,
         "health": health},
        "page", "page", FACTS,
    )  # fmt: skip


@settings(deadline=None)
@given(healths, conditions, jurisdictions, st.sampled_from(["male", "female"]), st.floats(0, 120))
def test_every_person_gets_four_lines_with_a_worst_finding(
    health, condition, jurisdiction, sex, age
):
    candidacy = assess(person(health, condition, jurisdiction, sex, age), FACTS)
    for line in candidacy.lines():
        verdicts = [f.verdict for f in line.findings]
        assert verdicts == sorted(verdicts, key=ORDER.index)
        assert line.verdict == (verdicts[0] if verdicts else "OK")
    assert candidacy.law.verdict != "OK"
    assert candidacy.evidence.verdict != "OK"


@settings(deadline=None)
@given(healths, st.sampled_from(BAD_NEWS))
def test_one_more_yes_never_makes_the_health_line_milder_than_a_no(health, key):
    if key == "cancer_history" and health.get("active_cancer") == "yes":
        return
    if key == "active_cancer":
        health.pop("cancer_history", None)
    with_yes = assess(person(health | {key: "yes"}), FACTS).health
    with_no = assess(person(health | {key: "no"}), FACTS).health
    assert ORDER.index(with_yes.verdict) <= ORDER.index(with_no.verdict)


@settings(deadline=None)
@given(healths)
def test_an_unanswered_question_of_a_stop_rule_never_reads_as_fine(health):
    line = assess(
        person({k: v for k, v in health.items() if k != "immunosuppressed"}), FACTS
    ).health
    assert ORDER.index(line.verdict) <= ORDER.index("ASK")
