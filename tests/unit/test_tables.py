"""Tables of studies: what their columns are taken for, and what becomes of them."""

import re
import shutil
import subprocess
import sys

import pytest

from anagen import facts
from anagen.errors import InputError
from anagen.evidence.tables import components, read_table, study_draft
from anagen.facts import check, store

WIDE = b"study,treat1,mean1,sd1,n1,treat2,mean2,sd2,n2,treat3,mean3,sd3,n3,year\n"


def test_every_column_is_said_back():
    table = read_table(b"study,yi,vi,dose,colour\na,1,2,3,red\nb,1,2,,blue\n", "x.csv")
    assert table.read_as == {
        "study": "study",
        "yi": "the effect",
        "vi": "its sampling variance",
        "dose": "moderator, in numbers",
        "colour": "moderator, in words",
    }
    assert table.numbers == {"dose": [3.0, None]}
    assert table.words == {"colour": ["red", "blue"]}


def test_a_log_ratio_is_named():
    table = read_table(b"studlab,lnOR,selnOR\na,1,2\n")
    assert table.read_as["lnOR"] == "log odds ratio"
    assert table.effects[0].variance == 4


def test_a_variance_follows_from_an_interval():
    table = read_table(b"study,effect,ci_low,ci_high\na,0.20,-0.192,0.592\n")
    assert table.effects[0].variance == pytest.approx(0.04, rel=1e-3)
    assert (table.effects[0].low, table.effects[0].high) == (-0.192, 0.592)


def test_arms_side_by_side_become_one_record_each_and_share_the_moderators():
    rows = (
        b"a,PRP,1,2,10,saline,0,2,12,,,,,2001\n",
        b"b,PRP,1,2,9,laser,0,2,8,saline,1,1,7,2002\n",
    )
    table = read_table(WIDE + b"".join(rows))
    assert [(arm.study, arm.treatment, arm.n) for arm in table.arms] == [
        ("a 2001", "PRP", 10), ("a 2001", "saline", 12), ("b 2002", "PRP", 9),
        ("b 2002", "laser", 8), ("b 2002", "saline", 7),
    ]  # fmt: skip
    assert table.numbers["year"] == [2001, 2001, 2002, 2002, 2002]
    assert table.read_as["sd2"] == "standard deviation of arm 2"
    assert components(table) == [["PRP", "laser", "saline"]]


def test_two_groups_are_named_after_their_columns():
    table = read_table(b"study,mean.prp,sd.prp,n.prp,mean.sham,sd.sham,n.sham\na,1,2,10,0,2,12\n")
    assert [arm.treatment for arm in table.arms] == ["prp", "sham"]


def test_a_two_by_two_table_counts_everybody():
    table = read_table(b"trial,author,year,tpos,tneg,cpos,cneg\n1,Lee,2024,4,119,11,128\n")
    assert [(arm.study, arm.treatment, arm.events, arm.n) for arm in table.arms] == [
        ("Lee 2024", "treated", 4, 123), ("Lee 2024", "control", 11, 139),
    ]  # fmt: skip


def test_studies_of_one_author_and_year_keep_their_numbers_apart():
    table = read_table(b"id,author,year,yi,vi\n1,Lee,2024,1,1\n2,Lee,2024,2,1\n3,Ko,2020,1,1\n")
    assert table.studies == ["Lee 2024 1", "Lee 2024 2", "Ko 2020"]


def test_r_is_a_count_without_means_and_a_correlation_beside_them():
    counts = read_table(b"author,treatment,r,N\na,x,1,10\na,y,2,11\n")
    assert [arm.events for arm in counts.arms] == [1, 2]
    means = read_table(b"study,treatment,mean,sd,n,r\na,x,1,2,10,0.5\na,y,2,2,11,0.6\n")
    assert [arm.r for arm in means.arms] == [0.5, 0.6]


def test_the_layout_can_be_said_where_two_are_possible():
    text = b"studyID,treatment,time,y,se\na,x,2,1,0.1\na,p,2,0,0.1\n"
    with pytest.raises(InputError, match="can be the mean of an arm or the effect"):
        read_table(text)
    assert [arm.mean for arm in read_table(text, layout="arms").arms] == [1, 0]
    assert [row.time for row in read_table(text, layout="effects").effects] == [2, 2]


def test_units_that_agree_are_turned_into_the_first():
    text = b"study,effect,variance,unit\na,0.05,0.0001,mm\nb,60,4,um\n"
    table = read_table(text)
    assert table.units == {"": "mm"}
    assert table.effects[1].effect == pytest.approx(0.06)
    assert table.effects[1].variance == pytest.approx(4e-6)
    assert any("were turned into 'mm'" in note for note in table.notes)


