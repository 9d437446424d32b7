"""Plans of the example people: what is said, and that nothing is said without a source."""

import datetime
from pathlib import Path

import msgspec
import pytest
from tables import records_in

from anagen import facts
from anagen.candidacy import read_person
from anagen.errors import InputError
from anagen.facts.base import GRADE_ORDER
from anagen.plan.assemble import make_plan, parse_today
from anagen.plan.documents import Plan

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
TODAY = datetime.date(2026, 11, 20)


def plan_of(name, **changes):
    path = next(p for p in EXAMPLES if p.stem.startswith(name))
    person = msgspec.structs.replace(read_person(path), **changes)
    return make_plan(person, facts.load(), seed=1, today=TODAY)


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda p: p.stem)
def plan(request):
    return make_plan(read_person(request.param), facts.load(), seed=1, today=TODAY)


def test_there_are_at_least_eight_people_in_the_examples():
    assert len(EXAMPLES) >= 8


def test_every_cited_source_stands_in_the_list_once_with_its_grade(plan):
    listed = [c.key for c in plan.sources]
    assert len(listed) == len(set(listed))
    assert [c.number for c in plan.sources] == list(range(1, len(listed) + 1))
    assert all(c.source.grade in GRADE_ORDER for c in plan.sources)
    cited = set()
    for record in records_in(plan):
        for field in ("source", "also_cited"):
            keys = getattr(record, field, None)
            cited.update(keys if isinstance(keys, list) else [])
    assert cited == set(listed)


def test_every_option_has_the_same_lines(plan):
    assert plan.options[0].id == "none"
    exosomes = {"exosome_topical", "exosome_microneedling", "exosome_injection"}
    assert exosomes <= {card.id for card in plan.options}
    for card in plan.options:
        assert card.how
        assert card.fit.reason
        assert card.approval.text
        assert card.expected.text
        assert card.lasting.text
        assert card.on_stopping.text
        assert card.cost.text or card.cost.ranges
        assert (card.evidence is None) == (card.id == "none")


def test_an_assumed_course_gets_no_people_out_of_a_hundred(plan):
    for card in plan.options:
        modelled = [icon for icon in card.icons if icon.basis == "modelled"]
        assert bool(modelled) == (card.course.status == "fitted")
        for icon in card.icons:
            assert icon.filled + icon.ring + icon.triangle == 100


def test_page_one_shows_at_most_three_options_beside_going_on_as_now(plan):
    assert len(plan.page_one) <= 3
    assert "none" not in plan.page_one
    assert [card.id for card in plan.options if card.on_page_one] == sorted(
        plan.page_one, key=[card.id for card in plan.options].index
    )


def test_an_open_option_is_lawful_and_has_a_controlled_result(plan):
    for name in plan.open_options:
        card = plan.option(name)
        assert card.fit.fits == "yes"
        assert card.expected.sign == "effect"
        assert card.approval.standing not in ("unlawful", "not_approved", "trial_only")


def test_a_first_step_fits_and_is_said_first(plan):
    steps = [card for card in plan.options if card.is_first_step]
    assert all(card.fit.fits == "yes" and card.first_step is not None for card in steps)
    assert not {card.id for card in steps} & set(plan.open_options)
    said = [s for s in plan.answer.sentences if s.startswith("First: ")]
    assert len(said) == bool(steps)
    assert plan.person.condition != "androgenetic_alopecia" or not steps


def test_a_stop_in_the_health_line_and_only_that_gives_one(plan):
    assert plan.exit_status == (1 if plan.candidacy.health.verdict == "STOP" else 0)


def test_a_plan_reads_back_from_its_json(plan):
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def test_no_number_of_a_plan_is_infinite_or_missing_by_accident(plan):
    assert b"NaN" not in msgspec.json.encode(plan)
    for record in records_in(plan):
        for field in record.__struct_fields__:
            value = getattr(record, field)
            if isinstance(value, float):
                assert abs(value) < 1e300


