"""What a treatment that is used or was used has shown so far, and whether that was a fair trial."""

import math
from typing import Literal

from anagen.candidacy.history import BY_SESSION, OPERATIONS, UsedTreatment
from anagen.candidacy.person import Person
from anagen.facts import Facts, Record, Status
from anagen.facts.base import Quantity, Slug, Statement
from anagen.facts.treatment import FairTrial

FairlyTried = Literal["yes", "no", "not_known"]

ADHERENCE_WORDS = {
    "most_days": "on most days",
    "about_half": "on about half of the days",
    "seldom": "seldom",
}
RESPONSE_WORDS = {
    "better": "it got better",
    "held": "it held",
    "no_change": "no change seen",
    "worse": "it got worse",
}
WHY_STOPPED_WORDS = {
    "no_effect": "no effect seen",
    "side_effects": "side effects",
    "cost": "cost",
    "burden": "too much trouble",
    "wish_for_child": "wish for a child",
    "finished": "the course was finished",
    "other": "another reason",
}
NOT_SAID = "not said"
WHEN_NOT_SAID = "When it ended was not said; it is taken as over, and what it did as lost."
WEEKS_PER_MONTH = 365.25 / 7 / 12


class PastNote(Record):
    """One treatment that is used or was used, and what that use can show.

    `fairly_tried` says whether it was used long and regularly enough to be judged; `is_failed`
    that it was, and that no gain was seen; `is_reaction` that side effects ended it;
    `is_wearing_off` that it was stopped so lately that its gain may not be lost yet. Without
    `months_since_last_dose` it has ended, and when was not said. `adherence`, `response` and
    `why_stopped` are words for the page.
    """

    treatment: Slug
    label: str
    is_now: bool
    fairly_tried: FairlyTried
    is_failed: bool
    is_reaction: bool
    is_wearing_off: bool
    text: str
    status: Status
    source: list[Slug]
    months_since_last_dose: float | None = None
    months_used: float | None = None
    amount: str | None = None
    adherence: str = NOT_SAID
    response: str = NOT_SAID
    why_stopped: str | None = None


def past_of(person: Person, facts: Facts) -> list[PastNote]:
    """Judge every treatment of a person's history, those used now first.

    Parameters
    ----------
    person:
        A checked person.
    facts:
        The facts; how long a fair trial is stands with each treatment.
    """
    history = sorted(
        person.history or [],
        key=lambda one: (
            math.inf if one.months_since_last_dose is None else one.months_since_last_dose
        ),
    )
    return [_note(one, facts) for one in history]


HABITS = {
    "alcohol_on_most_days": "drink alcohol on most days",
    "poor_sleep": "sleep badly on most nights",
}


def habits_of(person: Person, facts: Facts) -> list[Statement]:
    """Return what is known of the habits that a person names: that nobody knows."""
    named = [words for key, words in HABITS.items() if getattr(person.health, key) == "yes"]
    if not named:
        return []
    known = facts.open_questions["habits"]
    return [
        Statement(
            text=f"You {' and '.join(named)}. {known.what_exists.strip()}",
            status=known.status,
            source=known.source,
        )
    ]


def _note(one: UsedTreatment, facts: Facts) -> PastNote:
    treatment = facts.treatments.get(one.treatment)
    fair = None if treatment is None else treatment.fair_trial
    label = facts.vocabulary.label("treatments", one.treatment)
    tried, why = _fairly_tried(one, fair, label)
    no_gain = one.response in ("no_change", "worse") or (
        one.why_stopped == "no_effect" and one.response in (None, "unknown")
    )
    is_failed = tried == "yes" and no_gain
    is_reaction = one.why_stopped == "side_effects"
    said = [why, *_words_of_response(one, is_failed=is_failed, no_gain=no_gain)]
    if one.months_since_last_dose is None and one.treatment not in OPERATIONS:
        said.append(WHEN_NOT_SAID)
    if is_reaction:
        said.append(
            "Side effects made you stop: talk that over with a physician before you use it again."
        )
    return PastNote(
        treatment=one.treatment,
        label=label,
        is_now=one.is_now,
        months_since_last_dose=one.months_since_last_dose,
        fairly_tried=tried,
        is_failed=is_failed,
        is_reaction=is_reaction,
        is_wearing_off=is_wearing_off(one, facts),
        text=" ".join(said),
        status="assumed" if fair is None else fair.lasting.status,
        source=["collector"] if fair is None else fair.lasting.source,
        months_used=one.months_used,
        amount=_amount(one),
        adherence=ADHERENCE_WORDS.get(one.adherence or "", NOT_SAID),
        response=RESPONSE_WORDS.get(one.response or "", NOT_SAID),
        why_stopped=_why_stopped(one),
    )


class LossOnStopping(Record):
    """Within how many months after stopping a gain is taken to be lost, and what is known of it.

    `text` is what was collected of the loss; there is none where nobody measured or told it.
    """

    within_months: float
    text: str | None = None


def loss_on_stopping(treatment: str, facts: Facts) -> LossOnStopping:
    """Return how soon after stopping the gain of a treatment is taken to be lost."""
    known = facts.treatments.get(treatment)
    for timing in [] if known is None else known.offset:
        if timing.weeks is not None:
            is_ours = timing.weeks.status == "assumed"
            return LossOnStopping(
                within_months=round(timing.weeks.number() / WEEKS_PER_MONTH),
                text=None if is_ours else timing.text,
            )
    return LossOnStopping(within_months=facts.limits["loss_on_stopping_months"].number())


def loss_months(treatment: str, facts: Facts) -> float:
    """Return the months after stopping within which a gain is taken to be lost."""
    return loss_on_stopping(treatment, facts).within_months


