"""Results of published reviews of the same comparison: beside ours, never pooled with them."""

from anagen.evidence.question import Question
from anagen.facts import Facts
from anagen.facts.base import Slug, Status
from anagen.facts.study import INERT, StudySex
from anagen.frozen import Record


class PublishedResult(Record):
    """One result of a review: `value` with its 95 % bounds in `unit`."""

    synthesis: Slug
    outcome: str
    effect: str
    status: Status
    source: list[Slug]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    studies: int | None = None
    n: int | None = None
    i2_percent: float | None = None
    sex: StudySex | None = None
    note: str | None = None


def published(question: Question, facts: Facts) -> list[PublishedResult]:
    """Return what published reviews found for the treatments asked about against the same control.

    Results that were recalled and not read are left out. Where `sex` is absent the review, as we
    have it, does not say whose hair it is about. All collected reviews with numbers are of pattern
    hair loss.
    """
    if question.condition != "androgenetic_alopecia":
        return []
    wanted = frozenset(question.components) - INERT
    backbone = frozenset(question.backbone) - INERT
    found = []
    for name, synthesis in facts.syntheses.items():
        if question.sex is not None and synthesis.sex not in (question.sex, "both", None):
            continue
        for r in synthesis.results:
            compares = frozenset(r.a) - INERT == wanted and frozenset(r.b) - INERT == backbone
            if not compares or r.status == "remembered" or r.value is None or not r.b:
                continue
            found.append(
                PublishedResult(
                    synthesis=name,
                    outcome=r.outcome,
                    effect=r.effect,
                    status=r.status,
                    source=r.source,
                    value=float(r.value),
                    low=None if r.low is None else float(r.low),
                    high=None if r.high is None else float(r.high),
                    unit=r.unit,
                    studies=r.studies or synthesis.studies,
                    n=r.n or synthesis.n,
                    i2_percent=None if r.i2_percent is None else float(r.i2_percent),
                    sex=synthesis.sex,
                    note=r.note,
                )
            )
    return found
