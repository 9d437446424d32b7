"""The course that each option would take: hair over two years, with what is not known about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import msgspec
import numpy as np

from anagen.errors import InputError
from anagen.facts import Facts
from anagen.facts.parameter import ModelParameter
from anagen.facts.treatment import bounds
from anagen.follicle import (
    AMPLITUDE,
    WEEKS_PER_YEAR,
    Cohort,
    Layout,
    Past,
    Regimen,
    Seen,
    fitted_part,
    follow_recovery,
    follow_regimens,
    is_assumed,
    pattern_cohort,
    stratified_normal,
    with_pasts,
)
from anagen.follicle.cycle import Array, Index
from anagen.plan.baseline import Baseline, baseline_of, has_unsaid_months, with_months
from anagen.plan.course import (
    LEAST_START,
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

MONTHS = tuple(float(month) for month in range(25))
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
WEEKS = tuple(month * WEEKS_PER_MONTH for month in MONTHS)
DRAWS = 480
"""Single persons of a fitted course, whose counts out of 100 must not hang on the seed."""
SLICES = 5
"""The average person, and the assumed courses, which count nobody, have one of so many parts."""
THINNED = 4
"""Short and long use, where none was said, have one of so many parts of that again."""
INTERVAL = (2.5, 97.5)
"""Percentiles that bound an interval."""
NET_MONTHS = (6, 12, 24)
OUTCOME_MONTH = 12
UNTREATED = Regimen(())
MEASURES = (
    "density_per_cm2",
    "change_percent",
    "shaft_diameter_um",
    "anagen_percent",
    "shed_hairs_per_day",
)


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
    for how long something was used, they hold short and long use.

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
    people = _People.of(request, facts, seed, draws)
    found = _pattern_courses(people, reasons, facts, noticeable)
    if not has_unsaid_months(request.history, people.baseline.regimen):
        return found
    for used_months in bounds(facts.limits["unsaid_use_months"]):
        history = with_months(request.history, used_months)
        other = msgspec.structs.replace(request, history=history)
        others = _People.of(other, facts, seed, draws, is_counted=False)
        beside = _pattern_courses(others, reasons, facts, noticeable)
        found = [_holding(course, one) for course, one in zip(found, beside, strict=True)]
    return found


def _pattern_courses(
    people: "_People", reasons: list[str | None], facts: Facts, noticeable: Noticeable
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
    bands = {regimen: people.bands(one) for regimen, one in seen.items()}
    bands_plain = {regimen: people.bands(one) for regimen, one in seen_plain.items()}
    seen_known, bands_known = (seen_plain, bands_plain) if people.is_plain else (seen, bands)
    start = bands[as_now]["density_per_cm2"].mean[0]
    is_treated = people.baseline.past is not None
    notes = [
        *person_notes(request, facts, cohort, start, is_treated=is_treated),
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
            net = _nets(
                seen[regimen], seen[as_now], cohort.averages, is_measured=people.is_measured
            )
            outcome = _outcome(seen[regimen], cohort.averages, noticeable)
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
            _course(option, _hold_all(own_bands, held), own, is_wearing_off=bool(regimen.ended))
        )
    return courses


@dataclass(frozen=True, slots=True)
class _People:
    """Whom the courses of a request are for, and what they use already.

    `plain` are the same people if what they used, as far as it is assumed, did nothing; there are
    none where all of it was fitted (P14).
    """

    request: ForecastRequest
    baseline: Baseline
    layout: Layout
    cohort: Cohort
    plain: Cohort | None
    count_error: Array

    @classmethod
    def of(
        cls,
        request: ForecastRequest,
        facts: Facts,
        seed: int,
        draws: int,
        *,
        is_counted: bool = True,
    ) -> Self:
        """Draw the people of a request; nobody counts those that are not `is_counted`."""
        model = facts.model
        layout = Layout.from_facts(model)
        baseline = baseline_of(request.history, facts)

        fitted = _fitted_in(baseline.regimen, baseline, request, model)
        is_plain = fitted != baseline.regimen
        slices = SLICES
        if not is_counted:
            draws, slices = max(1, draws // (SLICES * THINNED)), 1
        elif is_plain or not baseline.is_whole:
            # all courses are assumed and count nobody: one slice is enough
            draws, slices = draws // SLICES, 1

        def drawn(past: Past | None) -> tuple[Cohort, np.random.Generator]:
            rng = np.random.default_rng(seed)
            density = request.density_per_cm2
            return pattern_cohort(model, layout, rng, draws, density, slices, past), rng

        cohort, rng = drawn(baseline.past)
        error_share = model["count_error_percent"].number() / 100
        count_error = error_share * stratified_normal(rng, draws, slices)
        plain = drawn(baseline.past_of(fitted))[0] if is_plain else None
        return cls(request, baseline, layout, cohort, plain, count_error)

    @property
    def is_plain(self) -> bool:
        """Whether something that they use already is assumed."""
        return self.plain is not None

    @property
    def is_measured(self) -> bool:
        """Whether their density was measured."""
        return self.request.density_per_cm2 is not None

    def regimen(self, option: OptionCourse) -> Regimen:
        """Return what they use under an option."""
        return self.baseline.with_option(
            option.components, option.doses, option.session_weeks, option.stopped
        )

    def without(self, stopped: Sequence[str]) -> Regimen:
        """Return going on as now, but for what is stopped."""
        return self.baseline.with_option((), {}, stopped=stopped)

    def is_fitted(self, option: OptionCourse, model: Mapping[str, ModelParameter]) -> bool:
        """Return whether all of an option, and of what they use already, was fitted to trials."""
        regimen = self.regimen(option)
        told = option.course_status == "fitted" and self.request.sex == "male"
        is_whole = self.baseline.is_whole and not regimen.ended
        return told and is_whole and not is_assumed(regimen, model)

    def known_part(self, option: OptionCourse, model: Mapping[str, ModelParameter]) -> Regimen:
        """Return what of an option was fitted: all, some components, or no treatment."""
        return self.known_in(self.regimen(option), model)

    def known_in(self, regimen: Regimen, model: Mapping[str, ModelParameter]) -> Regimen:
        """Return what of a regimen was fitted."""
        return _fitted_in(regimen, self.baseline, self.request, model)

    def fading(self, option: OptionCourse) -> list[Regimen]:
        """Return going on without what is stopped, then as if what has ended had never been.

        One by one, the soonest lost first: each differs from the one before by one treatment.
        """
        waning = self.without(option.stopped)
        ended = self._soonest_lost(waning)
        return [waning, *(waning.without_ended(ended[: k + 1]) for k in range(len(ended)))]

    def _soonest_lost(self, regimen: Regimen) -> list[str]:
        return sorted(regimen.ended, key=lambda name: (self.baseline.loss_months[name], name))

    def losing(self, option: OptionCourse, seen: Seen, waning: Seen, never: Sequence[Seen]) -> Seen:
        """Return a course without the gain that the model keeps of what has ended (P13).

        Parameters
        ----------
        seen:
            The course.
        waning, never:
            The same people under the regimens of `fading`.
        """
        spans = self.regimen(option).spans
        shares = [
            self.baseline.lost_share(name, np.array(MONTHS), is_again=spans(name)[-1][1] > 0)
            for name in self._soonest_lost(self.without(option.stopped))
        ]
        values = {}
        for field in fields(Seen):
            steps = [getattr(one, field.name) for one in (waning, *never)]
            left = steps[-1].shape[1]
            value = getattr(seen, field.name)[:, :left].copy()
            for share, before, after in zip(shares, steps, steps[1:], strict=False):
                value -= share[:, None] * (before[:, :left] - after)
            values[field.name] = np.maximum(value, 0.0)
        lost = Seen(**values)
        if not self.is_measured:
            return lost
        # the density was measured on what is left of the gain today, whichever course is right
        density = lost.density_per_cm2
        today = seen.density_per_cm2[0, : density.shape[1]]
        return replace(lost, density_per_cm2=density * (today / density[0]))

    def bands(self, seen: Seen) -> dict[str, Band]:
        """Summarise a course; the error of a count is the same in all."""
        averages = self.cohort.averages
        return _bands(seen, averages, self.count_error, is_measured=self.is_measured)

    def follow_never(
        self, wanted: Mapping[Regimen, Index], model: Mapping[str, ModelParameter]
    ) -> dict[Regimen, Seen]:
        """Follow the same people as if what has ended had never been given (P13)."""
        if not wanted:
            return {}
        few = self.cohort.first(self.cohort.averages)
        lived = {regimen: Past(regimen.before_today(), self.baseline.weeks) for regimen in wanted}
        pasts = list(dict.fromkeys(lived.values()))
        states = dict(
            zip(pasts, with_pasts(model, self.layout, self.cohort, pasts, few), strict=True)
        )
        starts = {regimen: states[past] for regimen, past in lived.items()}
        return follow_regimens(model, self.layout, self.cohort, wanted, WEEKS, starts)


def _fitted_in(
    regimen: Regimen,
    baseline: Baseline,
    request: ForecastRequest,
    model: Mapping[str, ModelParameter],
) -> Regimen:
    """Return what of a regimen was fitted; nothing in women, and nothing used irregularly."""
    if request.sex == "female":
        return UNTREATED
    fitted = fitted_part(regimen, model) if is_assumed(regimen, model) else regimen
    if not set(baseline.irregular) & set(fitted.components):
        return fitted
    return fitted.only(tuple(n for n in fitted.components if n not in baseline.irregular))


def _no_more_than(seen: Seen, as_now: Seen) -> Seen:
    """Return a course of stopping with no more hair than going on.

    In the model a lotion also shortens rest, so that for some weeks after its end fewer hairs are
    shed. That has not been measured, and is no reason to draw a gain from stopping.
    """
    density = seen.density_per_cm2
    return replace(
        seen, density_per_cm2=np.minimum(density, as_now.density_per_cm2[:, : density.shape[1]])
    )


def _holding(course: Course, other: Course) -> Course:
    """Return a course whose bands hold those of another."""
    held = {}
    for name in MEASURES:
        band, beside = getattr(course, name), getattr(other, name)
        if band is not None and beside is not None:
            held[name] = _hold(band, beside)
    return msgspec.structs.replace(course, **held)


def _hold_all(bands: Mapping[str, Band], others: Iterable[Mapping[str, Band]]) -> dict[str, Band]:
    """Return bands widened until they hold all others."""
    held = dict(bands)
    for other in others:
        held = {name: _hold(band, other[name]) for name, band in held.items()}
    return held


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


def _own_start(density_per_cm2: Array, averages: int) -> Array:
    """Return what changes are in percent of: the own start, or the least that stands for one."""
    start: Array = density_per_cm2[0].copy()
    least = LEAST_START * start[:averages].mean()
    start[averages:] = np.maximum(start[averages:], least)
    return start


def _change_percent(density_per_cm2: Array, averages: int) -> Array:
    change = density_per_cm2 - density_per_cm2[0]
    return np.asarray(100 * change / _own_start(density_per_cm2, averages))


def _bands(
    seen: Seen, averages: int, count_error: Array, *, is_measured: bool = False
) -> dict[str, Band]:
    """Summarise every measure of one course; a count adds its error to one person's density."""
    density = seen.density_per_cm2
    counted = density.copy()
    counted[:, averages:] *= 1 + count_error[: density.shape[1] - averages]
    values = {
        "density_per_cm2": counted,
        "change_percent": _change_percent(density, averages),
        "shaft_diameter_um": seen.shaft_diameter_um,
        "anagen_percent": seen.anagen_percent,
        "shed_hairs_per_day": seen.shed_hairs_per_day,
    }
    return {name: _band(value, averages, is_measured=is_measured) for name, value in values.items()}


