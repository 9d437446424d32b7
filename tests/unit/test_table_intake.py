"""What tables may hold beside means and counts: medians, bare errors, ratios, empty arms."""

import json
import math

import pytest

from anagen import facts as facts_package
from anagen.cli import main
from anagen.errors import InputError
from anagen.evidence.table_analysis import (
    NetworkSettings,
    PoolSettings,
    network_table,
    pool_table,
)
from anagen.evidence.table_choice import Choice, without
from anagen.evidence.tables import read_table, study_draft
from anagen.report.evidence.of_pool import forest_of
from anagen.report.evidence_network_sheet import network_sheet
from anagen.report.evidence_pool_sheet import table_sheet
from anagen.report.evidence_result_pages import page_of, text_of
from anagen.synthesis.recovery_medians import (
    from_quartiles,
    from_range,
    from_range_and_quartiles,
)

MEDIANS = """study,treatment,median,q1,q3,min,max,n
A,drug,12,8,17,,,40
A,placebo,5,2,9,,,41
B,drug,14,,,1,30,30
B,placebo,6,,,0,15,29
C,drug,11,7,20,2,60,35
C,placebo,4,2,8,0,14,33
"""
ERRORS = "study,treatment,mean,se\nA,drug,12,2\nA,placebo,5,1\nB,drug,14,2\nB,placebo,6,2\n"
BOTH = """study,ai,n1i,ci,n2i,m1i,sd1i,m2i,sd2i
A,3,30,5,31,10,3,8,4
B,4,20,6,22,11,3,7,4
"""
EMPTY = "study,treatment,events,n\n" + "".join(
    f"{s},drug,{a},30\n{s},placebo,{b},30\n"
    for s, a, b in (("A", 3, 5), ("B", 4, 8), ("C", 0, 0), ("D", 30, 30))
)
RATIOS = "study,or,lower,upper,kind\nA,2,1,4,x\nB,1.5,0.9,2.5,x\nC,3,1.2,7.5,y\nD,2.2,1.1,4.4,y\n"
PAIRS = (
    "study,treatment1,treatment2,te,sete\nA,foam,{0},5,1\nB,tablet,{0},7,1\nC,foam,tablet,-1,1\n"
)


@pytest.fixture(scope="module")
def rules():
    return facts_package.load().evidence_rules


@pytest.fixture
def pool(rules):
    def made(text, choice=Choice(against="placebo"), **settings):  # noqa: B008  # frozen
        table = read_table(text.encode(), "t.csv")
        return pool_table(table, choice, PoolSettings(**settings), rules)[0]

    return made


@pytest.fixture
def network(rules):
    def made(text, choice=Choice(), **settings):  # noqa: B008  # frozen
        table = read_table(text.encode(), "t.csv")
        return network_table(table, choice, NetworkSettings(**settings), rules)

    return made


def refusal(text):
    with pytest.raises(InputError) as caught:
        read_table(text.encode(), "t.csv")
    return str(caught.value)


def rows_of(found):
    return {row.study: row for row in found.analysis.rows}


def test_medians_become_means_by_quartiles_range_or_both_and_that_is_noted(pool):
    found = pool(MEDIANS)
    rows = rows_of(found)
    pairs = {
        "A": (from_quartiles(12, 8, 17, 40), from_quartiles(5, 2, 9, 41), 40, 41),
        "B": (from_range(14, 1, 30, 30), from_range(6, 0, 15, 29), 30, 29),
        "C": (
            from_range_and_quartiles(11, 7, 20, 2, 60, 35),
            from_range_and_quartiles(4, 2, 8, 0, 14, 33), 35, 33,
        ),
    }  # fmt: skip
    for study, (a, b, n, m) in pairs.items():
        assert rows[study].effect == pytest.approx(a.mean - b.mean, rel=1e-12)
        assert rows[study].se == pytest.approx(math.hypot(a.sd / n**0.5, b.sd / m**0.5), rel=1e-12)
        assert rows[study].status == "algebraic"
    notes = found.analysis.notes
    assert "mean and standard deviation from the median and quartiles: A" in notes
    assert "mean and standard deviation from the median and range: B" in notes
    assert "mean and standard deviation from the median, quartiles and range: C" in notes
    assert next(note for note in notes if "skewed" in note).startswith("C: the summary is skewed")


