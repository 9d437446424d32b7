"""A person becomes a plan: four lines, every option with the same facts, and what nobody knows."""

import datetime
import math
import re
from typing import Literal

import msgspec

from anagen import INTENDED_USE, __version__
from anagen.candidacy import (
    EXOSOME_OPTION_OF_ROUTE,
    UNSTATED,
    Person,
    assess,
    triage,
    with_implied_answers,
)
from anagen.candidacy.past import habits_of, past_of
from anagen.errors import ConvergenceError, FactError, InputError
from anagen.facts import Facts, Source
from anagen.facts.base import Slug, Statement
from anagen.plan.as_now import stops_of
from anagen.plan.cards import courses_of, option_cards
from anagen.plan.clinic_questions import clinic_questions
from anagen.plan.documents import (
    Answer,
    CitedSource,
    ClaimLine,
    NoticeableChange,
    OptionCard,
    Plan,
    RegulationLine,
)
from anagen.plan.fitting import doubt
from anagen.plan.order import CERTAINTY_ORDER, order_of
from anagen.plan.plausibility import PlausibilityFinding, flagged, plausibility, said
from anagen.plan.protocol import timeline_of
from anagen.plan.safety import named_treatments
from anagen.plan.short_answer import short_answer
from anagen.plan.wishes_fit import horizon_of

MOST_ON_PAGE_ONE = 3
"""Options on the first page; one fewer where what stopping would do is drawn there."""
EXOSOME_OPTION_BY_DEFAULT = "exosome_injection"
"""The articles describe injection; it stands for exosomes where no product is described."""


def make_plan(person: Person, facts: Facts, *, seed: int, today: datetime.date) -> Plan:
    """Return the plan of one person.

    Parameters
    ----------
    person:
        The person, as read and checked by `candidacy.read_person`.
    facts:
        The facts.
    seed:
        Fixes the draws of the forecast.
    today:
        The day of the plan.

    Raises
    ------
    FactError
        If the facts do not fit together.
    """
    candidacy = assess(person, facts)
    held = triage(person, facts)
    working = held.working_condition or UNSTATED
    in_question = {working, *([] if held.is_stated else held.compatible)}
    noticeable = _noticeable(facts)
    drawn_for = with_implied_answers(msgspec.structs.replace(person, condition=working), facts)
    shared = held.compatible if held.working_condition is None else []
    doubtful = None if shared else doubt(drawn_for, candidacy, facts)
    why_no_course = doubtful or held.why_none_is_drawn
    courses = courses_of(drawn_for, facts, noticeable, seed, why_no_course)
    beyond = flagged(plausibility(facts))
    cards = option_cards(
        drawn_for, candidacy, facts, noticeable, courses,
        why_no_course if held.is_stated else doubtful, held, beyond,
    )  # fmt: skip
    stops = stops_of(drawn_for, courses, facts)
    page_one = _page_one(person, cards, MOST_ON_PAGE_ONE - bool(stops))
    cards = [_on_page(card, page_one) for card in cards]
    order, order_note = order_of(cards, person.wishes)
    open_options = [card.id for card in cards if card.is_open]
    untreated = facts.treatments["none"]
    collected = datetime.date.fromisoformat(facts.about.collected_on)
    age_days = (today - collected).days
    warn_after_days = facts.about.warn_after_days.number()
    draft = Plan(
        schema="anagen/plan/1",
        anagen_version=__version__,
        seed=seed,
        planned_on=today,
        facts_collected_on=collected,
        facts_age_days=age_days,
        facts_are_old=age_days > warn_after_days,
        intended_use=INTENDED_USE,
        facts_warn_after_days=warn_after_days,
        person=person,
        person_word=_person_word(person, facts),
        condition_label=facts.vocabulary.label("conditions", person.condition),
        jurisdiction_label=facts.vocabulary.label("jurisdictions", person.jurisdiction),
        answer=Answer(headline="", sentences=[]),
        candidacy=candidacy,
        triage=held if not held.is_stated or held.note else None,
        working_condition=working,
        working_label=facts.vocabulary.label("conditions", working),
        is_provisional=not held.is_stated and working != UNSTATED,
        alopecia_answers=facts.alopecia_answers,
        regulation=_regulation(person.jurisdiction, facts),
        open_options=open_options,
        page_one=page_one,
        order=order,
        order_note=order_note,
        horizon_years=horizon_of(person.wishes),
        insurance=facts.cost_notes["insurance"],
        noticeable=noticeable,
        natural_course=list(untreated.natural_course.get(working, {}).values()),
        natural_course_notes=untreated.natural_course_notes.get(working, []),
        options=cards,
        named_treatments=named_treatments(drawn_for, facts),
        past=past_of(person, facts),
        habits=habits_of(person, facts),
        stops=stops,
        timeline=timeline_of(person, facts),
        urgent_signs=[
            Statement(text=s.text, status=s.status, source=s.source, note=s.why)
            for s in facts.protocol.urgent_signs
        ],
        onset_claims=facts.protocol.onset_claims,
        claims=_claims(facts, beyond),
        questions=facts.questions,
        unknown=[
            entry
            for entry in facts.open_questions.values()
            if not entry.conditions or in_question & set(entry.conditions)
        ],
        clinic_questions=clinic_questions(
            person, [card.short_label for card in cards if card.is_open], facts
        ),
        sources=[],
        exit_status=1 if candidacy.health.verdict == "STOP" else 0,
    )
    plan = _with_sources(_with_answer(draft), facts)
    _refuse_missing_numbers(plan)
    return plan