def _band(values: Array, averages: int, *, is_measured: bool = False) -> Band:
    """Summarise months x columns, the average person's first.

    With a measured density the average is that of the people who show it, and the interval of the
    average person moves with it, within that of one person (P11).
    """
    average, single = values[:, :averages], values[:, averages:]
    low, high = np.percentile(average, INTERVAL, axis=1)
    one_low, one_high = np.percentile(single, INTERVAL, axis=1)
    mean = average.mean(axis=1)
    if is_measured:
        people = single.mean(axis=1)
        low = np.maximum(low + people - mean, one_low)
        high = np.minimum(high + people - mean, one_high)
        mean = people
    return Band(
        mean=mean.tolist(),
        average_low=low.tolist(),
        average_high=high.tolist(),
        person_low=one_low.tolist(),
        person_high=one_high.tolist(),
    )


def _hold(band: Band, other: Band) -> Band:
    """Return the band with its intervals widened until they hold those of the other."""
    return Band(
        mean=band.mean,
        average_low=list(map(min, band.average_low, other.average_low)),
        average_high=list(map(max, band.average_high, other.average_high)),
        person_low=list(map(min, band.person_low, other.person_low)),
        person_high=list(map(max, band.person_high, other.person_high)),
    )


def _nets(seen: Seen, as_now: Seen, averages: int, *, is_measured: bool) -> list[Net]:
    gap = seen.density_per_cm2 - as_now.density_per_cm2
    shares = 100 * gap / _own_start(seen.density_per_cm2, averages)
    band = _band(shares, averages, is_measured=is_measured)
    return [
        Net(
            month=month,
            mean_percent=band.mean[month],
            average_low_percent=band.average_low[month],
            average_high_percent=band.average_high[month],
            person_low_percent=band.person_low[month],
            person_high_percent=band.person_high[month],
        )
        for month in NET_MONTHS
    ]


def _outcome(seen: Seen, averages: int, noticeable: Noticeable) -> Outcome:
    """Count persons out of 100 by their true change; rounding goes to the middle."""
    density = seen.density_per_cm2[:, averages:]
    change_percent = 100 * (density[OUTCOME_MONTH] / density[0] - 1)
    better = round(100 * float(np.mean(change_percent >= noticeable.gain_percent)))
    worse = round(100 * float(np.mean(change_percent <= -noticeable.loss_percent)))
    return Outcome(better=better, cannot_notice=100 - better - worse, worse=worse)


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
    bands = _bands(seen, draws, error_share * stratified_normal(rng, draws))
    return [
        _course(option, bands, effluvium_notes(request)) if waits_on else _no_course(option, reason)
        for option, waits_on in zip(request.options, waits, strict=True)
    ]
