"""A person becomes a plan: four lines, every option with the same facts, and what nobody knows."""

import datetime

import msgspec

from anagen import __version__
from anagen.candidacy import Candidacy, Person, assess
from anagen.errors import FactError, InputError
from anagen.evidence import EvidenceSummary, Responders, evidence_for
from anagen.facts import Facts, Sex, Source
from anagen.facts.base import Slug, Statement
from anagen.facts.treatment import Option
from anagen.plan.costs import cost_per_year
from anagen.plan.documents import (
    PLAN_SCHEMA,
    Answer,
    CitedSource,
    ClaimLine,
    ExpectedChange,
    IconArray,
    NoticeableChange,
    OptionCard,
    Plan,
    RegulationLine,
)
from anagen.plan.forecast import (
    Course,
    ForecastRequest,
    Noticeable,
    OptionCourse,
    forecast,
)
from anagen.plan.options import OptionFit, approval_of, harms_of, onset_of, options_for, regimens_of
from anagen.plan.protocol import timeline_of
from anagen.plan.short_answer import short_answer

INTENDED_USE = (
    "anagen informs a decision and does not make it. It makes no diagnosis and never advises to "
    "stop a prescribed medicine. It has not been validated prospectively. Take it to a physician."
)
MOST_ON_PAGE_ONE = 3
BARRED = frozenset({"unlawful", "not_approved", "trial_only", "restricted"})
EXOSOME_OPTION_OF_ROUTE = {
    "topical_intact_skin": "exosome_topical",
    "topical_after_microneedling": "exosome_microneedling",
    "intradermal_injection": "exosome_injection",
}
EXOSOME_OPTION_BY_DEFAULT = "exosome_injection"
"""The articles describe injection; it stands for exosomes where no product is described."""

CERTAINTY_ORDER = ("high", "moderate", "low", "very_low")


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
    noticeable = _noticeable(facts)
    cards = _cards(person, candidacy, facts, noticeable, seed)
    page_one = _page_one(person, cards)
    cards = [_on_page(card, page_one) for card in cards]
    open_options = [card.id for card in cards if card.is_open]
    untreated = facts.treatments["none"]
    collected = datetime.date.fromisoformat(facts.about.collected_on)
    age_days = (today - collected).days
    draft = Plan(
        schema=PLAN_SCHEMA,
        anagen_version=__version__,
        seed=seed,
        planned_on=today,
        facts_collected_on=collected,
        facts_age_days=age_days,
        facts_are_old=age_days > facts.about.warn_after_days.number(),
        intended_use=INTENDED_USE,
        person=person,
        condition_label=facts.vocabulary.label("conditions", person.condition),
        jurisdiction_label=facts.vocabulary.label("jurisdictions", person.jurisdiction),
        answer=Answer(headline="", sentences=[]),
        candidacy=candidacy,
        regulation=_regulation(person.jurisdiction, facts),
        open_options=open_options,
        page_one=page_one,
        noticeable=noticeable,
        natural_course=list(untreated.natural_course.get(person.condition, {}).values()),
        natural_course_notes=untreated.natural_course_notes.get(person.condition, []),
        options=cards,
        timeline=timeline_of(person, facts),
        urgent_signs=[
            Statement(text=s.text, status=s.status, source=s.source, note=s.why)
            for s in facts.protocol.urgent_signs
        ],
        onset_claims=facts.protocol.onset_claims,
        claims=_claims(facts),
        unknown=[
            entry
            for entry in facts.open_questions.values()
            if not entry.conditions or person.condition in entry.conditions
        ],
        sources=[],
        exit_status=1 if candidacy.health.verdict == "STOP" else 0,
    )
    return _with_sources(_with_answer(draft), facts)


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


def _graded(person: Person) -> tuple[str | None, str | None]:
    """Return the pattern scale that a person file gives, and its grade."""
    severity = person.severity
    if severity is None:
        return None, None
    for scale in ("norwood_hamilton", "ludwig", "sinclair", "savin", "basp"):
        value = getattr(severity, scale)
        if value is not None:
            return scale, str(value)
    return None, None


def _courses(
    person: Person, facts: Facts, noticeable: NoticeableChange, seed: int
) -> dict[Slug, Course]:
    scale, grade = _graded(person)
    wanted = []
    for name, option in facts.options.items():
        status = "fitted" if option.course.status == "fitted" else "assumed"
        wanted.append(
            OptionCourse(option=name, components=option.components, course_status=status)
        )
    measured = person.measured
    request = ForecastRequest(
        sex=person.sex,
        condition=person.condition,
        age_years=person.age_years,
        options=wanted,
        scale=scale,
        grade=grade,
        density_per_cm2=None if measured is None else measured.density_per_cm2,
    )
    marks = Noticeable(
        loss_percent=noticeable.loss_percent, gain_percent=noticeable.gain_percent
    )
    found = forecast(request, facts, seed, noticeable=marks)
    return {course.option: course for course in found}


