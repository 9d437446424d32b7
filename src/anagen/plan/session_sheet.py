"""The sheet for the room: consent, checks of the day, batch, map, observation."""

import datetime
from collections.abc import Callable, Iterable
from typing import Literal

from anagen.candidacy import UNSTATED, LineVerdict, Person, Product
from anagen.errors import FactError
from anagen.facts import Facts, Record
from anagen.facts.base import Slug
from anagen.facts.paper import ConsentDetail, SameDayCheck, SheetField
from anagen.plan.documents import OptionCard, Plan
from anagen.plan.protocol import KEEP_TAKING, is_on_blood_thinner
from anagen.plan.wording import rule_words, spelled, worded

SPAN_UNITS = ("hours", "days", "weeks", "months", "years")
ORIGIN_WORDS = {
    "human": "human cells", "animal": "animal cells", "plant": "plants", "bacterial": "bacteria",
}  # fmt: skip
MOST_NAMED = 4
MINOR_RULE = "R01"


class ConsentLine(Record):
    """Something to be explained and agreed to; `detail` is what this person's plan says of it."""

    text: str
    detail: str
    source: list[Slug]


class CheckLine(Record):
    """A question of the day; `in_file` is the answer of the person file, to be asked again."""

    id: Slug
    question: str
    halts_on: Literal["yes", "no"]
    source: list[Slug]
    rule: Slug | None = None
    in_file: str | None = None


class StopLine(Record):
    """A line of the plan that speaks against a session, in the word of its verdict, and the rules.

    `word` is "stop", or for health and evidence also "doctor first" or "not yet".
    """

    word: str
    label: str
    rules: list[str]


class SessionSheet(Record):
    """One session of one person, to be filled by hand; nothing on it says who the person is."""

    label: str
    person_word: str
    age_years: float
    condition_label: str
    jurisdiction_label: str
    planned_on: datetime.date
    session_date: datetime.date | None
    halt: str | None
    keep_taking: str | None
    consent: list[ConsentLine]
    checks: list[CheckLine]
    route: str | None
    routes: dict[Slug, str]
    route_rule: str
    map_rule: str
    product: list[SheetField]
    procedure: list[SheetField]
    zones: dict[Slug, str]
    head_length_cm: float
    observation_minutes: list[int]
    observed: list[str]
    reactions: list[str]
    ready: str
    next_visit_week: float
    next_visit_date: datetime.date | None


def stop_lines(plan: Plan) -> list[StopLine]:
    """Return every line of the plan that says stop; with one, no session should take place."""
    return [_stop_line(line, "stop") for line in plan.candidacy.lines() if line.verdict == "STOP"]


def halt_of(plan: Plan, facts: Facts) -> str | None:
    """Return what keeps a session from taking place, as one banner; nothing where nothing does.

    Parameters
    ----------
    plan:
        The person's plan.
    facts:
        The facts, for the words of verdicts and rules.
    """
    stops = stop_lines(plan)
    waits = [
        _stop_line(line, facts.vocabulary.label("verdicts", line.verdict).lower())
        for line in (plan.candidacy.health, plan.candidacy.evidence)
        if line.verdict in ("REFER", "DEFER")
    ]
    is_unnamed = plan.person.condition == UNSTATED
    said = [_said_of(line, facts) for line in [*stops, *waits]]
    if is_unnamed:
        unnamed = "Nobody has named the type of hair loss"
        said.append(f"{unnamed}." if stops else f"{unnamed}: no session before that.")
    if any(finding.rule == MINOR_RULE for finding in plan.candidacy.health.findings if stops):
        return " ".join(["No session.", *said])
    if stops:
        return " ".join([*said, "No session should take place."])
    if waits and not is_unnamed:
        return " ".join([*said, "No session before that is settled."])
    return " ".join(said) or None


def _said_of(line: StopLine, facts: Facts) -> str:
    rules = list(dict.fromkeys(rule_words(rule, facts) for rule in line.rules))
    return f"The plan says {line.word}: {line.label} ({', '.join(rules)})."


def _stop_line(line: LineVerdict, word: str) -> StopLine:
    rules = [finding.rule for finding in line.findings if finding.verdict == line.verdict]
    return StopLine(word=word, label=line.label, rules=rules)


def session_sheet(plan: Plan, facts: Facts) -> SessionSheet:
    """Return the sheet for the room.

    Parameters
    ----------
    plan:
        The person's plan.
    facts:
        The facts, for the sheet's own words and the protocol.

    Raises
    ------
    FactError
        If a step, a rule or a number that the sheet names is missing among the facts.
    """
    own = facts.papers.session
    person = plan.person
    during = facts.protocol.during
    following = min((v for v in facts.protocol.visits if v.week > 0), key=lambda v: v.week)
    route = None if person.product is None else person.product.route
    minutes = own.observation_minutes.value
    return SessionSheet(
        label=person.label,
        person_word=plan.person_word,
        age_years=person.age_years,
        condition_label=plan.condition_label,
        jurisdiction_label=plan.jurisdiction_label,
        planned_on=plan.planned_on,
        session_date=person.session_date,
        halt=halt_of(plan, facts),
        keep_taking=KEEP_TAKING if is_on_blood_thinner(person) else None,
        consent=[
            ConsentLine(text=item.text, detail=DETAILS[item.detail](plan), source=item.source)
            for item in own.consent
        ],
        checks=[
            _check(name, check, person, facts)
            for name, check in own.same_day.items()
            if not check.sexes or person.sex in check.sexes
        ],
        route=None if route == "unknown" else route,
        routes={name: facts.vocabulary.label("routes", name) for name in _routes()},
        route_rule=during["D04"].text,
        map_rule=during["D05"].text,
        product=own.product,
        procedure=own.procedure,
        zones=own.zones,
        head_length_cm=own.head_length.number(),
        observation_minutes=[int(m) for m in minutes] if isinstance(minutes, list) else [],
        observed=own.observed,
        reactions=own.reactions,
        ready=during["D06"].text,
        next_visit_week=following.week,
        next_visit_date=(
            None
            if person.session_date is None
            else person.session_date + datetime.timedelta(weeks=following.week)
        ),
    )


