"""Whether an option is one for this person: age, pregnancy, severity, and doubts of diagnosis."""

from anagen.candidacy import Candidacy, Person, extent, salt_score
from anagen.facts import Facts
from anagen.facts.treatment import Option
from anagen.plan.options import OptionFit

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
    return (
        _barred_by_health(fit, person, candidacy, facts)
        or _barred_by_rules(fit, option, candidacy)
        or _same_kind_as_taken(fit, option, person, facts)
        or _fit_of_areata(fit, option, person, facts)
        or _fit_of_grade(fit, option, person, facts)
        or _fit_in_doubt(fit, person, candidacy, facts)
        or fit
    )


def _barred_by_health(
    fit: OptionFit, person: Person, candidacy: Candidacy, facts: Facts
) -> OptionFit | None:
    """Close every option to somebody whom the health line stops: none was looked up for them."""
    if _is_minor(person, facts):
        rule = facts.rules["R01"]
        age = rule.limits["adult_age"].number()
        return _unknown(fit, f"The trials took people of {age:g} and above.", rule.source)
    if person.health.sepsis_or_unstable_circulation == "yes":
        return _unknown(fit, "The emergency comes first.", facts.rules["R07"].source)
    stops = [f for f in candidacy.findings() if f.line == "health" and f.verdict == "STOP"]
    if not stops:
        return None
    if any(f.rule == "R03" for f in stops):
        reason = (
            "Not looked up for pregnancy, breastfeeding or a wish for a child: ask a physician."
        )
    else:
        rules = ", ".join(f.rule for f in stops)
        reason = f"Not looked up for what stops you here (rule {rules}): ask a doctor."
    return _unknown(fit, reason, stops[0].source)


def _barred_by_rules(fit: OptionFit, option: Option, candidacy: Candidacy) -> OptionFit | None:
    """Close an option where a rule that it names found something or still asks."""
    fired = [
        f
        for f in candidacy.findings()
        if f.rule in option.blocked_by and f.verdict in ("STOP", "REFER", "DEFER", "ASK")
    ]
    if not fired:
        return None
    rules = ", ".join(dict.fromkeys(f.rule for f in fired))
    asks = " An answer is missing." if all(f.verdict == "ASK" for f in fired) else ""
    return _unknown(
        fit,
        f"A physician has to look first: rule {rules} (our precaution; this medicine's own "
        f"contraindications were not collected).{asks}",
        fired[0].source,
    )


def _same_kind_as_taken(
    fit: OptionFit, option: Option, person: Person, facts: Facts
) -> OptionFit | None:
    """Close an option of the same kind as a medicine that is taken now."""
    terms = facts.vocabulary.treatments
    taken = {
        m.treatment for m in person.health.hair_medicines or [] if m.months_since_last_dose == 0
    }
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


def _fit_in_doubt(
    fit: OptionFit, person: Person, candidacy: Candidacy, facts: Facts
) -> OptionFit | None:
    """Leave open whether anything fits while the diagnosis is in doubt."""
    why = doubt(person, candidacy, facts)
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
        return _unknown(fit, f"{took}; yours is {score:.0f} %.", least.source)
    return None


def outside_grades(person: Person, facts: Facts) -> str | None:
    """Say that a man's grade lies outside those of the drug trials, or nothing.

    A grade of another scale is held against the extent of loss that the trials' grades had.
    """
    if person.sex != "male" or person.severity is None:
        return None
    grades = facts.model["calibrated_norwood_grades"].words()
    took = f"the trials of finasteride and minoxidil took men of grades {grades[0]} to {grades[-1]}"
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
