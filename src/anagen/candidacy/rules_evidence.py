"""Rules about what the evidence covers: R02, R26; and the answer for the type of hair loss."""

import msgspec

from anagen.candidacy.finding import Finding, found, limit, question, reviewed, unanswered
from anagen.candidacy.person import UNSTATED, Person
from anagen.candidacy.rules_scalp import signs_of_scarring
from anagen.candidacy.scales import salt_score
from anagen.candidacy.type_fit import Triage, TypeFit, names_of
from anagen.facts import Facts, Record
from anagen.facts.rule import AlopeciaAnswer, Answer, Rule

FOLLICLES_GONE = frozenset({"lost_follicular_openings", "smooth_shiny_skin"})

OURS_WORDS: dict[Answer, str] = {
    "POSSIBLY": "possibly",
    "REFER_FIRST": "see a dermatologist first",
    "WAIT": "wait",
    "UNLIKELY": "unlikely",
    "UNLIKELY_AND_REFER": "unlikely; see a dermatologist",
    "REFER": "see a physician",
    "STOP": "no",
}


class AnswerPair(Record):
    """Can exosomes help this type of hair loss: the articles' answer beside ours, with the reason.

    `answer` is the id of the fact; `ours` our answer as an id, `ours_words` in words.
    """

    answer: str
    label: str
    article_answer: str
    articles: list[str]
    ours: Answer
    ours_words: str
    why: str
    source: list[str]
    reviewed: str


def r02_above_studied_age(person: Person, fact: Rule) -> Finding | None:
    """Caution above the highest age that a trial admitted."""
    oldest = limit(fact, "oldest_studied_age", "years")
    if person.age_years <= oldest:
        return None
    return found(
        "R02", fact, f"You are {person.age_years:g} years old.",
        value=person.age_years, limit=oldest, unit="years",
    )  # fmt: skip


def r26_hair_medicine(person: Person, fact: Rule) -> Finding | None:
    """Caution that a hair medicine blurs what a session did; never a reason to stop it."""
    limits = {
        True: limit(fact, "topical_months", "months"),
        False: limit(fact, "oral_months", "months"),
    }
    recent = [
        (medicine, ago, limits[medicine.treatment.endswith("_topical")])
        for medicine in person.history or ()
        if medicine.treatment in MEDICINE_WORDS
        and (ago := medicine.months_since_last_dose) is not None
        and ago < limits[medicine.treatment.endswith("_topical")]
    ]
    if not recent:
        return None
    said = [
        f"{MEDICINE_WORDS[medicine.treatment]}"
        + ("" if ago == 0 else f" (until {ago:g} months ago)")
        for medicine, ago, _ in recent
    ]
    _, latest, needed = min(recent, key=lambda entry: entry[1])
    verb = "take" if latest == 0 else "took"
    return found(
        "R26", fact, f"You {verb} {' and '.join(said)}.", value=latest, limit=needed, unit="months",
    )  # fmt: skip


MEDICINE_WORDS = {
    "finasteride_oral": "finasteride tablets",
    "finasteride_topical": "finasteride spray",
    "dutasteride": "dutasteride",
    "minoxidil_oral": "minoxidil tablets",
    "minoxidil_topical": "minoxidil lotion",
}


def _fits(answer: AlopeciaAnswer, person: Person) -> bool:
    """Return whether an answer is for this condition, sex and grade."""
    if answer.condition != person.condition or answer.sex not in (None, person.sex):
        return False
    return all(
        person.severity is not None and getattr(person.severity, scale) in grades
        for scale, grades in answer.grades.items()
    )


def answers_for(person: Person, facts: Facts) -> dict[str, AlopeciaAnswer]:
    """Return the answers that apply, the most specific first.

    A scarring answer joins where the scalp shows signs of scarring, whatever type was stated.
    """
    fitting = {k: v for k, v in facts.alopecia_answers.items() if _fits(v, person)}
    graded = {k: v for k, v in fitting.items() if v.grades}
    chosen = graded or fitting
    if signs_of_scarring(person) and person.condition != "traction_alopecia":
        for name, answer in facts.alopecia_answers.items():
            if answer.condition == "scarring_alopecia":
                chosen = {name: answer, **chosen}
    return chosen


