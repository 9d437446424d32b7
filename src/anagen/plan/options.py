"""What the facts say of each option: for whom it is one, its harms, its regimen, its approval."""

from typing import Literal

from anagen.errors import InputError
from anagen.facts.base import GRADE_ORDER, Grade, Number, Sex, Slug, Status
from anagen.facts.store import Facts
from anagen.facts.treatment import Approval, Harm, Option, Regimen, Timing, Treatment
from anagen.frozen import Record

Fits = Literal["yes", "no", "not_known"]


class OptionFit(Record):
    """Whether an option is one for a condition and a sex, and why.

    `is_unanswered` is true where only a missing answer keeps it from being known.
    """

    option: Slug
    fits: Fits
    reason: str
    status: Status
    source: list[Slug]
    is_unanswered: bool = False


class HarmLine(Record):
    """One unwanted event of an option, ready to print.

    `percent_low` and `percent_high` are equal where one share is known, both absent where none
    is. `upper_bound_percent` is set where no event was seen in `n` people: the highest rate that
    this would still happen with, at `confidence_percent`. `grade` is the best of the sources.
    """

    treatment: Slug | None
    event: str
    is_serious: bool
    status: Status
    source: list[Slug]
    grade: Grade
    dose: str | None = None
    population: str | None = None
    percent_low: float | None = None
    percent_high: float | None = None
    events: int | None = None
    n: int | None = None
    upper_bound_percent: float | None = None
    confidence_percent: float | None = None
    control: str | None = None
    control_percent: float | None = None
    control_events: int | None = None
    control_n: int | None = None
    risk_ratio: float | None = None
    risk_ratio_low: float | None = None
    risk_ratio_high: float | None = None
    note: str | None = None


def find_option(option: str, facts: Facts) -> Option:
    """Return an option by its id.

    Raises
    ------
    InputError
        If there is no such option.
    """
    if option not in facts.options:
        raise InputError(
            f"there is no option '{option}'; the options are {', '.join(sorted(facts.options))}"
        )
    return facts.options[option]


def best_grade(source: list[Slug], facts: Facts) -> Grade:
    """Return the strongest footing among the sources of a fact."""
    grades = [facts.sources[key].grade for key in source if key in facts.sources]
    return min(grades, key=GRADE_ORDER.index, default="unlocated")


def options_for(condition: str, sex: Sex, facts: Facts) -> list[OptionFit]:
    """Say of every option whether it is one for this condition and sex.

    "no" needs a source that speaks against it; an option that nobody studied in this condition or
    sex is "not_known".

    Parameters
    ----------
    condition:
        The id of a type of hair loss.
    sex:
        The person's sex.
    facts:
        The facts.

    Returns
    -------
    :
        One answer for each option, in the order of the facts.

    Raises
    ------
    InputError
        If the condition or the sex is not in the vocabulary.
    """
    if condition not in facts.vocabulary.conditions:
        raise InputError(
            f"there is no condition '{condition}'; "
            f"choose one of {', '.join(facts.vocabulary.conditions)}"
        )
    if sex not in ("male", "female"):
        raise InputError(f"the sex is '{sex}'; give male or female")
    return [_fit(name, option, condition, sex, facts) for name, option in facts.options.items()]


def _fit(name: str, option: Option, condition: str, sex: Sex, facts: Facts) -> OptionFit:
    against = [
        entry
        for entry in option.unfit
        if condition in (entry.conditions or option.conditions)
        and (not entry.sexes or sex in entry.sexes)
    ]
    if against:
        worst = min(against, key=lambda entry: entry.fits != "no")
        reason = worst.reason
        return OptionFit(
            option=name, fits=worst.fits, reason=reason.text, status=reason.status,
            source=reason.source,
        )  # fmt: skip
    label = facts.vocabulary.conditions[condition].label
    if condition not in option.conditions and option.components == ["none"]:
        reason_text = f"Whether waiting does harm in {label} was not collected: ask a physician."
    elif condition not in option.conditions:
        reason_text = f"No facts on {option.short_label} for {label} were collected."
    elif sex not in option.sexes:
        people = "women" if sex == "female" else "men"
        reason_text = f"No facts on {option.short_label} in {people} were collected."
    else:
        return OptionFit(
            option=name, fits="yes", reason=f"Used or studied for {label}.", status="derived",
            source=_named_sources(option, facts),
        )  # fmt: skip
    return OptionFit(
        option=name, fits="not_known", reason=reason_text, status="assumed", source=["collector"]
    )


def _named_sources(option: Option, facts: Facts) -> list[Slug]:
    """Return the sources of what an option rests on, each once."""
    named = [statement.source for statement in (*option.effects, option.lasting)]
    named += [regimen.source for _, regimen in regimens_of(option, facts)]
    return list(dict.fromkeys(key for source in named for key in source))


def treatments_of(option: Option, facts: Facts) -> list[tuple[Slug, Treatment]]:
    """Return the components of an option that have facts of their own, in order."""
    return [
        (name, facts.treatments[name]) for name in option.components if name in facts.treatments
    ]


def holds_on(route: str, routes: list[Slug]) -> bool:
    """Say whether a fact with these routes holds for a route; a fact without routes always does."""
    return not routes or route in routes


