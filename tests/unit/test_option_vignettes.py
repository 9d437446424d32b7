"""The table of options and people that a clinician can read, run as tests; and what must hold."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import laid_over

from anagen import facts, strict_yaml
from anagen.candidacy import ORDER, Finding, Health, Person, assess, judge_option, person_from
from anagen.candidacy.finding import PRECAUTION, RECALLED, question
from anagen.candidacy.option_rules import answer, person_keys, tell_prescriber
from anagen.errors import FactError
from anagen.facts.check import check
from anagen.facts.store import DATA
from anagen.plan.fitting import doubt, first_step_of, fit_of_person
from anagen.plan.options import OptionFit, options_for
from anagen.plan.safety import safety_of

FACTS = facts.load()
TABLE = strict_yaml.read(Path(__file__).parents[1] / "option_vignettes.yaml")
VIGNETTES = TABLE["vignettes"]
CLOSING = ("STOP", "REFER", "DEFER")
LEAST_VIGNETTES = 3


def person_of(vignette: dict) -> Person:
    document = laid_over(TABLE["base"]["common"], TABLE["base"][vignette["of"]])
    document = laid_over(document, vignette.get("set", {}))
    for path in vignette.get("without", []):
        block, _, key = path.rpartition(".")
        del (document[block] if block else document)[key]
    return person_from(document, vignette["name"], "vignette", FACTS)


def fit_for(name: str, person: Person) -> OptionFit:
    candidacy = assess(person, FACTS)
    fit = next(f for f in options_for(person.condition, person.sex, FACTS) if f.option == name)
    safety = safety_of(FACTS.options[name], person, candidacy, FACTS)
    doubtful = doubt(person, candidacy, FACTS)
    return fit_of_person(fit, FACTS.options[name], person, FACTS, doubtful, safety)


def is_told(finding: Finding) -> bool:
    """Return whether everybody with the option is told this, whatever they answered."""
    rule = FACTS.option_rules.get(finding.rule)
    return rule is not None and rule.applies.always and rule.verdict not in CLOSING


@pytest.mark.parametrize(
    "vignette", VIGNETTES, ids=[f"{v['option']}: {v['name']}" for v in VIGNETTES]
)
def test_an_option_fits_and_its_rules_fire_as_written(vignette):
    person, name = person_of(vignette), vignette["option"]
    safety = safety_of(FACTS.options[name], person, assess(person, FACTS), FACTS)
    told = TABLE["told"][name] + TABLE["told_to_men"].get(name, []) * (person.sex == "male")
    assert sorted(f.rule for f in safety if is_told(f)) == sorted(told)
    against = [f.rule for f in safety if not is_told(f) and f.verdict != "ASK"]
    assert sorted(against) == vignette.get("fires", [])
    assert sorted(f.rule for f in safety if f.verdict == "ASK") == vignette.get("asks", [])
    assert fit_for(name, person).fits == vignette["fits"]


def test_every_option_has_at_least_three_vignettes_with_names_of_their_own():
    names = [(v["option"], v["name"]) for v in VIGNETTES]
    assert len(set(names)) == len(names)
    assert len(names) >= 100
    for option in FACTS.options:
        assert sum(name == option for name, _ in names) >= LEAST_VIGNETTES, option


@pytest.mark.parametrize("rule", list(FACTS.option_rules))
def test_every_option_rule_fires_in_a_vignette(rule):
    told = {name for group in ("told", "told_to_men") for r in TABLE[group].values() for name in r}
    assert rule in told or any(rule in v.get("fires", []) for v in VIGNETTES)


def test_every_rule_names_a_source_or_says_that_it_has_none():
    for name, rule in FACTS.option_rules.items():
        if rule.status == "measured":
            assert not set(rule.source) & {"ours", "memory", "collector"}, name
            assert rule.strength != "P", name
        else:
            assert rule.source == [{"remembered": "memory", "assumed": "ours"}[rule.status]], name
            assert rule.strength == "P", name


def test_what_is_recalled_or_ours_says_so_in_the_sentence():
    for vignette in VIGNETTES:
        person, option = person_of(vignette), FACTS.options[vignette["option"]]
        for finding in judge_option(option.components, person, FACTS):
            rule = FACTS.option_rules[finding.rule]
            if finding.verdict == "ASK":
                continue
            assert (RECALLED in finding.reason) == (rule.status == "remembered")
            if rule.source == ["ours"] and finding.verdict in CLOSING:
                assert PRECAUTION in finding.reason


def test_a_rule_that_stops_must_ask():
    for name, rule in FACTS.option_rules.items():
        if rule.verdict == "STOP":
            assert rule.must_ask, name
        if rule.must_ask:
            assert rule.verdict in CLOSING, name


def test_every_key_that_a_rule_names_is_asked_in_a_person_file():
    nobody = person_of(VIGNETTES[0])
    for name, rule in FACTS.option_rules.items():
        for key in rule.applies.named_keys():
            answer(nobody, key)
            assert question(key).endswith(("?", ".")), (name, key)
        for bound in (*rule.applies.below.values(), *rule.applies.at_least.values()):
            assert bound.unknown is None or bound.after is not None, name
        assert rule.reviewed_by is None


def test_a_key_that_no_person_file_has_is_the_editors_fault():
    with pytest.raises(FactError, match=r"names 'health.shoe_size', which no person file has"):
        answer(person_of(VIGNETTES[0]), "health.shoe_size")


def test_an_answer_that_is_missing_and_keeps_nothing_shut_is_for_the_prescriber():
    vignette = {"of": "man", "name": "liver not asked", "without": ["health.liver_disease"]}
    person = person_of(vignette)
    assert tell_prescriber(["finasteride_oral"], person, FACTS) == [
        "Do you have a disease of the liver?"
    ]
    assert fit_for("finasteride_oral", person).fits == "yes"


def test_a_question_is_not_repeated_to_the_prescriber():
    person = person_of({"of": "man", "name": "heart", "without": ["health.heart_disease"]})
    combined = ["minoxidil_oral", "minoxidil_topical"]
    asked = [q for f in judge_option(combined, person, FACTS) for q in f.questions]
    assert asked
    assert not set(asked) & set(tell_prescriber(combined, person, FACTS))


EARLIER: dict[str, dict] = {
    "pregnant": {"health": {"pregnant": "yes"}},
    "breastfeeding": {"health": {"breastfeeding": "yes"}},
    "could become pregnant": {"health": {"trying_to_conceive": "yes"}},
    "cancer": {"health": {"active_cancer": "yes", "cancer_history": "yes"}},
    "chemotherapy": {
        "health": {
            "chemotherapy_or_radiotherapy": "yes", "years_since_chemotherapy_or_radiotherapy": 4,
        }
    },
    "suspicious spot": {"health": {"suspicious_scalp_lesion": "yes"}},
    "irradiated scalp": {"health": {"scalp_radiotherapy": "yes"}},
    "immunosuppressed": {"health": {"immunosuppressed": "yes"}},
    "bleeding": {"health": {"bleeding_disorder": "yes"}},
    "few platelets": {"health": {"platelets_e9_per_l": 90}},
    "boy or girl": {"age_years": 16},
    "sepsis": {"health": {"sepsis_or_unstable_circulation": "yes"}},
}  # fmt: skip
"""What closed every option before the options had rules of their own."""
CARRIED_OVER = {
    "scalp_infection": "R08", "boggy_mass": "R09", "anticoagulant": "R18",
    "dual_antiplatelet": "R18", "keloid_tendency": "R22", "active_scalp_skin_disease": "R23",
    "allergy_to_ingredient": "R24", "earlier_exosome_reaction": "R24",
    "uncontrolled_disease": "R25", "cancer_history": "R05", "recent_fever_or_illness": "R07",
    "unexplained_weight_loss_or_tiredness": "R14", "active_autoimmune_disease": "R15",
    "smoker": "R27",
}  # fmt: skip
"""Answers, and the rule of exosome sessions that they fire."""
NEEDLES = ("R08", "R09", "R18", "R22", "R23", "R24")
JAK = ("R05", "R07", "R08", "R14", "R15", "R18", "R25", "R27")
WERE_BLOCKED = {
    "prp": NEEDLES, "microneedling": NEEDLES, "hair_transplant": NEEDLES,
    "prp+minoxidil_topical": NEEDLES, "microneedling+minoxidil_topical": NEEDLES,
    "minoxidil_topical": ("R08", "R23"), "finasteride_topical": ("R08", "R23"),
    "clascoterone_topical": ("R08", "R23"), "lllt+minoxidil_topical": ("R08", "R23"),
    "finasteride_topical+minoxidil_topical": ("R08", "R23"),
    "finasteride_oral+minoxidil_topical": ("R08", "R23", "R25"),
    "minoxidil_oral": ("R25",), "finasteride_oral": ("R25",), "dutasteride": ("R25",),
    "minoxidil_oral+spironolactone": ("R25",), "spironolactone": ("R25",),
    "baricitinib": JAK, "ritlecitinib": JAK, "deuruxolitinib": JAK,
}  # fmt: skip
"""Rules of exosome sessions that once stood in for the options' own, as `blocked_by`."""
OLDER_OPTIONS = [*WERE_BLOCKED, "lllt"]
TOLD_ONLY = {"cancer", "chemotherapy", "immunosuppressed", "bleeding", "few platelets"}
"""What lotion and light are no longer closed by: the person is told to tell the doctor."""
LOTION_OR_LIGHT = {"minoxidil_topical", "lllt"}


