"""The printed papers of a consultation as facts: session sheet, aftercare, clinician's view."""

from typing import Literal

import msgspec

from anagen.facts.base import Quantity, Sex, Slug, Statement, Status
from anagen.frozen import Record

ConsentDetail = Literal["approval", "origin", "certificate", "cost", "options", "harms"]
"""What of the person's plan is printed beside an item of consent."""


class ConsentItem(Record):
    """Something that is explained and agreed to before a session."""

    text: str
    detail: ConsentDetail
    status: Status
    source: list[Slug]


class SameDayCheck(Record):
    """A question of the day, with the answer that halts the session.

    `rule` is the rule that it repeats; `in_file` names the keys of the person file that answered
    it before, `file_words` puts such an answer into the words of this question. A name in braces
    stands for a limit of a rule.
    """

    question: str
    halts_on: Literal["yes", "no"]
    status: Status
    source: list[Slug]
    rule: Slug | None = None
    in_file: list[str] = msgspec.field(default_factory=list)
    file_words: dict[str, str] = msgspec.field(default_factory=dict)
    sexes: list[Sex] = msgspec.field(default_factory=list)


class SheetField(Record):
    """A line to be filled by hand; `suffix` is printed behind it."""

    label: str
    suffix: str | None = None


class SessionSheetFacts(Record):
    """What the sheet for the room holds; every session is written down in the same words.

    `head_length` is the length to which the head of the map is drawn, from brow to occiput; it
    sets the distance between the points of the grid.
    """

    consent: list[ConsentItem]
    same_day: dict[Slug, SameDayCheck]
    product: list[SheetField]
    procedure: list[SheetField]
    observation_minutes: Quantity
    observed: list[str]
    reactions: list[str]
    zones: dict[Slug, str]
    head_length: Quantity
    status: Status
    source: list[Slug]


class ShortStep(Record):
    """A step of the protocol in few words, for a printed sheet; source and hours are the step's.

    `text_for` holds other words for one sex.
    """

    step: Slug
    text: str
    text_for: dict[Sex, str] = msgspec.field(default_factory=dict)


class AftercareFacts(Record):
    """What the sheet for the person holds beside the protocol's own times and signs."""

    before: list[ShortStep]
    after: list[ShortStep]
    diary_columns: list[str]
    first_meaningful_week: Quantity
    too_early_week: Quantity
    judged: list[Statement]
    visit_words: dict[Slug, str]


FieldKind = Literal["text", "words", "choice", "several"]
"""One line, free words, one of several choices, any of several choices."""


class FormField(Record):
    """One field of the clinician's form; `choices_of` takes the choices from elsewhere.

    `examination` names the key of the person file's examination that fills it beforehand.
    """

    label: str
    kind: FieldKind
    choices: dict[Slug, str] = msgspec.field(default_factory=dict)
    choices_of: Literal["conditions", "laboratory"] | None = None
    examination: Slug | None = None
    status: Status | None = None
    source: list[Slug] = msgspec.field(default_factory=lambda: ["ours"])


class Paragraph(Record):
    """A paragraph of the letter or of the record; names in braces stand for case and form."""

    text: str
    title: str | None = None


class ConsultationFacts(Record):
    """The clinician's form, and the letter and the record that are filled from it.

    `noticed` names what a person notices, and `examinations` those of the triage table that are
    worth ordering, in a clinician's words; `first_examinations` are for somebody whose answers
    fit no type yet. `numbers` say how a number of the person file is written, with its unit.
    """

    noticed: dict[Slug, str]
    numbers: dict[Slug, str]
    examinations: dict[Slug, str]
    first_examinations: list[Slug]
    form: dict[Slug, FormField]
    letter: list[Paragraph]
    record: list[Paragraph]
    status: Status
    source: list[Slug]


class Papers(Record):
    """Everything that the printed papers say and the other facts do not."""

    session: SessionSheetFacts
    aftercare: AftercareFacts
    consultation: ConsultationFacts
    reviewed_by: str | None = None