def test_the_same_seed_gives_the_same_plan_and_another_seed_another():
    assert msgspec.json.encode(plan_of("01")) == msgspec.json.encode(plan_of("01"))
    person = read_person(EXAMPLES[0])
    other = make_plan(person, facts.load(), seed=2, today=TODAY)
    assert other.option("none").course != plan_of("01").option("none").course


def test_for_exosomes_the_plan_says_that_no_controlled_number_exists():
    for name in ("exosome_topical", "exosome_microneedling", "exosome_injection"):
        card = plan_of("01").option(name)
        assert card.expected.sign == "not_known"
        assert card.evidence.pooled is None
        assert card.course.status == "assumed"
        assert card.icons == []


def test_gains_without_a_control_never_enter_a_pool():
    for card in plan_of("01").options:
        if card.evidence is None:
            continue
        pooled = {c.study for c in card.evidence.contrasts}
        assert not pooled & {g.study for g in card.evidence.gains}


def test_a_minor_is_stopped_and_no_drug_stands_open():
    plan = plan_of("08")
    assert plan.candidacy.health.verdict == "STOP"
    assert plan.exit_status == 1
    assert plan.open_options == []


def test_in_the_united_kingdom_a_human_product_is_unlawful_whatever_the_health():
    plan = plan_of("10")
    assert plan.candidacy.law.verdict == "STOP"
    assert plan.candidacy.health.verdict != "STOP"
    assert plan.exit_status == 0


def test_a_measured_density_moves_the_start_of_the_course():
    path = next(p for p in EXAMPLES if p.stem.startswith("01"))
    person = read_person(path)
    starts = []
    for density in (90.0, 190.0):
        measured = msgspec.structs.replace(person.measured, density_per_cm2=density)
        changed = msgspec.structs.replace(person, measured=measured)
        plan = make_plan(changed, facts.load(), seed=1, today=TODAY)
        starts.append(plan.option("none").course.density_per_cm2.mean[0])
    assert starts[0] == pytest.approx(90, rel=0.1)
    assert starts[1] == pytest.approx(190, rel=0.1)


def test_facts_older_than_twelve_months_are_called_old():
    person = read_person(EXAMPLES[0])
    for days, old in ((365, False), (366, True)):
        plan = make_plan(person, facts.load(), seed=1, today=TODAY + datetime.timedelta(days))
        assert plan.facts_are_old is old


def test_a_day_is_read_or_refused_in_one_sentence():
    assert parse_today("2026-11-20", facts.load()) == TODAY
    for wrong in ("20.11.2026", "20261120", "2026-W47-5", "2026-02-30"):
        with pytest.raises(InputError, match="write it as 2026-11-20"):
            parse_today(wrong, facts.load())
    with pytest.raises(InputError, match="correct the year"):
        parse_today("0001-01-01", facts.load())


def test_nobody_is_told_to_stop_a_prescribed_medicine(plan):
    text = msgspec.json.encode([plan.candidacy, plan.timeline, plan.answer]).decode().lower()
    for drug in ("aspirin", "anticoagulant", "warfarin", "finasteride", "minoxidil"):
        assert f"stop taking {drug}" not in text
        assert f"stop {drug}" not in text


def test_a_count_that_holds_vellus_hairs_is_said_and_not_used():
    measured = read_person(EXAMPLES[0]).measured
    total = msgspec.structs.replace(measured, measure="total_hair_density", shaft_diameter_um=None)
    course = plan_of("01", measured=total).option("none").course
    assert (
        course.density_per_cm2 == plan_of("01", measured=None).option("none").course.density_per_cm2
    )
    assert any("vellus" in note and "not used" in note for note in course.notes)


@pytest.mark.parametrize("standing", ["unlawful", "not_approved", "trial_only", "restricted"])
def test_an_option_that_is_barred_where_the_person_lives_is_not_open(standing):
    ours = facts.load()
    name = "finasteride_oral.US"
    barred = msgspec.structs.replace(ours.approvals[name], standing=standing)
    changed = msgspec.structs.replace(ours, approvals={**ours.approvals, name: barred})
    plan = make_plan(read_person(EXAMPLES[0]), changed, seed=1, today=TODAY)
    assert "finasteride_oral" not in plan.open_options
    assert "minoxidil_topical" in plan.open_options
