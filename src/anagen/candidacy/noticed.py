"""What a person without a diagnosis notices about the loss, and what an examination found."""

from typing import Annotated, Literal

import msgspec

from anagen.candidacy.history import Span
from anagen.facts import Record

Answer = Literal["yes", "no", "unknown"]
"""An answer; leaving the key out says the same as `unknown`: not answered."""
Unknown = Literal["unknown"]
Number = Span | Unknown
"""A number that may be answered with `unknown` too."""

Onset = Literal["days_or_weeks", "months", "years", "unknown"]
Pattern = Literal[
    "receding_temples",
    "front_hairline",
    "thin_crown",
    "wider_parting",
    "whole_head",
    "round_patches",
    "irregular_bare_area",
    "along_hairline_where_pulled",
    "all_scalp_hair",
    "all_body_hair",
    "eyebrows_or_lashes",
]
Shedding = Literal["none", "a_little_more", "much_more", "unknown"]
ScalpSign = Literal[
    "itch",
    "greasy_scale",
    "exclamation_mark_hairs",
    "black_dots",
    "nail_pits",
    "swollen_glands",
]
Trigger = Literal[
    "fever_or_infection",
    "surgery_or_anaesthesia",
    "childbirth",
    "crash_diet_or_weight_loss",
    "heavy_strain",
    "stopped_contraceptive_pill",
    "new_medicine",
]
LossMedicine = Literal[
    "retinoid",
    "anticoagulant",
    "beta_blocker",
    "chemotherapy",
    "hormone_treatment_for_cancer",
    "other_medicine",
]
Hairstyle = Literal[
    "tight_braids_or_ponytail", "extensions_or_weave", "tight_headgear", "chemical_relaxer"
]
TrichoscopySign = Literal[
    "hair_diameter_diversity",
    "yellow_dots",
    "black_dots",
    "exclamation_mark_hairs",
    "broken_hairs",
    "short_regrowing_hairs",
    "lost_openings",
    "perifollicular_scale",
    "tufts",
    "comma_or_corkscrew_hairs",
]
TestResult = Literal["positive", "negative", "unknown"]


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class Noticed(Record):
    """What the person notices; every answer may be left out, and "unknown" is an answer.

    Signs that `Health` asks for (flaking, broken hairs, bare patches, a lump) are answered there.
    """

    onset: Annotated[
        Onset | None,
        _meta("How fast did the loss come: within days_or_weeks, within months or over years?"),
    ] = None
    months_since_onset: Annotated[
        Number | None, _meta("How many months ago did the loss begin?")
    ] = None
    pattern: Annotated[
        list[Pattern] | Unknown | None,
        _meta(
            "Where is hair missing: receding_temples, front_hairline (its whole front edge moves "
            "back), thin_crown, wider_parting, whole_head, round_patches, irregular_bare_area, "
            "along_hairline_where_pulled, all_scalp_hair, all_body_hair, eyebrows_or_lashes? "
            "Write [] for none."
        ),
    ] = None
    shedding: Annotated[
        Shedding | None,
        _meta("Does more hair fall than it used to: none more, a_little_more or much_more?"),
    ] = None
    scalp_signs: Annotated[
        list[ScalpSign] | Unknown | None,
        _meta(
            "Which other signs do the scalp, the nails or the glands show: itch, greasy_scale, "
            "exclamation_mark_hairs (short hairs that get thinner towards the skin), black_dots, "
            "nail_pits (small dents in the nails), swollen_glands (at the neck or behind the "
            "ears)? Write [] for none."
        ),
    ] = None
    triggers: Annotated[
        list[Trigger] | Unknown | None,
        _meta(
            "What happened in the half year before the loss began: fever_or_infection, "
            "surgery_or_anaesthesia, childbirth, crash_diet_or_weight_loss, heavy_strain, "
            "stopped_contraceptive_pill, new_medicine? Write [] for none."
        ),
    ] = None
    weeks_since_trigger: Annotated[
        Number | None, _meta("If something did: how many weeks ago was that?")
    ] = None
    medicines: Annotated[
        list[LossMedicine] | Unknown | None,
        _meta(
            "Which medicine that can make hair fall did you take when the loss began: retinoid "
            "(isotretinoin, acitretin), anticoagulant, beta_blocker, chemotherapy, "
            "hormone_treatment_for_cancer (such as tamoxifen), other_medicine (begun in the months "
            "before)? Write [] for none."
        ),
    ] = None
    hairstyles: Annotated[
        list[Hairstyle] | Unknown | None,
        _meta(
            "Which hairstyle that strains the hair do you wear, or did you for long: "
            "tight_braids_or_ponytail, extensions_or_weave, tight_headgear, chemical_relaxer? "
            "Write [] for none."
        ),
    ] = None
    years_of_hairstyle: Annotated[Number | None, _meta("If you do or did: for how many years?")] = (
        None
    )
    family_pattern_loss: Annotated[
        Answer | None, _meta("Did parents, grandparents, brothers or sisters lose hair this way?")
    ] = None
    after_menopause: Annotated[Answer | None, _meta("Women: are you past the menopause?")] = None
    restricted_diet: Annotated[
        Answer | None,
        _meta("Do you eat little, or leave out meat, fish or much else (such as a vegan diet)?"),
    ] = None
    heavy_periods_or_blood_loss: Annotated[
        Answer | None, _meta("Do you have heavy periods, or lose blood in another way?")
    ] = None
    known_low_iron: Annotated[
        Answer | None, _meta("Has a low iron store or an anaemia been found?")
    ] = None
    contact_with_ringworm: Annotated[
        Answer | None,
        _meta(
            "Does anybody near you (family, playmates, people you live with) or an animal have "
            "ringworm or bare patches?"
        ),
    ] = None


class Examination(Record):
    """What an examination or a test has already shown; what was not done is left out."""

    pull_test: Annotated[
        TestResult | None,
        _meta("Did the pull test draw out more hairs than it should (positive)?"),
    ] = None
    trichoscopy: Annotated[
        list[TrichoscopySign] | Unknown | None,
        _meta(
            "What did the look through a dermatoscope show: hair_diameter_diversity, yellow_dots, "
            "black_dots, exclamation_mark_hairs, broken_hairs, short_regrowing_hairs, "
            "lost_openings, perifollicular_scale, tufts, comma_or_corkscrew_hairs? Write [] for "
            "none."
        ),
    ] = None
    fungal_test: Annotated[
        TestResult | None, _meta("Did microscopy or a culture show a fungus (positive)?")
    ] = None
    biopsy: Annotated[
        Literal["scarring", "not_scarring", "not_conclusive", "unknown"] | None,
        _meta("Did a biopsy show a scarring loss: scarring, not_scarring or not_conclusive?"),
    ] = None
    ferritin_ug_per_l: Annotated[
        Number | None, _meta("If measured: ferritin in micrograms per litre.")
    ] = None
    haemoglobin_g_per_l: Annotated[
        Number | None, _meta("If measured: haemoglobin in grams per litre (140, not 14).")
    ] = None
    tsh_miu_per_l: Annotated[Number | None, _meta("If measured: TSH in milli-units per litre.")] = (
        None
    )
