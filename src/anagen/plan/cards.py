"""The card of every option for one person: the same lines for each."""

import msgspec

from anagen.candidacy import Candidacy, Measured, Person, Triage
from anagen.candidacy.past import past_of
from anagen.evidence import EvidenceSummary, Responders, evidence_for
from anagen.facts import Facts, Quantity, Sex
from anagen.facts.base import Slug
from anagen.facts.treatment import Option
from anagen.plan.as_now import cost_of, going_on, stop_requests
from anagen.plan.burden import burden_of
from anagen.plan.cost_per_hair import cost_per_hair, gain_measured, gain_modelled
from anagen.plan.documents import ExpectedChange, IconArray, NoticeableChange, OptionCard
from anagen.plan.fitting import first_step_of, fit_of_person, outside_grades, taken_now
from anagen.plan.forecast import Course, ForecastRequest, Noticeable, OptionCourse, forecast
from anagen.plan.options import (
    OptionFit,
    approval_of,
    harms_of,
    onset_of,
    options_for,
    regimens_of,
    treatments_of,
)
from anagen.plan.plausibility import PlausibilityFinding, beyond_of
from anagen.plan.safety import safety_of, told_to_prescriber
from anagen.plan.shared_options import shared_fits
from anagen.plan.wishes_fit import wishes_fit

BARRED = frozenset({"unlawful", "not_approved", "trial_only", "restricted"})
SHARE_WORDS = {
    "salt_at_most_20": "had at most 20 % of the scalp without hair",
    "salt_at_most_10": "had at most 10 % of the scalp without hair",
    "global_photo_improved": "were rated improved on photographs",
    "self_assessed_improved": "called themselves improved",
}


def option_cards(
    person: Person,
    candidacy: Candidacy,
    facts: Facts,
    noticeable: NoticeableChange,
    courses: dict[Slug, Course],
    doubtful: str | None,
    triage: Triage,
    beyond: list[PlausibilityFinding],
) -> list[OptionCard]:
    """Return the card of every option that concerns the person's condition.

    Exosomes by every route and no treatment are there for every condition. An option is open where
    it fits, is not barred where the person lives, and a controlled result excludes no effect; a
    first step is one where it fits. The condition is the one that the plan is drawn for; where
    nobody has named any and the answers leave several open, options are those that fit each of
    them, and none is open. `beyond` are the published gains that lie beyond the plausibility bound.
    """
    shared = triage.compatible if triage.working_condition is None else []
    conditions = shared or [person.condition]
    taken = taken_now(person)
    earlier = [note for note in past_of(person, facts) if not note.is_now]
    cards = []
    for fit in _fits(person, shared, triage, facts):
        option = going_on(fit.option, facts.options[fit.option], person, facts)
        is_exosome = "exosome" in option.components
        is_for_all = set(conditions) <= set(option.conditions)
        if not is_for_all and not is_exosome and fit.option != "none":
            continue
        safety = safety_of(option, person, candidacy, facts)
        fit = fit_of_person(fit, option, person, facts, doubtful, safety)
        condition = conditions[0] if len(conditions) == 1 else person.condition
        steps = [s for c in conditions if (s := first_step_of(option, c, person, facts))]
        is_first = len(steps) == len(conditions) and fit.fits == "yes"
        first_step = steps[0] if is_first else None
        evidence = _evidence(option, person.sex, condition, facts)
        expected = _expected(option, evidence, facts)
        approval = approval_of(fit.option, person.jurisdiction, facts)
        course = courses[fit.option]
        cost, burden = cost_of(fit.option, person, facts), burden_of(fit.option, facts)
        modelled = gain_modelled(course, 24, option.course.source)
        measured = gain_measured(evidence, option.backbone, _names(option.backbone, facts))
        is_taken = option.components != ["none"] and set(option.components) <= taken
        is_open = (
            fit.fits == "yes"
            and not shared
            and not is_taken
            and expected.sign == "effect"
            and _is_sure_enough(evidence)
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
                is_first_step=first_step is not None,
                first_step=first_step,
                is_taken_now=is_taken,
                on_page_one=False,
                expected=expected,
                course=course,
                icons=_icons(course, evidence, noticeable, facts),
                evidence=evidence,
                visible_from=onset_of(option, facts),
                lasting=option.lasting,
                on_stopping=option.on_stopping,
                regimens=[regimen for _, regimen in regimens_of(option, facts)],
                cost=cost,
                cost_per_hair=cost_per_hair(cost, measured, modelled),
                burden=burden,
                wishes_fit=wishes_fit(person.wishes, cost, burden),
                safety=safety,
                tell_prescriber=told_to_prescriber(option, person, candidacy, facts),
                harms=harms_of(fit.option, facts),
                effects=option.effects,
                measures=_measures(option, facts),
                tried=[
                    note.text
                    for note in earlier
                    if fit.fits == "yes" and note.treatment in option.components
                ],
                beyond_bound=beyond_of(evidence, beyond),
            )
        )
    return cards


def _names(components: list[Slug], facts: Facts) -> str:
    return " and ".join(facts.vocabulary.label("treatments", name) for name in components)


