"""Rules, answers by type of hair loss, laboratory tests, scales and the protocol as facts."""

from typing import Annotated, Literal

import msgspec

from anagen.facts.base import Line, Quantity, Sex, Slug, Statement, Status, Verdict
from anagen.frozen import Record

Strength = Literal["R", "G", "T", "E", "C", "S", "P"]
"""Where a rule comes from: R regulator, G guideline or consensus, T criterion of a registered
trial, E published evidence, C page of a clinic or vendor, S an article only, P proposed here."""

STRENGTH_WORDS: dict[Strength, str] = {
    "R": "a regulator's statement",
    "G": "a guideline or consensus",
    "T": "a criterion of registered trials",
    "E": "published cases or reviews",
    "C": "a clinic's, vendor's or newspaper's page",
    "S": "an article only",
    "P": "proposed by this project",
}

Answer = Literal[
    "POSSIBLY", "REFER_FIRST", "WAIT", "UNLIKELY", "UNLIKELY_AND_REFER", "REFER", "STOP"
]
"""Our answer to "can exosomes help this type of hair loss"."""


class Rule(Record):
    """One rule of candidacy or safety.

    `when` is the condition in words, `text` what the person is told, `text_for` what is added in
    one jurisdiction, `cases` what is told instead or besides in a circumstance of the person.
    `limits` holds every number the rule compares with. `asks` names the answers of a person file
    that the rule needs; `must_ask` is true where a missing answer becomes a question. `regulation`
    lists the regulation entries that the rule rests on, by jurisdiction. `reviewed_by` is empty
    until a clinician signs.
    """

    line: Line
    verdict: Verdict
    when: str
    text: str
    strength: Strength
    source: list[Slug]
    status: Status
    must_ask: bool
    text_for: dict[Slug, str] = msgspec.field(default_factory=dict)
    cases: dict[Slug, str] = msgspec.field(default_factory=dict)
    articles: list[Slug] = msgspec.field(default_factory=list)
    until: str | None = None
    urgency: str | None = None
    conflicts: str | None = None
    note: str | None = None
    limits: dict[Slug, Quantity] = msgspec.field(default_factory=dict)
    asks: list[str] = msgspec.field(default_factory=list)
    regulation: dict[Slug, list[Slug]] = msgspec.field(default_factory=dict)
    reviewed_by: str | None = None


class AnswerCase(Record):
    """A refinement of an answer for a circumstance that the person file states."""

    when: str
    ours: Answer
    verdict: Verdict
    text: str
    source: list[Slug]


class AlopeciaAnswer(Record):
    """Can exosomes help this type: the article's answer and ours, side by side.

    `verdict` is `ours` in the words of the lattice. `sex` and `grades` narrow the answer to a sex
    or to grades of a scale; `studied` lists the grades that a study or trial admitted.
    """

    condition: Slug
    label: str
    article_answer: str
    articles: list[Slug]
    ours: Answer
    verdict: Verdict
    why: str
    source: list[Slug]
    status: Status
    strength: Strength
    sex: Sex | None = None
    grades: dict[Slug, list[str]] = msgspec.field(default_factory=dict)
    studied: dict[Slug, list[str]] = msgspec.field(default_factory=dict)
    range: str | None = None
    cases: dict[Slug, AnswerCase] = msgspec.field(default_factory=dict)
    note: str | None = None
    reviewed_by: str | None = None


class LaboratoryTest(Record):
    """A test worth asking a physician about; `loinc_status` says whether the code was read.

    Above `oldest_age` the test is not suggested.
    """

    label: str
    when: str
    source: list[Slug]
    status: Status
    loinc: str | None = None
    loinc_status: Status | None = None
    cut_offs: list[Quantity] = msgspec.field(default_factory=list)
    oldest_age: Quantity | None = None
    note: str | None = None


class CodeSystem(Record):
    """Codes of one classification, by what they name."""

    label: str
    codes: dict[Slug, str]
    source: list[Slug]
    status: Status
    note: str | None = None


class Laboratory(Record):
    """Laboratory tests, what holds for all of them, and diagnosis codes."""

    tests: dict[Slug, LaboratoryTest]
    codes: dict[Slug, CodeSystem]
    note: Statement
    reviewed_by: str | None = None


