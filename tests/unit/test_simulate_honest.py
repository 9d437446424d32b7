"""A simulation says what is given, what it assumes, and how its chart marks that."""

import re

import pytest

from anagen import facts
from anagen.follicle import run_scenario, scenario_from
from anagen.report.simulation_figure import simulation_figure
from anagen.report.simulation_text import simulation_page, terminal_text

FACTS = facts.load()
MODEL = FACTS.model
LABELS = {name: term.label for name, term in FACTS.vocabulary.treatments.items()}
ILL = {"what": "alopecia_areata", "episodes": [{"from_week": 0, "to_week": 20}]}
LOTION = {"what": "minoxidil_topical", "percent": 5}


def run(*arms, engine="mean_field", **rest):
    named = [{"name": f"arm {k}", **arm} for k, arm in enumerate(arms)]
    one = scenario_from({"name": "ours", "years": 1, "people": 1, **rest, "arms": named}, "ours")
    return run_scenario(one, MODEL, engine, 1, LABELS, "")


def given(**treatment):
    return run({"treatments": [treatment]}).arms[0].given[0]


def assumed(arm=None, **rest):
    return set(run(arm or {}, **rest).arms[0].assumed)


def page_of(found):
    return simulation_page(found, simulation_figure(found), ["course.csv"])


# what is given


@pytest.mark.parametrize("ill", [ILL, {"what": "scarring"}], ids=["areata", "scarring"])
def test_relief_is_among_what_is_given_wherever_the_disease_stands_and_has_a_bar(ill):
    relieved = {**ill, "relief_percent": 80, "relief_from_week": 26}
    for found in (run({}, conditions=[relieved]), run({"conditions": [relieved]})):
        (words,) = found.arms[0].given
        assert words.startswith("relief of 80 % from week 26 (")
        assert "no treatment" not in page_of(found)
        bars = [event for event in found.arms[0].events if not event.is_condition]
        assert [(bar.label, bar.from_week, bar.kind) for bar in bars] == [
            ("relief of 80 %", 26, "span")
        ]
        assert "relief of 80 %" in simulation_figure(found)
    assert run({}, conditions=[ill]).arms[0].given == []


def test_sessions_are_counted_and_the_usual_ones_are_said_to_be():
    usual = "6 sessions, weeks 0, 4, 8, 12, 16, 20"
    assert given(what="exosome") == f"{LABELS['exosome']} · {usual} (usual schedule)"
    told = given(what="exosome", session_weeks=[0, 4, 8, 12, 16, 20])
    assert told == f"{LABELS['exosome']} · {usual}"
    assert given(what="exosome", session_weeks=[3]).endswith("1 session, week 3")
    assert "24 sessions, weeks 0, 1, … 23 (usual schedule)" in given(what="microneedling")
    assert "weeks 10, 14, 18" in given(what="prp", from_week=10)


# what is assumed


@pytest.mark.parametrize(
    ("left_out", "told", "names"),
    [
        (
            {"what": "acute_effluvium", "week": 2},
            {"share_percent": 30, "push_weeks": 2},
            {"te_push_share", "te_push_w"},
        ),
        ({"what": "chronic_effluvium"}, {"per_year": 1}, {"te_chronic_per_y"}),
        ({"what": "scarring"}, {"per_year": 1}, {"scar_per_y"}),
        (
            {"what": "season"},
            {"amplitude_percent": 20, "peak_week": 3},
            {"season_amplitude", "season_peak_week"},
        ),
        ({"what": "ageing"}, {"diameter_um_per_year": -1}, {"diam_age_um_per_y"}),
    ],
    ids=lambda value: value.get("what") if isinstance(value, dict) else None,
)
def test_numbers_that_a_condition_leaves_out_are_named_and_those_told_are_not(
    left_out, told, names
):
    assert assumed(conditions=[left_out]) == names
    assert assumed({"conditions": [left_out]}) == names
    assert assumed(conditions=[{**left_out, **told}]) == set()


def test_numbers_that_no_key_replaces_are_named_wherever_they_act():
    assert assumed(conditions=[ILL]) == {"aa_attack_per_y"}
    assert assumed(conditions=[{"what": "traction", "pulls_per_year": 1}]) == {
        "traction_scar_after_y", "traction_scar_per_y",
    }  # fmt: skip