def _fits(person: Person, shared: list[Slug], triage: Triage, facts: Facts) -> list[OptionFit]:
    """Say of every option whether it fits the type, or each of those in question."""
    if shared:
        return shared_fits(shared, person.sex, facts)
    fits = options_for(person.condition, person.sex, facts)
    if triage.is_stated or triage.working_condition is None:
        return fits
    return [
        msgspec.structs.replace(fit, reason=f"{fit.reason} Nobody has diagnosed that.")
        if fit.fits == "yes"
        else fit
        for fit in fits
    ]


VELLUS_COUNTED = (
    "The measured density holds the finest hairs (vellus) too. The courses count hairs without "
    "them, so it was not used."
)
COUNT_NOT_SAID = (
    "Which hairs were counted was not said. The courses count hairs without the finest ones "
    "(vellus), so the measured density was not used."
)
NOT_USED_BECAUSE = {"total_hair_density": VELLUS_COUNTED, "unknown": COUNT_NOT_SAID}
SURE_ENOUGH = ("high", "moderate", "low")
"""Very low certainty, the grade of exosomes themselves, opens no option."""


def _why_not_used(measured: Measured | None) -> str | None:
    """Return why a density that was measured is left aside, or nothing."""
    if measured is None or measured.density_per_cm2 is None:
        return None
    return NOT_USED_BECAUSE.get(measured.measure)


def _is_sure_enough(evidence: EvidenceSummary | None) -> bool:
    return evidence is not None and evidence.certainty.level in SURE_ENOUGH


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


def courses_of(
    person: Person, facts: Facts, noticeable: NoticeableChange, seed: int, doubtful: str | None
) -> dict[Slug, Course]:
    """Forecast every option, and stopping what is used now, by their ids.

    `doubtful` says why nothing should be forecast for this person, if anything.
    """
    scale, grade = _graded(person)
    wanted = [
        OptionCourse(
            option=name,
            components=option.components,
            course_status="fitted" if option.course.status == "fitted" else "assumed",
        )
        for name, option in facts.options.items()
    ]
    wanted += stop_requests(person, facts)
    measured = person.measured
    density = None if measured is None else measured.density_per_cm2
    is_used = measured is not None and measured.measure == "nonvellus_density"
    began = None if person.noticed is None else person.noticed.months_since_onset
    request = ForecastRequest(
        sex=person.sex,
        condition=person.condition,
        age_years=person.age_years,
        options=wanted,
        scale=scale,
        grade=grade,
        density_per_cm2=density if is_used else None,
        density_not_used=_why_not_used(measured),
        shaft_diameter_um=None if measured is None else measured.shaft_diameter_um,
        anagen_percent=None if measured is None else measured.anagen_percent,
        months_of_loss=began if isinstance(began, float) else None,
        doubt=doubtful or outside_grades(person, facts),
        history=person.history or [],
        months_since_onset=person.health.months_since_shedding_began,
    )
    marks = Noticeable(loss_percent=noticeable.loss_percent, gain_percent=noticeable.gain_percent)
    found = forecast(request, facts, seed, noticeable=marks)
    return {course.option: course for course in found}


def _measures(option: Option, facts: Facts) -> list[Quantity]:
    """Return what was measured of an option's components beyond density, such as graft survival."""
    if option.components == ["none"]:
        return []
    return [q for _, t in treatments_of(option, facts) for q in t.measures.values()]


def _evidence(option: Option, sex: Sex, condition: Slug, facts: Facts) -> EvidenceSummary | None:
    """Return the evidence on an option; none for waiting, which is what the others are held to."""
    if option.components == ["none"]:
        return None
    route = option.route if "exosome" in option.components else None
    return evidence_for(option.components, option.backbone, sex, condition, facts, route=route)


def _expected(option: Option, evidence: EvidenceSummary | None, facts: Facts) -> ExpectedChange:
    """Say in one line what controlled trials found."""
    if evidence is None:
        return ExpectedChange(
            sign="not_known",
            text="This is what the other options are compared with; see the course.",
        )
    pooled = evidence.pooled
    if pooled is not None:
        if pooled.conflict:
            each = ", ".join(
                f"{c.effect_per_cm2:+.0f}".replace("-", "−") for c in evidence.contrasts
            )
            return ExpectedChange(
                sign="not_known",
                text=f"the trials contradict each other ({each} hairs/cm²); no mean is given",
            )
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
        few = ", too few for the interval to hold how far trials differ" * (pooled.studies == 2)
        text = (
            f"{mean} hairs/cm² against {than} ({low} to {high}); {pooled.studies} {trials}{few}, "
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
            text=_share_text(best, facts),
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
    return max((s for s in randomised if s.measure == first), key=lambda s: (s.n or 0, s.week))


def _share_text(share: Responders, facts: Facts) -> str:
    words = SHARE_WORDS.get(share.measure, share.measure.replace("_", " "))
    arms = facts.studies[share.study].arms
    control = arms[share.control].label if share.control in arms else "control"
    return (
        f"{share.percent:.0f} of 100 on {share.arm_label} {words} at week {share.week:g}, "
        f"{share.control_percent:.0f} of 100 on {control}"
    )


def _icons(
    course: Course,
    evidence: EvidenceSummary | None,
    noticeable: NoticeableChange,
    facts: Facts,
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
    best = (
        None
        if evidence is None or evidence.pooled is not None
        else _best_share(evidence.responders)
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
                caption=f"Observed {people}: {_share_text(best, facts)}.",
                n=best.n,
                source=best.source,
            )
        )
    return icons
