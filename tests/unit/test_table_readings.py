"""What a table of arms becomes: alike arms, its scales, its visits, and what is said of it."""

import pytest

from anagen import facts as facts_package
from anagen.errors import InputError
from anagen.evidence.analysis import analyse
from anagen.evidence.table_analysis import (
    NetworkSettings,
    PoolSettings,
    network_table,
    pool_table,
)
from anagen.evidence.table_choice import Choice
from anagen.evidence.tables import read_table
from anagen.report.evidence_network_sheet import network_sheet
from anagen.report.evidence_sheet import bounds

AGAINST = Choice(against="placebo")


@pytest.fixture(scope="module")
def rules():
    return facts_package.load().evidence_rules


@pytest.fixture
def table(tmp_path):
    def made(text):
        path = tmp_path / "table.csv"
        path.write_text(text)
        return read_table(path)

    return made


HALF_CHANGED = """study,treatment,mean,sd,n,baseline_mean,baseline_sd
A,drug,120,20,30,100,20
A,placebo,104,20,30,,
B,drug,118,20,30,101,20
B,placebo,103,20,30,100,20
"""


def test_a_change_is_never_compared_with_a_level_of_the_other_arm(table, rules):
    pool, _ = pool_table(table(HALF_CHANGED), AGAINST, PoolSettings(), rules)
    assert [row.effect for row in pool.analysis.rows] == [16, 14]
    assert any("1 of 2 studies are compared by changes" in note for note in pool.analysis.notes)
    network = network_table(table(HALF_CHANGED), Choice(), NetworkSettings(), rules).analysis
    assert network.parts[0].differences[0].estimate == pytest.approx(15)


def test_arms_of_which_one_tells_a_change_only_and_one_a_level_only_are_refused(table, rules):
    text = "study,treatment,mean,sd,n,change_mean,change_sd\nA,drug,,,30,9,5\nA,placebo,99,9,30,,\n"
    with pytest.raises(InputError, match=r"line 2 .* tells a change, but line 3"):
        pool_table(table(text), AGAINST, PoolSettings(), rules)


CHANGES = """study,treatment,change_mean,change_sd,n
A,drug,12,10,30
A,placebo,4,9,30
B,drug,17,10,30
B,placebo,3,9,30
"""


def test_a_difference_over_the_sd_of_change_says_so_and_no_ratio_of_changes_is_made(table, rules):
    smd = Choice(measure="SMD", against="placebo")
    pool, _ = pool_table(table(CHANGES), smd, PoolSettings(), rules)
    assert any("divided by the SD of the change" in note for note in pool.analysis.notes)
    with pytest.raises(InputError, match="no ROM is made"):
        pool_table(table(CHANGES), Choice(measure="ROM"), PoolSettings(), rules)


def test_changes_and_levels_are_not_standardised_into_one_pool(table, rules):
    with pytest.raises(InputError, match="different standard deviations"):
        pool_table(table(HALF_CHANGED), Choice(measure="SMD"), PoolSettings(), rules)


def test_a_p_value_of_one_arm_is_said_to_be_taken_for_its_own_change(table, rules):
    text = 'study,treatment,change_mean,n,p_value\nA,drug,12,30,"0,001"\nA,placebo,4,30,0.2\n'
    pool, _ = pool_table(table(text), AGAINST, PoolSettings(), rules)
    assert any("of the arm's own change" in note for note in pool.analysis.notes)


def test_person_time_tells_no_number_of_people_and_a_log_ratio_is_called_one(table, rules):
    text = "study,x1i,t1i,x2i,t2i\nA,12,300,24,310\nB,3,120,4,110\n"
    chosen = Choice(against="group 2")
    pool, _ = pool_table(table(text), chosen, PoolSettings(), rules)
    assert pool.analysis.measure == "IRR"
    assert pool.analysis.words.startswith("log ratio of incidence rates")
    assert [row.n for row in pool.analysis.rows] == [None, None]


def test_two_visits_of_a_study_in_a_network_ask_for_a_week(table, rules):
    text = "study,treatment,week,mean,sd,n\n" + "".join(
        f"A,{arm},{week},9,2,20\n" for arm in ("drug", "placebo") for week in (12, 24)
    )
    with pytest.raises(InputError, match="choose a visit with --week"):
        network_table(table(text), Choice(), NetworkSettings(), rules)


def test_a_treatment_of_trials_without_events_is_named_when_it_leaves_the_network(table, rules):
    text = "study,treatment,events,n\nA,a,3,30\nA,b,5,30\nB,a,4,30\nB,b,8,30\nC,a,0,30\nC,c,0,30\n"
    found = network_table(table(text), Choice(), NetworkSettings(), rules).analysis
    assert "only such trials have c: no longer in the network" in found.notes


def test_trials_full_of_events_stay_in_a_network_of_risk_ratios(table, rules):
    text = "study,treatment,events,n\nA,a,3,30\nA,b,5,30\nB,a,30,30\nB,b,30,30\n"
    counted = {
        measure: network_table(table(text), Choice(measure=measure), NetworkSettings(), rules)
        for measure in ("RR", "OR")
    }
    assert [counted[m].analysis.studies for m in ("RR", "OR")] == [2, 1]


def pooled(v, **options):
    y = [0.1 * k for k in range(len(v))]
    return analyse([f"s{k}" for k in range(len(v))], y, v, measure="MD", words="", **options)


def test_very_unequal_variances_cost_the_trend_tests_and_not_the_pool():
    found = pooled([1e-7, *[0.1 + 0.01 * k for k in range(12)]])
    assert found.small_studies.egger is not None
    assert "over a million times" in found.small_studies.not_evaluable


def test_the_level_reaches_pet_and_the_note_says_which_parts_keep_reml():
    v = [0.05 + 0.01 * k for k in range(12)]
    wide, narrow = pooled(v), pooled(v, level=0.5, method="PM")
    width = [
        a.small_studies.pet_peese.pet.wald_z[0].high - a.small_studies.pet_peese.pet.wald_z[0].low
        for a in (wide, narrow)
    ]
    assert width[1] < width[0] / 2
    assert not wide.notes
    assert narrow.notes[0].startswith("leave-one-out, the cumulative pool")


def test_the_names_of_metafors_columns_are_read(table, rules):
    text = "study,trt,xi,ni\n1,a,3,30\n1,b,5,30\n2,a,4,30\n2,b,8,30\n"
    counts = network_table(table(text), Choice(), NetworkSettings(), rules).analysis
    assert (counts.measure, counts.people) == ("OR", {"a": 60, "b": 60})
    text = "study,treatment,mi,sdi,ni\n1,a,3,2,30\n1,b,5,2,30\n"
    means = network_table(table(text), Choice(), NetworkSettings(), rules).analysis
    assert (means.measure, means.parts[0].differences[0].estimate) == ("MD", 2)


def test_tiny_effects_keep_three_digits_in_words():
    assert bounds(-0.000123456, 0.0204, 3) == "−0.000123 to +0.020"


def test_no_scatter_within_designs_is_claimed_where_no_design_has_a_second_study(table, rules):
    text = "study,treatment1,treatment2,te,sete\nA,x,y,0.5,0.1\nB,y,z,0.4,0.1\nC,x,z,0.2,0.1\n"
    found = network_table(table(text), Choice(), NetworkSettings(), rules)
    assert found.analysis.parts[0].consistency.tau_within is None
    said = " ".join(network_sheet(found, "table").lead)
    assert "scatter within designs cannot be seen" in said
    assert "Design by treatment" not in said