def test_median_changes_are_pooled_as_changes_and_in_networks_too(pool, network):
    text = "study,treatment,change_median,change_q1,change_q3,n\n"
    text += "A,drug,12,8,17,40\nA,placebo,5,2,9,41\n"
    a, b = from_quartiles(12, 8, 17, 40), from_quartiles(5, 2, 9, 41)
    assert pool(text).analysis.rows[0].effect == pytest.approx(a.mean - b.mean)
    found = network(text).analysis.parts[0].differences[0]
    assert (found.treatment, found.estimate) == ("drug", pytest.approx(a.mean - b.mean))


def test_a_printed_mean_without_spread_keeps_its_value_beside_quartiles(pool):
    text = "study,treatment,median,q1,q3,n,mean\nA,drug,12,8,17,40,13\nA,placebo,5,2,9,41,\n"
    a, b = from_quartiles(12, 8, 17, 40), from_quartiles(5, 2, 9, 41)
    row = rows_of(pool(text))["A"]
    assert row.effect == pytest.approx(13 - b.mean)
    assert row.se == pytest.approx(math.hypot(a.sd / 40**0.5, b.sd / 41**0.5))


def test_two_groups_side_by_side_may_give_medians(pool):
    text = "study,median.drug,q1.drug,q3.drug,n.drug,median.placebo,q1.placebo,q3.placebo,n.placebo"
    found = pool(f"{text}\nA,12,8,17,40,5,2,9,41\n")
    assert found.analysis.rows[0].effect == pytest.approx(pool(MEDIANS).analysis.rows[0].effect)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("study,treatment,median,iqr,n\nA,d,5,4,9\nA,p,5,4,9\n", "give q1 and q3"),
        ("study,treatment,median,q1,q3,n\nA,d,5,6,9,9\nA,p,5,4,9,9\n",
         "line 2, column 'q1': 6 is above 'median' (5)"),
        ("study,treatment,median,q1,q3,n\nA,d,5,4,,9\nA,p,5,4,9,9\n",
         "line 2, column 'median': has neither q1 with q3 nor min with max"),
        ("study,treatment,median,q1,q3,n\nA,d,5,4,9,\nA,p,5,4,9,9\n",
         "line 2, column 'n': n is empty; a median is turned"),
        ("study,treatment,median,q1,q3,n\nA,d,5,4,9,2\nA,p,5,4,9,9\n",
         "line 2, column 'n': 2 is less than 3"),
        ("study,treatment,median,q1,q3,n\nA,d,5,5,5,9\nA,p,5,4,9,9\n",
         "line 2, column 'q1': equals the upper end"),
    ],
)  # fmt: skip
def test_a_median_that_gives_no_standard_deviation_is_refused(text, sentence):
    assert sentence in refusal(text)


def test_no_draft_of_a_fact_is_made_of_medians():
    with pytest.raises(InputError, match="line 2: tells a median, of which no draft is made"):
        study_draft(read_table(MEDIANS.encode(), "t.csv"), "A", facts_package.load())


def test_quartiles_without_a_median_stay_moderators():
    table = read_table(b"study,treatment,mean,sd,n,min\nA,d,5,4,9,1\nA,p,5,4,9,2\n", "t.csv")
    assert table.read_as["min"] == "moderator, in numbers"


def test_mean_and_error_without_people_give_md_and_nothing_else(pool, network):
    found = pool(ERRORS)
    assert [row.se for row in found.analysis.rows] == pytest.approx([5**0.5, 8**0.5])
    assert [row.n for row in found.analysis.rows] == [None, None]
    joined = network(ERRORS).analysis
    assert joined.parts[0].differences[0].estimate == pytest.approx(
        found.analysis.pooled.common.estimate
    )
    for measure in ("SMD", "ROM", "CVR"):
        with pytest.raises(InputError, match=r"line 2 .* has no n, .* or use --effect-size MD"):
            pool(ERRORS, Choice(measure=measure, against="placebo"))
    with pytest.raises(InputError, match="has no n"):
        network(ERRORS, Choice(measure="SMD"))


