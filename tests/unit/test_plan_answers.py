"""The table of people and answers that a clinician can read, run as tests."""

import datetime
import functools
from pathlib import Path

import pytest
from tables import laid_over

from anagen import facts, strict_yaml
from anagen.candidacy import person_from
from anagen.plan.assemble import make_plan
from anagen.plan.documents import Plan

ROOT = Path(__file__).parents[2]
TABLE = strict_yaml.read(ROOT / "tests" / "answers.yaml")
PEOPLE = TABLE["people"]
TODAY = datetime.date(2026, 11, 20)


@functools.cache
def plan_of(name: str) -> Plan:
    return plan_for(next(entry for entry in PEOPLE if entry["name"] == name))


def plan_for(entry: dict) -> Plan:
    path = next((ROOT / "examples").glob(f"{entry['like']}_*.yaml"))
    document = laid_over(strict_yaml.read(path), entry.get("set", {}))
    for key in entry.get("without", []):
        del document[key]
    person = person_from(document, entry["name"], "answers")
    return make_plan(person, facts.load(), seed=1, today=TODAY)


@pytest.mark.parametrize("entry", PEOPLE, ids=[entry["name"] for entry in PEOPLE])
def test_a_person_gets_the_answer_written_beside_it(entry):
    plan = plan_of(entry["name"])
    assert plan.answer.headline == entry["headline"]
    assert plan.open_options == entry["open"]
    assert plan.page_one == entry["page_one"]
    for option, fits in entry.get("fits", {}).items():
        assert (option, plan.option(option).fit.fits) == (option, fits)
    for option, status in entry.get("course", {}).items():
        assert (option, plan.option(option).course.status) == (option, status)
    said = " ".join(plan.answer.sentences)
    for words in entry.get("says", []):
        assert words in said
    for words in entry.get("never_says", []):
        assert words not in said


def test_what_stands_open_fits_is_not_barred_and_has_more_than_very_low_certainty():
    for entry in PEOPLE:
        plan = plan_of(entry["name"])
        for option in plan.options:
            if option.is_open:
                assert option.fit.fits == "yes", (entry["name"], option.id)
                assert not option.is_taken_now
                assert option.approval.standing not in (
                    "unlawful", "not_approved", "trial_only", "restricted",
                )  # fmt: skip
                assert option.evidence is not None
                assert option.evidence.certainty.level not in ("very_low", "none")


def test_the_names_of_the_table_differ():
    names = [entry["name"] for entry in PEOPLE]
    assert len(set(names)) == len(names)
