"""The claims of the articles with verdict, place, what the source says, and recomputation."""

from typing import get_args

from anagen.errors import InputError
from anagen.evidence.ledger.recompute import Bound, Recomputation, recompute
from anagen.facts import Facts, article_text
from anagen.facts.article import Article, Heading
from anagen.facts.base import Slug, Source, Status
from anagen.facts.treatment import Claim, ClaimVerdict, Topic
from anagen.frozen import Record

NO_NUMBER = "nothing to recompute: it quotes no number that another could be held against"
FEWEST_SHARED = 2
VERDICTS: tuple[ClaimVerdict, ...] = get_args(ClaimVerdict)


class Place(Record):
    """Where in its article a claim stands: the sentence, and the heading that it is under."""

    sentence: int
    heading: int | None = None
    about: str | None = None


class LedgerEntry(Record):
    """One claim of one article, with everything that is known of it.

    `recomputed` is never empty: where nothing can be recomputed, it says why.
    """

    id: Slug
    article: Slug
    topic: Topic
    text: str
    verdict: ClaimVerdict
    why: str
    status: Status
    places: list[Place]
    recomputed: list[Recomputation]
    source: list[Slug]
    quoted: str | None = None
    found: str | None = None
    finding: str | None = None

    def is_recomputed(self) -> bool:
        """Return whether anything of it could be computed."""
        return any(r.outcome != "not_recomputable" for r in self.recomputed)


class Ledger(Record):
    """The claims that were asked for, in the order of the facts, and how many have each verdict.

    `recomputed` counts claims of which something could be computed, `misfits` those with numbers
    that cannot all be right. `articles` holds the title of each article named.
    """

    entries: list[LedgerEntry]
    verdicts: dict[ClaimVerdict, int]
    recomputed: int
    misfits: int
    articles: dict[Slug, str]
    sources: dict[Slug, Source]
    article: Slug | None = None
    verdict: ClaimVerdict | None = None


def _heading_of(article: Article, sentence: int) -> Heading | None:
    """Return the last heading at or before a sentence."""
    before = [h for h in article.headings if h.sentence <= sentence]
    return max(before, key=lambda h: h.sentence, default=None)


def _places(name: Slug, article: Article) -> list[Place]:
    places = []
    for entry in article.sentences:
        if name in entry.claims:
            heading = _heading_of(article, entry.number)
            places.append(
                Place(
                    sentence=entry.number,
                    heading=None if heading is None else heading.number,
                    about=None if heading is None else heading.about,
                )
            )
    return places


def _recomputed(claim: Claim, facts: Facts, bound: Bound | None) -> list[Recomputation]:
    found = [recompute(check, facts, bound) for check in claim.check]
    if found:
        return found
    return [Recomputation(kind="not_recomputable", outcome="not_recomputable", text=NO_NUMBER)]


def _entry(name: Slug, claim: Claim, facts: Facts, bound: Bound | None) -> LedgerEntry:
    return LedgerEntry(
        id=name, article=claim.article, topic=claim.topic, text=claim.text, verdict=claim.verdict,
        why=claim.why, status=claim.status, places=_places(name, facts.articles[claim.article]),
        recomputed=_recomputed(claim, facts, bound), source=claim.source, quoted=claim.quoted,
        found=claim.found, finding=claim.finding,
    )  # fmt: skip


def ledger(
    facts: Facts,
    *,
    article: Slug | None = None,
    verdict: ClaimVerdict | None = None,
    bound: Bound | None = None,
) -> Ledger:
    """Return the claims of the articles with verdicts and recomputations.

    Parameters
    ----------
    facts:
        All facts.
    article, verdict:
        Only the claims of this article, or with this verdict.
    bound:
        Gives the largest plausible gain of hair; without it no gain is held against one.

    Raises
    ------
    InputError
        If there is no such article.
    """
    if article is not None and article not in facts.articles:
        known = ", ".join(facts.articles)
        raise InputError(f"there is no article '{article[:60]}'; the articles are {known}")
    entries = [
        _entry(name, claim, facts, bound)
        for name, claim in facts.claims.items()
        if article in (None, claim.article) and verdict in (None, claim.verdict)
    ]
    verdicts: dict[ClaimVerdict, int] = dict.fromkeys(VERDICTS, 0)
    for entry in entries:
        verdicts[entry.verdict] += 1
    used = {key for entry in entries for key in entry.source}
    return Ledger(
        entries=entries,
        verdicts=verdicts,
        recomputed=sum(entry.is_recomputed() for entry in entries),
        misfits=sum(any(r.outcome == "does_not_fit" for r in e.recomputed) for e in entries),
        articles={name: facts.articles[name].title for name in {e.article: 0 for e in entries}},
        sources={key: facts.sources[key] for key in sorted(used)},
        article=article,
        verdict=verdict,
    )


def recognised(text: str, facts: Facts) -> Slug:
    """Return which of the known articles a text is, by the hashes of its normalised sentences.

    Spaces, capitals, bullets and blank lines do not matter; every sentence has to be there, in its
    order, and no other.

    Parameters
    ----------
    text:
        The text as read.
    facts:
        All facts; they hold the hashes, not the texts.

    Raises
    ------
    InputError
        If it is none of them; the message says which comes nearest, and nothing is guessed.
    """
    hashes = [article_text.short_hash(part) for part in article_text.sentences(text)]
    if not hashes:
        raise InputError("the text is empty; give the text of an article")
    nearest, shared = "", 0
    for name, article in facts.articles.items():
        own = [entry.hash for entry in article.sentences]
        if own == hashes:
            return name
        common = len(set(own) & set(hashes))
        if common > shared:
            nearest, shared = name, common
    if shared >= FEWEST_SHARED:
        raise InputError(
            f"the text is none of the articles that were read: {shared} of its {len(hashes)} "
            f"sentences stand in {nearest}, the others were not compared with any study; give the "
            "article unchanged, or its id"
        )
    raise InputError(
        "the text is none of the articles that were read, and a verdict is not guessed; its "
        f"claims have to be collected first; the articles are {', '.join(facts.articles)}"
    )