@pytest.mark.parametrize("n", ["", "40"])
def test_sides_of_one_person_without_people_are_joined_by_their_errors(n, pool, rules):
    text = "study,treatment,mean,se,n,design\n"
    text += f"A,drug,12,2,{n},split_scalp\nA,placebo,5,1,,split_scalp\n"
    r = rules.correlation_between_sides.number()
    assert pool(text).analysis.rows[0].se == pytest.approx((4 + 1 - 2 * r * 2 * 1) ** 0.5)


def test_a_single_mean_with_its_error_needs_no_people(pool):
    text = "study,treatment,mean,se,design\nA,serum,12,2,single_arm\nB,serum,15,3,single_arm\n"
    found = pool(text, Choice())
    assert (found.analysis.measure, [row.se for row in found.analysis.rows]) == (
        "MN", pytest.approx([2, 3]),
    )  # fmt: skip


def test_counts_and_means_in_one_table_are_told_apart_by_the_effect_size(pool, network):
    control = {"against": "control"}
    assert rows_of(pool(BOTH, Choice(measure="MD", **control)))["A"].effect == pytest.approx(2)
    ratio = rows_of(pool(BOTH, Choice(measure="RR", **control)))["A"].effect
    assert ratio == pytest.approx(math.log(3 / 30 / (5 / 31)))
    with pytest.raises(InputError, match="holds both counts and means; choose one of RR, OR"):
        pool(BOTH, Choice(**control))
    with pytest.raises(InputError, match="holds both counts and means"):
        network(BOTH)
    assert network(BOTH, Choice(measure="OR")).analysis.measure == "OR"


def test_a_mean_without_spread_beside_counts_leaves_no_choice(pool):
    text = "study,treatment,events,n,mean\nA,drug,3,30,41\nA,placebo,5,30,43\n"
    assert pool(text).analysis.measure == "RR"


def test_small_letters_of_the_four_cells_are_read(pool):
    text = "study,xt,nt,xc,nc\nA,3,30,5,31\nB,4,40,9,41\n"
    found = pool(text, Choice(against="control"))
    assert found.analysis.rows[0].effect == pytest.approx(math.log(3 / 30 / (5 / 31)))


def test_small_letters_beside_ready_effects_stay_moderators():
    table = read_table(b"study,nt,nc,mt,sdt,mc,sdc,yi,vi\nA,30,31,5,2,4,2,0.5,0.1\n", "t.csv")
    assert table.layout == "effects"
    assert table.numbers["nt"] == [30]


def test_people_of_four_cells_and_of_a_column_of_n_must_agree():
    text = "study,ai,bi,ci,di,n1i,m1i,sd1i,n2i,m2i,sd2i\nA,3,27,5,26,29,10,3,31,8,4\n"
    assert "29 is not the 30 people with and without the event" in refusal(text)


def test_counts_of_single_groups_without_a_treatment_say_what_to_add():
    said = refusal("study,events,n\nA,3,30\nB,4,40\n")
    assert "add a column treatment (its name) and a column design (single_arm)" in said


def test_an_empty_arm_of_a_row_is_skipped_and_named(pool):
    text = "study,xt,nt,xc,nc\nA,3,30,5,31\nB,,,2,20\nC,4,40,9,41\n"
    found = pool(text, Choice(against="control"))
    assert [row.study for row in found.analysis.rows] == ["A", "C"]
    assert "line 3: the arm 'treated' of 'B' is empty and was skipped" in found.table.notes
    assert "not in this comparison: B" in found.analysis.notes
    assert "no arm has any number" in refusal("study,xt,nt,xc,nc\nA,,,,\n")


def test_a_named_arm_without_numbers_is_named_and_an_unnamed_one_is_not(network):
    text = (
        "study,treat1,mean1,sd1,n1,treat2,mean2,sd2,n2,treat3,mean3,sd3,n3\n"
        "A,foam,5,2,20,vehicle,3,2,20,,,,\nB,foam,6,2,20,vehicle,3,2,20,tablet,,,\n"
    )
    assert network(text).table.notes[:1] == [
        "line 3: the arm 'tablet' of 'B' is empty and was skipped"
    ]


