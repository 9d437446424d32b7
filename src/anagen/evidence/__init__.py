"""What trials show, pooled: S studies per question; effects in hairs/cm² unless said otherwise."""

from anagen.evidence.certainty import Certainty, Reason
from anagen.evidence.contrasts import Contrast, LeftOut
from anagen.evidence.gains import Gain
from anagen.evidence.published import PublishedResult
from anagen.evidence.question import Question
from anagen.evidence.responders import Responders, newcombe, wilson
from anagen.evidence.spread import Lender, baseline_of, is_read, lender, people, sd_of_change
from anagen.evidence.synthesis import EvidenceSummary, PooledDensity, evidence_for

__all__ = [
    "Certainty",
    "Contrast",
    "EvidenceSummary",
    "Gain",
    "LeftOut",
    "Lender",
    "PooledDensity",
    "PublishedResult",
    "Question",
    "Reason",
    "Responders",
    "baseline_of",
    "evidence_for",
    "is_read",
    "lender",
    "newcombe",
    "people",
    "sd_of_change",
    "wilson",
]  # fmt: skip
