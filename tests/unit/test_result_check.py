"""Whether a reported result is possible: each check on numbers worked out by hand."""

import argparse
import json
import math
from pathlib import Path

import pytest
from scipy.special import stdtr

from anagen.cli import evidence_check
from anagen.errors import InputError
from anagen.estimate import Estimate
from anagen.evidence.result_check import (
    change_agrees,
    count_agrees,
    gain_within_bound,
    grim_mean,
    grim_percent,
    grimmer,
    group,
    interval_agrees,
    n_agrees,
    p_agrees,
    p_and_interval,
    p_interval,
    p_of_two_groups,
    percent_change_agrees,
    printed,
    read_reported,
    registry_agrees,
    sd_of_change,
    worst,
)

EXAMPLES = Path(__file__).parents[2] / "examples" / "results"


@pytest.mark.parametrize(
    ("percent", "n", "verdict"),
    [
        ("80", 16, "impossible"),  # 12 of 16 is 75, 13 is 81.25
        ("80", 15, "possible"),
        ("81", 16, "possible"),
        ("81.25", 16, "possible"),
        ("81.2", 16, "possible"),  # half to even
        ("81.3", 16, "possible"),  # half up
        ("81.1", 16, "impossible"),
        ("66", 42, "implausible"),  # 28 of 42 is 66.67: cut off
        ("0.8", 140, "implausible"),  # 1 of 140 is 0.714: rounded up
        ("81", 50, "impossible"),  # neither 80 nor 82 prints as 81 in any way
        ("100", 7, "possible"),
        ("0", 7, "possible"),
        ("101", 7, "impossible"),
        ("33", 100, "cannot_tell"),
        ("33", 99, "possible"),
        ("33.3 %", 1000, "cannot_tell"),
    ],
)
def test_a_percentage_of_people_is_a_whole_number_of_them(percent, n, verdict):
    assert grim_percent(percent, n).verdict == verdict


def test_an_impossible_percentage_says_what_it_could_be():
    found = grim_percent(80, 16)
    assert found.sentence == (
        "80 % of 16 people is no whole number of them: 12 is 75 % and 13 is 81.25 %; it would fit "
        "12 of 15."
    )
    assert found.numbers["fitting_n"] == 15


def test_a_count_and_its_percentage_agree():
    assert count_agrees(13, 16, "81").verdict == "possible"
    assert count_agrees(13, 16, "80").verdict == "impossible"
    assert count_agrees(17, 16, "106").verdict == "impossible"


@pytest.mark.parametrize(
    ("mean", "n", "items", "verdict"),
    [
        ("3.45", 20, 1, "possible"),
        ("3.47", 20, 1, "impossible"),
        ("3.47", 20, 3, "possible"),
        ("-3.45", 20, 1, "possible"),
        ("3.5", 20, 1, "cannot_tell"),
        ("5.19", 28, 1, "impossible"),  # the example of Brown and Heathers
        ("5.21", 28, 1, "possible"),
    ],
)
def test_a_mean_of_whole_numbers_is_a_sum_over_their_number(mean, n, items, verdict):
    assert grim_mean(mean, n, items).verdict == verdict


@pytest.mark.parametrize(
    ("mean", "sd", "n", "verdict"),
    [
        ("3.44", "2.47", 18, "impossible"),  # passes GRIM; no sum of squares fits (Allard)
        ("3.44", "2.48", 18, "possible"),
        ("3.45", "1.18", 20, "impossible"),
        ("3.47", "1.19", 20, "impossible"),  # the mean alone is impossible
        ("1.50", "0.71", 2, "possible"),
        ("1.50", "0.70", 2, "impossible"),
        ("1.50", "0.50", 2, "possible"),  # divided by n
        ("2.0", "-1", 9, "impossible"),
        ("50", "20", 400, "cannot_tell"),
    ],
)
def test_a_scatter_of_whole_numbers_has_a_sum_of_squares(mean, sd, n, verdict):
    assert grimmer(mean, sd, n).verdict == verdict


def test_p_follows_from_an_estimate_and_its_error():
    p = 2 * float(stdtr(18, -2.1))
    found = p_agrees(f"{p:.3f}", "2.10", "1.00", df=18, test="t")
    assert found.verdict == "possible"
    assert found.numbers["p_low"] < p < found.numbers["p_high"]
    assert p_agrees("<0.001", "2.10", "1.00", df=18, test="t").verdict == "impossible"
    assert p_agrees("<0.001", "2.10", "1.00", df=18).verdict == "implausible"
    assert p_agrees("<0.001", "2.10", "1.00", test="other").verdict == "cannot_tell"
    one_sided = p_agrees(f"{p / 2:.4f}", "2.100", "1.000", df=18, test="t")
    assert one_sided.verdict == "implausible"
    assert "a one-sided test would" in one_sided.sentence
    assert p_agrees("0.05", "2.1", "-1.0").verdict == "impossible"


