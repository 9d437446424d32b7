"""`anagen simulate`: engines that agree, arms that differ by what is given, files written whole."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import numpy as np
import pytest

from anagen import facts
from anagen.cli import main, simulate_command
from anagen.errors import InputError
from anagen.follicle import (
    Observation,
    Scenario,
    Simulation,
    Sinks,
    read_scenario,
    run_scenario,
    scenario_from,
)
from anagen.follicle.simulation import BANDS
from anagen.report.simulation_figure import simulation_figure
from anagen.report.simulation_text import simulation_page, terminal_text

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "scenarios").glob("*.yaml"))
MODEL = facts.load().model
ENGINES = ("mean_field", "counts", "follicles")
MINOXIDIL = {"what": "minoxidil_topical", "percent": 5}


def scenario(*arms, **rest):
    named = [{"name": f"arm {k}", **arm} for k, arm in enumerate(arms)]
    return scenario_from({"name": "ours", "years": 1, "people": 40, **rest, "arms": named}, "ours")


def run(one, engine, seed=1, **rest):
    return run_scenario(one, MODEL, engine, seed, {}, "", **rest)


def values(found, arm, measure):
    return np.array(found.arms[arm].measures[measure].value, dtype=float)


def pq(path):
    pytest.importorskip("pyarrow")
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path)


# the engines


CHANGING = scenario(
    {"treatments": [{**MINOXIDIL, "to_week": 30}, {"what": "exosome", "session_weeks": [4, 12]}]},
    {"treatments": [{"what": "hair_transplant", "grafts_per_cm2": 30, "from_week": 8}]},
    conditions=[{"what": "acute_effluvium", "week": 6}],
    area_cm2=40,
)
NEAR_SE = 4.5
"""Standard errors allowed between engines: 80 values are compared at once."""


@pytest.mark.parametrize("measure", ["nonvellus_per_cm2", "anagen_percent", "shaft_diameter_um"])
def test_counts_and_follicles_have_the_mean_of_the_mean_field(measure):
    expected, counted, lived = (run(CHANGING, engine) for engine in ENGINES)
    for arm in range(2):
        course = counted.arms[arm].measures[measure]
        sd = (np.array(course.chance_high) - np.array(course.chance_low)) / 2 / 1.96
        off = values(counted, arm, measure) - values(expected, arm, measure)
        assert np.abs(off / (sd / 40**0.5)).max() < NEAR_SE
        off = values(lived, arm, measure) - values(expected, arm, measure)
        assert np.abs(off / sd).max() < NEAR_SE


def test_sheddings_of_the_engines_agree_over_the_year():
    expected, counted, lived = (run(CHANGING, engine) for engine in ENGINES)
    for arm in range(2):
        whole = values(expected, arm, "shed_hairs_per_day")
        assert values(counted, arm, "shed_hairs_per_day").mean() == pytest.approx(
            whole.mean(), rel=0.02
        )
        # hairs are counted between reports: the trapezoid of the rate is what that comes to
        between = (whole[1:] + whole[:-1]) / 2
        fell = values(lived, arm, "shed_hairs_per_day")
        assert np.isnan(fell[0])
        assert fell[1:].mean() == pytest.approx(between.mean(), rel=0.04)


@pytest.mark.parametrize("engine", ENGINES)
def test_arms_that_are_given_the_same_are_the_same(engine):
    found = run(scenario({"treatments": [MINOXIDIL]}, {"treatments": [MINOXIDIL]}), engine)
    assert found.arms[0].measures == found.arms[1].measures


@pytest.mark.parametrize("engine", ENGINES)
def test_arms_part_only_when_what_is_given_parts(engine):
    late = {**MINOXIDIL, "from_week": 24}
    found = run(scenario({}, {"treatments": [late]}, area_cm2=10), engine)
    none, treated = (values(found, k, "nonvellus_per_cm2") for k in range(2))
    same = np.array(found.weeks) <= 24
    assert none[same] == pytest.approx(treated[same], rel=1e-12 if engine == "mean_field" else 0)
    assert treated[-1] > none[-1]


@pytest.mark.parametrize("engine", ENGINES)
def test_arms_are_the_same_while_what_both_are_given_still_varies(engine):
    both = {"what": "exosome", "session_weeks": [0, 5]}
    more = {"what": "exosome", "session_weeks": [0, 5, 23]}
    found = run(
        scenario({"treatments": [both]}, {"treatments": [more]}, area_cm2=10, report_weeks=1),
        engine,
    )
    few, many = (values(found, k, "total_per_cm2") for k in range(2))
    same = np.array(found.weeks) <= 23
    assert few[same] == pytest.approx(many[same], rel=1e-12 if engine == "mean_field" else 0)
    assert np.any(few[~same] != many[~same])


@pytest.mark.parametrize("engine", ENGINES)
def test_every_measure_of_an_observation_is_reported(engine):
    found = run(scenario({}), engine)
    more = {"salt_percent", "thin_hair_percent", "uncut_length_mm", "norwood_hamilton_rank"}
    assert set(found.arms[0].measures) == set(Observation.__slots__) | more
    for course in found.arms[0].measures.values():
        assert len(course.value) == len(found.weeks)


def test_intervals_hold_the_line_and_single_persons_differ_more_than_the_average():
    measure = run(scenario({}, people=200), "mean_field").arms[0].measures["nonvellus_per_cm2"]
    for k, value in enumerate(measure.value):
        assert measure.person_low[k] < measure.average_low[k] < value
        assert value < measure.average_high[k] < measure.person_high[k]


def bands(course):
    return [getattr(course, name) for name in BANDS if getattr(course, name) is not None]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_interval_without_width_is_none(engine):
    started = {"state": "healthy", "density_per_cm2": 200}
    found = run(scenario({}, start=started), engine)
    for name, course in found.arms[0].measures.items():
        for low, high in zip(bands(course)[::2], bands(course)[1::2], strict=True):
            assert low != high, name
    density = found.arms[0].measures["nonvellus_per_cm2"]
    assert bool(bands(density)) is (engine == "counts")
    page = simulation_page(found, simulation_figure(found), ["course.csv"])
    assert page.count("are in no band") == (engine == "mean_field")
    if engine == "mean_field":
        assert 'class="range"' not in page
        assert "in brackets" not in page


@pytest.mark.parametrize("engine", ENGINES[:2])
def test_few_people_have_no_interval_and_it_is_said(engine):
    for people in (1, 19, 20):
        found = run(scenario({"treatments": [MINOXIDIL]}, people=people), engine)
        density = found.arms[0].measures["nonvellus_per_cm2"]
        assert bool(bands(density)) is (people == 20)
        page = simulation_page(found, simulation_figure(found), ["course.csv"])
        said = " ".join(terminal_text(found).split())
        whom = "persons" if engine == "mean_field" else "replicates"
        for words in (page, said):
            assert (f"fewer than 20 {whom}: no interval of {whom}" in words) is (people < 20)
        assert ('class="range"' in page) is (people == 20)
        assert (f"95 % of {'single persons' if whom == 'persons' else whom}" in said) is (
            people == 20
        )


def test_a_larger_area_leaves_less_to_chance():
    def width(area_cm2):
        course = run(scenario({}, area_cm2=area_cm2, people=100), "counts").arms[0].measures
        density = course["nonvellus_per_cm2"]
        return density.chance_high[-1] - density.chance_low[-1]

    assert width(1) == pytest.approx(width(25) * 5, rel=0.3)


def test_a_stated_density_is_the_density_at_the_start():
    start = {"state": "pattern", "density_per_cm2": 150, "disease_years": 5}
    density = run(scenario({}, start=start), "mean_field").arms[0].measures["nonvellus_per_cm2"]
    assert density.value[0] == density.person_low[0] == density.average_high[0] == 150


def test_where_and_who_the_scalp_is_matters():
    def first(**rest):
        return values(run(scenario({}, **rest), "mean_field"), 0, "nonvellus_per_cm2")[0]

    usual = first()
    assert first(start={"state": "healthy"}) > usual
    assert first(start={"disease_years": 2}) > usual > first(start={"disease_years": 20})
    assert first(start={"androgen_drive": 0.5}) > usual > first(start={"androgen_drive": 1.5})
    back, here = (
        values(run(scenario({}, region=region), "mean_field"), 0, "anagen_percent")[0]
        for region in ("occipital", "vertex")
    )
    assert back > here + 5
    assert first(memory="programmed") == pytest.approx(usual, rel=0.1)


def test_doses_adherence_and_particles_matter():
    def gain(**treatment):
        found = run(scenario({"treatments": [treatment]}), "mean_field")
        density = values(found, 0, "nonvellus_per_cm2")
        return density[-1] - density[0]

    lotion = gain(**MINOXIDIL)
    assert lotion > gain(what="minoxidil_topical", percent=2)
    assert lotion > gain(**MINOXIDIL, adherence_percent=50)
    sessions = {"what": "exosome", "session_weeks": [0, 10, 20, 30, 40]}
    strong = gain(**sessions, billion_particles=1000, treated_area_cm2=100)
    assert strong > gain(**sessions, billion_particles=1, treated_area_cm2=100)
    assert gain(what="finasteride_oral", mg=1) > gain(what="finasteride_oral", mg=0.05)


def test_two_doses_in_turn_are_followed():
    first = {"what": "finasteride_oral", "mg": 0.05, "to_week": 20}
    then = {"what": "finasteride_oral", "mg": 1, "from_week": 20}
    found = run(scenario({"treatments": [first]}, {"treatments": [first, then]}), "mean_field")
    once, twice = (values(found, k, "nonvellus_per_cm2") for k in range(2))
    assert twice[-1] > once[-1]
    assert twice[4] == pytest.approx(once[4], rel=1e-6)


@pytest.mark.parametrize(
    ("condition", "measure", "is_more"),
    [
        ({"what": "acute_effluvium", "week": 2}, "shed_hairs_per_day", True),
        ({"what": "chronic_effluvium"}, "anagen_percent", False),
        (
            {"what": "alopecia_areata", "episodes": [{"from_week": 0, "to_week": 16}]},
            "nonvellus_per_cm2",
            False,
        ),
        ({"what": "traction", "pulls_per_year": 2}, "nonvellus_per_cm2", False),
        ({"what": "scarring"}, "lost_percent", True),
        ({"what": "season", "peak_week": 4}, "anagen_percent", False),
    ],
)
def test_each_condition_does_what_it_is(condition, measure, is_more):
    found = run(scenario({}, {"conditions": [condition]}, start={"state": "healthy"}), "mean_field")
    well, ill = (values(found, k, measure)[4] for k in range(2))
    assert bool(ill > well) is is_more


def test_what_befalls_the_scalp_befalls_every_arm():
    fever = {"what": "acute_effluvium", "week": 2}
    common = run(scenario({}, {"treatments": [MINOXIDIL]}, conditions=[fever]), "mean_field")
    apart = run(
        scenario({"conditions": [fever]}, {"conditions": [fever], "treatments": [MINOXIDIL]}),
        "mean_field",
    )
    spared = run(scenario({}), "mean_field")
    for k in range(2):
        assert common.arms[k].measures == apart.arms[k].measures
    assert common.arms[0].measures != spared.arms[0].measures


@pytest.mark.parametrize("what", ["alopecia_areata", "scarring"])
def test_relief_leaves_more_hair(what):
    one = {"what": what}
    if what == "alopecia_areata":
        one["episodes"] = [{"from_week": 0, "to_week": 52}]
    found = run(
        scenario({"conditions": [one]}, {"conditions": [{**one, "relief_percent": 80}]}),
        "mean_field",
    )
    assert values(found, 1, "nonvellus_per_cm2")[-1] > values(found, 0, "nonvellus_per_cm2")[-1]


def test_a_transplant_adds_what_survives_of_it():
    arm = {"treatments": [{"what": "hair_transplant", "grafts_per_cm2": 30, "from_week": 0}]}
    found = run(scenario({}, arm, years=3), "mean_field")
    more = values(found, 1, "nonvellus_per_cm2") - values(found, 0, "nonvellus_per_cm2")
    follicles = 30 * MODEL["follicles_per_graft"].number()
    survive = follicles * MODEL["graft_survival_percent"].number() / 100
    assert more[0] == pytest.approx(0, abs=1e-6)
    assert 0.85 * survive < more[-1] < survive


def test_hairs_add_up_to_the_follicles_that_are_seen():
    tables, fields = [], []
    one = scenario({"treatments": [MINOXIDIL]}, area_cm2=4)
    sinks = Sinks(lambda arm, field: fields.append(field), tables.append)
    found = run(one, "follicles", sinks=sinks)
    follicles = fields[0].follicles
    assert follicles == found.follicles == (265 * 4)
    for k in (0, 5, -1):
        day = found.weeks[k] * 7
        seen = sum(int(table.hairs.visible_on(day).follicle.size) for table in tables)
        assert seen / 4 == pytest.approx(values(found, 0, "total_per_cm2")[k])
    for table in tables:
        assert table.hairs.follicle.max() < follicles
        pairs = list(zip(table.hairs.follicle.tolist(), table.number.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)
        assert (table.number >= 0).all()


def test_progress_is_told_from_0_to_1():
    for engine in ENGINES:
        told = []
        run(scenario({}, {}), engine, tick=told.append)
        assert told == sorted(told)
        assert told[-1] == pytest.approx(1)


# the command


WHOLE = """
name: Ours
years: 1
people: 20
arms:
  - name: none
  - name: lotion
    treatments:
      - {what: minoxidil_topical, percent: 5}
      - {what: hair_transplant, grafts_per_cm2: 20, from_week: 12}