Extent = Literal["none", "early", "middle", "late"]
"""How far loss has gone, in words that all pattern scales share; ours, used only to refuse a
description whose scales contradict each other."""


class Grade(Record):
    """One grade of a scale: its words, its place in the order, and how far loss has gone."""

    text: str
    rank: int | None = None
    extent: Extent | None = None
    variant_of: str | None = None
    status: Status | None = None


class Band(Record):
    """A named range of a score; both ends belong to it."""

    low: float
    high: float
    text: str | None = None


class ScoreExample(Record):
    """Inputs of a score and what it must give."""

    given: dict[Slug, float]
    score: float


class Scale(Record):
    """One scale: for whom, its grades or its formula, and how far it can be trusted.

    `weights` multiply the percent lost in each region; `pattern` is the spelling of a code;
    `limits` are bounds of a score or of a measured value.
    """

    label: str
    sexes: list[Sex]
    conditions: list[Slug]
    source: list[Slug]
    status: Status
    kind: Literal["grades", "code", "score", "rating", "measure"]
    grades: dict[str, Grade] = msgspec.field(default_factory=dict)
    weights: dict[Slug, Quantity] = msgspec.field(default_factory=dict)
    bands: dict[str, Band] = msgspec.field(default_factory=dict)
    band_source: list[Slug] = msgspec.field(default_factory=list)
    pattern: str | None = None
    examples: list[ScoreExample] = msgspec.field(default_factory=list)
    limits: dict[Slug, Quantity] = msgspec.field(default_factory=dict)
    trial_use: dict[Slug, list[str]] = msgspec.field(default_factory=dict)
    reliability: dict[Slug, Quantity] = msgspec.field(default_factory=dict)
    statements: list[Statement] = msgspec.field(default_factory=list)
    note: str | None = None


Hours = Annotated[float, msgspec.Meta(description="hours after the start of the session")]


class OtherAdvice(Record):
    """What another page says about the same step."""

    text: str
    source: list[Slug]
    status: Status


class Step(Record):
    """One thing to do or leave before, during or after a session.

    Hours count from the start of the session (negative: before). `advice` is what is printed where
    the sources in `conflicts` disagree. `routes` is empty where the step belongs to every route.
    """

    text: str
    source: list[Slug]
    status: Status
    from_hours: Hours | None = None
    to_hours: Hours | None = None
    lasts_minutes: float | None = None
    advice: str | None = None
    exception: str | None = None
    alternative: Statement | None = None
    conflicts: list[OtherAdvice] = msgspec.field(default_factory=list)
    evidence: str | None = None
    why: str | None = None
    strength: Strength | None = None
    rules: list[Slug] = msgspec.field(default_factory=list)
    routes: list[Slug] = msgspec.field(default_factory=list)
    is_optional: bool = False


class UrgentSign(Record):
    """A sign after a session that needs help at once."""

    text: str
    why: str
    source: list[Slug]
    status: Status


class Visit(Record):
    """A follow-up visit: when, and what is measured."""

    week: float
    what: list[Slug]
    source: list[Slug]
    status: Status
    note: str | None = None


class DoseSchedule(Record):
    """What a registered trial or an article gives; never a recommendation."""

    text: str
    source: list[Slug]
    status: Status
    trial: str | None = None
    interval_days: float | None = None
    sessions: list[float] = msgspec.field(default_factory=list)
    session_weeks: list[float] = msgspec.field(default_factory=list)
    course: str | None = None
    follow_up_weeks: list[float] = msgspec.field(default_factory=list)
    follow_up_months: list[float] = msgspec.field(default_factory=list)
    note: str | None = None


class Diary(Record):
    """The days after each session on which the person is asked how the scalp is."""

    days: list[int]
    source: list[Slug]
    status: Status
    why: str


class Protocol(Record):
    """Before, during and after a session; urgent signs, diary, visits, and what disagrees."""

    before: dict[Slug, Step]
    during: dict[Slug, Step]
    after: dict[Slug, Step]
    urgent_signs: list[UrgentSign]
    diary: Diary
    visits: list[Visit]
    onset_claims: list[Statement]
    dose_schedules: dict[Slug, DoseSchedule]
    reviewed_by: str | None = None
