"""The short answer at the head of a plan: thin evidence first, then what stands open."""

from anagen.plan.documents import Answer, OptionCard, Plan

HEADLINE_OF_HEALTH = {
    "STOP": "Exosome treatment is ruled out for you for reasons of health.",
    "REFER": "See a physician first: something needs a diagnosis or an opinion before any session.",
    "DEFER": "Not now: something has to settle first.",
}
NAMED_OPTIONS = 4


def short_answer(plan: Plan) -> Answer:
    """Return the headline and a few sentences that answer for this person."""
    return Answer(headline=_headline(plan), sentences=_sentences(plan))


def _headline(plan: Plan) -> str:
    candidacy = plan.candidacy
    health = HEADLINE_OF_HEALTH.get(candidacy.health.verdict)
    if health is not None:
        return health
    if candidacy.law.verdict == "STOP":
        return f"Not lawful as offered in {_place(plan)}."
    if candidacy.product.verdict == "STOP":
        return "Not with this product."
    if candidacy.evidence.verdict in ("STOP", "REFER", "DEFER"):
        return "Not shown to help your type of hair loss."
    if candidacy.health.verdict == "ASK" or candidacy.product.verdict == "ASK":
        return "Nobody has shown how much hair exosomes add, and questions are open."
    return "Possible, but nobody has shown how much hair exosomes add."


def _place(plan: Plan) -> str:
    name = plan.jurisdiction_label
    return f"the {name}" if name.startswith(("United", "European")) else name


def _exosome(plan: Plan) -> OptionCard | None:
    cards = [card for card in plan.options if "exosome" in card.components]
    on_page = [card for card in cards if card.on_page_one]
    return next(iter(on_page or cards), None)


def _sentences(plan: Plan) -> list[str]:
    said = [_evidence_sentence(plan)]
    said.extend(_as_now_sentences(plan))
    said.append(_open_sentence(plan))
    questions = plan.candidacy.questions()
    if questions:
        many = f"{len(questions)} questions are" if len(questions) > 1 else "One question is"
        said.append(f"{many} still open; the answers could change the lines below.")
    return said


def _evidence_sentence(plan: Plan) -> str:
    card = _exosome(plan)
    if card is None or card.evidence is None:
        return f"No study of exosomes for {plan.condition_label} gives a number to plan with."
    if card.expected.sign == "not_known":
        gains = len(card.evidence.gains)
        without = (
            f" {gains} results exist only without a control group; such a gain may be the season, "
            "the needle or hope."
            if gains > 1
            else ""
        )
        return f"How much hair exosomes add is not known: {card.expected.text}.{without}"
    return f"Exosomes: {card.expected.text}."


def _as_now_sentences(plan: Plan) -> list[str]:
    try:
        course = plan.option("none").course
    except KeyError:
        return []
    change = course.change_percent
    if change is None or plan.person.condition != "androgenetic_alopecia":
        return []
    month = course.months.index(12.0)
    kind = "the model expects" if course.status == "fitted" else "an assumed course gives"
    mean, low, high = (
        f"{band[month]:+.0f}".replace("-", "−")
        for band in (change.mean, change.person_low, change.person_high)
    )
    return [
        f"If you go on as now, {kind} {mean} % of density in a year (one person {low} to {high} %)."
    ]


def _open_sentence(plan: Plan) -> str:
    cards = [plan.option(name) for name in plan.open_options]
    if not cards:
        return (
            "No other option has a controlled result for your type of hair loss in these facts; "
            "a dermatologist may know of treatments that were not collected."
        )
    shown = [card for card in cards if card.on_page_one]
    rest = [card for card in cards if not card.on_page_one]
    names = [card.short_label for card in (shown + rest)[:NAMED_OPTIONS]]
    more = len(cards) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    return f"Better-evidenced options that stand open to talk over with a physician: {listed}."
