"""`anagen evidence effects`, `multivariate`, `course`, `dose` and `draft`: answers and refusals."""

import json
import math

import pytest

from anagen import facts as package_facts
from anagen.cli import main
from anagen.evidence.arm_visits import arm_visits
from anagen.evidence.contrasts import contrast
from anagen.evidence.effect_table import measures
from anagen.evidence.question import Question
from anagen.evidence.spread import lender
from anagen.evidence.trial_courses import class_of
from anagen.facts.study import Study
from anagen.strict_yaml import read as read_yaml
from anagen.synthesis.effects import MEASURES, effect_sizes
from anagen.synthesis.multivariate import fit
from anagen.synthesis.random_terms import random_intercept
from anagen.synthesis.sampling_covariance import constant_correlation

TWO = "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,10,4,20,8,5,22\nB,12,3,30,9,4,31\nC,7,5,15,7.5,4,14\n"
CELLS = "study,ai,bi,ci,di\nA,3,7,5,6\nB,0,9,2,8\nC,4,,1,2\n"
PAIRED = "study,m_post,m_pre,sd_post,sd_pre,n,r\nA,12,10,4,5,20,0.6\nB,9,7.5,3,3.5,18,0.4\n"
ARMS = (
    "study,treatment,week,n,mean,sd\n"
    "A,PRP,12,20,14,5\nA,saline,12,21,9,6\nB,PRP,12,30,15,4\nB,saline,12,29,12,5\n"
)
SEVERAL = (
    "study,outcome,yi,vi,year\n"
    "A,count,1.2,0.2,2001\nA,width,0.7,0.1,2001\nB,count,0.6,0.3,2005\nB,width,0.4,0.2,2005\n"
    "C,count,1.5,0.2,2010\nC,width,0.2,0.15,2010\nD,count,0.9,0.25,2012\nD,width,0.5,0.12,2012\n"
)
VISITS = "study,treatment,week,n,change_mean,change_se\n" + "".join(
    f"{s},{t},{w},{n},{mean},{se}\n"
    for s, n in (("A", 40), ("B", 50), ("C", 45))
    for t, size in (("drug", 20.0 if s != "C" else 24.0), ("placebo", 4.0))
    for w in (8, 16, 32)
    for mean, se in ((round(size * (1 - math.exp(-w / 12)), 2), 1.5),)
)
DOSES = (
    "study,treatment,dose,n,mean,sd\n"
    "A,d,0,30,1,8\nA,d,1,30,6,8\nA,d,5,30,11,8\nB,d,0,40,0,8\nB,d,1,40,4,8\nB,d,5,40,10,8\n"
)


