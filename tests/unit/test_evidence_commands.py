"""`anagen evidence pool` and `network` from the command line, on facts and on tables."""

import csv
import json
from pathlib import Path

import pytest

from anagen.cli import main

BROKEN = Path(__file__).parents[1] / "broken_tables"
ARMS = """study,treatment,mean,sd,n
A,placebo,1.0,10,30
A,drug,12.0,11,31
B,placebo,2.0,9,20
B,drug,9.5,12,22
C,placebo,0.0,10,40
C,drug,14.0,10,41
"""


def say(capsys, *arguments):
    status = main(["evidence", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def table(tmp_path, text=ARMS, name="table.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_a_table_of_arms_is_pooled_with_pictures_a_page_and_one_document(tmp_path, capsys):
    path, out = table(tmp_path), tmp_path / "out"
    status, said, _ = say(capsys, "pool", path, "--out", out, "--json")
    assert status == 0
    document = json.loads(said)
    assert document["schema"] == "anagen/evidence-table-pool/1"
    assert document["analysis"]["measure"] == "MD"
    assert [row["study"] for row in document["analysis"]["rows"]] == ["A", "B", "C"]
    assert sorted(p.name for p in out.iterdir()) == [
        "forest.svg", "funnel.svg", "pool.html", "pool.json",
    ]  # fmt: skip
    assert path.read_text("utf-8") == ARMS
    assert json.loads((out / "pool.json").read_text("utf-8")) == document


def test_words_for_a_person_hold_the_same_estimate_as_the_document(tmp_path, capsys):
    path = table(tmp_path)
    _, words, _ = say(capsys, "pool", path)
    _, said, _ = say(capsys, "pool", path, "--json")
    chosen = json.loads(said)["analysis"]["pooled"]["chosen"]
    assert f"{chosen['estimate']:+.3f}" in words
    assert "A new study of this kind is expected from" in words
    assert "How the columns were read" in words


def test_the_direction_is_that_of_the_treatment_named(tmp_path, capsys):
    path = table(tmp_path)
    _, one, _ = say(capsys, "pool", path, "--json")
    _, other, _ = say(capsys, "pool", path, "--treatment", "placebo", "--json")
    a, b = (json.loads(x)["analysis"]["pooled"]["chosen"]["estimate"] for x in (one, other))
    assert a == pytest.approx(-b)


def test_contrasts_are_turned_to_one_direction(tmp_path, capsys):
    rows = "study,treat1,treat2,TE,seTE\nA,drug,placebo,10,2\nB,placebo,drug,-12,3\n"
    _, said, _ = say(capsys, "pool", table(tmp_path, rows), "--json")
    assert [r["effect"] for r in json.loads(said)["analysis"]["rows"]] == [10, 12]


def test_an_effect_size_can_be_chosen_and_a_wrong_one_is_refused(tmp_path, capsys):
    path = table(tmp_path)
    _, said, _ = say(capsys, "pool", path, "--effect-size", "smd", "--json")
    assert json.loads(said)["analysis"]["measure"] == "SMD"
    status, _, error = say(capsys, "pool", path, "--effect-size", "OR")
    assert status == 2
    assert "holds means, from which no OR comes" in error


def test_single_arms_are_pooled_with_a_warning_and_no_effect(tmp_path, capsys):
    text = "study,treatment,mean,sd,n,design\nA,e,30,9,12,single_arm\nB,e,20,8,20,single_arm\n"
    path = table(tmp_path, text)
    status, words, _ = say(capsys, "pool", path)
    assert status == 0
    assert words.splitlines()[1].startswith("WARNING: these arms have no control")
    _, said, _ = say(capsys, "pool", path, "--json")
    assert json.loads(said)["is_controlled"] is False


def test_pairs_of_sides_and_changes_without_a_correlation_are_rerun(tmp_path, capsys):
    text = (
        "study,treatment,baseline_mean,baseline_sd,mean,sd,n\n"
        "A,placebo,100,20,101,21,30\nA,drug,100,20,112,22,30\n"
        "B,placebo,90,18,92,18,25\nB,drug,91,19,104,20,25\n"
    )
    _, said, _ = say(capsys, "pool", table(tmp_path, text), "--json")
    document = json.loads(said)
    assert {row["status"] for row in document["analysis"]["rows"]} == {"assumed"}
    assert [r["correlation"] for r in document["correlation"]["reruns"]] == [0.3, 0.5, 0.7]


def test_a_conclusion_that_flips_with_the_correlation_is_flagged(tmp_path, capsys):
    text = (
        "study,treatment,mean,sd,n,design\n"
        "A,placebo,0,20,20,split_scalp\nA,drug,8.2,20,20,split_scalp\n"
    )
    _, words, _ = say(capsys, "pool", table(tmp_path, text))
    assert "FLIPS" in words


def test_moderators_and_subgroups_come_from_columns_of_the_table(tmp_path, capsys):
    text = "study,yi,vi,dose,place\nA,1,.1,1,x\nB,2,.1,2,x\nC,3.2,.1,3,y\nD,3.9,.2,4,y\n"
    path = table(tmp_path, text)
    _, said, _ = say(capsys, "pool", path, "--moderator", "dose", "--subgroup", "place", "--json")
    analysis = json.loads(said)["analysis"]
    assert analysis["regression"]["names"] == ["intercept", "dose"]
    groups = analysis["subgroups"]["separate_tau2"]["groups"]
    assert [g["name"] for g in groups] == ["x", "y"]
    status, _, error = say(capsys, "pool", path, "--moderator", "price")
    assert status == 2
    assert "no column of numbers 'price'; there are dose" in error


def test_a_network_of_a_table_is_drawn_and_told(tmp_path, capsys):
    text = (
        "study,treat1,treat2,TE,seTE\n"
        "A,drug,placebo,10,2\nB,drug,placebo,12,3\nC,other,placebo,5,2\nD,drug,other,4,3\n"
        "E,far,away,1,1\n"
    )
    out = tmp_path / "out"
    status, said, _ = say(
        capsys, "network", table(tmp_path, text), "--reference", "placebo", "--out", out, "--json"
    )
    assert status == 0
    document = json.loads(said)
    assert document["schema"] == "anagen/evidence-table-network/1"
    assert len(document["analysis"]["parts"]) == 2
    assert "no trial joins" in document["analysis"]["disconnected"]
    names = {p.name for p in out.iterdir()}
    assert {"network.svg", "network.html", "network.json", "league-1.svg", "ranks-1.svg"} <= names


def test_options_that_say_nothing_are_refused_instead_of_ignored(tmp_path, capsys):
    path = table(tmp_path)
    for arguments, words in (
        (("pool", path, "--sex", "male"), "--sex says nothing of a table"),
        (("pool", "--option", "prp", "--outcome", "x"), "--outcome says nothing of our own facts"),
        (("network", "--keep-empty"), "--keep-empty says nothing of our own facts"),
        (("pool",), "say what to pool"),
        (("pool", "--option", "prp", "--level", "20"), "no level"),
        (("network", path, "--reference", "nobody"), "no treatment 'nobody'"),
        (("pool", "--option", "prp", "--weeks", "60-12"), "no span of weeks"),
        (("pool", "--option", "prp", "--condition", "baldness"), "no condition 'baldness'"),
        (("pool", "--option", "prp", "--measure", "hair_weight"), "no density that is pooled"),
        (("network", "--separator", "   "), "--separator is empty"),
    ):
        status, _, error = say(capsys, *arguments)
        assert status == 2, arguments
        assert words in error
        assert error.count("\n") == 1


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.csv")), ids=lambda p: p.stem)
@pytest.mark.parametrize("verb", ["pool", "network"])
def test_a_broken_table_ends_with_status_2_one_sentence_and_no_file(path, verb, tmp_path, capsys):
    out = tmp_path / "out"
    status, said, error = say(capsys, verb, path, "--out", out, "--json")
    assert status == 2
    assert said == ""
    assert error.startswith("anagen: ")
    assert error.count("\n") == 1
    assert not out.exists() or not any(out.iterdir())


@pytest.mark.parametrize("name", ["bcg", "normand1999", "molloy2014", "curtin2002"])
def test_reference_sets_are_pooled_through_the_command_line(shared, name, capsys):
    folder = shared / "stats" / "reference" / "sets" / "pairwise" / name
    reference = json.loads((folder / "reference.json").read_text("utf-8"))
    _, said, _ = say(capsys, "pool", folder / "effects.csv", "--json")
    analysis = json.loads(said)["analysis"]
    for e in analysis["estimators"]:
        theirs = reference["random"][e["method"]]
        assert e["estimate"] == pytest.approx(theirs["estimate"], rel=1e-6)
        assert e["hartung_knapp"]["se"] == pytest.approx(theirs["hartung_knapp"]["se"], rel=1e-5)


def test_a_reference_network_is_fitted_from_its_arms(shared, capsys):
    folder = shared / "stats" / "reference" / "sets" / "network" / "smokingcessation"
    reference = json.loads((folder / "reference.json").read_text("utf-8"))
    _, said, _ = say(capsys, "network", folder / "data.csv", "--json")
    analysis = json.loads(said)["analysis"]
    assert analysis["measure"] == "OR"
    part = analysis["parts"][0]
    assert part["tau2"] == pytest.approx(reference["random_REML"]["tau2"], rel=1e-4)
    assert part["q"] == pytest.approx(reference["Q_common"]["Q"], rel=1e-8)


@pytest.mark.parametrize("name", ["senn2013", "smokingcessation", "parkinson", "dietaryfat"])
def test_reference_networks_are_fitted_through_the_command_line(shared, name, capsys):
    folder = shared / "stats" / "reference" / "sets" / "network" / name
    reference = json.loads((folder / "reference.json").read_text("utf-8"))
    with (folder / "contrasts.csv").open(encoding="utf-8") as stream:
        assert list(csv.DictReader(stream))
    _, said, _ = say(capsys, "network", folder / "contrasts.csv", "--json")
    part = json.loads(said)["analysis"]["parts"][0]
    theirs = reference["random_REML"]
    order = [str(name) for name in reference["treatments"]]
    assert part["tau2"] == pytest.approx(theirs["tau2"], rel=1e-4, abs=1e-8)
    for d in part["differences"]:
        i, j = order.index(d["treatment"]), order.index(d["against"])
        assert d["estimate"] == pytest.approx(theirs["random"]["TE"][i][j], rel=1e-4, abs=1e-6)
        assert d["se"] == pytest.approx(theirs["random"]["seTE"][i][j], rel=1e-4)
