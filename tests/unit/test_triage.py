"""What could it be: the table of people without a diagnosis, and what triage never says."""

import datetime
import functools
from pathlib import Path

import msgspec
import pytest
from tables import laid_over, records_in

from anagen import facts, strict_yaml
from anagen.candidacy import Person, assess, person_from, triage
from anagen.candidacy.finding import question
from anagen.candidacy.person_words import allowed, blocks
from anagen.facts.triage import Clue
from anagen.plan.assemble import make_plan
from anagen.plan.documents import Plan
from anagen.report.page import plan_page
from anagen.report.terminal import answer

FACTS = facts.load()
TABLE = strict_yaml.read(Path(__file__).parents[1] / "triage_vignettes.yaml")
PEOPLE = TABLE["people"]
TODAY = datetime.date(2026, 11, 20)
FORBIDDEN = ("you have", "you suffer", "diagnosis is", "your diagnosis", "probab", "likelihood")


def person_of(entry: dict, changes: dict | None = None) -> Person:
    base = TABLE["base"]
    common = {"jurisdiction": "CA", "health": {}} if entry["of"] == "nobody" else base["common"]
    document = laid_over(laid_over(common, base[entry["of"]]), entry.get("set", {}))
    for path in entry.get("without", []):
        block, key = path.split(".")
        del document[block][key]
    return person_from(laid_over(document, changes or {}), entry["name"], "triage", FACTS)


@functools.cache
def plan_of(name: str) -> Plan:
    entry = next(entry for entry in PEOPLE if entry["name"] == name)
    return make_plan(person_of(entry), FACTS, seed=1, today=TODAY)


@functools.cache
def page_of(name: str) -> str:
    return plan_page(plan_of(name))


def named(name: str) -> dict:
    return next(entry for entry in PEOPLE if entry["name"] == name)


each_person = pytest.mark.parametrize("entry", PEOPLE, ids=[entry["name"] for entry in PEOPLE])


@each_person
def test_a_person_fits_the_types_written_beside_them(entry):
    plan = plan_of(entry["name"])
    held = plan.triage
    assert held.compatible == entry["compatible"]
    cannot_tell = [t.condition for t in held.types if t.compatible == "cannot_tell"]
    assert cannot_tell == entry.get("open_types", [])
    less = [t.condition for t in held.types if t.compatible == "less_likely"]
    assert set(entry.get("less_likely", [])) <= set(less)
    assert held.red_flags == entry["red"]
    assert held.working_condition == entry.get("drawn")
    assert plan.is_provisional is ("drawn" in entry)
    assert (held.why_none_is_drawn is None) is ("drawn" in entry)
    assert plan.answer.headline == entry["headline"]
    assert plan.open_options == entry["open"]
    assert plan.option("none").course.status == entry["course"]
    if "form" in entry:
        areata = held.type_of("alopecia_areata")
        assert entry["form"] in areata.form.text
    suggested = [t.test for t in plan.candidacy.laboratory]
    assert set(entry.get("tests", [])) <= set(suggested)


def test_the_table_holds_at_least_thirty_people_with_names_of_their_own_and_every_type():
    names = [entry["name"] for entry in PEOPLE]
    assert len(set(names)) == len(names) >= 30
    for condition in FACTS.triage.types:
        assert any(entry["compatible"] == [condition] for entry in PEOPLE) or condition == (
            "chemotherapy_or_radiotherapy_alopecia"
        ), condition
        assert any(condition in entry["compatible"] for entry in PEOPLE), condition


def test_every_red_flag_is_found_in_somebody_and_missing_in_somebody():
    for rule in ("R04", "R09", "R10", "R11", "R12", "R13", "R14", "R34"):
        found = [rule in entry["red"] for entry in PEOPLE]
        assert any(found), rule
        assert not all(found), rule
    fever = person_of(PEOPLE[0], {"health": {"recent_fever_or_illness": "yes"}})
    assert triage(fever, FACTS).red_flags == ["R07"]
    infected = person_of(PEOPLE[0], {"health": {"scalp_infection": "yes"}})
    assert triage(infected, FACTS).red_flags == ["R08"]


