"""The sheet that the person takes home: before, after, diary, urgent signs, and when to judge."""

import datetime

from anagen.errors import FactError
from anagen.facts import Facts, Record, Sex
from anagen.facts.base import Slug, Statement
from anagen.facts.paper import ShortStep
from anagen.plan.documents import Plan
from anagen.plan.protocol import HOURS_PER_DAY, KEEP_TAKING, TimelineItem, is_on_blood_thinner
from anagen.plan.session_sheet import halt_of
from anagen.plan.wording import worded


class AftercareLine(Record):
    """What to do or leave over one span of time: `texts` hold one sentence for each step.

    `when` is the span in words; `since` its first day and `until` its last one, where the day of
    the session is known and the span is a day or longer.
    """

    steps: list[Slug]
    when: str
    texts: list[str]
    source: list[Slug]
    since: datetime.date | None = None
    until: datetime.date | None = None


class DiaryRow(Record):
    """A day of the diary."""

    day: int
    date: datetime.date | None = None


class VisitLine(Record):
    """A visit: the week, its date, and what is measured."""

    week: float
    what: list[str]
    date: datetime.date | None = None


class Aftercare(Record):
    """The person's sheet: everything around one session, in few words.

    `halt` is what keeps the session from taking place, if anything, as on the sheet for the room.
    `exception` is printed beside every line about painkillers; `keep_taking` stands on top for
    somebody on a prescribed blood thinner.
    """

    label: str
    planned_on: datetime.date
    session_date: datetime.date | None
    halt: str | None
    keep_taking: str | None
    exception: str
    before: list[AftercareLine]
    after: list[AftercareLine]
    diary_columns: list[str]
    diary: list[DiaryRow]
    urgent: list[Statement]
    visits: list[VisitLine]
    judged: list[Statement]
    first_meaningful_week: float
    first_meaningful_date: datetime.date | None
    condition_label: str


def aftercare(plan: Plan, facts: Facts) -> Aftercare:
    """Return the sheet that the person takes home.

    Parameters
    ----------
    plan:
        The person's plan; hours, dates and sources are those of its timeline.
    facts:
        The facts, for the short words of each step.

    Raises
    ------
    FactError
        If the sheet names a step that the protocol does not hold.
    """
    own = facts.papers.aftercare
    session = plan.person.session_date
    meaningful = own.first_meaningful_week.number()
    return Aftercare(
        label=plan.person.label,
        planned_on=plan.planned_on,
        session_date=session,
        halt=halt_of(plan, facts),
        keep_taking=KEEP_TAKING if is_on_blood_thinner(plan.person) else None,
        exception=_exception(plan),
        before=_lines(own.before, plan, facts, is_before=True),
        after=_lines(own.after, plan, facts, is_before=False),
        diary_columns=own.diary_columns,
        diary=[DiaryRow(day=day, date=_on(session, day)) for day in facts.protocol.diary.days],
        urgent=plan.urgent_signs,
        visits=[
            VisitLine(
                week=visit.week,
                what=[own.visit_words.get(name, name.replace("_", " ")) for name in visit.what],
                date=_on(session, round(visit.week * 7)),
            )
            for visit in facts.protocol.visits
            if visit.week > 0
        ],
        judged=[
            Statement(text=worded(s.text, facts), status=s.status, source=s.source)
            for s in own.judged
        ],
        first_meaningful_week=meaningful,
        first_meaningful_date=_on(session, round(meaningful * 7)),
        condition_label=plan.condition_label,
    )


def _on(session: datetime.date | None, days: int) -> datetime.date | None:
    return None if session is None else session + datetime.timedelta(days=days)


def _lines(
    steps: list[ShortStep], plan: Plan, facts: Facts, *, is_before: bool
) -> list[AftercareLine]:
    """Return the steps of one phase that this person's timeline holds, those of one span together.

    Raises
    ------
    FactError
        If the sheet names a step that the protocol does not hold.
    """
    items = {item.id: item for item in plan.timeline}
    known = {**facts.protocol.before, **facts.protocol.after}
    spans: dict[str, list[tuple[ShortStep, TimelineItem]]] = {}
    for step in steps:
        if step.step not in known:
            raise FactError(
                f"papers.aftercare names '{step.step}', which is no step of the protocol"
            )
        if step.step in items:
            item = items[step.step]
            when = _before(item.from_hours) if is_before else _after(item.to_hours)
            spans.setdefault(when, []).append((step, item))
    sex = plan.person.sex
    return [_line(when, held, sex, is_before=is_before) for when, held in spans.items()]


def _line(
    when: str, held: list[tuple[ShortStep, TimelineItem]], sex: Sex, *, is_before: bool
) -> AftercareLine:
    first = held[0][1]
    hours = (first.from_hours if is_before else first.to_hours) or 0
    is_dated = hours == 0 or abs(hours) >= HOURS_PER_DAY
    return AftercareLine(
        steps=[step.step for step, _ in held],
        when=when,
        texts=[step.text_for.get(sex, step.text) for step, _ in held],
        source=list(dict.fromkeys(key for _, item in held for key in item.source)),
        since=first.from_date if is_before and is_dated else None,
        until=first.to_date if not is_before and is_dated else None,
    )


def _before(hours: float | None) -> str:
    """Return when a step before the session begins, in words."""
    if not hours:
        return "on the day"
    days = -hours / HOURS_PER_DAY
    if days < 1:
        return f"in the last {-hours:g} hours"
    return "the day before" if days == 1 else f"in the last {days:g} days"


def _after(hours: float | None) -> str:
    """Return how long a step after the session holds, in words."""
    if not hours:
        return "on the day"
    days = hours / HOURS_PER_DAY
    return f"for {hours:g} hours" if days <= 1 else f"for {days:g} days"


def _exception(plan: Plan) -> str:
    """Return what the protocol excepts from the steps about painkillers."""
    return next((item.exception for item in plan.timeline if item.exception), "")
