"""The five articles: every heading answered, every sentence marked, nothing of theirs copied."""

import datetime
import importlib.util
import re
import shlex
import shutil
from pathlib import Path

import markupsafe
import msgspec
import pytest
from tables import records_in

from anagen import facts
from anagen.candidacy import read_person
from anagen.cli import main
from anagen.errors import FactError
from anagen.facts import check, store
from anagen.facts.article import NOT_A_CLAIM_WORDS, OUT_OF_SCOPE_WORDS, Sentence
from anagen.facts.article_text import normalised, sentences, short_hash
from anagen.plan.assemble import make_plan
from anagen.report.page import plan_page
from anagen.report.words import ARTICLE_NUMBERS, CLAIM_WORDS

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src" / "anagen" / "report" / "templates"
PERSON = ROOT / "examples" / "01_man_nh3_vertex.yaml"
TODAY = datetime.date(2026, 11, 20)
COPIED_WORDS = 8
"""So many words in a row are a copy."""


@pytest.fixture(scope="module")
def known():
    return facts.load()


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("articles", ROOT / "scripts" / "articles.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def seeds(shared, script, known):
    return {name: script.text_of(name, shared / "seeds") for name in known.articles}


@pytest.fixture(scope="module")
def page(known):
    return plan_page(make_plan(read_person(PERSON), known, seed=1, today=TODAY))


# The splitter


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One thing. Another thing.", ["One thing.", "Another thing."]),
        ("It treats hair loss.The mechanism is old.",
         ["It treats hair loss.", "The mechanism is old."]),
        ("A gain (p < 0.05).Next one.", ["A gain (p < 0.05).", "Next one."]),
        ("About 1.5 to 2.5 units were given.", ["About 1.5 to 2.5 units were given."]),
        ("Sources (e.g., fat vs. cord) differ.", ["Sources (e.g., fat vs. cord) differ."]),
        ("Ask Dr. Smith. He knows.", ["Ask Dr. Smith.", "He knows."]),
        ("What came out? Well, little!", ["What came out?", "Well, little!"]),
        ("They “wake up.” Then they rest.", ["They “wake up.”", "Then they rest."]),
        ("  • Cost: It is high.", ["Cost:", "It is high."]),
        ("- Redness\n- Swelling", ["Redness", "Swelling"]),
        ("-\nOne line.\n-\nTwo lines.", ["One line.", "Two lines."]),
        ("1. Signal: It goes on.\n12. Rest.", ["Signal:", "It goes on.", "Rest."]),
        ("Fact: It takes several.", ["Fact: It takes several."]),
        ("Can it help? What is known", ["Can it help? What is known"]),
        ("This vs. That: Which is better?", ["This vs. That: Which is better?"]),
        ("Several steps count:", ["Several steps count:"]),
        ("It takes 30–150 steps—no more. So it is.",
         ["It takes 30–150 steps—no more.", "So it is."]),
        ("", []),
        (" \n\n •\n", []),
    ],
)  # fmt: skip
def test_a_text_is_cut_where_a_reader_would_cut_it(text, parts):
    assert sentences(text) == parts


def test_cutting_loses_no_word_of_an_article(seeds):
    for text in seeds.values():
        kept = re.findall(r"\w+", " ".join(sentences(text)))
        numbered = re.sub(r"(?m)^\s*\d{1,2}\.\s", "", text)
        assert kept == re.findall(r"\w+", numbered)


def test_a_hash_sees_words_and_not_spaces_or_capitals():
    assert short_hash("Hair  Loss\n") == short_hash("hair loss") != short_hash("hair lost")
    assert short_hash("e\u0301") == short_hash("\u00e9")


# The articles


def test_every_heading_and_sentence_of_every_article_is_covered_and_unchanged(script, known, seeds):
    for name, article in known.articles.items():
        assert script.differences(article, seeds[name]) == [], name
        marked = [s.number for s in article.sentences if s.not_a_claim == "heading"]
        headed = [h.sentence for h in article.headings]
        assert set(marked) <= set(headed), name
        assert headed == sorted(headed)
        assert [h.number for h in article.headings] == list(range(1, len(headed) + 1))
    assert list(known.articles) == list(ARTICLE_NUMBERS)


def test_a_changed_an_added_and_a_missing_sentence_are_noticed(script, known, seeds):
    article, text = known.articles["article_004"], seeds["article_004"]
    changed = script.differences(article, text.replace("30 male patients", "31 male patients"))
    assert any(line.startswith("14: another text") for line in changed)
    assert any("SHA-256" in line for line in changed)
    added = script.differences(article, text + "\nIt cures everybody.")
    assert "38: not covered: It cures everybody." in added
    headed = script.differences(article, text + "\nGuaranteed Lasting Results")
    assert "38: looks like a heading and has no counterpart: Guaranteed Lasting Results" in headed
    shorter = script.differences(article, text[: text.rindex("Those interested")])
    assert "37: recorded, but the text has no such sentence" in shorter


