"""One answer for many: what somebody who is otherwise healthy answers with no at once."""

import msgspec

from anagen.candidacy.clues import answer_of, with_implied_answers
from anagen.candidacy.history import used
from anagen.candidacy.person import ILLNESS_OR_MEDICINE, Health, Person
from anagen.facts import Facts


def _marked() -> tuple[tuple[str, bool], ...]:
    """Return the keys of the health block that are marked, and whether each is for men only."""
    return tuple(
        (name, (meta.description or "").startswith("Men: "))
        for name, annotation in Health.__annotations__.items()
        for meta in getattr(annotation, "__metadata__", ())
        if (meta.extra or {}).get(ILLNESS_OR_MEDICINE)
    )


MARKED = _marked()

_SPOKEN_AGAINST: tuple[tuple[str, frozenset[str] | None, tuple[str, ...]], ...] = (
    ("health.active_cancer", frozenset({"yes"}), ("cancer_history",)),
    ("health.years_in_remission", None, ("cancer_history",)),
    (
        "health.years_since_chemotherapy_or_radiotherapy",
        None,
        ("chemotherapy_or_radiotherapy", "scalp_radiotherapy", "active_cancer", "cancer_history"),
    ),
    (
        "health.chemotherapy_or_radiotherapy",
        frozenset({"yes"}),
        ("scalp_radiotherapy", "active_cancer", "cancer_history"),
    ),
    ("health.scalp_radiotherapy", frozenset({"yes"}), ("active_cancer", "cancer_history")),
    (
        "condition",
        frozenset({"chemotherapy_or_radiotherapy_alopecia"}),
        ("chemotherapy_or_radiotherapy", "scalp_radiotherapy", "active_cancer", "cancer_history"),
    ),
    (
        "condition",
        frozenset({"syphilitic_or_malnutrition_alopecia"}),
        ("untreated_infection_or_tuberculosis",),
    ),
    ("health.days_without_symptoms", None, ("recent_fever_or_illness",)),
    ("noticed.triggers", frozenset({"fever_or_infection"}), ("recent_fever_or_illness",)),
    ("health.platelets_e9_per_l", None, ("bleeding_disorder",)),
    ("health.days_since_systemic_corticosteroid", None, ("immunosuppressed",)),
    ("noticed.medicines", frozenset({"anticoagulant"}), ("anticoagulant",)),
    (
        "noticed.medicines",
        frozenset({"beta_blocker"}),
        ("blood_pressure_medicine", "heart_disease", "low_blood_pressure"),
    ),
    (
        "noticed.medicines",
        frozenset({"chemotherapy"}),
        ("scalp_radiotherapy", "active_cancer", "cancer_history"),
    ),
)
"""Another answer, the words in it (or any at all), and the questions that then stay open."""

_TAKEN_AGAINST: dict[str, tuple[str, ...]] = {
    "spironolactone": ("raised_potassium", "potassium_raising_medicine", "blood_pressure_medicine"),
    "minoxidil_oral": ("blood_pressure_medicine", "low_blood_pressure"),
    "baricitinib": ("immunosuppressed",),
    "ritlecitinib": ("immunosuppressed",),
    "deuruxolitinib": ("immunosuppressed",),
}
"""A treatment in use, and the questions that then stay open."""


def with_assumed_answers(person: Person, facts: Facts) -> Person:
    """Return the person with what `otherwise_healthy: yes` answers with no, and its names.

    Only a question that is left open is answered so, and none that another answer speaks against:
    it stays open and is asked.

    Parameters
    ----------
    person:
        A checked person.
    facts:
        The facts, for what follows from other answers.
    """
    if person.health.otherwise_healthy != "yes":
        return person
    health = with_implied_answers(person, facts).health
    kept_open = _kept_open(msgspec.structs.replace(person, health=health))
    names = [
        name
        for name, is_for_men in MARKED
        if getattr(health, name) in (None, "unknown")
        and name not in kept_open
        and not (is_for_men and person.sex == "female")
    ]
    return msgspec.structs.replace(
        person,
        health=msgspec.structs.replace(person.health, **dict.fromkeys(names, "no")),
        assumed_no=[f"health.{name}" for name in names],
    )


def _kept_open(person: Person) -> set[str]:
    """Return the questions that another answer of the person speaks against a no to."""
    found: set[str] = set()
    for key, words, names in _SPOKEN_AGAINST:
        said = answer_of(person, key)
        given = {str(entry) for entry in (said if isinstance(said, list) else [said])}
        if said is not None and (words is None or words & given):
            found.update(names)
    for treatment, names in _TAKEN_AGAINST.items():
        one = used(person.history, treatment)
        if one is not None and one.is_now:
            found.update(names)
    return found
