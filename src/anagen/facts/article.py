"""The five articles as facts: every heading with its counterpart, every sentence with its mark."""

from typing import Annotated, Literal

import msgspec

from anagen.facts.base import Slug, Statement, Status
from anagen.frozen import Record

Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{12}(?!\n)$")]
"""The head of the SHA-256 of a normalised text (`article_text.short_hash`)."""

NotAClaim = Literal[
    "heading", "question", "definition", "transition", "opinion_or_hope", "advice_to_consult",
    "general_advice", "call_for_research", "reference", "advertisement", "form_text",
]  # fmt: skip
"""Why a sentence says nothing that could be checked. One that repeats a claim is marked with that
claim again, so no reason stands for repetition."""

NOT_A_CLAIM_WORDS: dict[NotAClaim, str] = {
    "heading": "a heading",
    "question": "a question to the reader",
    "definition": "says what a word means",
    "transition": "leads from one thought to the next",
    "opinion_or_hope": "an opinion, or a hope for the future",
    "advice_to_consult": "advice to see a physician or specialist",
    "general_advice": "advice that nobody disputes",
    "call_for_research": "says that research is needed",
    "reference": "a reference",
    "advertisement": "an advertisement",
    "form_text": "text of the web page, not of the article",
}

OutOfScope = Literal[
    "skin_rejuvenation", "skin_repair", "wounds_and_burns", "biomarkers", "drug_carriers",
    "delivery_technology",
]  # fmt: skip
"""What an article says that is not about hair, or not yet about people."""

OUT_OF_SCOPE_WORDS: dict[OutOfScope, str] = {
    "skin_rejuvenation": "skin rejuvenation, ageing skin and cosmetic surgery",
    "skin_repair": "repair of the skin elsewhere than on a hairy scalp",
    "wounds_and_burns": "wounds, burns and other skin disorders",
    "biomarkers": "exosomes as biomarkers of skin disease",
    "drug_carriers": "exosomes as carriers of drugs",
    "delivery_technology": "packing and delivery techniques still in development",
}


class Heading(Record):
    """One heading of an article and what answers to it here.

    `sentence` is its number among the article's sentences, `about` our wording of it. `section` is
    an anchor of the plan's page, or a page of its own (`*.html`, `*.txt`) that `command` writes;
    `test` is a test that fails when the counterpart does not work, as `file::name`.
    """

    number: int
    sentence: int
    hash: Hash
    about: str
    command: str
    section: str
    test: str


class Sentence(Record):
    """One sentence, list item, label or heading: the claims it makes, or why it makes none.

    It has `claims`, `not_a_claim` or `out_of_scope`; the last may stand beside either of the others
    where one sentence speaks of hair and of something else.
    """

    number: int
    hash: Hash
    claims: list[Slug] = msgspec.field(default_factory=list)
    not_a_claim: NotAClaim | None = None
    out_of_scope: OutOfScope | None = None


class Article(Record):
    """One article: what it is, the SHA-256 of its text as read, its headings and its sentences."""

    title: str
    description: str
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}(?!\n)$")]
    headings: list[Heading]
    sentences: list[Sentence]


class Place(Record):
    """Where one side of a contradiction stands, and what it says in our words."""

    article: Slug
    sentences: Annotated[list[int], msgspec.Meta(min_length=1)]
    claims: list[Slug]
    says: str


class Contradiction(Record):
    """Places of the articles that cannot all be right, and what our facts say."""

    label: str
    places: Annotated[list[Place], msgspec.Meta(min_length=2)]
    ours: str
    status: Status
    source: list[Slug]


AnswerCertainty = Literal["high", "moderate", "low", "very_low", "not_known"]


class Question(Record):
    """A question or a myth of an article, with our answer.

    `heading` is the number of the heading in the article. `numbers` names, for every number that
    the answer shows, the fact that holds it (a path such as `studies.ersan_2024.population.n`);
    `sections` are the anchors of the plan's page that say more.
    """

    kind: Literal["question", "myth"]
    article: Slug
    heading: int
    question: str
    answer: list[Statement]
    certainty: AnswerCertainty
    certainty_why: str
    sections: list[Slug]
    numbers: dict[str, str] = msgspec.field(default_factory=dict)