def test_an_empty_arm_of_a_study_named_by_its_author_is_skipped_too(pool):
    text = "id,author,xt,nt,xc,nc\n1,Lee,3,30,5,31\n2,Park,,,2,20\n3,Kim,4,40,9,41\n"
    assert len(pool(text, Choice(against="control")).analysis.rows) == 2


def test_the_exact_answer_stands_beside_where_a_prior_is_given_and_is_offered_where_not(pool):
    asked, silent = pool(EMPTY, prior_scale=0.5), pool(EMPTY)
    assert asked.analysis.pooled.chosen.bayes is not None
    said = " ".join(table_sheet(asked).lead)
    assert "Exact Bayes" in said
    assert "--prior-scale" not in said
    assert sum("--prior-scale S" in s for s in table_sheet(silent).lead) == 1
    many = "study,yi,vi\n" + "".join(f"s{k},0.{k},0.1\n" for k in range(1, 7))
    assert "--prior-scale" not in " ".join(table_sheet(pool(many, Choice())).lead)
    assert "a prior of tau is used for two to 5 studies, and here there are 6" in (
        pool(many, Choice(), prior_scale=1.0).analysis.notes
    )


@pytest.mark.parametrize(
    ("measure", "left"), [("RR", "ABD"), ("OR", "AB"), ("PETO", "AB"), ("RD", "ABCD")]
)
def test_trials_that_tell_nothing_of_a_ratio_leave_pool_and_network_alike(
    measure, left, pool, network
):
    chosen, kept = (
        Choice(measure=measure, against="placebo", keep_empty=keep) for keep in (False, True)
    )
    found = pool(EMPTY, chosen)
    assert "".join(rows_of(found)) == left
    said = [note for note in found.analysis.notes if "tell nothing of a ratio" in note]
    assert len(said) == (left != "ABCD")
    assert "".join(rows_of(pool(EMPTY, kept))) == "ABCD"
    if measure != "PETO":
        joined = network(EMPTY, chosen).analysis
        assert joined.studies == len(left)
        assert [note for note in joined.notes if "tell nothing of a ratio" in note] == said
        assert network(EMPTY, kept).analysis.studies == 4


def test_a_ratio_of_which_no_trial_tells_anything_is_refused_with_what_to_do(pool, network):
    text = "study,treatment,events,n\nA,drug,30,30\nA,placebo,30,30\n"
    for verb in (pool, network):
        with pytest.raises(InputError, match=r"no trial tells anything of OR.*--keep-empty"):
            verb(text, Choice(measure="OR"))


def test_a_network_is_listed_against_its_one_inert_treatment_else_the_most_tried(network):
    assert network(PAIRS.format("vehicle")).analysis.parts[0].reference == "vehicle"
    assert network(PAIRS.format("sHAM")).analysis.parts[0].reference == "sHAM"
    more = PAIRS.format("zinc") + "D,zinc,aloe,1,1\n"
    assert network(more).analysis.parts[0].reference == "zinc"
    two_inert = PAIRS.format("vehicle") + "D,foam,sham,1,1\n"
    assert network(two_inert).analysis.parts[0].reference == "foam"
    said = network(more).analysis.notes[-1]
    assert said.startswith("listed against zinc")
    chosen = network(more, reference="aloe")
    assert chosen.analysis.parts[0].reference == "aloe"
    assert not any("listed against" in note for note in chosen.analysis.notes)


def test_intervals_by_t_are_wider_and_the_text_says_which_is_used(network):
    text = PAIRS.format("vehicle")
    normal, by_t = network(text), network(text, interval="t")
    width = [
        f.analysis.parts[0].differences[0].high - f.analysis.parts[0].differences[0].low
        for f in (normal, by_t)
    ]
    assert width[1] / width[0] == pytest.approx(12.7062047 / 1.959963985)  # one degree of freedom
    assert by_t.analysis.interval == "t"
    assert "are by the normal distribution" in " ".join(network_sheet(normal, "t").lead)
    assert "are by t with the degrees of freedom" in " ".join(network_sheet(by_t, "t").lead)
    with pytest.raises(InputError, match="use 'normal'"):
        network("study,treatment1,treatment2,te,sete\nA,x,y,1,1\n", interval="t")


