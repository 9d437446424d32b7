"""Broken person files, each named after its fault: one clear sentence for each."""

from pathlib import Path

import pytest

from anagen.candidacy import person_from, read_person
from anagen.errors import InputError

FOLDER = Path(__file__).parents[1] / "broken_people"
LONGEST_SENTENCE = 330

EXPECTED = {
    "control_character_in_site": "measured.site: holds characters that are not allowed;",
    "trial_number_in_words": "product.trial_number: holds no digit; write the number, or leave i",
    "isotretinoin_before_birth": "health.months_since_isotretinoin: 5000 months is more than the",
    "pregnant_after_menopause": "noticed.after_menopause: is yes, but health.pregnant is yes; co",
    "shedding_longer_than_the_loss": "health.months_since_shedding_began: is 30, but noticed.mon",
    "adherence_sometimes": "history[].adherence: 'sometimes' is not known; write one of most_days,",
    "age_not_said": "age_years: expected a number, got text; write a number in digits",
    "assumed_no_written": "assumed_no: is worked out and never written; remove it, and answer",
    "age_130": "age_years: 130 is more than 120; give the age in years",
    "age_abc": "age_years: expected a number, got text; write a number in digits",
    "age_as_list": "age_years: expected a number, got a list; write a number in digits",
    "age_minus_3": "age_years: must be at least 0; correct the number",
    "age_true": "age_years: expected a number, got true or false; write a number in digits",
    "all_hair_gone_and_no_complete_loss": "health.complete_loss: is no, but noticed.pattern says o",
    "ancient_date": "session_date: 1826-11-20 is more than 10 years away from these facts",
    "answer_perhaps": "health.anticoagulant: 'perhaps' is not known; write one of yes, no,",
    "answer_true": "health.anticoagulant: expected text, got true or false; write yes, no or",
    "basp_bad": "severity.basp: 'M2V1F1' is not a BASP code: one basic type (L, M0-M3, C0-C3,",
    "binary": "holds binary data; give a YAML text file",
    "budget_below_0": "wishes.budget_per_year: must be at least 0; correct the number",
    "budget_beyond_measure": "wishes.budget_total: 5000000000000 is more than 1000000000; give the",
    "budget_currency_alone": "wishes.budget_currency: a currency without a budget; add",
    "budget_currency_in_words": "wishes.budget_currency: 'dollars' is not known; did you mean USD?",
    "budget_currency_lower_case": "wishes.budget_currency: 'gbp' is not known; did you mean GBP?",
    "budget_currency_unknown": "wishes.budget_currency: 'XYZ' is not known; write a code such as",
    "budget_total_without_years": "wishes.budget_total: over how many years is not said; add",
    "budget_twice": "wishes.budget_total: budget_per_year stands there too; keep the one",
    "budget_with_its_sign": "wishes.budget_per_year: expected a number, got text; write a number",
    "budget_without_currency": "wishes.budget_per_year: in which currency is not said; add",
    "cancer_without_history": "health.cancer_history: is no, but health.active_cancer is yes;",
    "chemotherapy_taken_and_denied": "health.chemotherapy_or_radiotherapy: is no, but noticed.medi",
    "childbirth_of_a_man": "noticed.triggers: names childbirth, but sex is male; correct one of th",
    "considers_other": "wishes.considers[]: 'other' is not known;",
    "considers_twice": "wishes.considers: a treatment stands twice; name each once",
    "condition_abbreviated": "condition: 'AGA' is not known; did you mean androgenetic_alopecia?",
    "condition_unknown_word": "condition: 'alopecia_aerata' is not known; did you mean",
    "control_character": "not valid YAML: it holds characters or nesting that YAML forbids",
    "custom_tag": "the tag '!sex' is not allowed (line 1, column 6)",
    "date_as_number": "session_date: '20261120' is not a date; write a day of the calendar as",
    "date_in_words": "session_date: 'next Tuesday' is not a date; write a day of the calendar",
    "deep_nesting": "nested more than 20 deep (line 1, column 23)",
    "density_not_said": "measured.measure: says what was counted, but density_per_cm2 has no "
    "number; give the hairs per square centimetre, or leave measure out",
    "anagen_share_as_fraction": "measured.anagen_percent: 0.75 is less than 5; give the share of "
    "growing hairs in percent (75, not 0.75)",
    "anagen_share_100": "measured.anagen_percent: 100 is more than 99; give the share of growing "
    "hairs in percent",
    "density_0": "measured.density_per_cm2: must be more than 0; correct the number",
    "density_4000": "measured.density_per_cm2: 4000 is more than 500; give hairs per square",
    "dose_0_mg": "history[].dose_mg_per_day: must be more than 0; correct the number",
    "dose_500_mg": "history.finasteride_oral: dose_mg_per_day 500 is more than 10 mg a day;",
    "dose_of_a_device": "history.lllt: dose_mg_per_day holds for tablets only; leave it out",
    "duplicate_key": "the key 'age_years' stands twice (line 6, column 1)",
    "empty_file": "is empty; start from a file of examples/",
    "escape_sequence_in_value": r"sex: '\x1b[31mmale' is not known; write male or female, as",
    "exosome_reaction_denied": "health.earlier_exosome_reaction: is no, but history says",
    "far_future_date": "session_date: 9999-12-31 is more than 10 years away from these facts",
    "ferritin_beyond_belief": "examination.ferritin_ug_per_l: 90000 is more than 20000; give micro",
    "fullwidth_digits": "age_years: expected a number, got text; write a number in digits",
    "haemoglobin_per_decilitre": "examination.haemoglobin_g_per_l: 14 is less than 30; give grams",
    "hair_medicine_twice": "history: minoxidil_topical stands there twice; keep",
    "hair_medicine_unknown": "history[].treatment: 'snake_oil' is not known;",
    "hair_transplant_before_birth": "health.months_since_hair_transplant: 900 months is more than",
    "heart_disease_mild": "health.heart_disease: 'mild' is not known; write one of yes, no,",
    "health_as_list": "health: expected a block of keys, got a list; see examples/",
    "history_twice_over": "health.hair_medicines: history says the same; keep history and remove",
    "horizon_3": "wishes.horizon_years: '3' is not known; write one of 1, 5",
    "homoglyph_sex": "sex: 'mаle' is not known; did you mean male?",
    "huge_whole_number": "age_years: the number is impossibly large; correct it",
    "impossible_date": "session_date: there is no day 2026-02-30; write a day of the calendar",
    "ind_number_with_markup": "product.ind_number: holds characters that are not allowed; use",
    "infinite_age": "age_years: expected a number, got text; write a number in digits",
    "jurisdiction_by_a_country_of_the_union": "jurisdiction: 'Germany' is not known; did you mean "
    "EU?",
    "jurisdiction_of_another_country": "jurisdiction: 'CH' is not known; write one of US, EU, UK, "
    "CA, AU, KR, JP, TW, SA, or other for any other place",
    "last_dose_in_words": "history[].months_since_last_dose: expected a number, got text; write a "
    "number in digits (months; 0.5 for two weeks), or unknown",
    "onset_two_weeks": "noticed.months_since_onset: '2 weeks' is no number; write a number in "
    "digits (months; 0.5 for two weeks), or unknown",
    "hours_in_words": "health.hours_since_nsaid: expected a number, got text; write a number in "
    "digits (hours; 48 for two days), or unknown",
    "price_without_currency": "product.price: in which currency is not said; add price_currency,",
    "price_currency_alone": "product.price_currency: a currency without a price; add price, or",
    "price_currency_in_words": "product.price_currency: 'francs' is not known; did you mean CHF?",
    "price_beyond_measure": "product.price: 5000000000 is more than 1000000000; give the amount",
    "price_below_0": "product.price: must be at least 0; correct the number",
    "sessions_offered_5000": "product.sessions_offered: 5000 is more than 1000; give the number",
    "jurisdiction_international": "jurisdiction: 'international' is not known; write one of US,",
    "jurisdiction_lower_case": "jurisdiction: 'us' is not known; did you mean US?",
    "label_with_line_break": "label: holds characters that are not allowed; use letters,",
    "list_instead_of_block": "holds a list where a block of keys is wanted; start from a file",
    "ludwig_on_a_man": "severity.ludwig: Ludwig is a scale for female pattern hair loss, and",
    "many_entries": "nested too deeply or too long (line 1, column 16976)",
    "menopause_of_a_man": "noticed.after_menopause: is yes, but sex is male; correct one of the tw",
    "merge_key": "anchors and aliases (& and *) are not allowed (line 1, column 7); write the",
    "misspelt_wish": "wishes.accepts_needle: unknown key; did you mean accepts_needles?",
    "misspelt_health_key": "health.anticoagulent: unknown key; did you mean anticoagulant?",
    "months_since_onset_in_words": "noticed.months_since_onset: expected a number, got a list;",
    "months_of_an_operation": "history.hair_transplant: months_used says nothing of an operation;",
    "months_without_shedding": "health.months_since_shedding_began: a number stands here, but",
    "nan_age": "age_years: expected a number, got text; write a number in digits",
    "needles_maybe": "wishes.accepts_needles: 'maybe' is not known; write one of yes, no, unknown",
    "negative_hours": "health.hours_since_nsaid: must be at least 0; correct the number",
    "negative_tsh": "examination.tsh_miu_per_l: must be at least 0; correct the number",
    "no_effect_but_better": "history.prp: why_stopped is no_effect, but response is better;",
    "norwood_III_hyphen_vertex": "severity.norwood_hamilton: Norwood-Hamilton has no grade",
    "norwood_IX": "severity.norwood_hamilton: Norwood-Hamilton has no grade 'IX'; it has I, II,",
    "norwood_as_number": "severity.norwood_hamilton: expected text, got a whole number; write",
    "norwood_on_a_woman": "severity.norwood_hamilton: Norwood-Hamilton is a scale for male",
    "null_condition": "condition: expected text, got nothing; see examples/",
    "null_key": "the key None is not text (line 6, column 1)",
    "number_as_key": "the key 7 is not text (line 6, column 1)",
    "only_a_comment": "is empty; start from a file of examples/",
    "onset_as_number": "noticed.onset: expected text, got a whole number; write days_or_weeks, mon",
    "onset_before_birth": "noticed.months_since_onset: 700 months is more than the age; correct it",
    "onset_years_but_began_last_month": "noticed.onset: is years, but the loss began 1 month ago;",
    "overflowing_age": "age_years: the number is impossibly large; correct it",
    "patches_in_days_and_no_sudden_patches": "health.sudden_patchy_loss: is no, but noticed.patter",
    "path_in_label": "label: holds characters that are not allowed; use letters, digits, - and",
    "pattern_all_gone_and_one_place": "noticed.pattern: names all_scalp_hair and a single place as",
    "pattern_as_text": "noticed.pattern: 'thin_crown' is not known; write a list such as [thin_cro",
    "pattern_empty_but_patches": "health.sudden_patchy_loss: is yes, but noticed.pattern is empty;",
    "pattern_twice": "noticed.pattern: an entry stands twice; name each once",
    "pattern_unknown_word": "noticed.pattern[]: 'bald_spot' is not known; write one of receding_te",
    "platelets_per_microlitre": "health.platelets_e9_per_l: 250000 is more than 3000; give the",
    "possible_pregnancy_on_a_man": "health.could_become_pregnant: is yes, but sex is male;",
    "pregnancy_on_a_man": "health.pregnant: is yes, but sex is male; correct one of the two",
    "product_as_text": "product: expected a block of keys, got text; see examples/",
    "product_kind_unknown": "product.kind: 'snake oil' is not known; write one of exosome",
    "prostate_on_a_woman": "health.prostate_disease_or_psa_test: is yes, but sex is female;",
    "pull_test_perhaps": "examination.pull_test: 'weak' is not known; write one of positive, negat",
    "pull_without_hairstyle": "health.traction_continues: is yes, but noticed.hairstyles is empty;",
    "python_tag": "the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not allowed",
    "reaction_as_yes": "health.reacted_to: 'yes' is not known; write a list such as",
    "reaction_named_twice": "health.reacted_to: a treatment stands twice; name each once",
    "reaction_to_unknown_treatment": "health.reacted_to[]: 'minoxidil' is not known; did you",
    "remission_longer_than_life": "health.years_in_remission: 41 years is more than the age;",
    "right_to_left_override_in_key": "�egnaro: unknown key; write one of sex, age_years,",
    "salt_over_100": "severity.salt.top: must be at most 100; correct the number",
    "salt_side_missing": "severity.salt.right: is missing; add it",
    "salt_without_areata": "severity.salt: SALT (severity of alopecia tool) is for",
    "scarring_sign_unknown": "health.scarring_signs[]: 'itching' is not known; write one of",
    "sessions_5000": "history.microneedling: sessions 5000 is more than 1000;",
    "sessions_by_the_hour": "history.prp: 40 sessions within months_used 1 are",
    "sessions_half": "history[].sessions: expected a whole number, got a number; write a",
    "sessions_of_tablets": "history.finasteride_oral: sessions holds for treatments by session",
    "sex_missing": "sex: is missing; add it (Sex recorded at birth: male or female. It",
    "sex_unknown_word": "sex: 'man' is not known; write male or female, as recorded at birth:",
    "sex_not_said": "sex: 'unknown' is not known; write male or female, as recorded at birth:",
    "sinclair_6": "severity.sinclair: Sinclair has no grade '6'; it has 1, 2, 3, 4, 5",
    "sort_by_unknown": "wishes.sort_by: 'price' is not known; write one of cost, cost_per_hair,",
    "tab_indentation": "not valid YAML: found character that cannot start any token (line 3,",
    "text_instead_of_block": "holds one piece of text where a block of keys is wanted; start",
    "trichoscopy_twice": "examination.trichoscopy: an entry stands twice; name each once",
    "stopped_longer_ago_than_life": "history.prp: months_since_last_dose is 900 months, more than",
    "stopped_while_taken": "history.finasteride_oral: why_stopped is given, but",
    "strength_500_percent": "history.minoxidil_topical: strength_percent 500 is more than 20 %;",
    "strength_of_a_tablet": "history.minoxidil_oral: strength_percent holds for lotions, foams and",
    "transplant_at_two_times": "health.months_since_hair_transplant: is 3, but history says",
    "two_conditions": "condition: holds a list; give one (for two, write a file for each)",
    "two_documents": "not valid YAML: but found another document (line 6, column 1)",
    "two_scales_contradict": "severity: Norwood-Hamilton I and BASP U3 contradict each other;",
    "unclosed_bracket": "not valid YAML: did not find expected ',' or '}' (line 7, column 1)",
    "unknown_key": "shoe_size: unknown key; write one of sex, age_years,",
    "unknown_key_in_noticed": "noticed.patern: unknown key; did you mean pattern?",
    "unknown_key_in_history": "history[]: unknown key `dose`; see examples/",
    "unknown_key_in_product": "product.colour: unknown key; write one of kind, origin, route,",
    "unknown_key_in_severity": "severity.norwood: unknown key; did you mean norwood_hamilton?",
    "used_before_birth": "history.finasteride_oral: 300 months of use that ended 300 months",
    "used_longer_than_life": "history.finasteride_oral: months_used is 500 months, more than",
    "utf16": "holds binary data; give a YAML text file",
    "very_long_label": "label: is longer than 60 characters; shorten it",
    "visits_500": "wishes.most_visits_per_year: 500 is more than 366; give visits in a year",
    "visits_and_a_half": "wishes.most_visits_per_year: expected a whole number, got a number;",
    "weeks_since_no_trigger": "noticed.weeks_since_trigger: a number stands here, but noticed.trig",
    "wrong_encoding": "is not UTF-8 text (byte 29); save it as UTF-8",
    "yaml_bomb": "anchors and aliases (& and *) are not allowed (line 1, column 4); write the",
    "years_of_no_hairstyle": "noticed.years_of_hairstyle: a number stands here, but noticed.hairst",
}