@each_person
def test_triage_never_calls_itself_a_diagnosis_and_gives_no_odds(entry):
    held = plan_of(entry["name"]).triage
    said = msgspec.json.encode(held).decode().lower()
    for question_asked in [*held.next_questions, *(q for t in held.types for q in t.not_answered)]:
        said = said.replace(question_asked.lower(), "")
    for words in FORBIDDEN:
        assert words not in said, words
    answers = " ".join([plan_of(entry["name"]).answer.headline, *held.sentences]).lower()
    for fit in held.types:
        for label in (fit.label, fit.label.split(" (")[0]):
            assert f"you have {label}" not in answers
            assert f"it is {label}," not in answers
    assert "%" not in answers.replace("95 %", "")


def test_no_word_of_the_facts_about_types_sounds_like_a_diagnosis():
    text = msgspec.json.encode(FACTS.triage).decode().lower()
    for words in FORBIDDEN:
        assert words not in text, words


@each_person
def test_where_several_types_fit_nothing_is_open_and_no_course_is_drawn(entry):
    plan = plan_of(entry["name"])
    if len(entry["compatible"]) == 1 and "drawn" in entry:
        return
    assert plan.open_options == []
    for card in plan.options:
        assert card.course.status == "not_modelled"
        assert card.course.reason
        if "exosome" in card.components:
            assert card.fit.fits != "yes"


@each_person
def test_exosomes_are_never_called_possible_without_a_diagnosis(entry):
    plan = plan_of(entry["name"])
    assert "possible" not in plan.answer.headline
    evidence = plan.candidacy.evidence
    assert evidence.verdict in ("ASK", "REFER", "STOP")


@each_person
def test_every_forecast_drawn_for_an_undiagnosed_person_says_so(entry):
    plan = plan_of(entry["name"])
    if not plan.is_provisional:
        return
    label = plan.working_label.split(" (")[0]
    said = [s for s in plan.answer.sentences if "model expects" in s or "randomised trials" in s]
    assert all(s.startswith(f"If it is {label}: ") for s in said)
    assert "nobody has diagnosed it" in page_of(entry["name"])
    for card in plan.options:
        if card.fit.fits == "yes":
            assert "Nobody has diagnosed that." in card.fit.reason


@each_person
def test_the_page_has_the_table_right_after_the_four_lines(entry):
    page = page_of(entry["name"])
    order = [page.index(f'<section id="{name}"') for name in ("may-i", "triage", "as-now")]
    assert order == sorted(order)
    assert '<a href="#triage">' in page
    assert "not a diagnosis" in page
    for fit in plan_of(entry["name"]).triage.types:
        assert f'<th role="rowheader" scope="row">{fit.label}<br>' in page


def test_what_is_worth_most_is_asked_first():
    held = triage(person_of(named("nobody answered anything")), FACTS)
    assert held.missing[0] == "noticed.pattern"
    assert not held.compatible
    assert held.next_questions[0] == question("noticed.pattern")
    assert held.missing.index("health.scarring_signs") < held.missing.index("noticed.hairstyles")
    assert "examination.biopsy" not in held.missing
    assert "health.years_since_chemotherapy_or_radiotherapy" not in held.missing


def test_a_man_is_not_asked_what_only_women_are_asked():
    held = triage(person_of(named("man who only says that his temples recede")), FACTS)
    asked = {key for fit in held.types for key in fit.missing}
    assert not asked & {"noticed.after_menopause", "health.androgen_excess_signs"}


def test_a_question_that_follows_from_another_comes_with_it():
    changes = {"health": {"chemotherapy_or_radiotherapy": "yes"}}
    held = triage(person_of(named("nobody answered anything"), changes), FACTS)
    key = "health.years_since_chemotherapy_or_radiotherapy"
    asked = held.next_questions[held.missing.index(key)]
    assert asked.startswith("Have you ever had chemotherapy or radiotherapy? If you had ")


def test_a_sign_of_another_type_keeps_the_plan_from_being_drawn():
    held = triage(person_of(PEOPLE[0], {"health": {"scarring_signs": "unknown"}}), FACTS)
    assert held.compatible == ["androgenetic_alopecia"]
    assert held.working_condition is None
    assert "whether it may be scarring alopecia cannot be told" in held.why_none_is_drawn
    asked = [f.text for f in held.first_steps]
    assert not any("hairstyle" in text for text in asked)


