"""All rules of exosome sessions, in the order of their ids.

The rules of the other options are facts, read by `anagen.candidacy.option_rules`.
"""

from collections.abc import Callable

from anagen.candidacy import rules_evidence as evidence
from anagen.candidacy import rules_health as health
from anagen.candidacy import rules_offer as offer
from anagen.candidacy import rules_scalp as scalp
from anagen.candidacy.finding import Finding
from anagen.candidacy.person import Person
from anagen.facts.rule import Rule

RuleFunction = Callable[[Person, Rule], Finding | None]

RULES: tuple[tuple[str, RuleFunction], ...] = (
    ("R00", offer.r00_no_approved_product),
    ("R01", health.r01_adults_only),
    ("R02", evidence.r02_above_studied_age),
    ("R03", health.r03_pregnancy),
    ("R04", health.r04_cancer),
    ("R05", health.r05_cancer_history),
    ("R06", health.r06_scalp_radiotherapy),
    ("R07", health.r07_acute_illness),
    ("R08", scalp.r08_scalp_infection),
    ("R09", scalp.r09_tinea_or_kerion),
    ("R10", scalp.r10_scarring),
    ("R11", scalp.r11_frontal_fibrosing),
    ("R12", scalp.r12_patchy_or_complete),
    ("R13", scalp.r13_acute_shedding),
    ("R14", health.r14_systemic_symptoms),
    ("R15", health.r15_autoimmune),
    ("R16", health.r16_immunosuppressed),
    ("R17", health.r17_bleeding),
    ("R18", health.r18_anticoagulant),
    ("R19", health.r19_nsaid),
    ("R20", health.r20_corticosteroid),
    ("R21", health.r21_isotretinoin),
    ("R22", scalp.r22_keloid),
    ("R23", scalp.r23_scalp_skin_disease),
    ("R24", health.r24_allergy),
    ("R25", health.r25_uncontrolled_disease),
    ("R26", evidence.r26_hair_medicine),
    ("R27", health.r27_smoker),
    ("R28", scalp.r28_recent_transplant),
    ("R29", offer.r29_human_derived),
    ("R30", offer.r30_no_ind),
    ("R31", offer.r31_injected_topical),
    ("R32", offer.r32_no_certificate),
    ("R33", health.r33_expectations),
    ("R34", scalp.r34_drug_induced),
)
"""Each rule's id and its function, which reads every number from the rule's fact."""