def _cards(
    person: Person,
    candidacy: Candidacy,
    facts: Facts,
    noticeable: NoticeableChange,
    seed: int,
) -> list[OptionCard]:
    courses = _courses(person, facts, noticeable, seed)
    cards = []
    for fit in options_for(person.condition, person.sex, facts):
        option = facts.options[fit.option]
        is_exosome = "exosome" in option.components
        if person.condition not in option.conditions and not is_exosome and fit.option != "none":
            continue
        fit = _for_minors(fit, person, facts)
        evidence = _evidence(option, person.sex, person.condition, facts)
        expected = _expected(fit.option, option, evidence)
        approval = approval_of(fit.option, person.jurisdiction, facts)
        course = courses[fit.option]
        is_open = (
            fit.fits == "yes"
            and expected.sign == "effect"
            and approval.standing not in BARRED
            and not (is_exosome and candidacy.law.verdict == "STOP")
        )
        cards.append(
            OptionCard(
                id=fit.option,
                label=option.label,
                short_label=option.short_label,
                how=option.how,
                components=option.components,
                route=option.route,
                fit=fit,
                approval=approval,
                is_open=is_open,
                on_page_one=False,
                expected=expected,
                course=course,
                icons=_icons(course, evidence, noticeable),
                evidence=evidence,
                visible_from=onset_of(option, facts),
                lasting=option.lasting,
                on_stopping=option.on_stopping,
                regimens=[regimen for _, regimen in regimens_of(option, facts)],
                cost=cost_per_year(fit.option, facts),
                harms=harms_of(fit.option, facts),
                effects=option.effects,
                not_drawn=course.reason,
            )
        )
    return cards


def _for_minors(fit: OptionFit, person: Person, facts: Facts) -> OptionFit:
    """Say of a person below the age of the trials that nothing was collected for that age."""
    rule = facts.rules["R01"]
    adult_age_years = rule.limits["adult_age"].number()
    if person.age_years >= adult_age_years or fit.option == "none" or fit.fits == "no":
        return fit
    return OptionFit(
        option=fit.option,
        fits="not_known",
        reason=f"The trials that were collected are of people of {adult_age_years:g} and above.",
        status=rule.status,
        source=rule.source,
    )


def _evidence(
    option: Option, sex: Sex, condition: Slug, facts: Facts
) -> EvidenceSummary | None:
    """Return the evidence on an option; none for waiting, which is what the others are held to."""
    if option.components == ["none"]:
        return None
    route = option.route if "exosome" in option.components else None
    return evidence_for(option.components, option.backbone, sex, condition, facts, route=route)


def _expected(name: str, option: Option, evidence: EvidenceSummary | None) -> ExpectedChange:
    """Say in one line what controlled trials found."""
    if evidence is None:
        return ExpectedChange(
            sign="not_known",
            text="This is what the other options are compared with; see the course.",
        )
    pooled = evidence.pooled
    if pooled is not None:
        excludes_zero = pooled.low_per_cm2 > 0 or pooled.high_per_cm2 < 0
        than = "the backbone alone" if option.backbone else "control"
        trials = "trial" if pooled.studies == 1 else "trials"
        weeks = (
            f"week {pooled.to_week:g}"
            if pooled.from_week == pooled.to_week
            else f"weeks {pooled.from_week:g} to {pooled.to_week:g}"
        )
        mean, low, high = (
            f"{value:+.0f}".replace("-", "−")
            for value in (pooled.mean_per_cm2, pooled.low_per_cm2, pooled.high_per_cm2)
        )
        text = (
            f"{mean} hairs/cm² against {than} ({low} to {high}); {pooled.studies} {trials}, "
            f"{pooled.n_people} people, {weeks}"
        )
        return ExpectedChange(
            sign="effect" if excludes_zero else "no_effect_shown",
            text=text if excludes_zero else f"no effect shown: {text}",
            low_per_cm2=pooled.low_per_cm2,
            mean_per_cm2=pooled.mean_per_cm2,
            high_per_cm2=pooled.high_per_cm2,
        )
    best = _best_share(evidence.responders)
    if best is not None and best.low_points is not None:
        return ExpectedChange(
            sign="effect" if best.low_points > 0 else "no_effect_shown",
            text=_share_text(best),
        )
    return ExpectedChange(
        sign="not_known", text=evidence.why_not_pooled or "no controlled result was found"
    )


