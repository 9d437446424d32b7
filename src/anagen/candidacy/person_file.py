"""A person file, read and checked: one file, one record, one sentence for each fault."""

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import msgspec
from msgspec.structs import fields

from anagen import strict_yaml
from anagen.candidacy.history_checks import MONTHS_PER_YEAR, check_history
from anagen.candidacy.noticed_check import check_noticed
from anagen.candidacy.otherwise_healthy import with_assumed_answers
from anagen.candidacy.person import NOT_WRITTEN, UNSTATED, Person
from anagen.candidacy.person_words import blocks, said
from anagen.candidacy.scales import check_severity
from anagen.candidacy.wishes import Wishes
from anagen.errors import InputError
from anagen.facts import Facts, Sex, load
from anagen.facts.base import explain
from anagen.facts.vocabulary import Term
from anagen.facts.words import near, shown

UNKNOWN = "unknown"
"""An answer at every key that may be left out."""
MOST_DAYS_PER_YEAR = 366

MAX_PERSON_BYTES = 65_536
MAX_PERSON_NODES = 1_000


def read_person(path: Path, facts: Facts | None = None) -> Person:
    """Read and check one person file.

    Parameters
    ----------
    path:
        A YAML file; see `examples/` and `docs/contracts/`.
    facts:
        The facts, for ids and bounds; the package's own if left out.

    Raises
    ------
    InputError
        If the file cannot be read, or anything in it is unknown, impossible or contradictory; one
        sentence names the file, the key and what to do.
    """
    value = strict_yaml.read(path, max_bytes=MAX_PERSON_BYTES, max_nodes=MAX_PERSON_NODES)
    return person_from(value, path.name, path.stem, facts)


def person_from(value: object, name: str, label: str, facts: Facts | None = None) -> Person:
    """Check plain values that describe a person.

    Parameters
    ----------
    value:
        Plain values, as a YAML or JSON document gives them.
    name:
        What to call the document in a message.
    label:
        The label where the document gives none; it is turned into a short name.
    facts:
        The facts; the package's own if left out.

    Raises
    ------
    InputError
        See `read_person`.
    """
    facts = facts or load()
    if value is None:
        raise InputError(
            f"{name}: is empty; start from a file of examples/ or of 'anagen person new'"
        )
    if not isinstance(value, dict):
        raise InputError(
            f"{name}: holds {_kind(value)} where a block of keys is wanted; start from a file of "
            "examples/ or of 'anagen person new'"
        )
    document = _with_history(cast("dict[str, object]", value), name)
    document = _without_unknown(document, "")
    try:
        _check_plain(document, facts)
        person = _converted(document, facts)
        if not person.age_years:  # no minus zero
            person = msgspec.structs.replace(person, age_years=0.0)
        if "label" not in document:
            person = msgspec.structs.replace(person, label=short_name(label))
        _check_bounds(person, facts)
        _check_measured(person)
        _check_answers(person)
        _check_wishes(person, facts)
        _check_offer(person, facts)
        check_noticed(person, facts)
        check_history(person, facts)
        check_severity(person, facts.scales)
        person = with_assumed_answers(person, facts)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return person


def _with_history(document: dict[str, object], name: str) -> dict[str, object]:
    """Return a document whose `history` holds what older files keep in `health.hair_medicines`."""
    health = document.get("health")
    if not isinstance(health, dict) or "hair_medicines" not in health:
        return document
    if "history" in document:
        raise InputError(
            f"{name}: health.hair_medicines: history says the same; keep history and remove it"
        )
    rest = {key: value for key, value in health.items() if key != "hair_medicines"}
    return {**document, "health": rest, "history": health["hair_medicines"]}


def _without_unknown(block: dict[str, object], path: str) -> dict[str, object]:
    """Return a block of a document without the keys that are answered with unknown.

    It says the same as leaving the key out, and so does a block in which nothing else stands. A
    key that must be answered stays, and is refused where it is read.
    """
    record = blocks().get(path)
    if record is None:
        return block
    required = {field.name for field in fields(record) if field.required}
    kept: dict[str, object] = {}
    for key, value in block.items():
        below = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict):
            inside = _without_unknown(value, below)
            if value and all(_is_unknown(entry) for entry in inside.values()):
                continue
            kept[key] = inside
        elif isinstance(value, list):
            kept[key] = [
                _without_unknown(entry, f"{below}[]") if isinstance(entry, dict) else entry
                for entry in value
            ]
        elif not _is_unknown(value) or key in required or key not in record.__struct_fields__:
            kept[key] = value
    return kept


