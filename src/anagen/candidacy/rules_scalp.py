"""Rules about the scalp and the kind of loss: R08 to R13, R22, R23, R28, R34."""

import msgspec

from anagen.candidacy.clues import answer_of
from anagen.candidacy.finding import Finding, ask, found, limit, unanswered, yes
from anagen.candidacy.history import used
from anagen.candidacy.person import UNSTATED, Person
from anagen.candidacy.rules_health import any_yes
from anagen.facts.rule import Rule

SIGN_WORDS = {
    "lost_follicular_openings": "lost follicular openings",
    "redness_or_scale_around_hairs": "redness or scale around the hairs",
    "pustules_with_tufts": "pustules with tufts of hair",
    "smooth_shiny_skin": "smooth, shiny skin",
    "burning_or_pain": "burning or pain",
}


TRIGGER_WORDS = {
    "fever_or_infection": "a fever or an infection",
    "surgery_or_anaesthesia": "an operation or an anaesthesia",
    "childbirth": "a birth",
    "crash_diet_or_weight_loss": "a crash diet or a loss of weight",
    "heavy_strain": "a heavy strain",
    "stopped_contraceptive_pill": "the end of a contraceptive pill",
    "new_medicine": "a new medicine",
}
PASSING_TRIGGERS = ("fever_or_infection", "surgery_or_anaesthesia", "childbirth")
"""Triggers that are over by themselves; the others may go on and are looked into."""
MEDICINE_WORDS = {
    "retinoid": "a retinoid",
    "anticoagulant": "an anticoagulant",
    "beta_blocker": "a beta-blocker",
    "chemotherapy": "chemotherapy",
    "hormone_treatment_for_cancer": "a hormone treatment for cancer",
    "other_medicine": "a medicine begun in the months before",
}


ISOTRETINOIN = "health.months_since_isotretinoin"


def _listed(person: Person, key: str) -> list[str]:
    named = answer_of(person, key)
    return [str(entry) for entry in named] if isinstance(named, list) else []