def _is_extensive(person: Person, facts: Facts) -> bool:
    """Return whether alopecia areata reaches the band in which half the scalp hair is lost."""
    salt = None if person.severity is None else person.severity.salt
    return (
        salt is not None and salt_score(salt, facts.scales) >= facts.scales["salt"].bands["S3"].low
    )


def _is_chronic(person: Person, facts: Facts) -> bool:
    """Return whether the shedding has lasted beyond what R13 calls acute."""
    months = person.health.months_since_shedding_began
    return months is not None and months >= limit(facts.rules["R13"], "months_from_onset", "months")


TO_TELL_APART = ("scarring_alopecia", "tinea_capitis")
"""Types that must be excluded before anything reassuring is said of a bare patch."""
DOUBTING_RULES = ("R09", "R10", "R11")
"""Red flags of these types."""


def _not_told_apart(triage: Triage) -> bool:
    """Return whether ringworm or a scarring loss may be behind what was noticed."""
    if set(DOUBTING_RULES) & set(triage.red_flags):
        return True
    others = [fit for fit in triage.types if fit.condition in TO_TELL_APART]
    return not triage.is_stated and any(fit.is_in_question for fit in others)


def _case(answer: AlopeciaAnswer, person: Person, facts: Facts, triage: Triage) -> AlopeciaAnswer:
    """Return the answer as it reads in this person's circumstance."""
    if "not_told_apart" in answer.cases and _not_told_apart(triage):
        case = answer.cases.get("not_told_apart")
    elif FOLLICLES_GONE & set(signs_of_scarring(person)):
        case = answer.cases.get("follicles_gone")
    elif person.health.traction_continues == "yes":
        case = answer.cases.get("pull_continues")
    elif "extensive" in answer.cases and _is_extensive(person, facts):
        case = answer.cases["extensive"]
    elif "chronic" in answer.cases and _is_chronic(person, facts):
        case = answer.cases["chronic"]
    else:
        case = None
    if case is None:
        return answer
    return msgspec.structs.replace(
        answer, ours=case.ours, verdict=case.verdict, why=case.text, source=case.source
    )


def _grade_note(answer: AlopeciaAnswer, person: Person) -> str:
    """Say where the person's grade lies among those that were studied."""
    if not answer.studied:
        return ""
    for scale, grades in answer.studied.items():
        grade = getattr(person.severity, scale) if person.severity else None
        if grade is not None and grade not in grades:
            return f"Your grade ({grade}) lies outside those studied: {answer.range}."
    return f"Grades studied: {answer.range}."


def _unnamed(triage: Triage, pairs: list[AnswerPair], facts: Facts) -> Finding:
    """Return what is said where nobody has named the type: a question, or a referral.

    It is a referral where our answer for a type that the answers fit is to see a physician.
    """
    finding = Finding(
        rule="type_of_hair_loss", line="evidence", verdict="ASK", strength="P",
        source=["ours"], could_become="REFER", missing=triage.missing,
        questions=triage.next_questions,
        reason="The type of hair loss is not stated, and every answer depends on it: have a "
        "dermatologist name it.",
    )  # fmt: skip
    first = next((pair for pair in pairs if pair.ours in ANSWERED_REFER), None)
    answered = {answer.condition for answer in facts.alopecia_answers.values()}
    unknown = next((fit for fit in triage.types if _is_unknown(fit, answered)), None)
    if first is None and unknown is not None:
        return msgspec.structs.replace(
            finding,
            verdict="REFER",
            could_become=None,
            reason=f"Nobody has named the type of hair loss. The answers fit {unknown.label}; "
            "whether exosomes help there is not known, and the cause comes first.",
        )
    if first is None:
        return finding
    if len(triage.compatible) > 1:
        fitting = [fit for fit in triage.types if fit.compatible == "compatible"]
        return msgspec.structs.replace(
            finding,
            verdict="REFER",
            could_become=None,
            reason=f"Nobody has named the type of hair loss. The answers fit {names_of(fitting)}; "
            "the type has to be named before anything is said of what helps.",
        )
    return msgspec.structs.replace(
        finding,
        verdict="REFER",
        could_become=None,
        strength=facts.alopecia_answers[first.answer].strength,
        source=first.source,
        reason=f"Nobody has named the type of hair loss. The answers fit {first.label}, and for "
        f"that our answer is: {first.ours_words}. {first.why}",
    )


