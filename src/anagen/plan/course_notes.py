"""What a forecast says of itself: what it took from the person, and what it cannot know."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from anagen.candidacy.history import OPERATIONS
from anagen.candidacy.past import PastNote, loss_on_stopping, months
from anagen.facts import Facts, Record
from anagen.facts.parameter import ModelParameter
from anagen.follicle import AMPLITUDE, Cohort, Regimen, may_do_nothing
from anagen.plan.course import LEAST_START, ForecastRequest

FEW_DRAWS = 1 / 4
"""Where a measured density leaves less than this share of the draws in effect, it is unusual."""
UNREACHED = 2.0
"""Errors of a measurement beyond which a start that lies elsewhere is told."""


def effluvium_notes(request: ForecastRequest) -> list[str]:
    """Say what a course of recovery from an effluvium rests on, and where it starts."""
    months = request.months_since_onset
    start = (
        "from the peak of shedding on, since it was not said when shedding began"
        if months is None
        else f"from {months:g} {'month' if months == 1 else 'months'} after shedding began"
    )
    notes = [
        f"Recovery is modelled for one trigger that is over, {start}; a trigger that goes on, or "
        "pattern hair loss beneath, would change it.",
        "The share of hairs pushed into rest is assumed, not measured.",
        "Age and grade did not change the forecast.",
    ]
    if any(one.is_now for one in request.history):
        notes.append("What you use is not in this course.")
    return notes if request.density_not_used is None else [*notes, request.density_not_used]


def person_notes(
    request: ForecastRequest,
    facts: Facts,
    cohort: Cohort,
    starts: Mapping[str, float],
    *,
    is_treated: bool = False,
    is_by_grade: bool = False,
) -> list[str]:
    """Say what the forecast took from the person and what its intervals hold.

    `starts` is where each measure starts; `is_treated` whether something was used before,
    `is_by_grade` whether the grade moved the start.
    """
    after_use = " after the use that you told" if is_treated else ""
    start_per_cm2 = starts["density_per_cm2"]
    notes = [
        "Density counts hairs that are not vellus, at the vertex, as the trials count them; "
        "shedding is per 100,000 follicles like these.",
        "Parameters were drawn independently from their ranges; a joint fit would narrow the "
        "intervals.",
        "Changes in percent and shares of people are of the true density and hold no error of a "
        "count; that error widens only the interval of one person's density.",
        _age_note(request, facts),
    ]
    if request.density_per_cm2 is None:
        notes += [
            f"{request.density_not_used or 'No density was measured.'} "
            f"{_start_note(request, start_per_cm2, after_use, is_by_grade=is_by_grade)}",
            "Some modelled people start nearly bald. A change is in percent of the own start, but "
            f"of no less than {100 * LEAST_START:.0f} % of the average start.",
        ]
    else:
        notes += [
            f"The measured {request.density_per_cm2:g} hairs per cm2 chose and scaled the draws, "
            f"with the error of one count, and the courses start at {start_per_cm2:.0f}: what is "
            "rare is more often a miscount. The grade only decided whether the model applies.",
            "The measured density changes the odds through the draws, which tie it to androgen "
            "drive and years of loss: by an assumption, not by data.",
        ]
    notes += [*_weighed_notes(request), *_unreached_notes(request, facts, starts)]
    if cohort.effective_draws < FEW_DRAWS * cohort.draws:
        known = "such a density" if not _weighed_notes(request) else "all that was measured or told"
        notes.append(f"Few of the model's people have {known}, so the course rests on few of them.")
        if is_treated:
            notes.append(
                "So far from the usual, what the treatment is taken to have done leans on that "
                "assumption too."
            )
    if is_treated and request.grade is not None:
        notes.append(
            "The grade is that of today, while the modelled people have it on the day when the "
            "first of it was begun."
            if is_by_grade
            else "The grade is that of today, while the modelled people begin as trial patients on "
            "the day when the first of it was begun."
        )
    if request.sex == "female":
        notes.append(
            "The model was fitted to men; for women every course is assumed, not measured."
        )
    elif request.scale != "norwood_hamilton":
        notes.append("Without a Norwood-Hamilton grade it is not known whether the model applies.")
    return notes


def _start_note(
    request: ForecastRequest, start_per_cm2: float, after_use: str, *, is_by_grade: bool
) -> str:
    """Say where courses start that no measured density places."""
    if is_by_grade:
        held = "these people without it" if _weighed_notes(request) else "the average trial patient"
        return (
            f"The courses start at {start_per_cm2:.0f} hairs per cm2{after_use}. Where they start "
            "follows from your grade by a rule of ours that was not measured; every band also "
            f"holds the course of {held}."
        )
    chosen = "among people like" if _weighed_notes(request) else "that of"
    told = (
        "No grade was given that could move it."
        if request.grade is None
        else "Your grade decided whether the model applies and leaves the start where it is, by a "
        "rule of ours that was not measured."
    )
    return f"The start is {chosen} the average trial patient{after_use}. {told}"


def _weighed_notes(request: ForecastRequest) -> list[str]:
    """Say what chose among the modelled people beside a density."""
    notes = []
    if request.shaft_diameter_um is not None:
        notes.append(
            f"The measured {request.shaft_diameter_um:g} µm weighs the modelled people, though at "
            "one stage of loss hair is thicker in some people than in others."
        )
    if request.anagen_percent is not None:
        notes.append(
            f"The measured {request.anagen_percent:g} % of growing hairs weighs the modelled "
            "people; its error is assumed."
        )
    if request.months_of_loss is not None:
        notes.append(
            f"That the loss began {months(request.months_of_loss)} ago weighs the modelled people "
            "by their years of loss; how well people remember, and how long loss goes unnoticed, "
            "are assumed."
        )
    return notes


def _unreached_notes(
    request: ForecastRequest, facts: Facts, starts: Mapping[str, float]
) -> list[str]:
    """Say where the modelled people do not show what was measured, by more than its error."""
    model = facts.model

    def sd(*names: str) -> float:
        return math.hypot(*(model[name].number() for name in names))

    measured = (
        ("shaft_diameter_um", "µm", sd("diameter_person_sd_um", "diameter_error_um")),
        ("anagen_percent", "% of growing hairs", sd("anagen_error_percentage_points")),
    )
    return [
        f"The courses start at {starts[name]:.0f} {words}, further from the measured {value:g} "
        "than its error explains: the model has no such people. Have it measured again."
        for name, words, error in measured
        if (value := getattr(request, name)) is not None
        and abs(starts[name] - value) > UNREACHED * error
    ]


def _age_note(request: ForecastRequest, facts: Facts) -> str:
    youngest, oldest = facts.model["fitted_ages_years"].numbers()
    unchanged = "Age did not change the forecast."
    if request.sex == "female" or youngest <= request.age_years <= oldest:
        return unchanged
    return (
        f"{unchanged} The finasteride trials it was fitted to took men of {youngest:g} to "
        f"{oldest:g}; you are {request.age_years:g}."
    )


def component_notes(components: Collection[str], model: Mapping[str, ModelParameter]) -> list[str]:
    """Say what no trial settles about a regimen, and where its fitted part misses its trials."""
    notes = []
    if components:
        notes.append(
            "Whether a follicle keeps a size that it gained is not known; the bands of a treatment "
            "hold both."
        )
    if "finasteride_oral" in components:
        own, trial = (
            model[f"finasteride_gain_1y_{whose}_percent"].number() for whose in ("model", "trial")
        )
        notes.append(
            f"The model's own gain on finasteride at one year (about {own:.0f} %) lies below that "
            f"of the trials (about {trial:.0f} %)."
        )
    if "minoxidil_topical" in components:
        late = model["minoxidil_change_5y_model_percent"].number()
        trial_words = model["minoxidil_5y_trial"].words()[0]
        notes.append(
            f"After five years on minoxidil the model stands {abs(late):.0f} % "
            f"{'below' if late < 0 else 'above'} the start, where a trial stayed {trial_words}."
        )
    return notes


def doubt_of_use(unsure: Sequence[str], request: ForecastRequest, facts: Facts) -> str:
    """Say that what somebody uses already is taken to work; `unsure` is what was not fitted."""
    women = " in women as in men" if request.sex == "female" else ""
    verb = "work" if len(unsure) > 1 else "works"
    return (
        f"The courses assume that the {named(unsure, facts)} you use {verb}{women}. Every band "
        "therefore reaches to what would happen if that did nothing."
    )


def doubt_of_effect(
    assumed: Sequence[str],
    known: Regimen,
    request: ForecastRequest,
    facts: Facts,
    *,
    is_use_assumed: bool = False,
) -> str:
    """Say what an assumed course takes for granted, and how far its band reaches because of it.

    `assumed` is what an option adds that was not fitted; `known` is what was; `is_use_assumed`
    whether something that is used already was not fitted either.
    """
    backing = named(known.components, facts)
    nothing = "no effect of any treatment" if is_use_assumed else "going on as now"
    floor = f"{backing} alone" if backing else nothing
    reach = f"The band therefore reaches down to {floor}."
    if all(may_do_nothing(name, facts.model) for name in assumed):
        subject = f"{named(assumed, facts)} adds to {backing}" if backing else "the treatment works"
        return (
            f"This course assumes that {subject}; no effect is as compatible with what was "
            f"measured. {reach}"
        )
    if request.sex == "female":
        return f"This course assumes that the treatment works in women as in men. {reach}"
    return f"The strength of {named(assumed, facts)} is assumed, not fitted to trials. {reach}"


def named(treatments: Iterable[str], facts: Facts) -> str:
    """Return treatments by their names, in one phrase."""
    labels = [facts.vocabulary.label("treatments", name) for name in treatments]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if labels[1:] else labels)


def doubt_of_loss(ended: Sequence[str], facts: Facts) -> str:
    """Say that how fast a gain is lost after stopping is not settled, and what was collected."""
    said = [
        f"How much hair is lost after stopping {named(ended, facts)}, and how fast, is not "
        "settled: the model keeps part of a gain for years."
    ]
    for name in ended:
        known, label = loss_on_stopping(name, facts), named([name], facts)
        within = months(known.within_months)
        if known.text is None:
            said.append(f"For {label} nobody measured it; {within} are assumed.")
            continue
        collected = known.text.rstrip(".")
        said.append(
            f"What was collected on {label}: {collected}. Loss of the whole gain within {within} "
            "is taken as the fastest."
        )
    said.append(
        "The bands hold the model's course and that in which all of it is lost by then; only the "
        "ends of the average are given."
    )
    return " ".join(said)


class LeftOut(Record):
    """What a person uses or has had done that no course holds, by the names for the page."""

    in_use: list[str]
    wearing_off: list[str]
    operations: list[str]


def left_out_of(past: Sequence[PastNote]) -> LeftOut:
    """Return what the courses of pattern hair loss leave out of a history."""
    unknown = [note for note in past if note.treatment not in AMPLITUDE]
    return LeftOut(
        in_use=[note.label for note in unknown if note.is_now],
        wearing_off=[note.label for note in unknown if note.is_wearing_off],
        operations=[note.label for note in unknown if note.treatment in OPERATIONS],
    )