def test_p_follows_from_an_interval():
    low, high = 2.1 - 1.959964 * 1.2, 2.1 + 1.959964 * 1.2
    ends = (f"{low:.3f}", f"{high:.3f}")
    assert p_and_interval("0.080", *ends, test="normal").verdict == "possible"
    assert p_and_interval("0.03", *ends, test="normal").verdict == "impossible"
    ratio = (f"{math.exp(low):.3f}", f"{math.exp(high):.3f}")
    assert p_and_interval("0.080", *ratio, is_ratio=True, test="normal").verdict == "possible"
    assert p_and_interval("0.08", "0.00", "3", is_ratio=True).verdict == "cannot_tell"


def test_an_interval_holds_its_estimate_in_its_middle():
    assert interval_agrees("2.1", "-0.5", "4.7").verdict == "possible"
    assert interval_agrees("1.5", "-0.5", "4.7").verdict == "implausible"
    assert interval_agrees("5.1", "-0.5", "4.7").verdict == "impossible"
    assert interval_agrees("2.1", "4.7", "-0.5").verdict == "impossible"
    assert interval_agrees("1.88", "1.10", "3.20", is_ratio=True).verdict == "possible"
    assert interval_agrees("2.15", "1.10", "3.20", is_ratio=True).verdict == "implausible"
    assert interval_agrees("2.15", "-1.10", "3.20", is_ratio=True).verdict == "impossible"


def test_p_of_two_groups_follows_from_means_and_deviations():
    first, second = group("12.0", "4.0", 20), group("9.5", "4.0", 20)
    p = 2 * float(stdtr(38, -2.5 / (4 * math.sqrt(2 / 20))))
    assert p_of_two_groups(f"{p:.3f}", first, second, test="t").verdict == "possible"
    assert p_of_two_groups("<0.0001", first, second, test="t").verdict == "impossible"
    taken = p_of_two_groups("0.66", first, second)
    assert taken.verdict == "implausible"
    assert "if the standard deviations were errors" in taken.sentence
    assert p_of_two_groups("<0.0001", first, second, is_paired=True).verdict == "possible"
    assert p_of_two_groups("0.9", first, second, is_paired=True, test="t").verdict == "impossible"
    other = group("9.5", "4.0", 19)
    assert p_of_two_groups("0.1", first, other, is_paired=True).verdict == "impossible"


def test_the_scatter_of_a_change_lies_between_the_difference_and_the_sum():
    assert sd_of_change("20", "22", "8").verdict == "possible"
    assert sd_of_change("20", "22", "8").numbers["r"] == pytest.approx(0.932, abs=1e-3)
    assert sd_of_change("20", "22", "50").verdict == "impossible"
    assert sd_of_change("20", "22", "38").verdict == "implausible"
    taken = sd_of_change("20", "30", "3.0", 20)
    assert taken.verdict == "impossible"
    assert "would fit as a standard error (SD 13.4" in taken.sentence


def test_changes_follow_from_means():
    assert change_agrees("85", "120", "35").verdict == "possible"
    assert change_agrees("85", "120", "37").verdict == "implausible"
    assert change_agrees("85", "120", "37", is_same=True).verdict == "impossible"
    assert percent_change_agrees("85", "120", "41.2").verdict == "possible"
    assert percent_change_agrees("85.0", "120.0", "45.0").verdict == "implausible"
    assert percent_change_agrees("0", "120", "45").verdict == "cannot_tell"


def test_people_never_become_more():
    assert n_agrees(16, 20).verdict == "possible"
    assert n_agrees(21, 20).verdict == "impossible"
    assert registry_agrees(20, 20).verdict == "possible"
    assert registry_agrees(20, 60).verdict == "implausible"
    assert registry_agrees(20, 60, "planned").verdict == "possible"
    assert registry_agrees(70, 60, "planned").verdict == "implausible"


