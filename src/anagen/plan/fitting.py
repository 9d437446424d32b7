"""Whether an option is one for this person: age, safety, severity, and doubts of diagnosis."""

from typing import get_args

import msgspec

from anagen.candidacy import Candidacy, Finding, Person, extent, salt_score
from anagen.candidacy.assess import MEANINGS
from anagen.candidacy.clues import holds
from anagen.candidacy.past import months, past_of
from anagen.candidacy.person import ReactedTo
from anagen.facts import Facts
from anagen.facts.base import Slug, Statement
from anagen.facts.treatment import Option
from anagen.plan.options import OptionFit
from anagen.plan.wording import first_sentence

DIAGNOSIS_RULES: dict[str, tuple[str, ...]] = {
    "R09": ("tinea_capitis",),
    "R10": ("scarring_alopecia",),
    "R11": ("scarring_alopecia",),
    "R12": ("alopecia_areata",),
    "R13": ("telogen_effluvium",),
    "R34": ("drug_induced_alopecia", "chemotherapy_or_radiotherapy_alopecia"),
}
"""Rules that point to another type of hair loss than the one the person names."""


def doubt(person: Person, candidacy: Candidacy, facts: Facts) -> str | None:
    """Return why nothing should be forecast for this person, or nothing.

    A finding that points to another type of hair loss than the one named puts the diagnosis in
    doubt; pregnancy and youth lie outside everything that was collected.
    """
    fired = {f.rule for f in candidacy.findings() if f.verdict in ("STOP", "REFER", "DEFER")}
    others = [
        (rule, conditions[0])
        for rule, conditions in DIAGNOSIS_RULES.items()
        if rule in fired and person.condition not in conditions
    ]
    if not others and person.health.sudden_diffuse_shedding == "yes":
        shed = "telogen_effluvium"
        others = [("R13", shed)] if person.condition != shed else []
    if others:
        names = dict.fromkeys(facts.vocabulary.label("conditions", c) for _, c in others)
        rules = ", ".join(rule for rule, _ in others if rule in fired)
        named = f" (rule {rules})" if rules else ""
        return (
            f"the signs named may mean {' or '.join(names)}{named}; until that is settled "
            f"a forecast for {facts.vocabulary.label('conditions', person.condition)} may be wrong"
        )
    if "R03" in fired:
        return "the trials left out women who are pregnant, breastfeed or may become pregnant"
    if _is_minor(person, facts):
        return "the trials took adults only"
    return None


def _is_minor(person: Person, facts: Facts) -> bool:
    return person.age_years < facts.rules["R01"].limits["adult_age"].number()


def taken_now(person: Person) -> set[str]:
    """Return the medicines for the hair that a person takes now."""
    return {used.treatment for used in person.history or [] if used.is_now}


def fit_of_person(
    fit: OptionFit,
    option: Option,
    person: Person,
    facts: Facts,
    doubtful: str | None,
    safety: list[Finding],
) -> OptionFit:
    """Say whether an option that fits the condition and sex also fits this person.

    Parameters
    ----------
    fit:
        What holds for the condition and the sex.
    option:
        The option.
    person, facts:
        The person and the facts.
    doubtful:
        What `doubt` says of the person.
    safety:
        What `safety_of` found for the option and the person.
    """
    if fit.fits == "no":
        return fit
    is_exosome = "exosome" in option.components
    return (
        _barred_by_age_or_emergency(fit, person, facts)
        or (_barred_by_health_line if is_exosome else _barred_by_own_rules)(fit, safety)
        or _tried_before(fit, option, person, facts)
        or _same_kind_as_taken(fit, option, person, facts)
        or _fit_of_areata(fit, option, person, facts)
        or _fit_of_grade(fit, option, person, facts)
        or _fit_in_doubt(fit, None if _is_right_in_doubt(option) else doubtful)
        or (None if is_exosome else _barred_by_silence(fit, safety))
        or fit
    )


def first_step_of(
    option: Option, condition: Slug, person: Person, facts: Facts
) -> Statement | None:
    """Return what is done first in a condition: what the person's own answers call for, if any."""
    other = option.other_first_steps.get(condition)
    if other is None or other.clue is None or not holds(other.clue, person, facts):
        return option.first_steps.get(condition)
    return Statement(text=other.text, status=other.status, source=other.source)


def _is_right_in_doubt(option: Option) -> bool:
    """Say whether an option is a first step that no doubt of the diagnosis keeps shut.

    A treatment that somebody can react to waits for the diagnosis, first step or not.
    """
    return bool(option.first_steps) and not set(option.components) & set(get_args(ReactedTo))


def _barred_by_age_or_emergency(fit: OptionFit, person: Person, facts: Facts) -> OptionFit | None:
    """Close every option to a minor and in an emergency, whatever its own rules say."""
    if _is_minor(person, facts):
        return _unknown(
            fit, "The facts were collected for adults only (rule R01).", facts.rules["R01"].source
        )
    if person.health.sepsis_or_unstable_circulation == "yes":
        return _unknown(fit, "The emergency comes first.", facts.rules["R07"].source)
    return None


def _barred_by_health_line(fit: OptionFit, safety: list[Finding]) -> OptionFit | None:
    """Close exosomes where the health line, which judges their sessions, stops."""
    stops = [finding for finding in safety if finding.verdict == "STOP"]
    if not stops:
        return None
    rules = ", ".join(finding.rule for finding in stops)
    return _unknown(fit, f"The health line stops sessions for you (rule {rules}).", stops[0].source)