def sentence_for(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_person(path)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_broken_file_gets_one_sentence_with_file_key_and_remedy(name):
    sentence = sentence_for(FOLDER / f"{name}.yaml")
    assert sentence.startswith(f"{name}.yaml: {EXPECTED[name]}")
    assert sentence.isprintable()
    assert len(sentence) <= LONGEST_SENTENCE


def test_every_broken_file_is_expected_and_there_are_at_least_thirty():
    assert {p.stem for p in FOLDER.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) >= 30


@pytest.mark.parametrize("megabytes", [1, 50])
def test_a_large_file_is_refused_without_being_read_whole(tmp_path, megabytes):
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(megabytes * 1_000_000)
    assert sentence_for(path).startswith("large.yaml: is larger than 64 KiB")


def test_a_long_file_of_valid_lines_is_refused(tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text("".join(f"key_{k}: 1\n" for k in range(3_000)))
    assert "nested too deeply or too long" in sentence_for(path)


@pytest.mark.parametrize("nodes", [1_500])
def test_a_file_of_valid_lines_below_the_size_limit_is_bounded_in_nodes(tmp_path, nodes):
    path = tmp_path / "nodes.yaml"
    path.write_text("health: {scarring_signs: [" + "x, " * nodes + "x]}\n")
    assert "too long" in sentence_for(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert sentence_for(tmp_path / "nobody.yaml").startswith("nobody.yaml: there is no such file")
    assert sentence_for(tmp_path).startswith(f"{tmp_path.name}: is not a file")


@pytest.mark.parametrize("value", [None, 3, "text", [], {}])
def test_a_document_that_is_no_person_is_an_input_error(value):
    with pytest.raises(InputError, match=r"^page: "):
        person_from(value, "page", "page")


def test_a_file_name_that_is_no_label_becomes_one(tmp_path):
    text = (
        "sex: male\nage_years: 40\ncondition: androgenetic_alopecia\njurisdiction: US\nhealth: {}\n"
    )
    path = tmp_path / "Herr Müller (2).yaml"
    path.write_text(text)
    assert read_person(path).label == "Herr_M_ller_2"
    (tmp_path / "äö.yaml").write_text(text)
    assert read_person(tmp_path / "äö.yaml").label == "person"
