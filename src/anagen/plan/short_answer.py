"""The short answer at the head of a plan: why or why not, thin evidence, what stands open."""

from anagen.candidacy import Finding, LineVerdict, Triage
from anagen.candidacy.history import LOTIONS, TABLETS
from anagen.candidacy.type_fit import plain
from anagen.plan.course_notes import left_out_of
from anagen.plan.documents import Answer, OptionCard, Plan
from anagen.plan.safety import TreatmentSafety
from anagen.plan.wording import first_sentence, lower_first

HEADLINE_OF_HEALTH = {
    "STOP": "Exosome treatment is ruled out for you.",
    "REFER": "See a physician first.",
    "DEFER": "Not now.",
}
REFERRED_TOO = "See a physician soon; exosome treatment is ruled out for you."
ANSWERED_NO = ("UNLIKELY", "UNLIKELY_AND_REFER", "WAIT", "REFER", "REFER_FIRST", "STOP")
"""Answers by type of hair loss that speak against exosomes whatever the product."""

MOST_REASONS = 2
MOST_STEPS = 2
EXPECTATION_RULE = "R33"


def short_answer(plan: Plan) -> Answer:
    """Return the headline and a few sentences that answer for this person."""
    return Answer(headline=_headline(plan), sentences=_sentences(plan))


def _headline(plan: Plan) -> str:
    candidacy = plan.candidacy
    if _is_emergency(plan):
        return "Get medical help now."
    health = HEADLINE_OF_HEALTH.get(candidacy.health.verdict)
    if health is not None:
        return REFERRED_TOO if candidacy.health.verdict == "STOP" and _urgent(plan) else health
    if candidacy.evidence.verdict == "REFER":
        return HEADLINE_OF_HEALTH["REFER"]
    if candidacy.law.verdict == "STOP":
        return f"Not lawful as offered in {_place(plan)}."
    if plan.triage is not None and not plan.triage.is_stated:
        return _headline_of_triage(plan, plan.triage)
    if any(pair.ours in ANSWERED_NO for pair in candidacy.answers):
        return "Exosomes are not shown to help your hair loss."
    card = _exosome(plan)
    is_shown = card is not None and card.expected.sign == "effect"
    known = "exosomes added hair in trials" if is_shown else "nobody has shown how much they add"
    if candidacy.product.verdict == "STOP":
        return f"Not this product of exosomes; and {known}."
    if any(line.verdict == "ASK" for line in candidacy.lines()):
        return f"Exosomes: {known}, and questions are open."
    if candidacy.law.verdict == "CAUTION":
        return f"Exosomes: {known}, and no approval was found for {_place(plan)}."
    return f"Exosomes are possible, and {known}."


def _headline_of_triage(plan: Plan, triage: Triage) -> str:
    """Say what the answers fit; a product that is ruled out whatever the type comes first."""
    if plan.candidacy.product.verdict == "STOP":
        return f"Not this product of exosomes. {triage.headline}"
    return triage.headline


def _is_emergency(plan: Plan) -> bool:
    return plan.person.health.sepsis_or_unstable_circulation == "yes"


def _place(plan: Plan) -> str:
    name = plan.jurisdiction_label
    return f"the {name}" if name.startswith(("United", "European")) else name


def _sentences(plan: Plan) -> list[str]:
    if _is_emergency(plan):
        return _reasons(plan)[:1]
    stopped = plan.candidacy.health.verdict == "STOP"
    said = [*_reasons(plan), *_named_sentences(plan), *_step_sentences(plan)]
    said += [*_triage_sentences(plan), *_type_sentences(plan)]
    said.append(_evidence_sentence(plan))
    if not stopped:
        said.extend(_expectation_sentences(plan))
    said.extend(_taken_sentences(plan))
    if not stopped:
        said.extend(_tried_sentences(plan))
    said.extend(_doubt_sentences(plan))
    if not stopped:
        said.extend(_as_now_sentences(plan))
    said.extend(_closed_sentences(plan))
    said.extend(_open_sentences(plan))
    asks = [f for f in plan.candidacy.findings() if f.verdict == "ASK"]
    if plan.person.product is None:  # nobody has offered anything that these could be asked of
        asks = [f for f in asks if not all(key.startswith("product.") for key in f.missing)]
    questions = list(dict.fromkeys(q for f in asks for q in f.questions))
    if questions and not stopped:
        many = f"{len(questions)} questions are" if len(questions) > 1 else "One question is"
        said.append(f"{many} still open; the answers could change the lines below.")
    return list(dict.fromkeys(said))


