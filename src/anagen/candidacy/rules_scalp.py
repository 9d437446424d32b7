"""Rules about the scalp and the kind of loss: R08 to R13, R22, R23, R28, R34."""

from anagen.candidacy.finding import Finding, ask, found, limit, unanswered, yes
from anagen.candidacy.history import used
from anagen.candidacy.person import Person
from anagen.candidacy.rules_health import any_yes
from anagen.facts.rule import Rule

SIGN_WORDS = {
    "lost_follicular_openings": "lost follicular openings",
    "redness_or_scale_around_hairs": "redness or scale around the hairs",
    "pustules_with_tufts": "pustules with tufts of hair",
    "smooth_shiny_skin": "smooth, shiny skin",
    "burning_or_pain": "burning or pain",
}


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
    """Refer scaling with broken hairs, or a boggy mass, or known ringworm."""
    health = person.health
    if person.condition == "tinea_capitis":
        return found("R09", fact, "You named ringworm of the scalp.")
    if health.boggy_mass == "yes":
        return found("R09", fact, "There is a soft, swollen lump on your scalp.")
    if person.examination is not None and person.examination.fungal_test == "positive":
        return found("R09", fact, "A test showed a fungus.")
    if health.scaling == "yes" and health.broken_hairs == "yes":
        return found("R09", fact, "The scalp flakes and hairs are broken off.")
    missing = unanswered(health, "health", ("boggy_mass",))
    if "no" not in (health.scaling, health.broken_hairs):
        missing += unanswered(health, "health", ("scaling", "broken_hairs"))
    return ask("R09", fact, missing) if missing else None


def r10_scarring(person: Person, fact: Rule) -> Finding | None:
    """Refer signs of a scarring hair loss, or a known one."""
    signs = signs_of_scarring(person)
    if signs:
        return found("R10", fact, f"Your scalp shows {', '.join(SIGN_WORDS[s] for s in signs)}.")
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
    return any_yes("R11", fact, person, {
        "frontal_hairline_recession": "Your front hairline is moving back.",
        "eyebrow_loss": "Your eyebrows are getting thin.",
    })  # fmt: skip


def r12_patchy_or_complete(person: Person, fact: Rule) -> Finding | None:
    """Refer sudden patches, the loss of all hair, or known alopecia areata."""
    told = {
        "sudden_patchy_loss": "Bare patches appeared suddenly.",
        "complete_loss": "All the hair fell out.",
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
    if months is None:
        return found(
            "R13", fact, "Your hair is falling from the whole head; since when was not said.",
            missing=("health.months_since_shedding_began",),
        )  # fmt: skip
    if months >= needed:
        return None
    return found(
        "R13", fact,
        f"Your hair began to fall from the whole head {months:g} months ago, less than "
        f"{needed:g}.",
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
        months = earlier.months_since_last_dose
        if months is None:
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
    """Refer loss that may come from a medicine."""
    if person.condition == "drug_induced_alopecia":
        return found("R34", fact, "Your hair loss is put down to a medicine.")
    if person.condition == "chemotherapy_or_radiotherapy_alopecia":
        return found("R34", fact, "Your hair loss followed chemotherapy or radiotherapy.")
    return any_yes("R34", fact, person, {
        "hair_loss_after_medicine": "Your hair loss followed a medicine.",
    })  # fmt: skip
