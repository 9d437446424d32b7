"""The printed papers: what they hold, what they never hold, and that they stay on one sheet."""

import base64
import datetime
import functools
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from anagen import facts
from anagen.candidacy import (
    Examination,
    Health,
    Measured,
    Noticed,
    Product,
    person_from,
    read_person,
)
from anagen.cli import main
from anagen.errors import FactError
from anagen.facts.paper import ShortStep
from anagen.plan import aftercare as aftercare_module
from anagen.plan.aftercare import aftercare
from anagen.plan.assemble import make_plan
from anagen.plan.clinic_questions import GIVEN, clinic_questions
from anagen.plan.consultation import Fill, consultation
from anagen.plan.options import zero_event_upper_percent
from anagen.plan.protocol import KEEP_TAKING
from anagen.plan.session_sheet import DETAILS, said_in_file, session_sheet
from anagen.plan.wording import worded
from anagen.report import letter, scalp_map
from anagen.report.aftercare import aftercare_page
from anagen.report.clinic_questions import clinic_questions_page
from anagen.report.clinician import clinician_page
from anagen.report.letter import letter_page, record_text
from anagen.report.session_sheet import session_sheet_page

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 20)
FACTS = facts.load()
PAPERS = FACTS.papers
VOID = {"meta", "br", "input", "col"}
HOSTILE = '</script><img src=x onerror=alert(1)>{decision}"&'


def person_of(sex="male", jurisdiction="US", **changes):
    document = {
        "sex": sex, "age_years": 40, "condition": "androgenetic_alopecia",
        "jurisdiction": jurisdiction, "health": {}, **changes,
    }  # fmt: skip
    return person_from(document, "page", "page", FACTS)


def plan_of(person):
    return make_plan(person, FACTS, seed=1, today=TODAY)


def every_answer_yes():
    """A woman for whom nearly everything is wrong: the longest papers that a file can give."""
    spans = {
        "years_since_chemotherapy_or_radiotherapy": 1, "days_without_symptoms": 2,
        "months_since_shedding_began": 3, "platelets_e9_per_l": 60, "hours_since_nsaid": 24,
        "days_since_systemic_corticosteroid": 3, "months_since_scalp_steroid_injection": 0.5,
        "months_since_isotretinoin": 1, "months_since_hair_transplant": 2,
    }  # fmt: skip
    only = {"traction_continues", "prostate_disease_or_psa_test"}
    yes = {
        name: "yes"
        for name, kind in Health.__annotations__.items()
        if "yes" in str(kind) and name not in only
    }
    signs = ["smooth_shiny_skin", "lost_follicular_openings", "burning_or_pain"]
    return person_of(
        sex="female", jurisdiction="UK", age_years=16.5, label="a" * 60,
        session_date="2027-02-28", severity={"sinclair": 3, "basp": "M2F1V1"},
        health=yes | spans | {"scarring_signs": signs},
        history=[{"treatment": name, "months_since_last_dose": k}
                 for k, name in enumerate(("minoxidil_topical", "finasteride_topical"))],
        product={"kind": "exosome", "origin": "human", "route": "intradermal_injection",
                 "labelled_for": "topical", "batch_certificate": "no", "authorised_trial": "no"},
    )  # fmt: skip


PEOPLE = [*(read_person(path, FACTS) for path in EXAMPLES), every_answer_yes()]
PLANS = [plan_of(person) for person in PEOPLE]
NAMES = [plan.person.label[:24] for plan in PLANS]


@pytest.fixture(params=PLANS, ids=NAMES)
def plan(request):
    return request.param


@functools.cache
def _pages(label):
    plan = next(plan for plan in PLANS if plan.person.label == label)
    return made_pages(plan)


def pages_of(plan):
    return _pages(plan.person.label)


def made_pages(plan):
    view = consultation(plan, FACTS)
    return {
        "clinic-questions": clinic_questions_page(plan),
        "session-sheet": session_sheet_page(session_sheet(plan, FACTS)),
        "aftercare": aftercare_page(aftercare(plan, FACTS)),
        "clinician": clinician_page(view),
        "letter": letter_page(view),
    }


