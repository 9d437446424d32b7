"""What a person uses now and used until lately, as the regimen that every course starts from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from anagen.candidacy import UsedTreatment
from anagen.candidacy.history import BY_SESSION, OPERATIONS
from anagen.candidacy.past import (
    ADHERENCE_WORDS,
    RESPONSE_WORDS,
    is_wearing_off,
    loss_months,
    may_be_kept,
    months,
)
from anagen.facts import Facts
from anagen.facts.base import Slug
from anagen.facts.treatment import bounds
from anagen.follicle import AMPLITUDE, WEEKS_PER_YEAR, Past, Regimen, session_weeks
from anagen.follicle.treatment import DOSED
from anagen.follicle.units import Array

WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12
IRREGULAR = ("about_half", "seldom")
HORIZON_MONTHS = 24
"""Months after today for which the sessions of a treatment in use are set."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Going on as now: what is used now goes on, what was stopped lately wears off.

    `regimen` holds both and began `weeks` before today. `now` are the treatments in use that the
    model knows, `left_out` those in use, or stopped lately, that it does not know. `irregular` are
    those in use on half of the days or less, `unsaid` those in use of which it was not said how
    regularly or for how long. `loss_months` gives the months after stopping until the gain of a
    treatment is taken to be lost, `stopped_months` how long ago those that have ended were stopped,
    and `fresh` the weeks of a new course of sessions.
    """

    regimen: Regimen
    weeks: float
    now: tuple[Slug, ...]
    left_out: tuple[Slug, ...]
    irregular: tuple[Slug, ...]
    unsaid: tuple[Slug, ...]
    loss_months: Mapping[Slug, float]
    stopped_months: Mapping[Slug, float]
    fresh: Mapping[Slug, tuple[float, ...]]
    notes: tuple[str, ...]

    @property
    def past(self) -> Past | None:
        """What was given before today, if anything."""
        return self.past_of(self.regimen)

    @property
    def is_whole(self) -> bool:
        """Whether all that was used is known to the model, told in full, and goes on."""
        return not (self.left_out or self.irregular or self.unsaid or self.regimen.ended)

    def past_of(self, regimen: Regimen) -> Past | None:
        """Return what of a regimen was given before today, if anything."""
        begun = regimen.before_today()
        return Past(begun, self.weeks) if begun.components else None

    def with_option(
        self,
        components: Iterable[str],
        doses: Mapping[str, float],
        weeks: Sequence[float] | None = None,
        stopped: Sequence[str] = (),
    ) -> Regimen:
        """Return the regimen of an option: as now, without what is stopped, and with its own."""
        own, stops, base = {n for n in components if n != "none"}, set(stopped), self.regimen
        episodes = [
            (name, first, 0.0 if name in stops and last > 0 else last)
            for name, first, last in base.episodes
        ]
        again = own & {name for name, _, last in episodes if last <= 0}
        episodes += [(name, 0.0, np.inf) for name in again]
        schedules = []
        for name, given in base.schedules:
            kept = tuple(week for week in given if week < 0 or name not in stops)
            schedules.append((name, kept + (self.fresh[name] if name in again else ())))
        begun = {name for name, _, _ in episodes}
        names = own | {name for name in base.components if name in begun or name not in stops}
        going_on = {n: dose for n, dose in base.doses if n in names and n not in again}
        amounts = {**doses, **going_on}
        return Regimen(
            tuple(sorted(names)),
            tuple(sorted(amounts.items())),
            None if weeks is None else tuple(sorted(weeks)),
            episodes=tuple(sorted(episodes)),
            schedules=tuple(sorted(schedules)),
            earlier_doses=tuple((name, dose) for name, dose in base.doses if name in again),
        )

    def lost_share(self, name: str, months_from_today: Array, *, is_again: bool) -> Array:
        """Return the share of the gain of what has ended that is taken to be lost (P13).

        Where it has begun again nothing more of it is lost from today on.
        """
        since = self.stopped_months.get(name, 0.0)
        gone = np.full_like(months_from_today, since) if is_again else since + months_from_today
        return np.minimum(1.0, gone / self.loss_months[name])


def baseline_of(history: Sequence[UsedTreatment], facts: Facts) -> Baseline:
    """Return what a history means for the courses of today.

    Parameters
    ----------
    history:
        The treatments of a checked person.
    facts:
        The facts: how long use is followed, what is taken where months were not said, and how long
        after stopping a gain is lost.
    """
    most = facts.limits["longest_use_followed_months"].number()
    least, longest = bounds(facts.limits["unsaid_use_months"])
    names, doses, now, left_out, notes = [], {}, [], [], []
    irregular, unsaid = [], []
    episodes: list[tuple[str, float, float]] = []
    schedules: dict[str, tuple[float, ...]] = {}
    loss: dict[str, float] = {one.treatment: loss_months(one.treatment, facts) for one in history}
    stopped: dict[str, float] = {}
    for one in history:
        name, since = one.treatment, one.months_since_last_dose
        label = facts.vocabulary.label("treatments", name)
        if name in OPERATIONS:
            left_out.append(name)
            notes.append(
                f"The {label} is not in the courses: the model follows follicles that stay in "
                "place, and what was moved was not part of any trial it was fitted to."
            )
            continue
        if since is None:
            if name in AMPLITUDE:
                notes.append(f"What {label} did is taken to be lost: when it ended was not said.")
            continue
        is_kept = name in AMPLITUDE and may_be_kept(one, facts)
        if not one.is_now and not is_wearing_off(one, facts) and not is_kept:
            if name in AMPLITUDE:
                notes.append(
                    f"What {label} did is taken to be lost: it ended {months(since)} ago. Had it "
                    f"ended within {_counted_months(one, loss[name], facts)}, the courses would "
                    "start elsewhere."
                )
            continue
        if name not in AMPLITUDE:
            left_out.append(name)
            notes.append(
                f"The courses leave out {label}, which the model does not know; they therefore do "
                "not describe you."
            )
            continue
        used = one.months_used
        if used is None:
            used = facts.limits["full_effect_months"].number()
            notes.append(
                f"How long {label} was used was not said; {months(used)} are taken, after which "
                f"the effect is full, and the bands reach from {least:g} to {longest:g} months of "
                "use."
            )
        if used == 0 and not one.is_now:
            continue
        names.append(name)
        notes += _notes_on_use(one, label)
        amount = one.dose_mg_per_day if DOSED.get(name) == "mg" else one.strength_percent
        if name in DOSED and amount is not None:
            doses[name] = amount
        if one.is_now:
            now.append(name)
            if one.adherence in IRREGULAR:
                irregular.append(name)
            elif _is_unsaid(one):
                unsaid.append(name)
        else:
            stopped[name] = since
        if used == 0:
            continue
        if since > most:
            notes.append(
                f"The use of {label} ended {months(since)} ago and is followed as if it had ended "
                f"{most / 12:g} years ago: by then what the model keeps hardly changes."
            )
            since = most
        begun = min(used, most) + since
        if used > most:
            notes.append(
                f"The use of {label} is followed for its last {most / 12:g} years, as long as the "
                "longest trial that the model was fitted to."
            )
        last = np.inf if one.is_now else -since * WEEKS_PER_MONTH
        episodes.append((name, -begun * WEEKS_PER_MONTH, last))
        if name in BY_SESSION:
            schedules[name] = _sessions(one, used, since, begun, facts)
            notes.append(_note_on_sessions(one, label, facts))
    if any(one.treatment in names and one.response in RESPONSE_WORDS for one in history):
        notes.append("What the hair did so far does not change the course.")
    began = [first for _, first, _ in episodes]
    return Baseline(
        regimen=Regimen(
            tuple(sorted(names)),
            tuple(sorted(doses.items())),
            episodes=tuple(sorted(episodes)),
            schedules=tuple(sorted(schedules.items())),
        ),
        weeks=-min(began, default=0.0),
        now=tuple(sorted(now)),
        left_out=tuple(left_out),
        irregular=tuple(irregular),
        unsaid=tuple(unsaid),
        loss_months=loss,
        stopped_months=stopped,
        fresh={
            name: session_weeks(name, facts.model, HORIZON_MONTHS * WEEKS_PER_MONTH)
            for name in schedules
        },
        notes=tuple(notes),
    )


def _is_regularity_unsaid(one: UsedTreatment) -> bool:
    """Return whether it was not said how regularly something is used that has begun."""
    is_said = one.treatment in BY_SESSION or one.adherence not in (None, "unknown")
    return one.is_now and one.months_used != 0 and not is_said


def _is_unsaid(one: UsedTreatment) -> bool:
    return one.months_used is None or _is_regularity_unsaid(one)


def _counted_months(one: UsedTreatment, lost_within: float, facts: Facts) -> str:
    """Say within how many months after its end a use would have moved the start."""
    kept = facts.limits["kept_gain_months"].number()
    is_long = may_be_kept(msgspec.structs.replace(one, months_since_last_dose=kept), facts)
    return months(kept if is_long else lost_within)


def with_months(history: Sequence[UsedTreatment], months_used: float) -> list[UsedTreatment]:
    """Return a history with these months of use wherever none were said."""
    return [
        msgspec.structs.replace(one, months_used=months_used) if _has_no_months(one) else one
        for one in history
    ]


def has_unsaid_months(history: Sequence[UsedTreatment], regimen: Regimen) -> bool:
    """Return whether the months of something in a regimen were not said."""
    return any(_has_no_months(one) and one.treatment in regimen.components for one in history)


def _has_no_months(one: UsedTreatment) -> bool:
    return one.months_used is None and one.treatment not in OPERATIONS


def _notes_on_use(one: UsedTreatment, label: str) -> list[str]:
    notes = []
    if one.adherence in IRREGULAR:
        notes.append(
            f"You {'use' if one.is_now else 'used'} {label} {ADHERENCE_WORDS[one.adherence]}. What "
            "less than daily use does was not measured, so the courses take it as used on most "
            "days."
        )
    elif _is_regularity_unsaid(one):
        notes.append(
            f"How regularly you use {label} was not said; the courses take it as used on most days "
            "and count nobody."
        )
    amount = one.dose_mg_per_day or one.strength_percent
    if amount is not None and one.treatment not in DOSED:
        notes.append(
            f"No dose-response of {label} was found to fit, so its usual dose stands for yours."
        )
    return notes


def _own_gap_w(one: UsedTreatment, used_months: float, facts: Facts) -> float | None:
    """Return the weeks between the sessions that a person gave, if they make a rhythm."""
    if one.months_used is None or one.sessions is None or one.sessions < 2:
        return None
    gap = used_months * WEEKS_PER_MONTH / (one.sessions - 1)
    return gap if gap >= facts.limits["least_weeks_between_sessions"].number() else None


def _note_on_sessions(one: UsedTreatment, label: str, facts: Facts) -> str:
    if _own_gap_w(one, one.months_used or 0.0, facts) is not None:
        return f"The sessions of {label} are spread evenly over the months that you gave."
    return f"The sessions of {label} are taken to follow their usual rhythm; yours was not said."


def _sessions(
    one: UsedTreatment, used_months: float, since_months: float, begun_months: float, facts: Facts
) -> tuple[float, ...]:
    """Return the weeks of past sessions and, in use, of those to come: in the person's rhythm.

    Without a rhythm of the person's own that of the facts goes on for as long as the use.
    """
    name, model = one.treatment, facts.model
    first = -(used_months + since_months) * WEEKS_PER_MONTH
    end = HORIZON_MONTHS if one.is_now else -since_months
    length = end * WEEKS_PER_MONTH - first
    step = _own_gap_w(one, used_months, facts)
    if step is not None:
        weeks = [k * step for k in range(int(length / step + 1e-9) + 1)]
    elif f"{name}_maintenance_w" in model:
        weeks = list(session_weeks(name, model, length))
    else:
        weeks = list(np.arange(0.0, length, model[f"{name}_interval_w"].number()))
    # a slip of rounding would move a session of today into the past
    placed = (round(first + week, 6) for week in weeks)
    return tuple(week for week in placed if week >= -begun_months * WEEKS_PER_MONTH - 1e-6)