def test_a_sentence_without_a_full_stop_or_with_a_question_is_a_heading_or_says_why_not(
    known, seeds
):
    others = {"question", "reference", "advertisement", "form_text"}
    for name, article in known.articles.items():
        headed = {h.sentence for h in article.headings}
        for entry, part in zip(article.sentences, sentences(seeds[name]), strict=True):
            if part[-1] not in ".!:" and entry.number not in headed:
                is_list_item = bool(entry.claims) and not part.endswith("?")
                assert is_list_item or entry.not_a_claim in others, (name, entry.number)


def test_every_claim_is_cited_by_a_sentence_of_its_article(known):
    for name, claim in known.claims.items():
        cited = {c for s in known.articles[claim.article].sentences for c in s.claims}
        assert name in cited, name
        assert name.startswith(claim.article.removeprefix("article_")), name


def test_a_sentence_has_one_mark_and_numbers_that_are_said_are_never_waved_through(known, seeds):
    for name, article in known.articles.items():
        for entry, part in zip(article.sentences, sentences(seeds[name]), strict=True):
            assert bool(entry.claims) + (entry.not_a_claim is not None) <= 1
            if re.search(r"\d", part):
                assert entry.claims, (name, entry.number)


def test_every_reason_and_topic_is_used_and_has_words(known):
    used = {s.not_a_claim for a in known.articles.values() for s in a.sentences} - {None}
    assert used == set(NOT_A_CLAIM_WORDS)
    scope = {s.out_of_scope for a in known.articles.values() for s in a.sentences} - {None}
    assert scope == set(OUT_OF_SCOPE_WORDS)


# The claims that we added


def added(known):
    collected = {"article_000": 14, "article_001": 12, "article_002": 14, "article_003": 9,
                 "article_004": 7}  # fmt: skip
    return {
        name: claim
        for name, claim in known.claims.items()
        if int(name[4:6]) > collected[claim.article]
    }


def test_an_added_claim_that_was_judged_names_a_source_and_one_that_was_not_says_so(known):
    assert len(added(known)) == len(known.claims) - 58
    for name, claim in added(known).items():
        if claim.source:
            assert "not checked" not in claim.why, name
            assert (claim.status == "measured") is not bool({"collector"} & set(claim.source))
        else:
            assert claim.verdict in ("unsupported", "unverifiable"), name
            assert claim.why.startswith("not checked: "), name
            assert claim.status == "assumed", name
        if claim.verdict in ("supported", "partly", "contradicted"):
            assert claim.source, name
            assert claim.finding, name


def test_the_claims_of_an_article_are_numbered_without_a_gap(known):
    for article in known.articles:
        numbers = [int(name[4:6]) for name, c in known.claims.items() if c.article == article]
        assert sorted(set(numbers)) == list(range(1, max(numbers) + 1))
        assert numbers == sorted(numbers)


# The counterparts


def anchors_of_the_templates():
    text = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    return set(re.findall(r'<section id="([a-z-]+)"', text))


def named_in(path):
    return set(re.findall(r"(?m)^def (test_\w+)\(", path.read_text("utf-8")))


def headings(known):
    return [(name, h) for name, article in known.articles.items() for h in article.headings]


def test_every_counterpart_is_a_section_of_the_page_or_a_page_that_its_command_writes(
    known, tmp_path, capsys
):
    anchors = anchors_of_the_templates()
    pages = {(h.command, h.section) for _, h in headings(known) if "." in h.section}
    for name, h in headings(known):
        assert "." in h.section or h.section in anchors, (name, h.number)
        assert h.command.startswith("anagen plan"), (name, h.number)
    assert pages
    for command, section in pages:
        main([*shlex.split(command)[1:], str(PERSON), "--out", str(tmp_path)])
        assert (tmp_path / section).is_file(), (command, section)
    capsys.readouterr()


def test_every_test_of_a_counterpart_exists(known):
    for name, h in headings(known):
        file, _, test = h.test.partition("::")
        assert test in named_in(ROOT / file), (name, h.number, h.test)


def test_every_claim_stands_on_the_page_with_its_verdict(known, page):
    section = page[page.index('<section id="claims">') : page.index('<section id="questions">')]
    rows = section.split("<tr")
    for name, claim in known.claims.items():
        (row,) = [row for row in rows if f"; {name})" in row]
        assert f" {CLAIM_WORDS[claim.verdict]}</b>" in row, name
    assert f"Of the {len(known.claims)} claims" in section


def test_every_question_and_myth_stands_on_the_page_with_its_answer(known, page):
    section = page[page.index('<section id="questions">') : page.index('<section id="unknown">')]
    assert section.count("<details") == section.count("<h3>") == len(known.questions)
    assert "<details open" not in section
    for question in known.questions.values():
        said = f"Myth: {question.question}" if question.kind == "myth" else question.question
        assert f"<h3>{said}</h3>" in section
        assert str(markupsafe.escape(question.certainty_why)) in section
        for sentence in question.answer:
            assert str(markupsafe.escape(sentence.text)) in section


