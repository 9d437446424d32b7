"""What was noticed, refused where it contradicts itself or another answer."""

from anagen.candidacy.clues import answer_of, contradicted
from anagen.candidacy.finding import singular
from anagen.candidacy.noticed import Noticed
from anagen.candidacy.person import Health, Person
from anagen.errors import InputError
from anagen.facts import Facts

MONTHS_PER_YEAR = 12
WEEKS_PER_YEAR = 52

_LISTS = (
    "noticed.pattern",
    "noticed.scalp_signs",
    "noticed.triggers",
    "noticed.medicines",
    "noticed.hairstyles",
    "examination.trichoscopy",
)
_ALL_GONE = ("all_scalp_hair", "all_body_hair")
_BESIDE_ALL_GONE = {*_ALL_GONE, "eyebrows_or_lashes"}
_ONLY_WOMEN = ("childbirth", "stopped_contraceptive_pill")
_EMPTY = (
    ("noticed.triggers", "noticed.weeks_since_trigger", "a number stands here"),
    ("noticed.hairstyles", "noticed.years_of_hairstyle", "a number stands here"),
    ("noticed.hairstyles", "health.traction_continues", "is yes"),
    ("noticed.pattern", "health.sudden_patchy_loss", "is yes"),
    ("noticed.pattern", "health.complete_loss", "is yes"),
)
"""A list that names nothing, and an answer that needs one of it."""


def check_noticed(person: Person, facts: Facts) -> None:
    """Refuse what was noticed or found where it cannot all be so.

    Raises
    ------
    InputError
        With one sentence that names the keys.
    """
    _check_lists(person)
    for listed, key, said in _EMPTY:
        value = answer_of(person, key)
        if answer_of(person, listed) == [] and value not in (None, "no"):
            raise InputError(f"{key}: {said}, but {listed} is empty; correct one of the two")
    if person.noticed is not None:
        _check_times(person.noticed, person.age_years)
        _check_against_health(person.noticed, person.health)
        _check_sex(person.noticed, person)
    slip = contradicted(person, facts)
    if slip is not None:
        key, other = slip
        raise InputError(f"{key}: is no, but {other} says otherwise; correct one of the two")


def _check_lists(person: Person) -> None:
    for key in _LISTS:
        named = answer_of(person, key)
        if isinstance(named, list) and len(set(named)) < len(named):
            raise InputError(f"{key}: an entry stands twice; name each once")
    pattern = answer_of(person, "noticed.pattern")
    places = set(pattern) if isinstance(pattern, list) else set()
    if places & set(_ALL_GONE) and places - _BESIDE_ALL_GONE:
        gone = next(word for word in _ALL_GONE if word in places)
        raise InputError(
            f"noticed.pattern: names {gone} and a single place as well; keep what is so now"
        )


def _check_times(noticed: Noticed, age_years: float) -> None:
    """Refuse times longer than life, and a beginning that the speed of the loss forbids."""
    months, weeks = noticed.months_since_onset, noticed.weeks_since_trigger
    years = noticed.years_of_hairstyle
    for key, number, in_years, unit in (
        ("months_since_onset", months, MONTHS_PER_YEAR, "months"),
        ("weeks_since_trigger", weeks, WEEKS_PER_YEAR, "weeks"),
        ("years_of_hairstyle", years, 1, "years"),
    ):
        if isinstance(number, float) and number > in_years * age_years:
            raise InputError(f"noticed.{key}: {number:g} {unit} is more than the age; correct it")
    if noticed.onset == "years" and isinstance(months, float) and months < MONTHS_PER_YEAR:
        said = f"noticed.onset: is years, but the loss began {months:g} months ago; correct one"
        raise InputError(f"{singular(said)} of the two")


def _check_against_health(noticed: Noticed, health: Health) -> None:
    """Refuse what was noticed where an answer about health says otherwise."""
    began, months = health.months_since_shedding_began, noticed.months_since_onset
    if began is not None and isinstance(months, float) and began > months:
        raise InputError(
            f"health.months_since_shedding_began: is {began:g}, but noticed.months_since_onset is "
            f"{months:g}; correct one of the two"
        )
    if noticed.after_menopause == "yes":
        for key in ("pregnant", "breastfeeding"):
            if getattr(health, key) == "yes":
                raise InputError(
                    f"noticed.after_menopause: is yes, but health.{key} is yes; correct one of the "
                    "two"
                )


def _check_sex(noticed: Noticed, person: Person) -> None:
    if person.sex == "female":
        return
    triggers = noticed.triggers if isinstance(noticed.triggers, list) else []
    for trigger in triggers:
        if trigger in _ONLY_WOMEN:
            raise InputError(
                f"noticed.triggers: names {trigger}, but sex is male; correct one of the two"
            )
    if noticed.after_menopause == "yes":
        raise InputError("noticed.after_menopause: is yes, but sex is male; correct one of the two")
