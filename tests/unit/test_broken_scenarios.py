"""Every broken scenario: two, one sentence that names file, key and remedy, and nothing written."""

from pathlib import Path

import pytest

from anagen.cli import main
from anagen.errors import InputError
from anagen.follicle import read_scenario, scenario_from

FOLDER = Path(__file__).parents[1] / "broken_scenarios"
LONGEST_SENTENCE = 260

EXPECTED = {
    "adherence_0_percent": "arms[1].treatments[1].adherence_percent: must be more than 0; correc",
    "adherence_110_percent": "arms[1].treatments[1].adherence_percent: must be at most 100; corr",
    "adherence_of_sessions": "arms[1].treatments[1].adherence_percent: means nothing for exosome",
    "ageing_beyond_the_hair": "conditions[1].diameter_um_per_year: age would take 90 µm of the 72",
    "ageing_from_a_week": "conditions[1].from_week: unknown key; write one of diameter_um_per_yea",
    "ageing_thickens": "conditions[1].diameter_um_per_year: must be at most 0; correct the number",
    "androgen_drive_5": "start.androgen_drive: must be at most 2; correct the number",
    "area_0": "area_cm2: must be at least 0.05; correct the number",
    "area_of_a_field": "area_cm2: must be at most 1000; correct the number",
    "area_of_a_point": "arms[1].treatments[1].treated_area_cm2: must be at least 1; correct the n",
    "areata_attack_200_percent": "conditions[1].attack_percent: must be at most 100; correct the",
    "areata_by_chance_twice": "conditions[2].episodes: come by chance a second time in this arm; ",
    "areata_episodes_misspelt": "conditions[1].episodes: 'by_chanse' is not known; write a list, ",
    "areata_episodes_overlap": "conditions[1].episodes[2].from_week: week 10 lies within the epi",
    "areata_on_no_scalp": "conditions[1].scalp_percent: must be more than 0; correct the number",
    "areata_on_two_patches": "conditions[2].scalp_percent: 60 differs from the 30 of an attack be",
    "areata_on_two_patches_of_an_arm": "arms[2].conditions[1].scalp_percent: 100 differs from the",
    "areata_relief_in_words": "conditions[1].relief_percent: 'plenty' is not known; write a numbe",
    "areata_without_episodes": "conditions[1].episodes: there is none; add from_week and to_week",
    "arm_as_text": "arms[1]: a block of keys is wanted, got 'untreated'; see examples/",
    "arm_name_blank": "arms[1].name: is blank; write some words",
    "arm_name_not_a_character": "arms[1].name: holds a character that cannot be printed (U+FFFE);",
    "arm_name_of_no_width": "arms[1].name: holds a character that cannot be printed (U+200B); rem",
    "arm_name_turned_around": "arms[1].name: holds a character that cannot be printed (U+202E); r",
    "arm_name_with_at": "arms[1].name: begins with @, which a spreadsheet reads as a formula; beg",
    "arm_name_with_minus": "arms[1].name: begins with -, which a spreadsheet reads as a formula; ",
    "arm_name_with_plus": "arms[1].name: begins with +, which a spreadsheet reads as a formula; b",
    "arm_name_with_space_before": "arms[1].name: begins or ends with a space; remove it",
    "arm_name_with_wide_equals": "arms[1].name: begins with \uff1d, which a spreadsheet reads",
    "arm_named_twice": "arms[2].name: 'untreated' stands twice; give each its own name",
    "arm_named_twice_in_capitals": "arms[2].name: 'Untreated' reads like arms[1].name, 'untreated",
    "arms_as_text": "arms: a list is wanted, with - before each entry; see examples/",
    "arms_empty": "arms: there is none; add one with a name and treatments: []",
    "arms_missing": "arms: is missing; add it, or start from a file of examples/scenarios/",
    "arms_seven": "arms: 7 are more than 6, which is what a chart can tell apart; make two scena",
    "begins_after_the_end": "arms[1].treatments[1].from_week: week 500 lies after the end, week",
    "binary": "holds binary data; give a YAML text file",
    "condition_as_text": "conditions[1]: a block of keys is wanted, with what: and its numbers",
    "condition_unknown": "conditions[1].what: 'hair_fall' is not known; write one of acute_efflu",
    "condition_without_what": "conditions[1].what: is missing; write one of acute_effluvium, chr",
    "deep_nesting": "nested more than 20 deep (line 1, column 26)",
    "density_0": "start.density_per_cm2: must be more than 0; correct the number",
    "density_4000": "start.density_per_cm2: 4000 is not between 1 and 500 hairs per cm2; correct",
    "dose_0_mg": "arms[1].treatments[1].mg: must be more than 0; correct the number",
    "dose_500_mg": "arms[1].treatments[1].mg: 500 is more than 10; correct it",
    "dose_in_words": "arms[1].treatments[1].mg: 'one tablet' is no number; write one in digits",
    "dose_of_a_device": "arms[1].treatments[1].mg: no response to it is known for lllt; remove i",
    "drive_40": "start.androgen_drive: must be at most 2; correct the number",
    "duplicate_key": "the key 'years' stands twice (line 5, column 1); keep one",
    "effluvium_after_the_end": "conditions[1].week: week 300 lies after the end, week 104; give",
    "effluvium_in_no_time": "conditions[1].push_weeks: must be at least 0.1; correct the number",
    "effluvium_of_all_hairs": "conditions[1].share_percent: must be less than 100; correct the n",
    "effluvium_without_week": "conditions[1].week: is missing; add it, or start from a file of e",
    "empty_file": "is empty; start from a file of examples/scenarios/",
    "ends_before_it_begins": "arms[1].treatments[1].to_week: week 10 is not after week 20; corre",
    "full_width_digits": "years: '２' is no number; write one in digits",
    "healthy_with_disease_years": "start.disease_years: a healthy scalp has none; write state: p",
    "list_instead_of_block": "holds a list where a block of keys is wanted; start from a file of",
    "many_entries": "nested too deeply or too long (line 4, column 8996)",
    "memory_unknown": "memory: 'forgotten' is not known; write one of kept, programmed",
    "name_as_number": "name: '7' is no text; put it into quotes",
    "name_blank": "name: is blank; write some words",
    "name_missing": "name: is missing; add it, or start from a file of examples/scenarios/",
    "name_not_a_character": "name: holds a character that cannot be printed (U+FFFF); remove it",
    "name_that_is_a_formula": "name: begins with =, which a spreadsheet reads as a formula; begin",
    "name_too_long": "name: is empty or too long; shorten it to some words",
    "name_with_line_break": "name: holds characters that cannot be printed; remove them",
    "name_with_space_behind": "name: begins or ends with a space; remove it",
    "null_years": "years: is empty; write a value, or remove the key",
    "one_word": "holds one word or number where a block of keys is wanted; start from a file of",
    "only_a_comment": "is empty; start from a file of examples/scenarios/",
    "particles_beyond_measure": "arms[1].treatments[1].billion_particles: must be at most 100000",
    "particles_of_a_lotion": "arms[1].treatments[1].billion_particles: means nothing for minoxid",
    "particles_without_area": "arms[1].treatments[1].treated_area_cm2: is missing; a dose is par",
    "people_a_million": "people: must be at most 5000; correct the number",
    "people_half": "people: '2.5' is no whole number; write one in digits",
    "people_in_quotes": "people: '20' is text; write the number without quotes",
    "people_times_reports": "people: 5000 people at 1044 reports are too many; lower one of them",
    "python_tag": "the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed (lin",
    "region_unknown": "region: 'crown' is not known; write one of vertex, frontal, mid, temporal",
    "relief_after_the_end": "conditions[1].relief_from_week: week 120 lies after the end",
    "report_weeks_0": "report_weeks: must be more than 0; correct the number",
    "report_weeks_longer_than_the_run": "report_weeks: reports every 60 weeks do not fit into 52",
    "report_weeks_of_a_second": "report_weeks: 104357143 reports are more than 2000; report les",
    "reports_too_many": "report_weeks: 6261 reports are more than 2000; report less often",
    "scarring_1000_a_year": "conditions[1].per_year: must be at most 50; correct the number",
    "season_peak_in_week_80": "conditions[1].peak_week: must be at most 53; correct the number",
    "sessions_after_the_end": "arms[1].treatments[1].session_weeks: week 400 lies after the end,",
    "sessions_and_span": "arms[1].treatments[1].session_weeks: say the weeks, or from_week and t",
    "sessions_as_number": "arms[1].treatments[1].session_weeks: a list is wanted, with - before",
    "sessions_before_today": "arms[1].treatments[1].session_weeks[1]: must be at least 0; correc",
    "sessions_empty": "arms[1].treatments[1].session_weeks: the list is empty; give a week or re",
    "sessions_not_ascending": "arms[1].treatments[1].session_weeks: the weeks do not ascend; sor",
    "sessions_of_tablets": "arms[1].treatments[1].session_weeks: means nothing for dutasteride,",
    "sessions_told_twice": "arms[1].treatments[2].what: prp stands twice; give all of its weeks",
    "sessions_twice_in_a_week": "arms[1].treatments[1].session_weeks: the weeks do not ascend; s",
    "start_as_text": "start: a block of keys is wanted, got 'healthy'; see examples/",
    "start_unknown": "start.state: 'bald' is not known; write one of healthy, pattern",
    "strength_500_percent": "arms[1].treatments[1].percent: 500 is more than 20; correct it",
    "strength_of_a_tablet": "arms[1].treatments[1].percent: no response to it is known for finas",
    "tab_indentation": "not valid YAML: found character that cannot start any token (line 3, col",
    "taken_twice_at_once": "arms[1].treatments[2].from_week: lllt is still taken in week 20; end",
    "three_doses": "arms[1].treatments[3].what: finasteride_oral has more than two doses in turn",
    "traction_without_pull": "conditions[1].pulls_per_year: is missing; add it, or start from a",
    "transplant_between_reports": "arms[1].treatments[1].from_week: a transplant is done in the",
    "transplant_of_5000_grafts": "arms[1].treatments[1].grafts_per_cm2: must be at most 200; cor",
    "transplant_of_no_graft": "arms[1].treatments[1].grafts_per_cm2: must be at least 1; correct",
    "transplant_on_the_whole_scalp": "arms[1].treatments[1].what: grafts are put into one region;",
    "transplant_without_grafts": "arms[1].treatments[1].grafts_per_cm2: is missing; say how many",
    "treatment_misspelt": "arms[1].treatments[1].what: 'minoxidil_topcal' is not known; did you",
    "treatment_unknown": "arms[1].treatments[1].what: 'snake_oil' is not known; write one of fin",
    "treatment_without_what": "arms[1].treatments[1].what: is missing; add it, or start from a f",
    "true_people": "people: 'True' is no whole number; write one in digits",
    "two_adherences": "arms[1].treatments[2].adherence_percent: differs between two times of lll",
    "two_documents": "not valid YAML: but found another document (line 4, column 1); compare wit",
    "unclosed_bracket": "not valid YAML: did not find expected ',' or '}' (line 5, column 1); co",
    "unknown_key": "yeers: unknown key; did you mean years?",
    "unknown_key_in_start": "start.drive: unknown key; write one of state, androgen_drive, disea",
    "unknown_key_in_treatment": "arms[1].treatments[1].dose: unknown key; write one of what, mg,",
    "wrong_encoding": "is not UTF-8 text (byte 6); save it as UTF-8",
    "yaml_bomb": "anchors and aliases (& and *) are not allowed (line 1, column 7); write the va",
    "years_5000": "years: must be at most 60; correct the number",
    "years_huge": "years: number out of range; correct it",
    "years_in_quotes": "years: '2' is text; write the number without quotes",
    "years_in_words": "years: 'three' is no number; write one in digits",
    "years_infinite": "years: must be at most 60; correct the number",
    "years_minus_2": "years: must be more than 0; correct the number",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_scenario_gives_two_and_one_sentence_and_writes_nothing(name, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["simulate", str(FOLDER / f"{name}.yaml"), "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"anagen: {name}.yaml: {EXPECTED[name]}")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert len(said.err) <= LONGEST_SENTENCE
    assert not out.exists()


def test_every_broken_scenario_is_expected_and_there_are_at_least_forty():
    assert {path.stem for path in FOLDER.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) >= 40


def test_a_large_file_is_refused_without_being_read_whole(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(InputError, match=r"^large\.yaml: is larger than 64 KiB"):
        read_scenario(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"^nowhere\.yaml: there is no such file"):
        read_scenario(tmp_path / "nowhere.yaml")
    with pytest.raises(InputError, match="is not a file"):
        read_scenario(tmp_path)


@pytest.mark.parametrize("value", [None, 3, "text", [], {}])
def test_a_document_that_is_no_scenario_is_an_input_error(value):
    with pytest.raises(InputError, match=r"^page: "):
        scenario_from(value, "page")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate"], "the following arguments are required: SCENARIO.yaml"),
        (["simulate", " "], "the name of the scenario is empty"),
        (["simulate", "x.yaml", "--engine", "agents"], "invalid choice: 'agents'"),
        (["simulate", "x.yaml", "--people", "0"], "'0' is not a whole number above 0"),
        (["simulate", "x.yaml", "--people", "2.5"], "'2.5' is not a whole number above 0"),
        (["simulate", "x.yaml", "--people", "9" * 10], "is far too large; give fewer people"),
        (["simulate", "x.yaml", "--years", "9" * 400], "is far too large; give fewer years"),
        (["simulate", "x.yaml", "--years", "-1"], "'-1' is not a number of years above 0"),
        (["simulate", "x.yaml", "--years", "nan"], "'nan' is not a number of years above 0"),
        (["simulate", "x.yaml", "--out", ""], "--out is empty"),
        (["simulate", "x.yaml", "--format", "xlsx"], "invalid choice: 'xlsx'"),
    ],
)
def test_a_wrong_argument_gives_one_sentence_and_two(arguments, says, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--people", "999999", "people: must be at most 5000"),
        ("--years", "900", "years: must be at most 60"),
        ("--years", "0.05", "report_weeks: reports every 4 weeks do not fit"),
    ],
)
def test_what_the_call_changes_is_checked_like_the_file(option, value, says, tmp_path, capsys):
    path = tmp_path / "ours.yaml"
    path.write_text("name: ours\narms:\n  - name: untreated\n")
    out = tmp_path / "out"
    assert main(["simulate", str(path), option, value, "--out", str(out)]) == 2
    assert f"--people or --years: {says}" in capsys.readouterr().err
    assert not out.exists()