def may_be_kept(one: UsedTreatment, facts: Facts) -> bool:
    """Return whether a gain that is taken to be lost by now may be left in the model.

    So it is after use for at least a fair trial, or for a time that was not said, until the facts
    say that the end lies too far back.
    """
    if one.is_now or one.treatment in OPERATIONS or one.months_since_last_dose is None:
        return False
    if one.months_since_last_dose > facts.limits["kept_gain_months"].number():
        return False
    known = facts.treatments.get(one.treatment)
    fair = None if known is None else known.fair_trial
    least = (facts.limits["full_effect_months"] if fair is None else fair.lasting).number()
    return one.months_used is None or one.months_used >= least


def is_wearing_off(one: UsedTreatment, facts: Facts) -> bool:
    """Return whether a treatment was stopped so lately that its gain may not be lost yet."""
    if one.is_now or one.treatment in OPERATIONS or one.months_since_last_dose is None:
        return False
    return one.months_since_last_dose <= loss_months(one.treatment, facts)


def _why_stopped(one: UsedTreatment) -> str | None:
    if one.is_now or one.treatment in OPERATIONS:
        return None
    return WHY_STOPPED_WORDS.get(one.why_stopped or "", NOT_SAID)


def _amount(one: UsedTreatment) -> str | None:
    if one.dose_mg_per_day is not None:
        return f"{one.dose_mg_per_day:g} mg a day"
    if one.strength_percent is not None:
        return f"{one.strength_percent:g} %"
    if one.sessions is not None:
        return f"{one.sessions} {'session' if one.sessions == 1 else 'sessions'}"
    return None


def months(count: float) -> str:
    """Return a number of months in words.

    Examples
    --------
    >>> months(1), months(2.5)
    ('1 month', '2.5 months')
    """
    return f"{count:g} {'month' if count == 1 else 'months'}"


def _fairly_tried(
    one: UsedTreatment, fair: FairTrial | None, label: str
) -> tuple[FairlyTried, str]:
    """Say whether a treatment had its fair trial, and why."""
    if one.treatment == "other":
        return "not_known", "Whether it was a fair trial is not known: the treatment is not named."
    if fair is None:
        return (
            "not_known",
            f"Whether it was a fair trial is not known: how long {label} must be used before it "
            "can be judged was not found.",
        )
    needed, lasted = fair.lasting.number(), _lasted(one)
    short, unsaid = [], []
    if lasted is None:
        unsaid.append(_what_is_unsaid_of_length(one))
    elif lasted < needed:
        since_first = " since the first session" if one.treatment in BY_SESSION else ""
        short.append(f"{months(lasted)}{since_first} of at least {needed:g}")
    if fair.sessions is not None:
        least = fair.sessions.number()
        if one.sessions is None:
            unsaid.append("how many sessions there were")
        elif one.sessions < least:
            short.append(f"{_amount(one)} of at least {least:g}")
    dose = one.dose_mg_per_day or one.strength_percent
    if fair.least_dose is not None and dose is not None and dose < fair.least_dose.number():
        short.append(f"{_amount(one)}, below the usual {_least_dose(fair.least_dose)}")
    if one.treatment not in BY_SESSION:
        if one.adherence in ("about_half", "seldom"):
            short.append(f"used {ADHERENCE_WORDS[one.adherence]}")
        elif one.adherence != "most_days":
            unsaid.append("whether on most days")
    if short:
        yet = " yet" if one.is_now or one.treatment in OPERATIONS else ""
        return "no", f"Not a fair trial{yet}: {'; '.join(short)}."
    if unsaid:
        return (
            "not_known",
            f"Whether it was a fair trial is not known: it was not said {' and '.join(unsaid)}.",
        )
    return "yes", f"A fair trial: {_tried_for(one, lasted or 0, needed)}."


def _least_dose(dose: Quantity) -> str:
    return f"{dose.number():g} {'%' if dose.unit == 'percent' else 'mg a day'}"


def _tried_for(one: UsedTreatment, lasted: float, needed: float) -> str:
    """Say for how long a treatment was tried; of sessions, how many and when the first was."""
    if one.treatment not in BY_SESSION or one.treatment in OPERATIONS:
        return f"{months(lasted)} of at least {needed:g}"
    count = f"{_amount(one)}; the first" if one.sessions is not None else "the first session"
    return f"{count} {months(lasted)} ago, where at least {needed:g} are needed"


def _what_is_unsaid_of_length(one: UsedTreatment) -> str:
    if one.treatment in OPERATIONS:
        return "when it was done"
    return "for how long it was used" if one.months_used is None else "when the last session was"


def _lasted(one: UsedTreatment) -> float | None:
    """Return the months that count: of use, and for sessions those since the first."""
    since = one.months_since_last_dose
    if one.treatment in OPERATIONS:
        return since
    if one.months_used is None:
        return None
    if one.treatment not in BY_SESSION:
        return one.months_used
    return None if since is None else one.months_used + since


def _words_of_response(one: UsedTreatment, *, is_failed: bool, no_gain: bool) -> list[str]:
    """Say what a response shows; that it slowed the loss nobody can see without a comparison."""
    if one.treatment in OPERATIONS:
        return []
    if no_gain:
        lead = "No gain was seen." if is_failed else "That no gain was seen shows little."
        unseen = (
            "Whether the loss would have gone faster without it cannot be seen without a "
            "comparison."
        )
        return [lead, unseen] if is_failed else [lead]
    if one.response in ("better", "held"):
        return ["That it helped cannot be told from a change that came by itself."]
    return []