def test_the_five_questions_and_both_myths_of_the_first_article_are_answered(known):
    article = known.articles["article_000"]
    about = {h.number: h.about for h in article.headings}
    asked = {n for n, words in about.items() if words.startswith("question: ")}
    myths = {n for n, words in about.items() if words.startswith("myth: ")}
    assert (len(asked), len(myths)) == (5, 2)
    ours = known.questions.values()
    assert {q.heading for q in ours if q.kind == "question"} == asked
    assert {q.heading for q in ours if q.kind == "myth"} == myths


# The check


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(store.DATA, tmp_path / "data")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("articles/article_004.yaml", "claims: [004-08]", "claims: [004-99]",
         "there is no claim '004-99'"),
        ("articles/article_004.yaml", ", not_a_claim: opinion_or_hope}", "}", "has no mark"),
        ("articles/article_004.yaml", "claims: [004-08]",
         "claims: [004-08], not_a_claim: question", "says that it makes none"),
        ("articles/article_004.yaml", "- {number: 2,", "- {number: 3,", "not numbered 1, 2, 3"),
        ("articles/article_004.yaml", "  sentence: 6\n", "  sentence: 7\n", "has not its hash"),
        ("contradictions.yaml", "sentences: [94]", "sentences: [950]",
         "article_002 has no sentence 950"),
        ("contradictions.yaml", "article: article_003", "article: article_009",
         "there is no article 'article_009'"),
        ("questions.yaml", "In 30 men", "In 40 men", "40 must stand in the answer and"),
        ("questions.yaml", "'30': studies.ersan_2024.population.n",
         "'30': studies.park_2022.population.n", "shows 30, but studies.park_2022"),
        ("questions.yaml", "studies.ersan_2024.population.n", "studies.nobody.population.n",
         "'nobody' leads nowhere"),
        ("questions.yaml", "heading: 28", "heading: 99", "article_000 has no heading 99"),
    ],
)  # fmt: skip
def test_the_check_finds_a_planted_fault(copied, file, old, new, says):
    path = copied / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert any(says in fault.what for fault in check.check(copied).faults)


def test_a_fact_is_found_by_its_path(known):
    assert check.value_at(known, "studies.ersan_2024.population.n") == 30
    with pytest.raises(FactError, match="'n' leads nowhere"):
        check.value_at(known, "claims.000-01.n")


def test_a_mark_outside_the_vocabulary_is_refused():
    value = {"number": 1, "hash": "0123456789ab", "not_a_claim": "obvious"}
    with pytest.raises(msgspec.ValidationError, match="not_a_claim"):
        msgspec.convert(value, Sentence)


# The page in docs, and our own words


def test_the_page_of_the_articles_is_the_one_that_the_facts_give(script, known):
    assert script.PAGE.read_text("utf-8") == script.page(known), "run 'make docs'"


def words_of(text):
    return re.findall(r"[\w'%-]+", normalised(text))


def test_no_article_is_copied(known, seeds):
    """No long sentence as it is; and no run of words, but in the claims as they were collected."""
    ours = [
        *(ROOT / "src" / "anagen" / "facts" / "data").rglob("*.yaml"),
        *(ROOT / "docs").rglob("*.md"),
        *TEMPLATES.glob("*.html"),
        ROOT / "README.md",
    ]
    whole = {path.name: f" {' '.join(words_of(path.read_text('utf-8')))} " for path in ours}
    claims = [f"{c.text} {c.found} {c.finding} {c.why}" for c in added(known).values()]
    written = whole | {"claims.yaml": f" {' '.join(words_of(' '.join(claims)))} "}
    for name, article in known.articles.items():
        for entry, part in zip(article.sentences, sentences(seeds[name]), strict=True):
            if entry.not_a_claim == "reference":  # the title of a paper is its title
                continue
            words = words_of(part)
            if len(words) >= COPIED_WORDS:
                assert not any(f" {' '.join(words)} " in text for text in whole.values())
            for k in range(len(words) - COPIED_WORDS + 1):
                run = f" {' '.join(words[k : k + COPIED_WORDS])} "
                copies = [place for place, text in written.items() if run in text]
                assert not copies, (name, entry.number, copies)


def test_a_contradiction_names_two_sides_that_are_judged(known):
    assert len(known.contradictions) >= 20
    for name, pair in known.contradictions.items():
        places = {(place.article, *place.sentences) for place in pair.places}
        assert len(places) == len(pair.places) >= 2, name
        for place in pair.places:
            article = known.articles[place.article]
            cited = {c for n in place.sentences for c in article.sentences[n - 1].claims}
            assert set(place.claims) <= cited, (name, place)


def test_what_rests_on_our_judgement_is_not_called_measured(known):
    for record in records_in([known.contradictions, known.questions]):
        if set(getattr(record, "source", [])) & {"memory", "collector", "ours"}:
            assert record.status != "measured", record