def _best_share(shares: list[Responders]) -> Responders | None:
    """Return the randomised responder share with the most people, of the first measure listed."""
    randomised = [s for s in shares if s.is_randomised and s.control_percent is not None]
    if not randomised:
        return None
    first = randomised[0].measure
    return max(
        (s for s in randomised if s.measure == first), key=lambda s: (s.n or 0, s.week)
    )


SHARE_WORDS = {
    "salt_at_most_20": "had at most 20 % of the scalp without hair",
    "salt_at_most_10": "had at most 10 % of the scalp without hair",
    "global_photo_improved": "were rated improved on photographs",
    "self_assessed_improved": "called themselves improved",
}


def _share_text(share: Responders) -> str:
    words = SHARE_WORDS.get(share.measure, share.measure.replace("_", " "))
    dose = f" with {share.dose}" if share.dose else ""
    return (
        f"{share.percent:.0f} of 100{dose} {words} at week {share.week:g}, "
        f"{share.control_percent or 0:.0f} of 100 on placebo"
    )


def _icons(
    course: Course, evidence: EvidenceSummary | None, noticeable: NoticeableChange
) -> list[IconArray]:
    """Return pictures of one hundred people: modelled where fitted, observed where counted."""
    icons = []
    if course.outcome is not None:
        outcome = course.outcome
        icons.append(
            IconArray(
                basis="modelled",
                filled=outcome.better,
                ring=outcome.cannot_notice,
                triangle=outcome.worse,
                filled_label="better",
                ring_label="cannot notice",
                triangle_label="worse",
                caption=(
                    f"Modelled, 12 months from now: better means at least "
                    f"{noticeable.gain_percent:g} % more density than today, worse at least "
                    f"{noticeable.loss_percent:g} % less."
                ),
            )
        )
    best = None if evidence is None or evidence.pooled is not None else _best_share(
        evidence.responders
    )
    if best is not None:
        reached = round(best.percent)
        words = SHARE_WORDS.get(best.measure, best.measure.replace("_", " "))
        people = f"in {best.n} people" if best.n else "in a number of people that was not read"
        icons.append(
            IconArray(
                basis="observed",
                filled=reached,
                ring=100 - reached,
                triangle=0,
                filled_label=words,
                ring_label="did not",
                triangle_label="",
                caption=f"Observed {people}: {_share_text(best)}.",
                n=best.n,
                source=best.source,
            )
        )
    return icons


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


def _claims(facts: Facts) -> list[ClaimLine]:
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
        )
        for name, claim in facts.claims.items()
    ]


def _strength(card: OptionCard) -> tuple[int, int, float, str]:
    """Sort key: the surest option first, then the larger body of evidence, then the larger effect."""
    level = None if card.evidence is None else card.evidence.certainty.level
    rank = CERTAINTY_ORDER.index(level) if level is not None else len(CERTAINTY_ORDER)
    people = 0 if card.evidence is None else card.evidence.n_people
    return rank, -people, -(card.expected.mean_per_cm2 or 0.0), card.id


def _page_one(person: Person, cards: list[OptionCard]) -> list[Slug]:
    """Choose at most three options for the first page: the exosome option asked about, then the
    open single treatments with the surest evidence.
    """
    known = {card.id: card for card in cards}
    asked = EXOSOME_OPTION_BY_DEFAULT
    if person.product is not None:
        asked = EXOSOME_OPTION_OF_ROUTE.get(person.product.route, asked)
    chosen = [asked] if asked in known else []
    rest = sorted(
        (c for c in cards if c.is_open and "exosome" not in c.components and len(c.components) == 1),
        key=_strength,
    )
    chosen += [card.id for card in rest][: MOST_ON_PAGE_ONE - len(chosen)]
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
    """Number every cited source in the order of its first appearance."""
    keys: dict[str, None] = {}
    _cited(msgspec.to_builtins(plan), keys)
    sources = []
    for number, key in enumerate(keys, start=1):
        source: Source | None = facts.sources.get(key)
        if source is None:
            raise FactError(f"the source '{key}' is cited but not in sources.yaml; add it")
        sources.append(CitedSource(key=key, number=number, source=source))
    return msgspec.structs.replace(plan, sources=sources)


def parse_today(text: str | None) -> datetime.date:
    """Return the day given as YYYY-MM-DD, or the clock's day.

    Raises
    ------
    InputError
        If the text is no such day.
    """
    if text is None:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"--today '{text[:40]}' is not a day; write it as 2026-11-20"
        ) from error
