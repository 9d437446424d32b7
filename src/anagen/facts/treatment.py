"""Treatments, options, approvals, regulation and claims as facts."""

from typing import Annotated, Literal

import msgspec

from anagen.errors import FactError
from anagen.facts.base import Number, Quantity, Sex, Slug, Statement, Status
from anagen.facts.claim_check import Check
from anagen.facts.triage import FirstStep
from anagen.frozen import Record

Per = Literal[
    "day", "month", "year", "session", "course", "procedure", "device", "pack", "graft", "capsule",
    "not_stated",
]  # fmt: skip
"""What a price pays for; `not_stated` where the source does not say."""

Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]

Topic = Literal[
    "efficacy", "safety", "mechanism", "preparation", "dose", "preparing", "cost", "law",
    "who_it_suits", "comparison", "timing",
]  # fmt: skip
"""What a claim is about; `preparation` is the product, `preparing` what the person does."""

ClaimVerdict = Literal["supported", "partly", "unsupported", "contradicted", "unverifiable"]

Driver = Literal[
    "none", "androgen", "trophic_continuous", "trophic_sessions", "combined", "surgery", "salt"
]
"""What moves the forecast: residual androgen, a steady or pulsed growth signal, both, moved
follicles, or the share of scalp without hair."""

CourseStatus = Literal["fitted", "assumed", "not_modelled"]

Standing = Literal[
    "approved", "approved_for_other_use", "cleared_device", "not_approved", "unlawful",
    "trial_only", "restricted", "not_known",
]  # fmt: skip


DemandKind = Literal["daily_treatment", "tablets", "needles", "surgery"]
"""What a treatment asks a person to put up with."""


class Demand(Record):
    """One thing that a treatment asks a person to put up with.

    `routes` is empty where it belongs to every route.
    """

    kind: DemandKind
    status: Status
    source: list[Slug]
    routes: list[Slug] = msgspec.field(default_factory=list)


class Price(Record):
    """What one source asks for an amount of a treatment.

    `high` is absent where the source gives a lower end only ("from", "more than"); `year` where
    the page is undated; `sessions` is how many sessions the same source names.
    """

    low: Number
    currency: Currency
    per: Per
    status: Status
    source: list[Slug]
    high: Number | None = None
    amount: Number = 1
    year: int | None = None
    product: str | None = None
    sessions: Quantity | None = None
    note: str | None = None


class Harm(Record):
    """One unwanted event, as often as one source saw it.

    `percent` is the share of people with the event, or `percent_low` to `percent_high` where the
    source gives two numbers; `events` of `n` people where it counts. `routes` is empty where the
    event belongs to every route or the source names none.
    """

    event: str
    status: Status
    source: list[Slug]
    dose: str | None = None
    population: str | None = None
    percent: Number | None = None
    percent_low: Number | None = None
    percent_high: Number | None = None
    events: int | None = None
    n: int | None = None
    control: str | None = None
    control_percent: Number | None = None
    control_events: int | None = None
    control_n: int | None = None
    risk_ratio: Number | None = None
    risk_ratio_low: Number | None = None
    risk_ratio_high: Number | None = None
    is_serious: bool = False
    routes: list[Slug] = msgspec.field(default_factory=list)
    note: str | None = None


class Regimen(Record):
    """How often a treatment is given; `routes` is empty where it holds for every route."""

    text: str
    status: Status
    source: list[Slug]
    routes: list[Slug] = msgspec.field(default_factory=list)
    applications_per_year: Quantity | None = None
    minutes_per_application: Quantity | None = None
    sessions_first_year: Quantity | None = None
    sessions_per_later_year: Quantity | None = None
    sessions_lifetime: Quantity | None = None
    grafts_per_procedure: Quantity | None = None
    capsules_per_day: Quantity | None = None
    note: str | None = None


class Timing(Record):
    """When something becomes visible or is lost, in weeks (`None`: not known), and the words."""

    text: str
    status: Status
    source: list[Slug]
    weeks: Quantity | None = None
    routes: list[Slug] = msgspec.field(default_factory=list)


class FairTrial(Record):
    """How long a treatment is used before it can be said not to work.

    `lasting` counts months of use, and for sessions the months since the first; `sessions` is how
    many are given by then; `least_dose` is the lowest usual dose, in mg a day or percent.
    """

    lasting: Quantity
    sessions: Quantity | None = None
    least_dose: Quantity | None = None


class Treatment(Record):
    """Everything collected about one component: dose, regimen, price, onset, offset and harms.

    `demands` say what it asks a person to put up with, such as needles.

    `natural_course` and `natural_course_notes` are keyed by condition and belong to `none`.
    """

    conditions: list[Slug]
    routes: list[Slug]
    doses: list[Statement] = msgspec.field(default_factory=list)
    regimens: list[Regimen] = msgspec.field(default_factory=list)
    demands: list[Demand] = msgspec.field(default_factory=list)
    prices: list[Price] = msgspec.field(default_factory=list)
    price_note: Statement | None = None
    onset: list[Timing] = msgspec.field(default_factory=list)
    time_course: list[Timing] = msgspec.field(default_factory=list)
    offset: list[Timing] = msgspec.field(default_factory=list)
    fair_trial: FairTrial | None = None
    effects: list[Statement] = msgspec.field(default_factory=list)
    harms: list[Harm] = msgspec.field(default_factory=list)
    measures: dict[Slug, Quantity] = msgspec.field(default_factory=dict)
    natural_course: dict[Slug, dict[Slug, Quantity]] = msgspec.field(default_factory=dict)
    natural_course_notes: dict[Slug, list[Statement]] = msgspec.field(default_factory=dict)