def test_a_study_is_left_out_with_its_moderators_and_that_is_said():
    table = read_table(b"study,yi,vi,age,kind\nA,1,1,30,x\nB,2,1,40,y\nC,3,1,50,x\n", "t.csv")
    less = without(table, ["B"])
    assert less.studies == ["A", "C"]
    assert less.numbers["age"] == [30, 50]
    assert less.words["kind"] == ["x", "x"]
    assert less.notes == ["left out as asked: B"]
    with pytest.raises(InputError, match="no study 'Z' to leave out; there are A, B, C"):
        without(table, ["Z"])
    with pytest.raises(InputError, match="leaves no study"):
        without(table, ["A", "B", "C"])


def test_ratios_with_limits_are_pooled_as_logarithms(pool):
    found = pool(RATIOS, Choice())
    row = rows_of(found)["B"]
    assert row.effect == pytest.approx(math.log(1.5))
    assert row.se == pytest.approx(math.log(2.5 / 0.9) / (2 * 1.959963985))
    assert (found.analysis.measure, found.analysis.scale) == ("OR", "log")
    assert any("'or' holds ratios: their logarithms are taken" in n for n in found.table.notes)
    assert found.analysis.back[0] == pytest.approx(math.exp(found.analysis.pooled.chosen.estimate))


@pytest.mark.parametrize(
    ("header", "measure"),
    [("hazard_ratio,ci_low,ci_high", "HR"), ("rr,rr_lower,rr_upper", "RR"),
     ("HR,HR lower,HR upper", "HR"), ("odds ratio,or_ci_lower,or_ci_upper", "OR")],
)  # fmt: skip
def test_every_name_of_a_ratio_is_known(header, measure, pool, network):
    single = pool(f"study,{header}\nA,2,1,4\n", Choice()).analysis
    assert (single.measure, single.back) == (measure, pytest.approx([2, 1, 4]))
    text = f"study,treatment1,treatment2,{header}\nA,foam,vehicle,2,1,4\nB,foam,vehicle,3,1.5,6\n"
    joined = network(text)
    assert joined.analysis.measure == measure
    table = network_sheet(joined, "t").tables[0]
    assert table.rows[0][table.columns.index("as ratio")].startswith("2.45 (1.5 to 4)")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("study,or,lower,upper\nA,2,0,4\n", "line 2, column 'lower': 0 is not above 0"),
        ("study,or,lower,upper\nA,-2,1,4\n", "line 2, column 'or': -2 is not above 0"),
        ("study,or,lower,upper\nA,2.5,1.00,4.00\n", "in the middle of 1 to 4 on the scale"),
        ("study,or,lower,upper\nA,2,4,1\n", "the ends may be swapped"),
        ("study,or,lower,upper\nA,2,,\n", "so that the ratio has no weight"),
        ("study,or,lower,upper,se\nA,2.00,1.00,4.00,0.71\n", "not the spread of the ratio's"),
        ("study,or,rr,lower,upper\nA,2,2,1,4\n", "the columns fit no layout"),
        ("study,or,hr_lower,hr_upper\nA,2,1,4\n", "add or_lower and or_upper"),
        ("study,value,lower,upper\nA,2,1,4\n", "the columns fit no layout"),
    ],
)  # fmt: skip
def test_a_ratio_that_cannot_be_or_is_not_named_is_refused(text, sentence):
    assert sentence in refusal(text)


def test_counts_beside_their_ratio_are_still_read_as_arms_and_effects_stay_effects():
    text = b"study,ai,bi,ci,di,or,lower,upper\nA,3,27,5,26,0.58,0.13,2.66\n"
    assert read_table(text, "t.csv").layout == "arms"
    assert read_table(text, "t.csv", layout="effects").ratio == "OR"
    ready = read_table(b"study,yi,vi,or,lower,upper\nA,0.5,0.1,9,1,2\n", "t.csv")
    assert (ready.ratio, ready.effects[0].effect) == (None, 0.5)