def test_the_hairstyle_that_pulls_is_changed_whichever_type_it_is():
    held = plan_of("man under a tight turban with a receding hairline").triage
    assert any("Change the hairstyle" in step.text for step in held.first_steps)


def test_an_examination_that_was_done_is_marked_and_others_say_what_they_would_mean():
    held = plan_of("the same man in whom a fungus was found").triage
    done = {entry.label: entry.is_done for entry in held.examinations}
    assert done["microscopy and culture for a fungus"]
    assert not done["a biopsy"]
    for entry in held.examinations:
        assert entry.results
        assert entry.how.source


def test_tests_name_the_type_that_they_are_for():
    plan = plan_of("man whose answers contradict each other (years, and days)")
    why = {t.test: t.why for t in plan.candidacy.laboratory}
    assert set(why) >= {"ferritin", "tsh"}
    vegan = person_of(PEOPLE[0], {"noticed": {"restricted_diet": "yes"}})
    tests = make_plan(vegan, FACTS, seed=1, today=TODAY).candidacy.laboratory
    assert {t.test for t in tests} == {"ferritin", "haemoglobin", "tsh", "free_t4"}
    assert all("the answers fit hair loss from a deficiency" in t.why for t in tests)


def test_what_was_noticed_counts_for_the_rules_about_health():
    cases = {
        "R12": {"noticed": {"pattern": ["all_body_hair"]}},
        "R34": {"noticed": {"medicines": ["retinoid"]}},
        "R10": {"examination": {"trichoscopy": ["tufts"]}},
        "R09": {"examination": {"fungal_test": "positive"}},
    }
    for rule, changes in cases.items():
        document = {"sex": "male", "age_years": 40, "jurisdiction": "US", "health": {}} | changes
        for condition in ({}, {"condition": "androgenetic_alopecia"}):
            held = triage(person_from(document | condition, "a", "a", FACTS), FACTS)
            assert rule in held.red_flags, (rule, condition)


def test_how_long_it_lasts_is_taken_from_what_was_noticed():
    lasting = plan_of("woman shedding for nine months with no trigger")
    against = lasting.triage.type_of("telogen_effluvium").speaks_against
    assert "It has lasted longer than the acute kind does." in [s.text for s in against]
    assert "9 months is not the acute course" in lasting.option("none").course.reason


def stated(**noticed):
    document = laid_over(TABLE["base"]["common"], TABLE["base"]["man"])
    document = laid_over(document, {"condition": "androgenetic_alopecia", "noticed": noticed})
    return make_plan(person_from(document, "a", "a", FACTS), FACTS, seed=1, today=TODAY)


def test_a_stated_type_gets_no_table_while_the_answers_agree_with_it():
    plan = stated(pattern=["thin_crown"], onset="years")
    assert plan.triage is None
    assert plan.working_condition == "androgenetic_alopecia"
    assert not plan.is_provisional
    assert '<section id="triage"' not in plan_page(plan)


def test_a_stated_type_that_the_answers_speak_against_is_told_what_else_fits():
    plan = stated(pattern=["thin_crown", "round_patches"], onset="months")
    assert plan.triage.note in plan.answer.sentences
    assert plan.triage.note.startswith("What you noticed also fits alopecia areata.")
    assert plan.option("none").course.status == "fitted"


def test_nothing_is_forecast_for_a_stated_type_that_does_not_fit_while_another_does():
    plan = stated(pattern=["round_patches"], onset="months")
    course = plan.option("none").course
    assert course.status == "not_modelled"
    assert "speaks against pattern hair loss and fits alopecia areata" in course.reason
    assert plan.open_options == []


def test_the_terminal_shows_what_fits_and_that_it_is_no_diagnosis():
    said = answer(plan_of("man under a tight turban with a receding hairline"), Path("plan.html"))
    assert "no diagnosis" in " ".join(said.split())
    assert "traction alopecia" in said


def clues():
    return [record for record in records_in(FACTS.triage) if isinstance(record, Clue)]