class Course(Record):
    """How the forecast moves density under an option, and how well that is founded."""

    driver: Driver
    status: CourseStatus
    why: str
    source: list[Slug]


class Unfit(Record):
    """Why an option is not one for a condition or a sex, or why that is not known.

    `fits` is "no" where a source speaks against it and "not_known" where nobody has studied it.
    Without `conditions` it holds for those of the option, without `sexes` for both.
    """

    fits: Literal["no", "not_known"]
    reason: Statement
    conditions: list[Slug] = msgspec.field(default_factory=list)
    sexes: list[Sex] = msgspec.field(default_factory=list)


class Option(Record):
    """Something that a person can choose.

    `components` are treatment ids; `route` is that of the component under question; `backbone`
    lists the components that both arms of an add-on trial receive. Doses, sessions, prices and
    harms of each component stand with its treatment; `harms`, `effects` and `visible_from` hold
    only what was seen with the combination itself. `least_salt` is the least share of the scalp
    without hair that the trials of alopecia areata took. `first_steps` says, by condition, what is
    done first whatever else is chosen; such an option needs no controlled trial to be named.
    `other_first_steps` is what is said in its place where the clue of it holds. What
    speaks against an option are the rules of its treatments (`OptionRule`).
    """

    label: str
    short_label: str
    components: list[Slug]
    route: Slug
    conditions: list[Slug]
    sexes: list[Sex]
    how: str
    lasting: Statement
    on_stopping: Statement
    cost_basis: Literal["nothing", "continuous", "sessions", "device", "procedure", "sum"]
    course: Course
    backbone: list[Slug] = msgspec.field(default_factory=list)
    unfit: list[Unfit] = msgspec.field(default_factory=list)
    visible_from: list[Timing] = msgspec.field(default_factory=list)
    effects: list[Statement] = msgspec.field(default_factory=list)
    harms: list[Harm] = msgspec.field(default_factory=list)
    regimens: list[Regimen] = msgspec.field(default_factory=list)
    least_salt: Quantity | None = None
    first_steps: dict[Slug, Statement] = msgspec.field(default_factory=dict)
    other_first_steps: dict[Slug, FirstStep] = msgspec.field(default_factory=dict)


class Approval(Record):
    """What a regulator says of an option in a jurisdiction.

    The jurisdiction `international` holds what sources say without naming a territory.
    """

    option: Slug
    jurisdiction: Slug
    standing: Standing
    text: str
    status: Status
    source: list[Slug]


class RegulationEntry(Record):
    """One statement of a regulator or about a regulator's position on exosomes.

    `is_primary` is true where the regulator's own page was read. `date` is as found, `date_note`
    says why it is missing or inferred.
    """

    jurisdiction: Slug
    body: str
    type: str
    text: str
    is_primary: bool
    status: Status
    source: list[Slug]
    date: str | None = None
    date_note: str | None = None
    note: str | None = None


class Claim(Record):
    """What an article claims, and what the studies say of it.

    `found` names the primary source that was found (absent: none); `finding` what it says;
    `source` where that was read (empty: nowhere). `check` names what can be recomputed, from the
    numbers of facts; empty where nothing of it is a number.
    """

    article: Slug
    topic: Topic
    text: str
    verdict: ClaimVerdict
    why: str
    status: Status
    source: list[Slug]
    quoted: str | None = None
    found: str | None = None
    finding: str | None = None
    check: list[Check] = msgspec.field(default_factory=list)


class OpenQuestion(Record):
    """Something that nobody knows yet: what exists, and which registered trials ask it.

    `conditions` is empty where the question concerns everybody.
    """

    question: str
    what_exists: str
    trials: list[Slug]
    conditions: list[Slug]
    status: Status
    source: list[Slug]


def bounds(quantity: Quantity) -> tuple[float, float]:
    """Return the lower and upper end of a quantity, in its own unit.

    Raises
    ------
    FactError
        If the quantity is a word, or a list that is not a pair.

    Examples
    --------
    >>> bounds(Quantity(value=[3, 6], unit="session", status="measured", source=["ours"]))
    (3.0, 6.0)
    """
    if quantity.low is not None and quantity.high is not None:
        return float(quantity.low), float(quantity.high)
    if isinstance(quantity.value, list):
        if len(quantity.value) == 2:
            return float(quantity.value[0]), float(quantity.value[1])
    elif not isinstance(quantity.value, str):
        return float(quantity.value), float(quantity.value)
    raise FactError(
        f"the fact {quantity.meaning or quantity.value!r} has no lower and upper end; "
        "give one number, a pair, or low and high"
    )