def _person_word(person: Person, facts: Facts) -> Literal["man", "woman", "boy", "girl"]:
    is_adult = person.age_years >= facts.rules["R01"].limits["adult_age"].number()
    if person.sex == "male":
        return "man" if is_adult else "boy"
    return "woman" if is_adult else "girl"


def _refuse_missing_numbers(plan: Plan) -> None:
    """Refuse a plan with a number that is none: JSON would turn it into nothing silently.

    Raises
    ------
    ConvergenceError
        If a forecast is not finite.
    """
    drawn = [(card.id, card.course) for card in plan.options]
    drawn += [(stop.id, stop.course) for stop in plan.stops]
    for name, course in drawn:
        for band in (course.density_per_cm2, course.change_percent, course.shaft_diameter_um,
                     course.anagen_percent, course.shed_hairs_per_day):  # fmt: skip
            if band is None:
                continue
            numbers = (*band.mean, *band.person_low, *band.person_high)
            if not all(map(math.isfinite, numbers)):
                raise ConvergenceError(
                    f"{plan.person.label}: the forecast of {name} gave no number; check the "
                    "measured values"
                )


def _noticeable(facts: Facts) -> NoticeableChange:
    """Return the two yardsticks of a noticeable change, with the facts behind them."""
    loss = facts.limits["smallest_noticeable_loss_percent"]
    gain = facts.limits["change_error_automatic_percent"]
    return NoticeableChange(
        loss_percent=loss.number(),
        gain_percent=gain.number(),
        text=(
            f"Sources disagree on what can be noticed. One says that people notice a loss of "
            f"{loss.number():g} % of density. For a gain nobody has found such a number; a gain "
            f"below the error of an uncorrected count, {gain.number():g} %, cannot be told from "
            "none, so that error stands in its place."
        ),
        facts={
            name: facts.limits[name]
            for name in (
                "smallest_noticeable_loss_percent",
                "smallest_noticeable_gain_percent",
                "change_error_automatic_percent",
                "change_error_corrected_percent",
            )
        },
    )


def _regulation(jurisdiction: Slug, facts: Facts) -> list[RegulationLine]:
    return [
        RegulationLine(
            id=name,
            body=entry.body,
            text=entry.text,
            is_primary=entry.is_primary,
            status=entry.status,
            source=entry.source,
            date=entry.date,
        )
        for name, entry in facts.regulation.items()
        if entry.jurisdiction == jurisdiction
    ]


