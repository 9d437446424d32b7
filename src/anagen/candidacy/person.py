"""What a person file says: the person, their hair loss, their health, and what a clinic offers."""

import datetime
from typing import Annotated, Literal

import msgspec

from anagen.candidacy.history import Count, Span, UsedTreatment
from anagen.candidacy.noticed import Answer, Examination, Noticed
from anagen.candidacy.wishes import Money, Wishes
from anagen.facts import Record, Sex

UNSTATED = "unspecified_hair_loss"
"""The condition of somebody who has no diagnosis."""

ScarringSign = Literal[
    "lost_follicular_openings",
    "redness_or_scale_around_hairs",
    "pustules_with_tufts",
    "smooth_shiny_skin",
    "burning_or_pain",
]

ReactedTo = Literal[
    "minoxidil_topical", "minoxidil_oral", "finasteride_oral", "finasteride_topical", "dutasteride",
    "spironolactone", "clascoterone_topical", "prp", "lllt", "microneedling", "hair_transplant",
    "baricitinib", "ritlecitinib", "deuruxolitinib", "steroid_intralesional", "steroid_topical",
    "contact_immunotherapy",
]  # fmt: skip
"""Treatments that somebody can have reacted to; exosomes have a question of their own."""

Origin = Literal["human", "animal", "plant", "bacterial", "unknown"]
ProductRoute = Literal[
    "topical_intact_skin", "topical_after_microneedling", "intradermal_injection", "unknown"
]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Words = Annotated[
    str,
    msgspec.Meta(
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*$",
    ),
]
"""Printable words: no control character, none that turns the direction of writing."""
Registration = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9 ./:-]+(?!\n)$", max_length=40)]


