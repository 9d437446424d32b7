"""The protocol around a session as a timeline: before, during, after, diary, visits."""

import datetime
import math
from typing import Literal

import msgspec

from anagen.candidacy import Person
from anagen.facts import Facts, Record, Status
from anagen.facts.rule import Step

Phase = Literal["before", "during", "after", "diary", "visit"]

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7

KEEP_TAKING = (
    "You take a blood-thinning medicine that was prescribed: go on taking it. Whether anything "
    "about it changes is decided by whoever prescribed it, never for a cosmetic session."
)


class OtherWord(Record):
    """What another page says about the same step; `is_article` marks one of the articles."""

    text: str
    source: list[str]
    is_article: bool


class TimelineItem(Record):
    """One entry of the timeline.

    Days count from the session (negative: before; a step without hours has neither). The dates
    are there where the day of the session is known. `conflicts` lists what each page says where
    they disagree; `advice` is what is printed then. `keep_taking` is set on steps about painkillers
    for a person on a prescribed blood-thinning medicine.
    """

    id: str
    phase: Phase
    text: str
    source: list[str]
    status: Status
    from_hours: float | None = None
    to_hours: float | None = None
    from_days: int | None = None
    to_days: int | None = None
    from_date: datetime.date | None = None
    to_date: datetime.date | None = None
    lasts_minutes: float | None = None
    advice: str | None = None
    exception: str | None = None
    alternative: str | None = None
    keep_taking: str | None = None
    conflicts: list[OtherWord] = msgspec.field(default_factory=list)
    evidence: str | None = None
    why: str | None = None
    rules: list[str] = msgspec.field(default_factory=list)
    what: list[str] = msgspec.field(default_factory=list)
    is_optional: bool = False


def is_on_blood_thinner(person: Person) -> bool:
    """Return whether a person takes an anticoagulant, two antiplatelets or prescribed aspirin."""
    health = person.health
    return "yes" in (health.anticoagulant, health.dual_antiplatelet, health.prescribed_aspirin)


def _day(hours: float | None) -> int | None:
    """Return the day in which an hour falls; the hours before the session belong to days before."""
    return None if hours is None else math.floor(hours / HOURS_PER_DAY)


def _date(session: datetime.date | None, days: int | None) -> datetime.date | None:
    if session is None or days is None:
        return None
    return session + datetime.timedelta(days=days)


def _step(
    name: str, phase: Phase, step: Step, session: datetime.date | None, *, on_blood_thinner: bool
) -> TimelineItem:
    from_days, to_days = _day(step.from_hours), _day(step.to_hours)
    if phase == "during":
        from_days = to_days = 0
    return TimelineItem(
        id=name,
        phase=phase,
        text=step.text,
        source=step.source,
        status=step.status,
        from_hours=step.from_hours,
        to_hours=step.to_hours,
        from_days=from_days,
        to_days=to_days,
        from_date=_date(session, from_days),
        to_date=_date(session, to_days),
        lasts_minutes=step.lasts_minutes,
        advice=step.advice,
        exception=step.exception,
        alternative=step.alternative.text if step.alternative else None,
        keep_taking=KEEP_TAKING if on_blood_thinner and step.exception else None,
        conflicts=[
            OtherWord(
                text=other.text,
                source=other.source,
                is_article=any(key.startswith("article_") for key in other.source),
            )
            for other in step.conflicts
        ],
        evidence=step.evidence,
        why=step.why,
        rules=step.rules,
        is_optional=step.is_optional,
    )


def timeline(
    session: datetime.date | None,
    facts: Facts,
    *,
    on_blood_thinner: bool,
    route: str | None = None,
) -> list[TimelineItem]:
    """Return everything to do before, during and after a session, in the order of time.

    Parameters
    ----------
    session:
        Day of the session; without it the items carry days but no dates.
    facts:
        The facts, for the protocol.
    on_blood_thinner:
        Whether the person takes a prescribed anticoagulant or antiplatelet (see
        `is_on_blood_thinner`): every step about painkillers then says to go on taking it.
    route:
        How the product would be given; steps of other routes are left out. All stand without it.

    Returns
    -------
    list of TimelineItem
        Ordered by day, and within a day by phase: before, during, after, diary, visits.
    """
    protocol = facts.protocol
    items: list[TimelineItem] = []
    phases: tuple[tuple[Phase, dict[str, Step]], ...] = (
        ("before", protocol.before),
        ("during", protocol.during),
        ("after", protocol.after),
    )
    for phase, steps in phases:
        items.extend(
            _step(name, phase, step, session, on_blood_thinner=on_blood_thinner)
            for name, step in steps.items()
            if route is None or not step.routes or route in step.routes
        )
    diary = protocol.diary
    items.extend(
        TimelineItem(
            id=f"diary_{day}",
            phase="diary",
            text="Diary: how is the scalp? Look for the urgent signs.",
            source=diary.source,
            status=diary.status,
            from_days=day,
            to_days=day,
            from_date=_date(session, day),
            to_date=_date(session, day),
            why=diary.why,
        )
        for day in diary.days
    )
    for visit in protocol.visits:
        days = round(visit.week * DAYS_PER_WEEK)
        items.append(
            TimelineItem(
                id=f"visit_week_{visit.week:g}",
                phase="visit",
                text="Baseline visit." if days == 0 else f"Visit at week {visit.week:g}.",
                source=visit.source,
                status=visit.status,
                from_days=days,
                to_days=days,
                from_date=_date(session, days),
                to_date=_date(session, days),
                why=visit.note,
                what=list(visit.what),
            )
        )
    order: tuple[Phase, ...] = ("before", "during", "after", "diary", "visit")
    return sorted(
        items,
        key=lambda item: (item.from_days or 0, order.index(item.phase)),
    )


def timeline_of(person: Person, facts: Facts) -> list[TimelineItem]:
    """Return the timeline of a person; see `timeline`."""
    product = person.product
    route = None if product is None or product.route == "unknown" else product.route
    return timeline(
        person.session_date, facts, on_blood_thinner=is_on_blood_thinner(person), route=route
    )