def _barred_by_own_rules(fit: OptionFit, safety: list[Finding]) -> OptionFit | None:
    """Close an option where a rule of its own stops it, or wants a physician or time first.

    The reason is short: what about the person closes it, and which rules; `safety` has the rest.
    """
    closing = [finding for finding in safety if finding.verdict in ("STOP", "REFER", "DEFER")]
    if not closing:
        return None
    worst = closing[0]
    rules = ", ".join(finding.rule for finding in closing)
    what = first_sentence(worst.reason)
    reason = f"{what}. {MEANINGS[worst.verdict]} (rule {rules})"
    closed = _unknown(fit, reason, worst.source)
    return msgspec.structs.replace(closed, fits="no") if worst.verdict == "STOP" else closed


def _barred_by_silence(fit: OptionFit, safety: list[Finding]) -> OptionFit | None:
    """Close an option that nothing else closes while an answer is missing that could close it."""
    asks = [finding for finding in safety if finding.verdict == "ASK"]
    if not asks or fit.fits != "yes":
        return None
    questions = dict.fromkeys(q for finding in asks for q in finding.questions)
    rules = ", ".join(finding.rule for finding in asks)
    reason = f"Answer first: {' '.join(questions)} (rule {rules})"
    return msgspec.structs.replace(_unknown(fit, reason, asks[0].source), is_unanswered=True)


def _tried_before(fit: OptionFit, option: Option, person: Person, facts: Facts) -> OptionFit | None:
    """Close an option that was given up: for side effects, or after a fair trial without a gain.

    Side effects close every option of the same kind of medicine, a failure only that treatment.
    """
    taken, terms = taken_now(person), facts.vocabulary.treatments
    news = [name for name in option.components if name not in taken]
    for note in past_of(person, facts):
        kind = terms[note.treatment].broader
        same = [n for n in news if n == note.treatment or (kind and terms[n].broader == kind)]
        if note.is_reaction and same:
            like = "" if note.treatment in same else " This is of the same kind."
            return _unknown(
                fit,
                f"Side effects made you stop {note.label}.{like} Talk it over with a physician "
                "first (our precaution).",
                ["ours"],
            )
        if note.is_failed and note.treatment in news:
            used = "" if note.months_used is None else f" for {months(note.months_used)}"
            return _unknown(
                fit,
                f"You used {note.label}{used} without seeing a change. Whether it slowed the loss "
                "cannot be seen without a comparison: ask a physician before you try it again.",
                note.source,
            )
    return None


def _same_kind_as_taken(
    fit: OptionFit, option: Option, person: Person, facts: Facts
) -> OptionFit | None:
    """Close an option of the same kind as a medicine that is taken now."""
    terms = facts.vocabulary.treatments
    taken = taken_now(person)
    if set(option.components) <= taken:
        return None
    for name in option.components:
        kind = terms[name].broader
        for other in sorted(taken - {name}):
            if kind is not None and terms[other].broader == kind:
                return _unknown(
                    fit,
                    f"The same kind of medicine as the {terms[other].label} you take: instead of "
                    "it, never with it, and a change is for whoever prescribed it.",
                    ["ours"],
                )
    return None


def _fit_in_doubt(fit: OptionFit, why: str | None) -> OptionFit | None:
    """Leave open whether anything fits while the diagnosis is in doubt."""
    if why is None or fit.fits != "yes":
        return None
    return _unknown(fit, f"{why[:1].upper()}{why[1:]}.", ["ours"])


def _fit_of_areata(
    fit: OptionFit, option: Option, person: Person, facts: Facts
) -> OptionFit | None:
    """Hold a SALT score against the least that the trials took."""
    least = option.least_salt
    if least is None:
        return None
    salt = None if person.severity is None else person.severity.salt
    took = f"The trials took people who had lost at least {least.number():g} % of the scalp hair"
    if salt is None:
        return _unknown(fit, f"{took}; your share (SALT) is not given.", least.source)
    score = salt_score(salt, facts.scales)
    if score < least.number():
        return _unknown(fit, f"{took}; yours is {round(score, 1):g} %.", least.source)
    return None


def outside_grades(person: Person, facts: Facts) -> str | None:
    """Say that a man's grade lies outside those of the drug trials, or nothing.

    A grade of another scale is held against the extent of loss that the trials' grades had.
    """
    if person.sex != "male" or person.severity is None:
        return None
    grades = facts.model["calibrated_norwood_grades"].words()
    took = f"the trials of finasteride and minoxidil took men of grades {', '.join(grades)}"
    grade = person.severity.norwood_hamilton
    if grade is not None:
        return None if grade in grades else f"{took}, as recalled; yours is {grade}"
    code = person.severity.basp
    if code is None:
        return None
    reached = {extent("norwood_hamilton", g, facts.scales) for g in grades}
    if extent("basp", code, facts.scales) in reached:
        return None
    return f"{took}, as recalled; your BASP code {code} means another extent of loss"


def _fit_of_grade(fit: OptionFit, option: Option, person: Person, facts: Facts) -> OptionFit | None:
    """Hold a man's grade against those that the drug trials took; others lack such a fact."""
    kinds = {facts.vocabulary.treatments[name].broader for name in option.components}
    if not kinds & DRUGS_BY_GRADE:
        return None
    why = outside_grades(person, facts)
    if why is None:
        return None
    fact = facts.model["calibrated_norwood_grades"]
    return OptionFit(
        option=fit.option,
        fits="not_known",
        reason=f"{why[:1].upper()}{why[1:]}.",
        status=fact.status,
        source=fact.source,
    )


DRUGS_BY_GRADE = frozenset({"minoxidil", "five_alpha_reductase_inhibitor"})


def _unknown(fit: OptionFit, reason: str, source: list[str]) -> OptionFit:
    return OptionFit(
        option=fit.option, fits="not_known", reason=reason, status="derived", source=source
    )
