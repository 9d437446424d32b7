"""The contract of a plan: what `plan.json`, the page and the terminal show, and nothing else."""

import datetime
from typing import Literal

import msgspec

from anagen.candidacy import Candidacy, Finding, Person, Triage
from anagen.candidacy.past import PastNote
from anagen.evidence import EvidenceSummary
from anagen.facts import Quantity, Record, Source, Status
from anagen.facts.article import Question
from anagen.facts.base import Slug, Statement
from anagen.facts.rule import AlopeciaAnswer
from anagen.facts.treatment import (
    Approval,
    ClaimVerdict,
    OpenQuestion,
    Regimen,
    Timing,
    Topic,
)
from anagen.plan.burden import Burden
from anagen.plan.clinic_questions import AskedQuestion
from anagen.plan.cost_per_hair import CostPerHair
from anagen.plan.costs import OptionCost
from anagen.plan.forecast import Course
from anagen.plan.options import HarmLine, OptionFit
from anagen.plan.plausibility import PlausibilityFinding
from anagen.plan.protocol import TimelineItem
from anagen.plan.safety import TreatmentSafety
from anagen.plan.wishes_fit import WishesFit

Sign = Literal["effect", "no_effect_shown", "not_known"]
"""Three answers: an effect was measured; it was looked for and not shown; nobody knows."""


class ExpectedChange(Record):
    """What controlled trials say of an option for this condition and sex, in one line.

    `sign` is `effect` where the interval of the pooled difference excludes no difference or a
    responder share does; `no_effect_shown` where it includes it; `not_known` where there is no
    controlled result.
    """

    sign: Sign
    text: str
    low_per_cm2: float | None = None
    mean_per_cm2: float | None = None
    high_per_cm2: float | None = None


class IconArray(Record):
    """One hundred people in up to three groups; the counts add up to 100.

    `basis` is `modelled` (the interval of one person) or `observed` (counted in `n` people of a
    study's arm).
    """

    basis: Literal["modelled", "observed"]
    filled: int
    ring: int
    triangle: int
    filled_label: str
    ring_label: str
    triangle_label: str
    caption: str
    n: int | None = None
    source: list[Slug] = msgspec.field(default_factory=list)


class OptionCard(Record):
    """One option for this person, every option with the same lines.

    `is_open` is true where the option fits this person, is not taken already, is not barred where
    the person lives, and a controlled result of at least low certainty excludes no effect;
    `on_page_one` where it stands on the first page; `is_taken_now` where the person takes it;
    `tried` says of an option that fits what an earlier use of its components shows. `wishes_fit` is
    there where the person wishes anything of money, visits or kinds of treatment.
    `is_first_step` is true where it is what is done first in this condition whatever else is
    chosen, as `first_step` says; that needs no trial. `safety` holds what its own rules found, the
    worst first, and `tell_prescriber` the unanswered questions that keep nothing shut.
    `beyond_bound` holds the results of its evidence that are larger than the follicle model allows.
    """

    id: Slug
    label: str
    short_label: str
    how: str
    components: list[Slug]
    route: Slug
    fit: OptionFit
    approval: Approval
    is_open: bool
    is_first_step: bool
    first_step: Statement | None
    is_taken_now: bool
    on_page_one: bool
    expected: ExpectedChange
    course: Course
    icons: list[IconArray]
    evidence: EvidenceSummary | None
    visible_from: list[Timing]
    lasting: Statement
    on_stopping: Statement
    regimens: list[Regimen]
    cost: OptionCost
    cost_per_hair: list[CostPerHair]
    burden: Burden
    wishes_fit: WishesFit | None
    safety: list[Finding]
    tell_prescriber: list[str]
    harms: list[HarmLine]
    effects: list[Statement]
    measures: list[Quantity]
    tried: list[str] = msgspec.field(default_factory=list)
    beyond_bound: list[PlausibilityFinding] = msgspec.field(default_factory=list)


