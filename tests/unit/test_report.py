"""The page of a plan: whole, offline, without script, with every number linked to its source."""

import datetime
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from anagen import facts
from anagen.candidacy import read_person
from anagen.plan.assemble import make_plan
from anagen.plan.documents import Plans
from anagen.report import figures, svg
from anagen.report.page import index_page, plan_page

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 20)
VOID = {"meta", "link", "br", "hr", "img", "input", "col"}


class Reader(HTMLParser):
    """Collects ids, links and headings, and refuses a tag that is closed out of order."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.headings, self.tags = [], [], [], [], set()
        self.sources = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.sources += [v for k, v in attrs.items() if k in ("src", "xlink:href", "srcset")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> closes <{self.open[-1]}> at {self.getpos()}"
        self.open.pop()


def plan_of(path, **changes):
    person = msgspec.structs.replace(read_person(path), **changes)
    return make_plan(person, facts.load(), seed=1, today=TODAY)


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def page(request):
    return plan_page(plan_of(request.param))


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_well_formed_and_its_ids_are_unique(page):
    reader = read(page)
    assert len(reader.ids) == len(set(reader.ids))


def test_every_link_within_the_page_leads_somewhere(page):
    reader = read(page)
    inner = {link[1:] for link in reader.links if link.startswith("#")}
    assert inner <= set(reader.ids)


def test_the_page_loads_nothing_and_runs_nothing(page):
    reader = read(page)
    assert not reader.tags & {"script", "iframe", "object", "embed", "link", "img", "form"}
    assert reader.sources == []
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    assert "url(" not in style
    assert "@import" not in style


def test_headings_never_skip_a_level(page):
    levels = read(page).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_pictures_speak_to_a_screen_reader(page):
    for opening in re.findall(r"<svg [^>]*>", page):
        assert 'role="img"' in opening
        assert "aria-labelledby=" in opening


def test_the_sections_come_in_the_order_in_which_people_ask(page):
    ids = read(page).ids
    order = ["answer", "may-i", "as-now", "compare", "safety", "cost", "harms", "session", "claims",
             "questions", "unknown", "sources"]  # fmt: skip
    places = [ids.index(name) for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_every_option_says_what_its_rules_found(path):
    plan = plan_of(path)
    text = plan_page(plan)
    section = text.split('<section id="safety">')[1].split("</section>")[0]
    rows = dict(re.findall(r'<tr[^>]* id="safety-([^"]+)">(.*?)</tr>', section, re.S))
    assert list(rows) == [card.id for card in plan.options]
    for card in plan.options:
        if "exosome" in card.components:
            assert "#findings-health" in rows[card.id]
            continue
        for finding in card.safety:
            is_said_above = finding.rule == "any_label_not_read"
            where = section.split("<table")[0] if is_said_above else rows[card.id]
            assert f"rule {finding.rule}" in where, (card.id, finding.rule)
            if is_said_above:
                assert card.short_label in where
                assert section.count(f"rule {finding.rule}<") == 1
        against = [f for f in card.safety if f.verdict != "INFORM"]
        assert ("that is not a clearance" in rows[card.id]) == (not against)
        assert ("First step:" in rows[card.id]) == card.is_first_step


def test_no_placeholder_reaches_the_page(page):
    text = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    text = text.split('<section id="sources">')[0]  # the list of sources shows their keys
    text = re.sub(r"<[^>]*>", " ", text)
    for word in ("None", "nan", "inf,", "Undefined", "article_00", "{{", "}}"):
        assert not re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text), word


def test_what_a_person_writes_cannot_become_markup():
    person = read_person(EXAMPLES[0])
    measured = msgspec.structs.replace(person.measured, site="<script>alert(1)</script>")
    plan = make_plan(
        msgspec.structs.replace(person, measured=measured), facts.load(), seed=1, today=TODAY
    )
    hostile = msgspec.structs.replace(
        plan, condition_label="<img src=x onerror=alert(1)>", jurisdiction_label='"><b>'
    )
    page = plan_page(hostile)
    assert "<script" not in page
    assert "<img" not in page


def test_an_assumed_course_is_hatched_and_named(page):
    for figure in re.findall(r"<svg .*?</svg>", page, re.S):
        if "assumed, not measured" in figure:
            assert "<pattern" in figure
            assert "stroke-dasharray" in figure


def test_old_facts_warn_on_the_first_page():
    person = read_person(EXAMPLES[0])
    later = TODAY + datetime.timedelta(days=400)
    page = plan_page(make_plan(person, facts.load(), seed=1, today=later))
    assert "400 days old" in page
    assert "days old" not in plan_page(plan_of(EXAMPLES[0]))


@pytest.mark.parametrize(
    ("day", "is_past"), [("2026-11-19", True), ("2026-11-20", False), ("2027-02-15", False)]
)
def test_a_session_in_the_past_is_said(day, is_past):
    session = datetime.date.fromisoformat(day)
    someone = msgspec.structs.replace(read_person(EXAMPLES[0]), session_date=session)
    page = plan_page(make_plan(someone, facts.load(), seed=1, today=TODAY))
    assert ("lies in the past" in page) is is_past


def test_the_summary_of_several_persons_links_each_plan():
    plans = [plan_of(path) for path in EXAMPLES[:2]]
    both = Plans(schema="anagen/plans/1", plans=plans, failed=[], exit_status=0)
    page = index_page(both, {p.person.label: p.person.label for p in plans})
    reader = read(page)
    assert [f"{p.person.label}/plan.html" for p in plans] == reader.links


def test_an_icon_array_must_show_one_hundred_people():
    with pytest.raises(ValueError, match="100 people, got 99"):
        figures.icon_array("a", "b", 33, 33, 33)
    picture = figures.icon_array("a", "b", 16, 80, 4)
    assert picture.count("<circle") == 96
    assert picture.count("<path") == 4


def test_a_course_is_drawn_where_its_numbers_are():
    line = figures.CourseLine(
        [0, 12, 24], [100, 110, 120], [90] * 3, [130] * 3, [95] * 3, [125] * 3
    )
    panel = figures.Panel("p", "Title", line, None, is_assumed=False)
    drawn = figures.course_panel(panel, (0, 200), "hairs/cm²", width=300, height=200)
    # The middle of the axis is half way between top margin 20 and bottom margin 34.
    assert "M42.0 93.0" in drawn
    assert "starts at 100 hairs/cm², after 24 months 120, for one person 90 to 130" in drawn


def test_the_forest_prints_its_numbers_and_marks_an_interval_that_leaves_the_picture():
    row = figures.ForestRow("A", 10.0, 0.0, 20.0, note="2 trials")
    drawn = figures.forest("f", "t", "u", [row])
    assert "+10.0 (+0 to +20); 2 trials" in drawn
    assert drawn.count("<path") == 0
    wide = figures.ForestRow("B", 35.0, -61.0, 102.0, note="2 trials")
    drawn = figures.forest("f", "t", "u", [row, wide])
    assert "+35.0 (−61 to +102); 2 trials" in drawn
    assert drawn.count("<path") == 2


@pytest.mark.parametrize(("low", "high"), [(0, 1), (3, 3), (-50, 120), (1e-6, 2e-6)])
def test_ticks_are_round_and_inside(low, high):
    marks = svg.ticks(low, high, 5)
    assert all(low - 1e-9 <= mark <= high + 1e-9 for mark in marks)
    assert 1 <= len(marks) <= 12


def section(page, name):
    start = page.index(f'<section id="{name}"')
    return page[start : page.index("</section>", start)]


def example(number):
    return next(path for path in EXAMPLES if path.stem.startswith(number))


def test_who_uses_something_finds_it_judged_and_what_stopping_would_do():
    page = plan_page(plan_of(example("13")))
    history = section(page, "history")
    assert 'href="#history"' in page
    assert history.count("<tr") == 3
    assert "A fair trial: 24 months of at least 12." in history
    assert "Not a fair trial: 2 months of at least 6; used seldom." in history
    assert "If you stopped finasteride tablets" in history
    assert "Never stop a prescribed medicine because of this page" in history
    assert history.count("<svg") == 1
    first = section(page, "as-now")
    assert "<h3>Go on as now</h3>" in first
    assert "go on as now (grey bands" in first
    assert "<h2>Without any treatment: what was measured</h2>" in page


def test_who_has_used_nothing_finds_no_history():
    page = plan_page(plan_of(example("01")))
    assert "history" not in re.findall(r'id="([^"]+)"', page)
    assert 'href="#history"' not in page
    assert "<h2>If I go on as now: what was measured</h2>" in page


def test_habits_alone_open_the_history():
    plan = plan_of(example("01"))
    health = msgspec.structs.replace(plan.person.health, poor_sleep="yes")
    page = plan_page(plan_of(example("01"), health=health))
    assert "You sleep badly on most nights." in section(page, "history")
    assert "<table" not in section(page, "history")
