"""Tables that other programs wrote, large ones, and what a terminal can show of them."""

import json
from xml.dom.minidom import parseString

import numpy as np
import pytest

from anagen.cli import output
from anagen.cli.main import main
from anagen.errors import InputError
from anagen.evidence.tables import read_table
from anagen.synthesis.network import fit_network, flow, network_from_contrasts, random_walk

BCG = (
    '"","trial","author","year","yi","vi"\n"1",1,"Aronson",1948,-0.8893,0.3256\n'
    '"2",2,"Ferguson",1949,-1.5854,0.1946\n'
)


def table(text):
    return read_table(text.encode(), "t.csv")


def large(treatments, studies, seed=1):
    """Return a table of contrasts that joins all treatments."""
    rng = np.random.default_rng(seed)
    rows = ["study,treatment1,treatment2,effect,se"]
    for i in range(studies):
        a, b = rng.permutation(treatments)[:2] if i >= treatments - 1 else (i, i + 1)
        rows.append(f"S{i},T{a},T{b},{rng.normal():.4f},{0.1 + rng.random():.4f}")
    return "\n".join(rows) + "\n"


def test_the_unnamed_row_numbers_of_r_are_no_column():
    found = table(BCG)
    assert [row.effect for row in found.effects] == [-0.8893, -1.5854]
    assert "" not in found.read_as
    assert any("row numbers" in note for note in found.notes)


def test_an_unnamed_first_column_of_words_is_asked_about():
    with pytest.raises(InputError, match="column 1 has no name and holds 'a' in line 2"):
        table('"",study,yi,vi\n"a",X,1,1\n"b",Y,2,1\n')


def test_the_first_column_keeps_its_values_where_it_has_a_name():
    found = table("dose,study,yi,vi\n5,X,1,1\n6,Y,2,1\n")
    assert found.numbers["dose"] == [5, 6]


@pytest.mark.parametrize("empty", [";;", ' ; ;" "', '"";"";""'])
def test_the_empty_rows_of_a_spreadsheet_are_passed_over(empty):
    found = table(f"study;effect;se\nA;1,5;0,5\n{empty}\nB;2,5;0,5\n{empty}\n")
    assert [row.effect for row in found.effects] == [1.5, 2.5]


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"'])
def test_a_line_that_names_the_separator_is_no_header(first):
    found = table(f"{first}\nstudy;effect;se\nA;1,5;0,5\nB;2,5;0,5\n")
    assert [row.effect for row in found.effects] == [1.5, 2.5]


@pytest.mark.parametrize(
    "name", ["Total", "total (95% CI)", "Overall effect", "Subtotal", "Random effects model",
             "Common effect", "pooled"],
)  # fmt: skip
def test_a_row_that_sums_up_the_others_is_no_study(name):
    with pytest.raises(InputError, match=r"t\.csv: line 4: .* names a sum of studies"):
        table(f"study,effect,se\nA,1,0.5\nB,2,0.5\n{name},1.5,0.3\n")


@pytest.mark.parametrize("name", ["TOTAL-1 trial", "Totaro 2003", "Summary 2001", "Overallo"])
def test_a_study_that_is_named_nearly_so_is_one(name):
    assert name in table(f"study,effect,se\nA,1,0.5\n{name},2,0.5\n").studies


def test_walks_in_blocks_give_what_one_walk_gives(monkeypatch):
    columns = zip(*[row.split(",") for row in large(7, 20).splitlines()[1:]], strict=True)
    study, first, second, effect, se = columns
    network = network_from_contrasts(
        list(study), list(first), list(second), [float(x) for x in effect], [float(x) for x in se]
    )
    fit = fit_network(network)
    whole = random_walk(network, fit)
    monkeypatch.setattr(flow, "WALKED_AT_ONCE", 2 * 7**2)
    parts = random_walk(network, fit)
    assert np.abs(parts.comparison - whole.comparison).max() < 1e-12
    assert np.abs(parts.study - whole.study).max() < 1e-12


