"""What an option asks of a person beside money: visits, doses, hours, and kinds of treatment."""

from anagen.facts.base import Quantity, Slug
from anagen.facts.store import Facts
from anagen.facts.treatment import Demand, DemandKind, Option, Regimen, bounds
from anagen.frozen import Record
from anagen.plan.options import find_option, holds_on, regimens_of, treatments_of

MINUTES_PER_HOUR = 60


class CountRange(Record):
    """From so many to so many."""

    low: float
    high: float


class Burden(Record):
    """What an option asks of a person in a year.

    `visits_*` count the sessions, each as one visit; nothing else is counted, since nothing else
    was collected. `has_sessions` is false where the option consists of none. `applications_*` are
    doses, or sessions at home. `hours_per_year` is there only where minutes were collected. Missing
    numbers are not known.
    """

    demands: list[DemandKind]
    source: list[Slug]
    has_sessions: bool
    visits_first_year: CountRange | None = None
    visits_per_later_year: CountRange | None = None
    visits_in_all: CountRange | None = None
    applications_per_year: CountRange | None = None
    hours_per_year: CountRange | None = None


SESSION_KINDS = frozenset({"needles", "surgery"})
"""What is done to a person in sessions, whether or not their number was collected."""


def burden_of(option: str, facts: Facts) -> Burden:
    """Return what an option asks of a person.

    The sessions of a combination that is given in one go are those of the component under question;
    doses of components are added.

    Raises
    ------
    InputError
        If there is no such option.
    """
    chosen = find_option(option, facts)
    demands: list[Demand] = [
        demand
        for _, treatment in treatments_of(chosen, facts)
        for demand in treatment.demands
        if holds_on(chosen.route, demand.routes)
    ]
    kinds = list(dict.fromkeys(demand.kind for demand in demands))
    regimens = regimens_of(chosen, facts)
    counted = _session_regimens(chosen, [regimen for _, regimen in regimens])
    operations = _span([regimen.sessions_lifetime for regimen in counted])
    applications = _added(chosen, regimens)
    return Burden(
        demands=kinds,
        source=_sources(demands, [regimen for _, regimen in regimens]),
        has_sessions=bool(SESSION_KINDS & set(kinds)) or any(map(_has_sessions, counted)),
        visits_first_year=_span([regimen.sessions_first_year for regimen in counted]),
        visits_per_later_year=_span([regimen.sessions_per_later_year for regimen in counted]),
        visits_in_all=operations,
        applications_per_year=applications,
        hours_per_year=_hours([regimen for _, regimen in regimens]),
    )


def _sources(demands: list[Demand], regimens: list[Regimen]) -> list[Slug]:
    """Return what a burden rests on, each source once."""
    facts: list[Quantity | Demand | None] = list(demands)
    for regimen in regimens:
        facts += [
            regimen.sessions_first_year, regimen.sessions_per_later_year,
            regimen.sessions_lifetime, regimen.applications_per_year,
            regimen.minutes_per_application,
        ]  # fmt: skip
    return list(dict.fromkeys(key for fact in facts if fact is not None for key in fact.source))


def _has_sessions(regimen: Regimen) -> bool:
    return regimen.sessions_first_year is not None or regimen.sessions_lifetime is not None


def _session_regimens(option: Option, regimens: list[Regimen]) -> list[Regimen]:
    """Return the regimens whose sessions are counted: those of the option's route, if any."""
    own = [r for r in regimens if option.route in r.routes and _has_sessions(r)]
    return own or regimens


def _span(quantities: list[Quantity | None]) -> CountRange | None:
    """Return the lowest and highest of the counts that are known."""
    ends = [bounds(quantity) for quantity in quantities if quantity is not None]
    if not ends:
        return None
    return CountRange(low=min(low for low, _ in ends), high=max(high for _, high in ends))


def _added(option: Option, regimens: list[tuple[Slug, Regimen]]) -> CountRange | None:
    """Add the doses of the components; one whose doses are not known adds none."""
    spans = [
        _span([regimen.applications_per_year for owner, regimen in regimens if owner == name])
        for name in option.components
    ]
    known = [span for span in spans if span is not None]
    if not known:
        return None
    return CountRange(low=sum(s.low for s in known), high=sum(s.high for s in known))


def _hours(regimens: list[Regimen]) -> CountRange | None:
    """Return the hours of a year at home, where the minutes of one time were collected."""
    hours = []
    for regimen in regimens:
        times, minutes = regimen.applications_per_year, regimen.minutes_per_application
        if times is not None and minutes is not None:
            pairs = zip(bounds(times), bounds(minutes), strict=True)
            hours.append([count * length / MINUTES_PER_HOUR for count, length in pairs])
    if not hours:
        return None
    return CountRange(low=sum(low for low, _ in hours), high=sum(high for _, high in hours))