def test_every_clue_asks_for_keys_and_words_that_a_person_file_has():
    records = blocks()
    for clue in clues():
        keys = {*clue.answers, *clue.given, *clue.below, *clue.at_least, *clue.asks}
        for key in keys:
            path, _, name = key.rpartition(".")
            assert name in records[path].__struct_fields__, key
        for key, words in clue.answers.items():
            known = {*allowed(key), *allowed(f"{key}[]")}
            assert set(words) <= known - {"unknown"}, (key, words)
        assert set(clue.asks) <= {*clue.answers, *clue.given, *clue.below, *clue.at_least} | {
            "health.chemotherapy_or_radiotherapy"
        }
        for limit in (*clue.below.values(), *clue.at_least.values()):
            rule, dot, entry = limit.partition(".")
            assert entry in FACTS.rules[rule].limits if dot else limit in FACTS.triage.limits


def test_every_word_that_can_be_noticed_tells_something():
    used: dict[str, set[str]] = {}
    for clue in clues():
        for key, words in clue.answers.items():
            used.setdefault(key, set()).update(words)
    quiet = {"itch", "greasy_scale"}  # they belong to no type held here
    for key in ("pattern", "scalp_signs", "triggers", "medicines", "hairstyles"):
        assert set(allowed(f"noticed.{key}[]")) - quiet == used[f"noticed.{key}"], key
    assert set(allowed("examination.trichoscopy[]")) == used["examination.trichoscopy"]


def test_what_only_memory_says_is_marked_as_remembered_and_ours_as_assumed():
    for record in records_in(FACTS.triage):
        source = getattr(record, "source", None)
        if source and "memory" in source:
            assert record.status == "remembered", record
        if source == ["ours"]:
            assert record.status == "assumed", record


def test_the_limits_of_ferritin_are_those_of_the_laboratory():
    limits = FACTS.triage.limits
    cut_offs = [q.value for q in FACTS.laboratory.tests["ferritin"].cut_offs]
    assert cut_offs == [
        limits[f"ferritin_{kind}_ug_per_l"].value
        for kind in ("deficient", "disputed", "undisputed")
    ]


def test_types_tests_and_rules_of_the_table_exist():
    table = FACTS.triage
    assert set(table.types) <= set(FACTS.vocabulary.conditions)
    for entry in table.types.values():
        assert set(entry.tests) <= set(FACTS.laboratory.tests)
    for rule, conditions in table.red_flags.items():
        assert rule in FACTS.rules
        assert set(conditions) <= set(table.types)
    for entry in table.settles.values():
        assert set(entry.tests) <= set(FACTS.laboratory.tests)
    spoken = {c for e in table.settles.values() for r in e.results for c in r.speaks_for}
    assert spoken == set(table.types)


def reasons(rule, **blocks):
    document = {"sex": "female", "age_years": 40, "jurisdiction": "CA", "health": {}} | blocks
    held = assess(person_from(document, "a", "a", FACTS), FACTS)
    return next(f for f in held.findings() if f.rule == rule).reason


def test_a_medicine_that_is_known_is_named_and_one_that_has_ended_is_not_to_be_gone_on_with():
    ended = reasons(
        "R34",
        noticed={"medicines": ["chemotherapy"]},
        health={"chemotherapy_or_radiotherapy": "yes",
                "years_since_chemotherapy_or_radiotherapy": 1},
    )  # fmt: skip
    assert ended.startswith("You named chemotherapy from when the loss began.")
    assert "do not stop" not in ended
    assert "nothing to stop" in ended
    taken = reasons("R34", noticed={"medicines": ["beta_blocker"]})
    assert "a beta-blocker" in taken
    assert "do not stop it yourself" in taken
    assert "retinoid" not in taken
    told = {"hair_loss_after_medicine": "yes", "months_since_isotretinoin": 0}
    assert "you named isotretinoin" in reasons("R34", health=told)
    tablets = reasons("R34", noticed={"medicines": ["hormone_treatment_for_cancer"]})
    assert "Never stop a hormone treatment for cancer" in tablets
    pill = reasons("R34", noticed={"triggers": ["stopped_contraceptive_pill"]})
    assert "nothing to stop" in pill


def test_a_finding_claims_no_more_than_a_bundled_question_asked():
    tired = reasons("R14", health={"unexplained_weight_loss_or_tiredness": "yes"})
    assert tired.startswith("You named at least one of: unexplained weight loss, marked tiredness")
    smooth = reasons("R10", health={"scarring_signs": ["smooth_shiny_skin"]})
    assert smooth.startswith("You named: smooth, shiny skin.")
    assert "may also be that of a bare patch" in smooth
    both = reasons("R10", health={"scarring_signs": ["smooth_shiny_skin", "burning_or_pain"]})
    assert "bare patch" not in both