def _phrase(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def has_bare_area(person: Person) -> bool:
    """Return whether a bare patch or an irregular bare area was named."""
    areas = {"round_patches", "irregular_bare_area"}
    is_sudden = person.health.sudden_patchy_loss == "yes"
    return is_sudden or bool(areas & set(_listed(person, "noticed.pattern")))


def hints_at_ringworm(person: Person) -> list[str]:
    """Say what, beside a bare area, points to ringworm of the scalp."""
    told = {
        "swollen_glands": "Glands are swollen.",
        "black_dots": "Black dots stand in the scalp.",
    }
    signs = _listed(person, "noticed.scalp_signs")
    hints = [text for sign, text in told.items() if sign in signs]
    if answer_of(person, "noticed.contact_with_ringworm") == "yes":
        hints.append("Somebody near you, or an animal, has ringworm or bare patches.")
    if "comma_or_corkscrew_hairs" in _listed(person, "examination.trichoscopy"):
        hints.append("The dermatoscope shows comma or corkscrew hairs.")
    return hints


def signs_of_scarring(person: Person) -> tuple[str, ...]:
    """Return the scarring signs that a person reports."""
    signs = person.health.scarring_signs
    return tuple(signs) if isinstance(signs, list) else ()


def r08_scalp_infection(person: Person, fact: Rule) -> Finding | None:
    """Defer while the scalp is infected or open."""
    if person.condition == "tinea_capitis":
        return found("R08", fact, "Ringworm is an infection of the scalp.")
    return any_yes("R08", fact, person, {
        "scalp_infection": "Your scalp is infected or has an open wound.",
    })  # fmt: skip


def r09_tinea_or_kerion(person: Person, fact: Rule) -> Finding | None:
    """Refer scaling with broken hairs, a boggy mass, known ringworm, or a bare area with hints.

    A bare area in a minor is referred without any hint.
    """
    health = person.health
    if person.condition == "tinea_capitis":
        return found("R09", fact, "You named ringworm of the scalp.")
    if health.boggy_mass == "yes":
        return found("R09", fact, "There is a soft, swollen lump on your scalp.")
    if person.examination is not None and person.examination.fungal_test == "positive":
        return found("R09", fact, "A test showed a fungus.")
    if health.scaling == "yes" and health.broken_hairs == "yes":
        return found("R09", fact, "The scalp flakes and hairs are broken off.")
    is_minor = person.age_years < limit(fact, "minor_age", "years")
    hints = hints_at_ringworm(person)
    if has_bare_area(person) and (hints or is_minor):
        age = f", and you are {person.age_years:g} years old" if is_minor else ""
        what = " ".join([f"There is a bare area{age}.", *hints])
        return _recalled(found("R09", fact, what), fact)
    missing = unanswered(health, "health", ("boggy_mass",))
    if "no" not in (health.scaling, health.broken_hairs):
        missing += unanswered(health, "health", ("scaling", "broken_hairs"))
    if person.condition == UNSTATED and has_bare_area(person):
        hinting = ("scalp_signs", "contact_with_ringworm")
        missing += unanswered(person.noticed, "noticed", hinting)
    return ask("R09", fact, missing) if missing else None


def _recalled(finding: Finding, fact: Rule) -> Finding:
    """Return a finding that rests on what is recalled, and says so."""
    return msgspec.structs.replace(
        finding,
        reason=f"{finding.reason} {fact.cases['hints']}",
        strength="P",
        source=["memory", *finding.source],
        is_precaution=True,
    )


def r10_scarring(person: Person, fact: Rule) -> Finding | None:
    """Refer signs of a scarring hair loss, or a known one."""
    signs = signs_of_scarring(person)
    if signs:
        finding = found("R10", fact, f"You named: {', '.join(SIGN_WORDS[s] for s in signs)}.")
        if signs != ("smooth_shiny_skin",):
            return finding
        reason = f"{finding.reason} {fact.cases['only_smooth_skin']}"
        return msgspec.structs.replace(finding, reason=reason)
    if person.condition == "scarring_alopecia":
        return found("R10", fact, "You named a scarring hair loss.")
    if person.examination is not None and person.examination.biopsy == "scarring":
        return found("R10", fact, "A biopsy showed scarring.")
    missing = unanswered(person.health, "health", ("scarring_signs",))
    return ask("R10", fact, missing) if missing else None


def r11_frontal_fibrosing(person: Person, fact: Rule) -> Finding | None:
    """Refer a woman whose front hairline recedes or whose eyebrows thin."""
    if person.sex == "male":
        return None
    with_lashes = "eyebrows_or_lashes" in _listed(person, "noticed.pattern")
    return any_yes("R11", fact, person, {
        "frontal_hairline_recession": "Your front hairline is moving back.",
        "eyebrow_loss": f"Your eyebrows{' or lashes' if with_lashes else ''} are getting thin.",
    })  # fmt: skip


def r12_patchy_or_complete(person: Person, fact: Rule) -> Finding | None:
    """Refer sudden patches, the loss of all hair, or known alopecia areata."""
    told = {
        "sudden_patchy_loss": "Bare patches appeared suddenly.",
        "complete_loss": "All the hair of the scalp or the body fell out.",
    }
    if person.condition == "alopecia_areata" and not yes(person.health, told):
        return found("R12", fact, "Your hair loss is alopecia areata.")
    return any_yes("R12", fact, person, told)


def r13_acute_shedding(person: Person, fact: Rule) -> Finding | None:
    """Defer sudden diffuse shedding that began less than the limit ago."""
    health = person.health
    is_shedding = health.sudden_diffuse_shedding == "yes" or person.condition == "telogen_effluvium"
    months = health.months_since_shedding_began
    if not is_shedding:
        missing = unanswered(health, "health", ("sudden_diffuse_shedding",))
        return ask("R13", fact, missing) if missing else None
    needed = limit(fact, "months_from_onset", "months")
    triggers = _listed(person, "noticed.triggers")
    is_over = bool(triggers) and set(triggers) <= set(PASSING_TRIGGERS)
    case = "trigger_may_go_on" if triggers else "no_trigger_named"
    case = "trigger_is_over" if is_over else case
    fact = msgspec.structs.replace(fact, text=f"{fact.text} {fact.cases[case]}")
    before = f" You named {_phrase([TRIGGER_WORDS[t] for t in triggers])} before." * bool(triggers)
    if months is None:
        return found(
            "R13", fact,
            f"Your hair is falling from the whole head; since when was not said.{before}",
            missing=("health.months_since_shedding_began",),
        )  # fmt: skip
    if months >= needed:
        return None
    return found(
        "R13", fact,
        f"Your hair began to fall from the whole head {months:g} months ago, less than "
        f"{needed:g}.{before}",
        value=months, limit=needed, unit="months",
    )  # fmt: skip


def r22_keloid(person: Person, fact: Rule) -> Finding | None:
    """Refer anyone who forms keloids or hypertrophic scars."""
    return any_yes("R22", fact, person, {
        "keloid_tendency": "Your wounds heal with thick, raised scars.",
    })  # fmt: skip


def r23_scalp_skin_disease(person: Person, fact: Rule) -> Finding | None:
    """Defer while psoriasis, eczema or severe seborrhoeic dermatitis is active."""
    return any_yes("R23", fact, person, {
        "active_scalp_skin_disease": "A skin disease of your scalp is active.",
    })  # fmt: skip


def r28_recent_transplant(person: Person, fact: Rule) -> Finding | None:
    """Defer after a recent hair transplant in the treated area, or one whose area was not said."""
    months = person.health.months_since_hair_transplant
    earlier = used(person.history, "hair_transplant")
    if months is None and earlier is not None:
        return ask("R28", fact, ("health.months_since_hair_transplant",))
    needed = limit(fact, "months_after_transplant", "months")
    if months is None or months >= needed:
        return None
    return found(
        "R28", fact,
        f"Your hair transplant was {months:g} months ago; {needed:g} are asked for.",
        value=months, limit=needed, unit="months",
    )  # fmt: skip


def r34_drug_induced(person: Person, fact: Rule) -> Finding | None:
    """Refer loss that may come from a medicine, and name the one that was given where known."""
    if person.condition == "chemotherapy_or_radiotherapy_alopecia":
        case = "ended" if _has_ended(person, "chemotherapy") else "named"
        told = msgspec.structs.replace(fact, text=fact.cases[case])
        return found("R34", told, "Your hair loss followed chemotherapy or radiotherapy.")
    medicines = _listed(person, "noticed.medicines")
    stopped_pill = "stopped_contraceptive_pill" in _listed(person, "noticed.triggers")
    is_said = person.health.hair_loss_after_medicine == "yes"
    what = "You named {} from when the loss began."
    if is_said and not (medicines or stopped_pill) and answer_of(person, ISOTRETINOIN) is not None:
        medicines, what = ["retinoid"], "Your hair loss followed a medicine; you named {}."
    if not (medicines or stopped_pill):
        if person.condition == "drug_induced_alopecia":
            return found("R34", fact, "Your hair loss is put down to a medicine.")
        return any_yes("R34", fact, person, {
            "hair_loss_after_medicine":
                "Your hair loss followed a medicine or the end of a contraceptive pill.",
        })  # fmt: skip
    names = [_medicine_word(name, person) for name in medicines]
    names += ["the end of a contraceptive pill"] if stopped_pill else []
    going_on = [name for name in medicines if not _has_ended(person, name)]
    texts = [fact.cases["named" if going_on else "ended"]]
    if "hormone_treatment_for_cancer" in going_on:
        own = fact.cases["hormone_treatment_for_cancer"]
        texts = [own] if len(going_on) == 1 else [*texts, own]
    told = msgspec.structs.replace(fact, text=" ".join(texts))
    return found("R34", told, what.format(_phrase(names)))


def _medicine_word(name: str, person: Person) -> str:
    is_isotretinoin = name == "retinoid" and person.health.months_since_isotretinoin is not None
    return "isotretinoin" if is_isotretinoin else MEDICINE_WORDS[name]


def _has_ended(person: Person, medicine: str) -> bool:
    """Return whether an answer says that a medicine is no longer given."""
    since = {
        "chemotherapy": person.health.years_since_chemotherapy_or_radiotherapy,
        "retinoid": person.health.months_since_isotretinoin,
    }.get(medicine)
    return since is not None and since > 0
