"""The page of one study, and the page of the ledger of claims."""

from collections.abc import Mapping

from anagen import INTENDED_USE
from anagen.evidence.ledger import Ledger, LedgerEntry
from anagen.evidence.study_card import StudyCard
from anagen.facts.base import Slug, Source
from anagen.plan.documents import CitedSource
from anagen.report import evidence_terminal as said
from anagen.report import words
from anagen.report.page import render, with_roles


def _cited(sources: Mapping[Slug, Source]) -> list[CitedSource]:
    return [
        CitedSource(key=key, number=k, source=source)
        for k, (key, source) in enumerate(sources.items(), start=1)
    ]


def study_page(card: StudyCard) -> str:
    """Return the page of one study: one HTML document that needs no network and no script.

    Parameters
    ----------
    card:
        The study; everything on the page comes from it.
    """
    cited = _cited(card.sources)
    page = render(
        "study-card.html",
        card=card,
        line=card.line,
        study=card.study,
        head=said.facts_of(card),
        bias=said.bias_said(card.line),
        limits=sorted(card.limits, key=lambda limit: not limit.can_show),
        said=said,
        cited=cited,
        cite=words.Citations(cited),
        intended_use=INTENDED_USE,
    )
    return with_roles(page)


def _by_heading(entries: list[LedgerEntry]) -> dict[str, list[LedgerEntry]]:
    """Return claims by the heading under which each stands first, in the order of the article."""
    ordered = sorted(entries, key=lambda e: e.places[0].sentence if e.places else 0)
    found: dict[str, list[LedgerEntry]] = {}
    for entry in ordered:
        about = entry.places[0].about if entry.places else None
        found.setdefault(about or "before the first heading", []).append(entry)
    return found


def claims_page(ledger: Ledger) -> str:
    """Return the page of the ledger: a table for each heading of each article.

    Parameters
    ----------
    ledger:
        The claims; everything on the page comes from it.
    """
    cited = _cited(ledger.sources)
    articles = {
        name: _by_heading([entry for entry in ledger.entries if entry.article == name])
        for name in ledger.articles
    }
    page = render(
        "claims.html",
        ledger=ledger,
        articles=articles,
        counts=said.counts_said(ledger),
        verdict_words=words.CLAIM_WORDS,
        verdict_marks=words.CLAIM_MARKS,
        outcome_words=said.OUTCOME_WORDS,
        outcome_marks=said.OUTCOME_MARKS,
        article_said=said.article_said,
        cited=cited,
        cite=words.Citations(cited),
        intended_use=INTENDED_USE,
    )
    return with_roles(page)
