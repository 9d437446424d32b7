"""What a reader in a hurry is told first, and that nothing in it misleads."""

import re

import pytest

from anagen.cli.main import main
from anagen.evidence.facts_network import _warnings
from anagen.report.evidence.forest import forest_figure
from anagen.report.evidence.forest_records import Forest, ForestGroup, ForestStudy
from anagen.report.evidence_result_pages import page_of
from anagen.report.evidence_sheet import Sheet, plain


def shown(capsys, *arguments):
    assert main(["evidence", *arguments]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a_result_of_a_review_says_what_it_compared(capsys):
    text = shown(capsys, "pool", "--option", "dutasteride")
    assert "7.1 hairs/cm² (5.1 to 9.3): total hair count 24wk, dutasteride 0.5 mg/d against" in text
    assert text.count("It rests on trials of its own choice") == 1


def test_what_narrowed_a_question_stands_among_the_first_sentences(capsys):
    text = shown(capsys, "pool", "--option", "lllt", "--sex", "female", "--weeks", "12-30")
    assert "Looked at, as asked: women; visits in weeks 12 to 30." in text
    assert "Looked at" not in shown(capsys, "pool", "--option", "lllt")


def test_one_arm_of_a_trial_is_not_said_to_lack_a_control(tmp_path):
    assert main(["evidence", "pool", "--option", "prp", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "pool.html").read_text()
    assert "aggarwal2020 (one arm of a randomised trial, taken alone)" in page
    assert "no number was read" not in page


def test_two_trials_that_disagree_are_named_once_and_together():
    assert _warnings(100.0, {}) == []
    (one,) = _warnings(100.0, {"a2001": 20.0})
    assert "hangs on a2001: without it tau² falls from 100 to 20" in one
    (two,) = _warnings(100.0, {"a2001": 20.0, "b2002": 30.0})
    assert "hangs on a2001 and b2002: without either tau² falls from 100 to 20 to 30" in two


def test_a_course_says_first_what_was_reached_and_where_it_fits_badly(capsys):
    text = shown(capsys, "course", "--sex", "male", "--option", "finasteride_oral")
    start = text.index("men ") + 4
    assert text[start:].startswith("finasteride oral: +")
    assert "against control at week 260; the curve reaches 10 at week" in text
    assert "The curves miss the visits of dhurat2013" in text
    assert "e−30" not in text


def test_a_harm_says_in_which_arm_it_was_seen(capsys):
    text = shown(capsys, "certainty", "--option", "finasteride_oral", "--sex", "male")
    assert "harm, kaufman1998, placebo, decreased libido" in text


@pytest.mark.parametrize(
    ("value", "words"), [(2263.4, "2263"), (0.01234, "0.0123"), (-4320.0, "−4320"), (None, "–")]
)
def test_a_number_is_told_without_powers_of_ten_up_to_a_million(value, words):
    assert plain(value) == words


def test_the_control_of_a_comparison_is_not_cut_off():
    words = "microneedling and minoxidil lotion or foam, against minoxidil lotion or foam"
    study = ForestStudy(
        label="a study", estimate=1.0, low=0.0, high=2.0, n_treated=50, n_control=50
    )
    forest = Forest(title="t", effect="e", groups=(ForestGroup(label=words, studies=(study,)),))
    drawn = forest_figure("f", forest)
    assert "…" not in drawn
    assert "lotion or foam</text>" in drawn


def test_a_picture_is_not_shrunk_below_what_can_be_read():
    page = page_of(Sheet("t", [], []), {"a": '<svg viewBox="0 0 800 300"></svg>'})
    assert "max-width:1000px;min-width:680px" in page
    assert "@media print { figure.plate svg { min-width:0 !important; } }" in page


@pytest.mark.parametrize("option", ["prp", "secretome", "lllt"])
def test_units_are_printed_as_people_write_them(option, tmp_path):
    assert main(["evidence", "pool", "--option", option, "--out", str(tmp_path)]) == 0
    page = (tmp_path / "pool.html").read_text()
    assert "hairs/cm2" not in page
    assert not re.search(r"\d um<|<td>um<", page)