def test_a_gain_is_held_against_the_upper_end_of_a_bound():
    bound = Estimate(value=20, se=2, unit="percent")
    assert gain_within_bound("23.9", bound).verdict == "possible"
    assert gain_within_bound("24.5", bound).verdict == "implausible"
    assert gain_within_bound("24.5", bound, se_text="3").verdict == "possible"
    assert gain_within_bound("24.5", (0, 30)).verdict == "possible"
    with pytest.raises(InputError, match="upper end is not a number"):
        gain_within_bound("1", (0, math.inf))


@pytest.mark.parametrize("text", ["", "abc", "1e5", "1,5", "--2", "nan", "½", "1" * 40])
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(InputError, match="is not a number as printed"):
        printed(text, "mean")


@pytest.mark.parametrize("text", ["", "ns", "1.5", "-0.1", "significant", "<"])
def test_what_is_no_p_value_is_refused(text):
    with pytest.raises(InputError, match="is no p-value"):
        p_interval(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("0.000", 0, 0.0005), ("<.05", 0, 0.05), ("p > 0.05", 0.05, 1), ("1e-3", 0.0005, 0.0015)],
)
def test_a_p_value_stands_for_all_that_print_so(text, low, high):
    assert p_interval(text) == pytest.approx((low, high))


def test_the_worst_verdict_counts():
    assert worst(["possible", "impossible", "cannot_tell"]) == "impossible"
    assert worst(["cannot_tell", "possible"]) == "possible"
    assert worst([]) == "cannot_tell"


VERDICTS = {
    "amini_2025": "implausible", "dhurat_2013": "possible", "placenta_msc_2024": "implausible",
    "wan_2025": "impossible",
}  # fmt: skip


def run(path, *, as_json=False):
    return evidence_check.run(argparse.Namespace(file=str(path), json=as_json))


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_a_real_result_gets_its_verdict_and_exit_status(name, capsys):
    status = run(EXAMPLES / f"{name}.yaml", as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "anagen/result-check/1"
    assert document["verdict"] == VERDICTS[name]
    assert status == (1 if VERDICTS[name] == "impossible" else 0)
    assert run(EXAMPLES / f"{name}.yaml") == status
    said = capsys.readouterr().out
    for result in document["results"]:
        assert all(finding["sentence"] in said for finding in result["findings"])


def test_every_example_is_expected():
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(VERDICTS)


START = "name: x\nsource: y\n"
BROKEN = {
    "results:\n- label: a\n  n: 16\n  percent: 81.0\n": "in quotes as it is",
    "results: []\n": "results: ",
    "results:\n- label: a\n": "a: nothing can be checked",
    "results:\n- label: a\n  persent: 3\n": "unknown key `persent`",
    "results:\n- {label: a, n: 0, percent: 3}\n": "n: ",
    "results:\n- {label: a, n: 3, percent: many}\n": "a: percent: 'many'",
    "results:\n- {label: a, n: 3, percent: 33}\n- {label: a, n: 3, percent: 33}\n": "twice",
    "results:\n- {label: a, gain: {week: 3}}\n": "needs one of percent and",
    "results:\n- {label: a, gain: {percent: 3, measure: joy}}\n": "'joy' is not",
    "results:\n- {label: a, p_value: maybe, low: 1, high: 2}\n": "is no p-value",
    "results: 3\n": "results: ",
}


@pytest.mark.parametrize("text", sorted(BROKEN))
def test_a_broken_result_gets_one_sentence(text, tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(START + text)
    with pytest.raises(InputError) as caught:
        run(path)
    sentence = str(caught.value)
    assert sentence.startswith("broken.yaml: ")
    assert BROKEN[text] in sentence
    assert sentence.isprintable()


def test_a_list_in_place_of_a_result_is_refused(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- a\n- b\n")
    with pytest.raises(InputError, match="holds no block of keys"):
        run(path)


def test_a_gain_without_a_week_cannot_be_judged_by_the_model(tmp_path, capsys):
    path = tmp_path / "gain.yaml"
    path.write_text("name: x\nsource: y\nresults:\n- {label: a, gain: {percent: 90}}\n")
    assert run(path) == 0
    assert "its week is not said" in capsys.readouterr().out


def test_a_file_is_read_into_what_it_prints():
    reported = read_reported(EXAMPLES / "dhurat_2013.yaml")
    assert reported.results[0].count == 40
    assert reported.results[1].gain.per_cm2 == "69.2"


def test_the_command_joins_a_parser():
    parser = argparse.ArgumentParser()
    evidence_check.add_to(parser.add_subparsers())
    arguments = parser.parse_args(["check", "x.yaml", "--json"])
    assert arguments.json
    assert arguments.run is evidence_check.run
