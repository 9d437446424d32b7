"""The course that each option would take: hair over two years, with what is not known about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.facts import Facts
from anagen.facts.treatment import bounds
from anagen.follicle import (
    AMPLITUDE,
    Regimen,
    Seen,
    follow_recovery,
    follow_regimens,
    stratified_normal,
)
from anagen.follicle.units import Index
from anagen.plan.bands import (
    MEASURES,
    MONTHS,
    WEEKS,
    WEEKS_PER_MONTH,
    bands_of,
    hold_all,
    holding,
    nets_of,
    outcome_of,
)
from anagen.plan.baseline import has_unsaid_months, with_months
from anagen.plan.course import (
    Band,
    Course,
    ForecastRequest,
    Net,
    Noticeable,
    OptionCourse,
    Outcome,
)
from anagen.plan.course_notes import (
    component_notes,
    doubt_of_effect,
    doubt_of_loss,
    doubt_of_use,
    effluvium_notes,
    person_notes,
)
from anagen.plan.people import SLICES, People, is_moved_by_grade

__all__ = [
    "MONTHS",
    "Band",
    "Course",
    "ForecastRequest",
    "Net",
    "Noticeable",
    "OptionCourse",
    "Outcome",
    "forecast",
]

DRAWS = 480
"""Single persons of a fitted course, whose counts out of 100 must not hang on the seed."""


def forecast(
    request: ForecastRequest,
    facts: Facts,
    seed: int,
    *,
    noticeable: Noticeable,
    draws: int = DRAWS,
) -> list[Course]:
    """Forecast every option of a request, in its order.

    All options share the draws of one seed, so they differ by treatment alone. The average is the
    model's average person; its interval holds the parameters' uncertainty, drawn independently of
    each other from the ranges of the facts. The interval of one person adds how people differ and,
    for the density, the error of one count. The bands of an assumed course are widened until they
    hold those of its fitted part alone, or of no treatment where nothing in it is fitted.

    Every course goes on from what the person uses already: the option of no components is going on
    as now, and every other is added to it. After stopping, the bands of a course are widened until
    they hold the course in which the gain is lost as soon as the facts say. Where it was not said
    for how long something was used, they hold short and long use; where a grade moves the start,
    they hold that of the average trial patient. Whether a follicle keeps a size that it gained is
    not known, so the bands of a treatment hold the course in which it does not, too.

    Parameters
    ----------
    draws:
        Single persons of a fitted course, a multiple of `SLICES`.

    Raises
    ------
    InputError
        If a dose is given where no dose-response is known, or a number is out of bounds.
    """
    if request.density_per_cm2 is not None and not request.density_per_cm2 > 0:
        raise InputError(
            f"a density of {request.density_per_cm2} hairs per cm2 cannot be; give one above 0"
        )
    if request.doubt is not None:
        return [_no_course(option, request.doubt) for option in request.options]
    if request.condition == "telogen_effluvium":
        return _effluvium_courses(request, facts, seed, draws // SLICES)
    reason = _why_no_person(request, facts)
    reasons = [reason or _why_no_course(option, facts) for option in request.options]
    if None not in reasons:
        return [
            _no_course(option, why or "")
            for option, why in zip(request.options, reasons, strict=True)
        ]
    people = People.of(request, facts, seed, draws)
    found = _pattern_courses(people, reasons, facts, noticeable)
    for other in _held_beside(people, facts):
        others = People.of(other, facts, seed, draws, is_counted=False)
        beside = _pattern_courses(others, reasons, facts, noticeable)
        found = [holding(course, one) for course, one in zip(found, beside, strict=True)]
    return found


def _held_beside(people: People, facts: Facts) -> list[ForecastRequest]:
    """Return the requests whose courses the bands hold too: short and long use, and no grade."""
    request = people.request
    beside = []
    if has_unsaid_months(request.history, people.baseline.regimen):
        beside = [
            msgspec.structs.replace(request, history=with_months(request.history, used_months))
            for used_months in bounds(facts.limits["unsaid_use_months"])
        ]
    if is_moved_by_grade(request, facts):
        beside.append(msgspec.structs.replace(request, scale=None, grade=None))
    return beside


def _pattern_courses(
    people: People, reasons: list[str | None], facts: Facts, noticeable: Noticeable
) -> list[Course]:
    """Forecast pattern hair loss under the options for which there is no reason not to."""
    request = people.request
    model, cohort = facts.model, people.cohort
    everyone, few = cohort.first(cohort.draws), cohort.first(cohort.averages)
    as_now = people.baseline.regimen
    drawn = [
        (option, people.regimen(option))
        for option, why in zip(request.options, reasons, strict=True)
        if why is None
    ]
    wanted, plain, never = {as_now: few}, dict[Regimen, Index](), dict[Regimen, Index]()
    known_as_now = people.known_in(as_now, model)
    for option, regimen in drawn:
        backing = plain if people.is_plain else wanted
        backing.setdefault(people.known_part(option, model), few)
        backing.setdefault(known_as_now, few)
        if people.is_fitted(option, model):
            wanted |= {as_now: everyone, regimen: everyone}
        else:
            wanted.setdefault(regimen, few)
        if regimen.ended:
            waning, *later = people.fading(option)
            wanted.setdefault(waning, few)
            never |= dict.fromkeys(later, few)
    seen = follow_regimens(model, people.layout, cohort, wanted, WEEKS)
    seen_plain: dict[Regimen, Seen] = {}
    if people.plain is not None:
        seen_plain = follow_regimens(model, people.layout, people.plain, plain, WEEKS)
    seen_never = people.follow_never(never, model)
    bands = (
        people.bands_of_both(seen, model)
        if people.is_counted
        else {regimen: people.bands(one) for regimen, one in seen.items()}
    )
    bands_plain = {regimen: people.bands(one) for regimen, one in seen_plain.items()}
    seen_known, bands_known = (seen_plain, bands_plain) if people.is_plain else (seen, bands)
    is_treated = people.baseline.past is not None
    notes = [
        *person_notes(
            request,
            facts,
            cohort,
            {name: bands[as_now][name].mean[0] for name in MEASURES},
            is_treated=is_treated,
            is_by_grade=is_moved_by_grade(request, facts),
        ),
        *people.baseline.notes,
    ]
    courses: list[Course] = []
    for option, why in zip(request.options, reasons, strict=True):
        if why is not None:
            courses.append(_no_course(option, why))
            continue
        regimen, known = people.regimen(option), people.known_part(option, model)
        own = [*notes, *component_notes(regimen.components, model)]
        if people.is_fitted(option, model):
            net = nets_of(seen[regimen], seen[as_now], cohort.averages, is_chosen=people.is_chosen)
            outcome = outcome_of(seen[regimen], cohort.averages, noticeable)
            courses.append(_course(option, bands[regimen], own, net, outcome))
            continue
        own_bands, held = bands[regimen], [bands_known[known]]
        if option.stopped and regimen.ended:
            own_bands = people.bands(_no_more_than(seen[regimen], seen[as_now]))
            held = [people.bands(_no_more_than(seen_known[known], seen_known[known_as_now]))]
        assumed = [name for name in regimen.components if name not in known.components]
        unsure = [name for name in assumed if name in as_now.components]
        if unsure:
            own.append(doubt_of_use(unsure, request, facts))
        added = [name for name in assumed if name not in unsure]
        if added:
            own.append(doubt_of_effect(added, known, request, facts, is_use_assumed=bool(unsure)))
        if regimen.ended:
            waning, *later = people.fading(option)
            lost = people.losing(
                option, seen[regimen], seen[waning], [seen_never[r] for r in later]
            )
            if option.stopped:
                lost = _no_more_than(lost, seen[as_now])
            held.append(people.bands(lost))
            own.append(doubt_of_loss(regimen.ended, facts))
        courses.append(
            _course(option, hold_all(own_bands, held), own, is_wearing_off=bool(regimen.ended))
        )
    return courses


def _no_more_than(seen: Seen, as_now: Seen) -> Seen:
    """Return a course of stopping with no more hair than going on.

    In the model a lotion also shortens rest, so that for some weeks after its end fewer hairs are
    shed. That has not been measured, and is no reason to draw a gain from stopping.
    """
    density = seen.density_per_cm2
    return replace(
        seen, density_per_cm2=np.minimum(density, as_now.density_per_cm2[:, : density.shape[1]])
    )


_NO_MODEL_OF_CONDITION = {
    "alopecia_areata": "alopecia areata comes and goes in attacks; the model's numbers for it are "
    "guesses, not fits, so a course for one person would be invented",
    "traction_alopecia": "how fast hair returns after pulling ends, or scars, has no measured rate",
    "scarring_alopecia": "the speed of scarring differs between diseases and has no measured rate",
}
_NO_MODEL_OF_COMPONENT = {
    "hair_transplant": "surgery moves follicles; the model follows follicles that stay in place",
    "jak_inhibitor": "JAK inhibitors act on the immune attack, which is not modelled",
    "spironolactone": "no course of scalp androgen under spironolactone was found to fit",
    "clascoterone_topical": "no course of scalp androgen drive under clascoterone was found to fit",
}


def _why_no_person(request: ForecastRequest, facts: Facts) -> str | None:
    """Return why nobody like this can be forecast, or nothing."""
    if request.condition != "androgenetic_alopecia":
        fallback = "the model knows pattern hair loss and telogen effluvium only"
        return _NO_MODEL_OF_CONDITION.get(request.condition, fallback)
    if request.sex == "male" and request.scale == "norwood_hamilton":
        grades = facts.model["calibrated_norwood_grades"].words()
        if request.grade is not None and request.grade not in grades:
            return (
                f"the model was fitted to men of Norwood-Hamilton grades {', '.join(grades)}; "
                f"grade {request.grade} lies outside"
            )
    return None


def _why_no_course(option: OptionCourse, facts: Facts) -> str | None:
    """Return why an option has no course, or nothing."""
    for name in option.components:
        if name == "none" or name in AMPLITUDE:
            continue
        broader = facts.vocabulary.treatments.get(name)
        family = broader.broader if broader and broader.broader else name
        fallback = f"the model has no term for '{name}'"
        return _NO_MODEL_OF_COMPONENT.get(family, fallback)
    return None


def _no_course(option: OptionCourse, reason: str) -> Course:
    return Course(option=option.option, status="not_modelled", months=list(MONTHS), reason=reason)


def _course(
    option: OptionCourse,
    bands: Mapping[str, Band],
    notes: list[str],
    net: Sequence[Net] = (),
    outcome: Outcome | None = None,
    *,
    is_wearing_off: bool = False,
) -> Course:
    """Return a modelled course: fitted where it counts people, assumed where it does not."""
    return Course(
        option=option.option,
        status="assumed" if outcome is None else "fitted",
        is_wearing_off=is_wearing_off,
        months=list(MONTHS),
        density_per_cm2=bands["density_per_cm2"],
        change_percent=bands["change_percent"],
        shaft_diameter_um=bands["shaft_diameter_um"],
        anagen_percent=bands["anagen_percent"],
        shed_hairs_per_day=bands["shed_hairs_per_day"],
        net=list(net),
        outcome=outcome,
        notes=notes,
    )


def _effluvium_courses(
    request: ForecastRequest, facts: Facts, seed: int, draws: int
) -> list[Course]:
    """Forecast recovery from an acute effluvium: only what happens without treatment."""
    reason = "how a treatment changes the recovery from telogen effluvium has not been fitted"
    waits = [
        set(option.components) <= {"none"} and not option.stopped for option in request.options
    ]
    if not any(waits):
        return [_no_course(option, reason) for option in request.options]
    acute_months = facts.rules["R13"].limits["months_from_onset"].number()
    months = request.months_since_onset
    if months is not None and months >= acute_months:
        reason = (
            f"shedding for {months:g} months is not the acute course that is modelled "
            f"(less than {acute_months:g} months)"
        )
        return [_no_course(option, reason) for option in request.options]
    rng = np.random.default_rng(seed)
    since = None if months is None else months * WEEKS_PER_MONTH
    seen = follow_recovery(facts.model, rng, draws, WEEKS, request.density_per_cm2, since)
    error_share = facts.model["count_error_percent"].number() / 100
    bands = bands_of(seen, draws, error_share * stratified_normal(rng, draws))
    return [
        _course(option, bands, effluvium_notes(request)) if waits_on else _no_course(option, reason)
        for option, waits_on in zip(request.options, waits, strict=True)
    ]