def healthy(option: str) -> str:
    """Return the healthy person whom an option fits."""
    fitting = [v["of"] for v in VIGNETTES if v["option"] == option and v["fits"] == "yes"]
    return fitting[0]


@pytest.mark.parametrize("option", OLDER_OPTIONS)
def test_what_closed_an_option_before_it_had_rules_of_its_own_still_does(option):
    who = healthy(option)
    for name, changes in EARLIER.items():
        woman = "woman" if who == "man" else who
        of = woman if "pregnan" in name or name == "breastfeeding" else who
        person = person_of({"of": of, "name": name, "set": changes})
        is_told = name in TOLD_ONLY and set(FACTS.options[option].components) <= LOTION_OR_LIGHT
        assert (fit_for(option, person).fits == "yes") == is_told, name
    for key, rule in CARRIED_OVER.items():
        person = person_of({"of": who, "name": key, "set": {"health": {key: "yes"}}})
        if rule in WERE_BLOCKED.get(option, ()):
            assert fit_for(option, person).fits != "yes", key


ANSWERS = sorted(
    key.removeprefix("health.")
    for key in {key for rule in FACTS.option_rules.values() for key in rule.applies.yes}
)
LESS = {"unknown": 1, "yes": 0, "no": 2}
"""From the answer that closes most to the one that closes least."""
OPTIONS = st.sampled_from(sorted(FACTS.options))
BASES = st.sampled_from(sorted(set(TABLE["base"]) - {"common"}))


