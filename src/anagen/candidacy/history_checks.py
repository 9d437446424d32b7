"""What a history of treatments cannot say: contradictions, and slips of the pen."""

from anagen.candidacy.history import (
    BY_SESSION,
    LOTIONS,
    OPERATIONS,
    TABLETS,
    UsedTreatment,
    used,
)
from anagen.candidacy.person import Health, Person
from anagen.errors import InputError
from anagen.facts import Facts

MONTHS_PER_YEAR = 12
DAYS_PER_MONTH = 365.25 / MONTHS_PER_YEAR

_ONLY_FOR = {
    "dose_mg_per_day": (TABLETS, "holds for tablets only"),
    "strength_percent": (LOTIONS, "holds for lotions, foams and sprays only"),
    "sessions": (BY_SESSION, "holds for treatments by session only"),
}
_NEVER_OF_OPERATIONS = ("months_used", "adherence")


def check_history(person: Person, facts: Facts) -> None:
    """Refuse a history that cannot be.

    Raises
    ------
    InputError
        One sentence: where, what, and what to do.
    """
    history = person.history or []
    named = [one.treatment for one in history if one.treatment != "other"]
    for treatment in named:
        if named.count(treatment) > 1:
            raise InputError(f"history: {treatment} stands there twice; keep the latest")
    for one in history:
        _check_keys(one)
        _check_times(one, person.age_years)
        _check_amounts(one, facts)
        _check_reasons(one)
    _check_against_health(history, person.health)


def _check_keys(one: UsedTreatment) -> None:
    for key, (kind, what) in _ONLY_FOR.items():
        if getattr(one, key) is not None and one.treatment not in kind:
            raise InputError(f"history.{one.treatment}: {key} {what}; leave it out")
    for key in _NEVER_OF_OPERATIONS:
        if getattr(one, key) is not None and one.treatment in OPERATIONS:
            raise InputError(
                f"history.{one.treatment}: {key} says nothing of an operation; leave it out"
            )


def _check_times(one: UsedTreatment, age_years: float) -> None:
    life_months = MONTHS_PER_YEAR * age_years
    since, used_months = one.months_since_last_dose or 0.0, one.months_used or 0.0
    for key, months in (("months_since_last_dose", since), ("months_used", used_months)):
        if months > life_months:
            raise InputError(
                f"history.{one.treatment}: {key} is {months:g} months, more than the age; "
                "correct it"
            )
    if since + used_months > life_months:
        raise InputError(
            f"history.{one.treatment}: {used_months:g} months of use that ended {since:g} months "
            "ago are more than the age; correct them"
        )


def _check_amounts(one: UsedTreatment, facts: Facts) -> None:
    bounds = facts.scales["plausible_values"].limits
    for key, unit in (("dose_mg_per_day", "mg a day"), ("strength_percent", "%")):
        amount, name = getattr(one, key), f"{one.treatment}.{key}"
        if amount is not None and amount > bounds[name].number():
            raise InputError(
                f"history.{one.treatment}: {key} {amount:g} is more than "
                f"{bounds[name].number():g} {unit}; correct it"
            )
    most = bounds["sessions"].number()
    if one.sessions is not None and one.sessions > most:
        raise InputError(
            f"history.{one.treatment}: sessions {one.sessions} is more than {most:g}; correct it"
        )
    if one.sessions is not None and one.months_used is not None:
        days = one.months_used * DAYS_PER_MONTH
        if one.sessions > 1 + days:
            raise InputError(
                f"history.{one.treatment}: {one.sessions} sessions within months_used "
                f"{one.months_used:g} are more than one a day; correct one of the two"
            )


def _check_reasons(one: UsedTreatment) -> None:
    if one.why_stopped not in (None, "unknown") and one.is_now:
        raise InputError(
            f"history.{one.treatment}: why_stopped is given, but months_since_last_dose is 0, "
            "which means that it is being used; correct one of the two"
        )
    if one.why_stopped == "no_effect" and one.response in ("better", "held"):
        raise InputError(
            f"history.{one.treatment}: why_stopped is no_effect, but response is {one.response}; "
            "correct one of the two"
        )


_ALSO_IN_HEALTH = {
    "hair_transplant": "months_since_hair_transplant",
    "steroid_intralesional": "months_since_scalp_steroid_injection",
}


def _check_against_health(history: list[UsedTreatment], health: Health) -> None:
    """Refuse what `health` says otherwise; an operation elsewhere on the scalp may be later."""
    for treatment, key in _ALSO_IN_HEALTH.items():
        one, months = used(history, treatment), getattr(health, key)
        ago = None if one is None else one.months_since_last_dose
        if ago is not None and months is not None and months < ago:
            raise InputError(
                f"health.{key}: is {months:g}, but history says that the last {treatment} was "
                f"{ago:g} months ago; correct one of the two"
            )
    exosome = used(history, "exosome")
    if (
        exosome is not None
        and exosome.why_stopped == "side_effects"
        and health.earlier_exosome_reaction == "no"
    ):
        raise InputError(
            "health.earlier_exosome_reaction: is no, but history says that exosomes were stopped "
            "for side effects; correct one of the two"
        )