EMERGENCY_RULE = "R07"
CLOSING = ("STOP", "REFER", "DEFER")
MOST_CLOSED = 3
MODELLED = "95 of 100 modelled people"


def _named_sentences(plan: Plan) -> list[str]:
    """Say what the own rules of a treatment in use find, whatever the type of hair loss is."""
    said = []
    for entry in plan.named_treatments:
        against = [f for f in entry.findings if f.verdict in CLOSING]
        if not entry.is_taken_now:
            said.append(_asked_sentence(plan, entry))
            continue
        if not against:
            continue
        why = " ".join(dict.fromkeys(_what(f) for f in against[:MOST_REASONS]))
        rules = ", ".join(f.rule for f in against[:MOST_REASONS])
        soon = "today" if against[0].verdict == "STOP" else "soon"
        said.append(
            f"You use {entry.label}, and a rule of it speaks against that. {why} Do not change it "
            f"on your own; speak {soon} with whoever prescribed it, or with another physician "
            f"(rule {rules})."
        )
    return said


def _asked_sentence(plan: Plan, entry: TreatmentSafety) -> str:
    """Answer for a treatment that a person asks about: what its own rules find, or nothing."""
    worst = entry.findings[0] if entry.findings else None
    about = f"You ask about {entry.label}:"
    if plan.candidacy.health.verdict == "STOP" and any(f.rule == "R01" for f in _stops(plan)):
        return f"{about} the facts were collected for adults only; ask a physician."
    if worst is None or worst.verdict in ("OK", "INFORM"):
        return f"{about} no rule of it speaks against it; that is not a clearance."
    if worst.verdict == "ASK":
        return f"{about} answer first: {' '.join(worst.questions)}"
    words = {
        "STOP": "not for you as things stand.",
        "REFER": "a physician has to look first.",
        "DEFER": "not now.",
    }
    return f"{about} {words.get(worst.verdict, 'with care.')} {_what(worst)} (rule {worst.rule})"


def _stops(plan: Plan) -> list[Finding]:
    return [f for f in plan.candidacy.health.findings if f.verdict == "STOP"]


def _what(finding: Finding) -> str:
    """Return what about the person made a rule apply: the first sentence of its reason."""
    return f"{first_sentence(finding.reason)}."


def _closed_sentences(plan: Plan) -> list[str]:
    """Name the single treatments that a rule of their own stops, unless everything is stopped."""
    if plan.candidacy.health.verdict == "STOP":
        return []
    closed: dict[str, list[str]] = {}
    asked = {entry.treatment for entry in plan.named_treatments if entry.is_asked_about}
    for card in plan.options:
        worst = card.safety[0] if card.safety else None
        is_own = len(card.components) == 1 and not {"exosome", *asked} & set(card.components)
        if is_own and worst is not None and worst.verdict == "STOP" and not card.is_taken_now:
            closed.setdefault(_what(worst), []).append(lower_first(card.short_label))
    return [
        f"Stopped by a rule of its own: {', '.join(names)}. {why}"
        for why, names in list(closed.items())[:MOST_CLOSED]
    ]


def _step_sentences(plan: Plan) -> list[str]:
    """Say what comes first: what is right whichever type it is, or what this type begins with."""
    if plan.triage is not None and plan.triage.working_condition is None:
        return [" ".join(step.text for step in plan.triage.first_steps[:MOST_STEPS])]
    return _first_steps(plan)


def _reasons(plan: Plan) -> list[str]:
    """Give the reasons of every line that stops, and of the health line where it refers or defers.

    What is an emergency comes first, whatever else was found.
    """
    candidacy = plan.candidacy
    found: list[Finding] = []
    if _is_emergency(plan):
        found += [f for f in candidacy.health.findings if f.rule == EMERGENCY_RULE]
    if candidacy.health.verdict in HEADLINE_OF_HEALTH:
        found += [*_urgent(plan), *_worst(candidacy.health)]
    for line in (candidacy.law, candidacy.product):
        if line.verdict == "STOP":
            found += _worst(line)
    return list(dict.fromkeys(f.reason for f in found))