def regimens_of(option: Option, facts: Facts) -> list[tuple[Slug, Regimen]]:
    """Return how often each component of an option is given.

    Regimens that name the option's route come before, and instead of, those without a route.
    """
    found: list[tuple[Slug, Regimen]] = []
    for name, treatment in treatments_of(option, facts):
        own = [regimen for regimen in treatment.regimens if option.route in regimen.routes]
        rest = [regimen for regimen in treatment.regimens if not regimen.routes]
        scheduled = [r for r in own if r.sessions_first_year or r.applications_per_year]
        found += [(name, regimen) for regimen in (own if scheduled else own + rest)]
    return found


def onset_of(option: Option, facts: Facts) -> list[Timing]:
    """Return when an option becomes visible: its own facts, else those of its components."""
    if option.visible_from:
        return option.visible_from
    return [
        timing
        for _, treatment in treatments_of(option, facts)
        for timing in treatment.onset
        if holds_on(option.route, timing.routes)
    ]


def approval_of(option: str, jurisdiction: str, facts: Facts) -> Approval:
    """Return what is known of an option's approval in a jurisdiction.

    Where nothing was collected the standing is "not_known", and the words repeat what sources say
    without naming a territory.

    Raises
    ------
    InputError
        If the option or the jurisdiction is not in the facts.
    """
    find_option(option, facts)
    if jurisdiction not in facts.vocabulary.jurisdictions:
        raise InputError(
            f"there is no jurisdiction '{jurisdiction}'; "
            f"choose one of {', '.join(facts.vocabulary.jurisdictions)}"
        )
    anywhere: Approval | None = None
    for entry in facts.approvals.values():
        if entry.option != option:
            continue
        if entry.jurisdiction == jurisdiction:
            return entry
        if entry.jurisdiction == "international":
            anywhere = entry
    label = facts.vocabulary.jurisdictions[jurisdiction].label
    text = f"Not known: nothing was collected for {label}."
    if anywhere is None:
        return Approval(
            option=option, jurisdiction=jurisdiction, standing="not_known", text=text,
            status="assumed", source=["collector"],
        )  # fmt: skip
    return Approval(
        option=option, jurisdiction=jurisdiction, standing="not_known",
        text=f"{text} In general: {anywhere.text}", status=anywhere.status, source=anywhere.source,
    )  # fmt: skip


def zero_event_upper_percent(n: int, confidence_percent: float) -> float:
    """Return the highest rate, in percent, at which seeing no event in n people is not unlikely.

    The exact one-sided binomial bound 100 (1 - a^(1/n)) with a = 1 - confidence.

    Raises
    ------
    InputError
        If n is below 1 or the confidence is not between 0 and 100.

    References
    ----------
    Hanley & Lippman-Hand (1983), JAMA 249:1743-1745.

    Examples
    --------
    >>> round(zero_event_upper_percent(30, 95.0), 1)
    9.5
    """
    if n < 1:
        raise InputError(f"no event in {n} people says nothing; give a number of 1 or more")
    if not 0.0 < confidence_percent < 100.0:
        raise InputError(f"the confidence is {confidence_percent} %; give one between 0 and 100")
    alpha = 1.0 - confidence_percent / 100.0
    return float(100.0 * (1.0 - alpha ** (1.0 / n)))


def harms_of(option: str, facts: Facts) -> list[HarmLine]:
    """List the unwanted events of an option: of the combination itself, then of each component.

    Events that belong to another route are left out. Serious events that happened come first.
    An empty list means that no harm was collected, not that there is none.

    Raises
    ------
    InputError
        If there is no such option.
    """
    chosen = find_option(option, facts)
    lines = [_line(None, harm, facts) for harm in chosen.harms]
    for name, treatment in treatments_of(chosen, facts):
        lines += [
            _line(name, harm, facts)
            for harm in treatment.harms
            if holds_on(chosen.route, harm.routes)
        ]
    return sorted(lines, key=lambda line: not line.is_serious or line.events == 0)


def _line(treatment: Slug | None, harm: Harm, facts: Facts) -> HarmLine:
    low, high = _share(harm)
    bound = confidence = None
    if harm.events == 0 and harm.n:
        confidence = facts.limits["zero_event_confidence_percent"].number()
        bound = zero_event_upper_percent(harm.n, confidence)
    return HarmLine(
        treatment=treatment, event=harm.event, is_serious=harm.is_serious, status=harm.status,
        source=harm.source, grade=best_grade(harm.source, facts), dose=harm.dose,
        population=harm.population, percent_low=low, percent_high=high, events=harm.events,
        n=harm.n, upper_bound_percent=bound, confidence_percent=confidence, control=harm.control,
        control_percent=_float(harm.control_percent), control_events=harm.control_events,
        control_n=harm.control_n, risk_ratio=_float(harm.risk_ratio),
        risk_ratio_low=_float(harm.risk_ratio_low), risk_ratio_high=_float(harm.risk_ratio_high),
        note=harm.note,
    )  # fmt: skip


def _share(harm: Harm) -> tuple[float | None, float | None]:
    """Return the lower and upper share in percent: as given, or from events and people."""
    if harm.percent is not None:
        return float(harm.percent), float(harm.percent)
    if harm.percent_low is not None and harm.percent_high is not None:
        return float(harm.percent_low), float(harm.percent_high)
    if harm.events is not None and harm.n:
        share = 100.0 * harm.events / harm.n
        return share, share
    return None, None


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)