def changed(of: str, answers: dict[str, str]) -> Person | None:
    """Return a person with some answers changed, or nothing where no such person can be."""
    sex = TABLE["base"][of]["sex"]
    only = dict.fromkeys(("pregnant", "breastfeeding", "could_become_pregnant"), "female")
    only["prostate_disease_or_psa_test"] = "male"
    if any(sex != only.get(key, sex) for key in answers):
        return None
    if answers.get("active_cancer") == "yes" and answers.get("cancer_history", "no") == "no":
        answers = {**answers, "cancer_history": "yes"}
    if answers.get("traction_continues") == "yes" and of != "braids":
        return None
    if answers.get("sudden_diffuse_shedding"):
        return None
    return person_of({"of": of, "name": "changed", "set": {"health": answers}})


@settings(deadline=None, max_examples=200)
@given(
    OPTIONS, BASES, st.sampled_from(ANSWERS),
    st.dictionaries(st.sampled_from(ANSWERS), st.sampled_from(sorted(LESS)), max_size=3),
)  # fmt: skip
def test_a_graver_answer_never_opens_an_option(option, of, key, others):
    people = {said: changed(of, {**others, key: said}) for said in LESS}
    ranked = [people[said] for said in sorted(LESS, key=LESS.__getitem__)]
    if None in ranked:
        return
    closed = [fit_for(option, person).fits != "yes" for person in ranked]
    assert closed == sorted(closed, reverse=True)
    if "exosome" in FACTS.options[option].components:
        return
    worst = []
    for person in ranked:
        found = judge_option(FACTS.options[option].components, person, FACTS)
        worst.append(ORDER.index(found[0].verdict) if found else len(ORDER))
    assert worst == sorted(worst)


