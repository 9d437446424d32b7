"""Going on as now for somebody who uses something, and what stopping it would do."""

from collections.abc import Sequence

import msgspec

from anagen.candidacy import Person
from anagen.facts import Facts
from anagen.facts.base import Slug, Statement
from anagen.facts.treatment import Option
from anagen.plan.baseline import baseline_of
from anagen.plan.costs import OptionCost, cost_per_year
from anagen.plan.course import Course, OptionCourse
from anagen.plan.course_notes import doubt_of_loss, named
from anagen.plan.documents import StopCourse
from anagen.plan.fitting import taken_now

STOP_ALL = "stop_all"
MODELLED_UNDER_TREATMENT = "androgenetic_alopecia"
NEVER_BECAUSE_OF_THIS = (
    "Drawn, never advised. Never stop a prescribed medicine because of this page: ask whoever "
    "prescribed it."
)


def going_on(name: Slug, option: Option, person: Person, facts: Facts) -> Option:
    """Return the option of doing nothing, in the words for somebody who uses something now."""
    taken = sorted(taken_now(person))
    if name != "none" or not taken:
        return option
    names = named(taken, facts)
    return msgspec.structs.replace(
        option,
        label=f"Go on as now ({names})",
        short_label="Go on as now",
        how=f"You go on with {names} as you use it now and change nothing else.",
        lasting=_said("lasting", taken, facts),
        on_stopping=_said("on_stopping", taken, facts),
    )


def cost_of(name: Slug, person: Person, facts: Facts) -> OptionCost:
    """Return what an option costs this person: what it adds to what is used already.

    Going on as now costs what is used already. The currency of the place of treatment stands
    beside it, and a sentence where no price was found in that.
    """
    cost = cost_per_year(name, facts, taken_now(person))
    currency = facts.vocabulary.jurisdictions[person.jurisdiction].currency
    if currency is None or cost.basis == "nothing":
        return cost
    found = any(entry.currency == currency for entry in cost.ranges)
    return msgspec.structs.replace(
        cost,
        local_currency=currency,
        local_note="" if found else f"No price in {currency} was found.",
    )


def _said(key: str, treatments: Sequence[str], facts: Facts) -> Statement:
    """Return what the options of single treatments say of each, as one statement."""
    found = _statements(key, treatments, facts)
    if not found:
        return Statement(text="Not known.", status="assumed", source=["collector"])
    if len(found) == 1:
        return found[0][1]
    statuses = [statement.status for _, statement in found]
    weakest = max(statuses, key=["measured", "derived", "remembered", "assumed"].index)
    return Statement(
        text=" ".join(
            f"{facts.vocabulary.label('treatments', name).capitalize()}: {said.text}"
            for name, said in found
        ),
        status=weakest,
        source=list(dict.fromkeys(key for _, said in found for key in said.source)),
    )


def _statements(key: str, treatments: Sequence[str], facts: Facts) -> list[tuple[Slug, Statement]]:
    return [
        (name, getattr(option, key))
        for name in treatments
        for option in facts.options.values()
        if option.components == [name]
    ]


def stop_requests(person: Person, facts: Facts) -> list[OptionCourse]:
    """Return the courses to draw of stopping what is used now, one by one and all of it.

    There are none but in pattern hair loss: no other course holds what is used.
    """
    if person.condition != MODELLED_UNDER_TREATMENT:
        return []
    now = baseline_of(person.history or [], facts).now
    wanted = [
        OptionCourse(option=f"stop_{name}", components=["none"], stopped=[name]) for name in now
    ]
    if len(now) > 1:
        wanted.append(OptionCourse(option=STOP_ALL, components=["none"], stopped=list(now)))
    return wanted


def stops_of(person: Person, courses: dict[Slug, Course], facts: Facts) -> list[StopCourse]:
    """Return what stopping would do, where a course of it can be drawn."""
    if person.condition != MODELLED_UNDER_TREATMENT:
        return []
    found, baseline = [], baseline_of(person.history or [], facts)
    for wanted in stop_requests(person, facts):
        course = courses[wanted.option]
        if course.status == "not_modelled":
            continue
        names = named(wanted.stopped, facts)
        ended = baseline.with_option((), {}, stopped=wanted.stopped).ended
        found.append(
            StopCourse(
                id=wanted.option,
                treatments=wanted.stopped,
                label=f"If you stopped {names}",
                text=NEVER_BECAUSE_OF_THIS,
                on_stopping=_said("on_stopping", wanted.stopped, facts),
                course=course,
                doubt=doubt_of_loss(ended, facts) if ended else None,
            )
        )
    return found
