"""Broken tables of studies, each named after its fault: one clear sentence for each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anagen.errors import InputError
from anagen.evidence.tables import components, read_table

FOLDER = Path(__file__).parents[1] / "broken_tables"
LONGEST_SENTENCE = 360

EXPECTED = {
    "arm_of_a_row_without_a_name": (
        "line 2, column 'treat2': is empty; fill it in, or remove the row"
    ),
    "arm_twice": (
        "line 3: the study 'Lee' has the arm 'PRP' twice (line 2 too); keep one, or tell them "
        "apart by a column outcome, week or dose"
    ),
    "author_twice_for_one_number": (
        "line 3, column 'id': '1' is both Lee 2024 and Park 2024; give each study one name"
    ),
    "bidirectional_override": (
        "line 2, column 'study': 'Lee?4202' holds control or invisible characters; remove them"
    ),
    "cell_of_four_missing": (
        "line 2, column 'tneg': is empty; fill in all four cells, or remove the row"
    ),
    "cells_all_0": "line 2, column 'tpos': the arm has nobody (both cells are 0); correct it",
    "comma_decimal_or_thousands": (
        "numbers such as 1,234 can be 1.234 or 1234; write them with a decimal point, or "
        "without a separator of thousands"
    ),
    "contrast_both_ways": (
        "line 3: the study 'Lee' compares 'saline' and 'PRP' twice (line 2 too); keep one contrast"
    ),
    "contrast_with_itself": (
        "line 2, column 'treatment_2': 'PRP' is compared with itself; correct one of the two"
    ),
    "control_character": (
        "line 2, column 'study': 'Lee?[31m' holds control or invisible characters; remove them"
    ),
    "correlation_of_2": (
        "line 2, column 'r': 2 lies outside -1 to 1, where every correlation lies; correct it"
    ),
    "decimal_comma_and_point": (
        "some numbers have a decimal comma (column 'effect') and others a decimal point; write "
        "all of them with a point"
    ),
    "decimal_comma_in_a_comma_file": (
        "line 2, column 'effect': '1,5' has a decimal comma; write 1.5"
    ),
    "duplicate_column": (
        "the column 'effect' stands twice (columns 2 and 3); rename one or remove it"
    ),
    "duplicate_column_in_capitals": (
        "the column 'N' stands twice (columns 2 and 3); rename one or remove it"
    ),
    "effect_against_itself": (
        "line 2, column 'control': 'PRP' is compared with itself; correct one of the two"
    ),
    "effect_missing": "line 2, column 'effect': is empty; fill it in, or remove the row",
    "empty": "is empty; give a header and one row per study or arm",
    "events_all_0": (
        "no arm of any study has an event, so that nothing can be compared; check the column "
        "of events"
    ),
    "events_as_share": (
        "line 2, column 'events': 0.4 looks like a share; give the number of people, not a fraction"
    ),
    "events_below_0": (
        "line 2, column 'events': -4 is less than 0; give the number of people with the event"
    ),
    "events_beyond_n": (
        "line 2, column 'events': 31 is more than the 30 people of the arm; correct it"
    ),
    "events_half": (
        "line 2, column 'events': 4.5 is not a whole number; give the number of people with "
        "the event"
    ),
    "exposure_0": "line 2, column 'exposure': 0 is not above 0; give the person-time",
    "formula": (
        "line 2, column 'study': '=cmd|' /C calc'!A0' starts like a formula of a spreadsheet; "
        "write its value"
    ),
    "formula_with_at": (
        "line 2, column 'study': '@SUM(1)' starts like a formula of a spreadsheet; write its value"
    ),
    "full_width_digits": (
        "line 2, column 'effect': '１２' is not a number; write digits, or leave the cell empty"
    ),
    "header_only": "has a header and no row; give one row per study or arm",
    "huge_cell": "line 2, column 'study': holds 601 characters, more than 500; shorten it",
    "interval_and_se_disagree": (
        "line 2, column 'ci_low': the interval from 0 to 0.4 means a standard error of 0.102, "
        "but 0.4 is given; correct one of them, or remove columns"
    ),
    "interval_misses_its_effect": (
        "line 2, column 'effect': 0.9 lies outside its interval from -0.2 to 0.6; correct one "
        "of them"
    ),
    "interval_of_a_ratio": (
        "line 2, column 'effect': 1.2 does not lie in the middle of its interval from 0.5 to "
        "2.88; if it is a ratio, give the logarithms"
    ),
    "interval_upside_down": (
        "line 2, column 'ci_low': 0.6 does not lie below the upper end -0.2; the ends may be "
        "swapped"
    ),
    "interval_with_one_end": (
        "line 2, column 'ci_low': is empty, but the other end of the interval is not; add it"
    ),
    "latin1": (
        "line 2 is not UTF-8 text (character 2; it may be Latin-1 or Windows-1252); save the "
        "table as CSV in UTF-8"
    ),
    "loop_that_does_not_close": (
        "the study 'Lee': the contrasts of 'PRP', 'laser' and 'saline' do not add up (they "
        "miss by 2); correct a sign or a number"
    ),
    "matrix_of_variances": (
        "is a matrix of variances (i, j, v) and no table of studies; give the table whose "
        "effects it belongs to"
    ),
    "mean_missing": "line 2, column 'mean': is empty; fill it in, or remove the arm",
    "mean_outside_its_interval": (
        "line 2, column 'mean': 12 lies outside its interval from 14 to 18; correct one"
    ),
    "mixed_units": (
        "line 3, column 'unit': 'um' cannot be turned into 'hairs/cm2' of the rows above; give "
        "one unit, or one outcome per table"
    ),
    "n_half": "line 2, column 'n': 12.5 is not a whole number; give the number of people",
    "n_more_than_randomised": (
        "line 2, column 'n': 31 is more than the 30 people randomised; correct it"
    ),
    "n_of_1": (
        "line 2, column 'n': 1 is less than 2; a mean with a scatter needs two people or more"
    ),
    "nameless_column": "column 2 has no name; name it in the first line",
    "negative_se": (
        "line 2, column 'se': -0.2 is not above 0; a standard error is above 0; correct it or "
        "remove the row"
    ),
    "negative_variance": (
        "line 3, column 'variance': -0.09 is not above 0; a variance is above 0; correct it or "
        "remove the row"
    ),
    "no_layout": (
        "the columns fit no layout: effects lack effect and variance (or se, or ci_low with "
        "ci_high); contrasts lack treatment_1, treatment_2, effect, se; arms lack treatment "
        "and mean with sd and n, or events with n; name the columns so"
    ),
    "no_study_column": "no column names the study; name one study (or studlab, trial, id, author)",
    "nul_byte": "line 2 holds binary data (a NUL character); export the table as CSV in UTF-8",
    "number_as_bound": (
        "line 2, column 'effect': '<0.5' is a bound; write the number itself, or leave the "
        "cell empty"
    ),
    "number_as_date": (
        "line 2, column 'effect': '02-Jan' looks like a date; a spreadsheet may have changed "
        "it: write the number"
    ),
    "number_as_iso_date": (
        "line 2, column 'effect': '2026-01-02' looks like a date; a spreadsheet may have "
        "changed it: write the number"
    ),
    "number_below_measure": (
        "line 2, column 'variance': 1e-320 is too small to compute with; correct it"
    ),
    "number_beyond_measure": "line 2, column 'effect': 1e308 is impossibly large; correct it",
    "number_infinite": (
        "line 2, column 'variance': 'Inf' is not a number that anything can be computed from; "
        "leave the cell empty"
    ),
    "number_nan": (
        "line 2, column 'effect': 'NaN' is not a number that anything can be computed from; "
        "leave the cell empty"
    ),
    "odds_ratios_without_log": (
        "the columns fit no layout: effects lack effect and variance (or se, or ci_low with "
        "ci_high); contrasts lack treatment_1, treatment_2, effect, se; arms lack treatment "
        "and mean with sd and n, or events with n; name the columns so; 'or' looks like odds "
        "ratios: add or_lower and or_upper (95 %), or give logarithms"
    ),
    "one_column": (
        "the header 'study' holds one column only; separate columns with commas, semicolons or "
        "tabs, and name them in the first line"
    ),
    "only_blank_lines": "is empty; give a header and one row per study or arm",
    "p_value_in_words": (
        "line 2, column 'p_value': 'significant' is no p-value; write a number from 0 to 1, or "
        "<0.05"
    ),
    "p_value_of_5": (
        "line 2, column 'p_value': '5' is no p-value; write a number from 0 to 1, or <0.05"
    ),
    "percent_as_fraction": (
        "the unit is percent, but no value is larger than 1; write 12 for 12 percent, or name "
        "the unit fraction"
    ),
    "percent_sign": (
        "line 2, column 'effect': '12%' has a percent sign; write the number alone and name "
        "its unit"
    ),
    "quotation_mark_within_a_cell": (
        "line 2 has a quotation mark within a cell; double it, or remove it"
    ),
    "quoted_newlines": (
        "line 2 opens a quotation mark and does not close it; close it, and keep each row on "
        "one line"
    ),
    "ragged_row": (
        "line 2 has 2 cells and the header 3; give each row the cells of the header (text that "
        "holds the separator goes in quotation marks)"
    ),
    "sd_0": (
        "line 2, column 'sd': a standard deviation of 0 means that nobody differed; leave the "
        "cell empty if it is unknown"
    ),
    "sd_and_se_disagree": (
        "line 2, column 'se': 4 is not the standard error of a standard deviation 4 in 30 "
        "people (that is 0.73); correct one of them, or remove a column"
    ),
    "sd_below_0": "line 2, column 'sd': a standard deviation of -4 cannot be; it lies above 0",
    "se_and_variance_disagree": (
        "line 3, column 'se': 0.09 squared is 0.0081, but the variance is 0.09; correct one of "
        "them, or remove a column"
    ),
    "single_arm_with_two": (
        "line 2: the study 'Lee' is called single_arm and has 2 arms; correct one of the two"
    ),
    "standard_errors_that_cannot_be": (
        "the study 'Lee': the standard errors of its 3 contrasts cannot stand together (one is "
        "too large or too small for the others); correct them"
    ),
    "study_in_two_cases": (
        "line 3: the study 'lee 2024' differs from 'Lee 2024' (line 2) by case, blanks or "
        "look-alike letters only; write both alike"
    ),
    "study_twice": (
        "line 3: the study 'Lee' stands twice (line 2 too); keep one row, or tell them apart "
        "by a column outcome, week or subgroup"
    ),
    "study_without_a_name": "line 2, column 'study': is empty; fill it in, or remove the row",
    "text_in_a_number": (
        "line 2, column 'effect': 'small' is not a number; write digits, or leave the cell empty"
    ),
    "thousands_separator": "line 2, column 'mean': '1,234' has a comma; write 1234 or 1.234",
    "thousands_with_blanks": (
        "line 2, column 'mean': '1 234' has separators of thousands; write the digits without them"
    ),
    "three_arms_with_two_contrasts": (
        "the study 'Lee' has 3 treatments and 2 of the 3 contrasts between them; add 'PRP' "
        "against 'laser' (its standard error tells what the arms share)"
    ),
    "too_many_cells": (
        "line 2 has 4 cells and the header 3; give each row the cells of the header (text that "
        "holds the separator goes in quotation marks)"
    ),
    "treatment_empty": "line 2, column 'treatment': is empty; fill it in, or remove the row",
    "treatment_in_look_alike_letters": (
        "line 4: the treatment 'РRР' differs from 'PRP' (line 2) by case, blanks or look-alike "
        "letters only; write both alike"
    ),
    "treatment_in_two_cases": (
        "line 4: the treatment 'prp' differs from 'PRP' (line 2) by case, blanks or look-alike "
        "letters only; write both alike"
    ),
    "treatment_with_a_blank_inside": (
        "line 4: the treatment 'PRP  2' differs from 'PRP 2' (line 2) by case, blanks or "
        "look-alike letters only; write both alike"
    ),
    "trial_with_one_arm": (
        "line 2: the study 'Lee' has one arm ('PRP'), so that nothing is compared; add the "
        "other arm, or write single_arm in a column design"
    ),
    "two_columns_for_one_role": "'yi' and 'te' can both be the effect; rename the one that is not",
    "two_delimiters": (
        "the header holds commas and semicolons, so that its columns are not clear; separate "
        "them with one of the two, and put names that hold the other in quotation marks"
    ),
    "two_layouts": (
        "the columns can be read as contrasts and as arms; keep the columns of one, or say "
        "which layout is meant: --layout contrasts or --layout arms"
    ),
    "unit_as_expression": (
        "line 2, column 'unit': the unit '9**9**9**9' is not known; write one such as "
        "hairs/cm2, um, percent or weeks"
    ),
    "unit_missing": (
        "line 3, column 'unit': is empty; name the unit in every row, or remove the column"
    ),
    "unknown_design": (
        "line 2, column 'design': 'double blind' is not known; write one of parallel, "
        "split_scalp, crossover, single_arm, non_randomised"
    ),
    "unknown_unit": (
        "line 2, column 'unit': the unit 'furlongs' is not known; write one such as hairs/cm2, "
        "um, percent or weeks"
    ),
    "utf16": "line 1 holds binary data (a NUL character); export the table as CSV in UTF-8",
    "variance_0": (
        "line 2, column 'variance': 0 is not above 0; a variance is above 0; correct it or "
        "remove the row"
    ),
    "variance_far_too_small": (
        "line 2, column 'variance': 1e-30 is too small to be real; correct it"
    ),
    "variance_missing": (
        "line 2, column 'variance': is empty, so that the effect has no weight; fill it in"
    ),
    "week_before_the_start": (
        "line 2, column 'week': -4 is before the start; give weeks since the baseline"
    ),
    "y_of_an_arm_or_a_study": (
        "'y' beside 'treatment' can be the mean of an arm or the effect of a study; rename it "
        "to mean, or to effect with a column control"
    ),
}


def sentence_for(source, **options):
    with pytest.raises(InputError) as caught:
        read_table(source, **options)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_table_gets_one_sentence_with_file_place_and_remedy(name):
    sentence = sentence_for(FOLDER / f"{name}.csv")
    assert sentence == f"{name}.csv: {EXPECTED[name]}"
    assert sentence.isprintable()
    assert len(sentence) <= LONGEST_SENTENCE


def test_every_broken_table_is_expected_and_there_are_at_least_45():
    assert {p.stem for p in FOLDER.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) >= 45


def test_a_disconnected_network_is_read_and_its_groups_are_named():
    table = read_table(
        b"study,treat1,treat2,TE,seTE\nLee,PRP,saline,1,0.2\nPark,laser,sham,2,0.3\n", "islands"
    )
    assert components(table) == [["PRP", "saline"], ["laser", "sham"]]
    assert any("fall into 2 groups" in note for note in table.notes)


def test_a_missing_file_a_folder_and_an_impossible_name_are_refused(tmp_path):
    assert "there is no such file" in sentence_for(tmp_path / "none.csv")
    assert "is not a file" in sentence_for(tmp_path)
    assert "cannot be" in sentence_for("a\x00b.csv") or "no such file" in sentence_for("a\x00b.csv")


def test_an_unknown_layout_is_refused():
    assert "is no layout" in sentence_for(b"study,yi,vi\na,1,1\n", name="x", layout="long")


def test_a_line_without_end_is_refused_before_it_is_held():
    assert "is longer than 65536 characters" in sentence_for(b"study,yi,vi\n" + b"a" * 5_000_000)


def test_too_many_columns_are_refused():
    header = ",".join(f"c{k}" for k in range(300))
    assert "keep at most 200" in sentence_for(f"{header}\n{header}\n".encode())


MEASURE = """
import resource, sys
from anagen.errors import InputError
from anagen.evidence.tables import read_table
import anagen.facts.units
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_table(sys.argv[1])
except InputError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
MOST_KIB = 150 * 1024


@pytest.mark.parametrize("rows", [1_000_000, 4_000_000])
def test_a_million_rows_get_one_sentence_and_little_memory(tmp_path, rows):
    path = tmp_path / "million.csv"
    with path.open("w") as stream:
        stream.write("study,effect,variance\n")
        for start in range(0, rows, 100_000):
            stream.write("".join(f"s{k},0.1,0.2\n" for k in range(start, start + 100_000)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True,
        env={**os.environ},
    )  # fmt: skip
    sentence, kib = done.stdout.splitlines()
    assert "has more than 200000 rows" in sentence or "is larger than 64 MiB" in sentence
    assert int(kib) < MOST_KIB