def _urgent(plan: Plan) -> list[Finding]:
    """Return what a physician has to see within a time that a rule names, where all is stopped."""
    health = plan.candidacy.health
    if health.verdict != "STOP":
        return []
    return [f for f in health.findings if f.verdict == "REFER" and f.urgency][:MOST_REASONS]


def _worst(line: LineVerdict) -> list[Finding]:
    return [f for f in line.findings if f.verdict == line.verdict][:MOST_REASONS]


def _triage_sentences(plan: Plan) -> list[str]:
    """Say what the answers fit, or where they speak against the stated type."""
    if plan.triage is None:
        return []
    if plan.triage.is_stated:
        return [plan.triage.note] if plan.triage.note else []
    red = [f.reason for f in plan.candidacy.findings() if f.rule in plan.triage.red_flags]
    if plan.candidacy.health.verdict == "STOP":
        return [*red[:MOST_REASONS], *plan.triage.sentences[:1]]
    return [*red[:MOST_REASONS], *plan.triage.sentences]


def _type_sentences(plan: Plan) -> list[str]:
    """Say what holds for this type of hair loss where our answer is not simply "possibly"."""
    is_named = plan.triage is None or plan.triage.is_stated
    if plan.triage is not None and not is_named and len(plan.triage.compatible) > 1:
        return []
    said = [
        f"{'For' if is_named else 'If it is'} {pair.label}: {pair.ours_words}. {pair.why}"
        for pair in plan.candidacy.answers
        if pair.ours in ANSWERED_NO
    ]
    if not said and not is_named and plan.candidacy.evidence.verdict == "REFER":
        said = [f.reason for f in _worst(plan.candidacy.evidence)]
    return said[:1]


def _if_it_is(plan: Plan, sentence: str) -> str:
    """Say under which condition a sentence holds, where nobody has named the type."""
    if not plan.is_provisional:
        return sentence
    return f"If it is {plain(plan.working_label)}: {sentence[:1].lower()}{sentence[1:]}"


def _exosome(plan: Plan) -> OptionCard | None:
    cards = [card for card in plan.options if "exosome" in card.components]
    on_page = [card for card in cards if card.on_page_one]
    return next(iter(on_page or cards), None)


def _evidence_sentence(plan: Plan) -> str:
    card = _exosome(plan)
    if card is None or card.evidence is None:
        return f"No study of exosomes for {plan.working_label} gives a number to plan with."
    if card.expected.sign != "not_known":
        return f"Exosomes: {card.expected.text}."
    gains = len(card.evidence.gains)
    without = (
        f" {gains} results exist only without a control group; such gains may be the season, the "
        "needle or hope."
        if gains > 1
        else ""
    )
    return f"How much hair exosomes add is not known: {card.expected.text}.{without}"


def _expectation_sentences(plan: Plan) -> list[str]:
    return [f.reason for f in plan.candidacy.findings() if f.rule == EXPECTATION_RULE]


def _taken_sentences(plan: Plan) -> list[str]:
    """Say what holds for somebody who uses something for the hair already."""
    taken = [note for note in plan.past if note.is_now]
    unknown = _left_out(plan)
    if not taken:
        return [_left_out_sentence(unknown)] if unknown else []
    names = _phrase([note.label for note in taken])
    verb = "take" if {note.treatment for note in taken} <= TABLETS | LOTIONS else "use"
    if any(f.rule == "R03" and f.verdict == "STOP" for f in plan.candidacy.findings()):
        return [
            f"You {verb} {names}. Whether this may go on in pregnancy, while breastfeeding or with "
            "a wish for a child must be decided by whoever prescribed it: tell them now."
        ]
    told = [f"You {verb} {names} already. Please do not stop a medicine because of this page."]
    return [*told, _left_out_sentence(unknown)] if unknown else told


def _left_out_sentence(names: list[str]) -> str:
    return (
        f"The courses here leave out {_phrase(names)}, which the model does not know, so they do "
        "not describe you."
    )


