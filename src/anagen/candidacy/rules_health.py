"""Rules about the health of the whole person: R01, R03 to R07, R14 to R21, R24, R25, R27, R33."""

from anagen.candidacy.finding import Finding, ask, found, limit, unanswered, yes
from anagen.candidacy.history import used
from anagen.candidacy.person import Person
from anagen.facts.rule import Rule


def any_yes(rule: str, fact: Rule, person: Person, answers: dict[str, str]) -> Finding | None:
    """Apply a rule that holds as soon as one answer is yes, and asks while one is missing.

    Parameters
    ----------
    rule, fact:
        The rule's id and its fact.
    person:
        The person.
    answers:
        For each key of the health block, what the person is told where it is yes.
    """
    applies = yes(person.health, answers)
    if applies:
        return found(rule, fact, " ".join(answers[name] for name in applies))
    missing = unanswered(person.health, "health", answers)
    return ask(rule, fact, missing) if missing and fact.must_ask else None


def r01_adults_only(person: Person, fact: Rule) -> Finding | None:
    """Stop below the adult age."""
    adult = limit(fact, "adult_age", "years")
    if person.age_years >= adult:
        return None
    return found(
        "R01", fact, f"You are {person.age_years:g} years old; the lowest age is {adult:g}.",
        value=person.age_years, limit=adult, unit="years",
    )  # fmt: skip


def r03_pregnancy(person: Person, fact: Rule) -> Finding | None:
    """Stop in pregnancy, while breastfeeding and while trying to conceive; women only."""
    if person.sex == "male":
        return None
    return any_yes("R03", fact, person, {
        "pregnant": "You are pregnant.",
        "breastfeeding": "You are breastfeeding.",
        "trying_to_conceive": "You are trying to conceive.",
    })  # fmt: skip


def r04_cancer(person: Person, fact: Rule) -> Finding | None:
    """Stop with active cancer, recent chemotherapy or radiotherapy, or a suspicious lesion."""
    health = person.health
    needed = limit(fact, "years_after_treatment", "years")
    told = {
        "active_cancer": "You have cancer.",
        "suspicious_scalp_lesion": "There is a suspicious spot on your scalp; show it to a "
        "dermatologist.",
    }
    applies = [told[name] for name in yes(health, told)]
    years = health.years_since_chemotherapy_or_radiotherapy
    is_treated = health.chemotherapy_or_radiotherapy == "yes"
    is_recent = is_treated and years is not None and years < needed
    if is_recent:
        applies.append(
            f"Your chemotherapy or radiotherapy ended {years:g} years ago; the rule asks for "
            f"{needed:g}."
        )
    if applies:
        return found(
            "R04", fact, " ".join(applies),
            value=years if is_recent else None,
            limit=needed if is_recent else None,
            unit="years" if is_recent else None,
        )  # fmt: skip
    missing = unanswered(health, "health", (*told, "chemotherapy_or_radiotherapy"))
    if is_treated and years is None:
        missing += ("health.years_since_chemotherapy_or_radiotherapy",)
    return ask("R04", fact, missing) if missing else None


def r05_cancer_history(person: Person, fact: Rule) -> Finding | None:
    """Refer anyone who had cancer, however long ago, unless it is active (R04)."""
    health = person.health
    if health.active_cancer == "yes" or health.cancer_history == "no":
        return None
    if health.cancer_history != "yes":
        return ask("R05", fact, ("health.cancer_history",))
    years = health.years_in_remission
    needed = limit(fact, "years_in_remission", "years")
    if years is None:
        return found(
            "R05", fact, "You had cancer; since when it is gone was not said.",
            missing=("health.years_in_remission",),
        )  # fmt: skip
    if years >= needed:
        what = f"You had cancer, gone for {years:g} years ({needed:g} or more)."
    else:
        what = (
            f"You had cancer, gone for {years:g} years; that is less than the {needed:g} that the "
            "rule names, so the oncologist's word matters all the more."
        )
    return found("R05", fact, what, value=years, limit=needed, unit="years")


def r06_scalp_radiotherapy(person: Person, fact: Rule) -> Finding | None:
    """Stop if the scalp was ever irradiated."""
    return any_yes("R06", fact, person, {"scalp_radiotherapy": "Your scalp was irradiated."})


def r07_acute_illness(person: Person, fact: Rule) -> Finding | None:
    """Defer with sepsis, an unstable circulation or a recent acute illness."""
    health = person.health
    if health.sepsis_or_unstable_circulation == "yes":
        return found(
            "R07", fact,
            "Blood poisoning or an unstable circulation is an emergency: get medical help now.",
        )  # fmt: skip
    if health.recent_fever_or_illness != "yes":
        return None
    days = health.days_without_symptoms
    needed = limit(fact, "days_without_symptoms", "days")
    if days is None:
        return found(
            "R07", fact, "You have or had a fever or an acute illness.",
            missing=("health.days_without_symptoms",),
        )  # fmt: skip
    if days >= needed:
        return None
    return found(
        "R07", fact,
        f"You have been well for {days:g} days after a fever or illness; {needed:g} are asked for.",
        value=days, limit=needed, unit="days",
    )  # fmt: skip