class Reader(HTMLParser):
    """Collects what a page holds, and refuses a tag that is closed out of order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.ids, self.tags, self.links, self.levels, self.words = [], [], [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    def text(self):
        return " ".join(" ".join(self.words).split())

    def count(self, tag, **given):
        return sum(
            name == tag and all(attrs.get(k.rstrip("_")) == v for k, v in given.items())
            for name, attrs in self.tags
        )


# ------------------------------------------------------------------ every paper


def test_every_paper_is_well_formed_and_loads_nothing(plan):
    for name, page in pages_of(plan).items():
        reader = Reader(page)
        assert len(reader.ids) == len(set(reader.ids)), name
        assert reader.levels[0] == 1, name
        assert set(reader.levels) <= {1, 2}, name
        names = {tag for tag, _ in reader.tags}
        assert not names & {"iframe", "object", "embed", "link", "img"}, name
        assert ("script" in names) == (name == "clinician"), name
        for _, attrs in reader.tags:
            assert not {"src", "srcset", "onclick", "style", "xlink:href"} & set(attrs), name
        assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page), name
        assert re.search(r"Content-Security-Policy\" content=\"default-src 'none'", page), name
        local = {"plan.html", "letter.html", "record.txt"}
        assert {link.split("#")[0] for link in reader.links} <= local, name


def test_no_placeholder_reaches_a_paper(plan):
    for name, page in pages_of(plan).items():
        text = Reader(page).text()
        keys = () if name == "clinician" else ("article_00",)  # its small print names source keys
        for word in ("nan", "Undefined", "Fill", "{", "}", *keys):
            assert not re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text), (name, word)


def test_a_number_that_links_into_the_plan_is_one_of_its_sources(plan):
    known = {f"plan.html#s{source.number}" for source in plan.sources} | {"plan.html#sources"}
    links = [link for link in Reader(clinic_questions_page(plan)).links if "#" in link]
    assert len(links) > len(plan.clinic_questions)
    assert set(links) <= known


def test_no_paper_makes_a_diagnosis(plan):
    for name, page in pages_of(plan).items():
        text = Reader(page).text().lower().replace(plan.person.label.replace("_", " "), "")
        text = text.replace("it makes no diagnosis", "").replace("not as diagnosed here", "")
        text = text.replace("begin with a diagnosis", "").replace("illness or diagnosis since", "")
        assert "diagnos" not in text, name


def test_what_a_person_writes_cannot_become_markup_or_a_place_of_the_form():
    measured = Measured(density_per_cm2=152, measure="nonvellus_density", site=HOSTILE)
    plan = plan_of(msgspec.structs.replace(PEOPLE[0], measured=measured))
    plan = msgspec.structs.replace(plan, condition_label=HOSTILE, jurisdiction_label=HOSTILE)
    for name, page in made_pages(plan).items():
        assert "<img" not in page, name
        assert page.count("</script>") == (2 if name == "clinician" else 0), name
    view = consultation(plan, FACTS)
    entry = msgspec.structs.replace(
        next(e for e in view.form if e.id == "decision"), filled=["a secret"]
    )
    form = [entry if e.id == "decision" else e for e in view.form]
    said = [letter.filled_text(p, form) for p in view.letter]
    assert sum("a secret" in text for text in said) == 1
    assert any("{decision}" in text for text in said)


def test_no_paper_has_a_place_where_a_name_is_printed():
    page = session_sheet_page(session_sheet(PLANS[0], FACTS))
    for word in ("Name", "Date of birth"):
        assert f'<span class="name">{word}</span><span class="line"></span>' in page


# ------------------------------------------------------------------ ask this clinic

LONGEST = {"question": 80, "good": 75, "poor": 75, "missing": 75}
"""Characters that keep a row of the page at three lines; scripts/papers.py checks the sheet."""


def test_every_place_has_one_question_about_the_licence():
    places = [name for name in FACTS.vocabulary.jurisdictions if name != "international"]
    for place in places:
        asked = clinic_questions(person_of(jurisdiction=place), [], FACTS)
        assert [q.id for q in asked if q.id.startswith("licence")] == [f"licence_{place.lower()}"]


def test_every_type_of_loss_has_one_question_about_what_else_there_is():
    for condition in FACTS.vocabulary.conditions:
        asked = clinic_questions(person_of(condition=condition), [], FACTS)
        assert sum(q.id.startswith("instead") for q in asked) == 1
        assert len(asked) == 12


def test_every_question_is_whole_and_short_enough_for_its_row():
    for name, fact in FACTS.clinic_questions.items():
        for field, most in LONGEST.items():
            assert 0 < len(getattr(fact, field)) <= most, (name, field)
        assert fact.question.endswith("?"), name
        assert len(worded(fact.why, FACTS)) <= 155, name


def test_what_the_file_may_say_is_what_a_product_can_say():
    for name, fact in FACTS.clinic_questions.items():
        for entry in fact.heard:
            assert entry.when, name
            for key, values in entry.when.items():
                kind = str(Product.__annotations__[key])
                assert all(value == GIVEN or f"'{value}'" in kind for value in values), (name, key)


@pytest.mark.parametrize(
    ("place", "product", "question", "means"),
    [
        ("US", {"batch_certificate": "no"}, "batch_certificate", "missing"),
        ("US", {"batch_certificate": "yes"}, "batch_certificate", "part"),
        ("US", {"batch_certificate": "unknown"}, "batch_certificate", None),
        ("US", {"origin": "human"}, "source_cells", "part"),
        ("EU", {"origin": "human"}, "source_cells", "part"),
        ("UK", {"origin": "human"}, "source_cells", "part"),
        ("US", {"ind": "no"}, "licence_us", "missing"),
        ("US", {"ind": "yes"}, "licence_us", "part"),
        ("US", {"ind": "yes", "ind_number": "12345", "fda_letter_shown": "yes"}, "licence_us",
         "good"),
        ("US", {"ind": "yes", "ind_number": "12345", "fda_letter_shown": "no"}, "licence_us",
         "missing"),
        ("UK", {"authorised_trial": "no"}, "licence_uk", "missing"),
        ("UK", {"authorised_trial": "yes", "trial_number": "1"}, "licence_uk", "part"),
        ("US", {"route": "intradermal_injection", "labelled_for": "topical"}, "route_label",
         "poor"),
        ("US", {"route": "intradermal_injection", "labelled_for": "injection"}, "route_label",
         "part"),
        ("US", {"route": "topical_intact_skin", "labelled_for": "unknown"}, "route_label", "part"),
        ("SA", {"route": "intradermal_injection"}, "licence_sa", "poor"),
        ("SA", {"route": "topical_intact_skin", "labelled_for": "unknown"}, "licence_sa", "part"),
        ("SA", {"route": "topical_intact_skin", "labelled_for": "topical"}, "licence_sa", "good"),
    ],
)  # fmt: skip
def test_what_the_file_says_is_filled_in_beforehand(place, product, question, means):
    person = person_of(jurisdiction=place, product={"kind": "exosome", **product})
    asked = {q.id: q for q in clinic_questions(person, [], FACTS)}[question]
    assert asked.means == means
    assert (asked.said is None) == (means is None)


@pytest.mark.parametrize(
    ("product", "question", "column"),
    [({"batch_certificate": "no"}, "batch_certificate", "missing"),
     ({"route": "intradermal_injection", "labelled_for": "topical"}, "route_label", "poor")],
)  # fmt: skip
def test_an_answer_is_ticked_where_it_belongs(product, question, column):
    person = person_of(product={"kind": "exosome", **product})
    asked = clinic_questions(person, [], FACTS)
    page = clinic_questions_page(msgspec.structs.replace(PLANS[0], clinic_questions=asked))
    assert page.count("✕") == page.count("<b>You said:</b>") == 1
    words = getattr(FACTS.clinic_questions[question], column)
    assert f'<span class="box">✕</span>{words}' in page


def test_half_an_answer_ticks_nothing():
    person = person_of(product={"kind": "exosome", "origin": "human"})
    asked = clinic_questions(person, [], FACTS)
    page = clinic_questions_page(msgspec.structs.replace(PLANS[0], clinic_questions=asked))
    assert "✕" not in page
    assert "ask which tissue" in page
    assert "half an answer" in page


def test_what_a_product_is_made_from_is_never_a_poor_answer_by_itself():
    for entry in FACTS.clinic_questions["source_cells"].heard:
        assert entry.means == "part"


def test_every_question_stands_on_the_page_with_three_answers_a_box_and_a_line(plan):
    page = clinic_questions_page(plan)
    reader = Reader(page)
    text = reader.text()
    for asked in plan.clinic_questions:
        for words in (asked.question, asked.good, asked.poor, asked.missing):
            assert words in text
    assert reader.count("span", class_="box") == 3 * len(plan.clinic_questions)
    assert reader.count("span", class_="line") == len(plan.clinic_questions)


def test_the_bound_of_none_in_n_is_computed():
    asked = {q.id: q for q in clinic_questions(person_of(), [], FACTS)}["harms_counted"]
    for size in (30, 100, 300):
        assert f"0 of {size} still allows {zero_event_upper_percent(size, 95):.2g} %" in asked.why


def test_a_plan_that_stops_says_so_on_the_page(plan):
    stops = [line for line in plan.candidacy.lines() if line.verdict == "STOP"]
    text = Reader(clinic_questions_page(plan)).text()
    assert ("Your plan says stop for" in text) == bool(stops)
    assert all(line.label in text for line in stops)


# ------------------------------------------------------------------ the session sheet


def test_every_item_of_consent_is_there_with_what_the_plan_says(plan):
    sheet = session_sheet(plan, FACTS)
    text = Reader(session_sheet_page(sheet)).text()
    assert {item.detail for item in PAPERS.session.consent} == set(DETAILS)
    for line in sheet.consent:
        assert line.text in text
        assert line.detail in text
    for word in ("approved", "made from", "certificate", "cost", "Alternatives", "lumps"):
        assert any(word in line.text for line in sheet.consent), word


def test_every_check_of_the_day_is_there_with_two_boxes(plan):
    sheet = session_sheet(plan, FACTS)
    reader = Reader(session_sheet_page(sheet))
    asked = set(PAPERS.session.same_day) - ({"pregnancy"} if plan.person.sex == "male" else set())
    assert {check.id for check in sheet.checks} == asked
    for check in sheet.checks:
        assert check.question in reader.text()
    assert reader.count("span", class_="box halt") == len(sheet.checks) + 1
    needed = {"R07", "R08", "R18", "R19", "R20", "R21", "R24"}
    assert needed <= {check.rule for check in sheet.checks}


@pytest.mark.parametrize(
    ("check", "rule", "limit"),
    [("unwell", "R07", "days_without_symptoms"), ("nsaid", "R19", "hours_without_nsaid"),
     ("corticosteroid", "R20", "days_after_systemic"), ("isotretinoin", "R21", "months_off")],
)  # fmt: skip
def test_the_numbers_of_the_day_are_those_of_the_rules(check, rule, limit):
    asked = {c.id: c for c in session_sheet(PLANS[0], FACTS).checks}[check]
    assert f"{FACTS.rules[rule].limits[limit].number():g} " in asked.question
    assert str(FACTS.rules[rule].limits[limit].value) not in PAPERS.session.same_day[check].question


def test_an_answer_of_the_file_is_shown_and_asked_again():
    health = {"scalp_infection": "yes", "hours_since_nsaid": 24, "anticoagulant": "no",
              "dual_antiplatelet": "no", "prescribed_aspirin": "no"}  # fmt: skip
    sheet = session_sheet(plan_of(person_of(health=health)), FACTS)
    told = {check.id: check.in_file for check in sheet.checks}
    assert told["scalp_infection"] == "yes"
    assert told["nsaid"] == "24 hours"
    assert told["blood_thinner"] == "none taken"
    assert told["lesion"] is None
    assert told["anything_new"] is None


def test_a_no_counts_only_where_every_key_was_answered():
    person = person_of(sex="female", health={"pregnant": "no"})
    keys = ("health.pregnant", "health.breastfeeding")
    assert said_in_file(person, keys) is None
    assert said_in_file(person, keys[:1]) == "no"
    person = person_of(sex="female", health={"pregnant": "no", "breastfeeding": "yes"})
    assert said_in_file(person, keys) == "yes (breastfeeding)"
    assert said_in_file(person, ("product.labelled_for",)) is None


def test_every_key_that_a_check_looks_up_is_one_of_the_person_file():
    for name, check in PAPERS.session.same_day.items():
        for key in check.in_file:
            block, _, field = key.partition(".")
            record = {"health": Health, "product": Product}[block]
            assert field in record.__struct_fields__, (name, key)


def test_a_plan_that_stops_stops_the_session_first_of_all(plan):
    sheet = session_sheet(plan, FACTS)
    text = Reader(session_sheet_page(sheet)).text()
    stopping = [line for line in plan.candidacy.lines() if line.verdict == "STOP"]
    for line in stopping:
        assert f"The plan says stop: {line.label}" in text
    is_minor = plan.person.age_years < 18
    assert ("No session should take place." in text) == (bool(stopping) and not is_minor)
    if sheet.halt is not None:
        assert text.index(sheet.halt) < text.index("Date of birth")


def test_the_sheet_for_home_halts_where_the_sheet_for_the_room_does(plan):
    halt = session_sheet(plan, FACTS).halt
    sheet = aftercare(plan, FACTS)
    assert sheet.halt == halt
    text = Reader(aftercare_page(sheet)).text()
    assert ("This sheet is only for somebody who was treated already." in text) == bool(halt)
    if halt is not None:
        assert text.index(halt) < text.index("Call at once")


def halt_for(**document):
    return session_sheet(plan_of(person_of(**document)), FACTS).halt


def test_no_session_before_the_type_is_named():
    assert halt_for(condition="unspecified_hair_loss") == (
        "Nobody has named the type of hair loss: no session before that."
    )


def test_a_minor_has_no_session():
    halt = halt_for(age_years=16)
    assert halt.startswith("No session. The plan says stop: your health (R01")
    assert "should" not in halt


def test_without_a_type_what_waits_is_said_beside_it():
    noticed = {"onset": "days_or_weeks", "shedding": "much_more"}
    document = {"condition": "unspecified_hair_loss", "noticed": noticed}
    halt = halt_for(**document, health={"hours_since_nsaid": 1})
    assert halt.startswith("The plan says not yet: your health (R")
    assert halt.endswith("hair loss: no session before that.")


def test_evidence_that_wants_a_physician_or_time_first_is_said_without_ids():
    halt = halt_for(condition="alopecia_areata")
    assert "The plan says doctor first: the evidence (by type of hair loss)." in halt
    assert halt.endswith("No session before that is settled.")


def test_nothing_halts_a_session_that_nothing_speaks_against():
    assert halt_for() is None


def test_a_line_of_health_that_waits_is_said_too():
    warfarin = next(plan for plan in PLANS if plan.person.label == "09_warfarin")
    sheet = session_sheet(warfarin, FACTS)
    assert "stop" not in sheet.halt
    text = Reader(session_sheet_page(sheet)).text()
    assert "The plan says doctor first: your health (R18)" in text
    assert KEEP_TAKING in text


def test_the_map_names_every_zone_and_both_sides():
    drawn = scalp_map.scalp_map(PAPERS.session.zones, 19)
    for zone, times in (("frontal", 3), ("mid-scalp", 3), ("vertex", 3), ("occipital", 3),
                        ("temporal L", 2), ("temporal R", 2)):  # fmt: skip
        assert drawn.count(f">{zone}</text>") == times, zone
    assert 'role="img"' in drawn
    assert set(PAPERS.session.zones) == {
        "frontal", "mid_scalp", "vertex", "occipital", "temporal_left", "temporal_right",
    }  # fmt: skip


def test_the_grid_lies_within_its_outline_at_the_distance_asked_for():
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    points = scalp_map.grid(square, 2.0)
    assert len(points) == 25
    assert all(0 <= x < 10 and 0 < y < 10 for x, y in points)
    assert len(scalp_map.grid(square, 1.0)) == 100
    triangle = [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]
    assert all(x + y < 10 for x, y in scalp_map.grid(triangle, 1.0))


def test_the_room_is_watched_as_long_as_the_protocol_says():
    minutes = session_sheet(PLANS[0], FACTS).observation_minutes
    assert minutes[0] == 0
    assert minutes[-1] == FACTS.protocol.during["D06"].lasts_minutes
    text = Reader(session_sheet_page(session_sheet(PLANS[0], FACTS))).text()
    assert all(f"{m} min" in text for m in minutes)
    assert FACTS.protocol.during["D06"].text in text


def test_everything_that_the_protocol_writes_down_has_a_line():
    fields = [f.label.lower() for f in (*PAPERS.session.product, *PAPERS.session.procedure)]
    step = FACTS.protocol.during["D03"].text
    assert "batch, vial, expiry, time of reconstitution, diluent, volume, particles" in step
    for word in ("batch", "vial", "expiry", "thawed", "reconstituted", "diluent", "volume",
                 "particles per ml", "particles given", "operator", "needle", "start", "end",
                 "numbing", "dose", "used by"):  # fmt: skip
        assert any(word in field for field in fields), word


def test_the_sheet_for_the_room_stays_short_enough_for_one_page(plan):
    sheet = session_sheet(plan, FACTS)
    assert len(sheet.checks) <= 13
    assert sum(len(check.question) > 48 for check in sheet.checks) <= 5
    assert all(len(check.question) <= 85 for check in sheet.checks)
    assert all(len(check.in_file or "") <= 24 for check in sheet.checks)
    assert len(sheet.consent) == 6
    assert all(len(line.text) + len(line.detail) <= 150 for line in sheet.consent)
    assert len(sheet.product) + len(sheet.procedure) <= 22


# ------------------------------------------------------------------ the aftercare sheet


def test_every_step_before_and_after_is_on_the_sheet_once(plan):
    sheet = aftercare(plan, FACTS)
    held = [step for line in (*sheet.before, *sheet.after) for step in line.steps]
    assert sorted(held) == sorted([*FACTS.protocol.before, *FACTS.protocol.after])
    text = Reader(aftercare_page(sheet)).text()
    assert all(words in text for line in (*sheet.before, *sheet.after) for words in line.texts)


def test_only_women_are_asked_to_tell_of_a_pregnancy(plan):
    text = Reader(aftercare_page(aftercare(plan, FACTS))).text()
    assert ("pregnancy" in text) == (plan.person.sex == "female")


def test_the_diary_holds_the_days_of_the_protocol_and_a_box_for_each_sign(plan):
    sheet = aftercare(plan, FACTS)
    assert [row.day for row in sheet.diary] == FACTS.protocol.diary.days
    reader = Reader(aftercare_page(sheet))
    assert reader.count("span", class_="box") == len(sheet.diary) * len(sheet.diary_columns)
    for sign in ("redness", "swelling", "pain", "lump", "fever", "shedding", "other"):
        assert sign in sheet.diary_columns


def test_dates_are_counted_from_the_session():
    person = person_of(session_date="2027-02-15")
    sheet = aftercare(plan_of(person), FACTS)
    assert sheet.diary[-1].date == datetime.date(2027, 6, 15)
    assert sheet.visits[0].date == datetime.date(2027, 3, 15)
    assert sheet.first_meaningful_date == datetime.date(2027, 8, 2)
    spans = {tuple(line.steps): line for line in (*sheet.before, *sheet.after)}
    assert spans[("B01",)].since == datetime.date(2027, 2, 12)
    assert spans[("A02",)].until == datetime.date(2027, 2, 19)
    assert spans[("A03",)].until is None
    text = Reader(aftercare_page(sheet)).text()
    for words in ("In the last 3 days, from 12 Feb:", "For 4 days, until 19 Feb:",
                  "The day before, 14 Feb:", "On the day, 15 Feb:", "Day 120, 15 Jun",
                  "Not before week 24, 2 Aug 2027."):  # fmt: skip
        assert words in text, words


def test_without_a_date_nothing_is_dated():
    sheet = aftercare(plan_of(person_of()), FACTS)
    text = Reader(aftercare_page(sheet)).text()
    assert not re.search(r"20[0-9]{2}", text)
    assert "In the last 3 days:" in text


def test_every_urgent_sign_is_printed_large_with_a_line_for_the_telephone(plan):
    page = aftercare_page(aftercare(plan, FACTS))
    text = Reader(page).text().lower()
    assert all(sign.text.lower() in text for sign in FACTS.protocol.urgent_signs)
    assert '<span>Clinic <span class="line"></span></span>' in page


def test_nothing_on_the_sheet_for_the_person_is_smaller_than_eleven_points():
    template = Path(aftercare_module.__file__).parents[1] / "report/templates/aftercare.html"
    own = re.search(r"<style>(.*?)</style>", template.read_text("utf-8"), re.S).group(1)
    sizes = [float(size) for size in re.findall(r"font-size:([0-9.]+)pt", own)]
    assert min(sizes) >= 11
    assert 'class="small' not in template.read_text("utf-8")


def test_somebody_on_a_blood_thinner_is_told_to_go_on(plan):
    health = plan.person.health
    taken = "yes" in (health.anticoagulant, health.dual_antiplatelet, health.prescribed_aspirin)
    text = Reader(aftercare_page(aftercare(plan, FACTS))).text()
    assert (KEEP_TAKING in text) == taken
    assert ("do NOT stop it" in text) != taken


def test_an_early_count_is_said_to_tell_nothing():
    sheet = aftercare(PLANS[0], FACTS)
    said = " ".join(statement.text for statement in sheet.judged)
    assert "A count at 4 weeks cannot tell" in said
    assert "12 % by software alone, about 7 %" in said


def test_a_step_that_the_protocol_does_not_hold_is_a_fault_of_the_facts():
    papers = msgspec.structs.replace(
        PAPERS, aftercare=msgspec.structs.replace(
            PAPERS.aftercare, before=[ShortStep(step="B99", text="Sing.")]),
    )  # fmt: skip
    with pytest.raises(FactError, match="'B99', which is no step"):
        aftercare(PLANS[0], msgspec.structs.replace(FACTS, papers=papers))


@pytest.mark.parametrize("name", ["limits.nothing", "R07.nothing", "moon.phase"])
def test_a_number_that_does_not_exist_is_a_fault_of_the_facts(name):
    with pytest.raises(FactError, match="is not a number among the facts"):
        worded(f"about {{{name}}} %", FACTS)


# ------------------------------------------------------------------ clinician, letter, record


def test_the_case_is_told_in_lines_with_rules_and_sources(plan):
    view = consultation(plan, FACTS)
    noticed = ["noticed"] if plan.person.noticed is not None and told_of(plan, "noticed") else []
    assert [line.id for line in view.case] == [
        "person", "loss", "red_flags", *noticed, "answers", "history", "medicines", "verdicts",
        "options", "closed", "tests",
    ]  # fmt: skip
    reader = Reader(clinician_page(view))
    text = reader.text()
    assert all(line.text in text for line in view.case)
    assert reader.count("dt") == len(view.case)
    verdicts = next(line for line in view.case if line.id == "verdicts")
    for line in plan.candidacy.lines():
        assert line.line in verdicts.text.lower()
    assert verdicts.rules
    assert set(verdicts.source) <= set(FACTS.sources)


def told_of(plan, name):
    """Return one line of the case as text; nothing where it is left out."""
    lines = {line.id: line.text for line in consultation(plan, FACTS).case}
    return lines.get(name, "")


def case_line(name, **document):
    return told_of(plan_of(person_of(**document)), name)


def test_an_emergency_is_the_first_red_flag():
    flags = next(line for line in consultation(PLANS[-1], FACTS).case if line.id == "red_flags")
    assert flags.text.startswith("R07 ")
    assert "sepsis or unstable circulation" in flags.text


def test_without_a_type_and_answers_nothing_is_made_up():
    person = person_of(condition="unspecified_hair_loss")
    told = {line.id: line.text for line in consultation(plan_of(person), FACTS).case}
    assert told["loss"] == "No type was stated; not graded."
    assert told["red_flags"] == "None so far; answers are missing."
    assert told["history"] == told["medicines"] == "Not answered."
    assert told["answers"].startswith("Questions still open: ")
    assert told["options"] == "None before the type is named; the answers fit none so far."
    assert told["tests"] == "Trichoscopy (no type fits yet); pull test (no type fits yet)."


def test_what_is_taken_is_named_among_the_medicines():
    health = {"anticoagulant": "yes", "prescribed_aspirin": "no", "months_since_isotretinoin": 1}
    history = [{"treatment": "minoxidil_topical", "months_since_last_dose": 0}]
    view = consultation(plan_of(person_of(health=health, history=history)), FACTS)
    told = {line.id: line.text for line in view.case}
    assert told["medicines"] == "Anticoagulant; 1 month since isotretinoin."
    assert told["history"].startswith("Minoxidil lotion or foam: in use. Whether it was a fair")


NOTICED = {
    "onset": "days_or_weeks", "months_since_onset": 3, "pattern": ["whole_head"],
    "shedding": "much_more", "scalp_signs": ["itch"], "triggers": ["childbirth"],
    "weeks_since_trigger": 13, "medicines": [], "hairstyles": "unknown",
    "family_pattern_loss": "yes", "after_menopause": "no", "restricted_diet": "yes",
    "known_low_iron": "yes",
}  # fmt: skip
NOBODY_NAMED = {"sex": "female", "condition": "unspecified_hair_loss"}


def test_everything_that_was_noticed_is_in_letter_and_record():
    examination = {"ferritin_ug_per_l": 9, "haemoglobin_g_per_l": 108, "tsh_miu_per_l": 2.5,
                   "fungal_test": "negative", "trichoscopy": []}  # fmt: skip
    person = person_of(**NOBODY_NAMED, noticed=NOTICED, examination=examination)
    view = consultation(plan_of(person), FACTS)
    noticed = next(line for line in view.case if line.id == "noticed").text
    assert noticed == (
        "Onset: days or weeks; months since onset: 3; pattern: whole head; shedding: much more; "
        "signs of scalp, nails or glands: itch; events before the onset: childbirth; weeks since "
        "then: 13; relatives with such loss; restricted diet; low iron found before. "
        "No to: medicines at the onset, past the menopause."
    )
    record = " ".join(record_text(view).split())
    text = Reader(letter_page(view)).text()
    for words in (noticed, "ferritin 9 µg/L", "haemoglobin 108 g/L", "TSH 2.5 mIU/L",
                  "microscopy or culture for a fungus negative", "none of these"):  # fmt: skip
        assert words in text
        assert words.replace("µ", "u") in record


def test_every_key_that_can_be_noticed_has_words():
    assert set(PAPERS.consultation.noticed) == set(Noticed.__struct_fields__)
    assert set(PAPERS.consultation.numbers) <= {
        *Examination.__struct_fields__, *Health.__struct_fields__, *Measured.__struct_fields__,
    }  # fmt: skip
    assert all("{value}" in words for words in PAPERS.consultation.numbers.values())
    own = PAPERS.consultation
    assert set(own.first_examinations) <= set(own.examinations) <= set(FACTS.triage.settles)


def test_the_history_says_how_long_how_regularly_and_how_fairly():
    history = [
        {
            "treatment": "minoxidil_topical",
            "months_since_last_dose": 30,
            "months_used": 2,
            "adherence": "seldom",
            "response": "no_change",
            "why_stopped": "burden",
        }
    ]
    assert case_line("history", history=history) == (
        "Minoxidil lotion or foam: until 30 months ago, for 2 months, seldom, no change seen, "
        "stopped: too much trouble. Not a fair trial: 2 months of at least 6; used seldom."
    )
    assert case_line("history", history=[]) == "None was used."


def test_no_treatment_of_a_long_history_is_lost():
    names = ["minoxidil_topical", "finasteride_oral", "prp", "lllt", "microneedling", "exosome"]
    history = [{"treatment": name, "months_since_last_dose": k} for k, name in enumerate(names)]
    told = case_line("history", history=history).lower()
    for name in names:
        assert FACTS.vocabulary.label("treatments", name).lower() in told


def test_habits_and_numbers_among_the_answers_are_told():
    health = {"smoker": "yes", "poor_sleep": "yes", "platelets_e9_per_l": 60, "eczema": "no",
              "reacted_to": ["prp"], "months_since_hair_transplant": 1}  # fmt: skip
    told = case_line("answers", health=health)
    for words in ("smoker", "poor sleep", "Platelets 60 × 10^9/L", "reacted to (prp)",
                  "1 month since hair transplant", "No to one question about health."):  # fmt: skip
        assert words in told
    assert "No question was answered" not in told


def test_what_is_used_is_judged_by_its_own_rules_before_the_rest():
    flags = case_line(
        "red_flags", history=[{"treatment": "finasteride_oral", "months_since_last_dose": 0}],
        health={"depression": "yes", "heart_disease": "yes", "anticoagulant": "yes"},
    )  # fmt: skip
    used = "Finasteride tablets (in use): depression (doctor first)"
    assert used in flags
    assert flags.index(used) < flags.index("R18 anticoagulant")
    assert "minoxidil tablets: heart disease (stop)" in flags


def test_what_is_used_is_judged_even_if_it_is_no_option_for_the_type():
    flags = case_line(
        "red_flags", condition="alopecia_areata", health={"depression": "yes"},
        history=[{"treatment": "finasteride_oral", "months_since_last_dose": 0}],
    )  # fmt: skip
    assert "Finasteride tablets (in use): depression" in flags


def test_what_everybody_is_told_is_no_red_flag():
    history = [{"treatment": "spironolactone", "months_since_last_dose": 0}]
    assert "(in use)" not in case_line("red_flags", history=history)


def test_options_that_are_closed_are_named_with_their_rule():
    closed = case_line("closed", health={"heart_disease": "yes", "anticoagulant": "yes"})
    assert "Minoxidil tablets" in closed
    assert "stop (rule: a heart disease)" in closed
    assert "microneedling" in closed
    assert "doctor first (rule: an anticoagulant or two antiplatelet medicines)" in closed
    assert case_line("closed", age_years=16) == (
        "All options held here: doctor first (rule: age < 18)."
    )


def test_without_a_type_the_options_name_what_fits():
    told = case_line("options", **NOBODY_NAMED, noticed=NOTICED)
    assert told.startswith("None before the type is named; the answers fit ")
    assert "telogen effluvium" in told


@pytest.mark.parametrize(
    ("noticed", "health", "wanted", "absent"),
    [({"pattern": ["round_patches"], "scalp_signs": ["black_dots"]},
      {"scaling": "yes", "broken_hairs": "yes"}, ["icroscopy and culture for a fungus",
      "richoscopy"], []),
     ({"pattern": ["irregular_bare_area"]}, {"scarring_signs": ["smooth_shiny_skin"]},
      ["richoscopy", "biopsy, where trichoscopy does not settle it"], ["fungus"]),
     (NOTICED, {}, ["ferritin", "richoscopy"], ["biopsy"])],
    ids=["ringworm", "scarring", "shedding"],
)  # fmt: skip
def test_tests_are_those_of_the_types_that_fit(noticed, health, wanted, absent):
    told = case_line("tests", **NOBODY_NAMED, noticed=noticed, health=health)
    for words in wanted:
        assert words in told
    for words in [*absent, "hCG"]:
        assert words not in told


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [({}, "before every session, where pregnancy is possible"),
     ({"age_years": 58}, None),
     ({"sex": "male"}, None),
     ({"age_years": 16}, None),  # a minor has no session
     ({"health": {"immunosuppressed": "yes"}}, None),  # a session is not before that is settled
     ({"condition": "alopecia_areata"}, None),
     ({"condition": "unspecified_hair_loss"}, None),
     ({"noticed": {"after_menopause": "yes"}}, None),
     ({"condition": "alopecia_areata",
       "history": [{"treatment": "spironolactone", "months_since_last_dose": 0}]},
      "spironolactone tablets in use, and pregnancy may be possible"),
     ({"condition": "alopecia_areata",
       "history": [{"treatment": "spironolactone", "months_since_last_dose": 5}]}, None)],
)  # fmt: skip
def test_a_pregnancy_test_is_for_a_session_or_a_medicine_that_needs_it(changes, wanted):
    plan = plan_of(person_of(**{"sex": "female", **changes}))
    why = {t.test: t.why for t in plan.candidacy.laboratory}
    assert why.get("urine_hcg") == wanted


def test_the_age_of_the_pregnancy_test_is_a_fact_that_is_called_ours():
    oldest = FACTS.laboratory.tests["urine_hcg"].oldest_age
    assert (oldest.status, oldest.source) == ("assumed", ["ours"])


def test_an_examination_that_was_done_is_not_asked_for_again():
    told = case_line("tests", **NOBODY_NAMED, noticed=NOTICED,
                     examination={"trichoscopy": ["yellow_dots"]})  # fmt: skip
    assert "richoscopy" not in told


def test_letter_and_record_hold_no_id_and_no_source_key(plan):
    view = consultation(plan, FACTS)
    texts = " ".join([record_text(view), Reader(letter_page(view)).text()])
    texts = texts.replace(plan.person.label, "")
    known = [*FACTS.sources, *FACTS.option_rules, *FACTS.alopecia_answers, "type_of_hair_loss"]
    for key in (key for key in known if "_" in key):
        assert key not in texts, key
    assert not re.search(r"[a-z]_[a-z]", texts)
    page = clinician_page(view)
    cited = {key for line in view.case for key in line.source[:1]}
    assert all(key in page for key in cited)


def test_the_script_is_allowed_by_its_hash_alone(plan):
    page = clinician_page(consultation(plan, FACTS))
    script = re.search(r"<script>(.*?)</script>", page, re.S).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page).group(1)
    policy = policy.replace("&#39;", "'").replace("&#43;", "+").replace("&#34;", '"')
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert policy.count("unsafe") == 1  # styles only
    for word in ("Storage", "cookie", "fetch", "XMLHttp", "indexedDB", "innerHTML", "eval"):
        assert word not in script


def test_the_page_fills_the_paragraphs_that_letter_and_record_are_made_from(plan):
    view = consultation(plan, FACTS)
    page = clinician_page(view)
    texts = json.loads(re.search(r'id="texts">(.*?)</script>', page, re.S).group(1))
    for name in ("letter", "record", "closing"):
        assert texts[name] == msgspec.to_builtins(getattr(view, name))
    assert texts["width"] == letter.LINE_WIDTH
    assert texts["blank"] == letter.BLANK
    fields = {part["field"] for p in texts["letter"] + texts["record"] for part in p["parts"]
              if isinstance(part, dict)}  # fmt: skip
    named = {attrs.get("name") for _, attrs in Reader(page).tags}
    absent = {e.id for e in view.form if e.kind in ("several", "choice") and not e.choices}
    assert fields - absent <= named
    assert fields == set(PAPERS.consultation.form)


def test_without_a_script_the_buttons_are_hidden_and_letter_and_record_are_linked(plan):
    reader = Reader(clinician_page(consultation(plan, FACTS)))
    buttons = [attrs for tag, attrs in reader.tags if tag == "button"]
    assert len(buttons) == 2
    assert all("hidden" in attrs for attrs in buttons)
    assert "form-action 'none'" in clinician_page(consultation(plan, FACTS)).replace("&#39;", "'")
    assert {"letter.html", "record.txt"} <= set(reader.links)


def test_every_field_of_the_form_has_a_label(plan):
    reader = Reader(clinician_page(consultation(plan, FACTS)))
    labelled = {attrs["for"] for tag, attrs in reader.tags if tag == "label" and "for" in attrs}
    for tag, attrs in reader.tags:
        if tag in ("select", "textarea") or (tag == "input" and attrs["type"] == "text"):
            assert attrs["id"] in labelled or "aria-label" in attrs
    assert "Assessment (to be completed by the clinician)" in reader.text()


def test_the_record_is_plain_narrow_and_short(plan):
    text = record_text(consultation(plan, FACTS))
    lines = text.splitlines()
    assert len(lines) <= 90
    assert max(map(len, lines)) <= 78
    assert text.isascii()
    assert text.endswith("\n")
    for part in ("Assessment (by the clinician): ____", "What the rules rest on: ",
                 "Next visit: ____"):  # fmt: skip
        assert part in text.replace("\n  ", " ")


def test_the_letter_leaves_a_line_for_what_is_not_filled(plan):
    view = consultation(plan, FACTS)
    page = letter_page(view)
    blanks = sum(
        isinstance(part, Fill) and not next(e for e in view.form if e.id == part.field).filled
        for paragraph in view.letter
        for part in paragraph.parts
    )
    assert page.count('<span class="blank') == blanks >= 9
    text = Reader(page).text()
    assert "Dear colleague," in text
    assert "With kind regards," in text
    assert "What the rules rest on:" in text


def test_the_longer_a_letter_the_smaller_its_print():
    short, long = (letter_page(consultation(plan, FACTS)) for plan in (PLANS[11], PLANS[-1]))
    assert '<div class="letter">' in short
    assert re.search('<div class="letter (long|longest|smallest)">', long)


def test_an_examination_fills_the_form_beforehand():
    person = msgspec.structs.replace(PEOPLE[0], examination=Examination(pull_test="positive"))
    view = consultation(plan_of(person), FACTS)
    assert next(e for e in view.form if e.id == "pull_test").filled == ["positive"]
    assert 'name="pull_test" value="positive" checked' in clinician_page(view)
    assert "pull test positive" in record_text(view)
    assert "152 hairs/cm2 (without vellus, vertex)" in record_text(view)


def test_what_an_examination_holds_beyond_the_form_is_not_lost():
    plan = PLANS[0]
    examined = Examination(
        trichoscopy=["yellow_dots", "strange_sign"], ferritin_ug_per_l=12.0, biopsy="unknown"
    )
    person = msgspec.structs.replace(plan.person, examination=examined)
    view = consultation(msgspec.structs.replace(plan, person=person), FACTS)
    entries = {entry.id: entry for entry in view.form}
    assert entries["trichoscopy"].filled == ["yellow_dots", "strange_sign"]
    assert letter.words_of_field(entries["trichoscopy"]) == "yellow dots, strange sign"
    assert entries["other_findings"].filled == ["ferritin 12 µg/L"]
    assert entries["pull_test"].filled == []


def test_a_text_that_names_an_unknown_place_is_a_fault_of_the_facts():
    own = PAPERS.consultation
    wrong = msgspec.structs.replace(
        own, letter=[msgspec.structs.replace(own.letter[0], text="Dear {nobody},")]
    )
    papers = msgspec.structs.replace(PAPERS, consultation=wrong)
    with pytest.raises(FactError, match=r"'\{nobody\}' is neither of the case nor a field"):
        consultation(PLANS[0], msgspec.structs.replace(FACTS, papers=papers))


def test_a_word_that_is_longer_than_a_line_is_broken():
    lines = letter.wrapped("a " + "x" * 200, 20)
    assert all(len(line) <= 20 for line in lines)
    assert "".join("".join(lines).split()) == "a" + "x" * 200
    assert letter.wrapped("", 20) == []


def test_signs_of_the_form_are_signs_of_the_vocabulary_of_examinations():
    """The ids that a person file may give for trichoscopy are those that the form ticks."""
    kind = Examination.__annotations__.get("trichoscopy")
    known = set(re.findall(r"'([a-z_]+)'", str(kind))) - {"unknown"}
    assert known
    assert known <= set(PAPERS.consultation.form["trichoscopy"].choices)


# ------------------------------------------------------------------ the command

FIRST = str(EXAMPLES[0])
DAY = ("--today", "2026-11-20")
ALWAYS = {"plan.html", "plan.json", "clinic-questions.html"}
SESSION = {"session-sheet.html", "aftercare.html"}
CLINICIAN = {"clinician.html", "letter.html", "record.txt"}


@pytest.mark.parametrize(
    ("flags", "more"),
    [((), set()), (("--session-sheet",), SESSION), (("--clinician",), CLINICIAN),
     (("--session-sheet", "--clinician"), SESSION | CLINICIAN)],
)  # fmt: skip
def test_each_flag_writes_its_papers_beside_the_plan(flags, more, tmp_path, capsys):
    assert main(["plan", FIRST, "--out", str(tmp_path), *flags, *DAY]) == 0
    assert {path.name for path in tmp_path.iterdir()} == ALWAYS | more
    said = capsys.readouterr().out
    assert all(name in said for name in ALWAYS - {"plan.json"} | more)


def test_several_persons_get_their_papers_in_their_own_folder(tmp_path):
    people = [str(path) for path in EXAMPLES[:2]]
    main(["plan", *people, "--out", str(tmp_path), "--clinician", *DAY])
    for path in EXAMPLES[:2]:
        assert {p.name for p in (tmp_path / path.stem).iterdir()} == ALWAYS | CLINICIAN


def test_the_document_is_the_same_with_and_without_papers(tmp_path, capsys):
    said = []
    for name, flags in (("a", ()), ("b", ("--session-sheet", "--clinician"))):
        main(["plan", FIRST, "--out", str(tmp_path / name), "--json", *flags, *DAY])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert (tmp_path / "a/plan.json").read_bytes() == (tmp_path / "b/plan.json").read_bytes()
    asked = json.loads(said[0])["plans"][0]["clinic_questions"]
    assert len(asked) == 12


def test_all_papers_are_written_or_none(tmp_path, capsys):
    (tmp_path / "record.txt").mkdir()
    assert main(["plan", FIRST, "--out", str(tmp_path), "--clinician", *DAY]) == 2
    assert "record.txt: something that is not a file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["record.txt"]


def test_the_plan_links_the_questions(tmp_path):
    main(["plan", FIRST, "--out", str(tmp_path), *DAY])
    assert 'href="clinic-questions.html"' in (tmp_path / "plan.html").read_text("utf-8")


def test_the_choices_of_the_facts_are_the_kinds_that_the_page_draws():
    from anagen.facts.paper import FieldKind

    assert {field.kind for field in PAPERS.consultation.form.values()} <= set(get_args(FieldKind))


def test_a_session_in_the_past_is_called_that_on_both_sheets():
    past = msgspec.structs.replace(PEOPLE[0], session_date=datetime.date(2017, 1, 1))
    coming = msgspec.structs.replace(PEOPLE[0], session_date=datetime.date(2027, 3, 1))
    for person, is_past in ((past, True), (coming, False)):
        pages = made_pages(plan_of(person))
        for name in ("aftercare", "session-sheet"):
            assert ("(in the past)" in pages[name]) is is_past, name


def test_a_red_flag_that_follows_from_another_answer_names_it_and_not_the_type():
    document = {
        "sex": "male", "age_years": 40, "jurisdiction": "US",
        "condition": "androgenetic_alopecia", "health": {},
        "history": [
            {"treatment": "exosome", "months_since_last_dose": 3, "why_stopped": "side_effects"}
        ],
        "examination": {"fungal_test": "positive"},
    }  # fmt: skip
    view = consultation(plan_of(person_from(document, "page", "page", FACTS)), FACTS)
    flags = next(line.text for line in view.case if line.id == "red_flags")
    assert "R24" in flags
    assert "R09" in flags
    assert "pattern hair loss" not in flags