def _meta(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


ILLNESS_OR_MEDICINE = "illness_or_medicine"


def _illness(description: str) -> msgspec.Meta:
    """Mark a question that `otherwise_healthy: yes` answers with no where it is left open."""
    return msgspec.Meta(description=description, extra={ILLNESS_OR_MEDICINE: True})


class Salt(Record):
    """Share of hair lost in the four regions of the scalp, in percent of each region."""

    top: Annotated[Percent, _meta("How much of the top is bare, in percent of the top?")]
    back: Annotated[Percent, _meta("How much of the back is bare, in percent of the back?")]
    left: Annotated[Percent, _meta("How much of the left side is bare, in percent of that side?")]
    right: Annotated[Percent, _meta("How much of the right side is bare, in percent of that side?")]


class Severity(Record):
    """How far the loss has gone, on the scales that fit the person; leave out what is not known."""

    norwood_hamilton: Annotated[
        str | None, _meta("Men: the Norwood-Hamilton grade, I to VII, with III_vertex and IIIa.")
    ] = None
    ludwig: Annotated[str | None, _meta("Women: the Ludwig grade, I, II or III.")] = None
    sinclair: Annotated[int | None, _meta("Women: the Sinclair grade, 1 to 5.")] = None
    savin: Annotated[int | None, _meta("Women: the Savin picture, 1 to 9.")] = None
    basp: Annotated[
        str | None, _meta("Men and women: the BASP code, one basic and any specific type: M2F1V1.")
    ] = None
    salt: Annotated[Salt | None, _meta("Alopecia areata: the four numbers of SALT.")] = None


class Measured(Record):
    """What was measured of the hair, if anything; every number may be left out."""

    density_per_cm2: Annotated[Positive | None, _meta("Hairs per square centimetre of scalp.")] = (
        None
    )
    measure: Annotated[
        Literal["nonvellus_density", "total_hair_density", "unknown"],
        _meta("What was counted: hairs without the finest ones (vellus), or all hairs."),
    ] = "unknown"
    site: Annotated[Words | None, _meta("Where on the scalp, in words.")] = None
    shaft_diameter_um: Annotated[
        Positive | None, _meta("Mean thickness of a hair in micrometres.")
    ] = None
    anagen_percent: Annotated[
        Positive | None,
        _meta("Phototrichogram: share of the hairs that grow (anagen), in percent."),
    ] = None


class Health(Record):
    """Answers about health. Every one may be left out; a missing one may become a question.

    Where `otherwise_healthy` is yes, every question that is marked as one about an illness or a
    medicine counts as answered with no if it is left open; `Person.assumed_no` names those.
    """

    otherwise_healthy: Annotated[
        Answer | None,
        _meta(
            "Are you otherwise healthy, and do you take no medicine but for the hair? That means: "
            "no cancer, now or earlier, and no chemotherapy or radiation; no disease of the heart, "
            "blood, immune system, kidneys, liver, prostate, thyroid or sugar; no trouble with "
            "blood pressure; never a blood clot, stroke or heart attack; no depression, now or "
            "earlier; no fever, infection, tuberculosis or hepatitis. A yes answers no to each of "
            "these questions that is left open below."
        ),
    ] = None
    pregnant: Annotated[Answer | None, _meta("Women: are you pregnant?")] = None
    breastfeeding: Annotated[Answer | None, _meta("Women: are you breastfeeding?")] = None
    trying_to_conceive: Annotated[Answer | None, _meta("Are you trying to have a child?")] = None
    active_cancer: Annotated[Answer | None, _illness("Do you have cancer now?")] = None
    cancer_history: Annotated[Answer | None, _illness("Have you ever had cancer?")] = None
    years_in_remission: Annotated[
        Span | None, _meta("If you had cancer: for how many years has it been gone?")
    ] = None
    chemotherapy_or_radiotherapy: Annotated[
        Answer | None, _illness("Have you ever had chemotherapy or radiotherapy?")
    ] = None
    years_since_chemotherapy_or_radiotherapy: Annotated[
        Span | None,
        _meta(
            "If you had chemotherapy or radiotherapy: how many years ago did it end? 0 if it goes "
            "on."
        ),
    ] = None
    scalp_radiotherapy: Annotated[
        Answer | None, _illness("Was your scalp ever treated with radiation?")
    ] = None
    suspicious_scalp_lesion: Annotated[
        Answer | None,
        _meta("Is there a spot or lump on your scalp that grows, bleeds or does not heal?"),
    ] = None
    recent_fever_or_illness: Annotated[
        Answer | None, _illness("Do you have, or have you just had, a fever or an acute illness?")
    ] = None
    days_without_symptoms: Annotated[
        Span | None,
        _meta(
            "If you had a fever or an illness: for how many days have you been free of it? 0 if "
            "still ill."
        ),
    ] = None
    sepsis_or_unstable_circulation: Annotated[
        Answer | None, _illness("Do you have blood poisoning (sepsis) or an unstable circulation?")
    ] = None
    scalp_infection: Annotated[
        Answer | None,
        _meta(
            "Is there an infection or an open wound on your scalp (ringworm, pus around hairs, "
            "herpes, impetigo)?"
        ),
    ] = None
    scaling: Annotated[Answer | None, _meta("Does the scalp flake where the hair is lost?")] = None
    broken_hairs: Annotated[
        Answer | None, _meta("Are there hairs broken off close to the skin?")
    ] = None
    boggy_mass: Annotated[
        Answer | None, _meta("Is there a soft, swollen, weeping lump on the scalp?")
    ] = None
    scarring_signs: Annotated[
        list[ScarringSign] | Literal["unknown"] | None,
        _meta(
            "Which signs of scarring does the scalp show: lost_follicular_openings (no pores left "
            "where hair stood), redness_or_scale_around_hairs, pustules_with_tufts (pus, or "
            "several hairs from one opening), smooth_shiny_skin (it shines like a scar; a bare "
            "patch that is merely smooth is not meant), burning_or_pain? Write [] for none."
        ),
    ] = None
    frontal_hairline_recession: Annotated[
        Answer | None, _meta("Women: is the front hairline moving back?")
    ] = None
    eyebrow_loss: Annotated[Answer | None, _meta("Women: are the eyebrows getting thin?")] = None
    sudden_patchy_loss: Annotated[
        Answer | None, _meta("Did bare patches appear within days or weeks?")
    ] = None
    complete_loss: Annotated[
        Answer | None, _meta("Did all the hair of the scalp or the body fall out?")
    ] = None
    sudden_diffuse_shedding: Annotated[
        Answer | None, _meta("Did much hair suddenly begin to fall from the whole head?")
    ] = None
    months_since_shedding_began: Annotated[
        Span | None,
        _meta("If much hair suddenly began to fall: how many months ago did that begin?"),
    ] = None
    unexplained_weight_loss_or_tiredness: Annotated[
        Answer | None,
        _meta(
            "Do you have unexplained weight loss, marked tiredness or other symptoms of the whole "
            "body?"
        ),
    ] = None
    active_autoimmune_disease: Annotated[
        Answer | None,
        _illness("Do you have an active autoimmune or immune disease, such as lupus?"),
    ] = None
    immunosuppressed: Annotated[
        Answer | None, _illness("Is your immune system suppressed, by a medicine or by HIV?")
    ] = None
    bleeding_disorder: Annotated[Answer | None, _illness("Do you have a bleeding disorder?")] = None
    platelets_e9_per_l: Annotated[
        Span | None, _meta("If measured: platelet count in 10^9 per litre.")
    ] = None
    anticoagulant: Annotated[
        Answer | None,
        _illness("Do you take an anticoagulant (warfarin, apixaban, rivaroxaban, heparin ...)?"),
    ] = None
    dual_antiplatelet: Annotated[
        Answer | None,
        _illness("Do you take two antiplatelet medicines, such as aspirin with another?"),
    ] = None
    prescribed_aspirin: Annotated[
        Answer | None, _illness("Do you take low-dose aspirin that a physician prescribed?")
    ] = None
    hours_since_nsaid: Annotated[
        Span | None,
        _meta(
            "If you take painkillers such as ibuprofen: hours between the last one and the "
            "session. Prescribed low-dose aspirin does not count."
        ),
    ] = None
    days_since_systemic_corticosteroid: Annotated[
        Span | None,
        _meta("Days since the last cortisone tablet or infusion; 0 if it is being taken."),
    ] = None
    months_since_scalp_steroid_injection: Annotated[
        Span | None, _meta("Months since the last steroid injection into the scalp.")
    ] = None
    months_since_isotretinoin: Annotated[
        Span | None, _meta("Months since the last isotretinoin; 0 if it is being taken.")
    ] = None
    keloid_tendency: Annotated[
        Answer | None, _meta("Do your wounds heal with thick, raised scars (keloids)?")
    ] = None
    active_scalp_skin_disease: Annotated[
        Answer | None,
        _meta("Is there active psoriasis, eczema or severe seborrhoeic dermatitis on the scalp?"),
    ] = None
    allergy_to_ingredient: Annotated[
        Answer | None,
        _meta(
            "Are you allergic to a local anaesthetic, to human or animal protein, or to anything "
            "in the product?"
        ),
    ] = None
    earlier_exosome_reaction: Annotated[
        Answer | None, _meta("Did you ever react badly to an exosome product?")
    ] = None
    uncontrolled_disease: Annotated[
        Answer | None,
        _illness("Is a disease of sugar, thyroid, liver, kidney or hormones not under control?"),
    ] = None
    smoker: Annotated[Answer | None, _meta("Do you smoke?")] = None
    months_since_hair_transplant: Annotated[
        Span | None, _meta("Months since a hair transplant in the area to be treated.")
    ] = None
    hair_loss_after_medicine: Annotated[
        Answer | None,
        _meta(
            "Did the loss follow a medicine (retinoid, anticoagulant, beta-blocker, chemotherapy) "
            "or the end of a contraceptive pill?"
        ),
    ] = None
    traction_continues: Annotated[
        Answer | None, _meta("Traction: is the hair still worn in the style that pulls?")
    ] = None
    androgen_excess_signs: Annotated[
        Answer | None,
        _meta("Women: severe acne, male-pattern body hair, irregular periods or infertility?"),
    ] = None
    thyroid_symptoms: Annotated[
        Answer | None, _meta("Do you have complaints that suit a thyroid disease?")
    ] = None
    body_image_distress: Annotated[
        Answer | None, _meta("Do thoughts about your looks trouble you for much of the day?")
    ] = None
    expects_full_regrowth: Annotated[
        Answer | None,
        _meta("Do you expect a cure in one session, or that bald skin fills with hair again?"),
    ] = None
    alcohol_on_most_days: Annotated[Answer | None, _meta("Do you drink alcohol on most days?")] = (
        None
    )
    poor_sleep: Annotated[Answer | None, _meta("Do you sleep badly on most nights?")] = None
    # What the other options' own rules ask (facts/data/option_rules.yaml).
    reacted_to: Annotated[
        list[ReactedTo] | Literal["unknown"] | None,
        _meta(
            "Which treatments for the hair did you react badly to, or are you allergic to? "
            "Write [] for none."
        ),
    ] = None
    depression: Annotated[
        Answer | None,
        _illness("Do you have, or did you have, a depression or suicidal thoughts?"),
    ] = None
    prostate_disease_or_psa_test: Annotated[
        Answer | None,
        _illness("Men: is the prostate diseased, or is a PSA test planned?"),
    ] = None
    heart_disease: Annotated[
        Answer | None,
        _illness("Do you have a disease of the heart (weak heart, angina, irregular pulse ...)?"),
    ] = None
    oedema: Annotated[Answer | None, _meta("Do your ankles or your face swell with water?")] = None
    low_blood_pressure: Annotated[
        Answer | None, _illness("Is your blood pressure low, or do you faint easily?")
    ] = None
    blood_pressure_medicine: Annotated[
        Answer | None,
        _illness("Do you take a medicine for high blood pressure, or a water tablet?"),
    ] = None
    thrombosis_or_stroke: Annotated[
        Answer | None,
        _illness(
            "Did you ever have a blood clot (thrombosis, embolism), a stroke or a heart attack?"
        ),
    ] = None
    kidney_disease: Annotated[Answer | None, _illness("Do you have a disease of the kidneys?")] = (
        None
    )
    liver_disease: Annotated[Answer | None, _illness("Do you have a disease of the liver?")] = None
    untreated_infection_or_tuberculosis: Annotated[
        Answer | None,
        _illness(
            "Do you have tuberculosis, hepatitis B or C or another untreated infection, shingles "
            "now, or shingles that came back or were severe?"
        ),
    ] = None
    light_sensitivity: Annotated[
        Answer | None, _meta("Is your skin very sensitive to light, by a disease or a medicine?")
    ] = None
    skin_thinning: Annotated[
        Answer | None, _meta("Is the skin of your scalp thin or dented, for instance by cortisone?")
    ] = None
    eczema: Annotated[
        Answer | None, _meta("Do you have, or did you have, eczema (atopic dermatitis)?")
    ] = None
    donor_area_thin: Annotated[
        Answer | None, _meta("Is the hair at the back and the sides of the head thin as well?")
    ] = None
    loss_still_progressing: Annotated[
        Answer | None, _meta("Has the loss clearly moved on within the last year?")
    ] = None
    could_become_pregnant: Annotated[
        Answer | None,
        _meta(
            "Women: could you become pregnant (before the menopause, without reliable "
            "contraception)?"
        ),
    ] = None
    raised_potassium: Annotated[
        Answer | None, _illness("Has your potassium been found too high?")
    ] = None
    potassium_raising_medicine: Annotated[
        Answer | None,
        _illness("Do you take potassium, or a medicine that raises it (ACE inhibitor, sartan)?"),
    ] = None
    isotretinoin: Annotated[
        Answer | None,
        _illness("Do you take isotretinoin or another retinoid by mouth, or did you ever?"),
    ] = None


class Product(Record):
    """What a clinic offers. Leave the block out if nothing was offered yet."""

    kind: Annotated[Literal["exosome"], _meta("Sold as exosomes.")]
    origin: Annotated[Origin, _meta("What are the exosomes made from?")] = "unknown"
    route: Annotated[ProductRoute, _meta("How would it be given?")] = "unknown"
    labelled_for: Annotated[
        Literal["topical", "injection", "unknown"],
        _meta("What does the label say: for the surface of the skin (topical) or for injection?"),
    ] = "unknown"
    batch_certificate: Annotated[
        Answer,
        _meta(
            "Did the clinic show a certificate for the batch (identity, particles, sterility, "
            "endotoxin, mycoplasma, donor screening)?"
        ),
    ] = "unknown"
    ind: Annotated[
        Answer, _meta("United States: is it given in a study under an FDA permit (IND)?")
    ] = "unknown"
    ind_number: Annotated[Registration | None, _meta("United States: what is the IND number?")] = (
        None
    )
    fda_letter_shown: Annotated[
        Answer, _meta("United States: was the FDA's letter about the IND shown?")
    ] = "unknown"
    authorised_trial: Annotated[
        Answer,
        _meta("European Union or United Kingdom: is it given inside an authorised trial?"),
    ] = "unknown"
    trial_number: Annotated[
        Registration | None, _meta("What is the trial's registration number?")
    ] = None
    price: Annotated[Money | None, _meta("What does one session cost? The amount only.")] = None
    price_currency: Annotated[
        str | None,
        _meta("In which currency is that price? A code of three letters, such as USD or EUR."),
    ] = None
    sessions_offered: Annotated[Count | None, _meta("How many sessions are offered?")] = None


class Person(Record):
    """A person who considers exosome treatment for hair loss.

    `sex` is the sex recorded at birth: the scales and several rules go by it. `condition` and
    `jurisdiction` are ids of the vocabulary. Without a condition what was `noticed` is held against
    every type. Nothing here identifies anybody: no name, no address. `assumed_no` is no key of a
    person file: it names the keys that `health.otherwise_healthy` answered with no.
    """

    sex: Annotated[
        Sex,
        _meta(
            "Sex recorded at birth: male or female. It must be said: the scales and several rules "
            "go by it."
        ),
    ]
    age_years: Annotated[Span, _meta("Age in years.")]
    jurisdiction: Annotated[
        str, _meta("Where the treatment would happen: US, EU, UK, CA, AU, KR, JP, TW, SA, other.")
    ]
    health: Annotated[Health, _meta("Answers about health.")] = msgspec.field(
        default_factory=Health
    )
    label: Annotated[
        str,
        msgspec.Meta(
            description="A short name for the plan and its folder; the file's name if left out.",
            pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*(?!\n)$",
            max_length=60,
        ),
    ] = "person"
    condition: Annotated[
        str,
        _meta(
            "What type of hair loss is it? An id such as androgenetic_alopecia; leave it out if "
            "nobody has said."
        ),
    ] = UNSTATED
    noticed: Annotated[Noticed | None, _meta("Without a diagnosis: what do you notice?")] = None
    examination: Annotated[Examination | None, _meta("What has an examination shown?")] = None
    history: Annotated[
        list[UsedTreatment] | None,
        _meta("Which treatments for the hair do you use, or have you used? Write [] for none."),
    ] = None
    wishes: Annotated[Wishes | None, _meta("What may it cost, in money and in time?")] = None
    severity: Annotated[Severity | None, _meta("How far the loss has gone.")] = None
    session_date: Annotated[
        datetime.date | None, _meta("Day of the (first) session, as 2026-11-20.")
    ] = None
    measured: Annotated[Measured | None, _meta("A measurement of the hair.")] = None
    product: Annotated[Product | None, _meta("What a clinic offers.")] = None
    assumed_no: list[str] = msgspec.field(default_factory=list)


NOT_WRITTEN = frozenset({"assumed_no"})
"""Keys of the record that no file may hold: they are made at reading."""