def _is_unknown(value: object) -> bool:
    return isinstance(value, str) and value == UNKNOWN


def _converted(document: dict[str, object], facts: Facts) -> Person:
    try:
        return msgspec.convert(document, Person)
    except msgspec.ValidationError as error:
        raise InputError(said(explain(error), facts)) from error


def short_name(text: str) -> str:
    """Return a name that is safe as a folder's: letters, digits, hyphens and underscores.

    Examples
    --------
    >>> short_name("my file (2)")
    'my_file_2'
    """
    limit = 60  # the same as Person.label allows
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-")[:limit] or "person"


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    return "one number" if isinstance(value, int | float) else "one piece of text"


def _numbers(value: object, where: str) -> Iterator[tuple[str, int | float]]:
    """Yield every number of a document with its key."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _numbers(entry, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for entry in value:
            yield from _numbers(entry, f"{where}[]")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield where, value


def _check_plain(document: dict[str, object], facts: Facts) -> None:
    """Check what a type alone cannot say well: numbers, keys, ids and the date."""
    _check_keys(document)
    date = document.get("session_date")
    if date is not None:
        _check_date(date, facts)
    for where, number in _numbers(document, ""):
        largest = math.inf if where.startswith(_OWN_BOUND) else MAX_NUMBER
        if abs(number) > largest or not math.isfinite(number):
            raise InputError(f"{where}: the number is impossibly large; correct it")
    for key, kind in (("condition", "conditions"), ("jurisdiction", "jurisdictions")):
        terms = getattr(facts.vocabulary, kind)
        known = {k: term for k, term in terms.items() if k != "international"}
        word = document.get(key)
        if isinstance(word, list):
            raise InputError(f"{key}: holds a list; give one (for two, write a file for each)")
        if isinstance(word, str) and word not in known:
            meant = _meant(word, known)
            if meant is not None:
                hint = f"did you mean {meant}?"
            elif key == "jurisdiction":
                places = ", ".join(k for k in known if k != "other")
                hint = f"write one of {places}, or other for any other place"
            else:
                hint = near(word, list(known))
            raise InputError(f"{key}: {shown(word)} is not known; {hint}")


def _meant(word: str, terms: Mapping[str, Term]) -> str | None:
    """Return the id that a word stands for in other letters or by another name, if any."""
    folded = word.strip().lower()
    for key, term in terms.items():
        if folded in map(str.lower, (key, term.label, *term.also)):
            return key
    return None


MAX_NUMBER = 1_000_000
"""A bound on every number of a person file, far above any of them: a guard for the arithmetic."""

_OWN_BOUND = ("wishes.budget_", "product.price")
"""Money, which small units make a large number of; its bound is a fact."""


def _check_keys(document: dict[str, object]) -> None:
    """Refuse unknown keys in every block, with the nearest known one."""
    for path, record in blocks().items():
        if "[]" in path:
            continue  # the record refuses these itself
        block: object = document
        for name in path.split(".") if path else ():
            block = block.get(name) if isinstance(block, dict) else None
        known = [k for k in record.__struct_fields__ if path or k not in NOT_WRITTEN]
        for key in block if isinstance(block, dict) else ():
            if not path and key in NOT_WRITTEN:
                raise InputError(
                    f"{key}: is worked out and never written; remove it, and answer "
                    "health.otherwise_healthy"
                )
            if key not in known:
                where = f"{path}.{shown(key)[1:-1]}" if path else shown(key)[1:-1]
                raise InputError(f"{where}: unknown key; {near(str(key), known, cutoff=0.6)}")


def _check_date(date: object, facts: Facts) -> None:
    wanted = "write a day of the calendar as 2026-11-20"
    if not isinstance(date, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
        raise InputError(f"session_date: {shown(date)} is not a date; {wanted}")
    try:
        day = datetime.date.fromisoformat(date)
    except ValueError as error:
        raise InputError(f"session_date: there is no day {date}; {wanted}") from error
    span = facts.scales["plausible_values"].limits["years_from_facts"].number()
    years = abs(day.year - datetime.date.fromisoformat(facts.about.collected_on).year)
    if years > span:
        raise InputError(
            f"session_date: {date} is more than {span:g} years away from these facts "
            f"({facts.about.collected_on}); correct the year"
        )


def _check_bounds(person: Person, facts: Facts) -> None:
    """Refuse numbers that can only be slips of the pen; the bounds are facts."""
    bounds = facts.scales["plausible_values"].limits
    measured, health, wishes = person.measured, person.health, person.wishes
    product = person.product
    values: dict[str, tuple[str, float | None, str]] = {
        "age_years": ("age_years", person.age_years, "give the age in years"),
        "density_per_cm2": (
            "measured.density_per_cm2",
            measured.density_per_cm2 if measured else None,
            "give hairs per square centimetre",
        ),
        "shaft_diameter_um": (
            "measured.shaft_diameter_um",
            measured.shaft_diameter_um if measured else None,
            "give micrometres",
        ),
        "anagen_percent": (
            "measured.anagen_percent",
            measured.anagen_percent if measured else None,
            "give the share of growing hairs in percent (75, not 0.75)",
        ),
        "platelets_e9_per_l": (
            "health.platelets_e9_per_l",
            health.platelets_e9_per_l,
            "give the count in 10^9 per litre (250, not 250000)",
        ),
        "budget": (
            f"wishes.{_budget_key(wishes)}",
            getattr(wishes, _budget_key(wishes), None),
            "give the amount of money in the units of budget_currency",
        ),
        "most_visits_per_year": (
            "wishes.most_visits_per_year",
            wishes.most_visits_per_year if wishes else None,
            "give visits in a year",
        ),
    }
    values["sessions"] = (
        "product.sessions_offered",
        product.sessions_offered if product else None,
        "give the number of sessions",
    )
    examination = person.examination
    for name, hint in _LABORATORY_HINTS.items():
        found = getattr(examination, name) if examination else None
        values[name] = (f"examination.{name}", found if found != "unknown" else None, hint)
    price = product.price if product else None
    dear = ("product.price", price, "give the amount of money in the units of price_currency")
    for name, (key, value, hint) in [*values.items(), ("budget", dear)]:
        highest, lowest = bounds[name].number(), bounds[name].low
        if value is not None and value > highest:
            raise InputError(f"{key}: {value:.15g} is more than {highest:.15g}; {hint}")
        if value is not None and lowest is not None and value < lowest:
            raise InputError(f"{key}: {value:g} is less than {lowest:g}; {hint}")


def _check_measured(person: Person) -> None:
    """Refuse a kind of count where no count stands."""
    measured = person.measured
    is_named = measured is not None and measured.measure != "unknown"
    if measured is not None and is_named and measured.density_per_cm2 is None:
        raise InputError(
            "measured.measure: says what was counted, but density_per_cm2 has no number; give "
            "the hairs per square centimetre, or leave measure out"
        )


_LABORATORY_HINTS = {
    "ferritin_ug_per_l": "give micrograms per litre",
    "haemoglobin_g_per_l": "give grams per litre (140, not 14)",
    "tsh_miu_per_l": "give milli-units per litre",
}


def _budget_key(wishes: Wishes | None) -> str:
    """Return the key that holds the budget."""
    is_total = wishes is not None and wishes.budget_total is not None
    return "budget_total" if is_total else "budget_per_year"


def _check_wishes(person: Person, facts: Facts) -> None:
    """Refuse a budget that cannot be held against a price."""
    wishes = person.wishes
    if wishes is None:
        return
    if wishes.budget_per_year is not None and wishes.budget_total is not None:
        raise InputError(
            "wishes.budget_total: budget_per_year stands there too; keep the one that you mean"
        )
    considers = wishes.considers or []
    if len(set(considers)) < len(considers):
        raise InputError("wishes.considers: a treatment stands twice; name each once")
    has_budget = wishes.budget_per_year is not None or wishes.budget_total is not None
    currency = wishes.budget_currency
    if has_budget and currency is None:
        raise InputError(
            f"wishes.{_budget_key(wishes)}: in which currency is not said; add budget_currency, "
            "such as USD, EUR or GBP"
        )
    _check_currency("wishes.budget_currency", currency, facts)
    if currency is not None and not has_budget:
        raise InputError(
            "wishes.budget_currency: a currency without a budget; add budget_per_year or "
            "budget_total, or remove it"
        )
    if wishes.budget_total is not None and wishes.horizon_years is None:
        raise InputError(
            "wishes.budget_total: over how many years is not said; add horizon_years: 1 or 5"
        )


def _check_currency(key: str, currency: str | None, facts: Facts) -> None:
    """Refuse a currency that is no code of the vocabulary."""
    known = facts.vocabulary.currencies
    if currency is not None and currency not in known:
        meant = _meant(currency, known)
        hint = f"did you mean {meant}?" if meant else "write a code such as USD, EUR or GBP"
        raise InputError(f"{key}: {shown(currency)} is not known; {hint}")


def _check_offer(person: Person, facts: Facts) -> None:
    """Refuse a price without its currency, and a currency without a price."""
    product = person.product
    if product is None:
        return
    if product.price is not None and product.price_currency is None:
        raise InputError(
            "product.price: in which currency is not said; add price_currency, such as USD, EUR "
            "or GBP"
        )
    _check_currency("product.price_currency", product.price_currency, facts)
    if product.price_currency is not None and product.price is None:
        raise InputError(
            "product.price_currency: a currency without a price; add price, or remove it"
        )


_ONLY_OF_SEX: tuple[tuple[str, Sex], ...] = (
    ("pregnant", "female"),
    ("breastfeeding", "female"),
    ("could_become_pregnant", "female"),
    ("prostate_disease_or_psa_test", "male"),
)
"""An answer whose yes only one sex can give."""
_FOLLOW_UPS = (
    ("chemotherapy_or_radiotherapy", "years_since_chemotherapy_or_radiotherapy"),
    ("cancer_history", "years_in_remission"),
    ("recent_fever_or_illness", "days_without_symptoms"),
    ("sudden_diffuse_shedding", "months_since_shedding_began"),
    ("isotretinoin", "months_since_isotretinoin"),
)
"""An answer, and the number that makes sense only where it is not no."""


_SPANS = {
    "years_in_remission": 1,
    "years_since_chemotherapy_or_radiotherapy": 1,
    "months_since_shedding_began": MONTHS_PER_YEAR,
    "months_since_scalp_steroid_injection": MONTHS_PER_YEAR,
    "months_since_isotretinoin": MONTHS_PER_YEAR,
    "days_since_systemic_corticosteroid": MOST_DAYS_PER_YEAR,
    "days_without_symptoms": MOST_DAYS_PER_YEAR,
    "hours_since_nsaid": 24 * MOST_DAYS_PER_YEAR,
}
"""Spans of time that cannot be longer than life, and how many of their unit make a year."""


def _check_registrations(person: Person) -> None:
    """Refuse a number of a study that holds no digit: it would settle the law by a word."""
    for key in ("ind_number", "trial_number"):
        number = getattr(person.product, key) if person.product else None
        if number is not None and not re.search("[0-9]", number):
            raise InputError(
                f"product.{key}: holds no digit; write the number, or leave it out if it is not "
                "known"
            )


def _check_answers(person: Person) -> None:
    """Refuse answers that contradict each other."""
    health = person.health
    for key, sex in _ONLY_OF_SEX:
        if person.sex != sex and getattr(health, key) == "yes":
            raise InputError(
                f"health.{key}: is yes, but sex is {person.sex}; correct one of the two"
            )
    for answer, number in _FOLLOW_UPS:
        is_effluvium = (
            answer == "sudden_diffuse_shedding" and person.condition == "telogen_effluvium"
        )
        if getattr(health, answer) == "no" and getattr(health, number) is not None:
            if is_effluvium:
                continue
            raise InputError(
                f"health.{number}: a number stands here, but health.{answer} is no; correct one "
                "of the two"
            )
    if health.active_cancer == "yes" and health.cancer_history == "no":
        raise InputError(
            "health.cancer_history: is no, but health.active_cancer is yes; correct one of the two"
        )
    if health.active_cancer == "yes" and health.years_in_remission is not None:
        raise InputError(
            "health.years_in_remission: a number stands here, but health.active_cancer is yes; "
            "correct one of the two"
        )
    months = health.months_since_hair_transplant
    if months is not None and months > MONTHS_PER_YEAR * person.age_years:
        raise InputError(
            f"health.months_since_hair_transplant: {months:g} months is more than the age; "
            "correct it"
        )
    for key, a_year in _SPANS.items():
        span = getattr(health, key)
        if span is not None and span > a_year * person.age_years:
            unit = key.split("_")[0]
            raise InputError(f"health.{key}: {span:g} {unit} is more than the age; correct it")
    _check_registrations(person)
    for key, entry in (("scarring_signs", "a sign"), ("reacted_to", "a treatment")):
        named_here = getattr(health, key)
        if isinstance(named_here, list) and len(set(named_here)) < len(named_here):
            raise InputError(f"health.{key}: {entry} stands twice; name each once")
    pulls = ("traction_alopecia", UNSTATED)
    if person.condition not in pulls and health.traction_continues == "yes":
        raise InputError(
            "health.traction_continues: is yes, but condition is not traction_alopecia; correct "
            "one of the two"
        )