def _claims(facts: Facts, beyond: list[PlausibilityFinding]) -> list[ClaimLine]:
    return [
        ClaimLine(
            id=name,
            article=claim.article,
            topic=claim.topic,
            claim=claim.text,
            verdict=claim.verdict,
            why=claim.why,
            source=claim.source,
            quoted=claim.quoted,
            finding=claim.finding,
            beyond_bound=[
                said(f)
                for f in beyond
                if claim.topic == "efficacy" and set(f.report.source) & set(claim.source)
            ],
        )
        for name, claim in facts.claims.items()
    ]


def _strength(card: OptionCard) -> tuple[int, int, float, str]:
    """Sort by certainty, then by the number of people studied, then by the size of the effect."""
    level = None if card.evidence is None else card.evidence.certainty.level
    rank = CERTAINTY_ORDER.index(level) if level is not None else len(CERTAINTY_ORDER)
    people = 0 if card.evidence is None else card.evidence.n_people
    return rank, -people, -(card.expected.mean_per_cm2 or 0.0), card.id


def _page_one(person: Person, cards: list[OptionCard], most: int) -> list[Slug]:
    """Choose some options for the first page, beside going on as now and stopping.

    The exosome option that was asked about, then the open single treatments with the surest
    evidence.
    """
    known = {card.id: card for card in cards}
    asked = EXOSOME_OPTION_BY_DEFAULT
    if person.product is not None:
        asked = EXOSOME_OPTION_OF_ROUTE.get(person.product.route, asked)
    chosen = [asked] if asked in known else []
    rest = sorted(
        (
            c
            for c in cards
            if c.is_open and "exosome" not in c.components and len(c.components) == 1
        ),
        key=_strength,
    )
    chosen += [card.id for card in rest][: most - len(chosen)]
    return chosen


def _on_page(card: OptionCard, page_one: list[Slug]) -> OptionCard:
    return msgspec.structs.replace(card, on_page_one=card.id in page_one)


def _with_answer(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, answer=short_answer(plan))


def _cited(value: object, keys: dict[str, None]) -> None:
    """Gather every source key below plain values, in the order in which they appear."""
    if isinstance(value, dict):
        for field, entry in value.items():
            if field in ("source", "also_cited") and isinstance(entry, list):
                keys.update(dict.fromkeys(str(key) for key in entry))
            else:
                _cited(entry, keys)
    elif isinstance(value, list):
        for entry in value:
            _cited(entry, keys)


def _with_sources(plan: Plan, facts: Facts) -> Plan:
    """Give every cited source a number in the order of its first appearance."""
    keys: dict[str, None] = {}
    _cited(msgspec.to_builtins(plan), keys)
    sources = []
    for number, key in enumerate(keys, start=1):
        source: Source | None = facts.sources.get(key)
        if source is None:
            raise FactError(f"the source '{key}' is cited but not in sources.yaml; add it")
        sources.append(CitedSource(key=key, number=number, source=source))
    return msgspec.structs.replace(plan, sources=sources)


def parse_today(text: str | None, facts: Facts) -> datetime.date:
    """Return the day given as YYYY-MM-DD, or the clock's day.

    Raises
    ------
    InputError
        If the text is no such day, or lies further from the facts than a slip of the pen allows.
    """
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    wanted = f"--today '{text[:40]}' is not a day; write it as 2026-11-20"
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise InputError(wanted)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(wanted) from error
    span = facts.scales["plausible_values"].limits["years_from_facts"].number()
    if abs(day.year - datetime.date.fromisoformat(facts.about.collected_on).year) > span:
        raise InputError(
            f"--today {text} is more than {span:g} years away from these facts "
            f"({facts.about.collected_on}); correct the year"
        )
    return day