def test_a_limit_moved_in_the_facts_moves_the_verdict():
    for count, fits in ((99, "no"), (100, "yes")):
        person = person_of(
            {"of": "man", "name": "count", "set": {"health": {"platelets_e9_per_l": count}}}
        )
        assert fit_for("prp", person).fits == fits
        (finding, *_) = judge_option(["prp"], person, FACTS)
        if fits == "no":
            assert (finding.value, finding.limit, finding.unit) == (99, 100, "1e9_per_litre")


def test_the_questions_of_the_options_stand_in_the_health_block():
    for rule in FACTS.option_rules.values():
        for key in rule.applies.named_keys():
            if key.startswith("health."):
                assert key.removeprefix("health.") in Health.__struct_fields__


def test_what_goes_on_is_not_said_to_have_ended():
    health = {"chemotherapy_or_radiotherapy": "yes", "years_since_chemotherapy_or_radiotherapy": 0}
    person = person_of({"of": "man", "name": "now", "set": {"health": health}})
    for option in ("minoxidil_topical", "minoxidil_oral", "prp", "baricitinib"):
        told = " ".join(finding.reason for finding in judge_option([option], person, FACTS))
        assert "goes on" in told, option
        assert "0 years" not in told, option


def test_a_sentence_that_two_answers_give_is_said_once():
    health = {"active_cancer": "yes", "cancer_history": "yes"}
    person = person_of({"of": "man", "name": "cancer", "set": {"health": health}})
    (finding,) = (f for f in judge_option(["lllt"], person, FACTS) if f.verdict == "CAUTION")
    assert finding.reason.count("You have, or had, cancer.") == 1


def test_the_check_of_facts_names_a_key_that_no_person_file_has(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    rules = folder / "option_rules.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "health.light_sensitivity" in text
    rules.write_text(text.replace("health.light_sensitivity", "health.shoe_size"), encoding="utf-8")
    (fault,) = check(folder, person_keys()).faults
    assert fault.where == "option_rules.lllt_light_sensitivity"
    assert fault.what == "names 'health.shoe_size', which no person file has"
    assert check(DATA, person_keys()).faults == []


def test_late_traction_without_pull_promises_no_return():
    signs = {"scarring_signs": ["lost_follicular_openings"]}
    option = FACTS.options["release_tension"]
    for pulls, is_late in (("no", True), ("yes", False), ("unknown", False)):
        health = signs | {"traction_continues": pulls}
        person = person_of({"of": "braids", "name": "late", "set": {"health": health}})
        step = first_step_of(option, person.condition, person, FACTS)
        assert ("will not return" in step.text) == is_late
    early = person_of({"of": "braids", "name": "early"})
    assert "can come back" in first_step_of(option, early.condition, early, FACTS).text


def test_a_doubt_of_the_diagnosis_keeps_a_treatment_shut_though_it_is_a_first_step():
    health = {"sudden_diffuse_shedding": "yes", "months_since_shedding_began": 3}
    person = person_of({"of": "few_patches", "name": "sheds", "set": {"health": health}})
    assert fit_for("steroid_intralesional", person).fits == "not_known"