def test_a_large_network_is_told_and_drawn_in_bounds(tmp_path, capsys):
    source = tmp_path / "n.csv"
    source.write_text(large(130, 400))
    out = tmp_path / "out"
    assert main(["evidence", "network", str(source), "--out", str(out)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "shares of evidence are not told with more than 100 treatments" in shown
    assert "net heat is not told with more than 100 designs" in shown
    assert "not drawn, as too much for a picture: league and ranks (130 treatments" in shown
    assert "league picture" not in shown
    assert {p.name for p in out.iterdir()} == {"against.svg", "network.html", "network.json"}
    assert sum(p.stat().st_size for p in out.iterdir()) < 20e6
    part = json.loads((out / "network.json").read_text())["analysis"]["parts"][0]
    assert part["contributions"]["rows"] == []
    assert part["heat"]["heat"] == []
    assert len(part["differences"]) == 130 * 129 / 2


def test_of_many_comparisons_the_shares_of_those_with_the_reference_are_told(tmp_path, capsys):
    source = tmp_path / "n.csv"
    source.write_text(large(40, 300))
    assert main(["evidence", "network", str(source), "--reference", "T3", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["analysis"]["parts"][0]
    rows = made["contributions"]["rows"]
    assert len(rows) == 39
    assert all("T3" in (row["treatment"], row["against"]) for row in rows)
    assert sum(rows[0]["comparisons"]) == pytest.approx(1)
    assert any("of those with T3 only" in flag for flag in made["flags"])


def test_a_single_trial_tells_nothing_of_the_scatter_between_trials(tmp_path, capsys):
    source = tmp_path / "n.csv"
    source.write_text("study,treatment1,treatment2,effect,se\n1,A,B,1,0.5\n")
    assert main(["evidence", "network", str(source)]) == 0
    shown = capsys.readouterr().out
    assert "scatter between trials not evaluable" in shown
    for word in ("tau²", "P-score", "league picture"):
        assert word not in shown


def test_pictures_of_an_earlier_question_do_not_stay(tmp_path):
    two = tmp_path / "two.csv"
    two.write_text("study,effect,se\nA,1,0.5\nB,2,0.5\n")
    one = tmp_path / "one.csv"
    one.write_text("study,effect,se\nA,1,0.5\n")
    out = tmp_path / "out"
    out.mkdir()
    (out / "bias-mine.svg").write_text("<svg/>")
    assert main(["evidence", "pool", str(two), "--out", str(out)]) == 0
    assert (out / "funnel.svg").exists()
    assert main(["evidence", "pool", str(one), "--out", str(out)]) == 0
    assert not (out / "funnel.svg").exists()
    assert (out / "bias-mine.svg").exists()  # of another hand


def test_markup_in_names_stays_words_in_pictures_and_pages(tmp_path):
    source = tmp_path / "x.csv"
    source.write_text(
        'study,treatment1,treatment2,effect,se\n<b>1,<script>alert(1)</script>,"</svg>&",1,0.5\n'
        '2,<script>alert(1)</script>,C,0.8,0.4\n3,"</svg>&",C,0.5,.3\n'
    )
    out = tmp_path / "out"
    assert main(["evidence", "network", str(source), "--out", str(out)]) == 0
    page = (out / "network.html").read_text()
    assert "<script>alert" not in page
    assert "</svg>&" not in page
    assert "&lt;script&gt;" in page
    for picture in out.glob("*.svg"):
        assert not parseString(picture.read_bytes()).getElementsByTagName("script")  # noqa: S318 - our own text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_minus_is_a_minus_in_every_terminal(encoding):
    shown = output.encoded("−1.5 to +2 hairs/cm², τ² ≤ 3", encoding).decode(encoding)
    assert shown.startswith("-1.5 to +2 hairs/cm")
    assert "<= 3" in shown.replace("≤", "<=")
    assert "?" not in shown


def test_a_moderator_that_is_given_twice_is_one_sentence(tmp_path, capsys):
    source = tmp_path / "m.csv"
    source.write_text("study,effect,se,x\nA,1,0.5,1\nB,2,0.5,2\nC,2,0.5,3\nD,1,0.4,4\n")
    arguments = ["evidence", "pool", str(source), "--moderator", "x", "--moderator", "x"]
    assert main(arguments) == 2
    assert capsys.readouterr().err == (
        "anagen: --moderator x is given twice; give each column once\n"
    )


def test_a_method_that_our_facts_do_not_use_is_refused(capsys):
    assert main(["evidence", "pool", "--option", "lllt", "--method", "DL"]) == 2
    assert "--method says nothing of our own facts" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["1e15", "1e12", "1e-9"])
@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("network", "study,treatment1,treatment2,effect,se\n1,A,B,{0},{0}\n2,A,C,2,{0}\n"
         "3,B,C,0.5,1\n4,A,B,3,1\n"),
        ("dose", "study,treatment,dose,n,mean,sd\n1,A,0,10,1,1\n1,B,{0},10,1,1\n1,C,2,10,3,1\n"
         "2,A,0,10,1,1\n2,B,5,10,{0},1\n2,C,2,10,3,1\n"),
        ("dose", "study,treatment,dose,n,mean,sd\n1,A,0,10,1,{0}\n1,B,4,10,1,1\n1,C,2,10,3,1\n"
         "2,A,0,10,1,1\n2,B,5,10,1,1\n2,C,2,10,3,1\n"),
    ],
)  # fmt: skip
def test_numbers_many_orders_apart_are_one_sentence(verb, text, size, tmp_path, capsys):
    source = tmp_path / "t.csv"
    source.write_text(text.format(size))
    assert main(["evidence", verb, str(source)]) == 2
    said = capsys.readouterr().err
    assert "too far apart" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("se", ["1e12", "1e-10"])
def test_a_pool_of_errors_many_orders_apart_is_one_sentence(se, tmp_path, capsys):
    source = tmp_path / "t.csv"
    rows = "".join(f"S{i},{i % 5 * 0.7},{0.3 + i / 20}\n" for i in range(11))
    source.write_text(f"study,effect,se\n{rows}T,2,{se}\n")
    assert main(["evidence", "pool", str(source)]) == 2
    assert "lie too far apart to be weighed against each other" in capsys.readouterr().err


COURSE = "study,treatment,n,mean,sd,week\n0,B,30,3,0.4,0\n0,B,30,3,0.4,12\n0,B,30,4,0.4,24\n"


def test_a_course_of_an_arm_seen_at_the_start_alone_is_refused(tmp_path, capsys):
    source = tmp_path / "c.csv"
    source.write_text(f"{COURSE}0,C,7,1,0.9,0\n")
    assert main(["evidence", "course", str(source), "--means", "level"]) == 2
    assert capsys.readouterr().err == (
        "anagen: '0': the arm 'C' was seen at week 0 only, which is no course; give a later "
        "visit, or leave its rows out\n"
    )


@pytest.mark.parametrize("mean", ["1e12", "1e15"])
def test_a_course_of_means_many_orders_apart_is_one_sentence(mean, tmp_path, capsys):
    source = tmp_path / "c.csv"
    source.write_text(f"{COURSE}0,C,7,1,0.9,0\n0,C,9,{mean},0.9,12\n0,C,9,2,0.9,24\n")
    assert main(["evidence", "course", str(source), "--means", "level"]) == 2
    assert "too far apart" in capsys.readouterr().err


def test_the_bounds_of_a_scatter_without_end_are_found(tmp_path, capsys):
    source = tmp_path / "n.csv"
    source.write_text("study,treatment1,treatment2,effect,se\n1,A,B,1e6,0.4\n2,A,B,0,0.7\n")
    assert main(["evidence", "network", str(source), "--json"]) == 0
    part = json.loads(capsys.readouterr().out)["analysis"]["parts"][0]
    assert part["tau2_low"] < part["tau2"] < part["tau2_high"]
    assert part["tau2_high"] > 1e12
