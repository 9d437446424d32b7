"""Whether a person may consider exosome treatment: person file, scales, rules, four verdicts.

What speaks against every other option is judged by rules of its own (`judge_option`).
"""

from anagen.candidacy.assess import (
    LINE_WORDS,
    LINES,
    Candidacy,
    LaboratorySuggestion,
    LineVerdict,
    assess,
)
from anagen.candidacy.clues import with_implied_answers
from anagen.candidacy.finding import NOT_REVIEWED, ORDER, Finding, worst
from anagen.candidacy.history import UsedTreatment
from anagen.candidacy.missing import MissingAnswer, missing_answers
from anagen.candidacy.noticed import Examination, Noticed
from anagen.candidacy.option_rules import judge_option, person_keys, tell_prescriber
from anagen.candidacy.person import UNSTATED, Health, Measured, Person, Product, Salt, Severity
from anagen.candidacy.person_file import person_from, read_person
from anagen.candidacy.person_form import FormQuestion, blank_person, form_questions
from anagen.candidacy.rules import RULES
from anagen.candidacy.rules_evidence import OURS_WORDS, AnswerPair
from anagen.candidacy.rules_offer import EXOSOME_OPTION_OF_ROUTE
from anagen.candidacy.scales import (
    basp,
    check_severity,
    extent,
    grade,
    salt_band,
    salt_score,
    severity_rank,
)
from anagen.candidacy.triage import triage
from anagen.candidacy.type_fit import SettledBy, Triage, TypeFit
from anagen.candidacy.wishes import Wishes

__all__ = [
    "EXOSOME_OPTION_OF_ROUTE", "LINES", "LINE_WORDS", "NOT_REVIEWED", "ORDER", "OURS_WORDS",
    "RULES", "UNSTATED",
    "AnswerPair", "Candidacy", "Examination", "Finding", "FormQuestion", "Health",
    "LaboratorySuggestion", "LineVerdict", "Measured", "MissingAnswer", "Noticed", "Person",
    "Product", "Salt", "SettledBy", "Severity", "Triage", "TypeFit", "UsedTreatment", "Wishes",
    "assess", "basp", "blank_person", "check_severity", "extent", "form_questions", "grade",
    "judge_option", "missing_answers", "person_from", "person_keys", "read_person", "salt_band",
    "salt_score", "severity_rank", "tell_prescriber", "triage", "with_implied_answers", "worst",
]  # fmt: skip