def _is_unknown(fit: TypeFit, answered: set[str]) -> bool:
    """Return whether a type fits for which no answer was collected."""
    return fit.compatible == "compatible" and fit.condition not in answered


ANSWERED_REFER = ("REFER_FIRST", "REFER", "UNLIKELY_AND_REFER", "STOP")


def _unanswerable(label: str) -> Finding:
    """Return what is said of a type that no fact answers."""
    return Finding(
        rule="type_of_hair_loss", line="evidence", verdict="INFORM", strength="P",
        source=["ours"],
        reason=f"Whether exosomes help {label} is not known: no article names it, and no study of "
        "it was found.",
    )  # fmt: skip


def _finding(
    name: str, fact: AlopeciaAnswer, person: Person, facts: Facts, triage: Triage
) -> Finding:
    """Return what the answer for a type means for the verdict."""
    answer = _case(fact, person, facts, triage)
    asks_pull = answer is fact and "pull_continues" in answer.cases
    missing = unanswered(person.health, "health", ["traction_continues"]) if asks_pull else ()
    reason = [
        f"Can exosomes help with {answer.label}? Our answer: {OURS_WORDS[answer.ours]}.",
        answer.why,
        _grade_note(answer, person),
    ]
    return Finding(
        rule=name, line="evidence", verdict=answer.verdict, strength=answer.strength,
        source=answer.source, articles=answer.articles, note=answer.note,
        reason=" ".join(sentence for sentence in reason if sentence),
        reviewed=reviewed(answer.reviewed_by), missing=list(missing),
        questions=[question(key) for key in missing],
        is_precaution=answer.strength in ("P", "S"),
    )  # fmt: skip


def type_answers(
    person: Person, facts: Facts, triage: Triage
) -> tuple[list[AnswerPair], list[Finding]]:
    """Return the articles' answer beside ours for this type, and what it means for the verdict.

    A type that is not stated becomes a question, beside the answers for the types that what was
    noticed fits; a type that no fact answers is said to be not known.
    """
    answers = answers_for(person, facts)
    pairs = [_pair(name, fact, person, facts, triage) for name, fact in answers.items()]
    findings = [_finding(name, fact, person, facts, triage) for name, fact in answers.items()]
    if person.condition == UNSTATED:
        likely = [
            _pair(name, fact, like, facts, triage)
            for condition in triage.compatible
            for like in [msgspec.structs.replace(person, condition=condition)]
            for name, fact in answers_for(like, facts).items()
            if name not in answers
        ]
        findings.append(_unnamed(triage, likely, facts))
        pairs += {pair.answer: pair for pair in likely}.values()
    elif not any(facts.alopecia_answers[p.answer].condition == person.condition for p in pairs):
        findings.append(_unanswerable(facts.vocabulary.label("conditions", person.condition)))
    return pairs, findings


def _pair(
    name: str, fact: AlopeciaAnswer, person: Person, facts: Facts, triage: Triage
) -> AnswerPair:
    answer = _case(fact, person, facts, triage)
    return AnswerPair(
        answer=name,
        label=answer.label,
        article_answer=answer.article_answer,
        articles=answer.articles,
        ours=answer.ours,
        ours_words=OURS_WORDS[answer.ours],
        why=answer.why,
        source=answer.source,
        reviewed=reviewed(answer.reviewed_by),
    )