def test_logarithms_by_their_name_are_shown_as_ratios_with_prediction_and_subgroups(pool):
    found = pool(RATIOS, Choice(), subgroup="kind", prior_scale=0.5)
    sheet, chosen = table_sheet(found), found.analysis.pooled.chosen
    low, high = (math.exp(end) for end in chosen.prediction)
    said = next(s for s in sheet.lead if "A new study" in s)
    assert f"as people read it: {low:.3g} to {high:.3g}" in said
    assert "as people read it" in next(s for s in sheet.lead if "Exact Bayes" in s)
    table = next(t for t in sheet.tables if t.heading == "By subgroup")
    group = found.analysis.subgroups.separate_tau2.groups[0]
    assert table.rows[0][table.columns.index("as ratio")].startswith(
        f"{math.exp(group.estimate):.3g} ("
    )
    named = pool("study,lnor,selnor\nA,0.5,0.2\nB,0.3,0.2\n", Choice())
    assert named.analysis.back[0] == pytest.approx(math.exp(named.analysis.pooled.chosen.estimate))
    plain = pool("study,yi,sei\nA,0.5,0.2\nB,0.3,0.2\n", Choice())
    assert plain.analysis.back == []


def long_table(k):
    return "study,yi,sei\n" + "".join(
        f"study {i:04},{0.1 + 0.001 * (i % 17)},{0.1 + 0.001 * i}\n" for i in range(k)
    )


def test_long_tables_are_cut_in_text_and_page_and_drawn_by_weight(pool):
    found = pool(long_table(1100), Choice())
    sheet = table_sheet(found)
    text = text_of(sheet)
    studies = text.split("Studies\n")[1].split("By estimator")[0]
    assert ("study 0059" in studies, "study 0060" in studies) == (True, False)
    assert "and 1,040 more in pool.json" in studies
    page = page_of(sheet, {})
    assert (">study 0999<" in page, ">study 1000<" in page) == (True, False)
    assert "and 100 more in pool.json" in page
    assert len(sheet.tables[0].rows) == 1100
    drawn = forest_of(found.analysis, "t")
    assert ("study 0119" in drawn, "study 0120" in drawn) == (True, False)
    assert "largest weight" in drawn
    short = forest_of(pool(long_table(120), Choice()).analysis, "t")
    assert "largest weight" not in short


def test_a_long_forest_with_subgroups_draws_every_group(pool):
    head, *lines = long_table(200).splitlines()
    text = "\n".join([f"{head},kind", *(f"{line},{'late' if i > 150 else 'early'}"
                                        for i, line in enumerate(lines))])  # fmt: skip
    table = read_table(text.encode(), "t.csv")
    rules = facts_package.load().evidence_rules
    found, groups = pool_table(table, Choice(), PoolSettings(subgroup="kind"), rules)
    drawn = forest_of(found.analysis, "t", groups)
    assert "early" in drawn
    assert "late" in drawn


def test_the_verbs_take_the_new_options(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text(EMPTY)
    arguments = ["evidence", "pool", str(path), "--prior-scale", "0.5", "--without", "A",
                 "--keep-empty", "--json"]  # fmt: skip
    assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["study"] for row in said["analysis"]["rows"]] == ["B", "C", "D"]
    assert "bayes" in said["analysis"]["pooled"]["chosen"]
    path.write_text(PAIRS.format("vehicle") + "D,foam,vehicle,4,1\n")
    arguments = ["evidence", "network", str(path), "--interval", "t", "--without", "D", "--json"]
    assert main(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["analysis"]["interval"], said["analysis"]["studies"]) == ("t", 3)
    for wrong in (["--prior-scale", "0"], ["--without", "nobody"]):
        assert main(["evidence", "pool", str(path), *wrong]) == 2
    assert "nobody" in capsys.readouterr().err
    for option in (["--prior-scale", "1"], ["--keep-empty"]):
        assert main(["evidence", "pool", "--option", "exosome", *option]) == 2
        assert "says nothing of our own facts" in capsys.readouterr().err