def test_a_decimal_comma_stands_with_semicolons_and_is_said():
    table = read_table("study;effect;variance\nä;1,25;0,5\nb;-2;1\n".encode("utf-8-sig"))
    assert [row.effect for row in table.effects] == [1.25, -2]
    assert "numbers have a decimal comma" in table.notes
    assert table.studies == ["ä", "b"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_lines_and_columns_end_as_any_program_writes_them(ending, delimiter):
    lines = ["study,effect,variance", '"a",1,2', "b,\u22121.5,2", "", ""]
    text = ending.join(line.replace(",", delimiter) for line in lines)
    table = read_table(text.encode())
    assert [row.effect for row in table.effects] == [1, -1.5]
    assert [row.line for row in table.effects] == [2, 3]


def test_repeated_studies_are_kept_apart_by_outcome_or_time_and_said_to_depend():
    table = read_table(b"study,outcome,week,yi,vi\na,x,4,1,1\na,x,8,1,1\na,y,8,1,1\n")
    assert len(table.effects) == 3
    assert any("not independent" in note for note in table.notes)


def test_a_study_without_events_is_noted_while_others_have_some():
    text = b"study,treatment,events,n\na,x,0,9\na,y,0,9\nb,x,1,9\nb,y,0,9\n"
    assert any("no event in any arm" in note for note in read_table(text).notes)


def test_a_name_with_blanks_around_it_is_one_name():
    text = b"study,treatment,events,n\n a ,x,1,9\na, y,0,9\n"
    assert read_table(text).studies == ["a"]


def test_rounded_contrasts_of_three_arms_may_miss_by_their_rounding():
    text = "study,treat1,treat2,TE,seTE\na,x,y,0.33,0.20\na,y,z,0.33,0.20\na,x,z,{},0.20\n"
    assert len(read_table(text.format("0.67").encode()).contrasts) == 3
    with pytest.raises(InputError, match="do not add up"):
        read_table(text.format("0.80").encode())


ARMS = (
    b"study,treatment,week,mean,sd,n,unit,outcome,design\n"
    b"Lee 2024,prp,0,100,20,20,hairs/cm2,hair density,parallel\n"
    b"Lee 2024,prp,24,112.5,20,19,hairs/cm2,hair density,parallel\n"
    b"Lee 2024,saline,0,101,20,20,hairs/cm2,hair density,parallel\n"
    b"Lee 2024,saline,24,102,20,18,hairs/cm2,hair density,parallel\n"
)


def test_a_draft_is_accepted_by_the_check_of_facts_once_its_source_exists(tmp_path):
    folder = shutil.copytree(store.DATA, tmp_path / "data")
    text = study_draft(read_table(ARMS.replace(b"hair density", b"hair_density")), "Lee 2024",
                       facts.load(), source="lee2024_paper")  # fmt: skip
    (folder / "studies" / "lee_2024_prp.yaml").write_text(text, "utf-8")
    faults = check.check(folder).faults
    assert faults
    assert all("source 'lee2024_paper' is not in sources.yaml" in fault.what for fault in faults)
    with (folder / "sources.yaml").open("a") as stream:
        stream.write("lee2024_paper:\n  grade: trial\n  title: a paper\n")
    assert check.check(folder).faults == []
    study = facts.read(folder).studies["lee_2024_prp"]
    assert study.arms["prp"].components[0].treatment == "prp"
    assert study.design.kind == "randomised_trial"
    assert [o.value_per_cm2 for o in study.baseline] == [100, 101]
    assert [o.value for o in study.observations] == [112.5, 102]
    assert study.observations[0].dispersion.value_per_cm2 == 20


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"prp", b"magic", "treatment 'magic' is not in the vocabulary"),
        (b"hair density", b"beauty", "measure 'beauty' is not in the vocabulary"),
    ],
)
def test_a_draft_names_what_the_vocabulary_lacks(old, new, said):
    with pytest.raises(InputError, match=re.escape(said)):
        study_draft(read_table(ARMS.replace(old, new)), "Lee 2024", facts.load())


def test_a_draft_needs_arms_and_a_study_that_is_there():
    with pytest.raises(InputError, match="no such study"):
        study_draft(read_table(ARMS), "Park 2022", facts.load())
    with pytest.raises(InputError, match="effects and no arms"):
        study_draft(read_table(b"study,yi,vi\na,1,1\n"), "a", facts.load())


def test_reading_a_table_loads_neither_statistics_nor_units_that_it_does_not_need():
    code = (
        "import sys\nfrom anagen.evidence.tables import read_table\n"
        "read_table(b'study,yi,vi\\na,1,1\\n')\n"
        "print([m for m in ('scipy', 'scipy.stats', 'pint', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
