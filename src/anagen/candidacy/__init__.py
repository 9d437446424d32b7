"""Whether a person may consider exosome treatment: person file, scales, rules, four verdicts."""

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
from anagen.candidacy.noticed import Examination, Noticed
from anagen.candidacy.person import UNSTATED, Health, Measured, Person, Product, Salt, Severity
from anagen.candidacy.person_file import person_from, read_person
from anagen.candidacy.rules import RULES
from anagen.candidacy.rules_evidence import OURS_WORDS, AnswerPair
from anagen.candidacy.rules_offer import EXOSOME_OPTION_OF_ROUTE
from anagen.candidacy.scales import basp, check_severity, extent, grade, salt_band, salt_score
from anagen.candidacy.triage import triage
from anagen.candidacy.type_fit import SettledBy, Triage, TypeFit
from anagen.candidacy.wishes import Wishes

__all__ = [
    "EXOSOME_OPTION_OF_ROUTE", "LINES", "LINE_WORDS", "NOT_REVIEWED", "ORDER", "OURS_WORDS",
    "RULES", "UNSTATED",
    "AnswerPair", "Candidacy", "Examination", "Finding", "Health", "LaboratorySuggestion",
    "LineVerdict", "Measured", "Noticed", "Person", "Product", "Salt", "SettledBy",
    "Severity", "Triage", "TypeFit", "UsedTreatment", "Wishes",
    "assess", "basp", "check_severity", "extent", "grade", "person_from", "read_person",
    "salt_band", "salt_score", "triage", "with_implied_answers", "worst",
]  # fmt: skip