"""


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text(WHOLE)
    return path


def simulate(path, out, *more):
    return main(["simulate", str(path), "--out", str(out), *more])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_simulation_writes_its_files_and_obeys_its_schema(engine, whole, tmp_path, capsys):
    out = tmp_path / "out"
    assert simulate(whole, out, "--engine", engine) == 0
    names = {"chart.svg", "course.csv", "course.json", "report.html"}
    if engine == "follicles":
        names |= {"follicles.parquet", "hairs.parquet"}
    assert {path.name for path in out.iterdir()} == names
    said = capsys.readouterr()
    assert said.err == ""
    assert "lotion" in said.out
    assert f"page: {out / 'report.html'}" in said.out
    document = json.loads((out / "course.json").read_text("utf-8"))
    jsonschema.validate(document, msgspec.json.schema(Simulation))
    with (out / "course.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = msgspec.convert(document, Simulation)
    assert len(rows) == 2 * len(found.weeks) * len(found.arms[0].measures)
    for row in rows:
        k = found.weeks.index(float(row["week"]))
        arm = next(arm for arm in found.arms if arm.name == row["arm"])
        value = arm.measures[row["measure"]].value[k]
        assert value == (float(row["value"]) if row["value"] else None)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_seed_gives_the_same_bytes_and_another_seed_others(engine, whole, tmp_path, capsys):
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        simulate(whole, tmp_path / name, "--engine", engine, "--seed", seed)
    capsys.readouterr()
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    course = "course.csv"
    assert (tmp_path / "a" / course).read_bytes() != (tmp_path / "c" / course).read_bytes()


def test_json_is_one_document_on_standard_output(whole, tmp_path, capsys):
    assert simulate(whole, tmp_path / "out", "--json") == 0
    said = capsys.readouterr().out
    assert said == (tmp_path / "out" / "course.json").read_text("utf-8")


def test_parquet_holds_what_csv_holds_and_an_old_table_does_not_stay(whole, tmp_path, capsys):
    out = tmp_path / "out"
    simulate(whole, out, "--engine", "follicles")
    with (out / "course.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    simulate(whole, out, "--format", "parquet", "--engine", "follicles")
    capsys.readouterr()
    assert not (out / "course.csv").exists()
    table = pq(out / "course.parquet").to_pylist()
    assert len(table) == len(rows)
    for ours, theirs in zip(table, rows, strict=True):
        assert ours["measure"] == theirs["measure"]
        assert ours["value"] == (float(theirs["value"]) if theirs["value"] else None)
    simulate(whole, out, "--engine", "counts")
    names = {"chart.svg", "course.csv", "course.json", "report.html"}
    assert {path.name for path in out.iterdir()} == names


def test_the_tables_of_follicles_are_enough_to_draw_any_day(whole, tmp_path, capsys):
    out = tmp_path / "out"
    simulate(whole, out, "--engine", "follicles")
    capsys.readouterr()
    places, hairs = pq(out / "follicles.parquet"), pq(out / "hairs.parquet")
    assert places.column_names == ["arm", "follicle", "x_mm", "y_mm", "unit"]
    course = msgspec.json.decode((out / "course.json").read_bytes(), type=Simulation)
    both = {(row["arm"], row["follicle"]): row for row in places.to_pylist()}
    none = [row for row in both if row[0] == "none"]
    grafted = [row for row in both if row[0] == "lotion"]
    assert len(none) == 265
    assert len(grafted) == 265 + round(20 * 2.2 * 0.86)
    for name in ("x_mm", "y_mm", "unit"):  # the scalp is the same in every arm
        assert all(both["none", k][name] == both["lotion", k][name] for k in range(265))
    for k, arm in enumerate(course.arms):
        day = course.weeks[-1] * 7
        on = [
            row
            for row in hairs.to_pylist()
            if row["arm"] == arm.name
            and row["begun_day"] <= day
            and (row["shed_day"] is None or row["shed_day"] > day)
        ]
        assert len(on) == pytest.approx(values(course, k, "total_per_cm2")[-1], abs=1e-3)
        assert all((row["arm"], row["follicle"]) in both for row in on)
        grafts = [row for row in on if row["follicle"] >= 265]
        assert all(row["begun_day"] >= 12 * 7 for row in grafts)
        assert bool(grafts) == (arm.name == "lotion")
    for row in hairs.to_pylist():
        assert 5 < row["diameter_um"] < 110
        assert 0 < row["growth_mm_per_day"] < 1
        end = row["grown_day"]
        assert end is None or row["begun_day"] <= end
        assert row["shed_day"] is None or (end is not None and end <= row["shed_day"] < np.inf)
    assert any(row["shed_day"] is None for row in hairs.to_pylist())


def test_a_scenario_in_the_folder_is_never_written_over(tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    path = out / "course.json"
    path.write_text(WHOLE)
    assert simulate(path, out) == 2
    assert "is one of the files that were read" in capsys.readouterr().err
    assert path.read_text() == WHOLE
    assert [one.name for one in out.iterdir()] == ["course.json"]


def test_a_file_of_another_hand_stays(whole, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "chart.svg").write_text("<svg/>")
    assert simulate(whole, out) == 2
    assert "a file of another hand" in capsys.readouterr().err
    assert [one.name for one in out.iterdir()] == ["chart.svg"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_of_hairs_of_another_hand_is_neither_written_over_nor_removed(
    form, whole, tmp_path, capsys
):
    out = tmp_path / "out"
    out.mkdir()
    mine = out / "course.csv"
    mine.write_text("patient,anagen_percent\n1,80\n")
    assert simulate(whole, out, "--format", form) == (2 if form == "csv" else 0)
    capsys.readouterr()
    assert mine.read_text() == "patient,anagen_percent\n1,80\n"


def test_a_file_of_another_hand_is_named_before_the_run(whole, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    (out / "hairs.parquet").write_bytes(b"mine")

    def runs(*_arguments, **_rest):
        raise AssertionError("a run was begun that could not be written")

    monkeypatch.setattr(simulate_command, "run_scenario", runs)
    assert simulate(whole, out, "--engine", "follicles") == 2
    assert "hairs.parquet: a file of another hand" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_simulation_is_written_over_an_earlier_one(engine, form, whole, tmp_path, capsys):
    out = tmp_path / "out"
    for _ in range(2):
        assert simulate(whole, out, "--engine", engine, "--format", form) == 0
    capsys.readouterr()


@pytest.mark.parametrize("fault", [InputError("no"), KeyboardInterrupt()])
def test_a_run_that_ends_midway_leaves_what_was_there(fault, whole, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    simulate(whole, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fails(*arguments, **rest):
        run_scenario(*arguments, **rest)
        raise fault

    monkeypatch.setattr(simulate_command, "run_scenario", fails)
    assert simulate(whole, out, "--engine", "follicles") in (2, 130)
    capsys.readouterr()
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_what_the_call_says_stands_in_place_of_the_scenario(whole, tmp_path, capsys):
    simulate(whole, tmp_path / "out", "--years", "0.5", "--people", "7", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["people"], found["scenario"]["people"]) == (7, 7)
    assert found["weeks"][-1] == 24


def test_names_of_arms_are_escaped_everywhere(tmp_path, capsys):
    path = tmp_path / "ours.yaml"
    path.write_text('name: "<b>ours</b>"\narms:\n  - name: "<i>a & b</i>"\n')
    assert simulate(path, tmp_path / "out") == 0
    capsys.readouterr()
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "<b>ours" not in page
    assert "<i>a" not in page
    ElementTree.parse(tmp_path / "out" / "chart.svg")  # noqa: S314  ours


@pytest.mark.parametrize("name", ["[/]", "[bold]b[/]", "[link=http://x]y"])
def test_the_terminal_shows_brackets_in_names_as_they_are(name, tmp_path, capsys):
    path = tmp_path / "ours.yaml"
    path.write_text(f'name: "{name}"\nyears: 0.5\npeople: 3\narms:\n  - name: "{name}"\n')
    assert simulate(path, tmp_path / "out") == 0
    assert capsys.readouterr().out.count(name) == 2


def test_the_terminal_says_whom_the_interval_holds_and_which_strength_is_assumed(tmp_path, capsys):
    path = tmp_path / "ours.yaml"
    path.write_text(
        "name: Ours\nyears: 0.5\npeople: 20\nstart: {state: healthy}\narms:\n  - name: none\n"
        "  - name: vesicles\n    treatments:\n      - {what: exosome}\n"
    )
    assert simulate(path, tmp_path / "out") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "95 % of single persons" in said
    fact = MODEL["exosome_amplitude"]
    assert f"{fact.meaning}: 0.3 (0 to 0.9), assumed – vesicles" in said
    assert "exosome_amplitude" not in said
    assert "every arm" not in said


# the chart and the examples


def test_there_is_an_example_for_every_disease_and_class_of_treatment():
    assert len(EXAMPLES) >= 10
    used = "".join(path.read_text("utf-8") for path in EXAMPLES)
    kinds = msgspec.json.schema(Scenario)["$defs"]
    for name in (
        "AcuteEffluvium", "ChronicEffluvium", "Areata", "Traction", "Scarring", "Season", "Ageing",
    ):  # fmt: skip
        assert kinds[name]["properties"]["what"]["enum"][0] in used
    for word in ("by_chance", "scalp_percent", "whole_scalp"):
        assert word in used
    for what in kinds["Treatment"]["properties"]["what"]["enum"]:
        if what != "finasteride_topical":
            assert f"what: {what}" in used, what


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_with_every_arm_drawn_and_told(path, tmp_path, capsys):
    first, second = path.read_text("utf-8").splitlines()[:2]
    assert first.startswith("# ")
    assert first.endswith(".") or second.startswith("# ")
    assert simulate(path, tmp_path, "--people", "6") == 0
    said = " ".join(capsys.readouterr().out.split())
    found = msgspec.json.decode((tmp_path / "course.json").read_bytes(), type=Simulation)
    picture = ElementTree.parse(tmp_path / "chart.svg").getroot()  # noqa: S314  ours
    words = " ".join(text for text in picture.itertext())
    page = (tmp_path / "report.html").read_text("utf-8")
    for arm in found.arms:
        assert arm.name.split()[0] in said
        assert arm.name in page
        assert arm.name.split()[0] in words
        for event in arm.events:
            assert event.label[:20] in words
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page


def test_the_chart_says_in_words_what_it_shows_and_dashes_tell_arms_apart():
    found = run(scenario({}, {"treatments": [MINOXIDIL]}), "mean_field")
    picture = simulation_figure(found)
    start, end = (values(found, 1, "nonvellus_per_cm2")[k] for k in (0, -1))
    assert f"arm 1: density starts at {start:.0f} hairs per cm² and is {end:.0f}" in picture
    # a line, its label and the two edges of its band in each panel, and one line in the key
    assert picture.count('stroke-dasharray="9 4"') == 4 * 4 + 1
    assert picture.count("<title") == picture.count("<desc") == 1


def test_a_number_that_is_not_there_leaves_a_gap_in_the_line():
    found = run(scenario({}, area_cm2=0.05, start={"density_per_cm2": 5}), "follicles")
    diameters = values(found, 0, "shaft_diameter_um")
    hairs = values(found, 0, "total_per_cm2")
    assert np.array_equal(np.isnan(diameters), hairs == 0)
    assert "nan" not in simulation_figure(found).lower()


def test_a_scenario_reads_back_as_it_was_written():
    for path in EXAMPLES:
        one = read_scenario(path)
        assert scenario_from(msgspec.to_builtins(one), "again") == one
