"""Whether an option is one for this person: age, pregnancy, severity, and doubts of diagnosis."""

from anagen.candidacy import Candidacy, Person, salt_score
from anagen.facts import Facts
from anagen.facts.treatment import Option
from anagen.plan.options import OptionFit

DIAGNOSIS_RULES = {
    "R09": "tinea_capitis",
    "R10": "scarring_alopecia",
    "R11": "scarring_alopecia",
    "R12": "alopecia_areata",
    "R13": "telogen_effluvium",
    "R34": "drug_induced_alopecia",
}
"""Rules that point to another type of hair loss than the one the person names."""


def doubt(person: Person, candidacy: Candidacy, facts: Facts) -> str | None:
    """Return why nothing should be forecast for this person, or nothing.

    A finding that points to another type of hair loss than the one named puts the diagnosis in
    doubt; pregnancy and youth lie outside everything that was collected.
    """
    fired = {f.rule for f in candidacy.findings() if f.verdict in ("STOP", "REFER", "DEFER")}
    others = [
        (rule, condition)
        for rule, condition in DIAGNOSIS_RULES.items()
        if rule in fired and person.condition != condition
    ]
    if others:
        names = dict.fromkeys(facts.vocabulary.label("conditions", c) for _, c in others)
        rules = ", ".join(rule for rule, _ in others)
        return (
            f"the signs named may mean {' or '.join(names)} (rule {rules}); until that is settled "
            f"a forecast for {facts.vocabulary.label('conditions', person.condition)} may be wrong"
        )
    if "R03" in fired:
        return "the trials left out women who are pregnant, breastfeed or may become pregnant"
    if _is_minor(person, facts):
        return "the trials took adults only"
    return None


def _is_minor(person: Person, facts: Facts) -> bool:
    return person.age_years < facts.rules["R01"].limits["adult_age"].number()


def fit_of_person(
    fit: OptionFit, option: Option, person: Person, candidacy: Candidacy, facts: Facts
) -> OptionFit:
    """Say whether an option that fits the condition and sex also fits this person.

    Parameters
    ----------
    fit:
        What holds for the condition and the sex.
    option:
        The option.
    person, candidacy:
        The person and what the rules found.
    facts:
        The facts.
    """
    if fit.option == "none" or fit.fits == "no":
        return fit
    fired = {f.rule for f in candidacy.findings() if f.verdict == "STOP"}
    if _is_minor(person, facts):
        rule = facts.rules["R01"]
        age = rule.limits["adult_age"].number()
        return _unknown(fit, f"The trials took people of {age:g} and above.", rule.source)
    if "R03" in fired:
        return _unknown(
            fit,
            "Not looked up for pregnancy, breastfeeding or a wish for a child: ask a physician.",
            facts.rules["R03"].source,
        )
    if option.least_salt is not None:
        return _fit_of_areata(fit, option, person, facts)
    return _fit_of_grade(fit, person, facts)


def _fit_of_areata(fit: OptionFit, option: Option, person: Person, facts: Facts) -> OptionFit:
    """Hold a SALT score against the least that the trials took."""
    least = option.least_salt
    if least is None:
        return fit
    salt = None if person.severity is None else person.severity.salt
    took = f"The trials took people who had lost at least {least.number():g} % of the scalp hair"
    if salt is None:
        return _unknown(fit, f"{took}; your share (SALT) is not given.", least.source)
    score = salt_score(salt, facts.scales)
    if score < least.number():
        return _unknown(fit, f"{took}; yours is {score:.0f} %.", least.source)
    return fit


def _fit_of_grade(fit: OptionFit, person: Person, facts: Facts) -> OptionFit:
    """Hold a Norwood-Hamilton grade against those that trials took."""
    grade = None if person.severity is None else person.severity.norwood_hamilton
    fact = facts.model["calibrated_norwood_grades"]
    grades = fact.words()
    if grade is None or grade in grades:
        return fit
    return _unknown(
        fit,
        f"The trials took men of grades {grades[0]} to {grades[-1]}; yours is {grade}.",
        fact.source,
    )


def _unknown(fit: OptionFit, reason: str, source: list[str]) -> OptionFit:
    return OptionFit(
        option=fit.option, fits="not_known", reason=reason, status="derived", source=source
    )