def _routes() -> Iterable[str]:
    return (
        "intradermal_injection",
        "topical_after_microneedling",
        "topical_intact_skin",
    )


def _check(name: Slug, check: SameDayCheck, person: Person, facts: Facts) -> CheckLine:
    if check.rule is not None and check.rule not in facts.rules:
        raise FactError(f"papers.session.same_day.{name}: there is no rule {check.rule}")
    said = said_in_file(person, check.in_file, is_short=True)
    return CheckLine(
        id=name,
        question=worded(check.question, facts),
        halts_on=check.halts_on,
        source=check.source,
        rule=check.rule,
        in_file=None if said is None else check.file_words.get(said, said),
    )


def said_in_file(person: Person, keys: Iterable[str], *, is_short: bool = False) -> str | None:
    """Return what a person file answers to some keys, in few words; nothing where it is silent.

    A no counts only where every key was answered.

    Parameters
    ----------
    person:
        The person.
    keys:
        Dotted keys of the file, such as ``health.smoker``.
    is_short:
        Leave out which key was answered, where the words stand beside a question.
    """
    answers = {key.rpartition(".")[2]: _answer(person, key) for key in keys}
    known = {name: value for name, value in answers.items() if value not in (None, "unknown")}
    told = [
        _in_words(name, value, is_short=is_short) for name, value in known.items() if value != "no"
    ]
    if told:
        return "; ".join(dict.fromkeys(told))
    words = {name: value for name, value in answers.items() if not _is_span(name)}
    return "no" if words and set(words) <= set(known) else None


def _answer(person: Person, key: str) -> object:
    """Return the value at a dotted key of a person; nothing where its block is left out."""
    value: object = person
    for name in key.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value


def _is_span(name: str) -> bool:
    return name.split("_", maxsplit=1)[0] in SPAN_UNITS


def _in_words(name: str, value: object, *, is_short: bool) -> str:
    """Return a length of time or another answer in words."""
    unit, _, what = name.partition("_")
    if value == "yes":
        return "yes" if is_short else f"yes ({spelled(name)})"
    if isinstance(value, int | float) and unit in SPAN_UNITS:
        count = f"{value:g} {unit if value != 1 else unit[:-1]}"
        return count if is_short else f"{count} {spelled(what)}"
    if isinstance(value, int | float):
        return f"{value:g}" if is_short else f"{name.replace('_', ' ')} {value:g}"
    if isinstance(value, list):
        return ", ".join(str(entry).replace("_", " ") for entry in value)
    return str(value).replace("_", " ")


def _exosome(plan: Plan) -> OptionCard | None:
    """Return the card of the exosome option that the plan is about."""
    cards = [card for card in plan.options if "exosome" in card.components]
    return next((card for card in cards if card.on_page_one), next(iter(cards), None))


def _approval(plan: Plan) -> str:
    card = _exosome(plan)
    standing = "not_known" if card is None else card.approval.standing
    return f"{plan.jurisdiction_label}: {standing.replace('_', ' ')}"


def _product(plan: Plan) -> Product | None:
    return plan.person.product


def _origin(plan: Plan) -> str:
    product = _product(plan)
    if product is None or product.origin == "unknown":
        return "Origin not stated in the plan"
    return f"Said: from {ORIGIN_WORDS[product.origin]}"


def _certificate(plan: Plan) -> str:
    product = _product(plan)
    answer = "unknown" if product is None else product.batch_certificate
    return {"yes": "Said: shown", "no": "Said: not shown"}.get(answer, "Not stated in the plan")


def _cost(plan: Plan) -> str:
    card = _exosome(plan)
    found = [
        _money(r.first_year_low, r.first_year_high, r.currency)
        for r in ([] if card is None else card.cost.ranges)
        if r.first_year_low is not None
    ]
    return f"Prices found, first year: {'; '.join(found)}" if found else "No price was found"


def _money(low: float | None, high: float | None, currency: str) -> str:
    if low is None or high is None:
        return f"from {currency} {low or high or 0:,.0f}"
    return f"{currency} {low:,.0f} to {high:,.0f}"


def _options(plan: Plan) -> str:
    labels = [plan.option(name).short_label for name in plan.open_options]
    if not labels:
        return "No option stands open in the plan"
    more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    return f"Open in the plan: {', '.join(labels[:MOST_NAMED])}{more}"


def _harms(plan: Plan) -> str:
    """Give the bound of the largest group in which no event was seen by this route."""
    card = _exosome(plan)
    none_seen = [
        harm
        for harm in ([] if card is None else card.harms)
        if harm.upper_bound_percent is not None and harm.n is not None and not harm.note
    ]
    if not none_seen:
        return ""
    largest = max(none_seen, key=lambda harm: harm.n or 0)
    return f"0 of {largest.n} in a series still allows {largest.upper_bound_percent:.2g} %"


DETAILS: dict[ConsentDetail, Callable[[Plan], str]] = {
    "approval": _approval,
    "origin": _origin,
    "certificate": _certificate,
    "cost": _cost,
    "options": _options,
    "harms": _harms,
}
"""What of the plan is printed beside each item of consent."""