def r14_systemic_symptoms(person: Person, fact: Rule) -> Finding | None:
    """Refer unexplained weight loss, marked tiredness or symptoms of the whole body."""
    return any_yes("R14", fact, person, {
        "unexplained_weight_loss_or_tiredness":
            "You named at least one of: unexplained weight loss, marked tiredness, other symptoms "
            "of the whole body.",
    })  # fmt: skip


def r15_autoimmune(person: Person, fact: Rule) -> Finding | None:
    """Refer an active autoimmune disease other than alopecia areata."""
    return any_yes("R15", fact, person, {
        "active_autoimmune_disease": "You have an active autoimmune or immune disease.",
    })  # fmt: skip


def r16_immunosuppressed(person: Person, fact: Rule) -> Finding | None:
    """Stop if the immune system is suppressed."""
    return any_yes("R16", fact, person, {
        "immunosuppressed": "Your immune system is suppressed.",
    })  # fmt: skip


def r17_bleeding(person: Person, fact: Rule) -> Finding | None:
    """Stop with a bleeding disorder or too few platelets."""
    health = person.health
    lowest = limit(fact, "platelets", "1e9_per_litre")
    count = health.platelets_e9_per_l
    if count is not None and count < lowest:
        return found(
            "R17", fact, f"Your platelet count is {count:g} x 10⁹/L, below {lowest:g} x 10⁹/L.",
            value=count, limit=lowest, unit="1e9_per_litre",
        )  # fmt: skip
    return any_yes("R17", fact, person, {"bleeding_disorder": "You have a bleeding disorder."})


def r18_anticoagulant(person: Person, fact: Rule) -> Finding | None:
    """Refer anyone on an anticoagulant to the prescriber; the medicine is never to be stopped."""
    return any_yes("R18", fact, person, {
        "anticoagulant": "You take an anticoagulant.",
        "dual_antiplatelet": "You take two antiplatelet medicines.",
    })  # fmt: skip


def r19_nsaid(person: Person, fact: Rule) -> Finding | None:
    """Defer after a recent NSAID; prescribed low-dose aspirin does not count."""
    hours = person.health.hours_since_nsaid
    needed = limit(fact, "hours_without_nsaid", "hours")
    if hours is None or hours >= needed:
        return None
    return found(
        "R19", fact,
        f"Only {hours:g} hours lie between your last painkiller and the session; "
        f"{needed:g} are asked for.",
        value=hours, limit=needed, unit="hours",
    )  # fmt: skip


def r20_corticosteroid(person: Person, fact: Rule) -> Finding | None:
    """Defer after a recent systemic corticosteroid or steroid injection into the scalp."""
    days = person.health.days_since_systemic_corticosteroid
    months = person.health.months_since_scalp_steroid_injection
    injected = used(person.history, "steroid_intralesional")
    days_needed = limit(fact, "days_after_systemic", "days")
    months_needed = limit(fact, "months_after_injection", "months")
    if days is not None and days < days_needed:
        return found(
            "R20", fact,
            f"Your last cortisone was {days:g} days ago; {days_needed:g} are asked for.",
            value=days, limit=days_needed, unit="days",
        )  # fmt: skip
    if months is not None and months < months_needed:
        return found(
            "R20", fact,
            f"Your last steroid injection into the scalp was {months:g} months ago; "
            f"{months_needed:g} is asked for.",
            value=months, limit=months_needed, unit="months",
        )  # fmt: skip
    if months is None and injected is not None:
        return ask("R20", fact, ("health.months_since_scalp_steroid_injection",))
    return None


def r21_isotretinoin(person: Person, fact: Rule) -> Finding | None:
    """Defer during and after isotretinoin."""
    months = person.health.months_since_isotretinoin
    needed = limit(fact, "months_off", "months")
    if months is None or months >= needed:
        return None
    spa = limit(fact, "months_off_spa", "months")
    return found(
        "R21", fact,
        f"Your last isotretinoin was {months:g} months ago; {needed:g} are assumed here (the page "
        f"of a spa says {spa:g}).",
        value=months, limit=needed, unit="months",
    )  # fmt: skip


def r24_allergy(person: Person, fact: Rule) -> Finding | None:
    """Stop with an allergy to an ingredient or after an earlier reaction."""
    return any_yes("R24", fact, person, {
        "allergy_to_ingredient": "You are allergic to something in the treatment.",
        "earlier_exosome_reaction": "You reacted badly to an exosome product before.",
    })  # fmt: skip


def r25_uncontrolled_disease(person: Person, fact: Rule) -> Finding | None:
    """Defer while a metabolic, hormonal, liver or kidney disease is not under control."""
    return any_yes("R25", fact, person, {
        "uncontrolled_disease":
            "A disease of sugar, thyroid, liver, kidney or hormones is not under control.",
    })  # fmt: skip


def r27_smoker(person: Person, fact: Rule) -> Finding | None:
    """Caution for smokers."""
    return any_yes("R27", fact, person, {"smoker": "You smoke."})


def r33_expectations(person: Person, fact: Rule) -> Finding | None:
    """Caution with distress about looks or a goal that cannot be reached."""
    return any_yes("R33", fact, person, {
        "body_image_distress": "Thoughts about your looks trouble you.",
        "expects_full_regrowth": "You hope for more than any treatment gives.",
    })  # fmt: skip