def test_treatments_name_strength_schedule_dose_and_boost():
    sessions = {"session_weeks": [0, 4]}
    alone = {"exosome_amplitude", "exosome_half_life_w"}
    assert assumed({"treatments": [{"what": "exosome", **sessions}]}) == alone
    usual = assumed({"treatments": [{"what": "exosome"}]})
    assert usual == {*alone, "exosome_sessions", "exosome_interval_w"}
    dose = {"billion_particles": 20, "treated_area_cm2": 100}
    dosed = assumed({"treatments": [{"what": "exosome", **sessions, **dose}]})
    assert dosed == {*alone, "exosome_half_dose_per_cm2", "exosome_reference_dose_per_cm2"}
    needling = {"what": "microneedling", **sessions}
    boost = {"microneedling_lotion_boost"}
    assert not boost & assumed({"treatments": [needling]})
    assert boost <= assumed({"treatments": [needling, LOTION]})
    assert assumed({"treatments": [LOTION]}) == set()


def test_a_place_other_than_the_vertex_is_assumed():
    assert assumed() == set()
    assert assumed(region="mid") == {"u_mid", "follicles_mid_per_cm2"}
    assert assumed(region="mid", start={"density_per_cm2": 150}) == {"u_mid"}
    assert assumed(region="mid", start={"state": "healthy"}) == {"follicles_mid_per_cm2"}
    every = assumed(region="whole_scalp")
    assert {"u_temporal", "area_vertex_cm2", "follicles_occipital_per_cm2"} <= every
    assert "u_vertex" not in every


def test_the_page_and_the_terminal_tell_each_assumption_from_the_facts():
    found = run({}, {"conditions": [{"what": "scarring"}]}, region="mid")
    fact = MODEL["scar_per_y"]
    (told,) = [one for one in found.assumptions if one.name == "scar_per_y"]
    assert (told.meaning, told.value, told.unit, told.low, told.high, told.status) == (
        fact.meaning, fact.value, fact.unit, fact.low, fact.high, fact.status,
    )  # fmt: skip
    section = page_of(found).partition("What is assumed</h2>")[2].partition("</section>")[0]
    row = next(row for row in section.split("<tr>") if "scar_per_y" in row)
    for words in (fact.meaning, "0.6 a year", "0.2 to 1", "recalled, never read", "arm 1"):
        assert words in row
    said = " ".join(terminal_text(found).split())
    assert f"{fact.meaning}: 0.6 a year (0.2 to 1), recalled, never read – arm 1" in said
    assert f"{MODEL['u_mid'].meaning}: 0.8, assumed – every arm" in said
    assert not [name for name in found.arms[1].assumed if name in said]
    assert "What is assumed" not in page_of(run({}))


def test_every_number_that_may_be_assumed_is_a_fact_with_a_meaning_in_words():
    every = {"prp", "exosome", "microneedling", "lllt", "minoxidil_oral", "dutasteride"}
    found = run({"treatments": [{"what": what} for what in sorted(every)]}, region="whole_scalp")
    assert len(found.assumptions) > 20
    for one in found.assumptions:
        assert one.meaning == MODEL[one.name].meaning
        assert re.search(" ", one.meaning)


# the chart alone


NAME = "a long name of an arm that fills two lines"[:40]


@pytest.mark.parametrize("engine", ["mean_field", "counts", "follicles"])
def test_the_chart_alone_marks_the_arms_that_are_assumed(engine):
    found = run(
        {"name": NAME, "treatments": [{"what": "exosome"}]}, {"treatments": [LOTION]},
        engine=engine, people=20,
    )  # fmt: skip
    picture = simulation_figure(found)
    # in the key, at its line in each panel, above its bars, and what the hatch means
    assert picture.count("(assumed)</text>") == 1 + 4 + 1
    assert "(assumed), hatched: rests on numbers that were not measured" in picture
    hatched = picture.count('fill="url(#assumed-0)"')
    assert hatched == (1 if engine == "follicles" else 1 + 4)
    assert "assumed-1" not in picture
    told = picture.partition("<desc")[2].partition("</desc>")[0]
    first, second = told.split("; ")
    assert first.endswith("which rests on assumed numbers, not measured ones")
    assert "assumed" not in second


def test_no_arm_that_is_assumed_has_a_full_line():
    lines = {
        has: re.findall(r'<path[^>]*stroke-width="2.2"[^>]*>', simulation_figure(found))
        for has, found in (
            (True, run({"treatments": [{"what": "exosome"}]})), (False, run({})),
        )
    }  # fmt: skip
    for has, found in lines.items():
        assert len(found) == 4
        assert all(("stroke-dasharray" in line) is has for line in found)


def test_nothing_is_marked_where_all_was_measured():
    assert "assumed" not in simulation_figure(run({}, {"treatments": [LOTION]}, people=20))


def test_a_key_with_every_arm_stands_above_the_panels():
    names = [f"arm {k}" for k in range(6)]
    picture = simulation_figure(run(*({} for _ in names)))
    above = picture.partition("Hair density")[0].partition("</desc>")[2]
    for name in names:
        assert f">{name}</text>" in above