class StopCourse(Record):
    """What stopping something that is used now would do: drawn, never an option, never advised.

    `doubt` says what is not settled about its size.
    """

    id: Slug
    treatments: list[Slug]
    label: str
    text: str
    on_stopping: Statement
    course: Course
    doubt: str | None = None


class NoticeableChange(Record):
    """What counts as a change that a person can notice, from two sources that disagree."""

    loss_percent: float
    gain_percent: float
    text: str
    facts: dict[Slug, Quantity]


class ClaimLine(Record):
    """What an article claims and what the studies show.

    `beyond_bound` says of results behind a claim of efficacy that they are larger than the follicle
    model allows.
    """

    id: Slug
    article: Slug
    topic: Topic
    claim: str
    verdict: ClaimVerdict
    why: str
    source: list[Slug]
    quoted: str | None = None
    finding: str | None = None
    beyond_bound: list[str] = msgspec.field(default_factory=list)


class RegulationLine(Record):
    """What a regulator of the person's jurisdiction says about exosomes."""

    id: Slug
    body: str
    text: str
    is_primary: bool
    status: Status
    source: list[Slug]
    date: str | None = None


class CitedSource(Record):
    """A source that this plan cites, with its number on the page."""

    key: Slug
    number: int
    source: Source


class Answer(Record):
    """The short answer at the head of the page."""

    headline: str
    sentences: list[str]


class Plan(Record):
    """A whole plan for one person.

    `order` lists the ids of the options as the tables show them, and `order_note` says by what they
    are sorted: by nothing, unless the person asks. `horizon_years` is over how many years cost is
    shown first.

    `triage` holds the answers against every type where none is stated, or where they speak against
    the stated one. `working_condition` is the type that the plan is drawn for; `is_provisional` is
    true where nobody has named it and it is only the one type that the answers fit.

    `named_treatments` are those that the person uses now or asks about, whatever the type of hair
    loss is, with what their own rules find.
    """

    schema: Literal["anagen/plan/1"]
    anagen_version: str
    seed: int
    planned_on: datetime.date
    facts_collected_on: datetime.date
    facts_age_days: int
    facts_are_old: bool
    intended_use: str
    facts_warn_after_days: float
    person: Person
    person_word: Literal["man", "woman", "boy", "girl"]
    condition_label: str
    jurisdiction_label: str
    answer: Answer
    candidacy: Candidacy
    triage: Triage | None
    working_condition: Slug
    working_label: str
    is_provisional: bool
    alopecia_answers: dict[Slug, AlopeciaAnswer]
    regulation: list[RegulationLine]
    open_options: list[Slug]
    page_one: list[Slug]
    order: list[Slug]
    order_note: str
    horizon_years: Literal[1, 5]
    insurance: Statement
    noticeable: NoticeableChange
    natural_course: list[Quantity]
    natural_course_notes: list[Statement]
    options: list[OptionCard]
    named_treatments: list[TreatmentSafety]
    past: list[PastNote]
    habits: list[Statement]
    stops: list[StopCourse]
    timeline: list[TimelineItem]
    urgent_signs: list[Statement]
    onset_claims: list[Statement]
    claims: list[ClaimLine]
    questions: dict[Slug, Question]
    unknown: list[OpenQuestion]
    clinic_questions: list[AskedQuestion]
    sources: list[CitedSource]
    exit_status: int

    def option(self, name: str) -> OptionCard:
        """Return the card of an option.

        Raises
        ------
        KeyError
            If the plan has no such option.
        """
        for card in self.options:
            if card.id == name:
                return card
        raise KeyError(name)


class FailedPerson(Record):
    """A file that could not be planned, and why."""

    file: str
    message: str


class Plans(Record):
    """What one call of `anagen plan` gives: every plan, every file that failed, the exit status."""

    schema: Literal["anagen/plans/1"]
    plans: list[Plan]
    failed: list[FailedPerson]
    exit_status: int
