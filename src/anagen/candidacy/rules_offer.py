"""Rules about the law and about the product that a clinic offers: R00, R29 to R32, approval.

Without a product nothing is passed: the rules ask what to find out from the clinic.
"""

import re

import msgspec

from anagen.candidacy.finding import Finding, ask, found, unanswered
from anagen.candidacy.person import Person
from anagen.facts import Facts
from anagen.facts.rule import Rule, Strength

EXOSOME_OPTION_OF_ROUTE = {
    "topical_intact_skin": "exosome_topical",
    "topical_after_microneedling": "exosome_microneedling",
    "intradermal_injection": "exosome_injection",
}
"""Which option of the facts a route stands for."""


def _is_in_a_documented_study(person: Person) -> bool:
    """Return whether the product is given in a study whose permit or number was named."""
    product = person.product
    if product is None:
        return False
    if person.jurisdiction == "US":
        answers = (product.ind, product.fda_letter_shown)
        return answers == ("yes", "yes") and product.ind_number is not None
    return product.authorised_trial == "yes" and product.trial_number is not None


def _once(texts: list[str]) -> str:
    """Join texts, each sentence once."""
    sentences = [s for text in texts for s in re.split(r"(?<=[.])\s+", text)]
    return " ".join(dict.fromkeys(sentences))


def _footing(source: list[str], facts: Facts) -> Strength:
    """Return the strength that the best source of an approval gives it."""
    grades = {facts.sources[key].grade for key in source}
    if "regulator" in grades:
        return "R"
    return "E" if grades & {"guideline", "trial", "journal"} else "C"


def standing(person: Person, facts: Facts) -> Finding | None:
    """Say how exosomes by the route offered stand where the person is treated.

    Not one of the numbered rules: it turns the collected approvals into a finding. A route that is
    unlawful stops once it is named; not approved, in trials only or restricted is a caution. A
    study with its permit or number is left to R29 and R30.
    """
    if _is_in_a_documented_study(person):
        return Finding(
            rule="approval",
            line="law",
            verdict="INFORM",
            reason="You name a permit or the number of a trial; neither can be verified here.",
            strength="P",
            source=["ours"],
        )
    route = None if person.product is None else EXOSOME_OPTION_OF_ROUTE.get(person.product.route)
    names = list(EXOSOME_OPTION_OF_ROUTE.values()) if route is None else [route]
    entries = [
        entry for name in names if (entry := facts.approvals.get(f"{name}.{person.jurisdiction}"))
    ]
    barred = [e for e in entries if e.standing not in ("approved", "not_known")]
    if not barred:
        return None
    is_unlawful = route is not None and barred[0].standing == "unlawful"
    source = list(dict.fromkeys(key for e in barred for key in e.source))
    return Finding(
        rule="approval",
        line="law",
        verdict="STOP" if is_unlawful else "CAUTION",
        reason=_once([e.text for e in barred]),
        strength=_footing(source, facts),
        source=source,
    )


def r00_no_approved_product(person: Person, fact: Rule) -> Finding | None:
    """Say first that no exosome product is approved; always."""
    return found("R00", fact, "", jurisdiction=person.jurisdiction)


def r29_human_derived(person: Person, fact: Rule) -> Finding | None:
    """Stop human-derived products in the European Union and the United Kingdom."""
    here = person.jurisdiction
    product = person.product
    if here not in fact.regulation:
        return None
    if product is None or product.origin == "unknown":
        return ask("R29", fact, ("product.origin",), here)
    if product.origin != "human":
        return None
    if product.authorised_trial == "yes":
        if product.trial_number is None:
            return ask("R29", fact, ("product.trial_number",), here)
        return found(
            "R29", fact,
            f"The product is made from human cells and said to be given in the authorised trial "
            f"{product.trial_number}; check that number in the public register.",
            verdict="INFORM", jurisdiction=here,
        )  # fmt: skip
    return found("R29", fact, "The product is made from human cells.", jurisdiction=here)


def r30_no_ind(person: Person, fact: Rule) -> Finding | None:
    """Stop in the United States without an IND; ask until number and letter are there."""
    here = person.jurisdiction
    product = person.product
    if here not in fact.regulation:
        return None
    if product is not None and product.ind == "no":
        return found("R30", fact, "The product is given without an IND.", jurisdiction=here)
    missing = unanswered(product, "product", ("ind", "ind_number", "fda_letter_shown"))
    if missing:
        return ask("R30", fact, missing, here)
    if product is not None and product.fda_letter_shown == "no":
        return msgspec.structs.replace(
            found("R30", fact, "The clinic did not show the FDA's letter.", verdict="ASK",
                  missing=("product.fda_letter_shown",), jurisdiction=here),
            could_become=fact.verdict,
        )  # fmt: skip
    return None


def r31_injected_topical(person: Person, fact: Rule) -> Finding | None:
    """Stop the injection of a product that is labelled for the surface of the skin."""
    product = person.product
    if product is not None:
        if product.route not in ("intradermal_injection", "unknown"):
            return None
        if product.labelled_for == "injection":
            return None
        if product.route == "intradermal_injection" and product.labelled_for == "topical":
            return found(
                "R31", fact,
                "A product labelled for the surface of the skin would be injected.",
                jurisdiction=person.jurisdiction,
            )  # fmt: skip
    return ask(
        "R31", fact, unanswered(product, "product", ("route", "labelled_for")), person.jurisdiction
    )


def r32_no_certificate(person: Person, fact: Rule) -> Finding | None:
    """Stop without a batch certificate: our precaution."""
    product = person.product
    if product is None or product.batch_certificate == "unknown":
        return ask("R32", fact, ("product.batch_certificate",))
    if product.batch_certificate == "yes":
        return None
    return found("R32", fact, "The clinic has no certificate for the batch.")