def test_a_birth_is_named_and_never_to_be_treated():
    plan = plan_of("woman who sheds fourteen weeks after a birth")
    effluvium = plan.triage.type_of("telogen_effluvium")
    sentence = "A birth came before. Shedding after a birth usually ends within a year."
    assert sentence in [entry.text for entry in effluvium.speaks_for]
    assert plan.triage.first_steps[0].text.startswith("Give shedding after a birth time.")
    said = " ".join(plan.answer.sentences)
    assert "You named a birth before." in said
    assert "cause treated" not in said
    assert "such as a birth" in said
    unknown = reasons("R13", health={"sudden_diffuse_shedding": "yes",
                                     "months_since_shedding_began": 2})  # fmt: skip
    assert "Have the trigger looked for and its cause treated." in unknown


def test_the_box_is_not_headed_by_a_physician_where_it_only_says_to_wait():
    waiting = page_of("woman who sheds fourteen weeks after a birth")
    assert "First of all: what speaks for waiting" in waiting
    assert "First of all: what a physician has to see" not in waiting
    referred = page_of("man with round bare patches within weeks")
    assert "First of all: what a physician has to see" in referred


def test_limited_patches_are_called_mild_only_where_nothing_else_may_be_behind_them():
    def why(name):
        pairs = plan_of(name).candidacy.answers
        return next(pair.why for pair in pairs if pair.answer == "alopecia_areata")

    assert "80 %" in why("man with round bare patches within weeks")
    for name in (
        "girl of 12 with one patch and no other sign",
        "man with a bare area whose daughter has ringworm",
        "woman of 60 whose front hairline and brows recede",
        "man with round patches that flake",
        "man with redness around the hairs, lost openings and burning",
    ):
        assert why(name).startswith("The type has to be named before"), name
        assert "80 %" not in page_of(name).split('id="as-now"')[0]


def test_temples_count_for_traction_only_beside_a_hairstyle():
    bare = triage(person_of(named("man who only says that his temples recede")), FACTS)
    traction = bare.type_of("traction_alopecia")
    assert traction.compatible == "cannot_tell"
    assert traction.speaks_for == []
    worn = plan_of("man with thin temples and a tight turban").triage.type_of("traction_alopecia")
    said = [entry.text for entry in worn.speaks_for]
    assert "It is lost at the temples, where this hairstyle can pull." in said


def test_brows_alone_are_not_called_bare_patches():
    areata = plan_of("woman who loses her brows only").triage.type_of("alopecia_areata")
    assert areata.speaks_for[0].text == "Brows or lashes are lost."
    assert not any("patch" in entry.text for entry in areata.speaks_for)


def test_what_was_merely_not_named_makes_a_type_less_likely_and_keeps_it_on_the_page():
    name = "woman on hormone tablets after breast cancer whose hair thins all over"
    pattern = plan_of(name).triage.type_of("androgenetic_alopecia")
    assert pattern.words == "less likely from these answers"
    assert "it is not ruled out" in page_of(name)
    denied = plan_of("man who names no place and no shedding").triage
    assert denied.type_of("androgenetic_alopecia").compatible == "not_compatible"


def test_every_clue_words_each_answer_for_itself():
    for clue in clues():
        bundled = len(clue.answers) > 1 or " or " in clue.text
        is_wording = clue in [c for t in FACTS.triage.types.values() for c in t.needs]
        if not (bundled and is_wording):
            continue
        for key, words in clue.answers.items():
            for word in words:
                assert f"{key}.{word}" in clue.says or key in clue.says, (clue.text, key, word)
    for clue in clues():
        for entry in clue.says:
            key = next((k for k in (*clue.answers, *clue.below, *clue.at_least)
                        if entry == k or entry.startswith(f"{k}.")), None)  # fmt: skip
            assert key is not None, (clue.text, entry)
            word = entry.removeprefix(key).removeprefix(".")
            assert not word or word in clue.answers[key], entry
        for entry in clue.only_with:
            key, _, word = entry.rpartition(".")
            assert word in clue.answers[key]