def _tried_sentences(plan: Plan) -> list[str]:
    """Say of what was given up that it had no fair trial: it has not failed."""
    return [
        f"{note.label[:1].upper()}{note.label[1:]}, used before: {note.text[:1].lower()}"
        f"{note.text[1:]}"
        for note in plan.past
        if not note.is_now and note.fairly_tried == "no" and not note.is_reaction
    ]


def _left_out(plan: Plan) -> list[str]:
    """Name what the courses that are drawn for pattern hair loss leave out of a history."""
    is_drawn = plan.option("none").course.change_percent is not None
    if not is_drawn or plan.working_condition != "androgenetic_alopecia":
        return []
    left = left_out_of(plan.past)
    return list(dict.fromkeys([*left.in_use, *left.wearing_off, *left.operations]))


def _phrase(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]


def _doubt_sentences(plan: Plan) -> list[str]:
    """Say why nothing is forecast for pattern hair loss, where no reason above has said it."""
    course = plan.option("none").course
    is_said = plan.candidacy.health.verdict in HEADLINE_OF_HEALTH
    if course.reason is None or is_said or plan.working_condition != "androgenetic_alopecia":
        return []
    return [f"No course is drawn for you: {course.reason}."]


def _as_now_sentences(plan: Plan) -> list[str]:
    """Say what going on as now leads to, and what stopping would; the latter is never advice."""
    course = plan.option("none").course
    change = course.change_percent
    is_pattern = plan.working_condition == "androgenetic_alopecia"
    if change is None or not is_pattern or _left_out(plan):
        return []
    month = course.months.index(12.0)
    kind = "the model expects" if course.status == "fitted" else "an assumed course gives"
    bands = (change.mean, change.person_low, change.person_high)
    mean, low, high = (_percent(band[month]) for band in bands)
    moved = "no change of density" if mean == "0" else f"a change of density by {mean} %"
    spread = f"{low} to {high} %"
    whom = f"{spread} for {MODELLED}" if course.status == "fitted" else f"one person {spread}"
    said = [f"{_as_now_words(plan)} {kind} {moved} in a year ({whom})."]
    if course.is_wearing_off:
        low, high = (_percent(end[month]) for end in (change.average_low, change.average_high))
        said = [
            f"{_as_now_words(plan)} density may on average change by {low} to {high} % in a year."
        ]
    stop = plan.stops[-1] if plan.stops else None
    if stop is not None and stop.course.change_percent is not None:
        band = stop.course.change_percent
        low, high = (_percent(edge[month]) for edge in (band.average_low, band.average_high))
        said.append(
            f"{stop.label}, density would on average change by {low} to {high} % in a year: "
            "drawn, never advised."
        )
    return [_if_it_is(plan, sentence) for sentence in said]


def _percent(value: float) -> str:
    return f"{round(value) + 0:+.0f}".replace("-", "−").replace("+0", "0")


def _as_now_words(plan: Plan) -> str:
    taken = [note.label for note in plan.past if note.is_now]
    fading = [note.label for note in plan.past if note.is_wearing_off]
    after = f", now that you have stopped {_phrase(fading)}," if fading else ""
    return f"With {_phrase(taken)} as now{after}" if taken else f"Without any treatment{after}"


def _first_steps(plan: Plan) -> list[str]:
    """Say what is done first in this condition, before any option that trials speak for.

    Waiting comes after what is to be done.
    """
    cards = sorted(plan.options, key=lambda card: card.id == "none")
    steps = [card.first_step.text for card in cards if card.first_step is not None]
    return [f"First: {'. Then: '.join(steps)}."] if steps else []


def _open_sentences(plan: Plan) -> list[str]:
    cards = [plan.option(name) for name in plan.open_options]
    if cards:
        names = ", ".join(lower_first(card.short_label) for card in cards)
        said = (
            "With randomised trials of more than very low certainty, and to talk over with a "
            f"physician: {names}."
        )
        return [_if_it_is(plan, said)]
    if plan.triage is not None and plan.triage.working_condition is None:
        return ["No treatment stands open before the type is named."]
    if any(card.fit.is_unanswered for card in plan.options):
        return ["No treatment stands open yet: answers are missing, and each option says which."]
    also = "Beyond that no" if _first_steps(plan) else "No"
    return [
        f"{also} treatment stands open from these facts alone; a dermatologist knows treatments "
        "that were not collected here."
    ]
