"""People in their own words: every one ends in a plan, a referral or what to find out."""

import datetime
import functools
from pathlib import Path

import pytest

from anagen import facts, strict_yaml
from anagen.candidacy import person_from
from anagen.plan.assemble import make_plan
from anagen.plan.documents import Plan

ROOT = Path(__file__).parents[2]
STORIES = strict_yaml.read(ROOT / "tests" / "stories.yaml")["stories"]
TODAY = datetime.date(2026, 11, 20)
RULED = ("STOP", "REFER", "DEFER")


@functools.cache
def plan_of(name: str) -> Plan:
    story = next(entry for entry in STORIES if entry["name"] == name)
    person = person_from(story["person"], name, "story")
    return make_plan(person, facts.load(), seed=1, today=TODAY)


def ending_of(plan: Plan) -> str:
    if plan.candidacy.health.verdict in RULED or plan.candidacy.evidence.verdict == "REFER":
        return "referral"
    return "plan" if plan.open_options else "find_out"


@pytest.mark.parametrize("story", STORIES, ids=[entry["name"] for entry in STORIES])
def test_a_story_ends_as_written_beside_it(story):
    plan = plan_of(story["name"])
    assert ending_of(plan) == story["ending"]
    assert plan.answer.headline == story["headline"]
    assert plan.open_options == story["open"]
    said = " ".join(plan.answer.sentences)
    for words in story["says"]:
        assert words in said
    for words in story["never_says"]:
        assert words not in said


@pytest.mark.parametrize("story", STORIES, ids=[entry["name"] for entry in STORIES])
def test_a_story_never_ends_in_a_wrong_certainty(story):
    plan = plan_of(story["name"])
    said = " ".join([plan.answer.headline, *plan.answer.sentences]).lower()
    for words in ("your diagnosis", "you have alopecia", "you have pattern", "will grow back",
                  "exosomes are possible", "is safe for you"):  # fmt: skip
        assert words not in said
    if story["ending"] == "find_out":
        questions = "These answers would help most" in " ".join(plan.answer.sentences)
        assert questions or plan.candidacy.questions()


def test_there_are_at_least_ten_stories_and_every_ending():
    assert len(STORIES) >= 10
    assert {story["ending"] for story in STORIES} == {"plan", "referral", "find_out"}
