"""The timeline around a session: order, dates, conflicts, and what it must never say."""

import datetime
import re

import pytest

from anagen import facts
from anagen.candidacy import person_from
from anagen.plan.protocol import is_on_blood_thinner, timeline, timeline_of

FACTS = facts.load()
SESSION = datetime.date(2027, 3, 1)


def items(session=SESSION, *, on_blood_thinner=False):
    return timeline(session, FACTS, on_blood_thinner=on_blood_thinner)


def item(name, **kwargs):
    return next(i for i in items(**kwargs) if i.id == name)


def person(**health):
    return person_from(
        {"sex": "male", "age_years": 60, "condition": "androgenetic_alopecia",
         "jurisdiction": "US", "session_date": "2027-03-01", "health": health},
        "page", "page", FACTS,
    )  # fmt: skip


def test_painkillers_are_left_out_three_days_before_and_four_days_after():
    before, after = item("B01"), item("A02")
    assert (before.from_days, before.to_days) == (-3, 0)
    assert before.from_date == datetime.date(2027, 2, 26)
    assert (after.from_days, after.to_days) == (0, 4)
    assert after.to_date == datetime.date(2027, 3, 5)


def test_hair_stays_unwashed_until_the_next_day_and_every_other_advice_is_shown():
    washing = item("A01")
    assert washing.to_date == datetime.date(2027, 3, 2)
    assert len(washing.conflicts) == 6
    assert [c.text for c in washing.conflicts if c.is_article] == ["24 h (exosome)"]
    assert all(c.source for c in washing.conflicts)


def test_hours_of_the_evening_before_fall_on_the_day_before():
    assert item("B02").from_days == -1


def test_without_a_date_there_are_days_but_no_dates():
    undated = items(session=None)
    assert [i.from_days for i in undated] == [i.from_days for i in items()]
    assert all(i.from_date is None and i.to_date is None for i in undated)


def test_the_diary_runs_to_day_120_past_the_latest_granuloma():
    days = [i.from_days for i in items() if i.phase == "diary"]
    assert days == [1, 3, 7, 14, 28, 60, 90, 120]
    assert item("diary_120").from_date == SESSION + datetime.timedelta(days=120)


def test_visits_follow_the_schedule_to_a_year():
    weeks = [i.from_days / 7 for i in items() if i.phase == "visit"]
    assert weeks == [0, 4, 12, 24, 39, 52]


def test_items_stand_in_the_order_of_time():
    days = [i.from_days or 0 for i in items()]
    assert days == sorted(days)


@pytest.mark.parametrize(
    "answers",
    [{"anticoagulant": "yes"}, {"dual_antiplatelet": "yes"}, {"prescribed_aspirin": "yes"}],
)
def test_a_person_on_a_blood_thinner_is_told_to_go_on_taking_it(answers):
    someone = person(**answers)
    assert is_on_blood_thinner(someone)
    told = {i.id: i.keep_taking for i in timeline_of(someone, FACTS) if i.keep_taking}
    assert set(told) == {"B01", "A02"}
    assert all("go on taking it" in text for text in told.values())


def test_nobody_else_is_told_so():
    assert not is_on_blood_thinner(person(anticoagulant="no"))
    assert not any(i.keep_taking for i in items())


def texts_of(record):
    found = [record] if isinstance(record, str) else []
    for value in (
        record.values() if isinstance(record, dict) else record if isinstance(record, list) else []
    ):
        found += texts_of(value)
    return found


def test_no_sentence_of_rules_or_protocol_tells_anyone_to_stop_a_blood_thinner():
    import msgspec

    sentences = [
        sentence
        for topic in (FACTS.protocol, FACTS.rules, FACTS.alopecia_answers)
        for text in texts_of(msgspec.to_builtins(topic))
        for sentence in re.split(r"(?<=[.;])\s+", text)
    ]
    thinner = re.compile(
        r"anticoagulant|warfarin|antiplatelet|prescribed (low-dose )?aspirin", re.I
    )
    stop = re.compile(r"\b(stop|leave out|pause|skip|come off|no)\b", re.I)
    negated = re.compile(r"do not stop|never stop|go on taking|not prescribed", re.I)
    about = [s for s in sentences if thinner.search(s)]
    assert about
    unsafe = [s for s in about if stop.search(s) and not negated.search(s)]
    # R34 names causes of hair loss, among them the end of a contraceptive pill
    assert [s for s in unsafe if not re.search(r"stopping a contraceptive|OCP stop", s)] == []


def test_every_step_about_painkillers_excepts_prescribed_aspirin_and_anticoagulants():
    steps = [*FACTS.protocol.before.values(), *FACTS.protocol.after.values()]
    about = [s for s in steps if "painkillers" in s.text]
    assert len(about) == 2
    assert all("do NOT stop it" in s.exception for s in about)


def test_the_protocol_is_that_of_the_collected_file(shared):
    import yaml

    collected = yaml.safe_load((shared / "clinic/protocol.yaml").read_text())
    protocol = FACTS.protocol
    for phase in ("before", "during", "after"):
        steps = getattr(protocol, phase)
        assert list(steps) == [step["id"] for step in collected[phase]]
        for step in collected[phase]:
            ours = steps[step["id"]]
            assert len(ours.conflicts) == len(step.get("conflict", []))
            assert [c.text for c in ours.conflicts] == [
                c["value"] for c in step.get("conflict", [])
            ]
            start = step.get("at_h", step.get("from_h"))
            assert ours.from_hours == (0 if step["id"] == "A07" else start)
            assert ours.to_hours == step.get("at_h", step.get("to_h"))
            assert ours.lasts_minutes == step.get("minutes")
            assert (ours.status == "measured") is step["verified"]
    assert [s.text for s in protocol.urgent_signs] == [s["sign"] for s in collected["urgent_signs"]]
    assert protocol.diary.days == collected["safety_checks"]["days_after_each_session"]
    assert [v.week for v in protocol.visits] == [
        v["week"] for v in collected["assessment_schedule"]
    ]
    assert [len(v.what) for v in protocol.visits] == [
        len(v["what"]) for v in collected["assessment_schedule"]
    ]
    assert len(protocol.onset_claims) == len(collected["timeline_conflict"])
    assert len(protocol.dose_schedules) == len(collected["dose_schedules_registered"])
