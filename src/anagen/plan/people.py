"""Whom a forecast follows: the people drawn for a request, and what they use already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from anagen.candidacy import severity_rank
from anagen.facts import Facts
from anagen.facts.parameter import ModelParameter
from anagen.follicle import (
    Cohort,
    Layout,
    Past,
    Regimen,
    Seen,
    Signs,
    fitted_part,
    follow_regimens,
    is_assumed,
    pattern_cohort,
    stratified_normal,
    with_memory,
    with_pasts,
)
from anagen.follicle.units import Array, Index
from anagen.plan.bands import MONTHS, WEEKS, bands_of, hold, moved, nested
from anagen.plan.baseline import Baseline, baseline_of
from anagen.plan.course import Band, ForecastRequest, OptionCourse

SLICES = 5
"""The average person, and the assumed courses, which count nobody, have one of so many parts."""
THINNED = 4
"""Short and long use, where none was said, have one of so many parts of that again; so has the
average person with another memory of size."""
UNTREATED = Regimen(())


@dataclass(frozen=True, slots=True)
class People:
    """Whom the courses of a request are for, and what they use already.

    `plain` are the same people if what they used, as far as it is assumed, did nothing; there are
    none where all of it was fitted (P14). Those who are not counted only stand beside others.
    """

    request: ForecastRequest
    baseline: Baseline
    layout: Layout
    cohort: Cohort
    plain: Cohort | None
    count_error: Array
    is_counted: bool

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

        signs = signs_of(request, facts)

        def drawn(past: Past | None) -> tuple[Cohort, np.random.Generator]:
            rng = np.random.default_rng(seed)
            density = request.density_per_cm2
            return pattern_cohort(
                model, layout, rng, draws, density, slices, past, signs=signs
            ), rng

        cohort, rng = drawn(baseline.past)
        error_share = model["count_error_percent"].number() / 100
        count_error = error_share * stratified_normal(rng, draws, slices)
        plain = drawn(baseline.past_of(fitted))[0] if is_plain else None
        return cls(request, baseline, layout, cohort, plain, count_error, is_counted)

    @property
    def is_plain(self) -> bool:
        """Whether something that they use already is assumed."""
        return self.plain is not None

    @property
    def is_measured(self) -> bool:
        """Whether their density was measured."""
        return self.request.density_per_cm2 is not None

    @property
    def is_chosen(self) -> bool:
        """Whether they were chosen by what is known of the person, so that they are the centre."""
        return self.is_measured or is_weighed(self.request)

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
        # a density was measured on what is left of the gain today, whichever course is right
        return self._from_today(Seen(**values), seen)

    def bands(self, seen: Seen) -> dict[str, Band]:
        """Summarise a course; the error of a count is the same in all."""
        averages = self.cohort.averages
        return bands_of(seen, averages, self.count_error, is_chosen=self.is_chosen)

    def bands_of_both(
        self, seen: Mapping[Regimen, Seen], model: Mapping[str, ModelParameter]
    ) -> dict[Regimen, dict[str, Band]]:
        """Summarise courses; bands hold both memories of size, each told by the same people (P20).

        An assumed course reaches to its fitted part, which holds both, anyway. Somebody untreated
        has one course: from today on the two differ by what grows back by itself where androgen
        drive is below 1, which is little within two years.
        """
        bands = {regimen: self.bands(one) for regimen, one in seen.items()}
        treated = [
            regimen
            for regimen in seen
            if regimen.components and (regimen.ended or not is_assumed(regimen, model))
        ]
        if not treated:
            return bands
        other = Layout.from_facts(model, "programmed")
        averages = self.cohort.averages
        count = max(1, averages // THINNED)
        few = np.concatenate([np.arange(count), averages + np.arange(averages)])
        past = self.baseline.past
        twins = with_memory(model, self.cohort, self.layout, other, few, past)
        wanted = dict.fromkeys(treated, np.arange(few.size))

        def bands_of_few(one: Seen) -> dict[str, Band]:
            return bands_of(one, count, self.count_error, is_chosen=self.is_chosen)

        for regimen, one in follow_regimens(model, other, twins, wanted, WEEKS).items():
            same = seen[regimen].take(few)
            after, before = bands_of_few(self._from_today(one, same)), bands_of_few(same)
            bands[regimen] = {
                name: nested(hold(band, moved(band, before[name], after[name])))
                for name, band in bands[regimen].items()
            }
        return bands

    def _from_today(self, seen: Seen, true: Seen) -> Seen:
        """Return a course with the density of today of another, where that was measured."""
        if not self.is_measured:
            return seen
        density, columns = seen.density_per_cm2, seen.density_per_cm2.shape[1]
        today = true.density_per_cm2[0, :columns]
        return replace(seen, density_per_cm2=density * (today / density[0]))

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


def is_weighed(request: ForecastRequest) -> bool:
    """Return whether more than a density and a grade is known, which chooses among the people."""
    known = (request.shaft_diameter_um, request.anagen_percent, request.months_of_loss)
    return any(one is not None for one in known)


def signs_of(request: ForecastRequest, facts: Facts) -> Signs:
    """Return what is known of a person beside the density, which takes the place of a grade."""
    rank = None
    if request.scale is not None and request.grade is not None and request.density_per_cm2 is None:
        rank = severity_rank(request.scale, request.grade, facts.scales)
    return Signs(
        shaft_diameter_um=request.shaft_diameter_um,
        anagen_percent=request.anagen_percent,
        months_of_loss=request.months_of_loss,
        scale=request.scale if rank is not None else None,
        grade_rank=rank,
    )


def is_moved_by_grade(request: ForecastRequest, facts: Facts) -> bool:
    """Return whether the grade moves the start away from the average trial patient (P15)."""
    signs = signs_of(request, facts)
    return float(signs.years_factor(facts.model, np.ones(()))) != 1


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