@pytest.fixture
def table(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def ask(capsys):
    def run(*arguments):
        assert main(["evidence", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def said(capsys):
    def run(*arguments):
        assert main(["evidence", *map(str, arguments)]) == 0
        return " ".join(capsys.readouterr().out.split())

    return run


def is_picture(path):
    text = path.read_text(encoding="utf-8")
    assert 'class="figure"' in text
    assert not {"nan", "inf"} & set(text.lower().replace('"', " ").replace(",", " ").split())


def test_effects_of_inputs_are_those_of_the_measure(ask, table):
    document = ask("effects", table(TWO), "--effect-size", "smd")
    found = effect_sizes(
        "SMD", m1=[10, 12, 7], sd1=[4, 3, 5], n1=[20, 30, 15], m2=[8, 9, 7.5], sd2=[5, 4, 4],
        n2=[22, 31, 14],
    )  # fmt: skip
    assert [r["effect"] for r in document["rows"]] == pytest.approx(found.y.tolist())
    assert [r["variance"] for r in document["rows"]] == pytest.approx(found.v.tolist())
    row = document["rows"][0]
    assert row["high"] - row["effect"] == pytest.approx(1.959964 * row["se"], rel=1e-6)
    assert [r["n"] for r in document["rows"]] == [42, 61, 29]


def test_cells_of_a_table_are_read_and_a_row_with_an_empty_one_is_left_out(ask, table):
    document = ask("effects", table(CELLS), "--effect-size", "OR")
    assert document["rows"][0]["effect"] == pytest.approx(math.log(3 * 6 / (7 * 5)))
    assert document["rows"][0]["back"][0] == pytest.approx(18 / 35)
    assert document["left_out"] == ["line 4 (C): 'bi' is empty"]
    assert any("1/2 was added" in note and "B" in note for note in document["notes"])


def test_before_and_after_may_be_named_as_two_groups(ask, table):
    own = ask("effects", table(PAIRED), "--effect-size", "MC")
    renamed = PAIRED.replace("m_post,m_pre,sd_post,sd_pre,n,r", "m1i,m2i,sd1i,sd2i,ni,ri")
    other = ask("effects", table(renamed), "--effect-size", "MC")
    assert other["rows"] == own["rows"]
    assert any("no control" in note for note in own["notes"])


def test_a_correlation_may_be_said_where_no_column_gives_it(ask, table):
    bare = "study,m_post,m_pre,sd_post,sd_pre,n\nA,12,10,4,5,20\n"
    document = ask("effects", table(bare), "--effect-size", "MC", "--correlation", "0.5")
    assert document["rows"][0]["variance"] == pytest.approx((16 + 25 - 20) / 20)


def test_effects_of_arms_follow_the_pool(ask, table):
    document = ask("effects", table(ARMS))
    assert document["measure"] == "MD"
    assert [r["effect"] for r in document["rows"]] == pytest.approx([5, 3])
    assert document["rows"][0]["variance"] == pytest.approx(25 / 20 + 36 / 21)


def test_the_effects_file_is_pooled_again_and_written_over(ask, table, tmp_path):
    source, out = table(TWO), tmp_path / "out"
    document = ask("effects", source, "--effect-size", "MD", "--out", out)
    pooled = ask("pool", out / "effects.csv")
    effects = [r["effect"] for r in document["rows"]]
    assert [r["effect"] for r in pooled["analysis"]["rows"]] == effects
    ask("effects", source, "--effect-size", "MD", "--out", out)
    assert {p.name for p in out.iterdir()} == {
        "effects.csv", "effects.html", "effects.json", "forest.svg"
    }  # fmt: skip


def test_a_file_of_effects_of_another_hand_is_not_written_over(table, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "effects.csv").write_text("study,yi,vi,sei\nmine,1,1,1\n", encoding="utf-8")
    source = table(TWO)
    status = main(["evidence", "effects", source, "--effect-size", "MD", "--out", str(out)])
    assert status == 2
    assert "another hand" in capsys.readouterr().err
    assert (out / "effects.csv").read_text(encoding="utf-8").endswith("mine,1,1,1\n")


def test_values_of_single_groups_are_told_to_have_no_control(said, table):
    text = said("effects", table("study,xi,ni\nA,3,20\nB,4,25\n"), "--effect-size", "PLO")
    assert "WARNING" in text
    assert "Nothing is pooled" in text


def test_every_measure_is_listed_with_its_columns(ask, said):
    document = ask("effects", "--list")
    assert [m["name"] for m in document["measures"]] == list(MEASURES)
    assert len(document["measures"]) == 40
    assert all(m.inputs and all(m.inputs.values()) for m in measures().measures)
    text = said("effects", "--list")
    assert all(name in text for name in MEASURES)


def test_a_constant_correlation_within_studies_is_that_of_the_library(ask, table):
    document = ask("multivariate", table(SEVERAL), "--within-r", "0.6")
    y = [1.2, 0.7, 0.6, 0.4, 1.5, 0.2, 0.9, 0.5]
    v = [0.2, 0.1, 0.3, 0.2, 0.2, 0.15, 0.25, 0.12]
    studies = list("AABBCCDD")
    known = constant_correlation(v, studies, 0.6)
    ours = fit(y, [1.0] * 8, known, [random_intercept(studies)])
    assert document["coefficients"][0]["estimate"] == pytest.approx(ours.coefficients[0])
    assert document["components"][0]["variances"]["all"] == pytest.approx(
        ours.components[0].variances[0], abs=1e-9
    )


def test_levels_get_coefficients_differences_and_predictions(ask, table, tmp_path):
    document = ask(
        "multivariate", table(SEVERAL), "--inner", "outcome", "--structure", "CS", "--by",
        "outcome", "--within-r", "0.5", "--out", tmp_path / "o",
    )  # fmt: skip
    names = [c["name"] for c in document["coefficients"]]
    assert names == ["count", "width"]
    difference = document["contrasts"][0]
    estimates = [c["estimate"] for c in document["coefficients"]]
    assert difference["label"] == "count minus width"
    assert difference["mean"] == pytest.approx(estimates[0] - estimates[1])
    assert [p["label"] for p in document["predictions"]] == ["outcome count", "outcome width"]
    assert [p["mean"] for p in document["predictions"]] == pytest.approx(estimates)
    for p in document["predictions"]:
        assert p["study_low"] <= p["low"] <= p["mean"] <= p["high"] <= p["study_high"]
    is_picture(tmp_path / "o" / "forest.svg")


def test_one_slope_or_one_for_each_level(ask, table):
    options = ("--by", "outcome", "--moderator", "year", "--centre", "year=2005")
    each = ask("multivariate", table(SEVERAL), *options)
    one = ask("multivariate", table(SEVERAL), *options, "--common-slopes")
    assert [c["name"] for c in each["coefficients"]] == [
        "count", "width", "count: year", "width: year"
    ]  # fmt: skip
    assert [c["name"] for c in one["coefficients"]] == ["count", "width", "year"]
    assert each["model"]["moderators"] == {"year": 2005}


def test_a_study_may_give_effects_that_no_column_tells_apart(ask, table):
    text = "study,yi,vi\nA,1,0.2\nA,0.7,0.1\nB,0.6,0.3\nB,0.4,0.2\nC,1.5,0.2\nC,0.2,0.2\n"
    document = ask("multivariate", table(text), "--within-r", "0.8", "--robust", "CR2")
    assert document["studies"] == 3
    assert document["robust"]["clusters"] == 3


def test_entries_of_a_covariance_count_rows_that_are_left_out_too(ask, table):
    missing = SEVERAL.replace("B,count,0.6,0.3,2005", "B,count,0.6,0.3,")
    lines = [line.split(",") for line in SEVERAL.splitlines()[1:]]
    entries = "".join(f"{i},{i},{cells[3]}\n" for i, cells in enumerate(lines, 1))
    v = table(f"row,col,value\n{entries}1,2,0.05\n5,6,0.04\n", "v.csv")
    document = ask(
        "multivariate", table(missing), "--covariance", v, "--moderator", "year"
    )  # fmt: skip
    assert len(document["rows"]) == 7
    assert document["left_out"] == ["line 4 (B): 'year' is empty"]


def test_a_curve_is_recovered_with_area_and_time_to_what_matters(ask, table, tmp_path):
    document = ask(
        "course", table(VISITS), "--meaningful", "10", "--out", tmp_path / "o"
    )  # fmt: skip
    analysis = document["analysis"]
    assert analysis["reference"] == "placebo"
    (drug,) = analysis["treatments"]
    assert drug["is_told"]
    assert analysis["kinetics"][0]["median"] == pytest.approx(12, rel=0.25)
    truth = (20 - 4 + 4 / 3) * (1 - math.exp(-32 / 12))
    assert drug["at_last_visit"]["estimate"] == pytest.approx(truth, rel=0.1)
    assert drug["curve"][0]["estimate"] == 0
    assert drug["curve"][-1]["week"] == 32
    assert 5 < drug["reached"]["estimate"] < 20
    assert drug["area"]["low"] < drug["area"]["estimate"] < drug["area"]["high"]
    assert [at["rho"] for at in analysis["correlations"]] == [0.5, 0.8]
    assert {d["study"] for d in analysis["deviances"]} == {"A", "B", "C"}
    assert analysis["two_stage"]
    is_picture(tmp_path / "o" / "course.svg")


@pytest.mark.parametrize("shape", ["plateau", "emax", "lagged_plateau", "log_linear"])
def test_every_shape_without_sessions_answers(ask, table, shape):
    document = ask("course", table(VISITS), "--shape", shape)
    assert document["analysis"]["shape"] == shape
    assert document["analysis"]["treatments"]


def test_sessions_give_a_rise_and_a_loss(ask, table):
    document = ask(
        "course", table(VISITS), "--shape", "rise_and_loss", "--sessions", "drug=0,4,8"
    )  # fmt: skip
    assert document["analysis"]["treatments"][0]["curve"]


def test_one_visit_tells_no_course_and_says_so(ask, said, table):
    lines = [line for line in VISITS.splitlines() if ",16," not in line and ",32," not in line]
    path = table("\n".join(lines) + "\n")
    (drug,) = ask("course", path)["analysis"]["treatments"]
    assert drug.get("curve") == []
    assert drug["words"].startswith("not evaluable: seen at week 8 alone")
    assert drug.get("area") is None
    assert "an arm at two visits" in said("course", path)


def test_levels_are_told_by_a_row_at_week_0(ask, table):
    text = "study,treatment,week,n,mean,se\n" + "".join(
        f"{s},{t},{w},30,{100 + (w if t == 'drug' else 0)},2\n"
        for s in "AB" for t in ("drug", "placebo") for w in (0, 6, 12)
    )  # fmt: skip
    document = ask("course", table(text))
    assert document["means"] == "level"
    assert document["analysis"]["treatments"][0]["at_last_visit"]["estimate"] > 5
    assert "levels" in document["analysis"]["two_stage_not_evaluable"][0]


def test_our_trials_show_how_little_is_known_of_time(ask, said):
    document = ask("course", "--sex", "male")
    told = {t["treatment"]: t for t in document["analysis"]["treatments"]}
    assert told["finasteride oral"]["is_told"]
    assert not told["dutasteride"]["is_told"]
    assert "not evaluable" in told["dutasteride"]["words"]
    assert len(told["minoxidil topical"]["weeks"]) == 3
    assert not told["minoxidil topical"]["is_told"]
    assert "hardly narrow what was assumed" in told["minoxidil topical"]["words"]
    assert "an arm at two visits or more: 1 of 11" in " ".join(document["analysis"]["words"])
    assert {v["study"] for v in document["visits"] if v.get("is_difference")} >= {"kaufman1998"}
    assert "Not evaluable: exosome" in said("course", "--option", "exosome")


def test_a_difference_as_two_halves_is_that_difference():
    facts = package_facts.load()
    asked = Question(components=[], condition="androgenetic_alopecia", sex="male")
    lends = lender(facts)
    visits = arm_visits(asked, facts, lends).visits
    found = contrast("kaufman1998", ("fin1", "pbo"), "total_hair_density", 104, facts, lends)
    pair = [v for v in visits if v.study == "kaufman1998" and v.week == 104]
    assert sorted(v.treatment for v in pair) == ["control", "finasteride oral"]
    values = {v.treatment: v.change_per_cm2 for v in pair}
    assert values["finasteride oral"] - values["control"] == pytest.approx(27.2351)
    assert pair[0].se_per_cm2 == pair[1].se_per_cm2
    assert sum(v.se_per_cm2**2 for v in pair) == pytest.approx(found.se_per_cm2**2)


def test_doses_of_one_treatment_share_their_speed():
    assert class_of("dutasteride 0.1 mg/d") == class_of("dutasteride") == "dutasteride"
    assert class_of("minoxidil topical 2 %") == "minoxidil topical"


def test_two_routes_of_one_drug_do_not_share_their_speed(ask):
    analysis = ask("course", "--sex", "male")["analysis"]
    groups = {k["group"] for k in analysis["kinetics"]}
    assert groups >= {"finasteride oral", "finasteride topical"}


def test_an_option_of_two_words_is_told_its_own_course(said):
    text = said("course", "--option", "finasteride_oral", "--sex", "male")
    assert "act is told by visits for 1 of 1 treatments: finasteride oral." in text


@pytest.mark.parametrize(("verb", "study"), [("course", "dhurat2013"), ("dose", "gubelin2014")])
def test_a_study_that_is_left_out_is_in_no_course_and_no_dose(ask, said, verb, study):
    asked = (verb, "--option", "dutasteride", "--sex", "male")
    document = ask(*asked, "--without", study)
    where = document["visits"] if verb == "course" else document["analysis"]["arms"]
    assert where
    assert study not in {row["study"] for row in where}
    assert study in str(ask(*asked))
    assert f"left out as asked: {study}" in said(*asked, "--without", study)


def test_a_network_says_which_study_was_left_out_as_asked(said):
    text = said("network", "--sex", "male", "--without", "dhurat2013")
    assert "left out as asked: dhurat2013" in text
    assert "left out as asked" not in said("network", "--sex", "male")


@pytest.mark.parametrize("verb", ["course", "dose"])
def test_a_study_to_leave_out_that_is_not_there_is_refused(verb, capsys, table):
    assert main(["evidence", verb, "--option", "dutasteride", "--without", "nobody"]) == 2
    assert "no study 'nobody' to leave out" in capsys.readouterr().err
    text = table(VISITS if verb == "course" else DOSES)
    assert main(["evidence", verb, text, "--without", "A"]) == 2
    assert "--without says nothing of a table" in capsys.readouterr().err


def test_a_dose_response_of_a_table(ask, table, tmp_path):
    document = ask(
        "dose", table(DOSES), "--dose-unit", "mg/d", "--shape", "linear", "--out", tmp_path / "o"
    )  # fmt: skip
    analysis = document["analysis"]
    assert analysis["shown"] == "linear"
    assert {c["shape"] for c in analysis["curves"]} >= {"linear", "log_linear"}
    assert [o["difference"] for o in analysis["observed"]] == pytest.approx([5, 10, 4, 10])
    is_picture(tmp_path / "o" / "dose.svg")


def test_our_dutasteride_trials_tell_a_dose_response(ask):
    analysis = ask("dose", "--option", "dutasteride", "--sex", "male")["analysis"]
    assert {a["study"] for a in analysis["arms"]} == {"gubelin2014", "olsen2006_dut"}
    assert analysis["dose_unit"] == "mg/d"
    curve = next(c for c in analysis["curves"] if c["shape"] == "emax")
    assert curve["d50_low"] < curve["d50"] < curve["d50_high"]


def test_minoxidil_of_men_alone_tells_none_and_of_both_sexes_one(ask):
    men = ask("dose", "--option", "minoxidil_topical", "--sex", "male")["analysis"]
    assert men.get("shown") is None
    assert "three doses or more" in men["not_evaluable"][0]["reason"]
    both = ask("dose", "--option", "minoxidil_topical")["analysis"]
    assert both["shown"] == "log_linear"
    assert {a["dose"] for a in both["arms"]} == {0, 2, 5}


def test_a_treatment_without_doses_is_an_answer(said):
    assert "Not evaluable: no randomised trial compares doses of exosome" in said(
        "dose", "--option", "exosome"
    )


DRAFT = (
    "study,treatment,week,n,mean,sd,outcome,unit\n"
    "Lee 2024,minoxidil_topical,24,20,150,20,hair_density,hairs/cm2\n"
    "Lee 2024,placebo,24,21,140,22,hair_density,hairs/cm2\n"
)


def test_a_draft_reads_as_a_study_and_is_never_written_over(table, tmp_path, capsys):
    import msgspec

    out = tmp_path / "lee2024.yaml"
    arguments = ["evidence", "draft", table(DRAFT), "--study", "Lee 2024", "--out", str(out)]
    assert main(arguments) == 0
    study = msgspec.convert(read_yaml(out), Study)
    assert len(study.arms) == 2
    before = out.read_bytes()
    capsys.readouterr()
    assert main(arguments) == 2
    assert "not overwritten" in capsys.readouterr().err
    assert out.read_bytes() == before


EFFECTS, MULTI, COURSE, DOSE = "effects", "multivariate", "course", "dose"
IDENTITY = "row,col,value\n1,1,0.2\n"
BAD = {
    "no table": (EFFECTS, None, "", "give a table"),
    "unknown measure": (EFFECTS, TWO, "--effect-size NNT", "there is no measure 'NNT'"),
    "inputs of another measure": (
        EFFECTS, TWO, "--effect-size OR", "OR needs the columns x1, n1, x2, n2; its columns fit MD",
    ),
    "no measure said": (EFFECTS, PAIRED, "", "say --effect-size; its columns fit MC"),
    "computed already": (EFFECTS, "study,yi,vi\nA,1,1\n", "--effect-size MD", "computed already"),
    "SD of 0": (EFFECTS, TWO.replace("A,10,4", "A,10,0"), "--effect-size MD", "line 2: sd1 is 0"),
    "n of 0": (EFFECTS, TWO.replace("20,8", "0,8"), "--effect-size MD", "line 2: n1 is 0"),
    "events beyond people": (EFFECTS, "study,xi,ni\nA,9,4\n", "--effect-size PR", "line 2"),
    "text in a number": (EFFECTS, TWO.replace("A,10", "A,ten"), "--effect-size MD", "'ten'"),
    "correlation of 2": (EFFECTS, PAIRED.replace("0.6", "2"), "--effect-size MC", "line 2"),
    "correlation twice": (EFFECTS, PAIRED, "--effect-size MC --correlation 0.5", "leave one"),
    "correlation for nothing": (EFFECTS, TWO, "--effect-size MD --correlation 0.5", "no correl"),
    "correlation alone": (EFFECTS, PAIRED, "--correlation 0.5", "needs --effect-size"),
    "two columns for one": (
        EFFECTS, "study,m1,m1i,sd1,n1,m2,sd2,n2\nA,1,1,1,9,1,1,9\n", "--effect-size MD",
        "'m1' and 'm1i' can both be m1",
    ),
    "all rows incomplete": (
        EFFECTS, "study,xi,ni\nA,,4\nB,3,\n", "--effect-size PR", "every row has an empty cell",
    ),
    "list with a table": (EFFECTS, TWO, "--list", "says nothing beside --list"),
    "mean without a logarithm": (
        EFFECTS, TWO.replace("A,10", "A,-10"), "--effect-size ROM", "line 2: m1 is -10",
    ),
    "no such file": (MULTI, None, "none.csv", "there is no such file"),
    "arms for effects": (MULTI, ARMS, "", "fit no layout"),
    "no such column": (MULTI, SEVERAL, "--outer town", "no column 'town'"),
    "structure without levels": (MULTI, SEVERAL, "--structure UN", "--inner"),
    "too rich a structure": (
        MULTI, SEVERAL, "--inner yi --structure UN", "variances and correlations for 8 effects",
    ),
    "factor of one level": (
        MULTI, SEVERAL.replace("width", "count2").replace("year\n", "year,one\n")
        .replace("2001\n", "2001,x\n").replace("2005\n", "2005,x\n")
        .replace("2010\n", "2010,x\n").replace("2012\n", "2012,x\n"), "--by one", "has one level",
    ),
    "words for a moderator": (MULTI, SEVERAL, "--moderator outcome", "holds words"),
    "centre of no moderator": (MULTI, SEVERAL, "--centre year=2000", "is no --moderator"),
    "bad centre": (MULTI, SEVERAL, "--moderator year --centre year", "is no centre"),
    "slopes for nothing": (MULTI, SEVERAL, "--common-slopes", "--common-slopes needs"),
    "two covariances": (MULTI, SEVERAL, "--within-r 0.5 --within-ar 0.5", "exclude each other"),
    "correlation of 1": (MULTI, SEVERAL, "--within-r 1", "between -1 and 1"),
    "phi without times": (MULTI, SEVERAL, "--within-ar 0.5", "add --time"),
    "time without phi": (MULTI, SEVERAL, "--time year", "--time says nothing"),
    "times repeat": (MULTI, SEVERAL, "--within-ar 0.5 --time year", "at the same time"),
    "cluster without robust": (MULTI, SEVERAL, "--cluster study", "says nothing without"),
    "cluster below the model": (
        MULTI, SEVERAL, "--robust CR2 --cluster yi", "are in different clusters",
    ),
    "clusters beyond memory": (
        MULTI, "study,yi,vi\n" + "".join(f"s{i},{i % 7},0.5\n" for i in range(3001)),
        "--robust CR2", "choose --robust CR1",
    ),
    "one study": (MULTI, "study,outcome,yi,vi\nA,x,1,1\nA,y,2,1\n", "", "all effects are of one"),
    "school is district": (MULTI, SEVERAL, "--inner year", "cannot be told apart"),
    "within studies of one effect": (
        MULTI, "study,yi,vi\nA,1,1\nB,2,1\nC,1,1\n", "--within-r 0.5", "every study gives one",
    ),
    "empty group": (MULTI, SEVERAL.replace("A,count", "A,"), "--by outcome", "is empty"),
    "negative variance": (MULTI, SEVERAL.replace("0.2,2001", "-1,2001"), "", "is not above 0"),
    "redundant moderators": (
        MULTI, SEVERAL, "--moderator year --moderator vi --moderator yi --by study",
        "coefficients",
    ),
    "course of effects": (COURSE, "study,yi,vi\nA,1,1\n", "", "one row per arm and visit"),
    "no weeks": (COURSE, ARMS.replace("week", "room"), "", "needs the week"),
    "levels or changes": (COURSE, ARMS, "", "--means level or --means change"),
    "a change at the start": (COURSE, VISITS.replace("A,drug,8", "A,drug,0"), "", "week 0"),
    "no such reference": (COURSE, VISITS, "--reference sham", "there is no treatment 'sham'"),
    "sessions missing": (COURSE, VISITS, "--shape rise_and_loss", "--sessions 'drug=0,4,8'"),
    "sessions of another shape": (COURSE, VISITS, "--sessions drug=0,4", "rise_and_loss"),
    "sessions of nobody": (
        COURSE, VISITS, "--shape rise_and_loss --sessions PRP=0", "names 'PRP'",
    ),
    "rho of 1": (COURSE, VISITS, "--rho 1", "is no correlation from 0 to below 1"),
    "bins that fall": (COURSE, VISITS, "--bins 20,10", "--bins go up"),
    "bins in words": (COURSE, VISITS, "--bins early", "are no weeks"),
    "nothing meaningful": (COURSE, VISITS, "--meaningful 0", "--meaningful is 0"),
    "sex of a table": (COURSE, VISITS, "--sex male", "says nothing of a table"),
    "facts with a table's option": (COURSE, None, "--outcome x", "of our own facts"),
    "no such treatment": (COURSE, None, "--option minoxidl", "no option or treatment"),
    "no such shape": (COURSE, VISITS, "--shape step", "invalid choice"),
    "no dose": (DOSE, ARMS, "", "needs a dose"),
    "negative dose": (DOSE, DOSES.replace("A,d,5", "A,d,-5"), "", "needs a dose"),
    "dose 0 alone": (
        DOSE, "study,treatment,dose,n,mean,sd\nA,a,0,9,1,1\nB,a,0,9,1,1\n", "--layout arms", "",
    ),
    "dose twice": (DOSE, DOSES + "A,e,5,30,11,8\n", "", "has dose 5 twice"),
    "neither option nor table": (DOSE, None, "", "say which treatment"),
    "level where it cannot be": (DOSE, DOSES, "--level 90", "unrecognized arguments"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence_and_status_2(name, table, capsys):
    verb, text, options, words = BAD[name]
    files = [] if text is None else [table(text)]
    assert main(["evidence", verb, *files, *options.split()]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert line.startswith("anagen: ")
    assert words in line
    assert len(line) < 420


COVARIANCES = {
    "no columns of entries": ("a,b\n1,2\n", "has the columns row, col and value"),
    "a row too many": (f"{IDENTITY}9,9,0.2\n", "9 is more than the 8 rows"),
    "counted from 0": ("row,col,value\n0,0,0.2\n", "0 is less than 1"),
    "another variance": ("row,col,value\n1,1,0.9\n", "but the table says 0.2"),
    "two for one": (f"{IDENTITY}1,2,0.1\n2,1,0.05\n", "have two covariances"),
    "words": ("row,col,value\n1,1,small\n", "'small' is not a number"),
}


@pytest.mark.parametrize("name", COVARIANCES)
def test_a_covariance_that_does_not_fit_is_refused(name, table, capsys):
    text, words = COVARIANCES[name]
    arguments = [table(SEVERAL), "--covariance", table(text, "v.csv")]
    assert main(["evidence", "multivariate", *arguments]) == 2
    assert words in capsys.readouterr().err


DRAFTS = {
    "no such study": (["--study", "Park"], "no study 'Park'"),
    "no study file": (["--study", "Lee 2024", "--out", "x.txt"], "end it in .yaml"),
    "no such condition": (["--study", "Lee 2024", "--condition", "colds"], "condition"),
}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_that_cannot_be_is_refused(name, table, capsys):
    options, words = DRAFTS[name]
    assert main(["evidence", "draft", table(DRAFT), *options]) == 2
    assert words in capsys.readouterr().err


def test_a_covariance_that_cannot_be_is_refused(table, capsys):
    lines = [line.split(",") for line in SEVERAL.splitlines()[1:]]
    entries = "".join(f"{i},{i},{cells[3]}\n" for i, cells in enumerate(lines, 1))
    v = table(f"row,col,value\n{entries}1,2,5\n", "v.csv")
    assert main(["evidence", "multivariate", table(SEVERAL), "--covariance", v]) == 2
    assert "not positive definite" in capsys.readouterr().err
